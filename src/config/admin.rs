//! `[admin]`: how the API of the admin listener is reached, and how often one key may ask.

use std::num::NonZeroU32;

use url::Url;

use super::section::Section;
use super::values::Refusal;

/// How many requests a key has a minute.
const REQUESTS_PER_MINUTE: u32 = 600;

/// The admin listener's API.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Under which addresses clients reach it, besides its own address and the names of this machine.
    pub urls: Vec<AdminUrl>,
    /// How many requests a key has a minute.
    pub requests_per_minute: NonZeroU32,
}

/// An address that clients reach the API under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminUrl {
    /// The authority that requests name in `Host`: in lower case, without a port that is its scheme's own.
    pub authority: String,
    /// What links begin with, without a slash at the end.
    pub base: String,
}

/// Reads the section.
pub(super) fn read(root: &mut Section<'_>) -> Admin {
    let mut section = root.section("admin");
    let urls = section.texts("urls", admin_url).unwrap_or_default();
    let requests = section.integer("requests_per_minute", 1..=1_000_000).unwrap_or(REQUESTS_PER_MINUTE);
    section.finish();
    Admin { urls, requests_per_minute: NonZeroU32::new(requests).unwrap_or(NonZeroU32::MIN) }
}

fn admin_url(text: &str) -> Result<AdminUrl, Refusal> {
    let refused = |reason| {
        let expected = "expected where clients reach the admin listener, such as `https://admin.acme.com`";
        Refusal::new(reason, expected)
    };
    let url = Url::parse(text).map_err(|_| refused("is not a URL"))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(refused("is not a URL of http or https"));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(refused("has more than a host, perhaps a port and a path"));
    }
    let host = url.host_str().ok_or_else(|| refused("has no host"))?;
    let authority = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let base = format!("{}://{authority}{}", url.scheme(), url.path().trim_end_matches('/'));
    Ok(AdminUrl { authority, base })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_into_what_host_names_and_what_links_begin_with() {
        for (text, authority, base) in [
            ("https://Admin.acme.com", "admin.acme.com", "https://admin.acme.com"),
            ("https://admin.acme.com:443/", "admin.acme.com", "https://admin.acme.com"),
            (
                "http://admin.acme.com:8901/postern/",
                "admin.acme.com:8901",
                "http://admin.acme.com:8901/postern",
            ),
            ("https://[2001:db8::1]:8901", "[2001:db8::1]:8901", "https://[2001:db8::1]:8901"),
        ] {
            let url = admin_url(text).unwrap_or_else(|refusal| panic!("{text}: {}", refusal.reason));
            assert_eq!((url.authority.as_str(), url.base.as_str()), (authority, base));
        }
        for text in
            ["admin.acme.com", "ftp://admin.acme.com", "https://a@admin.acme.com", "https://a.test/?q", ""]
        {
            assert!(admin_url(text).is_err(), "{text}");
        }
    }
}
