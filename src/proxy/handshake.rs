//! What is a WebSocket handshake (RFC 6455 section 4.2.1), read from the head alone and in one way only.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Method, Version};

use crate::domain::decision::Reason;

/// Refuses what looks like a handshake and is none (RFC 6455 section 4.2.1): servers differ on what they make of it, and
/// one that takes it for a request would read the frames as the next one.
pub(super) fn check_handshake(parts: &Parts) -> Result<(), Reason> {
    let headers = &parts.headers;
    let asks = only(headers, header::UPGRADE)
        .is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"));
    // A token is checked by the product with each request, but by nobody while a socket stays open.
    if !asks || parts.method != Method::GET || headers.contains_key(header::AUTHORIZATION) {
        return Err(Reason::UpgradeRefused);
    }
    let has_body = headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get_all(header::CONTENT_LENGTH).iter().any(|length| length != "0");
    let names_upgrade = headers.get_all(header::CONNECTION).iter().any(|line| {
        line.as_bytes()
            .split(|&byte| byte == b',')
            .any(|name| name.trim_ascii().eq_ignore_ascii_case(b"upgrade"))
    });
    let version = only(headers, header::SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    let key = only(headers, header::SEC_WEBSOCKET_KEY)
        .is_some_and(|key| data_encoding::BASE64.decode(key.as_bytes()).is_ok_and(|nonce| nonce.len() == 16));
    if has_body || !names_upgrade || !version || !key || parts.version != Version::HTTP_11 {
        return Err(Reason::MalformedRequest);
    }
    Ok(())
}

/// A header that is there once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    let mut lines = headers.get_all(name).iter();
    lines.next().filter(|_| lines.next().is_none())
}
