//! Members of authentication policies in files: uploaded all or not at all, and exported for who asked.

use http::{Method, StatusCode};
use serde_json::json;

use super::auth_policies::{KEPT, made, members, over};
use super::{Api, code};
use crate::people::externals::made as exported;
use crate::support::client::Answer;
use crate::support::world::World;

async fn upload(api: &Api, target: &str, kind: &str, file: impl Into<hyper::body::Bytes>) -> Answer {
    let key = format!("Bearer {}", api.key);
    api.send(Method::POST, target, &[("authorization", key.as_str()), ("content-type", kind)], file).await
}

#[tokio::test]
async fn t131_a_file_of_members_is_tried_applied_and_told_of_row_by_row() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let strict = made(&api, "Strict").await;
    let target = format!("{KEPT}/{strict}/members/csv");
    let file = "\u{feff}Name;Email\r\nLiam;LIAM@acme.com\r\n\"Chen; Mia\";mia@acme.com\r\n;jane@acme.com\r\n;liam@acme.com\r\n";
    let tried = upload(&api, &format!("{target}?dryRun=True"), "text/csv; charset=utf-8", file).await;
    let status = over(&api, &tried).await;
    assert_eq!((&status["successCount"], &status["failureCount"]), (&2.into(), &1.into()), "{status}");
    assert_eq!(members(&api, &strict).await, [""; 0], "nothing happened");
    let applied = upload(&api, &target, "text/csv", file).await;
    assert_eq!(over(&api, &applied).await, status);
    assert_eq!(members(&api, &strict).await, ["liam@acme.com", "mia@acme.com"]);

    let link = applied.json()["taskLink"].as_str().unwrap().to_owned();
    let (mut next, mut rows) = (Some(format!("{link}/rows?limit=3")), Vec::new());
    while let Some(target) = next {
        let page = api.get(&target).await.json();
        rows.extend(page["data"].as_array().unwrap().clone());
        next = page["links"]["next"].as_str().map(str::to_owned);
    }
    let told: Vec<_> =
        rows.iter().map(|row| (row["line"].as_u64().unwrap(), row["outcome"].as_str().unwrap())).collect();
    assert_eq!(told, [(2, "succeeded"), (3, "succeeded"), (4, "failed"), (5, "repeated")]);
    assert_eq!((&rows[2]["value"], &rows[2]["reason"]), (&"jane@acme.com".into(), &"not_claimed".into()));
    let summary = api.get(&format!("{link}/summary")).await.json()["data"].clone();
    assert_eq!(
        (&summary["kind"], &summary["dryRun"], &summary["total"]),
        (&"add-members".into(), &false.into(), &3.into())
    );
}

#[tokio::test]
async fn t130_t132_t133_a_file_that_is_not_as_it_must_be_changes_nothing() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let strict = made(&api, "Strict").await;
    let target = format!("{KEPT}/{strict}/members/csv");
    let many: String = (0..10_001).map(|number| format!("user{number}@acme.com\n")).collect();
    for (kind, file, status, said) in [
        ("text/csv", many.as_bytes(), StatusCode::UNPROCESSABLE_ENTITY, "more than 10000 rows"),
        (
            "text/csv",
            b"liam@acme.com\nmia@acme.com,x\n",
            StatusCode::UNPROCESSABLE_ENTITY,
            "line 2 has several columns",
        ),
        ("text/csv", b"liam@acme.com\n\xff\xfe\n", StatusCode::UNPROCESSABLE_ENTITY, "line 2 is not UTF-8"),
        ("text/csv", b"", StatusCode::UNPROCESSABLE_ENTITY, "no addresses"),
        ("text/csv", &vec![b'\n'; 5 * 1024 * 1024 + 1], StatusCode::PAYLOAD_TOO_LARGE, "5242880 bytes"),
        ("application/json", b"{}", StatusCode::UNSUPPORTED_MEDIA_TYPE, "text/csv"),
        ("text/plain", b"liam@acme.com\n", StatusCode::UNSUPPORTED_MEDIA_TYPE, "text/csv"),
    ] {
        let answer = upload(&api, &target, kind, file.to_vec()).await;
        assert_eq!(answer.status, status, "{said}: {answer:?}");
        assert!(answer.json()["errors"][0]["detail"].as_str().unwrap().contains(said), "{answer:?}");
    }
    let key = format!("Bearer {}", api.key);
    let headers =
        [("authorization", key.as_str()), ("content-type", "text/csv"), ("content-encoding", "gzip")];
    let packed = api.send(Method::POST, &target, &headers, "\u{1f}\u{8b}").await;
    assert_eq!(packed.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{packed:?}");
    let switch = upload(&api, &format!("{target}?dryRun=maybe"), "text/csv", "liam@acme.com").await;
    assert_eq!((switch.status, code(&switch).as_str()), (StatusCode::BAD_REQUEST, "ADMIN-400-4"));
    assert_eq!(world.count("SELECT count(*) FROM tasks").await, 0);
    assert_eq!(members(&api, &strict).await, [""; 0]);
}

#[tokio::test]
async fn an_export_is_fetched_by_the_key_that_asked_for_a_day() {
    let world = World::start().await;
    let (api, other) = (Api::new(&world).await, Api::new(&world).await);
    let begun = api.ask(Method::POST, &format!("{KEPT}/export"), None).await;
    let file = exported(&api, &begun).await;
    let link = begun.json()["taskLink"].as_str().unwrap().to_owned();
    let fetched = api.get(&file).await;
    assert_eq!((fetched.status, fetched.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert!(fetched.header("content-disposition").starts_with("attachment; filename=\"export-members-"));
    let lines: Vec<_> = fetched.body.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("Name,Email,Last active time,Status,Billable,Policy name,"), "{}", lines[0]);
    assert!(lines[1].starts_with(
        "Liam Hart,liam@acme.com,,active,No,Default policy,Default,Not enforced,Optional,,30 days,"
    ));

    let stranger = other.get(&file).await;
    assert_eq!((stranger.status, code(&stranger).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-1"));
    let nobody = api.post(&format!("{KEPT}/export"), json!({ "policyId": uuid::Uuid::from_u128(9) })).await;
    assert_eq!((nobody.status, code(&nobody).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-5"));
    world.advance(std::time::Duration::from_secs(86_400));
    assert_eq!(api.get(&file).await.status, StatusCode::NOT_FOUND, "its day is over");
    assert_eq!(api.get(&link).await.status, StatusCode::OK, "what became of it can still be read");
}
