//! What is found, and what of it proves a domain.

use hickory_server::net::xfer::Protocol;
use hickory_server::proto::op::ResponseCode;
use hickory_server::proto::rr::rdata::{CNAME, TXT};
use hickory_server::proto::rr::{RData, Record, RecordType};
use postern::config;
use postern::dns::{Answer, Resolver};
use postern::domain::ownership::TokenPrefix;
use tokio::sync::watch;

use super::{NONCE, address, domain, is_proved, line, settings, token};
use crate::support::name_server::{NameServer, Reply, record};

fn prefix() -> TokenPrefix {
    TokenPrefix::parse("postern-domain-verification").expect("a prefix")
}

fn acmes(name: &str) -> String {
    token("acme", name, &NONCE).line(&prefix())
}

/// A TXT record of these strings.
fn text(name: &str, strings: &[&str]) -> Record {
    record(name, RData::TXT(TXT::new(strings.iter().map(|&string| string.to_owned()).collect())))
}

fn found(records: Vec<Record>) -> Reply {
    Some((ResponseCode::NoError, records))
}

/// A server that has these TXT values, one record each, for every name.
async fn publishing(values: Vec<String>) -> NameServer {
    NameServer::start(move |name, _, _, _| found(values.iter().map(|value| text(name, &[value])).collect()))
        .await
}

#[tokio::test]
async fn a_record_proves_the_domain() {
    let server = publishing(vec![acmes("corp.test")]).await;
    assert_eq!(line(&server, "corp.test"), acmes("corp.test"));
    assert!(is_proved(&server, "corp.test").await);
    assert!(is_proved(&server, "CORP.Test.").await, "in any spelling");
}

#[tokio::test]
async fn a_record_of_several_strings_is_one_value() {
    let server = NameServer::start(|name, _, _, _| {
        let line = acmes("corp.test");
        let (one, rest) = line.split_at(20);
        let (two, three) = rest.split_at(40);
        found(vec![text(name, &[one, two, three])])
    })
    .await;
    assert!(is_proved(&server, "corp.test").await);
}

#[tokio::test]
async fn a_record_is_found_among_fifty_others_by_tcp() {
    let server = NameServer::start(|name, kind, way, _| {
        assert_eq!(kind, RecordType::TXT);
        let mut records: Vec<Record> = (0..50)
            .map(|index| text(name, &[&format!("other-verification={index}-{}", "x".repeat(60))]))
            .collect();
        if way == Protocol::Tcp {
            records.push(text(name, &[&acmes("corp.test")]));
        }
        found(records)
    })
    .await;
    assert!(is_proved(&server, "corp.test").await, "a cut answer by UDP is asked for again");
}

#[tokio::test]
async fn t143_a_value_of_somebody_elses_proves_nothing() {
    for value in [
        token("evil", "corp.test", &NONCE).line(&prefix()),
        token("acme", "evil.test", &NONCE).line(&prefix()),
        token("acme", "corp.test", &[4; 16]).line(&prefix()),
        acmes("corp.test").replace("postern", "atlassian"),
        "v=spf1 -all".to_owned(),
    ] {
        let server = publishing(vec![value.clone()]).await;
        assert!(!is_proved(&server, "corp.test").await, "{value}");
    }
}

/// The server answers any name alike, as a wildcard does.
#[tokio::test]
async fn t145_t147_a_record_of_a_domain_proves_nothing_of_its_parent_or_child_nor_does_a_wildcard() {
    let server = NameServer::start(|name, _, _, _| found(vec![text(name, &[&acmes("sub.corp.test")])])).await;
    assert!(is_proved(&server, "sub.corp.test").await);
    assert!(!is_proved(&server, "corp.test").await);
    assert!(!is_proved(&server, "sub.sub.corp.test").await);
}

#[tokio::test]
async fn an_internationalized_domain_is_asked_for_in_ascii() {
    let server = publishing(vec![acmes("bücher.test")]).await;
    assert!(is_proved(&server, "BÜCHER.test").await);
    assert!(server.asked("xn--bcher-kva.test.", RecordType::TXT) > 0);
}

#[tokio::test]
async fn an_alias_is_followed_whether_or_not_its_target_comes_along() {
    for comes_along in [true, false] {
        let server = NameServer::start(move |name, _, _, _| {
            let target = "texts.elsewhere.test.";
            let value = text(target, &[&acmes("corp.test")]);
            match name {
                "corp.test." => {
                    let alias = record(name, RData::CNAME(CNAME(target.parse().expect("a name"))));
                    found(if comes_along { vec![alias, value] } else { vec![alias] })
                }
                _ => found(vec![value]),
            }
        })
        .await;
        assert!(is_proved(&server, "corp.test").await, "{comes_along}");
    }
}

#[tokio::test]
async fn what_a_server_adds_for_other_names_is_nobodys_word() {
    let server = NameServer::start(|name, _, _, _| {
        found(vec![text(name, &["v=spf1 -all"]), text("evil.test.", &[&acmes("corp.test")])])
    })
    .await;
    assert!(!is_proved(&server, "corp.test").await);
}

#[tokio::test]
async fn nothing_is_remembered_between_two_questions() {
    let (add, added) = watch::channel(false);
    let server = NameServer::start(move |name, _, _, _| match *added.borrow() {
        false => Some((ResponseCode::NXDomain, vec![])),
        true => found(vec![text(name, &[&acmes("corp.test")])]),
    })
    .await;
    let resolver = Resolver::new(&settings(&server).dns);
    assert!(matches!(resolver.texts(&domain("corp.test")).await, Answer::Absent(_)));
    add.send_replace(true);
    assert!(matches!(resolver.texts(&domain("corp.test")).await, Answer::Found(_)), "it was just added");
}

#[tokio::test]
async fn every_address_of_both_kinds_is_found() {
    let server = NameServer::start(|name, kind, _, _| match kind {
        RecordType::A => found(vec![address(name, "192.0.2.1"), address(name, "192.0.2.2")]),
        _ => found(vec![address(name, "2001:db8::1")]),
    })
    .await;
    let addresses = Resolver::new(&settings(&server).dns).addresses(&domain("corp.test")).await;
    let Answer::Found(addresses) = addresses else { panic!("{addresses:?}") };
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    assert_eq!(addresses, ["192.0.2.1", "192.0.2.2", "2001:db8::1"]);
}

#[tokio::test]
async fn one_try_of_several_is_enough() {
    let server = NameServer::start(|name, _, _, before| match before {
        0 => Some((ResponseCode::ServFail, vec![])),
        _ => found(vec![text(name, &["v=spf1 -all"])]),
    })
    .await;
    let mut dns = settings(&server).dns;
    dns.attempts = 2;
    assert!(matches!(Resolver::new(&dns).texts(&domain("corp.test")).await, Answer::Found(_)));
}

#[test]
fn the_reference_file_has_the_prefix_that_is_shown() {
    let reference = include_str!("../../config/postern.toml");
    let settings =
        config::parse("postern.toml", reference, std::path::Path::new("/"), &|_| None).expect("settings");
    assert_eq!(settings.domains.prefix, prefix());
}
