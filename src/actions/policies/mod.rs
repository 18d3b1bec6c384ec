//! Authentication policies and their members: one file per deed, each one transaction with its audit events.
//!
//! A member is in exactly one policy, and only managed accounts are members. What takes longer than a request is written down
//! as a task by `submit.rs` and `export.rs`, and done by `apply.rs` and `write_export.rs` when [`Tasks`](super::tasks) says so.

pub mod apply;
pub mod create;
pub mod delete;
pub mod edit;
pub mod export;
pub mod make_default;
pub mod members;
pub mod publish;
pub mod submit;
#[cfg(test)]
mod tests;
pub mod write_export;

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use crate::actions::task_end::Letterhead;
use crate::clock::Clock;
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
    /// The sites that exports have columns for; a reload puts others in their place.
    pub sites: ArcSwap<Vec<ExportSite>>,
    /// What mails about tasks are written with; a reload puts another in its place.
    pub letterhead: ArcSwap<Letterhead>,
}

/// A site, as exports show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportSite {
    /// Whose site it is.
    pub organization: OrganizationId,
    /// Its id, with which a person's sites are noted.
    pub id: Arc<str>,
    /// The product whose column it stands in.
    pub product: &'static str,
}
