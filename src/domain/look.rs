//! How an organization's pages look: its logo, its colour, a sentence of its own in any language, and words in place of ours.
//!
//! Whatever colour it chooses, everything written in it or on it can be read, in light and in dark; one that cannot is refused.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::colour::Colour;
use super::language::Language;

/// What normal text needs (WCAG 2.2, 1.4.3, level AA).
pub const LEGIBLE: f64 = 4.5;
/// What stands behind text in the accent colour on a light screen: the page and its card. The stylesheet has the same.
pub const LIGHT_GROUNDS: [Colour; 2] = [Colour::new(0xf3, 0xf0, 0xe8), Colour::new(0xff, 0xfd, 0xf9)];
/// The same on a dark screen.
pub const DARK_GROUNDS: [Colour; 2] = [Colour::new(0x14, 0x18, 0x16), Colour::new(0x1e, 0x24, 0x21)];

/// How an organization's pages look. Without anything they look like Postern's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// The logo at the head of each page.
    pub logo: Option<Arc<Logo>>,
    /// The one for dark screens. Without it the other stands on a light plate there.
    pub dark_logo: Option<Arc<Logo>>,
    /// The colours of buttons and links, on light and on dark screens.
    pub accents: Option<Accents>,
    /// What is said to people who need help.
    pub help: Help,
    /// What is said in place of Postern's own sentences.
    pub words: Words,
}

/// A picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    /// Its kind.
    pub kind: LogoKind,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What kind of picture a logo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoKind {
    /// Lines and areas, as XML.
    Svg,
    /// Pixels.
    Png,
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {} bytes", self.kind, self.bytes.len())
    }
}

/// The colours of buttons and links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accents {
    /// On a light screen.
    pub light: Accent,
    /// On a dark screen.
    pub dark: Accent,
}

/// A colour with what goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    /// The colour of buttons and links.
    pub colour: Colour,
    /// The same under the mouse: further from what is behind it.
    pub deep: Colour,
    /// What is written on it.
    pub on: Colour,
}

/// A colour in which nothing can be read.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("has a contrast of {ratio:.2} to 1 with {ground} behind it")]
pub struct Illegible {
    /// What was found, rounded down.
    pub ratio: f64,
    /// On which ground.
    pub ground: Colour,
}

impl Accent {
    /// A colour for light screens.
    pub fn on_light(colour: Colour) -> Result<Self, Illegible> {
        Self::on(colour, &LIGHT_GROUNDS, Colour::BLACK)
    }

    /// A colour for dark screens.
    pub fn on_dark(colour: Colour) -> Result<Self, Illegible> {
        Self::on(colour, &DARK_GROUNDS, Colour::WHITE)
    }

    /// The same hue for dark screens: as much white in it as it takes to be read there. White itself can be read.
    pub fn lightened(self) -> Self {
        let lighter = (0..=100).step_by(5).map(|white| self.colour.mixed(Colour::WHITE, white));
        lighter.filter_map(|colour| Self::on_dark(colour).ok()).next().unwrap_or(self)
    }

    fn on(colour: Colour, grounds: &[Colour], away: Colour) -> Result<Self, Illegible> {
        for &ground in grounds {
            let ratio = colour.contrast(ground);
            if ratio < LEGIBLE {
                // Rounded down, or 4.499 would be said to be too little for 4.50.
                return Err(Illegible { ratio: (ratio * 100.0).floor() / 100.0, ground });
            }
        }
        let deep = colour.mixed(away, 25);
        // One of the two always has 4.58 or more.
        let on = if colour.contrast(Colour::WHITE) >= colour.contrast(Colour::BLACK) {
            Colour::WHITE
        } else {
            Colour::BLACK
        };
        Ok(Self { colour, deep, on })
    }
}

/// A sentence of the organization's own, in any languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Help(pub BTreeMap<Language, Arc<str>>);

impl Help {
    /// The sentence for who reads this language, and the language that it is in: English where there is none in theirs.
    pub fn in_language(&self, language: Language) -> Option<(Language, &str)> {
        let tried = [language, Language::English];
        tried.into_iter().find_map(|tried| Some((tried, self.0.get(&tried)?.as_ref())))
    }
}

/// Messages of the organization's own, in Fluent, by language. What may stand in them is for `texts/own.rs` to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(pub BTreeMap<Language, Arc<str>>);

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn every_accent_that_is_taken_can_be_read_wherever_it_is_used() {
        let mut taken = 0;
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let Ok(light) = Accent::on_light(Colour::new(red, green, blue)) else { continue };
                    taken += 1;
                    for (accent, grounds) in [(light, &LIGHT_GROUNDS), (light.lightened(), &DARK_GROUNDS)] {
                        for text in [accent.colour, accent.deep] {
                            assert!(text.least_contrast(grounds) >= LEGIBLE, "{accent:?}");
                            assert!(text.contrast(accent.on) >= LEGIBLE, "{text} {accent:?}");
                        }
                    }
                }
            }
        }
        assert!(taken > 1000, "{taken}");
    }

    #[test]
    fn an_accent_that_cannot_be_read_is_refused_with_what_was_found() {
        let error = Accent::on_light(colour("#7fd1b6")).unwrap_err();
        assert_eq!(error.to_string(), "has a contrast of 1.57 to 1 with #f3f0e8 behind it");
        assert!(Accent::on_dark(colour("#1d6653")).is_err());
        assert!(Accent::on_dark(colour("#7fd1b6")).is_ok());
    }

    #[test]
    fn help_is_in_the_readers_language_or_in_english() {
        let help = |languages: &[Language]| {
            Help(languages.iter().map(|language| (*language, language.tag().into())).collect())
        };
        let (english, german, french) = (Language::English, Language::German, Language::French);
        assert_eq!(help(&[english, german]).in_language(german), Some((german, "de")));
        assert_eq!(help(&[english, german]).in_language(french), Some((english, "en")));
        assert_eq!(help(&[german]).in_language(french), None);
    }
}
