//! Whoever verified sees in which browsers, hears of a new one, and ends them; nobody else does.

use std::time::Duration;

use http::{Method, StatusCode};

use super::{JANE, OMAR, PAUSE, PROOF, WEEK};
use crate::support::client::{Answer, Browser, NAVIGATION};
use crate::support::code_mails;
use crate::support::world::{Mail, WIKI, World};

const LIST: &str = "/.postern/browsers";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0";

/// Verifies at Jira with a browser that says what it is.
async fn verify(world: &World, browser: &mut Browser, user_agent: &str) {
    let before = code_mails(world).len();
    let page = browser.challenge("/").await;
    // Behind many notices the page does not wait for its mail.
    for _ in 0..500 {
        if code_mails(world).len() > before {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let code = world.newest_mail(JANE).code();
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("token", page.field("token")), ("return", page.field("return")), ("code", code)])
        .finish();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("user-agent", user_agent),
    ];
    let headers = [headers.as_slice(), &NAVIGATION[..2]].concat();
    let answer = browser.send(Method::POST, "/.postern/verify", &headers, &body).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

/// The notices so far, once there are so many: they leave after the page was answered.
async fn notices(world: &World, expected: usize) -> Vec<Mail> {
    for _ in 0..200 {
        let mut mails = world.mails();
        mails.retain(|mail| mail.to == JANE && mail.text.contains(LIST));
        if mails.len() >= expected {
            return mails;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("fewer than {expected} notices");
}

fn ids(page: &Answer) -> Vec<String> {
    let parts = page.body.split("browsers/end?browser=").skip(1);
    parts.map(|part| part.split('"').next().expect("an end").to_owned()).collect()
}

#[tokio::test]
async fn somebody_sees_their_browsers_hears_of_a_new_one_and_ends_it() {
    let world = World::start().await;
    let mut first = world.browser();
    first.sign_in("jane").await;
    verify(&world, &mut first, "curl/8").await;
    let page = first.open(LIST).await;
    assert_eq!((page.status, ids(&page).len()), (StatusCode::OK, 0), "{}", page.body);
    assert!(page.body.contains("An unknown browser") && page.body.contains("this browser"));
    assert!(page.body.contains("127.0.0.x") && !page.body.contains("127.0.0.1"));

    world.advance(PAUSE);
    let mut second = world.browser();
    second.languages = "de";
    second.sign_in("jane").await;
    verify(&world, &mut second, FIREFOX).await;
    let [notice] = notices(&world, 1).await.try_into().expect("one, and none for the first browser");
    assert_eq!(
        (notice.to.as_str(), notice.subject.as_str()),
        (JANE, "Ein neuer Browser wurde bei Acme bestätigt")
    );
    assert!(
        notice.text.contains("Firefox unter Linux") && notice.text.contains("127.0.0.x"),
        "{}",
        notice.text
    );
    let links: Vec<&str> = notice.text.split_whitespace().filter(|word| word.contains("://")).collect();
    assert_eq!(links, ["https://jira.test/.postern/browsers"]);

    // A scanner follows the link, somebody else has it, and who is stale verifies first.
    assert_eq!(world.browser().open(LIST).await.header("location"), "/");
    assert_eq!(first.fetch(LIST).await.status, StatusCode::UNAUTHORIZED);
    let mut stale = second.clone();
    stale.cookies.remove(PROOF);
    assert_eq!(stale.open(LIST).await.header("location"), "/.postern/challenge?return=/.postern/browsers");
    let mut omar = world.browser();
    omar.verify(&world, "omar", OMAR).await;
    let page = first.open(LIST).await;
    let [id] = ids(&page).try_into().expect("the other one");
    let (token, end) = (page.field("token"), format!("{LIST}/end?browser={id}"));
    let omars = omar.open(LIST).await;
    assert!(!omars.body.contains("Firefox"));
    for (browser, token) in [(&mut first, "0"), (&mut omar, token.as_str()), (&mut stale, token.as_str())] {
        let answer = browser.post(&end, &[("token", token)]).await;
        assert!(answer.status == StatusCode::FORBIDDEN || answer.is_challenge(), "{}", answer.status);
    }
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
    let cross = first.send(Method::POST, &end, &headers, &format!("token={token}")).await;
    assert_eq!(
        (cross.status, first.open(&end).await.status),
        (StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED)
    );
    // Omar's own form, with the id of hers.
    let mut third = world.browser();
    world.advance(PAUSE);
    third.verify(&world, "omar", OMAR).await;
    let omars = omar.open(LIST).await.field("token");
    assert_eq!(omar.post(&end, &[("token", &omars)]).await.header("location"), LIST);
    assert_eq!(second.open("/browse/DEMO-1").await.status, StatusCode::OK, "nobody ended it");

    let ended = first.post(&end, &[("token", &token)]).await;
    assert_eq!(ended.header("location"), LIST);
    assert!(ids(&first.open(LIST).await).is_empty());
    assert!(second.open("/browse/DEMO-1").await.is_challenge());
    assert_eq!(first.open("/browse/DEMO-1").await.status, StatusCode::OK);
    let events = "SELECT count(*) FROM audit WHERE action = 'external_user_browser_ended'";
    assert_eq!(world.count(events).await, 1);
    assert_eq!(world.count("SELECT count(*) FROM revocations").await, 1, "all nodes hear of it");

    // The browser that was ended is a new one; all others end together, at every host.
    world.advance(PAUSE);
    verify(&world, &mut second, FIREFOX).await;
    assert_eq!(notices(&world, 2).await.len(), 2);
    second.go_to(WIKI);
    second.sign_in("jane").await;
    assert_eq!(second.settle("/display/DEMO/Home").await.1.status, StatusCode::OK);
    let token = first.open(LIST).await.field("token");
    first.post(&format!("{LIST}/end"), &[("token", &token)]).await;
    assert!(second.open("/display/DEMO/Home").await.is_challenge());
    assert_eq!(first.open("/browse/DEMO-1").await.status, StatusCode::OK);

    // A browser that verifies once more is the same one.
    world.advance(WEEK);
    verify(&world, &mut first, FIREFOX).await;
    let page = first.open(LIST).await;
    assert!(page.body.contains("Firefox on Linux") && ids(&page).is_empty(), "{}", page.body);
    assert_eq!(notices(&world, 2).await.len(), 2);
    assert_eq!(world.count("SELECT count(*) FROM browsers WHERE email = 'jane@acme.com'").await, 1);
}

#[tokio::test]
async fn only_so_many_browsers_count_and_the_oldest_gives_way() {
    let world =
        World::with("[limits]\nsends_per_account = [\"1/1s\"]\ntries_per_account = [\"100/1h\"]").await;
    let mut oldest = world.browser();
    oldest.sign_in("jane").await;
    verify(&world, &mut oldest, FIREFOX).await;
    for _ in 0..20 {
        world.advance(Duration::from_secs(1));
        assert_eq!(oldest.open("/browse/DEMO-1").await.status, StatusCode::OK);
        let mut browser = world.browser();
        browser.sign_in("jane").await;
        verify(&world, &mut browser, FIREFOX).await;
    }
    let forgotten = tokio::time::timeout(Duration::from_secs(2), async {
        while !oldest.open("/browse/DEMO-1").await.is_challenge() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    forgotten.await.expect("one that nobody sees counts no more");
    assert_eq!(world.count("SELECT count(*) FROM browsers").await, 20);
}
