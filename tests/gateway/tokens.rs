//! Whose API token it is: asked once where the site wants to know, and blocked where it is an external person's.

use std::time::Duration;

use http::{Method, StatusCode};
use postern::demo::{Fault, Person, Product, ProductKind};

use super::{assert_nothing_forwarded, forwarded, questions, stale_jane};
use crate::support::client::{Answer, Browser};
use crate::support::world::{World, behind};

const BLOCK: &str = "api_identity = \"introspect\"\napi_tokens_for_external = \"block\"";
const LABEL: &str = "api_identity = \"introspect\"";
const ISSUE: &str = "/rest/api/2/issue/DEMO-1";

/// A gateway whose `tokens.test` treats tokens in this way, and the product behind that.
async fn tokens(keys: &str) -> (World, Product) {
    let people = [postern::demo::demo_people(), vec![Person::new(9, "liam@acme.com", "L", "l@else.example")]];
    let product = Product::new(ProductKind::Jira, people.concat());
    let upstream = behind(product.router()).await;
    let site = format!(
        "[[site]]\nhost = \"tokens.test\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\"\n{keys}"
    );
    (World::with(&site).await, product)
}

async fn call(world: &World, method: Method, target: &str, authorization: &str) -> Answer {
    let mut program = world.browser_at("tokens.test");
    program.send(method, target, &[("authorization", authorization)], "").await
}

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", data_encoding::BASE64.encode(format!("{name}:{password}").as_bytes()))
}

fn counted(world: &World, lane: &str, class: &str) -> bool {
    let series = format!(
        "class=\"{class}\",decision=\"pass\",lane=\"{lane}\",reason=\"api-token\",site=\"tokens.test\""
    );
    world.metrics().contains(&series)
}

#[tokio::test]
async fn a_blocked_external_token_reaches_nothing_and_says_whom_to_ask() {
    let (world, product) = tokens(BLOCK).await;
    for authorization in [
        "Bearer demo-pat-omar",
        "Bearer demo-pat-jane",
        &basic("omar", "demo"),
        &basic("nobody.here", "demo"),
        &basic("liam ", "demo"),
        "Basic bm8tY29sb24=",
        "JWT a.b.c",
        "OAuth oauth_token=\"x\", oauth_signature=\"y\"",
    ] {
        let answer = call(&world, Method::GET, ISSUE, authorization).await;
        assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::FORBIDDEN, &"token-blocked".into()));
        let said = answer.json()["detail"].to_string();
        assert!(
            said.contains("blocked here by the organization")
                && said.contains("ask your organization's admin")
        );
        let reached = forwarded(&product);
        assert!(reached.is_empty(), "{authorization}: {reached:?}");
    }
    assert!(world.mails().is_empty(), "a program is never asked for a code");
}

#[tokio::test]
async fn a_managed_persons_token_and_password_pass_where_others_are_blocked() {
    let (world, product) = tokens(BLOCK).await;
    for authorization in
        ["Bearer demo-pat-liam", &basic("liam", "demo"), &basic("LIAM", "demo"), &basic("mia", "demo")]
    {
        product.clear_received();
        let answer = call(&world, Method::GET, ISSUE, authorization).await;
        assert_eq!(answer.status, StatusCode::OK, "{authorization}: {}", answer.body);
        assert_eq!(forwarded(&product)[0].header("authorization"), [authorization]);
    }
    assert!(counted(&world, "api", "managed") && !counted(&world, "api", "token"));
}

#[tokio::test]
async fn a_password_is_never_tried() {
    let (world, product) = tokens(BLOCK).await;
    for name in ["liam", "omar", "nobody"] {
        call(&world, Method::GET, ISSUE, &basic(name, "wrong")).await;
    }
    assert_eq!(questions(&product), 0);
    let failed = call(&world, Method::GET, "/rest/auth/1/session", "Bearer demo-pat-liam").await;
    assert_eq!(failed.json()["loginInfo"]["failedLoginCount"], 1, "the one that the client tried itself");
}

#[tokio::test]
async fn whose_token_it_is_is_asked_once_with_the_token_alone() {
    let (world, product) = tokens(BLOCK).await;
    let mut program = world.browser_at("tokens.test");
    program.cookies.insert("JSESSIONID".to_owned(), "x".to_owned());
    let token = [("authorization", "Bearer demo-pat-liam"), ("x-ausername", "omar")];
    for _ in 0..3 {
        assert_eq!(program.send(Method::GET, ISSUE, &token, "").await.status, StatusCode::OK);
    }
    assert_eq!(questions(&product), 1);
    let question = product.received().into_iter().find(|request| request.path() == "/rest/api/2/myself");
    let question = question.expect("a question");
    assert_eq!(question.header("authorization"), ["Bearer demo-pat-liam"]);
    assert!(
        question.header("cookie").is_empty() && question.header("x-ausername").is_empty(),
        "{question:?}"
    );
    world.advance(Duration::from_secs(31));
    call(&world, Method::GET, ISSUE, token[0].1).await;
    assert_eq!(questions(&product), 2);
    let at_once = (0..20).map(|_| call(&world, Method::GET, ISSUE, "Bearer demo-pat-mia"));
    futures_util::future::join_all(at_once).await;
    assert_eq!(questions(&product), 3, "the others waited");
}

#[tokio::test]
async fn a_token_that_nobody_knows_gets_the_products_own_answer_and_is_asked_about_again_soon() {
    let (world, product) = tokens(BLOCK).await;
    let answer = call(&world, Method::GET, "/rest/api/2/myself", "Bearer junk").await;
    assert_eq!((answer.status, answer.header("x-ausername")), (StatusCode::UNAUTHORIZED, "anonymous"));
    world.advance(Duration::from_secs(3));
    call(&world, Method::GET, "/rest/api/2/myself", "Bearer junk").await;
    assert_eq!(questions(&product), 2);
}

#[tokio::test]
async fn a_cookie_with_the_bytes_of_a_token_says_nothing_of_the_token() {
    let (world, product) = tokens(BLOCK).await;
    let mut omar = world.browser_at("tokens.test");
    // The product knows nobody by this cookie, which is remembered for half a minute.
    let cookie = [("cookie", "Bearer demo-pat-omar")];
    assert_eq!(omar.send(Method::GET, "/browse/PUB-1", &cookie, "").await.status, StatusCode::OK);
    product.clear_received();
    assert_eq!(call(&world, Method::GET, ISSUE, "Bearer demo-pat-omar").await.status, StatusCode::FORBIDDEN);
    assert!(forwarded(&product).is_empty());
}

#[tokio::test]
async fn while_the_product_cannot_say_tokens_wait_only_where_some_are_blocked() {
    for (keys, status) in [(BLOCK, StatusCode::SERVICE_UNAVAILABLE), (LABEL, StatusCode::OK)] {
        let (world, product) = tokens(keys).await;
        product.set_fault(Some(Fault::ServerError));
        let answer = call(&world, Method::GET, ISSUE, "Bearer demo-pat-liam").await;
        assert_eq!(answer.status, status, "{keys}");
        assert_eq!(forwarded(&product).is_empty(), status != StatusCode::OK);
        assert_eq!(call(&world, Method::GET, ISSUE, &basic("liam", "demo")).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn another_persons_token_in_place_of_a_managed_persons_password_is_withheld() {
    let (world, product) = tokens(BLOCK).await;
    // Some products take a token as the password beside any name.
    product.set_token_as_password(true);
    let answer = call(&world, Method::GET, ISSUE, &basic("liam", "demo-pat-omar")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["code"], "identity-mismatch");
    assert!(!answer.body.contains("DEMO-1") && answer.header("x-ausername").is_empty(), "{answer:?}");
    assert_eq!(
        call(&world, Method::GET, ISSUE, &basic("liam", "demo-pat-liam")).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn an_address_as_user_name_counts_for_the_login_name_behind_it_alone() {
    let (world, product) = tokens(BLOCK).await;
    // Somebody signed up at the product under the name that is a managed person's address.
    let answer = call(&world, Method::GET, ISSUE, &basic("liam@acme.com", "demo")).await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"identity-mismatch".into())
    );
    assert_eq!(forwarded(&product).len(), 1, "the product was asked, and its answer withheld");
}

#[tokio::test]
async fn a_token_that_changed_hands_is_withheld_and_asked_about_again() {
    let (world, product) = tokens(BLOCK).await;
    assert_eq!(call(&world, Method::GET, ISSUE, "Bearer demo-pat-liam").await.status, StatusCode::OK);
    product.set_token("liam", "gone");
    product.set_token("omar", "demo-pat-liam");
    let withheld = call(&world, Method::GET, ISSUE, "Bearer demo-pat-liam").await;
    assert_eq!(withheld.json()["code"], "identity-mismatch");
    let blocked = call(&world, Method::GET, ISSUE, "Bearer demo-pat-liam").await;
    assert_eq!(blocked.json()["code"], "token-blocked");
}

#[tokio::test]
async fn where_all_tokens_are_taken_it_is_only_counted_whose_they_are() {
    let (world, product) = tokens(LABEL).await;
    product.set_token_as_password(true);
    for authorization in ["Bearer demo-pat-omar", &basic("liam", "demo-pat-omar"), "JWT a.b.c", "Bearer junk"]
    {
        let answer = call(&world, Method::GET, "/browse/PUB-1", authorization).await;
        assert_eq!(answer.status, StatusCode::OK, "{authorization}: {}", answer.body);
    }
    for class in ["external", "managed", "token"] {
        assert!(counted(&world, "api", class), "{class}");
    }
}

#[tokio::test]
async fn nobody_is_asked_unless_the_site_wants_to_know() {
    let (world, product) = tokens("").await;
    assert_eq!(call(&world, Method::GET, ISSUE, "Bearer demo-pat-omar").await.status, StatusCode::OK);
    assert_eq!(questions(&product), 0);
    let off = format!("mode = \"off\"\n{BLOCK}");
    let (world, product) = tokens(&off).await;
    assert_eq!(call(&world, Method::GET, ISSUE, "Bearer demo-pat-omar").await.status, StatusCode::OK);
    assert_eq!(questions(&product), 0);
}

#[tokio::test]
async fn an_apps_token_is_counted_as_mobile_and_judged_as_any_other() {
    let keys = format!("{BLOCK}\nmobile = {{ clients = [\"app-1\"] }}");
    let (world, product) = tokens(&keys).await;
    let token = |client: &str| {
        let claims =
            data_encoding::BASE64URL_NOPAD.encode(format!("{{\"client_id\":\"{client}\"}}").as_bytes());
        format!("e30.{claims}.c2ln")
    };
    product.set_token("liam", &token("app-1"));
    product.set_token("omar", &format!("{}x", token("app-1")));
    product.set_token("mia", &token("other"));
    assert_eq!(
        call(&world, Method::GET, ISSUE, &format!("Bearer {}", token("app-1"))).await.status,
        StatusCode::OK
    );
    assert!(counted(&world, "mobile", "managed") && !counted(&world, "api", "managed"));
    assert_eq!(
        call(&world, Method::GET, ISSUE, &format!("Bearer {}", token("other"))).await.status,
        StatusCode::OK
    );
    assert!(counted(&world, "api", "managed"));
    let blocked = call(&world, Method::GET, ISSUE, &format!("Bearer {}x", token("app-1"))).await;
    assert_eq!(blocked.status, StatusCode::FORBIDDEN, "the label opens nothing");
}

#[tokio::test]
async fn a_session_beside_a_blocked_token_opens_nothing() {
    let site = |world: &World| world.browser_at("tokens.test");
    let (world, product) = tokens(BLOCK).await;
    let mut liam: Browser = site(&world);
    liam.sign_in("liam").await;
    product.clear_received();
    let answer = liam.send(Method::GET, ISSUE, &[("authorization", "Bearer demo-pat-omar")], "").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
    assert!(forwarded(&product).is_empty());
    let jane = stale_jane(&world).await;
    assert!(super::load(&world, &jane, "/browse/DEMO-1", "").await.is_challenge());
    assert_nothing_forwarded(&world);
}
