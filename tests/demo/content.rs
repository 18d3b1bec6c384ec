//! What the look-alikes hold: pages, issues, attachments, the WebSocket.

use data_encoding::HEXLOWER;
use http::{Method, StatusCode};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::site::{LIAM, jira, wiki};

#[tokio::test]
async fn pages_of_the_team_need_a_sign_in_and_public_ones_do_not() {
    let (_, jira) = jira().await;
    let answer = jira.get("/browse/DEMO-1?focus=2", &[]).await;
    let location = "/login.jsp?os_destination=%2Fbrowse%2FDEMO%2D1%3Ffocus%3D2";
    assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, Some(location)));
    assert_eq!(jira.get("/browse/PUB-1", &[]).await.status, StatusCode::OK);
    let token = [("authorization", "Bearer demo-pat-liam")];
    let page = jira.get("/browse/DEMO-1", &token).await.text();
    assert!(
        page.contains("signed in as Liam Hart") && page.contains("look-alike for trying Postern; not Jira")
    );
    assert_eq!(jira.get("/browse/DEMO-99", &token).await.status, StatusCode::NOT_FOUND);

    let (_, wiki) = wiki().await;
    assert_eq!(wiki.get("/display/DEMO/Home", &[]).await.status, StatusCode::FOUND);
    assert_eq!(wiki.get("/display/DEMO/Roadmap", &token).await.status, StatusCode::OK);
    assert_eq!(wiki.get("/display/PUB/Welcome", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_api_client_creates_an_issue_and_finds_it() {
    let (_, site) = jira().await;
    let headers = [("authorization", "Bearer demo-pat-jane"), ("content-type", "application/json")];
    let body = r#"{"fields":{"project":{"key":"DEMO"},"summary":"<b>New</b>","issuetype":{"name":"Task"}}}"#;
    let created = site.send(Method::POST, "/rest/api/2/issue", &headers, body).await;
    assert_eq!((created.status, &created.json()["key"]), (StatusCode::CREATED, &"DEMO-4".into()));
    let issue = site.get("/rest/api/2/issue/DEMO-4", &headers[..1]).await.json();
    assert_eq!(issue["fields"]["reporter"]["name"], "jane");
    assert_eq!(site.get("/rest/api/2/search?jql=x", &headers[..1]).await.json()["total"], 5);
    assert_eq!(site.get("/rest/api/2/search", &[]).await.json()["total"], 1);
    assert!(!site.get("/browse/DEMO-4", &headers[..1]).await.text().contains("<b>New"));
    let anonymous = site.send(Method::POST, "/rest/api/2/issue", &headers[1..], body).await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_sample_is_sent_whole_in_part_or_by_head() {
    let (_, site) = jira().await;
    let sample = "/secure/attachment/10000/sample.bin";
    let token = ("authorization", "Bearer demo-pat-liam");
    let whole = site.get(sample, &[token]).await;
    assert_eq!((whole.body.len(), whole.header("accept-ranges")), (1024 * 1024, Some("bytes")));
    let etag = whole.header("etag").expect("a tag").to_owned();

    let part = site.get(sample, &[token, ("range", "bytes=1000-1999"), ("if-range", &etag)]).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.header("content-range"), Some("bytes 1000-1999/1048576"));
    assert_eq!(part.body, whole.body.slice(1000..2000));
    let changed = site.get(sample, &[token, ("range", "bytes=0-9"), ("if-range", "\"other\"")]).await;
    assert_eq!((changed.status, changed.body.len()), (StatusCode::OK, 1024 * 1024));
    let beyond = site.get(sample, &[token, ("range", "bytes=1048576-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header("content-range"), Some("bytes */1048576"));
    let head = site.send(Method::HEAD, sample, &[token], "").await;
    assert_eq!((head.header("content-length"), head.body.len()), (Some("1048576"), 0));
    let known = site.get(sample, &[token, ("if-none-match", &etag)]).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    assert_eq!(
        site.get(sample, &[]).await.status,
        StatusCode::FOUND,
        "an attachment is as private as its issue"
    );
}

#[tokio::test]
async fn an_upload_is_counted_hashed_and_kept_when_it_is_small() {
    let (_, jira) = jira().await;
    let (_, wiki) = wiki().await;
    for (site, target) in
        [(&jira, "/rest/api/2/issue/DEMO-1/attachments"), (&wiki, "/rest/api/content/1/child/attachment")]
    {
        for (size, download) in [(3, StatusCode::OK), (3 * 1024 * 1024, StatusCode::NOT_FOUND)] {
            let content = vec![b'x'; size];
            let mut body =
                b"--B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n".to_vec();
            body.extend_from_slice(&content);
            body.extend_from_slice(b"\r\n--B--\r\n");
            let token = ("authorization", "Bearer demo-pat-liam");
            let form = ("content-type", "multipart/form-data; boundary=B");
            let refused = site.send(Method::POST, target, &[token, form], body.clone()).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
            let headers = [token, form, ("x-atlassian-token", "no-check")];
            let stored = site.send(Method::POST, target, &headers, body).await.json();
            let stored = stored.get("results").unwrap_or(&stored)[0].clone();
            assert_eq!(stored["size"], size);
            assert_eq!(stored["sha256"], HEXLOWER.encode(&Sha256::digest(&content)));
            let link = stored["content"].as_str().expect("an address");
            let link = link.strip_prefix(&format!("http://{}", site.address)).expect("an address here");
            assert_eq!(site.get(link, &[token]).await.status, download);
        }
    }
}

#[tokio::test]
async fn static_files_and_health_need_nobody() {
    let (_, site) = wiki().await;
    let css = site.get("/s/abc/_/download/batch/x.css", &[("authorization", "Bearer demo-pat-liam")]).await;
    assert_eq!((css.status, css.header("x-ausername")), (StatusCode::OK, None));
    assert_eq!(site.get("/status", &[]).await.json()["state"], "RUNNING");
}

#[tokio::test]
async fn the_web_socket_echoes_for_those_who_are_signed_in() {
    let (_, site) = wiki().await;
    let session = site.sign_in("/dologin.action", LIAM).await;
    for (cookie, status) in [("", "HTTP/1.1 401"), (session.as_str(), "HTTP/1.1 101")] {
        let mut stream = TcpStream::connect(site.address).await.expect("the server listens");
        let handshake = format!(
            "GET /synchrony HTTP/1.1\r\nhost: wiki\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\ncookie: {cookie}\r\n\r\n"
        );
        stream.write_all(handshake.as_bytes()).await.expect("the server reads");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("the head ends"));
        }
        assert!(head.starts_with(status.as_bytes()), "{}", String::from_utf8_lossy(&head));
        if !cookie.is_empty() {
            // A text frame `Hello` and a ping `hi`, both with the mask 0, come back as text and pong without one.
            stream.write_all(b"\x81\x85\0\0\0\0Hello\x89\x82\0\0\0\0hi").await.expect("the server reads");
            let mut echo = [0; 11];
            stream.read_exact(&mut echo).await.expect("the server answers");
            assert_eq!(&echo, b"\x81\x05Hello\x8a\x02hi");
        }
    }
}
