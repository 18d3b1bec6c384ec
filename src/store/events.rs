//! The audit log of one organization as its admins read it: by filters, page by page, each page found by an index.
//!
//! Every statement names the organization, and rows of none are nobody's: what concerns the gateway as a whole is shown to no
//! organization, and no organization is shown another's, not even by how far numbers went on.

use std::fmt::Write as _;
use std::net::IpAddr;

use jiff::Timestamp;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use uuid::{Builder, Uuid};

use super::audit_log::{AuditRow, audit_row};
use super::database::{Row, built};
use super::{Store, StoreError, row};
use crate::domain::decide::CLOCK_SKEW;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;

/// How many values each part of a filter may have. Each costs a look into an index.
pub const MOST_VALUES: usize = 20;
/// Of the 16 bytes of an id, those before the ones that say which kind of UUID it is.
const PLAIN_BYTES: usize = 6;

/// What an event is known by: 122 bits of its hash, as a UUID of version 8 (RFC 9562). It says nothing of how many events
/// there are, nobody can guess another one's, and it is the same on every gateway and after every backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventId(pub Uuid);

/// Which events. What is empty or `None` leaves nothing out; of several parts all hold, of several values any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// One exact term: who did it, to whom or what, the action's id, the site, or an address of the network.
    pub text: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
    /// Who did it: names, or the ids of API keys.
    pub actors: Vec<String>,
    /// What was done.
    pub actions: Vec<String>,
    /// From where.
    pub addresses: Vec<IpAddr>,
    /// At which site.
    pub sites: Vec<String>,
}

/// In which order events come. It is the order in which they were written, whatever the clocks of several gateways say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventOrder {
    /// For people.
    NewestFirst,
    /// For programs that come back for what is new.
    OldestFirst,
}

/// A column that has an index, and a value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Text(&'static str, String),
    Key(Uuid),
}

impl EventId {
    pub(super) fn of(hash: &[u8; 32]) -> Self {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        Self(Builder::from_custom_bytes(bytes).into_uuid())
    }
}

impl Store {
    /// Up to `limit` events of an organization, those behind the event `after` in this order. Behind an event that is not
    /// there any more, because its time was over, is everything newer and nothing older.
    pub async fn events(
        &self,
        organization: &OrganizationId,
        filter: &EventFilter,
        order: EventOrder,
        after: Option<EventId>,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let (mut low, mut high) = self.bounds(organization, filter).await?;
        if let Some(id) = after {
            let known = self.event(organization, id).await?.map(|event| event.seq);
            match order {
                EventOrder::NewestFirst => high = high.min(known.unwrap_or(0)),
                EventOrder::OldestFirst => low = low.max(known.unwrap_or(0)),
            }
        }
        let (searches, others) = filter.terms();
        let mut query = built(statement(&searches, &others, order))
            .bind(organization.as_str())
            .bind(low)
            .bind(high)
            .bind(filter.from.map_or(i64::MIN, row::millis))
            .bind(filter.to.map_or(i64::MAX, row::millis))
            .bind(i64::from(limit));
        for term in searches.iter().chain(others.iter().flatten()) {
            query = term.bind(query);
        }
        query.try_map(|row: Row| audit_row(&row)).fetch_all(self.readers()).await.map_err(self.fault())
    }

    /// An event of an organization.
    pub async fn event(
        &self,
        organization: &OrganizationId,
        id: EventId,
    ) -> Result<Option<AuditRow>, StoreError> {
        let (mut least, mut most) = ([0; 32], [u8::MAX; 32]);
        let plain = &id.0.as_bytes()[..PLAIN_BYTES];
        least[..PLAIN_BYTES].copy_from_slice(plain);
        most[..PLAIN_BYTES].copy_from_slice(plain);
        let rows = sqlx::query("SELECT * FROM audit WHERE organization = $1 AND hash >= $2 AND hash <= $3")
            .bind(organization.as_str())
            .bind(least.to_vec())
            .bind(most.to_vec())
            .try_map(|row: Row| audit_row(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())?;
        Ok(rows.into_iter().find(|row| row.id() == id))
    }

    /// The numbers between which all events of a time are. Clocks of several gateways differ, so the last number before the
    /// time and the first one after it are looked for as much further away as they may.
    async fn bounds(
        &self,
        organization: &OrganizationId,
        filter: &EventFilter,
    ) -> Result<(i64, i64), StoreError> {
        let apart = CLOCK_SKEW * 2;
        let mut bounds = (0, i64::MAX);
        if let Some(from) = filter.from {
            let before = from.saturating_sub(apart).unwrap_or(Timestamp::MIN);
            let last = "SELECT seq FROM audit WHERE organization = $1 AND at < $2 ORDER BY at DESC, seq DESC LIMIT 1";
            bounds.0 = self.number(last, organization, before).await?.unwrap_or(0);
        }
        if let Some(to) = filter.to {
            let behind = to.saturating_add(apart).unwrap_or(Timestamp::MAX);
            let first = "SELECT seq FROM audit WHERE organization = $1 AND at > $2 ORDER BY at, seq LIMIT 1";
            bounds.1 = self.number(first, organization, behind).await?.unwrap_or(i64::MAX);
        }
        Ok(bounds)
    }

    async fn number(
        &self,
        statement: &'static str,
        organization: &OrganizationId,
        at: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        sqlx::query_scalar(statement)
            .bind(organization.as_str())
            .bind(row::millis(at))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())
    }
}

impl EventFilter {
    /// What is searched for by an index, one search each; and what the events found must have besides.
    fn terms(&self) -> (Vec<Term>, Vec<Vec<Term>>) {
        let column = |column, values: &[String]| -> Vec<Term> {
            values.iter().map(|value| Term::Text(column, value.clone())).collect()
        };
        let addresses: Vec<String> =
            self.addresses.iter().map(|address| address.to_canonical().to_string()).collect();
        let mut parts = vec![
            self.text.as_deref().map(anywhere).unwrap_or_default(),
            self.actors.iter().flat_map(|actor| by_actor(actor)).collect(),
            column("address", &addresses),
            column("site", &self.sites),
            column("action", &self.actions),
        ];
        parts.retain(|part| !part.is_empty());
        let mut parts = parts.into_iter();
        (parts.next().unwrap_or_default(), parts.collect())
    }
}

/// A person has one spelling here, and so has an address of the network.
fn anywhere(text: &str) -> Vec<Term> {
    let text = EmailAddress::parse(text).map_or_else(|_| text.to_owned(), |email| email.to_string());
    let address = text.parse::<IpAddr>().map(|address| address.to_canonical().to_string());
    let columns = ["actor", "subject", "action", "site"];
    let mut terms: Vec<Term> = columns.into_iter().map(|column| Term::Text(column, text.clone())).collect();
    terms.extend(address.map(|address| Term::Text("address", address)));
    terms
}

fn by_actor(actor: &str) -> Vec<Term> {
    let name = EmailAddress::parse(actor).map_or_else(|_| actor.to_owned(), |email| email.to_string());
    let key = Uuid::parse_str(actor).ok().map(Term::Key);
    std::iter::once(Term::Text("actor", name)).chain(key).collect()
}

/// One search for each term, each of which ends after a page, and of all that they find a page. Columns and placeholders are
/// all that comes into the text; $1 to $6 are the organization, the numbers, the times and the limit.
fn statement(searches: &[Term], others: &[Vec<Term>], order: EventOrder) -> String {
    let direction = match order {
        EventOrder::NewestFirst => "DESC",
        EventOrder::OldestFirst => "ASC",
    };
    let mut number = 6 + searches.len();
    let mut besides = String::new();
    for any in others {
        let parts: Vec<String> = any
            .iter()
            .map(|term| {
                number += 1;
                format!("{} = ${number}", term.column())
            })
            .collect();
        let _ = write!(besides, " AND ({})", parts.join(" OR "));
    }
    let search = |of: String| {
        format!(
            "SELECT * FROM audit WHERE organization = $1 AND seq > $2 AND seq < $3 AND at >= $4 AND at <= $5{of}{besides} \
             ORDER BY seq {direction} LIMIT $6"
        )
    };
    if searches.is_empty() {
        return search(String::new());
    }
    let all: Vec<String> = searches
        .iter()
        .enumerate()
        .map(|(index, term)| {
            let of = search(format!(" AND {} = ${}", term.column(), 7 + index));
            format!("SELECT * FROM ({of}) AS found{index}")
        })
        .collect();
    format!("{} ORDER BY seq {direction} LIMIT $6", all.join(" UNION "))
}

impl Term {
    fn column(&self) -> &'static str {
        match self {
            Self::Text(column, _) => column,
            Self::Key(_) => "api_key",
        }
    }

    fn bind<'q>(&self, query: Query<'q, sqlx::Any, AnyArguments>) -> Query<'q, sqlx::Any, AnyArguments> {
        match self {
            Self::Text(_, value) => query.bind(value.clone()),
            Self::Key(id) => query.bind(id.into_bytes().to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;
    use crate::store::tests::fresh;

    /// Whatever is searched for, SQLite goes to where it is, and does not walk through all that an organization has.
    #[tokio::test]
    async fn each_filter_is_a_search_by_its_own_index() {
        let (_folder, store) = fresh().await;
        for column in ["actor", "subject", "action", "site", "address"] {
            let term = Term::Text(column, "x".to_owned());
            let text = format!("EXPLAIN QUERY PLAN {}", statement(&[term], &[], EventOrder::NewestFirst));
            let plan = built(text).bind("default").bind(0).bind(9).bind(0).bind(9).bind(50).bind("x");
            let plan: Vec<String> =
                plan.map(|row: Row| row.get::<String, _>("detail")).fetch_all(store.readers()).await.unwrap();
            assert!(
                plan.iter().any(|step| step.contains(&format!("INDEX audit_{column} "))),
                "{column}: {plan:?}"
            );
        }
        let by_hash =
            "EXPLAIN QUERY PLAN SELECT * FROM audit WHERE organization = $1 AND hash >= $2 AND hash <= $3";
        let plan = sqlx::query(by_hash).bind("default").bind(vec![0]).bind(vec![1]);
        let plan: String = plan.map(|row: Row| row.get("detail")).fetch_one(store.readers()).await.unwrap();
        assert!(plan.contains("INDEX audit_hash "), "{plan}");
    }
}
