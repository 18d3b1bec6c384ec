//! Groups whose people from outside are asked for no code for a while, by the API and at the gate.

use std::time::Duration;

use http::{Method, StatusCode};
use postern::clock;
use postern::domain::api_key::Scope;
use serde_json::{Value, json};

use super::explain::explained;
use super::{OMAR, PAGE, until};
use crate::admin::Api;
use crate::admin::accounts::id as account_of;
use crate::support::client::Browser;
use crate::support::world::World;

const GROUPS: &str = "/admin/control/v1/orgs/default/groups";
const COMPANIES: &str = "/admin/control/v1/orgs/default/companies";
const HOUR: Duration = Duration::from_secs(3600);

/// Waits until the gate asks, or asks no more: a second at most.
async fn is_asked(browser: &mut Browser, expected: bool) {
    let since = clock::stopwatch();
    until("the gate", async || browser.open(PAGE).await.is_challenge() == expected).await;
    assert!(clock::stopwatch() - since < Duration::from_secs(1));
}

async fn made(api: &Api, target: &str, draft: Value) -> String {
    let made = api.post(target, draft).await.json();
    let id = made["groupId"].as_str().or(made["data"]["id"].as_str());
    format!("{GROUPS}/{}", id.unwrap_or_else(|| panic!("{made}")))
}

async fn exempt(api: &Api, group: &str, until: &str) {
    let exempted = api.put(&format!("{group}/exemption"), json!({ "until": until })).await;
    assert_eq!(exempted.status, StatusCode::OK, "{exempted:?}");
    assert_eq!(exempted.json()["data"]["exemptUntil"], until);
}

fn in_an_hour(world: &World) -> String {
    (world.clock.now() + HOUR).to_string()
}

#[tokio::test]
async fn the_people_of_an_exempt_company_are_asked_for_no_code_until_it_ends() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let (mut omar, mut jane) = (world.browser(), world.browser());
    omar.sign_in("omar").await;
    jane.sign_in("jane").await;
    let partner = json!({ "name": "Partner", "domains": ["partner.example"] });
    let partner = made(&api, COMPANIES, partner).await;
    is_asked(&mut omar, true).await;
    let end = in_an_hour(&world);
    exempt(&api, &partner, &end).await;
    is_asked(&mut omar, false).await;
    assert!(world.metrics().contains("reason=\"group-exempt\""));
    assert!(jane.open(PAGE).await.is_challenge(), "she is of another company");
    let said = explained(&api, OMAR).await;
    assert_eq!((&said["decision"], &said["reason"]), (&"pass".into(), &"group-exempt".into()), "{said}");
    let last = said["checks"].as_array().unwrap().last().unwrap();
    assert_eq!(last["answer"], format!("A group of theirs is exempt from codes until {end}."));

    assert_eq!(api.get(&partner).await.json()["data"]["exemptUntil"], json!(end));
    let written = "SELECT count(*) FROM audit WHERE action = 'group_exempted'";
    assert_eq!(world.count(written).await, 1);
    world.advance(HOUR);
    assert!(omar.open(PAGE).await.is_challenge(), "its time is over");

    exempt(&api, &partner, &in_an_hour(&world)).await;
    is_asked(&mut omar, false).await;
    let ended = api.delete(&format!("{partner}/exemption")).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{ended:?}");
    is_asked(&mut omar, true).await;
}

#[tokio::test]
async fn an_exemption_goes_with_the_membership_and_lets_in_nobody_who_is_kept_out() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut omar = world.browser();
    omar.sign_in("omar").await;
    is_asked(&mut omar, true).await;
    let group = made(&api, "/admin/v1/orgs/default/directory/groups", json!({ "name": "Audit" })).await;
    exempt(&api, &group, &in_an_hour(&world)).await;
    let account = account_of(&api, OMAR).await;
    let members = group.replace("/admin/control/v1/orgs/default", "/admin/v1/orgs/default/directory");
    let members = format!("{members}/memberships");
    let join = async || {
        let joined = api.post(&members, json!({ "account_id": account })).await;
        assert!(joined.status.is_success(), "{joined:?}");
    };
    join().await;
    is_asked(&mut omar, false).await;
    let left = api.ask(Method::DELETE, &format!("{members}/{account}"), None).await;
    assert!(left.status.is_success(), "{left:?}");
    is_asked(&mut omar, true).await;
    join().await;
    is_asked(&mut omar, false).await;
    let suspend = format!("/admin/v1/orgs/default/directory/users/{account}/suspend-access");
    assert_eq!(api.post(&suspend, json!({})).await.status, StatusCode::OK);
    until("the suspension", async || omar.open(PAGE).await.status == StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn an_exemption_without_an_end_to_come_within_a_year_is_refused() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let group = made(&api, "/admin/v1/orgs/default/directory/groups", json!({ "name": "Audit" })).await;
    let (now, exemption) = (world.clock.now(), format!("{group}/exemption"));
    for (end, said) in [
        (json!(now.to_string()), "is over already"),
        (json!((now + 367 * 24 * HOUR).to_string()), "more than a year away"),
        (json!("forever"), "neither a day"),
    ] {
        let refused = api.put(&exemption, json!({ "until": end })).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
        assert!(refused.body.contains("until") && refused.body.contains(said), "{refused:?}");
    }
    let wrong = api.put(&exemption, json!({ "until": 7 })).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{wrong:?}");
    assert_eq!(api.get(&group).await.json()["data"].get("exemptUntil"), None);
    let scope = [Scope::WriteGroups, Scope::ReadGroups];
    let keeper = Api::scoped(&world, &scope).await;
    let ends = json!({ "until": in_an_hour(&world) });
    let refused = keeper.put(&exemption, ends).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "who keeps groups makes no policy: {refused:?}");
}
