//! The WebSocket of collaborative editing, as an echo: what comes in goes out again.
//!
//! Like Synchrony it opens only for somebody who is signed in; it does not look again afterwards, so that a test can
//! see who closes the socket.

use axum::{
    Extension, Router,
    extract::{
        WebSocketUpgrade,
        ws::{Message, WebSocket, rejection::WebSocketUpgradeRejection},
    },
    response::{IntoResponse, Response},
    routing::any,
};

use super::{page, product::Product, seraph::Visit};

/// The largest message that is echoed.
const MESSAGE_BYTES: usize = 1024 * 1024;

pub fn routes() -> Router<Product> {
    Router::new().route("/synchrony", any(open)).route("/synchrony/v1/bayeux-sync1", any(open))
}

async fn open(
    Extension(visit): Extension<Visit>,
    handshake: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if visit.person().is_none() {
        return page::unauthorized();
    }
    match handshake {
        Ok(handshake) => handshake.max_message_size(MESSAGE_BYTES).on_upgrade(echo),
        Err(rejection) => rejection.into_response(),
    }
}

/// Pings are answered, and the closing handshake is finished, by the library while it reads.
async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        let sent = match message {
            Message::Text(_) | Message::Binary(_) => socket.send(message).await,
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(()),
        };
        if sent.is_err() {
            return;
        }
    }
}
