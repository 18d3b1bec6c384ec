//! What an organization does to make a domain its own, and how it loses one; with a clock that is moved.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use hickory_server::proto::rr::RecordType;
use jiff::Timestamp;
use postern::actions::domains::Domains;
use postern::actions::domains::verify::VerifyError;
use postern::actions::import_directory::{ImportError, Owner, import_directory};
use postern::app;
use postern::clock::Clock;
use postern::config;
use postern::domain::organization::OrganizationId;
use postern::domain::owned_domain::{Method, Status, Way};
use postern::entropy::Entropy;
use postern::keys::Keys;
use postern::store::{ChangeKind, DomainRow, Letter, Store};
use tempfile::TempDir;

use crate::support::zone::Zone;

pub const DAY: Duration = Duration::from_secs(86_400);
const CORP: &str = "corp.test";

/// The deeds, with a store, a clock and a name server of their own.
pub struct Deeds {
    pub domains: Domains,
    pub zone: Zone,
    _folder: TempDir,
}

pub fn acme() -> OrganizationId {
    OrganizationId::parse("acme").expect("an id")
}

pub fn partner() -> OrganizationId {
    OrganizationId::parse("partner").expect("an id")
}

impl Deeds {
    pub async fn start() -> Self {
        Self::with(Zone::start().await).await
    }

    async fn with(zone: Zone) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = config::parse("postern.toml", &configuration(&zone), folder.path(), &|_| None)
            .unwrap_or_else(|errors| panic!("{errors}"));
        let (keys, database) = (folder.path().join("keys"), folder.path().join("postern.db"));
        let entropy = Entropy::seeded(5);
        Keys::create(&keys, &entropy).expect("keys");
        Store::create(&database).await.expect("a store");
        let store = Store::open(&database).await.expect("the store");
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).expect("a time"));
        let keys = Arc::new(Keys::load(&keys).expect("keys"));
        let domains = app::domains::domains(&settings, store, keys, clock, entropy);
        Self { domains, zone, _folder: folder }
    }

    /// Adds corp.test and publishes its line.
    pub async fn publish(&self, organization: &OrganizationId) -> String {
        let line = self.domains.add(organization, CORP, &"ada".into()).await.expect("it can be owned").line;
        self.zone.publish(CORP, &line);
        line
    }

    pub async fn verify(&self, organization: &OrganizationId) -> Result<bool, VerifyError> {
        let verified = self.domains.verify(organization, CORP, Way::Dns, &"ada".into()).await?;
        Ok(verified.superseded)
    }

    pub async fn row(&self, organization: &OrganizationId) -> DomainRow {
        let name = super::domain(CORP);
        self.domains.store.domain(organization, &name).await.expect("the store").expect("a row")
    }

    pub async fn status(&self, organization: &OrganizationId) -> Status {
        self.row(organization).await.status
    }

    /// Lets a time pass, and looks at what is due then.
    pub async fn after(&self, time: Duration) {
        self.domains.clock.advance(time);
        assert!(self.domains.recheck().await, "all of it is kept");
    }

    /// Whose corp.test is for those who judge by it.
    pub async fn owner(&self) -> Option<OrganizationId> {
        let mut domains = self.domains.store.verified_domains().await.expect("the store");
        assert!(domains.len() <= 1, "a domain has one owner: {domains:?}");
        domains.pop().map(|(_, owner)| owner)
    }

    /// What was done, in the log of an organization, oldest first.
    pub async fn log(&self, organization: &OrganizationId) -> Vec<String> {
        let mut rows = self.domains.store.audit_tail(100).await.expect("the store");
        rows.retain(|row| row.organization.as_deref() == Some(organization.as_str()));
        rows.into_iter().rev().map(|row| row.action).collect()
    }

    /// What the admins were told by mail since this was asked last: to whom, and what about.
    pub async fn mails(&self) -> Vec<(String, String)> {
        let now = self.domains.clock.now();
        let due = self.domains.store.due_mail(now, DAY * 365, 100).await.expect("the store");
        let mut mails: Vec<_> = due
            .into_iter()
            .map(|mail| match mail.letter {
                Letter::Notice { subject, .. } => (mail.to.to_string(), subject),
                Letter::Code { .. } => panic!("nobody is asked for a code"),
            })
            .collect();
        mails.sort();
        mails
    }

    /// How often the nodes were told to load the domains again.
    async fn told(&self) -> usize {
        let changes = self.domains.store.changes_after(0, 100).await.expect("the store");
        changes.iter().filter(|entry| entry.kind == ChangeKind::Domains).count()
    }

    pub async fn import(&self, organization: OrganizationId) -> Result<(), ImportError> {
        let file = format!("type,domain,email,name,username,claimed\ndomain,{CORP},,,,\n");
        let owner = Owner { organization, sites: vec![] };
        let Domains { store, clock, .. } = &self.domains;
        import_directory(store, clock, &owner, file.as_bytes(), "people.csv", |_| ()).await.map(|_| ())
    }
}

fn configuration(zone: &Zone) -> String {
    let more = zone.settings();
    format!(
        r#"
        organization = {{ id = "acme", name = "Acme", admins = ["ada@acme.com", "bob@acme.com"] }}
        listen.proxy = "127.0.0.1:0"
        mail = {{ from = "access@acme.com", file = "mails" }}
        store.url = "sqlite:postern.db"
        [[site]]
        host = "jira.acme.com"
        product = "jira-software"
        upstream = "http://127.0.0.1:9"
        {more}
        "#
    )
}

#[tokio::test]
async fn a_domain_is_verified_when_its_line_is_published_and_not_before() {
    let deeds = Deeds::start().await;
    assert!(matches!(deeds.verify(&acme()).await, Err(VerifyError::NotAdded(_))));
    let added = deeds.domains.add(&acme(), "Corp.TEST.", &"ada".into()).await.unwrap();
    assert_eq!((added.domain.as_str(), added.owned_by), (CORP, None));
    assert_eq!(added.address, "https://corp.test/postern-domain-verification.html");
    for said in ["there is no such domain in DNS", "none of them is the line"] {
        let error = deeds.verify(&acme()).await.unwrap_err().to_string();
        assert!(error.starts_with("corp.test is not verified: ") && error.contains(said), "{error}");
        deeds.zone.publish(CORP, "v=spf1 -all");
    }
    assert_eq!((deeds.status(&acme()).await, deeds.owner().await), (Status::Unverified, None));
    deeds.zone.publish(CORP, &added.line);
    assert!(!deeds.verify(&acme()).await.unwrap());
    let row = deeds.row(&acme()).await;
    assert_eq!((row.status, row.method), (Status::Verified, Some(Method::Published(Way::Dns))));
    assert_eq!(row.verified_at, Some(deeds.domains.clock.now()));
    assert_eq!((deeds.owner().await, deeds.told().await), (Some(acme()), 1));
    let log = ["domain_added", "domain_verification_failed", "domain_verification_failed", "domain_verified"];
    assert_eq!(deeds.log(&acme()).await, log);
}

#[tokio::test]
async fn t146_what_nobody_can_own_is_refused_in_a_sentence() {
    let deeds = Deeds::start().await;
    for (text, said) in [
        ("co.uk", "public suffix"),
        ("gmail.com", "anybody"),
        ("192.0.2.1", "IP address"),
        ("localhost", "one label"),
    ] {
        let error = deeds.domains.add(&acme(), text, &"ada".into()).await.unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        assert!(matches!(
            deeds.domains.verify(&acme(), text, Way::Dns, &"ada".into()).await,
            Err(VerifyError::Unownable(_))
        ));
    }
    assert!(deeds.log(&acme()).await.is_empty());
}

#[tokio::test]
async fn t144_a_line_proves_nothing_once_there_is_a_newer_one_or_thirty_days_passed() {
    let deeds = Deeds::start().await;
    let old = deeds.publish(&acme()).await;
    let new = deeds.domains.add(&acme(), CORP, &"ada".into()).await.unwrap().line;
    assert_ne!(old, new);
    assert!(matches!(deeds.verify(&acme()).await, Err(VerifyError::NotFound { .. })), "the old one is there");
    deeds.zone.publish(CORP, &new);
    deeds.domains.clock.advance(DAY * 30);
    assert!(matches!(deeds.verify(&acme()).await, Err(VerifyError::Outdated(_))));
    deeds.publish(&acme()).await;
    deeds.domains.clock.advance(DAY * 30 - Duration::from_secs(1));
    deeds.verify(&acme()).await.unwrap();
    deeds.domains.clock.advance(DAY * 300);
    deeds.verify(&acme()).await.expect("one that is verified is looked at as long as it is");
}

#[tokio::test]
async fn adding_what_is_verified_shows_the_line_that_proves_it() {
    let deeds = Deeds::start().await;
    let line = deeds.publish(&acme()).await;
    deeds.verify(&acme()).await.unwrap();
    let again = deeds.domains.add(&acme(), CORP, &"ada".into()).await.unwrap();
    assert_eq!((again.line, again.owned_by), (line, Some(Method::Published(Way::Dns))));
    assert_eq!(deeds.status(&acme()).await, Status::Verified);
}

/// The first question blocks until the test says go on, while the look for the first line is under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t144_a_line_that_was_replaced_while_it_was_looked_for_proves_nothing() {
    for removed in [false, true] {
        let (go_on, wait) = mpsc::channel::<()>();
        let wait = std::sync::Mutex::new(wait);
        let zone = Zone::with(move |_| {
            let _ = wait.lock().expect("the channel").recv();
        });
        let deeds = Arc::new(Deeds::with(zone.await).await);
        deeds.publish(&acme()).await;
        let verifying = tokio::spawn({
            let deeds = Arc::clone(&deeds);
            async move { deeds.verify(&acme()).await }
        });
        while deeds.zone.server.asked("corp.test.", RecordType::TXT) == 0 {
            tokio::task::yield_now().await;
        }
        match removed {
            true => drop(deeds.domains.remove(&acme(), CORP, &"ada".into()).await.unwrap()),
            false => drop(deeds.domains.add(&acme(), CORP, &"ada".into()).await.unwrap()),
        }
        drop(go_on);
        let refused = verifying.await.unwrap();
        assert!(matches!(refused, Err(VerifyError::Changed(_))), "{refused:?}");
        assert_eq!(deeds.owner().await, None);
    }
}

#[tokio::test]
async fn t159_a_token_that_is_gone_is_missing_and_after_the_grace_period_the_domain_is_lost() {
    let deeds = Deeds::start().await;
    let line = deeds.publish(&acme()).await;
    deeds.verify(&acme()).await.unwrap();
    deeds.zone.withdraw(CORP, &line);
    deeds.after(DAY - Duration::from_secs(1)).await;
    assert_eq!(deeds.status(&acme()).await, Status::Verified, "it is not time to look yet");
    deeds.after(Duration::from_secs(1)).await;
    assert_eq!((deeds.status(&acme()).await, deeds.owner().await), (Status::MissingToken, Some(acme())));
    let told = |what: &str| {
        ["ada", "bob"]
            .map(|admin| (format!("{admin}@acme.com"), format!("The verification of corp.test is {what}")))
    };
    assert_eq!(deeds.mails().await, told("missing"));
    deeds.after(DAY).await;
    assert_eq!(deeds.mails().await, [], "it still is, and that was told");

    deeds.zone.publish(CORP, &line);
    deeds.after(DAY).await;
    assert_eq!(deeds.status(&acme()).await, Status::Verified, "it is back");
    assert_eq!(deeds.mails().await, []);
    deeds.zone.withdraw(CORP, &line);
    deeds.after(DAY * 7 - Duration::from_secs(1)).await;
    assert_eq!((deeds.status(&acme()).await, deeds.owner().await), (Status::MissingToken, Some(acme())));
    deeds.after(Duration::from_secs(1)).await;
    assert_eq!((deeds.status(&acme()).await, deeds.owner().await), (Status::Unverified, None));
    assert_eq!(deeds.told().await, 2, "when it was won, and when it was lost");
    let mut both = [told("lost"), told("missing")].concat();
    both.sort();
    assert_eq!(deeds.mails().await, both, "each once");

    deeds.zone.publish(CORP, &line);
    deeds.after(DAY * 30).await;
    assert_eq!(deeds.status(&acme()).await, Status::Unverified, "what is lost does not come back by itself");
    let log = deeds.log(&acme()).await;
    let log: Vec<&str> = log.iter().map(String::as_str).collect();
    assert_eq!(
        log,
        [
            "domain_added",
            "domain_verified",
            "domain_verification_failed",
            "domain_verified",
            "domain_verification_failed",
            "domain_verification_lost"
        ]
    );
    deeds.domains.store.verify_audit_chain().await.unwrap();
}

#[tokio::test]
async fn t160_a_server_that_fails_for_thirty_days_loses_the_domain_at_the_end_of_the_grace_period() {
    let deeds = Deeds::start().await;
    deeds.publish(&acme()).await;
    deeds.verify(&acme()).await.unwrap();
    deeds.zone.fail(true);
    for day in 1..=30 {
        deeds.after(DAY).await;
        let expected = if day < 7 { Status::Verified } else { Status::Unverified };
        assert_eq!(deeds.status(&acme()).await, expected, "day {day}");
    }
    assert_eq!(deeds.log(&acme()).await.last().unwrap(), "domain_verification_lost");
}

#[tokio::test]
async fn t159_one_domain_that_fails_stops_no_other() {
    let deeds = Deeds::start().await;
    for number in 0..20 {
        let name = format!("corp{number}.test");
        let line = deeds.domains.add(&acme(), &name, &"ada".into()).await.unwrap().line;
        deeds.zone.publish(&name, &line);
        deeds.domains.verify(&acme(), &name, Way::Dns, &"ada".into()).await.unwrap();
        if number % 2 == 0 {
            deeds.zone.withdraw(&name, &line);
        }
    }
    deeds.after(DAY).await;
    let rows = deeds.domains.store.domains(&acme()).await.unwrap();
    assert_eq!(rows.len(), 20);
    for row in rows {
        let number: u32 = row.name.as_str()["corp".len()..].trim_end_matches(".test").parse().unwrap();
        let expected = if number.is_multiple_of(2) { Status::MissingToken } else { Status::Verified };
        assert_eq!((row.status, row.checked_at), (expected, Some(deeds.domains.clock.now())), "{}", row.name);
    }
}

#[tokio::test]
async fn an_imported_domain_is_never_looked_for_and_never_lost() {
    let deeds = Deeds::start().await;
    deeds.import(acme()).await.unwrap();
    deeds.after(DAY * 400).await;
    assert_eq!((deeds.status(&acme()).await, deeds.owner().await), (Status::Verified, Some(acme())));
    assert_eq!(deeds.zone.server.asked("corp.test.", RecordType::TXT), 0);
    assert!(matches!(deeds.verify(&acme()).await, Err(VerifyError::Imported(_))));
    assert_eq!(deeds.domains.add(&acme(), CORP, &"ada".into()).await.unwrap().owned_by, Some(Method::Import));

    deeds.domains.remove(&acme(), CORP, &"ada".into()).await.unwrap();
    assert_eq!((deeds.owner().await, deeds.told().await), (None, 1));
    let line = deeds.publish(&acme()).await;
    deeds.verify(&acme()).await.unwrap();
    deeds.zone.withdraw(CORP, &line);
    deeds.import(acme()).await.unwrap();
    deeds.after(DAY * 30).await;
    assert_eq!(deeds.owner().await, Some(acme()), "an import vouches for what was proved by DNS, too");
}
