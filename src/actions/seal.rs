//! Sealing what lies in the store and is nobody's to read: who copies the database learns nothing of it, and who moves it to another
//! row has nothing.
//!
//! ```text
//! nonce:12 | ChaCha20-Poly1305 of the plain bytes, over whose they are
//! ```

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// Seals for whoever `owner` names. The same nonce must never come with the same key again.
pub(super) fn seal(key: &[u8; 32], nonce: [u8; NONCE_LEN], owner: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut sealed = plain.to_vec();
    cipher(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner), &mut sealed)
        .expect("what is sealed here is far shorter than the cipher allows");
    [nonce.as_slice(), &sealed].concat()
}

/// What was sealed; `None` if it was for another owner, with another key, or is damaged.
pub(super) fn open(key: &[u8; 32], owner: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut rest = Zeroizing::new(rest.to_vec());
    let length = cipher(key).open_in_place(nonce, Aad::from(owner), &mut rest).ok()?.len();
    rest.truncate(length);
    Some(rest)
}

fn cipher(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key).expect("the key has the cipher's length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_is_opened_whole_for_its_owner_alone() {
        let sealed = seal(&[1; 32], [2; 12], b"jane", b"secret");
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        let opened = open(&[1; 32], b"jane", &sealed);
        assert_eq!(opened.as_deref().map(Vec::as_slice), Some(b"secret".as_slice()));
        assert!(open(&[1; 32], b"omar", &sealed).is_none());
        assert!(open(&[3; 32], b"jane", &sealed).is_none());
        for place in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[place] ^= 1;
            assert!(open(&[1; 32], b"jane", &damaged).is_none(), "{place}");
            assert!(open(&[1; 32], b"jane", &sealed[..place]).is_none(), "{place}");
        }
    }
}
