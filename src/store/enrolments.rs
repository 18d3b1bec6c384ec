//! Enrolments: which sessions of mobile apps pass without a code, and until when. No cookie is stored, only a keyed digest.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::database::Row;
use super::{Change, ChangeKind, Store, StoreError, row};
use crate::domain::account::{CookieSet, Subject};
use crate::domain::enrolment::Enrolment;

/// An enrolment with what only the audit log needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentRow {
    /// What is decided by.
    pub enrolment: Enrolment,
    /// The site's id.
    pub site: String,
    /// The person: their address, or their login name where no address is known.
    pub person: String,
}

impl EnrolmentRow {
    fn to_json(&self) -> Value {
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        let Enrolment { cookies, subject, signed_in_at, ends_at, changed_at } = &self.enrolment;
        json!({
            "cookies": hex(&cookies.0), "subject": hex(&subject.0), "signed_in_at": row::millis(*signed_in_at),
            "ends_at": row::millis(*ends_at), "changed_at": row::millis(*changed_at),
        })
    }
}

/// The enrolment that an entry of the change log tells of.
pub(super) fn from_json(text: &str) -> Option<Enrolment> {
    let detail: Value = serde_json::from_str(text).ok()?;
    let bytes = |field: &str| -> Option<[u8; 16]> {
        let hex = detail.get(field)?.as_str()?;
        data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
    };
    let time = |field: &str| Timestamp::from_millisecond(detail.get(field)?.as_i64()?).ok();
    Some(Enrolment {
        cookies: CookieSet(bytes("cookies")?),
        subject: Subject(bytes("subject")?),
        signed_in_at: time("signed_in_at")?,
        ends_at: time("ends_at")?,
        changed_at: time("changed_at")?,
    })
}

impl Store {
    /// Hands each enrolment that is not over by then to `each`, and says how many there were.
    pub async fn each_enrolment(
        &self,
        now: Timestamp,
        mut each: impl FnMut(Enrolment) + Send,
    ) -> Result<u64, StoreError> {
        let rows = sqlx::query("SELECT * FROM enrolments WHERE ends_at > $1")
            .bind(row::millis(now))
            .try_map(|row: Row| enrolment(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())?;
        let count = rows.len() as u64;
        rows.into_iter().for_each(&mut each);
        Ok(count)
    }
}

impl Change {
    /// Enrolls a session, in place of an earlier enrolment of the same cookies, and tells all nodes.
    pub async fn enroll(&mut self, new: &EnrolmentRow) -> Result<(), StoreError> {
        let Enrolment { cookies, subject, signed_in_at, ends_at, changed_at } = &new.enrolment;
        sqlx::query(
            "INSERT INTO enrolments (cookies, subject, site, person, signed_in_at, ends_at, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (cookies) DO UPDATE SET subject = excluded.subject, \
             site = excluded.site, person = excluded.person, signed_in_at = excluded.signed_in_at, \
             ends_at = excluded.ends_at, changed_at = excluded.changed_at",
        )
        .bind(cookies.0.as_slice())
        .bind(subject.0.as_slice())
        .bind(&new.site)
        .bind(&new.person)
        .bind(row::millis(*signed_in_at))
        .bind(row::millis(*ends_at))
        .bind(row::millis(*changed_at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.log_change(ChangeKind::Enrolment, &new.to_json(), *changed_at).await
    }

    /// Ends all enrolments that go back to one sign-in, tells all nodes, and says which ones those were.
    pub async fn end_sign_in(
        &mut self,
        subject: Subject,
        signed_in_at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<EnrolmentRow>, StoreError> {
        let ended = sqlx::query(
            "UPDATE enrolments SET ends_at = $3, changed_at = $3 \
             WHERE subject = $1 AND signed_in_at = $2 AND ends_at > $3 RETURNING *",
        )
        .bind(subject.0.as_slice())
        .bind(row::millis(signed_in_at))
        .bind(row::millis(now))
        .try_map(|row: Row| enrolment_row(&row))
        .fetch_all(self.connection())
        .await
        .map_err(self.fault())?;
        for ended in &ended {
            self.log_change(ChangeKind::Enrolment, &ended.to_json(), now).await?;
        }
        Ok(ended)
    }

    /// Lets an enrolment end at `end` and tells all nodes; `None` if there is none that would last longer.
    pub async fn end_enrolment(
        &mut self,
        cookies: CookieSet,
        end: Timestamp,
        now: Timestamp,
    ) -> Result<Option<EnrolmentRow>, StoreError> {
        let ended = sqlx::query(
            "UPDATE enrolments SET ends_at = $2, changed_at = $3 WHERE cookies = $1 AND ends_at > $2 RETURNING *",
        )
        .bind(cookies.0.as_slice())
        .bind(row::millis(end))
        .bind(row::millis(now))
        .try_map(|row: Row| enrolment_row(&row))
        .fetch_optional(self.connection())
        .await
        .map_err(self.fault())?;
        if let Some(ended) = &ended {
            self.log_change(ChangeKind::Enrolment, &ended.to_json(), now).await?;
        }
        Ok(ended)
    }
}

fn enrolment_row(row: &Row) -> Result<EnrolmentRow, sqlx::Error> {
    Ok(EnrolmentRow {
        enrolment: enrolment(row)?,
        site: row::text(row, "site")?,
        person: row::text(row, "person")?,
    })
}

fn enrolment(row: &Row) -> Result<Enrolment, sqlx::Error> {
    Ok(Enrolment {
        cookies: row::bytes(row, "cookies").map(CookieSet)?,
        subject: row::subject(row, "subject")?,
        signed_in_at: row::time(row, "signed_in_at")?,
        ends_at: row::time(row, "ends_at")?,
        changed_at: row::time(row, "changed_at")?,
    })
}
