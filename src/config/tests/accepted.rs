//! What loads: defaults, the reference file, the examples.

use std::path::Path;
use std::time::Duration;

use super::super::database::{Database, PostgresHost, PostgresTls};
use super::super::settings::{
    Api, ApiTokens, AssertionAlgorithm, LogFormat, MailTransport, Scheme, Settings, SmtpTls, WebSessions,
};
use super::super::{load, parse};
use super::{GOOD, REFERENCE, changed, read, settings, smtp};
use crate::domain::code::CodeDigits;
use crate::domain::language::Language;
use crate::domain::look::LogoKind;
use crate::domain::method::Methods;
use crate::domain::organization::ExportLinks;
use crate::domain::quota::Quota;

#[test]
fn the_shortest_file_gets_every_documented_default() {
    let settings = settings(GOOD);
    let [organization] = settings.organizations.as_slice() else { panic!("one organization") };
    assert_eq!((organization.id.as_str(), &*organization.name), ("default", "Acme"));
    let office = &settings.offices[0];
    assert_eq!((office.admins.len(), office.export_links), (0, ExportLinks::SignIn));
    assert_eq!(settings.listen.admin.to_string(), "127.0.0.1:8901");
    assert_eq!(settings.listen.scheme, Scheme::Https);
    assert!(settings.listen.tls.is_none() && !settings.listen.proxy_protocol);
    assert_eq!(settings.listen.max_connections_per_address, 1000);
    assert!((1..=256).contains(&settings.listen.workers));
    assert_eq!(settings.listen.drain, Duration::from_secs(30));
    let verification = &settings.verification;
    assert_eq!(verification.frequency, Duration::from_secs(7 * 86_400));
    assert_eq!((verification.code_digits, verification.code_tries), (CodeDigits::Six, 5));
    assert_eq!(verification.code_lifetime, Duration::from_secs(600));
    assert_eq!(verification.methods, Methods::ALL);
    let once = Quota::one_per(Duration::from_secs(60));
    assert_eq!(settings.limits.sends_per_account, [once, Quota::per_hour(5), Quota::per_day(10)]);
    assert_eq!(settings.limits.tries_per_account, [Quota::per_hour(15), Quota::per_day(30)]);
    assert_eq!(settings.limits.sends_per_network, [Quota::per_hour(100)]);
    assert_eq!(settings.limits.sends, [Quota::per_hour(3000)]);
    assert_eq!(settings.limits.tries_per_network, [Quota::per_hour(300)]);
    let smtp = smtp(&settings);
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), ("mail.acme.com", 587, SmtpTls::StartTls));
    assert_eq!((smtp.timeout, smtp.credentials.is_none()), (Duration::from_secs(20), true));
    assert_eq!(settings.database.to_string(), "/var/lib/postern/postern.db");
    assert_eq!(settings.keys, Path::new("/var/lib/postern/keys"));
    assert_eq!(
        (settings.log.level.as_str(), settings.log.format, settings.log.access),
        ("info", LogFormat::Json, true)
    );
    assert_eq!(settings.fingerprint.len(), 12);
    let site = &settings.sites[0];
    assert_eq!((site.id.as_ref(), site.prefix.as_str(), site.judges()), ("jira.acme.com", "", true));
    assert_eq!((site.max_body_bytes, site.upstream.tls.is_none()), (250 * 1024 * 1024, true));
    assert_eq!((site.identity_headers, site.assertion), (true, false));
    let assertion = &settings.assertion;
    assert_eq!((assertion.algorithm, assertion.issuer.as_ref()), (AssertionAlgorithm::Es256, None));
}

#[test]
fn the_reference_file_states_the_defaults_and_every_key() {
    let (reference, minimal) = (settings(REFERENCE), settings(GOOD));
    let comparable = |mut settings: Settings| {
        settings.fingerprint.clear();
        format!("{settings:?}")
    };
    assert_eq!(comparable(reference), comparable(minimal));

    let unknown = "zzzzzzzzzzzz = 1\n";
    let mut text = format!("{unknown}{GOOD}");
    for section in ["[organization]\n", "[listen]\n", "[[site]]\n", "[mail]\n", "[store]\n"] {
        text = text.replace(section, &format!("{section}{unknown}"));
    }
    for section in [
        "site.upstream_tls",
        "site.introspect",
        "site.mobile",
        "verification",
        "limits",
        "keys",
        "assertion",
        "audit",
        "dns",
        "domains",
        "log",
    ] {
        let place = if section.starts_with("site.") { "[mail]" } else { "[organization]" };
        text = text.replace(place, &format!("[{section}]\n{unknown}{place}"));
    }
    let source = "[[site.session]]\nsource = \"jwt\"\ncookie = \"t\"\nissuer = \"i\"\naudience = \"a\"\n";
    let keys = "jwks_url = \"https://id.acme.com/\"\nalgorithms = [\"RS256\"]\n";
    let both = format!("[[site.session]]\nsource = \"introspect\"\n{source}{keys}{unknown}[mail]");
    text = text.replace("[mail]", &both);
    for section in ["[listen.certificate]", "listen.client_certificates"] {
        text = text.replace("[[site]]", &format!("[{section}]\n{unknown}[[site]]"));
    }
    let errors = read(&text).unwrap_err();
    let helps =
        errors.errors().iter().filter_map(|error| error.help.as_deref()?.strip_prefix("known here: "));
    let helps: Vec<&str> = helps.collect();
    assert_eq!(helps.len(), 20, "one for every section: {errors}");
    for known in helps {
        for key in known.split(", ") {
            let documented = [
                format!("\n{key} = "),
                format!("\n#{key} = "),
                format!("\n[{key}]"),
                format!("\n[[{key}]]"),
                format!("\n[site.{key}]"),
                format!("\n[[site.{key}]]"),
                format!("\n#[listen.{key}]"),
                format!("\n#[organization.{key}]"),
                format!("\n#[mail.{key}]"),
                format!("\n#[[listen.{key}]]"),
            ];
            assert!(
                documented.iter().any(|form| REFERENCE.contains(form)),
                "{key} is not in the reference file"
            );
        }
    }
}

#[test]
fn tokens_and_apps_are_treated_as_a_site_says() {
    let site = |keys: &str| {
        let settings = settings(&changed("[mail]", &format!("{keys}\n[mail]")));
        std::sync::Arc::clone(&settings.sites[0])
    };
    let plain = site("");
    assert_eq!(plain.api, Api { introspect: false, for_external: ApiTokens::Allow });
    assert_eq!(
        (plain.mobile.web_sessions, plain.mobile.user_agent.as_str()),
        (WebSessions::Challenge, "AtlassianMobileApp")
    );
    let strict = site("api_identity = \"introspect\"\napi_tokens_for_external = \"block\"");
    assert_eq!(strict.api, Api { introspect: true, for_external: ApiTokens::Block });
    let mobile = site(
        "mobile = { web_sessions = \"pass\", networks = [\"10.9.8.7/16\", \"::1\"], clients = [\"app\"], client_certificate = true }",
    );
    let networks: Vec<_> = mobile.mobile.networks.iter().map(ToString::to_string).collect();
    assert_eq!(
        (mobile.mobile.web_sessions, networks),
        (WebSessions::Pass, vec!["10.9.0.0/16".into(), "::1/128".into()])
    );
    let lists = site("extra_affinity_cookies = [\"AWSALB*\"]");
    assert!(lists.profile.is_harmless("AWSALBCORS") && lists.profile.is_affinity("AWSALBCORS"));
    assert!(plain.profile.affinity_cookies.is_empty() && !lists.profile.is_affinity("AJS.x"));
}

#[test]
fn the_examples_load() {
    let minimal = include_str!("../../../config/examples/minimal.toml");
    assert_eq!(minimal.lines().count(), 5);
    assert_eq!(settings(minimal).sites.len(), 1);

    let folder = tempfile::tempdir().unwrap();
    let behind_nginx = include_str!("../../../config/examples/behind-nginx.toml");
    let settings = parse("behind-nginx.toml", behind_nginx, folder.path(), &|name| {
        (name == "POSTERN_SMTP_PASSWORD").then(|| "hunter2".to_owned())
    })
    .unwrap();
    assert_eq!(settings.sites[1].id.as_ref(), "wiki.acme.com/wiki");
    assert!(settings.sites[0].profile.is_harmless("ROUTEID"));
    assert!(settings.sites[0].profile.is_harmless("AJS.conglomerate.cookie"), "extra_ adds to the profile");

    for (name, text) in [
        ("mediawiki.toml", include_str!("../../../config/examples/mediawiki.toml")),
        ("trac.toml", include_str!("../../../config/examples/trac.toml")),
    ] {
        let settings = parse(name, text, folder.path(), &|_| None).unwrap();
        assert!(
            settings.sites[0].profile.login.is_empty(),
            "{name}: strangers pass, so nothing needs an exception"
        );
    }
}

#[test]
fn a_file_is_loaded_from_its_folder_and_known_by_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postern.toml");
    std::fs::write(&path, changed("sqlite:///var/lib/postern/", "sqlite:")).unwrap();
    let settings = load(&path, &|_| None).unwrap();
    assert_eq!(settings.database.to_string(), folder.path().join("postern.db").display().to_string());
    assert_eq!(settings.keys, folder.path().join("keys"));
    assert_ne!(settings.fingerprint, super::settings(GOOD).fingerprint);
}

#[test]
fn a_mark_at_the_start_and_other_line_ends_are_no_mistakes() {
    assert_eq!(settings(&format!("\u{feff}{GOOD}")).sites.len(), 1);
    assert_eq!(settings(&GOOD.replace('\n', "\r\n")).sites.len(), 1);
}

#[test]
fn an_organization_has_a_logo_colours_and_a_sentence_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("acme.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    std::fs::write(folder.path().join("large.svg"), format!("<svg>{}</svg>", " ".repeat(128 * 1024)))
        .unwrap();
    let read = |keys: &str| {
        let text = changed("name = \"Acme\"\n", &format!("name = \"Acme\"\n{keys}\n"));
        parse("postern.toml", &text, folder.path(), &|_| None)
    };
    let keys = "logo = \"acme.svg\"\naccent = \"#7a1f5c\"\n[organization.help]\nen = \"Ask us.\"\npt-BR = \"Fale conosco.\"";
    let look = &read(keys).unwrap().organizations[0].look;
    assert_eq!(look.logo.as_ref().map(|logo| logo.kind), Some(LogoKind::Svg));
    let accents = look.accents.unwrap();
    assert_eq!(accents.light.colour.to_string(), "#7a1f5c");
    assert_eq!(accents.dark, accents.light.lightened());
    assert_eq!(look.help.in_language(Language::Korean), Some((Language::English, "Ask us.")));
    for (keys, message, help) in [
        ("logo = \"nowhere.svg\"", "`logo` cannot be read", "SVG or PNG"),
        ("logo = \"large.svg\"", "`logo` is too large", "128 KiB"),
        ("logo = \"postern.toml\"", "`logo` cannot be read", "SVG or PNG"),
        ("logo_dark = \"acme.svg\"", "`logo_dark` has no logo for light screens", "add `logo`"),
        ("accent = \"red\"", "`accent` is not a colour", "`#1d6653`"),
        ("accent = \"#7fd1b6\"", "`accent` has a contrast of 1.57 to 1 with #f3f0e8", "4.50 to 1 or more"),
        (
            "accent = \"#1d6653\"\naccent_dark = \"#1d6653\"",
            "`accent_dark` has a contrast of",
            "a lighter colour",
        ),
        ("accent_dark = \"#7fd1b6\"", "`accent_dark` has no colour for light screens", "add `accent`"),
        ("[organization.help]\nen = \"\"", "`en` is not a sentence", "1 to 300"),
        ("[organization.help]\nzh = \"x\"", "unknown key `zh`", ""),
    ] {
        let errors = read(keys).unwrap_err();
        let error = &errors.errors()[0];
        assert!(error.message.contains(message), "{keys}: {errors}");
        assert!(error.help.as_deref().unwrap_or_default().contains(help), "{keys}: {errors}");
    }
}

#[test]
fn a_second_mail_server_has_the_keys_of_the_first() {
    let read = |keys: &str| {
        let secret = |name: &str| (name == "POSTERN_SMTP_SECOND_PASSWORD").then(|| "hunter2".to_owned());
        let text = changed("[store]", &format!("[mail.second]\n{keys}\n[store]"));
        parse("postern.toml", &text, Path::new(""), &secret)
    };
    let settings = read("smtp = \"smtps://relay.acme.com\"\nusername = \"joe\"\ntimeout = \"5s\"").unwrap();
    let MailTransport::Smtp { second: Some(second), .. } = settings.mail.transport else {
        panic!("two ways")
    };
    assert_eq!((second.host.as_str(), second.port, second.tls), ("relay.acme.com", 465, SmtpTls::Implicit));
    assert!(second.credentials.is_some() && second.timeout == Duration::from_secs(5));
    for (keys, message) in [
        ("timeout = \"5s\"", "[mail.second] names no server"),
        ("smtp = \"relay\"", "`smtp` is not a URL"),
        ("smtp = \"smtp://relay\"\nfile = \"mails\"", "unknown key `file` in [mail.second]"),
    ] {
        let errors = read(keys).unwrap_err();
        assert!(errors.errors().iter().any(|error| error.message.contains(message)), "{keys}: {errors}");
    }
}

#[test]
fn an_extra_certificate_is_looked_at_before_it_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let pem = rcgen::generate_simple_self_signed(vec!["mail.acme.com".to_owned()]).unwrap().cert.pem();
    std::fs::write(folder.path().join("ca.pem"), pem).unwrap();
    std::fs::write(folder.path().join("other.pem"), "no certificate").unwrap();
    let read = |keys: &str| {
        let text = changed("smtp =", &format!("{keys}\nsmtp ="));
        parse("postern.toml", &text, folder.path(), &|_| None)
    };
    let good = read("ca_file = \"ca.pem\"").unwrap();
    assert_eq!(smtp(&good).ca_file.as_deref(), Some(folder.path().join("ca.pem").as_path()));
    for (keys, message) in [
        ("ca_file = \"other.pem\"", "`ca_file` holds no certificate"),
        ("ca_file = \"ca.pem\"\ntls = \"none\"", "`ca_file` has no meaning beside"),
    ] {
        let errors = read(keys).unwrap_err();
        assert!(errors.errors()[0].message.starts_with(message), "{errors}");
    }
}

#[test]
fn an_https_upstream_is_verified_by_its_own_name_or_another_and_by_the_authorities_named() {
    let folder = tempfile::tempdir().unwrap();
    let pem = rcgen::generate_simple_self_signed(vec!["x".to_owned()]).unwrap().cert.pem();
    std::fs::write(folder.path().join("ca.pem"), pem).unwrap();
    std::fs::write(folder.path().join("other.pem"), "no certificate").unwrap();
    let read = |upstream: &str, keys: &str| {
        let text = changed("\"http://10.0.0.5:8080\"", &format!("\"{upstream}\"\n{keys}"));
        parse("postern.toml", &text, folder.path(), &|_| None)
    };
    let ca_file = "upstream_tls.ca_file = \"ca.pem\"";
    for (upstream, keys, written, name) in [
        ("https://JIRA.internal", ca_file, "https://jira.internal:443", "jira.internal"),
        (
            "https://10.0.0.5:8443",
            "upstream_tls = { name = \"Jira\", ca_file = \"ca.pem\" }",
            "https://10.0.0.5:8443",
            "jira",
        ),
        ("https://jira:8443", "", "https://jira:8443", "jira"),
    ] {
        let settings = read(upstream, keys).unwrap();
        let site = &settings.sites[0];
        let tls = site.upstream.tls.as_ref().unwrap();
        assert_eq!((site.upstream.to_string().as_str(), tls.name.to_str().as_ref()), (written, name));
        assert_eq!(tls.ca_file.is_some(), !keys.is_empty());
    }
    let errors = read("https://jira", "upstream_tls.ca_file = \"other.pem\"").unwrap_err();
    assert!(errors.errors()[0].message.starts_with("`ca_file` holds no certificate"), "{errors}");
    assert_eq!(errors.errors().len(), 1);
}

#[test]
fn addresses_and_ports_have_one_spelling() {
    for (written, read) in [
        ("http://JIRA.internal:8080", "jira.internal:8080"),
        ("http://jira", "jira:80"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("http://[::1]", "[::1]:80"),
    ] {
        assert_eq!(
            settings(&changed("http://10.0.0.5:8080", written)).sites[0].upstream.authority.as_str(),
            read
        );
    }
    for (written, host, port, tls) in [
        ("smtp://mail.acme.com", "mail.acme.com", 587, SmtpTls::StartTls),
        ("smtps://mail.acme.com", "mail.acme.com", 465, SmtpTls::Implicit),
        ("smtps://[::1]:2465/", "::1", 2465, SmtpTls::Implicit),
        ("smtp://127.0.0.1:25\"\ntls = \"none", "127.0.0.1", 25, SmtpTls::None),
    ] {
        let settings = settings(&changed("smtp://mail.acme.com:587", written));
        let smtp = smtp(&settings);
        assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), (host, port, tls));
    }
}

#[test]
fn listening_beyond_loopback_is_an_explicit_choice() {
    let text = changed(
        "proxy = \"127.0.0.1:8080\"",
        "proxy = \"0.0.0.0:443\"\nplain_http_beyond_loopback = true\nadmin = \"10.0.0.1:1\"\nadmin_beyond_loopback = true",
    );
    assert_eq!(settings(&text).listen.proxy.to_string(), "0.0.0.0:443");
}

#[test]
fn trusted_proxies_are_addresses_or_networks() {
    let text = changed("[listen]", "[listen]\ntrusted_proxies = [\"127.0.0.1\", \"10.1.2.3/16\", \"::1\"]");
    let networks: Vec<_> = settings(&text).listen.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["127.0.0.1/32", "10.1.0.0/16", "::1/128"]);
}

#[test]
fn enforcement_is_switched_off_for_one_site_or_for_all() {
    assert!(!settings(&changed("[mail]", "mode = \"off\"\n[mail]")).sites[0].judges());
    assert!(!settings(&changed("[mail]", "[verification]\nmode = \"off\"\n[mail]")).sites[0].judges());
    let both = changed("[mail]", "mode = \"enforce\"\n[verification]\nmode = \"off\"\n[mail]");
    assert!(!settings(&both).sites[0].judges());
}

#[test]
fn a_database_server_is_asked_with_tls_unless_it_is_on_this_machine() {
    let read = |url: &str, more: &str| {
        let text = changed("sqlite:///var/lib/postern/postern.db\"", &format!("{url}\"\n{more}"));
        let database = settings(&format!("{text}\n[keys]\nfile = \"keys\"\n")).database;
        let Database::Postgres(server) = &database else { panic!("{database}") };
        (database.to_string(), server.tls.clone(), server.host.clone())
    };
    let required = PostgresTls::Required { ca_file: None };
    for (url, named, tls) in [
        ("postgres://u@db.acme.com/x", "postgres://u@db.acme.com:5432/x", &required),
        ("postgresql://u@10.0.0.5:5433/x", "postgres://u@10.0.0.5:5433/x", &required),
        ("postgres://u@[fd00::5]/x", "postgres://u@[fd00::5]:5432/x", &required),
        ("postgres://u@[::1]/x", "postgres://u@[::1]:5432/x", &PostgresTls::None),
        ("postgres://u@127.0.0.1/x", "postgres://u@127.0.0.1:5432/x", &PostgresTls::None),
        ("postgres://u@localhost/x", "postgres://u@localhost:5432/x", &PostgresTls::None),
        ("postgres://u@%2Frun%2Fpg/x", "postgres://u@%2Frun%2Fpg:5432/x", &PostgresTls::None),
    ] {
        let (shown, found, _) = read(url, "");
        assert_eq!((shown.as_str(), &found), (named, tls), "{url}");
    }
    assert_eq!(read("postgres://u@db.acme.com/x", "tls = \"none\"").1, PostgresTls::None);
    assert_eq!(read("postgres://u@localhost/x", "tls = \"required\"").1, required);
    assert_eq!(read("postgres://u@%2Frun/x", "").2, PostgresHost::Socket("/run".into()));
}
