//! What `decide` reads besides the accounts: verified domains and policies, loaded anew and swapped in as a whole.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::domain::member::{AuthPolicies, AuthPolicy};
use crate::domain::policy::{ExternalUserPolicy, PolicyVersion, Snapshot};
use crate::store::{Store, StoreError};

use super::{Directory, Domains};

pub(super) async fn load(store: &Store, external: ExternalUserPolicy) -> Result<Snapshot, StoreError> {
    let verified_domains = store.verified_domains().await?.into_iter().collect();
    let policies = store.policies_in_force().await?;
    Ok(Snapshot { verified_domains, external, policies, auth: auth_policies(store).await? })
}

impl Directory {
    /// Loads the external user policies again and swaps them in. What is open is judged by them at once.
    pub async fn reload_policies(&self, store: &Store) -> Result<(), StoreError> {
        let policies = store.policies_in_force().await?;
        self.snapshot.rcu(|old| Snapshot { policies: policies.clone(), ..Snapshot::clone(old) });
        self.announce();
        Ok(())
    }

    /// Loads the authentication policies again and swaps them in. A reset among them ends what is open at once.
    pub async fn reload_auth_policies(&self, store: &Store) -> Result<(), StoreError> {
        let auth = auth_policies(store).await?;
        self.snapshot.rcu(|old| Snapshot { auth: auth.clone(), ..Snapshot::clone(old) });
        self.announce();
        Ok(())
    }

    /// Loads the domains again and swaps them in. Nobody is joined anew: an account is the same, whoever owns its domain.
    pub async fn reload_domains(&self, store: &Store) -> Result<(), StoreError> {
        self.set_domains(store.verified_domains().await?.into_iter().collect());
        self.announce();
        Ok(())
    }

    /// The policies may have changed while domains were read, and the newer ones count.
    pub(super) fn set_domains(&self, domains: Domains) {
        self.snapshot.rcu(|old| Snapshot { verified_domains: domains.clone(), ..Snapshot::clone(old) });
    }

    /// Replaces the external user policy, as a configuration reload does. A site may belong to another organization by now, so
    /// everybody is joined anew.
    pub fn set_policy(&self, external: ExternalUserPolicy) {
        self.snapshot.rcu(|old| Snapshot { external, ..Snapshot::clone(old) });
        self.epoch.fetch_add(1, Ordering::Release);
        self.announce();
    }
}

async fn auth_policies(store: &Store) -> Result<AuthPolicies, StoreError> {
    let mut policies = AuthPolicies::default();
    for row in store.auth_policies_in_force().await? {
        let version = Some(PolicyVersion { policy: row.id, version: row.version });
        let policy = AuthPolicy { settings: row.settings.map(Arc::new), reset_at: row.reset_at, version };
        policies.add(row.id, row.organization, row.is_default, policy);
    }
    Ok(policies)
}
