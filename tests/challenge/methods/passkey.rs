//! A passkey, as far as HTTP goes.

use http::StatusCode;
use serde_json::json;

use super::{METHODS, asked, deed};
use crate::challenge::{JANE, PAUSE, PROOF};
use crate::support::client::{Answer, Browser};
use crate::support::world::World;

/// What a real one answers is tried in a browser: `browser/methods.rs`.
#[tokio::test]
async fn a_passkey_is_asked_for_only_where_there_may_be_one_and_an_answer_counts_for_one_ceremony() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.verify(&world, "jane", JANE).await;
    let page = jane.open(METHODS).await;
    assert!(page.body.contains("<script src=\"/.postern/assets/passkey.js\">"), "{}", page.body);
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self'; connect-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let script = jane.open("/.postern/assets/passkey.js").await;
    assert_eq!(
        (script.status, script.header("content-type")),
        (StatusCode::OK, "text/javascript; charset=utf-8")
    );

    let begun = deed(&mut jane, &page, "methods-passkey-begin", &[]).await.json();
    let asked = &begun["create"]["publicKey"];
    assert_eq!((&asked["rp"]["id"], &asked["attestation"]), (&json!("jira.test"), &json!("none")));
    let id = begun["id"].as_str().expect("an id");
    let junk = [("id", id), ("answer", "{}")];
    let refused = deed(&mut jane, &page, "methods-passkey", &junk).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    let again = deed(&mut jane, &page, "methods-passkey", &junk).await;
    assert_eq!(again.status, StatusCode::GONE, "a ceremony ends once: {}", again.body);
    assert_eq!(world.count("SELECT count(*) FROM authenticators").await, 0);

    let (mut other, page) = asked_by_mail(&world).await;
    assert!(!page.header("content-security-policy").contains("script-src"), "no script where none is needed");
    assert_eq!(deed(&mut other, &page, "passkey-ask", &[]).await.status, StatusCode::CONFLICT);
    let tried = deed(&mut other, &page, "verify-passkey", &junk).await;
    assert!(
        tried.body.contains("Check your mailbox") && !other.cookies.contains_key(PROOF),
        "{}",
        tried.body
    );
}

async fn asked_by_mail(world: &World) -> (Browser, Answer) {
    world.advance(PAUSE);
    asked(world, "jane").await
}
