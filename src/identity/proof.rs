//! What a browser brings besides the session: its proof, and the token that ties our forms to it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::config::settings::Site;
use crate::domain::account::{DeviceId, Subject};
use crate::domain::proof::{self, Binding, Proof};

use super::Identities;

impl Identities {
    /// What a proof cookie says of this person in this browser; `None` if it is not theirs. One HMAC.
    pub fn proof(&self, site: &Site, subject: Subject, device: DeviceId, token: &[u8]) -> Option<Proof> {
        let binding = Binding { organization: &site.organization.id, site: &site.id, subject, device };
        proof::verify(token, |id| self.keys.of(id).map(|keys| &keys.proof), &binding)
    }

    /// A proof for this site of what was verified at another host. Whoever makes one has seen the verification.
    pub fn prove(&self, site: &Site, subject: Subject, device: DeviceId, proof: &Proof) -> String {
        let binding = Binding { organization: &site.organization.id, site: &site.id, subject, device };
        let (id, keys) = self.keys.current();
        proof::mint(id, &keys.proof, &binding, proof)
    }

    /// The token in a form of ours: only this browser, with this person signed in at this site, can know it.
    pub fn form_token(&self, site: &str, subject: Subject, device: DeviceId) -> String {
        let (_, keys) = self.keys.current();
        data_encoding::HEXLOWER.encode(&form_mac(&keys.form, site, subject, device).finalize().into_bytes())
    }

    /// Whether a form brings back its own token; compared in constant time.
    pub fn is_form_token(&self, token: &str, site: &str, subject: Subject, device: DeviceId) -> bool {
        let (_, keys) = self.keys.current();
        let Ok(tag) = data_encoding::HEXLOWER.decode(token.as_bytes()) else { return false };
        form_mac(&keys.form, site, subject, device).verify_slice(&tag).is_ok()
    }
}

fn form_mac(key: &[u8; 32], site: &str, subject: Subject, device: DeviceId) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(&subject.0);
    mac.update(&device.0);
    mac.update(site.as_bytes());
    mac
}
