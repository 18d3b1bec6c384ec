//! What may become of an account: deactivated, reactivated, for deletion, closed; and suspended beside all that.
//!
//! Pure rules. What a standing means at the gate is said in `decide.rs`; the deeds are in `actions/accounts/`.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How long an account that is for deletion can be had back: 14 days, as in the product whose feature this is.
pub const GRACE: Duration = Duration::from_secs(14 * 86_400);

/// What an account is, as the store keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It lives.
    Active,
    /// It is refused everywhere until it is reactivated.
    Deactivated,
    /// It is deactivated, and goes for good when the grace period ends.
    ForDeletion,
    /// It is gone. The row stays, or its address would be a stranger's at the next sight.
    Closed,
}

/// Whether an account may come in, as the gate sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It may, by the rules for everybody.
    #[default]
    Active,
    /// It lives, and the organization keeps it out.
    Suspended,
    /// It is deactivated, or for deletion.
    Deactivated,
    /// It is gone.
    Closed,
}

/// What the organization's claim of an account amounts to, as the gate sees it. Whose the domain is counts besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// There is none.
    #[default]
    None,
    /// There is one, and nobody proved yet that the address is its owner's: it makes nobody managed.
    Unproved,
    /// There is one, and the address is proved.
    InForce,
}

/// What is done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Keep it out until it is reactivated.
    Deactivate,
    /// Let it in again.
    Reactivate,
    /// Have it go for good after the grace period.
    Delete,
    /// Have it back, active.
    CancelDeletion,
}

/// Why a step cannot be taken from where the account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// It is gone.
    #[error("the account is deleted for good")]
    Closed,
    /// It goes in any case, so only that can be cancelled.
    #[error("the account is for deletion; cancel that instead")]
    ForDeletion,
    /// There is nothing to cancel.
    #[error("the account is not for deletion")]
    NotForDeletion,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Active, Self::Deactivated, Self::ForDeletion, Self::Closed];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::ForDeletion => "for_deletion",
            Self::Closed => "closed",
        }
    }

    /// The status of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.label() == label)
    }

    /// What it is after a step; the same where the step changes nothing.
    pub fn after(self, step: Step) -> Result<Self, StepError> {
        match (self, step) {
            (Self::Closed, _) => Err(StepError::Closed),
            (Self::ForDeletion, Step::Deactivate | Step::Reactivate) => Err(StepError::ForDeletion),
            (Self::Active | Self::Deactivated, Step::Deactivate) => Ok(Self::Deactivated),
            (Self::Active | Self::Deactivated, Step::Reactivate) => Ok(Self::Active),
            (_, Step::Delete) => Ok(Self::ForDeletion),
            (Self::ForDeletion, Step::CancelDeletion) => Ok(Self::Active),
            (_, Step::CancelDeletion) => Err(StepError::NotForDeletion),
        }
    }

    /// Whether the gate lets the account in.
    pub fn standing(self, suspended_at: Option<Timestamp>) -> Standing {
        match (self, suspended_at) {
            (Self::Active, None) => Standing::Active,
            (Self::Active, Some(_)) => Standing::Suspended,
            (Self::Deactivated | Self::ForDeletion, _) => Standing::Deactivated,
            (Self::Closed, _) => Standing::Closed,
        }
    }
}

impl Standing {
    /// The standing of the number that the store counts it by.
    pub fn of_number(number: u8) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Deactivated, Self::Closed].get(usize::from(number)).copied()
    }
}

impl Claim {
    /// The claim of the number that the store counts it by.
    pub fn of_number(number: u8) -> Option<Self> {
        [Self::None, Self::Unproved, Self::InForce].get(usize::from(number)).copied()
    }

    /// Whether it makes its owner managed, where the domain does.
    pub fn is_in_force(self) -> bool {
        self == Self::InForce
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_can_be_had_back_until_it_is_closed() {
        use Status::{Active, Closed, Deactivated, ForDeletion};
        use Step::{CancelDeletion, Deactivate, Delete, Reactivate};
        let rows = [
            (Active, Deactivate, Ok(Deactivated)),
            (Active, Reactivate, Ok(Active)),
            (Active, Delete, Ok(ForDeletion)),
            (Active, CancelDeletion, Err(StepError::NotForDeletion)),
            (Deactivated, Deactivate, Ok(Deactivated)),
            (Deactivated, Reactivate, Ok(Active)),
            (Deactivated, Delete, Ok(ForDeletion)),
            (Deactivated, CancelDeletion, Err(StepError::NotForDeletion)),
            (ForDeletion, Deactivate, Err(StepError::ForDeletion)),
            (ForDeletion, Reactivate, Err(StepError::ForDeletion)),
            (ForDeletion, Delete, Ok(ForDeletion)),
            (ForDeletion, CancelDeletion, Ok(Active)),
        ];
        for (status, step, expected) in rows {
            assert_eq!(status.after(step), expected, "{status:?} {step:?}");
        }
        for step in [Deactivate, Reactivate, Delete, CancelDeletion] {
            assert_eq!(Closed.after(step), Err(StepError::Closed));
        }
    }

    #[test]
    fn only_an_active_account_that_is_not_suspended_may_come_in() {
        let suspended = Some(Timestamp::UNIX_EPOCH);
        for status in Status::ALL {
            assert_eq!(status.standing(None) == Standing::Active, status == Status::Active);
            assert_ne!(status.standing(suspended), Standing::Active);
            assert_eq!(Status::of(status.label()), Some(status));
        }
    }
}
