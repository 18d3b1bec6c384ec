//! The mark by which a person finds the right one of several mails: `K7QF`, in the mail's subject and on the page.
//!
//! It is no secret, and says nothing of the code: it follows from the challenge's id alone, which the audit log shows too, and
//! from an id to its code it takes the key. So each mail of one challenge has the same mark, after a restart too.

use std::fmt;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// No vowels, so that no word comes about, and nothing that is taken for something else.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
const DIGITS: &[u8] = b"23456789";

/// The mark of a challenge's mails: a letter, a digit and two letters, so that nobody takes it for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailTag([u8; 4]);

impl MailTag {
    /// The mark of this challenge.
    pub fn of(challenge: Uuid) -> Self {
        let mut hash = Sha256::new_with_prefix(b"postern mail tag");
        hash.update(challenge.as_bytes());
        let hash = hash.finalize();
        let pick = |place: usize, from: &[u8]| from[usize::from(hash[place]) % from.len()];
        Self([pick(0, LETTERS), pick(1, DIGITS), pick(2, LETTERS), pick(3, LETTERS)])
    }
}

impl fmt::Display for MailTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|&byte| write!(f, "{}", char::from(byte)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::domain::code::{Code, CodeDigits};

    #[test]
    fn a_challenge_keeps_its_mark_and_others_have_others() {
        let tags: Vec<String> = (0..1000).map(|id| MailTag::of(Uuid::from_u128(id)).to_string()).collect();
        assert_eq!(tags[7], MailTag::of(Uuid::from_u128(7)).to_string());
        assert!(tags.iter().collect::<HashSet<_>>().len() > 980);
        for tag in &tags {
            let digits: Vec<bool> = tag.bytes().map(|byte| byte.is_ascii_digit()).collect();
            assert_eq!(digits, [false, true, false, false], "{tag}");
            assert!(!tag.contains(['0', '1', 'O', 'I', 'A', 'E', 'U', 'Y']), "{tag}");
        }
    }

    /// Of challenges with the same mark, no first digit of the code is likelier than another.
    #[test]
    fn the_mark_says_nothing_of_the_code() {
        let mut counts = [0_u32; 10];
        for id in (0..400_000_u128).map(Uuid::from_u128).filter(|&id| MailTag::of(id).0[0] == b'K') {
            let code = Code::derive(&[7; 32], id, CodeDigits::Six);
            counts[usize::from(code.digits().as_bytes()[0] - b'0')] += 1;
        }
        let expected = f64::from(counts.iter().sum::<u32>()) / 10.0;
        let chi: f64 = counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
        assert!(expected > 1000.0 && chi < 50.0, "{counts:?}");
    }
}
