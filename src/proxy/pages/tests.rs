//! The pages held to their promises: inert reflections, labelled fields, a sentence for every notice, nothing foreign.

use super::*;

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

fn site(organization: &str, host: &str) -> SiteName {
    SiteName { organization: organization.into(), host: host.into() }
}

fn challenge() -> ChallengePage {
    ChallengePage {
        site: site("Acme", "jira.acme.test"),
        masked_email: "j•••e@partner.test".into(),
        sender: "access@acme.test".into(),
        frequency: Duration::from_secs(7 * 86_400),
        delivery: Delivery::Sent,
        digits: CodeDigits::Six,
        tries_left: 4,
        minutes_left: 9,
        notice: None,
        form_token: "dG9rZW4".into(),
        return_to: ReturnTarget::parse("/browse/DEMO-1?a=1&b=2"),
        resend_after_s: None,
        sign_out: Some(ReturnTarget::parse("/secure/Logout!default.jspa")),
    }
}

fn message() -> MessagePage {
    MessagePage {
        site: Some(site("Acme", "jira.acme.test")),
        title: "This page is not available right now".into(),
        sentence: "Verification is not possible right now.".into(),
        what_to_do: Some("Please try again in a moment. Nothing you did is lost.".into()),
        receipt: Some("K7QM-2XVD-94HT".into()),
        status: 503,
        link: Some(Link { target: ReturnTarget::parse("/browse/DEMO-1"), label: "Try again".into() }),
    }
}

/// Every page in every state, with a name for each.
fn gallery() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for delivery in [Delivery::Pending, Delivery::Sent, Delivery::Failed] {
        let page = ChallengePage { delivery, resend_after_s: Some(45), ..challenge() };
        pages.push((format!("challenge-{delivery:?}"), page.html()));
    }
    for notice in NOTICES {
        let name = format!("{notice:?}").split(' ').next().unwrap_or_default().to_owned();
        pages.push((format!("notice-{name}"), ChallengePage { notice: Some(notice), ..challenge() }.html()));
    }
    let last_try = ChallengePage { notice: Some(Notice::WrongCode), tries_left: 0, ..challenge() };
    pages.push(("notice-WrongCodeLast".into(), last_try.html()));
    let long = ChallengePage {
        site: site(
            "Vereinigte Donaudampfschifffahrtsgesellschaften und Partner",
            "confluence.intranet.donaudampfschifffahrt.example.test",
        ),
        masked_email: "w•••r@research-and-development.subsidiary.partner-company.test".into(),
        digits: CodeDigits::Eight,
        notice: Some(Notice::WrongCode),
        ..challenge()
    };
    pages.push(("challenge-Long".into(), long.html()));
    pages.push(("message".into(), message().html()));
    pages.push((
        "message-Bare".into(),
        MessagePage { site: None, what_to_do: None, receipt: None, link: None, ..message() }.html(),
    ));
    pages.push(("signed-out".into(), SignedOutPage { site: site("Acme", "jira.acme.test") }.html()));
    pages
}

fn count_of(html: &str, part: &str) -> usize {
    html.matches(part).count()
}

#[test]
fn every_notice_is_announced_and_says_what_to_do_next() {
    for notice in NOTICES {
        let page = ChallengePage { notice: Some(notice), ..challenge() };
        let html = page.html();
        let role = if notice == Notice::MailSent { "role=\"status\"" } else { "role=\"alert\"" };
        assert_eq!(count_of(&html, role), 1, "{notice:?}");
        assert_eq!(count_of(&html, &format!(">{}</p>", notice.sentence(&page))), 1, "{notice:?}");
        assert!(html.contains("aria-describedby=\"notice"), "the focused control is described by {notice:?}");
        assert_eq!(html.contains("<title>Error: "), notice != Notice::MailSent, "{notice:?}");
    }
    assert!(!challenge().html().contains("role="));
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
fn one_field_takes_the_code_while_there_is_one_to_type() {
    for delivery in [Delivery::Pending, Delivery::Sent, Delivery::Failed] {
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
        assert!(html.contains("Send a new code"));
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
    for (name, html) in gallery() {
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
    }
}

#[test]
fn the_resend_button_works_without_script_even_when_it_is_early() {
    let html = ChallengePage { resend_after_s: Some(45), ..challenge() }.html();
    assert!(html.contains("You can ask for another mail in 45 seconds."));
    assert!(html.contains(">Send again</button>") && !html.contains("disabled"));
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
fn the_frequency_reads_as_people_say_it() {
    let often = |secs| ChallengePage { frequency: Duration::from_secs(secs), ..challenge() }.how_often();
    assert_eq!(often(7 * 86_400), "every 7 days");
    assert_eq!(often(86_400), "every day");
    assert_eq!(often(12 * 3600), "every 12 hours");
    assert_eq!(often(90 * 60), "every 90 minutes");
    assert_eq!(often(0), "each time");
}

#[test]
fn t116_a_reflected_tag_is_inert_in_every_field() {
    let hostile_site = || site(HOSTILE, HOSTILE);
    let page = ChallengePage {
        site: hostile_site(),
        masked_email: HOSTILE.into(),
        sender: HOSTILE.into(),
        form_token: HOSTILE.into(),
        return_to: ReturnTarget::parse("/\"><svg/onload=1>"),
        sign_out: Some(ReturnTarget::parse("/?\"><svg/onload=1>")),
        notice: Some(Notice::CodeUsed),
        ..challenge()
    };
    let message = MessagePage {
        site: Some(hostile_site()),
        title: HOSTILE.into(),
        sentence: HOSTILE.into(),
        what_to_do: Some(HOSTILE.into()),
        receipt: Some(HOSTILE.into()),
        link: Some(Link { target: ReturnTarget::parse("/?\"><svg/onload=1>"), label: HOSTILE.into() }),
        ..message()
    };
    let live = ChallengePage { notice: None, ..page.clone() };
    for html in [page.html(), live.html(), message.html(), SignedOutPage { site: hostile_site() }.html()] {
        assert!(!html.contains("<svg"), "{html}");
        assert!(html.contains("&#34;&#62;&#60;svg"), "the text itself is shown");
    }
}

#[test]
fn no_page_holds_what_the_content_security_policy_forbids() {
    for (name, html) in gallery() {
        for foreign in ["style=", "<style", "<script", " on", "data:", "http:", "https:", "//"] {
            let found = match foreign {
                // An event handler is an attribute; "on" is also a word of the text.
                " on" => html.split('<').any(|tag| tag.split('>').next().unwrap().contains(" on")),
                _ => html.contains(foreign),
            };
            assert!(!found, "{name} holds {foreign:?}");
        }
    }
    let css = std::str::from_utf8(asset("postern.css").unwrap().body).unwrap();
    assert!(!css.contains("url(") && !css.contains("@import") && !css.contains("@font-face"));
}

/// Without it browsers send our own forms with `Origin: null`, which is refused as another site's.
#[test]
fn every_page_lets_its_forms_name_their_origin() {
    for (name, html) in gallery() {
        assert_eq!(count_of(&html, "<meta name=\"referrer\" content=\"same-origin\">"), 1, "{name}");
    }
}

#[test]
fn every_asset_a_page_names_is_served() {
    for (name, html) in gallery() {
        for part in html.split("/.postern/assets/").skip(1) {
            assert!(asset(part.split('"').next().unwrap()).is_some(), "{name}");
        }
    }
    assert_eq!(asset("../pages.rs"), None);
}

/// Writes every page and asset below `POSTERN_GALLERY`, laid out as they are served, to be looked at in a browser.
#[test]
#[ignore = "writes files for the eye; it proves nothing"]
fn gallery_for_the_eye() {
    let root = std::path::PathBuf::from(
        std::env::var_os("POSTERN_GALLERY").expect("POSTERN_GALLERY names a folder"),
    );
    std::fs::create_dir_all(root.join(".postern/assets")).unwrap();
    for name in ["postern.css", "mark.svg"] {
        std::fs::write(root.join(".postern/assets").join(name), asset(name).unwrap().body).unwrap();
    }
    for (name, html) in gallery() {
        std::fs::write(root.join(format!("{name}.html")), html).unwrap();
    }
}
