//! What must hold when many do the same at once, or go away in the middle.

use std::collections::HashSet;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use tokio::task::JoinSet;

use super::*;
use crate::domain::mail_trouble::MailTrouble;
use crate::domain::quota::Quota;

over_both! {
    of_a_hundred_that_end_a_challenge_one_is_told_so,
    of_a_hundred_that_take_a_ticket_one_is_told_so,
    the_sixth_try_is_refused_whatever_runs_at_once,
    two_live_challenges_of_one_browser_are_impossible,
    t112_a_challenge_from_the_future_is_void_and_makes_way,
    no_two_senders_take_one_mail_and_a_lost_one_comes_back,
    a_mail_is_finished_once,
    a_change_that_is_dropped_anywhere_leaves_nothing_behind,
    nothing_is_committed_without_an_audit_event,
}

async fn of_a_hundred_that_end_a_challenge_one_is_told_so(store: Store) {
    open_challenge(&store, 1, at(0)).await;
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let store = store.clone();
        tasks.spawn(async move {
            let mut change = store.write().await.unwrap();
            let ended =
                change.end_challenge(Uuid::from_u128(1), ChallengeOutcome::Verified, at(1)).await.unwrap();
            change.commit(challenged(), at(1)).await.unwrap();
            ended
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|ended| *ended).count(), 1);
    assert_eq!(store.verify_audit_chain().await.unwrap(), 102, "the chain is one, whoever writes");
}

async fn of_a_hundred_that_take_a_ticket_one_is_told_so(store: Store) {
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let store = store.clone();
        tasks.spawn(async move {
            let mut change = store.write().await.unwrap();
            let taken = change.take_ticket([1; 16], at(1)).await.unwrap();
            change.commit(challenged(), at(1)).await.unwrap();
            taken
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|taken| *taken).count(), 1);
    let mut change = store.write().await.unwrap();
    assert!(change.take_ticket([2; 16], at(1)).await.unwrap(), "another one is another one's");
}

async fn the_sixth_try_is_refused_whatever_runs_at_once(store: Store) {
    open_challenge(&store, 1, at(0)).await;
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let store = store.clone();
        tasks.spawn(async move {
            let mut change = store.write().await.unwrap();
            let used = change.count_try(Uuid::from_u128(1), 5, at(1)).await.unwrap();
            change.commit(challenged(), at(1)).await.unwrap();
            used
        });
    }
    let mut used: Vec<u32> = tasks.join_all().await.into_iter().flatten().collect();
    used.sort_unstable();
    assert_eq!(used, [1, 2, 3, 4, 5]);
    assert_eq!(store.challenge(Uuid::from_u128(1)).await.unwrap().unwrap().tries, 5);
}

async fn two_live_challenges_of_one_browser_are_impossible(store: Store) {
    open_challenge(&store, 1, at(0)).await;
    let mut change = store.write().await.unwrap();
    let second = change.open_challenge(&new_challenge(2, at(1))).await;
    assert!(matches!(second, Err(StoreError::LiveChallenge)), "{second:?}");
    drop(change);

    let mut change = store.write().await.unwrap();
    assert!(change.end_challenge(Uuid::from_u128(1), ChallengeOutcome::Replaced, at(1)).await.unwrap());
    change.open_challenge(&new_challenge(2, at(1))).await.unwrap();
    change.open_challenge(&new_challenge(3, at(601))).await.unwrap();
    change.commit(challenged(), at(601)).await.unwrap();
    assert_eq!(
        store.challenge(Uuid::from_u128(2)).await.unwrap().unwrap().ended_at,
        Some(at(601)),
        "made way"
    );
    assert_eq!(store.live_challenge(JANE, BROWSER, at(601)).await.unwrap().unwrap().id, Uuid::from_u128(3));
}

/// T112: a clock set back by an hour would let the code live an hour longer.
async fn t112_a_challenge_from_the_future_is_void_and_makes_way(store: Store) {
    open_challenge(&store, 1, at(3600)).await;
    let live = async |now| store.live_challenge(JANE, BROWSER, now).await.unwrap().map(|live| live.id);
    assert_eq!(live(at(3540)).await, Some(Uuid::from_u128(1)), "machines may differ by a minute");
    assert_eq!(live(at(3539)).await, None);
    open_challenge(&store, 2, at(0)).await;
    assert_eq!(live(at(0)).await, Some(Uuid::from_u128(2)));
    assert_eq!(live(at(3600)).await, None, "the first one has ended");
}

async fn no_two_senders_take_one_mail_and_a_lost_one_comes_back(store: Store) {
    open_challenge(&store, 1, at(0)).await;
    let mut change = store.write().await.unwrap();
    for id in 0..40 {
        change.queue_mail(&new_mail(id, 1, at(0))).await.unwrap();
    }
    change.commit(challenged(), at(0)).await.unwrap();

    let mut senders = JoinSet::new();
    for _ in 0..8 {
        let store = store.clone();
        senders.spawn(async move { store.due_mail(at(0), MINUTE, 10).await.unwrap() });
    }
    let taken: Vec<Uuid> = senders.join_all().await.into_iter().flatten().map(|mail| mail.id).collect();
    assert_eq!((taken.len(), taken.iter().collect::<HashSet<_>>().len()), (40, 40));
    assert_eq!(store.due_mail(at(59), MINUTE, 100).await.unwrap(), [], "all are leased");
    assert_eq!(store.next_mail_due().await.unwrap(), Some(at(60)));
    let again = store.due_mail(at(60), MINUTE, 100).await.unwrap();
    assert_eq!((again.len(), again[0].tries), (40, 2), "whoever took them is gone");
}

async fn a_mail_is_finished_once(store: Store) {
    open_challenge(&store, 1, at(0)).await;
    let (mail, challenge) = (Uuid::from_u128(5), Uuid::from_u128(1));
    let mut change = store.write().await.unwrap();
    change.queue_mail(&new_mail(5, 1, at(0))).await.unwrap();
    change.commit(challenged(), at(0)).await.unwrap();
    let audited = store.verify_audit_chain().await.unwrap();

    let later = MailOutcome::Retry { at: at(90), reason: "451 try later".to_owned() };
    store.finish_mail(mail, later.clone(), at(0)).await.unwrap();
    assert_eq!(store.next_mail_due().await.unwrap(), Some(at(90)));
    assert_eq!(
        store.mail_state(challenge).await.unwrap(),
        Some(MailState::Queued { tries: 0, has_failed: true })
    );
    assert_eq!(store.verify_audit_chain().await.unwrap(), audited, "a retry is no event");

    let refused =
        MailOutcome::Failed { reason: "550 no such user".to_owned(), trouble: MailTrouble::NoMailbox };
    store.finish_mail(mail, refused, at(91)).await.unwrap();
    for too_late in [MailOutcome::Sent, MailOutcome::Expired, later] {
        store.finish_mail(mail, too_late, at(92)).await.unwrap();
    }
    assert_eq!(
        store.mail_state(challenge).await.unwrap(),
        Some(MailState::Failed { trouble: MailTrouble::NoMailbox })
    );
    assert_eq!(store.verify_audit_chain().await.unwrap(), audited + 1);
    let last = store.audit_tail(1).await.unwrap().remove(0);
    assert_eq!(last.action, "external_user_code_failed");
    assert!(last.detail.contains("550 no such user"), "{}", last.detail);
}

/// A client goes away at each point of a change in turn: all of it or nothing is there, and the next one can write.
async fn a_change_that_is_dropped_anywhere_leaves_nothing_behind(store: Store) {
    let (mut finished, mut given_up) = (0, 0);
    for polls in 1..60 {
        let now = at(u64::from(polls) * 1_000);
        let whole = async {
            // Where a server answers at once, there would be nothing to wait for, and so no place to be dropped at.
            let mut change = store.write().await.unwrap();
            tokio::task::yield_now().await;
            change.spend("mail", b"jane", &[Quota::one_per(MINUTE)], now).await.unwrap().unwrap();
            tokio::task::yield_now().await;
            change.open_challenge(&new_challenge(polls.into(), now)).await.unwrap();
            tokio::task::yield_now().await;
            change.queue_mail(&new_mail(polls.into(), polls.into(), now)).await.unwrap();
            change.commit(challenged(), now).await.unwrap();
        };
        match poll_at_most(polls, whole).await {
            Some(()) => finished += 1,
            None => given_up += 1,
        }
        // The next one gets to write, and by then a commit that was under way has ended.
        drop(store.write().await.unwrap());
        let counts = [
            rows(&store, "quota_events").await,
            rows(&store, "challenges").await,
            rows(&store, "outbox").await,
            rows(&store, "audit").await - 1,
        ];
        assert!(counts.iter().all(|count| *count == counts[0]), "dropped after {polls} polls: {counts:?}");
    }
    assert!(finished > 0 && given_up > 0, "{finished} finished, {given_up} were given up");
    assert!(rows(&store, "audit").await > finished, "what was finished is there");
    store.verify_audit_chain().await.unwrap();
}

pub(super) async fn poll_at_most<T>(polls: u32, future: impl Future<Output = T>) -> Option<T> {
    let (mut future, mut left) = (pin!(future), polls);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

async fn nothing_is_committed_without_an_audit_event(store: Store) {
    let mut change = store.write().await.unwrap();
    change.revoke(FAMILY, at(0)).await.unwrap();
    assert!(change.commit_many(&[], at(0)).await.is_err());
    assert_eq!((rows(&store, "revocations").await, store.last_change().await.unwrap()), (0, 0));
}
