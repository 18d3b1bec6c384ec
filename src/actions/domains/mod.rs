//! What makes a domain an organization's own, and what ends that: one file per deed, each one transaction with its audit event.
//!
//! DNS and web sites are asked outside of every transaction, and what was found counts only for the row that was asked about.
//! Accounts and claims stay as they are through all of it. The rules are in `domain/ownership.rs` and `domain/owned_domain.rs`.

pub mod add;
pub mod recheck;
pub mod remove;
mod tell;
#[cfg(test)]
mod tests;
pub mod verify;

use std::sync::Arc;
use std::time::Duration;

use super::letterhead::Letterhead;
use crate::clock::Clock;
use crate::dns::{Answer, Resolver};
use crate::domain::ownable::SpecialUse;
use crate::domain::owned_domain::{Sight, Way};
use crate::domain::ownership::{OwnershipToken, TokenPrefix};
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::store::{DomainRow, Store};
use crate::website::Website;

/// What the deeds about domains work with.
pub struct Domains {
    /// Where state lasts.
    pub store: Store,
    /// What tokens are made with.
    pub keys: Arc<Keys>,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// The way to TXT records.
    pub resolver: Resolver,
    /// The way to files of web sites.
    pub website: Website,
    /// What counts.
    pub rules: Rules,
    /// Whom the loss of a domain is told, and how.
    pub letterhead: Letterhead,
}

/// What counts as a domain and as a proof, and for how long.
#[derive(Debug, Clone)]
pub struct Rules {
    /// What stands before a token, and what the file is called.
    pub prefix: TokenPrefix,
    /// Whether names that public DNS gives to nobody count as domains.
    pub special_use: SpecialUse,
    /// How often a domain that was proved is checked again.
    pub recheck_every: Duration,
    /// How long it stays verified after its token was last seen.
    pub grace_period: Duration,
}

/// What a look for a token found, with a sentence about it where that is not the token.
struct Look {
    sight: Sight,
    said: String,
}

impl Domains {
    /// The token of a row's attempt.
    fn token(&self, row: &DomainRow) -> OwnershipToken {
        OwnershipToken::new(self.keys.ownership(), &row.organization, &row.name, &row.nonce)
    }

    /// Looks for the token of a row where it should be published.
    async fn look(&self, row: &DomainRow, way: Way) -> Look {
        match way {
            Way::Dns => self.look_in_dns(row).await,
            Way::Http => self.look_at_website(row).await,
        }
    }

    async fn look_in_dns(&self, row: &DomainRow) -> Look {
        match self.resolver.texts(&row.name).await {
            Answer::Found(texts) if self.token(row).is_in_texts(&self.rules.prefix, &texts) => Look::seen(),
            Answer::Found(_) => Look::absent("the domain has TXT records, and none of them is the line"),
            Answer::Absent(how) => Look::absent(how),
            Answer::Unknown(why) => Look::unknown(why),
        }
    }

    async fn look_at_website(&self, row: &DomainRow) -> Look {
        match self.website.fetch(&row.name).await {
            Ok(page) if self.token(row).is_in_page(&self.rules.prefix, &page) => Look::seen(),
            Ok(_) => Look::absent("the file holds something else than the line"),
            Err(error) if error.is_unknown() => Look::unknown(error),
            Err(error) => Look::absent(error),
        }
    }
}

impl Look {
    fn seen() -> Self {
        Self { sight: Sight::Seen, said: String::new() }
    }

    fn absent(said: impl ToString) -> Self {
        Self { sight: Sight::Absent, said: said.to_string() }
    }

    fn unknown(said: impl ToString) -> Self {
        Self { sight: Sight::Unknown, said: said.to_string() }
    }
}
