//! Held forms: what somebody sent when a challenge came between. Nobody can read one here, see `actions/hold_form.rs`.
//!
//! Nothing that is decided rests on them, and they last some minutes, so they have no audit events. That a form is sent on at
//! most once rests on the one statement of [`Store::take_form`].

use jiff::Timestamp;

use super::database::Row;
use super::{Store, StoreError, row};
use crate::domain::account::{CookieSet, Subject};

/// How many forms a person has at most.
const MOST_OF_PERSON: i64 = 5;
/// How much of them there is at most, of everybody.
const MOST_BYTES: i64 = 256 * 1024 * 1024;

/// Whose form, and which.
#[derive(Debug, Clone, Copy)]
pub struct HeldFormKey<'a> {
    /// Random.
    pub id: [u8; 16],
    /// The account.
    pub subject: Subject,
    /// The session that it came with.
    pub session: CookieSet,
    /// The site's id.
    pub site: &'a str,
}

/// A form as it lies here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedForm {
    /// Which of our keys took part.
    pub key_id: u8,
    /// The encrypted form.
    pub sealed: Vec<u8>,
}

impl Store {
    /// Keeps a form until then, and forgets those whose time is over; false where somebody, or all together, have too many.
    pub async fn hold_form(
        &self,
        key: &HeldFormKey<'_>,
        form: &SealedForm,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut change = self.write().await?;
        let bytes = i64::try_from(form.sealed.len()).unwrap_or(i64::MAX);
        sqlx::query("DELETE FROM held_forms WHERE expires_at <= $1")
            .bind(row::millis(now))
            .execute(change.connection())
            .await
            .map_err(self.fault())?;
        let (theirs, all): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM held_forms WHERE subject = $1), \
             (SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) FROM held_forms)",
        )
        .bind(key.subject.0.as_slice())
        .fetch_one(change.connection())
        .await
        .map_err(self.fault())?;
        if theirs >= MOST_OF_PERSON || all.saturating_add(bytes) > MOST_BYTES {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO held_forms (id, subject, session, site, key_id, sealed, bytes, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(key.id.as_slice())
        .bind(key.subject.0.as_slice())
        .bind(key.session.0.as_slice())
        .bind(key.site)
        .bind(i64::from(form.key_id))
        .bind(form.sealed.as_slice())
        .bind(bytes)
        .bind(row::millis(until))
        .execute(change.connection())
        .await
        .map_err(self.fault())?;
        change.commit_unaudited().await?;
        Ok(true)
    }

    /// A form that is still kept.
    pub async fn held_form(
        &self,
        key: &HeldFormKey<'_>,
        now: Timestamp,
    ) -> Result<Option<SealedForm>, StoreError> {
        let statement = "SELECT key_id, sealed FROM held_forms \
             WHERE id = $1 AND subject = $2 AND session = $3 AND site = $4 AND expires_at > $5";
        form_of(self.readers(), statement, key, now).await.map_err(self.fault())
    }

    /// Takes a form out; of several at once exactly one gets it.
    pub async fn take_form(
        &self,
        key: &HeldFormKey<'_>,
        now: Timestamp,
    ) -> Result<Option<SealedForm>, StoreError> {
        let mut change = self.write().await?;
        let statement = "DELETE FROM held_forms \
             WHERE id = $1 AND subject = $2 AND session = $3 AND site = $4 AND expires_at > $5 \
             RETURNING key_id, sealed";
        let taken = form_of(change.connection(), statement, key, now).await.map_err(self.fault())?;
        change.commit_unaudited().await?;
        Ok(taken)
    }
}

async fn form_of<'c>(
    executor: impl sqlx::Executor<'c, Database = sqlx::Any>,
    statement: &'static str,
    key: &HeldFormKey<'_>,
    now: Timestamp,
) -> Result<Option<SealedForm>, sqlx::Error> {
    sqlx::query(statement)
        .bind(key.id.as_slice())
        .bind(key.subject.0.as_slice())
        .bind(key.session.0.as_slice())
        .bind(key.site)
        .bind(row::millis(now))
        .try_map(|row: Row| {
            Ok(SealedForm { key_id: row::key_id(&row, "key_id")?, sealed: row::blob(&row, "sealed")? })
        })
        .fetch_optional(executor)
        .await
}
