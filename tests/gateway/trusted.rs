//! Trusted machines: never judged, never with a cookie, and known by the address that connects and by nothing it says.

use std::net::Ipv4Addr;

use http::StatusCode;
use postern::config;
use postern::demo::{Product, ProductKind, demo_people};

use super::forwarded;
use crate::support::client::{Browser, FETCH};
use crate::support::world::{World, behind};

const SITE: &str = "trusting.test";
const MACHINE: Ipv4Addr = Ipv4Addr::new(127, 0, 7, 7);

/// A gateway with a Jira look-alike that trusts [`MACHINE`], and Jane there with a session and no proof.
async fn trusting() -> (World, Product, Browser) {
    let product = Product::new(ProductKind::Jira, demo_people());
    let upstream = behind(product.router()).await;
    let site = format!(
        "[[site]]\nhost = \"{SITE}\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\"\n\
         trusted_sources = [\"{MACHINE}\"]"
    );
    let world = World::with(&site).await;
    let mut jane = world.browser_at(SITE);
    jane.sign_in("jane").await;
    product.clear_received();
    (world, product, jane)
}

#[tokio::test]
async fn row_15_a_trusted_machine_is_not_judged_and_carries_no_cookie() {
    let (world, product, jane) = trusting().await;
    let mut machine = jane.connecting_from(MACHINE);
    let answer = machine.fetch("/rest/api/2/myself").await;
    assert_eq!((answer.status, answer.header("x-ausername")), (StatusCode::UNAUTHORIZED, "anonymous"));
    assert_eq!(machine.open("/browse/PUB-1").await.status, StatusCode::OK);
    for received in product.received() {
        assert!(received.header("cookie").is_empty(), "{received:?}");
    }
    assert_eq!(product.received().len(), 2, "nobody is asked whose session it is");
    assert!(world.metrics().contains("lane=\"anonymous\",reason=\"trusted-source\""), "{}", world.metrics());
}

#[tokio::test]
async fn row_15_a_token_of_a_trusted_machine_goes_on_alone() {
    let (world, product, jane) = trusting().await;
    let mut machine = jane.connecting_from(MACHINE);
    let mut headers = FETCH.to_vec();
    headers.push(("authorization", "Bearer demo-pat-mia"));
    let answer = machine.send(http::Method::GET, "/rest/api/2/myself", &headers, "").await;
    assert_eq!(answer.json()["name"], "mia");
    assert!(forwarded(&product)[0].header("cookie").is_empty());
    assert!(world.metrics().contains("lane=\"api\",reason=\"trusted-source\""), "{}", world.metrics());
    product.clear_received();
    headers.last_mut().expect("one").1 = "bearer demo-pat-mia";
    machine.send(http::Method::GET, "/rest/api/2/myself", &headers, "").await;
    assert!(
        forwarded(&product)[0].header("authorization").is_empty(),
        "what is no Authorization does not go on"
    );
}

#[tokio::test]
async fn t032_nobody_is_a_trusted_machine_by_saying_so() {
    let (world, product, mut jane) = trusting().await;
    let machine = MACHINE.to_string();
    let claims = ["x-forwarded-for", "x-real-ip", "true-client-ip", "forwarded", "x-client-ip"];
    for name in claims {
        let answer = jane.send(http::Method::GET, "/browse/DEMO-1", &[(name, &machine)], "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
    }
    // Not even through a proxy that is believed about who the client is.
    let text = std::fs::read_to_string(world.folder.path().join("postern.toml")).expect("the configuration");
    let text = text.replace("scheme = \"https\"", "scheme = \"https\"\ntrusted_proxies = [\"127.0.0.1\"]");
    let settings = config::parse("postern.toml", &text, world.folder.path(), &|_| None).expect("settings");
    world.app.gateway.reload(&settings);
    let answer = jane.send(http::Method::GET, "/browse/DEMO-1", &[("x-forwarded-for", &machine)], "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(forwarded(&product).is_empty(), "{:?}", forwarded(&product));
}

#[tokio::test]
async fn a_trusted_machine_still_meets_what_holds_for_everybody() {
    let (_world, product, jane) = trusting().await;
    let mut machine = jane.connecting_from(MACHINE);
    let socket = [("connection", "Upgrade"), ("upgrade", "websocket")];
    let refused = machine.send(http::Method::GET, "/browse/DEMO-1", &socket, "").await;
    assert_eq!(refused.json()["code"], "upgrade-refused");
    for (target, code) in [
        ("/browse/DEMO-1?os_username=omar&os_password=demo", "query-credentials"),
        ("/s/x/_/;/WEB-INF/web.xml", "hardened-path"),
        ("/x;jsessionid=1", "session-id-in-path"),
    ] {
        assert_eq!(machine.fetch(target).await.json()["code"], code, "{target}");
    }
    assert!(forwarded(&product).is_empty(), "{:?}", forwarded(&product));
    let mut elsewhere = machine.clone();
    elsewhere.host = "jira.test".to_owned();
    elsewhere.cookies.clear();
    elsewhere.sign_in("jane").await;
    assert!(elsewhere.open("/browse/DEMO-1").await.is_challenge(), "it is trusted at its own site alone");
}
