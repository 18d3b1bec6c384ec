//! The composition root: the one room that knows every part, and puts them together from the settings.
//!
//! [`App::build`] opens what must be there and refuses to start where it is not; [`process`] runs it.

pub mod accounts;
mod api;
pub mod domains;
pub mod process;
pub mod tasks;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use tokio::sync::{mpsc, watch};

use crate::actions::accounts::Accounts;
use crate::actions::claims::Claims;
use crate::actions::domains::Domains;
use crate::actions::policies::Policies;
use crate::actions::tasks::Tasks;
use crate::actions::{Actions, keep_findings};
use crate::admin::api::Api;
use crate::admin::health::Check;
use crate::admin::{self, AdminState};
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::config::{self, ConfigErrors};
use crate::directory::{Directory, Loaded, follow};
use crate::domain::code::Code;
use crate::domain::policy::ExternalUserPolicy;
use crate::entropy::Entropy;
use crate::identity::Identities;
use crate::identity::assertion::Assertions;
use crate::keys::Keys;
use crate::mail::outbox::{Codes, MailEvent, Outbox};
use crate::mail::transport::Transport;
use crate::proxy::{Components, Gateway};
use crate::store::{Finding, Store};
use crate::telemetry::access_log::AccessLog;
use crate::telemetry::labels::{MailResult, ReloadResult};
use crate::telemetry::metrics::Metrics;

/// How often what is remembered beyond its time is let go, and the outbox is counted.
const HOUSEKEEPING: Duration = Duration::from_secs(10);
/// Every so many rounds of housekeeping old rows are removed: once an hour.
const PRUNE_EVERY: u32 = 360;
/// How long the access log may take to be written out at the end.
const LAST_LINES: Duration = Duration::from_secs(2);

/// The running gateway, all parts in place.
pub struct App {
    /// The settings it was built from.
    pub settings: Arc<Settings>,
    /// The data plane.
    pub gateway: Arc<Gateway>,
    /// The tables.
    pub directory: Arc<Directory>,
    /// The deeds about domains; a reload puts others in their place.
    pub domains: Arc<ArcSwap<Domains>>,
    /// The deeds about accounts; a reload puts others in their place.
    pub accounts: Arc<ArcSwap<Accounts>>,
    /// The deeds about claims.
    pub claims: Arc<Claims>,
    /// What the API works with.
    pub api: Arc<Api>,
    /// The deeds about authentication policies.
    pub policies: Arc<Policies>,
    /// The mail worker.
    pub outbox: Arc<Outbox>,
    /// Where state lasts.
    pub store: Store,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    clock: Clock,
    access_log: AccessLog,
    draining: Arc<AtomicBool>,
    upkeep: Option<Upkeep>,
}

/// What runs beside the traffic, until it is started.
struct Upkeep {
    findings: mpsc::Receiver<Finding>,
    last_change: i64,
}

impl App {
    /// Opens the keys and the store, loads the tables, and connects the parts. Every failure names the file and the reason.
    pub async fn build(settings: Settings, clock: Clock, entropy: Entropy) -> anyhow::Result<Self> {
        let settings = Arc::new(settings);
        let keys = Arc::new(Keys::load(&settings.keys)?);
        let assertions = Assertions::new(&keys, &settings.assertion)?;
        let store = Store::open(&settings.database).await?;
        let sites: Vec<&str> = settings.sites.iter().map(|site| site.id.as_ref()).collect();
        let metrics = Metrics::new(&sites).context("the metrics cannot be declared")?;
        metrics.config_in_force(&settings.fingerprint);
        let loaded = Directory::load(&store, policy(&settings), &entropy, clock.now()).await?;
        let Loaded { directory, findings, last_change } = loaded;
        count_tables(&metrics, &directory);
        let outbox = outbox(&settings, &store, &clock, &keys, &metrics)?;
        let access_log = AccessLog::start(settings.log.access, metrics.access_log_dropped.clone())
            .context("the access log cannot be started")?;
        let domains =
            domains::domains(&settings, store.clone(), Arc::clone(&keys), clock.clone(), entropy.clone());
        let domains = Arc::new(ArcSwap::from_pointee(domains));
        let accounts = accounts::accounts(&settings, store.clone(), clock.clone());
        let accounts = Arc::new(ArcSwap::from_pointee(accounts));
        let claims = Arc::new(Claims { store: store.clone(), clock: clock.clone() });
        let policies = Arc::new(tasks::policies(&settings, store.clone(), clock.clone(), entropy.clone()));
        let api =
            api::api(&settings, &store, &keys, &clock, &entropy, &domains, &accounts, &claims, &policies);
        let components = Components {
            directory: Arc::clone(&directory),
            identities: Identities::new(
                Arc::clone(&directory),
                Arc::clone(&keys),
                clock.clone(),
                Arc::clone(&metrics),
            ),
            actions: Arc::new(Actions {
                store: store.clone(),
                outbox: Arc::clone(&outbox),
                keys,
                clock: clock.clone(),
                entropy: entropy.clone(),
                metrics: Arc::clone(&metrics),
            }),
            clock: clock.clone(),
            entropy,
            metrics: Arc::clone(&metrics),
            access_log: access_log.clone(),
            assertions,
        };
        Ok(Self {
            gateway: Arc::new(Gateway::new(&settings, components)),
            settings,
            directory,
            domains,
            accounts,
            claims,
            api: Arc::new(api),
            policies,
            outbox,
            store,
            metrics,
            clock,
            access_log,
            draining: Arc::default(),
            upkeep: Some(Upkeep { findings, last_change }),
        })
    }

    /// The pages of the admin listener.
    pub fn admin(&self) -> axum::Router {
        let (store, draining) = (self.store.clone(), Arc::clone(&self.draining));
        let checks = [
            // The process does not start without its tables, so a running one has them.
            Check::new("tables", || async { Ok(()) }),
            Check::new("store", move || {
                let store = store.clone();
                async move { store.ping().await.map_err(|_| "The store does not answer.".to_owned()) }
            }),
            Check::new("draining", move || {
                let draining = draining.load(Ordering::Relaxed);
                async move { if draining { Err("The gateway is stopping.".to_owned()) } else { Ok(()) } }
            }),
        ];
        let state = AdminState { metrics: Arc::clone(&self.metrics), checks: checks.into() };
        let names = self.settings.admin.urls.iter().map(|url| url.authority.clone()).collect();
        admin::router(state, admin::api::router(Arc::clone(&self.api)), admin::host::Names(names))
    }

    /// Everything that runs beside the traffic, until `stop` turns true: mail, the change log, findings, domains,
    /// tasks, housekeeping.
    pub fn upkeep(&mut self, stop: &watch::Receiver<bool>) -> impl Future<Output = ()> + Send + use<> {
        let Upkeep { findings, last_change } = self.upkeep.take().expect("upkeep is started once");
        let mail = Arc::clone(&self.outbox).run(stopping(stop.clone()));
        let metrics = Arc::clone(&self.metrics);
        let reloaded = move |directory: &Directory| count_tables(&metrics, directory);
        let follow = follow::follow(
            Arc::clone(&self.directory),
            self.store.clone(),
            last_change,
            reloaded,
            stop.clone(),
        );
        let findings = keep_findings::keep_findings(self.store.clone(), self.clock.clone(), findings);
        let housekeeping = keep_house(
            self.store.clone(),
            self.clock.clone(),
            Arc::clone(&self.metrics),
            Arc::clone(&self.directory),
            Arc::clone(&self.gateway),
            stop.clone(),
        );
        let domains = domains::keep_domains(Arc::clone(&self.domains), stop.clone());
        let accounts = accounts::keep_accounts(Arc::clone(&self.accounts), stop.clone());
        let (store, clock, policies) = (self.store.clone(), self.clock.clone(), Arc::clone(&self.policies));
        let tasks = tasks::keep_tasks(Tasks { store, clock, policies }, stop.clone());
        let (draining, stop) = (Arc::clone(&self.draining), stop.clone());
        async move {
            tokio::spawn(async move {
                stopping(stop).await;
                draining.store(true, Ordering::Relaxed);
            });
            // It ends with the directory; what still waits then is found again at the next sighting.
            tokio::spawn(findings);
            tokio::join!(mail, follow, domains, accounts, tasks, housekeeping);
        }
    }

    /// Writes out what is still to be written. Call it when no request is open any more.
    pub async fn close(&self) {
        self.access_log.close(LAST_LINES);
        self.store.close().await;
    }
}

/// What a reload needs to reach.
pub struct Reloader {
    gateway: Arc<Gateway>,
    directory: Arc<Directory>,
    domains: Arc<ArcSwap<Domains>>,
    accounts: Arc<ArcSwap<Accounts>>,
    api: Arc<Api>,
    policies: Arc<Policies>,
    metrics: Arc<Metrics>,
    /// What is in force, to see what cannot change without a restart.
    current: Arc<Settings>,
}

impl Reloader {
    /// A reloader of this app.
    pub fn new(app: &App) -> Self {
        Self {
            gateway: Arc::clone(&app.gateway),
            directory: Arc::clone(&app.directory),
            domains: Arc::clone(&app.domains),
            accounts: Arc::clone(&app.accounts),
            api: Arc::clone(&app.api),
            policies: Arc::clone(&app.policies),
            metrics: Arc::clone(&app.metrics),
            current: Arc::clone(&app.settings),
        }
    }

    /// Reads the file again. A bad one changes nothing and says why.
    pub fn reload(&mut self, path: &std::path::Path) -> Result<(), ConfigErrors> {
        let mut settings = match config::load(path, &|name| std::env::var(name).ok()) {
            Ok(settings) => settings,
            Err(errors) => {
                self.metrics.config_reloaded(ReloadResult::Failure);
                return Err(errors);
            }
        };
        for part in hold_back(&self.current, &mut settings) {
            tracing::warn!(part, "this changed; it acts after a restart");
        }
        let settings = Arc::new(settings);
        self.gateway.reload(&settings);
        self.directory.set_policy(policy(&settings));
        let again = domains::again(&self.domains.load(), &settings);
        self.domains.store(Arc::new(again));
        let Accounts { store, clock, .. } = &*self.accounts.load_full();
        let again = accounts::accounts(&settings, store.clone(), clock.clone());
        self.accounts.store(Arc::new(again));
        self.api.served.store(Arc::new(api::served(&settings)));
        tasks::reload(&self.policies, &settings);
        self.metrics.config_in_force(&settings.fingerprint);
        self.metrics.config_reloaded(ReloadResult::Success);
        self.current = settings;
        Ok(())
    }
}

/// Ends when `stop` turns true, or nobody is left who could turn it.
pub async fn stopping(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|&stop| stop).await;
}

/// Names what changed but cannot act while the process runs, and keeps the old value where half of it would.
fn hold_back(old: &Settings, new: &mut Settings) -> Vec<&'static str> {
    let same =
        |old: &dyn std::fmt::Debug, new: &dyn std::fmt::Debug| format!("{old:?}") == format!("{new:?}");
    let bound = |settings: &Settings| {
        let listen = &settings.listen;
        (listen.proxy, listen.admin, listen.workers, listen.drain)
    };
    let digits = std::mem::replace(&mut new.verification.code_digits, old.verification.code_digits);
    // Whoever is in front would speak the other one to us until its own settings change too.
    let speaks_tls = new.listen.tls.is_some();
    let keeps_tls = speaks_tls == old.listen.tls.is_some();
    if !keeps_tls {
        (new.listen.tls, new.listen.scheme) = (old.listen.tls.clone(), old.listen.scheme);
    }
    [
        ("listen.certificate", keeps_tls),
        ("listen", bound(old) == bound(new)),
        ("admin", same(&old.admin, &new.admin)),
        // Mails are composed with the digits of the start: a page that expects others would take no code at all.
        ("verification.code_digits", digits == old.verification.code_digits),
        ("mail", same(&old.mail, &new.mail)),
        ("store", same(&old.database, &new.database)),
        ("keys", old.keys == new.keys),
        ("assertion", same(&old.assertion, &new.assertion)),
        ("log", same(&old.log, &new.log)),
    ]
    .into_iter()
    .filter_map(|(part, same)| (!same).then_some(part))
    .collect()
}

fn policy(settings: &Settings) -> ExternalUserPolicy {
    ExternalUserPolicy { frequency: settings.verification.frequency }
}

fn outbox(
    settings: &Settings,
    store: &Store,
    clock: &Clock,
    keys: &Arc<Keys>,
    metrics: &Arc<Metrics>,
) -> anyhow::Result<Arc<Outbox>> {
    let transport = Transport::new(&settings.mail.transport)?;
    let (keys, digits) = (Arc::clone(keys), settings.verification.code_digits);
    let codes: Codes =
        Arc::new(move |id, challenge| Some(Code::derive(&keys.of(id)?.code, challenge, digits)));
    let metrics = Arc::clone(metrics);
    let observer = Arc::new(move |event| {
        metrics.mails.count(match event {
            MailEvent::Sent => MailResult::Sent,
            MailEvent::Retried => MailResult::Retried,
            MailEvent::Failed => MailResult::Failed,
            MailEvent::Expired => MailResult::Expired,
        });
    });
    Ok(Arc::new(Outbox::new(
        store.clone(),
        transport,
        clock.clone(),
        settings.mail.from.clone(),
        codes,
        observer,
    )))
}

fn count_tables(metrics: &Metrics, directory: &Directory) {
    let (accounts, domains) = directory.sizes();
    metrics.directory_accounts.set(i64::try_from(accounts).unwrap_or(i64::MAX));
    metrics.directory_domains.set(i64::try_from(domains).unwrap_or(i64::MAX));
    count_contradictions(metrics, directory);
}

fn count_contradictions(metrics: &Metrics, directory: &Directory) {
    metrics.directory_contradictions.set(i64::try_from(directory.contradictions()).unwrap_or(i64::MAX));
}

async fn keep_house(
    store: Store,
    clock: Clock,
    metrics: Arc<Metrics>,
    directory: Arc<Directory>,
    gateway: Arc<Gateway>,
    stop: watch::Receiver<bool>,
) {
    let mut stop = std::pin::pin!(stopping(stop));
    for round in 0_u32.. {
        count_contradictions(&metrics, &directory);
        gateway.sweep();
        // A failing store is reported by those who need it; here the next round tries again.
        if let Ok(depth) = store.outbox_depth().await {
            metrics.outbox_mails.set(i64::try_from(depth).unwrap_or(i64::MAX));
        }
        if round % PRUNE_EVERY == 0 {
            directory.sweep(clock.now());
            if let Err(error) = store.prune(clock.now()).await {
                tracing::warn!(%error, "old rows could not be removed; that is tried again in an hour");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            () = &mut stop => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::code::CodeDigits;

    fn settings(more: &str) -> Settings {
        let minimal = include_str!("../../config/examples/minimal.toml");
        config::parse("test", &format!("{minimal}{more}"), std::path::Path::new(""), &|_| None).unwrap()
    }

    #[test]
    fn a_reload_keeps_the_digits_that_mails_are_composed_with() {
        let mut new = settings("verification = { code_digits = 8, frequency = \"1d\" }");
        assert_eq!(hold_back(&settings(""), &mut new), ["verification.code_digits"]);
        assert_eq!(new.verification.code_digits, CodeDigits::Six);
        assert_eq!(new.verification.frequency, Duration::from_secs(86_400));
    }

    #[test]
    fn a_reload_names_what_waits_for_a_restart() {
        let mut new = settings("listen.drain = \"5s\"\nlog.level = \"warn\"");
        assert_eq!(hold_back(&settings(""), &mut new), ["listen", "log"]);
        let mut new = settings("listen.trusted_proxies = [\"192.0.2.1\"]");
        assert!(hold_back(&settings(""), &mut new).is_empty(), "who is believed acts at once");
    }
}
