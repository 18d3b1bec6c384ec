//! What is written down: every kind of event. An event before it is a row of the log stands in `audit_event.rs`.
//!
//! How rows are chained and checked stands in `audit_log.rs`, how they are read in `events.rs`, and what people read of an
//! action in `audit_names.rs`.

/// What was done, with its stable label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// A new store was made.
    StoreCreated,
    /// Domains and accounts were imported from a file.
    DirectoryImported,
    /// A person's address at a site was pinned at first sight.
    AccountPinned,
    /// A product and the directory began to disagree about a person, who is external from then on.
    AccountContradicted,
    /// They agree again.
    AccountAgreed,
    /// An operator accepted an address for a person.
    AddressAccepted,
    /// An external person was asked for a code.
    ExternalUserChallenged,
    /// The mail with the code was accepted by the mail server.
    ExternalUserCodeSent,
    /// The mail with the code could not be sent.
    ExternalUserCodeFailed,
    /// An external person typed the right code.
    ExternalUserVerified,
    /// An external person typed a wrong code, or one too many.
    ExternalUserVerificationFailed,
    /// An external person signed out, which voids the proof.
    ExternalUserSignedOut,
    /// Somebody ended the verification of a browser of theirs.
    ExternalUserBrowserEnded,
    /// An external person passes at a site by a verification at another one of the organization.
    ExternalUserHandedOver,
    /// An external person signed in inside a mobile app, whose session passes without a code from then on.
    MobileSessionEnrolled,
    /// The product gave an enrolled session other cookies, which are enrolled in place of those before.
    MobileSessionRenewed,
    /// An enrolled session ended before its time.
    MobileSessionEnded,
    /// An organization wants to prove that a domain is its own.
    DomainAdded,
    /// A domain published the token: it is owned from then on, or its token is there again.
    DomainVerified,
    /// The token was looked for and not found, or the domain was proved while it was another organization's.
    DomainVerificationFailed,
    /// A domain is not owned any more, so its people are external.
    DomainVerificationLost,
    /// A domain was removed from its organization.
    DomainRemoved,
    /// A mail that is no code was accepted by the mail server.
    NoticeSent,
    /// A mail that is no code could not be sent.
    NoticeFailed,
    /// The organization took control of an account of its domain.
    AccountClaimed,
    /// The organization let go of an account, which is external from then on.
    AccountUnclaimed,
    /// New accounts of a domain are claimed as they are seen from then on, or are not.
    DomainClaimSettingChanged,
    /// What is said of a person was changed.
    AccountProfileUpdated,
    /// An account has another address, and all its proofs are void.
    AccountEmailChanged,
    /// An account is kept out until it is reactivated.
    AccountDeactivated,
    /// An account was reactivated.
    AccountReactivated,
    /// An account is deactivated, and goes for good after the grace period.
    AccountDeletionScheduled,
    /// An account that was for deletion is back, and active.
    AccountDeletionCanceled,
    /// An account is gone for good.
    AccountDeleted,
    /// An account is kept out of the organization.
    AccountSuspended,
    /// An account is let in again.
    AccountRestored,
    /// An account was removed from the organization, which keeps it out.
    AccountRemoved,
    /// All proofs of an account are void.
    AccountSessionsReset,
    /// A key to the API was made.
    ApiKeyCreated,
    /// A key to the API was ended before its time.
    ApiKeyRevoked,
    /// An authentication policy was made.
    AuthPolicyCreated,
    /// The name or the settings of an authentication policy changed.
    AuthPolicyUpdated,
    /// An authentication policy was removed; its members went to another.
    AuthPolicyDeleted,
    /// Another authentication policy is what new members get.
    AuthPolicyDefaultChanged,
    /// An admin ended the sessions of a policy's members.
    AuthPolicySessionsReset,
    /// Many accounts were to become members of an authentication policy, and did as far as they can.
    AuthPolicyBulkUpdateCompleted,
    /// It was found out what would become of such an update.
    AuthPolicyBulkUpdateRehearsed,
    /// An account became a member of an authentication policy.
    UserAddedToAuthPolicy,
    /// An account was to become one, and cannot.
    UserAddToAuthPolicyFailed,
    /// The members of authentication policies were written into a file.
    MembersExported,
    /// The people from outside were written into a file.
    ExternalUsersExported,
    /// Somebody fetched a file, with a key or by its link.
    ExportDownloaded,
    /// The owner of an address was asked by mail to verify it.
    AccountVerificationSent,
    /// Somebody was told that the access of an external person ends.
    ExternalUserEndReminded,
    /// A directory for an identity provider was made.
    DirectoryCreated,
    /// A directory has a user that it did not have, with an account.
    UserCreated,
    /// A directory says something else of a user.
    UserUpdated,
    /// A directory does not have a user any more.
    UserDeleted,
    /// An admin cut the link between an account and a user of a directory.
    UserUnlinked,
    /// A task could not be done, and nothing of it was.
    TaskFailed,
    /// Events older than the retention were removed from the log.
    AuditLogPruned,
    /// Somebody took a copy of the log.
    AuditLogExported,
    /// Somebody signed in at a site.
    UserLoggedIn,
    /// A request of an external person was refused.
    ExternalUserBlocked,
    /// An external user policy was made.
    ExternalPolicyCreated,
    /// An external user policy was changed.
    ExternalPolicyUpdated,
    /// An external user policy was deleted.
    ExternalPolicyDeleted,
    /// What external people verified was made void.
    ExternalSessionsReset,
    /// A group or company was made.
    GroupCreated,
    /// A group or company was changed.
    GroupUpdated,
    /// A group or company was deleted.
    GroupDeleted,
    /// The people of a group are asked for no code for a while.
    GroupExempted,
    /// They are asked again.
    GroupExemptionEnded,
    /// Somebody became a member of a group.
    UserAddedToGroup,
    /// Somebody is no member of a group any more.
    UserRemovedFromGroup,
    /// A group was given a role.
    GroupGrantedRole,
    /// A group lost a role.
    GroupRevokedRole,
    /// A person was given a role.
    UserGrantedRole,
    /// A person lost a role.
    UserRevokedRole,
    /// Somebody was invited.
    UserInvited,
    /// Who answers for an external person, or until when they may come, was changed.
    ExternalUserTermsChanged,
    /// An external person was removed from every group, role and policy.
    ExternalUserRemoved,
    /// Somebody began to set up an authenticator app or a passkey.
    AuthenticatorBegun,
    /// Somebody set up an authenticator app or a passkey.
    AuthenticatorAdded,
    /// An authenticator app or a passkey was removed, by its owner or by an admin.
    AuthenticatorRemoved,
}

impl AuditAction {
    /// Every action.
    pub const ALL: &[Self] = &[
        Self::StoreCreated,
        Self::DirectoryImported,
        Self::AccountPinned,
        Self::AccountContradicted,
        Self::AccountAgreed,
        Self::AddressAccepted,
        Self::ExternalUserChallenged,
        Self::ExternalUserCodeSent,
        Self::ExternalUserCodeFailed,
        Self::ExternalUserVerified,
        Self::ExternalUserVerificationFailed,
        Self::ExternalUserSignedOut,
        Self::ExternalUserBrowserEnded,
        Self::ExternalUserHandedOver,
        Self::MobileSessionEnrolled,
        Self::MobileSessionRenewed,
        Self::MobileSessionEnded,
        Self::DomainAdded,
        Self::DomainVerified,
        Self::DomainVerificationFailed,
        Self::DomainVerificationLost,
        Self::DomainRemoved,
        Self::NoticeSent,
        Self::NoticeFailed,
        Self::AccountClaimed,
        Self::AccountUnclaimed,
        Self::DomainClaimSettingChanged,
        Self::AccountProfileUpdated,
        Self::AccountEmailChanged,
        Self::AccountDeactivated,
        Self::AccountReactivated,
        Self::AccountDeletionScheduled,
        Self::AccountDeletionCanceled,
        Self::AccountDeleted,
        Self::AccountSuspended,
        Self::AccountRestored,
        Self::AccountRemoved,
        Self::AccountSessionsReset,
        Self::ApiKeyCreated,
        Self::ApiKeyRevoked,
        Self::AuthPolicyCreated,
        Self::AuthPolicyUpdated,
        Self::AuthPolicyDeleted,
        Self::AuthPolicyDefaultChanged,
        Self::AuthPolicySessionsReset,
        Self::AuthPolicyBulkUpdateCompleted,
        Self::AuthPolicyBulkUpdateRehearsed,
        Self::UserAddedToAuthPolicy,
        Self::UserAddToAuthPolicyFailed,
        Self::MembersExported,
        Self::ExternalUsersExported,
        Self::ExportDownloaded,
        Self::AccountVerificationSent,
        Self::ExternalUserEndReminded,
        Self::DirectoryCreated,
        Self::UserCreated,
        Self::UserUpdated,
        Self::UserDeleted,
        Self::UserUnlinked,
        Self::TaskFailed,
        Self::AuditLogPruned,
        Self::AuditLogExported,
        Self::UserLoggedIn,
        Self::ExternalUserBlocked,
        Self::ExternalPolicyCreated,
        Self::ExternalPolicyUpdated,
        Self::ExternalPolicyDeleted,
        Self::ExternalSessionsReset,
        Self::GroupCreated,
        Self::GroupUpdated,
        Self::GroupDeleted,
        Self::GroupExempted,
        Self::GroupExemptionEnded,
        Self::UserAddedToGroup,
        Self::UserRemovedFromGroup,
        Self::GroupGrantedRole,
        Self::GroupRevokedRole,
        Self::UserGrantedRole,
        Self::UserRevokedRole,
        Self::UserInvited,
        Self::ExternalUserTermsChanged,
        Self::ExternalUserRemoved,
        Self::AuthenticatorBegun,
        Self::AuthenticatorAdded,
        Self::AuthenticatorRemoved,
    ];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::StoreCreated => "store_created",
            Self::DirectoryImported => "directory_imported",
            Self::AccountPinned => "account_pinned",
            Self::AccountContradicted => "account_contradicted",
            Self::AccountAgreed => "account_agreed",
            Self::AddressAccepted => "address_accepted",
            Self::ExternalUserChallenged => "external_user_challenged",
            Self::ExternalUserCodeSent => "external_user_code_sent",
            Self::ExternalUserCodeFailed => "external_user_code_failed",
            Self::ExternalUserVerified => "external_user_verified",
            Self::ExternalUserVerificationFailed => "external_user_verification_failed",
            Self::ExternalUserSignedOut => "external_user_signed_out",
            Self::ExternalUserBrowserEnded => "external_user_browser_ended",
            Self::ExternalUserHandedOver => "external_user_handed_over",
            Self::MobileSessionEnrolled => "mobile_session_enrolled",
            Self::MobileSessionRenewed => "mobile_session_renewed",
            Self::MobileSessionEnded => "mobile_session_ended",
            Self::DomainAdded => "domain_added",
            Self::DomainVerified => "domain_verified",
            Self::DomainVerificationFailed => "domain_verification_failed",
            Self::DomainVerificationLost => "domain_verification_lost",
            Self::DomainRemoved => "domain_removed",
            Self::NoticeSent => "notice_sent",
            Self::NoticeFailed => "notice_failed",
            Self::AccountClaimed => "account_claimed",
            Self::AccountUnclaimed => "account_unclaimed",
            Self::DomainClaimSettingChanged => "domain_claim_setting_changed",
            Self::AccountProfileUpdated => "account_profile_updated",
            Self::AccountEmailChanged => "account_email_changed",
            Self::AccountDeactivated => "account_deactivated",
            Self::AccountReactivated => "account_reactivated",
            Self::AccountDeletionScheduled => "account_deletion_scheduled",
            Self::AccountDeletionCanceled => "account_deletion_canceled",
            Self::AccountDeleted => "account_deleted",
            Self::AccountSuspended => "account_suspended",
            Self::AccountRestored => "account_restored",
            Self::AccountRemoved => "account_removed",
            Self::AccountSessionsReset => "account_sessions_reset",
            Self::ApiKeyCreated => "api_key_created",
            Self::ApiKeyRevoked => "api_key_revoked",
            Self::AuthPolicyCreated => "auth_policy_created",
            Self::AuthPolicyUpdated => "auth_policy_updated",
            Self::AuthPolicyDeleted => "auth_policy_deleted",
            Self::AuthPolicyDefaultChanged => "auth_policy_default_changed",
            Self::AuthPolicySessionsReset => "auth_policy_sessions_reset",
            Self::AuthPolicyBulkUpdateCompleted => "auth_policy_bulk_update_completed",
            Self::AuthPolicyBulkUpdateRehearsed => "auth_policy_bulk_update_rehearsed",
            Self::UserAddedToAuthPolicy => "user_added_to_auth_policy",
            Self::UserAddToAuthPolicyFailed => "user_add_to_auth_policy_failed",
            Self::MembersExported => "members_exported",
            Self::ExternalUsersExported => "external_users_exported",
            Self::ExportDownloaded => "export_downloaded",
            Self::AccountVerificationSent => "account_verification_sent",
            Self::ExternalUserEndReminded => "external_user_end_reminded",
            Self::DirectoryCreated => "directory_created",
            Self::UserCreated => "user_created",
            Self::UserUpdated => "user_updated",
            Self::UserDeleted => "user_deleted",
            Self::UserUnlinked => "user_unlinked",
            Self::TaskFailed => "task_failed",
            Self::AuditLogPruned => "audit_log_pruned",
            Self::AuditLogExported => "audit_log_exported",
            Self::UserLoggedIn => "user_login",
            Self::ExternalUserBlocked => "external_user_blocked",
            Self::ExternalPolicyCreated => "external_user_policy_created",
            Self::ExternalPolicyUpdated => "external_user_policy_updated",
            Self::ExternalPolicyDeleted => "external_user_policy_deleted",
            Self::ExternalSessionsReset => "external_user_sessions_reset",
            Self::GroupCreated => "group_created",
            Self::GroupUpdated => "group_updated",
            Self::GroupDeleted => "group_deleted",
            Self::GroupExempted => "group_exempted",
            Self::GroupExemptionEnded => "group_exemption_ended",
            Self::UserAddedToGroup => "user_added_to_group",
            Self::UserRemovedFromGroup => "user_removed_from_group",
            Self::GroupGrantedRole => "group_granted_role",
            Self::GroupRevokedRole => "group_revoked_role",
            Self::UserGrantedRole => "user_granted_role",
            Self::UserRevokedRole => "user_revoked_role",
            Self::UserInvited => "user_invited",
            Self::ExternalUserTermsChanged => "external_user_terms_changed",
            Self::ExternalUserRemoved => "external_user_removed",
            Self::AuthenticatorBegun => "authenticator_begun",
            Self::AuthenticatorAdded => "authenticator_added",
            Self::AuthenticatorRemoved => "authenticator_removed",
        }
    }
}
