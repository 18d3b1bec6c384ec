//! The query of an API call without the one parameter that tells the product how to read the other credentials.
//!
//! Everything else of it goes on byte for byte: products take odd characters there, and signatures cover them.

use std::borrow::Cow;

use http::{Method, Uri};

use crate::config::settings::Site;
use crate::domain::path::{PathReading, read_path};

/// With `basic` or `any` some products answer a bad token by a prompt or as somebody else, and leave a session behind; with
/// `cookie` they pass over the token.
const AUTH_TYPE: &str = "os_authType";

/// The target without `os_authType`; `None` where it goes on as it is, because it has none or the path is a feed's.
pub(super) fn without_auth_type(method: &Method, uri: &Uri, site: &Site) -> Option<Uri> {
    let kept = strip(uri.query()?)?;
    if is_feed(method, uri.path(), site) {
        return None;
    }
    let target = if kept.is_empty() { uri.path().to_owned() } else { format!("{}?{kept}", uri.path()) };
    target.parse().ok()
}

fn is_feed(method: &Method, path: &str, site: &Site) -> bool {
    // A path that servers read differently is never exempt from anything.
    matches!(read_path(path), Ok(PathReading::Plain(_)))
        && path.strip_prefix(site.prefix.as_str()).is_some_and(|path| site.profile.is_feed(method, path))
}

/// The query without the parameter, or `None` if it does not have it.
pub(super) fn strip(query: &str) -> Option<String> {
    let is_kept = |parameter: &&str| name(parameter) != AUTH_TYPE;
    if query.split('&').all(|parameter| is_kept(&parameter)) {
        return None;
    }
    Some(query.split('&').filter(is_kept).collect::<Vec<_>>().join("&"))
}

/// The name as servers read it.
fn name(parameter: &str) -> Cow<'_, str> {
    let name = parameter.split('=').next().unwrap_or_default();
    if name.contains(['%', '+']) {
        form_urlencoded::parse(name.as_bytes()).next().map_or(Cow::Borrowed(name), |(name, _)| name)
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_that_parameter_goes_and_the_rest_keeps_every_byte() {
        for (query, kept) in [
            ("os_authType=basic", ""),
            ("os_authType", ""),
            ("a=1&os_authType=any&b=%2f+[|]{}", "a=1&b=%2f+[|]{}"),
            ("os_authType=basic&a=1&os_authType=none", "a=1"),
            ("%6fs_authType=x&a", "a"),
            ("os%5FauthType=x&&b=", "&b="),
        ] {
            assert_eq!(strip(query).as_deref(), Some(kept), "{query}");
        }
        for query in ["", "a=os_authType", "os_authtype=basic", "xos_authType=1", "jql=a%26os_authType=1"] {
            assert_eq!(strip(query), None, "{query}");
        }
    }

    proptest! {
        #[test]
        fn what_is_left_never_has_it(query in "(os_authType|os%5[Ff]authType|a|%|=|&|\\+|[a-f0-9]){0,12}") {
            if let Some(kept) = strip(&query) {
                let mut left = form_urlencoded::parse(kept.as_bytes());
                prop_assert!(!left.any(|(name, _)| name == AUTH_TYPE), "{}", kept);
            }
        }
    }
}
