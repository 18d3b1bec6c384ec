//! The outbox worker over a real store and a real mail server, with a clock that stands still until told to go on.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use postern::clock::Clock;
use postern::domain::account::{DeviceId, Subject};
use postern::domain::email::EmailAddress;
use postern::domain::export_link;
use postern::domain::language::Language;
use postern::domain::look::{Look, Words};
use postern::domain::mail_trouble::MailTrouble;
use postern::domain::organization::{Organization, OrganizationId};
use postern::mail::outbox::{Delivery, MailEvent, Outbox, Supplies};
use postern::mail::transport::Transport;
use postern::store::{
    AuditAction, AuditEvent, ChallengeOutcome, Letter, MailState, NewChallenge, NewMail, Store,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::world::{assert_same_mail, code_of, from, plain, start, starttls, transport};
use crate::support::smtp::{Certificates, Event, PATIENCE, SmtpServer};

const LIFETIME: Duration = Duration::from_secs(600);
/// Longer than any lease of these tests: their delivery timeout and half a minute.
const A_LEASE: Duration = Duration::from_secs(95);

/// A store with a worker over it.
struct World {
    store: Store,
    clock: Clock,
    outbox: Arc<Outbox>,
    worker: JoinHandle<()>,
    /// How tries ended, in order.
    events: mpsc::UnboundedReceiver<MailEvent>,
    _folder: Arc<tempfile::TempDir>,
}

impl World {
    async fn new(transport: Transport) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let path = folder.path().join("postern.db");
        Store::create(&path).await.unwrap();
        let store = Store::open(&path).await.unwrap();
        Self::over(store, Clock::manual(start()), transport, folder, pending())
    }

    fn over(
        store: Store,
        clock: Clock,
        transport: Transport,
        folder: Arc<tempfile::TempDir>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let outbox = Arc::new(Outbox::new(
            store.clone(),
            transport,
            clock.clone(),
            from(),
            Supplies {
                codes: Arc::new(|key, challenge| (key == 1).then(|| code_of(challenge))),
                links: Arc::new(|task| format!("https://admin.acme.test/exports/{}", link_of(task))),
                words: Arc::new(|_| Words::default()),
            },
            Arc::new(move |event| sender.send(event).unwrap_or_default()),
        ));
        let worker = tokio::spawn(Arc::clone(&outbox).run(shutdown));
        Self { store, clock, outbox, worker, events, _folder: folder }
    }

    /// The worker dies at once, as the process would, and another starts over the same store.
    async fn crash_and_start_again(self, transport: Transport) -> Self {
        self.worker.abort();
        let _ = self.worker.await;
        Self::over(self.store, self.clock, transport, self._folder, pending())
    }

    /// Opens challenge `number` and queues its mail, with a code made with key `key_id`.
    async fn queue_with_key(&self, number: u8, key_id: u8) -> Uuid {
        let (id, now) = (Uuid::from_u128(u128::from(number)), self.clock.now());
        let to = EmailAddress::parse("jane@partner.test").unwrap();
        let mut change = self.store.write().await.unwrap();
        let challenge = NewChallenge {
            id,
            subject: Subject([number; 16]),
            device: DeviceId([number; 16]),
            site: "wiki.acme.com/wiki".into(),
            email: to.clone(),
            key_id,
            created_at: now,
            expires_at: now + LIFETIME,
        };
        change.open_challenge(&challenge).await.unwrap();
        let mail = NewMail {
            id: Uuid::from_u128(1000 + u128::from(number)),
            letter: Letter::Code {
                challenge: id,
                key_id,
                site: challenge.site.clone(),
                language: Language::English,
            },
            to,
            organization: Organization {
                id: OrganizationId::only(),
                name: "Acme".into(),
                contact: None,
                look: Look::default(),
            },
            created_at: now,
            due_at: now,
            expires_at: challenge.expires_at,
        };
        change.queue_mail(&mail).await.unwrap();
        let event = AuditEvent::new("postern", AuditAction::ExternalUserChallenged, "jane@partner.test");
        change.commit(event, now).await.unwrap();
        self.outbox.wake();
        id
    }

    async fn queue(&self, number: u8) -> Uuid {
        self.queue_with_key(number, 1).await
    }

    fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.outbox.wake();
    }

    async fn event(&mut self) -> MailEvent {
        tokio::time::timeout(PATIENCE, self.events.recv()).await.expect("no try ended").unwrap()
    }

    async fn state(&self, challenge: Uuid) -> MailState {
        self.store.mail_state(challenge).await.unwrap().unwrap()
    }

    /// Whether no mail waits, however late it gets.
    async fn nothing_waits(&self) -> bool {
        self.store.next_mail_due().await.unwrap().is_none()
    }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[tokio::test]
async fn a_queued_mail_leaves_with_the_code_of_its_challenge_and_the_waiting_page_is_told() {
    let Some(mut server) = SmtpServer::start(&["--hold"]).await else { return };
    let mut world = World::new(transport(plain("127.0.0.1", server.port))).await;
    let challenge = world.queue(1).await;
    let received = server.mail().await;
    assert!(received.data.contains(code_of(challenge).digits()));
    assert!(received.data.contains("wiki.acme.com") && !received.data.contains("wiki.acme.com/wiki"));
    assert_eq!(world.outbox.wait_for(challenge, Duration::ZERO).await, Delivery::Pending);
    let outbox = Arc::clone(&world.outbox);
    let page = tokio::spawn(async move { outbox.wait_for(challenge, PATIENCE).await });
    server.release();
    assert_eq!(page.await.unwrap(), Delivery::Sent { at: start() });
    assert_eq!(world.event().await, MailEvent::Sent);
    assert!(matches!(world.state(challenge).await, MailState::Sent { .. }));
    assert!(world.nothing_waits().await);
    assert_eq!(server.stop().await, [], "it was sent once");
}

fn link_of(task: Uuid) -> String {
    export_link::token(&[5; 32], task)
}

#[tokio::test]
async fn a_notice_leaves_with_its_own_words_and_is_in_the_audit_log() {
    let Some(mut server) = SmtpServer::start(&[]).await else { return };
    let mut world = World::new(transport(plain("127.0.0.1", server.port))).await;
    let (to, now) = (EmailAddress::parse("ada@acme.com").unwrap(), world.clock.now());
    let organization = Organization {
        id: OrganizationId::only(),
        name: "Acme".into(),
        contact: None,
        look: Look::default(),
    };
    let (task, id) = (Uuid::from_u128(7), Uuid::from_u128(9));
    let notice = NewMail::notice(id, to, organization, "Done", "All rows were read.", now).with_link(task);
    let mut change = world.store.write().await.unwrap();
    change.queue_mail(&notice).await.unwrap();
    let event = AuditEvent::new("postern", AuditAction::DirectoryImported, "people.csv");
    change.commit(event, now).await.unwrap();
    world.outbox.wake();
    let received = server.mail().await;
    let data = received.data.replace("=\r\n", "");
    assert!(data.contains("Subject: Done") && data.contains("All rows were read."), "{data}");
    assert!(data.contains(&format!("https://admin.acme.test/exports/{}", link_of(task))), "{data}");
    let kept = std::fs::read(world._folder.path().join("postern.db")).unwrap();
    let is_kept = kept.windows(20).any(|bytes| link_of(task).as_bytes().starts_with(bytes));
    assert!(!is_kept, "the link is made for the mail, and the store never has it");
    assert_eq!(world.event().await, MailEvent::Sent);
    let last = world.store.audit_tail(1).await.unwrap().remove(0);
    assert_eq!((last.action.as_str(), last.subject.as_str()), ("notice_sent", "ada@acme.com"));
    assert!(world.nothing_waits().await);
    assert_eq!(server.stop().await, [], "it was sent once");
}

#[tokio::test]
async fn t208_a_refused_mailbox_fails_at_once_and_is_never_tried_again() {
    let Some(server) = SmtpServer::start(&["--refuse", "550 5.1.1 no such mailbox"]).await else { return };
    let mut world = World::new(transport(plain("127.0.0.1", server.port))).await;
    let challenge = world.queue(1).await;
    assert_eq!(world.event().await, MailEvent::Failed);
    let delivery = world.outbox.wait_for(challenge, PATIENCE).await;
    assert_eq!(delivery, Delivery::Refused(MailTrouble::NoMailbox));
    let audit = world.store.audit_tail(1).await.unwrap();
    assert_eq!(audit[0].action, AuditAction::ExternalUserCodeFailed.label());
    assert!(audit[0].detail.to_string().contains("5.1.1 no such mailbox"), "{:?}", audit[0].detail);
    assert!(world.nothing_waits().await);
    assert_eq!(server.stop().await, [Event::Refused { to: "jane@partner.test".into() }]);
}

#[tokio::test]
async fn t209_a_mail_that_is_put_off_twice_arrives_with_the_same_code() {
    let Some(mut server) = SmtpServer::start(&["--defer", "2"]).await else { return };
    let mut world = World::new(transport(plain("127.0.0.1", server.port))).await;
    let challenge = world.queue(1).await;
    for pause in [5, 15] {
        assert_eq!(server.next().await, Event::Deferred { to: "jane@partner.test".into() });
        assert_eq!(world.event().await, MailEvent::Retried);
        let due = world.store.next_mail_due().await.unwrap();
        assert_eq!(due, Some(world.clock.now() + seconds(pause)));
        world.advance(seconds(pause));
    }
    assert!(server.mail().await.data.contains(code_of(challenge).digits()));
    assert_eq!(world.event().await, MailEvent::Sent);
    assert_eq!(server.stop().await, []);
}

#[tokio::test]
async fn t207_a_connection_that_hangs_does_not_hold_the_next_mail() {
    let Some(mut server) = SmtpServer::start(&["--tarpit", "1"]).await else { return };
    let mut world = World::new(transport(plain("127.0.0.1", server.port))).await;
    let held = world.queue(1).await;
    assert_eq!(server.next().await, Event::Tarpit);
    let next = world.queue(2).await;
    assert!(server.mail().await.data.contains(code_of(next).digits()));
    assert_eq!(world.event().await, MailEvent::Sent);
    assert_eq!(world.state(held).await, MailState::Queued { tries: 1, has_failed: false });
}

#[tokio::test]
async fn t206_what_is_queued_while_the_server_is_down_arrives_when_it_is_back() {
    // An address of its own, so that nobody takes the port in between.
    let host = "127.0.55.1";
    let Some(server) = SmtpServer::start(&["--host", host]).await else { return };
    let port = server.port;
    server.stop().await;
    let mut world = World::new(transport(plain(host, port))).await;
    let mut queued = vec![world.queue(1).await, world.queue(2).await, world.queue(3).await];
    for _ in &queued {
        assert_eq!(world.event().await, MailEvent::Retried);
    }
    let mut server = SmtpServer::start(&["--host", host, "--port", &port.to_string()]).await.unwrap();
    world.advance(seconds(5));
    for _ in 0..3 {
        let received = server.mail().await;
        queued.retain(|&challenge| !received.data.contains(code_of(challenge).digits()));
        assert_eq!(world.event().await, MailEvent::Sent);
    }
    assert!(queued.is_empty(), "each of them arrived");
    assert_eq!(server.stop().await, []);
}

#[tokio::test]
async fn t210_no_mail_leaves_without_starttls_and_it_stays_queued() {
    let Some(server) = SmtpServer::start(&[]).await else { return };
    let certificates = Certificates::for_host("localhost");
    let mut world = World::new(transport(starttls(server.port, &certificates.ca))).await;
    let challenge = world.queue(1).await;
    assert_eq!(world.event().await, MailEvent::Retried);
    assert_eq!(world.state(challenge).await, MailState::Queued { tries: 1, has_failed: true });
    let delivery = world.outbox.wait_for(challenge, PATIENCE).await;
    assert_eq!(delivery, Delivery::Waiting { tries: 1 }, "a page does not wait for the next try");
    assert_eq!(server.stop().await, []);
}

#[tokio::test]
async fn t211_a_connection_reset_after_the_mail_repeats_the_same_mail_at_most() {
    let Some(mut server) = SmtpServer::start(&["--reset", "1"]).await else { return };
    let mut world = World::new(transport(plain("127.0.0.1", server.port))).await;
    world.queue(1).await;
    let first = server.mail().await;
    assert_eq!(world.event().await, MailEvent::Retried);
    world.advance(seconds(5));
    let second = server.mail().await;
    assert_same_mail(&first.data, &second.data);
    assert_eq!(world.event().await, MailEvent::Sent);
    assert_eq!(server.stop().await, []);
}

#[tokio::test]
async fn a_crash_between_delivery_and_its_note_repeats_the_same_mail_once_the_lease_is_over() {
    let Some(mut server) = SmtpServer::start(&["--hold"]).await else { return };
    let settings = plain("127.0.0.1", server.port);
    let world = World::new(transport(settings.clone())).await;
    let challenge = world.queue(1).await;
    let first = server.mail().await;
    let mut world = world.crash_and_start_again(transport(settings)).await;
    let leased_until = world.store.next_mail_due().await.unwrap().unwrap();
    assert!(
        leased_until > world.clock.now() + PATIENCE,
        "while a delivery may take, nobody else sends the mail"
    );
    world.advance(A_LEASE);
    let second = server.mail().await;
    assert_same_mail(&first.data, &second.data);
    server.release();
    server.release();
    assert_eq!(world.event().await, MailEvent::Sent);
    assert!(matches!(world.state(challenge).await, MailState::Sent { .. }));
    assert_eq!(server.stop().await, []);
}

#[tokio::test]
async fn a_shutdown_lets_the_mail_under_way_arrive_and_starts_no_other() {
    let Some(mut server) = SmtpServer::start(&["--hold"]).await else { return };
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let path = folder.path().join("postern.db");
    Store::create(&path).await.unwrap();
    let store = Store::open(&path).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async { stopped.await.unwrap_or_default() };
    let transport = transport(plain("127.0.0.1", server.port));
    let world = World::over(store, Clock::manual(start()), transport, folder, shutdown);
    let under_way = world.queue(1).await;
    server.mail().await;
    stop.send(()).unwrap();
    let late = world.queue(2).await;
    server.release();
    world.worker.await.unwrap();
    assert!(matches!(world.store.mail_state(under_way).await.unwrap(), Some(MailState::Sent { .. })));
    assert!(matches!(world.store.mail_state(late).await.unwrap(), Some(MailState::Queued { .. })));
}

#[tokio::test]
async fn t209_a_mail_is_given_up_when_its_code_expires_before_the_next_try() {
    // Nothing listens on the port of a server that has ended.
    let host = "127.0.55.2";
    let Some(server) = SmtpServer::start(&["--host", host]).await else { return };
    let port = server.port;
    server.stop().await;
    let mut world = World::new(transport(plain(host, port))).await;
    let challenge = world.queue(1).await;
    let mut waited = Duration::ZERO;
    for pause in [5, 15, 30, 60, 60, 60, 60, 60, 60, 60, 60, 60] {
        assert_eq!(world.event().await, MailEvent::Retried, "after {waited:?}");
        world.advance(seconds(pause));
        waited += seconds(pause);
    }
    assert!(waited < LIFETIME);
    assert_eq!(world.event().await, MailEvent::Expired);
    let delivery = world.outbox.wait_for(challenge, PATIENCE).await;
    assert_eq!(delivery, Delivery::Late);
    assert!(world.nothing_waits().await);
}

#[tokio::test]
async fn t110_the_mail_of_a_challenge_that_ended_meanwhile_is_not_sent() {
    let Some(mut server) = SmtpServer::start(&["--defer", "1"]).await else { return };
    let mut world = World::new(transport(plain("127.0.0.1", server.port))).await;
    let challenge = world.queue(1).await;
    assert_eq!(server.next().await, Event::Deferred { to: "jane@partner.test".into() });
    assert_eq!(world.event().await, MailEvent::Retried);
    let mut change = world.store.write().await.unwrap();
    change.end_challenge(challenge, ChallengeOutcome::Voided, world.clock.now()).await.unwrap();
    let event = AuditEvent::new("postern", AuditAction::ExternalUserSignedOut, "jane@partner.test");
    change.commit(event, world.clock.now()).await.unwrap();
    world.advance(seconds(5));
    assert_eq!(world.event().await, MailEvent::Expired);
    assert_eq!(server.stop().await, []);
}

#[tokio::test]
async fn a_code_whose_key_is_gone_fails_and_says_so() {
    let Some(server) = SmtpServer::start(&[]).await else { return };
    let mut world = World::new(transport(plain("127.0.0.1", server.port))).await;
    let challenge = world.queue_with_key(1, 9).await;
    assert_eq!(world.event().await, MailEvent::Failed);
    assert_eq!(world.state(challenge).await, MailState::Failed { trouble: MailTrouble::Other });
    assert_eq!(server.stop().await, []);
}
