//! Members by hand: add up to 20, change the policy of one, and remove one, which is back to the default policy.
//!
//! The old policy is left by the same statement: nobody is ever in two, or in none.

use serde_json::json;
use uuid::Uuid;

use super::Policies;
use crate::domain::actor::Actor;
use crate::domain::email::EmailAddress;
use crate::domain::membership::{AccountKey, MOST_AT_ONCE};
use crate::domain::organization::OrganizationId;
use crate::domain::task::{RowOutcome, RowReason};
use crate::store::{AccountsChanged, AuditAction, AuditEvent, AuthPolicyRow, Change, StoreError};

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberResult {
    /// What was sent.
    pub entry: String,
    /// The account that it names.
    pub account: Option<(Uuid, EmailAddress)>,
    /// What became of it: never `Waiting`.
    pub outcome: RowOutcome,
}

/// Why nobody was added.
#[derive(Debug, thiserror::Error)]
pub enum AddMembersError {
    /// The organization has no such policy.
    #[error("the organization has no such policy")]
    Unknown,
    /// It has no members until it is published.
    #[error("the policy is a draft: publish it first")]
    Draft,
    /// None, or more than can be added by hand.
    #[error("1 to {MOST_AT_ONCE} members can be added at once; a CSV file takes more")]
    Count,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why somebody was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveMemberError {
    /// The organization has no such policy.
    #[error("the organization has no such policy")]
    Unknown,
    /// The policy has no such member.
    #[error("the policy has no such member")]
    NoMember,
    /// There is no policy to go to.
    #[error("members of the default policy cannot be removed from it: add them to another one")]
    IsDefault,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Policies {
    /// Makes accounts members of a policy, each named by address, username or id. Those that can, become members; the result
    /// says of each entry what became of it.
    pub async fn add_members(
        &self,
        organization: &OrganizationId,
        policy: Uuid,
        entries: &[String],
        actor: &Actor,
    ) -> Result<Vec<MemberResult>, AddMembersError> {
        if !(1..=MOST_AT_ONCE).contains(&entries.len()) {
            return Err(AddMembersError::Count);
        }
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let Some(policy) = change.auth_policy(organization, policy).await? else {
            return Err(AddMembersError::Unknown);
        };
        if policy.is_draft {
            return Err(AddMembersError::Draft);
        }
        let (mut results, mut events): (Vec<MemberResult>, Vec<AuditEvent>) = (Vec::new(), Vec::new());
        for entry in entries {
            let mut result = judge(&mut change, &policy, entry).await?;
            if results.iter().any(|earlier| is_same(earlier, &result)) {
                result.outcome = RowOutcome::Repeated;
            }
            if let (RowOutcome::Succeeded, Some((account, _))) = (result.outcome, &result.account) {
                change.set_policy(organization, *account, policy.id, now).await?;
            }
            let email = result.account.as_ref().map(|(_, email)| email.as_str());
            events.extend(member_event(actor, &policy, email.unwrap_or(entry), result.outcome));
            results.push(result);
        }
        let joined = results.iter().filter(|result| result.outcome == RowOutcome::Succeeded);
        let joined: Vec<_> = joined.filter_map(|result| Some(result.account.clone()?.1)).collect();
        if !joined.is_empty() {
            change.log_accounts(&AccountsChanged::at(organization, joined), now).await?;
        }
        // Where nothing was asked for that was not so already, there is nothing to make last.
        if !events.is_empty() {
            change.commit_many(&events, now).await?;
        }
        Ok(results)
    }

    /// Moves a member of a policy to the default one.
    pub async fn remove_member(
        &self,
        organization: &OrganizationId,
        policy: Uuid,
        member: &AccountKey,
        actor: &Actor,
    ) -> Result<(), RemoveMemberError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let Some(policy) = change.auth_policy(organization, policy).await? else {
            return Err(RemoveMemberError::Unknown);
        };
        let found = change.candidate(organization, member).await?;
        let Some(member) = found.filter(|found| found.policy == Some(policy.id)) else {
            return Err(RemoveMemberError::NoMember);
        };
        if policy.is_default {
            return Err(RemoveMemberError::IsDefault);
        }
        let default = change.default_policy(organization, now).await?;
        change.set_policy(organization, member.account, default, now).await?;
        change.log_accounts(&AccountsChanged::at(organization, vec![member.email.clone()]), now).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::UserAddedToAuthPolicy, member.email.as_str());
        let detail = json!({ "policy": default, "was": policy.id });
        Ok(change.commit(event.of(organization).with(detail), now).await?)
    }
}

async fn judge(change: &mut Change, policy: &AuthPolicyRow, entry: &str) -> Result<MemberResult, StoreError> {
    let result = |account, outcome| MemberResult { entry: entry.to_owned(), account, outcome };
    let Some(key) = AccountKey::read(entry) else {
        return Ok(result(None, RowOutcome::Failed(RowReason::Malformed)));
    };
    let Some(found) = change.candidate(&policy.organization, &key).await? else {
        return Ok(result(None, RowOutcome::Failed(RowReason::UnknownAccount)));
    };
    let outcome = match found.standing.refusal() {
        Some(reason) => RowOutcome::Failed(reason),
        None if found.policy == Some(policy.id) => RowOutcome::Unchanged,
        None => RowOutcome::Succeeded,
    };
    Ok(result(Some((found.account, found.email)), outcome))
}

fn is_same(one: &MemberResult, other: &MemberResult) -> bool {
    match (&one.account, &other.account) {
        (Some(one), Some(other)) => one.0 == other.0,
        (None, None) => one.entry == other.entry,
        _ => false,
    }
}

/// What the audit log says of an account that became a member, or could not.
pub(super) fn member_event(
    actor: &Actor,
    policy: &AuthPolicyRow,
    subject: &str,
    outcome: RowOutcome,
) -> Option<AuditEvent> {
    let (action, detail) = match outcome {
        RowOutcome::Succeeded => (AuditAction::UserAddedToAuthPolicy, json!({ "policy": policy.id })),
        RowOutcome::Failed(reason) => {
            (AuditAction::UserAddToAuthPolicyFailed, json!({ "policy": policy.id, "reason": reason.label() }))
        }
        RowOutcome::Waiting | RowOutcome::Unchanged | RowOutcome::Repeated => return None,
    };
    let subject: String = subject.chars().take(255).collect();
    Some(AuditEvent::new(actor.clone(), action, subject).of(&policy.organization).with(detail))
}
