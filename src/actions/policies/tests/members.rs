//! Members by hand, by import, in pages and by search.

use super::*;
use crate::actions::policies::members::RemoveMemberError;
use crate::domain::task::{RowOutcome, RowReason};

over_both! {
    members_are_added_by_address_username_or_id_and_only_who_is_managed,
    who_is_claimed_has_one_policy_and_who_is_not_has_none,
    a_page_of_members_goes_on_where_the_last_ended_and_is_searched_by_name,
}

async fn members_are_added_by_address_username_or_id_and_only_who_is_managed(store: Store) {
    let office = Office::new(store).await;
    let (policies, ada) = (&office.policies, admin(1));
    let (default, strict) = (office.default_of(&acme()).await, office.made("Strict").await);
    let members = policies.store.members(&acme(), default, None, "", 10).await.unwrap();
    let joe = members.iter().find(|member| member.email == email("joe@acme.test")).unwrap().account;
    let add = async |entries: &[&str]| {
        let entries: Vec<String> = entries.iter().map(|entry| (*entry).to_owned()).collect();
        let added = policies.add_members(&acme(), strict, &entries, &ada).await;
        added.map(|results| results.into_iter().map(|result| result.outcome).collect::<Vec<_>>())
    };
    let before = office.events().await;
    let joes_id = joe.to_string();
    let entries = [
        "Jane",
        &joes_id,
        "JOE@acme.test",
        "eve@acme.test",
        "liam",
        "nobody@acme.test",
        "a@b@c",
        "nobody@acme.test",
    ];
    let failed = RowOutcome::Failed;
    assert_eq!(
        add(&entries).await.unwrap(),
        [
            RowOutcome::Succeeded,
            RowOutcome::Succeeded,
            RowOutcome::Repeated,
            failed(RowReason::NotClaimed),
            failed(RowReason::DomainNotVerified),
            failed(RowReason::UnknownAccount),
            failed(RowReason::Malformed),
            RowOutcome::Repeated,
        ]
    );
    assert_eq!(office.members_of(strict).await, ["jane@acme.test", "joe@acme.test"]);
    assert_eq!(office.members_of(default).await, ["liam@ext.test"], "a member is in one policy");
    let noted: Vec<_> = office.noted(6).await.into_iter().map(|row| (row.action, row.subject)).collect();
    assert_eq!(office.events().await, before + 6, "one event for each");
    assert_eq!(noted[1], ("user_added_to_auth_policy".to_owned(), "joe@acme.test".to_owned()));
    assert_eq!(noted[5], ("user_add_to_auth_policy_failed".to_owned(), "a@b@c".to_owned()));

    assert_eq!(add(&["jane"]).await.unwrap(), [RowOutcome::Unchanged]);
    assert_eq!(office.events().await, before + 6, "what is so already is no event");
    for count in [0, 21] {
        let many = vec!["jane"; count];
        assert!(matches!(add(&many).await, Err(AddMembersError::Count)), "{count}");
    }
    assert_eq!(add(&["jane"; 20]).await.unwrap().len(), 20);
    let theirs = policies.add_members(&partner(), strict, &["jane".to_owned()], &ada).await;
    assert!(matches!(theirs, Err(AddMembersError::Unknown)), "{theirs:?}");
    let stranger =
        policies.add_members(&partner(), office.default_of(&partner()).await, &[joes_id], &ada).await;
    assert_eq!(stranger.unwrap()[0].outcome, failed(RowReason::UnknownAccount), "T121");

    let remove = async |policy, text| {
        let key = AccountKey::read(text).unwrap();
        policies.remove_member(&acme(), policy, &key, &ada).await
    };
    remove(strict, "joe").await.unwrap();
    assert_eq!(office.members_of(default).await, ["joe@acme.test", "liam@ext.test"]);
    assert!(matches!(remove(strict, "joe").await, Err(RemoveMemberError::NoMember)));
    assert!(matches!(remove(default, "joe").await, Err(RemoveMemberError::IsDefault)));
    assert!(matches!(remove(Uuid::from_u128(404), "joe").await, Err(RemoveMemberError::Unknown)));
}

async fn who_is_claimed_has_one_policy_and_who_is_not_has_none(store: Store) {
    let office = Office::new(store).await;
    let (default, strict) = (office.default_of(&acme()).await, office.made("Strict").await);
    office.policies.add_members(&acme(), strict, &["jane".to_owned()], &admin(1)).await.unwrap();
    assert_eq!(office.members_of(default).await, ["joe@acme.test", "liam@ext.test"]);
    office.clock.advance(Duration::from_secs(60));
    let people = [
        person("jane@acme.test", true),
        person("joe@acme.test", false),
        person("eve@acme.test", true),
        person("new@acme.test", false),
    ];
    office.import(&acme(), None, &people).await;
    assert_eq!(office.members_of(strict).await, ["jane@acme.test"], "an import leaves a member where it is");
    assert_eq!(office.members_of(default).await, ["eve@acme.test", "liam@ext.test"]);
    let since =
        async |policy| office.policies.store.members(&acme(), policy, None, "", 9).await.unwrap()[0].since;
    assert_eq!(since(default).await, Some(office.clock.now()), "eve became one now");
    assert_eq!(since(strict).await, Some(office.clock.now() - Duration::from_secs(60)));
    office.import(&acme(), None, &[person("jane@acme.test", false)]).await;
    office.import(&acme(), None, &[person("jane@acme.test", true)]).await;
    assert_eq!(office.members_of(strict).await, [""; 0], "claimed again, she begins anew");
}

async fn a_page_of_members_goes_on_where_the_last_ended_and_is_searched_by_name(store: Store) {
    let office = Office::new(store).await;
    let default = office.default_of(&acme()).await;
    let named = |number: u32| NewAccount {
        name: Some(format!("Person 100%_{number} O'Neill")),
        ..person(&format!("user{number:03}@acme.test"), true)
    };
    office.import(&acme(), None, &(0..120).map(named).collect::<Vec<_>>()).await;
    let page = async |search: Option<&str>, after: &str| {
        let rows = office.policies.store.members(&acme(), default, search, after, 50).await.unwrap();
        rows.into_iter().map(|row| row.email.to_string()).collect::<Vec<_>>()
    };
    let (mut seen, mut after) = (0, String::new());
    while let Some(last) = page(None, &after).await.last().cloned() {
        seen += page(None, &after).await.len();
        assert!(last > after);
        after = last;
    }
    assert_eq!(seen, 123);
    assert_eq!(page(Some("ER00"), "").await.len(), 10, "whatever the case");
    assert_eq!(page(Some("_119 o'n"), "").await, ["user119@acme.test"]);
    assert_eq!(page(Some("0%_11"), "user110@acme.test").await.len(), 9, "after a place");
    assert_eq!(page(Some("0_%"), "").await.len(), 0, "what stands for other letters stands for itself");
    assert_eq!(page(Some("!00"), "").await.len(), 0);
    let theirs = office.policies.store.members(&partner(), default, None, "", 50).await.unwrap();
    assert_eq!(theirs, [], "T121");
}
