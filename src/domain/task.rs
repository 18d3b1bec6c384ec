//! Work that takes longer than a request: what kinds there are, how far one is, and what became of each row of it.
//!
//! All of a task's work is one transaction, so a task that was cut off did nothing, and is done again from the beginning.

use std::time::Duration;

/// Who works on a task and is not heard of for so long has died: somebody else begins it again.
pub const LEASE: Duration = Duration::from_secs(30);
/// A task under which so many processes died is not begun again: it may be the cause.
pub const MOST_TRIES: u32 = 3;
/// How long a file that a task made can be fetched.
pub const FILE_LIFETIME: Duration = Duration::from_secs(86_400);
/// How many tasks of one organization may wait at once. What waits is kept by the store, row by row.
pub const MOST_WAITING: u32 = 20;

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskKind {
    /// Moves accounts into an authentication policy.
    AddMembers,
    /// Writes the members of one authentication policy, or of all, into a file.
    ExportMembers,
    /// Writes the people from outside into a file.
    ExportExternalUsers,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskState {
    /// Nobody began it.
    Queued,
    /// Somebody works on it.
    Running,
    /// All of it was done, as its rows say.
    Succeeded,
    /// Nothing of it was done.
    Failed,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowOutcome {
    /// Nothing yet.
    Waiting,
    /// What was asked for was done, or would be if this was no dry run.
    Succeeded,
    /// It was so already.
    Unchanged,
    /// It cannot be done, for this reason.
    Failed(RowReason),
    /// An earlier row says the same, and is the one that counts.
    Repeated,
}

/// Why a row failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowReason {
    /// The text is no address and names nobody.
    Malformed,
    /// The organization has no such account.
    UnknownAccount,
    /// The account is not claimed.
    NotClaimed,
    /// The organization does not own the domain of the address.
    DomainNotVerified,
    /// The address is of another domain than the one that was named.
    OtherDomain,
    /// The account is deleted for good.
    AccountClosed,
}

impl TaskKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::AddMembers, Self::ExportMembers, Self::ExportExternalUsers];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AddMembers => "add-members",
            Self::ExportMembers => "export-members",
            Self::ExportExternalUsers => "export-external-users",
        }
    }

    /// Whether a file comes of it.
    pub const fn makes_file(self) -> bool {
        matches!(self, Self::ExportMembers | Self::ExportExternalUsers)
    }

    /// The kind of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.label() == label)
    }
}

impl TaskState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Succeeded, Self::Failed];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    /// The state of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.label() == label)
    }

    /// Whether nothing happens to it any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed)
    }
}

impl RowOutcome {
    /// The stable label, without the reason.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Unchanged => "unchanged",
            Self::Failed(_) => "failed",
            Self::Repeated => "repeated",
        }
    }

    /// Why it failed.
    pub const fn reason(self) -> Option<RowReason> {
        match self {
            Self::Failed(reason) => Some(reason),
            _ => None,
        }
    }

    /// The outcome of its two labels.
    pub fn of(label: &str, reason: Option<&str>) -> Option<Self> {
        match (label, reason) {
            ("failed", Some(reason)) => RowReason::of(reason).map(Self::Failed),
            (_, Some(_)) => None,
            (label, None) => [Self::Waiting, Self::Succeeded, Self::Unchanged, Self::Repeated]
                .into_iter()
                .find(|outcome| outcome.label() == label),
        }
    }
}

impl RowReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::Malformed,
        Self::UnknownAccount,
        Self::NotClaimed,
        Self::DomainNotVerified,
        Self::OtherDomain,
        Self::AccountClosed,
    ];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownAccount => "unknown_account",
            Self::NotClaimed => "not_claimed",
            Self::DomainNotVerified => "domain_not_verified",
            Self::OtherDomain => "other_domain",
            Self::AccountClosed => "account_closed",
        }
    }

    /// The reason of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.label() == label)
    }

    /// What it is called.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Malformed => "Not an address",
            Self::UnknownAccount => "Account not found",
            Self::NotClaimed => "Account not claimed",
            Self::DomainNotVerified => "Domain not verified",
            Self::OtherDomain => "Another domain",
            Self::AccountClosed => "Account deleted",
        }
    }

    /// What it means, in a sentence for who sent the row.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Malformed => "This is no e-mail address.",
            Self::UnknownAccount => "The organization has no such account.",
            Self::NotClaimed => "The account is not claimed by the organization, so it is not managed.",
            Self::DomainNotVerified => {
                "The organization has not verified the domain of the address, so the account is not managed."
            }
            Self::OtherDomain => "The address is of another domain than the one that was named.",
            Self::AccountClosed => "The account is deleted for good.",
        }
    }

    /// The status that a request for this row alone would get.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::OtherDomain => 400,
            Self::UnknownAccount => 404,
            Self::NotClaimed | Self::DomainNotVerified => 403,
            Self::AccountClosed => 409,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_back_as_what_it_was() {
        for kind in TaskKind::ALL {
            assert_eq!(TaskKind::of(kind.label()), Some(kind));
        }
        for state in TaskState::ALL {
            assert_eq!(TaskState::of(state.label()), Some(state));
        }
        let failed = RowReason::ALL.map(RowOutcome::Failed);
        let others =
            [RowOutcome::Waiting, RowOutcome::Succeeded, RowOutcome::Unchanged, RowOutcome::Repeated];
        for outcome in others.into_iter().chain(failed) {
            let reason = outcome.reason().map(RowReason::label);
            assert_eq!(RowOutcome::of(outcome.label(), reason), Some(outcome));
        }
        assert_eq!(RowOutcome::of("failed", None), None);
        assert_eq!(RowOutcome::of("succeeded", Some("malformed")), None);
    }
}
