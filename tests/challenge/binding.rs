//! What a proof is bound to: this person, at this site, in this browser; and how its cookies are set.

use http::StatusCode;

use super::{DEVICE, JANE, OMAR, PAUSE, PROOF, challenged};
use crate::support::world::World;

#[tokio::test]
async fn t076_a_cookie_planted_before_the_verification_is_worth_nothing_after_it() {
    let world = World::start().await;
    let mut thief = world.browser();
    thief.verify(&world, "omar", OMAR).await;
    let planted = (thief.cookies[DEVICE].clone(), thief.cookies[PROOF].clone());
    let mut jane = world.browser();
    jane.cookies.extend([(DEVICE.to_owned(), planted.0.clone()), (PROOF.to_owned(), planted.1.clone())]);
    jane.verify(&world, "jane", JANE).await;
    assert_ne!((&jane.cookies[DEVICE], &jane.cookies[PROOF]), (&planted.0, &planted.1));
    assert_ne!(jane.cookies[DEVICE], planted.0, "the browser has a new id");
    let session = jane.cookies["JSESSIONID"].clone();
    let mut old = world.browser();
    for proof in [planted.1, jane.cookies[PROOF].clone()] {
        old.cookies.insert("JSESSIONID".to_owned(), session.clone());
        old.cookies.extend([(DEVICE.to_owned(), planted.0.clone()), (PROOF.to_owned(), proof)]);
        assert!(old.open("/browse/DEMO-1").await.is_challenge());
    }
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK);
}

/// T077: the proof goes with nobody else's session and into no other browser. The two cookies together are the browser, so
/// both of them beside another session of the same person are that person in that browser.
#[tokio::test]
async fn t077_a_copied_proof_is_worth_nothing() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.verify(&world, "jane", JANE).await;
    let copied = [DEVICE, PROOF].map(|name| (name.to_owned(), jane.cookies[name].clone()));
    for username in ["omar", "jane.personal"] {
        let mut other = world.browser();
        other.sign_in(username).await;
        other.cookies.extend(copied.clone());
        assert!(other.open("/browse/DEMO-1").await.is_challenge(), "beside the session of {username}");
    }
    world.advance(PAUSE);
    let (mut phone, _, _) = challenged(&world, "jane", JANE).await;
    phone.cookies.insert(PROOF.to_owned(), jane.cookies[PROOF].clone());
    assert!(phone.open("/browse/DEMO-1").await.is_challenge(), "beside the id of another browser");
    phone.cookies.remove(DEVICE);
    assert!(phone.open("/browse/DEMO-1").await.is_challenge(), "without any id of a browser");
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK);
}

/// T078: each bit of the proof that travels, flipped. A hundred thousand damaged ones are tried in `domain::proof`.
#[tokio::test]
async fn t078_a_damaged_proof_is_worth_nothing() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.verify(&world, "jane", JANE).await;
    let good = data_encoding::BASE64URL_NOPAD.decode(jane.cookies[PROOF].as_bytes()).expect("a proof");
    world.jira.clear_received();
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        jane.cookies.insert(PROOF.to_owned(), data_encoding::BASE64URL_NOPAD.encode(&bytes));
        assert!(jane.open("/browse/DEMO-1").await.is_challenge(), "bit {bit}");
    }
    assert!(world.reached_jira().is_empty());
}

#[tokio::test]
async fn t115_our_cookies_are_for_this_host_and_no_script() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    let page = jane.challenge("/").await;
    let done = jane.submit(&page, &world.newest_mail(JANE).code()).await;
    let lines = [page.set_cookies(), done.set_cookies()].concat();
    assert_eq!(lines.len(), 4, "{lines:?}");
    for line in lines {
        assert!(line.starts_with("__Host-postern-"), "{line}");
        let attributes: Vec<&str> = line.split("; ").skip(1).collect();
        for needed in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(&needed), "{needed}: {line}");
        }
        assert!(!line.to_lowercase().contains("domain"), "{line}");
    }
    let ages: Vec<&str> =
        done.set_cookies().iter().filter_map(|line| line.split("Max-Age=").nth(1)).collect();
    assert!(ages[1].starts_with("604800;"), "the proof's cookie lasts as long as the proof: {ages:?}");
}

/// T115: a host below ours can set cookies that are sent to ours, but none with the `__Host-` prefix (RFC 6265bis).
#[tokio::test]
async fn t115_a_siblings_cookie_has_no_effect() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.verify(&world, "jane", JANE).await;
    let mut unprefixed = world.browser();
    unprefixed.cookies.insert("JSESSIONID".to_owned(), jane.cookies["JSESSIONID"].clone());
    for (name, prefix) in [("device", DEVICE), ("proof", PROOF)] {
        for spelling in
            [format!("postern-{name}"), format!("__host-postern-{name}"), format!("postern_{name}")]
        {
            unprefixed.cookies.insert(spelling, jane.cookies[prefix].clone());
        }
    }
    assert!(unprefixed.open("/browse/DEMO-1").await.is_challenge(), "it makes nobody verified");
    let real = jane.cookie_header();
    let planted = "postern=x; postern-device=x; postern-proof=x; __Secure-postern-proof=x";
    for line in [format!("{planted}; {real}"), format!("{real}; {planted}")] {
        let headers = [crate::support::client::NAVIGATION.as_slice(), &[("cookie", &line)]].concat();
        let answer = jane.send(http::Method::GET, "/browse/DEMO-1", &headers, "").await;
        assert_eq!(answer.status, StatusCode::OK, "it spoils nobody's proof: {line}");
    }
}
