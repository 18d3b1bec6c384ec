//! What a source of sessions answers when it is asked whose session it is. The rules for several answers are in `mod.rs`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use jiff::Timestamp;

use crate::config::profile::Profile;
use crate::config::session::SessionSource;
use crate::domain::email::EmailAddress;

/// The credentials of a session, complete and as they will be forwarded: what is not shown here must not go upstream.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// The `Cookie` line.
    pub cookies: Option<&'a HeaderValue>,
    /// The headers that a source of the site reads, one line of each.
    pub headers: &'a [(HeaderName, HeaderValue)],
    /// The address they come from, as limits count it. Where a source reads it, it is part of the session's key.
    pub client: IpAddr,
}

/// The longest user key or login name that is taken.
pub(super) const MAX_NAME_BYTES: usize = 255;

/// Whether a text may name somebody. Nobody's name is longer or has a control character in it, and a database that could not
/// keep one would refuse whatever is kept together with it.
pub(super) fn may_name(text: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&text.len()) && !text.contains(char::is_control)
}

/// A source's answer.
pub(super) struct Reply {
    pub(super) answer: Answer,
    /// How long it may be believed.
    pub(super) lifetime: Duration,
    /// Cookies that the product set while it was asked.
    pub(super) set_cookies: Vec<HeaderValue>,
}

pub(super) enum Answer {
    Person(Person),
    /// The product itself says that nobody is signed in.
    Anonymous,
    /// This source does not know the session: nothing of its kind came along, or nothing valid.
    Unknown,
    /// Why there is no answer, for the log: never a secret, never somebody else's own text.
    Failed(&'static str),
}

/// A person by a source's word.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// Whose users the key counts among, where that is not the product itself: an issuer's name, without spaces.
    pub(super) realm: Option<Arc<str>>,
    /// The stable key.
    pub(super) key: String,
    /// The login name at the product.
    pub(super) username: String,
    pub(super) address: Address,
    /// Whether the source says that it checked the address.
    pub(super) is_vouched: bool,
    /// Whether they are a customer of the product's portal and have no access to the product itself.
    pub(super) is_customer: bool,
    /// The id of the session, where a new one at the same person counts as a new sign-in.
    pub(super) session: Option<String>,
    /// What a signed token says of the sign-in; only a token is believed with it.
    pub(super) sign_in: Option<Arc<SignInWord>>,
}

/// What a signed token says of the sign-in that it is of.
#[derive(Debug)]
pub(super) struct SignInWord {
    /// When that was: its `auth_time` (OpenID Connect Core, section 2), or when the token was made.
    pub(super) at: Option<Timestamp>,
    /// Whether the next token of the same sign-in will say the same time.
    pub(super) is_lasting: bool,
    /// The names of its claims that say something: not null, false or empty.
    pub(super) claims: Box<[Box<str>]>,
}

/// What a source says of a person's address.
#[derive(Debug, Clone)]
pub(super) enum Address {
    Reported(EmailAddress),
    /// It checks addresses, and none of this person's: the one it has may be anybody's, and so may the login name of who
    /// signed up with it. Only the directory can say who that is.
    Unchecked(Option<EmailAddress>),
    /// It reveals none, so the directory may know it.
    Unreported,
    /// It says something that is no verified address. Nobody fills in for that: it is an attempt to look like somebody.
    Unusable,
}

impl<'a> Presented<'a> {
    /// The value of the cookie of exactly this name and this spelling.
    pub(super) fn cookie(&self, name: &str) -> Option<&'a [u8]> {
        let parts = self.cookies?.as_bytes().split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
        parts.filter_map(|part| part.strip_prefix(name.as_bytes())?.strip_prefix(b"=")).next()
    }

    /// Whether nothing here may sign anybody in but what this source reads.
    pub(super) fn is_all_of(&self, source: &SessionSource, profile: &Profile) -> bool {
        let parts = self.cookies.map_or(&b""[..], HeaderValue::as_bytes).split(|&byte| byte == b';');
        // By a quote, a comma or a space some servers find other cookies inside a harmless one.
        let is_plain =
            |part: &[u8]| part.iter().all(|byte| byte.is_ascii_graphic() && !b"\",".contains(byte));
        let mut others = parts.map(<[u8]>::trim_ascii).filter(|part| {
            let name = part.split(|&byte| byte == b'=').next().unwrap_or_default();
            let is_known = std::str::from_utf8(name)
                .is_ok_and(|name| source.cookie() == Some(name) || profile.is_harmless(name));
            !(part.is_empty() || is_known && is_plain(part))
        });
        others.next().is_none() && self.headers.iter().all(|(name, _)| source.header() == Some(name))
    }

    /// The value of the header.
    pub(super) fn header(&self, name: &HeaderName) -> Option<&'a [u8]> {
        let line = self.headers.iter().find(|(known, _)| known == name);
        line.map(|(_, value)| value.as_bytes())
    }
}
