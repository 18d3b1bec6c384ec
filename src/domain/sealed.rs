//! Sealed text: fields that anybody may carry, read and repeat, and nobody else can have written.
//!
//! ```text
//! base64url( version:1 | key id:1 | fields | HMAC-SHA-256:32 )
//! ```
//!
//! A purpose is told by its key alone, so that nothing sealed for one is ever opened for another. No field is read before the
//! tag was found right.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

const VERSION: u8 = 1;
const HEAD_BYTES: usize = 2;
const TAG_BYTES: usize = 32;
/// More than any sealed text of ours has: two names of sites and what is fixed in length.
const MAX_CHARS: usize = 4096;

/// Fields that are being written.
#[derive(Debug)]
pub struct Fields(Vec<u8>);

impl Fields {
    /// None yet. `key_id` names the key among those that [`open`] is offered.
    pub fn sealed_with(key_id: u8) -> Self {
        Self(vec![VERSION, key_id])
    }

    /// Adds a field whose length readers know.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Adds a text, with its length before it.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        let bytes = text.len().min(usize::from(u16::MAX));
        let length = u16::try_from(bytes).unwrap_or(u16::MAX);
        self.bytes(&length.to_be_bytes()).bytes(&text.as_bytes()[..bytes])
    }

    /// Adds a time, to the millisecond.
    #[must_use]
    pub fn time(self, time: Timestamp) -> Self {
        self.bytes(&time.as_millisecond().to_be_bytes())
    }

    /// The text that carries them.
    pub fn seal(mut self, key: &[u8; 32]) -> String {
        let tag = mac(key, &self.0).finalize().into_bytes();
        self.0.extend_from_slice(&tag);
        BASE64URL_NOPAD.encode(&self.0)
    }
}

/// Checks a text in constant time, and gives its fields; `None` if it was not sealed with that key.
pub fn open<'k>(text: &[u8], key: impl FnOnce(u8) -> Option<&'k [u8; 32]>) -> Option<Opened> {
    if text.len() > MAX_CHARS {
        return None;
    }
    let mut bytes = BASE64URL_NOPAD.decode(text).ok()?;
    let fields = bytes.len().checked_sub(TAG_BYTES).filter(|&fields| fields >= HEAD_BYTES)?;
    let tag = bytes.split_off(fields);
    if bytes[0] != VERSION {
        return None;
    }
    mac(key(bytes[1])?, &bytes).verify_slice(&tag).ok()?;
    Some(Opened { bytes, read: HEAD_BYTES })
}

/// Fields that are being read, in the order in which they were written.
#[derive(Debug)]
pub struct Opened {
    bytes: Vec<u8>,
    read: usize,
}

impl Opened {
    /// The next field of a known length.
    pub fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.next(N)?.try_into().ok()
    }

    /// The next text.
    pub fn text(&mut self) -> Option<String> {
        let length = u16::from_be_bytes(self.bytes()?);
        String::from_utf8(self.next(usize::from(length))?.to_vec()).ok()
    }

    /// The next time.
    pub fn time(&mut self) -> Option<Timestamp> {
        Timestamp::from_millisecond(i64::from_be_bytes(self.bytes()?)).ok()
    }

    /// Whether every field was read.
    pub fn is_read(&self) -> bool {
        self.read == self.bytes.len()
    }

    fn next(&mut self, length: usize) -> Option<&[u8]> {
        let end = self.read.checked_add(length)?;
        let field = self.bytes.get(self.read..end)?;
        self.read = end;
        Some(field)
    }
}

fn mac(key: &[u8; 32], bytes: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length").chain_update(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: [u8; 32] = [3; 32];

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    fn sealed() -> String {
        Fields::sealed_with(1).text("acme").bytes(&[7; 4]).time(at(1_800_000_000_123)).seal(&KEY)
    }

    fn opened(text: &str) -> Option<Opened> {
        open(text.as_bytes(), |id| (id == 1).then_some(&KEY))
    }

    #[test]
    fn what_was_written_is_read_again() {
        let mut opened = opened(&sealed()).unwrap();
        assert_eq!(opened.text().as_deref(), Some("acme"));
        assert!(!opened.is_read());
        assert_eq!(opened.bytes(), Some([7; 4]));
        assert_eq!(opened.time(), Some(at(1_800_000_000_123)));
        assert!(opened.is_read());
        assert_eq!(opened.bytes::<1>(), None, "there is no more");
    }

    #[test]
    fn t056_what_nobody_sealed_is_not_opened() {
        let good = BASE64URL_NOPAD.decode(sealed().as_bytes()).unwrap();
        for bit in 0..good.len() * 8 {
            let mut bytes = good.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(opened(&BASE64URL_NOPAD.encode(&bytes)).is_none(), "bit {bit}");
        }
        for bytes in 0..good.len() {
            assert!(opened(&BASE64URL_NOPAD.encode(&good[..bytes])).is_none(), "{bytes} bytes of it");
        }
        let foreign = Fields::sealed_with(1).text("acme").seal(&[4; 32]);
        assert!(opened(&foreign).is_none(), "the key of another purpose");
        assert!(opened(&"A".repeat(MAX_CHARS + 4)).is_none());
    }

    proptest! {
        #[test]
        fn opening_never_panics(text in "\\PC{0,120}") {
            prop_assert!(opened(&text).is_none());
        }
    }
}
