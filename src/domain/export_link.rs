//! The link to an export that works without a key: what stands in it, and how a made-up one is told apart.
//!
//! It names its task and carries a MAC of that, so it is made when the mail is written and stored nowhere: who reads the store
//! has no link, and a guess costs the store no question. How long it works is said where it is opened.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// The bytes of a task's id.
const ID_BYTES: usize = 16;
/// The characters of an id and a MAC of 256 bits.
const CHARACTERS: usize = 64;

/// What stands in the link of a task's file.
pub fn token(key: &[u8; 32], task: Uuid) -> String {
    let mut bytes = task.as_bytes().to_vec();
    bytes.extend_from_slice(&mac(key, task.as_bytes()).finalize().into_bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

/// The task of a token; `None` for what was never one.
pub fn read(key: &[u8; 32], token: &str) -> Option<Uuid> {
    if token.len() != CHARACTERS {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    let (id, sum) = bytes.split_at_checked(ID_BYTES)?;
    // In a time that says nothing of where the two differ.
    mac(key, id).verify_slice(sum).ok()?;
    Uuid::from_slice(id).ok()
}

fn mac(key: &[u8; 32], id: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length").chain_update(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_its_task_and_no_other_text_does() {
        let (key, task) = ([7; 32], Uuid::from_u128(42));
        let link = token(&key, task);
        assert_eq!((link.len(), read(&key, &link)), (CHARACTERS, Some(task)));
        assert_eq!(read(&[8; 32], &link), None, "another installation's");
        for place in 0..CHARACTERS {
            let mut other = link.clone().into_bytes();
            other[place] = if other[place] == b'A' { b'B' } else { b'A' };
            assert_eq!(read(&key, &String::from_utf8(other).unwrap()), None, "at {place}");
        }
        let cut = link.get(..CHARACTERS - 1).unwrap();
        for wrong in ["", cut, &format!("{link}A"), &format!("{cut}="), &format!("{cut}é"), &task.to_string()]
        {
            assert_eq!(read(&key, wrong), None, "{wrong}");
        }
    }
}
