//! What `postern check` says of settings: the summary, each warning, each refusal.

use super::warnings::is_near;
use super::*;
use std::os::unix::fs::PermissionsExt as _;

const NOW: Timestamp = Timestamp::constant(1_000_000_000, 0);
const QUIET: &str = r#"
organization.name = "Acme"
listen = { proxy = "127.0.0.1:8080", scheme = "https" }
site = [{ host = "jira.acme.com", product = "jira-software", upstream = "http://10.0.0.5:8080", mode = "enforce" }]
mail = { from = "Acme access <access@acme.com>", smtp = "smtp://mail.acme.com:587", tls = "required" }
verification.frequency = "36h"
store.url = "sqlite:///var/lib/postern/postern.db"
"#;

fn summarise(text: &str) -> String {
    let settings = config::parse("postern.toml", text, Path::new("/etc/postern"), &|_| None).unwrap();
    summary(Path::new("postern.toml"), &settings, NOW)
}

#[test]
fn a_certificate_is_summed_up_with_its_names_and_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["jira.acme.com".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(2001, 9, 20);
    let key = rcgen::KeyPair::generate().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    write("cert.pem", params.self_signed(&key).unwrap().pem());
    write("key.pem", key.serialize_pem());
    let text = QUIET.replace("127.0.0.1:8080", "0.0.0.0:443").replace(
        "scheme = \"https\"",
        "scheme = \"https\", certificate = [{ cert_file = \"cert.pem\", key_file = \"key.pem\" }]",
    );
    let summarise = |text: &str, now| {
        let settings = config::parse("postern.toml", text, folder.path(), &|_| None).unwrap();
        summary(Path::new("postern.toml"), &settings, now)
    };
    let quiet = summarise(&text, Timestamp::from_second(990_000_000).unwrap());
    assert!(quiet.contains("0.0.0.0:443 for https browsers, TLS, admin"), "{quiet}");
    assert!(quiet.contains("certificate   jira.acme.com until 2001-09-20"), "{quiet}");
    assert!(!quiet.contains("warning"), "{quiet}");
    assert!(summarise(&text, NOW).contains("warning: the certificate of jira.acme.com ends on 2001-09-20"));
    let late = Timestamp::from_second(1_100_000_000).unwrap();
    assert!(summarise(&text, late).contains("jira.acme.com has ended on 2001-09-20"));
    let other = summarise(&text.replace("host = \"jira", "host = \"wiki"), NOW);
    assert!(other.contains("warning: no certificate is for wiki.acme.com"), "{other}");
}

#[test]
fn where_there_are_several_hosts_it_says_which_one_keeps_who_verified() {
    let wiki =
        "}, { host = \"wiki.acme.com\", product = \"confluence\", upstream = \"http://10.0.0.6:8090\" }]";
    let both = QUIET.replace("}]", wiki);
    let (alone, text) = (summarise(QUIET), summarise(&both));
    assert!(!alone.contains("who verified"), "{alone}");
    assert!(text.contains("who verified is known to all its hosts by jira.acme.com\n"), "{text}");
    assert!(!text.contains("warning"), "{text}");
    let with = |home: &str| both.replace("Acme\"\n", &format!("Acme\"\norganization.home = \"{home}\"\n"));
    assert!(summarise(&with("wiki.acme.com")).contains("by wiki.acme.com\n"));
    assert!(!summarise(&with("none")).contains("who verified"));
    for file in [
        with("jira.acme.com").replace("mode = \"enforce\"", "mode = \"off\""),
        QUIET.replace("Acme\"\n", "Acme\"\norganization.home = \"jira.acme.com\"\n"),
    ] {
        let text = summarise(&file);
        assert!(text.contains("warning: the home of Acme serves nobody"), "{text}");
    }
}

#[test]
fn a_good_file_is_summed_up_without_warnings() {
    let text = summarise(QUIET);
    for piece in [
        "postern.toml: OK",
        "jira.acme.com (jira-software) -> http://10.0.0.5:8080",
        "every 36h",
        "through mail.acme.com:587 with STARTTLS",
        "/var/lib/postern/postern.db",
    ] {
        assert!(text.contains(piece), "{piece} is not in\n{text}");
    }
    assert!(!text.contains("warning") && !text.contains("assertion"), "{text}");
    let text = summarise(&QUIET.replace("mode = \"enforce\"", "assertion = true"));
    assert!(text.contains("  assertion     ES256 by Acme\n"), "{text}");
}

#[test]
fn an_organization_is_summed_up_with_its_admins_and_who_opens_its_exports() {
    let more =
        "organization = { name = \"Acme\", admins = [\"bob@acme.com\", \"Ada@acme.com\", \"ada@acme.com\"] }";
    let text = summarise(&QUIET.replace("organization.name = \"Acme\"", more));
    assert!(text.contains("mail to ada@acme.com, bob@acme.com\n") && !text.contains("warning"), "{text}");
    let more = "organization = { name = \"Acme\", export_links = \"bearer\" }\nadmin.urls = [\"https://admin.acme.com\"]";
    let text = summarise(&QUIET.replace("organization.name = \"Acme\"", more));
    assert!(text.contains("mailed links open exports without a key\n"), "{text}");
    assert!(text.contains("warning: Acme has its exports opened by mailed links"), "{text}");
}

#[test]
fn a_database_server_is_summed_up_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("password"), "hunter2").unwrap();
    let summarise = |url: &str, more: &str| {
        let text =
            QUIET.replace("store.url = \"sqlite:///var/lib/postern/postern.db\"", "keys.file = \"keys\"");
        let text = format!("{text}\n[store]\nurl = \"{url}\"\n{more}\n");
        let settings = config::parse("postern.toml", &text, folder.path(), &|_| None).unwrap();
        summary(Path::new("postern.toml"), &settings, NOW)
    };
    let text = summarise("postgres://postern@db.acme.com/postern", "password_file = \"password\"");
    let line = "postgres://postern@db.acme.com:5432/postern with TLS, verified, by a password\n";
    assert!(text.contains(line) && !text.contains("warning") && !text.contains("hunter2"), "{text}");
    let text = summarise("postgres://postern@db.acme.com/postern", "tls = \"none\"");
    assert!(text.contains("with no TLS\n") && text.contains("warning: the store at postgres://"), "{text}");
    for near in ["localhost", "%2Frun%2Fpostgresql"] {
        let text = summarise(&format!("postgres://postern@{near}/postern"), "");
        assert!(!text.contains("warning"), "{text}");
    }
}

#[test]
fn several_organizations_are_listed_and_each_site_says_whose_it_is() {
    let two = "organization = [{ id = \"acme\", name = \"Acme\" }, { id = \"b\", name = \"Partner\" }]";
    let text =
        QUIET.replace("organization.name = \"Acme\"", two).replace("host =", "organization = \"b\", host =");
    let text = summarise(&text);
    assert!(text.contains("  organization  Acme (acme)\n  organization  Partner (b)\n"), "{text}");
    assert!(text.contains("jira.acme.com (jira-software) of b -> "), "{text}");
    assert!(!summarise(QUIET).contains(" of default"), "there is only one");
}

#[test]
fn the_proof_of_domains_is_summed_up() {
    let text = summarise(&QUIET.replace("mail =", "dns.servers = [\"127.0.0.1\", \"[::1]:5353\"]\nmail ="));
    assert!(text.contains("  domains       checked every 1d, lost 7d after the last sight\n"), "{text}");
    assert!(
        text.contains("  dns           127.0.0.1:53, [::1]:5353\n") && !text.contains("warning"),
        "{text}"
    );
    assert!(!summarise(QUIET).contains("  dns "));
}

#[test]
fn a_trusted_source_is_summed_up_with_what_it_means() {
    let text =
        summarise(&QUIET.replace("mode = \"enforce\"", "trusted_sources = [\"10.0.0.5\", \"fd00::/8\"]"));
    assert!(text.contains("from 10.0.0.5/32, fd00::/8: never judged, and no cookie goes on"), "{text}");
    assert!(!text.contains("warning"), "{text}");
}

#[test]
fn what_works_but_is_unwise_is_a_warning() {
    for (from, to, warning) in [
        ("scheme = \"https\"", "scheme = \"http\"", "scheme is http"),
        ("tls = \"required\"", "tls = \"none\"", "goes without TLS"),
        ("mode = \"enforce\"", "mode = \"off\"", "jira.acme.com is not enforced"),
        (
            "mode = \"enforce\"",
            "mobile = { web_sessions = \"pass\" }",
            "forge an app's User-Agent; narrow it with `networks` or `client_certificate`",
        ),
        (
            "mode = \"enforce\"",
            "mobile = { web_sessions = \"pass\", networks = [\"10.0.0.0/8\"], client_certificate = true }",
            "forge an app's User-Agent, within `networks` and with a client certificate",
        ),
        ("mode = \"enforce\"", "hardening = false", "jira.acme.com is not hardened"),
        (
            "scheme = \"https\" }\nsite = [{",
            "trusted_proxies = [\"10.0.0.0/8\"] }\nsite = [{ trusted_sources = [\"10.0.0.5\"],",
            "also a trusted proxy, 10.0.0.0/8",
        ),
        ("mode = \"enforce\"", "portal_customers = \"exempt\"", "exempts customers of its portal"),
        ("mode = \"enforce\"", "mode = \"off\", assertion = true", "jira.acme.com gets no assertion"),
        ("10.0.0.5:8080", "8.8.8.8:8080", "upstream at 8.8.8.8:8080"),
        ("10.0.0.5:8080", "jira.example.com:8080", "upstream at jira.example.com:8080"),
        ("mail =", "domains.allow_special_use = true\nmail =", "corp.internal can be owned"),
        (
            "mail =",
            "domains.allow_private_addresses = [\"10.1.0.0/16\"]\nmail =",
            "ask web servers in 10.1.0.0/16",
        ),
        ("mail =", "dns.servers = [\"8.8.8.8\"]\nmail =", "8.8.8.8:53 is asked by plain DNS"),
        (
            "proxy = \"127.0.0.1:8080\"",
            "proxy = \"0.0.0.0:80\", plain_http_beyond_loopback = true",
            "0.0.0.0:80 is not loopback",
        ),
    ] {
        let text = summarise(&QUIET.replace(from, to));
        assert!(text.contains("warning: ") && text.contains(warning), "{to}:\n{text}");
    }
    for near in ["127.0.0.1", "[::1]", "[fd00::1]", "jira", "jira.internal", "192.168.1.1"] {
        assert!(is_near(near), "{near}");
    }
}

#[test]
fn an_upstream_by_tls_may_be_anywhere_and_says_whom_it_believes() {
    let text = summarise(&QUIET.replace("http://10.0.0.5:8080", "https://jira.example.com:8443"));
    assert!(text.contains("-> https://jira.example.com:8443\n") && !text.contains("warning"), "{text}");
    let named = "https://8.8.8.8\", upstream_tls = { name = \"jira.internal\" }, product = \"confluence";
    let text =
        summarise(&QUIET.replace("product = \"jira-software\", ", "").replace("http://10.0.0.5:8080", named));
    assert!(text.contains("-> https://8.8.8.8:443, verified as jira.internal\n"), "{text}");
    assert!(!text.contains("warning"), "{text}");
}

#[test]
fn a_bad_file_is_counted_and_drawn() {
    let text = QUIET.replace("smtp://", "ftp://").replace("36h", "soon");
    let errors = config::parse("postern.toml", &text, Path::new(""), &|_| None).unwrap_err();
    let text = refusal(Path::new("postern.toml"), &errors);
    assert!(text.contains("postern.toml:6:26") && text.contains("postern.toml: 2 mistakes"), "{text}");
}
