//! Sign out: the product ended the session, so the proof of this person in this browser ends too, at every host that has one.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::json;

use crate::domain::account::Family;
use crate::domain::actor::Actor;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, StoreError};

use super::Actions;

/// Who signed out, where.
#[derive(Debug, Clone)]
pub struct Leaver {
    /// What their proofs in this browser belong to.
    pub families: Vec<Family>,
    /// The pinned address, for the audit log.
    pub email: EmailAddress,
    /// Whose site it is.
    pub organization: OrganizationId,
    /// The site's id.
    pub site: Arc<str>,
    /// Where they did it from.
    pub address: IpAddr,
}

impl Actions {
    /// Ends the proofs of this person in this browser, on all nodes and across restarts.
    ///
    /// It is done even if the caller stops waiting: a browser that hangs up on its own sign-out must not keep its proof.
    pub async fn sign_out(self: &Arc<Self>, leaver: Leaver) {
        let actions = Arc::clone(self);
        let revoked = tokio::spawn(async move { actions.timed("sign_out", actions.revoke(&leaver)).await });
        match revoked.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "a sign-out could not be kept; it holds in this process only")
            }
            Err(error) => tracing::error!(%error, "a sign-out was cut off; it holds in this process only"),
        }
    }

    async fn revoke(&self, leaver: &Leaver) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        for family in &leaver.families {
            change.revoke(*family, now).await?;
        }
        let who = leaver.email.as_str();
        let actor = Actor { address: Some(leaver.address), ..Actor::from(who) };
        let event = AuditEvent::new(actor, AuditAction::ExternalUserSignedOut, who).of(&leaver.organization);
        change.commit(event.with(json!({ "site": &*leaver.site })), now).await
    }
}
