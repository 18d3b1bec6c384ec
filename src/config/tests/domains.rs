//! `[dns]` and `[domains]`: what can be said of how domains are proved.

use std::path::Path;
use std::time::Duration;

use super::super::parse;
use super::refused::refuse;
use super::{GOOD, changed, settings};
use crate::domain::ownable::SpecialUse;

const DAY: Duration = Duration::from_secs(86_400);

#[test]
fn domains_are_proved_as_documented_where_nothing_is_said() {
    let settings = settings(GOOD);
    assert!(settings.dns.servers.is_empty());
    assert_eq!((settings.dns.timeout, settings.dns.attempts), (Duration::from_secs(2), 2));
    let domains = &settings.domains;
    assert_eq!(domains.prefix.as_str(), "postern-domain-verification");
    assert_eq!((domains.recheck_every, domains.grace_period), (DAY, 7 * DAY));
    assert_eq!((domains.special_use, domains.timeout), (SpecialUse::Refused, Duration::from_secs(10)));
    assert!(domains.private_addresses.is_empty() && domains.authorities.is_none());
}

#[test]
fn servers_and_allowances_are_read() {
    let text = changed(
        "[mail]",
        r#"[dns]
servers = ["192.0.2.1", "192.0.2.2:5353", "2001:db8::1", "[2001:db8::2]:5353"]
[domains]
prefix = "acme"
allow_special_use = true
allow_private_addresses = ["10.1.2.3", "fd00::/8"]
[mail]"#,
    );
    let settings = settings(&text);
    let servers: Vec<String> = settings.dns.servers.iter().map(ToString::to_string).collect();
    assert_eq!(servers, ["192.0.2.1:53", "192.0.2.2:5353", "[2001:db8::1]:53", "[2001:db8::2]:5353"]);
    assert_eq!(settings.domains.prefix.file(), "acme.html");
    assert_eq!(settings.domains.special_use, SpecialUse::Allowed);
    assert_eq!(settings.domains.private_addresses.len(), 2);
}

#[test]
fn the_authorities_of_web_sites_are_read_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut params = rcgen::CertificateParams::new(vec![]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let pem = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().pem();
    std::fs::write(folder.path().join("ca.pem"), pem).unwrap();
    std::fs::write(folder.path().join("empty.pem"), "").unwrap();
    let read = |file: &str| {
        let text = changed("[mail]", &format!("[domains]\nca_file = \"{file}\"\n[mail]"));
        parse("postern.toml", &text, folder.path(), &|_| None)
    };
    let authorities = read("ca.pem").unwrap().domains.authorities.unwrap();
    assert_eq!(
        (authorities.file.as_path(), authorities.roots.len()),
        (folder.path().join("ca.pem").as_path(), 1)
    );
    for (file, message) in
        [("empty.pem", "`ca_file` holds no certificate"), ("none.pem", "`ca_file` cannot be read")]
    {
        let errors = read(file).unwrap_err();
        assert!(errors.errors()[0].message.contains(message), "{errors}");
    }
    assert!(
        parse("postern.toml", &changed("[mail]", "domains.ca_file = 1\n[mail]"), Path::new(""), &|_| None)
            .is_err()
    );
}

#[test]
#[rustfmt::skip] // A row is a line.
fn what_would_prove_domains_wrongly_is_refused() {
    refuse(&[
        ("[mail]", "[dns]\nservers = [\"dns.acme.com\"]\n[mail]", 13, 12, "`servers` is not the address of a DNS server", "`192.0.2.1`"),
        ("[mail]", "[dns]\nservers = [\"0.0.0.0\"]\n[mail]", 13, 12, "`servers` is not the address of a DNS server", "an IP address"),
        ("[mail]", "[dns]\nservers = [\"192.0.2.1:0\"]\n[mail]", 13, 12, "`servers` is not the address of a DNS server", "an IP address"),
        ("[mail]", "[dns]\nattempts = 6\n[mail]", 13, 12, "`attempts` is out of range", "1 to 5"),
        ("[mail]", "[dns]\ntimeout = \"20s\"\n[mail]", 13, 11, "`timeout` is out of range", "100ms to 10s"),
        ("[mail]", "[domains]\nprefix = \"../x\"\n[mail]", 13, 10, "`prefix` is not a prefix", "postern-domain-verification"),
        ("[mail]", "[domains]\nprefix = \"\"\n[mail]", 13, 10, "`prefix` is not a prefix", "postern-domain-verification"),
        ("[mail]", "[domains]\nrecheck_every = \"8d\"\n[mail]", 13, 17, "`recheck_every` is out of range", "1m to 7d"),
        ("[mail]", "[domains]\ngrace_period = \"23h\"\n[mail]", 13, 16, "`grace_period` ends before the next check", "recheck_every"),
        ("[mail]", "[domains]\nallow_private_addresses = [\"0.0.0.0/0\"]\n[mail]", 13, 28, "`allow_private_addresses` would trust", "name the machines alone"),
        ("[mail]", "[domains]\ntimeout = \"11s\"\n[mail]", 13, 11, "`timeout` is out of range", "1s to 10s"),
    ]);
}
