//! What the gate decided is explained by its receipt, tried on other policies, and a policy is what it was again.

use std::time::Duration;

use http::{Method, StatusCode};
use postern::domain::api_key::Scopes;
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::{OMAR, PAGE, until};
use crate::admin::Api;
use crate::gateway::organizations::divide;
use crate::support::world::World;

const ORG: &str = "/admin/control/v1/orgs/default";
const HOUR: Duration = Duration::from_secs(3_600);

/// What is kept of a receipt, as soon as it is.
async fn explained(api: &Api, receipt: &str) -> Value {
    let path = format!("{ORG}/decisions/{receipt}");
    until(receipt, async || api.get(&path).await.status == StatusCode::OK).await;
    api.get(&path).await.json()["data"].clone()
}

#[tokio::test]
async fn a_receipt_is_explained_to_the_organization_whose_site_it_was() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut omar = world.browser();
    omar.sign_in("omar").await;
    let refused = omar.open(PAGE).await;
    assert!(refused.is_challenge());
    let receipt = refused.header("x-postern-receipt").to_owned();
    let said = explained(&api, &receipt).await;
    assert_eq!(
        (&said["who"], &said["decision"], &said["reason"]),
        (&OMAR.into(), &"challenge".into(), &"no-proof".into())
    );
    let asked: Vec<&str> =
        said["checks"].as_array().unwrap().iter().map(|check| check["question"].as_str().unwrap()).collect();
    assert_eq!(asked, ["account", "managed", "policy", "verification", "mailbox"]);
    assert!(said["remedy"].as_str().unwrap().contains("a code from their mailbox"), "{said}");
    assert_eq!(said["inputs"]["session"]["person"]["email"], OMAR);
    assert_eq!(said["lane"], "browser");

    // As somebody reads it out on the phone.
    let spoken = receipt.to_lowercase().replace('0', "o");
    assert_eq!(explained(&api, &format!("{}-{}", &spoken[..6], &spoken[6..])).await, said);
    for nothing in ["000000000000", "no-receipt"] {
        assert_eq!(api.get(&format!("{ORG}/decisions/{nothing}")).await.status, StatusCode::NOT_FOUND);
    }

    // A program is refused with a receipt too, and the same again within a minute is not kept.
    let problem = omar.fetch("/rest/api/2/myself").await;
    let again = omar.fetch("/rest/api/2/myself").await;
    let said = explained(&api, problem.json()["receipt"].as_str().unwrap()).await;
    assert_eq!((&said["lane"], &said["reason"]), (&"background".into(), &"no-proof".into()));
    // What is no decision about a person has a reason, and nothing that it was decided by.
    let odd = omar.open("/.postern/nothing").await;
    assert_eq!(odd.status, StatusCode::NOT_FOUND);
    let said = explained(&api, odd.header("x-postern-receipt")).await;
    assert_eq!((&said["reason"], said.get("inputs")), (&"unknown-page".into(), None));
    let again = format!("{ORG}/decisions/{}", again.json()["receipt"].as_str().unwrap());
    assert_eq!(api.get(&again).await.status, StatusCode::NOT_FOUND);

    omar.verify(&world, "omar", OMAR).await;
    world.advance(Duration::from_secs(1));
    assert_eq!(omar.open(PAGE).await.status, StatusCode::OK);
    let about = format!("{ORG}/decisions?who={OMAR}");
    until("what passed", async || api.get(&about).await.json()["data"][0]["reason"] == "fresh-proof").await;
    assert_eq!(api.get(&format!("{ORG}/decisions")).await.status, StatusCode::BAD_REQUEST);

    // T121: nobody else is told, and nobody else's people are forecast.
    divide(&world);
    let partner = Api::with(&world, OrganizationId::parse("partner").unwrap(), Scopes::Everything).await;
    let theirs = ORG.replace("default", "partner");
    for path in [format!("{theirs}/decisions/{receipt}"), format!("{ORG}/decisions/{receipt}")] {
        assert_eq!(partner.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let none = partner.post(&format!("{theirs}/forecast"), json!({})).await;
    assert_eq!(none.json()["data"]["requests"], 0, "{none:?}");
}

/// A week in which nothing is enforced says what would have been, also by another policy; and a change can be undone.
#[tokio::test]
async fn a_forecast_says_who_would_be_asked_and_an_undone_policy_is_what_it_was() {
    let world =
        World::with("[verification]\nmode = \"report\"\n[admin]\nrequests_per_minute = 100000\n").await;
    let api = Api::new(&world).await;
    let (mut omar, mut liam) = (world.browser(), world.browser());
    omar.sign_in("omar").await;
    liam.sign_in("liam").await;
    for _ in 0..6 {
        assert_eq!(omar.open(PAGE).await.status, StatusCode::OK);
        assert_eq!(liam.open(PAGE).await.status, StatusCode::OK);
        world.advance(HOUR);
    }
    let forecast = async |body: Value| api.post(&format!("{ORG}/forecast"), body).await;
    let enough = async || forecast(json!({})).await.json()["data"]["requests"].as_u64() >= Some(12);
    until("the store", enough).await;
    let now = forecast(json!({ "days": 1 })).await.json()["data"]["now"].clone();
    assert_eq!(
        (&now["people"], &now["peopleAsked"], &now["codes"]),
        (&2.into(), &1.into(), &1.into()),
        "{now}"
    );
    assert_eq!(now["burdened"][0]["who"], OMAR);

    let often = json!({ "policy": "default", "settings": { "frequencySeconds": 7_200 } });
    let tried = forecast(often.clone()).await.json()["data"].clone();
    assert_eq!(tried["then"]["codes"], 3, "{tried}");
    assert_eq!(
        (&tried["differences"][0]["who"], &tried["differences"][0]["change"]),
        (&OMAR.into(), &"more-often".into())
    );
    let staff = json!({ "policy": "Default policy", "settings": { "sessionExpirationMinutes": 120 } });
    let tried = forecast(staff).await;
    assert_eq!(tried.json()["data"]["differences"][0]["change"], "newly-asked", "{tried:?}");
    for (body, status) in [
        (json!({ "policy": "nobody's", "settings": {} }), StatusCode::NOT_FOUND),
        (json!({ "policy": "default" }), StatusCode::BAD_REQUEST),
        (json!({ "days": 91 }), StatusCode::BAD_REQUEST),
        (json!({ "policy": "default", "settings": { "frequency": 1 } }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(forecast(body.clone()).await.status, status, "{body}");
    }

    let policies = format!("{ORG}/external-user-policy");
    let draft = json!({ "name": "Partners", "domains": ["partner.example"], "frequencySeconds": 7_200 });
    let made = api.post(&policies, draft).await.json()["data"].clone();
    let id = made["id"].as_str().unwrap().to_owned();
    let other = json!({ "name": "Friends", "domains": ["other.example"], "verification": "off" });
    assert_eq!(api.ask(Method::PUT, &format!("{policies}/{id}"), Some(other)).await.status, StatusCode::OK);
    let former = api.get(&format!("{ORG}/policy-history?policy={id}")).await.json()["data"].clone();
    assert_eq!(
        (&former[0]["name"], &former[0]["settings"]["verification"]),
        (&"Partners".into(), &"on".into())
    );
    let undo = async |policy: &str| {
        api.post(&format!("{ORG}/policy-history/undo"), json!({ "policy": policy })).await
    };
    assert_eq!(undo("Friends").await.status, StatusCode::OK);
    let again = api.get(&format!("{policies}/{id}")).await.json()["data"].clone();
    assert_eq!(
        (&again["name"], &again["domains"][0], &again["version"]),
        (&"Partners".into(), &"partner.example".into(), &3.into())
    );
    assert_eq!(undo("Partners").await.json()["data"]["name"], "Friends", "twice puts back what was undone");
    assert_eq!(
        api.ask(Method::DELETE, &format!("{policies}/{id}"), None).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(undo("Friends").await.json()["data"]["name"], "Friends", "it is made again");
    assert_eq!(undo("nobody's").await.status, StatusCode::NOT_FOUND);
    let staff = json!({ "policy": "Default policy" });
    let nothing = api.post(&format!("{ORG}/policy-history/undo"), staff).await;
    assert_eq!(nothing.status, StatusCode::CONFLICT, "{nothing:?}");
}
