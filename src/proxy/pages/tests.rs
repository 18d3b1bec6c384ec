//! The pages held to their promises in every language: inert reflections, labelled fields, a sentence for every notice, nothing
//! foreign.

mod kept;
mod looks;
mod ways;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::assets::asset;
use super::challenge::{ChallengePage, Delivery, Notice, Why};
use super::*;
use crate::domain::code::CodeDigits;
use crate::domain::look::{Help, LogoKind, Words};
use crate::domain::mail_tag::MailTag;
use crate::domain::mail_trouble::MailTrouble;
use crate::domain::return_target::ReturnTarget;

const HOSTILE: &str = "\"><svg onload=1>";

const NOTICES: [Notice; 9] = [
    Notice::WrongCode,
    Notice::NotACode,
    Notice::CodeExpired,
    Notice::CodeUsed,
    Notice::TooManyTries,
    Notice::TooOften { wait_minutes: 40 },
    Notice::NetworkTooOften { wait_minutes: 12 },
    Notice::MailSent,
    Notice::MailTooOften { wait_s: 45 },
];

const DELIVERIES: [Delivery; 8] = [
    Delivery::Queued,
    Delivery::Waiting { tries: 3 },
    Delivery::Sent { at: Timestamp::UNIX_EPOCH, minutes_ago: 2 },
    Delivery::Refused(MailTrouble::NoMailbox),
    Delivery::Refused(MailTrouble::MailboxFull),
    Delivery::Refused(MailTrouble::Blocked),
    Delivery::Refused(MailTrouble::Other),
    Delivery::Late,
];

fn site(organization: &str, host: &str) -> SiteName {
    SiteName { organization: organization.into(), host: host.into() }
}

fn frame(language: Language) -> Frame {
    Frame { language, ..Frame::default() }
}

fn challenge() -> ChallengePage {
    ChallengePage {
        frame: Frame::default(),
        site: site("Acme", "jira.acme.test"),
        masked_email: "j•••e@partner.test".into(),
        sender: "access@acme.test".into(),
        frequency: Duration::from_secs(7 * 86_400),
        why: Why::Policy,
        other_way: None,
        aim: Aim::Page,
        delivery: Delivery::Sent { at: Timestamp::UNIX_EPOCH, minutes_ago: 0 },
        tag: Some(MailTag::of(Uuid::nil())),
        digits: CodeDigits::Six,
        tries_left: 4,
        minutes_left: 9,
        notice: None,
        form_token: "dG9rZW4".into(),
        return_to: ReturnTarget::parse("/browse/DEMO-1?a=1&b=2"),
        holds_form: false,
        here: "/.postern/challenge?return=/browse/DEMO-1%3Fa%3D1".into(),
        sign_out: Some(ReturnTarget::parse("/secure/Logout!default.jspa")),
    }
}

fn message() -> MessagePage {
    MessagePage {
        frame: Frame::default(),
        site: Some(site("Acme", "jira.acme.test")),
        reason: Reason::StoreUnavailable,
        contact: Some("the service desk, +49 30 1234".into()),
        receipt: "K7QM-2XVD-94HT".into(),
        status: 503,
        sign_in: Some(ReturnTarget::parse("/login.jsp")),
        again: None,
    }
}

/// Looks with everything that an organization can set.
fn dressed() -> Look {
    let logo = |kind| Some(Arc::new(Logo { kind, bytes: b"<svg/>".to_vec() }));
    let help = [(Language::English, "Call 1234."), (Language::Arabic, "اتصل بالرقم 1234.")];
    Look {
        logo: logo(LogoKind::Svg),
        dark_logo: logo(LogoKind::Png),
        accents: None,
        help: Help(help.into_iter().map(|(language, text)| (language, text.into())).collect()),
        words: Words::default(),
    }
}

/// Every page in every state, with a name for each, in one language.
fn gallery(language: Language) -> Vec<(String, String)> {
    let frame = frame(language);
    let challenge = || ChallengePage { frame: frame.clone(), ..challenge() };
    let mut pages = Vec::new();
    for (number, delivery) in DELIVERIES.into_iter().enumerate() {
        pages
            .push((format!("challenge-delivery-{number}"), ChallengePage { delivery, ..challenge() }.html()));
    }
    for notice in NOTICES {
        let name = format!("{notice:?}").split(' ').next().unwrap_or_default().to_owned();
        pages.push((format!("notice-{name}"), ChallengePage { notice: Some(notice), ..challenge() }.html()));
        let over = ChallengePage { notice: Some(notice), tries_left: 0, ..challenge() };
        pages.push((format!("notice-{name}-over"), over.html()));
    }
    for seconds in [0, 90 * 60, 12 * 3600] {
        let page = ChallengePage { frequency: Duration::from_secs(seconds), ..challenge() };
        pages.push((format!("challenge-every-{seconds}"), page.html()));
    }
    let long = ChallengePage {
        frame: Frame { look: dressed(), ..frame.clone() },
        site: site(
            "Vereinigte Donaudampfschifffahrtsgesellschaften und Partner",
            "confluence.intranet.donaudampfschifffahrt.example.test",
        ),
        masked_email: "w•••r@research-and-development.subsidiary.partner-company.test".into(),
        digits: CodeDigits::Eight,
        notice: Some(Notice::WrongCode),
        ..challenge()
    };
    pages.push(("challenge-long".into(), long.html()));
    for reason in Reason::ALL {
        if texts(Language::English).has(&format!("reason-{}", reason.code())) {
            let page = MessagePage { frame: frame.clone(), reason, ..message() };
            pages.push((format!("message-{}", reason.code()), page.html()));
        }
    }
    for status in [400, 403, 404, 409, 503] {
        let frame = Frame { look: dressed(), ..frame.clone() };
        let page = MessagePage { frame, site: None, contact: None, sign_in: None, status, ..message() };
        pages.push((format!("message-bare-{status}"), page.html()));
    }
    pages.extend(ways::gallery(&frame));
    let held = ChallengePage { holds_form: true, ..challenge() };
    pages.push(("challenge-held".into(), held.html()));
    pages.extend(kept::gallery(&frame));
    let signed_out = SignedOutPage { frame, site: site("Acme", "jira.acme.test") };
    pages.push(("signed-out".into(), signed_out.html()));
    pages
}

/// The same in all languages.
fn galleries() -> Vec<(String, String)> {
    let in_language = |language: Language| {
        gallery(language).into_iter().map(move |(name, html)| (format!("{} {name}", language.tag()), html))
    };
    Language::ALL.into_iter().flat_map(in_language).collect()
}

fn count_of(html: &str, part: &str) -> usize {
    html.matches(part).count()
}

#[test]
fn every_page_says_its_language_and_its_direction() {
    for language in Language::ALL {
        let (tag, direction) = (language.tag(), language.direction());
        for (name, html) in gallery(language) {
            assert_eq!(
                count_of(&html, &format!("<html lang=\"{tag}\" dir=\"{direction}\">")),
                1,
                "{tag} {name}"
            );
        }
    }
}

#[test]
fn every_notice_is_announced_and_says_what_to_do_next() {
    for notice in NOTICES {
        let page = ChallengePage { notice: Some(notice), ..challenge() };
        let html = page.html();
        let role = if notice == Notice::MailSent { "status" } else { "alert" };
        assert_eq!(count_of(&html, &format!("id=\"notice\" role=\"{role}\"")), 1, "{notice:?}");
        assert_eq!(count_of(&html, &format!(">{}</p>", notice.sentence(&page))), 1, "{notice:?}");
        assert!(html.contains("aria-describedby=\"notice"), "the focused control is described by {notice:?}");
        assert_eq!(html.contains("<title>Error: "), notice != Notice::MailSent, "{notice:?}");
    }
    assert!(!challenge().html().contains("id=\"notice\""));
}

#[test]
fn a_wrong_code_says_how_many_tries_are_left() {
    let wrong =
        |tries_left| ChallengePage { notice: Some(Notice::WrongCode), tries_left, ..challenge() }.html();
    assert!(wrong(4).contains("you have 4 tries left"));
    assert!(wrong(1).contains("you have 1 try left"));
    assert!(wrong(0).contains("no longer works"));
}

#[test]
fn the_page_says_how_the_mail_stands_and_what_can_be_done() {
    for (delivery, sentence, role) in [
        (Delivery::Queued, "waiting for the mail server", "status"),
        (Delivery::Waiting { tries: 3 }, "We tried 3 times, and keep trying.", "status"),
        (
            Delivery::Sent { at: Timestamp::UNIX_EPOCH, minutes_ago: 0 },
            "just now (<bdi translate=\"no\">00:00</bdi> UTC)",
            "status",
        ),
        (Delivery::Sent { at: Timestamp::UNIX_EPOCH, minutes_ago: 2 }, "2 minutes ago", "status"),
        (Delivery::Refused(MailTrouble::NoMailbox), "no such mailbox. Please ask your contact", "alert"),
        (Delivery::Refused(MailTrouble::MailboxFull), "Please make room in it", "alert"),
        (
            Delivery::Refused(MailTrouble::Blocked),
            "let mail from <bdi translate=\"no\">access@acme.test</bdi> in",
            "alert",
        ),
        (Delivery::Refused(MailTrouble::Other), "does not take the mail", "alert"),
        (Delivery::Late, "in time", "alert"),
    ] {
        let html = ChallengePage { delivery, ..challenge() }.html();
        assert!(html.contains(sentence), "{delivery:?}: {html}");
        assert_eq!(count_of(&html, &format!("id=\"delivery\" role=\"{role}\"")), 1, "{delivery:?}");
        let under_way = matches!(delivery, Delivery::Queued | Delivery::Waiting { .. });
        assert_eq!(html.contains("<a href=\"/.postern/challenge?return="), under_way, "{delivery:?}");
        assert_eq!(html.contains("<bdi class=\"mark\""), role == "status", "the mail to look for has a mark");
    }
}

#[test]
fn one_field_takes_the_code_while_there_is_one_to_type() {
    for delivery in DELIVERIES {
        let html = ChallengePage { delivery, ..challenge() }.html();
        assert_eq!(count_of(&html, "autocomplete=\"one-time-code\""), 1);
        assert_eq!(count_of(&html, "<form"), 2);
        assert_eq!(count_of(&html, "autofocus"), 1);
    }
    let over = [
        ChallengePage { tries_left: 0, ..challenge() },
        ChallengePage { minutes_left: 0, ..challenge() },
        ChallengePage { notice: Some(Notice::CodeExpired), ..challenge() },
        ChallengePage { notice: Some(Notice::CodeUsed), ..challenge() },
        ChallengePage { notice: Some(Notice::TooManyTries), ..challenge() },
    ];
    for page in over {
        let html = page.html();
        assert!(!html.contains("one-time-code") && !html.contains("/.postern/verify"));
        assert!(html.contains("Send a new code") && !html.contains("id=\"delivery\""));
        assert_eq!(count_of(&html, "autofocus"), 1);
    }
}

#[test]
fn only_what_was_typed_marks_the_field_as_wrong() {
    for notice in NOTICES {
        let html = ChallengePage { notice: Some(notice), ..challenge() }.html();
        let about_the_field = matches!(notice, Notice::WrongCode | Notice::NotACode);
        assert_eq!(html.contains("aria-invalid=\"true\""), about_the_field, "{notice:?}");
    }
}

#[test]
fn labels_and_descriptions_tie_to_what_is_there() {
    for (name, html) in galleries() {
        for (attribute, one) in [("for=\"", true), ("aria-describedby=\"", false)] {
            for part in html.split(attribute).skip(1) {
                let ids = part.split('"').next().unwrap();
                for id in ids.split(' ') {
                    assert_eq!(count_of(&html, &format!(" id=\"{id}\"")), 1, "{name}: {attribute}{id}");
                }
                assert!(!one || !ids.contains(' '));
            }
        }
        let visible = count_of(&html, "<input ") - count_of(&html, "<input type=\"hidden\"");
        assert_eq!(visible, count_of(&html, "<label for="), "{name}");
        assert_eq!(count_of(&html, "<h1>"), 1, "{name}");
    }
}

#[test]
fn both_forms_carry_the_token_and_the_way_back() {
    let html = challenge().html();
    assert_eq!(count_of(&html, "<input type=\"hidden\" name=\"token\" value=\"dG9rZW4\">"), 2);
    assert_eq!(
        count_of(&html, "<input type=\"hidden\" name=\"return\" value=\"/browse/DEMO-1?a=1&#38;b=2\">"),
        2
    );
}

#[test]
fn t116_a_reflected_tag_is_inert_in_every_field() {
    let hostile_site = || site(HOSTILE, HOSTILE);
    let look = Look { help: Help([(Language::English, HOSTILE.into())].into()), ..Look::default() };
    let frame = Frame { look, ..Frame::default() };
    let page = ChallengePage {
        frame: frame.clone(),
        site: hostile_site(),
        masked_email: HOSTILE.into(),
        sender: HOSTILE.into(),
        form_token: HOSTILE.into(),
        here: HOSTILE.into(),
        return_to: ReturnTarget::parse("/\"><svg/onload=1>"),
        sign_out: Some(ReturnTarget::parse("/?\"><svg/onload=1>")),
        notice: Some(Notice::CodeUsed),
        ..challenge()
    };
    let message = MessagePage {
        frame: frame.clone(),
        site: Some(hostile_site()),
        contact: Some(HOSTILE.into()),
        receipt: HOSTILE.into(),
        sign_in: Some(ReturnTarget::parse("/?\"><svg/onload=1>")),
        ..message()
    };
    let live = ChallengePage { notice: None, ..page.clone() };
    let refused = |trouble| ChallengePage { delivery: Delivery::Refused(trouble), ..live.clone() };
    let signed_out = SignedOutPage { frame, site: hostile_site() };
    for html in [
        page.html(),
        live.html(),
        ChallengePage { delivery: Delivery::Queued, ..live.clone() }.html(),
        refused(MailTrouble::NoMailbox).html(),
        refused(MailTrouble::Blocked).html(),
        message.html(),
        signed_out.html(),
    ] {
        assert!(!html.contains("<svg"), "{html}");
        assert!(html.contains("&#34;&#62;&#60;svg"), "the text itself is shown");
    }
}

#[test]
fn no_page_holds_what_the_content_security_policy_forbids() {
    for (name, html) in galleries() {
        for foreign in ["style=", "<style", "<script", " on", "data:", "http:", "https:", "//"] {
            let found = match foreign {
                // An event handler is an attribute; "on" is also a word of the text.
                " on" => html.split('<').any(|tag| tag.split('>').next().unwrap().contains(" on")),
                _ => html.contains(foreign),
            };
            assert!(!found, "{name} holds {foreign:?}");
        }
        // No page takes longer than a blink on a bad line.
        assert!(html.len() < 8 * 1024, "{name}: {}", html.len());
    }
    let plain = Look::default();
    let css = asset("postern.css", &plain).unwrap();
    let css = std::str::from_utf8(&css.body).unwrap();
    assert!(!css.contains("url(") && !css.contains("@import") && !css.contains("@font-face"));
}

/// Without it browsers send our own forms with `Origin: null`, which is refused as another site's.
#[test]
fn every_page_lets_its_forms_name_their_origin() {
    for (name, html) in gallery(Language::English) {
        assert_eq!(count_of(&html, "<meta name=\"referrer\" content=\"same-origin\">"), 1, "{name}");
    }
}

#[test]
fn every_asset_a_page_names_is_served() {
    for (name, html) in gallery(Language::English) {
        for part in html.split("/.postern/assets/").skip(1) {
            assert!(asset(part.split('"').next().unwrap(), &dressed()).is_some(), "{name}");
        }
    }
}
