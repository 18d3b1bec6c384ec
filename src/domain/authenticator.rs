//! What people set up to prove themselves with: authenticator apps (RFC 6238) and passkeys; what is known of them, and when an
//! app's code is right.
//!
//! A code counts for one step of 30 seconds, or the one before or after it, and once: the last step that was taken is kept, and
//! no step up to it is ever taken again.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use super::auth_policy::is_unseen;
use super::code::{CodeDigits, TypedCode};
use super::method::{Method, Methods};

/// How many somebody may have. Nobody carries more; without a bound they would fill the store.
pub const MOST: usize = 10;
/// How long after a verification they may be set up and removed. Who only has the cookie of a session cannot verify.
pub const FRESH: Duration = Duration::from_secs(600);
/// How many characters a name has at most.
const MOST_NAME_CHARACTERS: usize = 40;
/// How long a step is, and by how many of them the clock of an app may be off.
const STEP_S: u64 = 30;
const SKEW: u64 = 1;

/// What somebody has set up, as far as requests are judged by it. All of it is false of most people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authenticators {
    /// An app.
    pub app: bool,
    /// A passkey, at whatever host.
    pub passkey: bool,
    /// A passkey at this very host: browsers show it to no other.
    pub passkey_here: bool,
    /// Whether browsers have passkeys at this site at all.
    pub takes_passkeys: bool,
}

impl Authenticators {
    /// What of these they have set up, wherever.
    pub fn among(&self, methods: Methods) -> Methods {
        let has = [(Method::AuthenticatorApp, self.app), (Method::Passkey, self.passkey)];
        methods.and(collect(has))
    }

    /// What of these they can prove themselves with here.
    pub fn usable(&self, methods: Methods) -> Methods {
        let has = [(Method::AuthenticatorApp, self.app), (Method::Passkey, self.passkey_here)];
        methods.and(collect(has))
    }

    /// What of these can be set up here.
    pub fn possible(&self, methods: Methods) -> Methods {
        let can = [(Method::AuthenticatorApp, true), (Method::Passkey, self.takes_passkeys)];
        methods.and(collect(can))
    }
}

fn collect(methods: [(Method, bool); 2]) -> Methods {
    let kept = methods.into_iter().filter(|(_, is_one)| *is_one);
    kept.fold(Methods::NONE, |all, (method, _)| all.with(method))
}

/// What an app shares with us: 160 bits, as RFC 4226 section 4 recommends.
#[derive(Clone)]
pub struct AppSecret(Zeroizing<[u8; 20]>);

impl AppSecret {
    /// Of random bytes, or of those that were kept.
    pub fn new(bytes: [u8; 20]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, to be sealed.
    pub fn bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The secret in base32, as people type it into an app: in groups of four.
    pub fn in_groups(&self) -> String {
        let text = data_encoding::BASE32_NOPAD.encode(self.0.as_slice());
        let groups: Vec<String> =
            text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
        groups.join(" ")
    }

    /// The address that an app opens or reads from a picture; `issuer` and `account` are how the app lists it.
    pub fn address(&self, issuer: &str, account: &str) -> Option<String> {
        // A colon parts the two.
        let plain = |text: &str| text.replace(':', " ");
        let builder = self.builder().with_issuer(Some(plain(issuer))).with_account_name(plain(account));
        builder.build().ok()?.to_url().ok()
    }

    /// The step of which a typed code is; `None` if it is of none that counts now. `last` is the last step that was taken. Every
    /// step is compared to the end, so the time that it takes says nothing.
    pub fn step_of(&self, typed: &TypedCode, last: Option<u64>, now: Timestamp) -> Option<u64> {
        let app: Totp = self.builder().build().ok()?;
        let current = u64::try_from(now.as_second()).unwrap_or(0) / STEP_S;
        let (mut is_right, mut step) = (Choice::from(0), 0_u64);
        for candidate in current.saturating_sub(SKEW)..=current + SKEW {
            let code = Zeroizing::new(app.generate(candidate * STEP_S).to_string());
            let is_new = Choice::from(u8::from(last.is_none_or(|last| candidate > last)));
            let matches = code.as_bytes().ct_eq(typed.digits().as_bytes()) & is_new & !is_right;
            step.conditional_assign(&candidate, matches);
            is_right |= matches;
        }
        bool::from(is_right).then_some(step)
    }

    fn builder(&self) -> Builder {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(STEP_S)
            .with_secret(self.0.to_vec())
    }
}

/// How many digits the code of an app has.
pub const APP_DIGITS: CodeDigits = CodeDigits::Six;

/// What somebody calls one of theirs, to know it again in a list.
pub fn name(typed: &str, or: &str) -> String {
    let seen = typed.trim().chars().filter(|char| !is_unseen(*char));
    let name: String = seen.take(MOST_NAME_CHARACTERS).collect();
    if name.trim().is_empty() { or.to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn typed(text: &str) -> TypedCode {
        TypedCode::parse(text, APP_DIGITS).unwrap()
    }

    fn secret() -> AppSecret {
        AppSecret::new(*b"12345678901234567890")
    }

    /// RFC 6238 appendix B, SHA-1: the last six of the eight digits there.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = u64::try_from(second / 30).unwrap();
            assert_eq!(secret().step_of(&typed(code), None, at(second)), Some(step), "{second}");
        }
    }

    #[test]
    fn t128_a_code_counts_one_step_early_and_late_and_no_more() {
        let step = 37_037_036;
        for (apart, counts) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let now = at(1_111_111_109 + apart * 30);
            assert_eq!(secret().step_of(&typed("081804"), None, now), counts.then_some(step), "{apart}");
        }
        assert_eq!(secret().step_of(&typed("081805"), None, at(1_111_111_109)), None);
    }

    #[test]
    fn t093_no_step_is_taken_twice_nor_one_before_it() {
        let now = at(1_111_111_109);
        let step = secret().step_of(&typed("081 804"), None, now).unwrap();
        assert_eq!(secret().step_of(&typed("081804"), Some(step), now), None);
        assert_eq!(secret().step_of(&typed("081804"), Some(step + 1), now), None, "a later one was taken");
        assert_eq!(secret().step_of(&typed("081804"), Some(step - 1), now), Some(step));
    }

    #[test]
    fn an_app_is_told_the_secret_and_what_to_call_it() {
        let address = secret().address("Acme: Tools", "jane@acme.com").unwrap();
        assert_eq!(
            address,
            "otpauth://totp/Acme%20%20Tools:jane%40acme.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20%20Tools"
        );
        assert_eq!(secret().in_groups(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn names_are_short_and_can_be_seen() {
        assert_eq!(name(" My\u{200b} phone\n", "App"), "My phone");
        assert_eq!(name("\u{202e} ", "App"), "App");
        assert_eq!(name(&"x".repeat(99), "App").len(), MOST_NAME_CHARACTERS);
    }

    #[test]
    fn a_passkey_of_another_host_is_had_but_cannot_be_used() {
        let elsewhere = Authenticators { passkey: true, takes_passkeys: true, ..Authenticators::default() };
        assert_eq!(elsewhere.among(Methods::ALL).labels(), ["passkey"]);
        assert!(elsewhere.usable(Methods::ALL).is_empty());
        assert_eq!(elsewhere.possible(Methods::ALL).labels(), ["authenticator-app", "passkey"]);
    }
}
