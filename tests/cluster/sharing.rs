//! What one gateway decided counts at the others.

use std::time::Duration;

use http::StatusCode;
use postern::clock;
use tokio::task::JoinSet;

use super::{DEVICE, JANE, PROOF, at, installations, mail, server, verified};
use crate::support::process::WIDE_LIMITS;
use crate::support::raw::Raw;

#[tokio::test]
async fn a_code_of_one_gateway_is_taken_by_another_and_once_by_all_of_them() {
    let Some(server) = server() else { return };
    let both = installations(server, 2, WIDE_LIMITS).await;
    let (one, other) = (both[0].start().await, both[1].start().await);
    let mut jane = one.browser();
    jane.sign_in("jane").await;
    let page = jane.challenge("/browse/DEMO-1").await;
    let code = mail(&both[0], &mut jane, JANE).await.code();
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let refusal = at(&other, &jane).submit(&page, wrong).await;
    assert!(refusal.body.contains("4 tries left"), "{}", refusal.body);
    let refusal = jane.submit(&page, wrong).await;
    assert!(refusal.body.contains("3 tries left"), "the other one's try counts: {}", refusal.body);

    let mut windows = JoinSet::new();
    for number in 0..8 {
        let mut window = at(if number % 2 == 0 { &one } else { &other }, &jane);
        let fields =
            [("token", page.field("token")), ("return", page.field("return")), ("code", code.clone())];
        windows.spawn(async move {
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = window.post("/.postern/verify", &fields).await;
            (window, answer.status)
        });
    }
    let answered = windows.join_all().await;
    let proven: Vec<_> = answered
        .iter()
        .filter(|(_, status)| *status == StatusCode::SEE_OTHER)
        .map(|(window, _)| window)
        .collect();
    assert_eq!(proven.len(), 1, "{:?}", answered.iter().map(|(_, status)| status).collect::<Vec<_>>());
    for running in [&one, &other] {
        assert_eq!(at(running, proven[0]).open("/browse/DEMO-1").await.status, StatusCode::OK);
        let again = at(running, &jane).submit(&page, &code).await;
        assert_ne!(again.status, StatusCode::SEE_OTHER, "it worked twice");
    }
}

#[tokio::test]
async fn t114_a_sign_out_at_one_gateway_is_known_to_the_other_within_a_second() {
    let Some(server) = server() else { return };
    let both = installations(server, 2, "").await;
    let (one, other) = (both[0].start().await, both[1].start().await);
    let mut jane = verified(&both[0], &one, "jane", JANE).await;
    assert_eq!(
        at(&other, &jane).open("/browse/DEMO-1").await.status,
        StatusCode::OK,
        "the proof counts there too"
    );
    // The same browser once more, signed in at the product, with the proof kept.
    let kept = [DEVICE, PROOF].map(|name| (name.to_owned(), jane.cookies[name].clone()));
    let mut again = other.browser();
    again.sign_in("jane").await;
    again.cookies.extend(kept);
    assert_eq!(again.open("/browse/DEMO-1").await.status, StatusCode::OK);

    jane.sign_out().await;
    let since = clock::stopwatch();
    while !again.open("/browse/DEMO-1").await.is_challenge() {
        assert!(clock::stopwatch() - since < Duration::from_secs(1), "it was not known within a second");
    }
}

#[tokio::test]
async fn a_reset_at_one_gateway_is_known_to_the_other_within_a_second() {
    let Some(server) = server() else { return };
    let both = installations(server, 2, "").await;
    let (one, other) = (both[0].start().await, both[1].start().await);
    let mut jane = verified(&both[0], &one, "jane", JANE).await;
    let mut there = at(&other, &jane);
    assert_eq!(there.open("/browse/DEMO-1").await.status, StatusCode::OK);
    let key = both[0].command(&["admin", "create-key", "resets"]).await.stdout.trim().to_owned();
    let path = "/admin/control/v1/orgs/default/external-user-policy/default/reset-sessions";
    let reset = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nContent-Length: 0\r\n\r\n",
        one.admin
    );
    let mut admin = Raw::connect(one.admin).await;
    admin.send(reset).await;
    let (answer, since) = (admin.head().await, clock::stopwatch());
    assert_eq!(answer.status, 204, "{answer:?}");
    for browser in [&mut there, &mut jane] {
        while !browser.open("/browse/DEMO-1").await.is_challenge() {
            assert!(clock::stopwatch() - since < Duration::from_secs(1), "it was not known within a second");
        }
    }
}

#[tokio::test]
async fn an_import_at_one_gateway_acts_at_all_of_them() {
    let Some(server) = server() else { return };
    let both = installations(server, 2, "").await;
    let other = both[1].start().await;
    let mut jane = other.browser();
    jane.sign_in("jane").await;
    assert!(jane.open("/browse/DEMO-1").await.is_challenge(), "nobody claimed her yet");
    let people = crate::support::world::PEOPLE.replace("Jane Doe,jane,no", "Jane Doe,jane,yes");
    std::fs::write(both[0].path("people.csv"), people).unwrap();
    let ended = both[0].command(&["import", "people.csv"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let since = clock::stopwatch();
    while jane.open("/browse/DEMO-1").await.status != StatusCode::OK {
        assert!(clock::stopwatch() - since < crate::support::process::PATIENCE, "the import never acted");
    }
}

#[tokio::test]
async fn a_second_gateway_never_makes_keys_of_its_own() {
    let Some(server) = server() else { return };
    let both = installations(server, 2, "").await;
    let keys = both[1].path("keys");
    std::fs::remove_file(&keys).unwrap();
    let ended = both[1].command(&["init"]).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.stderr.contains("copy that of the gateway that made the store"), "{ended:?}");
    assert!(!keys.exists());
    let ended = both[0].command(&["init"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stdout.contains("Kept the key file") && ended.stdout.contains("Kept the store"),
        "{ended:?}"
    );
}
