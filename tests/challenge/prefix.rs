//! A product below a path sets its cookies for that path, so our pages are below it too: at the host they would never meet the
//! session that they are about.

use http::StatusCode;
use postern::demo::{Product, ProductKind, demo_people};

use crate::support::world::{World, behind};

const HOME: &str = "/wiki/display/DEMO/Home";

#[tokio::test]
async fn a_site_below_a_path_asks_below_that_path_and_lets_nobody_go_round() {
    let product = Product::new(ProductKind::Wiki, demo_people());
    let upstream = behind(axum::Router::new().nest("/wiki", product.router())).await;
    let site = format!(
        "[[site]]\nhost = \"two.test\"\nprefix = \"/wiki\"\nproduct = \"confluence\"\nupstream = \"http://{upstream}\"\n"
    );
    let world = World::with(&site).await;
    let mut jane = world.browser_at("two.test");
    let form = [("os_username", "jane"), ("os_password", "demo")];
    assert_eq!(jane.post("/wiki/dologin.action", &form).await.status, StatusCode::FOUND);

    let answer = jane.open(HOME).await;
    assert_eq!(answer.header("location"), format!("/wiki/.postern/challenge?return={HOME}"));
    let fetched = jane.fetch("/wiki/rest/api/user/current").await;
    let url = fetched.json()["challenge_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("https://two.test/wiki/.postern/challenge?"), "{url}");

    let page = jane.challenge(HOME).await;
    assert!(
        page.body.contains("action=\"verify\"") && page.body.contains("action=\"resend\""),
        "{}",
        page.body
    );
    let code = world.newest_mail("jane@acme.com").code();
    let (token, return_to) = (page.field("token"), page.field("return"));
    let fields = [("token", token.as_str()), ("return", return_to.as_str()), ("code", code.as_str())];
    let answer = jane.post("/wiki/.postern/verify", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let (mut place, mut answer) = jane.go_on(&answer).await;
    while answer.status.is_redirection() {
        (place, answer) = jane.go_on(&answer).await;
    }
    assert_eq!((answer.status, place), (StatusCode::OK, format!("two.test{HOME}")));
    assert_eq!(jane.open(HOME).await.status, StatusCode::OK);

    for nowhere in ["/wiki/x/.postern/challenge", "/wiki/.postern/nothing"] {
        assert_eq!(jane.open(nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}
