//! What products and their clients really send, and must not be harmed: other methods, old clients, slow answers.

use std::sync::Arc;

use http::Method;
use tokio::sync::Notify;

use super::{HOST, before_recorder, connect, head};
use crate::support::client::{Browser, FETCH};
use crate::support::raw::{Raw, ask};
use crate::support::recorder::Step;
use crate::support::world::World;

fn liam(world: &World) -> Browser {
    let mut liam = world.browser_at(HOST);
    liam.cookies.insert("JSESSIONID".to_owned(), "liam-1".to_owned());
    liam
}

#[tokio::test]
async fn webdav_passes_with_a_token_and_with_a_judged_session() {
    let (world, recorder) = before_recorder("").await;
    let methods = ["PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH"];
    for method in methods {
        let body = "<propfind/>";
        let lines = format!("Depth: 1\r\nContent-Length: {}\r\n", body.len());
        let answer = ask(world.address, head(method, "/plugins/servlet/dav", &lines) + body).await;
        assert_eq!(answer.status, 200, "{method}: {answer:?}");
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let answer = liam(&world).send(method.clone(), "/dav", &[("depth", "1")], body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["person"]), (200, &"liam".into()), "{method}");
    }
    for (reached, method) in recorder.forwarded().iter().zip(methods.iter().flat_map(|one| [one, one])) {
        assert!(reached.line().starts_with(method), "{}", reached.line());
        assert_eq!((reached.header("depth"), reached.body_bytes), (vec!["1"], 11));
    }
}

#[tokio::test]
async fn conditions_and_ranges_go_on_and_their_answers_come_back() {
    let (world, recorder) = before_recorder("").await;
    let lines =
        "Range: bytes=0-1,5-\r\nIf-Range: \"v1\"\r\nIf-None-Match: W/\"v0\"\r\nAccept-Encoding: gzip\r\n";
    let partial = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\nETag: \"v1\"\r\n\
                   Content-Length: 2\r\nContent-Encoding: gzip\r\n\r\nab";
    recorder.answer("/file", partial);
    let answer = ask(world.address, head("GET", "/file", lines)).await;
    assert_eq!((answer.status, answer.body.as_str()), (206, "ab"));
    for (name, value) in [("content-range", "bytes 0-1/9"), ("etag", "\"v1\""), ("content-encoding", "gzip")]
    {
        assert_eq!(answer.header(name), value);
    }
    let reached = &recorder.forwarded()[0];
    for line in lines.lines() {
        let (name, value) = line.split_once(": ").expect("a line");
        assert_eq!(reached.header(name), [value]);
    }
}

#[tokio::test]
async fn answers_without_a_body_keep_the_connection() {
    let (world, recorder) = before_recorder("").await;
    recorder.answer("/304", "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n");
    recorder.answer("/204", "HTTP/1.1 204 No Content\r\n\r\n");
    recorder.answer("/head", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    let mut connection = connect(&world).await;
    for status in [304, 204] {
        connection.send(head("GET", &format!("/{status}"), "")).await;
        let answer = connection.answer().await;
        assert_eq!((answer.status, answer.body.as_str()), (status, ""));
    }
    let answer = liam(&world).send(Method::HEAD, "/head", &FETCH, "").await;
    assert_eq!((answer.header("content-length"), answer.body.as_str()), ("1000", ""));
    connection.send(head("GET", "/next", "")).await;
    assert_eq!(connection.answer().await.status, 200);
    assert_eq!(recorder.connections().len(), 2, "one for requests, one for questions");
}

#[tokio::test]
async fn an_old_client_gets_an_answer_that_ends_with_the_connection() {
    let (world, recorder) = before_recorder("").await;
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    recorder.answer("/chunked", chunked);
    let mut connection = connect(&world).await;
    connection.send(head("GET", "/chunked", "").replace("HTTP/1.1", "HTTP/1.0")).await;
    let seen = String::from_utf8(connection.rest().await).expect("text");
    assert!(seen.starts_with("HTTP/1.0 200 OK\r\n") && seen.ends_with("\r\n\r\nabcde"), "{seen}");
    assert!(recorder.forwarded()[0].line().ends_with("HTTP/1.1"), "the product is asked as usual");
}

#[tokio::test]
async fn an_event_arrives_before_the_next_is_made() {
    let (world, recorder) = before_recorder("").await;
    let next = Arc::new(Notify::new());
    let event = |name: &str| {
        let event = format!("data: {name}\n\n");
        format!("{:x}\r\n{event}\r\n", event.len())
    };
    let start =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
    let steps = [
        Step::send(start + &event("one")),
        Step::Wait(Arc::clone(&next)),
        Step::send(event("two") + "0\r\n\r\n"),
    ];
    recorder.script("/events", steps);
    let mut connection = connect(&world).await;
    connection.send(head("GET", "/events", "Accept: text/event-stream\r\n")).await;
    assert!(until(&mut connection, "data: one\n\n").await.contains("text/event-stream"));
    next.notify_one();
    until(&mut connection, "data: two\n\n").await;
}

#[tokio::test]
async fn a_long_poll_is_answered_when_there_is_something_to_say() {
    let (world, recorder) = before_recorder("").await;
    let something = Arc::new(Notify::new());
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew";
    recorder.script("/poll", [Step::Wait(Arc::clone(&something)), Step::send(answer)]);
    let mut polling = connect(&world).await;
    polling.send(head("GET", "/poll", "")).await;
    recorder.until(|recorder| !recorder.forwarded().is_empty()).await;
    assert_eq!(ask(world.address, head("GET", "/other", "")).await.status, 200, "others go on meanwhile");
    something.notify_one();
    assert_eq!(polling.answer().await.body, "new");
}

/// Reads until a text has come.
async fn until(connection: &mut Raw, text: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(text) {
        seen.push(char::from(connection.bytes(1).await[0]));
    }
    seen
}
