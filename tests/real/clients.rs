//! Client libraries that people use, through the gateway: a token works as if the gateway were not there, and never together
//! with a session; a session of an external person that no code vouches for gets an answer that a script can read.

use std::path::PathBuf;
use std::process::Command;

use postern::demo::{Product, Received};
use serde::Deserialize;
use serde_json::{Value, json};

use super::at;
use crate::support::client::Browser;
use crate::support::needs::{installed, left_out};
use crate::support::process::Process;
use crate::support::world::World;

/// What a script of `clients/` says that it did.
#[derive(Debug, Deserialize)]
struct Report {
    /// Each request as it left the library; a library in JavaScript does not tell.
    requests: Vec<Sent>,
    /// What worked, by name.
    done: Value,
    /// What ended it.
    refused: Option<Refused>,
}

#[derive(Debug, Deserialize)]
struct Sent {
    cookie: Option<String>,
    authorization: bool,
}

/// An answer as the library hands it to its user.
#[derive(Debug, Deserialize)]
struct Refused {
    error: String,
    status: u16,
    content_type: String,
    body: String,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Library {
    Jira,
    Atlassian,
    JiraJs,
}

impl Library {
    /// The program and its first arguments; `None`, with a printed line, where it is not installed.
    fn command(self) -> Option<Command> {
        let script =
            |name: &str| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/real/clients").join(name);
        if self == Self::JiraJs {
            let folder = installed().join("node");
            if !folder.join("node_modules/jira.js").exists() {
                left_out("node", "`./dev long` installs it");
                return None;
            }
            let mut command = Command::new("node");
            command.arg(script("npm_jira.mjs")).arg(folder);
            return Some(command);
        }
        let python = installed().join("python/bin/python");
        if !python.exists() {
            left_out("python", "`./dev test` installs its libraries");
            return None;
        }
        let mut command = Command::new(python);
        command.arg(script(if self == Self::Jira { "pypi_jira.py" } else { "pypi_atlassian.py" }));
        Some(command)
    }

    /// Runs the script to its end.
    async fn work(self, arguments: &[&str]) -> Option<Report> {
        let mut command = self.command()?;
        let ended =
            Process::spawn(command.args(arguments).env("PYTHONDONTWRITEBYTECODE", "1")).finish().await;
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
        Some(serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}")))
    }
}

/// A person who signed in at the product with a browser and has not met the code yet: the session's id.
async fn session(world: &World, host: &str, page: &str, username: &str) -> String {
    let mut browser = Browser::new(world.address, host);
    browser.post(page, &[("os_username", username), ("os_password", "demo")]).await;
    browser.cookies["JSESSIONID"].clone()
}

/// What reached a product, but for the gateway's own questions.
fn reached(product: &Product) -> Vec<Received> {
    let mut received = product.received();
    received.retain(|request| request.header("user-agent").len() == 1);
    received
}

fn assert_all_work_was_done(report: &Report, created: &Value) {
    assert!(report.refused.is_none(), "{report:#?}");
    let done = &report.done;
    assert_eq!(done["created"], *created, "{report:#?}");
    assert_eq!(done["uploaded"][0], "lines.txt", "{report:#?}");
    assert_eq!(done["uploaded"][1], 36, "{report:#?}");
}

/// The refusal that a script can read: its form, where a person can go on, and no page.
fn assert_is_a_problem(refused: &Refused, host: &str) {
    assert_eq!((refused.status, &*refused.content_type), (401, "application/problem+json"), "{refused:?}");
    let problem: Value = serde_json::from_str(&refused.body).unwrap_or_else(|_| panic!("JSON: {refused:?}"));
    let challenge = problem["challenge_url"].as_str().unwrap_or_else(|| panic!("an address: {problem}"));
    assert!(challenge.starts_with(&format!("http://{host}.localhost")), "{challenge}");
    assert!(challenge.contains("/.postern/challenge"), "{challenge}");
}

/// The password and the token; the library begins with `serverInfo` and then works.
#[tokio::test]
async fn pypi_jira_works_with_a_password_and_with_a_token() {
    for how in ["basic", "token"] {
        let world = World::for_browsers().await;
        let Some(report) = Library::Jira.work(&[&at(&world, "jira", ""), how, "omar"]).await else { return };
        assert_eq!(report.done["who"], "omar", "{report:#?}");
        assert_eq!(report.done["found"], json!(["DEMO-1", "DEMO-2", "DEMO-3", "PUB-1"]));
        assert_eq!(report.done["uploaded"][2], "three lines\n".repeat(3));
        assert_all_work_was_done(&report, &json!(["DEMO-4", "Made by a script"]));
        assert!(report.requests.iter().all(|sent| sent.authorization), "{report:#?}");
        let reached = reached(&world.jira);
        assert_eq!(reached.len(), report.requests.len(), "each request arrived, and once: {reached:#?}");
        assert!(reached.iter().all(|request| request.header("cookie").is_empty()), "{reached:#?}");
        assert!(world.mails().is_empty());
    }
}

/// The library keeps a `JSESSIONID` that it is given and sends it with the token. Jane's own session is stale; her token and
/// anybody else's work all the same, because her session is not sent along.
#[tokio::test]
async fn t047_pypi_jira_sends_a_session_beside_the_token_and_only_the_token_arrives() {
    for how in ["basic", "token"] {
        let world = World::for_browsers().await;
        let jane = session(&world, "jira.localhost", "/login.jsp", "jane").await;
        world.jira.clear_received();
        let arguments = [&*at(&world, "jira", ""), how, "omar", &jane];
        let Some(report) = Library::Jira.work(&arguments).await else { return };
        assert_all_work_was_done(&report, &json!(["DEMO-4", "Made by a script"]));
        assert_eq!(report.done["who"], "omar");
        let with_cookie = |sent: &&Sent| sent.cookie.as_ref().is_some_and(|cookie| cookie.contains(&jane));
        let sent = report.requests.iter().filter(with_cookie).count();
        assert!(sent >= 5 && sent == report.requests.len(), "the client sent both: {report:#?}");
        let reached = reached(&world.jira);
        assert_eq!(reached.len(), sent);
        for request in &reached {
            assert!(request.header("cookie").is_empty(), "{request:?}");
            assert_eq!(request.header("authorization").len(), 1, "{request:?}");
        }
    }
}

#[tokio::test]
async fn pypi_jira_with_a_session_of_its_own_works_for_managed_people_only() {
    let world = World::for_browsers().await;
    let url = at(&world, "jira", "");
    let Some(report) = Library::Jira.work(&[&url, "cookie", "liam"]).await else { return };
    assert_eq!(report.done["who"], "liam", "{report:#?}");
    assert_all_work_was_done(&report, &json!(["DEMO-4", "Made by a script"]));

    let jane = session(&world, "jira.localhost", "/login.jsp", "jane").await;
    world.jira.clear_received();
    let report = Library::Jira.work(&[&url, "nothing", "-", &jane]).await.expect("it is installed");
    let refused = report.refused.as_ref().unwrap_or_else(|| panic!("a refusal: {report:#?}"));
    assert_eq!(refused.error, "JIRAError");
    assert_is_a_problem(refused, "jira");
    assert!(report.done == json!({}) && reached(&world.jira).is_empty(), "{report:#?}");
    assert!(world.mails().is_empty(), "a script's request sends no mail");
}

/// The library takes every 401 for an expired session: it signs in again and tries again, and its count of tries begins
/// anew with each sign-in, so that only the end of its stack stops it. Whatever it does, nothing but sign-ins gets through.
#[tokio::test]
async fn pypi_jira_signing_in_again_and_again_gets_nowhere() {
    let world = World::for_browsers().await;
    let Some(report) = Library::Jira.work(&[&at(&world, "jira", ""), "cookie", "jane"]).await else { return };
    assert_eq!(report.refused.as_ref().map(|refused| &*refused.error), Some("RecursionError"), "{report:#?}");
    assert_eq!(report.done, json!({}));
    let (sign_ins, others): (Vec<_>, Vec<_>) = reached(&world.jira)
        .into_iter()
        .partition(|request| request.method == "POST" && request.path() == "/rest/auth/1/session");
    assert!(!sign_ins.is_empty(), "it signed in");
    assert!(others.iter().all(|request| request.header("cookie").is_empty()), "{others:#?}");
    assert!(world.mails().is_empty());
}

#[tokio::test]
async fn pypi_atlassian_works_with_a_token_at_both_products() {
    let world = World::for_browsers().await;
    let jira = [&*at(&world, "jira", ""), "jira", "token", "omar"];
    let Some(report) = Library::Atlassian.work(&jira).await else { return };
    assert_eq!(report.done["who"], "omar", "{report:#?}");
    assert_all_work_was_done(&report, &json!(["DEMO-4", "Made by a script"]));

    let wiki = [&*at(&world, "wiki", ""), "wiki", "token", "omar"];
    let report = Library::Atlassian.work(&wiki).await.expect("it is installed");
    assert_eq!(report.done["found"], json!(["Home", "Roadmap"]), "{report:#?}");
    assert_all_work_was_done(&report, &json!(["4", "Made by a script"]));
    for request in reached(&world.jira).iter().chain(&reached(&world.wiki)) {
        assert!(request.header("cookie").is_empty(), "{request:?}");
        assert_eq!(request.header("authorization"), ["Bearer demo-pat-omar"], "{request:?}");
    }
    assert!(world.mails().is_empty());
}

/// `cookies=`: the browser's session copied into a script.
#[tokio::test]
async fn pypi_atlassian_with_a_stale_session_is_told_so() {
    let world = World::for_browsers().await;
    for (product, page) in [("jira", "/login.jsp"), ("wiki", "/dologin.action")] {
        let host = format!("{product}.localhost");
        let jane = session(&world, &host, page, "jane").await;
        world.jira.clear_received();
        world.wiki.clear_received();
        let arguments = [&*at(&world, product, ""), product, "cookie", &jane];
        let Some(report) = Library::Atlassian.work(&arguments).await else { return };
        let refused = report.refused.as_ref().unwrap_or_else(|| panic!("a refusal: {report:#?}"));
        assert_is_a_problem(refused, product);
        assert_eq!(report.done, json!({}), "{report:#?}");
        assert!(reached(&world.jira).is_empty() && reached(&world.wiki).is_empty());

        let liam = session(&world, &host, page, "liam").await;
        let arguments = [&*at(&world, product, ""), product, "cookie", &liam];
        let report = Library::Atlassian.work(&arguments).await.expect("it is installed");
        assert!(report.refused.is_none(), "a managed person's session works: {report:#?}");
    }
    assert!(world.mails().is_empty());
}

#[tokio::test]
async fn npm_jira_js_works_with_a_token_and_is_told_of_a_stale_session() {
    for how in ["token", "basic"] {
        let world = World::for_browsers().await;
        let arguments = [&*at(&world, "jira", ""), how, "omar"];
        let Some(report) = Library::JiraJs.work(&arguments).await else { return };
        assert_eq!(report.done["who"], "omar", "{report:#?}");
        assert_all_work_was_done(&report, &json!(["DEMO-4", "Made by a script"]));
    }
    let world = World::for_browsers().await;
    let jane = session(&world, "jira.localhost", "/login.jsp", "jane").await;
    world.jira.clear_received();
    let arguments = [&*at(&world, "jira", ""), "cookie", &jane];
    let report = Library::JiraJs.work(&arguments).await.expect("it is installed");
    let refused = report.refused.as_ref().unwrap_or_else(|| panic!("a refusal: {report:#?}"));
    assert_is_a_problem(refused, "jira");
    assert_eq!((report.done, reached(&world.jira)), (json!({}), vec![]));
    assert!(world.mails().is_empty());
}
