//! `[verification]`: codes and proofs. A code may be made shorter-lived and rarer, never weaker than promised.

use std::time::Duration;

use crate::domain::code::CodeDigits;
use crate::domain::method::{Method, Methods};
use crate::domain::mode::Mode;

use super::section::Section;
use super::settings::Verification;
use super::values::{Refusal, bytes, choice, duration};

/// Reads the section; also says how much is carried out at most, at whichever site.
pub(super) fn read(root: &mut Section<'_>) -> (Verification, Mode) {
    let mut section = root.section("verification");
    let most = mode(&mut section);
    let frequency = section.text("frequency", frequency).unwrap_or(Duration::from_secs(7 * 86_400));
    let digits = section.integer("code_digits", 6..=8).unwrap_or(6);
    if digits == 7 {
        section.reject("code_digits", "is neither 6 nor 8", "expected 6 or 8");
    }
    let code_digits = if digits == 8 { CodeDigits::Eight } else { CodeDigits::Six };
    let code_lifetime =
        section.text("code_lifetime", duration("1m", "10m")).unwrap_or(Duration::from_secs(600));
    let code_tries = section.integer("code_tries", 1..=5).unwrap_or(5);
    let methods = methods(&mut section);
    let hold_forms_bytes = section.text("hold_forms", held_bytes).unwrap_or(256 * 1024);
    section.finish();
    let verification =
        Verification { frequency, methods, code_digits, code_lifetime, code_tries, hold_forms_bytes };
    (verification, most)
}

/// In which ways a verification may be made. Nobody has set up anything at first, so without the mailed code nobody could come in.
fn methods(section: &mut Section<'_>) -> Methods {
    let known = Method::ALL.map(|method| (method.label(), method));
    let Some(named) = section.texts("methods", choice(&known)) else { return Methods::ALL };
    let methods = named.into_iter().fold(Methods::NONE, Methods::with);
    if !methods.has(Method::MailedCode) {
        let instead = "expected \"mailed-code\" among them";
        section.reject(
            "methods",
            "lacks the mailed code, without which nobody could set up another",
            instead,
        );
    }
    methods
}

/// The largest form that is held. It lies in the store and goes into a page, so an attachment is none.
fn held_bytes(text: &str) -> Result<u64, Refusal> {
    if text == "0" { Ok(0) } else { bytes("1KiB", "1MiB")(text) }
}

/// How much of what is decided is carried out.
pub(super) fn mode(section: &mut Section<'_>) -> Mode {
    section.text("mode", choice(&Mode::ALL.map(|mode| (mode.label(), mode)))).unwrap_or_default()
}

/// How long a verification counts. Less than the minute between two mails is for trying out.
pub(super) fn frequency(text: &str) -> Result<Duration, Refusal> {
    duration("1s", "30d")(text)
}
