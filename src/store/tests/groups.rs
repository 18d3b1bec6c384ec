//! Groups and roles: who is invited where, and that nothing of one organization is another's.

use super::*;
use crate::domain::domain_name::DomainName;
use crate::domain::group::{Group, GroupKind, Role};

over_both! {
    a_role_of_a_group_invites_its_people_until_it_is_taken_back,
    t121_a_group_of_another_organization_is_not_there,
}

fn acme() -> OrganizationId {
    OrganizationId::parse("acme").unwrap()
}

fn event() -> AuditEvent {
    AuditEvent::new("ada", AuditAction::GroupUpdated, "x").of(&acme())
}

fn group(name: &str, domains: &[&str]) -> Group {
    Group {
        name: name.to_owned(),
        description: String::new(),
        kind: if domains.is_empty() { GroupKind::Group } else { GroupKind::Company },
        domains: domains.iter().map(|domain| DomainName::parse(domain).unwrap()).collect(),
    }
}

async fn invited(store: &Store) -> Vec<(String, &'static str)> {
    let rows = store.invitations().await.unwrap();
    let mut all: Vec<_> = rows.into_iter().map(|row| (row.who, row.role.id())).collect();
    all.sort();
    all
}

async fn a_role_of_a_group_invites_its_people_until_it_is_taken_back(store: Store) {
    let (people, company) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let mut change = store.write().await.unwrap();
    change.see_account(&acme(), &email("jane@ext.test"), false, at(0)).await.unwrap();
    let jane = change.account_of(&acme(), &email("jane@ext.test")).await.unwrap().unwrap();
    change.insert_group(people, &acme(), &group("People", &[]), at(1)).await.unwrap();
    change.insert_group(company, &acme(), &group("Partner", &["partner.test"]), at(1)).await.unwrap();
    assert!(change.add_to_group(&acme(), people, jane.id, at(1)).await.unwrap());
    assert!(!change.add_to_group(&acme(), people, jane.id, at(1)).await.unwrap());
    for (holder, role) in [
        (Holder::Group(people), Role::Guest),
        (Holder::Group(company), Role::Customer),
        (Holder::Account(jane.id), Role::User),
    ] {
        assert!(change.assign_role(&acme(), holder, role, "jira.test", at(2)).await.unwrap());
        assert!(!change.assign_role(&acme(), holder, role, "jira.test", at(2)).await.unwrap());
    }
    let mut known = change.people_of_group(&acme(), people).await.unwrap();
    assert_eq!(known.pop(), Some(email("jane@ext.test")));
    change.commit(event(), at(2)).await.unwrap();
    let expected = [
        ("jane@ext.test".to_owned(), "atlassian/guest"),
        ("jane@ext.test".to_owned(), "atlassian/user"),
        ("partner.test".to_owned(), "atlassian/customer"),
    ];
    assert_eq!(invited(&store).await, expected);
    assert_eq!(store.roles_of(&acme(), Holder::Group(company)).await.unwrap().len(), 1);
    let names: Vec<_> = store.groups_after(&acme(), "", None, 9).await.unwrap();
    assert_eq!(names.iter().map(|row| row.group.name.as_str()).collect::<Vec<_>>(), ["Partner", "People"]);
    assert_eq!(names[0].group.domains.len(), 1);
    let companies = store.groups_after(&acme(), "", Some(GroupKind::Company), 9).await.unwrap();
    assert_eq!(companies.len(), 1);
    for (text, found) in [("ART", 1), ("p", 2), ("%", 0), ("", 2)] {
        assert_eq!(store.groups_with(&acme(), text, "", None, 9).await.unwrap().len(), found, "{text}");
    }
    assert_eq!(store.groups_after(&acme(), "Partner", None, 9).await.unwrap().len(), 1);
    assert_eq!(store.group_members_after(&acme(), people, "", 9).await.unwrap()[0].account, jane.id);

    let mut change = store.write().await.unwrap();
    assert_eq!(change.leave_everything(&acme(), jane.id, at(3)).await.unwrap(), 2);
    assert!(change.delete_group(&acme(), company, at(3)).await.unwrap());
    let renamed = group("Renamed", &[]);
    assert!(change.update_group(people, 1, &acme(), &renamed, at(3)).await.unwrap());
    assert!(!change.update_group(people, 1, &acme(), &renamed, at(3)).await.unwrap(), "an older version");
    change.commit(event(), at(3)).await.unwrap();
    assert_eq!(invited(&store).await, []);
    assert_eq!(store.group(&acme(), people).await.unwrap().unwrap().version, 2);
}

async fn t121_a_group_of_another_organization_is_not_there(store: Store) {
    let (id, other) = (Uuid::from_u128(1), OrganizationId::parse("other").unwrap());
    let mut change = store.write().await.unwrap();
    change.insert_group(id, &acme(), &group("Partner", &["partner.test"]), at(1)).await.unwrap();
    assert_eq!(change.group_name(&other, id).await.unwrap(), None);
    assert!(!change.delete_group(&other, id, at(1)).await.unwrap());
    assert!(!change.update_group(id, 1, &other, &group("Theirs", &[]), at(1)).await.unwrap());
    assert!(!change.is_group_name_taken(&other, "Partner", None).await.unwrap());
    let domain = DomainName::parse("partner.test").unwrap();
    assert_eq!(change.company_of_domain(&other, &domain, None).await.unwrap(), None);
    assert_eq!(change.company_of_domain(&acme(), &domain, None).await.unwrap().as_deref(), Some("Partner"));
    assert_eq!(change.company_of_domain(&acme(), &domain, Some(id)).await.unwrap(), None);
    assert_eq!(change.people_of_group(&other, id).await.unwrap(), []);
    change.commit(event(), at(1)).await.unwrap();
    assert_eq!(store.group(&other, id).await.unwrap(), None);
    assert_eq!(store.groups_after(&other, "", None, 9).await.unwrap(), []);
}
