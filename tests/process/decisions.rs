//! `postern explain`, `forecast` and `policy`, as an operator types them beside a running gateway.

use http::StatusCode;
use postern::actions::external_policies::{ExternalPolicies, Which};
use postern::clock::Clock;
use postern::domain::external_policy::{PolicyDraft, PolicySettings};
use postern::domain::organization::OrganizationId;
use postern::domain::policy::{ExternalUserPolicy, Verification};
use postern::entropy::Entropy;
use postern::store::Store;

use crate::people::until;
use crate::support::process::Installation;
use crate::support::world::PEOPLE;

const OMAR: &str = "omar@partner.example";

#[tokio::test]
async fn an_operator_explains_a_receipt_tries_a_policy_and_undoes_a_change() {
    let report = "[verification]\nmode = \"report\"";
    let installation = Installation::with(postern::demo::demo_people(), report).await;
    std::fs::write(installation.path("people.csv"), PEOPLE).unwrap();
    assert_eq!(installation.command(&["import", "people.csv"]).await.code, Some(0));
    let running = installation.start().await;
    let mut omar = running.browser();
    omar.sign_in("omar").await;
    assert_eq!(omar.open("/browse/DEMO-1").await.status, StatusCode::OK);
    let odd = omar.open("/.postern/nothing").await;
    let receipt = odd.header("x-postern-receipt").to_owned();

    until("the receipt", async || installation.command(&["explain", &receipt]).await.code == Some(0)).await;
    let ended = installation.command(&["explain", &receipt]).await;
    assert!(ended.stdout.contains("Refused, because unknown-page: "), "{ended:?}");
    let ended = installation.command(&["explain", "000000000000"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("nothing is kept of the receipt 000000000000: refused pages of a site are kept"),
        "{ended:?}"
    );
    let ended = installation.command(&["explain", "what"]).await;
    assert!(ended.stderr.contains("\"what\": is not a receipt: 12 letters and digits"), "{ended:?}");

    let said = async || installation.command(&["forecast", "--days", "1"]).await.stdout;
    until("the forecast", async || said().await.contains(OMAR)).await;
    let text = said().await;
    assert!(
        text.contains("1 of 1 people asked for a code, once")
            && text.contains("omar@partner.example  1 code"),
        "{text}"
    );
    let diff = ["policy", "diff", "default", "mode=off"];
    let ended = installation.command(&diff).await;
    assert!(ended.stdout.contains("Freed (1):\n  omar@partner.example  1 code -> nothing"), "{ended:?}");
    let ended = installation.command(&["policy", "diff", "default", "frequencySeconds=1"]).await;
    assert!(ended.stderr.contains("frequencySeconds is not a number from 900"), "{ended:?}");
    let ended = installation.command(&["policy", "diff", "nobody's", "mode=off"]).await;
    assert!(ended.stderr.contains("there is no policy \"nobody's\""), "{ended:?}");

    let ended = installation.command(&["policy", "list"]).await;
    assert!(ended.stdout.contains("authentication: \"Default policy\""), "{ended:?}");
    let ended = installation.command(&["policy", "history"]).await;
    assert_eq!(ended.stdout, "Nothing was changed yet.\n", "{ended:?}");
    let ended = installation.command(&["policy", "undo", "Default policy"]).await;
    assert!(ended.stderr.contains("no former version of the policy is kept"), "{ended:?}");

    let store = Store::open(&installation.path("postern.db")).await.unwrap();
    let policies = ExternalPolicies { store, clock: Clock::system(), entropy: Entropy::System };
    let (acme, operator) = (OrganizationId::only(), "operator".into());
    let usual = ExternalUserPolicy::default();
    let mut draft = PolicyDraft {
        name: "Partners".to_owned(),
        settings: PolicySettings::of(&usual),
        domains: vec!["partner.example".to_owned()],
        people: Vec::new(),
    };
    let made = policies.create(&acme, &draft, &operator).await.unwrap();
    draft.settings = PolicySettings::of(&ExternalUserPolicy { verification: Verification::Off, ..usual });
    policies.update(&acme, Which::Named(made.id), &draft, None, &operator).await.unwrap();
    let ended = installation.command(&["policy", "undo", "Partners"]).await;
    assert!(ended.stdout.contains("\"Partners\" is what it was, as version 3."), "{ended:?}");
    let ended = installation.command(&["policy", "history", "Partners"]).await;
    assert!(
        ended.stdout.contains("version 2, ") && ended.stdout.contains("\"verification\":\"off\""),
        "{ended:?}"
    );
    let ended = installation.command(&["policy", "diff", &made.id.to_string(), "verification=off"]).await;
    assert!(ended.stdout.contains("Freed (1):"), "{ended:?}");
}
