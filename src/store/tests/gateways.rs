//! Several gateways on one PostgreSQL: what one process promises must hold for all of them together.

use std::collections::HashSet;

use tokio::task::JoinSet;

use super::*;
use crate::domain::quota::Quota;

const GATEWAYS: usize = 4;
const EACH: usize = 8;

/// As many stores on one new database, each with its own connections as a process of its own has them.
async fn gateways() -> Option<Vec<Store>> {
    let place = empty_database().await?;
    let mut stores = vec![fresh_in(&place).await];
    while stores.len() < GATEWAYS {
        stores.push(Store::open(&Database::Postgres(place.clone())).await.unwrap());
    }
    Some(stores)
}

/// Runs the same so many times at every gateway at once.
async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    stores: &[Store],
    deed: impl Fn(Store, u64) -> F,
) -> Vec<T> {
    let mut tasks = JoinSet::new();
    for number in 0..GATEWAYS * EACH {
        tasks.spawn(deed(stores[number % GATEWAYS].clone(), number as u64));
    }
    tasks.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t086_a_code_is_tried_five_times_and_succeeds_once_over_all_gateways() {
    let Some(stores) = gateways().await else { return };
    open_challenge(&stores[0], 1, at(0)).await;
    let tried = at_once(&stores, async |store: Store, _| {
        let mut change = store.write().await.unwrap();
        let used = change.count_try(Uuid::from_u128(1), 5, at(1)).await.unwrap();
        let won = used.is_some()
            && change.end_challenge(Uuid::from_u128(1), ChallengeOutcome::Verified, at(1)).await.unwrap();
        change.commit(challenged(), at(1)).await.unwrap();
        (used, won)
    });
    let tried = tried.await;
    assert_eq!(tried.iter().filter(|(_, won)| *won).count(), 1);
    assert_eq!(stores[1].challenge(Uuid::from_u128(1)).await.unwrap().unwrap().tries, 1, "it ended at once");

    open_challenge(&stores[0], 2, at(2)).await;
    let tried = at_once(&stores, async |store: Store, _| {
        let mut change = store.write().await.unwrap();
        let used = change.count_try(Uuid::from_u128(2), 5, at(3)).await.unwrap();
        change.commit(challenged(), at(3)).await.unwrap();
        used
    });
    let mut used: Vec<u32> = tried.await.into_iter().flatten().collect();
    used.sort_unstable();
    assert_eq!(used, [1, 2, 3, 4, 5]);
    let events = 3 + 2 * (GATEWAYS * EACH) as u64;
    assert_eq!(stores[2].verify_audit_chain().await.unwrap(), events, "the chain is one, whoever writes");
}

/// A quota is read and then written: two that read at once would both find room.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_limit_counts_once_over_all_gateways() {
    let Some(stores) = gateways().await else { return };
    let spent = at_once(&stores, async |store: Store, _| {
        let mut change = store.write().await.unwrap();
        let spent = change.spend("try", b"jane", &[Quota::per_hour(3)], at(0)).await.unwrap();
        change.commit(challenged(), at(0)).await.unwrap();
        spent.is_ok()
    });
    assert_eq!(spent.await.into_iter().filter(|allowed| *allowed).count(), 3);
}

/// As `issue_code` does it: look first, open where nothing is live.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_all_gateways_one_opens_a_challenge_and_the_others_find_it() {
    let Some(stores) = gateways().await else { return };
    let opened = at_once(&stores, async |store: Store, number| {
        let mut change = store.write().await.unwrap();
        if let Some(live) = change.live_challenge(JANE, BROWSER, at(0)).await.unwrap() {
            return (false, live.id);
        }
        let challenge = change.open_challenge(&new_challenge(number.into(), at(0))).await.unwrap();
        change.commit(challenged(), at(0)).await.unwrap();
        (true, challenge.id)
    });
    let opened = opened.await;
    assert_eq!(opened.iter().filter(|(opened, _)| *opened).count(), 1);
    assert_eq!(opened.iter().map(|(_, id)| id).collect::<HashSet<_>>().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_two_gateways_send_one_mail() {
    let Some(stores) = gateways().await else { return };
    open_challenge(&stores[0], 1, at(0)).await;
    let mut change = stores[0].write().await.unwrap();
    for id in 0..40 {
        change.queue_mail(&new_mail(id, 1, at(0))).await.unwrap();
    }
    change.commit(challenged(), at(0)).await.unwrap();
    let taken = at_once(&stores, async |store: Store, _| store.due_mail(at(0), MINUTE, 10).await.unwrap());
    let taken: Vec<Uuid> = taken.await.into_iter().flatten().map(|mail| mail.id).collect();
    assert_eq!((taken.len(), taken.iter().collect::<HashSet<_>>().len()), (40, 40));
}

/// A number that were given out before its transaction ends, and seen after a higher one, would be a sign-out that nobody
/// hears of.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_follows_the_change_log_misses_nothing_that_any_gateway_writes() {
    let Some(stores) = gateways().await else { return };
    let follower = stores[3].clone();
    let entries = (GATEWAYS * EACH) as i64;
    let following = tokio::spawn(async move {
        let (mut seen, mut last) = (Vec::new(), 0);
        while last < entries {
            let new = follower.changes_after(last, 3).await.unwrap();
            seen.extend(new.iter().map(|entry| entry.seq));
            last = seen.last().copied().unwrap_or(0);
        }
        seen
    });
    at_once(&stores, async |store: Store, number| {
        let mut change = store.write().await.unwrap();
        change.revoke(Family([number as u8; 16]), at(number)).await.unwrap();
        change.commit(challenged(), at(number)).await.unwrap();
    })
    .await;
    assert_eq!(following.await.unwrap(), (1..=entries).collect::<Vec<_>>());
}

/// A connection that went on in a transaction that nobody ended would see the moment of its first read for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_gives_up_while_a_transaction_begins_leaves_none_behind() {
    let Some(stores) = gateways().await else { return };
    for polls in 0..40 {
        drop(parallel::poll_at_most(polls % 8, stores[0].connections.begin_read()).await);
        drop(parallel::poll_at_most(polls % 8, stores[0].write()).await);
        let seen = stores[0].last_change().await.unwrap();
        let mut change = stores[1].write().await.unwrap();
        change.revoke(FAMILY, at(u64::from(polls))).await.unwrap();
        change.commit(challenged(), at(u64::from(polls))).await.unwrap();
        assert_eq!(stores[0].last_change().await.unwrap(), seen + 1, "given up after {} polls", polls % 8);
    }
}

/// What one page says of accounts must not contradict the next one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_pages_are_of_one_moment() {
    let Some(stores) = gateways().await else { return };
    let import = async |claimed: bool| {
        let account = |number| NewAccount {
            email: email(&format!("user{number}@acme.test")),
            username: None,
            name: None,
            claimed,
            user_keys: Vec::new(),
        };
        let mut change = stores[0].write().await.unwrap();
        change.upsert_accounts(&only(), &(0..5_500).map(account).collect::<Vec<_>>(), at(0)).await.unwrap();
        change.commit(challenged(), at(0)).await.unwrap();
    };
    let count = async |snapshot: &mut database::Transaction| -> i64 {
        let count = sqlx::query_scalar("SELECT count(*) FROM accounts WHERE claimed = 1");
        count.fetch_one(&mut **snapshot).await.unwrap()
    };
    import(false).await;
    let mut snapshot = stores[1].connections.begin_read().await.unwrap();
    assert_eq!(count(&mut snapshot).await, 0);
    import(true).await;
    assert_eq!(count(&mut snapshot).await, 0, "the import came later");
    drop(snapshot);
    let mut now = 0;
    assert_eq!(stores[1].each_account(|row| now += u32::from(row.claim.is_in_force())).await.unwrap(), 5_500);
    assert_eq!(now, 5_500);
}
