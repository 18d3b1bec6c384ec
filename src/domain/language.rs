//! The languages that people are spoken to in, and which of them a browser asks for.
//!
//! The words themselves are in `texts/`. To add a language: a variant here, its row, and its file there.

/// A language that there are words in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[expect(missing_docs, reason = "each is its own name; its tag is in the table below")]
pub enum Language {
    #[default]
    English,
    German,
    French,
    Spanish,
    Italian,
    BrazilianPortuguese,
    Dutch,
    Polish,
    Russian,
    Ukrainian,
    Turkish,
    Japanese,
    SimplifiedChinese,
    Korean,
    Arabic,
    Hebrew,
}

/// How many ranges of a header are looked at. Browsers send ten at most.
const MOST_RANGES: usize = 30;

impl Language {
    /// Every language, in the order of declaration.
    pub const ALL: [Self; 16] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Italian,
        Self::BrazilianPortuguese,
        Self::Dutch,
        Self::Polish,
        Self::Russian,
        Self::Ukrainian,
        Self::Turkish,
        Self::Japanese,
        Self::SimplifiedChinese,
        Self::Korean,
        Self::Arabic,
        Self::Hebrew,
    ];

    /// Its tag (BCP 47), as in `lang`, in `Content-Language`, in the store, and as its file is called.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Italian => "it",
            Self::BrazilianPortuguese => "pt-BR",
            Self::Dutch => "nl",
            Self::Polish => "pl",
            Self::Russian => "ru",
            Self::Ukrainian => "uk",
            Self::Turkish => "tr",
            Self::Japanese => "ja",
            Self::SimplifiedChinese => "zh-Hans",
            Self::Korean => "ko",
            Self::Arabic => "ar",
            Self::Hebrew => "he",
        }
    }

    /// The direction that it is written in, as in `dir`.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Arabic | Self::Hebrew => "rtl",
            _ => "ltr",
        }
    }

    /// The language of a tag, exactly as [`tag`](Self::tag) writes it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The one that a browser likes best, by its `Accept-Language` (RFC 9110 section 12.5.4). English where it likes none
    /// of ours, and where the header cannot be read: a page in some language is better than none.
    pub fn accepted(header: &str) -> Self {
        let mut ranges: Vec<(Self, u16)> =
            header.split(',').take(MOST_RANGES).filter_map(|range| Self::range(range.trim())).collect();
        // A stable sort: of what is liked equally, the first.
        ranges.sort_by_key(|&(_, weight)| std::cmp::Reverse(weight));
        ranges.first().map_or(Self::English, |&(language, _)| language)
    }

    /// A range with its weight in thousandths; `None` for what is not ours or not wanted.
    fn range(range: &str) -> Option<(Self, u16)> {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let weight = match parameters.trim().strip_prefix("q=") {
            Some(weight) => weight.trim().parse::<f32>().ok()?,
            None => 1.0,
        };
        // A weight that is no number fails this too.
        if !(weight > 0.0 && weight <= 1.0) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "above 0 and 1 at most")]
        let weight = (weight * 1000.0) as u16;
        Some((Self::of_range(tag.trim())?, weight))
    }

    /// By its language alone, as a Swiss reader of German is served by ours; but who asks for traditional Chinese, by script
    /// or by country, gets the next language that they ask for.
    fn of_range(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        let mut subtags = tag.split('-');
        let language = subtags.next()?;
        Some(match language {
            "*" => Self::English,
            "zh" if subtags.any(|subtag| matches!(subtag, "hant" | "tw" | "hk" | "mo")) => return None,
            // What Hebrew was called until 1989, and still is in some systems.
            "iw" => Self::Hebrew,
            _ => Self::ALL.into_iter().find(|ours| ours.tag().split('-').next() == Some(language))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_send_leads_to_the_language_that_people_read() {
        for (header, tag) in [
            ("", "en"),
            ("en-US,en;q=0.5", "en"),
            ("de", "de"),
            ("de-CH,de;q=0.9,en;q=0.8", "de"),
            ("gsw-CH, fr-CH;q=0.9, de;q=0.8", "fr"),
            ("pt-PT,pt;q=0.9", "pt-BR"),
            ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
            ("zh-SG", "zh-Hans"),
            ("zh-TW,zh;q=0.9,en-US;q=0.8", "zh-Hans"),
            ("zh-Hant-HK,ja;q=0.5", "ja"),
            ("zh-TW", "en"),
            ("iw-IL", "he"),
            ("AR-eg;q=0.7, X-klingon", "ar"),
            ("en;q=0.3, uk; q=0.9, ru;q=0.95", "ru"),
            ("fr;q=0, de;q=0.1", "de"),
            ("fr;q=0", "en"),
            ("*", "en"),
            ("*;q=0.5, ko;q=0.6", "ko"),
            ("sv, da;q=0.9", "en"),
            ("nl;q=1.000;q=0.1, pl", "pl"),
            ("it;q=2, es;q=-1, tr;q=NaN, pl;q=x, ja;q=1.0", "ja"),
            (";;;,,,q=,de;,\u{fffd}", "de"),
        ] {
            assert_eq!(Language::accepted(header).tag(), tag, "{header:?}");
        }
        let endless = "xx,".repeat(100_000) + "de";
        assert_eq!(Language::accepted(&endless), Language::English);
    }

    #[test]
    fn a_language_is_known_by_its_tag() {
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
            assert_eq!(Language::accepted(language.tag()), language);
        }
        assert_eq!(Language::of_tag("EN"), None);
    }
}
