//! Connections: accepting them, bounding their heads, and letting them finish when the process stops.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::telemetry::metrics::Held;

use super::Gateway;
use super::upstream::Upstream;

/// How long a client may take to send the head of a request, and how long an idle connection is kept.
const HEAD: Duration = Duration::from_secs(15);
/// More than the largest head that is served, so that one too large can be told so.
const READ_BUFFER_BYTES: usize = 64 * 1024;
/// How long accepting pauses when the system has no descriptor left.
const BREATH: Duration = Duration::from_millis(50);

/// Serves connections of one listener on the current runtime until `stop` turns true; then lets open requests finish for
/// at most `drain`.
///
/// Each worker calls this with its own runtime and a clone of the listening socket, and has its own upstream pool.
pub async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    mut stop: watch::Receiver<bool>,
    drain: Duration,
) {
    let upstream = Arc::new(Upstream::new());
    let open = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping(&mut stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                open.spawn(converse(Arc::clone(&gateway), Arc::clone(&upstream), stream, peer, stop.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    drop(listener);
    open.close();
    let finished = async { tokio::join!(open.wait(), gateway.sockets.close()) };
    if tokio::time::timeout(drain, finished).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
}

/// One connection, from its first request to its last.
async fn converse(
    gateway: Arc<Gateway>,
    upstream: Arc<Upstream>,
    stream: TcpStream,
    peer: SocketAddr,
    mut stop: watch::Receiver<bool>,
) {
    let _open = Held::new(&gateway.metrics.connections);
    // Small answers should not wait for more; a socket that is already gone fails later.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let (gateway, upstream) = (Arc::clone(&gateway), Arc::clone(&upstream));
        async move { Ok::<_, Infallible>(gateway.handle(&upstream, peer, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(READ_BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Ends when the process is to stop, or nobody is left who could say so.
async fn stopping(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|&stop| stop).await;
}
