//! Who from outside was invited to which site: by a role of their own, of a group they are in, or of their company.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use foldhash::fast::RandomState;

use crate::domain::email::EmailAddress;
use crate::domain::group::{Invited, site_of};
use crate::domain::organization::OrganizationId;
use crate::store::{Store, StoreError};

use super::fingerprint::{Fingerprint, FingerprintKey};

/// By (organization, site, address) and by (organization, site, mail domain): the most that any role gives.
type Table = HashMap<Fingerprint, Invited, RandomState>;

/// The invitations of all organizations.
pub(super) struct Invitations(ArcSwap<Table>);

impl Invitations {
    pub(super) async fn load(store: &Store, key: &FingerprintKey) -> Result<Self, StoreError> {
        Ok(Self(ArcSwap::from_pointee(read(store, key).await?)))
    }

    pub(super) async fn reload(&self, store: &Store, key: &FingerprintKey) -> Result<(), StoreError> {
        self.0.store(Arc::new(read(store, key).await?));
        Ok(())
    }

    /// To what of a site whoever has this address was invited.
    pub(super) fn of(
        &self,
        key: &FingerprintKey,
        organization: &OrganizationId,
        site: &str,
        email: &EmailAddress,
    ) -> Invited {
        let table = self.0.load();
        let by = |who: &str| table.get(&key.invitation(organization, site, who)).copied().unwrap_or_default();
        by(email.as_str()).max(by(email.domain()))
    }
}

async fn read(store: &Store, key: &FingerprintKey) -> Result<Table, StoreError> {
    let mut table = Table::default();
    for row in store.invitations().await? {
        let place = key.invitation(&row.organization, site_of(&row.resource), &row.who);
        let most = table.entry(place).or_default();
        *most = row.role.invites_to().max(*most);
    }
    Ok(table)
}
