//! Where sessions come from: what a source needs, and what is refused of it before anybody's token is believed.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use jsonwebtoken::Algorithm;

use super::super::parse;
use super::super::session::{Carrier, Jwt, KeySource, SessionSource};
use super::super::settings::Site;
use super::refused::refuse;
use super::{changed, read, settings};

/// A source that loads; its first line is line 12 of the file.
const SOURCE: &str = r#"[[site.session]]
source = "jwt"
cookie = "id_token"
issuer = "https://id.acme.com"
audience = "jira"
jwks_url = "https://id.acme.com/jwks.json"
algorithms = ["RS256", "PS256"]
"#;

/// The good file with a source in which one piece is replaced.
fn with_source(from: &str, to: &str) -> String {
    assert_eq!(SOURCE.matches(from).count(), 1, "{from}");
    changed("[mail]", &format!("{}[mail]", SOURCE.replace(from, to)))
}

fn jwt(site: &Site) -> &Jwt {
    let [SessionSource::Jwt(rules)] = site.sessions.as_slice() else { panic!("{:?}", site.sessions) };
    rules
}

#[test]
#[rustfmt::skip] // A row is a line.
fn bad_sources_of_sessions_are_refused() {
    refuse(&[
        ("[mail]", "[[site.session]]\n[mail]", 12, 1, "`source` is missing from [[site.session]]", "introspect"),
        ("[mail]", "[[site.session]]\nsource = \"introspct\"\n[mail]", 13, 10, "`source` is none of the known words", "did you mean `introspect`?"),
        ("[mail]", "[[site.session]]\nsource = \"introspect\"\npath = \"/me\"\n[mail]", 14, 1, "unknown key `path` in [[site.session]]", "known here: source"),
        ("[mail]", "[[site.session]]\nsource = \"introspect\"\n[[site.session]]\nsource = \"introspect\"\n[mail]", 15, 10, "`source` is there twice", "remove one"),
        ("[mail]", "[[site.session]]\nsource = \"crowd\"\nurl = \"https://c.test\"\napplication = \"p\"\n[mail]", 12, 1, "[[site.session]] has no password for Crowd", "POSTERN_CROWD_PASSWORD"),
        ("[mail]", "[site.session]\nsource = \"introspect\"\n[mail]", 12, 1, "`session` has the wrong type", "[[site.session]], in two brackets"),
    ]);
}

#[test]
fn a_token_source_has_defaults_for_all_but_the_issuer() {
    let settings = settings(&with_source("audience = \"jira\"", "audience = [\"jira\", \"wiki\"]"));
    let site = &settings.sites[0];
    let rules = jwt(site);
    assert!(matches!(&rules.carrier, Carrier::Cookie(name) if name == "id_token"));
    assert_eq!((&*rules.issuer, rules.audiences.len()), ("https://id.acme.com", 2));
    assert_eq!(rules.algorithms, [Algorithm::RS256, Algorithm::PS256]);
    assert_eq!(
        (rules.key_claim.as_str(), rules.username_claim.as_str(), rules.email_claim.as_str()),
        ("sub", "sub", "email")
    );
    assert_eq!((&rules.email_verified_claim, &rules.session_claim, &rules.token_type), (&None, &None, &None));
    assert_eq!(rules.leeway, Duration::from_secs(30));
    assert!(site.profile.credential_cookies.iter().any(|name| name == "id_token"), "two of it are refused");
    let header = super::settings(&with_source("cookie = \"id_token\"", "header = \"X-Acme-Token\""));
    assert_eq!(header.sites[0].profile.credential_headers, ["x-acme-token"]);
    let near = super::settings(&with_source("https://id.acme.com/jwks.json", "http://127.0.0.1:8443/jwks"));
    assert!(matches!(&jwt(&near.sites[0]).keys, KeySource::Url(url) if url.port_u16() == Some(8443)));
}

#[test]
fn bad_token_sources_are_refused() {
    // What is replaced by what, then line and column, and pieces of the message.
    let rows = [
        ("cookie = \"id_token\"\n", "", 12, 1, "has none of `cookie`, `header`"),
        ("cookie = \"id_token\"", "cookie = \"a\"\nheader = \"X-A\"", 15, 10, "stands beside another way"),
        ("cookie = \"id_token\"", "cookie = \"_ga\"", 7, 1, "calls one cookie harmless and a credential"),
        ("cookie = \"id_token\"", "header = \"Authorization\"", 14, 10, "has another meaning already"),
        (
            "cookie = \"id_token\"",
            "header = \"X-Forwarded-Access-Token\"",
            14,
            10,
            "has another meaning already",
        ),
        ("cookie = \"id_token\"", "header = \"X_Acme\"", 14, 10, "has a `_`"),
        ("cookie = \"id_token\"", "header = \"a b\"", 14, 10, "is not a header's name"),
        ("issuer = \"https://id.acme.com\"", "issuer = \"id acme\"", 15, 10, "is not an issuer"),
        ("issuer = \"https://id.acme.com\"\n", "", 12, 1, "`issuer` is missing"),
        ("audience = \"jira\"", "audience = []", 16, 12, "`audience` is empty"),
        ("audience = \"jira\"", "audience = \"\"", 16, 12, "is empty or too long"),
        ("\"PS256\"", "\"HS256\"", 18, 14, "mixes kinds of keys"),
        ("\"PS256\"", "\"none\"", 18, 24, "is none of the known words"),
        ("[\"RS256\", \"PS256\"]", "[\"HS256\"]", 18, 14, "does not fit where the keys come from"),
        ("[\"RS256\", \"PS256\"]", "[]", 18, 14, "`algorithms` is empty"),
        ("https://id.acme.com/jwks.json", "http://id.acme.com/jwks.json", 17, 12, "is not https"),
        (
            "https://id.acme.com/jwks.json",
            "https://u:p@id.acme.com/",
            17,
            12,
            "carries a user name or password",
        ),
        ("https://id.acme.com/jwks.json", "file:///etc/passwd", 17, 12, "has no host"),
        ("jwks_url =", "jwks_file = \"x\"\njwks_url =", 17, 13, "cannot be read"),
        ("audience =", "leeway = \"3m\"\naudience =", 16, 10, "`leeway` is out of range"),
        ("audience =", "audiense = \"x\"\naudience =", 16, 1, "unknown key `audiense`"),
    ];
    for (from, to, line, column, message) in rows {
        let errors = read(&with_source(from, to)).err().unwrap_or_else(|| panic!("accepted: {to}"));
        let found = errors
            .errors()
            .iter()
            .any(|error| (error.line, error.column) == (line, column) && error.message.contains(message));
        assert!(found, "{to}:\nexpected {line}:{column} {message}\n{errors:?}");
    }
    let text = changed("[mail]", &format!("{SOURCE}[site.introspect]\ncache = \"5s\"\n[mail]"));
    assert!(read(&text).unwrap_err().to_string().contains("no meaning where the product is not asked"));
}

#[test]
fn t191_a_shared_secret_is_long_and_its_owner_s_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = with_source(
        "jwks_url = \"https://id.acme.com/jwks.json\"\nalgorithms = [\"RS256\", \"PS256\"]",
        "secret_file = \"secret\"\nalgorithms = [\"HS256\"]",
    );
    let path = folder.path().join("secret");
    let load = |secret: &str, mode: u32| {
        std::fs::write(&path, secret).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        parse("postern.toml", &text, folder.path(), &|_| None)
    };
    let secret = format!("{}\n", "s".repeat(32));
    let settings = load(&secret, 0o600).unwrap();
    let KeySource::Fixed(keys) = &jwt(&settings.sites[0]).keys else { panic!() };
    assert!(keys.has_key_for(Algorithm::HS256) && !format!("{settings:?}").contains("sssss"));
    assert!(load(&secret, 0o640).unwrap_err().to_string().contains("can be read by others"));
    assert!(load("short\n", 0o600).unwrap_err().to_string().contains("holds too short a secret"));
    assert!(parse("postern.toml", &text, Path::new("/nonexistent"), &|_| None).is_err());
}

#[test]
fn a_key_file_must_hold_a_key_for_the_algorithms() {
    let folder = tempfile::tempdir().unwrap();
    let text = with_source("jwks_url = \"https://id.acme.com/jwks.json\"", "jwks_file = \"keys.json\"");
    let load = |keys: &str| {
        std::fs::write(folder.path().join("keys.json"), keys).unwrap();
        parse("postern.toml", &text, folder.path(), &|_| None)
    };
    let modulus = data_encoding::BASE64URL_NOPAD.encode(&[0xff; 256]);
    assert!(load(&format!(r#"{{"keys":[{{"kty":"RSA","kid":"1","n":"{modulus}","e":"AQAB"}}]}}"#)).is_ok());
    let ed = data_encoding::BASE64URL_NOPAD.encode(&[7; 32]);
    for (keys, message) in [
        (
            format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{ed}"}}]}}"#),
            "does not fit the keys in the file",
        ),
        (
            format!(r#"{{"keys":[{{"kty":"RSA","n":"{modulus}","e":"AQ"}}]}}"#),
            "with an exponent that signs nothing",
        ),
        ("{}".to_owned(), "is not a set of keys"),
    ] {
        assert!(load(&keys).unwrap_err().to_string().contains(message), "{keys}");
    }
}

#[test]
fn a_crowd_that_would_be_asked_unsafely_is_refused() {
    let read = |keys: &str| {
        let source = format!("[[site.session]]\nsource = \"crowd\"\n{keys}\n[mail]");
        let environment = |name: &str| (name == "POSTERN_CROWD_PASSWORD").then(|| "hunter2".to_owned());
        parse("postern.toml", &changed("[mail]", &source), Path::new("/etc/postern"), &environment)
    };
    let (url, application) = ("url = \"https://c.test/crowd/\"", "application = \"postern\"");
    let settings = read(&format!("{url}\n{application}")).unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
    let SessionSource::Crowd(crowd) = &settings.sites[0].sessions[0] else { panic!() };
    assert_eq!(crowd.sessions, "https://c.test/crowd/rest/usermanagement/1/session/");
    assert_eq!(crowd.authorization, "Basic cG9zdGVybjpodW50ZXIy");
    assert!(settings.sites[0].profile.credential_cookies.contains(&crowd.cookie));
    for (keys, message) in [
        (application.to_owned(), "`url` is missing"),
        (url.to_owned(), "`application` is missing"),
        (format!("{application}\nurl = \"http://c.test\""), "`url` is not https, and not on this machine"),
        (format!("{application}\nurl = \"ftp://c.test\""), "`url` is not an http or https URL"),
        (format!("{application}\nurl = \"https://c.test/x?y\""), "`url` has something after its path"),
        (format!("{application}\nurl = \"https://u:p@c.test\""), "`url` carries a user name"),
        (format!("{url}\napplication = \"p:q\""), "`application` is not an application's name"),
        (format!("{url}\n{application}\npassword_file = \"/etc/hosts\""), "`password_file` is not the only"),
        (format!("{url}\n{application}\ngateway_address = \"gw\""), "`gateway_address` is not an address"),
        (format!("{url}\n{application}\ncache = \"2m\""), "`cache` is out of range"),
    ] {
        let errors = read(&keys).err().unwrap_or_else(|| panic!("accepted: {keys}"));
        assert!(errors.errors()[0].message.contains(message), "{keys}: {errors}");
    }
    let source = format!("[[site.session]]\nsource = \"crowd\"\n{url}\n{application}\n[mail]");
    let errors = super::read(&changed("[mail]", &source)).unwrap_err();
    assert!(errors.errors()[0].message.contains("has no password for Crowd"), "{errors}");
    let plain = "url = \"http://c.test\"\nplain_http_beyond_loopback = true";
    assert!(read(&format!("{application}\n{plain}")).is_ok());
    assert!(read(&format!("{application}\nurl = \"http://[::1]:8095/crowd\"")).is_ok());
}
