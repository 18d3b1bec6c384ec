//! Directories of identity providers: names and accounts are had once, what goes takes its memberships along, and nothing of
//! another directory or organization is found.

use std::slice::from_ref;

use super::*;
use crate::domain::scim::Object;

over_both! {
    t121_users_and_groups_are_found_in_their_own_directory_alone,
    a_name_and_an_account_are_had_once,
    members_come_and_go_with_their_users_and_groups,
    lists_are_narrowed_and_read_by_place,
    a_directory_knows_how_many_it_has_and_whether_anybody_came_or_went,
}

fn acme() -> OrganizationId {
    OrganizationId::parse("acme").unwrap()
}

fn event() -> AuditEvent {
    AuditEvent::new("test", AuditAction::UserCreated, "somebody")
}

pub(super) fn directory(id: u128, organization: &OrganizationId) -> DirectoryRow {
    DirectoryRow {
        id: Uuid::from_u128(id),
        organization: organization.clone(),
        name: format!("d{id}"),
        created_at: at(1),
    }
}

pub(super) fn user(id: u128, directory: &DirectoryRow, name: &str, account: Option<u128>) -> ScimUserRow {
    ScimUserRow {
        id: Uuid::from_u128(id),
        organization: directory.organization.clone(),
        directory: directory.id,
        account: account.map(Uuid::from_u128),
        external_id: Some(format!("e{id}")),
        user_name: name.to_owned(),
        resource: Object::from_iter([("userName".to_owned(), name.into())]),
        active: true,
        created_at: at(1),
        updated_at: at(1),
    }
}

pub(super) fn group(id: u128, directory: &DirectoryRow, name: &str) -> ScimGroupRow {
    ScimGroupRow {
        id: Uuid::from_u128(id),
        organization: directory.organization.clone(),
        directory: directory.id,
        external_id: None,
        display_name: name.to_uppercase(),
        name: name.to_owned(),
        created_at: at(1),
        updated_at: at(1),
    }
}

/// Two directories of two organizations.
async fn directories(store: &Store) -> (DirectoryRow, DirectoryRow) {
    let (ours, theirs) = (directory(1, &only()), directory(2, &acme()));
    let mut change = store.write().await.unwrap();
    change.insert_directory(&ours).await.unwrap();
    change.insert_directory(&theirs).await.unwrap();
    change.commit(event(), at(1)).await.unwrap();
    (ours, theirs)
}

async fn add(store: &Store, users: &[ScimUserRow], groups: &[ScimGroupRow]) {
    let mut change = store.write().await.unwrap();
    for user in users {
        change.insert_scim_user(user).await.unwrap();
    }
    for group in groups {
        change.insert_scim_group(group).await.unwrap();
    }
    change.commit(event(), at(1)).await.unwrap();
}

async fn t121_users_and_groups_are_found_in_their_own_directory_alone(store: Store) {
    let (ours, theirs) = directories(&store).await;
    let (jane, staff) = (user(10, &ours, "jane", Some(100)), group(20, &ours, "staff"));
    add(&store, from_ref(&jane), from_ref(&staff)).await;
    assert_eq!(store.directories(&only()).await.unwrap(), from_ref(&ours));
    assert_eq!(store.directory(&acme(), ours.id).await.unwrap(), None);
    assert_eq!(store.scim_user(&ours, jane.id).await.unwrap().as_ref(), Some(&jane));
    assert_eq!(store.scim_group(&ours, staff.id).await.unwrap().as_ref(), Some(&staff));
    // An id of ours with the name of another organization is not ours, either.
    let posing = DirectoryRow { organization: acme(), ..ours.clone() };
    for elsewhere in [&theirs, &posing] {
        assert_eq!(store.scim_user(elsewhere, jane.id).await.unwrap(), None);
        assert_eq!(store.scim_group(elsewhere, staff.id).await.unwrap(), None);
        assert_eq!(store.count_scim_users(elsewhere, &ScimFilter::All).await.unwrap().count, 0);
        let mut change = store.write().await.unwrap();
        assert!(change.known_scim_users(elsewhere, &[jane.id]).await.unwrap().is_empty());
        change.delete_scim_group(elsewhere, staff.id).await.unwrap();
        change.delete_scim_user(&elsewhere.organization, elsewhere.id, jane.id).await.unwrap();
        change.commit(event(), at(1)).await.unwrap();
    }
    assert!(store.is_synced(&only(), Uuid::from_u128(100)).await.unwrap());
    assert!(!store.is_synced(&acme(), Uuid::from_u128(100)).await.unwrap());
    assert_eq!(store.scim_groups(&ours, &ScimFilter::All, ScimStart::Behind(0), 9).await.unwrap(), [staff]);
}

async fn a_name_and_an_account_are_had_once(store: Store) {
    let (ours, theirs) = directories(&store).await;
    add(&store, &[user(10, &ours, "jane", Some(100))], &[group(20, &ours, "staff")]).await;
    add(&store, &[user(11, &theirs, "jane", Some(101))], &[group(21, &theirs, "staff")]).await;
    for second in [user(12, &ours, "jane", None), user(12, &theirs, "jane2", Some(100))] {
        let mut change = store.write().await.unwrap();
        assert!(change.insert_scim_user(&second).await.is_err());
    }
    let mut change = store.write().await.unwrap();
    assert!(change.insert_scim_group(&group(22, &ours, "staff")).await.is_err());
    drop(change);
    add(&store, &[user(13, &ours, "olga", None), user(14, &ours, "nora", None)], &[]).await;
}

async fn members_come_and_go_with_their_users_and_groups(store: Store) {
    let (ours, _) = directories(&store).await;
    let people: Vec<ScimUserRow> =
        (0..700).map(|number| user(1_000 + number, &ours, &format!("u{number}"), None)).collect();
    add(&store, &people, &[group(20, &ours, "staff"), group(21, &ours, "board")]).await;
    let (staff, board) = (Uuid::from_u128(20), Uuid::from_u128(21));
    let member = |group, user: &ScimUserRow| ScimMember { group, user: user.id, display: None };
    let mut all: Vec<ScimMember> = people.iter().map(|user| member(staff, user)).collect();
    all.push(member(board, &people[0]));
    let mut change = store.write().await.unwrap();
    let ids: Vec<Uuid> = people.iter().map(|user| user.id).collect();
    assert_eq!(change.known_scim_users(&ours, &ids).await.unwrap().len(), 700);
    assert_eq!(change.scim_members_among(staff, &ids[..3]).await.unwrap(), []);
    change.upsert_scim_members(&all).await.unwrap();
    change
        .upsert_scim_members(&[ScimMember { display: Some("U".to_owned()), ..all[0].clone() }])
        .await
        .unwrap();
    change.delete_scim_members(staff, &ids[100..]).await.unwrap();
    change.delete_scim_user(&only(), ours.id, ids[1]).await.unwrap();
    assert_eq!(change.scim_members_among(staff, &ids).await.unwrap().len(), 99, "in batches");
    assert_eq!(change.scim_members_among(staff, &ids[99..101]).await.unwrap(), all[99..100]);
    change.commit(event(), at(1)).await.unwrap();
    let some = store.some_scim_members(staff, 5).await.unwrap();
    assert_eq!(
        some.iter().map(|member| member.user).collect::<Vec<_>>(),
        [ids[0], ids[2], ids[3], ids[4], ids[5]]
    );
    let left = store.scim_members(&[staff, board]).await.unwrap();
    assert_eq!(left.len(), 100);
    assert!(left.iter().any(|member| member.user == ids[0] && member.display.as_deref() == Some("U")));
    let of_first = store.groups_of_scim_users(&ids[..2]).await.unwrap();
    let names: Vec<&str> = of_first.iter().map(|group| group.display_name.as_str()).collect();
    assert_eq!(names, ["BOARD", "STAFF"]);
    let mut change = store.write().await.unwrap();
    change.delete_scim_group(&ours, staff).await.unwrap();
    change.commit(event(), at(1)).await.unwrap();
    assert_eq!(store.scim_members(&[staff, board]).await.unwrap().len(), 1);
}

async fn lists_are_narrowed_and_read_by_place(store: Store) {
    let (ours, _) = directories(&store).await;
    let people: Vec<ScimUserRow> =
        (0..5).map(|number| user(10 + number, &ours, &format!("u{number}"), None)).collect();
    add(&store, &people, &[]).await;
    for (filter, expected) in [
        (ScimFilter::All, 5),
        (ScimFilter::Name("u3".to_owned()), 1),
        (ScimFilter::Name("U3".to_owned()), 0),
        (ScimFilter::ExternalId("e12".to_owned()), 1),
        (ScimFilter::ExternalId("E12".to_owned()), 0),
        (ScimFilter::Name(String::new()), 0),
    ] {
        assert_eq!(store.count_scim_users(&ours, &filter).await.unwrap().count, expected, "{filter:?}");
        let found = store.scim_users(&ours, &filter, ScimStart::Behind(0), 9).await.unwrap();
        assert_eq!(found.len() as u64, expected, "{filter:?}");
    }
    let from = async |start| store.scim_users(&ours, &ScimFilter::All, start, 2).await.unwrap();
    assert_eq!(from(ScimStart::Behind(0)).await, people[..2]);
    assert_eq!(from(ScimStart::Behind(3)).await, people[3..]);
    assert_eq!(from(ScimStart::After(people[2].id)).await, people[3..]);
    assert_eq!(from(ScimStart::Behind(5)).await, []);
    assert_eq!(from(ScimStart::Behind(u64::MAX)).await, []);
    assert_eq!(from(ScimStart::After(people[4].id)).await, []);
    let mut change = store.write().await.unwrap();
    let renamed =
        ScimUserRow { user_name: "new".to_owned(), active: false, updated_at: at(2), ..people[0].clone() };
    change.update_scim_user(&renamed).await.unwrap();
    change.commit(event(), at(2)).await.unwrap();
    assert_eq!(store.scim_user(&ours, renamed.id).await.unwrap(), Some(renamed));
}

async fn a_directory_knows_how_many_it_has_and_whether_anybody_came_or_went(store: Store) {
    let (ours, theirs) = directories(&store).await;
    let users = async || store.count_scim_users(&ours, &ScimFilter::All).await.unwrap();
    let groups = async || store.count_scim_groups(&ours, &ScimFilter::All).await.unwrap();
    add(&store, &[user(10, &ours, "u0", None), user(11, &ours, "u1", None)], &[group(20, &ours, "staff")])
        .await;
    add(&store, &[user(12, &theirs, "u0", None)], &[]).await;
    assert_eq!((users().await.count, groups().await.count), (2, 1));
    let version = users().await.version;
    let mut change = store.write().await.unwrap();
    change.update_scim_user(&user(10, &ours, "new", None)).await.unwrap();
    change.delete_scim_user(&acme(), ours.id, Uuid::from_u128(10)).await.unwrap();
    change.delete_scim_user(&only(), ours.id, Uuid::from_u128(12)).await.unwrap();
    change.commit(event(), at(1)).await.unwrap();
    assert_eq!(users().await, ScimTotal { count: 2, version }, "nobody of it went");
    let mut change = store.write().await.unwrap();
    change.delete_scim_user(&only(), ours.id, Uuid::from_u128(10)).await.unwrap();
    change.delete_scim_group(&ours, Uuid::from_u128(20)).await.unwrap();
    change.commit(event(), at(1)).await.unwrap();
    assert_eq!((users().await.count, groups().await.count), (1, 0));
    assert_eq!(users().await.version, version + 2);
    assert_eq!(store.count_scim_users(&theirs, &ScimFilter::All).await.unwrap().count, 1);
}
