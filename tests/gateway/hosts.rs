//! Hosts: exactly one, known, in any spelling the same; anything else is answered here.

use super::{assert_nothing_forwarded, forwarded, liam, load, stale_jane};
use crate::support::raw::{RawAnswer, ask};
use crate::support::world::World;

async fn with_host(world: &World, lines: &str) -> RawAnswer {
    ask(world.address, format!("GET /browse/PUB-1 HTTP/1.1\r\n{lines}\r\n")).await
}

#[tokio::test]
async fn t010_target_and_host_must_agree() {
    let world = World::start().await;
    let liam = liam(&world).await;
    let answer = load(&world, &liam, "http://wiki.test/browse/DEMO-1", "").await;
    assert_eq!((answer.status, answer.body.contains("exactly one host")), (400, true), "{answer:?}");
    assert_nothing_forwarded(&world);
    assert_eq!(load(&world, &liam, "http://jira.test/browse/DEMO-1", "").await.status, 200);
    let reached = forwarded(&world.jira);
    assert_eq!(
        (reached[0].target.as_str(), reached[0].header("host")),
        ("/browse/DEMO-1", vec!["jira.test"])
    );
    let jane = stale_jane(&world).await;
    assert!(load(&world, &jane, "http://jira.test/browse/DEMO-1", "").await.is_challenge());
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t011_t012_a_request_without_exactly_one_host_is_refused() {
    let world = World::start().await;
    for lines in [
        "",
        "Host:\r\n",
        "Host: jira.test\r\nHost: jira.test\r\n",
        "Host: jira.test\r\nHost: wiki.test\r\n",
        "Host: wiki.test:443@evil.test\r\n",
        "Host: wiki.test/\r\n",
        "Host: wiki.test,evil.test\r\n",
        "Host: wiki.test evil.test\r\n",
        "Host: wiki.test#\r\n",
        "Host: http://wiki.test\r\n",
        "Host: wiki.test:99999999\r\n",
    ] {
        let answer = with_host(&world, lines).await;
        assert_eq!(answer.status, 400, "{lines:?}: {answer:?}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t013_a_host_is_the_same_in_any_case_with_a_dot_and_with_a_port() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    for host in ["JIRA.TEST", "jira.test.", "Jira.Test:443", "JIRA.TEST.:8443"] {
        jane.host = host.to_owned();
        assert!(load(&world, &jane, "/browse/DEMO-1", "").await.is_challenge(), "{host}");
    }
    assert_nothing_forwarded(&world);
    let mut liam = liam(&world).await;
    for host in ["JIRA.TEST", "jira.test.", "Jira.Test:443"] {
        liam.host = host.to_owned();
        assert_eq!(load(&world, &liam, "/browse/DEMO-1", "").await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn t014_an_unknown_host_has_no_default_upstream() {
    let world = World::start().await;
    for host in ["evil.test", "127.0.0.1", "localhost", "jira.test.evil.test", "xjira.test", "test"] {
        let answer = with_host(&world, &format!("Host: {host}\r\n")).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (421, "application/problem+json"),
            "{host}"
        );
        let problem: serde_json::Value = serde_json::from_str(&answer.body).expect("a problem");
        assert_eq!(problem["code"], "unknown-host");
        assert_eq!(problem["receipt"], answer.header("x-postern-receipt"));
        assert!(!answer.body.contains(host), "nothing unknown is echoed: {}", answer.body);
    }
    let page = with_host(&world, "Host: evil.test\r\nAccept: text/html\r\n").await;
    assert_eq!((page.status, page.body.contains("evil.test")), (421, false));
    assert_nothing_forwarded(&world);
    assert!(world.mails().is_empty());
}
