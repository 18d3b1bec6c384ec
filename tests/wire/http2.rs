//! HTTP/2: the same judgement as over HTTP/1.1, the same request upstream, and a person's whole way.

use http::{Method, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{assert_nothing_forwarded, forwarded, liam};
use crate::support::client::{FETCH, NAVIGATION, Protocol};
use crate::support::frames::{DATA, END_HEADERS, END_STREAM, Frames, HEADERS, Outcome, RST_STREAM, block};
use crate::support::raw::Raw;
use crate::support::tls::Client;
use crate::support::world::{JIRA, Setup, WIKI, World};

#[tokio::test]
async fn a_person_is_challenged_verifies_and_goes_on() {
    for protocol in Protocol::BOTH {
        let world = World::over_tls().await;
        let mut jane = world.browser_over(protocol);
        jane.sign_in("jane").await;
        world.jira.clear_received();
        let page = jane.challenge("/browse/DEMO-1").await;
        assert_nothing_forwarded(&world);
        let answer = jane.submit(&page, &world.newest_mail("jane@acme.com").code()).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/browse/DEMO-1"));
        assert_eq!(jane.open("/browse/DEMO-1").await.header("x-ausername"), "jane", "{protocol:?}");
        let request = &forwarded(&world)[0];
        for (name, value) in [
            ("host", JIRA),
            ("x-forwarded-host", JIRA),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-proto", "https"),
        ] {
            assert_eq!(request.header(name), [value], "{protocol:?}: {name}");
        }
        assert_eq!(request.target, "/browse/DEMO-1");
        jane.sign_out().await;
        assert!(!jane.cookies.contains_key("__Host-postern-proof"));
    }
}

#[tokio::test]
async fn a_fetch_is_told_where_the_challenge_is() {
    let world = World::over_tls().await;
    let mut jane = world.browser_over(Protocol::Http2);
    jane.sign_in("jane").await;
    let answer = jane.fetch("/rest/api/2/myself").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let url = answer.json()["challenge_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("https://jira.test/.postern/challenge"), "{url}");
}

#[tokio::test]
async fn t013_t011_t170_one_host_in_any_spelling_and_never_two() {
    let world = World::over_tls().await;
    let liam = liam(&world, Protocol::Http2).await;
    let cookie = liam.cookie_header();
    let ask = async |fields: &[(&str, &str)]| {
        let mut frames = Frames::connect(&world, JIRA, &[]).await;
        let usual = [(":method", "GET"), (":scheme", "https"), (":path", "/browse/DEMO-1")];
        let all = [&usual, fields, &[("cookie", cookie.as_str())]].concat();
        frames.ask(1, END_STREAM, &all).await;
        frames.outcome(1).await
    };
    for fields in [
        &[(":authority", JIRA)][..],
        &[(":authority", "JIRA.Test:443")],
        &[(":authority", "jira.test.")],
        &[(":authority", JIRA), ("host", "JIRA.test")],
    ] {
        assert_eq!(ask(fields).await, Outcome::Answered(200), "{fields:?}");
    }
    for request in forwarded(&world) {
        assert_eq!(request.header("host").len(), 1, "{request:?}");
    }
    world.jira.clear_received();
    for fields in [
        &[][..],
        &[(":authority", "")],
        &[(":authority", JIRA), ("host", WIKI)],
        &[(":authority", JIRA), ("host", JIRA), ("host", JIRA)],
        &[(":authority", "jira.test@wiki.test")],
        &[(":authority", "liam@jira.test")],
        &[(":authority", "jira.test,wiki.test")],
        &[(":authority", "jira.test/")],
        &[(":authority", JIRA), (":authority", WIKI)],
    ] {
        let outcome = ask(fields).await;
        assert!(outcome.is_refusal(), "{fields:?}: {outcome:?}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t015_a_connection_is_never_used_for_another_host() {
    let world = World::over_tls().await;
    let liam = liam(&world, Protocol::Http1).await;
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    let fields = [(":method", "GET"), (":scheme", "https"), (":authority", WIKI), (":path", "/login.action")];
    frames.ask(1, END_STREAM, &fields).await;
    assert_eq!(frames.outcome(1).await, Outcome::Answered(421));
    assert!(world.wiki.received().is_empty());
    let stream = Client::trusting(world.authority()).connect(world.address, JIRA).await.unwrap();
    let mut raw = Raw::over(stream);
    raw.send(format!(
        "GET /dologin.action HTTP/1.1\r\nHost: {WIKI}\r\nCookie: {}\r\n\r\n",
        liam.cookie_header()
    ))
    .await;
    let answer = raw.answer().await;
    assert_eq!(
        (answer.status, answer.body.contains("\"code\":\"host-mismatch\"")),
        (421, true),
        "{answer:?}"
    );
    raw.send(format!("GET /login.jsp HTTP/1.1\r\nHost: {JIRA}\r\n\r\n")).await;
    assert_eq!(raw.answer().await.status, 200, "the connection goes on for its own host");
    assert!(world.wiki.received().is_empty());
}

#[tokio::test]
async fn cookies_in_pieces_are_one_session_and_one_header() {
    let world = World::over_tls().await;
    let liam = liam(&world, Protocol::Http2).await;
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    let crumbs: Vec<String> = liam.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut fields =
        vec![(":method", "GET"), (":scheme", "https"), (":authority", JIRA), (":path", "/browse/DEMO-1")];
    fields.extend(crumbs.iter().map(|crumb| ("cookie", crumb.as_str())));
    fields.push(("cookie", "_ga=1"));
    frames.ask(1, END_STREAM, &fields).await;
    assert_eq!(frames.outcome(1).await, Outcome::Answered(200));
    let cookies = forwarded(&world)[0].header("cookie").join("|");
    assert!(cookies.contains("; _ga=1") && !cookies.contains('|'), "{cookies}");
    fields.push(("cookie", "JSESSIONID=another"));
    frames.ask(3, END_STREAM, &fields).await;
    assert_eq!(frames.outcome(3).await, Outcome::Answered(400), "t067: one of them too many");
}

#[tokio::test]
async fn an_early_refusal_ends_its_stream_and_nothing_else() {
    let world = World::over_tls().await;
    let mut jane = world.browser_over(Protocol::Http2);
    jane.sign_in("jane").await;
    world.jira.clear_received();
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    let cookie = jane.cookie_header();
    let fields = [
        (":method", "POST"),
        (":scheme", "https"),
        (":authority", JIRA),
        (":path", "/rest/api/2/issue"),
        ("cookie", cookie.as_str()),
        ("content-length", "1000000"),
    ];
    frames.ask(1, 0, &fields).await;
    assert_eq!(frames.outcome(1).await, Outcome::Answered(401));
    let mut ended = false;
    while !ended {
        let frame = frames.next().await.expect("the connection goes on");
        // NO_ERROR: the answer is whole, only the rest of the request is not wanted (RFC 9113 section 8.1).
        ended = frame.kind == RST_STREAM && frame.payload == [0, 0, 0, 0];
    }
    frames.send(DATA, END_STREAM, 1, b"GET /canary HTTP/1.1\r\n\r\n").await;
    let page = [(":method", "GET"), (":scheme", "https"), (":authority", JIRA), (":path", "/login.jsp")];
    frames.ask(3, END_STREAM, &page).await;
    assert_eq!(frames.outcome(3).await, Outcome::Answered(200));
    assert_eq!(forwarded(&world).len(), 1);
    let refused = jane.send(Method::POST, "/rest/api/2/issue", &FETCH, "{}").await;
    assert_eq!((refused.status, refused.header("connection")), (StatusCode::UNAUTHORIZED, ""));
}

#[tokio::test]
async fn a_hundred_requests_at_once_are_answered_each_with_its_own() {
    let world = World::over_tls().await;
    let liam = liam(&world, Protocol::Http2).await;
    let asked = (0..100).map(|number| {
        let mut liam = liam.clone();
        tokio::spawn(async move {
            let answer = liam.fetch(&format!("/rest/api/2/issue/DEMO-1?nonce={number}")).await;
            (answer.status, answer.header("x-ausername").to_owned())
        })
    });
    for answer in futures_util::future::join_all(asked).await {
        assert_eq!(answer.unwrap(), (StatusCode::OK, "liam".to_owned()));
    }
    assert_eq!(forwarded(&world).len(), 100);
}

#[tokio::test]
async fn bodies_pass_both_ways() {
    let world = World::over_tls().await;
    for protocol in Protocol::BOTH {
        let mut liam = liam(&world, protocol).await;
        let whole = liam.fetch("/secure/attachment/10000/sample.bin").await;
        assert_eq!((whole.status, whole.header("content-length")), (StatusCode::OK, "1048576"));
        let part = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.txt\"\r\n\r\n";
        let body = format!("{part}{}\r\n--x--\r\n", "a".repeat(3 * 1024 * 1024));
        let headers =
            [("content-type", "multipart/form-data; boundary=x"), ("x-atlassian-token", "no-check")];
        let stored = liam.send(Method::POST, "/rest/api/2/issue/DEMO-1/attachments", &headers, &body).await;
        assert_eq!(stored.json()[0]["size"], 3 * 1024 * 1024, "{protocol:?}");
        assert_eq!(liam.send(Method::HEAD, "/browse/DEMO-1", &NAVIGATION, "").await.body, "");
    }
}

#[tokio::test]
async fn t023_the_refusal_of_a_head_has_no_content() {
    let world = World::over_tls().await;
    for protocol in Protocol::BOTH {
        let mut jane = world.browser_over(protocol);
        jane.sign_in("jane").await;
        for (target, status) in
            [("/browse/DEMO-1", StatusCode::UNAUTHORIZED), ("/%zz", StatusCode::BAD_REQUEST)]
        {
            let answer = jane.send(Method::HEAD, target, &NAVIGATION, "").await;
            assert_eq!((answer.status, &*answer.body), (status, ""), "{protocol:?}");
            let length: u64 = answer.header("content-length").parse().expect("a length");
            assert!(length > 0, "{protocol:?}: as long as it would be");
        }
    }
}

const WITH_TRAILERS: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: set-cookie\r\n\r\n\
    5\r\nhello\r\n0\r\nset-cookie: JSESSIONID=evil\r\nx-postern-receipt: forged\r\n\r\n";

#[tokio::test]
async fn t174_trailers_end_here_in_both_directions() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = upstream.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut product, _)) = upstream.accept().await {
            // Trailers that nobody asked for, after a request whose head is not waited for to its end.
            let _ = product.read_u8().await;
            let _ = product.write_all(WITH_TRAILERS).await;
        }
    });
    let more = format!(
        "[[site]]\nhost = \"trail.test\"\nproduct = \"jira-software\"\nmode = \"off\"\nupstream = \"http://{site}\"\n"
    );
    let certificates: &[(&str, &[&str])] = &[("all", &[JIRA, "trail.test"])];
    let world = World::set_up(Setup { more: &more, certificates, ..Setup::default() }).await;
    let mut frames = Frames::connect(&world, "trail.test", &[]).await;
    let fields = [
        (":method", "GET"),
        (":scheme", "https"),
        (":authority", "trail.test"),
        (":path", "/x"),
        ("te", "trailers"),
    ];
    frames.ask(1, END_STREAM, &fields).await;
    assert_eq!(frames.outcome(1).await, Outcome::Answered(200));
    loop {
        let frame = frames.next().await.expect("the answer");
        assert!(frame.kind != HEADERS, "no trailers");
        if frame.stream == 1 && frame.flags & END_STREAM != 0 {
            break;
        }
    }
    let stream = Client::trusting(world.authority()).connect(world.address, "trail.test").await.unwrap();
    let mut raw = Raw::over(stream);
    raw.send("GET /x HTTP/1.1\r\nHost: trail.test\r\nTE: trailers\r\nConnection: te\r\n\r\n").await;
    let answer = raw.answer().await;
    assert_eq!((answer.status, answer.body.as_str(), answer.header("trailer")), (200, "hello", ""));

    // A request's own trailers are dropped: what was judged is its head.
    let liam = liam(&world, Protocol::Http2).await;
    let cookie = liam.cookie_header();
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    let fields = [
        (":method", "POST"),
        (":scheme", "https"),
        (":authority", JIRA),
        (":path", "/rest/api/2/search"),
        ("content-type", "application/json"),
        ("cookie", cookie.as_str()),
        ("trailer", "x-ausername"),
    ];
    frames.ask(1, 0, &fields).await;
    frames.send(DATA, 0, 1, b"{}").await;
    frames
        .send(HEADERS, END_HEADERS | END_STREAM, 1, &block(&[("x-ausername", "admin"), ("cookie", "a=b")]))
        .await;
    assert!(matches!(frames.outcome(1).await, Outcome::Answered(_)));
    let request = &forwarded(&world)[0];
    assert!(request.header("x-ausername").is_empty() && request.header("trailer").is_empty(), "{request:?}");
    assert!(!request.header("cookie").join(";").contains("a=b"));
}
