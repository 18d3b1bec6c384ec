//! The ways in which people prove themselves: a mailed code, an authenticator app, a passkey; and sets of them.
//!
//! A mailed code shows that somebody reads a mailbox, which is no authenticator in the sense of NIST SP 800-63B. The two others
//! are, and count for more wherever a policy says so.

use serde::{Deserialize, Serialize};

/// A way to prove oneself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A code sent to the mailbox.
    MailedCode,
    /// A code of an app that shares a secret (RFC 6238).
    AuthenticatorApp,
    /// A key that the browser or the machine holds (WebAuthn).
    Passkey,
}

/// Some of the ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<Method>", from = "Vec<Method>")]
pub struct Methods(u8);

impl Method {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::MailedCode, Self::AuthenticatorApp, Self::Passkey];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::MailedCode => "mailed-code",
            Self::AuthenticatorApp => "authenticator-app",
            Self::Passkey => "passkey",
        }
    }

    /// The way of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.label() == label)
    }

    /// As proofs and tickets carry it; it never changes.
    pub const fn code(self) -> u8 {
        match self {
            Self::MailedCode => 1,
            Self::AuthenticatorApp => 2,
            Self::Passkey => 3,
        }
    }

    /// The way that proofs carry so.
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }

    const fn bit(self) -> u8 {
        1 << self.code()
    }
}

impl Methods {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// The code by mail alone.
    pub const MAILED_CODE: Self = Self(Method::MailedCode.bit());
    /// All of them.
    pub const ALL: Self =
        Self(Method::MailedCode.bit() | Method::AuthenticatorApp.bit() | Method::Passkey.bit());

    /// Whether a way is among them.
    pub const fn has(self, method: Method) -> bool {
        self.0 & method.bit() != 0
    }

    /// These and another one.
    #[must_use]
    pub const fn with(self, method: Method) -> Self {
        Self(self.0 | method.bit())
    }

    /// What both have.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// These without the code by mail.
    #[must_use]
    pub const fn authenticators(self) -> Self {
        Self(self.0 & !Method::MailedCode.bit())
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// They, in the order of [`Method::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Method> {
        Method::ALL.into_iter().filter(move |method| self.has(*method))
    }

    /// Their labels.
    pub fn labels(self) -> Vec<&'static str> {
        self.iter().map(Method::label).collect()
    }

    /// What labels name; `None` where one names nothing, or there is none.
    pub fn of<'a>(labels: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let methods =
            labels.into_iter().try_fold(Self::NONE, |all, label| Some(all.with(Method::of(label)?)))?;
        (!methods.is_empty()).then_some(methods)
    }
}

impl From<Methods> for Vec<Method> {
    fn from(methods: Methods) -> Self {
        methods.iter().collect()
    }
}

impl From<Vec<Method>> for Methods {
    fn from(methods: Vec<Method>) -> Self {
        methods.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_what_its_labels_say() {
        assert_eq!(Methods::of(Methods::ALL.labels()), Some(Methods::ALL));
        let some = Methods::of(["passkey", "mailed-code", "passkey"]).unwrap();
        assert_eq!(some.labels(), ["mailed-code", "passkey"]);
        assert_eq!(some.authenticators().labels(), ["passkey"]);
        assert!(some.and(Methods::of(["authenticator-app"]).unwrap()).is_empty());
        assert_eq!((Methods::of([]), Methods::of(["passkey", "sms"])), (None, None));
        for method in Method::ALL {
            assert_eq!(Method::of_code(method.code()), Some(method));
        }
        assert_eq!(Method::of_code(0), None);
    }
}
