//! `[assertion]`: how the signed statement is made that a site with `assertion = true` gets with each request.

use std::sync::Arc;

use super::section::Section;
use super::settings::{AssertionAlgorithm, Assertions};
use super::values::{Refusal, choice};

/// Reads the section.
pub(super) fn read(root: &mut Section<'_>) -> Assertions {
    let mut section = root.section("assertion");
    let algorithms = choice(&[("ES256", AssertionAlgorithm::Es256), ("EdDSA", AssertionAlgorithm::EdDsa)]);
    let algorithm = section.text("algorithm", algorithms).unwrap_or(AssertionAlgorithm::Es256);
    let issuer = section.text("issuer", issuer);
    section.finish();
    Assertions { algorithm, issuer }
}

fn issuer(text: &str) -> Result<Arc<str>, Refusal> {
    if !(1..=200).contains(&text.chars().count()) || text.chars().any(char::is_control) {
        return Err(Refusal::new("is not an issuer", "expected a name or a URL of 1 to 200 characters"));
    }
    Ok(text.into())
}
