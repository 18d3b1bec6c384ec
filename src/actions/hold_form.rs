//! Hold a form that a challenge interrupted, and take it out again, once.
//!
//! It is encrypted with a key made of ours and of a secret that the browser's cookie alone carries: neither the database nor
//! the key file reveals it, nor both. To whom it belongs is part of what the encryption covers.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::domain::account::{CookieSet, Subject};
use crate::domain::held_form::HeldForm;
use crate::store::{HeldFormKey, SealedForm, StoreError};

use super::Actions;
use super::seal::{open, seal};

/// How long a form is kept beyond the life of the code that is asked for.
const BEYOND_THE_CODE: Duration = Duration::from_secs(15 * 60);

/// Whose form it is.
#[derive(Clone, Copy)]
pub struct Holder<'a> {
    /// The account.
    pub subject: Subject,
    /// The session.
    pub session: CookieSet,
    /// The site's id.
    pub site: &'a str,
    /// What only the browser has.
    pub secret: [u8; 32],
}

impl Holder<'_> {
    fn key(&self, id: Uuid) -> HeldFormKey<'_> {
        HeldFormKey { id: *id.as_bytes(), subject: self.subject, session: self.session, site: self.site }
    }
}

impl Actions {
    /// Keeps a form; `None` where it would be one too many.
    pub async fn hold_form(
        &self,
        holder: &Holder<'_>,
        form: &HeldForm,
        code_lifetime: Duration,
    ) -> Result<Option<Uuid>, StoreError> {
        let (now, id) = (self.clock.now(), Uuid::from_bytes(self.entropy.bytes()));
        let (key_id, keys) = self.keys.current();
        let text = serde_json::to_vec(form).unwrap_or_default();
        let sealed = shut(&keys.held_form, holder, id, &text);
        let until = now.saturating_add(code_lifetime + BEYOND_THE_CODE).unwrap_or(now);
        let sealed = SealedForm { key_id, sealed };
        let (key, store) = (holder.key(id), &self.store);
        let is_held = self.timed("hold_form", store.hold_form(&key, &sealed, until, now)).await?;
        Ok(is_held.then_some(id))
    }

    /// A form that is kept, to be shown to whom it belongs.
    pub async fn held_form(&self, holder: &Holder<'_>, id: Uuid) -> Result<Option<HeldForm>, StoreError> {
        let found = self.store.held_form(&holder.key(id), self.clock.now()).await?;
        Ok(found.and_then(|sealed| self.open_form(holder, id, sealed)))
    }

    /// Takes a form out, for the first and last time. Another browser's secret takes out nothing.
    pub async fn take_form(&self, holder: &Holder<'_>, id: Uuid) -> Result<Option<HeldForm>, StoreError> {
        if self.held_form(holder, id).await?.is_none() {
            return Ok(None);
        }
        let (key, now) = (holder.key(id), self.clock.now());
        let taken = self.timed("take_form", self.store.take_form(&key, now)).await?;
        Ok(taken.and_then(|sealed| self.open_form(holder, id, sealed)))
    }

    fn open_form(&self, holder: &Holder<'_>, id: Uuid, form: SealedForm) -> Option<HeldForm> {
        let keys = self.keys.of(form.key_id)?;
        serde_json::from_slice(&opened(&keys.held_form, holder, id, &form.sealed)?).ok()
    }
}

/// Each form has a key of its own, so the nonce is used once.
fn shut(ours: &[u8; 32], holder: &Holder<'_>, id: Uuid, text: &[u8]) -> Vec<u8> {
    seal(&key(ours, holder, id), [0; 12], &covered(holder), text)
}

fn opened(ours: &[u8; 32], holder: &Holder<'_>, id: Uuid, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    open(&key(ours, holder, id), &covered(holder), sealed)
}

fn key(ours: &[u8; 32], holder: &Holder<'_>, id: Uuid) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(ours).expect("HMAC takes a key of any length");
    mac.update(&holder.secret);
    mac.update(id.as_bytes());
    mac.finalize().into_bytes().into()
}

/// What is fixed in length comes first, so no two holders have the same bytes.
fn covered(holder: &Holder<'_>) -> Vec<u8> {
    [&holder.subject.0, &holder.session.0, holder.site.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: [u8; 32] = [1; 32];
    const ID: Uuid = Uuid::from_u128(7);

    fn holder() -> Holder<'static> {
        Holder { subject: Subject([2; 16]), session: CookieSet([3; 16]), site: "jira.test", secret: [4; 32] }
    }

    #[test]
    fn only_the_browser_with_its_session_and_our_key_open_a_form() {
        let sealed = shut(&OURS, &holder(), ID, b"half of my work");
        assert!(!sealed.windows(4).any(|part| part == b"half"));
        let text = opened(&OURS, &holder(), ID, &sealed);
        assert_eq!(text.as_deref().map(Vec::as_slice), Some(b"half of my work".as_slice()));
        for (ours, holder, id) in [
            ([9; 32], holder(), ID),
            (OURS, Holder { secret: [9; 32], ..holder() }, ID),
            (OURS, Holder { subject: Subject([9; 16]), ..holder() }, ID),
            (OURS, Holder { session: CookieSet([9; 16]), ..holder() }, ID),
            (OURS, Holder { site: "wiki.test", ..holder() }, ID),
            (OURS, holder(), Uuid::from_u128(8)),
        ] {
            assert!(opened(&ours, &holder, id, &sealed).is_none());
        }
    }
}
