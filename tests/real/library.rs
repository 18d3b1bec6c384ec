//! `atlassian-python-api` in a process of its own, asked line by line for one call after the other.

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

/// The library, with a key that opens everything.
pub struct Library {
    child: Child,
    calls: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// The text of its key.
    pub key: String,
}

impl Library {
    /// Starts it; `None`, with a printed line, where it is not installed.
    pub async fn start(world: &World) -> Option<Self> {
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
        Some(Self { child, calls, answers, key: key.reveal().to_owned() })
    }

    fn line(&mut self, line: &Value) -> Value {
        tokio::task::block_in_place(|| {
            writeln!(self.calls, "{line}").expect("it reads");
            let answer = self.answers.next().expect("it answers").expect("a line");
            serde_json::from_str(&answer).expect("JSON")
        })
    }

    /// All methods of a class.
    pub fn methods(&mut self, class: &str) -> BTreeSet<String> {
        let methods = self.line(&json!([class]))["value"].take();
        serde_json::from_value(methods).expect("names")
    }

    /// What a method of a class gave: `value`, or `status` and `error`.
    pub fn call(&mut self, class: &str, method: &str, arguments: Value, options: Value) -> Value {
        self.line(&json!([class, method, arguments, options]))
    }

    /// What a method of `CloudAdmin` gave.
    pub fn does(&mut self, method: &str, arguments: Value) -> Value {
        self.does_with(method, arguments, json!({}))
    }

    /// The same with keyword arguments.
    pub fn does_with(&mut self, method: &str, arguments: Value, options: Value) -> Value {
        let mut answer = self.call("CloudAdmin", method, arguments, options);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["value"].take()
    }

    /// The status and the text of the error that a method of `CloudAdmin` raised.
    pub fn fails(&mut self, method: &str, arguments: Value) -> (u64, String) {
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
