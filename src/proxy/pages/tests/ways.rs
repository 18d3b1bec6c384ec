//! Why people are asked, and the pages of what they set up: in every state, for the galleries that hold all pages to the rules.

use std::time::Duration;

use uuid::Uuid;

use super::super::confirm::{ConfirmNotice, ConfirmPage};
use super::super::methods::{Had, MethodsNotice, MethodsPage, Setup, picture};
use super::*;
use crate::domain::method::Method;

/// Each page in each state, with a name.
pub(super) fn gallery(frame: &Frame) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for (name, page) in confirmations() {
        pages.push((format!("confirm-{name}"), ConfirmPage { frame: frame.clone(), ..page }.html()));
    }
    for (name, page) in ways() {
        pages.push((format!("methods-{name}"), MethodsPage { frame: frame.clone(), ..page }.html()));
    }
    pages
}

fn confirmations() -> [(&'static str, ConfirmPage); 3] {
    let page = ConfirmPage {
        frame: Frame::default(),
        site: site("Acme", "jira.acme.test"),
        takes_app: true,
        takes_passkey: false,
        masked_email: Some("j•••e@acme.test".into()),
        why: Why::Policy,
        frequency: Duration::from_secs(86_400),
        notice: None,
        form_token: "dG9rZW4".into(),
        aim: Aim::Page,
        return_to: ReturnTarget::parse("/browse/DEMO-1"),
        sign_out: None,
    };
    let wrong = ConfirmPage { notice: Some(ConfirmNotice::Wrong), masked_email: None, ..page.clone() };
    let often = ConfirmPage {
        notice: Some(ConfirmNotice::TooOften { wait_minutes: 5 }),
        why: Why::SecondStep,
        ..page.clone()
    };
    [("first", page), ("wrong", wrong), ("often", often)]
}

fn ways() -> [(&'static str, MethodsPage); 3] {
    let had = |name: &str, method, host: Option<&str>| Had {
        id: Uuid::nil(),
        name: name.into(),
        method,
        host: host.map(str::to_owned),
        added: "2027-05-31".into(),
    };
    let page = MethodsPage {
        frame: Frame::default(),
        site: site("Acme", "jira.acme.test"),
        masked_email: "j•••e@acme.test".into(),
        is_mail_enough: true,
        had: vec![
            had("My phone", Method::AuthenticatorApp, None),
            had("Laptop", Method::Passkey, Some("jira.acme.test")),
        ],
        can_add_app: true,
        can_add_passkey: false,
        is_fresh: true,
        setup: None,
        notice: None,
        form_token: "dG9rZW4".into(),
        return_to: ReturnTarget::parse("/browse/DEMO-1"),
        confirm: "/.postern/challenge?for=methods&return=/".into(),
    };
    let stale = MethodsPage { is_fresh: false, had: Vec::new(), ..page.clone() };
    let done = MethodsPage { notice: Some(MethodsNotice::Added), ..page.clone() };
    [("fresh", page), ("stale", stale), ("done", done)]
}

/// What an app opens is an address of its own kind, so this page is in no gallery that allows none.
#[test]
fn an_app_is_set_up_by_a_picture_or_by_a_key_that_is_typed() {
    let address = "otpauth://totp/Acme:jane%40acme.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme";
    let setup = Setup {
        id: Uuid::nil(),
        key: "GEZD GNBV".into(),
        address: address.into(),
        picture: picture(address),
    };
    let [(_, page), ..] = ways();
    let html = MethodsPage { setup: Some(setup), notice: Some(MethodsNotice::WrongCode), ..page }.html();
    assert!(html.contains("<svg class=\"qr\" viewBox=\"0 0 ") && html.contains("role=\"img\""), "{html}");
    assert!(html.contains(">GEZD GNBV</code>") && html.contains("href=\"otpauth://totp/Acme:jane"), "{html}");
    assert_eq!(count_of(&html, "autofocus"), 1);
    assert!(!html.contains("style=") && !html.contains("Remove <bdi"), "{html}");
    let picture = picture(address).expect("it fits");
    assert!(picture.width > 30 && picture.path.starts_with("M4 4h1v1h-1z"), "a corner that readers look for");
}

#[test]
fn the_frequency_reads_as_people_say_it() {
    let often = |secs| ChallengePage { frequency: Duration::from_secs(secs), ..challenge() }.html();
    for (seconds, said) in [
        (7 * 86_400, "asks for this every 7 days."),
        (86_400, "asks for this every day."),
        (12 * 3600, "asks for this every 12 hours."),
        (90 * 60, "asks for this every 90 minutes."),
        (0, "asks for this each time."),
    ] {
        assert!(often(seconds).contains(said), "{said}");
    }
    let member = ChallengePage { why: Why::SecondStep, ..challenge() }.html();
    assert!(member.contains("each time you sign in") && !member.contains("from outside"), "{member}");
}
