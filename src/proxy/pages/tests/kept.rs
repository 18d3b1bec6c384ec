//! The pages of forms that were kept and of browsers, for the gallery, and with hostile texts.

use jiff::Timestamp;
use uuid::Uuid;

use super::{HOSTILE, frame, site};
use crate::actions::BrowserRow;
use crate::domain::account::Family;
use crate::domain::browser::Browser;
use crate::domain::email::EmailAddress;
use crate::domain::held_form::HeldForm;
use crate::domain::language::Language;
use crate::domain::organization::OrganizationId;
use crate::proxy::pages::Frame;
use crate::proxy::pages::browsers::{BrowsersPage, ListedBrowser};
use crate::proxy::pages::held::{HeldPage, UnsentPage};

/// Each of them, with a name.
pub fn gallery(frame: &Frame) -> Vec<(String, String)> {
    with(frame, "half of my work")
}

fn with(frame: &Frame, text: &str) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    let fields = vec![("comment".to_owned(), text.to_owned())];
    let form = HeldForm { target: "/secure/AddComment.jspa?id=1".into(), is_multipart: true, fields };
    for form in [Some((form, "7".repeat(32))), None] {
        let name = if form.is_some() { "held" } else { "held-gone" };
        let (frame, site) = (frame.clone(), site("Acme", "jira.acme.test"));
        pages.push((name.into(), HeldPage { frame, site, form, front: "/".into() }.html()));
    }
    let row = BrowserRow {
        id: Uuid::nil(),
        organization: OrganizationId::only(),
        email: EmailAddress::parse("jane@partner.test").unwrap(),
        device: [1; 16],
        family: Family([2; 16]),
        site: "jira.acme.test".into(),
        browser: Browser { program: Some("Firefox"), system: Some("Windows") },
        network: "192.0.2.x".into(),
        first_verified_at: Timestamp::UNIX_EPOCH,
        last_verified_at: Timestamp::UNIX_EPOCH,
    };
    let unknown = BrowserRow { browser: Browser::of(text), ..row.clone() };
    let listed = vec![ListedBrowser { row, is_here: true }, ListedBrowser { row: unknown, is_here: false }];
    for list in [listed, Vec::new()] {
        let name = if list.is_empty() { "browsers-none" } else { "browsers" };
        let (frame, site) = (frame.clone(), site("Acme", "jira.acme.test"));
        pages.push((name.into(), BrowsersPage { frame, site, list, form_token: "dG9rZW4".into() }.html()));
    }
    let unsent = UnsentPage {
        frame: frame.clone(),
        site: site("Acme", "jira.acme.test"),
        challenge: "/.postern/challenge?return=/".into(),
        receipt: "K7QM-2XVD-94HT".into(),
    };
    pages.push(("unsent".into(), unsent.html()));
    pages
}

#[test]
fn t116_what_somebody_sent_is_inert_and_comes_back_whole() {
    let pages = with(&frame(Language::English), HOSTILE);
    for (name, html) in &pages {
        assert!(!html.contains("<svg"), "{name}: {html}");
    }
    let (_, held) = pages.iter().find(|(name, _)| name == "held").unwrap();
    let field = "<input type=\"hidden\" name=\"comment\" value=\"&#34;&#62;&#60;svg onload=1&#62;\">";
    assert!(held.contains(field) && held.contains("enctype=\"multipart/form-data\""), "{held}");
    let (_, browsers) = pages.iter().find(|(name, _)| name == "browsers").unwrap();
    assert!(browsers.contains("Firefox on Windows") && browsers.contains("An unknown browser"));
    assert_eq!(browsers.matches("<button").count(), 2, "the one that is used is not ended here");
}
