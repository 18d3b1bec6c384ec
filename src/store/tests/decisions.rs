//! What is kept of decisions, and of policies as they were.

use super::*;
use crate::domain::auth_policy::{AuthPolicySettings, PolicyName};
use crate::domain::domain_name::DomainName;
use crate::domain::external_policy::{ExternalPolicy, PolicyKind};
use crate::domain::facts::{Facts, ProofFact, Session};
use crate::domain::group::Invited;
use crate::domain::lane::Lane;
use crate::domain::mode::Mode;
use crate::domain::policy::{ApiTokens, Snapshot};
use crate::domain::recorded::Recorded;
use crate::telemetry::receipt::Receipt;

over_both! {
    a_decision_is_found_by_its_receipt_and_in_the_order_of_time,
    decisions_go_when_they_are_old_or_too_many,
    a_policy_is_remembered_as_it_was_before_each_change,
}

fn decision(number: u64, at_second: u64) -> DecisionRow {
    let organization = only();
    let facts = Facts {
        organization: &organization,
        mode: Mode::Enforce,
        customers_exempt: false,
        lane: Lane::Browser,
        session: Session::Anonymous,
        proof: ProofFact::Absent,
        revoked_at: None,
        enrolled_until: None,
        exempt_until: None,
        api_tokens: ApiTokens::Allow,
        invited: Invited::NotNeeded,
    };
    let recorded = Recorded::of(&Snapshot::default(), &facts);
    DecisionRow {
        receipt: Receipt::new(number << 4),
        organization: only(),
        at: at(at_second),
        site: "jira.test".to_owned(),
        who: Some("jane@ext.test".to_owned()),
        lane: "browser".to_owned(),
        client: "Firefox on Linux".to_owned(),
        decision: "pass".to_owned(),
        reason: "fresh-proof".to_owned(),
        facts: DecisionFacts::Kept(Box::new(recorded)),
    }
}

async fn a_decision_is_found_by_its_receipt_and_in_the_order_of_time(store: Store) {
    let kept = [decision(3, 30), decision(1, 10), decision(2, 10)];
    store.keep_decisions(&kept).await.unwrap();
    assert_eq!(store.decision(kept[0].receipt).await.unwrap().as_ref(), Some(&kept[0]));
    assert_eq!(store.decision(Receipt::new(9 << 4)).await.unwrap(), None);

    let failed = DecisionRow {
        decision: "unavailable".to_owned(),
        reason: "upstream-timeout".to_owned(),
        facts: DecisionFacts::None,
        who: None,
        ..kept[1].clone()
    };
    store.keep_decisions(std::slice::from_ref(&failed)).await.unwrap();
    let found = store.decision(kept[1].receipt).await.unwrap().unwrap();
    assert_eq!((found.reason.as_str(), &found.facts), ("upstream-timeout", &kept[1].facts));

    let nobody = DecisionRow { receipt: Receipt::new(7 << 4), ..failed };
    store.keep_decisions(&[nobody]).await.unwrap();
    let (mut after, mut order) = ((at(0), None), Vec::new());
    while let Some(row) = store.decisions_after(&only(), after, 1).await.unwrap().pop() {
        after = (row.at, Some(row.receipt));
        order.push(row.receipt);
    }
    assert_eq!(order, [1, 2, 3].map(|number| Receipt::new(number << 4)), "and none that is about nobody");
    let about = store.decisions_about(&only(), "jane@ext.test", 2).await.unwrap();
    assert_eq!(about.iter().map(|row| row.at).collect::<Vec<_>>(), [at(30), at(10)]);
    let other = OrganizationId::parse("other").unwrap();
    assert_eq!(store.decisions_after(&other, (at(0), None), 9).await.unwrap(), []);

    let mut transaction = store.connections.begin_write().await.unwrap();
    let newer = "UPDATE decisions SET facts = '{\"newer\":1}'";
    sqlx::query(newer).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let found = store.decision(kept[0].receipt).await.unwrap().unwrap();
    assert_eq!(found.facts, DecisionFacts::Unreadable);
}

async fn decisions_go_when_they_are_old_or_too_many(store: Store) {
    let kept: Vec<_> = (1..=10).map(|number| decision(number, number * 10)).collect();
    store.keep_decisions(&kept).await.unwrap();
    let second = Duration::from_secs(1);
    assert_eq!(store.prune_decisions(second * 1_000, 10, at(100)).await.unwrap(), 0);
    assert_eq!(store.prune_decisions(second * 70, 10, at(100)).await.unwrap(), 2, "those of 10 and 20");
    assert_eq!(store.prune_decisions(second * 1_000, 4, at(100)).await.unwrap(), 3, "one may be over");
    assert_eq!(rows(&store, "decisions").await, 5);
}

async fn a_policy_is_remembered_as_it_was_before_each_change(store: Store) {
    let event = || AuditEvent::new("ada", AuditAction::ExternalPolicyUpdated, "x").of(&only());
    let named = |name: &str| ExternalPolicy {
        kind: PolicyKind::Default,
        name: name.to_owned(),
        settings: None,
        domains: vec![DomainName::parse("ext.test").unwrap()],
        people: vec![email("jane@ext.test")],
    };
    let (id, auth_id) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let auth = AuthPolicyRow {
        id: auth_id,
        organization: only(),
        name: PolicyName::parse("Staff").unwrap(),
        is_default: false,
        is_draft: false,
        settings: AuthPolicySettings::default(),
        version: 1,
        created_at: at(1),
        updated_at: at(1),
        reset_at: None,
    };
    let mut change = store.write().await.unwrap();
    change.insert_external_policy(id, &only(), &named("One"), None, at(1)).await.unwrap();
    change.insert_auth_policy(&auth).await.unwrap();
    change.commit(event(), at(1)).await.unwrap();
    assert_eq!(store.former_policies(&only(), None, 9).await.unwrap(), []);

    let before = store.external_policies(&only()).await.unwrap().remove(0);
    let mut change = store.write().await.unwrap();
    assert!(change.update_external_policy(&before, &named("Two"), at(2)).await.unwrap());
    let renamed = AuthPolicyRow {
        name: PolicyName::parse("All").unwrap(),
        version: 2,
        updated_at: at(3),
        ..auth.clone()
    };
    change.update_auth_policy(&renamed).await.unwrap();
    change.delete_auth_policy(&only(), auth_id, at(4)).await.unwrap();
    change.commit(event(), at(4)).await.unwrap();
    let former = store.former_policies(&only(), None, 9).await.unwrap();
    let said: Vec<_> = former.iter().map(|former| (former.name.as_str(), former.version)).collect();
    assert_eq!(said, [("All", 2), ("Staff", 1), ("One", 1)]);
    let content = FormerContent::External {
        kind: PolicyKind::Default,
        settings: KeptSettings::AsConfigured,
        domains: vec!["ext.test".to_owned()],
        people: vec!["jane@ext.test".to_owned()],
    };
    assert_eq!((&former[2].content, former[2].replaced_at), (&content, at(2)));
    assert_eq!(former[0].content, FormerContent::Authentication(Some(auth.settings)));
    assert_eq!(store.former_policies(&only(), Some(id), 9).await.unwrap().len(), 1);
    let other = OrganizationId::parse("other").unwrap();
    assert_eq!(store.former_policies(&other, None, 9).await.unwrap(), []);
}
