//! Where a code never is, and what an answer never tells.

use http::StatusCode;

use super::{FORGOTTEN, JANE, OMAR, challenged, other_than};
use crate::support::client::Answer;
use crate::support::world::World;

/// T104, apart from logs: the database holds ids and counters, so a copy of it guesses no better than a stranger.
#[tokio::test]
async fn t104_no_code_is_in_the_database_or_reaches_the_product() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let (mut omar, omars_page, omars) = challenged(&world, "omar", OMAR).await;
    jane.submit(&page, &other_than(&code)).await;
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
    omar.submit(&omars_page, &other_than(&omars)).await;
    jane.open("/browse/DEMO-1").await;
    let mut bytes = Vec::new();
    for name in ["postern.db", "postern.db-wal"] {
        bytes.push(std::fs::read(world.folder.path().join(name)).expect("the database's files"));
    }
    let holds =
        |needle: &str| bytes.iter().any(|file| memchr::memmem::find(file, needle.as_bytes()).is_some());
    assert!(holds(JANE) && holds(OMAR), "the files are the ones that were written to");
    for secret in [&code, &other_than(&code), &omars, &page.field("token"), &jane.cookies[super::PROOF]] {
        assert!(!holds(secret));
    }
    for product in [&world.jira, &world.wiki] {
        for request in product.received() {
            let head = format!("{request:?}");
            assert!(!head.contains(&code) && !head.contains(&omars), "{head}");
            assert!(!head.contains("postern-proof") && !head.contains(".postern"), "{head}");
        }
    }
}

#[tokio::test]
async fn no_page_repeats_a_code_or_shows_a_whole_address() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let wrong = other_than(&code);
    let answers = [
        jane.submit(&page, &wrong).await,
        jane.submit(&page, &format!("x{code}")).await,
        jane.resend(&page).await,
        jane.open("/.postern/challenge").await,
        jane.submit(&page, &code).await,
    ];
    for answer in [&page].into_iter().chain(&answers) {
        let text = format!("{:?} {}", answer.headers, answer.body);
        assert!(!text.contains(&code) && !text.contains(&wrong) && !text.contains(JANE), "{text}");
    }
}

/// An answer without what is random, personal or long-lived in it.
fn shape(answer: &Answer) -> (StatusCode, Vec<String>, String) {
    let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    names.retain(|name| name != "date");
    names.sort();
    (answer.status, names, answer.header("location").to_owned())
}

/// T107: there is no field for an address, so all that can be asked is one's own session; and every session that has
/// nothing to verify is answered alike, whoever it is of.
#[tokio::test]
async fn t107_sessions_with_nothing_to_verify_are_answered_alike() {
    let world = World::start().await;
    let (mut managed, stranger, mut junk) = (world.browser(), world.browser(), world.browser());
    managed.sign_in("liam").await;
    junk.cookies.insert("JSESSIONID".to_owned(), "0123456789ABCDEF0123456789ABCDEF".to_owned());
    let mut disabled = world.browser();
    disabled.sign_in("jane").await;
    assert!(world.jira.set_active("jane", false));
    world.advance(FORGOTTEN);
    let mut seen = Vec::new();
    for mut browser in [managed, stranger, junk, disabled] {
        let fields = [("token", "00"), ("return", "/browse/DEMO-1"), ("code", "000000")];
        let answers = [
            browser.open("/.postern/challenge?return=%2Fbrowse%2FDEMO-1").await,
            browser.post("/.postern/verify", &fields).await,
            browser.post("/.postern/resend", &fields).await,
        ];
        assert!(answers.iter().all(|answer| answer.body.is_empty()));
        seen.push(answers.each_ref().map(shape));
    }
    assert!(seen.iter().all(|answers| *answers == seen[0]), "{seen:#?}");
    assert!(world.mails().is_empty());
}

#[tokio::test]
async fn t107_external_people_are_answered_alike_but_for_the_masked_address() {
    let world = World::start().await;
    let people = [
        ("jane", JANE, "j•••e@acme.com"),
        ("jane.personal", "jane@gmail.com", "j•••e@gmail.com"),
        ("omar", OMAR, "o•••r@partner.example"),
    ];
    let mut seen = Vec::new();
    for (username, email, masked) in people {
        let (mut browser, page, code) = challenged(&world, username, email).await;
        let token = page.field("token");
        let answers = [
            browser.open("/.postern/challenge").await,
            browser.submit(&page, &other_than(&code)).await,
            browser.resend(&page).await,
        ];
        let mark = super::mark(&page);
        let plain = |answer: &Answer| {
            answer.body.replace(masked, "MASKED").replace(&token, "TOKEN").replace(&mark, "MARK")
        };
        assert!(answers.iter().all(|answer| answer.body.contains(masked)));
        seen.push(answers.each_ref().map(|answer| (shape(answer), plain(answer))));
    }
    assert!(seen.iter().all(|answers| *answers == seen[0]), "{seen:#?}");
}
