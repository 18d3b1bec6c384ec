//! Files of members: in the documented columns, for who asked, for a day, and never a formula.

use super::*;
use crate::actions::address_csv;
use crate::actions::policies::export::{ExportError, FetchError};
use crate::domain::task::TaskState;
use crate::store::{PinRow, TaskRow, UserKey};

over_both! {
    t134_an_export_has_the_documented_columns_and_is_read_back,
    a_file_is_fetched_by_its_key_alone_and_for_a_day,
}

impl Office {
    async fn exported(&self, policy: Option<Uuid>) -> (TaskRow, String) {
        let task = self.policies.export(&acme(), policy, &admin(1)).await.unwrap();
        assert!(self.tasks.run().await);
        let over = self.policies.file(&acme(), task.id, &admin(1)).await.unwrap();
        let mut file = Vec::new();
        for part in 0.. {
            let Some(content) = self.policies.store.task_file_part(over.id, part).await.unwrap() else {
                break;
            };
            file.extend(content);
        }
        (over, String::from_utf8(file).unwrap())
    }
}

async fn t134_an_export_has_the_documented_columns_and_is_read_back(store: Store) {
    let office = Office::new(store).await;
    let strict = json!({
        "singleSignOn": { "enforced": true, "claim": "sso" }, "twoStepVerification": { "requirement": "required" },
        "idleSessionMinutes": 90,
    });
    let strict = office.policies.create(&acme(), plain("=Strict", &strict), &admin(1)).await.unwrap();
    let evil = NewAccount {
        name: Some("=HYPERLINK(\"http://evil.test\")".to_owned()),
        user_keys: vec![UserKey { site: "wiki.acme.test".to_owned(), key: "8a".to_owned() }],
        ..person("+plus@acme.test", true)
    };
    office.import(&acme(), None, &[evil]).await;
    let pin = PinRow {
        site: "jira.acme.test id.acme.test".to_owned(),
        user_key: "J1".to_owned(),
        username: "plus".to_owned(),
        email: Some(email("+plus@acme.test")),
        disputed: false,
        accepted: false,
    };
    let mut change = office.policies.store.write().await.unwrap();
    assert!(change.pin(&pin, office.clock.now()).await.unwrap());
    let event = AuditEvent::new("postern", AuditAction::AccountPinned, "test");
    change.commit(event, office.clock.now()).await.unwrap();
    office
        .policies
        .add_members(&acme(), strict.id, &["+plus@acme.test".to_owned()], &admin(1))
        .await
        .unwrap();

    let (over, file) = office.exported(Some(strict.id)).await;
    let expected = "Name,Email,Last active time,Status,Billable,Policy name,Policy type,SAML single sign-on,\
        Two-step verification enabled,Password requirements,Idle session duration,confluence,jira-software\r\n\
        \"'=HYPERLINK(\"\"http://evil.test\"\")\",'+plus@acme.test,,active,No,'=Strict,Additional,Enforced,Required,,\
        90 minutes,wiki.acme.test,jira.acme.test\r\n";
    assert_eq!(file, expected);
    assert_eq!((over.state, over.done), (TaskState::Succeeded, 1));
    let last = office.noted(1).await.remove(0);
    assert_eq!((last.action.as_str(), last.actor), ("members_exported", admin(1)));

    let (over, file) = office.exported(None).await;
    assert_eq!(over.done, 4, "of all policies");
    let read = address_csv::read(file.as_bytes()).unwrap();
    let read: Vec<_> = read.into_iter().map(|row| row.email.unwrap().to_string()).collect();
    assert_eq!(read, ["+plus@acme.test", "jane@acme.test", "joe@acme.test", "liam@ext.test"]);
    assert!(
        file.contains("joe@acme.test,,active,No,Default policy,Default,Not enforced,Optional,,30 days,,\r\n")
    );
}

async fn a_file_is_fetched_by_its_key_alone_and_for_a_day(store: Store) {
    let office = Office::new(store).await;
    let policies = &office.policies;
    let theirs = office.default_of(&partner()).await;
    let unknown = policies.export(&acme(), Some(theirs), &admin(1)).await;
    assert!(matches!(unknown, Err(ExportError::Unknown)), "T121: {unknown:?}");
    let task = policies.export(&acme(), None, &admin(1)).await.unwrap();
    let early = policies.file(&acme(), task.id, &admin(1)).await;
    assert!(matches!(early, Err(FetchError::NotReady)), "{early:?}");
    assert!(office.tasks.run().await);
    policies.file(&acme(), task.id, &admin(1)).await.unwrap();
    for (organization, actor) in
        [(acme(), admin(2)), (acme(), Actor::from("ada's key")), (partner(), admin(1))]
    {
        let refused = policies.file(&organization, task.id, &actor).await;
        assert!(matches!(refused, Err(FetchError::Unknown)), "{refused:?}");
    }
    let default = office.default_of(&acme()).await;
    let rows = policies.submit_csv(&acme(), default, b"jane@acme.test", true, &admin(1)).await.unwrap();
    let no_file = policies.file(&acme(), rows.id, &admin(1)).await;
    assert!(matches!(no_file, Err(FetchError::Unknown)), "{no_file:?}");

    // A gateway that died left half of a file: the next begins it anew.
    let task = policies.export(&acme(), None, &admin(1)).await.unwrap();
    assert!(office.tasks.run().await);
    let dead = policies.export(&acme(), None, &admin(1)).await.unwrap();
    let taken = policies.store.take_task(office.clock.now()).await.unwrap().unwrap();
    assert!(policies.store.append_task_file(&taken, 0, b"half", office.clock.now()).await.unwrap());
    office.clock.advance(crate::domain::task::LEASE);
    assert!(office.tasks.run().await);
    assert!(!policies.store.append_task_file(&taken, 9, b"late", office.clock.now()).await.unwrap());
    let whole = policies.store.task_file_part(dead.id, 0).await.unwrap();
    assert_eq!(whole, policies.store.task_file_part(task.id, 0).await.unwrap());

    office.clock.advance(Duration::from_secs(86_400));
    let late = policies.file(&acme(), task.id, &admin(1)).await;
    assert!(matches!(late, Err(FetchError::Unknown)), "{late:?}");
    office.clock.advance(Duration::from_secs(1));
    let pruned = policies.store.prune(office.clock.now()).await.unwrap();
    assert_eq!((pruned.tasks, pruned.file_parts), (0, 6));
}
