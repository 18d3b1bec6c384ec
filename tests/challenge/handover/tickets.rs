//! A ticket is worth something once, within half a minute, in the browser and at the site that asked, beside the same account; and
//! whatever is refused costs the one whom it was made for nothing.

use std::time::Duration;

use http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{HOME, PAGE, at_wiki, handed_over, is_asked, ticket_for, with_ticket};
use crate::challenge::targets::ELSEWHERE;
use crate::challenge::{DEVICE, JANE, OMAR, PAUSE, PROOF};
use crate::gateway::organizations::divide;
use crate::support::client::{Browser, FETCH, NAVIGATION};
use crate::support::world::{JIRA, WIKI, World};

/// Presents a ticket that must not be taken: it leads to the challenge, and on no further detour.
async fn is_refused(browser: &Browser, ticket: &str, why: &str) {
    let mut browser = browser.clone();
    let answer = browser.open(ticket).await;
    let expected = "/.postern/challenge?asked=1&return=";
    assert!(answer.header("location").starts_with(expected), "{why}: {}", answer.header("location"));
    assert!(answer.set_cookies().is_empty(), "{why}: {:?}", answer.set_cookies());
}

#[tokio::test]
async fn a_ticket_works_once_for_that_browser_account_and_site() {
    let world = World::start().await;
    let (mut jane, ticket) = with_ticket(&world).await;
    let before = jane.clone();

    let mut thief = world.browser_at(WIKI);
    thief.sign_in("jane").await;
    is_refused(&thief, &ticket, "her session in a browser that has no id yet").await;
    thief.cookies.insert(DEVICE.to_owned(), jane.elsewhere[JIRA][DEVICE].clone());
    is_refused(&thief, &ticket, "beside the id of another browser").await;

    let mut omar = jane.clone();
    omar.cookies.retain(|name, _| name.contains("postern"));
    omar.sign_in("omar").await;
    is_refused(&omar, &ticket, "beside the session of another account").await;

    let decoded = data_encoding::BASE64URL_NOPAD;
    let (start, rest) = ticket.split_once("ticket=").unwrap();
    let (sealed, end) = rest.split_once('&').unwrap();
    let good = decoded.decode(sealed.as_bytes()).unwrap();
    for byte in 0..good.len() {
        let mut bytes = good.clone();
        bytes[byte] ^= 1;
        let damaged = format!("{start}ticket={}&{end}", decoded.encode(&bytes));
        is_refused(&jane, &damaged, &format!("byte {byte}")).await;
    }

    for (headers, status) in [
        ([NAVIGATION.as_slice(), &[("sec-purpose", "prefetch")]].concat(), StatusCode::UNAUTHORIZED),
        ([NAVIGATION.as_slice(), &[("purpose", "prefetch")]].concat(), StatusCode::UNAUTHORIZED),
        (FETCH.to_vec(), StatusCode::UNAUTHORIZED),
        (vec![("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")], StatusCode::UNAUTHORIZED),
    ] {
        let answer = jane.clone().send(Method::GET, &ticket, &headers, "").await;
        assert_eq!((answer.status, answer.set_cookies().len()), (status, 0), "{headers:?}");
    }
    let head = jane.clone().send(Method::HEAD, &ticket, &NAVIGATION, "").await;
    assert_eq!(head.status, StatusCode::METHOD_NOT_ALLOWED);
    // A preview of the link, by a program that has none of her cookies.
    let stranger = world.browser_at(WIKI).open(&ticket).await;
    assert!(stranger.set_cookies().is_empty());

    assert_eq!(handed_over(&world).await, 0, "none of them used it up");
    let (way, answer) = jane.settle(&ticket).await;
    assert_eq!(
        (way.as_slice(), answer.status),
        (["wiki.test/display/DEMO/Home".to_owned()].as_slice(), StatusCode::OK)
    );
    is_refused(&before, &ticket, "once more, by who kept the cookies of before").await;
    let again = ticket_for(&mut before.clone(), PAGE).await;
    assert_ne!(again, ticket);
    let (way, _) = jane.settle(&ticket).await;
    assert_eq!(way.len(), 1, "the back button leads on: {way:?}");
    assert_eq!(handed_over(&world).await, 1);
    assert!(!world.metrics().contains("postern_challenges_total{event=\"refused_ticket\"} 0"));
}

#[tokio::test]
async fn a_ticket_and_a_request_are_good_for_half_a_minute() {
    let world = World::start().await;
    let (mut jane, ticket) = with_ticket(&world).await;
    world.advance(Duration::from_secs(30));
    is_refused(&jane, &ticket, "after 30 s").await;
    jane.cookies.remove(super::ASKED);
    let ticket = ticket_for(&mut jane, PAGE).await;
    world.advance(Duration::from_secs(29));
    assert_eq!(jane.clone().settle(&ticket).await.1.status, StatusCode::OK, "after 29 s");
    // A request of a tab that is opened again: home vouches for nothing, and she is asked or sent there anew.
    jane.cookies.remove(super::ASKED);
    let refused = jane.open(PAGE).await;
    let (_, asked) = jane.go_on(&refused).await;
    world.advance(Duration::from_secs(30));
    let (_, answer) = jane.go_on(&asked).await;
    assert_eq!(answer.header("location"), "https://wiki.test/display/DEMO/Home");
    assert!(answer.set_cookies().is_empty());

    // And what is left at home, which takes it or not, and leads on to the page either way.
    for (seconds, is_known) in [(29, true), (30, false)] {
        world.advance(PAUSE);
        let mut omar = world.browser_at(WIKI);
        omar.sign_in("omar").await;
        let page = omar.challenge(PAGE).await;
        let verified = omar.submit(&page, &world.newest_mail(OMAR).code()).await;
        world.advance(Duration::from_secs(seconds));
        let (_, kept) = omar.go_on(&verified).await;
        assert_eq!(omar.go_on(&kept).await.1.status, StatusCode::OK);
        omar.go_to(JIRA);
        omar.sign_in("omar").await;
        assert_eq!(is_asked(&mut omar, "/browse/DEMO-1").await, !is_known, "{seconds} s");
    }
}

#[tokio::test]
async fn one_browsers_request_brings_nothing_to_another() {
    let world = World::start().await;
    let mut jane = at_wiki(&world).await;
    // Somebody with her password, or a stolen session, but without her mailbox.
    let mut thief = world.browser_at(WIKI);
    thief.sign_in("jane").await;
    let refused = thief.open(PAGE).await;
    let (_, asked) = thief.go_on(&refused).await;
    // They have her open their request at home, where she is verified, and learn even where that leads.
    jane.go_to(JIRA);
    let (_, answer) = jane.go_on(&asked).await;
    let ticket = answer.header("location").strip_prefix("https://wiki.test").unwrap().to_owned();
    jane.go_to(WIKI);
    is_refused(&jane, &ticket, "it is not for her browser").await;
    // What is told there is told of the thief's browser alone, so in theirs it would work; but nobody sends it to them: the
    // address is her browser's own, and no page of another host ever sees it.
    for hop in [&asked, &answer] {
        assert_eq!((hop.header("referrer-policy"), hop.header("cache-control")), ("no-referrer", "no-store"));
        assert!(hop.body.is_empty());
    }
    // And what she leaves at home is not left in theirs, although they asked there first and kept its word.
    thief.cookies.remove(super::ASKED);
    let (way, _) = thief.settle(PAGE).await;
    assert!(way.len() == 4 && thief.elsewhere[JIRA].contains_key(HOME), "{way:?}");
    jane.elsewhere.get_mut(JIRA).unwrap().remove(HOME);
    jane.go_to(JIRA);
    jane.cookies.retain(|name, _| !name.contains("postern"));
    jane.go_to(WIKI);
    world.advance(PAUSE);
    let page = jane.challenge(PAGE).await;
    let verified = jane.submit(&page, &world.newest_mail(JANE).code()).await;
    let left = verified.header("location").strip_prefix("https://jira.test").unwrap().to_owned();
    thief.go_to(JIRA);
    thief.sign_in("jane").await;
    thief.open(&left).await;
    assert!(is_asked(&mut thief, "/browse/DEMO-1").await, "only the browser that asked can take it");
    jane.go_on(&verified).await;
    jane.go_to(JIRA);
    assert!(!is_asked(&mut jane, "/browse/DEMO-1").await);
}

#[tokio::test]
async fn a_request_or_a_ticket_of_another_site_or_organization_is_none() {
    let world = World::start().await;
    let (mut jane, ticket) = with_ticket(&world).await;
    let asking = {
        let mut jane = jane.clone();
        jane.cookies.remove(super::ASKED);
        let refused = jane.open(PAGE).await;
        let (_, asked) = jane.go_on(&refused).await;
        asked.header("location").strip_prefix("https://jira.test").unwrap().to_owned()
    };
    // At home, with the very id of the browser for which it was made.
    jane.go_to(JIRA);
    let id = jane.elsewhere[WIKI][DEVICE].clone();
    let mut confused = jane.clone();
    confused.cookies.insert(DEVICE.to_owned(), id);
    is_refused(&confused, &ticket, "at home").await;
    is_refused(&confused, "/.postern/handover?ticket=x", "no ticket at all").await;
    for nonsense in ["request=x", "", "request=x&ticket=x", &format!("request={}", "A".repeat(6000))] {
        let answer = jane.open(&format!("/.postern/handover?{nonsense}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{nonsense}");
    }
    assert_eq!(jane.open(&asking).await.status, StatusCode::SEE_OTHER);
    // The wiki becomes somebody else's, and so does the word that was given for it.
    divide(&world);
    let site = "host = \"wiki.test\"\norganization = \"partner\"";
    let second = format!(
        "{site}\nproduct = \"generic\"\nupstream = \"http://127.0.0.1:9\"\n[site.introspect]\npath = \"/w\"\nkey = \"/id\"\nusername = \"/n\"\n"
    );
    let second = second.replace("wiki.test", "other.test").replace("partner", "default");
    world.reload(&format!("[[site]]\n{site}"), &format!("[[site]]\n{second}\n[[site]]\n{site}")).unwrap();
    assert_eq!(jane.open(&asking).await.status, StatusCode::BAD_REQUEST);
    jane.go_to(WIKI);
    assert_eq!(jane.open(&ticket).await.status, StatusCode::NOT_FOUND, "Partner has one host");
    assert!(!jane.cookies.contains_key(PROOF));
    let (way, answer) = jane.settle(PAGE).await;
    assert_eq!((way.len(), answer.status), (0, StatusCode::FORBIDDEN), "who knows nobody of hers");
}

#[tokio::test]
async fn t098_t099_no_hop_leads_to_a_stranger() {
    let world = World::start().await;
    let mut jane = at_wiki(&world).await;
    for target in ELSEWHERE {
        let encoded = utf8_percent_encode(target, NON_ALPHANUMERIC).to_string();
        let mut jane = jane.clone();
        let mut answer = jane.open(&format!("/.postern/challenge?return={encoded}")).await;
        let (place, rest) = answer.header("location").split_once("&return=").expect("a way back");
        assert!(place.starts_with("https://jira.test/.postern/handover?request="), "{target}: {place}");
        assert_eq!(rest, "/", "{target}");
        let forged = format!("{place}&return={encoded}");
        answer.headers.insert("location", forged.parse().unwrap());
        let (_, mut answer) = jane.go_on(&answer).await;
        let (place, rest) = answer.header("location").split_once("&return=").expect("a way back");
        assert!(place.starts_with("https://wiki.test/.postern/handover?ticket="), "{target}: {place}");
        assert_eq!(rest, "/", "{target}");
        let forged = format!("{place}&return={encoded}");
        answer.headers.insert("location", forged.parse().unwrap());
        let (_, answer) = jane.go_on(&answer).await;
        let (place, rest) = answer.header("location").split_once("&return=").expect("a way back");
        assert!(place.starts_with("/.postern/arrived?mark="), "{target}: {place}");
        assert_eq!(rest, "/", "{target}");
    }
    // Of what a client wrote for a host, only a port goes on.
    for (host, origin) in
        [("wiki.test:8443", "https://jira.test:8443/"), ("WIKI.test.", "https://jira.test/")]
    {
        let headers = [NAVIGATION.as_slice(), &[("host", host)]].concat();
        let answer = jane.send(Method::GET, "/.postern/challenge", &headers, "").await;
        assert!(answer.header("location").starts_with(origin), "{host}: {}", answer.header("location"));
        jane.cookies.remove(super::ASKED);
    }
}
