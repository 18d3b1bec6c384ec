//! Which session of a mobile app it is: its credential cookies, whatever their order, as a digest that can be stored.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::account::CookieSet;

use super::Identities;

impl Identities {
    /// The digest of a site's credential cookies (`NAME=value`, byte for byte); `None` without any. Only this installation
    /// can make it, so a stolen database names no session.
    pub fn cookie_set<'a>(&self, site: &str, cookies: impl Iterator<Item = &'a [u8]>) -> Option<CookieSet> {
        digest(self.keys.cookies(), site, cookies.collect())
    }
}

fn digest(key: &[u8; 32], site: &str, mut cookies: Vec<&[u8]>) -> Option<CookieSet> {
    if cookies.is_empty() {
        return None;
    }
    cookies.sort_unstable();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in std::iter::once(site.as_bytes()).chain(cookies) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    let tag = mac.finalize().into_bytes();
    Some(CookieSet(tag[..16].try_into().expect("the tag has 32 bytes")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_cookies_does_not_count_and_everything_else_does() {
        let set = |site: &str, cookies: &[&'static [u8]]| digest(&[7; 32], site, cookies.to_vec());
        let both = set("jira.test", &[b"a=1", b"b=2"]);
        assert!(both.is_some());
        assert_eq!(both, set("jira.test", &[b"b=2", b"a=1"]));
        for other in [
            set("wiki.test", &[b"a=1", b"b=2"]),
            set("jira.test", &[b"a=1", b"b=3"]),
            set("jira.test", &[b"a=1"]),
            set("jira.test", &[b"a=1", b"a=1", b"b=2"]),
            set("jira.test", &[b"a=1b=2"]),
            digest(&[8; 32], "jira.test", vec![b"a=1", b"b=2"]),
        ] {
            assert_ne!(both, other);
        }
        assert_eq!(set("jira.test", &[]), None);
    }
}
