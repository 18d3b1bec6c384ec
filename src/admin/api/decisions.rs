//! What the gate decided: one decision by its receipt, those about a person, and what other policies would have decided.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::explain_receipt::{Explained, explain_receipt};
use crate::actions::forecast::{ForecastError, Scope, Trial, forecast};
use crate::actions::policy_undo::find_policy;
use crate::domain::external_policy::PolicyKind;
use crate::domain::forecast::{Broken, Burden, Change, Forecast};
use crate::store::{DecisionFacts, DecisionRow};

use super::auth_policies::wrong_fields;
use super::body::Body;
use super::error::{self, ApiError};
use super::explain::{ExplainedCheck, shown};
use super::guard::Caller;
use super::page::Data;
use super::params::{Params, refused};
use super::{Api, Shared};

const DAY: Duration = Duration::from_secs(86_400);
/// As long as decisions are kept at most.
const MOST_DAYS: u32 = 90;
const USUAL_DAYS: u32 = 7;
/// How many people and programs an answer names, those that meet most first.
const MOST_NAMED: usize = 1_000;
/// How many decisions about a person are listed.
const LISTED: u32 = 50;
const MOST_LISTED: u32 = 200;

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    receipt: String,
    at: Timestamp,
    site: String,
    /// Their address, or their login name where none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<String>,
    /// The lane: `browser`, `background`, `websocket`, `api`, `mobile`, `public`, `anonymous` or `own`.
    lane: String,
    /// The family of the program that asked, by its own word.
    client: String,
    /// `pass`, `challenge`, `sign-in`, `deny` or `unavailable`; where that is only reported, `would_challenge` or `would_block`.
    decision: String,
    /// The stable code, as in logs and on pages.
    reason: String,
}

/// A decision with all that led to it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedDecision {
    #[serde(flatten)]
    decision: Decision,
    /// What the reason means, in the words that people are shown.
    meaning: &'static str,
    /// What would have let them pass, if they did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
    /// The policy that decided, where it was no setting of the configuration file.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<DecidingPolicy>,
    /// What was asked, in this order; the last one settled it.
    checks: Vec<ExplainedCheck>,
    /// What it was decided by, as it was kept.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    inputs: Option<Value>,
}

/// A policy that decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecidingPolicy {
    id: Uuid,
    name: String,
    version: i64,
}

/// What is to be forecast.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForecastAsked {
    /// Of how many days up to now, 1 to 90; 7 unless said.
    days: Option<u32>,
    /// The policy that is tried: its id, its name, `default` or `test`.
    policy: Option<String>,
    /// What is another setting in it, by the names of the operations that change it.
    #[schema(value_type = Option<Object>)]
    settings: Option<Value>,
}

/// What was forecast. What a policy only reports counts as done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Forecasted {
    since: Timestamp,
    /// How many recorded requests were decided again.
    requests: u64,
    /// Of how many more it is not known what they were decided by.
    unreadable: u64,
    /// By the policies of now.
    now: Outlook,
    /// With the settings that are tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    then: Option<Outlook>,
    /// For whom that changes something.
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<Vec<Difference>>,
}

/// What people and programs would have met.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outlook {
    /// How many people asked at all.
    people: usize,
    /// How many of them would have been asked for a code, and how often altogether.
    people_asked: usize,
    codes: u64,
    /// How often people would have had to sign in again.
    sign_ins: u64,
    /// How many would have been refused for good.
    people_refused: usize,
    /// Those who would have met anything, most codes first; up to 1000.
    burdened: Vec<Burdened>,
    /// The programs that would have been turned away and cannot answer a page.
    programs: Vec<TurnedAway>,
}

/// What somebody would have met.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Burdened {
    who: String,
    codes: u32,
    sign_ins: u32,
    /// How many recorded requests would have been refused for good, by the reason's code.
    refused: std::collections::BTreeMap<&'static str, u32>,
}

/// A program that would have been turned away.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TurnedAway {
    client: String,
    /// How many recorded requests, by the reason's code.
    requests: std::collections::BTreeMap<&'static str, u32>,
    /// For whom it asked, where that is known.
    people: Vec<String>,
}

/// What changes for somebody.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    who: String,
    /// `newly-refused`, `newly-asked`, `more-often`, `less-often`, `freed` or `no-longer-refused`.
    change: &'static str,
    codes_now: u32,
    codes_then: u32,
    sign_ins_now: u32,
    sign_ins_then: u32,
}

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(list)).routes(routes!(foresee))
}

/// Explain a decision by its receipt
///
/// The receipt stands on the page or in the problem that the person was shown, in the `X-Postern-Receipt` header, and in the
/// access log. Other refusals of programs than the first of a minute, and what is older than `[decisions] keep_for`, are not kept.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/decisions/{receipt}", tag = "decisions", operation_id = "explainDecision",
    security(("api_key" = ["read:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("receipt" = String, Path, description = "The receipt, as the person reads it out"),
    ),
    responses((status = 200, body = Data<ExplainedDecision>), (status = 404, description = "Nothing of it is kept"))
)]
async fn show(
    State(api): Shared,
    caller: Caller,
    Path((_, receipt)): Path<(String, String)>,
) -> Result<Json<Data<ExplainedDecision>>, ApiError> {
    let missing = || ApiError::of(error::NO_DECISION);
    let receipt = receipt.parse().map_err(|_| missing())?;
    let explained = explain_receipt(&api.store, Some(caller.id()), receipt).await?;
    Ok(Json(Data { data: explained_decision(explained.ok_or_else(missing)?) }))
}

/// List the decisions about a person
///
/// The newest first, as far as they are kept.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/decisions", tag = "decisions", operation_id = "listDecisions",
    security(("api_key" = ["read:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("who" = String, Query, description = "The person's address, or their login name where none is known"),
        ("limit" = Option<u32>, Query, description = "How many, 50 unless said, 200 at most"),
    ),
    responses((status = 200, body = Data<Vec<Decision>>), (status = 400, description = "Nobody is named"))
)]
async fn list(
    State(api): Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<Data<Vec<Decision>>>, ApiError> {
    let who = params.one("who").ok_or_else(|| refused("who", "an address, such as jane@partner.example"))?;
    let limit = params.limit("limit", LISTED, MOST_LISTED)?;
    let rows = api.store.decisions_about(caller.id(), who, limit).await?;
    Ok(Json(Data { data: rows.into_iter().map(decision).collect() }))
}

/// Forecast what policies do
///
/// The requests of the last days are decided again: by the policies of now, as if all of them were enforced, and, if a policy and
/// settings are named, with those in place. People count as asked once, until a code counts no more; programs that cannot show a
/// page are named.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/forecast", tag = "decisions", operation_id = "forecastPolicies",
    security(("api_key" = ["read:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = ForecastAsked,
    responses(
        (status = 200, body = Data<Forecasted>),
        (status = 400, description = "The body cannot be read, or settings of an authentication policy are wrong"),
        (status = 404, description = "No such policy"),
        (status = 422, description = "Settings of an external user policy are wrong")
    )
)]
async fn foresee(
    State(api): Shared,
    caller: Caller,
    Body(asked): Body<ForecastAsked>,
) -> Result<Json<Data<Forecasted>>, ApiError> {
    let days = asked.days.unwrap_or(USUAL_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(ApiError::because(error::BAD_BODY, format!("days: expected 1 to {MOST_DAYS}.")));
    }
    let since = api.keys.clock.now().saturating_sub(DAY * days).unwrap_or(Timestamp::MIN);
    let configured = api.directory.snapshot().external;
    let has_home = api.served.load().with_home.contains(caller.id());
    let scope = Scope { organization: caller.id(), configured: &configured, has_home, since };
    let trial = match (&asked.policy, &asked.settings) {
        (None, None) => None,
        (Some(policy), Some(settings)) => {
            let id = find_policy(&api.store, caller.id(), policy).await?;
            // The default policy is there before anybody changed it.
            if id.is_none() && PolicyKind::of(policy) != Some(PolicyKind::Default) {
                return Err(ApiError::of(error::NO_POLICY));
            }
            Some(Trial { policy: id, settings })
        }
        _ => {
            return Err(ApiError::because(
                error::BAD_BODY,
                "policy and settings: expected both, or neither.",
            ));
        }
    };
    let forecasts = forecast(&api.store, &scope, trial.as_ref()).await?;
    let differences = forecasts.trial.as_ref().map(|then| differences(&forecasts.now, then));
    Ok(Json(Data {
        data: Forecasted {
            since,
            requests: forecasts.now.requests,
            unreadable: forecasts.unreadable,
            now: outlook(&forecasts.now),
            then: forecasts.trial.as_ref().map(outlook),
            differences,
        },
    }))
}

fn decision(row: DecisionRow) -> Decision {
    let DecisionRow { receipt, at, site, who, lane, client, decision, reason, .. } = row;
    Decision { receipt: receipt.to_string(), at, site, who, lane, client, decision, reason }
}

fn explained_decision(explained: Explained) -> ExplainedDecision {
    let Explained { row, meaning, remedy, policy, checks } = explained;
    ExplainedDecision {
        meaning,
        remedy,
        policy: policy.map(|(name, version)| DecidingPolicy {
            id: version.policy,
            name,
            version: version.version,
        }),
        checks: checks.into_iter().map(shown).collect(),
        inputs: match &row.facts {
            DecisionFacts::Kept(recorded) => serde_json::to_value(recorded).ok(),
            DecisionFacts::None | DecisionFacts::Unreadable => None,
        },
        decision: decision(row),
    }
}

fn outlook(forecast: &Forecast) -> Outlook {
    let met = |burden: &Burden| *burden != Burden::default();
    let mut burdened: Vec<(&String, &Burden)> =
        forecast.people.iter().filter(|(_, burden)| met(burden)).collect();
    burdened
        .sort_by_key(|(_, burden)| std::cmp::Reverse((burden.refused.len(), burden.codes, burden.sign_ins)));
    let sum = |of: fn(&Burden) -> u32| forecast.people.values().map(|burden| u64::from(of(burden))).sum();
    let count = |of: fn(&Burden) -> bool| forecast.people.values().filter(|burden| of(burden)).count();
    Outlook {
        people: forecast.people.len(),
        people_asked: count(|burden| burden.codes > 0),
        codes: sum(|burden| burden.codes),
        sign_ins: sum(|burden| burden.sign_ins),
        people_refused: count(|burden| !burden.refused.is_empty()),
        burdened: burdened.into_iter().take(MOST_NAMED).map(burdened_by).collect(),
        programs: forecast.programs.iter().take(MOST_NAMED).map(turned_away).collect(),
    }
}

fn burdened_by((who, burden): (&String, &Burden)) -> Burdened {
    let Burden { codes, sign_ins, refused } = burden.clone();
    Burdened { who: who.clone(), codes, sign_ins, refused }
}

fn turned_away((client, broken): (&String, &Broken)) -> TurnedAway {
    let people = broken.people.iter().take(MOST_NAMED).cloned().collect();
    TurnedAway { client: client.clone(), requests: broken.requests.clone(), people }
}

fn differences(now: &Forecast, then: &Forecast) -> Vec<Difference> {
    let changed = now.changes(then).into_iter().take(MOST_NAMED);
    let difference = |(change, who, before, after): (Change, &str, &Burden, &Burden)| Difference {
        who: who.to_owned(),
        change: change.label(),
        codes_now: before.codes,
        codes_then: after.codes,
        sign_ins_now: before.sign_ins,
        sign_ins_then: after.sign_ins,
    };
    changed.map(difference).collect()
}

impl From<ForecastError> for ApiError {
    fn from(error: ForecastError) -> Self {
        match error {
            ForecastError::Unknown => Self::of(error::NO_POLICY),
            ForecastError::External(mistakes) => mistakes.into(),
            ForecastError::Authentication(errors) => wrong_fields(errors, "settings"),
            ForecastError::Unreadable => Self::because(error::CONFLICT, error),
            ForecastError::Store(error) => error.into(),
        }
    }
}
