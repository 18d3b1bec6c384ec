//! Groups and roles: who is invited where, and that nothing of one organization is another's.

use super::scim::{directory, group as synced, user};
use super::*;
use crate::domain::domain_name::DomainName;
use crate::domain::group::{Group, GroupKind, Role};

over_both! {
    who_is_in_an_exempt_group_is_exempt_until_it_ends_or_they_leave,
    a_role_of_a_group_invites_its_people_until_it_is_taken_back,
    t121_a_group_of_another_organization_is_not_there,
    groups_of_all_directories_are_one_list,
    people_are_found_by_group_by_role_and_by_directory,
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

async fn who_is_in_an_exempt_group_is_exempt_until_it_ends_or_they_leave(store: Store) {
    let (people, company) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let exemptions = async || {
        let rows = store.exemptions().await.unwrap().into_iter();
        let mut all: Vec<_> = rows.map(|row| (row.organization, row.who, row.until)).collect();
        all.sort();
        all
    };
    let mut change = store.write().await.unwrap();
    change.see_account(&acme(), &email("jane@ext.test"), false, at(0)).await.unwrap();
    let jane = change.account_of(&acme(), &email("jane@ext.test")).await.unwrap().unwrap();
    change.insert_group(people, &acme(), &group("People", &[]), at(1)).await.unwrap();
    change.insert_group(company, &acme(), &group("Partner", &["partner.test"]), at(1)).await.unwrap();
    change.add_to_group(&acme(), people, jane.id, at(1)).await.unwrap();
    assert!(change.exempt_group(&acme(), people, Some(at(100)), at(1)).await.unwrap());
    change.commit(event(), at(1)).await.unwrap();
    assert_eq!(exemptions().await, [(acme(), "jane@ext.test".to_owned(), at(100))]);

    let mut change = store.write().await.unwrap();
    assert!(change.exempt_group(&acme(), company, Some(at(200)), at(2)).await.unwrap());
    let row = change.group(&acme(), company).await.unwrap().unwrap();
    assert_eq!((row.exempt_until, row.version), (Some(at(200)), 2));
    change.remove_from_group(&acme(), people, jane.id, at(2)).await.unwrap();
    change.commit(event(), at(2)).await.unwrap();
    assert_eq!(exemptions().await, [(acme(), "partner.test".to_owned(), at(200))]);

    let mut change = store.write().await.unwrap();
    assert!(change.exempt_group(&acme(), company, None, at(3)).await.unwrap());
    let elsewhere = OrganizationId::parse("other").unwrap();
    assert!(!change.exempt_group(&elsewhere, people, Some(at(300)), at(3)).await.unwrap());
    change.commit(event(), at(3)).await.unwrap();
    assert_eq!(exemptions().await, []);
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
    assert_eq!(store.group(&acme(), company).await.unwrap().unwrap().group.domains.len(), 1);

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
    assert_eq!(store.directory_group(&other, id).await.unwrap(), None);
    assert_eq!(named(&store, &other, &GroupFilter::default(), 9).await, [""; 0]);
    assert_eq!(store.count_groups(&other, &Within::All).await.unwrap(), GroupCounts::default());
}

/// The names of all groups of a list, read by pages of so many.
async fn named(
    store: &Store,
    organization: &OrganizationId,
    filter: &GroupFilter,
    limit: u32,
) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.directory_groups(organization, filter, after.as_ref(), limit).await.unwrap();
        let Some(last) = page.last() else { return all };
        after = GroupPlace::of(&last.place().to_text());
        assert_eq!(after.as_ref(), Some(&last.place()));
        all.extend(page.into_iter().map(|group| match group {
            DirectoryGroup::Own(row) => row.group.name,
            DirectoryGroup::Synced(row) => row.display_name,
        }));
    }
}

async fn groups_of_all_directories_are_one_list(store: Store) {
    let (okta, entra, theirs) = (directory(1, &acme()), directory(2, &acme()), directory(3, &only()));
    let mut change = store.write().await.unwrap();
    for directory in [&okta, &entra, &theirs] {
        change.insert_directory(directory).await.unwrap();
    }
    change.insert_group(Uuid::from_u128(10), &acme(), &group("b own", &[]), at(1)).await.unwrap();
    let company = group("A company", &["partner.test", "a.test"]);
    change.insert_group(Uuid::from_u128(11), &acme(), &company, at(1)).await.unwrap();
    for (id, directory, name) in [(20, &okta, "b"), (21, &okta, "a"), (22, &entra, "a"), (23, &theirs, "x")] {
        change.insert_scim_group(&synced(id, directory, name)).await.unwrap();
    }
    let kept = async |change: &mut Change, id| change.directory_of_group(&acme(), Uuid::from_u128(id)).await;
    assert_eq!(kept(&mut change, 22).await.unwrap().as_deref(), Some("d2"));
    assert_eq!((kept(&mut change, 10).await.unwrap(), kept(&mut change, 23).await.unwrap()), (None, None));
    assert_eq!(change.group(&acme(), Uuid::from_u128(11)).await.unwrap().unwrap().group.domains.len(), 2);
    change.commit(event(), at(1)).await.unwrap();
    let all = GroupFilter::default;
    for limit in [1, 2, 3, 9] {
        let names = named(&store, &acme(), &all(), limit).await;
        assert_eq!(names, ["A company", "b own", "A", "B", "A"], "by {limit}");
    }
    let these = |own, synced: &[&DirectoryRow]| Within::These {
        own,
        synced: synced.iter().map(|row| row.id).collect(),
    };
    for (within, expected, own, count) in [
        (these(true, &[]), &["A company", "b own"][..], 2, 0),
        (these(false, &[&okta]), &["A", "B"], 0, 2),
        (these(true, &[&entra]), &["A company", "b own", "A"], 2, 1),
        (these(false, &[&theirs]), &[], 0, 0),
        (these(false, &[]), &[], 0, 0),
    ] {
        let filter = GroupFilter { within: within.clone(), ..all() };
        assert_eq!(named(&store, &acme(), &filter, 1).await, expected, "{within:?}");
        let counts = store.count_groups(&acme(), &within).await.unwrap();
        assert_eq!((counts.groups + counts.companies, counts.synced), (own, count), "{within:?}");
    }
    assert_eq!(store.count_groups(&acme(), &Within::All).await.unwrap().total(), 5);
    for (text, found) in [("OMP", 1), ("b", 2), ("%", 0), ("_", 0), ("", 5)] {
        let filter = GroupFilter { text: text.to_owned(), ..all() };
        assert_eq!(named(&store, &acme(), &filter, 9).await.len(), found, "{text}");
    }
    let names = GroupFilter { names: vec!["A".to_owned(), "b own".to_owned()], ..all() };
    assert_eq!(named(&store, &acme(), &names, 9).await, ["b own", "A", "A"]);
    let ids = GroupFilter { ids: [11, 22, 23].map(Uuid::from_u128).to_vec(), ..all() };
    assert_eq!(named(&store, &acme(), &ids, 9).await, ["A company", "A"]);
    let one = store.directory_group(&acme(), Uuid::from_u128(11)).await.unwrap().unwrap();
    assert!(matches!(one, DirectoryGroup::Own(row) if row.group.domains.len() == 2));
}

/// All addresses of a list of accounts, before the `@`, read by pages of so many.
async fn listed(store: &Store, filter: &AccountFilter, limit: u32) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.list_accounts(&acme(), filter, after.as_ref(), limit).await.unwrap();
        all.extend(page.accounts.iter().map(|account| account.email.local().to_owned()));
        match page.next {
            Some(next) => after = Some(next),
            None => return all,
        }
    }
}

async fn people_are_found_by_group_by_role_and_by_directory(store: Store) {
    let okta = directory(1, &acme());
    let [few, many, company, staff, foreign] = [10, 11, 12, 20, 30].map(Uuid::from_u128);
    let mut change = store.write().await.unwrap();
    let mut ids = Vec::new();
    for number in 0..12 {
        let domain = if number < 8 { "ext.test" } else { "partner.test" };
        let address = email(&format!("n{number:02}@{domain}"));
        change.see_account(&acme(), &address, false, at(0)).await.unwrap();
        ids.push(change.account_of(&acme(), &address).await.unwrap().unwrap().id);
    }
    change.insert_directory(&okta).await.unwrap();
    for (id, name, domains) in [(few, "few", &[][..]), (many, "many", &[]), (company, "c", &["partner.test"])]
    {
        change.insert_group(id, &acme(), &group(name, domains), at(1)).await.unwrap();
    }
    change.insert_group(foreign, &only(), &group("theirs", &["ext.test"]), at(1)).await.unwrap();
    for (group, members) in [(few, &[0, 5][..]), (many, &[0, 1, 2, 3, 4]), (company, &[1, 8])] {
        for member in members {
            change.add_to_group(&acme(), group, ids[*member], at(1)).await.unwrap();
        }
    }
    for (id, number) in [(40, 6), (41, 7)] {
        let row = ScimUserRow { account: Some(ids[number]), ..user(id, &okta, &format!("s{id}"), None) };
        change.insert_scim_user(&row).await.unwrap();
    }
    change.insert_scim_group(&synced(20, &okta, "staff")).await.unwrap();
    let seven = ScimMember { group: staff, user: Uuid::from_u128(41), display: None };
    change.upsert_scim_members(&[seven]).await.unwrap();
    for (holder, role, site) in [
        (Holder::Group(few), Role::Guest, "jira.test"),
        (Holder::Group(company), Role::Customer, "jira.test"),
        (Holder::Account(ids[3]), Role::User, "wiki.test"),
    ] {
        change.assign_role(&acme(), holder, role, site, at(1)).await.unwrap();
    }
    change.commit(event(), at(1)).await.unwrap();

    let of = |groups: &[Uuid]| AccountFilter { groups: groups.to_vec(), ..AccountFilter::default() };
    let by = |roles: &[Role], sites: &[&str]| AccountFilter {
        roles: roles.to_vec(),
        resources: sites.iter().map(ToString::to_string).collect(),
        ..AccountFilter::default()
    };
    let within = |own, synced: &[Uuid]| AccountFilter {
        within: Within::These { own, synced: synced.to_vec() },
        ..AccountFilter::default()
    };
    let external = |filter: AccountFilter| AccountFilter { claim: Some(ClaimFilter::Unmanaged), ..filter };
    for (what, filter, expected) in [
        ("a few", of(&[few]), &[0, 5][..]),
        ("many", of(&[many]), &[0, 1, 2, 3, 4]),
        ("a company", of(&[company]), &[1, 8, 9, 10, 11]),
        ("several", of(&[few, many, staff]), &[0, 1, 2, 3, 4, 5, 7]),
        ("a group of a directory", of(&[staff]), &[7]),
        ("another organization's", of(&[foreign]), &[]),
        ("nobody's", of(&[Uuid::from_u128(99)]), &[]),
        ("a role", by(&[Role::Guest], &[]), &[0, 5]),
        ("roles", by(&[Role::Guest, Role::Customer], &[]), &[0, 1, 5, 8, 9, 10, 11]),
        ("a site", by(&[], &["jira.test"]), &[0, 1, 5, 8, 9, 10, 11]),
        ("of one's own", by(&[], &["wiki.test"]), &[3]),
        ("one role at one site", by(&[Role::Guest], &["wiki.test"]), &[]),
        ("both of two", AccountFilter { roles: vec![Role::Guest], ..of(&[many]) }, &[0]),
        (
            "both of two large ones",
            AccountFilter { resources: vec!["jira.test".to_owned()], ..of(&[many]) },
            &[0, 1],
        ),
        ("external ones", external(of(&[company])), &[1, 8, 9, 10, 11]),
        ("a directory", within(false, &[okta.id]), &[6, 7]),
        ("the own directory", within(true, &[]), &[0, 1, 2, 3, 4, 5, 8, 9, 10, 11]),
        ("both directories", within(true, &[okta.id]), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        ("no directory", within(false, &[]), &[]),
    ] {
        let expected: Vec<String> = expected.iter().map(|number| format!("n{number:02}")).collect();
        for limit in [1, 3, 50] {
            assert_eq!(listed(&store, &filter, limit).await, expected, "{what} by {limit}");
            let backwards = AccountFilter { is_backwards: true, ..filter.clone() };
            let turned: Vec<String> = expected.iter().rev().cloned().collect();
            assert_eq!(listed(&store, &backwards, limit).await, turned, "{what} backwards by {limit}");
        }
        let counted = store.count_accounts(&acme(), &filter).await.unwrap();
        assert_eq!(counted.iter().map(|(_, count)| count).sum::<u64>(), expected.len() as u64, "{what}");
    }
    assert_eq!(store.members_among(&acme(), company, &ids[8..]).await.unwrap(), [ids[8]]);
    assert!(store.members_among(&only(), company, &ids[8..]).await.unwrap().is_empty());
}
