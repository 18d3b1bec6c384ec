//! Watch: what an answer says about the session it was asked with. An answer for somebody else is withheld.

use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::config::settings::Site;
use crate::domain::decision::Reason;
use crate::identity::SessionIdentity;

use super::headers::set_cookie_name;

const X_AUSERNAME: HeaderName = HeaderName::from_static("x-ausername");
const X_SERAPH_LOGINREASON: HeaderName = HeaderName::from_static("x-seraph-loginreason");

/// What an answer means for what is remembered.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The session is no longer what it was: ask again next time.
    pub forget: bool,
    /// The person signed out: the proof ends.
    pub signed_out: bool,
}

/// Reads an answer to a request that was judged as `session`'s.
///
/// The product names the user of each dynamic answer in `X-AUSERNAME`. Naming another one than the request was judged by
/// means that the session changed between the question and the answer, or that the credentials are read differently there
/// than here; either way the answer is not for this decision.
pub fn watch(headers: &HeaderMap, site: &Site, session: &SessionIdentity) -> Result<Seen, Reason> {
    let mut seen = Seen { forget: sets_credentials(headers, site), signed_out: says_signed_out(headers) };
    let Some(name) = named_user(headers)? else { return Ok(seen) };
    match session {
        SessionIdentity::Person(person) if names_user(name, &person.username) => {}
        SessionIdentity::Anonymous | SessionIdentity::Unrecognised if names_user(name, "anonymous") => {}
        // Nobody's content is for everybody, so it may be shown; but whose session it was must be asked again.
        SessionIdentity::Person(_) if names_user(name, "anonymous") => seen.forget = true,
        _ => return Err(Reason::IdentityMismatch),
    }
    Ok(seen)
}

/// The one user that an answer names, if it names any.
pub(super) fn named_user(headers: &HeaderMap) -> Result<Option<&HeaderValue>, Reason> {
    let mut names = headers.get_all(&X_AUSERNAME).iter();
    let name = names.next();
    if names.any(|other| Some(other) != name) { Err(Reason::IdentityMismatch) } else { Ok(name) }
}

/// Whether the answer changes a cookie that may authenticate.
pub(super) fn sets_credentials(headers: &HeaderMap, site: &Site) -> bool {
    headers.get_all(http::header::SET_COOKIE).iter().any(|line| {
        let name = set_cookie_name(line);
        !std::str::from_utf8(name).is_ok_and(|name| site.profile.is_harmless(name))
    })
}

/// `X-Seraph-LoginReason` may be given several times and hold several words; one `OUT` is enough.
pub fn says_signed_out(headers: &HeaderMap) -> bool {
    headers
        .get_all(&X_SERAPH_LOGINREASON)
        .iter()
        .any(|line| line.as_bytes().split(|&byte| byte == b',').any(|word| word.trim_ascii() == b"OUT"))
}

/// Products percent-encode names that are not ASCII, and fold the case of all.
pub(super) fn names_user(line: &HeaderValue, username: &str) -> bool {
    line.as_bytes().eq_ignore_ascii_case(username.as_bytes())
        || percent_encoding::percent_decode(line.as_bytes())
            .decode_utf8()
            .is_ok_and(|name| name.to_lowercase() == username.to_lowercase())
}
