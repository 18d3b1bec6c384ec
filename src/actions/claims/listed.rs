//! Claim accounts of a list, or let go of them: one transaction, with an outcome for each row.
//!
//! What is wrong with one row keeps no other back, and is told. A list that cannot be read as a whole changes nothing.

use std::collections::HashMap;

use super::{ClaimError, Claims, owned, set_claimed};
use crate::actions::address_csv::{self, AddressCsvError, AddressList, AddressRow};
use crate::domain::actor::Actor;
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::domain::task::{RowOutcome, RowReason};
use crate::store::AccountsChanged;

/// The rows of a file.
pub fn from_file(bytes: &[u8]) -> Result<Vec<AddressRow>, AddressCsvError> {
    address_csv::read(bytes)
}

/// The same of texts, with their places in the list as lines.
pub fn from_texts(texts: &[String]) -> Result<Vec<AddressRow>, AddressCsvError> {
    if texts.len() > address_csv::MOST_ROWS {
        return Err(AddressCsvError::TooManyRows);
    }
    let mut list = AddressList::default();
    for (line, text) in (1..).zip(texts) {
        list.push(line, text, EmailAddress::parse(text).ok(), RowReason::Malformed);
    }
    Ok(list.into_rows())
}

impl Claims {
    /// Claims accounts of a domain, or lets go of them, and gives the rows with what became of each. A dry run changes nothing.
    pub async fn set_listed(
        &self,
        organization: &OrganizationId,
        domain: &DomainName,
        mut rows: Vec<AddressRow>,
        claimed: bool,
        is_dry_run: bool,
        actor: &Actor,
    ) -> Result<Vec<AddressRow>, ClaimError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        owned(&mut change, organization, domain).await?;
        let emails: Vec<EmailAddress> = waiting(&rows).cloned().collect();
        let known = change.claims_of(organization, &emails).await?;
        let known: HashMap<&EmailAddress, (bool, bool)> =
            known.iter().map(|(email, claimed, closed)| (email, (*claimed, *closed))).collect();
        let mut doable = Vec::new();
        for row in rows.iter_mut().filter(|row| row.outcome == RowOutcome::Waiting) {
            let Some(email) = &row.email else { continue };
            row.outcome = match known.get(email) {
                _ if email.domain() != domain.as_str() => RowOutcome::Failed(RowReason::OtherDomain),
                None => RowOutcome::Failed(RowReason::UnknownAccount),
                Some((_, true)) => RowOutcome::Failed(RowReason::AccountClosed),
                Some((is_claimed, _)) if *is_claimed == claimed => RowOutcome::Unchanged,
                Some(_) => {
                    doable.push(email.clone());
                    RowOutcome::Succeeded
                }
            };
        }
        if is_dry_run || doable.is_empty() {
            return Ok(rows);
        }
        let changed = AccountsChanged::at(organization, doable.clone());
        let events = set_claimed(&mut change, &changed, &doable, claimed, actor, now).await?;
        change.commit_many(&events, now).await?;
        Ok(rows)
    }
}

fn waiting(rows: &[AddressRow]) -> impl Iterator<Item = &EmailAddress> {
    rows.iter().filter(|row| row.outcome == RowOutcome::Waiting).filter_map(|row| row.email.as_ref())
}
