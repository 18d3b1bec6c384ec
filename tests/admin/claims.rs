//! Claims by the API: all, some by file or list, new ones; and what the gate makes of them.

use http::{Method, StatusCode};
use postern::clock;
use serde_json::{Value, json};

use super::Api;
use crate::support::client::Answer;
use crate::support::process::PATIENCE;
use crate::support::world::World;

const DOMAINS: &str = "/admin/control/v1/orgs/default/domains";

/// The place of the claims of acme.com.
async fn claims(api: &Api) -> String {
    let listed = api.get(DOMAINS).await.json();
    format!("{DOMAINS}/{}/claims", listed["data"][0]["id"].as_str().unwrap())
}

async fn upload(api: &Api, target: &str, file: impl Into<hyper::body::Bytes>) -> Answer {
    let key = format!("Bearer {}", api.key);
    let headers = [("authorization", key.as_str()), ("content-type", "text/csv; charset=utf-8")];
    api.send(Method::POST, target, &headers, file).await
}

fn outcomes(answer: &Answer) -> Vec<(Value, Value)> {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let rows = answer.json()["data"]["rows"].as_array().unwrap().clone();
    rows.iter()
        .map(|row| (row["value"].clone(), row.get("reason").unwrap_or(&row["outcome"]).clone()))
        .collect()
}

#[tokio::test]
async fn accounts_of_a_file_are_claimed_and_unclaimed_and_each_row_is_answered() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let claims = claims(&api).await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    let file = "Email\r\njane@acme.com\r\nliam@acme.com\r\nJANE@acme.com\r\nomar@partner.example\r\nnobody@acme.com\r\nodd\r\n";
    let expected = |first: &str, second: &str| {
        [
            ("jane@acme.com", first),
            ("liam@acme.com", second),
            ("JANE@acme.com", "repeated"),
            ("omar@partner.example", "other_domain"),
            ("nobody@acme.com", "unknown_account"),
            ("odd", "malformed"),
        ]
        .map(|(value, outcome)| (value.into(), outcome.into()))
    };
    let dry = upload(&api, &format!("{claims}/claim?dryRun=true"), file).await;
    assert_eq!(outcomes(&dry), expected("succeeded", "unchanged"));
    assert!(jane.open("/browse/DEMO-1").await.is_challenge(), "nothing was done");
    let done = upload(&api, &format!("{claims}/claim"), file).await;
    assert_eq!(outcomes(&done), expected("succeeded", "unchanged"));
    let data = done.json()["data"].clone();
    assert_eq!((&data["succeeded"], &data["failed"], &data["repeated"]), (&json!(1), &json!(3), &json!(1)));
    let since = clock::stopwatch();
    while jane.open("/browse/DEMO-1").await.status != StatusCode::OK {
        assert!(clock::stopwatch() - since < PATIENCE, "it never acted");
    }
    assert_eq!(
        api.get(&claims).await.json()["data"],
        json!({ "claimsNew": false, "managed": 3, "unmanaged": 0 })
    );
    let policies = "SELECT count(*) FROM accounts WHERE claimed = 1 AND policy IS NOT NULL";
    assert_eq!(world.count(policies).await, 3, "each in a policy");

    let list =
        api.post(&format!("{claims}/unclaim"), json!({ "emails": ["jane@acme.com", "mia@acme.com"] })).await;
    assert_eq!(outcomes(&list).len(), 2);
    let since = clock::stopwatch();
    while !jane.open("/browse/DEMO-1").await.is_challenge() {
        assert!(clock::stopwatch() - since < PATIENCE, "it never acted");
    }
    assert_eq!(world.count("SELECT count(*) FROM accounts WHERE policy IS NOT NULL").await, 1);
    assert_eq!(world.count("SELECT count(*) FROM audit WHERE action = 'account_unclaimed'").await, 2);
    let all = api.ask(Method::POST, &format!("{claims}/all"), None).await;
    assert_eq!(all.json(), json!({ "data": { "claimed": 2 } }));
    let again = api.ask(Method::POST, &format!("{claims}/all"), None).await;
    assert_eq!(again.json(), json!({ "data": { "claimed": 0 } }));
}

#[tokio::test]
async fn t130_a_file_of_too_many_rows_or_bytes_changes_nothing() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let claims = claims(&api).await;
    let many: String = (0..10_000).map(|number| format!("user{number}@acme.com\n")).collect();
    let full = upload(&api, &format!("{claims}/claim"), many.clone()).await;
    assert_eq!((full.status, &full.json()["data"]["failed"]), (StatusCode::OK, &json!(10_000)));
    let over = upload(&api, &format!("{claims}/claim"), format!("jane@acme.com\n{many}")).await;
    assert_eq!(over.status, StatusCode::UNPROCESSABLE_ENTITY, "{over:?}");
    let large = upload(&api, &format!("{claims}/claim"), vec![b'x'; 5 * 1024 * 1024 + 1]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let odd = upload(&api, &format!("{claims}/claim"), "jane@acme.com,liam@acme.com\n").await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    let key = format!("Bearer {}", api.key);
    let other = [("authorization", key.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let answer = api.send(Method::POST, &format!("{claims}/claim"), &other, "jane@acme.com").await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(api.get(&claims).await.json()["data"]["managed"], 2, "as before");
}

#[tokio::test]
async fn t134_an_export_has_the_documented_columns_and_no_formula() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let claims = claims(&api).await;
    let liam = super::accounts::id(&api, "liam@acme.com").await;
    let body = json!({ "name": "=HYPERLINK(1)" });
    api.ask(Method::PATCH, &format!("/users/{liam}/manage/profile"), Some(body)).await;
    let export = api.get(&format!("{claims}/export")).await;
    assert_eq!(export.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = export.body.lines().collect();
    assert_eq!(lines.len(), 4, "{}", export.body);
    assert!(
        lines[0]
            .starts_with("Name,Email,Atlassian ID,Status,Last active,Claimed,Billable,Policy type,SAML SSO")
    );
    assert!(
        lines[1].starts_with("Jane Doe,jane@acme.com,") && lines[1].contains(",Active,,No,No,"),
        "{}",
        lines[1]
    );
    assert!(
        lines[2].starts_with("'=HYPERLINK(1),liam@acme.com,") && lines[2].contains(",Yes,Yes,"),
        "{}",
        lines[2]
    );
    let again = upload(&api, &format!("{claims}/unclaim?dryRun=1"), export.body.clone()).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "a switch is true or false");
    let again = upload(&api, &format!("{claims}/unclaim?dryRun=true"), export.body).await;
    assert_eq!(again.json()["data"]["succeeded"], 2, "an export is read back: {again:?}");
}

#[tokio::test]
async fn only_a_verified_domain_claims_and_says_whether_new_accounts_are() {
    let world = World::with("[domains]\nallow_special_use = true\n").await;
    let api = Api::new(&world).await;
    let acme = claims(&api).await;
    let set = api.put(&acme, json!({ "claimsNew": true })).await;
    assert_eq!(set.json()["data"], json!({ "claimsNew": true, "managed": 2, "unmanaged": 1 }));
    let added = api.post(DOMAINS, json!({ "name": "corp.test" })).await.json()["data"]["id"].clone();
    let corp = format!("{DOMAINS}/{}/claims", added.as_str().unwrap());
    assert_eq!(api.put(&corp, json!({ "claimsNew": true })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        api.ask(Method::POST, &format!("{corp}/all"), None).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let listed = api.post(&format!("{corp}/claim"), json!({ "emails": ["a@corp.test"] })).await;
    assert_eq!(listed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(api.put(&acme, json!({})).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn t157_t158_what_only_looks_like_an_address_of_the_domain_claims_nobody() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let claims = claims(&api).await;
    let pretending = [
        "\"jane@acme.com\"@acme.com",
        "jane@else.test(@acme.com)",
        "=?utf-8?q?jane=40x?=@acme.com",
        "jane@[127.0.0.1]",
        "jane@acme.com\u{0}@else.test",
        "jane@@acme.com",
        "jane@acme.com.",
        "jane\u{ff20}acme.com",
        "\u{fb01}@acme.com",
        "\u{17f}@acme.com",
        "l\u{131}am@acme.com",
        "jane\u{200b}@acme.com",
        "ja\u{0301}ne@acme.com",
        "jane@\u{430}cme.com",
        "jane%acme.com@else.test",
        "jane+x@acme.com",
    ];
    let answer = api.post(&format!("{claims}/claim"), json!({ "emails": pretending })).await;
    for (value, outcome) in outcomes(&answer) {
        let known = ["malformed", "other_domain", "unknown_account"];
        assert!(known.contains(&outcome.as_str().unwrap()), "{value} {outcome}");
    }
    assert_eq!(api.get(&claims).await.json()["data"]["managed"], 2, "as before");
    let answer = api.post(&format!("{claims}/claim"), json!({ "emails": ["JANE@ACME.COM"] })).await;
    assert_eq!(answer.json()["data"]["succeeded"], 1, "one mailbox has one spelling");
}
