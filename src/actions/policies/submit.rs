//! Submit many accounts as members of a policy: a CSV file, or a list of addresses and ids. It is written down as a task, row by
//! row, and done by `apply.rs`.
//!
//! A file that is not as it must be is refused before anything is written down.

use std::collections::HashMap;

use uuid::Uuid;

use super::Policies;
use crate::actions::address_csv::{self, AddressCsvError, AddressList, AddressRow, MOST_ROWS};
use crate::domain::actor::Actor;
use crate::domain::email::EmailAddress;
use crate::domain::membership::AccountKey;
use crate::domain::organization::OrganizationId;
use crate::domain::task::{MOST_WAITING, RowOutcome, RowReason, TaskKind};
use crate::store::{StoreError, TaskLine, TaskRow};

/// Why there is no task.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The organization has no such policy.
    #[error("the organization has no such policy")]
    Unknown,
    /// It has no members until it is published.
    #[error("the policy is a draft: publish it first")]
    Draft,
    /// The file is not as it must be.
    #[error(transparent)]
    File(#[from] AddressCsvError),
    /// A list with nobody in it, or with more than a file may have.
    #[error("1 to {MOST_ROWS} users can be added at once")]
    Count,
    /// The organization has as many tasks waiting as it may.
    #[error("{MOST_WAITING} tasks are waiting already: try again when one is over")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Policies {
    /// Submits a file. As a dry run it only finds out what would become of each row.
    pub async fn submit_csv(
        &self,
        organization: &OrganizationId,
        policy: Uuid,
        file: &[u8],
        dry_run: bool,
        actor: &Actor,
    ) -> Result<TaskRow, SubmitError> {
        self.require_room(organization, policy).await?;
        let rows = address_csv::read(file)?;
        self.submit(organization, policy, rows, dry_run, actor).await
    }

    /// Submits a list of addresses and account ids.
    pub async fn submit_list(
        &self,
        organization: &OrganizationId,
        policy: Uuid,
        entries: &[String],
        actor: &Actor,
    ) -> Result<TaskRow, SubmitError> {
        if !(1..=MOST_ROWS).contains(&entries.len()) {
            return Err(SubmitError::Count);
        }
        self.require_room(organization, policy).await?;
        let keys: Vec<Option<AccountKey>> = entries.iter().map(|entry| AccountKey::read(entry)).collect();
        let ids: Vec<Uuid> = keys.iter().filter_map(id).collect();
        let emails: HashMap<Uuid, EmailAddress> =
            self.store.emails_of_accounts(organization, &ids).await?.into_iter().collect();
        let mut list = AddressList::default();
        for (line, (entry, key)) in (1..).zip(entries.iter().zip(keys)) {
            match key {
                Some(AccountKey::Email(email)) => list.push(line, entry, Some(email), RowReason::Malformed),
                Some(AccountKey::Id(id)) => {
                    list.push(line, entry, emails.get(&id).cloned(), RowReason::UnknownAccount);
                }
                Some(AccountKey::Username(_)) | None => list.push(line, entry, None, RowReason::Malformed),
            }
        }
        self.submit(organization, policy, list.into_rows(), false, actor).await
    }

    async fn require_room(&self, organization: &OrganizationId, policy: Uuid) -> Result<(), SubmitError> {
        match self.store.auth_policy(organization, policy).await? {
            None => return Err(SubmitError::Unknown),
            Some(policy) if policy.is_draft => return Err(SubmitError::Draft),
            Some(_) => {}
        }
        if self.store.tasks_waiting(organization).await? >= MOST_WAITING {
            return Err(SubmitError::Busy);
        }
        Ok(())
    }

    async fn submit(
        &self,
        organization: &OrganizationId,
        policy: Uuid,
        rows: Vec<AddressRow>,
        dry_run: bool,
        actor: &Actor,
    ) -> Result<TaskRow, SubmitError> {
        let now = self.clock.now();
        let count = |wanted: fn(&RowOutcome) -> bool| {
            u32::try_from(rows.iter().filter(|row| wanted(&row.outcome)).count()).unwrap_or(u32::MAX)
        };
        let id = self.entropy.row_id(now);
        let task = TaskRow {
            subject: policy.to_string(),
            dry_run,
            total: count(|outcome| *outcome != RowOutcome::Repeated),
            failed: count(|outcome| outcome.reason().is_some()),
            ..TaskRow::new(id, organization, TaskKind::AddMembers, actor, now)
        };
        let lines: Vec<TaskLine> = rows.into_iter().map(line).collect();
        self.store.insert_task(&task, &lines).await?;
        self.bell.notify_one();
        Ok(task)
    }
}

fn line(row: AddressRow) -> TaskLine {
    TaskLine { line: row.line, value: row.value, email: row.email, outcome: row.outcome }
}

fn id(key: &Option<AccountKey>) -> Option<Uuid> {
    match key {
        Some(AccountKey::Id(id)) => Some(*id),
        _ => None,
    }
}
