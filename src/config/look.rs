//! How an organization's pages look: its logo, its colours, a sentence of its own for people who need help, and words in place of ours.
//!
//! A colour in which nobody could read is refused with the contrast that was found, and a picture that is none, or too large,
//! or carries a script, with what it is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use crate::domain::colour::Colour;
use crate::domain::language::Language;
use crate::domain::look::{Accent, Accents, Help, Illegible, LEGIBLE, Logo, LogoKind, Look, Words};
use crate::texts;

use super::Surroundings;
use super::section::Section;
use super::values::{Refusal, line};

/// The largest logo: every page shows it, over any line.
const MOST_LOGO_BYTES: u64 = 128 * 1024;
/// The largest file of own messages, which is about all of ours. It is read for each page.
const MOST_TEXT_BYTES: u64 = 32 * 1024;
/// How many pixels of a PNG are more than any screen shows of a logo.
const MOST_PIXELS: u32 = 4096;
/// What a drawing has no use for: code, pages inside it, and texts that grow when they are read.
const NOT_IN_A_DRAWING: [&str; 5] = ["<script", "javascript:", "<foreignobject", "<!entity", "<iframe"];

/// Reads the keys of an organization's section.
pub(super) fn read(section: &mut Section<'_>, around: &Surroundings<'_>) -> Look {
    let logo = section.text("logo", |text| logo(&around.file(text)?));
    let dark_logo = section.text("logo_dark", |text| self::logo(&around.file(text)?));
    if section.has("logo_dark") && !section.has("logo") {
        section.reject("logo_dark", "has no logo for light screens beside it", "add `logo`");
    }
    let light = section.text("accent", |text| accent(text, Accent::on_light, "darker"));
    let dark = section.text("accent_dark", |text| accent(text, Accent::on_dark, "lighter"));
    if section.has("accent_dark") && !section.has("accent") {
        section.reject("accent_dark", "has no colour for light screens beside it", "add `accent`");
    }
    let accents = light.map(|light| Accents { light, dark: dark.unwrap_or_else(|| light.lightened()) });
    let help = read_help(section);
    Look { logo, dark_logo, accents, help, words: read_words(section, around) }
}

fn read_help(section: &mut Section<'_>) -> Help {
    let mut help = section.section("help");
    let sentences: BTreeMap<Language, Arc<str>> = Language::ALL
        .into_iter()
        .filter_map(|language| Some((language, help.text(language.tag(), sentence)?)))
        .collect();
    help.finish();
    Help(sentences)
}

fn read_words(section: &mut Section<'_>, around: &Surroundings<'_>) -> Words {
    let mut files = section.section("texts");
    let words = Language::ALL
        .into_iter()
        .filter_map(|language| {
            Some((language, files.text(language.tag(), |text| messages(&around.file(text)?))?))
        })
        .collect();
    files.finish();
    Words(words)
}

fn messages(path: &Path) -> Result<Arc<str>, Refusal> {
    let refuse = |reason: String| {
        Refusal::new(
            reason,
            "expected a file of Fluent messages, of 32 KiB at most, as `postern texts en` prints them",
        )
    };
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(MOST_TEXT_BYTES + 1).read_to_string(&mut text))
        .map_err(|error| refuse(format!("cannot be read: {}: {error}", path.display())))?;
    if text.len() as u64 > MOST_TEXT_BYTES {
        return Err(refuse("is too large".to_owned()));
    }
    texts::check(&text).map_err(|error| refuse(format!("is wrong: {}, {error}", path.display())))?;
    Ok(text.into())
}

fn sentence(text: &str) -> Result<Arc<str>, Refusal> {
    line(text, 300)
        .ok_or_else(|| Refusal::new("is not a sentence", "expected 1 to 300 characters on one line"))
}

fn accent(
    text: &str,
    parse: impl Fn(Colour) -> Result<Accent, Illegible>,
    way: &str,
) -> Result<Accent, Refusal> {
    let colour = Colour::parse(text).map_err(|error| {
        Refusal::new(error.to_string(), "expected # and six hex digits, such as `#1d6653`")
    })?;
    parse(colour).map_err(|illegible| {
        let expected =
            format!("expected {LEGIBLE:.2} to 1 or more, so that everybody can read it: a {way} colour");
        Refusal::new(illegible.to_string(), expected)
    })
}

fn logo(path: &Path) -> Result<Arc<Logo>, Refusal> {
    let refuse = |reason: String| Refusal::new(reason, "expected an SVG or PNG file of 128 KiB at most");
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_LOGO_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| refuse(format!("cannot be read: {}: {error}", path.display())))?;
    if bytes.len() as u64 > MOST_LOGO_BYTES {
        return Err(refuse("is too large".to_owned()));
    }
    let kind = kind(&bytes).map_err(|reason| refuse(reason.to_owned()))?;
    Ok(Arc::new(Logo { kind, bytes }))
}

/// By what the file begins with, whatever it is called.
fn kind(bytes: &[u8]) -> Result<LogoKind, &'static str> {
    // The signature and the first chunk, which begins with width and height.
    if let Some(rest) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") {
        let number = |from: usize| Some(u32::from_be_bytes(rest.get(from..from + 4)?.try_into().ok()?));
        let is_sound = |pixels: Option<u32>| pixels.is_some_and(|pixels| (1..=MOST_PIXELS).contains(&pixels));
        return match rest.get(4..8) == Some(b"IHDR") && is_sound(number(8)) && is_sound(number(12)) {
            true => Ok(LogoKind::Png),
            false => Err("is a damaged PNG, or has more than 4096 pixels a side"),
        };
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "is neither SVG nor PNG")?.to_ascii_lowercase();
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if !(start.starts_with("<svg") || start.starts_with("<?xml") || start.starts_with("<!--"))
        || !text.contains("<svg")
    {
        return Err("is neither SVG nor PNG");
    }
    match NOT_IN_A_DRAWING.iter().any(|part| text.contains(part)) {
        true => Err("holds more than a drawing"),
        false => Ok(LogoKind::Svg),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let (width, height) = (width.to_be_bytes(), height.to_be_bytes());
        [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &width, &height, b"\x08\x06"].concat()
    }

    #[test]
    fn a_picture_is_known_by_what_is_in_it() {
        assert_eq!(kind(&png(200, 80)), Ok(LogoKind::Png));
        for svg in
            ["<svg xmlns=\"x\"/>", "<?xml version=\"1.0\"?>\n<svg/>", "\u{feff}<!-- Acme -->\n<SVG></SVG>"]
        {
            assert_eq!(kind(svg.as_bytes()), Ok(LogoKind::Svg), "{svg}");
        }
        for other in [
            png(0, 80),
            png(200, 5000),
            b"\x89PNG\r\n\x1a\n".to_vec(),
            b"GIF89a".to_vec(),
            b"\xff\xfe<\0s\0v\0g\0".to_vec(),
            b"".to_vec(),
            b"<!doctype html><html><svg/>".to_vec(),
            b"<svg><SCRIPT>alert(1)</SCRIPT></svg>".to_vec(),
            b"<svg><a href='javascript:x'/></svg>".to_vec(),
            b"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aa\">]><svg/>".to_vec(),
        ] {
            assert!(kind(&other).is_err(), "{}", String::from_utf8_lossy(&other));
        }
    }
}
