//! Why a person is let in at a site or not, for the admin whom they call: each question that the gate asks of them, with its
//! answer. It reads what the gate judges by, and judges nobody.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::config::settings::{ExternalAccess, PortalCustomers, Site};
use crate::directory::AccountState;
use crate::domain::auth_policy::SingleSignOn;
use crate::domain::decision::{Decision, Instead};
use crate::domain::email::EmailAddress;
use crate::domain::explain::{Check, Explanation, explain, remedy};
use crate::domain::external_policy::PolicyKind;
use crate::domain::facts::{Facts, Person, ProofFact, Session};
use crate::domain::group::Invited;
use crate::domain::lane::Lane;
use crate::domain::member::{Member, TokenWord};
use crate::domain::method::Method;
use crate::store::{Account, AccountFilter, ExternalPolicyRow};

use super::error::{self, ApiError};
use super::guard::Caller;
use super::page::Data;
use super::params::{Params, refused};
use super::{Api, Shared};

/// What the gate would do with a person, and why.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    email: String,
    site: String,
    /// `pass`, `challenge`, `sign-in`, `deny` or `unavailable`; where that is only reported, `would_challenge`
    /// or `would_block`.
    decision: &'static str,
    /// The stable code, as in logs and on pages.
    reason: &'static str,
    /// What that means, in the words that people are shown.
    meaning: &'static str,
    /// What would let them pass, if they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
    /// The external user policy that they go by, or would if they were external.
    policy: String,
    /// Whether the directory has an account of this address.
    is_known: bool,
    /// When they last verified, in whatever browser. Elsewhere they verify again.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_verified_at: Option<Timestamp>,
    /// What was asked, in this order; the last one settled it.
    checks: Vec<ExplainedCheck>,
    /// At which sites a product says that the person's address is another one, or somebody else's. There they are external.
    contradictions: Vec<String>,
}

/// A question with its answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedCheck {
    /// The question's stable code.
    question: &'static str,
    /// The answer, as a sentence.
    answer: String,
    /// Whether it settled the decision.
    settled: bool,
}

pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Explain what the gate does with a person
///
/// As they ask for a page of the site in the browser in which they verified last; whoever is managed, as if they signed in just
/// now, in the way that their policy wants. What only the product knows (a customer of its
/// portal, an app that signed in) is not asked here.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/explain", tag = "external users", operation_id = "explainPerson",
    security(("api_key" = ["read:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("email" = String, Query, description = "The person's address"),
        ("site" = String, Query, description = "The site's id: its host, and its prefix where it has one"),
    ),
    responses(
        (status = 200, body = Data<Explained>),
        (status = 400, description = "The address cannot be read, or the organization has no such site")
    )
)]
async fn show(State(api): Shared, caller: Caller, params: Params) -> Result<Json<Data<Explained>>, ApiError> {
    let email = EmailAddress::parse(params.one("email").unwrap_or_default());
    let email = email.map_err(|_| refused("email", "an address, such as jane@partner.example"))?;
    let site = site(&api, &caller, params.one("site").unwrap_or_default())?;

    let filter = AccountFilter { emails: vec![email.clone()], ..AccountFilter::default() };
    let account = api.store.list_accounts(caller.id(), &filter, None, 1).await?.accounts.pop();
    let rows = api.store.external_policies(caller.id()).await?;
    let contradictions = contradictions(&api, &caller, &email).await?;

    let is_contradicted = contradictions.contains(&site.id.to_string());
    let explained = of_person(&api, &site, &email, account.as_ref(), is_contradicted);
    let explained = explained.ok_or_else(|| ApiError::of(error::INTERNAL))?;
    let reason = explained.decision.reason();
    Ok(Json(Data {
        data: Explained {
            site: site.id.to_string(),
            decision: word(&explained.decision),
            reason: reason.code(),
            meaning: reason.meaning(),
            remedy: remedy(reason),
            policy: policy_name(&rows, (!is_contradicted).then_some(&email)),
            is_known: account.is_some(),
            last_verified_at: account.and_then(|account| account.last_verified_at),
            checks: explained.checks.into_iter().map(shown).collect(),
            contradictions,
            email: email.to_string(),
        },
    }))
}

/// A site of the organization by its id.
fn site(api: &Api, caller: &Caller, id: &str) -> Result<Arc<Site>, ApiError> {
    let served = api.served.load();
    let ours: Vec<_> = served.sites.iter().filter(|site| site.organization.id == *caller.id()).collect();
    let found = ours.iter().find(|site| *site.id == *id).map(|site| Arc::clone(site));
    found.ok_or_else(|| {
        let known: Vec<_> = ours.iter().map(|site| &*site.id).collect();
        refused("site", &format!("a site of the organization, one of {}", known.join(", ")))
    })
}

/// Where products and directory disagree about whoever has this address.
async fn contradictions(api: &Api, caller: &Caller, email: &EmailAddress) -> Result<Vec<String>, ApiError> {
    let served = api.served.load();
    let is_ours =
        |id: &str| served.sites.iter().any(|site| *site.id == *id && site.organization.id == *caller.id());
    let rows = api.store.contradictions().await?.into_iter();
    let mut sites: Vec<_> = rows
        .filter(|row| row.email.as_ref() == Some(email) && is_ours(&row.site))
        .map(|row| row.site)
        .collect();
    sites.sort_unstable();
    sites.dedup();
    Ok(sites)
}

fn of_person(
    api: &Api,
    site: &Site,
    email: &EmailAddress,
    account: Option<&Account>,
    address_changed: bool,
) -> Option<Explanation> {
    let organization = &site.organization.id;
    let (state, reset_at) = api.directory.account_at(organization, email);
    let AccountState { claim, standing, ends_at, policy, .. } = state;
    let authenticators = api.directory.authenticators_at(email, site);
    let (email, is_customer, now) = (Some(email), false, api.keys.clock.now());
    let snapshot = api.directory.snapshot();
    // As somebody who signs in now, in the way that their policy wants.
    let asked = snapshot.auth.of(organization, policy).settings.as_deref();
    let wanted = asked.map(|asked| &asked.single_sign_on);
    let claims = match wanted {
        Some(SingleSignOn::Claim(claim)) => vec![claim.as_str().into()],
        _ => Vec::new(),
    };
    let issuer = if let Some(SingleSignOn::Issuer(issuer)) = wanted { issuer } else { "" };
    let token = Some(TokenWord { issuer, claims: &claims });
    let member = Some(Member { asked, began_at: now, active_at: now, reset_at: None, token, authenticators });
    let person = Person { email, claim, standing, ends_at, is_customer, policy, member, address_changed };
    let verified_at = account.and_then(|account| account.last_verified_at);
    let facts = Facts {
        organization,
        mode: site.mode,
        lane: Lane::Browser,
        customers_exempt: site.portal_customers == PortalCustomers::Exempt,
        session: Session::Person(person),
        proof: verified_at.map_or(ProofFact::Absent, |at| ProofFact::VerifiedAt(at, Method::MailedCode)),
        revoked_at: reset_at,
        enrolled_until: None,
        exempt_until: api.directory.exempt_until(organization, person.believed_email()),
        api_tokens: site.api.for_external,
        invited: match site.external_access {
            ExternalAccess::Any => Invited::NotNeeded,
            ExternalAccess::Invited => api.directory.invited(organization, &site.id, person.believed_email()),
        },
    };
    explain(&snapshot, &facts, now)
}

/// As `OrganizationPolicies::of` chooses; whoever is not believed goes by the strictest.
fn policy_name(rows: &[ExternalPolicyRow], believed: Option<&EmailAddress>) -> String {
    let Some(email) = believed else { return "the strictest of all".to_owned() };
    let is_for = |row: &&ExternalPolicyRow| match row.kind {
        PolicyKind::Test => row.people.contains(email),
        PolicyKind::Named => row.domains.iter().any(|domain| domain.as_str() == email.domain()),
        PolicyKind::Default => false,
    };
    let mut found: Vec<_> = rows.iter().filter(is_for).collect();
    found.sort_by_key(|row| row.kind != PolicyKind::Test);
    found.first().map_or_else(|| PolicyKind::Default.label().to_owned(), |row| row.name.clone())
}

pub fn shown(check: Check) -> ExplainedCheck {
    ExplainedCheck {
        question: check.question.label(),
        answer: check.answer,
        settled: check.settles.is_some(),
    }
}

fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Pass(permit) => match permit.instead() {
            None => "pass",
            Some(Instead::Challenge) => "would_challenge",
            Some(Instead::Block) => "would_block",
        },
        Decision::Challenge(_) => "challenge",
        Decision::SignIn(_) => "sign-in",
        Decision::Deny(_) => "deny",
        Decision::Unavailable(_) => "unavailable",
    }
}
