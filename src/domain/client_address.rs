//! The address a request came from, where proxies stand in front.

use std::net::IpAddr;

use ipnet::IpNet;

/// The client's address: the peer's, unless a trusted proxy connected and says for whom.
///
/// `forwarded` are the lines of `X-Forwarded-For` in their order; `None` is one that is no text. Each proxy appends whom it
/// saw, so only the end of the list is believed: the right-most address that is no trusted proxy. What stands before it the
/// client may have written itself. Anything unreadable ends the reading.
pub fn client_address<'a>(
    peer: IpAddr,
    forwarded: impl DoubleEndedIterator<Item = Option<&'a str>>,
    trusted: &[IpNet],
) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer.to_canonical();
    if trusted.is_empty() {
        return client;
    }
    for hop in forwarded.rev().flat_map(|line| line.unwrap_or("?").rsplit(',')) {
        if !is_trusted(client) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
    }
    client
}
