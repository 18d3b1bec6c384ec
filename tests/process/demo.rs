//! `postern demo` as somebody meets it who tries Postern for the first time.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;

use http::StatusCode;
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::support::client::Browser;
use crate::support::process::Process;

/// A running demo.
struct Demo {
    base: u16,
    process: Process,
}

impl Demo {
    async fn start(data: &Path) -> Self {
        let base = five_free_ports();
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        command.arg("demo").arg("--data").arg(data).args(["--frequency", "2m", "--port-base"]);
        let mut process = Process::spawn(command.arg(base.to_string()));
        let said = process.says("Ctrl-C ends it").await.stdout;
        for piece in [
            format!("http://jira.localhost:{base}/browse/DEMO-1"),
            format!("http://wiki.localhost:{base}/display/DEMO/Home"),
            format!("http://127.0.0.1:{}/", base + 2),
            format!("http://127.0.0.1:{}/metrics", base + 1),
            "password \"demo\"".to_owned(),
            "liam, mia".to_owned(),
            "jane, jane.personal".to_owned(),
            "every 2m".to_owned(),
        ] {
            assert!(said.contains(&piece), "{piece:?} is not in {said}");
        }
        Self { base, process }
    }

    fn browser(&self, name: &str) -> Browser {
        let host = format!("{name}.localhost:{}", self.base);
        let mut browser = Browser::new(self.address(0), &host);
        browser.origin = format!("http://{host}");
        browser
    }

    async fn mails(&self) -> Vec<Value> {
        let mailbox = self.address(2);
        let answer = Browser::new(mailbox, &mailbox.to_string()).fetch("/messages.json").await;
        answer.json().as_array().expect("a list").clone()
    }

    fn address(&self, offset: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.base + offset))
    }

    /// Signs in as Jane, meets the challenge, reads the mailbox and lands on her page.
    async fn walk(&self) {
        let mut jane = self.browser("jira");
        jane.sign_in("jane").await;
        let page = jane.challenge("/browse/DEMO-1").await;
        assert!(page.body.contains("2 minutes"), "the frequency is on the page: {}", page.body);
        let mails = self.mails().await;
        let newest = &mails[0];
        assert_eq!(newest["to"], "jane@acme.com");
        let answer = jane.submit(&page, &code(newest["text"].as_str().expect("a text"))).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/browse/DEMO-1"));
        assert!(
            answer.header("set-cookie").contains("postern-") && jane.cookies.contains_key("postern-proof")
        );
        let answer = jane.open("/browse/DEMO-1").await;
        assert!(answer.status == StatusCode::OK && answer.body.contains("DEMO-1"), "{}", answer.body);
    }

    async fn stop(self, data: &Path) {
        self.process.signal(Signal::SIGINT);
        let ended = self.process.finish().await;
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
        let last = ended.stdout.lines().last().expect("a closing line");
        assert!(last.starts_with("Stopped. ") && last.contains(&data.display().to_string()), "{last}");
    }
}

#[tokio::test]
async fn the_demo_says_what_to_open_works_and_works_again_on_the_same_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().canonicalize().expect("it is there").join("demo");
    let demo = Demo::start(&data).await;
    demo.walk().await;
    let mut liam = demo.browser("wiki");
    liam.sign_in("liam").await;
    assert_eq!(liam.open("/display/DEMO/Home").await.status, StatusCode::OK);
    let before = demo.mails().await;
    assert_eq!(before.len(), 1, "Liam is managed and got none: {before:?}");
    for key in ["to", "subject", "text", "html", "at"] {
        assert!(before[0][key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {before:?}");
    }
    demo.stop(&data).await;

    let demo = Demo::start(&data).await;
    assert_eq!(demo.mails().await, before, "the mailbox is kept");
    // Another mailbox of hers: the first one was sent a code less than a minute ago.
    let mut jane = demo.browser("jira");
    jane.sign_in("jane.personal").await;
    let page = jane.challenge("/browse/DEMO-2").await;
    let mails = demo.mails().await;
    assert_eq!((mails.len(), &mails[0]["to"], &mails[1]), (2, &"jane@gmail.com".into(), &before[0]));
    let answer = jane.submit(&page, &code(mails[0]["text"].as_str().expect("a text"))).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/browse/DEMO-2"));
    demo.stop(&data).await;
}

#[tokio::test]
async fn a_demo_whose_port_is_taken_says_which() {
    let folder = tempfile::tempdir().expect("a folder");
    let base = five_free_ports();
    let taken = TcpListener::bind(("127.0.0.1", base + 2)).expect("it was free");
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    command.arg("demo").arg("--data").arg(folder.path()).args(["--port-base", &base.to_string()]);
    let ended = Process::spawn(&mut command).finish().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let address = taken.local_addr().expect("an address").to_string();
    assert!(ended.stderr.contains(&format!("postern: cannot listen on {address}")), "{ended:?}");
    assert!(ended.stderr.contains("--port-base"), "{ended:?}");
}

fn code(text: &str) -> String {
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    text.split_whitespace().find(is_code).expect("a code").to_owned()
}

/// Below the ports that the system gives to clients, so that nobody else's connection takes one meanwhile.
fn five_free_ports() -> u16 {
    static TAKEN: std::sync::Mutex<u16> = std::sync::Mutex::new(18_000);
    let mut next = TAKEN.lock().expect("no test panicked here");
    loop {
        let base = *next;
        *next += 5;
        let free = |offset| TcpListener::bind(("127.0.0.1", base + offset)).is_ok();
        if (0..5).all(free) {
            return base;
        }
    }
}
