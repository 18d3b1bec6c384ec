//! Sessions of managed people: since when, when last used, and what their policy asked when they signed in. No cookie is stored,
//! only keyed digests.
//!
//! What is kept of a session decides nothing that an admin did, so it has no audit event and no entry in the change log: a
//! gateway that meets a session for the first time looks here.

use jiff::Timestamp;

use super::database::{Row, built};
use super::{Store, StoreError, row};
use crate::domain::account::CookieSet;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;

/// A session by one of the things it is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The digest of a cookie, or of what a token says of its session.
    pub credential: CookieSet,
    /// Whose site it is a session of.
    pub organization: OrganizationId,
    /// Whose session it is.
    pub email: EmailAddress,
    /// When they signed in, or were first seen with it.
    pub began_at: Timestamp,
    /// When it was last used by a person, and not by a page that polls.
    pub active_at: Timestamp,
    /// The settings of the policy that they went by when they signed in, as JSON text.
    pub settings: String,
}

impl Store {
    /// What is known of the sessions with these credentials.
    pub async fn sessions(&self, credentials: &[CookieSet]) -> Result<Vec<SessionRow>, StoreError> {
        if credentials.is_empty() {
            return Ok(Vec::new());
        }
        let list = self.connections.kind.rows(1, 1, credentials.len());
        let mut select = built(format!("SELECT * FROM sessions WHERE credential IN {list}"));
        for credential in credentials {
            select = select.bind(credential.0.to_vec());
        }
        select.try_map(|row: Row| session(&row)).fetch_all(self.readers()).await.map_err(self.fault())
    }

    /// Keeps sessions. One that is known keeps the earlier beginning, with what was asked then, and the later use; where it was
    /// somebody else's, it is this person's now.
    pub async fn keep_sessions(&self, sessions: &[&SessionRow]) -> Result<(), StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        for new in sessions {
            sqlx::query(
                "INSERT INTO sessions (credential, organization, email, began_at, active_at, settings) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential) DO UPDATE SET \
                 organization = excluded.organization, email = excluded.email, \
                 settings = CASE WHEN sessions.email = excluded.email AND sessions.organization = excluded.organization \
                 AND sessions.began_at <= excluded.began_at THEN sessions.settings ELSE excluded.settings END, \
                 active_at = CASE WHEN sessions.email = excluded.email AND sessions.organization = excluded.organization \
                 AND sessions.active_at > excluded.active_at THEN sessions.active_at ELSE excluded.active_at END, \
                 began_at = CASE WHEN sessions.email = excluded.email AND sessions.organization = excluded.organization \
                 AND sessions.began_at <= excluded.began_at THEN sessions.began_at ELSE excluded.began_at END",
            )
            .bind(new.credential.0.as_slice())
            .bind(new.organization.as_str())
            .bind(new.email.as_str())
            .bind(row::millis(new.began_at))
            .bind(row::millis(new.active_at))
            .bind(&new.settings)
            .execute(self.connections.ask(&mut transaction))
            .await
            .map_err(self.fault())?;
        }
        self.connections.commit(transaction).await.map_err(self.fault())
    }

    /// Forgets sessions that their people ended by signing out.
    pub async fn forget_sessions(&self, credentials: &[CookieSet]) -> Result<(), StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        for credential in credentials {
            sqlx::query("DELETE FROM sessions WHERE credential = $1")
                .bind(credential.0.as_slice())
                .execute(self.connections.ask(&mut transaction))
                .await
                .map_err(self.fault())?;
        }
        self.connections.commit(transaction).await.map_err(self.fault())
    }
}

fn session(row: &Row) -> Result<SessionRow, sqlx::Error> {
    Ok(SessionRow {
        credential: CookieSet(row::bytes(row, "credential")?),
        organization: row::organization(row, "organization")?,
        email: row::email(row, "email")?,
        began_at: row::time(row, "began_at")?,
        active_at: row::time(row, "active_at")?,
        settings: row::text(row, "settings")?,
    })
}
