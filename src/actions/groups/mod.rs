//! Groups, companies and who is in them; the roles that invite people from outside, and how somebody leaves everything.
//!
//! One transaction each, with an audit event for each thing done, and one entry in the change log: whom a site lets in changes
//! within a second. The rules are in `domain/group.rs`.

pub mod exempt;
pub mod invite;
pub mod keep;
pub mod leave;
pub mod members;
pub mod roles;

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::accounts::AccountError;
use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::domain::group::site_of;
use crate::domain::mistake::Mistakes;
use crate::domain::organization::{Organization, OrganizationId};
use crate::entropy::Entropy;
use crate::store::{Account, AuditAction, AuditEvent, Change, NewMail, Store, StoreError};

/// What the deeds about groups work with.
pub struct Groups {
    /// Where state lasts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// The ids of each organization's sites, which roles are given at.
    pub sites: HashMap<OrganizationId, Vec<Arc<str>>>,
}

/// Why something about groups was not done.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// What is wrong with what was typed.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
    /// The organization has no such group.
    #[error("there is no such group")]
    NoGroup,
    /// It is an identity provider's, whose directory is called so. Its people are managed, and come in without a role.
    #[error(
        "The identity provider of the directory {0} keeps this group: it is changed there, and has no roles here."
    )]
    Synced(String),
    /// The organization has no such account.
    #[error("there is no such account")]
    NoAccount,
    /// Somebody else changed the group since it was read.
    #[error("the group was changed meanwhile: read it again")]
    Changed,
    /// Managed people are claimed, and leave by that.
    #[error("the account is managed by the organization, so it is no external one")]
    Managed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Of what is done to accounts on the way.
impl From<AccountError> for GroupError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Managed => Self::Managed,
            AccountError::Mistakes(mistakes) => Self::Mistakes(mistakes),
            AccountError::Store(error) => Self::Store(error),
            _ => Self::NoAccount,
        }
    }
}

impl Groups {
    /// The site of a resource, which must be one of the organization's.
    fn site(&self, organization: &OrganizationId, resource: &str) -> Result<String, Mistakes> {
        let site = site_of(resource);
        let sites = self.sites.get(organization).map(Vec::as_slice).unwrap_or_default();
        match sites.iter().find(|known| &***known == site) {
            Some(known) => Ok(known.to_string()),
            None => Err(Mistakes::one("resource", "is no site of this organization")),
        }
    }

    /// Tells an invited person by mail. The one place where that is done.
    async fn notify(
        &self,
        change: &mut Change,
        organization: &Organization,
        account: &Account,
        text: &str,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let subject = format!("{} invited you", organization.name);
        let mut body = format!(
            "{} invited you, {}, to work with them. Sign in there as you are told by whoever you work with; the first time, a \
             code is sent to this mailbox.",
            organization.name, account.email
        );
        if !text.is_empty() {
            body = format!("{body}\n\nThey write:\n\n{text}");
        }
        let id = self.entropy.row_id(now);
        let mail = NewMail::notice(id, account.email.clone(), organization.clone(), subject, body, now);
        change.queue_mail(&mail).await
    }
}

/// What a group is called that an admin may change.
async fn name_of(
    change: &mut Change,
    organization: &OrganizationId,
    group: Uuid,
) -> Result<String, GroupError> {
    if let Some(name) = change.group_name(organization, group).await? {
        return Ok(name);
    }
    let directory = change.directory_of_group(organization, group).await?;
    Err(directory.map_or(GroupError::NoGroup, GroupError::Synced))
}

async fn account_of(
    change: &mut Change,
    organization: &OrganizationId,
    account: Uuid,
) -> Result<Account, GroupError> {
    change.account(organization, account).await?.ok_or(GroupError::NoAccount)
}

fn event(
    actor: &Actor,
    action: AuditAction,
    subject: &str,
    organization: &OrganizationId,
    detail: serde_json::Value,
) -> AuditEvent {
    AuditEvent::new(actor.clone(), action, subject).of(organization).with(detail)
}
