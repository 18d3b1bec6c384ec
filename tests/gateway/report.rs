//! `mode = "report"`: what would be done is written down and counted, and nobody notices.

use http::StatusCode;
use serde_json::json;

use super::forwarded;
use crate::admin::Api;
use crate::people::until;
use crate::support::world::World;

const REPORT: &str = "[verification]\nmode = \"report\"";
const PAGE: &str = "/browse/DEMO-1";

fn is_counted(world: &World, decision: &str, reason: &str) -> bool {
    let metrics = world.metrics();
    let series = |line: &&str| {
        line.contains(&format!("decision=\"{decision}\"")) && line.contains(&format!("reason=\"{reason}\""))
    };
    metrics.lines().any(|line| series(&line))
}

#[tokio::test]
async fn everybody_passes_as_they_came_and_what_would_have_been_is_counted() {
    let world = World::with(REPORT).await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    assert_eq!(jane.open(PAGE).await.status, StatusCode::OK);
    assert!(is_counted(&world, "would_challenge", "no-proof"), "{}", world.metrics());
    assert_eq!(jane.fetch("/rest/api/2/myself").await.json()["name"], "jane", "with their own session");
    assert_eq!(world.mails().len(), 0, "nobody is written to");
    let challenge = jane.open("/.postern/challenge?return=%2Fbrowse%2FDEMO-1").await;
    assert_eq!((challenge.status, challenge.header("location")), (StatusCode::SEE_OTHER, PAGE));

    world.reload("mode = \"report\"", "mode = \"enforce\"").unwrap();
    assert!(jane.open(PAGE).await.is_challenge());
}

#[tokio::test]
async fn a_product_that_cannot_say_who_asks_holds_nobody_up() {
    let world = World::with(REPORT).await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    world.jira.set_fault(Some(postern::demo::Fault::ServerError));
    let before = forwarded(&world.jira).len();
    assert_eq!(jane.open(PAGE).await.status, StatusCode::OK);
    assert_eq!(forwarded(&world.jira).len(), before + 1);
    assert!(is_counted(&world, "would_block", "identity-unavailable"), "{}", world.metrics());
}

#[tokio::test]
async fn a_policy_reports_for_its_own_people_alone() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let (mut omar, mut jane) = (world.browser(), world.browser());
    omar.sign_in("omar").await;
    jane.sign_in("jane").await;
    assert!(omar.open(PAGE).await.is_challenge());
    let policies = "/admin/control/v1/orgs/default/external-user-policy";
    let draft = json!({ "name": "Partners", "domains": ["partner.example"], "mode": "report" });
    let made = api.post(policies, draft.clone()).await;
    assert_eq!((made.status, &made.json()["data"]["mode"]), (StatusCode::CREATED, &"report".into()));
    until("the gate", async || omar.open(PAGE).await.status == StatusCode::OK).await;
    assert!(is_counted(&world, "would_challenge", "no-proof"));
    assert!(jane.open(PAGE).await.is_challenge());
    let wrong = api.post(policies, json!({ "name": "X", "domains": ["x.example"], "mode": "on" })).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("mode: is neither enforce nor report nor off"), "{}", wrong.body);
}
