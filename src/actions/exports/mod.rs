//! Files of people, for spreadsheets: who asks for one gets it as a task, and fetches it for a day. Whoever it names, it names
//! everybody.
//!
//! `ask.rs` writes the task down, `write.rs` does it part by part, `fetch.rs` hands it out. What stands in the rows of a kind is
//! in its own file: `members.rs`, `external_users.rs`.

pub mod ask;
mod external_users;
pub mod fetch;
mod members;
#[cfg(test)]
mod tests;
pub mod write;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use super::letterhead::SharedLetterhead;
use crate::clock::Clock;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::entropy::Entropy;
use crate::store::Store;

/// What exports are made with.
pub struct Exports {
    /// Where state lasts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Rung when there is a new task.
    pub bell: Arc<Notify>,
    /// The sites of all organizations; a reload puts others in their place.
    pub sites: ArcSwap<Vec<ExportSite>>,
    /// What mails are written with, and who opens a link.
    pub letterhead: SharedLetterhead,
    /// What links are made with.
    pub link_key: [u8; 32],
}

/// A site, as exports show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportSite {
    /// Whose site it is.
    pub organization: OrganizationId,
    /// Its id, with which a person's sites are noted.
    pub id: Arc<str>,
    /// The product whose column it stands in.
    pub product: &'static str,
}

/// Some rows of a file.
struct Part {
    /// The last person in it, after whom the next part begins.
    last: EmailAddress,
    /// How many rows there are.
    rows: usize,
    /// The rows, as lines.
    lines: Vec<u8>,
}

/// The sites of one organization.
struct Sites(Vec<ExportSite>);

impl Sites {
    /// The products, each once.
    fn products(&self) -> BTreeSet<&'static str> {
        self.0.iter().map(|site| site.product).collect()
    }

    /// The sites at which people were seen, each with its product, by person.
    fn of_people<'a>(
        &'a self,
        seen: &'a [(EmailAddress, String)],
    ) -> HashMap<&'a EmailAddress, BTreeSet<(&'static str, &'a str)>> {
        let mut of_person: HashMap<_, BTreeSet<_>> = HashMap::new();
        for (email, site) in seen {
            // The users of an issuer or of Crowd are noted with it behind the site.
            let id = site.split(' ').next().unwrap_or_default();
            if let Some(site) = self.0.iter().find(|own| *own.id == *id) {
                of_person.entry(email).or_default().insert((site.product, id));
            }
        }
        of_person
    }
}
