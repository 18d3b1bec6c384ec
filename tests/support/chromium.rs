//! A real Chromium, driven by WebDriver: one chromedriver for the tests that run at once, a session and a profile for each.
//!
//! It ends with the last test that uses it, and takes every process that it started along. The walks are in `browser/`.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use super::needs::left_out;

/// Starting a browser on a loaded machine is the slowest thing waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// A command that the driver never answers ends the walk.
const WALK: Duration = Duration::from_secs(90);
const PERIOD: Duration = Duration::from_millis(25);

/// What the browser shows pages on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 1280×900, with a mouse.
    Desktop,
    /// 390×844, with a finger.
    Phone,
    /// 320×568: the narrowest that WCAG 2.2 (1.4.10) asks for.
    Narrow,
}

impl Screen {
    /// In CSS pixels.
    pub fn width(self) -> u32 {
        self.size().0
    }

    fn size(self) -> (u32, u32) {
        match self {
            Self::Desktop => (1280, 900),
            Self::Phone => (390, 844),
            Self::Narrow => (320, 568),
        }
    }
}

/// Walks with a fresh browser and closes it. Where there is none, says so and walks nowhere, but not where `CI` is set.
///
/// Fails when a page broke its content security policy or a script failed: all that a console may say is the status of a
/// refused request.
pub async fn browse(screen: Screen, walk: impl AsyncFnOnce(&Tab)) {
    let said = visit(screen, "", walk).await;
    assert!(said.is_empty(), "the console says {said:#?}");
}

/// As [`browse`], with `agent` at the end of the browser's `User-Agent`, and at servers of others: what their pages say to
/// the console is their business, and returned.
pub async fn visit(screen: Screen, agent: &str, walk: impl AsyncFnOnce(&Tab)) -> Vec<Value> {
    let Some(driver) = Driver::shared() else { return Vec::new() };
    let tab = Tab::start(screen, driver).await;
    if !agent.is_empty() {
        let whole =
            format!("{} {agent}", tab.ask("return navigator.userAgent").await.as_str().expect("text"));
        tab.devtools("Network.setUserAgentOverride", json!({ "userAgent": whole })).await;
    }
    tokio::time::timeout(WALK, walk(&tab)).await.expect("the browser goes on answering");
    let said = tab.console().await;
    tab.client.close().await.expect("the browser closes");
    said
}

/// The one tab of a browser. Everything a test asks of it must work, or the test fails.
pub struct Tab {
    /// For what is not below.
    pub client: Client,
    /// What it is shown on.
    pub screen: Screen,
    // In this order: the profile is removed after its browser was closed, and before the last test ends the driver.
    _profile: TempDir,
    _driver: Arc<Driver>,
}

/// A request as it left the browser.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its method.
    pub method: String,
    /// Where to.
    pub url: Url,
    /// The `Origin` header.
    pub origin: Option<String>,
}

impl Tab {
    async fn start(screen: Screen, driver: Arc<Driver>) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let url = format!("http://127.0.0.1:{}", driver.port);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(screen, &profile))
            .connect(&url)
            .await
            .expect("a browser starts");
        Self { client, screen, _profile: profile, _driver: driver }
    }

    /// Loads a page.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Path and query of the page that is shown.
    pub async fn place(&self) -> String {
        let url = self.client.current_url().await.expect("an address");
        url[url::Position::BeforePath..].to_owned()
    }

    /// The page's title.
    pub async fn title(&self) -> String {
        self.client.title().await.expect("a title")
    }

    /// The first element of a CSS selector, once it is there.
    pub async fn find(&self, selector: &str) -> Element {
        let found =
            self.client.wait().at_most(PATIENCE).every(PERIOD).for_element(Locator::Css(selector)).await;
        match found {
            Ok(element) => element,
            Err(error) => {
                panic!("{selector} at {}: {error}\n{}", self.place().await, self.text("body").await)
            }
        }
    }

    /// Whether there is such an element.
    pub async fn has(&self, selector: &str) -> bool {
        !self.client.find_all(Locator::Css(selector)).await.expect("a page").is_empty()
    }

    /// What the element says, as it is seen.
    pub async fn text(&self, selector: &str) -> String {
        self.client.find(Locator::Css(selector)).await.expect("an element").text().await.expect("text")
    }

    /// Waits until the element says just this.
    pub async fn shows(&self, selector: &str, expected: &str) {
        self.until(expected, async || self.text(selector).await == expected).await;
    }

    /// Asks again and again until it is so; `what` names it where it never is.
    pub async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let wait = async {
            while !is_so().await {
                tokio::time::sleep(PERIOD).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, wait).await;
        assert!(in_time.is_ok(), "{what} is not seen at {}", self.place().await);
    }

    /// Clicks what leads to another page, and waits for that.
    pub async fn follow(&self, selector: &str) {
        self.turn(self.click(selector)).await;
    }

    /// Does what leads to another page, and waits for that. The driver alone would now and then look at the old one.
    pub async fn turn(&self, act: impl Future<Output = ()>) {
        let old = self.find("html").await;
        act.await;
        self.until("another page", async || old.tag_name().await.is_err()).await;
    }

    /// Clicks what changes the page that is shown.
    pub async fn click(&self, selector: &str) {
        self.find(selector).await.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Types, or presses keys of `fantoccini::key`.
    pub async fn keys(&self, keys: &str) {
        self.focused().await.send_keys(keys).await.expect("keys");
    }

    /// Fills in a field.
    pub async fn fill(&self, selector: &str, text: &str) {
        self.find(selector).await.send_keys(text).await.expect("keys");
    }

    /// The element that keys go to.
    pub async fn focused(&self) -> Element {
        self.client.active_element().await.expect("a focus")
    }

    /// What a script says.
    pub async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("a script")
    }

    /// What a screen reader calls the first element of a selector: its role and its name.
    pub async fn spoken(&self, selector: &str) -> (String, String) {
        let element = self.find(selector).await.element_id();
        let mut said = Vec::new();
        for what in ["computedrole", "computedlabel"] {
            let command = Endpoint { path: format!("element/{}/{what}", element.as_ref()), body: None };
            let answer = self.client.issue_cmd(command).await.expect("an answer");
            said.push(answer.as_str().expect("text").to_owned());
        }
        let [role, label] = <[String; 2]>::try_from(said).expect("two answers");
        (role, label)
    }

    /// The names of the cookies that the page's host would get.
    pub async fn cookies(&self) -> Vec<String> {
        let cookies = self.client.get_all_cookies().await.expect("cookies");
        cookies.iter().map(|cookie| cookie.name().to_owned()).collect()
    }

    /// The requests since the last time that this was asked.
    pub async fn sent(&self) -> Vec<Sent> {
        let mut sent = Vec::new();
        for entry in self.log("performance").await {
            let text = entry["message"].as_str().expect("an event");
            let event: Value = serde_json::from_str(text).expect("an event");
            let event = &event["message"];
            if event["method"] != "Network.requestWillBeSent" {
                continue;
            }
            let request = &event["params"]["request"];
            let text = |value: &Value| value.as_str().map(str::to_owned);
            sent.push(Sent {
                method: text(&request["method"]).expect("a method"),
                url: text(&request["url"]).expect("an address").parse().expect("an address"),
                origin: text(&request["headers"]["Origin"]),
            });
        }
        sent.retain(|request| request.url.scheme() != "data");
        sent
    }

    /// What the console says, but for the statuses of refused requests.
    async fn console(&self) -> Vec<Value> {
        let mut said = self.log("browser").await;
        said.retain(|entry| entry["source"] != "network");
        said
    }

    /// A command of the DevTools protocol, and its answer. It works where the driver's own scripts do not.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters }).to_string();
        let command = Endpoint { path: "goog/cdp/execute".into(), body: Some(body) };
        self.client.issue_cmd(command).await.expect("the browser obeys")
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let command = Endpoint { path: "se/log".into(), body: Some(json!({ "type": kind }).to_string()) };
        let log = self.client.issue_cmd(command).await.expect("a log");
        log.as_array().expect("entries").clone()
    }
}

fn capabilities(screen: Screen, profile: &TempDir) -> Capabilities {
    let (width, height) = screen.size();
    let mut options = json!({ "args": [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--lang=en",
        format!("--user-data-dir={}", profile.path().display()),
    ]});
    let hand = screen != Screen::Desktop;
    let metrics = json!({
        "width": width, "height": height, "pixelRatio": if hand { 2 } else { 1 }, "touch": hand, "mobile": hand,
    });
    options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    let capabilities = json!({
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    });
    capabilities.as_object().expect("an object").clone()
}
/// A command of a session that the client has no method for.
#[derive(Debug)]
struct Endpoint {
    path: String,
    /// With a body it is a POST.
    body: Option<String>,
}

impl WebDriverCompatibleCommand for Endpoint {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let method = if self.body.is_some() { Method::POST } else { Method::GET };
        (method, self.body.clone())
    }
}

/// A running chromedriver.
struct Driver {
    port: u16,
    child: Child,
}

impl Driver {
    /// The driver of the tests that run now, or a new one. `None`, with a printed line, where there is no browser.
    fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Driver>> = Mutex::new(Weak::new());
        if let Some(missing) = ["chromedriver", "chromium"].into_iter().find(|program| !runs(program)) {
            left_out(missing, "on Debian, `chromium-driver` has both");
            return None;
        }
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let driver = shared.upgrade().unwrap_or_else(|| Arc::new(Self::start()));
        *shared = Arc::downgrade(&driver);
        Some(driver)
    }

    /// It takes a port of IPv4 and then the same of IPv6, which somebody else may have by then.
    fn start() -> Self {
        (0..5).find_map(|_| Self::try_start()).expect("chromedriver says its port")
    }

    fn try_start() -> Option<Self> {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Its browsers join its group, so that they can be ended with it.
            .process_group(0)
            .spawn()
            .expect("chromedriver starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok()
        });
        let Some(port) = port else {
            let _ = child.wait();
            return None;
        };
        // Somebody must go on reading, or it stops at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { port, child })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Ok(group) = i32::try_from(self.child.id()) {
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
        let _ = self.child.wait();
    }
}

fn runs(program: &str) -> bool {
    let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}
