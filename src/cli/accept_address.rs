//! `postern accept-address`: who contradicts the directory, and an operator's word that somebody is right.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use crate::actions::accept_address::{Accepted, accept_address};
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::domain::email::EmailAddress;
use crate::store::{ContradictionRow, Store, UserKey};

use super::plain;

/// What is asked for: an address for a person, or without one the list of whom it could be.
#[derive(Debug, Clone)]
pub struct Request {
    /// The site's id, the product's user key, and the address.
    pub accept: Option<(String, String, String)>,
}

/// Accepts, or lists. A running gateway follows within a second by the change log.
pub async fn run(settings: &Settings, request: &Request) -> anyhow::Result<()> {
    let store = Store::open(&settings.database).await?;
    let said = match &request.accept {
        Some((site, key, email)) => accept(settings, &store, site, key, email).await,
        None => store.contradictions().await.map(|rows| list(&rows)).map_err(Into::into),
    };
    store.close().await;
    print!("{}", said?);
    Ok(())
}

async fn accept(
    settings: &Settings,
    store: &Store,
    site: &str,
    key: &str,
    email: &str,
) -> anyhow::Result<String> {
    // The people of an issuer or of Crowd are named with it behind the site.
    let host = site.split(' ').next().unwrap_or_default();
    let Some(known) = settings.sites.iter().find(|known| *known.id == *host) else {
        let known: Vec<&str> = settings.sites.iter().map(|site| site.id.as_ref()).collect();
        bail!("there is no site {site:?}; the sites are: {}", known.join(", "));
    };
    let address = EmailAddress::parse(email).with_context(|| format!("{email:?} is refused"))?;
    let person = UserKey { site: site.to_owned(), key: key.to_owned() };
    let organization = &known.organization.id;
    let accepted = accept_address(store, organization, &person, &address, Clock::system().now()).await?;
    Ok(told(&accepted, &person, &address))
}

fn told(accepted: &Accepted, person: &UserKey, email: &EmailAddress) -> String {
    let Accepted { username, before, reported } = accepted;
    let before = before.as_ref().map_or("no address".to_owned(), ToString::to_string);
    let mut text = format!(
        "Accepted: {} (user key {}) at {} is {email}, and was {before}. Running gateways follow within a second.\n",
        quoted(username),
        quoted(&person.key),
        person.site
    );
    if let Some(reported) = reported {
        let _ = writeln!(
            text,
            "The product last reported {reported}: until it reports {email}, this person stays external."
        );
    }
    text
}

/// A line for each, as it can be accepted, with the reason below it.
fn list(rows: &[ContradictionRow]) -> String {
    if rows.is_empty() {
        return "Nobody contradicts the directory.\n".to_owned();
    }
    let mut text = match rows.len() {
        1 => "1 person contradicts the directory, and is external until that ends:\n".to_owned(),
        count => format!("{count} people contradict the directory, and are external until that ends:\n"),
    };
    for row in rows {
        let address = |email: &Option<EmailAddress>| {
            email.as_ref().map_or("-".to_owned(), |email| quoted(email.as_str()))
        };
        let since = row.since.round(jiff::Unit::Second).unwrap_or(Timestamp::UNIX_EPOCH);
        let _ = writeln!(
            text,
            "\n--site {} --user {} --email {}\n  login name {}, judged by {}, since {since}: {}",
            quoted(&row.site),
            quoted(&row.user_key),
            address(&row.reported),
            quoted(&row.username),
            address(&row.email),
            row.kind.meaning(),
        );
    }
    text
}

/// What a product said, as it can be pasted into a shell: whoever chose it must not choose what the shell does, nor steer
/// the terminal.
fn quoted(text: &str) -> String {
    format!("'{}'", plain(text).replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_product_says_is_one_word_to_a_shell() {
        assert_eq!(quoted("JIRAUSER10100"), "'JIRAUSER10100'");
        assert_eq!(quoted("$(reboot) `x` \"y\""), "'$(reboot) `x` \"y\"'");
        assert_eq!(quoted("o'hara\u{1b}[2J"), "'o'\\''hara\u{fffd}[2J'");
    }
}
