//! What a sighting or a passed challenge means for the account of an address: that there is one, that the address is its
//! owner's, and that it is claimed where its domain claims new ones.

use jiff::Timestamp;

use super::claims::set_claimed;
use crate::domain::actor::Actor;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::store::{AccountsChanged, AuditEvent, Change, StoreError};

/// Keeps what is known of an address from now on, and gives the events of what followed. `verified` says that the address is
/// its owner's: a code proved it, or the product vouches.
pub(super) async fn keep_account(
    change: &mut Change,
    organization: &OrganizationId,
    email: &EmailAddress,
    verified: bool,
    now: Timestamp,
) -> Result<Vec<AuditEvent>, StoreError> {
    let is_new = change.see_account(organization, email, verified, now).await?;
    let mut events = Vec::new();
    if is_new && change.claims_new(organization, email.domain()).await? {
        let (changed, actor) =
            (AccountsChanged::at(organization, vec![email.clone()]), Actor::from("postern"));
        events = set_claimed(change, &changed, &changed.emails, true, &actor, now).await?;
    }
    // A claim begins to count when its address is verified.
    if verified && !is_new && change.verify_address(organization, email, now).await? {
        let changed = AccountsChanged::at(organization, vec![email.clone()]);
        change.log_accounts(&changed, now).await?;
    }
    Ok(events)
}
