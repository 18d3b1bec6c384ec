//! What policies ask of those who set something up, and of those who did not.

use http::{Method, StatusCode};
use serde_json::json;

use super::{METHODS, STEP, asked, deed, jane_with_app, set_up, try_app};
use crate::admin::{Api, accounts};
use crate::challenge::{JANE, PAUSE};
use crate::people::sessions::asked_of_liam;
use crate::people::until;
use crate::support::world::World;

const LIAM: &str = "liam@acme.com";

#[tokio::test]
async fn a_policy_that_wants_more_than_mail_leads_to_the_setup_and_takes_nothing_less() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let two_step = json!({ "requirement": "required", "methods": ["authenticator-app"] });
    asked_of_liam(&world, &api, json!({ "twoStepVerification": two_step })).await;
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    let (way, page) = liam.settle("/browse/DEMO-1").await;
    assert!(way.iter().any(|place| place.contains("/.postern/methods?")), "{way:?}");
    assert!(page.body.contains("asks for more than a code by mail"), "{}", page.body);
    let aim = page.field("for");
    let code = world.newest_mail(LIAM).code();
    let proved = deed(&mut liam, &page, "verify", &[("code", &code), ("for", &aim)]).await;
    assert_eq!(proved.header("location"), "/.postern/methods?return=/browse/DEMO-1");
    assert!(liam.open("/browse/DEMO-1").await.is_challenge(), "a mailed code does not pass by itself");
    let app = set_up(&world, &mut liam, "Work phone").await;
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK, "the setup showed it");

    // The next sign-in: the app and nothing else, also to set up another.
    world.advance(5 * STEP);
    let (mut other, page) = asked(&world, "liam").await;
    assert!(page.body.contains("Code from your authenticator app") && !page.body.contains("by mail"));
    let mails = world.mails().len();
    other.resend(&page).await;
    assert_eq!(world.mails().len(), mails, "no mail would help");
    assert_eq!(try_app(&mut other, &page, &app.code(&world, 0)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(other.open("/browse/DEMO-1").await.status, StatusCode::OK);

    // Lost: an admin removes it, and they begin anew.
    let id = accounts::id(&api, LIAM).await;
    let path = format!("/admin/control/v1/orgs/default/users/{id}/authenticators");
    assert_eq!(api.delete(&path).await.status, StatusCode::NO_CONTENT);
    until("the gate", async || {
        let (_, page) = asked(&world, "liam").await;
        page.body.contains("asks for more than a code by mail")
    })
    .await;
}

#[tokio::test]
async fn who_set_up_an_app_is_asked_for_it_where_the_policy_leaves_it_to_them() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    let sent = liam.open("/.postern/challenge?for=methods&return=/browse/DEMO-1").await;
    let aim = sent.field("for");
    let code = world.newest_mail(LIAM).code();
    deed(&mut liam, &sent, "verify", &[("code", &code), ("for", &aim)]).await;
    let app = set_up(&world, &mut liam, "").await;
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK, "in this session they did it");
    world.advance(5 * STEP);
    let mut next = world.browser();
    next.sign_in("liam").await;
    until("the gate", async || next.clone().open("/browse/DEMO-1").await.is_challenge()).await;
    let page = next.challenge("/browse/DEMO-1").await;
    assert_eq!(try_app(&mut next, &page, &app.code(&world, 0)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(next.open("/browse/DEMO-1").await.status, StatusCode::OK);
    asked_of_liam(&world, &api, json!({ "twoStepVerification": { "requirement": "off" } })).await;
    let mut off = world.browser();
    off.sign_in("liam").await;
    assert_eq!(off.open("/browse/DEMO-1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_policy_that_takes_mailed_codes_alone_acts_on_what_was_verified_before() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let (_, app) = jane_with_app(&world).await;
    world.advance(5 * STEP);
    let (mut jane, page) = asked(&world, "jane").await;
    try_app(&mut jane, &page, &app.code(&world, 0)).await;
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK);
    let target = "/admin/control/v1/orgs/default/external-user-policy/default";
    let refused = api.send(Method::PUT, target, &[], r#"{"methods": ["passkey"]}"#).await;
    assert_ne!(refused.status, StatusCode::OK);
    let put = api.put(target, json!({ "methods": ["mailed-code"] })).await;
    assert_eq!(put.status, StatusCode::OK, "{put:?}");
    assert_eq!(put.json()["data"]["methods"], json!(["mailed-code"]));
    until("the gate", async || jane.clone().open("/browse/DEMO-1").await.is_challenge()).await;
    world.advance(PAUSE);
    let page = jane.challenge("/browse/DEMO-1").await;
    assert!(page.body.contains("Check your mailbox"), "{}", page.body);
    jane.submit(&page, &world.newest_mail(JANE).code()).await;
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK);
    let list = jane.open(METHODS).await;
    assert!(!list.body.contains("Set up an authenticator app</button>"), "{}", list.body);
    let begun = deed(&mut jane, &list, "methods-begin", &[]).await;
    assert_eq!(begun.status, StatusCode::CONFLICT, "{}", begun.body);
}
