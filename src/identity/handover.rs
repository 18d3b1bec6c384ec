//! The hand-over's names and seals: what an account and a browser are called between the hosts of an organization, and the
//! texts that carry it. Each kind of text has a key of its own.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::account::{AccountKey, DeviceId, Family};
use crate::domain::email::EmailAddress;
use crate::domain::handover::{Mark, Record, Request, Ticket};
use crate::domain::organization::OrganizationId;
use crate::domain::sealed::{self, Fields};

use super::{Identities, Identity};

impl Identities {
    /// What a person's account is called between the hosts; `None` for whoever is verified at one host alone.
    ///
    /// An address that is not believed may be anybody's. And where a new sign-in needs a new code, a verification from before it
    /// must not come back from another host.
    pub fn shared_account(&self, organization: &OrganizationId, person: &Identity) -> Option<AccountKey> {
        let email = person.believed_email().filter(|_| person.said.session.is_none())?;
        Some(self.account_key(organization, email))
    }

    /// What the account of an address is called between the hosts.
    pub fn account_key(&self, organization: &OrganizationId, email: &EmailAddress) -> AccountKey {
        let parts = [organization.as_str().as_bytes(), email.as_str().as_bytes()];
        AccountKey(digest(self.keys.accounts(), parts))
    }

    /// What the verifications of an account belong to in the browser of a record. Nobody can make a browser that has a given family.
    pub fn family(&self, record: &Record, account: AccountKey) -> Family {
        Family(digest(self.keys.families(), [&record.browser, &account.0]))
    }

    /// A browser as a hand-over names it.
    pub fn mark(&self, request: [u8; 16], device: DeviceId) -> Mark {
        Mark(digest(self.keys.browsers(), [&request, &device.0]))
    }

    /// Whether a mark is this browser's; compared in constant time.
    pub fn is_mark(&self, mark: Mark, request: [u8; 16], device: DeviceId) -> bool {
        mac(self.keys.browsers(), [&request, &device.0]).verify_truncated_left(&mark.0).is_ok()
    }

    /// A request as text.
    pub fn seal_request(&self, request: &Request) -> String {
        let (id, keys) = self.keys.current();
        request.write(Fields::sealed_with(id)).seal(&keys.request)
    }

    /// A request of ours, of any age.
    pub fn open_request(&self, text: &[u8]) -> Option<Request> {
        Request::read(&mut sealed::open(text, |id| self.keys.of(id).map(|keys| &keys.request))?)
    }

    /// A ticket as text.
    pub fn seal_ticket(&self, ticket: &Ticket) -> String {
        let (id, keys) = self.keys.current();
        ticket.write(Fields::sealed_with(id)).seal(&keys.ticket)
    }

    /// A ticket of ours, of any age.
    pub fn open_ticket(&self, text: &[u8]) -> Option<Ticket> {
        Ticket::read(&mut sealed::open(text, |id| self.keys.of(id).map(|keys| &keys.ticket))?)
    }

    /// A home host's record as text.
    pub fn seal_record(&self, organization: &OrganizationId, record: &Record) -> String {
        let (id, keys) = self.keys.current();
        record.write(organization, Fields::sealed_with(id)).seal(&keys.record)
    }

    /// A record that a home host of this organization made.
    pub fn open_record(&self, organization: &OrganizationId, text: &[u8]) -> Option<Record> {
        let mut fields = sealed::open(text, |id| self.keys.of(id).map(|keys| &keys.record))?;
        Record::read(organization, &mut fields)
    }
}

fn digest<const N: usize>(key: &[u8; 32], parts: [&[u8]; N]) -> [u8; 16] {
    let tag = mac(key, parts).finalize().into_bytes();
    tag[..16].try_into().expect("the tag has 32 bytes")
}

/// Each part is preceded by its length, so no two lists of parts have the same bytes.
fn mac<const N: usize>(key: &[u8; 32], parts: [&[u8]; N]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}
