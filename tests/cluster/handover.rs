//! Hand-overs where each request may meet another gateway.

use std::time::Duration;

use http::StatusCode;
use postern::clock;
use postern::demo::{Product, ProductKind, demo_people};
use tokio::task::JoinSet;

use super::{JANE, at, installations, server, verified};
use crate::support::client::Browser;
use crate::support::world::{JIRA, WIKI, behind};

const PAGE: &str = "/display/DEMO/Home";

#[tokio::test]
async fn a_ticket_of_one_gateway_is_taken_by_another_and_once_by_all_of_them() {
    let Some(server) = server() else { return };
    let wiki = behind(Product::new(ProductKind::Wiki, demo_people()).router()).await;
    let site =
        format!("[[site]]\nhost = \"{WIKI}\"\nproduct = \"confluence\"\nupstream = \"http://{wiki}\"\n");
    let both = installations(server, 2, &site).await;
    let (one, other) = (both[0].start().await, both[1].start().await);
    let mut jane = verified(&both[0], &one, "jane", JANE).await;
    jane.go_to(WIKI);
    jane.sign_in("jane").await;
    let refused = jane.open(PAGE).await;
    let (_, asked) = jane.go_on(&refused).await;
    // What the first gateway asked, the second answers; what that says, both are told at once.
    let mut at_home = at(&other, &jane);
    let (place, answer) = at_home.go_on(&asked).await;
    assert!(place.starts_with("jira.test/.postern/handover?request="), "{place}");
    let ticket =
        answer.header("location").strip_prefix("https://wiki.test").expect("the way back").to_owned();
    let mut windows = JoinSet::new();
    for number in 0..8 {
        let mut window = at(if number % 2 == 0 { &one } else { &other }, &jane);
        let ticket = ticket.clone();
        windows.spawn(async move {
            let answer = window.open(&ticket).await;
            (window, answer.header("location").to_owned())
        });
    }
    let answered = windows.join_all().await;
    let is_in = |place: &str| place.contains("/.postern/arrived?") && place.ends_with(PAGE);
    let let_in: Vec<&Browser> =
        answered.iter().filter(|(_, place)| is_in(place)).map(|(window, _)| window).collect();
    assert_eq!(let_in.len(), 1, "{:?}", answered.iter().map(|(_, place)| place).collect::<Vec<_>>());
    let mut jane = at(&one, let_in[0]);
    assert_eq!(at(&other, &jane).open(PAGE).await.status, StatusCode::OK);

    // Signed out at one host of one gateway: within a second nobody knows her at the other host of the other one.
    let mut elsewhere = at(&other, &jane);
    elsewhere.go_to(JIRA);
    assert_eq!(elsewhere.open("/browse/DEMO-1").await.status, StatusCode::OK);
    jane.sign_out().await;
    let since = clock::stopwatch();
    while !elsewhere.open("/browse/DEMO-1").await.is_challenge() {
        assert!(clock::stopwatch() - since < Duration::from_secs(1), "it was not known within a second");
    }
}
