//! What loads: defaults, the reference file, the examples, and every product's profile.

use std::path::Path;
use std::time::Duration;

use http::Method;

use super::super::profile::{Endpoint, Product};
use super::super::settings::{AssertionAlgorithm, LogFormat, Scheme, Settings, SmtpTls};
use super::super::{load, parse};
use super::{GENERIC, GOOD, REFERENCE, changed, read, settings, smtp};
use crate::domain::code::CodeDigits;
use crate::domain::quota::Quota;

#[test]
fn the_shortest_file_gets_every_documented_default() {
    let settings = settings(GOOD);
    assert_eq!(settings.organization.as_ref(), "Acme");
    assert_eq!(settings.listen.admin.to_string(), "127.0.0.1:8901");
    assert_eq!(settings.listen.scheme, Scheme::Https);
    assert!((1..=256).contains(&settings.listen.workers));
    assert_eq!(settings.listen.drain, Duration::from_secs(30));
    let verification = &settings.verification;
    assert_eq!(verification.frequency, Duration::from_secs(7 * 86_400));
    assert_eq!((verification.code_digits, verification.code_tries), (CodeDigits::Six, 5));
    assert_eq!(verification.code_lifetime, Duration::from_secs(600));
    let once = Quota::one_per(Duration::from_secs(60));
    assert_eq!(settings.limits.sends_per_account, [once, Quota::per_hour(5), Quota::per_day(10)]);
    assert_eq!(settings.limits.tries_per_account, [Quota::per_hour(15), Quota::per_day(30)]);
    assert_eq!(settings.limits.sends_per_network, [Quota::per_hour(100)]);
    assert_eq!(settings.limits.sends, [Quota::per_hour(3000)]);
    assert_eq!(settings.limits.tries_per_network, [Quota::per_hour(300)]);
    let smtp = smtp(&settings);
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), ("mail.acme.com", 587, SmtpTls::StartTls));
    assert_eq!((smtp.timeout, smtp.credentials.is_none()), (Duration::from_secs(20), true));
    assert_eq!(settings.database, Path::new("/var/lib/postern/postern.db"));
    assert_eq!(settings.keys, Path::new("/var/lib/postern/keys"));
    assert_eq!(
        (settings.log.level.as_str(), settings.log.format, settings.log.access),
        ("info", LogFormat::Json, true)
    );
    assert_eq!(settings.fingerprint.len(), 12);
    let site = &settings.sites[0];
    assert_eq!((site.id.as_ref(), site.prefix.as_str(), site.enforce), ("jira.acme.com", "", true));
    assert_eq!((site.identity_headers, site.assertion), (true, false));
    let assertion = &settings.assertion;
    assert_eq!((assertion.algorithm, assertion.issuer.as_ref()), (AssertionAlgorithm::Es256, "Acme"));
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
    for section in ["site.introspect", "verification", "limits", "keys", "assertion", "log"] {
        let place = if section == "site.introspect" { "[mail]" } else { "[organization]" };
        text = text.replace(place, &format!("[{section}]\n{unknown}{place}"));
    }
    let errors = read(&text).unwrap_err();
    assert_eq!(errors.errors().len(), 12, "one for every section: {errors}");
    for error in errors.errors() {
        let known = error.help.as_deref().unwrap().strip_prefix("known here: ").unwrap();
        for key in known.split(", ") {
            let documented = [
                format!("\n{key} = "),
                format!("\n#{key} = "),
                format!("\n[{key}]"),
                format!("\n[[{key}]]"),
                format!("\n[site.{key}]"),
            ];
            assert!(
                documented.iter().any(|form| REFERENCE.contains(form)),
                "{key} is not in the reference file"
            );
        }
    }
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
}

#[test]
fn a_file_is_loaded_from_its_folder_and_known_by_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postern.toml");
    std::fs::write(&path, changed("sqlite:///var/lib/postern/", "sqlite:")).unwrap();
    let settings = load(&path, &|_| None).unwrap();
    assert_eq!(settings.database, folder.path().join("postern.db"));
    assert_eq!(settings.keys, folder.path().join("keys"));
    assert_ne!(settings.fingerprint, super::settings(GOOD).fingerprint);
}

#[test]
fn a_mark_at_the_start_and_other_line_ends_are_no_mistakes() {
    assert_eq!(settings(&format!("\u{feff}{GOOD}")).sites.len(), 1);
    assert_eq!(settings(&GOOD.replace('\n', "\r\n")).sites.len(), 1);
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
fn addresses_and_ports_have_one_spelling() {
    for (written, read) in [
        ("http://JIRA.internal:8080", "jira.internal:8080"),
        ("http://jira", "jira:80"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("http://[::1]", "[::1]:80"),
    ] {
        assert_eq!(settings(&changed("http://10.0.0.5:8080", written)).sites[0].upstream.as_str(), read);
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
    assert!(!settings(&changed("[mail]", "enforce = false\n[mail]")).sites[0].enforce);
    assert!(!settings(&changed("[mail]", "[verification]\nenforce = false\n[mail]")).sites[0].enforce);
    let both = changed("[mail]", "enforce = true\n[verification]\nenforce = false\n[mail]");
    assert!(!settings(&both).sites[0].enforce);
}

#[test]
fn every_product_has_its_profile() {
    let site = |product: Product| {
        let text = match product {
            Product::Generic => changed(
                "product = \"jira-software\"\nupstream = \"http://10.0.0.5:8080\"\n",
                &format!("upstream = \"http://10.0.0.5:8080\"\n{GENERIC}"),
            ),
            _ => changed("jira-software", product.as_str()),
        };
        std::sync::Arc::clone(&settings(&text).sites[0])
    };
    for product in Product::ALL {
        assert_eq!(site(product).product, product);
    }
    let jira = &site(Product::JiraServiceManagement).profile;
    assert_eq!(jira.introspect.path, "/rest/api/2/myself");
    assert_eq!(jira.introspect.email.as_deref(), Some("/emailAddress"));
    assert_eq!(
        (jira.introspect.cache, jira.introspect.timeout),
        (Duration::from_secs(30), Duration::from_secs(2))
    );
    let confluence = &site(Product::Confluence).profile;
    assert_eq!((confluence.introspect.key.as_str(), &confluence.introspect.email), ("/userKey", &None));
    assert_eq!(confluence.introspect.anonymous, Some(("/type".to_owned(), "anonymous".to_owned())));
    let generic = &site(Product::Generic).profile;
    assert_eq!((generic.introspect.username.as_str(), generic.login.len()), ("/user/login", 0));
}

#[test]
fn sign_in_pages_are_exempt_by_method_and_session_cookies_are_never_harmless() {
    let profile = &settings(GOOD).sites[0].profile;
    let login =
        |method: Method, path: &str| profile.login.contains(&Endpoint { method, path: path.to_owned() });
    assert!(
        login(Method::GET, "/login.jsp")
            && login(Method::HEAD, "/login.jsp")
            && login(Method::POST, "/login.jsp")
    );
    assert!(login(Method::POST, "/rest/auth/1/session"));
    assert!(!login(Method::GET, "/rest/auth/1/session"), "it says who is signed in");
    assert!(!login(Method::GET, "/rest/tsv/1.0/authenticate"));
    for cookie in
        ["JSESSIONID", "JSESSIONID2", "seraph.rememberme.cookie", "crowd.token_key", "_gateway", "anything"]
    {
        assert!(!profile.is_harmless(cookie), "{cookie}");
    }
    for cookie in ["atlassian.xsrf.token", "AJS.x", "_ga", "_ga_B2XN4", "_gid"] {
        assert!(profile.is_harmless(cookie), "{cookie}");
    }
}

#[test]
fn a_site_replaces_a_list_or_adds_to_it() {
    let text = changed(
        "[mail]",
        "login = [\"GET /x\"]\nextra_logout = [\"POST /y\", \"GET /logout\"]\nintrospect = { email = \"/mail\", cache = \"5s\" }\n[mail]",
    );
    let site = std::sync::Arc::clone(&settings(&text).sites[0]);
    let page = |method, path: &str| Endpoint { method, path: path.to_owned() };
    assert_eq!(site.profile.login, [page(Method::GET, "/x"), page(Method::HEAD, "/x")]);
    assert!(site.profile.logout.contains(&page(Method::POST, "/y")));
    assert_eq!(site.profile.logout.iter().filter(|known| known.path == "/logout").count(), 1);
    assert_eq!(site.profile.introspect.email.as_deref(), Some("/mail"));
    assert_eq!(site.profile.introspect.key, "/key");
    assert_eq!(site.profile.introspect.cache, Duration::from_secs(5));
}
