//! How many connections each address has open, and who is one too many.
//!
//! Counted once for all workers. A host of IPv6 has a whole /64 to itself, so that is what counts as one address there.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use dashmap::DashMap;
use foldhash::fast::RandomState;

/// The open connections by address. It has no more entries than there are connections.
#[derive(Debug, Clone, Default)]
pub struct Crowd(Arc<DashMap<IpAddr, u32, RandomState>>);

/// A connection's place in the crowd; given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    crowd: Crowd,
    address: IpAddr,
}

/// How many others there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Few enough.
    Free,
    /// More than the limit: this one is told so.
    Crowded,
    /// More than twice the limit: telling them all would be the flood's work.
    Full,
}

impl Crowd {
    /// Takes a place.
    pub fn enter(&self, address: IpAddr, limit: u32) -> (Place, Room) {
        let address = counted(address);
        let open = {
            let mut open = self.0.entry(address).or_insert(0);
            *open = open.saturating_add(1);
            *open
        };
        let room = match open {
            open if open <= limit => Room::Free,
            open if open <= limit.saturating_mul(2) => Room::Crowded,
            _ => Room::Full,
        };
        (Place { crowd: self.clone(), address }, room)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.0.remove_if_mut(&self.address, |_, open| {
            *open = open.saturating_sub(1);
            *open == 0
        });
    }
}

fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_too_many_is_told_and_twice_as_many_are_not() {
        let crowd = Crowd::default();
        let places: Vec<_> = (0..5).map(|_| crowd.enter(address("192.0.2.1"), 2)).collect();
        let rooms: Vec<_> = places.iter().map(|(_, room)| *room).collect();
        assert_eq!(rooms, [Room::Free, Room::Free, Room::Crowded, Room::Crowded, Room::Full]);
        assert_eq!(crowd.enter(address("192.0.2.2"), 2).1, Room::Free, "another address");
        drop(places);
        assert_eq!(crowd.enter(address("::ffff:192.0.2.1"), 2).1, Room::Free, "the places were given back");
        assert!(crowd.0.is_empty(), "nothing stays of those who left");
    }

    #[test]
    fn a_network_of_one_host_counts_as_one_address() {
        let crowd = Crowd::default();
        let _first = crowd.enter(address("2001:db8::1"), 1);
        assert_eq!(crowd.enter(address("2001:db8::ffff:2"), 1).1, Room::Crowded);
        assert_eq!(crowd.enter(address("2001:db8:0:1::1"), 1).1, Room::Free);
    }
}
