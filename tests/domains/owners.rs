//! Two organizations want one domain: it has one owner at every moment, and neither learns more of the other than that.

use postern::actions::domains::verify::VerifyError;
use postern::actions::import_directory::ImportError;
use postern::domain::owned_domain::{Status, Way};

use super::deeds::{DAY, Deeds, acme, partner};

const CORP: &str = "corp.test";

#[tokio::test]
async fn t156_who_owns_a_domain_keeps_it_as_long_as_its_line_is_published() {
    let deeds = Deeds::start().await;
    let line = deeds.publish(&acme()).await;
    deeds.verify(&acme()).await.unwrap();
    deeds.domains.add(&partner(), CORP, &"bob".into()).await.unwrap();
    let unproved = deeds.verify(&partner()).await.unwrap_err();
    assert!(
        matches!(unproved, VerifyError::NotFound { .. }),
        "who proves nothing learns nothing: {unproved}"
    );
    assert_eq!(deeds.row(&acme()).await.disputed_at, None);

    deeds.publish(&partner()).await;
    let refused = deeds.verify(&partner()).await.unwrap_err();
    assert!(matches!(refused, VerifyError::Taken(_)), "{refused}");
    assert!(!refused.to_string().contains("acme"), "{refused}");
    assert_eq!(deeds.owner().await, Some(acme()));
    let now = Some(deeds.domains.clock.now());
    assert_eq!((deeds.row(&acme()).await.disputed_at, deeds.row(&partner()).await.disputed_at), (now, now));
    assert_eq!(deeds.log(&acme()).await.last().unwrap(), "domain_verification_failed");
    for event in deeds.domains.store.audit_tail(1).await.unwrap() {
        assert_eq!(event.organization.as_deref(), Some("acme"));
        assert_eq!(event.actor.name, "postern", "not who it was there");
        assert!(!event.detail.contains("partner") && event.detail.contains("disputed"), "{}", event.detail);
    }

    deeds.zone.withdraw(CORP, &line);
    assert!(deeds.verify(&partner()).await.unwrap(), "it was another's");
    assert_eq!(deeds.owner().await, Some(partner()));
    assert_eq!(deeds.status(&acme()).await, Status::Superseded);
    assert_eq!((deeds.row(&acme()).await.disputed_at, deeds.row(&partner()).await.disputed_at), (None, None));
    assert_eq!(deeds.log(&acme()).await.last().unwrap(), "domain_verification_lost");
    let mails = deeds.mails().await;
    assert!(mails.len() == 2 && mails.iter().all(|mail| mail.1.ends_with("corp.test is lost")), "{mails:?}");
    assert_eq!(deeds.log(&partner()).await.last().unwrap(), "domain_verified");

    // Its line alone does not bring it back to who had it, neither by asking nor by the check.
    deeds.zone.publish(CORP, &line);
    assert!(matches!(deeds.verify(&acme()).await, Err(VerifyError::Taken(_))));
    deeds.after(DAY).await;
    assert_eq!(deeds.owner().await, Some(partner()));
    deeds.domains.store.verify_audit_chain().await.unwrap();
}

#[tokio::test]
async fn t156_an_owner_that_nobody_can_ask_about_stays_until_the_grace_period_ends() {
    let deeds = Deeds::start().await;
    let line = deeds.publish(&acme()).await;
    deeds.verify(&acme()).await.unwrap();
    deeds.publish(&partner()).await;
    // The web site is at no address that answers, and DNS says so by failing for addresses alone: the file is out of reach.
    let mut row = deeds.row(&acme()).await;
    row.method = Some(postern::domain::owned_domain::Method::Published(Way::Http));
    let mut change = deeds.domains.store.write().await.unwrap();
    let before = deeds.row(&acme()).await;
    change.update_domain(&before, &row).await.unwrap();
    let event = postern::store::AuditEvent::new("test", postern::store::AuditAction::DomainVerified, CORP);
    change.commit(event, deeds.domains.clock.now()).await.unwrap();
    deeds.zone.fail_for_addresses();
    deeds.zone.withdraw(CORP, &line);
    let refused = deeds.verify(&partner()).await.unwrap_err();
    assert!(matches!(refused, VerifyError::TakenPerhaps(_)), "{refused}");
    assert_eq!(deeds.owner().await, Some(acme()));
    deeds.after(DAY * 7).await;
    assert_eq!(deeds.owner().await, None);
    assert!(!deeds.verify(&partner()).await.unwrap(), "nobody owned it any more");
}

#[tokio::test]
async fn t156_of_two_that_verify_at_once_exactly_one_owns_the_domain() {
    for _ in 0..10 {
        let deeds = Deeds::start().await;
        deeds.publish(&acme()).await;
        deeds.publish(&partner()).await;
        let (one, other) = (acme(), partner());
        let (one, other) = tokio::join!(deeds.verify(&one), deeds.verify(&other));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let owner = if one.is_ok() { acme() } else { partner() };
        assert_eq!(deeds.owner().await, Some(owner));
        let refused = one.and(other).unwrap_err();
        assert!(matches!(refused, VerifyError::Taken(_) | VerifyError::Changed(_)), "{refused}");
    }
}

#[tokio::test]
async fn what_an_operator_vouched_for_is_never_taken_over() {
    let deeds = Deeds::start().await;
    deeds.import(acme()).await.unwrap();
    deeds.publish(&partner()).await;
    let refused = deeds.verify(&partner()).await.unwrap_err();
    assert!(matches!(refused, VerifyError::TakenByImport(_)), "{refused}");
    deeds.after(DAY * 20).await;
    assert!(deeds.verify(&partner()).await.is_err());
    assert_eq!((deeds.owner().await, deeds.status(&acme()).await), (Some(acme()), Status::Verified));
}

#[tokio::test]
async fn an_import_takes_no_domain_from_who_proved_it_and_is_not_stopped_by_who_did_not() {
    let deeds = Deeds::start().await;
    deeds.publish(&acme()).await;
    deeds.import(partner()).await.expect("an attempt owns nothing");
    assert_eq!(deeds.owner().await, Some(partner()));
    deeds.domains.remove(&partner(), CORP, &"bob".into()).await.unwrap();
    deeds.verify(&acme()).await.unwrap();
    let refused = deeds.import(partner()).await.unwrap_err();
    assert!(matches!(refused, ImportError::Taken { .. }), "{refused}");
    assert_eq!(deeds.owner().await, Some(acme()));
}

#[tokio::test]
async fn t143_what_one_organization_published_is_worth_nothing_for_another() {
    let deeds = Deeds::start().await;
    deeds.publish(&acme()).await;
    deeds.domains.add(&partner(), CORP, &"bob".into()).await.unwrap();
    assert!(matches!(deeds.verify(&partner()).await, Err(VerifyError::NotFound { .. })));
    // Even with the very nonce: who can write rows must not gain a domain by it.
    let (theirs, mine) = (deeds.row(&acme()).await, deeds.row(&partner()).await);
    let mut change = deeds.domains.store.write().await.unwrap();
    let mut copied = mine.clone();
    copied.nonce = theirs.nonce;
    assert!(change.update_domain(&mine, &copied).await.unwrap());
    let event = postern::store::AuditEvent::new("test", postern::store::AuditAction::DomainAdded, CORP);
    change.commit(event, deeds.domains.clock.now()).await.unwrap();
    assert!(matches!(deeds.verify(&partner()).await, Err(VerifyError::NotFound { .. })));
    assert_eq!(deeds.owner().await, None);
}

#[tokio::test]
async fn a_domain_is_removed_by_its_organization_alone() {
    let deeds = Deeds::start().await;
    deeds.publish(&acme()).await;
    deeds.verify(&acme()).await.unwrap();
    let refused = deeds.domains.remove(&partner(), CORP, &"bob".into()).await.unwrap_err();
    assert_eq!(refused.to_string(), "corp.test is no domain of this organization");
    assert_eq!(deeds.owner().await, Some(acme()));
    assert!(deeds.domains.remove(&acme(), CORP, &"ada".into()).await.unwrap().was_owned);
    assert_eq!(deeds.owner().await, None);
    assert_eq!(deeds.log(&acme()).await.last().unwrap(), "domain_removed");
    deeds.publish(&partner()).await;
    assert!(!deeds.verify(&partner()).await.unwrap());
}
