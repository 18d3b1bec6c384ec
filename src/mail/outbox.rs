//! The worker that takes mail from the store's outbox to the transport, and tries again until it is of no use any more.
//!
//! A mail is leased while it is under way, so a crash loses none: the lease runs out and the same mail, with the same code
//! and the same `Message-ID`, goes again. It never logs a code or an address; the queueing itself is the actions' part.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use lettre::Message;
use lettre::message::Mailbox;
use tokio::sync::{Notify, broadcast};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::clock::Clock;
use crate::domain::code::Code;
use crate::domain::look::Words;
use crate::domain::mail_tag::MailTag;
use crate::domain::mail_trouble::MailTrouble;
use crate::domain::organization::OrganizationId;
use crate::store::{Letter, MailOutcome, MailState, OutboxMail, Store};

use super::message::{CodeMail, Envelope, compose_code, compose_notice};
use super::transport::{DeliveryError, Transport};

/// How many mails are under way at once, so that one connection that a server lets hang holds nobody else.
const AT_ONCE: u32 = 4;
/// The pauses after the first, second, … failed try; the last one repeats.
const BACKOFF: [Duration; 4] =
    [Duration::from_secs(5), Duration::from_secs(15), Duration::from_secs(30), Duration::from_secs(60)];
/// How much longer than a delivery a lease lasts: time to write down how it ended.
const LEASE_MARGIN: Duration = Duration::from_secs(30);
/// The longest and the shortest time between two looks into the outbox. Another process may have queued a mail, and the
/// clock that says what is due may be set.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
/// How long deliveries that are under way may go on after the shutdown began.
const DRAIN: Duration = Duration::from_secs(10);
/// How many tried mails a waiting page may fall behind before it looks for itself.
const NEWS: usize = 256;

/// Gives the code of a challenge, by the id of the key it was made with; `None` when that key is gone.
pub type Codes = Arc<dyn Fn(u8, Uuid) -> Option<Code> + Send + Sync>;
/// Gives the address at which a file can be fetched without a key, by the id of the export's task.
pub type Links = Arc<dyn Fn(Uuid) -> String + Send + Sync>;
/// Gives what an organization says in place of our sentences.
pub type OwnWords = Arc<dyn Fn(&OrganizationId) -> Words + Send + Sync>;
/// Told of each try's end, for the metrics.
pub type Observer = Arc<dyn Fn(MailEvent) + Send + Sync>;

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailEvent {
    /// The other side took charge of the mail.
    Sent,
    /// It failed and is tried again.
    Retried,
    /// It failed for good.
    Failed,
    /// Its time was over first.
    Expired,
}

/// How the newest mail of a challenge stands, for the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// A mail server took charge of it.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// It will not come: it was refused.
    Refused(MailTrouble),
    /// It will not come: the code expired first.
    Late,
    /// It was not taken yet, and is tried again.
    Waiting {
        /// How many times it was tried; one may be under way.
        tries: u32,
    },
    /// It is under way for the first time.
    Pending,
}

/// What mails are made of besides what the store has.
pub struct Supplies {
    /// The codes.
    pub codes: Codes,
    /// Links to files.
    pub links: Links,
    /// Words in place of ours.
    pub words: OwnWords,
}

/// The outbox worker, and where pages ask how a mail stands.
pub struct Outbox {
    store: Store,
    transport: Transport,
    clock: Clock,
    /// The sender of every mail.
    from: Mailbox,
    supplies: Supplies,
    observer: Observer,
    /// Says that a mail was queued; keeps one call for a worker that is busy.
    queued: Notify,
    /// The challenges whose mail was tried, for the pages that wait.
    tried: broadcast::Sender<Uuid>,
    /// Whether the last call of the store failed, so that an outage is logged once and not at every look.
    store_failing: AtomicBool,
}

impl Outbox {
    /// A worker over this store and transport. It does nothing until [`run`](Self::run).
    pub fn new(
        store: Store,
        transport: Transport,
        clock: Clock,
        from: Mailbox,
        supplies: Supplies,
        observer: Observer,
    ) -> Self {
        let (tried, _) = broadcast::channel(NEWS);
        let (queued, store_failing) = (Notify::new(), AtomicBool::new(false));
        Self { store, transport, clock, from, supplies, observer, queued, tried, store_failing }
    }

    /// Says that a mail was queued, so that it leaves at once.
    pub fn wake(&self) {
        self.queued.notify_one();
    }

    /// Waits until the first try of the newest mail of `challenge` has come to an end, but no longer than `limit`.
    pub async fn wait_for(&self, challenge: Uuid, limit: Duration) -> Delivery {
        let mut tried = self.tried.subscribe();
        let end = async {
            loop {
                let delivery = self.delivery(challenge).await;
                if delivery != Delivery::Pending {
                    return delivery;
                }
                // Falling behind may have lost the news, so that too is a reason to look.
                while tried.recv().await.is_ok_and(|other| other != challenge) {}
            }
        };
        timeout(limit, end).await.unwrap_or(Delivery::Pending)
    }

    /// Delivers mail until `shutdown`, then lets what is under way finish. Cancelling loses nothing but the leased time.
    pub async fn run(self: Arc<Self>, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        let mut under_way = JoinSet::new();
        loop {
            let pause = self.start_due(&mut under_way).await;
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(ended) = under_way.join_next() => log_panic(ended),
                () = self.queued.notified() => {}
                () = sleep(pause) => {}
            }
        }
        let drained = async {
            while let Some(ended) = under_way.join_next().await {
                log_panic(ended);
            }
        };
        if timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("mail was still under way at shutdown; it is sent again after the next start");
        }
    }

    /// Starts the mails that are due, as many as there is room for. Returns how long to wait before the next look.
    async fn start_due(self: &Arc<Self>, under_way: &mut JoinSet<()>) -> Duration {
        let room = AT_ONCE.saturating_sub(u32::try_from(under_way.len()).unwrap_or(u32::MAX));
        if room == 0 {
            return LONGEST_PAUSE;
        }
        let now = self.clock.now();
        let lease = self.transport.timeout() + LEASE_MARGIN;
        let due = self.noted(self.store.due_mail(now, lease, room).await).unwrap_or_default();
        for mail in due {
            let outbox = Arc::clone(self);
            under_way.spawn(async move { outbox.see_through(mail).await });
        }
        match self.noted(self.store.next_mail_due().await) {
            Some(Some(next)) => pause_until(next, now),
            _ => LONGEST_PAUSE,
        }
    }

    /// One try of one mail, written down and told to whoever waits.
    async fn see_through(&self, mail: OutboxMail) {
        let outcome = self.attempt(&mail).await;
        let event = event_of(&outcome);
        log(&mail, &outcome);
        self.write_down(&mail, outcome).await;
        (self.observer)(event);
        if let Letter::Code { challenge, .. } = &mail.letter {
            // No receiver means that no page waits.
            let _ = self.tried.send(*challenge);
        }
    }

    async fn attempt(&self, mail: &OutboxMail) -> MailOutcome {
        let message = match self.composed(mail).await {
            Ok(message) => message,
            Err(outcome) => return outcome,
        };
        match self.transport.deliver(&message, mail.id).await {
            Ok(()) => MailOutcome::Sent,
            Err(DeliveryError::Permanent { reason, trouble }) => MailOutcome::Failed { reason, trouble },
            Err(DeliveryError::Temporary { reason }) => self.again(mail, reason),
        }
    }

    /// The mail as it goes out, or how its sending ends without one.
    async fn composed(&self, mail: &OutboxMail) -> Result<Message, MailOutcome> {
        let now = self.clock.now();
        if now >= mail.expires_at {
            return Err(MailOutcome::Expired);
        }
        let envelope = Envelope {
            from: &self.from,
            organization: &mail.organization.name,
            to: &mail.to,
            id: mail.id,
            date: mail.created_at,
        };
        let message = match &mail.letter {
            Letter::Notice { subject, body, export, language } => {
                let link =
                    export.map(|task| format!("\n\n{}", (self.supplies.links)(task))).unwrap_or_default();
                compose_notice(&envelope, *language, subject, &format!("{body}{link}"))
            }
            Letter::Code { challenge, .. } if self.is_over(*challenge).await => {
                return Err(MailOutcome::Expired);
            }
            Letter::Code { challenge, key_id, site, language } => {
                let Some(code) = (self.supplies.codes)(*key_id, *challenge) else {
                    let reason = format!("the key file has no key {key_id} any more");
                    return Err(MailOutcome::Failed { reason, trouble: MailTrouble::Other });
                };
                compose_code(
                    &envelope,
                    &CodeMail {
                        site_host: site.split('/').next().unwrap_or_default(),
                        code: &code,
                        tag: MailTag::of(*challenge),
                        language: *language,
                        own: &(self.supplies.words)(&mail.organization.id),
                        valid_for: Duration::try_from(mail.expires_at.duration_since(now))
                            .unwrap_or_default(),
                    },
                )
            }
        };
        message
            .map_err(|error| MailOutcome::Failed { reason: error.to_string(), trouble: MailTrouble::Other })
    }

    /// Whether the challenge has ended while its mail waited: a code that is void by now only confuses, and where the
    /// address was changed it would go to the old one.
    async fn is_over(&self, challenge: Uuid) -> bool {
        let found = self.noted(self.store.challenge(challenge).await).flatten();
        found.is_some_and(|challenge| challenge.ended_at.is_some())
    }

    /// When to try again; not at all once it would be of no use by then.
    fn again(&self, mail: &OutboxMail, reason: String) -> MailOutcome {
        let failed_before = usize::try_from(mail.tries.saturating_sub(1)).unwrap_or(usize::MAX);
        let pause = BACKOFF[failed_before.min(BACKOFF.len() - 1)];
        let at = self.clock.now().saturating_add(pause).unwrap_or(Timestamp::MAX);
        if at >= mail.expires_at {
            tracing::warn!(mail = %mail.id, reason, "the last try to send a mail failed");
            return MailOutcome::Expired;
        }
        MailOutcome::Retry { at, reason }
    }

    /// Writes down how a try ended. While the store fails it goes on trying for as long as the lease holds: a mail that
    /// was sent and is not known to be would go out a second time.
    async fn write_down(&self, mail: &OutboxMail, outcome: MailOutcome) {
        let until_written = async {
            while self
                .noted(self.store.finish_mail(mail.id, outcome.clone(), self.clock.now()).await)
                .is_none()
            {
                sleep(LONGEST_PAUSE).await;
            }
        };
        if timeout(LEASE_MARGIN, until_written).await.is_err() {
            tracing::error!(mail = %mail.id, "how a mail ended could not be stored; it may be sent a second time");
        }
    }

    async fn delivery(&self, challenge: Uuid) -> Delivery {
        match self.noted(self.store.mail_state(challenge).await).flatten() {
            Some(MailState::Sent { at }) => Delivery::Sent { at },
            Some(MailState::Failed { trouble }) => Delivery::Refused(trouble),
            Some(MailState::Expired) => Delivery::Late,
            Some(MailState::Queued { tries, has_failed: true }) => Delivery::Waiting { tries },
            Some(MailState::Queued { .. }) | None => Delivery::Pending,
        }
    }

    /// Logs the store's first failure of a row, and its recovery.
    fn noted<T, E: std::fmt::Display>(&self, result: Result<T, E>) -> Option<T> {
        let failed_before = self.store_failing.swap(result.is_err(), Ordering::Relaxed);
        match &result {
            Err(error) if !failed_before => {
                tracing::error!(%error, "the outbox cannot use the store; it keeps trying")
            }
            Ok(_) if failed_before => tracing::info!("the outbox can use the store again"),
            _ => {}
        }
        result.ok()
    }
}

fn pause_until(next: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(next.duration_since(now)).unwrap_or_default().clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}

fn event_of(outcome: &MailOutcome) -> MailEvent {
    match outcome {
        MailOutcome::Sent => MailEvent::Sent,
        MailOutcome::Retry { .. } => MailEvent::Retried,
        MailOutcome::Failed { .. } => MailEvent::Failed,
        MailOutcome::Expired => MailEvent::Expired,
    }
}

fn log(mail: &OutboxMail, outcome: &MailOutcome) {
    let (id, tries) = (mail.id, mail.tries);
    match outcome {
        MailOutcome::Sent => tracing::info!(mail = %id, tries, "a mail was sent"),
        MailOutcome::Retry { at, reason } => {
            tracing::warn!(mail = %id, tries, %at, reason, "a mail could not be sent; it is tried again");
        }
        MailOutcome::Failed { reason, .. } => {
            tracing::error!(mail = %id, tries, reason, "a mail could not be sent")
        }
        MailOutcome::Expired => {
            tracing::error!(mail = %id, tries, "a mail was of no use any more before it could be sent")
        }
    }
}

/// A panic in one mail leaves the others alone; its lease runs out and it is tried again.
fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "the delivery of a mail was cut off; it is tried again when its lease runs out");
    }
}
