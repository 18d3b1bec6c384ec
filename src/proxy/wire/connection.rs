//! What is known of a connection, for all requests that come over it.

use std::net::{IpAddr, SocketAddr};

use http::HeaderValue;

use super::super::cookies::LastCookies;

/// The facts of a connection. They hold from its first request to its last.
pub struct Connection {
    /// Who connected, or for whom a trusted proxy says to have connected.
    pub peer: SocketAddr,
    /// The same as `X-Forwarded-For` says it; made once, so that a request only counts a reference.
    pub peer_value: HeaderValue,
    /// The host that TLS was asked for (SNI), in lower case. Requests for another host belong on another connection.
    pub server_name: Option<Box<str>>,
    /// Whether the client showed a certificate of an authority that is trusted for clients. It is checked already.
    pub client_certificate: bool,
    /// Whether it may say in `X-Forwarded-For` for whom it asks, if its peer is a trusted proxy. A proxy that should have
    /// named its client in a PROXY header, but did not, passes on what anybody wrote.
    pub may_forward: bool,
    /// Whether it is one too many of its address, so that its one request is answered with that alone.
    pub is_crowded: bool,
    /// The cookies of its last request.
    pub cookies: LastCookies,
}

impl Connection {
    /// A connection of which nothing but the address is known.
    pub fn plain(peer: SocketAddr) -> Self {
        Self {
            peer,
            peer_value: address_value(peer.ip().to_canonical()),
            server_name: None,
            client_certificate: false,
            may_forward: true,
            is_crowded: false,
            cookies: LastCookies::default(),
        }
    }

    /// Whether a request for this host may come over it.
    pub fn is_for(&self, host: &str) -> bool {
        self.server_name.as_deref().is_none_or(|name| name.trim_end_matches('.') == host)
    }
}

/// An address as a header's value.
pub fn address_value(address: IpAddr) -> HeaderValue {
    HeaderValue::try_from(address.to_string()).expect("an address is visible ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t015_a_connection_is_for_the_host_it_was_opened_for() {
        let mut connection = Connection::plain(SocketAddr::from(([192, 0, 2, 1], 1)));
        assert!(connection.is_for("jira.test"), "nobody said for which");
        connection.server_name = Some("jira.test".into());
        assert!(connection.is_for("jira.test"));
        assert!(!connection.is_for("wiki.test") && !connection.is_for("ira.test"));
    }
}
