//! What TLS is offered with: certificates that fit their keys, and mistakes that are named with their file.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use tempfile::TempDir;

use super::super::settings::Settings;
use super::super::{ConfigErrors, parse};
use super::changed;

/// A folder with `NAME.pem` and `NAME.key` for each of these, and `ca.pem`.
fn folder(certificates: &[(&str, &[&str])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, names) in certificates {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
        write(&folder, &format!("{file}.pem"), &certificate.pem());
        write(&folder, &format!("{file}.key"), &key.serialize_pem());
    }
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    write(&folder, "ca.pem", &authority.self_signed(&KeyPair::generate().unwrap()).unwrap().pem());
    write(&folder, "empty.pem", "");
    folder
}

fn write(folder: &TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn read(folder: &TempDir, listen: &str) -> Result<Settings, ConfigErrors> {
    let text = changed("proxy = \"127.0.0.1:8080\"", &format!("proxy = \"0.0.0.0:443\"\n{listen}"));
    parse("postern.toml", &text, folder.path(), &|_| None)
}

fn certificate(cert: &str, key: &str) -> String {
    format!("[[listen.certificate]]\ncert_file = \"{cert}\"\nkey_file = \"{key}\"\n")
}

#[test]
fn with_a_certificate_any_address_may_be_listened_on() {
    let folder = folder(&[("jira", &["jira.acme.com"]), ("all", &["*.acme.com", "acme.com"])]);
    let both = certificate("jira.pem", "jira.key") + &certificate("all.pem", "all.key");
    let settings = read(&folder, &both).unwrap();
    let tls = settings.listen.tls.unwrap();
    assert_eq!(tls.certificates[0].file, folder.path().join("jira.pem"));
    assert_eq!(tls.certificates[1].names, ["*.acme.com", "acme.com"]);
    assert!(tls.certificates[1].is_for("wiki.acme.com") && !tls.certificates[1].is_for("a.wiki.acme.com"));
    assert!(!tls.certificates[0].is_for("wiki.acme.com") && !tls.certificates[0].is_for(""));
    assert_eq!(tls.server.alpn_protocols, [b"h2".to_vec(), b"http/1.1".to_vec()]);
    assert_eq!(tls.server.max_early_data_size, 0, "t175: no 0-RTT");
    assert!(tls.client_certificates.is_none());
    let shown = format!("{:?}", read(&folder, &both).unwrap());
    assert!(shown.contains("jira.pem") && !shown.to_lowercase().contains("secret"), "{shown}");
}

#[test]
fn what_cannot_be_offered_is_refused_with_file_and_reason() {
    let folder = folder(&[("jira", &["jira.acme.com"]), ("wiki", &["wiki.acme.com"]), ("none", &[])]);
    write(&folder, "open.key", "");
    let open = folder.path().join("open.key");
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o640)).unwrap();
    for (cert, key, message, help) in [
        ("missing.pem", "jira.key", "`cert_file` cannot be read", "missing.pem"),
        ("empty.pem", "jira.key", "`cert_file` holds no certificate", "empty.pem"),
        ("jira.key", "jira.key", "`cert_file` holds no certificate", "jira.key"),
        ("none.pem", "none.key", "`cert_file` names no host", "none.pem"),
        ("jira.pem", "missing.key", "`key_file` cannot be read", "missing.key"),
        ("jira.pem", "jira.pem", "`key_file` holds no private key", "jira.pem"),
        ("jira.pem", "wiki.key", "`key_file` is not the key of this certificate", "jira.pem"),
        ("jira.pem", "open.key", "`key_file` can be read by others", "mode 640"),
    ] {
        let errors = read(&folder, &certificate(cert, key)).unwrap_err();
        let error = &errors.errors()[0];
        assert_eq!((errors.errors().len(), error.message.as_str()), (1, message), "{errors}");
        assert!(error.help.as_deref().unwrap().contains(help), "{errors}");
    }
    let two = certificate("missing.pem", "jira.key") + &certificate("jira.pem", "wiki.key");
    assert_eq!(read(&folder, &two).unwrap_err().errors().len(), 2, "all mistakes at once");
}

#[test]
fn authorities_for_clients_are_there_or_nothing_starts() {
    let folder = folder(&[("jira", &["jira.acme.com"])]);
    let with = |keys: &str| {
        let ours = certificate("jira.pem", "jira.key");
        read(&folder, &format!("{ours}[listen.client_certificates]\n{keys}\n"))
    };
    let clients = |keys: &str| with(keys).unwrap().listen.tls.unwrap().client_certificates.unwrap();
    let optional = clients("ca_file = \"ca.pem\"");
    assert_eq!(
        (optional.ca_file.as_path(), optional.required),
        (folder.path().join("ca.pem").as_path(), false)
    );
    assert!(clients("ca_file = \"ca.pem\"\nrequired = true").required);
    for (keys, message) in [
        ("", "`ca_file` is missing"),
        ("required = true", "`ca_file` is missing"),
        ("ca_file = \"missing.pem\"", "`ca_file` cannot be read"),
        ("ca_file = \"empty.pem\"", "`ca_file` holds no certificate"),
        ("ca_file = \"jira.key\"", "`ca_file` holds no certificate"),
        ("ca_file = \"ca.pem\"\nrequried = true", "unknown key `requried`"),
    ] {
        let errors = with(keys).unwrap_err();
        assert!(errors.errors()[0].message.starts_with(message), "{keys}: {errors}");
    }
}

#[test]
fn settings_that_contradict_a_certificate_are_refused() {
    let folder = folder(&[("jira", &["jira.acme.com"])]);
    let ours = certificate("jira.pem", "jira.key");
    for (keys, message) in [
        ("scheme = \"http\"", "`scheme` contradicts the certificates"),
        (
            "plain_http_beyond_loopback = true",
            "`plain_http_beyond_loopback` has no meaning beside a certificate",
        ),
    ] {
        let errors = read(&folder, &format!("{keys}\n{ours}")).unwrap_err();
        assert_eq!(errors.errors()[0].message, message, "{errors}");
    }
    let text = changed("[mail]", "[listen.client_certificates]\nca_file = \"ca.pem\"\n[mail]");
    let errors = parse("postern.toml", &text, folder.path(), &|_| None).unwrap_err();
    assert!(errors.errors()[0].message.contains("without a certificate of ours"), "{errors}");
    let missing = parse("postern.toml", &text, Path::new("/nonexistent"), &|_| None).unwrap_err();
    assert_eq!(missing.errors().len(), 2, "{missing}");
}
