//! Every way in which a browser asks, by how its person stands: what a page and its scripts do without anybody's help.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::WebSocketUpgrade;
use axum::response::sse::{Event, Sse};
use axum::response::{Html, IntoResponse as _};
use axum::routing::{get, post};
use futures_util::stream;
use http::header::CONTENT_TYPE;
use postern::demo::{Product, ProductKind, demo_people};
use serde_json::{Value, json};

use super::sign_in;
use crate::support::chromium::{Screen, Tab, visit};
use crate::support::world::{World, behind};

const WEEK: Duration = Duration::from_secs(7 * 86_400);
const PAGE: &str = "/test/page";

/// Asks in the ways that a script can see the end of.
const ASK: &str = "
    const status = promise => promise.then(answer => answer.status, () => 'failed');
    const upload = new FormData();
    upload.append('file', new Blob(['x'.repeat(100000)]), 'file.txt');
    const xhr = new Promise(done => {
        const request = new XMLHttpRequest();
        request.onloadend = () => done(request.status);
        request.open('GET', '/test/data');
        request.send();
    });
    const events = new Promise(done => {
        const source = new EventSource('/test/events');
        const end = how => () => { source.close(); done(how); };
        source.onmessage = end('open');
        source.onerror = end('refused');
    });
    const socket = new Promise(done => {
        const socket = new WebSocket('ws://' + location.host + '/test/socket');
        socket.onopen = () => { socket.close(); done('open'); };
        socket.onerror = () => done('refused');
    });
    const worker = navigator.serviceWorker.register('/test/worker.js').then(
        async worker => { await worker.unregister(); return 'open'; }, () => 'refused');
    return Promise.all([status(fetch('/test/data')), xhr,
        status(fetch('/test/upload', { method: 'POST', body: upload })), events, socket, worker])
        .then(([fetch, xhr, upload, events, socket, worker]) => ({ fetch, xhr, upload, events, socket, worker }));
";

/// A product that has something of each kind, and the sign-in and sessions of the look-alike.
fn product() -> Router {
    let page = "<!doctype html><link rel=manifest href=/test/app.webmanifest crossorigin=use-credentials>\
                <form method=post action=/test/save><input name=text value=typed><button>Save</button></form>";
    let script = |text: &'static str| ([(CONTENT_TYPE, "text/javascript")], text).into_response();
    let one = || async { Sse::new(stream::iter([Ok::<_, Infallible>(Event::default().data("news"))])) };
    Router::new()
        .route(PAGE, get(move || async move { Html(page) }))
        .route("/test/save", post(|| async { Html("<!doctype html><p id=saved>Saved</p>") }))
        .route("/test/data", get(|| async { "data" }))
        .route("/test/upload", post(|body: axum::body::Bytes| async move { body.len().to_string() }))
        .route("/test/events", get(one))
        .route("/test/socket", get(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(async |_| ()) }))
        .route("/test/worker.js", get(move || async move { script("'use strict';") }))
        .route("/test/app.webmanifest", get(|| async { axum::Json(json!({ "name": "Test" })) }))
        .fallback_service(Product::new(ProductKind::Jira, demo_people()).router())
}

async fn world() -> World {
    let upstream = behind(product()).await;
    let site = "[[site]]\nhost = \"app.localhost\"\nproduct = \"jira-software\"\nupstream";
    World::for_browsers_with(&format!("{site} = \"http://{upstream}\"\n")).await
}

fn app(world: &World, target: &str) -> String {
    format!("http://app.localhost:{}{target}", world.address.port())
}

/// What scripts on the page that is shown come to, and the manifest.
async fn background(tab: &Tab) -> Value {
    let mut met = tab.ask(ASK).await;
    // Chromium asks once for each address of it.
    tab.ask("document.querySelector('[rel=manifest]').href += '?' + performance.now()").await;
    let manifest = tab.devtools("Page.getAppManifest", json!({})).await;
    let is_read = manifest["data"].as_str().is_some_and(|text| text.contains("Test"));
    met["manifest"] = if is_read { "open".into() } else { "refused".into() };
    met
}

fn all_open() -> Value {
    json!({ "fetch": 200, "xhr": 200, "upload": 200, "events": "open", "socket": "open", "worker": "open", "manifest": "open" })
}

/// A script is told by its status, and whatever else by what a browser makes of one.
fn all_refused() -> Value {
    json!({
        "fetch": 401, "xhr": 401, "upload": 401, "events": "refused", "socket": "refused", "worker": "refused",
        "manifest": "refused"
    })
}

/// Sends the form of the page that is shown: where the browser ends.
async fn save(tab: &Tab) -> String {
    tab.follow("form button").await;
    tab.place().await
}

/// Signs in, verifies, and stands on the page.
async fn come_fresh(world: &World, tab: &Tab) {
    tab.open(&app(world, "/login.jsp")).await;
    sign_in(tab, "jane").await;
    tab.open(&app(world, PAGE)).await;
    super::answer(tab, &world.newest_mail("jane@acme.com").code()).await;
    assert_eq!(tab.place().await, PAGE);
}

#[tokio::test]
async fn every_way_of_asking_meets_what_its_person_may() {
    let world = world().await;
    let walk = async |jane: &Tab| {
        jane.open(&app(&world, PAGE)).await;
        let mut strangers = all_open();
        strangers["socket"] = "refused".into();
        assert_eq!(
            background(jane).await,
            strangers,
            "nobody: what the product shows, but for sockets, which outlive a sign-in"
        );
        assert_eq!(save(jane).await, "/test/save");
        come_fresh(&world, jane).await;
        assert_eq!(background(jane).await, all_open(), "fresh");
        assert_eq!(save(jane).await, "/test/save");
        assert!(jane.has("#saved").await);

        jane.open(&app(&world, PAGE)).await;
        world.advance(WEEK);
        assert_eq!(background(jane).await, all_refused(), "stale");
        let place = save(jane).await;
        assert!(place.starts_with("/.postern/"), "a form is interrupted: {place}");
        // Mail down: the folder that mails are written into is none any more.
        let folder = world.folder.path().join("mail");
        std::fs::rename(&folder, world.folder.path().join("away")).unwrap();
        std::fs::write(&folder, "no folder").unwrap();
        world.advance(Duration::from_secs(3_600));
        jane.open(&app(&world, PAGE)).await;
        assert!(jane.has("#code").await, "the page is there, and says how the mail stands");
        let text = jane.text("main").await;
        assert!(!text.contains("was handed over"), "{text}");
    };
    // The console tells of what was refused, as it should.
    visit(Screen::Desktop, "", walk).await;
}

#[tokio::test]
async fn t202_every_way_of_asking_goes_on_without_the_store_for_whoever_is_fresh() {
    let world = world().await;
    let walk = async |jane: &Tab| {
        come_fresh(&world, jane).await;
        world.app.store.close().await;
        assert_eq!(background(jane).await, all_open(), "fresh");
        assert_eq!(save(jane).await, "/test/save");
        jane.open(&app(&world, PAGE)).await;
        world.advance(WEEK);
        assert_eq!(background(jane).await, all_refused(), "stale");
        jane.open(&app(&world, PAGE)).await;
        assert!(jane.text("main").await.contains("not possible right now"), "{}", jane.text("main").await);
    };
    // The console tells of what was refused, as it should.
    visit(Screen::Desktop, "", walk).await;
}
