//! What people from outside have by their groups and their companies, or by themselves: who was invited to which site, and who is
//! exempt from codes until when.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use foldhash::fast::RandomState;
use jiff::Timestamp;

use crate::domain::email::EmailAddress;
use crate::domain::group::{Invited, site_of};
use crate::domain::organization::OrganizationId;
use crate::store::{Store, StoreError};

use super::fingerprint::{Fingerprint, FingerprintKey};

/// What the groups of all organizations give.
pub(super) struct Groups {
    tables: ArcSwap<Tables>,
    /// Whether anybody is exempt. Of most gateways nobody is, and then each request asks this alone.
    exempts: AtomicBool,
}

#[derive(Default)]
struct Tables {
    /// By (organization, site, address) and by (organization, site, mail domain): the most that any role gives.
    invitations: HashMap<Fingerprint, Invited, RandomState>,
    /// By (organization, address) and by (organization, mail domain): the last end of any group. One that is over stays until the
    /// tables are loaded again: the decision knows the time.
    exemptions: HashMap<Fingerprint, Timestamp, RandomState>,
}

impl Groups {
    pub(super) async fn load(store: &Store, key: &FingerprintKey) -> Result<Self, StoreError> {
        let tables = read(store, key).await?;
        let exempts = AtomicBool::new(tables.exempts());
        Ok(Self { tables: ArcSwap::from_pointee(tables), exempts })
    }

    pub(super) async fn reload(&self, store: &Store, key: &FingerprintKey) -> Result<(), StoreError> {
        let tables = read(store, key).await?;
        let exempts = tables.exempts();
        self.tables.store(Arc::new(tables));
        self.exempts.store(exempts, Ordering::Release);
        Ok(())
    }

    /// To what of a site whoever has this address was invited.
    pub(super) fn invited(
        &self,
        key: &FingerprintKey,
        organization: &OrganizationId,
        site: &str,
        email: &EmailAddress,
    ) -> Invited {
        let tables = self.tables.load();
        let invited = &tables.invitations;
        let by =
            |who: &str| invited.get(&key.invitation(organization, site, who)).copied().unwrap_or_default();
        by(email.as_str()).max(by(email.domain()))
    }

    /// Until when whoever has this address is exempt.
    pub(super) fn exempt_until(
        &self,
        key: &FingerprintKey,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> Option<Timestamp> {
        if !self.exempts.load(Ordering::Acquire) {
            return None;
        }
        let tables = self.tables.load();
        let ends = &tables.exemptions;
        let by = |who: &str| ends.get(&key.exemption(organization, who)).copied();
        by(email.as_str()).max(by(email.domain()))
    }
}

impl Tables {
    fn exempts(&self) -> bool {
        !self.exemptions.is_empty()
    }
}

async fn read(store: &Store, key: &FingerprintKey) -> Result<Tables, StoreError> {
    let mut tables = Tables::default();
    for row in store.invitations().await? {
        let place = key.invitation(&row.organization, site_of(&row.resource), &row.who);
        let most = tables.invitations.entry(place).or_default();
        *most = row.role.invites_to().max(*most);
    }
    for row in store.exemptions().await? {
        let place = key.exemption(&row.organization, &row.who);
        let end = tables.exemptions.entry(place).or_insert(row.until);
        *end = row.until.max(*end);
    }
    Ok(tables)
}
