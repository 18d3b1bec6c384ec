//! What the gate decided. It decides nothing itself, so it has no audit event and no entry in the change log.

use std::time::Duration;

use jiff::Timestamp;

use super::database::Row;
use super::{Store, StoreError, row};
use crate::domain::organization::OrganizationId;
use crate::domain::recorded::Recorded;
use crate::telemetry::receipt::Receipt;

/// A decision about one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// By which the person finds it on their page.
    pub receipt: Receipt,
    /// Whose site it was.
    pub organization: OrganizationId,
    /// When.
    pub at: Timestamp,
    /// The site's id.
    pub site: String,
    /// Their address, or their login name where none is known; `None` where nobody knows who it was.
    pub who: Option<String>,
    /// The label of its lane.
    pub lane: String,
    /// The family of the program that asked, by its own word.
    pub client: String,
    /// The label of what was decided.
    pub decision: String,
    /// The code of the reason.
    pub reason: String,
    /// What it was decided by, where it was about a person.
    pub facts: DecisionFacts,
}

/// What is known of what a decision was made by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecisionFacts {
    /// It was about no person.
    None,
    /// All of it.
    Kept(Box<Recorded>),
    /// Something that this Postern does not understand.
    Unreadable,
}

impl Store {
    /// Keeps decisions. A request that passed and failed later keeps what it was judged by.
    pub async fn keep_decisions(&self, decisions: &[DecisionRow]) -> Result<(), StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        for new in decisions {
            let facts = match &new.facts {
                DecisionFacts::Kept(facts) => serde_json::to_string(facts).ok(),
                DecisionFacts::None | DecisionFacts::Unreadable => None,
            };
            sqlx::query(
                "INSERT INTO decisions (receipt, organization, at, site, who, lane, client, decision, reason, facts) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (receipt) DO UPDATE SET \
                 decision = excluded.decision, reason = excluded.reason",
            )
            .bind(new.receipt.to_string())
            .bind(new.organization.as_str())
            .bind(row::millis(new.at))
            .bind(&new.site)
            .bind(&new.who)
            .bind(&new.lane)
            .bind(&new.client)
            .bind(&new.decision)
            .bind(&new.reason)
            .bind(facts)
            .execute(self.connections.ask(&mut transaction))
            .await
            .map_err(self.fault())?;
        }
        self.connections.commit(transaction).await.map_err(self.fault())
    }

    /// The decision of a receipt, whoever's site it was.
    pub async fn decision(&self, receipt: Receipt) -> Result<Option<DecisionRow>, StoreError> {
        sqlx::query("SELECT * FROM decisions WHERE receipt = $1")
            .bind(receipt.to_string())
            .try_map(|row: Row| decision(&row))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())
    }

    /// The newest decisions about somebody.
    pub async fn decisions_about(
        &self,
        organization: &OrganizationId,
        who: &str,
        limit: u32,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        sqlx::query(
            "SELECT * FROM decisions WHERE organization = $1 AND who = $2 ORDER BY at DESC, receipt LIMIT $3",
        )
        .bind(organization.as_str())
        .bind(who)
        .bind(i64::from(limit))
        .try_map(|row: Row| decision(&row))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }

    /// Decisions about people of an organization in the order of time, after one of them.
    pub async fn decisions_after(
        &self,
        organization: &OrganizationId,
        after: (Timestamp, Option<Receipt>),
        limit: u32,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        let (at, receipt) = after;
        let receipt = receipt.map_or(String::new(), |receipt| receipt.to_string());
        sqlx::query(
            "SELECT * FROM decisions WHERE organization = $1 AND facts IS NOT NULL \
             AND (at > $2 OR (at = $3 AND receipt > $4)) ORDER BY at, receipt LIMIT $5",
        )
        .bind(organization.as_str())
        .bind(row::millis(at))
        .bind(row::millis(at))
        .bind(receipt)
        .bind(i64::from(limit))
        .try_map(|row: Row| decision(&row))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }

    /// Forgets the decisions that are older than `age`, and the oldest where there are more than `most`. Says how many.
    pub async fn prune_decisions(&self, age: Duration, most: u64, now: Timestamp) -> Result<u64, StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        let oldest = row::millis(now.saturating_sub(age).unwrap_or(Timestamp::MIN));
        let forgotten = sqlx::query(
            "DELETE FROM decisions WHERE at < $1 OR at < (SELECT at FROM decisions ORDER BY at DESC LIMIT 1 OFFSET $2)",
        )
        .bind(oldest)
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .execute(self.connections.ask(&mut transaction))
        .await
        .map_err(self.fault())?;
        self.connections.commit(transaction).await.map_err(self.fault())?;
        Ok(forgotten.rows_affected())
    }
}

fn decision(row: &Row) -> Result<DecisionRow, sqlx::Error> {
    let facts = row::optional_text(row, "facts")?;
    Ok(DecisionRow {
        receipt: row::text(row, "receipt")?.parse().map_err(|_| row::bad("receipt", "a receipt"))?,
        organization: row::organization(row, "organization")?,
        at: row::time(row, "at")?,
        site: row::text(row, "site")?,
        who: row::optional_text(row, "who")?,
        lane: row::text(row, "lane")?,
        client: row::text(row, "client")?,
        decision: row::text(row, "decision")?,
        reason: row::text(row, "reason")?,
        facts: match facts {
            None => DecisionFacts::None,
            Some(text) => serde_json::from_str(&text).map_or(DecisionFacts::Unreadable, DecisionFacts::Kept),
        },
    })
}
