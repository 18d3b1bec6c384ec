//! Authenticators over both databases: a step is taken once, a ceremony ends once, and all nodes hear of what there is.

use uuid::Uuid;

use super::*;
use crate::domain::method::Method;
use crate::domain::organization::OrganizationId;

over_both! {
    a_step_is_taken_once_and_none_before_it,
    a_ceremony_ends_once_and_for_who_began_it_alone,
    all_nodes_hear_of_what_somebody_has,
}

fn row(id: u128, method: Method, host: Option<&str>) -> AuthenticatorRow {
    AuthenticatorRow {
        id: Uuid::from_u128(id),
        organization: OrganizationId::only(),
        email: EmailAddress::parse("jane@acme.com").unwrap(),
        method,
        name: "Phone".to_owned(),
        host: host.map(str::to_owned),
        secret: vec![1, 2, 3],
        last_step: None,
        created_at: at(0),
        used_at: None,
    }
}

fn event() -> AuditEvent {
    AuditEvent::new("jane@acme.com", AuditAction::AuthenticatorAdded, "jane@acme.com")
}

async fn a_step_is_taken_once_and_none_before_it(store: Store) {
    let app = row(1, Method::AuthenticatorApp, None);
    let mut change = store.write().await.unwrap();
    change.add_authenticator(&app, at(0)).await.unwrap();
    for (step, taken) in [(7, true), (7, false), (6, false), (8, true)] {
        assert_eq!(change.take_step(app.id, step, at(1)).await.unwrap(), taken, "{step}");
    }
    assert!(!change.take_step(Uuid::from_u128(2), 9, at(1)).await.unwrap(), "an unknown one");
    change.commit(event(), at(1)).await.unwrap();
    let kept = store.authenticators(&app.organization, &app.email).await.unwrap();
    assert_eq!(kept, [AuthenticatorRow { last_step: Some(8), used_at: Some(at(1)), ..app }]);
}

async fn a_ceremony_ends_once_and_for_who_began_it_alone(store: Store) {
    let begun = CeremonyRow {
        id: Uuid::from_u128(5),
        organization: OrganizationId::only(),
        email: EmailAddress::parse("jane@acme.com").unwrap(),
        device: BROWSER,
        kind: "app-setup",
        state: vec![9],
        expires_at: at(600),
    };
    let mut change = store.write().await.unwrap();
    change.begin_ceremony(&begun).await.unwrap();
    let omar = EmailAddress::parse("omar@partner.example").unwrap();
    for stranger in [
        CeremonyRow { email: omar, ..begun.clone() },
        CeremonyRow { device: DeviceId([9; 16]), ..begun.clone() },
        CeremonyRow { kind: "passkey", ..begun.clone() },
        CeremonyRow { organization: OrganizationId::parse("other").unwrap(), ..begun.clone() },
    ] {
        assert_eq!(change.ceremony_state(&stranger, at(1)).await.unwrap(), None, "{stranger:?}");
    }
    assert_eq!(change.ceremony_state(&begun, at(600)).await.unwrap(), None, "too late");
    assert_eq!(change.ceremony_state(&begun, at(599)).await.unwrap(), Some(vec![9]));
    let newer = CeremonyRow { id: Uuid::from_u128(6), ..begun.clone() };
    change.begin_ceremony(&newer).await.unwrap();
    assert_eq!(change.ceremony_state(&begun, at(1)).await.unwrap(), None, "the newer one took its place");
    assert!(change.take_ceremony(newer.id).await.unwrap());
    assert!(!change.take_ceremony(newer.id).await.unwrap());
}

async fn all_nodes_hear_of_what_somebody_has(store: Store) {
    let (app, key) = (row(1, Method::AuthenticatorApp, None), row(2, Method::Passkey, Some("jira.test")));
    let mut change = store.write().await.unwrap();
    for new in [&app, &key] {
        change.add_authenticator(new, at(0)).await.unwrap();
    }
    let gone =
        change.remove_authenticators(&app.organization, &app.email, Some(app.id), at(2)).await.unwrap();
    assert_eq!(gone.len(), 1);
    let other = OrganizationId::parse("other").unwrap();
    let theirs = change.remove_authenticators(&other, &app.email, None, at(2)).await.unwrap();
    assert!(theirs.is_empty(), "another organization's");
    change.commit(event(), at(2)).await.unwrap();
    let told: Vec<_> = store.changes_after(0, 10).await.unwrap();
    let told: Vec<_> = told.iter().map(|entry| entry.authenticators().unwrap()).collect();
    let has =
        |has_app, hosts: &[&str]| (has_app, hosts.iter().map(|&host| host.to_owned()).collect::<Vec<_>>());
    let told: Vec<_> = told.into_iter().map(|row| (row.has_app, row.hosts)).collect();
    assert_eq!(told, [has(true, &[]), has(true, &["jira.test"]), has(false, &["jira.test"])]);
    assert_eq!(store.all_authenticators().await.unwrap()[0].hosts, ["jira.test"]);
}
