//! Which code counts: the one of this challenge, in time, once, in one form.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{JANE, OMAR, PAUSE, PROOF, challenged, challenges, other_than, tries};
use crate::support::client::{Answer, Browser};
use crate::support::world::World;

/// Posts a body of any kind to `verify`, as a page of the same site could.
async fn post_raw(browser: &mut Browser, kind: &str, body: &str) -> Answer {
    let headers =
        [("content-type", kind), ("origin", "https://jira.test"), ("sec-fetch-site", "same-origin")];
    browser.send(Method::POST, "/.postern/verify", &headers, body).await
}

async fn post_json(browser: &mut Browser, page: &Answer, code: Value) -> Answer {
    let body = json!({ "token": page.field("token"), "return": "/", "code": code });
    post_raw(browser, "application/json", &body.to_string()).await
}

/// As some people write a code down.
fn in_halves(code: &str) -> String {
    let (front, back) = code.split_at(code.len() / 2);
    format!("{front} {back}")
}

#[tokio::test]
async fn t089_a_code_of_somebody_else_counts_as_a_wrong_one() {
    let world = World::start().await;
    let (_, _, janes) = challenged(&world, "jane", JANE).await;
    let (mut omar, page, omars) = challenged(&world, "omar", OMAR).await;
    assert_ne!(janes, omars);
    let answer = omar.submit(&page, &janes).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (query, expected) in [
        ("SELECT tries FROM challenges WHERE email = 'jane@acme.com'", 0),
        ("SELECT tries FROM challenges WHERE email = 'omar@partner.example'", 1),
    ] {
        assert_eq!(world.count(query).await, expected, "it counts against who typed it: {query}");
    }
}

#[tokio::test]
async fn t090_a_code_is_worth_nothing_in_another_challenge() {
    let world = World::start().await;
    let (mut desk, desk_page, first) = challenged(&world, "jane", JANE).await;
    world.advance(PAUSE);
    let (mut phone, phone_page, second) = challenged(&world, "jane", JANE).await;
    assert_ne!(first, second);
    let crossed = [desk.submit(&desk_page, &second).await, phone.submit(&phone_page, &first).await];
    assert!(crossed.iter().all(|answer| answer.status == StatusCode::UNPROCESSABLE_ENTITY));
    world.advance(Duration::from_secs(600));
    let page = phone.challenge("/").await;
    let third = world.newest_mail(JANE).code();
    assert_eq!(phone.submit(&page, &second).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(phone.submit(&page, &third).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn t091_a_code_works_until_its_tenth_minute_is_over() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let (mut omar, omars_page, omars) = challenged(&world, "omar", OMAR).await;
    world.advance(Duration::from_secs(599));
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
    world.advance(Duration::from_secs(1));
    let late = omar.submit(&omars_page, &omars).await;
    assert_eq!(late.status, StatusCode::GONE);
    assert!(late.body.contains("That code is too old."), "{}", late.body);
    assert!(!omar.cookies.contains_key(PROOF));
}

#[tokio::test]
async fn t092_a_code_works_once() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let mut twin = jane.clone();
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
    // The twin kept the cookies of before, as who recorded the request would.
    for typed in [code.clone(), format!(" {code}"), format!("{code}\n"), in_halves(&code)] {
        let again = twin.submit(&page, &typed).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{typed:?}");
        assert!(again.set_cookies().is_empty());
    }
    assert!(twin.open("/browse/DEMO-1").await.is_challenge());
    let page_again = jane.open("/.postern/challenge").await;
    assert_eq!(page_again.status, StatusCode::SEE_OTHER, "who is verified has nothing to type");
}

/// In the digits of another script, whose zero this is.
fn in_script(zero: char) -> impl Fn(&str) -> String {
    move |code| {
        let digit = |char: char| char.to_digit(10).and_then(|digit| char::from_u32(u32::from(zero) + digit));
        code.chars().filter_map(digit).collect()
    }
}

#[tokio::test]
async fn t093_a_code_may_be_typed_in_any_way_that_can_only_mean_it() {
    let (wide, arabic) = (in_script('０'), in_script('٠'));
    let good: [&dyn Fn(&str) -> String; 5] = [
        &in_halves,
        &|code| format!("\u{2068}{code}\u{2069}\r\n"),
        &|code| in_halves(code).replace(' ', "\u{2013}"),
        &wide,
        &arabic,
    ];
    let bad: [&dyn Fn(&str) -> String; 4] =
        [&|code| format!("+{code}"), &|code| format!("-{code}"), &|code| format!("0{code}"), &|code| {
            format!("{}{}", wide(code.get(..3).unwrap()), code.get(3..).unwrap())
        }];
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    for form in bad {
        let answer = jane.submit(&page, &form(&code)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{:?}", form(&code));
        assert!(answer.body.contains("That is not a code. Type the six digits"), "{}", answer.body);
    }
    assert_eq!(tries(&world).await, 4);
    assert_eq!(jane.submit(&page, &good[0](&code)).await.status, StatusCode::SEE_OTHER);
    for form in &good[1..] {
        world.advance(PAUSE);
        let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
        assert_eq!(jane.submit(&page, &form(&code)).await.status, StatusCode::SEE_OTHER, "{:?}", form(&code));
    }
}

#[tokio::test]
async fn t094_a_code_that_is_no_text_is_refused_and_counts() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let odd = [json!(["1", "2"]), json!(code.parse::<u32>().expect("digits")), json!(true), json!(null)];
    for (before, value) in (0..).zip(odd) {
        let answer = post_json(&mut jane, &page, value.clone()).await;
        assert_eq!((answer.status, tries(&world).await), (StatusCode::BAD_REQUEST, before + 1), "{value}");
        let problem = answer.json();
        assert_eq!(problem["code"], "malformed-code");
        assert_eq!(problem["tries_left"], 4 - before);
    }
    let object = post_json(&mut jane, &page, json!({ "code": code })).await;
    assert_eq!(object.status, StatusCode::TOO_MANY_REQUESTS, "the fifth was the last");
}

#[tokio::test]
async fn t094_two_codes_in_one_form_are_none() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let fields = format!("token={}&return=%2F&code={code}&code={code}", page.field("token"));
    let twice = post_raw(&mut jane, "application/x-www-form-urlencoded", &fields).await;
    assert_eq!((twice.status, tries(&world).await), (StatusCode::BAD_REQUEST, 1));
    let empty = jane.submit(&page, "").await;
    assert_eq!((empty.status, tries(&world).await), (StatusCode::BAD_REQUEST, 2));
    for broken in ["", "[]", "7", "{", "\u{0}"] {
        let answer = post_raw(&mut jane, "application/json", broken).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{broken:?}");
    }
    assert_eq!(tries(&world).await, 2, "without a token it is not even known whose try it would be");
}

#[tokio::test]
async fn t094_t184_a_code_of_a_mebibyte_is_not_read() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let answer = jane.submit(&page, &"1".repeat(1024 * 1024)).await;
    assert_eq!((answer.status, tries(&world).await), (StatusCode::PAYLOAD_TOO_LARGE, 0));
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_program_is_answered_as_one() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let wrong = post_json(&mut jane, &page, json!(other_than(&code))).await;
    assert_eq!(wrong.header("content-type"), "application/problem+json");
    assert_eq!((wrong.status, &wrong.json()["tries_left"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(4)));
    let right = post_json(&mut jane, &page, json!(code)).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    assert!(right.header("location").ends_with("&return=/"), "{}", right.header("location"));
    assert_eq!(jane.fetch("/rest/api/2/issue/DEMO-1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn t095_without_an_open_challenge_no_code_is_right() {
    let world = World::with("[limits]\nsends_per_account = [\"1/1h\"]").await;
    challenged(&world, "jane", JANE).await;
    let mut phone = world.browser();
    phone.sign_in("jane").await;
    let page = phone.challenge("/").await;
    assert!(page.body.contains("A mail went out a moment ago."), "{}", page.body);
    for code in ["000000", "", &world.newest_mail(JANE).code()] {
        assert_eq!(phone.submit(&page, code).await.status, StatusCode::GONE, "{code:?}");
    }
    assert_eq!((challenges(&world).await, tries(&world).await), (1, 0));
}
