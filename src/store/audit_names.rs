//! What people read of an action: a name, and the group that it is listed in.
//!
//! An action that is not here does not compile: whatever is written down can be listed and filtered by.

use super::audit::AuditAction;

/// Who or what actions are about.
const ACCOUNTS: &str = "Accounts";
const API_KEYS: &str = "API keys";
const AUDIT_LOG: &str = "Audit log";
const DIRECTORIES: &str = "Directories";
const DOMAINS: &str = "Domains";
const EXTERNAL_USERS: &str = "External users";
const GATEWAY: &str = "Gateway";
const GROUPS: &str = "Groups and companies";
const MOBILE_APPS: &str = "Mobile apps";
const NOTICES: &str = "Notices";
const POLICIES: &str = "Authentication policies";

impl AuditAction {
    /// What was done, in a few words.
    pub const fn display_name(self) -> &'static str {
        self.names().0
    }

    /// The group of actions that it is listed in.
    pub const fn group_display_name(self) -> &'static str {
        self.names().1
    }

    /// Whether it can stand in the log of an organization. The others concern the gateway as a whole.
    pub const fn is_of_organization(self) -> bool {
        !matches!(self, Self::StoreCreated | Self::AuditLogPruned)
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::StoreCreated => ("Made a new store", GATEWAY),
            Self::DirectoryImported => ("Imported domains and accounts", ACCOUNTS),
            Self::AccountPinned => ("Saw an address at a site for the first time", ACCOUNTS),
            Self::AccountContradicted => ("Product and directory disagree about an account", ACCOUNTS),
            Self::AccountAgreed => ("Product and directory agree again about an account", ACCOUNTS),
            Self::AddressAccepted => ("Accepted an address", ACCOUNTS),
            Self::ExternalUserChallenged => ("Asked external user for a code", EXTERNAL_USERS),
            Self::ExternalUserCodeSent => ("Sent a code", EXTERNAL_USERS),
            Self::ExternalUserCodeFailed => ("Could not send a code", EXTERNAL_USERS),
            Self::ExternalUserVerified => ("External user verified", EXTERNAL_USERS),
            Self::ExternalUserVerificationFailed => ("External user failed to verify", EXTERNAL_USERS),
            Self::ExternalUserSignedOut => ("External user signed out", EXTERNAL_USERS),
            Self::ExternalUserBrowserEnded => ("Ended the verification of a browser", EXTERNAL_USERS),
            Self::ExternalUserHandedOver => {
                ("External user passed by a verification at another site", EXTERNAL_USERS)
            }
            Self::MobileSessionEnrolled => ("Enrolled the session of a mobile app", MOBILE_APPS),
            Self::MobileSessionRenewed => ("Renewed the session of a mobile app", MOBILE_APPS),
            Self::MobileSessionEnded => ("Ended the session of a mobile app", MOBILE_APPS),
            Self::DomainAdded => ("Added a domain", DOMAINS),
            Self::DomainVerified => ("Verified a domain", DOMAINS),
            Self::DomainVerificationFailed => ("Could not verify a domain", DOMAINS),
            Self::DomainVerificationLost => ("Lost the verification of a domain", DOMAINS),
            Self::DomainRemoved => ("Removed a domain", DOMAINS),
            Self::NoticeSent => ("Sent a notice", NOTICES),
            Self::NoticeFailed => ("Could not send a notice", NOTICES),
            Self::AccountClaimed => ("Claimed account", ACCOUNTS),
            Self::AccountUnclaimed => ("Unclaimed account", ACCOUNTS),
            Self::DomainClaimSettingChanged => ("Changed which accounts of a domain are claimed", DOMAINS),
            Self::AccountProfileUpdated => ("Changed profile of account", ACCOUNTS),
            Self::AccountEmailChanged => ("Changed email address", ACCOUNTS),
            Self::AccountDeactivated => ("Deactivated account", ACCOUNTS),
            Self::AccountReactivated => ("Reactivated account", ACCOUNTS),
            Self::AccountDeletionScheduled => ("Scheduled deletion of account", ACCOUNTS),
            Self::AccountDeletionCanceled => ("Canceled deletion of account", ACCOUNTS),
            Self::AccountDeleted => ("Deleted account permanently", ACCOUNTS),
            Self::AccountSuspended => ("Suspended access of account", ACCOUNTS),
            Self::AccountRestored => ("Restored access of account", ACCOUNTS),
            Self::AccountRemoved => ("Removed account from the organization", ACCOUNTS),
            Self::AccountSessionsReset => ("Reset sessions of account", ACCOUNTS),
            Self::AuthenticatorBegun => ("Began to set up an authenticator app or passkey", ACCOUNTS),
            Self::AuthenticatorAdded => ("Set up an authenticator app or passkey", ACCOUNTS),
            Self::AuthenticatorRemoved => ("Removed an authenticator app or passkey", ACCOUNTS),
            Self::AuthPolicyCreated => ("Created authentication policy", POLICIES),
            Self::AuthPolicyUpdated => ("Changed authentication policy", POLICIES),
            Self::AuthPolicyDeleted => ("Deleted authentication policy", POLICIES),
            Self::AuthPolicyDefaultChanged => ("Changed default authentication policy", POLICIES),
            Self::AuthPolicySessionsReset => ("Ended the sessions of authentication policy", POLICIES),
            Self::AuthPolicyBulkUpdateCompleted => ("Added many users to authentication policy", POLICIES),
            Self::AuthPolicyBulkUpdateRehearsed => ("Rehearsed an update of authentication policy", POLICIES),
            Self::UserAddedToAuthPolicy => ("Added user to authentication policy", POLICIES),
            Self::UserAddToAuthPolicyFailed => ("Could not add user to authentication policy", POLICIES),
            Self::MembersExported => ("Exported members of authentication policies", POLICIES),
            Self::ExternalUsersExported => ("Exported external users", EXTERNAL_USERS),
            Self::ExportDownloaded => ("Downloaded an export", ACCOUNTS),
            Self::AccountVerificationSent => ("Sent verification of email address", ACCOUNTS),
            Self::ExternalUserEndReminded => ("Reminded of the end of external user", EXTERNAL_USERS),
            Self::DirectoryCreated => ("Made a directory", DIRECTORIES),
            Self::UserCreated => ("Directory added user", DIRECTORIES),
            Self::UserUpdated => ("Directory changed user", DIRECTORIES),
            Self::UserDeleted => ("Directory removed user", DIRECTORIES),
            Self::UserUnlinked => ("Unlinked account from directory", DIRECTORIES),
            Self::TaskFailed => ("Could not finish a task", POLICIES),
            Self::ApiKeyCreated => ("Created API key", API_KEYS),
            Self::ApiKeyRevoked => ("Revoked API key", API_KEYS),
            Self::AuditLogPruned => ("Removed old events", AUDIT_LOG),
            Self::AuditLogExported => ("Exported the audit log", AUDIT_LOG),
            Self::UserLoggedIn => ("Signed in", ACCOUNTS),
            Self::ExternalUserBlocked => ("Refused a request of external user", EXTERNAL_USERS),
            Self::ExternalPolicyCreated => ("Created external user policy", EXTERNAL_USERS),
            Self::ExternalPolicyUpdated => ("Changed external user policy", EXTERNAL_USERS),
            Self::ExternalPolicyDeleted => ("Deleted external user policy", EXTERNAL_USERS),
            Self::ExternalSessionsReset => ("Reset sessions of external users", EXTERNAL_USERS),
            Self::GroupCreated => ("Created group", GROUPS),
            Self::GroupUpdated => ("Changed group", GROUPS),
            Self::GroupDeleted => ("Deleted group", GROUPS),
            Self::GroupExempted => ("Exempted group from verification", GROUPS),
            Self::GroupExemptionEnded => ("Ended exemption of group from verification", GROUPS),
            Self::UserAddedToGroup => ("Added user to group", GROUPS),
            Self::UserRemovedFromGroup => ("Removed user from group", GROUPS),
            Self::GroupGrantedRole => ("Granted role to group", GROUPS),
            Self::GroupRevokedRole => ("Revoked role from group", GROUPS),
            Self::UserGrantedRole => ("Granted role to user", ACCOUNTS),
            Self::UserRevokedRole => ("Revoked role from user", ACCOUNTS),
            Self::UserInvited => ("Invited user", EXTERNAL_USERS),
            Self::ExternalUserTermsChanged => {
                ("Changed sponsor or end date of external user", EXTERNAL_USERS)
            }
            Self::ExternalUserRemoved => ("Removed external user", EXTERNAL_USERS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_action_has_a_label_and_a_name_of_its_own() {
        let labels: HashSet<_> = AuditAction::ALL.iter().map(|action| action.label()).collect();
        let names: HashSet<_> = AuditAction::ALL.iter().map(|action| action.display_name()).collect();
        assert_eq!((labels.len(), names.len()), (AuditAction::ALL.len(), AuditAction::ALL.len()));
        for action in AuditAction::ALL {
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
            assert!(action.label().bytes().all(is_plain), "{}", action.label());
        }
    }
}
