//! Several gateways on one PostgreSQL: real processes before one product, and a real server that can be killed.

mod handover;
mod outage;
mod sharing;

use http::StatusCode;
use postern::demo::{Product, ProductKind, demo_people};

use crate::support::client::Browser;
use crate::support::needs::left_out;
use crate::support::postgres::{OWNER, PostgresServer, shared};
use crate::support::process::{Installation, PATIENCE, Running};
use crate::support::world::{Mail, PEOPLE, behind};

const JANE: &str = "jane@acme.com";
const OMAR: &str = "omar@partner.example";
const PROOF: &str = "__Host-postern-proof";
const DEVICE: &str = "__Host-postern-device";

/// The server of all tests; where there is none that is said.
fn server() -> Option<&'static PostgresServer> {
    shared().map_err(|advice| left_out("postgresql", &advice)).ok()
}

/// Installations of one organization: one database, one key file, one folder of mails, one product.
async fn installations(server: &PostgresServer, count: usize, more: &str) -> Vec<Installation> {
    let database = server.fresh_database().await;
    let jira = behind(Product::new(ProductKind::Jira, demo_people()).router()).await;
    let mut made: Vec<Installation> = Vec::new();
    for _ in 0..count {
        let installation = Installation::before(jira, &format!("[keys]\nfile = \"keys\"\n{more}"));
        let text = installation.configuration();
        let text = text.replace("sqlite:postern.db", &server.url(OWNER, &database));
        match made.first() {
            None => {
                installation.configure(&text);
                let init = installation.command(&["init"]).await;
                assert_eq!(init.code, Some(0), "{init:?}");
                std::fs::write(installation.path("people.csv"), PEOPLE).unwrap();
                let import = installation.command(&["import", "people.csv"]).await;
                assert_eq!(import.code, Some(0), "{import:?}");
            }
            Some(first) => {
                let mails = format!("file = {:?}", first.path("mail").display().to_string());
                installation.configure(&text.replace("file = \"mail\"", &mails));
                std::fs::copy(first.path("keys"), installation.path("keys")).unwrap();
            }
        }
        made.push(installation);
    }
    made
}

/// The same browser, at another gateway.
fn at(running: &Running, browser: &Browser) -> Browser {
    running.again(browser)
}

/// The newest mail to an address, whichever gateway sent it. The page waits for it, but not for ever.
async fn mail(first: &Installation, browser: &mut Browser, to: &str) -> Mail {
    let since = postern::clock::stopwatch();
    loop {
        if let Some(mail) = first.newest_mail(to) {
            return mail;
        }
        assert!(postern::clock::stopwatch() - since < PATIENCE, "no mail to {to}");
        browser.challenge("/browse/DEMO-1").await;
    }
}

/// Somebody from outside who has just verified.
async fn verified(first: &Installation, running: &Running, name: &str, email: &str) -> Browser {
    let mut browser = running.browser();
    browser.sign_in(name).await;
    let page = browser.challenge("/browse/DEMO-1").await;
    let code = mail(first, &mut browser, email).await.code();
    assert_eq!(browser.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.open("/browse/DEMO-1").await.status, StatusCode::OK);
    browser
}
