//! `/.postern/assets/in-place.js`: the script that an admin may add to the product's pages, with its words in the reader's language.
//!
//! It is of use where pages save in the background: their script waits in a dialog for the code and goes on, so nothing that was
//! typed is lost. It knows no secret, and asks nothing that the page could not ask itself.

use serde_json::json;

use super::Frame;

/// Its name among the assets.
pub const NAME: &str = "in-place.js";

const SCRIPT: &str = include_str!("in_place.js");

/// The script with the words of a page.
pub fn script(frame: &Frame) -> String {
    let language = frame.language;
    let words = json!({
        "lang": language.tag(),
        "dir": language.direction(),
        "heading": frame.say("in-place-heading"),
        "lead": frame.say("in-place-lead"),
        "verify": frame.say("unsent-verify"),
        "later": frame.say("in-place-later"),
    });
    SCRIPT.replacen("WORDS", &words.to_string(), 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    #[test]
    fn it_is_small_and_says_its_words_in_every_language() {
        for language in Language::ALL {
            let frame = Frame::new(language, None);
            let script = script(&frame);
            assert!(script.len() < 5 * 1024, "{}: {}", language.tag(), script.len());
            assert!(script.contains(&frame.say("in-place-lead")) && !script.contains("WORDS"));
        }
    }
}
