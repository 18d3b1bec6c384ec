//! The walk of the demo's people by HTTP.

use std::time::Duration;

use http::StatusCode;

use crate::support::world::{WIKI, World};

const WEEK: Duration = Duration::from_secs(7 * 86_400);

#[tokio::test]
async fn managed_people_never_meet_us() {
    let world = World::start().await;
    for (host, page) in [("jira.test", "/browse/DEMO-1"), (WIKI, "/display/DEMO/Home")] {
        let mut liam = world.browser_at(host);
        liam.sign_in("liam").await;
        let answer = liam.open(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{host}");
        assert!(!liam.cookies.keys().any(|name| name.contains("postern")));
    }
    assert!(world.mails().is_empty());
}

#[tokio::test]
async fn a_stale_external_person_is_challenged_and_lands_on_the_page_they_asked_for() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    let page = jane.challenge("/browse/DEMO-1?focus=comments").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("j•••e@acme.com"), "{}", page.body);
    let answer = jane.submit(&page, &world.newest_mail("jane@acme.com").code()).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/browse/DEMO-1?focus=comments")
    );
    assert_eq!(jane.open("/browse/DEMO-1?focus=comments").await.status, StatusCode::OK);
    world.advance(WEEK.saturating_sub(Duration::from_secs(1)));
    assert_eq!(jane.open("/browse/DEMO-2").await.status, StatusCode::OK);
    world.advance(Duration::from_secs(1));
    assert!(jane.open("/browse/DEMO-2").await.is_challenge());
}
