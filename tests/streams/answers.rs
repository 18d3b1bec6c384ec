//! Long answers: cut when what permitted them ends, visibly, and left alone otherwise.

use std::time::Duration;

use postern::actions::import_directory::import_directory;

use super::product::{Arrival, Product};
use super::{ask, fresh_jane, head, somebody, stage, verify};
use crate::support::client::Browser;
use crate::support::raw::Raw;
use crate::support::world::World;

const WEEK: Duration = Duration::from_secs(7 * 86_400);
const HOUR: Duration = Duration::from_secs(3600);
/// A stream of events, and its first one.
const EVENTS: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n\
                      8\r\ndata: 1\n\r\n";
const EVENT: &[u8] = b"8\r\ndata: 1\n\r\n";
/// A download of ten bytes, and the first five.
const DOWNLOAD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234";

/// An answer that has begun and stays open.
async fn begin(
    world: &World,
    product: &mut Product,
    browser: &Browser,
    answer: &str,
    first: &[u8],
) -> (Raw, Arrival) {
    let mut client = ask(world, browser, "/stream", "").await;
    let mut upstream = product.next().await;
    upstream.say(answer).await;
    assert_eq!(client.head().await.status, 200);
    assert_eq!(client.bytes(first.len()).await, first);
    (client, upstream)
}

/// Jane signs out at the product in the same browser.
async fn sign_out(product: &mut Product, jane: &mut Browser) {
    let answer = async {
        let mut request = product.next().await;
        assert!(request.head.starts_with("GET /secure/Logout!default.jspa"), "{}", request.head);
        request.say("HTTP/1.1 200 OK\r\nX-Seraph-LoginReason: OUT\r\nContent-Length: 0\r\n\r\n").await;
    };
    tokio::join!(jane.sign_out(), answer);
}

#[tokio::test]
async fn t053_a_stream_of_events_ends_with_the_proof_and_not_as_if_it_were_complete() {
    let (world, mut product) = stage("").await;
    let jane = fresh_jane(&world).await;
    let (mut client, mut upstream) = begin(&world, &mut product, &jane, EVENTS, EVENT).await;
    world.advance(WEEK - Duration::from_secs(1));
    upstream.say(EVENT).await;
    assert_eq!(client.bytes(EVENT.len()).await, EVENT, "the proof still holds");
    world.advance(Duration::from_secs(1));
    assert_eq!(client.rest().await, b"", "no last chunk, which would make it look complete");
    assert_eq!(upstream.rest().await, b"", "the product is told by the end of the connection");
    assert!(world.metrics().contains("postern_streams_ended_total{end=\"lapsed\"} 1"));
}

#[tokio::test]
async fn an_answer_without_a_length_ends_with_the_proof_and_one_of_events_even_with_a_length() {
    let (world, mut product) = stage("").await;
    let jane = fresh_jane(&world).await;
    let open =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    let until_close = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nhello";
    let events =
        "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream;charset=utf-8\r\nContent-Length: 99\r\n\r\nhello";
    let mut streams = Vec::new();
    for (answer, first) in [(open, "5\r\nhello\r\n"), (until_close, "5\r\nhello\r\n"), (events, "hello")] {
        streams.push(begin(&world, &mut product, &jane, answer, first.as_bytes()).await);
    }
    world.advance(WEEK);
    for (mut client, _upstream) in streams {
        assert_eq!(client.rest().await, b"");
    }
}

#[tokio::test]
async fn t053_a_download_may_finish_and_the_next_request_on_its_connection_is_challenged() {
    let (world, mut product) = stage("").await;
    let jane = fresh_jane(&world).await;
    let (mut client, mut upstream) = begin(&world, &mut product, &jane, DOWNLOAD, b"01234").await;
    world.advance(WEEK);
    world.advance(HOUR - Duration::from_secs(1));
    upstream.say("56789").await;
    assert_eq!(client.bytes(5).await, b"56789");
    client.send(head(&jane, "/stream", "Accept: text/html\r\n")).await;
    assert!(client.answer().await.is_challenge());
    assert!(product.is_idle());
}

#[tokio::test]
async fn t053_a_download_is_cut_an_hour_after_the_lapse() {
    let (world, mut product) = stage("").await;
    let mut jane = fresh_jane(&world).await;
    let (mut client, upstream) = begin(&world, &mut product, &jane, DOWNLOAD, b"01234").await;
    world.advance(WEEK);
    // The lapse counts from when it is first seen; a stream that ends shows that it was looked for.
    verify(&world, &mut jane).await;
    let (mut other, _upstream) = begin(&world, &mut product, &jane, EVENTS, EVENT).await;
    sign_out(&mut product, &mut jane).await;
    assert_eq!(other.rest().await, b"");
    world.advance(HOUR);
    assert_eq!(client.rest().await, b"");
    drop(upstream);
}

#[tokio::test]
async fn t053_a_sign_out_cuts_every_open_answer_at_once() {
    let (world, mut product) = stage("").await;
    let mut jane = fresh_jane(&world).await;
    let (mut events, _product) = begin(&world, &mut product, &jane, EVENTS, EVENT).await;
    let (mut download, _product) = begin(&world, &mut product, &jane, DOWNLOAD, b"01234").await;
    let (mut managed, mut upstream) =
        begin(&world, &mut product, &somebody(&world, "liam"), DOWNLOAD, b"01234").await;
    sign_out(&mut product, &mut jane).await;
    assert_eq!(events.rest().await, b"");
    assert_eq!(download.rest().await, b"");
    upstream.say("56789").await;
    assert_eq!(managed.bytes(5).await, b"56789", "nobody else notices");
    assert!(world.metrics().contains("postern_streams_ended_total{end=\"revoked\"} 2"));
}

#[tokio::test]
async fn who_is_no_longer_claimed_loses_what_is_open() {
    let (world, mut product) = stage("").await;
    let liam = somebody(&world, "liam");
    let (mut events, _product) = begin(&world, &mut product, &liam, EVENTS, EVENT).await;
    let (mut download, _product) = begin(&world, &mut product, &liam, DOWNLOAD, b"01234").await;
    world.advance(WEEK);
    let people = "type,domain,email,name,username,claimed\naccount,,liam@acme.com,Liam Hart,liam,no\n";
    import_directory(&world.app.store, &world.clock, &world.owner(), people.as_bytes(), "people.csv", |_| ())
        .await
        .expect("an import");
    assert_eq!(events.rest().await, b"");
    assert_eq!(download.rest().await, b"");
}

#[tokio::test]
async fn whom_the_tables_contradict_by_now_loses_what_is_open() {
    let (world, mut product) = stage("").await;
    let (mut events, _product) = begin(&world, &mut product, &somebody(&world, "liam"), EVENTS, EVENT).await;
    let people = "type,domain,email,name,username,claimed,user_key\n\
                  account,,liam@acme.com,Liam Hart,liam,yes,stream.test=K-another\n";
    import_directory(&world.app.store, &world.clock, &world.owner(), people.as_bytes(), "people.csv", |_| ())
        .await
        .expect("an import");
    assert_eq!(events.rest().await, b"");
    assert!(world.metrics().contains("postern_streams_ended_total{end=\"revoked\"} 1"));
}

#[tokio::test]
async fn a_slow_reader_does_not_stretch_a_download_beyond_a_sign_out() {
    let (world, mut product) = stage("").await;
    let mut jane = fresh_jane(&world).await;
    let length = 256 * 1024 * 1024;
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n01234");
    let (mut client, mut upstream) = begin(&world, &mut product, &jane, &answer, b"01234").await;
    let flood = tokio::spawn(async move {
        let block = vec![b'x'; 1024 * 1024];
        loop {
            if tokio::io::AsyncWriteExt::write_all(&mut upstream.stream, &block).await.is_err() {
                return;
            }
        }
    });
    assert_eq!(client.bytes(5).await, b"xxxxx");
    sign_out(&mut product, &mut jane).await;
    let more = client.rest().await.len();
    assert!(more < length / 2, "what was on its way already, not the rest: {more}");
    flood.await.expect("the upstream is told");
}
