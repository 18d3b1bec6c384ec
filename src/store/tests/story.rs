//! One verification from the first challenge to the sign-out, told over the port alone, so that every adapter can tell it.

use serde_json::json;

use super::*;
use crate::domain::account::Contradiction;
use crate::domain::account::CookieSet;
use crate::domain::domain_name::DomainName;
use crate::domain::enrolment::Enrolment;
use crate::domain::quota::Quota;

over_both! {
    a_verification_from_challenge_to_sign_out,
    a_pin_is_set_once_and_told_once,
    accounts_are_found_by_address_and_usernames_move,
    no_username_or_user_key_passes_for_another_row,
    an_enrolment_lasts_is_replaced_and_ends_and_all_nodes_hear_of_it,
    user_keys_belong_to_one_account_and_follow_the_newest_import,
    an_accepted_address_is_taken_from_everybody_else,
    a_contradiction_is_there_until_it_ends_and_keeps_its_beginning,
    a_quota_says_when_all_limits_allow_again,
    what_is_old_is_forgotten_and_the_audit_log_stays,
}

async fn a_verification_from_challenge_to_sign_out(store: Store) {
    challenge_and_mail(&store).await;
    deliver(&store).await;
    try_and_verify(&store).await;
    sign_out(&store).await;

    let actions: Vec<String> =
        store.audit_tail(10).await.unwrap().into_iter().map(|row| row.action).collect();
    assert_eq!(
        actions,
        [
            "external_user_signed_out",
            "external_user_verified",
            "external_user_code_sent",
            "external_user_challenged",
            "store_created",
        ]
    );
    assert_eq!(store.verify_audit_chain().await.unwrap(), 5);
}

async fn challenge_and_mail(store: &Store) {
    let mut change = store.write().await.unwrap();
    assert_eq!(change.live_challenge(JANE, BROWSER, at(0)).await.unwrap(), None);
    change.spend("mail", &JANE.0, &[Quota::one_per(MINUTE)], at(0)).await.unwrap().unwrap();
    change.open_challenge(&new_challenge(7, at(0))).await.unwrap();
    change.queue_mail(&new_mail(8, 7, at(0))).await.unwrap();
    assert!(change.live_challenge(JANE, BROWSER, at(0)).await.unwrap().is_some());
    assert_eq!(
        store.live_challenge(JANE, BROWSER, at(0)).await.unwrap(),
        None,
        "nobody sees it before the commit"
    );
    change.commit(challenged(), at(0)).await.unwrap();

    let live = store.live_challenge(JANE, BROWSER, at(0)).await.unwrap().unwrap();
    assert_eq!(Some(&live), store.challenge(Uuid::from_u128(7)).await.unwrap().as_ref());
    assert_eq!((live.email.as_str(), live.key_id, live.tries), ("jane@ext.test", 3, 0));
    assert_eq!((live.created_at, live.expires_at, live.ended_at), (at(0), at(600), None));
    assert_eq!(store.live_challenge(JANE, BROWSER, at(600)).await.unwrap(), None, "it lives ten minutes");
    assert_eq!(
        store.live_challenge(JANE, DeviceId([3; 16]), at(0)).await.unwrap(),
        None,
        "in this browser alone"
    );
}

async fn deliver(store: &Store) {
    assert_eq!((store.outbox_depth().await.unwrap(), store.next_mail_due().await.unwrap()), (1, Some(at(0))));
    let mails = store.due_mail(at(1), MINUTE, 10).await.unwrap();
    let [mail] = mails.as_slice() else { panic!("one mail was due, not {mails:?}") };
    assert_eq!((mail.to.as_str(), mail.tries), ("jane@ext.test", 1));
    assert_eq!(
        (&mail.letter, mail.created_at, mail.expires_at),
        (&new_mail(8, 7, at(0)).letter, at(0), at(600)),
        "as it was queued"
    );
    store.finish_mail(mail.id, MailOutcome::Sent, at(2)).await.unwrap();
    assert_eq!(store.mail_state(Uuid::from_u128(7)).await.unwrap(), Some(MailState::Sent { at: at(2) }));
    assert_eq!((store.outbox_depth().await.unwrap(), store.next_mail_due().await.unwrap()), (0, None));
}

async fn try_and_verify(store: &Store) {
    let (id, mut change) = (Uuid::from_u128(7), store.write().await.unwrap());
    assert_eq!(change.count_try(id, 5, at(3)).await.unwrap(), Some(1));
    assert_eq!(change.count_try(id, 5, at(600)).await.unwrap(), None, "expired");
    assert_eq!(change.count_try(Uuid::from_u128(99), 5, at(3)).await.unwrap(), None, "unknown");
    assert!(change.end_challenge(id, ChallengeOutcome::Verified, at(3)).await.unwrap());
    assert!(!change.end_challenge(id, ChallengeOutcome::Verified, at(3)).await.unwrap(), "it succeeds once");
    assert_eq!(change.count_try(id, 5, at(3)).await.unwrap(), None, "ended");
    let verified = AuditEvent::new("jane@ext.test", AuditAction::ExternalUserVerified, "jane@ext.test");
    change.commit(verified, at(3)).await.unwrap();
    let ended = store.challenge(id).await.unwrap().unwrap();
    assert_eq!((ended.tries, ended.ended_at), (1, Some(at(3))));
}

async fn sign_out(store: &Store) {
    let before = store.last_change().await.unwrap();
    let mut change = store.write().await.unwrap();
    change.revoke(FAMILY, at(5)).await.unwrap();
    change.revoke(FAMILY, at(4)).await.unwrap();
    let signed_out = AuditEvent::new("jane@ext.test", AuditAction::ExternalUserSignedOut, "jane@ext.test");
    change.commit(signed_out.with(json!({ "site": "jira.acme.test" })), at(5)).await.unwrap();

    let expected = RevocationRow { family: FAMILY, at: at(5) };
    let mut seen = Vec::new();
    assert_eq!(store.each_revocation(at(0), |row| seen.push(row)).await.unwrap(), 1);
    assert_eq!(seen, [expected], "the later sign-out counts");
    assert_eq!(store.each_revocation(at(6), |_| ()).await.unwrap(), 0);
    let entries = store.changes_after(before, 10).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [before + 1, before + 2]);
    assert_eq!((entries[0].kind, entries[0].revocation()), (ChangeKind::Revocation, Some(expected)));
}

async fn a_pin_is_set_once_and_told_once(store: Store) {
    let pin = |address: Option<&str>| PinRow {
        site: "jira.acme.test".to_owned(),
        user_key: "JIRAUSER1".to_owned(),
        username: "jane".to_owned(),
        email: address.map(email),
        disputed: false,
        accepted: false,
    };
    let mut change = store.write().await.unwrap();
    assert!(change.pin(&pin(Some("jane@ext.test")), at(0)).await.unwrap());
    assert!(
        !change.pin(&pin(Some("boss@acme.test")), at(1)).await.unwrap(),
        "another address does not move it"
    );
    let other = PinRow { site: "wiki.acme.test".to_owned(), ..pin(None) };
    assert!(change.pin(&other, at(1)).await.unwrap());
    change
        .commit(AuditEvent::new("postern", AuditAction::AccountPinned, "jane@ext.test"), at(1))
        .await
        .unwrap();

    let mut seen = Vec::new();
    assert_eq!(store.each_pin(|pin| seen.push(pin)).await.unwrap(), 2);
    assert_eq!(seen, [pin(Some("jane@ext.test")), other.clone()]);
    let told: Vec<_> = store.changes_after(0, 10).await.unwrap().iter().map(ChangeEntry::pin).collect();
    assert_eq!(told, [Some(pin(Some("jane@ext.test"))), Some(other)]);
}

async fn accounts_are_found_by_address_and_usernames_move(store: Store) {
    let account = |address: &str, username: Option<&str>, claimed| NewAccount {
        email: email(address),
        username: username.map(str::to_owned),
        name: None,
        claimed,
        user_keys: Vec::new(),
    };
    let many: Vec<_> = (0..5_100).map(|n| account(&format!("user{n}@acme.test"), None, n % 2 == 0)).collect();
    let mut change = store.write().await.unwrap();
    let domains = ["acme.test", "b.test"].map(|name| DomainName::parse(name).unwrap());
    change.upsert_domains(&only(), &domains, at(0)).await.unwrap();
    change.upsert_accounts(&only(), &many, at(0)).await.unwrap();
    let both = [account("a@b.test", Some("a"), true), account("c@b.test", Some("c"), true)];
    change.upsert_accounts(&only(), &both, at(0)).await.unwrap();
    let swapped = [account("a@b.test", Some("c"), false), account("c@b.test", Some("a"), true)];
    change.upsert_accounts(&only(), &swapped, at(1)).await.unwrap();
    change.upsert_accounts(&only(), &[account("a@b.test", None, true)], at(2)).await.unwrap();
    change.commit(AuditEvent::new("cli", AuditAction::DirectoryImported, "directory"), at(2)).await.unwrap();

    let (mut claimed, mut named) = (0, Vec::new());
    let count = store
        .each_account(|row| {
            claimed += u32::from(row.claim.is_in_force());
            named.extend(row.username.map(|username| (row.email.to_string(), username)));
        })
        .await
        .unwrap();
    named.sort();
    assert_eq!((count, claimed), (5_102, 2_552), "every page is read");
    assert_eq!(named, [("a@b.test".into(), "c".into()), ("c@b.test".into(), "a".into())]);
    let domains: Vec<_> =
        store.verified_domains().await.unwrap().iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(domains, ["acme.test", "b.test"]);
}

async fn no_username_or_user_key_passes_for_another_row(store: Store) {
    let names =
        ["\"],[1,\"boss@acme.test\",null", "a\\", "a\nb\r\t\u{1}", "'; --", "ｊörg \u{1f600}", "null", "]"];
    let account = |(number, name): (usize, &&str)| NewAccount {
        email: email(&format!("user{number}@acme.test")),
        username: Some((*name).to_owned()),
        name: None,
        claimed: false,
        user_keys: vec![UserKey { site: format!("jira{name}"), key: format!("key{name}") }],
    };
    let accounts: Vec<_> = names.iter().enumerate().map(account).collect();
    let mut change = store.write().await.unwrap();
    change.upsert_accounts(&only(), &accounts, at(0)).await.unwrap();
    change.commit(AuditEvent::new("cli", AuditAction::DirectoryImported, "directory"), at(0)).await.unwrap();

    let mut seen = Vec::new();
    store.each_account(|row| seen.push((row.email, row.username, row.claim.is_in_force()))).await.unwrap();
    seen.sort();
    let expected = accounts.iter().map(|account| (account.email.clone(), account.username.clone(), false));
    assert_eq!(seen, expected.collect::<Vec<_>>());
    let mut keys = Vec::new();
    store.each_user_key(|user, email| keys.push((email, user))).await.unwrap();
    keys.sort_by(|one, other| one.0.cmp(&other.0));
    let expected = accounts.iter().map(|account| (account.email.clone(), account.user_keys[0].clone()));
    assert_eq!(keys, expected.collect::<Vec<_>>());
}

fn enrolled(cookies: u8, now: Timestamp) -> EnrolmentRow {
    let enrolment = Enrolment {
        cookies: CookieSet([cookies; 16]),
        subject: JANE,
        signed_in_at: now,
        ends_at: now + DAY * 7,
        changed_at: now,
    };
    EnrolmentRow { enrolment, site: "jira.acme.test".to_owned(), person: "jane@ext.test".to_owned() }
}

async fn an_enrolment_lasts_is_replaced_and_ends_and_all_nodes_hear_of_it(store: Store) {
    let (first, second) = (enrolled(1, at(0)), enrolled(2, at(0)));
    let event = || AuditEvent::new("jane@ext.test", AuditAction::MobileSessionEnrolled, "jane@ext.test");
    let mut change = store.write().await.unwrap();
    change.enroll(&first).await.unwrap();
    change.enroll(&second).await.unwrap();
    change.enroll(&enrolled(2, at(1))).await.unwrap();
    change.commit(event(), at(1)).await.unwrap();
    let mut change = store.write().await.unwrap();
    let ended = change.end_enrolment(CookieSet([1; 16]), at(60), at(5)).await.unwrap().unwrap();
    assert_eq!(ended.enrolment, Enrolment { ends_at: at(60), changed_at: at(5), ..first.enrolment });
    assert_eq!((ended.site, ended.person), (first.site, first.person));
    assert_eq!(change.end_enrolment(CookieSet([1; 16]), at(90), at(6)).await.unwrap(), None, "only sooner");
    assert_eq!(change.end_enrolment(CookieSet([9; 16]), at(9), at(6)).await.unwrap(), None, "unknown");
    change.commit(event(), at(6)).await.unwrap();

    let mut seen = Vec::new();
    assert_eq!(store.each_enrolment(at(60), |enrolment| seen.push(enrolment)).await.unwrap(), 1);
    assert_eq!(seen, [enrolled(2, at(1)).enrolment]);
    let mut change = store.write().await.unwrap();
    assert_eq!(change.end_sign_in(JANE, at(0), at(7)).await.unwrap().len(), 1, "the first still lingered");
    assert_eq!(change.end_sign_in(JANE, at(0), at(8)).await.unwrap(), []);
    change.commit(event(), at(8)).await.unwrap();
    let told: Vec<_> = store.changes_after(0, 10).await.unwrap().iter().map(ChangeEntry::enrolment).collect();
    let renewed = enrolled(2, at(1)).enrolment;
    let over = Enrolment { ends_at: at(7), changed_at: at(7), ..first.enrolment };
    let all = [first.enrolment, second.enrolment, renewed, ended.enrolment, over];
    assert_eq!(told, all.map(Some));
}

async fn user_keys_belong_to_one_account_and_follow_the_newest_import(store: Store) {
    let key = |site: &str, key: &str| UserKey { site: site.to_owned(), key: key.to_owned() };
    let account = |address: &str, user_keys: &[UserKey]| NewAccount {
        email: email(address),
        username: None,
        name: None,
        claimed: true,
        user_keys: user_keys.to_vec(),
    };
    let (jira, wiki) = (key("jira.test", "1"), key("wiki.test", "1"));
    let mut change = store.write().await.unwrap();
    let both = [account("a@b.test", &[jira.clone(), wiki.clone()]), account("c@b.test", &[])];
    change.upsert_accounts(&only(), &both, at(0)).await.unwrap();
    assert_eq!(change.email_of_user_key(&jira).await.unwrap(), Some(email("a@b.test")));
    assert!(change.has_other_user_key(&key("jira.test", "2"), &email("a@b.test")).await.unwrap());
    assert!(!change.has_other_user_key(&jira, &email("a@b.test")).await.unwrap());
    assert!(!change.has_other_user_key(&key("else.test", "2"), &email("a@b.test")).await.unwrap());
    let moved = [account("a@b.test", &[]), account("c@b.test", std::slice::from_ref(&jira))];
    change.upsert_accounts(&only(), &moved, at(1)).await.unwrap();
    change.commit(AuditEvent::new("cli", AuditAction::DirectoryImported, "directory"), at(1)).await.unwrap();

    let mut seen = Vec::new();
    store.each_user_key(|user, email| seen.push((user, email.to_string()))).await.unwrap();
    assert_eq!(seen, [(jira, "c@b.test".to_owned()), (wiki, "a@b.test".to_owned())]);
}

async fn an_accepted_address_is_taken_from_everybody_else(store: Store) {
    let person = |key: &str| UserKey { site: "jira.test".to_owned(), key: key.to_owned() };
    let pin = |key: &str, address: &str, disputed| PinRow {
        site: "jira.test".to_owned(),
        user_key: key.to_owned(),
        username: key.to_lowercase(),
        email: Some(email(address)),
        disputed,
        accepted: false,
    };
    let mut change = store.write().await.unwrap();
    for row in [pin("A", "old@b.test", false), pin("B", "new@b.test", false), pin("C", "new@b.test", true)] {
        assert!(change.pin(&row, at(0)).await.unwrap());
    }
    change.accept_address(&person("B"), "b", &email("new@b.test"), at(1)).await.unwrap();
    change.accept_address(&person("A"), "a", &email("new@b.test"), at(2)).await.unwrap();
    let event = AuditEvent::new("operator", AuditAction::AddressAccepted, "new@b.test");
    change.commit(event, at(2)).await.unwrap();
    let accepted = PinRow { accepted: true, ..pin("A", "new@b.test", false) };
    let mut seen = Vec::new();
    store.each_pin(|row| seen.push(row)).await.unwrap();
    assert_eq!(seen, [accepted.clone(), pin("B", "new@b.test", true), pin("C", "new@b.test", true)]);
    let last = store.changes_after(4, 10).await.unwrap().remove(0);
    assert_eq!((last.kind, last.pin()), (ChangeKind::AcceptedAddress, Some(accepted)));
}

async fn a_contradiction_is_there_until_it_ends_and_keeps_its_beginning(store: Store) {
    let row = |reported: &str, since| ContradictionRow {
        site: "jira.test".to_owned(),
        user_key: "A".to_owned(),
        username: "a".to_owned(),
        kind: Contradiction::AnotherAddress,
        email: Some(email("old@b.test")),
        reported: Some(email(reported)),
        since,
    };
    let mut change = store.write().await.unwrap();
    change.note_contradiction(&row("x@b.test", at(0))).await.unwrap();
    change.note_contradiction(&row("y@b.test", at(5))).await.unwrap();
    change.commit(challenged(), at(5)).await.unwrap();
    assert_eq!(store.contradictions().await.unwrap(), [row("y@b.test", at(0))]);
    let person = UserKey { site: "jira.test".to_owned(), key: "A".to_owned() };
    let mut change = store.write().await.unwrap();
    assert_eq!(change.end_contradiction(&person).await.unwrap(), Some(row("y@b.test", at(0))));
    assert_eq!(change.end_contradiction(&person).await.unwrap(), None);
    change.commit(challenged(), at(6)).await.unwrap();
    assert_eq!(store.contradictions().await.unwrap(), []);
}

async fn a_quota_says_when_all_limits_allow_again(store: Store) {
    let quotas = [Quota::one_per(MINUTE), Quota::per_hour(3)];
    let mut change = store.write().await.unwrap();
    for second in [0, 60, 120] {
        assert_eq!(change.spend("mail", b"jane", &quotas, at(second)).await.unwrap(), Ok(()));
        assert_eq!(
            change.spend("mail", b"jane", &quotas[..1], at(second + 59)).await.unwrap(),
            Err(at(second + 60))
        );
    }
    assert_eq!(
        change.spend("mail", b"jane", &quotas, at(121)).await.unwrap(),
        Err(at(3_600)),
        "the later of two"
    );
    assert_eq!(
        change.spend("mail", b"john", &quotas, at(121)).await.unwrap(),
        Ok(()),
        "each subject has its own"
    );
    assert_eq!(change.spend("try", b"jane", &quotas, at(121)).await.unwrap(), Ok(()), "and each kind");
    assert_eq!(change.spend("mail", b"jane", &quotas, at(3_600)).await.unwrap(), Ok(()));
}

async fn what_is_old_is_forgotten_and_the_audit_log_stays(store: Store) {
    for (id, now) in [(1, at(0)), (2, at(0) + DAY * 20)] {
        let mut change = store.write().await.unwrap();
        change.spend("mail", b"jane", &[], now).await.unwrap().unwrap();
        change.open_challenge(&new_challenge(id, now)).await.unwrap();
        change.queue_mail(&new_mail(id, id, now)).await.unwrap();
        change.revoke(Family([id as u8; 16]), now).await.unwrap();
        assert!(change.take_ticket([id as u8; 16], now).await.unwrap());
        change.enroll(&enrolled(id as u8, now)).await.unwrap();
        change.reset_people(&only(), &[email(&format!("p{id}@ext.test"))], now, now).await.unwrap();
        change.commit(challenged(), now).await.unwrap();
        store.finish_mail(Uuid::from_u128(id), MailOutcome::Sent, now).await.unwrap();
    }
    assert_eq!(store.prune(at(0)).await.unwrap(), Pruned::default());
    let pruned = store.prune(at(1_000) + DAY * 31).await.unwrap();
    assert_eq!(
        pruned,
        Pruned {
            quota_events: 2,
            challenges: 1,
            mails: 1,
            revocations: 1,
            resets: 1,
            handovers: 2,
            enrolments: 2,
            ..Pruned::default()
        }
    );
    assert_eq!((rows(&store, "challenges").await, rows(&store, "outbox").await), (1, 1));
    assert_eq!(store.verify_audit_chain().await.unwrap(), 5);
}
