//! The listening side: from an accepted connection to requests, and back to a closed one.
//!
//! `opening.rs` finds out who connects (PROXY header, limits, TLS), `talk.rs` lets hyper speak HTTP/1.1 or HTTP/2 over it,
//! `rest.rs` keeps it between requests, `pace.rs` and `line.rs` cut whoever keeps us waiting. Nothing here decides about a request; see `Gateway::handle`.

mod answer;
mod connection;
mod crowd;
mod line;
mod opening;
mod pace;
mod proxy_header;
mod rest;
mod talk;
mod unreadable;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::telemetry::metrics::Held;

use super::Gateway;
use super::upstream::Upstream;

pub use connection::{Connection, address_value};
pub(super) use crowd::Crowd;
pub use pace::Tempo;

use opening::{Spoken, open};
use talk::Talk;

/// How long accepting pauses when the system has no descriptor left.
const BREATH: Duration = Duration::from_millis(50);

/// Serves connections of one listener on the current runtime until `stop` turns true; then lets open requests finish for
/// at most `drain`.
///
/// Each worker calls this with its own runtime and a clone of the listening socket, and has its own upstream pool.
pub async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    stop: watch::Receiver<bool>,
    drain: Duration,
) {
    serve_at(Tempo::default(), gateway, listener, stop, drain).await;
}

/// As [`serve`], with another patience.
pub async fn serve_at(
    tempo: Tempo,
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
                let (gateway, upstream) = (Arc::clone(&gateway), Arc::clone(&upstream));
                open.spawn(attend(tempo, gateway, upstream, stream, peer, stop.clone()));
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

/// One connection, from its first byte to its last.
async fn attend(
    tempo: Tempo,
    gateway: Arc<Gateway>,
    upstream: Arc<Upstream>,
    stream: TcpStream,
    peer: SocketAddr,
    mut stop: watch::Receiver<bool>,
) {
    let _open = Held::new(&gateway.metrics.connections);
    // Small answers should not wait for more; a socket that is already gone fails later.
    let _ = stream.set_nodelay(true);
    // What is needed for a while only is boxed: the task keeps the size of its largest moment to its end.
    let opened = match Box::pin(open(&gateway, tempo, stream, peer)).await {
        Ok(opened) => opened,
        Err(cut) => {
            tracing::debug!(cause = ?cut, "a connection was closed before its first request");
            return gateway.metrics.connections_cut.count(cut);
        }
    };
    let _place = opened.place;
    let talk = Talk::new(gateway, upstream, opened.connection, opened.pace, tempo);
    match opened.spoken {
        Spoken::Plain(line) => talk.http1(line, &mut stop).await,
        Spoken::Http1(tls) => talk.http1(tls, &mut stop).await,
        Spoken::Http2(tls) => Box::pin(talk.http2(tls, &mut stop)).await,
    }
}

/// Ends when the process is to stop, or nobody is left who could say so.
async fn stopping(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|&stop| stop).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The size of the future that a function makes.
    fn bytes<A, B, C, D, E, F, T>(_: fn(A, B, C, D, E, F) -> T) -> usize {
        size_of::<T>()
    }

    #[test]
    fn the_task_of_a_connection_that_rests_is_small() {
        assert!(bytes(attend) <= 2048, "{} bytes", bytes(attend));
    }

    /// HTTP/2 copies it four times on its way into a task: when it was 9.7 KB, that was a twentieth of a request's time.
    #[test]
    fn what_is_carried_about_of_a_request_is_small() {
        fn bytes<A, B, C, D, T>(_: fn(A, B, C, D) -> T) -> usize {
            size_of::<T>()
        }
        assert!(bytes(Gateway::handle) <= 4608, "{} bytes", bytes(Gateway::handle));
    }
}
