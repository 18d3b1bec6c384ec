//! The one-time code: derived, never stored; typed in one canonical form; compared in constant time.
//!
//! A code is a keyed function of its challenge's id, so a resend repeats it and a restart keeps it, while neither the
//! database nor a log ever holds it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// How many digits a code has: six, or eight by configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeDigits {
    /// 20 bits.
    Six,
    /// 26 bits.
    Eight,
}

impl CodeDigits {
    /// The number of digits.
    pub fn count(self) -> usize {
        match self {
            Self::Six => 6,
            Self::Eight => 8,
        }
    }
}

/// A code, as digits. It has no `Debug` or `Display`, so that it cannot slip into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// Derives the code of a challenge.
    ///
    /// RFC 4226 keeps 31 bits of the tag, which favours low six-digit codes by 1 in 2,147 and low eight-digit ones by
    /// 1 in 21. Here 128 bits are reduced, so that no code is likelier than another by more than 2⁻¹⁰⁰.
    pub fn derive(key: &[u8; 32], challenge: Uuid, digits: CodeDigits) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(challenge.as_bytes());
        let tag = mac.finalize().into_bytes();
        let wide = u128::from_be_bytes(tag[..16].try_into().expect("the tag has 32 bytes"));
        let digits = digits.count();
        let modulus = 10_u128.pow(u32::try_from(digits).expect("eight at most"));
        Self(format!("{:0digits$}", wide % modulus))
    }

    /// The digits, for the mail that carries them and nothing else.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// Whether a typed code is this one; takes the same time wherever they differ.
    pub fn matches(&self, typed: &TypedCode) -> bool {
        self.0.as_bytes().ct_eq(typed.0.as_bytes()).into()
    }
}

/// What a person typed, in canonical form: ASCII digits alone.
pub struct TypedCode(String);

/// The text is no code of this length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has {0} digits")]
pub struct TypedCodeError(pub usize);

impl TypedCode {
    /// Reads what was typed or pasted. Spaces, tabs and line ends are dropped, as mail programs add them when a code is
    /// copied; anything else that is no ASCII digit, or another number of digits, is no code.
    pub fn parse(text: &str, digits: CodeDigits) -> Result<Self, TypedCodeError> {
        let typed: String = text.chars().filter(|char| !matches!(char, ' ' | '\t' | '\r' | '\n')).collect();
        if typed.len() != digits.count() || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TypedCodeError(digits.count()));
        }
        Ok(Self(typed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn a_resend_repeats_the_code_and_another_challenge_has_another() {
        let one = Uuid::from_u128(1);
        assert!(Code::derive(&KEY, one, CodeDigits::Six) == Code::derive(&KEY, one, CodeDigits::Six));
        assert!(
            Code::derive(&KEY, one, CodeDigits::Six)
                != Code::derive(&KEY, Uuid::from_u128(2), CodeDigits::Six)
        );
        assert!(Code::derive(&KEY, one, CodeDigits::Six) != Code::derive(&[8; 32], one, CodeDigits::Six));
    }

    #[test]
    fn t093_one_canonical_form_is_taken_and_nothing_else() {
        let code = Code("000123".into());
        for typed in ["000123", " 000123", "000 123", "000123\n", "\t000123\r\n"] {
            assert!(code.matches(&TypedCode::parse(typed, CodeDigits::Six).unwrap()), "{typed:?}");
        }
        for typed in [
            "",
            "00123",
            "0000123",
            "+00123",
            "\u{ff10}\u{ff10}\u{ff10}\u{ff11}\u{ff12}\u{ff13}",
            "000123\u{200b}",
            "000-123",
            "0x0123",
        ] {
            assert!(TypedCode::parse(typed, CodeDigits::Six).is_err(), "{typed:?}");
        }
    }

    /// T117: a million codes, counted by each of their six digits and by the thousand they fall in. For uniform digits the
    /// statistic has mean 9 (or 999) and the bounds are passed by chance less than once in ten million.
    #[test]
    fn t117_a_million_codes_are_uniform() {
        let mut digits = [[0_u32; 10]; 6];
        let mut thousands = vec![0_u32; 1000];
        for id in 0..1_000_000_u128 {
            let code = Code::derive(&KEY, Uuid::from_u128(id), CodeDigits::Six);
            for (place, digit) in code.0.bytes().enumerate() {
                digits[place][usize::from(digit - b'0')] += 1;
            }
            thousands[code.0.get(..3).unwrap().parse::<usize>().unwrap()] += 1;
        }
        let chi = |counts: &[u32], expected: f64| -> f64 {
            counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum()
        };
        for counts in &digits {
            assert!(chi(counts, 100_000.0) < 50.0);
        }
        assert!(chi(&thousands, 1000.0) < 1250.0);
    }

    proptest! {
        #[test]
        fn every_code_has_its_digits(id: u128, key: [u8; 32]) {
            for digits in [CodeDigits::Six, CodeDigits::Eight] {
                let code = Code::derive(&key, Uuid::from_u128(id), digits);
                prop_assert_eq!(code.0.len(), digits.count());
                prop_assert!(code.matches(&TypedCode::parse(&code.0, digits).unwrap()));
            }
        }

        #[test]
        fn typing_never_panics(text in "\\PC{0,40}") {
            let _ = TypedCode::parse(&text, CodeDigits::Six);
        }
    }
}
