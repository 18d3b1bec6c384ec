//! A phone's app that shows the product in a web view: a browser with another name, and treated as one.

use std::time::Duration;

use super::{answer, at};
use crate::support::chromium::{Screen, Tab, visit};
use crate::support::world::World;

/// What the vendor's apps put at the end of the web view's own `User-Agent`.
const AGENT: &str = "AtlassianMobileApp";

#[tokio::test]
async fn a_web_view_meets_the_code_page_once_and_goes_on() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        jane.open(&at(&world, "jira", "/browse/DEMO-1")).await;
        jane.fill("input[name=os_username]", "jane").await;
        jane.fill("input[name=os_password]", "demo").await;
        jane.follow("main button").await;
        jane.picture("web-view-challenge").await;
        answer(&world, jane, "jane@acme.com").await;
        assert_eq!(jane.place().await, "/browse/DEMO-1");
        world.advance(Duration::from_secs(6 * 86_400));
        for target in ["/browse/DEMO-2", "/secure/Dashboard.jspa"] {
            jane.open(&at(&world, "jira", target)).await;
            assert_eq!(jane.place().await, target);
        }
        assert_eq!(status(jane, "/rest/api/2/myself").await, 200);
        assert_eq!(world.mails().len(), 1, "once");
        let reached = world.reached_jira();
        let names_the_app = |line: &&str| line.ends_with(AGENT);
        assert!(reached.iter().all(|request| request.header("user-agent").iter().all(names_the_app)));
    };
    visit(Screen::Phone, AGENT, walk).await;
}

/// The name alone opens nothing: a stale session beside it is asked as any other.
#[tokio::test]
async fn the_name_of_the_app_opens_nothing() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        jane.open(&at(&world, "jira", "/login.jsp")).await;
        jane.fill("input[name=os_username]", "jane").await;
        jane.fill("input[name=os_password]", "demo").await;
        jane.follow("main button").await;
        jane.open(&at(&world, "jira", "/login.jsp")).await;
        for target in ["/rest/api/2/search", "/rest/nativemobile/1.0/batch"] {
            assert_eq!(status(jane, target).await, 401, "{target}");
        }
        jane.open(&at(&world, "jira", "/browse/DEMO-1")).await;
        assert!(jane.has("#code").await, "{}", jane.place().await);
    };
    visit(Screen::Phone, AGENT, walk).await;
}

/// What a script of the page that is shown gets.
async fn status(tab: &Tab, target: &str) -> serde_json::Value {
    let script = "const request = new XMLHttpRequest(); request.open('GET', 'TARGET', false); request.send(); \
                  return request.status";
    tab.ask(&script.replace("TARGET", target)).await
}
