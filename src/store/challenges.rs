//! Challenges: open requests for a code, how often they were tried, and how they ended.
//!
//! That a code is guessed at most so many times, and succeeds at most once, rests on the two statements of
//! [`Change::count_try`] and [`Change::end_challenge`]; neither may become a read followed by a write.

use jiff::Timestamp;
use uuid::Uuid;

use super::database::{self, Row};
use super::timely::Timely;
use super::{Change, Store, StoreError, row};
use crate::domain::account::{DeviceId, Subject};
use crate::domain::decide::CLOCK_SKEW;
use crate::domain::email::EmailAddress;

/// A challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Its id, from which its code is derived.
    pub id: Uuid,
    /// Whom it asks.
    pub subject: Subject,
    /// The browser it asks in.
    pub device: DeviceId,
    /// The site it was opened at.
    pub site: String,
    /// Where the code goes.
    pub email: EmailAddress,
    /// The key that its code is derived with.
    pub key_id: u8,
    /// When it was opened.
    pub created_at: Timestamp,
    /// From when on it is void.
    pub expires_at: Timestamp,
    /// How many codes were tried.
    pub tries: u32,
    /// When it ended, if it did. One that is only past its expiry may not have an end yet.
    pub ended_at: Option<Timestamp>,
}

/// A challenge to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChallenge {
    /// A new row id.
    pub id: Uuid,
    /// Whom it asks.
    pub subject: Subject,
    /// The browser it asks in.
    pub device: DeviceId,
    /// The site it is opened at.
    pub site: String,
    /// Where the code goes.
    pub email: EmailAddress,
    /// The key that its code is derived with.
    pub key_id: u8,
    /// Now.
    pub created_at: Timestamp,
    /// From when on it is void.
    pub expires_at: Timestamp,
}

/// How a challenge ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeOutcome {
    /// The right code was typed.
    Verified,
    /// All tries were used.
    Exhausted,
    /// A newer one took its place.
    Replaced,
    /// A sign-out, a reset or a changed address made it void.
    Voided,
    /// Its time ran out.
    Expired,
}

impl ChallengeOutcome {
    const ALL: [Self; 5] = [Self::Verified, Self::Exhausted, Self::Replaced, Self::Voided, Self::Expired];

    fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.label() == label)
    }

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Exhausted => "exhausted",
            Self::Replaced => "replaced",
            Self::Voided => "voided",
            Self::Expired => "expired",
        }
    }
}

impl Store {
    /// A challenge, live or ended.
    pub async fn challenge(&self, id: Uuid) -> Result<Option<Challenge>, StoreError> {
        sqlx::query("SELECT * FROM challenges WHERE id = $1")
            .bind(id.as_bytes().as_slice())
            .try_map(|row: Row| challenge(&row))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())
    }

    /// The challenge of this person in this browser that is neither ended, nor expired, nor from the future.
    pub async fn live_challenge(
        &self,
        subject: Subject,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<Option<Challenge>, StoreError> {
        live(self.readers(), subject, device, now).await.map_err(self.fault())
    }
}

impl Change {
    /// As [`Store::live_challenge`], as this transaction sees it.
    pub async fn live_challenge(
        &mut self,
        subject: Subject,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<Option<Challenge>, StoreError> {
        live(self.connection(), subject, device, now).await.map_err(self.fault())
    }

    /// The newest challenge of this person in this browser, whatever became of it, to say why none is live.
    pub async fn last_challenge(
        &mut self,
        subject: Subject,
        device: DeviceId,
    ) -> Result<Option<(Challenge, Option<ChallengeOutcome>)>, StoreError> {
        sqlx::query(
            "SELECT * FROM challenges WHERE subject = $1 AND device = $2 ORDER BY created_at DESC, ended_at DESC LIMIT 1",
        )
        .bind(subject.0.as_slice())
        .bind(device.0.as_slice())
        .try_map(|row: Row| {
            let outcome = row::optional_text(&row, "outcome")?;
            Ok((challenge(&row)?, outcome.as_deref().and_then(ChallengeOutcome::of)))
        })
        .fetch_optional(self.connection())
        .await
        .map_err(self.fault())
    }

    /// Opens a challenge. One that is void makes way; where one is live, this is
    /// [`StoreError::LiveChallenge`]: end that one first.
    pub async fn open_challenge(&mut self, new: &NewChallenge) -> Result<Challenge, StoreError> {
        sqlx::query(
            "UPDATE challenges SET ended_at = $3, outcome = 'expired' \
             WHERE subject = $1 AND device = $2 AND ended_at IS NULL AND (expires_at <= $3 OR created_at > $4)",
        )
        .bind(new.subject.0.as_slice())
        .bind(new.device.0.as_slice())
        .bind(row::millis(new.created_at))
        .bind(row::millis(skewed(new.created_at)))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        let opened = insert(self.connection(), new).await;
        opened.map_err(|error| match database::is_duplicate(&error) {
            true => StoreError::LiveChallenge,
            false => self.fault()(error),
        })
    }

    /// Counts a try before the code is compared, and says how many are used with it. `None`: the challenge is unknown,
    /// ended, expired, or has no try left, and nothing may be compared.
    pub async fn count_try(
        &mut self,
        challenge: Uuid,
        max_tries: u32,
        now: Timestamp,
    ) -> Result<Option<u32>, StoreError> {
        sqlx::query(
            "UPDATE challenges SET tries = tries + 1 \
             WHERE id = $1 AND ended_at IS NULL AND tries < $2 AND expires_at > $3 RETURNING tries",
        )
        .bind(challenge.as_bytes().as_slice())
        .bind(i64::from(max_tries))
        .bind(row::millis(now))
        .try_map(|row: Row| row::count(&row, "tries"))
        .fetch_optional(self.connection())
        .await
        .map_err(self.fault())
    }

    /// Ends a challenge; true only if it was live until now. Of several that end it, exactly one is told so.
    pub async fn end_challenge(
        &mut self,
        challenge: Uuid,
        outcome: ChallengeOutcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ended = sqlx::query(
            "UPDATE challenges SET ended_at = $2, outcome = $3 WHERE id = $1 AND ended_at IS NULL",
        )
        .bind(challenge.as_bytes().as_slice())
        .bind(row::millis(now))
        .bind(outcome.label())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(ended.rows_affected() == 1)
    }
}

async fn live<'c>(
    executor: impl sqlx::Executor<'c, Database = sqlx::Any>,
    subject: Subject,
    device: DeviceId,
    now: Timestamp,
) -> Result<Option<Challenge>, sqlx::Error> {
    sqlx::query(
        "SELECT * FROM challenges \
         WHERE subject = $1 AND device = $2 AND ended_at IS NULL AND expires_at > $3 AND created_at <= $4",
    )
    .bind(subject.0.as_slice())
    .bind(device.0.as_slice())
    .bind(row::millis(now))
    .bind(row::millis(skewed(now)))
    .try_map(|row: Row| challenge(&row))
    .fetch_optional(executor)
    .await
}

/// The latest time that another machine's clock may show now. A challenge from later than that is from before a clock was
/// set back, and would live longer by as much; like a proof from the future it is void.
fn skewed(now: Timestamp) -> Timestamp {
    now.saturating_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX)
}

async fn insert(connection: Timely<'_>, new: &NewChallenge) -> Result<Challenge, sqlx::Error> {
    sqlx::query(
        "INSERT INTO challenges (id, subject, device, site, email, key_id, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *",
    )
    .bind(new.id.as_bytes().as_slice())
    .bind(new.subject.0.as_slice())
    .bind(new.device.0.as_slice())
    .bind(&new.site)
    .bind(new.email.as_str())
    .bind(i64::from(new.key_id))
    .bind(row::millis(new.created_at))
    .bind(row::millis(new.expires_at))
    .try_map(|row: Row| challenge(&row))
    .fetch_one(connection)
    .await
}

fn challenge(row: &Row) -> Result<Challenge, sqlx::Error> {
    Ok(Challenge {
        id: row::id(row, "id")?,
        subject: row::subject(row, "subject")?,
        device: row::device(row, "device")?,
        site: row::text(row, "site")?,
        email: row::email(row, "email")?,
        key_id: row::key_id(row, "key_id")?,
        created_at: row::time(row, "created_at")?,
        expires_at: row::time(row, "expires_at")?,
        tries: row::count(row, "tries")?,
        ended_at: row::optional_time(row, "ended_at")?,
    })
}
