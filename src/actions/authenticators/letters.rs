//! The mails by which people learn that an authenticator was added or removed. They hold no link, and ask for nothing.

use jiff::Timestamp;

use crate::domain::method::Method;
use crate::domain::organization::Organization;
use crate::entropy::Entropy;
use crate::store::{AuthenticatorRow, NewMail};

/// Tells the owner that one was set up at a site.
pub(super) fn added(
    row: &AuthenticatorRow,
    organization: &Organization,
    site: &str,
    entropy: &Entropy,
    now: Timestamp,
) -> NewMail {
    let (what, name) = (what(row.method), &organization.name);
    let subject = format!("{what} was set up for your account at {name}");
    let happened = format!("{what} called \"{}\" was set up at {site} at {now:.0}.", row.name);
    tell(row, organization, (subject, &happened), entropy, now)
}

/// A mail to the owner about what happened; it goes out if the change is committed.
pub fn tell(
    row: &AuthenticatorRow,
    organization: &Organization,
    (subject, happened): (String, &str),
    entropy: &Entropy,
    now: Timestamp,
) -> NewMail {
    let name = &organization.name;
    let body = format!(
        "{happened}\n\nIf you did that, there is nothing to do. If you did not, tell the administrator at {name} at once: somebody \
         else may be signing in as you."
    );
    NewMail::notice(entropy.row_id(now), row.email.clone(), organization.clone(), subject, body, now)
}

/// At the beginning of a sentence.
pub(super) fn what(method: Method) -> &'static str {
    match method {
        Method::MailedCode => "A code by mail",
        Method::AuthenticatorApp => "An authenticator app",
        Method::Passkey => "A passkey",
    }
}
