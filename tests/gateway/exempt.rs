//! What a site opens to everybody: exactly those paths, and nothing that another server might find in them.

use http::StatusCode;
use postern::demo::{Product, ProductKind, demo_people};

use super::{forwarded, head, load};
use crate::support::client::Browser;
use crate::support::raw::ask;
use crate::support::world::{World, behind};

const OPEN: &str = "open.test";

/// A gateway with one more Jira look-alike at `open.test`, whose site opens `/allowed/` and says `more`; and Jane there, with
/// a session and no proof.
async fn open(more: &str) -> (World, Product, Browser) {
    let product = Product::new(ProductKind::Jira, demo_people());
    let upstream = behind(product.router()).await;
    let site = format!(
        "[[site]]\nhost = \"{OPEN}\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\"\n\
         extra_public = [\"GET /allowed/**\", \"GET /rest/mobile/**\"]\n{more}"
    );
    let world = World::with(&site).await;
    let mut jane = world.browser_at(OPEN);
    jane.sign_in("jane").await;
    product.clear_received();
    (world, product, jane)
}

#[tokio::test]
async fn t001_to_t008_t016_t019_t020_beside_an_open_path_a_stale_session_is_challenged() {
    let (world, product, jane) = open("").await;
    for target in [
        "/;x=1/allowed/x",
        "/allowed/..;/secret",
        "/allowed/..;a=b/secret",
        "/allowed/%2e%2e/secret",
        "/allowed/.%2e/secret",
        "/allowed/%2E./secret",
        "/allowed%2f..%2fsecret",
        "/allowed/%2fsecret",
        "/allowed/..%5csecret",
        "/allowed/..\\secret",
        "//allowed/secret",
        "/allowed//../secret",
        "/allowed/./secret",
        "/allowed/x;.css",
        "/allowed/x;/secret",
        "/secret?next=/allowed/",
        "/secret?/allowed/x",
        "/secret%23/allowed/x",
        "/allowed/%252e%252e/secret",
        "/ALLOWED/x",
        "/allowed",
        "/allowed/",
        "/allowed/x/",
        "/allowedX/x",
        "/rest/mobileX/secret",
        "/rest/mobile",
        "/x/allowed/x",
        "/allowed/x::y",
        "/allowed/x..y",
        "/allowed/.git",
        "/allowed/WEB-INF/web.xml",
    ] {
        let answer = load(&world, &jane, target, "").await;
        assert!(answer.is_challenge(), "{target}: {answer:?}");
    }
    for method in ["POST", "OPTIONS", "PUT", "DELETE", "PROPFIND", "get"] {
        let answer = ask(world.address, head(method, &jane, "/allowed/x", "")).await;
        assert!(answer.is_challenge(), "{method}: {answer:?}");
    }
    assert!(forwarded(&product).is_empty(), "{:?}", forwarded(&product));
}

#[tokio::test]
async fn rule_17_an_open_path_is_asked_for_as_by_a_stranger() {
    let (world, product, jane) = open("").await;
    for target in ["/allowed/x", "/allowed/a/b.css?v=1", "/rest/mobile/1.0/home"] {
        product.clear_received();
        let lines = "Authorization: bearer demo-pat-liam\r\nX-AUSERNAME: jane\r\n\
                     X-Seraph-Trusted-App-ID: x\r\nProxy-Authorization: Basic b21hcjpkZW1v\r\n";
        let answer = ask(world.address, head("GET", &jane, target, lines)).await;
        assert_eq!(answer.status, 404, "the look-alike has nothing there: {answer:?}");
        assert_eq!(answer.header("x-ausername"), "anonymous", "{target}");
        let received = product.received();
        assert_eq!(
            (received.len(), received[0].target.as_str()),
            (1, target),
            "nobody is asked whose session it is"
        );
        for name in
            ["cookie", "authorization", "proxy-authorization", "x-ausername", "x-seraph-trusted-app-id"]
        {
            assert!(received[0].header(name).is_empty(), "{name}: {received:?}");
        }
    }
    let answer = jane.clone().send(http::Method::HEAD, "/allowed/x", &[], "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "where GET passes, HEAD does");
    let metrics = world.metrics();
    assert!(metrics.contains("lane=\"public\",reason=\"public-resource\",site=\"open.test\""), "{metrics}");
}

#[tokio::test]
async fn row_0_holds_on_open_paths_too() {
    let (world, product, jane) = open("").await;
    for (target, lines, code) in [
        ("/allowed/x", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n", "duplicate-authorization"),
        ("/allowed/x", "Cookie: JSESSIONID=other\r\n", "duplicate-cookie"),
        ("/allowed/x;jsessionid=1", "", "session-id-in-path"),
        ("/allowed/%zz", "", "malformed-path"),
        ("/allowed/x?os_username=omar&os_password=demo", "", "query-credentials"),
        ("/allowed/x?os%5Fcookie=true", "", "query-credentials"),
        ("/allowed/x", "Upgrade: h2c\r\nConnection: Upgrade\r\n", "upgrade-refused"),
    ] {
        let answer = ask(world.address, head("GET", &jane, target, lines)).await;
        assert!(answer.body.contains(code), "{target} {lines:?}: {answer:?}");
    }
    let socket = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    assert!(ask(world.address, head("GET", &jane, "/allowed/x", socket)).await.is_challenge());
    assert!(forwarded(&product).is_empty(), "{:?}", forwarded(&product));
}

#[tokio::test]
async fn rule_23_a_hook_passes_without_a_session_and_with_a_token_it_is_an_api_call() {
    let (world, product, jane) = open("extra_hooks = [\"PUT /rest/deploy/*\"]").await;
    for (method, target) in [
        ("POST", "/rest/cb-automation/latest/hooks/8f14e45fceea167a"),
        ("GET", "/rest/applinks/3.0/manifest"),
        ("GET", "/plugins/servlet/oauth/consumer-info"),
        ("POST", "/plugins/servlet/oauth/request-token"),
        ("POST", "/plugins/servlet/oauth/access-token"),
        ("GET", "/plugins/servlet/applinks/whoami"),
        ("PUT", "/rest/deploy/7"),
    ] {
        for (lines, kept) in
            [("Authorization: junk\r\n", 0), ("Authorization: OAuth oauth_token=\"x\"\r\n", 1)]
        {
            product.clear_received();
            let length = if method == "GET" { "" } else { "Content-Length: 0\r\n" };
            ask(world.address, head(method, &jane, target, &format!("{lines}{length}"))).await;
            let received = product.received();
            assert_eq!(received.len(), 1, "{method} {target}");
            assert!(received[0].header("cookie").is_empty(), "{received:?}");
            assert_eq!(received[0].header("authorization").len(), kept, "{received:?}");
        }
    }
    product.clear_received();
    for (method, target) in [
        ("GET", "/rest/cb-automation/latest/hooks/8f14e45fceea167a"),
        ("POST", "/rest/cb-automation/latest/hooks/a/b"),
        ("POST", "/rest/cb-automation/latest/hooks/"),
        ("POST", "/rest/cb-automation/latest/hooks/a;b"),
        ("POST", "/rest/cb-automation/latest/rules"),
        ("GET", "/plugins/servlet/oauth/authorize"),
        ("GET", "/plugins/servlet/oauth2/consent"),
        ("GET", "/plugins/servlet/applinks/auth/conf/oauth"),
        ("GET", "/plugins/servlet/gadgets/makeRequest"),
        ("GET", "/rest/nativemobile/1.0/batch"),
        ("POST", "/rest/nativemobile/1.0/batch"),
        ("GET", "/secure/admin/WebSudoAuthenticate!default.jspa"),
    ] {
        let answer = ask(world.address, head(method, &jane, target, "")).await;
        assert!(answer.is_challenge(), "{method} {target}: {answer:?}");
    }
    assert!(forwarded(&product).is_empty());
}

#[tokio::test]
async fn t018_a_path_to_a_products_own_files_is_served_to_nobody() {
    let (world, product, jane) = open("").await;
    let mut liam = world.browser_at(OPEN);
    liam.sign_in("liam").await;
    product.clear_received();
    let nobody = world.browser_at(OPEN);
    for target in [
        "/s/x/_/;/WEB-INF/web.xml",
        "/s/x/_/META-inf/maven/pom.xml",
        "/s/a/_/download/x::y::z",
        "/download/resources/a%3A%3Ab/web.xml",
        "/browse/%57EB-INF/web.xml",
    ] {
        assert!(load(&world, &jane, target, "").await.is_challenge(), "{target}");
        for (browser, lines) in
            [(&nobody, ""), (&liam, ""), (&nobody, "Authorization: Bearer demo-pat-mia\r\n")]
        {
            let answer = ask(world.address, head("GET", browser, target, lines)).await;
            assert_eq!(answer.status, 404, "{target}: {answer:?}");
            assert!(answer.body.contains("hardened-path"), "{target}: {answer:?}");
        }
    }
    assert!(forwarded(&product).is_empty(), "{:?}", forwarded(&product));
}

#[tokio::test]
async fn t018_without_hardening_they_go_on_but_are_open_to_no_stale_session() {
    let (world, product, jane) = open("hardening = false").await;
    let mut nobody = world.browser_at(OPEN);
    for target in ["/s/x/_/;/WEB-INF/web.xml", "/s/a/_/download/x::y::z"] {
        assert!(load(&world, &jane, target, "").await.is_challenge(), "{target}");
        assert!(forwarded(&product).is_empty());
        assert_eq!(nobody.open(target).await.status, StatusCode::NOT_FOUND);
        assert_eq!(forwarded(&product).len(), 1, "{target}");
        product.clear_received();
    }
}
