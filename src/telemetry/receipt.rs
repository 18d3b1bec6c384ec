//! The short id on every refusal, by which a person at a help desk and `postern explain` speak of the same request.
//!
//! It names a request and grants nothing; it must never be used as a secret.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

/// How many characters a receipt has.
const LENGTH: usize = 12;

const SYMBOLS: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Douglas Crockford's Base 32: no I, L, O or U, and what a person may write in their place is read as meant.
static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.extend(SYMBOLS.map(char::from));
    spec.translate.from.push_str("abcdefghjkmnpqrstvwxyzIiLlOo");
    spec.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ111100");
    spec.ignore.push_str("- ");
    spec.encoding().expect("the alphabet above is complete and free of doubles")
});

/// A short id, printed as 12 characters. 60 bits: among a million refusals two share one with a chance of 1 in 2 million.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Receipt(u64);

/// The text is no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a receipt: 12 letters and digits are expected")]
pub struct ReceiptError;

impl Receipt {
    /// A receipt from a drawn number; its upper 60 bits count.
    pub fn new(random: u64) -> Self {
        Self(random & !0xf)
    }

    /// Its characters. Each request has its own made, so no general encoder is asked for them.
    pub fn text(self) -> [u8; LENGTH] {
        // Five bits for each, from the top; the last four of the 64 are always zero.
        std::array::from_fn(|place| SYMBOLS[(self.0 >> (59 - 5 * place)) as usize & 31])
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receipt({self})")
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;

    /// Reads what a person typed: case does not matter, nor do hyphens and spaces, nor O for 0 and I or L for 1.
    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        if text.len() > 4 * LENGTH {
            return Err(ReceiptError);
        }
        let bytes = CROCKFORD.decode(format!("{text}0").as_bytes()).map_err(|_| ReceiptError)?;
        Ok(Self(u64::from_be_bytes(bytes.try_into().map_err(|_| ReceiptError)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_receipt_is_twelve_unambiguous_characters_and_reads_back(random: u64) {
            let receipt = Receipt::new(random);
            let text = receipt.to_string();
            prop_assert_eq!(text.len(), LENGTH);
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()));
            prop_assert!(!text.contains(['I', 'L', 'O', 'U']));
            prop_assert_eq!(text.parse(), Ok(receipt));
        }

        #[test]
        fn different_numbers_have_different_receipts(one in 0..1u64 << 60, other in 0..1u64 << 60) {
            prop_assert_eq!(one == other, Receipt::new(one << 4).to_string() == Receipt::new(other << 4).to_string());
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,60}") {
            let _ = text.parse::<Receipt>();
        }
    }

    #[test]
    fn what_a_person_writes_is_read_as_meant() {
        let receipt: Receipt = "01AB10CDEFGH".parse().unwrap();
        assert_eq!("oiab-lOcd efgh".parse(), Ok(receipt));
        for wrong in ["", "01AB10CDEFG", "01AB10CDEFGH0", "01AB10CDEFGU", "01AB10CDEFG!"] {
            assert_eq!(wrong.parse::<Receipt>(), Err(ReceiptError), "{wrong:?}");
        }
    }
}
