//! What an organization asks of people from outside: policies made, changed and deleted, and what people verified made void.
//!
//! One transaction each, with its audit event and its entry in the change log, by which every gateway acts on it within a
//! second. The rules are in `domain/external_policy.rs`.

pub mod keep;
pub mod reset;
pub mod undo;

use uuid::Uuid;

use crate::clock::Clock;
use crate::domain::external_policy::PolicyKind;
use crate::entropy::Entropy;
use crate::store::{ExternalPolicyRow, Store};

/// What the deeds about external user policies work with.
pub struct ExternalPolicies {
    /// Where state lasts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
}

/// Which policy of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// For everybody whom no other policy is for. It is always there, also before anybody changed it.
    Default,
    /// For a few by name.
    Test,
    /// One that people made, by its id.
    Named(Uuid),
}

impl Which {
    /// The kind that it is.
    pub fn kind(self) -> PolicyKind {
        match self {
            Self::Default => PolicyKind::Default,
            Self::Test => PolicyKind::Test,
            Self::Named(_) => PolicyKind::Named,
        }
    }

    /// The row of it, if there is one.
    pub fn of(self, rows: &[ExternalPolicyRow]) -> Option<&ExternalPolicyRow> {
        rows.iter().find(|row| match self {
            Self::Named(id) => row.kind == PolicyKind::Named && row.id == id,
            _ => row.kind == self.kind(),
        })
    }
}
