//! An app at the challenge, and against those who have a session, a code or a database.

use std::time::Duration;

use futures_util::future::join_all;
use http::StatusCode;

use super::{METHODS, STEP, asked, authenticator_of, deed, jane_with_app, set_up, told, try_app};
use crate::admin::{Api, accounts};
use crate::challenge::{JANE, OMAR, PAUSE, PROOF, other_than};
use crate::support::world::World;

/// Longer than a verification may be old to change anything.
const STALE: Duration = Duration::from_secs(601);

#[tokio::test]
async fn an_app_is_set_up_without_scripts_and_takes_the_place_of_the_mail() {
    let world = World::start().await;
    let (mut jane, app) = jane_with_app(&world).await;
    let told = told(&world, JANE, "An authenticator app was set up").await;
    assert!(told.text.contains("My phone") && told.text.contains("jira.test"), "{}", told.text);
    let list = jane.open(METHODS).await;
    assert!(list.body.contains("My phone") && list.body.contains("Remove <bdi"), "{}", list.body);
    let mails = world.mails().len();

    let (mut other, page) = asked(&world, "jane").await;
    assert!(page.body.contains("Code from your authenticator app"), "{}", page.body);
    assert_eq!(world.mails().len(), mails, "no mail goes out until they ask for one");
    let stale = try_app(&mut other, &page, &app.code(&world, 0)).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "the code that set it up is used up");
    world.advance(STEP);
    let code = app.code(&world, 0);
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let right = try_app(&mut other, &page, &spaced).await;
    assert_eq!((right.status, right.header("location")), (StatusCode::SEE_OTHER, "/browse/DEMO-1"));
    assert_eq!(other.open("/browse/DEMO-1").await.status, StatusCode::OK);
    assert_eq!(crate::support::code_mails(&world).len(), mails);

    // By mail all the same, for who asks for it; and back.
    let (mut third, page) = asked(&world, "jane").await;
    world.advance(PAUSE);
    let mailed = third.resend(&page).await;
    assert!(mailed.body.contains("Confirm in another way"), "{}", mailed.body);
    let back = third.open("/.postern/challenge?return=/browse/DEMO-1&by=other").await;
    assert!(back.body.contains("Code from your authenticator app"), "{}", back.body);
    assert!(third.open("/.postern/challenge?return=/x").await.body.contains("Confirm in another way"));
    let verified = third.submit(&mailed, &world.newest_mail(JANE).code()).await;
    assert_eq!(verified.status, StatusCode::SEE_OTHER, "{}", verified.body);
}

#[tokio::test]
async fn t093_a_code_works_once_and_nothing_before_it() {
    let world = World::start().await;
    let (_, app) = jane_with_app(&world).await;
    world.advance(5 * STEP);
    let (mut one, page) = asked(&world, "jane").await;
    let (mut two, other_page) = asked(&world, "jane").await;
    let (before, ahead) = (app.code(&world, 0), app.code(&world, 1));
    assert_eq!(try_app(&mut one, &page, &app.code(&world, 2)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(try_app(&mut one, &page, &ahead).await.status, StatusCode::SEE_OTHER, "a clock that is fast");
    for code in [&ahead, &before] {
        let again = try_app(&mut two, &other_page, code).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.body);
        assert!(again.body.contains("or it was used already"), "{}", again.body);
    }
    assert!(!two.cookies.contains_key(PROOF));
}

#[tokio::test]
async fn t083_of_many_right_codes_at_once_one_counts_and_t084_wrong_ones_are_bounded() {
    let world = World::start().await;
    let (_, app) = jane_with_app(&world).await;
    world.advance(5 * STEP);
    let (jane, page) = asked(&world, "jane").await;
    let at_once = async |code: String, count: usize| {
        let tries = (0..count).map(|_| {
            let (mut jane, code, page) = (jane.clone(), code.clone(), &page);
            async move { try_app(&mut jane, page, &code).await.status }
        });
        join_all(tries).await
    };
    let statuses = at_once(app.code(&world, 0), 6).await;
    let right = statuses.iter().filter(|status| **status == StatusCode::SEE_OTHER).count();
    assert_eq!(right, 1, "{statuses:?}");
    let wrong = other_than(&app.code(&world, 1));
    let statuses = at_once(wrong, 12).await;
    let tried = statuses.iter().filter(|status| **status == StatusCode::UNPROCESSABLE_ENTITY).count();
    // One mailed code, one at the setup, and six before.
    assert_eq!(tried, 15 - 8, "{statuses:?}");
    assert_eq!(statuses.len() - tried, 5);
    world.advance(STEP);
    let mut late = jane.clone();
    let refused = try_app(&mut late, &page, &app.code(&world, 0)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "also the right one, until the hour is over");
    assert!(!refused.header("retry-after").is_empty());
}

#[tokio::test]
async fn whoever_stole_a_session_sets_nothing_up_and_removes_nothing() {
    let world = World::start().await;
    let (mut jane, app) = jane_with_app(&world).await;
    let fresh = jane.open(METHODS).await;
    let id = fresh.field("id");
    // The session's cookie alone: they are at the challenge, and their own browser knows nothing of the proof.
    let mut thief = world.browser();
    let session = jane.cookies.iter().filter(|(name, _)| !name.contains("postern"));
    thief.cookies = session.map(|(name, value)| (name.clone(), value.clone())).collect();
    let sent = thief.open(METHODS).await;
    assert!(sent.header("location").starts_with("/.postern/challenge?for=methods&"), "{sent:?}");
    let page = thief.open(sent.header("location")).await;
    for (path, more) in [("methods-begin", vec![]), ("methods-remove", vec![("id", id.as_str())])] {
        let refused = deed(&mut thief, &page, path, &more).await;
        assert!(
            refused.status == StatusCode::SEE_OTHER
                && refused.header("location").starts_with("/.postern/challenge?for=methods&"),
            "{path}: {refused:?}"
        );
        let foreign = deed(&mut thief, &fresh, path, &more).await;
        assert_ne!(foreign.status, StatusCode::OK, "{path}: the form of another browser");
    }
    // Not even Jane, with a form that is none of this browser's.
    for token in ["", "00", page.field("token").as_str()] {
        let foreign = jane.post("/.postern/methods-begin", &[("token", token), ("return", "/")]).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{}", foreign.body);
    }
    // All of its cookies, once the verification is older than ten minutes.
    world.advance(STALE);
    let mut thief = jane.clone();
    let page = thief.open(METHODS).await;
    assert!(page.body.contains("please confirm it once more first") && !page.body.contains("Remove <bdi"));
    for (path, more) in [("methods-begin", vec![]), ("methods-remove", vec![("id", id.as_str())])] {
        let refused = deed(&mut thief, &fresh, path, &more).await;
        assert!(refused.header("location").starts_with("/.postern/challenge?for=methods&"), "{refused:?}");
    }
    assert_eq!(world.count("SELECT count(*) FROM authenticators").await, 1);
    assert_eq!(world.count("SELECT count(*) FROM ceremonies").await, 0);

    // Jane herself, by her app.
    let confirm = jane.open("/.postern/challenge?for=methods&return=/browse/DEMO-1").await;
    let confirmed = try_app(&mut jane, &confirm, &app.code(&world, 0)).await;
    assert_eq!(confirmed.header("location"), "/.postern/methods?return=/browse/DEMO-1");
    let page = jane.open(confirmed.header("location")).await;
    let removed = deed(&mut jane, &page, "methods-remove", &[("id", &id)]).await;
    assert!(removed.body.contains("It is removed"), "{}", removed.body);
    told(&world, JANE, "An authenticator app was removed").await;
    let (_, page) = asked(&world, "jane").await;
    assert!(page.body.contains("Check your mailbox"), "what is gone is not asked for: {}", page.body);
}

#[tokio::test]
async fn an_app_is_worth_nothing_to_anybody_else_nor_after_it_was_removed() {
    let world = World::start().await;
    let (_, app) = jane_with_app(&world).await;
    world.advance(5 * STEP);
    let (mut omar, page) = asked(&world, "omar").await;
    assert!(page.body.contains("Check your mailbox"), "{}", page.body);
    let tried =
        deed(&mut omar, &page, "verify-app", &[("code", &app.code(&world, 0)), ("for", "page")]).await;
    assert!(tried.body.contains("Check your mailbox") && !omar.cookies.contains_key(PROOF), "{}", tried.body);
    // His own app takes no code of hers, and a secret that was moved to his row opens for nobody.
    omar.submit(&page, &world.newest_mail(OMAR).code()).await;
    set_up(&world, &mut omar, "").await;
    let list = omar.open(METHODS).await;
    let hers = authenticator_of(&world, JANE).await;
    deed(&mut omar, &list, "methods-remove", &[("id", &hers)]).await;
    assert_eq!(world.count("SELECT count(*) FROM authenticators").await, 2, "hers is not his to remove");
    let moved = "UPDATE authenticators SET secret = (SELECT secret FROM authenticators WHERE email = 'jane@acme.com') \
                 WHERE email = 'omar@partner.example'";
    sqlx::query(moved).execute(&mut world.database().await).await.expect("a write");
    world.advance(STEP);
    let (mut omar, page) = asked(&world, "omar").await;
    assert_eq!(
        try_app(&mut omar, &page, &app.code(&world, 0)).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );

    let (mut jane, page) = asked(&world, "jane").await;
    let api = Api::new(&world).await;
    let id = accounts::id(&api, JANE).await;
    let path = format!("/admin/control/v1/orgs/default/users/{id}/authenticators");
    assert_eq!(api.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert!(told(&world, JANE, "were removed").await.text.contains("An administrator removed"));
    let late = try_app(&mut jane, &page, &app.code(&world, 0)).await;
    assert!(!jane.cookies.contains_key(PROOF) && late.body.contains("Check your mailbox"), "{}", late.body);
}
