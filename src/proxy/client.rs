//! The address a request came from, and the network it is counted with.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

use crate::domain::client_address;

/// The client's address, as `domain::client_address` reads it.
pub(super) fn client_address(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    // Several lines are rare, and the values of one name cannot be read from the end.
    let lines: Vec<_> = match trusted.is_empty() {
        true => Vec::new(),
        false => headers.get_all("x-forwarded-for").iter().map(|line| line.to_str().ok()).collect(),
    };
    client_address::client_address(peer.ip(), lines.into_iter(), trusted)
}

/// The network of an address, as text: one household or company cannot have as many limits as it has addresses. The /24 of
/// an IPv4 address, the /56 of an IPv6 address.
pub(super) fn network(address: IpAddr) -> String {
    let address = address.to_canonical();
    let bits = if address.is_ipv4() { 24 } else { 56 };
    IpNet::new(address, bits).map_or_else(|_| address.to_string(), |network| network.trunc().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn client(peer: &str, lines: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client_address(SocketAddr::new(peer.parse().unwrap(), 1), &headers, &trusted).to_string()
    }

    #[test]
    fn t032_an_untrusted_peer_is_the_client_whatever_it_says() {
        assert_eq!(client("192.0.2.7", &["127.0.0.1"], &[]), "192.0.2.7");
        assert_eq!(client("192.0.2.7", &["127.0.0.1"], &["127.0.0.0/8"]), "192.0.2.7");
    }

    #[test]
    fn t037_a_trusted_proxy_is_believed_for_the_last_address_it_cannot_vouch_for() {
        let trusted = ["127.0.0.0/8", "10.0.0.0/8"];
        assert_eq!(client("127.0.0.1", &["9.9.9.9, 8.8.8.8"], &trusted), "8.8.8.8");
        assert_eq!(client("127.0.0.1", &["9.9.9.9, 8.8.8.8, 10.0.0.1"], &trusted), "8.8.8.8");
        assert_eq!(client("127.0.0.1", &["9.9.9.9", "8.8.8.8, 10.0.0.1"], &trusted), "8.8.8.8");
        assert_eq!(client("127.0.0.1", &["9.9.9.9, junk"], &trusted), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &[], &trusted), "127.0.0.1");
        assert_eq!(client("::ffff:127.0.0.1", &["::ffff:8.8.8.8"], &trusted), "8.8.8.8");
    }

    #[test]
    fn addresses_of_one_network_count_together() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("192.0.2.7"), "192.0.2.0/24");
        assert_eq!(of("::ffff:192.0.2.9"), "192.0.2.0/24");
        assert_eq!(of("2001:db8:1:2ff::1"), "2001:db8:1:200::/56");
        assert_ne!(of("192.0.3.7"), of("192.0.2.7"));
    }
}
