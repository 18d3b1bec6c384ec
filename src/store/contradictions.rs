//! Contradictions: who is not what the directory knows them as, so that an operator can see it and accept it; and the
//! findings by which the store hears of them.

use jiff::Timestamp;

use super::audit_event::AuditEvent;
use super::database::Row;
use super::{Change, PinRow, SessionRow, Store, StoreError, UserKey, row};
use crate::domain::account::{Contradiction, CookieSet};
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;

/// A person whom the product's word and the directory do not agree on. They are external until that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContradictionRow {
    /// The site.
    pub site: String,
    /// The product's key for the person.
    pub user_key: String,
    /// The login name.
    pub username: String,
    /// In what they disagree.
    pub kind: Contradiction,
    /// The address the person is judged by and written to.
    pub email: Option<EmailAddress>,
    /// The address that the product reports.
    pub reported: Option<EmailAddress>,
    /// Since when; given by the store.
    pub since: Timestamp,
}

/// What a sighting found out and the store is to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// At whose site.
    pub organization: OrganizationId,
    /// What.
    pub found: Found,
}

/// What was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// An address was seen for the first time.
    Pinned {
        /// Whom and with which address.
        pin: PinRow,
        /// Whether the product says that it checked the address.
        vouched: bool,
    },
    /// An account was used on a new day.
    Active {
        /// Its address.
        email: EmailAddress,
        /// When.
        at: Timestamp,
    },
    /// A session of a managed person began, or was used.
    Session(Box<SessionRow>),
    /// The person signed out of a session that was known by these.
    SignedOut(Vec<CookieSet>),
    /// A product and the directory disagree about a person.
    Contradicted(ContradictionRow),
    /// They agree again.
    Agreed(UserKey),
    /// Something happened at the gate that the audit log is to show.
    Happened(Box<AuditEvent>),
}

impl Store {
    /// All contradictions, the newest first.
    pub async fn contradictions(&self) -> Result<Vec<ContradictionRow>, StoreError> {
        sqlx::query(
            "SELECT site, user_key, username, kind, email, reported, since FROM contradictions \
             ORDER BY since DESC, site, user_key",
        )
        .try_map(|row: Row| contradiction_row(&row))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }
}

impl Change {
    /// Notes a contradiction, in place of an earlier one of the same person; `since` stays that of the first.
    pub async fn note_contradiction(&mut self, row: &ContradictionRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO contradictions (site, user_key, username, kind, email, reported, since) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (site, user_key) DO UPDATE SET \
             username = excluded.username, kind = excluded.kind, email = excluded.email, reported = excluded.reported",
        )
        .bind(&row.site)
        .bind(&row.user_key)
        .bind(&row.username)
        .bind(row.kind.label())
        .bind(row.email.as_ref().map(EmailAddress::as_str))
        .bind(row.reported.as_ref().map(EmailAddress::as_str))
        .bind(row::millis(row.since))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Takes a contradiction back and says what it was.
    pub async fn end_contradiction(&mut self, of: &UserKey) -> Result<Option<ContradictionRow>, StoreError> {
        sqlx::query(
            "DELETE FROM contradictions WHERE site = $1 AND user_key = $2 \
             RETURNING site, user_key, username, kind, email, reported, since",
        )
        .bind(&of.site)
        .bind(&of.key)
        .try_map(|row: Row| contradiction_row(&row))
        .fetch_optional(self.connection())
        .await
        .map_err(self.fault())
    }
}

fn contradiction_row(row: &Row) -> Result<ContradictionRow, sqlx::Error> {
    let kind = Contradiction::of(&row::text(row, "kind")?);
    Ok(ContradictionRow {
        site: row::text(row, "site")?,
        user_key: row::text(row, "user_key")?,
        username: row::text(row, "username")?,
        kind: kind.ok_or_else(|| row::bad("kind", "a kind of contradiction"))?,
        email: row::optional_email(row, "email")?,
        reported: row::optional_email(row, "reported")?,
        since: row::time(row, "since")?,
    })
}
