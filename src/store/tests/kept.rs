//! What is kept for people and decided by nothing: forms that a challenge interrupted, and the browsers they verified in.

use super::*;
use crate::domain::account::CookieSet;
use crate::domain::browser::Browser;

over_both! {
    a_held_form_is_its_senders_and_is_taken_once,
    a_browser_is_its_accounts_and_is_told_of_as_it_was_last,
}

const FORM: HeldFormKey<'static> =
    HeldFormKey { id: [7; 16], subject: JANE, session: CookieSet([4; 16]), site: "jira.acme.test" };

async fn a_held_form_is_its_senders_and_is_taken_once(store: Store) {
    let form = SealedForm { key_id: 3, sealed: vec![0, 255, 7] };
    assert!(store.hold_form(&FORM, &form, at(100), at(0)).await.unwrap());
    assert_eq!(store.held_form(&FORM, at(99)).await.unwrap(), Some(form.clone()));
    for other in [
        HeldFormKey { id: [8; 16], ..FORM },
        HeldFormKey { subject: Subject([9; 16]), ..FORM },
        HeldFormKey { session: CookieSet([9; 16]), ..FORM },
        HeldFormKey { site: "wiki.acme.test", ..FORM },
    ] {
        assert_eq!(store.held_form(&other, at(99)).await.unwrap(), None);
        assert_eq!(store.take_form(&other, at(99)).await.unwrap(), None);
    }
    assert_eq!(store.take_form(&FORM, at(100)).await.unwrap(), None, "its time is over");
    let both = tokio::join!(store.take_form(&FORM, at(99)), store.take_form(&FORM, at(99)));
    let taken = [both.0.unwrap(), both.1.unwrap()];
    assert_eq!(taken.iter().flatten().collect::<Vec<_>>(), [&form], "once");

    for id in 0..6 {
        let key = HeldFormKey { id: [id; 16], ..FORM };
        assert_eq!(store.hold_form(&key, &form, at(100), at(0)).await.unwrap(), id < 5, "{id}");
    }
    let (another, later) = (HeldFormKey { id: [6; 16], ..FORM }, at(100));
    assert!(store.hold_form(&another, &form, at(200), later).await.unwrap(), "the others are over");
    assert_eq!(store.prune_held_forms(at(200)).await.unwrap(), 1);
}

async fn a_browser_is_its_accounts_and_is_told_of_as_it_was_last(store: Store) {
    let jane = email("jane@ext.test");
    let row = |id: u128, verified_at| BrowserRow {
        id: Uuid::from_u128(id),
        organization: only(),
        email: jane.clone(),
        device: [5; 16],
        family: FAMILY,
        site: "jira.acme.test".to_owned(),
        browser: Browser { program: Some("Firefox"), system: None },
        network: "192.0.2.x".to_owned(),
        first_verified_at: verified_at,
        last_verified_at: verified_at,
    };
    let mut change = store.write().await.unwrap();
    change.keep_browser(&row(1, at(0))).await.unwrap();
    change.keep_browser(&row(2, at(10))).await.unwrap();
    let again = BrowserRow { last_verified_at: at(20), network: "198.51.100.x".to_owned(), ..row(1, at(0)) };
    change.keep_browser(&again).await.unwrap();
    assert!(!change.forget_browser(&only(), &email("omar@ext.test"), row(2, at(10)).id).await.unwrap());
    change.commit(challenged(), at(20)).await.unwrap();
    assert_eq!(store.browsers(&only(), &jane).await.unwrap(), [again, row(2, at(10))]);
    assert_eq!(store.browsers(&only(), &email("omar@ext.test")).await.unwrap(), []);

    let mut change = store.write().await.unwrap();
    assert!(change.forget_browser(&only(), &jane, row(2, at(10)).id).await.unwrap());
    change.commit(challenged(), at(30)).await.unwrap();
    assert_eq!(store.prune(at(20) + DAY * 31).await.unwrap().browsers, 0);
    assert_eq!(store.prune(at(21) + DAY * 31).await.unwrap().browsers, 1);
}
