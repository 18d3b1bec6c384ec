//! `atlassian-python-api`, the library that scripts of organization admins are written with, unmodified: each of its methods
//! that has a meaning here does what it says, and each other one gets an error that says so.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use postern::actions::api_keys::NewKey;
use postern::domain::api_key::Scopes;
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use crate::support::needs::{installed, left_out};
use crate::support::world::World;

const ORG: &str = "default";

/// The library, with a key that opens everything.
struct Library {
    child: Child,
    calls: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// Which methods were called.
    called: BTreeSet<String>,
    /// The text of its key.
    key: String,
}

impl Library {
    /// `None`, with a printed line, where it is not installed.
    async fn start(world: &World) -> Option<Self> {
        let python = installed().join("python/bin/python");
        if !python.exists() {
            left_out("python", "`./dev test` installs its libraries");
            return None;
        }
        let new = NewKey {
            organization: OrganizationId::only(),
            name: "library".to_owned(),
            owner: None,
            scopes: Scopes::Everything,
            directory: None,
            lifetime: Duration::from_secs(3_600),
        };
        let (key, _) = world.app.api.keys.create(new, &"operator".into()).await.expect("a key");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real/clients/pypi_atlassian_admin.py");
        let mut command = Command::new(python);
        command.arg(script).arg(format!("http://{}", world.admin)).arg(key.reveal());
        command.env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let calls = child.stdin.take().expect("a pipe");
        let answers = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Some(Self { child, calls, answers, called: BTreeSet::new(), key: key.reveal().to_owned() })
    }

    fn line(&mut self, line: &Value) -> Value {
        tokio::task::block_in_place(|| {
            writeln!(self.calls, "{line}").expect("it reads");
            let answer = self.answers.next().expect("it answers").expect("a line");
            serde_json::from_str(&answer).expect("JSON")
        })
    }

    /// All methods of a class.
    fn methods(&mut self, class: &str) -> BTreeSet<String> {
        let methods = self.line(&json!([class]))["value"].take();
        serde_json::from_value(methods).expect("names")
    }

    fn call(&mut self, class: &str, method: &str, arguments: Value, options: Value) -> Value {
        self.called.insert(format!("{class}.{method}"));
        self.line(&json!([class, method, arguments, options]))
    }

    /// What a method of `CloudAdmin` gave.
    fn does(&mut self, method: &str, arguments: Value) -> Value {
        self.does_with(method, arguments, json!({}))
    }

    fn does_with(&mut self, method: &str, arguments: Value, options: Value) -> Value {
        let mut answer = self.call("CloudAdmin", method, arguments, options);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["value"].take()
    }

    /// The status and the text of the error that a method of `CloudAdmin` raised.
    fn fails(&mut self, method: &str, arguments: Value) -> (u64, String) {
        let answer = self.call("CloudAdmin", method, arguments, json!({}));
        let text = answer["error"].as_str().unwrap_or_else(|| panic!("{method} did not fail: {answer}"));
        (answer["status"].as_u64().expect("a status"), text.to_owned())
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_reads_the_organization_and_its_domains() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    assert_eq!(library.does("get_organizations", json!([]))["data"][0]["id"], ORG);
    assert_eq!(library.does("get_organization", json!([ORG]))["data"]["attributes"]["name"], "Acme");
    let domains = library.does("get_domains", json!([ORG]));
    assert_eq!(domains["data"][0]["attributes"]["name"], "acme.com");
    let id = &domains["data"][0]["id"];
    assert_eq!(library.does("get_domain", json!([ORG, id]))["data"], domains["data"][0]);
    let (status, text) = library.fails("get_domain", json!([ORG, uuid::Uuid::nil()]));
    assert!(status == 404 && text.contains("Domain not found"), "{text}");
    for (method, arguments) in [("get_organizations", json!([])), ("get_organization", json!([ORG]))] {
        let old = library.call("CloudAdminOrgs", method, arguments, json!({}));
        assert!(old["value"]["data"].to_string().contains("Acme"), "{old}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_revokes_its_own_key_and_is_out() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    let keys = library.does("get_org_api_keys", json!([ORG]));
    assert_eq!(keys["data"][0]["name"], "library");
    assert!(!keys.to_string().contains(&library.key));
    assert_eq!(library.does("get_org_api_key_count", json!([ORG]))["count"], 1);
    library.does("revoke_org_api_key", json!([ORG, keys["data"][0]["id"]]));
    assert_eq!(library.fails("get_organizations", json!([])).0, 401);
}
