//! What is not found, and what nobody can say: these two are never taken for each other, nor for a proof.

use hickory_server::net::xfer::Protocol;
use hickory_server::proto::op::ResponseCode;
use hickory_server::proto::rr::rdata::{CNAME, TXT};
use hickory_server::proto::rr::{RData, Record, RecordType};
use postern::dns::{Absence, Answer, Resolver, Unanswered};

use super::{address, domain, impatient, settings, texts};
use crate::support::name_server::{NameServer, Reply, record};

async fn always(code: ResponseCode, records: Vec<Record>) -> NameServer {
    NameServer::start(move |_, _, _, _| Some((code, records.clone()))).await
}

fn text(name: &str, value: String) -> Record {
    let strings = value.as_bytes().chunks(255).map(|piece| String::from_utf8_lossy(piece).into_owned());
    record(name, RData::TXT(TXT::new(strings.collect())))
}

#[tokio::test]
async fn a_domain_or_record_that_is_not_there_is_absent() {
    let a = address("corp.test.", "192.0.2.1");
    for (code, records, absence) in [
        (ResponseCode::NXDomain, vec![], Absence::Name),
        (ResponseCode::NoError, vec![], Absence::Record),
        (ResponseCode::NoError, vec![a], Absence::Record),
    ] {
        let server = always(code, records).await;
        assert_eq!(texts(&server, "corp.test").await, Answer::Absent(absence));
    }
}

#[tokio::test]
async fn t160_a_server_that_fails_or_refuses_says_nothing() {
    for (code, why) in [
        (ResponseCode::ServFail, Unanswered::Failed),
        (ResponseCode::Refused, Unanswered::Refused),
        (ResponseCode::NotImp, Unanswered::Failed),
        (ResponseCode::FormErr, Unanswered::Failed),
    ] {
        let server = always(code, vec![]).await;
        assert_eq!(texts(&server, "corp.test").await, Answer::Unknown(why), "{code}");
    }
}

#[tokio::test]
async fn t160_a_silent_server_is_given_up() {
    let server = NameServer::start(|_, _, _, _| None).await;
    let answer = impatient(&server).texts(&domain("corp.test")).await;
    assert_eq!(answer, Answer::Unknown(Unanswered::Timeout));
}

#[tokio::test]
async fn t160_an_answer_that_stays_cut_is_none() {
    let server = NameServer::start(|name, _, way, _| match way {
        Protocol::Udp => Some((ResponseCode::NoError, vec![text(name, "x".repeat(2000))])),
        _ => None,
    })
    .await;
    let answer = impatient(&server).texts(&domain("corp.test")).await;
    assert_eq!(answer, Answer::Unknown(Unanswered::Timeout));
}

#[tokio::test]
async fn t160_more_than_is_looked_at_is_none() {
    for (count, length) in [(1, 60_000), (1000, 20), (257, 1), (100, 400)] {
        let server = NameServer::start(move |name, _, _, _| {
            let records = (0..count).map(|index| text(name, format!("{index:04}{}", "x".repeat(length - 1))));
            Some((ResponseCode::NoError, records.collect()))
        })
        .await;
        let answer = texts(&server, "corp.test").await;
        assert_eq!(answer, Answer::Unknown(Unanswered::TooMuch), "{count} records of {length}");
    }
    let server = NameServer::start(|name, _, _, _| {
        let records = (0..=255).map(|index| text(name, format!("{index:04}{}", "x".repeat(100))));
        Some((ResponseCode::NoError, records.collect()))
    })
    .await;
    let Answer::Found(found) = texts(&server, "corp.test").await else {
        panic!("just as many are looked at")
    };
    assert_eq!(found.len(), 256);
}

#[tokio::test]
async fn aliases_without_an_end_end() {
    let server = NameServer::start(|name, _, _, _| {
        let count: usize = name.split('.').next().and_then(|label| label.parse().ok()).unwrap_or(0);
        let next = format!("{}.test.", count + 1).parse().expect("a name");
        Some((ResponseCode::NoError, vec![record(name, RData::CNAME(CNAME(next)))]))
    })
    .await;
    assert!(matches!(texts(&server, "0.test").await, Answer::Absent(_)));
    assert_eq!(server.asked("20.test.", RecordType::TXT), 0);

    let circle = |name: &str, next: &str| record(name, RData::CNAME(CNAME(next.parse().expect("a name"))));
    let server =
        always(ResponseCode::NoError, vec![circle("a.test.", "b.test."), circle("b.test.", "a.test.")]).await;
    assert!(matches!(texts(&server, "a.test").await, Answer::Absent(_)));
}

/// Where only one kind of address is known, what the other may be is not.
#[tokio::test]
async fn addresses_count_only_when_both_kinds_are_known() {
    let reply = |code, records| -> Reply { Some((code, records)) };
    let server = NameServer::start(move |name, kind, _, _| match kind {
        RecordType::A => reply(ResponseCode::NoError, vec![address(name, "192.0.2.1")]),
        _ => reply(ResponseCode::ServFail, vec![]),
    })
    .await;
    let answer = Resolver::new(&settings(&server).dns).addresses(&domain("corp.test")).await;
    assert_eq!(answer, Answer::Unknown(Unanswered::Failed));

    let server = always(ResponseCode::NXDomain, vec![]).await;
    let answer = Resolver::new(&settings(&server).dns).addresses(&domain("corp.test")).await;
    assert_eq!(answer, Answer::Absent(Absence::Name));

    let many = (0..65).map(|index| address("corp.test.", &format!("192.0.2.{index}"))).collect();
    let server = always(ResponseCode::NoError, many).await;
    let answer = Resolver::new(&settings(&server).dns).addresses(&domain("corp.test")).await;
    assert_eq!(answer, Answer::Unknown(Unanswered::TooMuch));
}
