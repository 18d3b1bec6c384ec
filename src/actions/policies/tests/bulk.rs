//! Many members at once: all or nothing, each row told of, and nothing lost with a gateway that dies.

use super::*;
use crate::domain::api_key::Scopes;
use crate::domain::task::{LEASE, MOST_TRIES, MOST_WAITING, RowOutcome, RowReason, TaskState};
use crate::store::{ApiKeyRow, Letter, TaskRow};

over_both! {
    t130_a_file_is_applied_and_each_row_is_told_of,
    a_dry_run_tells_the_same_and_does_nothing,
    a_list_takes_addresses_and_ids_and_counts_each_once,
    what_a_dead_gateway_left_is_done_once_by_the_next,
    a_task_that_cannot_be_done_says_why,
    t130_one_row_too_many_writes_nothing_down,
    a_row_is_judged_as_an_entry_is,
    who_owns_the_key_is_told_by_mail_and_nobody_else,
}

const FILE: &str = "Email\r\nJane@acme.test\r\neve@acme.test\r\nliam@ext.test\r\nnobody@acme.test\r\nno address\r\n\
                    jane@ACME.test\r\n";

impl Office {
    async fn task(&self, task: &TaskRow) -> TaskRow {
        self.policies.store.task(&task.organization, task.id).await.unwrap().unwrap()
    }

    async fn told(&self, task: &TaskRow) -> Vec<(u32, String, RowOutcome)> {
        let lines = self.policies.store.task_lines(task.id, 0, 100).await.unwrap();
        lines.into_iter().map(|line| (line.line, line.value, line.outcome)).collect()
    }
}

fn expected(first: RowOutcome) -> Vec<(u32, String, RowOutcome)> {
    let failed = RowOutcome::Failed;
    [
        (2, "Jane@acme.test", first),
        (3, "eve@acme.test", failed(RowReason::NotClaimed)),
        (4, "liam@ext.test", failed(RowReason::DomainNotVerified)),
        (5, "nobody@acme.test", failed(RowReason::UnknownAccount)),
        (6, "no address", failed(RowReason::Malformed)),
        (7, "jane@ACME.test", RowOutcome::Repeated),
    ]
    .map(|(line, value, outcome)| (line, value.to_owned(), outcome))
    .to_vec()
}

async fn t130_a_file_is_applied_and_each_row_is_told_of(store: Store) {
    let office = Office::new(store).await;
    let strict = office.made("Strict").await;
    let submit = async || {
        office.policies.submit_csv(&acme(), strict, FILE.as_bytes(), false, &admin(1)).await.unwrap()
    };
    let task = submit().await;
    assert_eq!((task.state, task.total, task.done, task.failed), (TaskState::Queued, 5, 0, 1));
    assert_eq!(office.task(&task).await, task);
    assert_eq!(office.policies.store.task(&partner(), task.id).await.unwrap(), None, "T121");
    let before = office.events().await;
    assert!(office.tasks.run().await);
    let over = office.task(&task).await;
    assert_eq!((over.state, over.total, over.done, over.failed), (TaskState::Succeeded, 5, 1, 4));
    assert_eq!(over.finished_at, Some(office.clock.now()));
    assert_eq!(office.told(&task).await, expected(RowOutcome::Succeeded));
    assert_eq!(office.members_of(strict).await, ["jane@acme.test"]);
    assert_eq!(office.events().await, before + 6, "one for each account, and one for the sum");
    let noted = office.noted(6).await;
    let actions: Vec<_> = noted.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions[0], "user_added_to_auth_policy");
    assert_eq!(actions[1..5], ["user_add_to_auth_policy_failed"; 4]);
    assert_eq!(actions[5], "auth_policy_bulk_update_completed");
    assert!(noted.iter().all(|row| row.actor == admin(1)), "by who submitted it");

    let again = submit().await;
    assert!(office.tasks.run().await);
    assert_eq!(office.told(&again).await, expected(RowOutcome::Unchanged));
    let over = office.task(&again).await;
    assert_eq!((over.done, over.failed), (1, 4));
    office.clock.advance(Duration::from_secs(31 * 86_400));
    assert_eq!(office.policies.store.prune(office.clock.now()).await.unwrap().tasks, 2);
    assert_eq!(office.policies.store.task(&acme(), task.id).await.unwrap(), None);
}

async fn a_dry_run_tells_the_same_and_does_nothing(store: Store) {
    let office = Office::new(store).await;
    let strict = office.made("Strict").await;
    let before = office.events().await;
    let task = office.policies.submit_csv(&acme(), strict, FILE.as_bytes(), true, &admin(1)).await.unwrap();
    assert!(office.tasks.run().await);
    let over = office.task(&task).await;
    assert_eq!((over.state, over.done, over.failed, over.dry_run), (TaskState::Succeeded, 1, 4, true));
    assert_eq!(office.told(&task).await, expected(RowOutcome::Succeeded));
    assert_eq!(office.members_of(strict).await, [""; 0]);
    assert_eq!(office.events().await, before + 1);
    assert_eq!(office.noted(1).await[0].action, "auth_policy_bulk_update_rehearsed");
}

async fn a_list_takes_addresses_and_ids_and_counts_each_once(store: Store) {
    let office = Office::new(store).await;
    let (default, strict) = (office.default_of(&acme()).await, office.made("Strict").await);
    let jane = office.policies.store.members(&acme(), default, None, "", 1).await.unwrap().remove(0);
    let other = office.default_of(&partner()).await;
    let theirs = office.policies.store.members(&partner(), other, None, "", 1).await.unwrap().remove(0);
    let entries = [
        jane.account.to_string(),
        "jane@acme.test".to_owned(),
        "joe@acme.test".to_owned(),
        theirs.account.to_string(),
        "jane".to_owned(),
        "jane".to_owned(),
    ];
    let task = office.policies.submit_list(&acme(), strict, &entries, &admin(1)).await.unwrap();
    assert!(office.tasks.run().await);
    let over = office.task(&task).await;
    assert_eq!((over.total, over.done, over.failed), (4, 2, 2));
    let told: Vec<_> = office.told(&task).await.into_iter().map(|(_, _, outcome)| outcome).collect();
    let failed = RowOutcome::Failed;
    assert_eq!(
        told,
        [
            RowOutcome::Succeeded,
            RowOutcome::Repeated,
            RowOutcome::Succeeded,
            failed(RowReason::UnknownAccount),
            failed(RowReason::Malformed),
            RowOutcome::Repeated,
        ],
        "T121: an id of another organization names nobody"
    );
    assert_eq!(office.policies.store.failed_task_lines(task.id).await.unwrap().len(), 2);
}

async fn what_a_dead_gateway_left_is_done_once_by_the_next(store: Store) {
    let office = Office::new(store).await;
    let strict = office.made("Strict").await;
    let task =
        office.policies.submit_csv(&acme(), strict, b"jane@acme.test", false, &admin(1)).await.unwrap();
    let store = &office.policies.store;
    let dead = store.take_task(office.clock.now()).await.unwrap().unwrap();
    assert_eq!((dead.id, dead.state, dead.tries), (task.id, TaskState::Running, 1));
    assert_eq!(store.take_task(office.clock.now()).await.unwrap(), None, "somebody works on it");
    office.clock.advance(LEASE);
    assert_eq!(store.next_task_due().await.unwrap(), Some(office.clock.now()));
    assert!(office.tasks.run().await);
    assert_eq!(office.task(&task).await.state, TaskState::Succeeded);
    let before = office.events().await;
    assert_eq!(office.policies.apply(&dead).await.unwrap(), crate::actions::task_end::Ended::ByAnother);
    assert!(!store.write().await.unwrap().fail_task(&dead, office.clock.now()).await.unwrap());
    assert_eq!(office.events().await, before, "who was only slow does nothing more");

    let again =
        office.policies.submit_csv(&acme(), strict, b"joe@acme.test", false, &admin(1)).await.unwrap();
    for _ in 0..MOST_TRIES {
        assert!(store.take_task(office.clock.now()).await.unwrap().is_some());
        office.clock.advance(LEASE);
    }
    assert!(office.tasks.run().await);
    let over = office.task(&again).await;
    assert_eq!((over.state, over.done), (TaskState::Failed, 0));
    assert!(over.reason.unwrap().contains("again and again"));
    assert_eq!(office.members_of(strict).await, ["jane@acme.test"]);
}

async fn a_task_that_cannot_be_done_says_why(store: Store) {
    let office = Office::new(store).await;
    let strict = office.made("Strict").await;
    let unknown = office.policies.submit_csv(&partner(), strict, b"jane@acme.test", false, &admin(1)).await;
    assert!(matches!(unknown, Err(SubmitError::Unknown)), "{unknown:?}");
    let task =
        office.policies.submit_csv(&acme(), strict, b"jane@acme.test", false, &admin(1)).await.unwrap();
    office.policies.delete(&acme(), strict, None, None, &admin(1)).await.unwrap();
    assert!(office.tasks.run().await);
    let over = office.task(&task).await;
    assert_eq!((over.state, over.total, over.done), (TaskState::Failed, 1, 0));
    assert_eq!(over.reason.as_deref(), Some("the policy was deleted before its members were added"));
}

async fn t130_one_row_too_many_writes_nothing_down(store: Store) {
    let office = Office::new(store).await;
    let strict = office.made("Strict").await;
    let before = office.events().await;
    let many: String = (0..10_001).map(|n| format!("user{n}@acme.test\n")).collect();
    let refused = office.policies.submit_csv(&acme(), strict, many.as_bytes(), false, &admin(1)).await;
    assert!(matches!(refused, Err(SubmitError::File(_))), "{refused:?}");
    let list = vec!["jane@acme.test".to_owned(); 10_001];
    let refused = office.policies.submit_list(&acme(), strict, &list, &admin(1)).await;
    assert!(matches!(refused, Err(SubmitError::Count)), "{refused:?}");
    assert_eq!(office.policies.store.next_task_due().await.unwrap(), None);
    assert_eq!(office.events().await, before);
    for _ in 0..MOST_WAITING {
        office.policies.submit_csv(&acme(), strict, b"jane@acme.test", true, &admin(1)).await.unwrap();
    }
    let busy = office.policies.submit_csv(&acme(), strict, b"jane@acme.test", true, &admin(1)).await;
    assert!(matches!(busy, Err(SubmitError::Busy)), "{busy:?}");
    let other = office.default_of(&partner()).await;
    office.policies.submit_csv(&partner(), other, b"jane@acme.test", true, &admin(1)).await.unwrap();
}

/// The statement for all rows and the rule for one are two texts of one rule.
async fn a_row_is_judged_as_an_entry_is(store: Store) {
    let office = Office::new(store).await;
    let (one, other) = (office.made("One").await, office.made("Other").await);
    let people = ["jane@acme.test", "joe@acme.test", "eve@acme.test", "liam@ext.test", "gone@acme.test"];
    office.import(&acme(), None, &[person("gone@acme.test", true)]).await;
    let mut change = office.policies.store.write().await.unwrap();
    let gone = AccountKey::Email(email("gone@acme.test"));
    let id = change.candidate(&acme(), &gone).await.unwrap().unwrap().account;
    change.close_account(id, office.clock.now()).await.unwrap();
    let event = AuditEvent::new("postern", AuditAction::AccountDeleted, "gone@acme.test");
    change.commit(event, office.clock.now()).await.unwrap();
    office.policies.add_members(&acme(), one, &["joe".to_owned()], &admin(1)).await.unwrap();
    office.policies.add_members(&acme(), other, &["joe".to_owned()], &admin(1)).await.unwrap();
    for policy in [one, other] {
        let file = people.join("\n");
        let task =
            office.policies.submit_csv(&acme(), policy, file.as_bytes(), true, &admin(1)).await.unwrap();
        assert!(office.tasks.run().await);
        let told: Vec<_> = office.told(&task).await.into_iter().map(|(_, _, outcome)| outcome).collect();
        let mut change = office.policies.store.write().await.unwrap();
        for (address, told) in people.iter().zip(told) {
            let found = change.candidate(&acme(), &AccountKey::Email(email(address))).await.unwrap();
            let expected = match found {
                None => RowOutcome::Failed(RowReason::UnknownAccount),
                Some(found) => match found.standing.refusal() {
                    Some(reason) => RowOutcome::Failed(reason),
                    None if found.policy == Some(policy) => RowOutcome::Unchanged,
                    None => RowOutcome::Succeeded,
                },
            };
            assert_eq!(told, expected, "{address}");
        }
    }
}

async fn who_owns_the_key_is_told_by_mail_and_nobody_else(store: Store) {
    let office = Office::new(store).await;
    let strict = office.made("Strict").await;
    let key = |id: u128, owner: Option<&str>| ApiKeyRow {
        id: Uuid::from_u128(id),
        organization: acme(),
        name: "ada's key".to_owned(),
        owner: owner.map(email),
        scopes: Scopes::Everything,
        directory: None,
        hint: "abcd".to_owned(),
        created_at: office.clock.now(),
        expires_at: office.clock.now() + Duration::from_secs(3_600),
        revoked_at: None,
        last_used_at: None,
    };
    let mut change = office.policies.store.write().await.unwrap();
    change.insert_api_key(&key(1, Some("ada@acme.test")), &[1; 32]).await.unwrap();
    change.insert_api_key(&key(2, None), &[2; 32]).await.unwrap();
    let event = AuditEvent::new("operator", AuditAction::ApiKeyCreated, "ada's key");
    change.commit(event, office.clock.now()).await.unwrap();
    for asker in [admin(1), admin(2), Actor::from("operator")] {
        office.policies.submit_csv(&acme(), strict, FILE.as_bytes(), false, &asker).await.unwrap();
    }
    let export = office.exports.ask_for_members(&acme(), None, &admin(1)).await.unwrap();
    assert!(office.tasks.run().await);
    let doomed = office.made("Doomed").await;
    office.policies.submit_csv(&acme(), doomed, b"jane@acme.test", false, &admin(1)).await.unwrap();
    office.policies.delete(&acme(), doomed, None, None, &admin(1)).await.unwrap();
    assert!(office.tasks.run().await);
    let mut mails =
        office.policies.store.due_mail(office.clock.now(), Duration::from_secs(60), 10).await.unwrap();
    mails.sort_by_key(|mail| mail.id);
    assert!(mails.iter().all(|mail| mail.to == email("ada@acme.test") && &*mail.organization.name == "Acme"));
    let letters: Vec<_> = mails
        .iter()
        .map(|mail| match &mail.letter {
            Letter::Notice { subject, body, .. } => (subject.as_str(), body.as_str()),
            Letter::Code { .. } => panic!("{mail:?}"),
        })
        .collect();
    assert_eq!(letters.len(), 3, "{letters:?}");
    let told = |subject: &str| letters.iter().find(|letter| letter.0.contains(subject)).unwrap().1;
    assert!(told("new members").contains("now: 1. Users that could not be added: 4."));
    let link = format!("https://admin.acme.test/admin/control/v1/orgs/acme/exports/{}/file", export.id);
    assert!(told("export").contains(&link), "{letters:?}");
    assert!(told("could not be done").contains("the policy was deleted before its members were added"));
    let failed = office.noted(1).await.remove(0);
    assert_eq!((failed.action.as_str(), failed.actor), ("task_failed", admin(1)));
}
