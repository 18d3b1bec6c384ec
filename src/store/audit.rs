//! The audit log: what was done, by whom, to whom. Rows are appended and read, never changed.
//!
//! Each row's hash covers the hash before it, so an edited, removed or inserted row breaks the chain from there on. It
//! shows accidents and careless tampering; who can rewrite the whole file can rewrite the whole chain.

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::any::AnyArguments;
use sqlx::query::Query;

use super::database::{Kind, Row, built};
use super::timely::Timely;
use super::{Store, StoreError, change_log, row};
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;

/// Rows per read while the chain is checked.
const PAGE: i64 = 1_000;
/// Rows per statement, with ten values each.
const BATCH: usize = 1_000;

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
    /// A group was made.
    GroupCreated,
    /// Something of a group was changed.
    GroupUpdated,
    /// A group was removed.
    GroupDeleted,
    /// A user came into a group.
    UserAddedToGroup,
    /// A user is not in a group any more.
    UserRemovedFromGroup,
    /// A task could not be done, and nothing of it was.
    TaskFailed,
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
        Self::AuthPolicyBulkUpdateCompleted,
        Self::AuthPolicyBulkUpdateRehearsed,
        Self::UserAddedToAuthPolicy,
        Self::UserAddToAuthPolicyFailed,
        Self::MembersExported,
        Self::DirectoryCreated,
        Self::UserCreated,
        Self::UserUpdated,
        Self::UserDeleted,
        Self::UserUnlinked,
        Self::GroupCreated,
        Self::GroupUpdated,
        Self::GroupDeleted,
        Self::UserAddedToGroup,
        Self::UserRemovedFromGroup,
        Self::TaskFailed,
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
            Self::AuthPolicyBulkUpdateCompleted => "auth_policy_bulk_update_completed",
            Self::AuthPolicyBulkUpdateRehearsed => "auth_policy_bulk_update_rehearsed",
            Self::UserAddedToAuthPolicy => "user_added_to_auth_policy",
            Self::UserAddToAuthPolicyFailed => "user_add_to_auth_policy_failed",
            Self::MembersExported => "members_exported",
            Self::DirectoryCreated => "directory_created",
            Self::UserCreated => "user_created",
            Self::UserUpdated => "user_updated",
            Self::UserDeleted => "user_deleted",
            Self::UserUnlinked => "user_unlinked",
            Self::GroupCreated => "group_created",
            Self::GroupUpdated => "group_updated",
            Self::GroupDeleted => "group_deleted",
            Self::UserAddedToGroup => "user_added_to_group",
            Self::UserRemovedFromGroup => "user_removed_from_group",
            Self::TaskFailed => "task_failed",
        }
    }
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub action: AuditAction,
    /// To whom or what.
    pub subject: String,
    /// Whose log shows it; `None` for what concerns the gateway as a whole.
    pub organization: Option<OrganizationId>,
    /// More, as a JSON object. Never a code, key or cookie.
    pub detail: Value,
}

impl AuditEvent {
    /// An event without more to say.
    pub fn new(actor: impl Into<Actor>, action: AuditAction, subject: impl Into<String>) -> Self {
        let detail = Value::Object(serde_json::Map::new());
        Self { actor: actor.into(), action, subject: subject.into(), organization: None, detail }
    }

    /// The same in an organization's log.
    pub fn of(self, organization: &OrganizationId) -> Self {
        Self { organization: Some(organization.clone()), ..self }
    }

    /// The same with details.
    pub fn with(self, detail: Value) -> Self {
        Self { detail, ..self }
    }
}

/// A row of the log. Actions of a newer Postern are possible, so the label is kept as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The number, from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What, as [`AuditAction::label`].
    pub action: String,
    /// To whom or what.
    pub subject: String,
    /// Whose log shows it.
    pub organization: Option<String>,
    /// More, as JSON text.
    pub detail: String,
}

/// Why the chain was not found whole.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The first row that is missing or is not as it was written.
    #[error("the audit log is broken at entry {seq}: it, or one before it, was changed or removed")]
    Broken {
        /// Its number.
        seq: i64,
    },
    /// The log could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// The newest rows, newest first.
    pub async fn audit_tail(&self, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        sqlx::query("SELECT * FROM audit ORDER BY seq DESC LIMIT $1")
            .bind(i64::from(limit))
            .try_map(|row: Row| audit_row(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }

    /// Recomputes the whole chain and says how many rows it has.
    pub async fn verify_audit_chain(&self) -> Result<u64, AuditError> {
        // One snapshot, so that rows appended meanwhile are no break.
        let mut snapshot = self.connections.begin_read().await.map_err(self.fault())?;
        let last =
            change_log::sequence(self.connections.ask(&mut snapshot), "audit").await.map_err(self.fault())?;
        let (mut seen, mut hash) = (0, [0; 32]);
        loop {
            let page = sqlx::query("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")
                .bind(seen)
                .bind(PAGE)
                .try_map(|row: Row| Ok((audit_row(&row)?, row::bytes::<32>(&row, "hash")?)))
                .fetch_all(self.connections.ask(&mut snapshot))
                .await
                .map_err(self.fault())?;
            if page.is_empty() {
                break;
            }
            for (row, stored) in page {
                seen += 1;
                hash = link(&hash, &row);
                if row.seq != seen || hash != stored {
                    return Err(AuditError::Broken { seq: seen });
                }
            }
        }
        if seen != last {
            return Err(AuditError::Broken { seq: seen.min(last) + 1 });
        }
        Ok(seen.unsigned_abs())
    }
}

/// Appends an event in the transaction of `connection`.
pub(super) async fn append(
    mut connection: Timely<'_>,
    event: &AuditEvent,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let seq = change_log::next(connection.again(), "audit").await?;
    let previous = hash_before(connection.again(), seq).await?;
    let row = audit_entry(seq, event, now);
    let hash = link(&previous, &row);
    let insert = sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, subject, detail, hash, organization, address, api_key) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    );
    bind_entry(insert, row, hash).execute(connection).await?;
    Ok(())
}

/// Appends events in the transaction of `connection`, in their order. Thousands take a few statements.
pub(super) async fn append_all(
    kind: Kind,
    mut connection: Timely<'_>,
    events: &[AuditEvent],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    if let [event] = events {
        return append(connection, event, now).await;
    }
    for batch in events.chunks(BATCH) {
        let count = i64::try_from(batch.len()).unwrap_or(i64::MAX);
        let first = change_log::next_of(connection.again(), "audit", count).await? - count + 1;
        let mut hash = hash_before(connection.again(), first).await?;
        let rows = kind.rows(1, batch.len(), 10);
        let mut insert = built(format!(
            "INSERT INTO audit (seq, at, actor, action, subject, detail, hash, organization, address, api_key) VALUES {rows}"
        ));
        for (seq, event) in (first..).zip(batch) {
            let row = audit_entry(seq, event, now);
            hash = link(&hash, &row);
            insert = bind_entry(insert, row, hash);
        }
        insert.execute(connection.again()).await?;
    }
    Ok(())
}

/// Where the row before was removed, the chain is broken already and the check says so; the event still goes in.
async fn hash_before(connection: Timely<'_>, seq: i64) -> Result<[u8; 32], sqlx::Error> {
    let previous = sqlx::query("SELECT hash FROM audit WHERE seq = $1")
        .bind(seq - 1)
        .try_map(|row: Row| row::bytes(&row, "hash"))
        .fetch_optional(connection)
        .await?;
    Ok(previous.unwrap_or([0; 32]))
}

fn audit_entry(seq: i64, event: &AuditEvent, now: Timestamp) -> AuditRow {
    AuditRow {
        seq,
        at: now,
        actor: event.actor.clone(),
        action: event.action.label().to_owned(),
        subject: event.subject.clone(),
        organization: event.organization.as_ref().map(ToString::to_string),
        detail: event.detail.to_string(),
    }
}

fn bind_entry(
    insert: Query<'_, sqlx::Any, AnyArguments>,
    row: AuditRow,
    hash: [u8; 32],
) -> Query<'_, sqlx::Any, AnyArguments> {
    insert
        .bind(row.seq)
        .bind(row::millis(row.at))
        .bind(row.actor.name)
        .bind(row.action)
        .bind(row.subject)
        .bind(row.detail)
        .bind(hash.to_vec())
        .bind(row.organization)
        .bind(row.actor.address.map(|address| address.to_string()))
        .bind(row.actor.key.map(|key| key.into_bytes().to_vec()))
}

/// SHA-256 over the hash before and the fields, each with its length, so that no two rows have one encoding. What rows did not
/// have from the beginning comes last and only where it is there: the organization, then, behind a length that no field has,
/// from where and with which key.
fn link(previous: &[u8; 32], row: &AuditRow) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(row.seq.to_be_bytes());
    hash.update(row::millis(row.at).to_be_bytes());
    let actor = &row.actor;
    for field in [&actor.name, &row.action, &row.subject, &row.detail].into_iter().chain(&row.organization) {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    if actor.address.is_some() || actor.key.is_some() {
        hash.update(u64::MAX.to_be_bytes());
        let address = actor.address.map(|address| address.to_string()).unwrap_or_default();
        hash.update((address.len() as u64).to_be_bytes());
        hash.update(address.as_bytes());
        hash.update(actor.key.unwrap_or_default().as_bytes());
    }
    hash.finalize().into()
}

fn audit_row(row: &Row) -> Result<AuditRow, sqlx::Error> {
    Ok(AuditRow {
        seq: row::integer(row, "seq")?,
        at: row::time(row, "at")?,
        actor: Actor {
            name: row::text(row, "actor")?,
            key: row::optional_id(row, "api_key")?,
            address: row::optional_address(row, "address")?,
        },
        action: row::text(row, "action")?,
        subject: row::text(row, "subject")?,
        organization: row::optional_text(row, "organization")?,
        detail: row::text(row, "detail")?,
    })
}
