//! The configuration read again while the process runs: what can change at once does, and the rest is named.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{App, accounts, api, domains, letterhead, policy, tasks};
use crate::actions::accounts::Accounts;
use crate::actions::domains::Domains;
use crate::actions::exports::Exports;
use crate::actions::letterhead::SharedLetterhead;
use crate::actions::policies::Policies;
use crate::admin::api::Api;
use crate::config::settings::Settings;
use crate::config::{self, ConfigErrors};
use crate::directory::Directory;
use crate::proxy::Gateway;
use crate::telemetry::labels::ReloadResult;
use crate::telemetry::metrics::Metrics;

/// What a reload needs to reach.
pub struct Reloader {
    gateway: Arc<Gateway>,
    directory: Arc<Directory>,
    domains: Arc<ArcSwap<Domains>>,
    accounts: Arc<ArcSwap<Accounts>>,
    api: Arc<Api>,
    exports: Arc<Exports>,
    policies: Arc<Policies>,
    letterhead: SharedLetterhead,
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
            exports: Arc::clone(&app.exports),
            policies: Arc::clone(&app.policies),
            letterhead: Arc::clone(&app.letterhead),
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
        let Accounts { store, clock, entropy, .. } = &*self.accounts.load_full();
        let again = accounts::accounts(&settings, store.clone(), clock.clone(), entropy.clone());
        self.accounts.store(Arc::new(again));
        self.api.served.store(Arc::new(api::served(&settings)));
        let groups = &self.api.groups.load_full();
        let again = api::groups(&settings, &groups.store, &groups.clock, &groups.entropy);
        self.api.groups.store(Arc::new(again));
        self.policies.issuers.store(Arc::new(tasks::issuers(&settings)));
        self.exports.sites.store(Arc::new(tasks::export_sites(&settings)));
        self.letterhead.store(Arc::new(letterhead::letterhead(&settings)));
        self.metrics.config_in_force(&settings.fingerprint);
        self.metrics.config_reloaded(ReloadResult::Success);
        self.current = settings;
        Ok(())
    }
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
        ("audit", old.audit == new.audit),
        ("decisions", old.decisions == new.decisions),
        ("log", same(&old.log, &new.log)),
    ]
    .into_iter()
    .filter_map(|(part, same)| (!same).then_some(part))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

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
