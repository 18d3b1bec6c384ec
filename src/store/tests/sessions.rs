//! What is kept of the sessions of managed people.

use super::*;
use crate::domain::account::CookieSet;

fn row(credential: u8, who: &str, began: u64, active: u64) -> SessionRow {
    SessionRow {
        credential: CookieSet([credential; 16]),
        organization: OrganizationId::only(),
        email: EmailAddress::parse(who).unwrap(),
        began_at: at(began),
        active_at: at(active),
        settings: format!("asked at {began}"),
    }
}

async fn a_session_keeps_its_beginning_and_its_last_use_until_it_is_somebody_elses(store: Store) {
    let liam = "liam@acme.com";
    store.keep_sessions(&[&row(1, liam, 100, 200), &row(2, liam, 100, 200)]).await.unwrap();
    // Another node met it later and knew nothing of it.
    store.keep_sessions(&[&row(1, liam, 150, 150), &row(2, liam, 90, 300)]).await.unwrap();
    let all = [CookieSet([1; 16]), CookieSet([2; 16]), CookieSet([3; 16])];
    let mut known = store.sessions(&all).await.unwrap();
    known.sort_by_key(|row| row.credential.0);
    assert_eq!(known, [row(1, liam, 100, 200), row(2, liam, 90, 300)]);
    assert_eq!(store.sessions(&[]).await.unwrap(), []);

    store.keep_sessions(&[&row(1, "mia@acme.com", 400, 400)]).await.unwrap();
    assert_eq!(store.sessions(&all[..1]).await.unwrap(), [row(1, "mia@acme.com", 400, 400)]);
    store.forget_sessions(&all[..1]).await.unwrap();
    assert_eq!(store.sessions(&all).await.unwrap(), [row(2, liam, 90, 300)]);
    assert_eq!(store.prune(at(300) + DAY * 90).await.unwrap().sessions, 0);
    assert_eq!(store.prune(at(301) + DAY * 90).await.unwrap().sessions, 1);
}

over_both!(a_session_keeps_its_beginning_and_its_last_use_until_it_is_somebody_elses);
