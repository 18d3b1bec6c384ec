//! The cookies that a browser will have once an answer is through: those it sent, and what the answer changes of them.
//!
//! Only as far as the digest of a session needs it. `Path` and `Domain` are not read: a cookie that does not come back as it
//! was set makes another digest, by which nobody is enrolled.

use http::HeaderValue;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::config::profile::Profile;

use super::cookies::{credentials, is_own};

/// The cookies of one browser at one site.
pub(super) struct Jar<'a> {
    profile: &'a Profile,
    now: Timestamp,
    cookies: Vec<Kept>,
    /// Whether an answer replaced a credential that the browser sent, or took it back.
    pub(super) has_lost_credentials: bool,
}

struct Kept {
    /// `NAME=value`.
    pair: Vec<u8>,
    name_bytes: usize,
    may_authenticate: bool,
    /// How long it lives, if an answer set it.
    set: Option<Life>,
    /// Whether the browser sent it, perhaps before an answer set it to the same value.
    sent: bool,
}

/// How long a browser keeps a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    /// It throws it away.
    Over,
    /// Until it is closed.
    UntilClosed,
    /// Longer than that.
    Lasting,
}

/// The cookie of a `Set-Cookie` line, as a request would send it alone; `None` where it takes one back.
pub(super) fn pair_of(line: &HeaderValue) -> Option<HeaderValue> {
    let pair = line.as_bytes().split(|&byte| byte == b';').next().unwrap_or_default();
    let value = pair.splitn(2, |&byte| byte == b'=').nth(1)?;
    if value.trim_ascii().is_empty() { None } else { HeaderValue::from_bytes(pair.trim_ascii()).ok() }
}

impl<'a> Jar<'a> {
    /// The cookies of a request, as they were forwarded.
    pub(super) fn of(line: Option<&HeaderValue>, profile: &'a Profile, now: Timestamp) -> Self {
        let mut jar = Self { profile, now, cookies: Vec::new(), has_lost_credentials: false };
        let Some(line) = line else { return jar };
        let all = line.as_bytes().split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
        for pair in all.filter(|pair| !pair.is_empty()) {
            jar.cookies.push(Kept::new(pair.to_vec(), profile, None));
        }
        jar
    }

    /// Takes in a `Set-Cookie` line.
    pub(super) fn hear(&mut self, line: &HeaderValue) {
        let mut parts = line.as_bytes().split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
        let pair = parts.next().unwrap_or_default();
        let Some(equals) = memchr::memchr(b'=', pair) else { return };
        let (name, value) = (pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii());
        if is_own(name) {
            return;
        }
        let life = life(parts, self.now);
        let mut new =
            (life != Life::Over).then(|| Kept::new([name, value].join(&b'='), self.profile, Some(life)));
        for old in self.cookies.iter().filter(|kept| kept.sent && kept.name() == name) {
            match &mut new {
                Some(new) if new.pair == old.pair => new.sent = true,
                _ => self.has_lost_credentials |= old.may_authenticate,
            }
        }
        self.cookies.retain(|kept| kept.name() != name);
        self.cookies.extend(new);
    }

    /// Whether an answer changed a cookie that may authenticate, other than by taking it back.
    pub(super) fn has_new_credentials(&self) -> bool {
        self.cookies.iter().any(|kept| kept.set.is_some() && kept.may_authenticate)
    }

    /// All that may authenticate.
    pub(super) fn credentials(&self) -> impl Iterator<Item = &[u8]> {
        self.cookies.iter().filter(|kept| kept.may_authenticate).map(|kept| kept.pair.as_slice())
    }

    /// Those of them that an answer set to outlive the browser, which has no other ones when it is started anew.
    pub(super) fn lasting_credentials(&self) -> impl Iterator<Item = &[u8]> {
        let lasting = self.cookies.iter().filter(|kept| kept.set == Some(Life::Lasting));
        lasting.filter(|kept| kept.may_authenticate).map(|kept| kept.pair.as_slice())
    }

    /// The line that the browser would send if it had no credential but those that answers set.
    pub(super) fn line_of_new(&self) -> Option<HeaderValue> {
        let new = self.cookies.iter().filter(|kept| kept.set.is_some() || !kept.may_authenticate);
        let pairs: Vec<&[u8]> = new.map(|kept| kept.pair.as_slice()).collect();
        HeaderValue::from_bytes(&pairs.join(&b"; "[..])).ok()
    }
}

impl Kept {
    fn new(pair: Vec<u8>, profile: &Profile, set: Option<Life>) -> Self {
        let name_bytes =
            memchr::memchr(b'=', &pair).map_or(pair.len(), |equals| pair[..equals].trim_ascii().len());
        // A line of this one cookie is read as any line of a request is.
        let line = HeaderValue::from_bytes(&pair);
        let may_authenticate = line.is_ok_and(|line| credentials(&line, profile).next().is_some());
        Self { pair, name_bytes, may_authenticate, set, sent: set.is_none() }
    }

    fn name(&self) -> &[u8] {
        &self.pair[..self.name_bytes]
    }
}

/// RFC 6265 section 5.3: `Max-Age` wins over `Expires`, and what does not parse does not count.
fn life<'a>(attributes: impl Iterator<Item = &'a [u8]>, now: Timestamp) -> Life {
    let (mut by_age, mut by_date) = (None, None);
    for attribute in attributes {
        let Ok(text) = std::str::from_utf8(attribute) else { continue };
        let Some((name, value)) = text.split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim());
        if name.eq_ignore_ascii_case("max-age") {
            by_age = value.parse::<i64>().ok().map(|seconds| seconds <= 0).or(by_age);
        } else if name.eq_ignore_ascii_case("expires") {
            by_date = date(value).map(|date| date <= now).or(by_date);
        }
    }
    match by_age.or(by_date) {
        Some(true) => Life::Over,
        Some(false) => Life::Lasting,
        None => Life::UntilClosed,
    }
}

/// `Thu, 01 Jan 1970 00:00:10 GMT`, and with hyphens as older servers write it.
fn date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.replace('-', " ")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn profile() -> Profile {
        let text = include_str!("../../config/examples/minimal.toml");
        let settings = config::parse("test", text, std::path::Path::new(""), &|_| None).unwrap();
        settings.sites[0].profile.clone()
    }

    fn credentials_after(request: &'static str, lines: &[&'static str]) -> Vec<String> {
        let profile = profile();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let mut jar = Jar::of(Some(&HeaderValue::from_static(request)), &profile, now);
        for line in lines {
            jar.hear(&HeaderValue::from_static(line));
        }
        jar.credentials().map(|pair| String::from_utf8(pair.to_vec()).unwrap()).collect()
    }

    #[test]
    fn what_an_answer_sets_replaces_what_was_sent() {
        let sent = "JSESSIONID=1; _ga=2; seraph.rememberme.cookie=3";
        assert_eq!(credentials_after(sent, &[]), ["JSESSIONID=1", "seraph.rememberme.cookie=3"]);
        for (line, after) in [
            ("JSESSIONID=9; Path=/; HttpOnly", vec!["seraph.rememberme.cookie=3", "JSESSIONID=9"]),
            (" JSESSIONID = 9 ", vec!["seraph.rememberme.cookie=3", "JSESSIONID=9"]),
            ("other=9", vec!["JSESSIONID=1", "seraph.rememberme.cookie=3", "other=9"]),
            ("_ga=9", vec!["JSESSIONID=1", "seraph.rememberme.cookie=3"]),
            ("__Host-postern-proof=9", vec!["JSESSIONID=1", "seraph.rememberme.cookie=3"]),
            ("jsessionid=9", vec!["JSESSIONID=1", "seraph.rememberme.cookie=3", "jsessionid=9"]),
        ] {
            assert_eq!(credentials_after(sent, &[line]), after, "{line}");
        }
    }

    #[test]
    fn what_an_answer_takes_back_is_gone() {
        for line in [
            "JSESSIONID=; Max-Age=0",
            "JSESSIONID=x; max-age=-1; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
            "JSESSIONID=\"\"; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/",
            "JSESSIONID=; Expires=Thu, 01-Jan-1970 00:00:10 GMT",
        ] {
            assert_eq!(credentials_after("JSESSIONID=1; b=2", &[line]), ["b=2"], "{line}");
        }
        for line in
            ["JSESSIONID=9; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:10 GMT", "JSESSIONID=9; Expires=soon"]
        {
            assert_eq!(credentials_after("JSESSIONID=1", &[line]), ["JSESSIONID=9"], "{line}");
        }
        assert_eq!(
            credentials_after("JSESSIONID=1", &["JSESSIONID=; Max-Age=0", "JSESSIONID=2"]),
            ["JSESSIONID=2"]
        );
    }

    #[test]
    fn what_outlives_the_browser_and_what_it_loses_is_known() {
        let profile = profile();
        let sent = HeaderValue::from_static("JSESSIONID=1; _ga=2");
        let mut jar = Jar::of(Some(&sent), &profile, Timestamp::UNIX_EPOCH);
        for line in
            ["JSESSIONID=1; Path=/", "seraph.rememberme.cookie=3; Max-Age=60", "_ga=3", "b=4; Max-Age=0"]
        {
            jar.hear(&HeaderValue::from_static(line));
        }
        assert!(!jar.has_lost_credentials);
        assert_eq!(jar.lasting_credentials().collect::<Vec<_>>(), [b"seraph.rememberme.cookie=3"]);
        jar.hear(&HeaderValue::from_static("JSESSIONID=2"));
        assert!(jar.has_lost_credentials);
    }

    #[test]
    fn a_sign_in_is_asked_about_without_what_the_browser_had() {
        let profile = profile();
        let mut jar = Jar::of(
            Some(&HeaderValue::from_static("JSESSIONID=1; _ga=2; crowd.token_key=3")),
            &profile,
            Timestamp::UNIX_EPOCH,
        );
        assert!(!jar.has_new_credentials());
        jar.hear(&HeaderValue::from_static("crowd.token_key=; Max-Age=0"));
        jar.hear(&HeaderValue::from_static("_ga=4"));
        assert!(!jar.has_new_credentials(), "taking one back gives none");
        jar.hear(&HeaderValue::from_static("seraph.rememberme.cookie=5"));
        assert!(jar.has_new_credentials());
        assert_eq!(jar.line_of_new().unwrap(), "_ga=4; seraph.rememberme.cookie=5");
    }
}
