//! Domains by the API: a domain is added, proved and removed, and the gate follows.

use http::{Method, StatusCode};
use postern::clock;
use postern::domain::api_key::Scopes;
use postern::domain::organization::OrganizationId;
use serde_json::json;

use super::{Api, code};
use crate::gateway::organizations::divide;
use crate::support::process::PATIENCE;
use crate::support::world::World;
use crate::support::zone::Zone;

const KEPT: &str = "/admin/control/v1/orgs/default/domains";

#[tokio::test]
async fn a_domain_is_added_proved_and_removed() {
    let zone = Zone::start().await;
    let world = World::with(&zone.settings()).await;
    let api = Api::new(&world).await;
    let added = api.post(KEPT, json!({ "name": "Corp.TEST." })).await;
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    let domain = added.json()["data"].clone();
    assert_eq!((&domain["name"], &domain["status"]), (&"corp.test".into(), &"unverified".into()));
    let one = format!("{KEPT}/{}", domain["id"].as_str().unwrap());

    let early = api.post(&format!("{one}/verify"), json!({})).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = early.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
    assert!(said.contains("corp.test is not verified: there is no such domain"), "{said}");
    let line = domain["toPublish"]["txtRecord"].as_str().unwrap();
    zone.publish("corp.test", line);
    let verified = api.ask(Method::POST, &format!("{one}/verify"), None).await;
    assert_eq!(verified.status, StatusCode::OK, "{verified:?}");
    let data = &verified.json()["data"];
    assert_eq!(
        (&data["status"], &data["isVerified"], &data["verifiedBy"]),
        (&"verified".into(), &true.into(), &"dns".into())
    );

    let listed = api.get("/admin/v2/orgs/default/domains").await.json();
    let names: Vec<_> =
        listed["data"].as_array().unwrap().iter().map(|domain| &domain["attributes"]["name"]).collect();
    assert_eq!(names, ["acme.com", "corp.test"]);
    assert_eq!(listed["data"][0]["attributes"]["claim"], json!({ "type": "import", "status": "verified" }));
    let here = listed["data"][1]["links"]["self"].as_str().unwrap();
    assert_eq!(api.get(here).await.json()["data"], listed["data"][1]);

    assert_eq!(api.delete(&one).await.status, StatusCode::NO_CONTENT);
    for gone in [&one, here] {
        let answer = api.get(gone).await;
        assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-3"));
    }
    let written = "SELECT count(*) FROM audit WHERE subject = 'corp.test' AND actor = 'test' AND address = '127.0.0.1' \
                   AND api_key IS NOT NULL AND organization = 'default'";
    assert_eq!(world.count(written).await, 4, "added, not found, verified, removed");
}

#[tokio::test]
async fn what_the_api_changes_acts_at_the_gate_without_a_restart() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK, "managed");
    let listed = api.get(KEPT).await.json();
    let id = listed["data"][0]["id"].as_str().unwrap();
    assert_eq!(api.delete(&format!("{KEPT}/{id}")).await.status, StatusCode::NO_CONTENT);
    let since = clock::stopwatch();
    while !liam.open("/browse/DEMO-1").await.is_challenge() {
        assert!(clock::stopwatch() - since < PATIENCE, "it never acted");
    }
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page_and_each_domain_once() {
    let world = World::with("[domains]\nallow_special_use = true\n").await;
    let api = Api::new(&world).await;
    for number in 0..7 {
        assert_eq!(
            api.post(KEPT, json!({ "name": format!("d{number}.test") })).await.status,
            StatusCode::CREATED
        );
    }
    for list in ["/admin/v1/orgs/default/domains", KEPT] {
        let (mut next, mut names) = (Some(format!("{list}?limit=3&more=1")), Vec::new());
        while let Some(target) = next {
            let page = api.get(&target).await.json();
            assert!(page["data"].as_array().unwrap().len() <= 3);
            for domain in page["data"].as_array().unwrap() {
                let name =
                    if domain["name"].is_null() { &domain["attributes"]["name"] } else { &domain["name"] };
                names.push(name.as_str().unwrap().to_owned());
            }
            next = page["links"]["next"].as_str().map(ToOwned::to_owned);
            assert_eq!(next.is_some(), page["meta"]["next"].is_string());
            assert!(next.as_ref().is_none_or(|next| next.contains("limit=3&more=1&cursor=")), "{next:?}");
        }
        let mut expected = vec!["acme.com".to_owned()];
        expected.extend((0..7).map(|number| format!("d{number}.test")));
        assert_eq!(names, expected);
    }
    for wrong in ["cursor=acme.com", "cursor=AAAA", "limit=0", "limit=201", "limit=1e9", "limit=-1"] {
        let answer = api.get(&format!("{KEPT}?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}: {answer:?}");
        assert_eq!(code(&answer), if wrong.starts_with('c') { "ADMIN-400-1" } else { "ADMIN-400-4" });
    }
}

#[tokio::test]
async fn t121_a_domain_of_another_organization_is_one_that_does_not_exist() {
    let world = World::start().await;
    divide(&world);
    let ours = Api::new(&world).await;
    let partner = OrganizationId::parse("partner").unwrap();
    let theirs = Api::with(&world, partner, Scopes::Everything).await;
    let theirs_kept = "/admin/control/v1/orgs/partner/domains";
    let added = theirs.post(theirs_kept, json!({ "name": "corp.com" })).await.json();
    let id = added["data"]["id"].as_str().unwrap();
    let nobody = uuid::Uuid::from_u128(7).to_string();
    for (method, path) in [
        (Method::GET, "/admin/v1/orgs/default/domains/ID"),
        (Method::GET, "/admin/v2/orgs/default/domains/ID"),
        (Method::GET, "/admin/control/v1/orgs/default/domains/ID"),
        (Method::POST, "/admin/control/v1/orgs/default/domains/ID/verify"),
        (Method::DELETE, "/admin/control/v1/orgs/default/domains/ID"),
    ] {
        let foreign = ours.ask(method.clone(), &path.replace("ID", id), None).await;
        let unknown = ours.ask(method, &path.replace("ID", &nobody), None).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!((code(&foreign), foreign.status), (code(&unknown), unknown.status));
    }
    assert!(!ours.get(KEPT).await.body.contains("corp.com"));
    assert_eq!(theirs.get(&format!("{theirs_kept}/{id}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_domain_that_nobody_can_own_is_refused_with_the_reason() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    for (name, reason) in [("gmail.com", "to anybody"), ("co.uk", "suffix"), ("-x.com", ""), ("", "")] {
        let answer = api.post(KEPT, json!({ "name": name })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {answer:?}");
        let detail = answer.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with("name: ") && detail.contains(reason), "{detail}");
    }
    for (body, place) in [
        ("{}", "missing field `name`"),
        ("{\"name\": 7}", "name: "),
        ("[", "EOF"),
        ("", "EOF"),
        ("{\"name\":\"a.com\"} x", "trailing"),
    ] {
        let key = format!("Bearer {}", api.key);
        let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
        let answer = api.send(Method::POST, KEPT, &headers, body).await;
        assert_eq!(
            (answer.status, code(&answer).as_str()),
            (StatusCode::BAD_REQUEST, "ADMIN-400-24"),
            "{body}"
        );
        assert!(answer.body.contains(place), "{body}: {answer:?}");
    }
    assert_eq!(world.count("SELECT count(*) FROM domains").await, 1);
}
