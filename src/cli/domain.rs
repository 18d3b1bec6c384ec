//! `postern domain`: add, verify, list and remove the domains of an organization. A running gateway follows within a second.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::actions::domains::Domains;
use crate::actions::domains::add::Added;
use crate::actions::domains::remove::Removed;
use crate::actions::domains::verify::Verified;
use crate::app;
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::domain::actor::Actor;
use crate::domain::domain_name::DomainName;
use crate::domain::in_words::in_words;
use crate::domain::organization::OrganizationId;
use crate::domain::owned_domain::{LONGEST_ATTEMPT, Method, Status, Way, is_outdated};
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::store::{DomainRow, Store};

use super::import::owner;

/// Who did it, in the audit log.
fn actor() -> Actor {
    "operator".into()
}

/// What is to be done.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Add a domain, or show again how to prove one.
    Add(String),
    /// Look for the token of a domain.
    Verify(String, Way),
    /// Say how all of them stand.
    List,
    /// Remove a domain.
    Remove(String),
}

/// Does it for an organization, which must be named where there are several.
pub async fn run(settings: &Settings, organization: Option<&str>, deed: &Deed) -> anyhow::Result<()> {
    let owner = owner(settings, organization)?.organization;
    let keys = Arc::new(Keys::load(&settings.keys)?);
    let store = Store::open(&settings.database).await?;
    let domains = app::domains::domains(settings, store.clone(), keys, Clock::system(), Entropy::System);
    // What is pasted must be for the same organization.
    let option = organization.map(|id| format!(" --organization {id}")).unwrap_or_default();
    let said = said(&domains, &owner, &option, deed).await;
    store.close().await;
    print!("{}", said?);
    Ok(())
}

async fn said(
    domains: &Domains,
    owner: &OrganizationId,
    option: &str,
    deed: &Deed,
) -> anyhow::Result<String> {
    Ok(match deed {
        Deed::Add(text) => to_prove(&domains.add(owner, text, &actor()).await?, domains, option),
        Deed::Verify(text, way) => verified(&domains.verify(owner, text, *way, &actor()).await?, domains),
        Deed::List => table(&domains.store.domains(owner).await?, domains, option),
        Deed::Remove(text) => removed(&domains.remove(owner, text, &actor()).await?),
    })
}

/// Both ways to prove a domain, ready to paste.
fn to_prove(added: &Added, domains: &Domains, option: &str) -> String {
    let Added { domain, line, address, owned_by } = added;
    let intro = match owned_by {
        Some(Method::Import) => {
            return format!("{domain} is verified by an import already: there is nothing to prove.\n");
        }
        Some(Method::Published(way)) => {
            let place = place(*way);
            format!("{domain} is verified already, by {place}. Keep this line published there:\n\n  {line}\n")
        }
        None => format!("Added {domain}. It is not verified yet: publish this line in one of two places.\n"),
    };
    if owned_by.is_some() {
        return intro;
    }
    let (days, every) = (LONGEST_ATTEMPT.as_secs() / 86_400, in_words(domains.rules.recheck_every));
    format!(
        "{intro}\n\
         By DNS, as a TXT record of {domain} itself:\n\n\
         \x20 {domain}. IN TXT \"{line}\"\n\n\
         then: postern domain verify {domain} --by dns{option}\n\n\
         By its web site, as all that this file holds (text/html or text/plain, no redirect):\n\n\
         \x20 {address}\n\
         \x20 {line}\n\n\
         then: postern domain verify {domain} --by http{option}\n\n\
         Verify within {days} days; after that, add the domain again for a new line. Keep the line where it is: it is \
         looked for again every {every}.\n"
    )
}

fn verified(verified: &Verified, domains: &Domains) -> String {
    let Verified { domain, superseded } = verified;
    let mut text = format!(
        "Verified {domain}. Accounts in it that are claimed are managed from now on; running gateways follow within a second.\n"
    );
    if *superseded {
        text.push_str("It was another organization's, whose line is gone.\n");
    }
    let grace = in_words(domains.rules.grace_period);
    let _ =
        writeln!(text, "Keep the line published: when it is not seen for {grace}, the domain is unverified.");
    text
}

fn removed(removed: &Removed) -> String {
    let Removed { domain, was_owned } = removed;
    match was_owned {
        true => format!(
            "Removed {domain}. Its accounts stay as they are, and their people are external: running gateways follow within a second.\n"
        ),
        false => format!("Removed {domain}. It was not verified, so nothing changes for anybody.\n"),
    }
}

/// A line for each, with what to do next below it.
fn table(rows: &[DomainRow], domains: &Domains, option: &str) -> String {
    if rows.is_empty() {
        return "There are no domains yet: `postern domain add NAME` begins with one.\n".to_owned();
    }
    let longest = rows.iter().map(|row| row.name.as_str().len()).max().unwrap_or(0).max("DOMAIN".len());
    let mut text =
        format!("{:longest$}  {:13}  {:6}  {:20}  LAST CHECK\n", "DOMAIN", "STATUS", "METHOD", "SINCE");
    let now = domains.clock.now();
    for row in rows {
        let since = row.verified_at.filter(|_| row.status.is_owned()).unwrap_or(row.created_at);
        let _ = writeln!(
            text,
            "{:longest$}  {:13}  {:6}  {:20}  {}",
            row.name.as_str(),
            row.status.label(),
            row.method.map_or("-", Method::label),
            moment(Some(since)),
            moment(row.checked_at),
        );
        if let Some(next) = next(row, domains.rules.grace_period, option, now) {
            let _ = writeln!(text, "  {next}");
        }
        if let Some(at) = row.disputed_at {
            let _ = writeln!(text, "  {}", disputed(row.status, at));
        }
    }
    text
}

fn next(row: &DomainRow, grace_period: Duration, option: &str, now: Timestamp) -> Option<String> {
    let name: &DomainName = &row.name;
    let add = format!("postern domain add {name}{option}");
    match (row.status, row.method) {
        (Status::Verified, _) => None,
        (Status::MissingToken, method) => {
            let place = method.and_then(published).map_or("DNS or its web site", place);
            let end = row.seen_at.and_then(|seen| seen.checked_add(grace_period).ok());
            Some(format!(
                "Its line is gone from {place}: put it back before {}, or its people are external. It is shown by: {add}",
                moment(end)
            ))
        }
        (Status::Superseded, _) => {
            Some(format!("Another organization verified it after its line was gone. To try again: {add}"))
        }
        (Status::Unverified, Some(_)) => Some(format!(
            "Its line was not seen for too long, so its people are external. For a new line: {add}"
        )),
        (Status::Unverified, None) if is_outdated(row.created_at, now) => {
            Some(format!("Its line is too old to prove anything. For a new one: {add}"))
        }
        (Status::Unverified, None) => Some(format!(
            "Publish its line, then: postern domain verify {name} --by dns{option} (or --by http). For a new line: {add}"
        )),
    }
}

/// What an organization is told of a dispute: that there is one.
fn disputed(status: Status, at: Timestamp) -> String {
    let at = moment(Some(at));
    match status.is_owned() {
        true => format!(
            "Another organization proved it too at {at}. It stays yours as long as your line is published."
        ),
        false => format!("It was proved at {at}, while it belonged to another organization."),
    }
}

fn published(method: Method) -> Option<Way> {
    match method {
        Method::Published(way) => Some(way),
        Method::Import => None,
    }
}

fn place(way: Way) -> &'static str {
    match way {
        Way::Dns => "DNS",
        Way::Http => "its web site",
    }
}

fn moment(at: Option<Timestamp>) -> String {
    at.map_or("-".to_owned(), |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
