//! The probes: `/livez` says that the process runs, `/readyz` whether traffic should be sent to it.
//!
//! A probe must always answer soon, whatever hangs: an orchestrator takes silence for death. They need no sign-in, so what
//! a check says of its failure is for everybody who reaches the admin listener.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use super::AdminState;

/// How long one check may take. They run side by side, so this bounds the probe as well.
const CHECK_LIMIT: Duration = Duration::from_secs(1);

type Running = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// One thing that must hold before traffic is sent here.
#[derive(Clone)]
pub struct Check {
    name: &'static str,
    run: Arc<dyn Fn() -> Running + Send + Sync>,
}

impl Check {
    /// A check by its stable name. Its error is shown as it is: one plain sentence, and nothing secret.
    pub fn new<F>(name: &'static str, run: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self { name, run: Arc::new(move || Box::pin(run())) }
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a probe answers.
#[derive(Debug, Serialize)]
pub(super) struct Health {
    status: &'static str,
    /// `ok`, or what is wrong, by the name of the check.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    checks: BTreeMap<&'static str, String>,
}

/// The process runs and answers. Nothing else may be asked here: a restart mends neither a store nor a mail server.
pub(super) async fn live() -> Json<Health> {
    Json(Health { status: "ok", checks: BTreeMap::new() })
}

/// 200 when every check passes, and otherwise 503; both name every check.
pub(super) async fn ready(State(state): State<AdminState>) -> (StatusCode, Json<Health>) {
    let results = run_all(&state.checks).await;
    let ready = results.values().all(Result::is_ok);
    let (code, status) =
        if ready { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "unavailable") };
    let checks =
        results.into_iter().map(|(name, result)| (name, result.err().unwrap_or_else(|| "ok".to_owned())));
    (code, Json(Health { status, checks: checks.collect() }))
}

/// Each check is a task of its own: they run side by side, and one that panics has failed and hurts no other.
async fn run_all(checks: &[Check]) -> BTreeMap<&'static str, Result<(), String>> {
    let mut tasks = tokio::task::JoinSet::new();
    let mut results = BTreeMap::new();
    for check in checks {
        results.insert(check.name, Err("the check broke".to_owned()));
        let (name, running) = (check.name, (check.run)());
        tasks.spawn(async move { (name, tokio::time::timeout(CHECK_LIMIT, running).await) });
    }
    while let Some(joined) = tasks.join_next().await {
        let Ok((name, outcome)) = joined else { continue };
        results.insert(name, outcome.unwrap_or_else(|_| Err(format!("no answer within {CHECK_LIMIT:?}"))));
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use crate::admin::{router, serve};
    use crate::telemetry::metrics::Metrics;

    struct Admin {
        address: std::net::SocketAddr,
        metrics: Arc<Metrics>,
        shutdown: tokio::sync::oneshot::Sender<()>,
        serving: tokio::task::JoinHandle<std::io::Result<()>>,
    }

    impl Admin {
        async fn start(checks: Vec<Check>) -> Self {
            let metrics = Metrics::new(&["wiki.acme.test"]).unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let (shutdown, down) = tokio::sync::oneshot::channel::<()>();
            let state = AdminState { metrics: Arc::clone(&metrics), checks: checks.into() };
            let router = router(state, axum::Router::new(), crate::admin::host::Names::default());
            let serving = tokio::spawn(serve(listener, router, async { drop(down.await) }));
            Self { address, metrics, shutdown, serving }
        }

        async fn send(&self, head: &str) -> String {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            answer
        }

        async fn page(&self, path: &str) -> (u16, String) {
            let answer = self.send(&format!("GET {path} HTTP/1.1\r\nHost: {}", self.address)).await;
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            (head.get(9..12).unwrap().parse().unwrap(), body.to_owned())
        }
    }

    fn passing(name: &'static str) -> Check {
        Check::new(name, async || Ok(()))
    }

    #[tokio::test]
    async fn readiness_names_the_failing_check_and_comes_back() {
        let down = Arc::new(AtomicBool::new(true));
        let store = {
            let down = Arc::clone(&down);
            Check::new("store", move || {
                let down = down.load(Ordering::SeqCst);
                async move { if down { Err("the store does not answer".to_owned()) } else { Ok(()) } }
            })
        };
        let admin = Admin::start(vec![passing("tables"), store]).await;
        let failing =
            r#"{"status":"unavailable","checks":{"store":"the store does not answer","tables":"ok"}}"#;
        assert_eq!(admin.page("/readyz").await, (503, failing.to_owned()));
        assert_eq!(admin.page("/livez").await, (200, r#"{"status":"ok"}"#.to_owned()), "alive all the same");
        down.store(false, Ordering::SeqCst);
        let passing = r#"{"status":"ok","checks":{"store":"ok","tables":"ok"}}"#;
        assert_eq!(admin.page("/readyz").await, (200, passing.to_owned()));
    }

    #[tokio::test]
    async fn a_check_that_hangs_or_panics_has_failed() {
        let checks = vec![
            Check::new("hangs", std::future::pending::<Result<(), String>>),
            Check::new("panics", async || panic!("in the test")),
            passing("tables"),
        ];
        let admin = Admin::start(checks).await;
        let body = r#"{"status":"unavailable","checks":{"hangs":"no answer within 1s","panics":"the check broke","tables":"ok"}}"#;
        assert_eq!(admin.page("/readyz").await, (503, body.to_owned()));
    }

    #[tokio::test]
    async fn metrics_are_exposed_in_the_text_format() {
        let admin = Admin::start(Vec::new()).await;
        admin.metrics.outbox_mails.set(3);
        let answer = admin.send("GET /metrics HTTP/1.1\r\nHost: localhost").await.to_ascii_lowercase();
        assert!(answer.contains("\r\ncontent-type: text/plain; version=0.0.4\r\n"), "{answer}");
        assert!(answer.contains("\npostern_outbox_mails 3\n"), "{answer}");
    }

    #[tokio::test]
    async fn t124_a_foreign_or_missing_host_is_misdirected() {
        let admin = Admin::start(Vec::new()).await;
        for head in [
            "GET /metrics HTTP/1.1\r\nHost: evil.test",
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: evil.test",
            "GET http://evil.test/metrics HTTP/1.1\r\nHost: localhost",
            "GET /nothing HTTP/1.1\r\nHost: evil.test",
            "GET /metrics HTTP/1.0",
        ] {
            let answer = admin.send(head).await;
            assert!(answer.get(9..).unwrap().starts_with("421 "), "{head}: {answer}");
            assert!(!answer.contains("evil") && !answer.contains("postern_"), "{head}: {answer}");
        }
    }

    #[tokio::test]
    async fn what_is_not_there_is_a_problem_document() {
        let admin = Admin::start(Vec::new()).await;
        let (status, body) = admin.page("/nothing").await;
        let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, &problem["status"], &problem["title"]), (404, &404.into(), &"Not Found".into()));
        for head in [
            "GET /nothing HTTP/1.1\r\nHost: localhost",
            "POST /readyz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0",
        ] {
            let answer = admin.send(head).await;
            assert!(answer.contains("content-type: application/problem+json\r\n"), "{answer}");
            assert!(answer.contains("cache-control: no-store\r\n"), "{answer}");
        }
    }

    #[tokio::test]
    async fn serving_ends_when_it_is_told_to() {
        let admin = Admin::start(Vec::new()).await;
        assert_eq!(admin.page("/livez").await.0, 200);
        admin.shutdown.send(()).unwrap();
        admin.serving.await.unwrap().unwrap();
        assert!(TcpStream::connect(admin.address).await.is_err());
    }
}
