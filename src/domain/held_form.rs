//! A held form: what a page's form sent when a challenge came between, and which forms are never kept.
//!
//! A file is not kept, as no page can put one back into a form; nor is a password, whatever it is for.

use serde::{Deserialize, Serialize};

use super::return_target::ReturnTarget;

/// More fields than any form of a product has.
const MOST_FIELDS: usize = 1000;

/// What is in the names of fields that hold a secret, in lower case: `os_password`, `webSudoPassword`, `client_secret`. Not
/// "token": every form of a product carries one against forgery, which is worth nothing without its session.
const SECRET: [&str; 6] = ["passw", "passphrase", "pwd", "secret", "credential", "apikey"];

/// What was sent, as a form of ours sends it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldForm {
    /// Where it goes, a path of the same host.
    pub target: String,
    /// Whether its fields go as parts of a multipart body.
    pub is_multipart: bool,
    /// Names and values, in their order.
    pub fields: Vec<(String, String)>,
}

impl HeldForm {
    /// A form for a target, unless it must not be kept or could not be sent again as it was.
    pub fn new(target: &str, is_multipart: bool, fields: Vec<(String, String)>) -> Option<Self> {
        let is_same_host = ReturnTarget::parse(target).as_str() == target;
        let is_whole = fields.len() <= MOST_FIELDS
            && fields.iter().all(|(name, value)| is_text(name) && is_text(value) && !is_secret(name));
        (is_same_host && is_whole).then(|| Self { target: target.to_owned(), is_multipart, fields })
    }

    /// Where it goes, without what follows the path: for people.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// What was no UTF-8 has a mark in its place by now; a NUL is none that a page can hold.
fn is_text(text: &str) -> bool {
    !text.contains(['\u{fffd}', '\0'])
}

fn is_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(|char| !matches!(char, '_' | '-' | '.')).collect();
    let plain = plain.to_lowercase();
    SECRET.iter().any(|secret| plain.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(target: &str, name: &str, value: &str) -> Option<HeldForm> {
        HeldForm::new(target, false, vec![(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn a_form_of_texts_for_the_same_host_is_kept() {
        let kept = form("/secure/AddComment.jspa?id=1", "comment", "half of\r\nmy work").unwrap();
        assert_eq!((kept.path(), kept.fields.len()), ("/secure/AddComment.jspa", 1));
        assert!(form("/x", "atl_token", "B1-2_lin").is_some());
    }

    #[test]
    fn a_secret_a_strangers_target_and_what_is_no_text_are_not_kept() {
        for name in
            ["os_password", "webSudoPassword", "j_passwd", "new-pwd", "client_secret", "api_key", "PASS_WORD"]
        {
            assert_eq!(form("/x", name, "1"), None, "{name}");
        }
        for target in ["https://evil.test", "//evil.test", "/\\evil.test", "/.postern/verify", "x", "/a#b"] {
            assert_eq!(form(target, "comment", "1"), None, "{target}");
        }
        for value in ["caf\u{fffd}", "a\0b"] {
            assert_eq!(form("/x", "comment", value), None);
        }
        let many = vec![(String::from("a"), String::new()); MOST_FIELDS + 1];
        assert_eq!(HeldForm::new("/x", false, many), None);
    }
}
