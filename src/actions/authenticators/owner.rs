//! Whose a sealed authenticator is: what is sealed for one row of one account is worth nothing in another.

use uuid::Uuid;

use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;

/// Every part is fixed in length or ends where no other begins: neither ids of organizations nor addresses have a line end.
pub(super) fn owner(organization: &OrganizationId, email: &EmailAddress, id: Uuid) -> Vec<u8> {
    [id.as_bytes().as_slice(), format!("{organization}\n{email}\n").as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::seal::{open, seal};

    #[test]
    fn what_was_sealed_is_of_one_row_of_one_account() {
        let (acme, other) = (OrganizationId::parse("acme").unwrap(), OrganizationId::parse("other").unwrap());
        let (jane, omar) =
            (EmailAddress::parse("jane@acme.com").unwrap(), EmailAddress::parse("omar@acme.com").unwrap());
        let (id, another) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = seal(&[1; 32], [2; 12], &owner(&acme, &jane, id), b"secret");
        assert!(open(&[1; 32], &owner(&acme, &jane, id), &sealed).is_some());
        for stranger in [owner(&other, &jane, id), owner(&acme, &omar, id), owner(&acme, &jane, another)] {
            assert!(open(&[1; 32], &stranger, &sealed).is_none(), "{stranger:?}");
        }
    }
}
