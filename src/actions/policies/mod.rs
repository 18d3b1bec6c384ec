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

use std::sync::Arc;

use tokio::sync::Notify;

use crate::actions::letterhead::SharedLetterhead;
use crate::clock::Clock;
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
}
