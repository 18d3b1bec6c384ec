//! The proof that came in a cookie, and what was found of it.

use std::sync::{Arc, OnceLock};

use crate::config::settings::Site;
use crate::domain::account::{DeviceId, Subject};
use crate::domain::proof::Proof;

/// A proof cookie. Its HMAC is checked once, and not again for each request that brings the same line over the same connection
/// (2 % of a warm request's CPU time); whether the proof is still fresh is decided each time.
#[derive(Debug)]
pub struct ProofCookie {
    token: Box<[u8]>,
    found: OnceLock<Found>,
}

/// What the token says, and all that it was checked against. The keys last as long as the process.
#[derive(Debug)]
struct Found {
    site: Arc<Site>,
    subject: Subject,
    device: DeviceId,
    proof: Option<Proof>,
}

impl ProofCookie {
    /// A cookie of this value, unchecked.
    pub fn new(token: &[u8]) -> Arc<Self> {
        Arc::new(Self { token: token.into(), found: OnceLock::new() })
    }

    /// Its value as it came.
    pub fn token(&self) -> &[u8] {
        &self.token
    }

    /// What `verify` finds the token to say of a person in a browser, at a site; `None` if it is not theirs.
    pub fn verified(
        &self,
        site: &Arc<Site>,
        subject: Subject,
        device: DeviceId,
        verify: impl Fn(&[u8]) -> Option<Proof>,
    ) -> Option<Proof> {
        let first = || Found { site: Arc::clone(site), subject, device, proof: verify(&self.token) };
        let found = self.found.get_or_init(first);
        if Arc::ptr_eq(&found.site, site) && found.subject == subject && found.device == device {
            found.proof
        } else {
            verify(&self.token)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use jiff::Timestamp;

    use crate::domain::account::Family;
    use crate::domain::method::Method;

    /// T077: what holds for one is worth nothing for anybody else, in another browser, or at another site.
    #[test]
    fn what_was_found_counts_for_whom_it_was_found_alone() {
        let text = include_str!("../../../config/examples/minimal.toml");
        let site =
            || crate::config::parse("minimal.toml", text, Path::new(""), &|_| None).unwrap().sites.remove(0);
        let (here, there) = (site(), site());
        let (jane, liam, phone, laptop) =
            (Subject([1; 16]), Subject([2; 16]), DeviceId([3; 16]), DeviceId([4; 16]));
        let proof =
            Proof { verified_at: Timestamp::UNIX_EPOCH, by: Method::Passkey, family: Family([5; 16]) };
        let cookie = ProofCookie::new(b"token");
        let asked = std::cell::Cell::new(0);
        let holds = |site: &Arc<Site>, subject, device, is_theirs: bool| {
            let found = cookie.verified(site, subject, device, |token| {
                assert_eq!(token, b"token");
                asked.set(asked.get() + 1);
                is_theirs.then_some(proof)
            });
            (found.is_some(), asked.take())
        };
        assert_eq!(holds(&here, jane, phone, true), (true, 1));
        assert_eq!(holds(&here, jane, phone, false), (true, 0), "it is remembered");
        assert_eq!(holds(&here, liam, phone, false), (false, 1));
        assert_eq!(holds(&here, jane, laptop, false), (false, 1));
        assert_eq!(holds(&there, jane, phone, false), (false, 1));
    }
}
