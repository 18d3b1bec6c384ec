//! Make, change and delete external user policies.
//!
//! A reset outlives the policy that it was made in. People who come to another policy by a change take the newest reset of where
//! they were along: otherwise deleting a policy would make verifications good that somebody had declared void.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{ExternalPolicies, Which};
use crate::domain::actor::Actor;
use crate::domain::email::EmailAddress;
use crate::domain::external_policy::{ExternalPolicy, MOST_POLICIES, PolicyDraft, PolicyKind};
use crate::domain::mistake::{Mistake, Mistakes};
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, Change, ExternalPolicyRow, KeptSettings, StoreError};

/// Why a policy was not made, changed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// What is wrong with the draft.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
    /// The organization has no such policy.
    #[error("there is no such policy")]
    Unknown,
    /// Somebody else changed it since it was read.
    #[error("the policy was changed meanwhile: read it again")]
    Changed,
    /// No former version is kept, or none that is another one.
    #[error("there is nothing to undo: no former version of the policy is kept that is another one")]
    NoFormer,
    /// There are as many as there may be.
    #[error("there are {MOST_POLICIES} policies already, and no more are kept")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExternalPolicies {
    /// Makes a policy for some mail domains.
    pub async fn create(
        &self,
        organization: &OrganizationId,
        draft: &PolicyDraft,
        actor: &Actor,
    ) -> Result<ExternalPolicyRow, KeepError> {
        let new = draft.read(PolicyKind::Named)?;
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let all = change.external_policies(organization).await?;
        if all.len() >= MOST_POLICIES {
            return Err(KeepError::TooMany);
        }
        self.insert(change, organization, &all, &new, actor, now).await
    }

    /// Changes a policy as a whole; the test policy is made by its first change. `version` is that of the policy as it was
    /// read, 0 where it was not there yet; without one the change is made whatever it is now.
    pub async fn update(
        &self,
        organization: &OrganizationId,
        which: Which,
        draft: &PolicyDraft,
        version: Option<i64>,
        actor: &Actor,
    ) -> Result<ExternalPolicyRow, KeepError> {
        let after = draft.read(which.kind())?;
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let all = change.external_policies(organization).await?;
        let before = which.of(&all);
        check_version(before, version)?;
        let before = match (before, which) {
            (Some(before), _) => before.clone(),
            (None, Which::Named(_)) => return Err(KeepError::Unknown),
            (None, _) => return self.insert(change, organization, &all, &after, actor, now).await,
        };
        check_conflicts(&all, Some(&before), &after)?;
        let mut event = event(AuditAction::ExternalPolicyUpdated, actor, organization, &after);
        event.detail["before"] =
            said(&before.name, settings_said(before.settings), &before.domains, &before.people);
        if !change.update_external_policy(&before, &after, now).await? {
            return Err(KeepError::Changed);
        }
        let came = after.domains.iter().any(|domain| !before.domains.contains(domain));
        let left = before.domains.iter().any(|domain| !after.domains.contains(domain));
        let default_reset = reset_of_default(&all);
        if let Some(until) = default_reset.filter(|_| came) {
            change.reset_external_policy(&before, until, now).await?;
        }
        if let Some(until) = before.reset_at.filter(|_| left) {
            self.reset_default(&mut change, organization, &all, until, now).await?;
        }
        carry_people(&mut change, organization, &all, &before.people, &after.people, now).await?;
        change.commit(event, now).await?;
        self.kept(organization, |row| row.id == before.id).await
    }

    /// Deletes a policy; its people go by the others from then on. The default policy then asks what the configuration file
    /// does.
    pub async fn delete(
        &self,
        organization: &OrganizationId,
        which: Which,
        version: Option<i64>,
        actor: &Actor,
    ) -> Result<(), KeepError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let all = change.external_policies(organization).await?;
        let before = which.of(&all).ok_or(KeepError::Unknown)?;
        check_version(Some(before), version)?;
        let gone = ExternalPolicy {
            kind: before.kind,
            name: before.name.clone(),
            settings: None,
            domains: Vec::new(),
            people: Vec::new(),
        };
        let is_done = match which {
            // Only its settings go: who was reset stays so.
            Which::Default => change.update_external_policy(before, &gone, now).await?,
            Which::Test | Which::Named(_) => change.delete_external_policy(before, now).await?,
        };
        if !is_done {
            return Err(KeepError::Changed);
        }
        if let Some(until) = before.reset_at.filter(|_| !before.domains.is_empty()) {
            self.reset_default(&mut change, organization, &all, until, now).await?;
        }
        carry_people(&mut change, organization, &all, &before.people, &[], now).await?;
        let said = said(&before.name, settings_said(before.settings), &before.domains, &before.people);
        let event = AuditEvent::new(actor.clone(), AuditAction::ExternalPolicyDeleted, before.name.as_str());
        change.commit(event.of(organization).with(json!({ "before": said })), now).await?;
        Ok(())
    }

    async fn insert(
        &self,
        mut change: Change,
        organization: &OrganizationId,
        all: &[ExternalPolicyRow],
        new: &ExternalPolicy,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<ExternalPolicyRow, KeepError> {
        check_conflicts(all, None, new)?;
        let id = self.entropy.row_id(now);
        let reset_at = reset_of_default(all).filter(|_| !new.domains.is_empty());
        change.insert_external_policy(id, organization, new, reset_at, now).await?;
        carry_people(&mut change, organization, all, &[], &new.people, now).await?;
        let event = event(AuditAction::ExternalPolicyCreated, actor, organization, new);
        change.commit(event, now).await?;
        self.kept(organization, |row| row.id == id).await
    }

    /// Resets everybody of the default policy, also where it has no row yet.
    pub(super) async fn reset_default(
        &self,
        change: &mut Change,
        organization: &OrganizationId,
        all: &[ExternalPolicyRow],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if let Some(default) = Which::Default.of(all) {
            return change.reset_external_policy(default, until, now).await;
        }
        let default = ExternalPolicy {
            kind: PolicyKind::Default,
            name: PolicyKind::Default.fixed_name().unwrap_or_default().to_owned(),
            settings: None,
            domains: Vec::new(),
            people: Vec::new(),
        };
        let id = self.entropy.row_id(now);
        change.insert_external_policy(id, organization, &default, Some(until), now).await
    }

    async fn kept(
        &self,
        organization: &OrganizationId,
        is_it: impl Fn(&ExternalPolicyRow) -> bool,
    ) -> Result<ExternalPolicyRow, KeepError> {
        let rows = self.store.external_policies(organization).await?;
        rows.into_iter().find(is_it).ok_or(KeepError::Changed)
    }
}

/// When everybody of the default policy was last reset.
fn reset_of_default(all: &[ExternalPolicyRow]) -> Option<Timestamp> {
    Which::Default.of(all).and_then(|default| default.reset_at)
}

/// Who comes to the test policy, or leaves it, takes the newest reset of any policy along: it is not looked up where they were.
async fn carry_people(
    change: &mut Change,
    organization: &OrganizationId,
    all: &[ExternalPolicyRow],
    before: &[EmailAddress],
    after: &[EmailAddress],
    now: Timestamp,
) -> Result<(), StoreError> {
    let moved = before.iter().filter(|email| !after.contains(email));
    let moved = moved.chain(after.iter().filter(|email| !before.contains(email)));
    let moved: Vec<EmailAddress> = moved.cloned().collect();
    match all.iter().filter_map(|row| row.reset_at).max() {
        Some(until) if !moved.is_empty() => change.reset_people(organization, &moved, until, now).await,
        _ => Ok(()),
    }
}

fn check_version(before: Option<&ExternalPolicyRow>, version: Option<i64>) -> Result<(), KeepError> {
    let now = before.map_or(0, |row| row.version);
    if version.is_none_or(|version| version == now) { Ok(()) } else { Err(KeepError::Changed) }
}

/// A name and a domain belong to one policy each, and a domain must be removed from the one before it is added to another.
fn check_conflicts(
    all: &[ExternalPolicyRow],
    before: Option<&ExternalPolicyRow>,
    after: &ExternalPolicy,
) -> Result<(), Mistakes> {
    let others = || all.iter().filter(|row| before.is_none_or(|before| before.id != row.id));
    let mut mistakes = Vec::new();
    if others().any(|row| row.name == after.name) {
        mistakes.push(Mistake::new("name", "is what another policy is called"));
    }
    for domain in &after.domains {
        if let Some(other) = others().find(|row| row.domains.contains(domain)) {
            let said = format!(
                "has {domain}, which is in the policy {} and must be removed there first",
                other.name
            );
            mistakes.push(Mistake::new("domains", said));
        }
    }
    Mistakes::or(mistakes, ())
}

fn event(
    action: AuditAction,
    actor: &Actor,
    organization: &OrganizationId,
    policy: &ExternalPolicy,
) -> AuditEvent {
    let settings = policy.settings.map_or(KeptSettings::AsConfigured, KeptSettings::Own);
    let said = said(&policy.name, settings_said(settings), &policy.domains, &policy.people);
    let event = AuditEvent::new(actor.clone(), action, policy.name.as_str()).of(organization);
    event.with(json!({ "after": said }))
}

fn said(
    name: &str,
    settings: Value,
    domains: &[crate::domain::domain_name::DomainName],
    people: &[EmailAddress],
) -> Value {
    let domains: Vec<&str> = domains.iter().map(|domain| domain.as_str()).collect();
    let people: Vec<&str> = people.iter().map(EmailAddress::as_str).collect();
    json!({ "name": name, "settings": settings, "domains": domains, "people": people })
}

fn settings_said(settings: KeptSettings) -> Value {
    match settings {
        KeptSettings::AsConfigured => json!("as configured"),
        KeptSettings::Unreadable => json!("unreadable"),
        KeptSettings::Own(settings) => settings.to_json(),
    }
}
