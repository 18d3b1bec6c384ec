//! Explain a receipt: what was decided about a request, by which policy, each question with its answer, and what would have let it
//! pass. It changes nothing.

use crate::domain::decision::Reason;
use crate::domain::explain::{Check, remedy};
use crate::domain::organization::OrganizationId;
use crate::domain::policy::PolicyVersion;
use crate::store::{DecisionFacts, DecisionRow, FormerPolicy, MOST_FORMER, Store, StoreError};
use crate::telemetry::receipt::Receipt;

/// A decision with all that led to it.
#[derive(Debug)]
pub struct Explained {
    /// As it was kept.
    pub row: DecisionRow,
    /// What the reason means, in the words that people are shown.
    pub meaning: &'static str,
    /// What would have let them pass, if they did not.
    pub remedy: Option<&'static str>,
    /// The policy that decided, with its name then, and which of its versions. `None` is the configuration file's, or none.
    pub policy: Option<(String, PolicyVersion)>,
    /// What was asked, in this order; the last one settled it. Nothing where it was about no person's page.
    pub checks: Vec<Check>,
}

/// Explains a receipt, of an organization's site or of anybody's. `None` where nothing of it is kept.
pub async fn explain_receipt(
    store: &Store,
    organization: Option<&OrganizationId>,
    receipt: Receipt,
) -> Result<Option<Explained>, StoreError> {
    let Some(row) = store.decision(receipt).await? else { return Ok(None) };
    if organization.is_some_and(|organization| *organization != row.organization) {
        return Ok(None);
    }
    let reason = Reason::ALL.into_iter().find(|reason| reason.code() == row.reason);
    let (mut checks, mut version) = (Vec::new(), None);
    if let DecisionFacts::Kept(recorded) = &row.facts {
        checks = recorded.explain(row.at).map(|explained| explained.checks).unwrap_or_default();
        version = recorded.policy();
    }
    let policy = match version {
        Some(version) => Some((name(store, &row.organization, version).await?, version)),
        None => None,
    };
    let is_pass = row.decision == "pass";
    Ok(Some(Explained {
        meaning: reason.map_or("This version does not know the reason.", Reason::meaning),
        remedy: reason.filter(|_| !is_pass).and_then(remedy),
        policy,
        checks,
        row,
    }))
}

/// What a policy was called in this version, or is called now.
async fn name(
    store: &Store,
    organization: &OrganizationId,
    version: PolicyVersion,
) -> Result<String, StoreError> {
    let former = store.former_policies(organization, Some(version.policy), MOST_FORMER).await?;
    let is_it = |former: &&FormerPolicy| former.version == version.version;
    if let Some(former) = former.iter().find(is_it) {
        return Ok(former.name.clone());
    }
    let external = store.external_policies(organization).await?;
    if let Some(row) = external.into_iter().find(|row| row.id == version.policy) {
        return Ok(row.name);
    }
    let auth = store.auth_policy(organization, version.policy).await?;
    Ok(auth.map_or_else(|| version.policy.to_string(), |row| row.name.to_string()))
}
