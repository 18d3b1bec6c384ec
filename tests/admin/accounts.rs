//! Accounts by the API: lists and searches in both versions, and who is kept out.

use std::time::Duration;

use http::{Method, StatusCode};
use postern::clock;
use postern::domain::api_key::Scopes;
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::{Api, code};
use crate::gateway::organizations::divide;
use crate::support::client::{Answer, Browser};
use crate::support::process::PATIENCE;
use crate::support::world::World;

const USERS: &str = "/admin/v1/orgs/default/users";
const DIRECTORY: &str = "/admin/v2/orgs/default/directories/-/users";

/// The addresses of a page, whichever way it is shown.
fn emails(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let entries = answer.json()["data"].as_array().unwrap().clone();
    entries.iter().map(|entry| entry["email"].as_str().unwrap().to_owned()).collect()
}

/// The id of the account of an address.
pub async fn id(api: &Api, email: &str) -> String {
    let found = api.post(&format!("{DIRECTORY}/search"), json!({ "emails": [email] })).await;
    found.json()["data"][0]["accountId"].as_str().unwrap_or_else(|| panic!("{found:?}")).to_owned()
}

async fn until(browser: &mut Browser, is_so: impl Fn(&Answer) -> bool) {
    let since = clock::stopwatch();
    while !is_so(&browser.open("/browse/DEMO-1").await) {
        assert!(clock::stopwatch() - since < PATIENCE, "it never acted");
    }
}

#[tokio::test]
async fn managed_accounts_are_listed_page_by_page_with_their_total() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let first = api.get(&format!("{USERS}?limit=1")).await;
    assert_eq!(emails(&first), ["liam@acme.com"]);
    let user = &first.json()["data"][0];
    assert_eq!((&user["account_type"], &user["account_status"]), (&"atlassian".into(), &"active".into()));
    assert_eq!((&user["name"], &user["product_access"]), (&"Liam Hart".into(), &json!([])));
    assert!(user["picture"].as_str().unwrap().starts_with("data:"));
    assert_eq!(first.json()["meta"]["total"], 2);
    let second = api.get(first.json()["links"]["next"].as_str().unwrap()).await;
    assert_eq!(
        (emails(&second), &second.json()["meta"]["total"]),
        (vec!["mia@acme.com".to_owned()], &json!(2))
    );
    assert_eq!(second.json()["links"].as_object().unwrap().len(), 1, "the last page has itself alone");
    let profile = api.get(user["links"]["self"].as_str().unwrap()).await;
    assert_eq!(profile.json()["account"]["email"], "liam@acme.com");
    for cursor in ["x", "LYWFhYQ", &"A".repeat(5000)] {
        let answer = api.get(&format!("{USERS}?cursor={cursor}")).await;
        assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::BAD_REQUEST, "ADMIN-400-1"));
    }
}

#[tokio::test]
async fn a_search_takes_a_query_or_a_body_and_both_spellings() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let search = format!("{USERS}/search");
    let by_query = async |query: &str| emails(&api.get(&format!("{search}?{query}")).await);
    let by_body = async |body: Value| emails(&api.post(&search, body).await);
    assert_eq!(by_query("limit=10000").await.len(), 5, "managed or not");
    assert_eq!(by_query("emailDomains=gmail.com&emailDomains=partner.example").await.len(), 2);
    assert_eq!(by_query("emailDomains=gmail.com,partner.example").await.len(), 2);
    assert_eq!(by_query("nameOrNicknames=Mia%20Chen").await, ["mia@acme.com"]);
    assert_eq!(by_query("namesOrNicknames=Mia%20Chen&isSuspended=False").await, ["mia@acme.com"]);
    assert_eq!(by_query("isSuspended=True").await, [""; 0]);
    for spelling in ["namesOrNicknames", "nameOrNicknames"] {
        assert_eq!(by_body(json!({ spelling: { "contains": "DOE" } })).await.len(), 2);
    }
    assert_eq!(by_body(json!({ "emailUsernames": { "eq": ["OMAR"] } })).await, ["omar@partner.example"]);
    assert_eq!(by_body(json!({ "emailDomains": { "contains": "mail" } })).await, ["jane@gmail.com"]);
    assert_eq!(by_body(json!({ "accountStatuses": ["inactive", "closed"] })).await, [""; 0]);
    assert_eq!(by_body(json!({ "accountIds": ["nobody"] })).await, [""; 0]);
    let page = api.post(&search, json!({ "limit": 2 })).await;
    let cursor = page.json()["meta"]["next"].as_str().unwrap().to_owned();
    assert_eq!(by_body(json!({ "limit": 200, "cursor": cursor })).await.len(), 3);
    for wrong in [
        json!({ "namesOrNicknames": { "contains": "ab" } }),
        json!({ "accountStatuses": ["odd"] }),
        json!({ "limit": 10001 }),
        json!({ "limit": 0 }),
        json!({ "emailDomains": { "eq": ["a b"] } }),
        json!({ "accountIds": "x" }),
    ] {
        assert_eq!(api.post(&search, wrong.clone()).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_directory_is_searched_by_claim_status_and_address_and_term() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let search = format!("{DIRECTORY}/search");
    let found = async |body: Value| emails(&api.post(&search, body).await);
    assert_eq!(found(json!({ "claimStatus": "managed" })).await, ["liam@acme.com", "mia@acme.com"]);
    assert_eq!(
        found(json!({ "claimStatus": "unmanaged" })).await,
        ["jane@acme.com", "jane@gmail.com", "omar@partner.example"],
        "the three rows of the truth table that are external"
    );
    assert_eq!(
        found(json!({ "claimStatus": "unmanaged", "emailDomains": ["acme.com"] })).await,
        ["jane@acme.com"]
    );
    assert_eq!(found(json!({ "searchTerm": "OMA" })).await, ["omar@partner.example"]);
    assert_eq!(
        found(json!({ "unknown": 1, "status": ["active"], "membershipStatus": ["suspended"] })).await,
        [""; 0]
    );
    let first = api.post(&search, json!({ "limit": 3 })).await;
    let next = first.json()["links"]["next"].as_str().unwrap().to_owned();
    assert!(!next.contains("://"), "a bare cursor");
    assert_eq!(found(json!({ "cursor": next })).await.len(), 2);
    assert_eq!(
        emails(&api.get(&format!("{DIRECTORY}?claimStatus=managed&limit=1")).await),
        ["liam@acme.com"]
    );
    for wrong in [
        json!({ "searchTerm": "omar", "emails": ["a@b.test"] }),
        json!({ "searchTerm": "om" }),
        json!({ "claimStatus": "both" }),
        json!({ "mfaEnabled": true }),
        json!({ "roleIds": ["x"] }),
        json!({ "status": ["odd"] }),
        json!({ "cursor": "x" }),
    ] {
        assert_eq!(api.post(&search, wrong.clone()).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let directories = api.get("/admin/v2/orgs/default/directories").await.json();
    let own = directories["data"][0]["directoryId"].as_str().unwrap();
    let users = format!("/admin/v2/orgs/default/directories/{own}/users");
    assert_eq!(api.get(&format!("{users}/count")).await.json(), json!({ "count": 5 }));
    let stats = api.get(&format!("{users}/stats")).await.json()["data"].clone();
    assert_eq!((&stats["managed"], &stats["unmanaged"], &stats["active"]), (&json!(2), &json!(3), &json!(5)));
    let other = format!("/admin/v2/orgs/default/directories/{}/users/count", uuid::Uuid::from_u128(7));
    assert_eq!(api.get(&other).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_is_suspended_is_kept_out_and_comes_in_again_when_restored() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK);
    let id = id(&api, "liam@acme.com").await;
    let v1 = format!("/admin/v1/orgs/default/directory/users/{id}");
    let v2 = format!("{DIRECTORY}/{id}");
    let (is_out, is_in) = (
        |answer: &Answer| answer.status == StatusCode::FORBIDDEN,
        |answer: &Answer| answer.status == StatusCode::OK,
    );
    let suspended = api.ask(Method::POST, &format!("{v1}/suspend-access"), None).await;
    assert_eq!(
        suspended.json(),
        json!({ "message": format!("Access to organization default was suspended for user {id}") })
    );
    until(&mut liam, is_out).await;
    let shown = api.get(&v2).await.json()["data"].clone();
    assert_eq!((&shown["status"], &shown["membershipStatus"]), (&"suspended".into(), &"suspended".into()));
    assert_eq!(api.ask(Method::POST, &format!("{v1}/restore-access"), None).await.status, StatusCode::OK);
    // Earlier sign-ins ended with the access.
    let is_sent_away = |answer: &Answer| answer.status == StatusCode::UNAUTHORIZED;
    until(&mut liam, is_sent_away).await;
    world.advance(Duration::from_secs(1));
    liam.sign_in("liam").await;
    until(&mut liam, is_in).await;
    assert_eq!(api.ask(Method::POST, &format!("{v2}/suspend"), None).await.status, StatusCode::NO_CONTENT);
    until(&mut liam, is_out).await;
    assert_eq!(api.ask(Method::POST, &format!("{v2}/restore"), None).await.status, StatusCode::NO_CONTENT);
    until(&mut liam, is_sent_away).await;
    world.advance(Duration::from_secs(1));
    liam.sign_in("liam").await;
    until(&mut liam, is_in).await;
    assert_eq!(api.delete(&v1).await.status, StatusCode::NO_CONTENT);
    until(&mut liam, is_out).await;
    assert_eq!(api.delete(&v2).await.status, StatusCode::NO_CONTENT, "once more is no mistake");
    let dates = api.get(&format!("{v1}/last-active-dates")).await.json();
    assert_eq!((&dates["data"]["product_access"], &dates["links"]), (&json!([]), &json!({})));
    assert_eq!(dates["data"]["added_to_org"], "2027-01-15");
    let written = "SELECT count(*) FROM audit WHERE subject = 'liam@acme.com' AND api_key IS NOT NULL \
                   AND action IN ('account_suspended', 'account_restored', 'account_removed')";
    assert_eq!(world.count(written).await, 5, "each change once");
}

#[tokio::test]
async fn t121_an_account_of_another_organization_is_nobodys() {
    let world = World::start().await;
    divide(&world);
    let (api, other) = (
        Api::new(&world).await,
        Api::with(&world, OrganizationId::parse("partner").unwrap(), Scopes::Everything).await,
    );
    let liam = id(&api, "liam@acme.com").await;
    let random = uuid::Uuid::from_u128(7).to_string();
    let v1 = "/admin/v1/orgs/partner/directory/users";
    let v2 = "/admin/v2/orgs/partner/directories/-/users";
    for (method, path) in [
        (Method::GET, format!("{v2}/ID")),
        (Method::DELETE, format!("{v2}/ID")),
        (Method::POST, format!("{v2}/ID/suspend")),
        (Method::POST, format!("{v2}/ID/restore")),
        (Method::DELETE, format!("{v1}/ID")),
        (Method::POST, format!("{v1}/ID/suspend-access")),
        (Method::POST, format!("{v1}/ID/restore-access")),
        (Method::GET, format!("{v1}/ID/last-active-dates")),
    ] {
        let answers = [&liam, &random].map(|id| path.replace("ID", id));
        let foreign = other.ask(method.clone(), &answers[0], None).await;
        let unknown = other.ask(method.clone(), &answers[1], None).await;
        assert_eq!(
            (foreign.status, code(&foreign)),
            (StatusCode::NOT_FOUND, "ADMIN-404-8".to_owned()),
            "{path}"
        );
        assert_eq!(unknown.json()["errors"][0]["detail"], foreign.json()["errors"][0]["detail"]);
    }
    assert_eq!(emails(&other.get("/admin/v1/orgs/partner/users").await), [""; 0]);
    let directories = other.get("/admin/v2/orgs/partner/directories").await.json();
    assert_ne!(
        directories["data"][0]["directoryId"],
        api.get("/admin/v2/orgs/default/directories").await.json()["data"][0]["directoryId"]
    );
    assert!(api.get(&format!("{DIRECTORY}/{liam}")).await.json()["data"]["status"] == "active");
}
