//! Names that only we may speak: what a client claims of itself changes nothing, and reaches nobody.

use http::{Method, StatusCode};

use super::{assert_nothing_forwarded, forwarded, fresh_jane, head, liam, load, stale_jane};
use crate::support::client::NAVIGATION;
use crate::support::raw::ask;
use crate::support::world::{Setup, World};

#[tokio::test]
async fn t025_t044_t045_what_a_client_says_it_is_changes_only_the_shape_of_the_refusal() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    for lines in [
        "Accept: image/*\r\n",
        "Sec-Fetch-Dest: script\r\nSec-Fetch-Mode: no-cors\r\n",
        "X-Requested-With: XMLHttpRequest\r\n",
        "User-Agent: AtlassianMobileApp/1.0 (com.atlassian.jira.server)\r\n",
        "User-Agent: Jira/9.0 CFNetwork/1404 Darwin/22.3.0\r\n",
        "User-Agent: kube-probe/1.30\r\n",
        "User-Agent: GoogleHC/1.0\r\n",
        "User-Agent: Prometheus/2.45\r\n",
        "X-Atlassian-Token: no-check\r\n",
        "X-Forwarded-For: 127.0.0.1\r\n",
    ] {
        for target in ["/browse/DEMO-1", "/rest/api/2/issue/DEMO-1", "/rest/mobile/1.0/home"] {
            let answer = ask(world.address, head("GET", &jane, target, lines)).await;
            assert!(answer.is_challenge(), "{target} {lines:?}: {answer:?}");
        }
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t023_t024_no_method_gets_a_stale_session_through() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    for method in ["OPTIONS", "PROPFIND", "PATCH", "PUT", "DELETE", "POST", "get", "FOO"] {
        let answer = ask(world.address, head(method, &jane, "/browse/DEMO-1", "Accept: text/html\r\n")).await;
        assert_eq!((answer.status, answer.is_challenge()), (401, true), "{method}: {answer:?}");
    }
    let answer = jane.send(Method::HEAD, "/browse/DEMO-1", &NAVIGATION, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    for lines in ["X-HTTP-Method-Override: OPTIONS\r\n", "X-HTTP-Method: GET\r\n"] {
        let answer = ask(world.address, head("POST", &jane, "/browse/DEMO-1?_method=OPTIONS", lines)).await;
        assert_eq!((answer.status, answer.is_challenge()), (401, true), "{lines}: {answer:?}");
    }
    for (method, target) in [("TRACE", "/browse/DEMO-1"), ("CONNECT", "jira.test:443"), ("CONNECT", "/")] {
        let answer = ask(world.address, head(method, &jane, target, "")).await;
        assert!(matches!(answer.status, 405 | 400), "{method} {target}: {answer:?}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t027_t028_t029_t033_no_reserved_name_reaches_the_upstream_in_any_spelling() {
    let world = World::start().await;
    let jane = fresh_jane(&world).await;
    let names = [
        "X-Postern-Account",
        "X-Postern-Email",
        "X-Postern-Class",
        "X-Postern-Receipt",
        "X-Postern-User",
        "X_Postern_User",
        "X-Postern_User",
        "x_postern_user",
        "X-AUSERNAME",
        "X_AUSERNAME",
        "X-Original-URL",
        "X_Original_Url",
        "X-Rewrite-URL",
        "X-Forwarded-Uri",
        "X-Forwarded-Prefix",
        "X-Forwarded-User",
        "X-Real-IP",
        "X_Real_IP",
        "True-Client-IP",
        "Forwarded",
        "X-Seraph-Trusted-App-ID",
        "Proxy-Authorization",
        "Forwarded",
        "X-Forwarded",
        "X-Client-IP",
        "X_Client-IP",
        "X-Cluster-Client-IP",
        "X-ProxyUser-Ip",
        "True-Client-IP",
        "Fastly-Client-IP",
        "CF-Connecting-IP",
        "CF_Connecting_IPv6",
        "WL-Proxy-Client-IP",
        "Remote-User",
    ];
    let lines: String =
        names.iter().map(|name| format!("{name}: forged\r\n{name}: forged-twice\r\n")).collect();
    let forwarding = "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: evil.test\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 1\r\n";
    assert_eq!(load(&world, &jane, "/browse/DEMO-1", &format!("{lines}{forwarding}")).await.status, 200);
    let reached = forwarded(&world.jira);
    assert_eq!(reached.len(), 1);
    assert!(!reached[0].headers.iter().any(|(_, value)| value.contains("forged")), "{reached:?}");
    assert_eq!(reached[0].header("x-forwarded-for"), ["127.0.0.1"], "t032: the peer, once");
    assert_eq!(reached[0].header("x-forwarded-host"), ["jira.test"]);
    assert_eq!(reached[0].header("x-forwarded-proto"), ["https"], "t035: what browsers speak");
    assert_eq!(reached[0].header("x-forwarded-port"), ["443"]);
}

#[tokio::test]
async fn an_upstream_is_told_the_port_that_was_asked_for() {
    let world = World::start().await;
    let mut liam = liam(&world).await;
    for (host, port) in [("jira.test", "443"), ("jira.test:8443", "8443"), ("JIRA.test.:81", "81")] {
        world.jira.clear_received();
        liam.host = host.to_owned();
        liam.open("/browse/DEMO-1").await;
        assert_eq!(forwarded(&world.jira)[0].header("x-forwarded-port"), [port], "{host}");
    }
}

#[tokio::test]
async fn t024_what_passes_by_its_method_keeps_its_method() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    let lines = "X-HTTP-Method-Override: GET\r\nX_HTTP_Method_Override: GET\r\nX-HTTP-Method: GET\r\n\
                 X-Method-Override: GET\r\nContent-Length: 0\r\n";
    // By GET this one tells who is signed in.
    ask(world.address, head("POST", &jane, "/rest/auth/1/session", lines)).await;
    let reached = forwarded(&world.jira);
    assert!(!reached[0].headers.iter().any(|(name, _)| name.contains("method")), "{reached:?}");
    let liam = self::liam(&world).await;
    ask(world.address, head("POST", &liam, "/rest/api/2/search", lines)).await;
    assert_eq!(
        forwarded(&world.jira)[0].header("x-http-method-override"),
        ["GET"],
        "who is judged may use it"
    );
}

#[tokio::test]
async fn t033_the_headers_that_rewrite_a_target_do_not_help_a_stale_session() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    for name in ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri", "X-Forwarded-Prefix"] {
        let answer = load(&world, &jane, "/browse/DEMO-1", &format!("{name}: /login.jsp\r\n")).await;
        assert!(answer.is_challenge(), "{name}: {answer:?}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t034_links_name_the_site_whatever_the_client_says() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    let lines =
        "X-Forwarded-Host: evil.test\r\nForwarded: host=evil.test\r\nReferer: https://evil.test/x\r\n";
    let answer = ask(world.address, head("GET", &jane, "/rest/api/2/myself", lines)).await;
    let problem: serde_json::Value = serde_json::from_str(&answer.body).expect("a problem");
    assert_eq!(problem["challenge_url"], "https://jira.test/.postern/challenge?return=/");
    for referer in [
        "https://jira.test.evil.test/x",
        "https://jira.test@evil.test/x",
        "//evil.test",
        "https://jira.test//evil.test",
    ] {
        let answer = ask(world.address, head("GET", &jane, "/x", &format!("Referer: {referer}\r\n"))).await;
        assert!(answer.body.contains("/.postern/challenge?return=/\""), "{referer}: {}", answer.body);
    }
    let page = load(&world, &jane, "/.postern/challenge", lines).await;
    assert_eq!(page.status, 200, "{page:?}");
    let mail = world.newest_mail("jane@acme.com");
    assert!(!mail.raw.contains("evil.test") && !page.body.contains("evil.test"));
    assert!(!page.head.iter().any(|line| line.contains("evil.test")));
}

#[tokio::test]
async fn t035_nobody_talks_us_out_of_https() {
    let claims = "X-Forwarded-Proto: http\r\nX-Forwarded-Ssl: off\r\nX-Forwarded-Port: 80\r\n\
                  Front-End-Https: off\r\nForwarded: proto=http\r\n";
    // Not even a proxy that is believed about who the client is.
    for listen in ["", "trusted_proxies = [\"127.0.0.1\"]"] {
        let world = World::set_up(Setup { listen, ..Setup::default() }).await;
        let mut jane = stale_jane(&world).await;
        let problem = ask(world.address, head("GET", &jane, "/rest/api/2/myself", claims)).await;
        assert!(problem.body.contains("\"https://jira.test/.postern/challenge?return=/\""), "{problem:?}");
        let way = load(&world, &jane, "/browse/DEMO-1", claims).await;
        assert_eq!(way.header("location"), "/.postern/challenge?return=/browse/DEMO-1");
        let headers = [NAVIGATION.as_slice(), &[("x-forwarded-proto", "http")]].concat();
        let page = jane.send(Method::GET, "/.postern/challenge", &headers, "").await;
        let code = world.newest_mail("jane@acme.com").code();
        let verified = jane.submit(&page, &code).await;
        let lines = [page.set_cookies(), verified.set_cookies()].concat();
        assert!(lines.len() >= 2 && lines.iter().all(|line| line.contains("; Secure")), "{lines:?}");
        for hsts in [
            problem.header("strict-transport-security"),
            way.header("strict-transport-security"),
            page.header("strict-transport-security"),
        ] {
            assert_eq!(hsts, "max-age=63072000");
        }
        jane.send(Method::GET, "/browse/DEMO-1", &headers, "").await;
        let reached = forwarded(&world.jira);
        assert_eq!(reached[0].header("x-forwarded-proto"), ["https"]);
    }
}

#[tokio::test]
async fn t030_t031_a_client_cannot_have_headers_dropped_on_the_way() {
    let world = World::start().await;
    let liam = liam(&world).await;
    for option in ["X-Postern-User, close", "x-real-ip, x-forwarded-for", "Cookie", "close, host"] {
        let answer = load(&world, &liam, "/browse/DEMO-1", &format!("Connection: {option}\r\n")).await;
        assert_eq!(answer.status, 400, "{option}: {answer:?}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t038_a_malformed_header_is_refused() {
    let world = World::start().await;
    let liam = liam(&world).await;
    for line in [
        "X-Postern-User : a\r\n",
        "X-A: b\r\n folded\r\n",
        ": a\r\n",
        "X-A: a\0b\r\n",
        "X-A: a\rb\r\n",
        "X A: b\r\n",
        "no colon\r\n",
    ] {
        let answer = load(&world, &liam, "/browse/DEMO-1", line).await;
        assert_eq!(answer.status, 400, "{line:?}: {answer:?}");
    }
    assert_nothing_forwarded(&world);
    // A bare LF ends a line here (RFC 9112 section 2.2), so what follows it is a header like any other: it is scrubbed.
    load(&world, &liam, "/browse/DEMO-1", "X-A: a\nX-Postern-User: forged\r\n").await;
    assert!(
        !forwarded(&world.jira)
            .iter()
            .flat_map(|request| &request.headers)
            .any(|(_, value)| { value.contains("forged") || value.contains('\n') })
    );
}

#[tokio::test]
async fn t193_no_version_is_told() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    for target in ["/browse/DEMO-1", "/.postern/challenge", "/.postern/unknown", "/%zz"] {
        let answer = load(&world, &jane, target, "").await;
        assert_eq!((answer.header("server"), answer.header("x-powered-by")), ("", ""), "{target}");
        assert!(!answer.body.contains(env!("CARGO_PKG_VERSION")));
    }
}
