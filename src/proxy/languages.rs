//! What a browser says of its languages, kept beside its request until a page may have to be written.
//!
//! Hardly any request ends so. A share in its head would cost each of them two atomic operations, so a few bytes are copied.

use http::HeaderMap;
use http::header;

use crate::domain::language::Language;

/// How much of the header is kept: a dozen languages. Browsers begin with the one that is liked best.
const KEPT_BYTES: usize = 96;

/// The beginning of an `Accept-Language`, or nothing.
pub(super) struct Languages {
    bytes: [u8; KEPT_BYTES],
    length: usize,
}

impl Languages {
    /// Those that these headers name.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut kept = Self::none();
        let said = headers.get(header::ACCEPT_LANGUAGE).map(|said| said.as_bytes()).unwrap_or_default();
        kept.length = said.len().min(KEPT_BYTES);
        for (byte, said) in kept.bytes.iter_mut().zip(said) {
            *byte = *said;
        }
        kept
    }

    /// None at all.
    pub(super) fn none() -> Self {
        Self { bytes: [0; KEPT_BYTES], length: 0 }
    }

    /// The one of ours that is liked best. Of a header that was cut, what follows the last comma may be half a language.
    pub(super) fn language(&self) -> Language {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let whole = match text.rsplit_once(',') {
            Some((whole, _)) if self.length == KEPT_BYTES => whole,
            _ => text,
        };
        Language::accepted(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn language(said: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_bytes(said.as_bytes()).unwrap());
        Languages::of(&headers).language()
    }

    #[test]
    fn what_is_cut_off_is_not_read_by_half() {
        assert_eq!(language("de-CH, en;q=0.5"), Language::German);
        assert_eq!(Languages::none().language(), Language::English);
        let long = |end: &str| format!("{}{end}", "xx;q=0.1,".repeat(10));
        assert_eq!(language(&long("fr,de;q=0.9")), Language::French, "whole where it fits");
        assert_eq!(language(&long("xxx,nlx")), Language::English, "half of it would be Dutch");
        assert_eq!(language(&format!("ko,{}", "y".repeat(500))), Language::Korean);
        assert_eq!(language(&"z".repeat(500)), Language::English);
        assert_eq!(language("dé, it"), Language::Italian);
    }
}
