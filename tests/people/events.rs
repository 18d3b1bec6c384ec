//! The audit log by the API: what is in it, who sees it, how it is followed and exported.

use http::{Method, StatusCode};
use postern::domain::api_key::Scopes;
use postern::domain::organization::OrganizationId;
use postern::store::{AuditAction, AuditEvent};
use serde_json::{Value, json};

use super::{OMAR, PAGE, until_counted};
use crate::admin::{Api, code};
use crate::gateway::organizations::divide;
use crate::support::world::World;

const EVENTS: &str = "/admin/v1/orgs/default/events";
const STREAM: &str = "/admin/v1/orgs/default/events-stream";

fn actions(page: &Value) -> Vec<String> {
    let events = page["data"].as_array().unwrap().iter();
    events.map(|event| event["attributes"]["action"].as_str().unwrap().to_owned()).collect()
}

async fn write(world: &World, organization: &str, action: AuditAction, subject: &str) {
    let organization = OrganizationId::parse(organization).unwrap();
    let event = AuditEvent::new("ada", action, subject).of(&organization);
    world.app.store.write().await.unwrap().commit(event, world.clock.now()).await.unwrap();
}

#[tokio::test]
async fn a_walk_of_an_external_person_is_in_the_log_with_where_they_were() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut omar = world.browser();
    omar.verify(&world, "omar", OMAR).await;
    omar.sign_out().await;
    until_counted(&world, "SELECT count(*) FROM audit WHERE action = 'user_login'", 1).await;
    until_counted(&world, "SELECT count(*) FROM audit WHERE action = 'external_user_blocked'", 1).await;
    let page = api.get(&format!("{EVENTS}?q={OMAR}")).await.json();
    let told = actions(&page);
    for expected in [
        "user_login",
        "external_user_blocked",
        "external_user_challenged",
        "external_user_verified",
        "external_user_signed_out",
    ] {
        let event =
            page["data"].as_array().unwrap().iter().find(|event| event["attributes"]["action"] == expected);
        let attributes = &event.unwrap_or_else(|| panic!("{expected} is not in {told:?}"))["attributes"];
        assert_eq!(attributes["location"]["ip"], "127.0.0.1", "{expected}");
        assert_eq!(attributes["actor"]["email"], OMAR, "{expected}");
        assert_eq!(attributes["context"][0]["type"], "users");
        assert_eq!(attributes["container"][0]["id"], "jira.test", "{expected}");
    }
    let blocked = api.get(&format!("{EVENTS}?action=external_user_blocked")).await.json();
    let detail = &blocked["data"][0]["attributes"]["context"][0]["attributes"]["detail"];
    assert_eq!(detail["reason"], "no-proof");
    assert!(detail["receipt"].is_string(), "by which it is found in the access log");
    world.app.store.verify_audit_chain().await.unwrap();
}

#[tokio::test]
async fn managed_people_are_in_the_log_when_they_sign_in_and_not_when_they_work() {
    let world = World::start().await;
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    for _ in 0..3 {
        assert_eq!(liam.open(PAGE).await.status, StatusCode::OK);
    }
    world.advance(std::time::Duration::from_secs(120));
    assert_eq!(liam.open(PAGE).await.status, StatusCode::OK, "the product was asked again");
    let mut mia = world.browser();
    mia.sign_in("mia").await;
    mia.open(PAGE).await;
    let liam = "SELECT count(*) FROM audit WHERE action = 'user_login' AND subject = 'liam@acme.com'";
    until_counted(
        &world,
        "SELECT count(*) FROM audit WHERE action = 'user_login' AND subject = 'mia@acme.com'",
        1,
    )
    .await;
    assert_eq!(world.count(liam).await, 1);
}

#[tokio::test]
async fn t121_an_organization_reads_its_own_log_and_not_the_gateways() {
    let world = World::start().await;
    divide(&world);
    let ours = Api::new(&world).await;
    let theirs = Api::with(&world, OrganizationId::parse("partner").unwrap(), Scopes::Everything).await;
    write(&world, "partner", AuditAction::DomainAdded, "secret.example").await;
    let page = theirs.get("/admin/v1/orgs/partner/events?q=secret.example").await.json();
    let id = page["data"][0]["id"].as_str().unwrap();
    assert_eq!(theirs.get(&format!("/admin/v1/orgs/partner/events/{id}")).await.status, StatusCode::OK);
    for list in ["/admin/v1", "/admin/v2"] {
        let foreign = ours.get(&format!("{list}/orgs/default/events/{id}")).await;
        assert_eq!((foreign.status, code(&foreign).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-4"));
        let odd = ours.get(&format!("{list}/orgs/default/events/7")).await;
        assert_eq!(odd.status, StatusCode::NOT_FOUND);
    }
    for target in [EVENTS, STREAM, "/admin/control/v1/orgs/default/events/export"] {
        let answer = ours.get(target).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert!(
            !answer.body.contains("secret.example") && !answer.body.contains("store_created"),
            "{target}"
        );
    }
}

#[tokio::test]
async fn a_list_has_pages_and_an_event_has_what_clients_need() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    for number in 0..7 {
        write(&world, "default", AuditAction::DomainAdded, &format!("d{number}.example")).await;
    }
    let (mut next, mut subjects) = (Some(format!("{EVENTS}?action=domain_added&limit=3")), Vec::new());
    while let Some(target) = next {
        let page = api.get(&target).await.json();
        assert_eq!(page["meta"]["page_size"], page["data"].as_array().unwrap().len());
        for event in page["data"].as_array().unwrap() {
            subjects.push(event["attributes"]["context"][0]["id"].as_str().unwrap().to_owned());
            let here = event["links"]["self"].as_str().unwrap();
            assert_eq!(&api.get(here).await.json()["data"], event);
        }
        next = page["links"]["next"].as_str().map(ToOwned::to_owned);
    }
    assert_eq!(subjects, (0..7).rev().map(|number| format!("d{number}.example")).collect::<Vec<_>>());
    let millis = world.clock.now().as_millisecond();
    let count =
        async |query: String| api.get(&format!("{EVENTS}?{query}")).await.json()["meta"]["page_size"].clone();
    assert_eq!(count(format!("q=d3.example&from={millis}&to={millis}")).await, 1);
    assert_eq!(count(format!("q=d3.example&from={}", millis + 1)).await, 0);
    assert_eq!(count("actor%5B%5D=ada&action=domain_added,domain_removed&limit=500".to_owned()).await, 7);
    assert_eq!(count("ip=192.0.2.7".to_owned()).await, 0);
    for (wrong, expected) in [
        ("from=yesterday", "ADMIN-400-3"),
        ("to=1e9", "ADMIN-400-3"),
        ("ip=here", "ADMIN-400-4"),
        ("product=jira", "ADMIN-400-4"),
        ("limit=501", "ADMIN-400-4"),
        ("limit=-1", "ADMIN-400-4"),
        ("cursor=AAAA", "ADMIN-400-1"),
        ("actor=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u", "ADMIN-400-4"),
    ] {
        let answer = api.get(&format!("{EVENTS}?{wrong}")).await;
        assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::BAD_REQUEST, expected), "{wrong}");
    }
}

#[tokio::test]
async fn a_stream_goes_on_with_what_is_newer_than_its_last_cursor() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut cursor = None;
    for round in 0..4 {
        for number in 0..3 {
            write(&world, "default", AuditAction::DomainAdded, &format!("r{round}n{number}.example")).await;
        }
        let mut seen = Vec::new();
        loop {
            let query = cursor.as_ref().map_or(String::new(), |cursor| format!("&cursor={cursor}"));
            let page = api.get(&format!("{STREAM}?limit=2{query}")).await.json();
            cursor = Some(page["meta"]["next"].as_str().expect("always there").to_owned());
            let events = page["data"].as_array().unwrap();
            assert!(events.iter().all(|event| event["attributes"]["processedAt"].is_string()));
            let subjects = events.iter().map(|event| &event["attributes"]["context"][0]["id"]);
            seen.extend(subjects.map(|subject| subject.as_str().unwrap().to_owned()));
            if page["links"]["next"].is_null() {
                break;
            }
        }
        seen.retain(|subject| subject.ends_with(".example") && subject.starts_with('r'));
        assert_eq!(seen, (0..3).map(|number| format!("r{round}n{number}.example")).collect::<Vec<_>>());
    }
    let newest = api.get(&format!("{STREAM}?limit=1&sortOrder=desc")).await.json();
    assert_eq!(newest["data"][0]["attributes"]["context"][0]["id"], "r3n2.example");
    let cursor = newest["meta"]["next"].as_str().unwrap();
    let older = api.get(&format!("{STREAM}?limit=1&cursor={cursor}&sortOrder=asc")).await.json();
    assert_eq!(
        older["data"][0]["attributes"]["context"][0]["id"], "r3n1.example",
        "the order is in the cursor"
    );
    for wrong in ["sortOrder=up", &format!("cursor={cursor}x"), "limit=0"] {
        assert_eq!(api.get(&format!("{STREAM}?{wrong}")).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let list_cursor = api.get(&format!("{EVENTS}?limit=1")).await.json()["meta"]["next"].clone();
    let other = api.get(&format!("{STREAM}?cursor={}", list_cursor.as_str().unwrap())).await;
    assert_eq!(code(&other), "ADMIN-400-1", "a cursor belongs to one list");
}

#[tokio::test]
async fn every_action_is_listed_with_a_name_and_a_group() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let listed = api.get("/admin/v1/orgs/default/event-actions").await.json()["data"].clone();
    let ids: Vec<&str> =
        listed.as_array().unwrap().iter().map(|action| action["id"].as_str().unwrap()).collect();
    for known in ["user_login", "external_user_verified", "group_created", "external_user_sessions_reset"] {
        assert!(ids.contains(&known), "{known}");
    }
    assert!(!ids.contains(&"store_created"), "which no organization's log has");
    for action in listed.as_array().unwrap() {
        let attributes = &action["attributes"];
        assert!(
            attributes["displayName"].is_string() && attributes["groupDisplayName"].is_string(),
            "{action}"
        );
    }
}

#[tokio::test]
async fn t134_t136_t138_an_export_is_a_file_without_formulas_and_an_event_is_one_record() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    for odd in [
        "=HYPERLINK(\"http://evil.test\")",
        "+1",
        "<script>alert(1)</script>",
        "a\n\u{1b}[31mb",
        "quote\"d, cell",
    ] {
        write(&world, "default", AuditAction::DomainAdded, odd).await;
    }
    let export = api.get("/admin/control/v1/orgs/default/events/export?action=domain_added").await;
    assert_eq!((export.status, export.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    let mut reader = csv::Reader::from_reader(export.body.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 5);
    assert!(
        rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])),
        "{rows:?}"
    );
    let subjects: Vec<&str> = rows.iter().map(|row| row.get(5).unwrap()).collect();
    assert_eq!(subjects[4], "'=HYPERLINK(\"http://evil.test\")");
    assert_eq!(subjects[1], "a\n\u{1b}[31mb");
    let listed = api.get(&format!("{EVENTS}?action=domain_added")).await;
    assert_eq!(listed.header("content-type"), "application/json");
    assert!(!listed.body.contains('\u{1b}') && !listed.body.contains('\n'), "escaped");
    assert_eq!(world.count("SELECT count(*) FROM audit WHERE action = 'audit_log_exported'").await, 1);
}

#[tokio::test]
async fn t137_no_route_changes_the_log() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    write(&world, "default", AuditAction::DomainAdded, "d.example").await;
    let page = api.get(&format!("{EVENTS}?q=d.example")).await.json();
    let one = page["data"][0]["links"]["self"].as_str().unwrap().to_owned();
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        for target in [EVENTS, STREAM, one.as_str(), "/admin/v1/orgs/default/event-actions"] {
            let answer = api.ask(method.clone(), target, Some(json!({}))).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {target}");
        }
    }
    assert_eq!(api.get(&one).await.status, StatusCode::OK);
}
