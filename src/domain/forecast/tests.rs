//! What is forecast is what people and programs would have met.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::super::auth_policy::AuthPolicySettings;
use super::super::domain_name::DomainName;
use super::super::email::EmailAddress;
use super::super::facts::{Facts, Person};
use super::super::group::Invited;
use super::super::lane::Lane;
use super::super::lifecycle::{Claim, Standing};
use super::super::member::AuthPolicy;
use super::super::mode::Mode;
use super::super::organization::OrganizationId;
use super::super::policy::{ApiTokens, ExternalUserPolicy};
use super::*;

const HOUR: i64 = 3_600;

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + hours * HOUR).unwrap()
}

fn recorded(address: &str, lane: Lane) -> Recorded {
    let (acme, email) = (OrganizationId::only(), EmailAddress::parse(address).unwrap());
    let person = Person {
        email: Some(&email),
        claim: if address.ends_with("acme.test") { Claim::InForce } else { Claim::None },
        standing: Standing::Active,
        ends_at: None,
        is_customer: false,
        policy: None,
        member: None,
        address_changed: false,
    };
    let facts = Facts {
        organization: &acme,
        mode: Mode::Report,
        lane,
        customers_exempt: false,
        session: Session::Person(person),
        proof: ProofFact::Absent,
        revoked_at: None,
        enrolled_until: None,
        exempt_until: None,
        api_tokens: ApiTokens::Allow,
        invited: Invited::NotNeeded,
    };
    Recorded::of(&Snapshot::default(), &facts)
}

fn every(hours: u64) -> Snapshot {
    let frequency = Duration::from_secs(hours * HOUR.unsigned_abs());
    Snapshot { external: ExternalUserPolicy { frequency, ..Default::default() }, ..Default::default() }
}

fn forecast(snapshot: &Snapshot, past: &[(i64, &str, &str, Lane)]) -> Forecast {
    let mut forecast = Forecast::default();
    for (hours, who, client, lane) in past {
        let recorded = recorded(who, *lane);
        let past = Past { at: at(*hours), place: "jira.test", who: Some(who), client, recorded: &recorded };
        forecast.take(&past, snapshot);
    }
    forecast
}

#[test]
fn a_person_is_asked_once_in_each_browser_and_again_when_it_counts_no_more() {
    let jane = "jane@ext.test";
    let week: Vec<_> = (0..7 * 24).map(|hour| (hour, jane, "Firefox on Linux", Lane::Browser)).collect();
    assert_eq!(forecast(&every(24 * 7), &week).people[jane].codes, 1);
    assert_eq!(forecast(&every(24), &week).people[jane].codes, 7);
    let mut both = week.clone();
    both.push((170, jane, "Safari on iPhone", Lane::Background));
    let forecast = forecast(&every(24 * 30), &both);
    assert_eq!((forecast.people[jane].codes, forecast.requests), (2, 169));
    assert!(forecast.programs.is_empty());
}

#[test]
fn a_program_is_turned_away_each_time_and_nobody_types_a_code_for_it() {
    let bot = "bot@ext.test";
    let past: Vec<_> = (0..5).map(|hour| (hour, bot, "python-requests", Lane::Background)).collect();
    let found = forecast(&every(24), &past);
    assert_eq!(found.programs["python-requests"].requests["no-proof"], 5);
    assert_eq!(found.people[bot], Burden::default());
    let mut blocked = every(24);
    blocked.external.api_tokens = ApiTokens::Block;
    let policies = blocked.policies.entry(OrganizationId::only()).or_default();
    policies.add(super::super::external_policy::PolicyKind::Default, blocked.external, vec![], vec![]);
    let found = forecast(&blocked, &[(0, bot, "curl", Lane::Api)]);
    assert_eq!(found.programs["curl"].requests["token-blocked"], 1);
    assert_eq!(found.people[bot].refused["token-blocked"], 1);
}

#[test]
fn a_member_signs_in_again_when_their_session_would_be_over() {
    let mia = "mia@acme.test";
    let mut snapshot = every(24);
    snapshot.verified_domains.insert(DomainName::parse("acme.test").unwrap(), OrganizationId::only());
    let settings =
        json!({ "sessionExpirationMinutes": 600, "twoStepVerification": { "requirement": "required" } });
    let settings = AuthPolicySettings::default().with(&settings).unwrap();
    let policy = AuthPolicy { settings: Some(Arc::new(settings)), reset_at: None, version: None };
    snapshot.auth.add(Uuid::nil(), OrganizationId::only(), true, policy);
    let past: Vec<_> = (0..24).map(|hour| (hour, mia, "Chrome on Windows", Lane::Browser)).collect();
    assert_eq!(forecast(&every(1), &past).people[mia].codes, 24, "nobody is managed without the domain");
    let met = &forecast(&snapshot, &past).people[mia];
    assert_eq!((met.sign_ins, met.codes), (2, 3), "after ten hours each, and a code in each session");
}

#[test]
fn what_changes_for_somebody_has_one_name() {
    let burden = |codes, refused: bool| {
        let refused = refused.then_some(("not-invited", 1)).into_iter().collect();
        Burden { codes, sign_ins: 0, refused }
    };
    for (before, after, expected) in [
        (burden(0, false), burden(0, false), None),
        (burden(0, false), burden(2, false), Some(Change::NewlyAsked)),
        (burden(2, false), burden(0, false), Some(Change::Freed)),
        (burden(1, false), burden(2, false), Some(Change::MoreOften)),
        (burden(2, false), burden(1, false), Some(Change::LessOften)),
        (burden(2, false), burden(0, true), Some(Change::NewlyRefused)),
        (burden(2, true), burden(0, false), Some(Change::NoLongerRefused)),
        (burden(2, true), burden(2, true), None),
    ] {
        assert_eq!(Change::of(&before, &after), expected, "{before:?} {after:?}");
    }
}
