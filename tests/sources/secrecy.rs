//! T041: what a browser brings reaches its own product and nobody else who is asked, written to, or shown a page.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use data_encoding::BASE64URL_NOPAD;
use http::{Method, StatusCode};
use postern::demo::{CROWD_APPLICATION, Crowd, Product, ProductKind, demo_people};

use super::FORGOTTEN;
use crate::support::client::{FETCH, NAVIGATION};
use crate::support::world::{World, behind};

const HOST: &str = "sso.test";
const PAGE: &str = "/browse/DEMO-1";
const JUNK: &str = "bearer no-token-that-goes-on";

/// The heads of what somebody was asked.
type Heads = Arc<Mutex<Vec<String>>>;

fn recorded(router: Router) -> (Router, Heads) {
    let heads: Heads = Arc::default();
    let kept = Arc::clone(&heads);
    let layer = from_fn(move |request: Request, next: Next| {
        kept.lock().unwrap().push(format!("{} {:?}", request.uri(), request.headers()));
        next.run(request)
    });
    (router.layer(layer), heads)
}

/// Names a key that the issuer must be asked for, and does not have.
fn foreign_token() -> String {
    let part = |json: &str| BASE64URL_NOPAD.encode(json.as_bytes());
    let claims = r#"{"iss":"https://id.test","aud":"jira","sub":"jane","iat":1800000000,"exp":1800000900}"#;
    format!("{}.{}.c2ln", part(r#"{"alg":"RS256","kid":"unknown","typ":"JWT"}"#), part(claims))
}

#[tokio::test]
async fn t041_what_a_browser_brings_reaches_nobody_but_its_own_product() {
    let crowd = Crowd::new(demo_people());
    let jira = Product::new(ProductKind::Jira, demo_people());
    jira.sign_on_by(&crowd);
    let (crowd_router, asked_crowd) = recorded(crowd.router());
    let (keys, asked_issuer) = recorded(Router::new().route("/jwks", get(async || "{\"keys\":[]}")));
    let folder = tempfile::tempdir().expect("a folder");
    let password = folder.path().join("crowd");
    std::fs::write(&password, CROWD_APPLICATION.1).expect("a password");
    let world = World::with(&format!(
        "[[site]]\nhost = \"{HOST}\"\nproduct = \"jira-software\"\nupstream = \"http://{}\"\n\
         [[site.session]]\nsource = \"jwt\"\ncookie = \"id_token\"\nissuer = \"https://id.test\"\naudience = \"jira\"\n\
         algorithms = [\"RS256\"]\njwks_url = \"http://{}/jwks\"\n\
         [[site.session]]\nsource = \"crowd\"\nurl = \"http://{}/crowd\"\napplication = \"{}\"\npassword_file = \"{}\"\n\
         [[site.session]]\nsource = \"introspect\"\n",
        behind(jira.router()).await,
        behind(keys).await,
        behind(crowd_router).await,
        CROWD_APPLICATION.0,
        password.display()
    ))
    .await;
    let shared = crowd.sign_in("jane", "127.0.0.1", Duration::from_secs(3600));
    let mut jane = world.browser_at(HOST);
    let brought =
        [("id_token", foreign_token()), ("crowd.token_key", shared.clone()), ("other", "a-third".into())];
    jane.cookies.extend(brought.map(|(name, value)| (name.to_owned(), value)));

    let mut shown = Vec::new();
    let with_junk = |base: &[(&'static str, &'static str)]| [base, &[("authorization", JUNK)]].concat();
    let page = jane.challenge(PAGE).await;
    let answer = jane.submit(&page, &world.newest_mail("jane@acme.com").code()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    shown.push(page.body);
    for target in [PAGE, "/a%zz", "/x;jsessionid=1", "/.postern/nothing", "/.postern/challenge"] {
        world.advance(FORGOTTEN);
        let answer = jane.send(Method::GET, target, &with_junk(&NAVIGATION), "").await;
        shown.push(if target == PAGE { String::new() } else { answer.body });
        jane.send(Method::GET, "/rest/api/2/myself", &with_junk(&FETCH), "").await;
    }

    let (asked_crowd, asked_issuer) = (asked_crowd.lock().unwrap(), asked_issuer.lock().unwrap());
    assert!(asked_crowd.len() > 1 && !asked_issuer.is_empty(), "both were asked");
    let ours: Vec<&String> = jane.cookies.keys().filter(|name| name.contains("postern")).collect();
    assert_eq!(ours.len(), 3, "{ours:?}");
    let mails: Vec<String> = world.mails().into_iter().map(|mail| mail.raw).collect();
    for (name, value) in jane.cookies.iter().chain([(&"authorization".to_owned(), &JUNK.to_owned())]) {
        let places = [
            ("Crowd", &*asked_crowd),
            ("the issuer", &*asked_issuer),
            ("a mail", &mails),
            ("a page", &shown),
        ];
        for (place, texts) in places {
            // The token is what Crowd is asked about.
            let is_its_own = place == "Crowd" && *value == shared;
            assert!(
                is_its_own || !texts.iter().any(|text| text.contains(value.as_str())),
                "{name} reached {place}"
            );
        }
    }
    assert!(
        !asked_issuer.iter().any(|head| head.contains("\"cookie\"") || head.contains("\"authorization\""))
    );
    assert!(!asked_crowd.iter().any(|head| head.contains("\"cookie\"")), "{asked_crowd:?}");
    assert!(world.jira.received().is_empty() && world.wiki.received().is_empty(), "no other host is asked");
}
