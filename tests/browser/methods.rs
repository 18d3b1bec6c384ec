//! A passkey in a real browser, with an authenticator that the browser itself plays.

use std::time::Duration;

use serde_json::json;

use crate::support::chromium::{Screen, Tab, browse};
use crate::support::world::World;

use super::{answer, arrive, jira};

const JANE: &str = "jane@acme.com";

#[tokio::test]
async fn a_passkey_is_set_up_and_takes_the_place_of_the_mail() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        jane.devtools("WebAuthn.enable", json!({})).await;
        let options = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true,
        });
        jane.devtools("WebAuthn.addVirtualAuthenticator", json!({ "options": options })).await;
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        answer(jane, &world.newest_mail(JANE).code()).await;
        jane.open(&jira(&world, "/.postern/methods?return=/browse/DEMO-1")).await;
        jane.fill("#passkey-name", "This laptop").await;
        jane.turn(jane.click("form[data-passkey] button")).await;
        assert!(jane.text("#notice").await.contains("It is set up"), "{}", jane.text("body").await);
        assert!(jane.text(".methods").await.contains("This laptop"), "{}", jane.text("body").await);
        let mails = world.mails().len();

        // The next week, nothing comes by mail.
        world.advance(Duration::from_secs(8 * 86_400));
        jane.open(&jira(&world, "/browse/DEMO-1")).await;
        assert_eq!(jane.text("h1").await, "Confirm that it is you");
        jane.turn(jane.click("form[data-passkey] button")).await;
        assert_eq!(jane.place().await, "/browse/DEMO-1");
        assert_eq!(world.mails().len(), mails + usize::from(mails == 1), "but that one was set up");
    };
    browse(Screen::Desktop, walk).await;
}
