//! Where a person goes on: a page of the same host, whatever the address or the form says; and what is repeated is inert.

use http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{JANE, challenged};
use crate::support::client::NAVIGATION;
use crate::support::world::World;

/// T098 and T099, and what browsers read as other hosts besides.
pub const ELSEWHERE: [&str; 18] = [
    "https://evil.test",
    "//evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/%09/evil.test",
    "/\t/evil.test",
    "/%2f/evil.test",
    "https:evil.test",
    "javascript:1",
    "%0d%0aSet-Cookie:x=1",
    "/\r\nSet-Cookie: x=1",
    "/%0d%0aSet-Cookie:x=1",
    "/.postern/logout",
    "/.postern/challenge",
    "/%2epostern/challenge",
    "https://evilwiki.test",
    "https://jira.test.evil.test",
    "https://jira.test@evil.test",
];

fn escaped(target: &str) -> String {
    utf8_percent_encode(target, NON_ALPHANUMERIC).to_string()
}

fn challenge_with(target: &str) -> String {
    format!("/.postern/challenge?return={}", escaped(target))
}

#[tokio::test]
async fn t098_t099_a_target_elsewhere_ends_at_the_front_page() {
    let world = World::start().await;
    let (jane, first, _) = challenged(&world, "jane", JANE).await;
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    for target in ELSEWHERE {
        let page = jane.clone().open(&challenge_with(target)).await;
        assert_eq!((page.status, page.field("return").as_str()), (StatusCode::OK, "/"), "{target:?}");
        let sent_on = liam.open(&challenge_with(target)).await;
        assert_eq!((sent_on.status, sent_on.header("location")), (StatusCode::SEE_OTHER, "/"), "{target:?}");
        assert!(sent_on.set_cookies().iter().all(|line| line.starts_with("__Host-postern-round=")));
        let fields = [("token", first.field("token")), ("return", target.to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let posted = liam.post("/.postern/verify", &fields).await;
        assert_eq!((posted.status, posted.header("location")), (StatusCode::SEE_OTHER, "/"), "{target:?}");
    }
}

#[tokio::test]
async fn t098_the_right_code_leads_nowhere_else_either() {
    let world =
        World::with("[limits]\nsends_per_account = [\"1/1s\"]\ntries_per_account = [\"100/1h\"]").await;
    for target in ELSEWHERE {
        let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
        let fields = [("token", page.field("token")), ("return", target.to_owned()), ("code", code)];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = jane.post("/.postern/verify", &fields).await;
        let location = answer.header("location");
        assert!(location.starts_with("/.postern/arrived?") && location.ends_with("&return=/"), "{location}");
        let arrived =
            jane.open(&location.replace("&return=/", &format!("&return={}", escaped(target)))).await;
        assert_eq!((arrived.status, arrived.header("location")), (StatusCode::SEE_OTHER, "/"), "{target:?}");
        let names: Vec<&str> =
            answer.set_cookies().iter().filter_map(|line| Some(line.split_once('=')?.0)).collect();
        assert_eq!(
            names,
            ["device", "proof", "home"].map(|name| format!("__Host-postern-{name}")),
            "{target:?}"
        );
        world.advance(std::time::Duration::from_secs(1));
    }
}

#[tokio::test]
async fn the_page_asked_for_survives_wrong_codes_and_another_mail() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    let target = "/browse/DEMO-1?jql=a%20%3D%20%22b%22&x=%2F%2Fy&z='<";
    let encoded = target.replace('<', "%3C");
    let page = jane.challenge(&encoded).await;
    let code = world.newest_mail(JANE).code();
    let page = jane.submit(&page, &super::other_than(&code)).await;
    let page = jane.resend(&page).await;
    let page = jane.submit(&page, "nonsense").await;
    assert_eq!(jane.submit(&page, &code).await.header("location"), encoded);
}

#[tokio::test]
async fn t116_what_is_repeated_is_inert() {
    const HOSTILE: &str = "\"><svg onload=1>";
    let world = World::start().await;
    let (mut jane, page, _) = challenged(&world, "jane", JANE).await;
    let encoded = utf8_percent_encode(HOSTILE, NON_ALPHANUMERIC).to_string();
    let token = page.field("token");
    let long = format!("/{HOSTILE}");
    let mut answers = vec![
        jane.open(&challenge_with(HOSTILE)).await,
        jane.open(&challenge_with(&long)).await,
        jane.open(&challenge_with(&format!("/browse?{HOSTILE}"))).await,
        jane.open(&format!("/.postern/challenge?error={encoded}&code={encoded}&email={encoded}")).await,
        jane.open(&format!("/.postern/{encoded}")).await,
        jane.open(&format!("/.postern/assets/{encoded}")).await,
        jane.submit(&page, HOSTILE).await,
        jane.post("/.postern/verify", &[("token", HOSTILE), ("return", HOSTILE), ("code", HOSTILE)]).await,
        jane.post("/.postern/resend", &[("token", &token), ("return", HOSTILE)]).await,
    ];
    let headers = [NAVIGATION.as_slice(), &[("host", "<svg-onload=1>"), ("referer", HOSTILE)]].concat();
    answers.push(jane.send(Method::GET, "/.postern/challenge", &headers, "").await);
    for answer in answers {
        assert!(!answer.body.contains("<svg"), "{}", answer.body);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{} {}", answer.status, answer.body);
        assert!(!answer.header("location").contains('<'));
    }
}
