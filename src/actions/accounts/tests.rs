//! The terms of people from outside, who is told of their end, and the mail that asks to verify an address; over both databases.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::terms::TermsEdit;
use super::*;
use crate::domain::actor::Actor;
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::lifecycle::{Claim, Step};
use crate::domain::look::Look;
use crate::domain::organization::{ExportLinks, Home, Office, Organization};
use crate::store::tests::{empty_database, fresh, fresh_in, over_both};
use crate::store::{AccountFilter, AuditAction, AuditEvent, Letter, NewAccount};

over_both! {
    terms_are_of_people_from_outside_and_their_sponsor_is_of_the_organization,
    the_sponsor_is_told_of_an_end_twice_and_once_each_by_however_many_gateways,
    of_an_end_whose_sponsor_is_gone_the_admins_are_told,
    an_address_that_an_admin_gave_is_to_be_proved_and_the_mail_goes_rarely,
}

const DAY: Duration = Duration::from_secs(86_400);
const JANE: &str = "jane@ext.test";
const LIAM: &str = "liam@acme.test";
const MIA: &str = "mia@acme.test";

fn acme() -> OrganizationId {
    OrganizationId::parse("acme").unwrap()
}

fn ada() -> Actor {
    Actor::from("ada")
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn terms<'a>(sponsor: &'a str, ends_on: &'a str) -> TermsEdit<'a> {
    TermsEdit { sponsor: Some(Some(sponsor)), ends_on: Some(Some(ends_on)) }
}

/// Acme owns acme.test; Liam and Mia are managed, Jane is external. It is 2027-01-15T08:00:00Z.
async fn office(store: Store) -> Accounts {
    let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
    let organization =
        Arc::new(Organization { id: acme(), name: "Acme".into(), contact: None, look: Look::default() });
    let admins = vec![email("ada@acme.test"), email("bob@acme.test")];
    let office = Office { organization, admins, export_links: ExportLinks::SignIn, home: Home::None };
    let (now, mut change) = (clock.now(), store.write().await.unwrap());
    let domain = DomainName::parse("acme.test").unwrap();
    assert_eq!(change.upsert_domains(&acme(), &[domain], now).await.unwrap(), None);
    let person = |address, claimed| NewAccount {
        email: email(address),
        username: None,
        name: None,
        claimed,
        user_keys: Vec::new(),
    };
    let people = [person(JANE, false), person(LIAM, true), person(MIA, true)];
    change.upsert_accounts(&acme(), &people, now).await.unwrap();
    change.commit(AuditEvent::new("operator", AuditAction::DirectoryImported, "test"), now).await.unwrap();
    let sites = HashMap::from([(acme(), vec!["jira.acme.test".into()])]);
    let letterhead = Letterhead { offices: vec![office], base: String::new() };
    Accounts { store, clock, entropy: Entropy::seeded(5), sites, letterhead }
}

async fn account(deeds: &Accounts, address: &str) -> Account {
    let filter = AccountFilter { emails: vec![email(address)], ..AccountFilter::default() };
    deeds.store.list_accounts(&acme(), &filter, None, 1).await.unwrap().accounts.remove(0)
}

/// The mails that wait: to whom, and what about.
async fn mails(deeds: &Accounts) -> Vec<(String, String)> {
    let due = deeds.store.due_mail(deeds.clock.now(), DAY * 30, 100).await.unwrap();
    let told = |letter: Letter| match letter {
        Letter::Notice { subject, .. } => subject,
        Letter::Code { .. } => panic!("{letter:?}"),
    };
    let mut mails: Vec<_> = due.into_iter().map(|mail| (mail.to.to_string(), told(mail.letter))).collect();
    mails.sort();
    mails
}

async fn last_event(deeds: &Accounts) -> (String, Value) {
    let row = deeds.store.audit_tail(1).await.unwrap().remove(0);
    (row.action, serde_json::from_str(&row.detail).unwrap())
}

async fn terms_are_of_people_from_outside_and_their_sponsor_is_of_the_organization(store: Store) {
    let deeds = office(store).await;
    let (jane, liam) = (account(&deeds, JANE).await.id, account(&deeds, LIAM).await.id);
    let set = async |id, edit| deeds.set_terms(&acme(), id, edit, &ada()).await;
    let before = deeds.store.verify_audit_chain().await.unwrap();
    for (edit, fields) in [
        (terms(JANE, "soon"), &["sponsor", "endsOn"][..]),
        (terms("nobody@acme.test", "2027-02-01"), &["sponsor"]),
        (terms("liam", "2027-02-01"), &["sponsor"]),
        (terms(LIAM, "2040-01-01"), &["endsOn"]),
    ] {
        let Err(AccountError::Mistakes(Mistakes(mistakes))) = set(jane, edit).await else {
            panic!("{edit:?}")
        };
        assert_eq!(mistakes.iter().map(|mistake| mistake.field.as_str()).collect::<Vec<_>>(), fields);
    }
    assert!(matches!(set(liam, terms(MIA, "2027-02-01")).await, Err(AccountError::Managed)));
    let partner = OrganizationId::parse("partner").unwrap();
    let theirs = deeds.set_terms(&partner, jane, TermsEdit::default(), &ada()).await;
    assert!(matches!(theirs, Err(AccountError::NotFound)), "T121: {theirs:?}");
    set(jane, TermsEdit::default()).await.unwrap();
    assert_eq!(deeds.store.verify_audit_chain().await.unwrap(), before, "nothing of it was a change");

    let id = liam.to_string();
    let changed = set(jane, terms(&id, "2027-02-01")).await.unwrap();
    let end: Timestamp = "2027-02-02T00:00:00Z".parse().unwrap();
    assert_eq!((changed.sponsor, changed.ends_at), (Some(liam), Some(end)));
    assert_eq!(account(&deeds, JANE).await.remind_at, Some("2027-01-19T00:00:00Z".parse().unwrap()));
    let (action, detail) = last_event(&deeds).await;
    assert_eq!((action.as_str(), &detail["sponsor"]), ("external_user_terms_changed", &id.as_str().into()));
    let entry = deeds.store.changes_after(0, 10).await.unwrap().pop().unwrap();
    let changed = entry.accounts().expect("the gate is told");
    assert_eq!(deeds.store.reread(&changed).await.unwrap().accounts[0].ends_at, Some(end));
    let sponsored = AccountFilter { sponsor: Some(liam), ..AccountFilter::default() };
    let found = deeds.store.list_accounts(&acme(), &sponsored, None, 9).await.unwrap().accounts;
    assert_eq!(found.iter().map(|account| account.id).collect::<Vec<_>>(), [jane]);

    set(jane, TermsEdit { ends_on: Some(None), ..TermsEdit::default() }).await.unwrap();
    let kept = account(&deeds, JANE).await;
    assert_eq!(
        (kept.sponsor, kept.ends_at, kept.remind_at),
        (Some(liam), None, None),
        "what is not named stays"
    );
}

async fn the_sponsor_is_told_of_an_end_twice_and_once_each_by_however_many_gateways(store: Store) {
    let deeds = Arc::new(office(store).await);
    let jane = account(&deeds, JANE).await.id;
    deeds.set_terms(&acme(), jane, terms(LIAM, "2027-02-28"), &ada()).await.unwrap();
    let mut told = Vec::new();
    for _ in 0..50 {
        // Several at once, and each anew as after a restart.
        let mut gateways = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let deeds = Arc::clone(&deeds);
            gateways.spawn(async move { deeds.remind_due().await.unwrap() });
        }
        gateways.join_all().await;
        told.extend(mails(&deeds).await.into_iter().map(|mail| (deeds.clock.now().to_string(), mail)));
        deeds.clock.advance(DAY);
    }
    let of = |day: &str, days| {
        (
            format!("2027-02-{day}T08:00:00Z"),
            (LIAM.to_owned(), format!("The access of {JANE} to Acme ends in {days}")),
        )
    };
    assert_eq!(told, [of("15", "14 days"), of("26", "3 days")]);
    let reminded = deeds.store.audit_tail(200).await.unwrap();
    let reminded = reminded.iter().filter(|row| row.action == "external_user_end_reminded").count();
    assert_eq!(reminded, 2);
}

async fn of_an_end_whose_sponsor_is_gone_the_admins_are_told(store: Store) {
    let deeds = office(store).await;
    let (jane, liam) = (account(&deeds, JANE).await.id, account(&deeds, LIAM).await.id);
    deeds.set_terms(&acme(), jane, terms(LIAM, "2027-01-16T08:00:00Z"), &ada()).await.unwrap();
    deeds.take_step(&acme(), liam, Step::Deactivate, None, &ada()).await.unwrap();
    assert_eq!(deeds.remind_due().await.unwrap(), 1, "at once, as there is no time for more");
    let subject = format!("The access of {JANE} to Acme ends in one day");
    let expected = ["ada@acme.test", "bob@acme.test"].map(|admin| (admin.to_owned(), subject.clone()));
    assert_eq!(mails(&deeds).await, expected);
    assert_eq!(last_event(&deeds).await.1["told"], "admins");

    // Who is kept out anyway, or ended, or was claimed, is nobody's concern.
    deeds.set_terms(&acme(), jane, terms(MIA, "2027-01-17"), &ada()).await.unwrap();
    deeds.suspend(&acme(), jane, false, &ada()).await.unwrap();
    assert_eq!(deeds.remind_due().await.unwrap(), 0);
    deeds.restore(&acme(), jane, &ada()).await.unwrap();
    deeds.clock.advance(DAY * 3);
    assert_eq!(deeds.remind_due().await.unwrap(), 0);
    assert_eq!(mails(&deeds).await, []);
}

async fn an_address_that_an_admin_gave_is_to_be_proved_and_the_mail_goes_rarely(store: Store) {
    let deeds = office(store).await;
    let (jane, liam) = (account(&deeds, JANE).await.id, account(&deeds, LIAM).await.id);
    let resend = async |id| deeds.resend_verification(&acme(), id, &ada()).await;
    assert!(matches!(resend(liam).await, Err(AccountError::Verified)));
    assert!(matches!(resend(jane).await, Err(AccountError::NotManaged)));
    let slip = "liam.hrat@acme.test";
    deeds.set_email(&acme(), liam, slip, &ada()).await.unwrap();
    assert_eq!(mails(&deeds).await, [(slip.to_owned(), "Verify your address at Acme".to_owned())]);
    assert_eq!(last_event(&deeds).await.0, "account_verification_sent");
    let claim = async || {
        let mut claims = HashMap::new();
        deeds.store.each_account(|row| claims.extend([(row.email.to_string(), row.claim)])).await.unwrap();
        claims
    };
    assert_eq!(claim().await[slip], Claim::Unproved, "nobody is managed by an address that nobody proved");
    let locked = deeds.edit_profile(&acme(), liam, &[(Field::Name, "Liam".to_owned())], &ada()).await;
    assert!(matches!(locked, Err(AccountError::Unverified)), "{locked:?}");

    // A slip of the pen is mended by the admin; who was only seen with an address is not moved to another.
    let right = "liam.hart@acme.test";
    deeds.set_email(&acme(), liam, right, &ada()).await.unwrap();
    assert_eq!(mails(&deeds).await[0].0, right);
    let mut change = deeds.store.write().await.unwrap();
    change.see_account(&acme(), &email("seen@acme.test"), false, deeds.clock.now()).await.unwrap();
    change.set_claimed(&acme(), &[email("seen@acme.test")], true, deeds.clock.now()).await.unwrap();
    let event = AuditEvent::new("postern", AuditAction::AccountClaimed, "seen");
    change.commit(event, deeds.clock.now()).await.unwrap();
    let seen = account(&deeds, "seen@acme.test").await.id;
    let moved = deeds.set_email(&acme(), seen, "boss@acme.test", &ada()).await;
    assert!(matches!(moved, Err(AccountError::Unverified)), "{moved:?}");
    resend(seen).await.unwrap();

    let too_often = resend(liam).await;
    let Err(AccountError::TooOften(wait)) = too_often else { panic!("{too_often:?}") };
    assert_eq!(wait, Duration::from_secs(600));
    let mut sent = 1;
    for _ in 0..144 {
        sent += u32::from(resend(liam).await.is_ok());
        deeds.clock.advance(Duration::from_secs(600));
    }
    assert_eq!(sent, 5, "five a day, whoever asks");
    let mut change = deeds.store.write().await.unwrap();
    assert!(change.verify_address(&acme(), &email(right), deeds.clock.now()).await.unwrap());
    let event = AuditEvent::new("postern", AuditAction::ExternalUserVerified, right);
    change.commit(event, deeds.clock.now()).await.unwrap();
    assert_eq!(claim().await[right], Claim::InForce);
    assert_eq!(account(&deeds, right).await.address_set_at, None);
    assert!(matches!(resend(liam).await, Err(AccountError::Verified)));
}
