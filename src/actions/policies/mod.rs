//! Authentication policies and their members: one file per deed, each one transaction with its audit events.
//!
//! A member is in exactly one policy, and only managed accounts are members. What takes longer than a request is written down
//! as a task by `submit.rs`, and done by `apply.rs` when [`Tasks`](super::tasks) says so.

pub mod apply;
pub mod create;
pub mod delete;
pub mod edit;
pub mod make_default;
pub mod members;
pub mod publish;
pub mod reset;
pub mod submit;
#[cfg(test)]
pub(in crate::actions) mod tests;
pub mod undo;

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use crate::actions::letterhead::SharedLetterhead;
use crate::clock::Clock;
use crate::domain::auth_policy::{AuthPolicySettings, FieldError, SingleSignOn};
use crate::domain::organization::OrganizationId;
use crate::entropy::Entropy;
use crate::store::Store;

/// What the deeds about policies work with.
pub struct Policies {
    /// Where state lasts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Rung when there is a new task.
    pub bell: Arc<Notify>,
    /// What mails about tasks are written with.
    pub letterhead: SharedLetterhead,
    /// The issuers whose tokens are sessions at sites, each with whose site it is; a reload puts others in their place.
    pub issuers: ArcSwap<Vec<(OrganizationId, Arc<str>)>>,
}

impl Policies {
    /// Refuses what would lock every member out: single sign-on that no site could recognise. What was kept before stays.
    fn possible(
        &self,
        organization: &OrganizationId,
        before: &AuthPolicySettings,
        settings: &AuthPolicySettings,
    ) -> Result<(), Vec<FieldError>> {
        let wanted = &settings.single_sign_on;
        if *wanted == before.single_sign_on || *wanted == SingleSignOn::NotEnforced {
            return Ok(());
        }
        let issuers = self.issuers.load();
        let ours = issuers.iter().filter(|(owner, _)| owner == organization);
        let ours: Vec<&str> = ours.map(|(_, issuer)| &**issuer).collect();
        let problem = match wanted {
            _ if ours.is_empty() => {
                "would lock every member out: no site of the organization takes signed tokens as sessions"
                    .to_owned()
            }
            SingleSignOn::Issuer(issuer) if !ours.contains(&issuer.as_str()) => {
                format!(
                    "names an issuer that no site of the organization believes; they believe {}",
                    ours.join(", ")
                )
            }
            _ => return Ok(()),
        };
        Err(vec![FieldError::new("singleSignOn", problem)])
    }
}
