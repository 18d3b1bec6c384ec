//! A form that a challenge interrupts is kept for its sender alone, and is sent on when they say so, once.

use std::time::Duration;

use http::{Method, StatusCode};

use super::{JANE, OMAR};
use crate::support::client::{Answer, Browser};
use crate::support::world::World;

const COMMENT: &str = "/secure/AddComment.jspa?id=10000";
const TEXT: &str = "half of\r\nmy \"work\" ><svg onload=1> & caf\u{e9}";
const HELD: &str = "__Host-postern-held";
const SAME: &[(&str, &str)] = &[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "navigate")];

/// Sends a form as a browser does that says these things of where it was.
async fn send(browser: &mut Browser, said: &[(&str, &str)], kind: &str, body: &str) -> Answer {
    let headers = [&[("content-type", kind), ("accept", "text/html")], said].concat();
    browser.send(Method::POST, COMMENT, &headers, body).await
}

fn fields(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn kept(world: &World) -> i64 {
    world.count("SELECT count(*) FROM held_forms").await
}

/// The page that offers a form, after the code.
async fn offered(world: &World, browser: &mut Browser, answer: &Answer, email: &str) -> (String, Answer) {
    let page = browser.settle(answer.header("location")).await.1;
    assert!(page.body.contains("What you sent is kept"), "{}", page.body);
    assert!(!page.body.contains("my \"work\"") && !page.body.contains("svg onload"));
    let verified = browser.submit(&page, &world.newest_mail(email).code()).await;
    let place = verified.header("location").to_owned();
    assert!(place.starts_with("/.postern/held?form="), "{place}");
    (place.clone(), browser.open(&place).await)
}

#[tokio::test]
async fn t114_a_form_is_held_for_its_sender_and_sent_on_once_when_they_say_so() {
    let world = World::start().await;
    let (mut jane, mut omar) = (world.browser(), world.browser());
    jane.sign_in("jane").await;
    omar.sign_in("omar").await;
    world.jira.clear_received();
    let urlencoded = "application/x-www-form-urlencoded";
    let body = fields(&[("comment", TEXT), ("atl_token", "B1-2_lin")]);
    let answer = send(&mut jane, SAME, urlencoded, &body).await;
    assert!(answer.is_challenge(), "{} {}", answer.status, answer.body);
    let whole = std::fs::read(world.folder.path().join("postern.db-wal")).unwrap();
    assert!(!whole.windows(7).any(|part| part == b"half of"), "the store cannot read it");
    let (place, page) = offered(&world, &mut jane, &answer, JANE).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("/secure/AddComment.jspa</bdi>"), "{}", page.body);
    assert_eq!((page.field("comment").as_str(), page.field("atl_token").as_str()), (TEXT, "B1-2_lin"));

    // Whoever has the address alone gets nothing of it: another account, another browser, another sign-in.
    omar.verify(&world, "omar", OMAR).await;
    omar.cookies.insert(HELD.to_owned(), jane.cookies[HELD].clone());
    let mut elsewhere = jane.clone();
    elsewhere.cookies.insert(HELD.to_owned(), "A".repeat(43));
    let mut anew = jane.clone();
    anew.cookies.retain(|name, _| name.starts_with("__Host-"));
    anew.sign_in("jane").await;
    let page_of = |action: &str| place.replace("held?", &format!("held/{action}?"));
    for other in [&mut omar, &mut elsewhere, &mut anew] {
        for target in [place.clone(), page_of("send"), page_of("drop")] {
            let method = if target == place { Method::GET } else { Method::POST };
            let headers = [SAME, &[("accept", "text/html"), ("content-type", urlencoded)]].concat();
            let answer = other.send(method, &target, &headers, "comment=x").await;
            assert!(!answer.body.contains("my &#34;work"), "{target}");
            assert!([StatusCode::GONE, StatusCode::SEE_OTHER].contains(&answer.status), "{target}");
        }
    }
    // A page of another site neither sends nor drops it.
    for foreign in [&[("sec-fetch-site", "cross-site")][..], &[("origin", "https://evil.test")], &[]] {
        let headers = [&[("content-type", urlencoded), ("accept", "text/html")], foreign].concat();
        for action in ["send", "drop"] {
            let answer = jane.send(Method::POST, &page_of(action), &headers, &body).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{foreign:?}");
        }
    }
    assert!(jane.open(&place).await.body.contains("Send it now"), "looking at it changes nothing");
    let is_sent = |request: &postern::demo::Received| request.method == "POST" && request.target == COMMENT;
    assert!(!world.reached_jira().iter().any(is_sent));

    let again = [SAME, &[("content-type", urlencoded), ("accept", "text/html")]].concat();
    let sent = jane.send(Method::POST, &page_of("send"), &again, &body).await;
    assert_eq!((sent.status, sent.header("location")), (StatusCode::TEMPORARY_REDIRECT, COMMENT));
    let arrived = send(&mut jane, SAME, urlencoded, &body).await;
    assert_eq!(arrived.status, StatusCode::OK, "{}", arrived.body);
    assert!(arrived.body.contains("half of"), "{}", arrived.body);
    let twice = jane.send(Method::POST, &page_of("send"), &again, &body).await;
    assert_eq!((twice.status, kept(&world).await), (StatusCode::GONE, 0));
    assert_eq!(jane.open(&place).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn what_must_not_be_kept_is_not_and_its_sender_is_told() {
    let world = World::with("[verification]\nhold_forms = \"1KiB\"").await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    world.jira.clear_received();
    let urlencoded = "application/x-www-form-urlencoded";
    let multipart = "multipart/form-data; boundary=x";
    let part = |head: &str| format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\ntext\r\n--x--\r\n");
    let comment = fields(&[("comment", "half of my work")]);
    let cross: [&[(&str, &str)]; 6] = [
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("origin", "https://evil.test")],
        &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "navigate")],
        &[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "navigate"), ("origin", "https://evil.test")],
        &[("origin", "null")],
        &[],
    ];
    let table = cross.map(|said| (said, urlencoded, comment.clone())).into_iter().chain([
        (SAME, urlencoded, fields(&[("webSudoPassword", "demo")])),
        (SAME, urlencoded, fields(&[("comment", &"x".repeat(1100))])),
        (SAME, urlencoded, "comment=caf%E9".to_owned()),
        (SAME, multipart, part("name=\"file\"; filename=\"a.txt\"")),
        (SAME, multipart, part("name=\"comment\"\r\nContent-Type: text/plain")),
        (SAME, multipart, "--x\r\n".to_owned()),
    ]);
    for (said, kind, body) in table {
        let answer = send(&mut jane, said, kind, &body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{said:?} {body}");
        assert!(answer.body.contains("was not sent on") && answer.body.contains("class=\"receipt\""));
        assert!(answer.body.contains("href=\"/.postern/challenge?return=/\""), "{}", answer.body);
        assert!(!answer.body.contains("half of") && answer.set_cookies().is_empty());
    }
    let plain = send(&mut jane, SAME, "text/plain", "comment=x").await;
    assert_eq!(plain.header("content-type"), "application/problem+json");
    assert_eq!((kept(&world).await, world.mails().len()), (0, 0));

    // Five of one person, and one more when their time is over. Old browsers say the origin alone.
    let old = [("origin", "https://jira.test")];
    for number in 0..6 {
        let answer = send(&mut jane, &old, multipart, &part("name=\"comment\"")).await;
        assert_eq!(answer.is_challenge(), number < 5, "{number}");
    }
    let place = send(&mut jane, SAME, urlencoded, &comment).await;
    assert_eq!((place.status, kept(&world).await), (StatusCode::UNAUTHORIZED, 5));
    world.advance(Duration::from_secs(25 * 60));
    let answer = send(&mut jane, SAME, urlencoded, &comment).await;
    assert_eq!((answer.is_challenge(), kept(&world).await), (true, 1));
    let (place, page) = offered(&world, &mut jane, &answer, JANE).await;
    assert_eq!(page.field("comment"), "half of my work");
    let dropped = jane.post(&place.replace("held?", "held/drop?"), &[]).await;
    assert_eq!((dropped.header("location"), kept(&world).await), ("/", 0));
    assert!(world.reached_jira().iter().all(|request| request.method == "GET"));

    world.reload("hold_forms = \"1KiB\"", "hold_forms = \"0\"").unwrap();
    let mut omar = world.browser();
    omar.sign_in("omar").await;
    assert_eq!(send(&mut omar, SAME, urlencoded, &comment).await.status, StatusCode::UNAUTHORIZED);
}
