//! The network a client is counted with: one household or company cannot have as many limits as it has addresses.

use std::net::IpAddr;

use ipnet::IpNet;

/// The /24 of an IPv4 address, the /56 of an IPv6 address, as text.
pub(super) fn network(address: IpAddr) -> String {
    let address = address.to_canonical();
    let bits = if address.is_ipv4() { 24 } else { 56 };
    IpNet::new(address, bits).map_or_else(|_| address.to_string(), |network| network.trunc().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_count_together() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("192.0.2.7"), "192.0.2.0/24");
        assert_eq!(of("::ffff:192.0.2.9"), "192.0.2.0/24");
        assert_eq!(of("2001:db8:1:2ff::1"), "2001:db8:1:200::/56");
        assert_ne!(of("192.0.3.7"), of("192.0.2.7"));
    }
}
