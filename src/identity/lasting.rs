//! What a session is known by for as long as it lasts, and what a token says of its beginning.
//!
//! Cookies are known one by one: a product replaces one of several, and whoever leaves one out is still in the same session.

use std::borrow::Cow;
use std::sync::Arc;

use percent_encoding::percent_decode;

use crate::directory::{KnownBy, Lasting};
use crate::domain::account::CookieSet;
use crate::domain::member::TokenWord;

use super::{Identities, Identity};

impl Identity {
    /// The session, once it is known since when it lasts.
    pub fn lasting(&self) -> Option<&Arc<Lasting>> {
        self.lasting.get()
    }

    /// Takes in since when the session lasts. The first word counts.
    pub fn lasts(&self, session: Arc<Lasting>) {
        let _ = self.lasting.set(session);
    }

    /// What the token that the session came with says of it.
    pub fn token(&self) -> Option<TokenWord<'_>> {
        let (issuer, word) = self.said.realm.as_deref().zip(self.said.sign_in.as_deref())?;
        Some(TokenWord { issuer, claims: &word.claims })
    }

    /// When they signed in, by the word of a token.
    pub fn signed_in_at(&self) -> Option<jiff::Timestamp> {
        self.said.sign_in.as_ref().and_then(|word| word.at)
    }
}

impl Identities {
    /// What a session is known by: by the id or the time of the sign-in where a token says them, or else by each of these
    /// credentials (`NAME=value`).
    pub fn known_by<'a>(
        &self,
        site: &str,
        person: &Identity,
        credentials: impl Iterator<Item = &'a [u8]>,
    ) -> KnownBy {
        match sign_in(person) {
            Some(name) => self.cookie_set(site, std::iter::once(name.as_bytes())).into_iter().collect(),
            None => self.known_as(site, credentials),
        }
    }

    /// What a session is known by whose cookies these are.
    pub fn known_as<'a>(&self, site: &str, credentials: impl Iterator<Item = &'a [u8]>) -> KnownBy {
        let one = |credential: &'a [u8]| -> Option<CookieSet> {
            self.cookie_set(site, std::iter::once(&*plain(credential)))
        };
        credentials.filter_map(one).collect()
    }
}

/// A name for the sign-in, if its tokens have one. It begins as no cookie can.
fn sign_in(person: &Identity) -> Option<String> {
    let said = &person.said;
    let word = said.sign_in.as_ref()?;
    let time = word.at.filter(|_| word.is_lasting).map(|at| at.as_second().to_string());
    let of = said.session.clone().or(time)?;
    serde_json::to_string(&(";", said.realm.as_deref(), &said.key, of)).ok()
}

/// A cookie as servers understand it: they take off quotes and percent signs, so another spelling is no other session.
fn plain(credential: &[u8]) -> Cow<'_, [u8]> {
    let Some(equals) = memchr::memchr(b'=', credential) else { return credential.into() };
    let (name, value) = (&credential[..=equals], credential[equals + 1..].trim_ascii());
    let bare = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
    match percent_decode(bare).into() {
        Cow::Borrowed(bare) if bare.len() + name.len() == credential.len() => credential.into(),
        bare => [name, &bare].concat().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_spelling_of_a_cookie_is_the_same_session() {
        for spelling in ["r=1%3Aab", "r=1:ab", "r=\"1:ab\"", "r=%31%3aab", "r= 1:ab "] {
            assert_eq!(&*plain(spelling.as_bytes()), b"r=1:ab", "{spelling}");
        }
        assert_ne!(plain(b"r=1:ab"), plain(b"r=1:aB"));
        assert_ne!(plain(b"r=1"), plain(b"s=1"));
    }
}
