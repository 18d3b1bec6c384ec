//! A thousand people at once, each through sign-in, challenge, mail and code: a Monday morning after a reset.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use futures_util::future::join_all;
use http::StatusCode;
use postern::clock;
use postern::demo::Person;

use crate::support::client::Browser;
use crate::support::process::{Installation, WIDE_LIMITS};
use crate::support::smtp::SmtpServer;
use crate::support::world::Mail;

const PAGE: &str = "/browse/DEMO-1";
/// Everybody at once, and so many in every run of the suite.
const THOUSAND: u32 = 1_000;
const FEW: u32 = 60;

#[tokio::test]
async fn people_who_come_all_at_once_are_all_let_in_by_their_own_mails() {
    come_at_once(FEW).await;
}

#[tokio::test]
#[ignore = "a thousand people; ./dev long runs it"]
async fn a_thousand_people_at_once_are_all_let_in_by_their_own_mails() {
    come_at_once(THOUSAND).await;
}

async fn come_at_once(people: u32) {
    let Some(mut server) = SmtpServer::start(&[]).await else { return };
    let person = |number| {
        let name = format!("person{number}");
        Person::new(number, &name, &name, &address(number))
    };
    let installation = Installation::with((0..people).map(person).collect(), WIDE_LIMITS).await;
    let smtp = format!("smtp = \"smtp://127.0.0.1:{}\"\ntls = \"none\"", server.port);
    installation.configure(&installation.configuration().replace("file = \"mail\"", &smtp));
    let running = installation.start().await;

    let since = clock::stopwatch();
    let browsers = (0..people).map(|number| {
        let [high, low] = u16::try_from(number).unwrap().to_be_bytes();
        running.browser().connecting_from(Ipv4Addr::new(127, 1 + high, low, 1))
    });
    let asked = join_all(browsers.enumerate().map(async |(number, mut browser)| {
        browser.sign_in(&format!("person{number}")).await;
        let page = browser.challenge(PAGE).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        (number, browser, page)
    }));
    let asked = asked.await;
    println!("{people} people were asked within {:?}.", clock::stopwatch() - since);
    let mut codes = HashMap::new();
    while codes.len() < asked.len() {
        let received = server.mail().await;
        let code = Mail::parse(received.data.as_bytes()).code();
        let earlier = codes.insert(received.to[0].clone(), code);
        assert!(earlier.is_none(), "nobody is written to twice");
    }
    println!("Everybody was written to within {:?}.", clock::stopwatch() - since);
    let entered = asked.into_iter().map(async |(number, mut browser, page)| {
        let code = &codes[&address(u32::try_from(number).unwrap())];
        assert_eq!(browser.submit(&page, code).await.status, StatusCode::SEE_OTHER, "{number}");
        lets_in(&mut browser, number).await;
    });
    join_all(entered).await;
    println!("Everybody was let in within {:?}.", clock::stopwatch() - since);
}

async fn lets_in(browser: &mut Browser, number: usize) {
    let page = browser.open(PAGE).await;
    assert_eq!(page.status, StatusCode::OK, "{number}: {}", page.body);
    let name = browser.fetch("/rest/api/2/myself").await.json()["name"].clone();
    assert_eq!(name, format!("person{number}"), "and sees what is theirs");
}

fn address(number: u32) -> String {
    format!("person{number}@ext{}.test", number % 50)
}
