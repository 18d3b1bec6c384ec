//! The composition root: the one room that knows every part, and puts them together from the settings.
//!
//! [`App::build`] opens what must be there and refuses to start where it is not; [`process`] runs it.

pub mod accounts;
mod api;
pub mod domains;
mod housekeeping;
mod keeping;
pub mod letterhead;
pub mod process;
mod reload;
pub mod tasks;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use tokio::sync::{mpsc, watch};

use crate::actions::accounts::Accounts;
use crate::actions::claims::Claims;
use crate::actions::decisions::Decisions;
use crate::actions::domains::Domains;
use crate::actions::exports::Exports;
use crate::actions::letterhead::SharedLetterhead;
use crate::actions::policies::Policies;
use crate::actions::tasks::Tasks;
use crate::actions::{Actions, decisions, keep_findings};
use crate::admin::api::Api;
use crate::admin::health::Check;
use crate::admin::{self, AdminState};
use crate::clock::Clock;
use crate::config::settings::{Settings, Verification};
use crate::directory::{Directory, Loaded, follow};
use crate::domain::code::Code;
use crate::domain::policy::ExternalUserPolicy;
use crate::entropy::Entropy;
use crate::identity::Identities;
use crate::identity::assertion::Assertions;
use crate::keys::Keys;
use crate::mail::outbox::{Codes, MailEvent, Outbox, Supplies};
use crate::mail::transport::Transport;
use crate::proxy::{Components, Gateway};
use crate::store::{DecisionRow, Finding, Store};
use crate::telemetry::access_log::AccessLog;
use crate::telemetry::labels::MailResult;
use crate::telemetry::metrics::Metrics;

pub use reload::Reloader;

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
    /// The deeds about files.
    pub exports: Arc<Exports>,
    /// What mails to admins are written with; a reload puts another in its place.
    pub letterhead: SharedLetterhead,
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
    decisions: mpsc::Receiver<DecisionRow>,
    last_change: i64,
}

impl App {
    /// Opens the keys and the store, loads the tables, and connects the parts. Every failure names the file and the reason.
    pub async fn build(settings: Settings, clock: Clock, entropy: Entropy) -> anyhow::Result<Self> {
        let settings = Arc::new(settings);
        let keys = Arc::new(Keys::load(&settings.keys)?);
        let assertions = Assertions::new(&keys, &settings.assertion)?;
        Store::read_ahead(&settings.database).await;
        let store = Store::open(&settings.database).await?;
        let sites: Vec<&str> = settings.sites.iter().map(|site| site.id.as_ref()).collect();
        let metrics = Metrics::new(&sites).context("the metrics cannot be declared")?;
        metrics.config_in_force(&settings.fingerprint);
        let loaded = Directory::load(&store, policy(&settings), &entropy, clock.now()).await?;
        let Loaded { directory, findings, last_change } = loaded;
        count_tables(&metrics, &directory);
        let letterhead = Arc::new(ArcSwap::from_pointee(letterhead::letterhead(&settings)));
        let outbox = outbox(&settings, &store, &clock, &keys, &metrics, &letterhead)?;
        let access_log = AccessLog::start(settings.log.access, metrics.access_log_dropped.clone())
            .context("the access log cannot be started")?;
        let domains =
            domains::domains(&settings, store.clone(), Arc::clone(&keys), clock.clone(), entropy.clone());
        let domains = Arc::new(ArcSwap::from_pointee(domains));
        let accounts = accounts::accounts(&settings, store.clone(), clock.clone(), entropy.clone());
        let accounts = Arc::new(ArcSwap::from_pointee(accounts));
        let claims = Arc::new(Claims { store: store.clone(), clock: clock.clone() });
        let (policies, exports) =
            tasks::policies_and_exports(&settings, &keys, &store, &clock, &entropy, &letterhead);
        let (policies, exports) = (Arc::new(policies), Arc::new(exports));
        let deeds = api::Deeds {
            domains: Arc::clone(&domains),
            accounts: Arc::clone(&accounts),
            claims: Arc::clone(&claims),
            policies: Arc::clone(&policies),
            exports: Arc::clone(&exports),
        };
        let api = api::api(&settings, &store, &keys, &clock, &entropy, &directory, deeds);
        let (decisions, to_keep) = Decisions::new(metrics.decisions_dropped.clone());
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
            decisions,
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
            exports,
            letterhead,
            outbox,
            store,
            metrics,
            clock,
            access_log,
            draining: Arc::default(),
            upkeep: Some(Upkeep { findings, decisions: to_keep, last_change }),
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
        let Upkeep { findings, decisions, last_change } = self.upkeep.take().expect("upkeep is started once");
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
        let dropped = self.metrics.decisions_dropped.clone();
        let decisions = decisions::keep_decisions(self.store.clone(), decisions, dropped);
        let housekeeping = housekeeping::keep_house(
            self.store.clone(),
            self.clock.clone(),
            Arc::clone(&self.metrics),
            Arc::clone(&self.directory),
            Arc::clone(&self.gateway),
            stop.clone(),
        );
        let (audit, decided) = (self.settings.audit, self.settings.decisions);
        let keeping =
            keeping::keep_in_time(self.store.clone(), self.clock.clone(), audit, decided, stop.clone());
        let domains = domains::keep_domains(Arc::clone(&self.domains), stop.clone());
        let accounts = accounts::keep_accounts(Arc::clone(&self.accounts), stop.clone());
        let (policies, exports) = (Arc::clone(&self.policies), Arc::clone(&self.exports));
        let tasks = Tasks { store: self.store.clone(), clock: self.clock.clone(), policies, exports };
        let tasks = tasks::keep_tasks(tasks, stop.clone());
        let (draining, stop) = (Arc::clone(&self.draining), stop.clone());
        async move {
            tokio::spawn(async move {
                stopping(stop).await;
                draining.store(true, Ordering::Relaxed);
            });
            // It ends with the directory; what still waits then is found again at the next sighting.
            tokio::spawn(findings);
            tokio::spawn(decisions);
            tokio::join!(mail, follow, domains, accounts, tasks, keeping, housekeeping);
        }
    }

    /// Writes out what is still to be written. Call it when no request is open any more.
    pub async fn close(&self) {
        self.access_log.close(LAST_LINES);
        self.store.close().await;
    }
}

/// Ends when `stop` turns true, or nobody is left who could turn it.
pub async fn stopping(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|&stop| stop).await;
}

/// What external people are asked where their organization says nothing else.
pub fn policy(settings: &Settings) -> ExternalUserPolicy {
    let Verification { frequency, methods, .. } = settings.verification;
    ExternalUserPolicy { frequency, methods, ..ExternalUserPolicy::default() }
}

fn outbox(
    settings: &Settings,
    store: &Store,
    clock: &Clock,
    keys: &Arc<Keys>,
    metrics: &Arc<Metrics>,
    letterhead: &SharedLetterhead,
) -> anyhow::Result<Arc<Outbox>> {
    let transport = Transport::new(&settings.mail.transport)?;
    let links = letterhead::links(settings, keys);
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
        Supplies { codes, links, words: letterhead::words(letterhead) },
        observer,
    )))
}

fn count_tables(metrics: &Metrics, directory: &Directory) {
    let (accounts, domains) = directory.sizes();
    metrics.directory_accounts.set(i64::try_from(accounts).unwrap_or(i64::MAX));
    metrics.directory_domains.set(i64::try_from(domains).unwrap_or(i64::MAX));
    housekeeping::count_contradictions(metrics, directory);
}
