//! Undo a change of an external user policy: what it was before is written once more, as a change like any other.

use uuid::Uuid;

use super::keep::KeepError;
use super::{ExternalPolicies, Which};
use crate::domain::actor::Actor;
use crate::domain::external_policy::{PolicyDraft, PolicyKind, PolicySettings};
use crate::domain::organization::OrganizationId;
use crate::store::{ExternalPolicyRow, FormerContent, FormerPolicy, KeptSettings, MOST_FORMER};

impl ExternalPolicies {
    /// Makes a policy what it was: before its last change that made a difference, or in a version of it. One that was deleted is
    /// made again. Undoing twice puts back what was undone.
    pub async fn undo(
        &self,
        organization: &OrganizationId,
        policy: Uuid,
        to: Option<i64>,
        actor: &Actor,
    ) -> Result<ExternalPolicyRow, KeepError> {
        let rows = self.store.external_policies(organization).await?;
        let now = rows.iter().find(|row| row.id == policy);
        let is_wanted = |former: &FormerPolicy, draft: &PolicyDraft| match to {
            Some(version) => former.version == version,
            None => now.and_then(draft_of).as_ref() != Some(draft),
        };
        let former = self.store.former_policies(organization, Some(policy), MOST_FORMER).await?;
        let (kind, draft) = former
            .iter()
            .filter_map(|former| former_draft(former).filter(|(_, draft)| is_wanted(former, draft)))
            .next()
            .ok_or(KeepError::NoFormer)?;
        let which = match kind {
            PolicyKind::Default => Which::Default,
            PolicyKind::Test => Which::Test,
            PolicyKind::Named if now.is_none() => return self.create(organization, &draft, actor).await,
            PolicyKind::Named => Which::Named(policy),
        };
        self.update(organization, which, &draft, now.map(|row| row.version), actor).await
    }
}

/// What would make a policy as it was; `None` where that cannot be read.
fn former_draft(former: &FormerPolicy) -> Option<(PolicyKind, PolicyDraft)> {
    let FormerContent::External { kind, settings, domains, people } = &former.content else { return None };
    let (name, domains, people) = (former.name.clone(), domains.clone(), people.clone());
    let settings = own(*settings)?;
    Some((*kind, PolicyDraft { name, settings, domains, people }))
}

fn draft_of(row: &ExternalPolicyRow) -> Option<PolicyDraft> {
    Some(PolicyDraft {
        name: row.name.clone(),
        settings: own(row.settings)?,
        domains: row.domains.iter().map(ToString::to_string).collect(),
        people: row.people.iter().map(ToString::to_string).collect(),
    })
}

fn own(settings: KeptSettings) -> Option<Option<PolicySettings>> {
    match settings {
        KeptSettings::AsConfigured => Some(None),
        KeptSettings::Own(settings) => Some(Some(settings)),
        KeptSettings::Unreadable => None,
    }
}
