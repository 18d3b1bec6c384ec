//! Whose a domain is, by what it publishes; against a real name server. The file of its web site is tried in `src/website`,
//! because a test may not listen on port 443.

mod absent;
mod deeds;
mod found;
mod gate;
mod owners;

use std::net::IpAddr;
use std::time::Duration;

use hickory_server::proto::rr::{RData, Record};
use postern::config;
use postern::config::dns::Dns;
use postern::config::settings::Settings;
use postern::dns::{Answer, Resolver};
use postern::domain::domain_name::DomainName;
use postern::domain::organization::OrganizationId;
use postern::domain::ownership::{Nonce, OwnershipToken};

use crate::support::name_server::{NameServer, record};

const NONCE: Nonce = [3; 16];

/// Settings that ask this server alone, once.
fn settings(server: &NameServer) -> Settings {
    let text = format!(
        r#"
        organization.name = "Acme"
        listen.proxy = "127.0.0.1:0"
        mail = {{ from = "access@acme.com", file = "mails" }}
        store.url = "sqlite:postern.db"
        dns = {{ servers = ["{}"], timeout = "10s", attempts = 1 }}
        [[site]]
        host = "jira.acme.com"
        product = "jira-software"
        upstream = "http://127.0.0.1:9"
        "#,
        server.address
    );
    config::parse("postern.toml", &text, std::path::Path::new(""), &|_| None)
        .unwrap_or_else(|errors| panic!("{errors}"))
}

fn domain(text: &str) -> DomainName {
    DomainName::parse(text).expect("a domain")
}

/// Asks the same, but does not wait for long.
fn impatient(server: &NameServer) -> Resolver {
    Resolver::new(&Dns { timeout: Duration::from_millis(100), ..settings(server).dns })
}

/// An A or AAAA record.
fn address(name: &str, address: &str) -> Record {
    record(name, RData::from(address.parse::<IpAddr>().expect("an address")))
}

async fn texts(server: &NameServer, name: &str) -> Answer<Vec<u8>> {
    Resolver::new(&settings(server).dns).texts(&domain(name)).await
}

fn token(organization: &str, name: &str, nonce: &Nonce) -> OwnershipToken {
    let organization = OrganizationId::parse(organization).expect("an id");
    OwnershipToken::new(&[9; 32], &organization, &domain(name), nonce)
}

/// The line that Acme publishes for a domain.
fn line(server: &NameServer, name: &str) -> String {
    token("acme", name, &NONCE).line(&settings(server).domains.prefix)
}

/// Whether the server's records prove that the domain is Acme's.
async fn is_proved(server: &NameServer, name: &str) -> bool {
    let answer = texts(server, name).await;
    let Answer::Found(texts) = answer else { panic!("{name}: {answer:?}") };
    token("acme", name, &NONCE).is_in_texts(&settings(server).domains.prefix, &texts)
}
