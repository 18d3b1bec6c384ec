//! People from outside by the API: who answers for them and until when they come, what the gate makes of that, and files of them.

use std::time::Duration;

use http::{Method, StatusCode};
use postern::clock;
use postern::domain::api_key::{Scope, Scopes};
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::{OMAR, PAGE, until};
use crate::admin::{Api, code};
use crate::gateway::organizations::divide;
use crate::support::client::Answer;
use crate::support::process::PATIENCE;
use crate::support::world::World;

const EXTERNALS: &str = "/admin/control/v1/orgs/default/external-users";
const EXPORTS: &str = "/admin/control/v1/orgs/default/exports";
const INVITE: &str = "/admin/v2/orgs/default/users/invite";
const DAY: Duration = Duration::from_secs(86_400);

/// The usual world, whose organization says whom to ask and has an admin. It is 2027-01-15T08:00:00Z.
async fn with_office(more: &str) -> World {
    let world =
        World::with("[admin]\nrequests_per_minute = 1000000\nurls = [\"https://admin.acme.com\"]\n").await;
    let name = "name = \"Acme\"\n";
    let office = "contact = \"the <b>desk</b>\"\nadmins = [\"ada@acme.com\"]\n";
    world.reload(name, &format!("{name}{office}{more}")).unwrap();
    world
}

async fn list(api: &Api, query: &str) -> Vec<String> {
    let page = api.get(&format!("{EXTERNALS}?{query}")).await;
    assert_eq!(page.status, StatusCode::OK, "{query}: {page:?}");
    let people = page.json()["data"].as_array().unwrap().clone();
    people.iter().map(|person| person["email"].as_str().unwrap().to_owned()).collect()
}

async fn external(api: &Api, email: &str) -> Value {
    let page = api.get(&format!("{EXTERNALS}?searchTerm={email}")).await.json();
    page["data"][0].clone()
}

async fn change(api: &Api, id: &Value, body: Value) -> Answer {
    api.ask(Method::PATCH, &format!("{EXTERNALS}/{}", id.as_str().unwrap()), Some(body)).await
}

#[tokio::test]
async fn an_external_person_has_a_sponsor_and_an_end_and_is_refused_from_then_on() {
    let world = with_office("").await;
    let api = Api::new(&world).await;
    let mut omar = world.browser();
    omar.verify(&world, "omar", OMAR).await;
    assert_eq!(omar.open(PAGE).await.status, StatusCode::OK);

    let person = external(&api, OMAR).await;
    assert_eq!((&person["standing"], person.get("sponsor")), (&"active".into(), None));
    assert_eq!(person["lastVerified"], "2027-01-15T08:00:00Z", "{person}");
    let id = person["accountId"].clone();
    let wrong = change(&api, &id, json!({ "sponsor": "jane@acme.com", "endsOn": "May" })).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    let fields: Vec<_> =
        wrong.json()["errors"].as_array().unwrap().iter().map(|error| error["detail"].clone()).collect();
    assert!(
        fields[0].as_str().unwrap().starts_with("sponsor: ")
            && fields[1].as_str().unwrap().starts_with("endsOn: ")
    );
    let changed = change(&api, &id, json!({ "sponsor": "liam@acme.com", "endsOn": "2027-01-20" })).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    let person = changed.json()["data"].clone();
    assert_eq!(
        (&person["sponsor"]["email"], &person["endsOn"]),
        (&"liam@acme.com".into(), &"2027-01-21T00:00:00Z".into())
    );
    assert_eq!(external(&api, OMAR).await["sponsor"], person["sponsor"]);
    let liam = person["sponsor"]["accountId"].as_str().unwrap();
    for (query, expected) in [
        (format!("sponsor={liam}"), &[OMAR][..]),
        ("standing=ended".to_owned(), &[]),
        ("endsBefore=2027-01-19".to_owned(), &[]),
        ("endsBefore=2027-01-21".to_owned(), &[OMAR]),
        ("emailDomains=partner.example&standing=active".to_owned(), &[OMAR]),
        (String::new(), &["jane@acme.com", "jane@gmail.com", OMAR]),
    ] {
        assert_eq!(list(&api, &query).await, expected, "{query}");
    }
    let first = api.get(&format!("{EXTERNALS}?limit=2")).await.json();
    let next = first["links"]["next"].as_str().unwrap();
    let rest = api.get(&format!("{EXTERNALS}?limit=2&cursor={next}")).await.json();
    assert_eq!((first["data"].as_array().unwrap().len(), &rest["data"][0]["email"]), (2, &OMAR.into()));
    assert_eq!(rest["links"], json!({}), "the last page");
    let managed = change(&api, &liam.into(), json!({ "endsOn": "2027-01-20" })).await;
    assert_eq!(managed.status, StatusCode::CONFLICT, "{managed:?}");

    // A fresh proof is worth nothing then.
    world.advance(DAY * 5 + Duration::from_secs(16 * 3_600));
    until("the end", async || omar.open(PAGE).await.status == StatusCode::FORBIDDEN).await;
    world.set_back(Duration::from_secs(1));
    assert_eq!(omar.open(PAGE).await.status, StatusCode::OK, "the day itself counts");
    world.advance(Duration::from_secs(1));
    let page = omar.open(PAGE).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.body.contains("Your access ended") && page.body.contains("You can ask the &#60;b&#62;desk"),
        "{}",
        page.body
    );
    world.jira.clear_received();
    let problem = omar.fetch("/rest/api/2/myself").await;
    assert_eq!(
        (&problem.json()["code"], &problem.json()["contact"]),
        (&"access-ended".into(), &"the <b>desk</b>".into())
    );
    assert!(world.reached_jira().is_empty(), "nothing of it reached the product");
    assert_eq!(
        (list(&api, "standing=ended").await, list(&api, "standing=active").await.len()),
        (vec![OMAR.to_owned()], 2)
    );
    let mut again = world.browser();
    again.sign_in("omar").await;
    assert_eq!(again.open(PAGE).await.status, StatusCode::FORBIDDEN, "a new sign-in is no way in");

    let kept = change(&api, &id, json!({ "endsOn": null })).await.json()["data"].clone();
    assert_eq!((kept.get("endsOn"), &kept["sponsor"]["email"]), (None, &"liam@acme.com".into()));
    until("the end is gone", async || omar.open(PAGE).await.status == StatusCode::OK).await;
    let told = "SELECT count(*) FROM audit WHERE action = 'external_user_terms_changed'";
    assert_eq!(world.count(told).await, 2);
    world.app.store.verify_audit_chain().await.unwrap();
}

#[tokio::test]
async fn people_are_invited_on_terms_and_their_sponsor_is_told_before_the_end() {
    let world = with_office("").await;
    let api = Api::new(&world).await;
    let invitation = |emails: &[&str], sponsor: &str, ends_on: &str| json!({ "emails": emails, "sponsor": sponsor, "endsOn": ends_on, "sendNotification": false });
    for (body, status, place) in [
        (
            invitation(&["a@b.example"], "omar@partner.example", "2027-05-31"),
            StatusCode::UNPROCESSABLE_ENTITY,
            "sponsor",
        ),
        (
            invitation(&["a@b.example"], "liam@acme.com", "tomorrow"),
            StatusCode::UNPROCESSABLE_ENTITY,
            "endsOn",
        ),
        (
            invitation(&["a@b.example", "mia@acme.com"], "liam@acme.com", "2027-05-31"),
            StatusCode::CONFLICT,
            "managed",
        ),
    ] {
        let answer = api.post(INVITE, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {answer:?}");
        assert!(answer.body.contains(place), "{body}: {answer:?}");
    }
    assert_eq!(world.count("SELECT count(*) FROM accounts WHERE email = 'a@b.example'").await, 0);
    let company = json!({ "name": "Partner", "domains": ["partner.example"] });
    let company =
        api.post("/admin/control/v1/orgs/default/companies", company).await.json()["data"]["id"].clone();
    let invited =
        api.post(INVITE, invitation(&[OMAR, "new@else.example"], "liam@acme.com", "2027-01-24")).await;
    assert_eq!(invited.status, StatusCode::OK, "{invited:?}");
    assert_eq!(
        list(&api, &format!("group={}", company.as_str().unwrap())).await,
        [OMAR],
        "by the company's domain"
    );
    assert_eq!(external(&api, OMAR).await["groups"][0]["kind"], "company");

    // Housekeeping goes round on its own each minute; here it is asked.
    world.app.accounts.load().remind_due().await.unwrap();
    let told = async |to: &str| world.mails().iter().filter(|mail| mail.to == to).count();
    until("the mails", async || told("liam@acme.com").await == 2).await;
    let mail = world.newest_mail("liam@acme.com");
    assert!(mail.text.contains("until 25 January 2027, 00:00 UTC, which is in 10 days"), "{}", mail.text);
    let omar = external(&api, OMAR).await;
    assert_eq!(omar["reminderOn"], "2027-01-22T00:00:00Z", "the second time");
    let world = world.restart().await;
    let api = Api::new(&world).await;
    assert_eq!(world.app.accounts.load().remind_due().await.unwrap(), 0, "a restart tells nobody again");
    change(&api, &omar["accountId"], json!({ "sponsor": null })).await;
    world.app.accounts.load().remind_due().await.unwrap();
    until("the admin is told", async || world.mails().iter().any(|mail| mail.to == "ada@acme.com")).await;
    assert!(world.newest_mail("ada@acme.com").text.contains("nobody answers for them"));
}

/// Waits for an export, and gives where its file is.
pub async fn made(api: &Api, begun: &Answer) -> String {
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{begun:?}");
    let (link, since) = (begun.json()["taskLink"].as_str().unwrap().to_owned(), clock::stopwatch());
    loop {
        let shown = api.get(&link.replace("https://admin.acme.com", "")).await;
        assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
        if let Some(file) = shown.json()["data"]["fileLink"].as_str() {
            return file.to_owned();
        }
        assert!(since.elapsed() < PATIENCE, "it was never made: {shown:?}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_file_of_external_people_is_fetched_with_its_key_or_by_a_mailed_link_where_that_is_wanted() {
    let world = with_office("export_links = \"bearer\"\n").await;
    let owned = Api::owned(&world, "ada@acme.com").await;
    let mut omar = world.browser();
    omar.verify(&world, "omar", OMAR).await;
    let begun = owned.ask(Method::POST, &format!("{EXTERNALS}/export"), None).await;
    let file = made(&owned, &begun).await;
    let fetched = owned.get(&file).await;
    assert_eq!((fetched.status, fetched.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    let lines: Vec<_> = fetched.body.lines().collect();
    assert!(lines[0].starts_with(
        "Email,Atlassian ID,Last active time,User access to products,Billable for Guard Standard,"
    ));
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with(OMAR)
                && line.contains(",jira-software,No,2027-01-15T08:00:00Z,active,")),
        "{lines:?}"
    );
    let stranger = Api::new(&world).await.get(&file).await;
    assert_eq!((stranger.status, code(&stranger).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-1"));

    until("the mail", async || world.mails().iter().any(|mail| mail.to == "ada@acme.com")).await;
    let mail = world.newest_mail("ada@acme.com");
    let link =
        mail.text.lines().find_map(|line| line.strip_prefix("https://admin.acme.com")).unwrap().to_owned();
    assert!(link.starts_with("/exports/") && link.len() == 9 + 64, "{link}");
    let anybody = async |target: &str| owned.send(Method::GET, target, &[], "").await;
    for _ in 0..2 {
        let opened = anybody(&link).await;
        assert_eq!((opened.status, &opened.body), (StatusCode::OK, &fetched.body), "also the second time");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; sandbox"),
        ] {
            assert_eq!(opened.header(name), value);
        }
        assert!(
            opened.header("content-disposition").starts_with("attachment; filename=\"export-external-users-")
        );
    }
    let (nowhere, mut wrong) = (anybody("/nowhere").await, link.clone());
    wrong.replace_range(20..21, if wrong.as_bytes()[20] == b'A' { "B" } else { "A" });
    let is_no_page =
        |answer: &Answer| (answer.status, &answer.body) == (StatusCode::NOT_FOUND, &nowhere.body);
    for target in [wrong.as_str(), "/exports/x", "/exports/%00", &format!("{link}A"), &format!("{link}%20")] {
        let answer = anybody(target).await;
        assert!(is_no_page(&answer), "{target}: {answer:?}");
    }
    let posted = owned.send(Method::POST, &link, &[], "").await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED, "{posted:?}");
    let gateway = world.browser().open(&link).await;
    assert!(
        gateway.header("content-disposition").is_empty(),
        "the data plane knows nothing of it: {gateway:?}"
    );
    let downloads = "SELECT count(*) FROM audit WHERE action = 'export_downloaded'";
    assert_eq!(world.count(downloads).await, 3, "one with the key, two by the link");
    let kept = "SELECT count(*) FROM outbox WHERE body LIKE '%/exports/%'";
    assert_eq!(world.count(kept).await, 0, "the link itself is kept nowhere");

    world.reload("export_links = \"bearer\"\n", "").unwrap();
    assert!(is_no_page(&anybody(&link).await), "the organization wants no such links any more");
    world.reload("name = \"Acme\"\n", "name = \"Acme\"\nexport_links = \"bearer\"\n").unwrap();
    world.advance(DAY - Duration::from_secs(1));
    assert_eq!(anybody(&link).await.status, StatusCode::OK);
    world.advance(Duration::from_secs(1));
    assert!(is_no_page(&anybody(&link).await), "its day is over");
    let mut tries = 0;
    while anybody("/exports/x").await.status != StatusCode::TOO_MANY_REQUESTS {
        tries += 1;
        assert!(tries < 70, "nobody guesses for long");
    }
    assert_eq!(owned.get(EXTERNALS).await.status, StatusCode::OK, "and that stops nobody who has a key");
}

#[tokio::test]
async fn t121_an_external_person_of_another_organization_is_one_that_does_not_exist() {
    let world = World::start().await;
    divide(&world);
    let ours = Api::new(&world).await;
    let theirs = Api::with(&world, OrganizationId::parse("partner").unwrap(), Scopes::Everything).await;
    let id = external(&ours, OMAR).await["accountId"].clone();
    let target = format!("/admin/control/v1/orgs/partner/external-users/{}", id.as_str().unwrap());
    for (method, body) in [(Method::GET, None), (Method::PATCH, Some(json!({ "endsOn": "2020-01-01" })))] {
        let answer = theirs.ask(method, &target, body).await;
        assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-8"));
    }
    let group = ours.post("/admin/v1/orgs/default/directory/groups", json!({ "name": "Ours" })).await.json();
    let listed = theirs
        .get(&format!(
            "/admin/control/v1/orgs/partner/external-users?group={}",
            group["groupId"].as_str().unwrap()
        ))
        .await;
    assert_eq!((listed.status, code(&listed).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-10"));
    let begun = ours.ask(Method::POST, &format!("{EXTERNALS}/export"), None).await;
    made(&ours, &begun).await;
    let task = begun.json()["taskId"].as_str().unwrap().to_owned();
    for path in [
        format!("/admin/control/v1/orgs/partner/exports/{task}"),
        format!("/admin/control/v1/orgs/partner/exports/{task}/file"),
    ] {
        assert_eq!(theirs.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(ours.get(&format!("{EXPORTS}/{task}/file")).await.status, StatusCode::OK);
    let reader = Api::scoped(&world, &[Scope::ReadAccounts]).await;
    let refused = change(&reader, &id, json!({ "endsOn": null })).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for query in [
        "standing=odd",
        "endsBefore=soon",
        "sponsor=liam",
        "group=x",
        "searchTerm=ab",
        "cursor=x",
        "limit=501",
        "emailDomains=@",
    ] {
        let answer = ours.get(&format!("{EXTERNALS}?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}: {answer:?}");
    }
}
