//! The in-memory tables that requests are judged by: verified domains, policies, accounts and claims, pinned addresses,
//! sign-outs and resets, sessions of managed people and of mobile apps, what groups give.
//!
//! Loaded from the store at start and kept current by following its change log ([`follow`]). Reading them is a hash look-up;
//! nothing here is ever asked of the store while a request waits.

mod accounts;
mod activity;
mod addresses;
mod authenticators;
mod changes;
mod contradictions;
mod current;
mod enrolments;
mod fingerprint;
pub mod follow;
mod groups;
mod join;
mod lasting;
mod logins;
mod notices;
mod pins;
mod resets;
mod revocations;
mod sessions;
mod snapshot;
mod table;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::config::settings::Site;
use crate::domain::account::{CookieSet, Family, Subject};
use crate::domain::authenticator::Authenticators;
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::enrolment::Enrolment;
use crate::domain::group::Invited;
use crate::domain::organization::OrganizationId;
use crate::domain::policy::{ExternalUserPolicy, Snapshot};
use crate::entropy::Entropy;
use crate::store::{AuthenticatorsRow, Finding, PinRow, ResetRow, Store, StoreError};

pub use accounts::AccountState;
use accounts::Accounts;
use activity::Activity;
use authenticators::Enrolled;
use contradictions::Contradictions;
use current::Current;
use enrolments::Enrolments;
pub use fingerprint::Fingerprint;
use fingerprint::FingerprintKey;
use groups::Groups;
pub use lasting::{KnownBy, Lasting, SignedIn};
pub use logins::NamedAccount;
use notices::Notices;
pub use notices::{Refused, SignIn};
use pins::Pins;
use resets::Resets;
use revocations::Revocations;
use sessions::Sessions;

/// Whose each verified domain is.
type Domains = HashMap<DomainName, OrganizationId, foldhash::fast::RandomState>;

/// How many findings may wait to be written. Beyond it they stay in memory alone until they are made again.
const WAITING_FINDINGS: usize = 10_000;

/// The tables. One per process, shared by all workers.
pub struct Directory {
    key: FingerprintKey,
    snapshot: ArcSwap<Snapshot>,
    accounts: ArcSwap<Current>,
    pins: Pins,
    contradictions: Contradictions,
    revocations: Revocations,
    resets: Resets,
    groups: Groups,
    enrolments: Enrolments,
    authenticators: Enrolled,
    activity: Activity,
    notices: Notices,
    sessions: Sessions,
    /// Rises whenever a person may have to be joined anew; see [`Directory::epoch`].
    epoch: AtomicU64,
    /// Tells those who watch something open that it must be judged again.
    changed: watch::Sender<()>,
}

/// What a product says of the person behind a session.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// Whose site it is.
    pub organization: &'a OrganizationId,
    /// The site's id.
    pub site: &'a str,
    /// The product's stable user key.
    pub user_key: &'a str,
    /// The login name; may be renamed and used again.
    pub username: &'a str,
    /// The address, where the product reveals it. Its owner can edit it, so it proves nothing by itself.
    pub email: Option<&'a EmailAddress>,
    /// Whether the product checks addresses and did not check one of this person's. Then neither the address nor the login
    /// name makes anybody managed: whoever signs up can choose both.
    pub is_unchecked: bool,
    /// Whether the product says that it checked the address.
    pub is_vouched: bool,
}

/// What the directory makes of a sighting.
#[derive(Debug, Clone)]
pub struct Known {
    /// The address the person is judged by and written to.
    pub email: Option<EmailAddress>,
    /// The key of that address in the account table.
    pub account: Option<Fingerprint>,
    /// Whether the product's word contradicts what was pinned or imported; such a person is never managed.
    pub address_changed: bool,
}

/// The tables as they were loaded, and what is to be written as it is found.
pub struct Loaded {
    /// The tables.
    pub directory: Arc<Directory>,
    /// For `actions::keep_findings`.
    pub findings: mpsc::Receiver<Finding>,
    /// The newest change-log entry that the tables include.
    pub last_change: i64,
}

impl Directory {
    /// Loads every table. Sign-outs older than the longest possible proof need not be remembered.
    pub async fn load(
        store: &Store,
        policy: ExternalUserPolicy,
        entropy: &Entropy,
        now: Timestamp,
    ) -> Result<Loaded, StoreError> {
        let key = FingerprintKey::new(entropy.bytes());
        let (finding, findings) = mpsc::channel(WAITING_FINDINGS);
        // Read first: what changes while the tables load is then read once more, never missed.
        let last_change = store.last_change().await?;
        let directory = Self {
            snapshot: ArcSwap::from_pointee(snapshot::load(store, policy).await?),
            accounts: ArcSwap::from_pointee(Current::of(Accounts::load(store, &key).await?)),
            pins: Pins::load(store, &key, finding.clone()).await?,
            contradictions: Contradictions::load(store, &key, finding.clone()).await?,
            revocations: Revocations::load(store, now).await?,
            resets: Resets::load(store, &key, now).await?,
            groups: Groups::load(store, &key).await?,
            notices: Notices::new(finding.clone()),
            sessions: Sessions::new(finding.clone()),
            enrolments: Enrolments::load(store, now).await?,
            authenticators: Enrolled::load(store, &key).await?,
            activity: Activity::new(finding),
            epoch: AtomicU64::new(0),
            changed: watch::Sender::default(),
            key,
        };
        Ok(Loaded { directory: Arc::new(directory), findings, last_change })
    }

    /// Loads domains and accounts again and swaps them in as a whole.
    pub async fn reload(&self, store: &Store) -> Result<(), StoreError> {
        let (accounts, since) = self.load_accounts(store).await?;
        self.swap_in(store, accounts, since).await
    }

    /// Since when managed people's sessions last.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Loads again what people have by their groups: whoever is not invited or not exempt any more is judged by that at once.
    pub async fn reload_groups(&self, store: &Store) -> Result<(), StoreError> {
        self.groups.reload(store, &self.key).await?;
        self.announce();
        Ok(())
    }

    /// To what of a site whoever has this address was invited; without one that is to be believed, to nothing.
    pub fn invited(
        &self,
        organization: &OrganizationId,
        site: &str,
        email: Option<&EmailAddress>,
    ) -> Invited {
        email.map_or(Invited::No, |email| self.groups.invited(&self.key, organization, site, email))
    }

    /// Until when whoever has this address is exempt from codes by a group; never without one that is to be believed.
    pub fn exempt_until(
        &self,
        organization: &OrganizationId,
        email: Option<&EmailAddress>,
    ) -> Option<Timestamp> {
        self.groups.exempt_until(&self.key, organization, email?)
    }

    /// Judges a person by the address that an operator accepted for them, from now on.
    pub fn accept(&self, pin: &PinRow) {
        let user = self.key.user(&pin.site, &pin.user_key);
        self.pins.accept(&self.key, pin);
        self.contradictions.forget(user);
        self.epoch.fetch_add(1, Ordering::Release);
    }

    /// A number that rises with every change by which a person may be somebody else to the organization than before.
    /// Read it before [`identify`](Self::identify): what was joined under an older number must be joined again.
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// About how many people the products and the directory disagree.
    pub fn contradictions(&self) -> usize {
        self.contradictions.len()
    }

    /// Changes from now on, of whatever table; many at once are seen as one.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Has everything open judged again now. For what changes outside the tables: a test that moves the clock.
    pub fn announce(&self) {
        self.changed.send_replace(());
    }

    /// What `decide` reads.
    pub fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// What is known of the account of this address; of none at all, nothing in particular.
    pub fn account(&self, account: Fingerprint) -> AccountState {
        self.accounts.load().state(account).unwrap_or_default()
    }

    /// What is known of the account of an address, and when whoever has it was last reset.
    pub fn account_at(
        &self,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> (AccountState, Option<Timestamp>) {
        let account = self.key.email(organization, email);
        (self.account(account), self.reset_at(account))
    }

    /// Notes that somebody used an account, for the store to know the day.
    pub fn note_active(
        &self,
        organization: &OrganizationId,
        account: Fingerprint,
        email: &EmailAddress,
        now: Timestamp,
    ) {
        self.activity.note(organization, account, email, now);
    }

    /// How many accounts and verified domains are loaded.
    pub fn sizes(&self) -> (usize, usize) {
        (self.accounts.load().len(), self.snapshot.load().verified_domains.len())
    }

    /// Joins what a product says with what is known, and pins an address at first sight. `now` dates what is found.
    pub fn identify(&self, sighting: &Sighting<'_>, now: Timestamp) -> Known {
        let joined = self.join(sighting);
        let email = joined.email;
        self.contradictions.note(&self.key, sighting, joined.contradiction, email.as_ref(), now);
        let account = email.as_ref().map(|email| self.key.email(sighting.organization, email));
        Known { account, email, address_changed: joined.contradiction.is_some() }
    }

    /// When the person of this family last signed out in its browser.
    pub fn revoked_at(&self, family: Family) -> Option<Timestamp> {
        self.revocations.at(family)
    }

    /// Ends the proofs of this family made until `at`, here and now; the store tells the other nodes.
    pub fn revoke(&self, family: Family, at: Timestamp) {
        self.revocations.insert(family, at);
        self.announce();
    }

    /// Has the audit log say that somebody signed in, unless it said so of them too often.
    pub fn note_sign_in(&self, sign_in: &SignIn<'_>, now: Timestamp) {
        self.notices.signed_in(&self.key, sign_in, now);
    }

    /// Has the audit log say that a request was refused, unless it said so of the same person and reason lately.
    pub fn note_refusal(&self, refused: &Refused<'_>, now: Timestamp) {
        self.notices.refused(&self.key, refused, now);
    }

    /// When an admin last reset whoever has this account: what they verified before, anywhere, is void.
    pub fn reset_at(&self, account: Fingerprint) -> Option<Timestamp> {
        self.resets.at(account)
    }

    /// Takes in a reset of a person, which the store tells all nodes.
    pub fn reset(&self, row: &ResetRow) {
        self.resets.insert(self.key.email(&row.organization, &row.email), row.at);
        self.announce();
    }

    /// Lets go of sign-outs and resets that no living proof is older than.
    pub fn sweep(&self, now: Timestamp) {
        self.revocations.sweep(now);
        self.activity.sweep(now);
        self.resets.sweep(now);
        self.notices.sweep(now);
    }

    /// The newest state of the enrolment of these cookies.
    pub fn enrolment(&self, cookies: CookieSet) -> Option<Enrolment> {
        self.enrolments.of(cookies)
    }

    /// Ends all enrolments that go back to one sign-in, here and now.
    pub fn end_sign_in(&self, subject: Subject, signed_in_at: Timestamp, now: Timestamp) {
        self.enrolments.end_sign_in(subject, signed_in_at, now);
    }

    /// Whether any session at all was enrolled lately.
    pub fn has_enrolments(&self) -> bool {
        !self.enrolments.is_empty()
    }

    /// What whoever has this account set up, as far as it matters at a site.
    pub fn authenticators(&self, account: Fingerprint, site: &Site) -> Authenticators {
        self.authenticators.of(account, site.host.as_str(), site.takes_passkeys)
    }

    /// The same of an address.
    pub fn authenticators_at(&self, email: &EmailAddress, site: &Site) -> Authenticators {
        self.authenticators(self.key.email(&site.organization.id, email), site)
    }

    /// Takes in what somebody has set up from now on, which the store tells all nodes. What is open is judged by it at once.
    pub fn hear_authenticators(&self, row: &AuthenticatorsRow) {
        self.authenticators.hear(self.key.email(&row.organization, &row.email), row);
        self.announce();
    }

    /// Takes in a state of an enrolment, here and now; the store tells the other nodes.
    pub fn hear_enrolment(&self, enrolment: &Enrolment) {
        self.enrolments.hear(enrolment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use futures_util::future::poll_immediate;

    #[tokio::test]
    async fn a_policy_that_changes_while_the_tables_load_is_not_undone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("postern.db");
        Store::create(&path).await.unwrap();
        let store = Store::open(&path).await.unwrap();
        let policy = |days: u64| {
            let frequency = Duration::from_secs(days * 86_400);
            ExternalUserPolicy { frequency, ..ExternalUserPolicy::default() }
        };
        let (entropy, now) = (Entropy::seeded(1), Timestamp::UNIX_EPOCH);
        let directory = Directory::load(&store, policy(30), &entropy, now).await.unwrap().directory;
        let mut reload = std::pin::pin!(directory.reload(&store));
        assert!(poll_immediate(reload.as_mut()).await.is_none(), "the store is asked");
        directory.set_policy(policy(1));
        reload.await.unwrap();
        assert_eq!(directory.snapshot().external, policy(1));
    }
}
