//! Files of members: in the documented columns, for who asked, for a day, and never a formula.

use std::net::IpAddr;
use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::ask::ExportError;
use super::fetch::FetchError;
use crate::actions::accounts::Accounts;
use crate::actions::accounts::terms::TermsEdit;
use crate::actions::address_csv;
use crate::actions::policies::tests::{Office, acme, admin, email, letterhead, partner, person, plain};
use crate::domain::actor::Actor;
use crate::domain::api_key::Scopes;
use crate::domain::export_link;
use crate::domain::group::{Group, GroupKind};
use crate::domain::organization::ExportLinks;
use crate::domain::task::TaskState;
use crate::entropy::Entropy;
use crate::store::tests::{empty_database, fresh, fresh_in, over_both};
use crate::store::{ApiKeyRow, AuditAction, AuditEvent, Letter, NewAccount, PinRow, Store, TaskRow, UserKey};

over_both! {
    t134_an_export_has_the_documented_columns_and_is_read_back,
    t134_external_users_are_exported_with_who_answers_for_them_and_until_when,
    a_file_is_fetched_by_its_key_alone_and_for_a_day,
    a_link_opens_a_file_for_a_day_where_the_organization_wants_that,
}

const SOMEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

/// The file of a task that is asked for now.
async fn written(office: &Office, task: TaskRow) -> (TaskRow, String) {
    assert!(office.tasks.run().await);
    let over = office.exports.fetch(&acme(), task.id, &admin(1)).await.unwrap();
    let mut file = Vec::new();
    for part in 0.. {
        let Some(content) = office.exports.store.task_file_part(over.id, part).await.unwrap() else { break };
        file.extend(content);
    }
    (over, String::from_utf8(file).unwrap())
}

async fn exported(office: &Office, policy: Option<Uuid>) -> (TaskRow, String) {
    let task = office.exports.ask_for_members(&acme(), policy, &admin(1)).await.unwrap();
    written(office, task).await
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

    let (over, file) = exported(&office, Some(strict.id)).await;
    let expected = "Name,Email,Last active time,Status,Billable,Policy name,Policy type,SAML single sign-on,\
        Two-step verification enabled,Password requirements,Idle session duration,confluence,jira-software\r\n\
        \"'=HYPERLINK(\"\"http://evil.test\"\")\",'+plus@acme.test,,active,No,'=Strict,Additional,Enforced,Required,,\
        90 minutes,wiki.acme.test,jira.acme.test\r\n";
    assert_eq!(file, expected);
    assert_eq!((over.state, over.done), (TaskState::Succeeded, 1));
    let [made, fetched] = <[_; 2]>::try_from(office.noted(2).await).unwrap();
    assert_eq!((made.action.as_str(), made.actor), ("members_exported", admin(1)));
    assert_eq!((fetched.action.as_str(), fetched.actor), ("export_downloaded", admin(1)));

    let (over, file) = exported(&office, None).await;
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
    let (exports, policies) = (&office.exports, &office.policies);
    let theirs = office.default_of(&partner()).await;
    let unknown = exports.ask_for_members(&acme(), Some(theirs), &admin(1)).await;
    assert!(matches!(unknown, Err(ExportError::Unknown)), "T121: {unknown:?}");
    let task = exports.ask_for_members(&acme(), None, &admin(1)).await.unwrap();
    let early = exports.fetch(&acme(), task.id, &admin(1)).await;
    assert!(matches!(early, Err(FetchError::NotReady)), "{early:?}");
    assert!(office.tasks.run().await);
    exports.fetch(&acme(), task.id, &admin(1)).await.unwrap();
    for (organization, actor) in
        [(acme(), admin(2)), (acme(), Actor::from("ada's key")), (partner(), admin(1))]
    {
        let refused = exports.fetch(&organization, task.id, &actor).await;
        assert!(matches!(refused, Err(FetchError::Unknown)), "{refused:?}");
    }
    let default = office.default_of(&acme()).await;
    let rows = policies.submit_csv(&acme(), default, b"jane@acme.test", true, &admin(1)).await.unwrap();
    let no_file = exports.fetch(&acme(), rows.id, &admin(1)).await;
    assert!(matches!(no_file, Err(FetchError::Unknown)), "{no_file:?}");

    // A gateway that died left half of a file: the next begins it anew.
    let task = exports.ask_for_members(&acme(), None, &admin(1)).await.unwrap();
    assert!(office.tasks.run().await);
    let dead = exports.ask_for_members(&acme(), None, &admin(1)).await.unwrap();
    let taken = policies.store.take_task(office.clock.now()).await.unwrap().unwrap();
    assert!(policies.store.append_task_file(&taken, 0, b"half", office.clock.now()).await.unwrap());
    office.clock.advance(crate::domain::task::LEASE);
    assert!(office.tasks.run().await);
    assert!(!policies.store.append_task_file(&taken, 9, b"late", office.clock.now()).await.unwrap());
    let whole = policies.store.task_file_part(dead.id, 0).await.unwrap();
    assert_eq!(whole, policies.store.task_file_part(task.id, 0).await.unwrap());

    office.clock.advance(Duration::from_secs(86_400));
    let late = exports.fetch(&acme(), task.id, &admin(1)).await;
    assert!(matches!(late, Err(FetchError::Unknown)), "{late:?}");
    office.clock.advance(Duration::from_secs(1));
    let pruned = policies.store.prune(office.clock.now()).await.unwrap();
    assert_eq!((pruned.tasks, pruned.file_parts), (0, 6));
}

async fn t134_external_users_are_exported_with_who_answers_for_them_and_until_when(store: Store) {
    let office = Office::new(store).await;
    let (store, clock, now) = (&office.exports.store, &office.clock, office.clock.now());
    office.import(&acme(), None, &[person("=evil@ext.test", false)]).await;
    let deeds = Accounts {
        store: store.clone(),
        clock: clock.clone(),
        entropy: Entropy::seeded(3),
        sites: std::collections::HashMap::default(),
        letterhead: letterhead(ExportLinks::SignIn),
    };
    let mut change = store.write().await.unwrap();
    let eve = change.account_of(&acme(), &email("eve@acme.test")).await.unwrap().unwrap().id;
    let domains = vec![crate::domain::domain_name::DomainName::parse("ext.test").unwrap()];
    let company =
        Group { name: "+Partner".into(), description: String::new(), kind: GroupKind::Company, domains };
    change.insert_group(Uuid::from_u128(1), &acme(), &company, now).await.unwrap();
    change.note_verified(&acme(), &email("eve@acme.test"), now).await.unwrap();
    let event = AuditEvent::new("postern", AuditAction::GroupCreated, "test");
    change.commit(event, now).await.unwrap();
    let edit = TermsEdit { sponsor: Some(Some("JANE@acme.test")), ends_on: Some(Some("2027-05-31")) };
    deeds.set_terms(&acme(), eve, edit, &admin(1)).await.unwrap();

    let task = office.exports.ask_for_external_users(&acme(), &admin(1)).await.unwrap();
    let (over, file) = written(&office, task).await;
    let lines: Vec<_> = file.lines().collect();
    assert_eq!(
        lines[0],
        "Email,Atlassian ID,Last active time,User access to products,Billable for Guard Standard,Last verified time,Status,\
         Sponsor,End date,Groups"
    );
    assert!(
        lines[1].starts_with("'=evil@ext.test,") && lines[1].ends_with(",,,No,,active,,,'+Partner"),
        "{file}"
    );
    let told = format!("eve@acme.test,{eve},,,No,{now},active,jane@acme.test,2027-06-01T00:00:00Z,");
    assert_eq!(lines[2], told, "who is not claimed is external");
    assert!(lines[3].starts_with("liam@ext.test,"), "claimed, and of a domain that is not Acme's: {file}");
    assert_eq!((lines.len(), over.done), (4, 3), "nobody else, and nobody of another organization");
    assert_eq!(office.noted(2).await[0].action, "external_users_exported");
}

async fn a_link_opens_a_file_for_a_day_where_the_organization_wants_that(store: Store) {
    let office = Office::new(store).await;
    let (exports, now) = (&office.exports, office.clock.now());
    let key = ApiKeyRow {
        id: Uuid::from_u128(1),
        organization: acme(),
        name: "ada's key".to_owned(),
        owner: Some(email("ada@acme.test")),
        scopes: Scopes::Everything,
        directory: None,
        hint: "abcd".to_owned(),
        created_at: now,
        expires_at: now + Duration::from_secs(3_600),
        revoked_at: None,
        last_used_at: None,
    };
    let mut change = exports.store.write().await.unwrap();
    change.insert_api_key(&key, &[1; 32]).await.unwrap();
    change.commit(AuditEvent::new("operator", AuditAction::ApiKeyCreated, "ada's key"), now).await.unwrap();
    office.letterhead.store(letterhead(ExportLinks::Bearer).into());
    let task = exports.ask_for_members(&acme(), None, &admin(1)).await.unwrap();
    let link = export_link::token(&[9; 32], task.id);
    let is_open = async |link: &str| match exports.fetch_by_link(link, SOMEWHERE).await {
        Ok(opened) => opened.id == task.id,
        Err(FetchError::Unknown | FetchError::NotReady) => false,
        Err(error) => panic!("{error}"),
    };
    assert!(!is_open(&link).await, "it is not made yet");
    assert!(office.tasks.run().await);
    let mails = exports.store.due_mail(now, Duration::from_secs(60), 10).await.unwrap();
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    let Letter::Notice { body, export, .. } = &mail.letter else { panic!("{mail:?}") };
    assert_eq!(*export, Some(task.id), "the link is made when the mail is sent");
    assert!(!body.contains("http") && body.ends_with("so do not pass this mail on."), "{body}");

    assert!(is_open(&link).await && is_open(&link).await, "a scanner of mail does not use it up");
    let told = office.noted(1).await.remove(0);
    assert_eq!((told.action.as_str(), told.actor.name.as_str()), ("export_downloaded", "export link"));
    assert_eq!((told.actor.address, told.organization.as_deref()), (Some(SOMEWHERE), Some("acme")));
    let default = office.default_of(&acme()).await;
    let rows =
        office.policies.submit_csv(&acme(), default, b"jane@acme.test", true, &admin(1)).await.unwrap();
    assert!(office.tasks.run().await);
    for wrong in
        [export_link::token(&[8; 32], task.id), export_link::token(&[9; 32], rows.id), task.id.to_string()]
    {
        assert!(!is_open(&wrong).await && exports.fetch_by_link(&wrong, SOMEWHERE).await.is_err(), "{wrong}");
    }
    office.letterhead.store(letterhead(ExportLinks::SignIn).into());
    assert!(!is_open(&link).await, "the organization wants no such links any more");
    office.letterhead.store(letterhead(ExportLinks::Bearer).into());
    office.clock.advance(Duration::from_secs(86_399));
    assert!(is_open(&link).await, "also when the key itself is over");
    let mut change = exports.store.write().await.unwrap();
    change.revoke_api_key(key.id, now).await.unwrap();
    change.commit(AuditEvent::new("operator", AuditAction::ApiKeyRevoked, "ada's key"), now).await.unwrap();
    assert!(!is_open(&link).await, "whose key was revoked has no business here");
}
