//! The cookies that came last over a connection, so that what brings the same again is not read and hashed again.
//!
//! A browser sends one line with every request: reading it took 5 % of a warm request's CPU time, comparing it takes a
//! tenth of that. What is remembered depends on nothing but the bytes of the `Cookie` lines, the site and the scheme, and all
//! three are compared; whose session it is, and whether a proof holds, is asked each time.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::config::settings::{Scheme, Site};
use crate::domain::decision::Reason;

use super::{Cookies, OwnNames};

/// Longer lines are read each time: many connections must not hold much of what they were sent.
const LONGEST: usize = 4 * 1024;

/// What a connection brought last.
#[derive(Default)]
pub struct LastCookies(ArcSwapOption<Last>);

struct Last {
    /// The same pointer is the same configuration: a reload makes new sites.
    site: Arc<Site>,
    scheme: Scheme,
    /// The lines, with a line feed after each, which none of them can have.
    lines: Box<[u8]>,
    cookies: Cookies,
}

impl LastCookies {
    /// As [`Cookies::read`].
    pub fn read(&self, headers: &HeaderMap, site: &Arc<Site>, scheme: Scheme) -> Result<Cookies, Reason> {
        if let Some(last) = self.0.load().as_deref()
            && last.is_of(headers, site, scheme)
        {
            return Ok(last.cookies.clone());
        }
        let cookies = Cookies::read(headers, &site.id, &site.profile, OwnNames::of(scheme))?;
        // Where headers carry sessions as well, the cookies are not all that was read.
        if site.profile.credential_headers.is_empty()
            && let Some(last) = Last::of(headers, site, scheme, &cookies)
        {
            self.0.store(Some(Arc::new(last)));
        }
        Ok(cookies)
    }

    /// Lets go of it, for a connection that rests.
    pub fn forget(&self) {
        self.0.store(None);
    }
}

impl Last {
    fn of(headers: &HeaderMap, site: &Arc<Site>, scheme: Scheme, cookies: &Cookies) -> Option<Self> {
        let lines: Vec<&[u8]> =
            headers.get_all(COOKIE).iter().flat_map(|line| [line.as_bytes(), b"\n"]).collect();
        let lines: Box<[u8]> = lines.concat().into();
        // A copy of its own: it may be a part of the connection's read buffer.
        let copy = |line: &HeaderValue| HeaderValue::from_bytes(line.as_bytes());
        let forward = cookies.forward.as_ref().map(copy).transpose().ok()?;
        let cookies = Cookies { forward, ..cookies.clone() };
        (1..=LONGEST).contains(&lines.len()).then(|| Self { site: Arc::clone(site), scheme, lines, cookies })
    }

    fn is_of(&self, headers: &HeaderMap, site: &Arc<Site>, scheme: Scheme) -> bool {
        let mut rest = Some(&*self.lines);
        for line in headers.get_all(COOKIE) {
            rest = rest.and_then(|rest| rest.strip_prefix(line.as_bytes())?.strip_prefix(b"\n"));
        }
        Arc::ptr_eq(&self.site, site) && self.scheme == scheme && rest.is_some_and(<[u8]>::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use http::HeaderName;
    use proptest::prelude::*;

    fn site(change: impl FnOnce(&mut Site)) -> Arc<Site> {
        let text = include_str!("../../../config/examples/minimal.toml");
        let mut settings = crate::config::parse("minimal.toml", text, Path::new(""), &|_| None).unwrap();
        change(Arc::get_mut(&mut settings.sites[0]).expect("nobody else has it yet"));
        settings.sites.swap_remove(0)
    }

    fn headers(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (COOKIE, HeaderValue::from_str(line).unwrap())).collect()
    }

    fn is_remembered(last: &LastCookies) -> bool {
        last.0.load().is_some()
    }

    proptest! {
        /// T172: no request is taken for the one before it.
        #[test]
        fn what_is_remembered_is_what_would_be_read(
            requests in prop::collection::vec(
                (prop::collection::vec("(JSESSIONID=[12]; )?(__Host-postern-proof=[ab]; )?(_ga=[12])?", 0..3), 0_usize..2, any::<bool>()),
                1..20,
            ),
        ) {
            let harmless = |site: &mut Site| site.profile.harmless_cookies = vec!["_ga".into()];
            let (sites, last) = ([site(|_| ()), site(harmless)], LastCookies::default());
            for (lines, site, is_https) in requests {
                let lines: Vec<&str> = lines.iter().map(|line| line.trim_end_matches("; ")).collect();
                let (headers, site) = (headers(&lines), &sites[site]);
                let scheme = if is_https { Scheme::Https } else { Scheme::Http };
                let read = Cookies::read(&headers, &site.id, &site.profile, OwnNames::of(scheme));
                for _ in 0..2 {
                    let said = last.read(&headers, site, scheme);
                    prop_assert_eq!(format!("{said:?}"), format!("{read:?}"));
                }
            }
        }
    }

    #[test]
    fn lines_are_told_apart_from_their_sum() {
        let (site, last) = (site(|_| ()), LastCookies::default());
        let read = |lines: &[&str]| last.read(&headers(lines), &site, Scheme::Https).unwrap();
        let both = read(&["a=1", "b=2"]);
        assert_ne!(read(&["a=1b=2"]).session, both.session);
        assert_ne!(read(&["a=1"]).session, both.session);
        assert_eq!((read(&["a=1", "b=2"]).session, read(&[]).session), (both.session, None));
    }

    #[test]
    fn long_lines_and_sites_with_session_headers_are_read_each_time_and_nothing_is_kept_at_rest() {
        let with_header = |site: &mut Site| {
            site.profile.credential_headers = vec![HeaderName::from_static("x-session-token")];
        };
        let (plain, other, last) = (site(|_| ()), site(with_header), LastCookies::default());
        let kept = |site: &Arc<Site>, line: &str| {
            last.forget();
            last.read(&headers(&[line]), site, Scheme::Https).unwrap();
            is_remembered(&last)
        };
        assert!(kept(&plain, "JSESSIONID=1"));
        assert!(!kept(&other, "JSESSIONID=1"));
        assert!(!kept(&plain, &format!("JSESSIONID={}", "1".repeat(LONGEST))));
        assert!(kept(&plain, "JSESSIONID=1"));
        last.forget();
        assert!(!is_remembered(&last));
    }
}
