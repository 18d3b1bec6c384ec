//! Bodies pass as they are: uploads, downloads, ranges, and heads without one.

use http::{Method, StatusCode};
use sha2::{Digest, Sha256};

use super::{forwarded, fresh_jane, head};
use crate::support::client::FETCH;
use crate::support::raw::{Raw, ask};
use crate::support::world::World;

const SAMPLE: &str = "/secure/attachment/10000/sample.bin";

#[tokio::test]
async fn an_upload_of_some_mebibytes_arrives_whole_in_either_framing() {
    let world = World::start().await;
    let jane = fresh_jane(&world).await;
    let file: String = (0..3 * 1024 * 1024_u32).map(|index| char::from(b'a' + (index % 23) as u8)).collect();
    let part = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.txt\"\r\n\r\n";
    let body = format!("{part}{file}\r\n--x--\r\n");
    let kind = "Content-Type: multipart/form-data; boundary=x\r\nX-Atlassian-Token: no-check\r\n";
    let chunks: String = body
        .as_bytes()
        .chunks(100_000)
        .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk)))
        .collect();
    let expected = data_encoding::HEXLOWER.encode(&Sha256::digest(&file));
    for (framing, body) in [
        (format!("Content-Length: {}\r\n", body.len()), body),
        ("Transfer-Encoding: chunked\r\n".to_owned(), format!("{chunks}0\r\n\r\n")),
    ] {
        let target = "/rest/api/2/issue/DEMO-1/attachments";
        let request = head("POST", &jane, target, &format!("{kind}{framing}")) + &body;
        let answer = ask(world.address, request).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let stored: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(
            (&stored[0]["size"], &stored[0]["sha256"]),
            (&file.len().into(), &expected.as_str().into())
        );
    }
    assert_eq!(forwarded(&world.jira).len(), 2);
}

#[tokio::test]
async fn an_upload_is_not_held_back_until_it_is_whole() {
    let world = World::start().await;
    let jane = fresh_jane(&world).await;
    let mut connection = Raw::connect(world.address).await;
    connection.send(head("POST", &jane, "/browse/DEMO-1", "Content-Length: 100\r\n") + "the beginning").await;
    // The product answers without reading; it could not, were the request kept here until its body is whole.
    assert_eq!(connection.answer().await.status, 405);
    assert_eq!(forwarded(&world.jira).len(), 1);
}

#[tokio::test]
async fn a_download_comes_whole_in_parts_and_conditionally() {
    let world = World::start().await;
    let mut jane = fresh_jane(&world).await;
    let whole = jane.fetch(SAMPLE).await;
    assert_eq!((whole.status, whole.header("content-length")), (StatusCode::OK, "1048576"));
    let etag = whole.header("etag").to_owned();
    for (name, value, status, length) in [
        ("range", "bytes=0-99", StatusCode::PARTIAL_CONTENT, "100"),
        ("range", "bytes=1048570-", StatusCode::PARTIAL_CONTENT, "6"),
        ("if-none-match", etag.as_str(), StatusCode::NOT_MODIFIED, ""),
    ] {
        let headers = [FETCH.as_slice(), &[(name, value)]].concat();
        let answer = jane.send(Method::GET, SAMPLE, &headers, "").await;
        assert_eq!(answer.status, status, "{name}: {value}");
        if !length.is_empty() {
            assert_eq!(answer.header("content-length"), length);
        }
    }
}

#[tokio::test]
async fn a_head_has_the_lengths_of_its_get_and_no_body() {
    let world = World::start().await;
    let mut jane = fresh_jane(&world).await;
    let answer = jane.send(Method::HEAD, SAMPLE, &FETCH, "").await;
    assert_eq!((answer.status, answer.header("content-length")), (StatusCode::OK, "1048576"));
    assert!(answer.body.is_empty());
    assert_eq!(jane.fetch(SAMPLE).await.status, StatusCode::OK, "the connection goes on");
}
