//! Whoever is asked for a code is asked in their own language, on the page and in the mail; programs are told in English.

use http::StatusCode;

use super::{JANE, PAUSE, challenged, mark, other_than};
use crate::support::world::World;

#[tokio::test]
async fn pages_and_mails_speak_the_language_that_the_browser_asks_for() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.languages = "gsw, de-CH;q=0.9, en;q=0.8";
    jane.sign_in("jane").await;
    let page = jane.challenge("/browse/DEMO-1").await;
    assert_eq!((page.header("content-language"), page.header("vary")), ("de", "Accept-Language"));
    assert!(
        page.body.contains("<html lang=\"de\" dir=\"ltr\">")
            && page.body.contains("Sehen Sie in Ihr Postfach")
    );
    let mail = world.newest_mail(JANE);
    assert!(
        mail.text.starts_with("Guten Tag,") && mail.html.contains("<html lang=\"de\" dir=\"ltr\">"),
        "{}",
        mail.text
    );
    assert!(mail.subject.starts_with("Bestätigen Sie Ihr Postfach bei Acme"), "{}", mail.subject);

    jane.languages = "he";
    world.advance(PAUSE);
    let again = jane.resend(&page).await;
    assert!(again.body.contains("<html lang=\"he\" dir=\"rtl\">"), "{}", again.body);
    let mail = world.newest_mail(JANE);
    assert!(mail.text.starts_with("שלום,") && mail.html.contains("dir=\"rtl\""), "{}", mail.text);
    let wrong = jane.submit(&again, &other_than(&mail.code())).await;
    assert!(wrong.body.contains("נותרו 4 ניסיונות"), "{}", wrong.body);

    let refused = jane.open("/.postern/nothing").await;
    assert_eq!((refused.status, refused.header("content-language")), (StatusCode::NOT_FOUND, "he"));
    assert!(
        refused.body.contains("אין כאן עמוד כזה.")
            && jane.open("/.postern/signed-out").await.body.contains("יצאת")
    );
    let problem = jane.fetch("/rest/api/2/issue/DEMO-1").await;
    assert_eq!(problem.json()["title"], "Verification needed");
    assert!(!problem.headers.contains_key("content-language"));
    let foreign = jane.post("/.postern/verify", &[("token", "x")]).await;
    assert!(foreign.body.contains("הטופס לא הגיע מהאתר הזה"), "a form that was posted gets a page too");
    assert_eq!(jane.submit(&again, &mail.code()).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_page_names_the_mail_by_the_mark_in_its_subject_and_a_resend_keeps_it() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let first = mark(&page);
    assert!(world.newest_mail(JANE).subject.ends_with(&format!("({first})")));
    assert!(page.body.contains("Handed over to the mail server just now"), "{}", page.body);
    world.advance(PAUSE);
    let again = jane.resend(&page).await;
    assert_eq!((mark(&again), world.mails().len()), (first.clone(), 2));
    assert!(world.newest_mail(JANE).subject.ends_with(&format!("({first})")));
    world.advance(PAUSE);
    let later = jane.open("/.postern/challenge").await;
    assert!(later.body.contains("1 minute ago"), "{}", later.body);
    assert_eq!(jane.submit(&again, &code).await.status, StatusCode::SEE_OTHER);
    world.advance(super::WEEK);
    let next = jane.challenge("/").await;
    assert_ne!(mark(&next), first, "another code has another mark");
}
