//! What everybody meets when all goes as it should: one code for all hosts of an organization, and no detour where it has one.

use std::time::Duration;

use http::StatusCode;
use postern::demo::{Product, ProductKind, demo_people};

use super::{ASKED, HOME, PAGE, at_wiki, handed_over, is_asked};
use crate::challenge::headers::assert_protected;
use crate::challenge::{DEVICE, JANE, PAUSE, PROOF, WEEK};
use crate::support::world::{JIRA, WIKI, World, behind};

#[tokio::test]
async fn who_verified_at_home_is_not_asked_at_another_host() {
    let world = World::start().await;
    let mut jane = at_wiki(&world).await;
    world.advance(Duration::from_secs(3600));
    let refused = jane.fetch("/rest/api/content").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "a script is told, and sent nowhere");
    assert!(
        refused.json()["challenge_url"].as_str().unwrap().starts_with("https://wiki.test/.postern/challenge")
    );

    let target = "/display/DEMO/Home?a=%2Fb&c=d%26e";
    let (mut answer, mut way) = (jane.open(target).await, Vec::new());
    let ids = |browser: &crate::support::client::Browser| browser.cookies.get(DEVICE).cloned();
    let home_id = jane.elsewhere[JIRA][DEVICE].clone();
    while answer.status.is_redirection() {
        assert_protected(&format!("{way:?}"), &answer);
        let (place, next) = jane.go_on(&answer).await;
        for id in ids(&jane).iter().chain([&home_id]) {
            assert!(!place.contains(id.as_str()), "no address shows a browser's id: {place}");
        }
        way.push(place);
        answer = next;
    }
    assert_eq!((answer.status, jane.host.as_str()), (StatusCode::OK, WIKI), "{way:?}");
    let starts = ["wiki.test/.postern/challenge?", "jira.test/.postern/handover?request="];
    let ends = ["wiki.test/.postern/handover?ticket=", &format!("wiki.test{target}")];
    let expected: Vec<&str> = starts.into_iter().chain(ends).collect();
    assert_eq!(way.len(), 4, "one detour: {way:?}");
    assert!(way.iter().zip(expected).all(|(place, start)| place.starts_with(start)), "{way:?}");
    assert_eq!((world.mails().len(), handed_over(&world).await), (1, 1));
    assert!(jane.cookies.contains_key(PROOF) && !jane.cookies.contains_key(ASKED));
    assert_eq!(jane.open(target).await.status, StatusCode::OK, "and from now on without a detour");
    let told = "SELECT detail FROM audit WHERE action = 'external_user_handed_over'";
    let detail: String = sqlx::query_scalar(told).fetch_one(&mut world.database().await).await.unwrap();
    for part in [r#""site":"wiki.test""#, r#""from":"jira.test""#, r#""verified_at":"2027-01-15T08:00:00Z""#]
    {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    // It counts from the code on, not from the hand-over on.
    world.advance(WEEK.saturating_sub(Duration::from_secs(3601)));
    assert_eq!(jane.open(target).await.status, StatusCode::OK);
    world.advance(Duration::from_secs(1));
    assert!(is_asked(&mut jane, target).await);
}

#[tokio::test]
async fn tabs_that_are_opened_at_once_all_come_through() {
    let world = World::start().await;
    let mut jane = at_wiki(&world).await;
    let mut on_their_way = Vec::new();
    for page in ["/display/DEMO/Home", "/display/DEMO/Home?tab=2", "/display/DEMO/Home?tab=3"] {
        let refused = jane.open(page).await;
        on_their_way.push((page, jane.go_on(&refused).await.1));
    }
    for (page, asked) in on_their_way {
        let (_, told) = jane.go_on(&asked).await;
        let (_, let_in) = jane.go_on(&told).await;
        let (place, answer) = jane.go_on(&let_in).await;
        assert_eq!((place, answer.status), (format!("wiki.test{page}"), StatusCode::OK));
    }
    assert_eq!((world.mails().len(), handed_over(&world).await), (1, 1));
}

#[tokio::test]
async fn who_verified_elsewhere_is_known_at_home_and_at_every_other_host() {
    let third = behind(Product::new(ProductKind::Wiki, demo_people()).router()).await;
    let site =
        format!("[[site]]\nhost = \"wiki3.test\"\nproduct = \"confluence\"\nupstream = \"http://{third}\"");
    let world = World::with(&site).await;
    let mut jane = world.browser_at(WIKI);
    jane.sign_in("jane").await;
    let page = jane.challenge(PAGE).await;
    assert_eq!(page.status, StatusCode::OK, "nobody knows her yet");
    assert_protected("the challenge", &page);
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' https://jira.test;"),
        "a browser lets the form lead home: {policy}"
    );
    let verified = jane.submit(&page, &world.newest_mail(JANE).code()).await;
    assert_protected("the way home", &verified);
    let (place, kept) = jane.go_on(&verified).await;
    assert!(place.starts_with("jira.test/.postern/handover?ticket="), "{place}");
    assert_protected("home", &kept);
    let (place, answer) = jane.go_on(&kept).await;
    assert_eq!((place.as_str(), answer.status), ("wiki.test/display/DEMO/Home", StatusCode::OK));

    jane.go_to("wiki3.test");
    jane.sign_in("jane").await;
    jane.go_to(JIRA);
    jane.sign_in("jane").await;
    let (way, answer) = jane.settle("/browse/DEMO-1").await;
    assert_eq!((answer.status, way.len()), (StatusCode::OK, 2), "home knows it: {way:?}");
    jane.go_to("wiki3.test");
    assert!(!is_asked(&mut jane, PAGE).await, "and tells the third");
    assert_eq!((world.mails().len(), handed_over(&world).await), (1, 2));
    let metrics = world.metrics();
    assert!(metrics.contains("postern_challenges_total{event=\"handed_over\"} 2"));
    assert!(metrics.contains("postern_challenges_total{event=\"not_handed_over\"} 1"));
}

#[tokio::test]
async fn where_there_is_no_home_each_host_asks_for_itself_without_a_detour() {
    let world = World::start().await;
    world.reload("name = \"Acme\"", "name = \"Acme\"\nhome = \"none\"").unwrap();
    let mut jane = at_wiki(&world).await;
    assert!(!jane.elsewhere[JIRA].contains_key(HOME));
    world.advance(PAUSE);
    let (way, page) = jane.settle(PAGE).await;
    assert_eq!(way, ["wiki.test/.postern/challenge?return=/display/DEMO/Home"]);
    assert!(!page.header("content-security-policy").contains("https"));
    let answer = jane.submit(&page, &world.newest_mail(JANE).code()).await;
    assert_eq!(answer.header("location"), PAGE);
    let names: Vec<&String> = jane.cookies.keys().filter(|name| name.contains("postern")).collect();
    assert_eq!(names, [DEVICE, PROOF]);
    let answer = jane.open("/.postern/handover?request=x").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "there is no such page");
}
