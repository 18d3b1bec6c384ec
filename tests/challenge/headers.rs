//! T102: every answer of ours, whatever its status, forbids framing, sniffing, foreign content and caches.

use http::{Method, StatusCode};

use super::{JANE, challenged, other_than};
use crate::support::client::{Answer, FETCH};
use crate::support::world::World;

pub fn assert_protected(name: &str, answer: &Answer) {
    // At another host than home a form may end at the home host, and nowhere else.
    let csp = answer.header("content-security-policy").replace("'self' https://jira.test;", "'self';");
    assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{name}: {csp}");
    assert!(csp.contains("base-uri 'none'") && csp.contains("form-action 'self'"), "{name}: {csp}");
    assert!(!csp.contains("unsafe") && !csp.contains('*') && !csp.contains("http"), "{name}: {csp}");
    for (header, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("strict-transport-security", "max-age=63072000"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(header), value, "{name}: {header}");
    }
    for header in ["server", "x-powered-by", "via"] {
        assert!(!answer.headers.contains_key(header), "{name}: {header}");
    }
}

#[tokio::test]
async fn t102_every_answer_of_ours_is_protected() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let too_large = "x".repeat(20_000);
    let mut elsewhere = world.browser_at("nobody.test");
    let json = [FETCH.as_slice(), &[("content-type", "application/json")]].concat();
    let answers = [
        ("challenge", StatusCode::OK, jane.open("/.postern/challenge").await),
        ("the way there", StatusCode::SEE_OTHER, jane.open("/browse/DEMO-1").await),
        ("background", StatusCode::UNAUTHORIZED, jane.fetch("/rest/api/2/issue/DEMO-1").await),
        ("wrong code", StatusCode::UNPROCESSABLE_ENTITY, jane.submit(&page, &other_than(&code)).await),
        ("no code", StatusCode::BAD_REQUEST, jane.submit(&page, "x").await),
        ("early resend", StatusCode::TOO_MANY_REQUESTS, jane.resend(&page).await),
        ("GET verify", StatusCode::METHOD_NOT_ALLOWED, jane.open("/.postern/verify").await),
        ("POST challenge", StatusCode::METHOD_NOT_ALLOWED, jane.post("/.postern/challenge", &[]).await),
        (
            "HEAD verify",
            StatusCode::METHOD_NOT_ALLOWED,
            jane.send(Method::HEAD, "/.postern/verify", &[], "").await,
        ),
        ("unknown page", StatusCode::NOT_FOUND, jane.open("/.postern/nothing").await),
        ("unknown asset", StatusCode::NOT_FOUND, jane.open("/.postern/assets/nothing.js").await),
        ("signed out", StatusCode::OK, jane.open("/.postern/signed-out").await),
        ("cross-site", StatusCode::FORBIDDEN, jane.post("/.postern/verify", &[("token", "x")]).await),
        ("too large", StatusCode::PAYLOAD_TOO_LARGE, jane.submit(&page, &too_large).await),
        ("no JSON", StatusCode::BAD_REQUEST, jane.send(Method::POST, "/.postern/verify", &json, "[").await),
        ("unknown host", StatusCode::MISDIRECTED_REQUEST, elsewhere.open("/").await),
        ("malformed path", StatusCode::BAD_REQUEST, jane.open("/a%zz").await),
        ("verified", StatusCode::SEE_OTHER, jane.submit(&page, &code).await),
    ];
    for (name, status, answer) in answers {
        assert_eq!(answer.status, status, "{name}: {}", answer.body);
        assert_protected(name, &answer);
    }
    for (asset, kind) in [("postern.css", "text/css; charset=utf-8"), ("mark.svg", "image/svg+xml")] {
        let answer = jane.open(&format!("/.postern/assets/{asset}")).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, kind));
        assert!(answer.set_cookies().is_empty(), "an asset belongs to nobody");
        assert_protected(asset, &answer);
    }
}

#[tokio::test]
async fn pages_of_the_product_keep_their_own_headers() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.verify(&world, "jane", JANE).await;
    let answer = jane.open("/browse/DEMO-1").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.header("content-security-policy").contains("default-src 'none'"));
}
