//! The process: Pingora's server runs the workers and the control plane, and signals end or reload them.
//!
//! One single-threaded runtime per worker, each with its own clone of the listening socket and its own upstream pool.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use pingora_core::server::configuration::ServerConf;
use pingora_core::server::{ListenFds, RunArgs, Server, ShutdownSignal, ShutdownSignalWatch, ShutdownWatch};
use pingora_core::services::Service;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Mutex, mpsc, watch};

use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::entropy::Entropy;
use crate::proxy::{Gateway, wire};
use crate::{admin, telemetry};

use super::{App, Reloader, stopping};

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 4096;
/// How long the control plane may take to finish beyond the drain of the workers.
const MARGIN: Duration = Duration::from_secs(5);

/// Runs the gateway until SIGTERM or SIGINT. SIGHUP reads the configuration again.
pub fn run(settings: Settings, config: &Path) -> anyhow::Result<()> {
    telemetry::log::init(
        &settings.log.level,
        settings.log.format == crate::config::settings::LogFormat::Json,
    )?;
    serve(settings, config, || ())
}

/// As [`run`], with a log that is started already; `ready` is called when the listeners are bound.
pub fn serve(settings: Settings, config: &Path, ready: impl FnOnce()) -> anyhow::Result<()> {
    let (listen, drain) = (settings.listen.clone(), settings.listen.drain);
    let proxy = bind(listen.proxy)?;
    let admin = bind(listen.admin)?;
    let (proxy_address, admin_address) = (proxy.local_addr()?, admin.local_addr()?);
    let starting = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let signals = starting.block_on(async { Signals::listen() })?;
    let app = starting.block_on(App::build(settings, Clock::system(), Entropy::System))?;
    let (stop, stopped) = watch::channel(false);
    let (running, finished) = mpsc::channel(1);
    let mut server = Server::new_with_opt_and_conf(None, server_conf());
    server.bootstrap();
    for _ in 0..listen.workers {
        server.add_service(Worker {
            gateway: Arc::clone(&app.gateway),
            listener: Some(proxy.try_clone().context("the listening socket cannot be shared")?),
            stop: stopped.clone(),
            drain,
            running: Some(running.clone()),
        });
    }
    // A listening socket lives as long as its last handle: this one would take connections that nobody serves any more.
    drop(proxy);
    let app = Arc::new(Mutex::new(app));
    server.add_service(Control {
        app: Arc::clone(&app),
        listener: Some(admin),
        config: config.to_owned(),
        hangups: Some(signals.hangup),
        stop: stopped,
        running: Some(running),
    });
    tracing::info!(proxy = %proxy_address, admin = %admin_address, workers = listen.workers, "serving");
    ready();
    let asked = Mutex::new((signals.terminate, signals.interrupt));
    let until_stopped = Stop { asked, stop, finished: Mutex::new(finished), limit: drain + MARGIN };
    server.run(RunArgs { shutdown_signal: Box::new(until_stopped) });
    starting.block_on(async { app.lock().await.close().await });
    tracing::info!("stopped");
    Ok(())
}

/// Everything that Pingora would read from its own file is said here; it gets no other configuration.
fn server_conf() -> ServerConf {
    ServerConf { threads: 1, work_stealing: false, ..ServerConf::default() }
}

fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listen = || -> std::io::Result<TcpListener> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        // A restart must not wait for the connections of the process before.
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(socket.into())
    };
    listen().map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => "stop the program that listens there, or change [listen]",
            _ => "choose another address in [listen]",
        };
        anyhow::anyhow!("cannot listen on {address}: {error}; {advice}")
    })
}

/// The signals that end or reload the process. They are listened to before anybody is told that it serves: until then
/// each of them, a reload too, would kill it.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("signals cannot be listened to");
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }
}

/// One worker of the data plane.
struct Worker {
    gateway: Arc<Gateway>,
    /// Taken when the service starts.
    listener: Option<TcpListener>,
    stop: watch::Receiver<bool>,
    drain: Duration,
    /// Dropped when the worker has finished, so that the process knows.
    running: Option<mpsc::Sender<()>>,
}

#[async_trait]
impl Service for Worker {
    async fn start_service(
        &mut self,
        _fds: Option<ListenFds>,
        _shutdown: ShutdownWatch,
        _listeners_per_fd: usize,
    ) {
        let (Some(listener), Some(_running)) = (self.listener.take(), self.running.take()) else { return };
        match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => {
                wire::serve(Arc::clone(&self.gateway), listener, self.stop.clone(), self.drain).await;
            }
            Err(error) => tracing::error!(%error, "a worker cannot listen"),
        }
    }

    fn name(&self) -> &'static str {
        "worker"
    }

    fn threads(&self) -> Option<usize> {
        Some(1)
    }
}

/// The admin listener, what runs beside the traffic, and SIGHUP.
struct Control {
    app: Arc<Mutex<App>>,
    /// Taken when the service starts.
    listener: Option<TcpListener>,
    config: PathBuf,
    /// Taken when the service starts.
    hangups: Option<Signal>,
    stop: watch::Receiver<bool>,
    /// Dropped when all of it has finished, so that the process knows.
    running: Option<mpsc::Sender<()>>,
}

#[async_trait]
impl Service for Control {
    async fn start_service(
        &mut self,
        _fds: Option<ListenFds>,
        _shutdown: ShutdownWatch,
        _listeners_per_fd: usize,
    ) {
        let (Some(listener), Some(_running)) = (self.listener.take(), self.running.take()) else { return };
        let (admin, upkeep, reloader) = {
            let mut app = self.app.lock().await;
            (app.admin(), app.upkeep(&self.stop), Reloader::new(&app))
        };
        let listener = match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(error) => return tracing::error!(%error, "the admin listener cannot be used"),
        };
        if let Some(hangups) = self.hangups.take() {
            tokio::spawn(reload_on_hangup(hangups, reloader, self.config.clone()));
        }
        let admin = admin::serve(listener, admin, stopping(self.stop.clone()));
        let (_, served) = tokio::join!(upkeep, admin);
        if let Err(error) = served {
            tracing::error!(%error, "the admin listener failed");
        }
    }

    fn name(&self) -> &'static str {
        "control"
    }

    fn threads(&self) -> Option<usize> {
        Some(1)
    }
}

async fn reload_on_hangup(mut hangups: Signal, mut reloader: Reloader, config: PathBuf) {
    while hangups.recv().await.is_some() {
        match reloader.reload(&config) {
            Ok(()) => tracing::info!("the configuration was read again and is in force"),
            Err(errors) => {
                tracing::error!(%errors, "the configuration has mistakes; the old one stays in force")
            }
        }
    }
}

/// Ends the process when it is asked to and everything open has finished, or its time is over.
struct Stop {
    /// SIGTERM and SIGINT.
    asked: Mutex<(Signal, Signal)>,
    stop: watch::Sender<bool>,
    /// Closed when every service has finished.
    finished: Mutex<mpsc::Receiver<()>>,
    limit: Duration,
}

#[async_trait]
impl ShutdownSignalWatch for Stop {
    async fn recv(&self) -> ShutdownSignal {
        let (terminate, interrupt) = &mut *self.asked.lock().await;
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!("stopping: open requests may finish");
        let _ = self.stop.send(true);
        let mut finished = self.finished.lock().await;
        if tokio::time::timeout(self.limit, finished.recv()).await.is_err() {
            tracing::warn!("not everything finished in time");
        }
        // Draining is done, so Pingora has nothing left to wait for.
        ShutdownSignal::FastShutdown
    }
}
