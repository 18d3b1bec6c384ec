//! The text of addresses, packed: one long run of bytes, in which each mail domain stands about once.
//!
//! An `EmailAddress` of its own for each of ten million accounts takes three times as much.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::domain::email::EmailAddress;

/// How many mail domains are remembered while addresses are added. One that comes later stands there more often, which costs
/// memory and nothing else; without an end, addresses that each have their own would cost four times as much.
const REMEMBERED_DOMAINS: usize = 1 << 17;

/// Where an address stands. 39 bits are enough for any memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place([u8; 5]);

impl Place {
    /// Of no address.
    pub(super) const NOWHERE: Self = Self([0; 5]);

    fn new(position: usize) -> Self {
        let [a, b, c, d, e, ..] = (position as u64).to_le_bytes();
        Self([a, b, c, d, e])
    }

    fn position(self) -> usize {
        let [a, b, c, d, e] = self.0;
        u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]) as usize
    }
}

/// Addresses that are read by their place.
///
/// A domain is its length and its text; an address is the length and the text of what stands before the `@`, and then the
/// place of its domain.
#[derive(Default)]
pub(super) struct Addresses(Box<[u8]>);

impl Addresses {
    /// The address at a place.
    pub(super) fn at(&self, place: Place) -> Option<EmailAddress> {
        let (local, rest) = self.text(place)?;
        let domain = Place(*rest.first_chunk()?);
        EmailAddress::from_canonical(&format!("{local}@{}", self.text(domain)?.0))
    }

    /// A text, and what stands after it.
    fn text(&self, place: Place) -> Option<(&str, &[u8])> {
        if place == Place::NOWHERE {
            return None;
        }
        let (length, rest) = self.0.get(place.position()..)?.split_first()?;
        let (text, rest) = rest.split_at_checked(usize::from(*length))?;
        Some((std::str::from_utf8(text).ok()?, rest))
    }

    /// The memory that they take.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.0.len()
    }
}

/// Addresses as they are added.
pub(super) struct AddressesBuilder {
    bytes: Vec<u8>,
    domains: HashMap<Box<str>, Place, RandomState>,
}

impl AddressesBuilder {
    pub(super) fn new() -> Self {
        // One byte, so that nothing stands nowhere.
        Self { bytes: vec![0], domains: HashMap::default() }
    }

    pub(super) fn add(&mut self, email: &EmailAddress) -> Place {
        let domain = match self.domains.get(email.domain()) {
            Some(domain) => *domain,
            None => self.add_domain(email.domain()),
        };
        let place = self.push(email.local());
        self.bytes.extend_from_slice(&domain.0);
        place
    }

    pub(super) fn build(self) -> Addresses {
        Addresses(self.bytes.into_boxed_slice())
    }

    fn add_domain(&mut self, domain: &str) -> Place {
        let place = self.push(domain);
        if self.domains.len() < REMEMBERED_DOMAINS {
            self.domains.insert(domain.into(), place);
        }
        place
    }

    fn push(&mut self, text: &str) -> Place {
        let place = Place::new(self.bytes.len());
        let length = u8::try_from(text.len()).expect("no part of an address is longer than 253 bytes");
        self.bytes.push(length);
        self.bytes.extend_from_slice(text.as_bytes());
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_back_as_it_was() {
        let long = format!("{}@{}.test", "l".repeat(64), vec!["d".repeat(60); 3].join("."));
        let texts = ["a@b.test", "jane.doe@acme.test", "a@acme.test", "x+y@sub.acme.test", &long];
        let emails = texts.map(|text| EmailAddress::parse(text).unwrap());
        let mut builder = AddressesBuilder::new();
        let places = emails.each_ref().map(|email| builder.add(email));
        let addresses = builder.build();
        assert_eq!(places.map(|place| addresses.at(place)), emails.map(Some));
        assert_eq!(addresses.at(Place::NOWHERE), None);
        assert_eq!(addresses.at(Place::new(addresses.bytes())), None);
    }

    #[test]
    fn a_domain_is_written_once() {
        let mut builder = AddressesBuilder::new();
        for number in 0..1_000 {
            builder.add(&EmailAddress::parse(&format!("user{number:04}@acme.test")).unwrap());
        }
        assert_eq!(builder.build().bytes(), 1 + 10 + 1_000 * (1 + 8 + 5));
    }
}
