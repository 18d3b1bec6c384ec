//! A person from outside on one visit, with a new session, a new browser and new connections: asked for a code, wrong once,
//! right the second time, and away again.

use http::{Method, StatusCode};

use super::{Stage, request};
use crate::support::client::{Answer, Browser, NAVIGATION, Protocol};

/// What became of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// It went as it should.
    Done,
    /// The upstream was gone on the way.
    GivenUp,
}

/// The visit of `name` by a session of this serial number.
pub async fn visit(stage: &Stage, name: &str, serial: u64) -> Visit {
    let protocol = Protocol::BOTH[usize::from(serial.is_multiple_of(2))];
    let mut browser = stage.browser(protocol);
    browser.cookies.insert("JSESSIONID".to_owned(), format!("{name}.{serial}"));
    match walk(stage, name, &mut browser).await {
        Some(()) => Visit::Done,
        None => Visit::GivenUp,
    }
}

async fn walk(stage: &Stage, name: &str, browser: &mut Browser) -> Option<()> {
    let asked = open(browser, "/browse/page").await?;
    assert!(asked.is_challenge(), "{name}: {asked:?}");
    let page = open(browser, asked.header("location")).await?;
    assert_eq!(page.status, StatusCode::OK, "{name}: {page:?}");
    let code = stage.code(&request::email(name)).await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    for (typed, status) in [(wrong, StatusCode::UNPROCESSABLE_ENTITY), (&code, StatusCode::SEE_OTHER)] {
        let answer = served(browser.submit(&page, typed).await)?;
        assert_eq!(answer.status, status, "{name}: {answer:?}");
    }
    let answer = open(browser, "/browse/page?size=3").await?;
    assert!(answer.header("x-saw").starts_with(&format!("K-{name} ")), "{name}: {answer:?}");
    let left = open(browser, "/secure/Logout!default.jspa").await?;
    assert_eq!(left.status, StatusCode::OK, "{name}: {left:?}");
    let again = open(browser, "/browse/page").await?;
    assert!(again.is_challenge(), "{name}: {again:?}");
    Some(())
}

async fn open(browser: &mut Browser, target: &str) -> Option<Answer> {
    served(browser.try_send(Method::GET, target, &NAVIGATION, "").await?)
}

fn served(answer: Answer) -> Option<Answer> {
    (!matches!(answer.status.as_u16(), 502..=504)).then_some(answer)
}
