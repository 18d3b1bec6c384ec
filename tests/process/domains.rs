//! `postern domain`, as an operator types it beside a running gateway.

use http::StatusCode;
use postern::clock;
use postern::demo::demo_people;

use crate::support::process::{Installation, PATIENCE, Running};
use crate::support::zone::Zone;

const PEOPLE: &str =
    "type,domain,email,name,username,claimed\naccount,,omar@partner.example,Omar Aziz,omar,yes\n";

async fn until_managed(running: &Running, is_managed: bool) {
    let mut omar = running.browser();
    omar.sign_in("omar").await;
    let since = clock::stopwatch();
    loop {
        let answer = omar.open("/browse/DEMO-1").await;
        assert!(
            answer.status == StatusCode::OK || answer.is_challenge(),
            "{} {}",
            answer.status,
            answer.body
        );
        if (answer.status == StatusCode::OK) == is_managed {
            return;
        }
        assert!(clock::stopwatch() - since < PATIENCE, "it never acted");
    }
}

#[tokio::test]
async fn a_domain_is_added_verified_listed_and_removed_beside_a_running_gateway() {
    let zone = Zone::start().await;
    let installation = Installation::with(demo_people(), &zone.settings()).await;
    std::fs::write(installation.path("people.csv"), PEOPLE).unwrap();
    assert_eq!(installation.command(&["import", "people.csv"]).await.code, Some(0));
    let running = installation.start().await;
    let ended = installation.command(&["domain", "list"]).await;
    assert!(ended.code == Some(0) && ended.stdout.contains("There are no domains yet"), "{ended:?}");

    let ended = installation.command(&["domain", "add", "Partner.Example"]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    for piece in [
        "partner.example. IN TXT \"postern-domain-verification=",
        "https://partner.example/postern-domain-verification.html",
        "postern domain verify partner.example --by dns",
        "postern domain verify partner.example --by http",
    ] {
        assert!(ended.stdout.contains(piece), "{piece}: {ended:?}");
    }
    let line = ended.stdout.split('"').nth(1).unwrap();
    let ended = installation.command(&["domain", "verify", "partner.example"]).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.stderr.contains("partner.example is not verified: there is no such domain"), "{ended:?}");
    until_managed(&running, false).await;

    zone.publish("partner.example", line);
    let verify = ["domain", "verify", "partner.example", "--by", "dns"];
    let ended = installation.command(&verify).await;
    assert!(ended.code == Some(0) && ended.stdout.starts_with("Verified partner.example."), "{ended:?}");
    until_managed(&running, true).await;
    let ended = installation.command(&["domain", "list", "--organization", "default"]).await;
    let row: Vec<&str> = ended.stdout.lines().nth(1).unwrap().split_whitespace().take(3).collect();
    assert_eq!(row, ["partner.example", "verified", "dns"], "{ended:?}");

    let ended = installation.command(&["domain", "remove", "partner.example"]).await;
    assert!(ended.code == Some(0) && ended.stdout.starts_with("Removed partner.example."), "{ended:?}");
    until_managed(&running, false).await;
}

#[tokio::test]
async fn what_is_no_domain_or_no_way_to_prove_one_is_refused_with_a_reason() {
    let zone = Zone::start().await;
    let installation = Installation::with(demo_people(), &zone.settings()).await;
    for (arguments, code, said) in [
        (&["domain", "add", "gmail.com"][..], 1, "gives mail addresses to anybody"),
        (&["domain", "add", "co.uk"], 1, "public suffix"),
        (&["domain", "verify", "acme.test"], 1, "was not added"),
        (&["domain", "remove", "acme.test"], 1, "no domain of this organization"),
        (
            &["domain", "add", "acme.test", "--organization", "other"],
            1,
            "there is no organization \"other\"; there are: default",
        ),
        (&["domain", "verify", "acme.test", "--by", "mail"], 64, "possible values: dns, http"),
        (&["domain", "add"], 64, "<NAME>"),
        (&["domain"], 64, "Usage"),
    ] {
        let ended = installation.command(arguments).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(code), ""), "{arguments:?} {ended:?}");
        assert!(ended.stderr.contains(said), "{arguments:?} {ended:?}");
    }
}
