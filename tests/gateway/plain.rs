//! A site that is not enforced: nobody is asked, nobody is challenged, and the hygiene is the same.

use http::StatusCode;

use super::{forwarded, head, load, questions};
use crate::support::raw::ask;
use crate::support::world::World;

const OFF: &str = "[verification]\nmode = \"off\"";

#[tokio::test]
async fn an_unenforced_site_is_a_plain_proxy() {
    let world = World::with(OFF).await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    assert_eq!(jane.open("/browse/DEMO-1").await.header("x-ausername"), "jane");
    assert_eq!(jane.fetch("/rest/api/2/myself").await.json()["name"], "jane");
    assert_eq!(questions(&world.jira), 0, "nobody is asked whose session it is");
    assert!(!jane.cookies.keys().any(|name| name.contains("postern")));
    let page = jane.open("/.postern/challenge").await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert!(world.mails().is_empty());
}

#[tokio::test]
async fn an_unenforced_site_has_the_same_hygiene() {
    let world = World::with(OFF).await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    jane.cookies.insert("__Host-postern-proof".to_owned(), "x".to_owned());
    world.jira.clear_received();
    let lines = "X-Postern-Account: forged\r\nX-Forwarded-For: 9.9.9.9\r\nX-AUSERNAME: forged\r\n";
    assert_eq!(load(&world, &jane, "/browse/DEMO-1", lines).await.status, 200);
    let reached = forwarded(&world.jira);
    assert!(!reached[0].headers.iter().any(|(_, value)| value.contains("forged")), "{reached:?}");
    assert_eq!(reached[0].header("x-forwarded-for"), ["127.0.0.1"]);
    assert!(!reached[0].header("cookie").join("").contains("postern"));
    world.jira.clear_received();
    for (target, expected) in [
        ("/.postern/unknown", 404),
        ("//.postern/verify", 404),
        ("/%zz", 400),
        ("/x;jsessionid=1", 400),
        ("/browse/DEMO-1?os_username=liam&os_password=demo", 400),
    ] {
        assert_eq!(load(&world, &jane, target, "").await.status, expected, "{target}");
    }
    let twice = "Cookie: JSESSIONID=other\r\n";
    assert_eq!(ask(world.address, head("GET", &jane, "/browse/DEMO-1", twice)).await.status, 400);
    assert!(forwarded(&world.jira).is_empty());
    let token = "Authorization: Bearer demo-pat-omar\r\n";
    load(&world, &jane, "/browse/DEMO-1", token).await;
    assert!(forwarded(&world.jira)[0].header("cookie").is_empty(), "a token still goes on alone");
}
