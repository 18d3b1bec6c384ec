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
    /// Reads what was typed or pasted, in any way that can only mean one code.
    ///
    /// Keyboards of other scripts type their own digits, each of which Unicode maps to one decimal value; input methods of
    /// East Asia type wide ones. All must be of one script: Bengali four looks like an eight of ours, so a mixture may be
    /// something else than it seems. Mail programs and page readers add blanks, line ends and marks that nobody sees;
    /// people part groups by a dash. A sign before the digits, a point, a letter or another number of digits is no code.
    pub fn parse(text: &str, digits: CodeDigits) -> Result<Self, TypedCodeError> {
        read(text, digits.count()).map(Self).ok_or(TypedCodeError(digits.count()))
    }

    /// The digits, to be compared in constant time and for nothing else.
    pub(super) fn digits(&self) -> &str {
        &self.0
    }
}

fn read(text: &str, count: usize) -> Option<String> {
    let (mut typed, mut script, mut after_dash) = (String::new(), None, false);
    for char in text.chars().filter(|&char| !is_blank(char)) {
        if is_dash(char) {
            // It parts two groups, so it stands between digits.
            if typed.is_empty() || after_dash {
                return None;
            }
            after_dash = true;
            continue;
        }
        let zero = zero_of(char)?;
        if *script.get_or_insert(zero) != zero || typed.len() == count {
            return None;
        }
        typed.push(char::from_digit(u32::from(char) - zero, 10)?);
        after_dash = false;
    }
    (typed.len() == count && !after_dash).then_some(typed)
}

/// Blanks and line ends of every width, and the marks of no width that text carries along when it is copied: directions,
/// joiners, soft hyphens, byte order marks.
fn is_blank(char: char) -> bool {
    char.is_whitespace()
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(char, '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Hyphens, dashes and minus signs, and the long vowel mark that a Japanese keyboard has on the same key.
fn is_dash(char: char) -> bool {
    matches!(
        char,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// The zero of the ten digits that this one belongs to. In every script they stand in a row (Unicode 16, section 4.6).
fn zero_of(char: char) -> Option<u32> {
    let char = u32::from(char);
    let after = ZEROS.partition_point(|&zero| zero <= char);
    let zero = *ZEROS.get(after.checked_sub(1)?)?;
    (char - zero < 10).then_some(zero)
}

/// The zeros of all decimal digits of Unicode 14, in order. Scripts that came later are not typed on any keyboard yet.
#[rustfmt::skip]
const ZEROS: [u32; 66] = [
    0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6,
    0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80,
    0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
    0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0,
    0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2,
    0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

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

    fn six(typed: &str) -> Option<String> {
        TypedCode::parse(typed, CodeDigits::Six).ok().map(|typed| typed.0)
    }

    #[test]
    fn t093_whatever_can_only_mean_one_code_is_that_code() {
        for typed in [
            "000123",
            " 000123",
            "000 123",
            "000123\n",
            "\t000123\r\n",
            "000\u{a0}123",
            "000\u{2009}123",
            "0 0 0 - 1 2 3",
            "000-123",
            "000\u{2010}123",
            "000 \u{2013} 123",
            "00-01-23",
            "000\u{2212}123",
            "０００１２３",
            "０００ー１２３",
            "０００－１２３",
            "\u{3000}０００１２３",
            "٠٠٠١٢٣",
            "۰۰۰۱۲۳",
            "०००१२३",
            "০০০১২৩",
            "๐๐๐๑๒๓",
            "\u{200f}000123\u{200e}",
            "\u{2068}000123\u{2069}",
            "000123\u{200b}",
            "\u{feff}000123",
        ] {
            assert_eq!(six(typed).as_deref(), Some("000123"), "{typed:?}");
        }
    }

    #[test]
    fn t093_whatever_could_mean_something_else_is_no_code() {
        for typed in [
            "",
            " ",
            "-",
            "00123",
            "0000123",
            "000123 4",
            "+00123",
            "+000123",
            "-000123",
            "000123-",
            "000--123",
            "000.123",
            "000,123",
            "000/123",
            "000_123",
            "0x0123",
            "O00123",
            "00012З",
            "000l23",
            "code 000123",
            "000\u{301}123",
            // Two scripts in one code, a superscript, a fraction, a circled digit, a Chinese numeral, a Roman one.
            "000１２３",
            "٠٠٠۱۲۳",
            "00012৪",
            "00012³",
            "00012¼",
            "00012③",
            "00012三",
            "00012Ⅲ",
        ] {
            assert_eq!(six(typed), None, "{typed:?}");
        }
    }

    /// Which characters are decimal digits is also known to the regular expressions, from the Unicode tables themselves.
    #[test]
    fn every_decimal_digit_of_unicode_has_its_value_and_nothing_else_has_one() {
        let digit = regex::Regex::new(r"^\d$").unwrap();
        let mut text = [0; 4];
        let found: Vec<char> = (char::MIN..=char::MAX)
            .filter(|char| zero_of(*char).is_some())
            .inspect(|char| assert!(digit.is_match(char.encode_utf8(&mut text)), "{char:?}"))
            .collect();
        assert_eq!(found.len(), ZEROS.len() * 10);
        assert!(ZEROS.is_sorted());
        for row in found.chunks(10) {
            let typed: String = row.get(..6).unwrap().iter().collect();
            assert_eq!(six(&typed).as_deref(), Some("012345"), "{typed}");
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
        fn typing_never_panics_and_reads_digits_alone(text in "\\PC{0,40}|[\\d \u{200f}-]{0,12}") {
            let digits = text.chars().filter(|&char| zero_of(char).is_some()).count();
            if let Ok(typed) = TypedCode::parse(&text, CodeDigits::Six) {
                prop_assert!(typed.0.len() == 6 && typed.0.bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert_eq!(digits, 6);
            }
        }
    }
}
