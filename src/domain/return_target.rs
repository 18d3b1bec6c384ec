//! Where a person goes on after the code: a path of the same host, never an address that a stranger chose.

use super::path::{PathError, PathReading, read_path};

/// The pages below our own prefix that people go on to: a held form, and their browsers. Both ask for no more than the challenge
/// gave, so they make no loop.
const HELD: &str = "held";
const BROWSERS: &str = "browsers";

/// A same-host target (path and query), safe to put into `Location`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTarget(String);

impl ReturnTarget {
    /// Longest target carried through the challenge; a longer one ends at the front page.
    pub const MAX_BYTES: usize = 2048;

    /// Takes a target if every browser reads it as a path of this host, and `/` otherwise.
    ///
    /// Refused: other schemes and hosts, `//host`, backslashes (browsers read them as slashes), control characters,
    /// fragments, and our own pages (a loop).
    pub fn parse(text: &str) -> Self {
        if is_safe(text) { Self(text.to_owned()) } else { Self::front_page() }
    }

    /// The site's front page.
    pub fn front_page() -> Self {
        Self("/".to_owned())
    }

    /// A form that is held at the site with this prefix, to be offered after the code.
    pub fn held_form(prefix: &str, id: &str) -> Self {
        Self::parse(&format!("{prefix}/.postern/{HELD}?form={id}"))
    }

    /// The list of somebody's browsers at the site with this prefix.
    pub fn browsers(prefix: &str) -> Self {
        Self::parse(&format!("{prefix}/.postern/{BROWSERS}"))
    }

    /// Whether it is a held form.
    pub fn is_held_form(&self) -> bool {
        let path = self.0.split('?').next().unwrap_or_default();
        read_path(path) == Ok(PathReading::Own(HELD))
    }

    /// The target as it goes into `Location`: visible ASCII, beginning with exactly one slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_safe(text: &str) -> bool {
    if text.len() > ReturnTarget::MAX_BYTES || !text.bytes().all(|byte| matches!(byte, 0x21..=0x7e)) {
        return false;
    }
    if text.contains(['\\', '#']) {
        return false;
    }
    let path = text.split('?').next().unwrap_or_default();
    let second = path.as_bytes().get(1);
    match read_path(path) {
        Ok(PathReading::Plain(_)) => true,
        // `/%09/evil.test` and `/%2f/evil.test`: some readers decode before they look for a host.
        Ok(PathReading::Odd) => second != Some(&b'/') && second != Some(&b'%') && second != Some(&b';'),
        Ok(PathReading::Own(page)) => [HELD, BROWSERS].contains(&page),
        Err(PathError::Malformed | PathError::SessionId | PathError::DisguisedOwn) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_page_asked_for_is_kept() {
        for target in [
            "/",
            "/browse/DEMO-1",
            "/browse/DEMO-1?a=b&c=%2F%2Fx",
            "/display/DEMO/Caf%C3%A9",
            "/x?u=https://a",
            "/.postern/held?form=1",
            "/wiki/.postern/held?form=1",
            "/.postern/browsers",
        ] {
            assert_eq!(ReturnTarget::parse(target).as_str(), target);
        }
    }

    #[test]
    fn every_other_target_ends_at_the_front_page() {
        for target in [
            "https://evil.test",
            "//evil.test",
            "/\\evil.test",
            "/%09/evil.test",
            "https:evil.test",
            "javascript:1",
            "/x\r\nSet-Cookie:x=1",
            "%0d%0aSet-Cookie:x=1",
            "/%0d%0aSet-Cookie:x=1",
            "/.postern/logout",
            "/.postern/held/send",
            "/.postern/challenge",
            "/%2epostern/verify",
            "https://evilwiki.test",
            "https://wiki.test.evil.test",
            "https://wiki.test@evil.test",
            "",
            "evil.test",
            "/%2f/evil.test",
            "/%5cevil.test",
            "/\t/evil.test",
            "/;//evil.test",
            "/a#//x",
            "/caf\u{e9}",
        ] {
            assert_eq!(ReturnTarget::parse(target).as_str(), "/", "{target:?}");
        }
        assert_eq!(ReturnTarget::parse(&format!("/{}", "a".repeat(2048))).as_str(), "/");
    }

    proptest! {
        #[test]
        fn a_target_never_leaves_the_host(text in "[/\\\\.:@%a-z0-9\\t\\r\\n;?#]{0,40}") {
            let target = ReturnTarget::parse(&text);
            let base = url::Url::parse("https://wiki.test/start").unwrap();
            let landed = base.join(target.as_str()).unwrap();
            prop_assert_eq!(landed.host_str(), Some("wiki.test"));
            prop_assert_eq!(landed.scheme(), "https");
            prop_assert!(!landed.path().starts_with("/.postern"));
        }
    }
}
