//! Where a list goes on. A cursor is the place after which the next page begins, and a MAC over it: one that this list of this
//! organization did not give out is refused, and so none leads into anything else.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::organization::OrganizationId;

use super::error::{ApiError, BAD_CURSOR};

const MAC_BYTES: usize = 16;
/// Longer than any that is given out.
const LONGEST: usize = 1_024;

/// Gives out the cursors of one list.
#[derive(Clone, Copy)]
pub struct Cursors<'a> {
    key: &'a [u8; 32],
    /// Which list: a name of its own.
    list: &'a str,
    organization: &'a OrganizationId,
}

impl<'a> Cursors<'a> {
    /// Those of a list.
    pub fn new(key: &'a [u8; 32], list: &'a str, organization: &'a OrganizationId) -> Self {
        Self { key, list, organization }
    }

    /// The cursor of a place.
    pub fn give(&self, place: &str) -> String {
        let mut bytes = self.mac(place.as_bytes()).finalize().into_bytes()[..MAC_BYTES].to_vec();
        bytes.extend_from_slice(place.as_bytes());
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The place of a cursor.
    pub fn take(&self, cursor: &str) -> Result<String, ApiError> {
        let refused = || {
            ApiError::because(BAD_CURSOR, "The cursor is not one that this list gave out; begin without one.")
        };
        if cursor.len() > LONGEST {
            return Err(refused());
        }
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| refused())?;
        let (mac, place) = bytes.split_at_checked(MAC_BYTES).ok_or_else(refused)?;
        self.mac(place).verify_truncated_left(mac).map_err(|_| refused())?;
        String::from_utf8(place.to_vec()).map_err(|_| refused())
    }

    fn mac(&self, place: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key).expect("HMAC takes a key of any length");
        for part in [self.list.as_bytes(), self.organization.as_str().as_bytes(), place] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_one_list_of_one_organization() {
        let (ours, theirs) = (OrganizationId::only(), OrganizationId::parse("other").unwrap());
        let cursors = Cursors::new(&[1; 32], "domains", &ours);
        let cursor = cursors.give("acme.com");
        assert_eq!(cursors.take(&cursor).unwrap(), "acme.com");
        assert!(Cursors::new(&[1; 32], "events", &ours).take(&cursor).is_err());
        assert!(Cursors::new(&[1; 32], "domains", &theirs).take(&cursor).is_err());
        assert!(Cursors::new(&[2; 32], "domains", &ours).take(&cursor).is_err());
        for wrong in [
            "",
            "acme.com",
            "AAAA",
            &cursor.replacen(|_| true, "_", 1),
            &format!("{cursor}AA"),
            &"A".repeat(5_000),
        ] {
            assert!(cursors.take(wrong).is_err(), "{wrong}");
        }
    }
}
