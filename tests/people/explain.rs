//! What the API says of a person is what the gate does with them.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::{OMAR, PAGE, until};
use crate::admin::Api;
use crate::support::client::Browser;
use crate::support::world::{JIRA, World};

const LIAM: &str = "liam@acme.com";

pub async fn explained(api: &Api, email: &str) -> Value {
    let path = format!("/admin/control/v1/orgs/default/explain?site={JIRA}&email={email}");
    let answer = api.get(&path).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()["data"].clone()
}

/// Waits until both say so: the gate by what it answers, and the explanation in words and with its last check.
async fn both(api: &Api, browser: &mut Browser, email: &str, decision: &str, reason: &str) -> Value {
    until(reason, async || explained(api, email).await["reason"] == reason).await;
    let said = explained(api, email).await;
    let last = said["checks"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&said["decision"], &last["settled"]), (&decision.into(), &true.into()), "{said}");
    assert_eq!(said["remedy"].is_null(), decision == "pass", "{said}");
    let answer = browser.open(PAGE).await;
    let answered = match answer.status {
        StatusCode::OK => "pass",
        _ if answer.is_challenge() => "challenge",
        _ => "deny",
    };
    assert_eq!(answered, decision, "{answer:?}");
    said
}

#[tokio::test]
async fn what_is_explained_is_what_the_gate_does() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let (mut omar, mut liam) = (world.browser(), world.browser());
    liam.sign_in("liam").await;
    let said = both(&api, &mut liam, LIAM, "pass", "managed").await;
    assert_eq!(said["checks"][1]["answer"], "Managed: acme.com is verified, and the account is claimed.");

    omar.sign_in("omar").await;
    let said = both(&api, &mut omar, OMAR, "challenge", "no-proof").await;
    assert_eq!((&said["policy"], said.get("lastVerifiedAt")), (&"default".into(), None));
    omar.verify(&world, "omar", OMAR).await;
    both(&api, &mut omar, OMAR, "pass", "fresh-proof").await;
    world.advance(Duration::from_secs(7 * 86_400));
    let api = Api::new(&world).await;
    both(&api, &mut omar, OMAR, "challenge", "proof-expired").await;

    let off = json!({ "name": "Partners", "domains": ["partner.example"], "verification": "off" });
    let made = api.post("/admin/control/v1/orgs/default/external-user-policy", off).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let said = both(&api, &mut omar, OMAR, "pass", "verification-off").await;
    assert_eq!(said["policy"], "Partners");

    let id = account(&api, LIAM).await;
    let suspend = format!("/admin/v1/orgs/default/directory/users/{id}/suspend-access");
    assert_eq!(api.post(&suspend, json!({})).await.status, StatusCode::OK);
    both(&api, &mut liam, LIAM, "deny", "account-suspended").await;
}

async fn account(api: &Api, email: &str) -> String {
    let (name, domain) = email.split_once('@').unwrap();
    let search = json!({ "emailUsernames": { "eq": [name] }, "emailDomains": { "eq": [domain] } });
    let found = api.post("/admin/v1/orgs/default/users/search", search).await.json();
    found["data"][0]["accountId"].as_str().unwrap_or_else(|| panic!("{found}")).to_owned()
}

#[tokio::test]
async fn an_explanation_needs_an_address_and_a_site_of_ours() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    for (query, said) in [
        (format!("site={JIRA}&email=nobody"), "email is not as expected: an address"),
        (format!("site={JIRA}"), "email is not as expected: an address"),
        ("email=a@b.example&site=other.test".to_owned(), "a site of the organization, one of"),
    ] {
        let answer = api.get(&format!("/admin/control/v1/orgs/default/explain?{query}")).await;
        let detail = answer.json()["errors"][0]["detail"].to_string();
        assert!(answer.status == StatusCode::BAD_REQUEST && detail.contains(said), "{query}: {detail}");
    }
    let stranger = explained(&api, "stranger@nowhere.example").await;
    assert_eq!((&stranger["isKnown"], &stranger["reason"]), (&false.into(), &"no-proof".into()));
}
