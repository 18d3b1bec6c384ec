//! Forecast: what the policies of now, or another one in place of one of them, would have done to the requests that were recorded.
//! It changes nothing.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::domain::auth_policy::FieldError;
use crate::domain::external_policy::{OrganizationPolicies, PolicyKind, PolicySettings};
use crate::domain::forecast::{Forecast, Past};
use crate::domain::member::AuthPolicy;
use crate::domain::mistake::Mistakes;
use crate::domain::organization::OrganizationId;
use crate::domain::policy::{ExternalUserPolicy, Snapshot};
use crate::store::{DecisionFacts, Store, StoreError};

/// How many decisions are read at once.
const PAGE: u32 = 2_000;

/// Whose requests are decided again, and which of them.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// Whose sites they were made at.
    pub organization: &'a OrganizationId,
    /// What external people are asked where the organization says nothing else.
    pub configured: &'a ExternalUserPolicy,
    /// Whether a verification counts at all sites of the organization.
    pub has_home: bool,
    /// Since when.
    pub since: Timestamp,
}

/// A policy that is tried.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'a> {
    /// Which it takes the place of; `None` is the default external user policy, whether it has an id or not.
    pub policy: Option<Uuid>,
    /// What is another setting in it, by the names of the API.
    pub settings: &'a Value,
}

/// What was forecast.
#[derive(Debug)]
pub struct Forecasts {
    /// By the policies of now.
    pub now: Forecast,
    /// With the trial in place.
    pub trial: Option<Forecast>,
    /// Of how many decisions it is not known what they were made by.
    pub unreadable: u64,
}

/// Why nothing was forecast.
#[derive(Debug, thiserror::Error)]
pub enum ForecastError {
    /// The organization has no such policy.
    #[error("there is no such policy")]
    Unknown,
    /// Settings that cannot be tried.
    #[error(transparent)]
    External(#[from] Mistakes),
    /// The same of an authentication policy.
    #[error("{}", in_lines(.0))]
    Authentication(Vec<FieldError>),
    /// What the policy asks now cannot be read, so nobody knows what the others of its settings are.
    #[error("the policy cannot be read by this version")]
    Unreadable,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Decides what was recorded again.
pub async fn forecast(
    store: &Store,
    scope: &Scope<'_>,
    trial: Option<&Trial<'_>>,
) -> Result<Forecasts, ForecastError> {
    let now = snapshot(store, scope, None).await?;
    let tried = match trial {
        Some(trial) => Some(snapshot(store, scope, Some(trial)).await?),
        None => None,
    };
    let mut forecasts =
        Forecasts { now: Forecast::default(), trial: tried.is_some().then(Forecast::default), unreadable: 0 };
    let mut after = (scope.since, None);
    loop {
        let rows = store.decisions_after(scope.organization, after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(forecasts) };
        after = (last.at, Some(last.receipt));
        for row in &rows {
            let DecisionFacts::Kept(recorded) = &row.facts else {
                forecasts.unreadable += 1;
                continue;
            };
            let (at, who, client) = (row.at, row.who.as_deref(), row.client.as_str());
            let place = if scope.has_home { "" } else { row.site.as_str() };
            let past = Past { at, place, who, client, recorded };
            forecasts.now.take(&past, &now);
            if let (Some(forecast), Some(tried)) = (&mut forecasts.trial, &tried) {
                forecast.take(&past, tried);
            }
        }
    }
}

/// What is in force for one organization, with a trial in place.
async fn snapshot(
    store: &Store,
    scope: &Scope<'_>,
    trial: Option<&Trial<'_>>,
) -> Result<Snapshot, ForecastError> {
    let mut snapshot = Snapshot { external: *scope.configured, ..Snapshot::default() };
    snapshot.verified_domains = store.verified_domains().await?.into_iter().collect();
    let (external, is_external) = external(store, scope, trial).await?;
    snapshot.policies.insert(scope.organization.clone(), external);
    let mut is_known = trial.is_none() || is_external;
    for row in store.auth_policies_in_force().await? {
        if row.organization != *scope.organization {
            continue;
        }
        let mut settings = row.settings;
        if let Some(trial) = trial.filter(|trial| trial.policy == Some(row.id)) {
            let before = settings.ok_or(ForecastError::Unreadable)?;
            settings = Some(before.with(trial.settings).map_err(ForecastError::Authentication)?);
            is_known = true;
        }
        let policy = AuthPolicy { settings: settings.map(Arc::new), reset_at: row.reset_at, version: None };
        snapshot.auth.add(row.id, row.organization, row.is_default, policy);
    }
    if is_known { Ok(snapshot) } else { Err(ForecastError::Unknown) }
}

/// The external user policies, and whether one of them is the one that is tried.
async fn external(
    store: &Store,
    scope: &Scope<'_>,
    trial: Option<&Trial<'_>>,
) -> Result<(OrganizationPolicies, bool), ForecastError> {
    let mut policies = OrganizationPolicies::default();
    let mut is_known = false;
    let tries = |trial: &&Trial<'_>, id: Option<Uuid>, kind: PolicyKind| {
        trial.policy.map_or(kind == PolicyKind::Default, |policy| id == Some(policy))
    };
    let rows = store.external_policies(scope.organization).await?;
    for row in &rows {
        let mut policy = row.policy();
        if let Some(trial) = trial.filter(|trial| tries(trial, Some(row.id), row.kind)) {
            policy = Some(tried(&policy.unwrap_or(*scope.configured), row.reset_at, trial)?);
            is_known = true;
        }
        match policy {
            Some(policy) => policies.add(row.kind, policy, row.domains.clone(), row.people.clone()),
            None => policies.reset_default(row.reset_at),
        }
    }
    if !is_known && let Some(trial) = trial.filter(|trial| tries(trial, None, PolicyKind::Default)) {
        let policy = tried(scope.configured, None, trial)?;
        policies.add(PolicyKind::Default, policy, Vec::new(), Vec::new());
        is_known = true;
    }
    Ok((policies, is_known))
}

fn tried(
    before: &ExternalUserPolicy,
    reset_at: Option<Timestamp>,
    trial: &Trial<'_>,
) -> Result<ExternalUserPolicy, ForecastError> {
    let before = PolicySettings::of(before).ok_or(ForecastError::Unreadable)?;
    Ok(before.with(trial.settings)?.policy(reset_at))
}

fn in_lines(errors: &[FieldError]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("; ")
}
