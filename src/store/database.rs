//! What both databases are to the rest of this room: connections that take one SQL text, transactions, and a few texts that
//! have to differ.
//!
//! What is special to one of them stands in `sqlite.rs` or `postgres.rs`.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyArguments;
use sqlx::query::Query;

use super::error::StoreError;
use super::timely::{Timely, TimelyPool, is_silence, within};
use super::{postgres, sqlite};
use crate::config::database::{Database as Place, Postgres};

// sqlx's driver for whichever database: all that the store keeps is an integer of 64 bits, a text, bytes, or none of one of
// these, and those it carries both ways. A type of one database alone (a time, a UUID, JSON) would not come through; the SQL
// casts what a function returns to a text, and a statement of many rows gets its placeholders here, as sqlx's builder writes
// them in the way of SQLite. The other way is two copies of each statement, of which one is tried less.
pub(super) type Pool = sqlx::AnyPool;
pub(super) type Connection = sqlx::AnyConnection;
pub(super) type Transaction = sqlx::Transaction<'static, sqlx::Any>;
pub(super) type Row = sqlx::any::AnyRow;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Placeholders for so many rows, the first of which has this number: `($1, $2), ($3, $4)`. SQLite is spared the numbers:
    /// it looks each of them up in a list of all, which for thousands takes longer than the rest of the statement.
    pub(super) fn rows(self, first: usize, rows: usize, columns: usize) -> String {
        let mut text = String::with_capacity(rows * columns * 7);
        for number in 0..rows * columns {
            text.push_str(match (number, number % columns) {
                (0, _) => "(",
                (_, 0) => "), (",
                _ => ", ",
            });
            match self {
                Self::Sqlite => text.push('?'),
                Self::Postgres => write!(text, "${}", first + number).expect("memory takes any text"),
            }
        }
        text.push(')');
        text
    }
}

/// The connections of an open store.
#[derive(Debug, Clone)]
pub(super) struct Connections {
    pub(super) kind: Kind,
    /// The one connection of this process that writes: waiting here is fair and cheap. SQLite has one writer at a time anyway.
    writer: Arc<ArcSwap<Pool>>,
    /// Connections that only read. They never wait for a writer.
    readers: Pool,
    /// The server, where there is one: to connect to it anew.
    server: Option<Arc<Postgres>>,
}

/// Makes a new store.
pub(super) async fn create(place: &Place) -> Result<(), StoreError> {
    sqlx::any::install_default_drivers();
    match place {
        Place::Sqlite(path) => sqlite::create(path).await,
        Place::Postgres(server) => postgres::create(server).await,
    }
}

/// Opens a store. `for_import` says that this process writes millions of rows and then ends.
pub(super) async fn open(place: &Place, for_import: bool) -> Result<Connections, StoreError> {
    sqlx::any::install_default_drivers();
    match place {
        Place::Sqlite(path) => sqlite::open(path, for_import).await,
        Place::Postgres(server) => postgres::open(server).await,
    }
}

impl Connections {
    /// Those of a file.
    pub(super) fn of_file(writer: Pool, readers: Pool) -> Self {
        Self { kind: Kind::Sqlite, writer: Arc::new(ArcSwap::from_pointee(writer)), readers, server: None }
    }

    /// Those of a server.
    pub(super) fn of_server(writer: Pool, readers: Pool, server: &Postgres) -> Self {
        let (writer, server) = (Arc::new(ArcSwap::from_pointee(writer)), Some(Arc::new(server.clone())));
        Self { kind: Kind::Postgres, writer, readers, server }
    }

    /// Begins a write transaction that nothing else writes beside, in this process or another.
    pub(super) async fn begin_write(&self) -> Result<Transaction, sqlx::Error> {
        let writer = self.writer.load_full();
        match self.kind {
            Kind::Sqlite => sqlite::begin_write(&writer).await,
            Kind::Postgres => postgres::begin_write(&writer).await,
        }
    }

    /// Begins a transaction that reads, and sees one moment for as long as it lasts.
    pub(super) async fn begin_read(&self) -> Result<Transaction, sqlx::Error> {
        match self.kind {
            // The first read fixes the moment.
            Kind::Sqlite => self.readers.begin().await,
            Kind::Postgres => postgres::begin_read(&self.readers).await,
        }
    }

    /// One of these connections, for a statement.
    pub(super) fn ask<'c>(&self, connection: &'c mut Connection) -> Timely<'c> {
        Timely::new(connection, self.limit())
    }

    /// Any connection that reads, for a statement.
    pub(super) fn ask_any(&self) -> TimelyPool<'_> {
        TimelyPool { pool: &self.readers, limit: self.limit() }
    }

    /// Makes a transaction last.
    pub(super) async fn commit(&self, transaction: Transaction) -> Result<(), sqlx::Error> {
        within(self.limit(), transaction.commit()).await
    }

    /// What an error means. A writing connection that fell silent would be waited for: it makes way for a new one.
    pub(super) fn fault(&self, store: &str, error: sqlx::Error) -> StoreError {
        if let Some(server) = self.server.as_ref().filter(|_| is_silence(&error)) {
            self.writer.store(Arc::new(postgres::pool(server, 1)));
        }
        StoreError::of(store, error)
    }

    /// Leaves the turn to write to whoever waits for it. PostgreSQL keeps a queue; at a file of SQLite others look again now
    /// and then, a tenth of a second apart at most, and would find it taken each time.
    pub(super) async fn give_way(&self) {
        match self.kind {
            Kind::Sqlite => tokio::time::sleep(sqlite::LONGEST_LOOK).await,
            Kind::Postgres => tokio::task::yield_now().await,
        }
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.load_full().close().await;
    }

    fn limit(&self) -> Option<Duration> {
        match self.kind {
            // A file is read by a thread of this process, and what it waits for is the disk.
            Kind::Sqlite => None,
            Kind::Postgres => Some(postgres::LONGEST_ANSWER),
        }
    }

    /// A page of accounts as one JSON text, and where it ends: rows that come one by one cost three times as much. JSON,
    /// because no name can have anything in it that passes for the next row.
    pub(super) fn account_page(&self) -> &'static str {
        match self.kind {
            Kind::Sqlite => sqlite::ACCOUNT_PAGE,
            Kind::Postgres => postgres::ACCOUNT_PAGE,
        }
    }

    /// As above, of user keys.
    pub(super) fn user_key_page(&self) -> &'static str {
        match self.kind {
            Kind::Sqlite => sqlite::USER_KEY_PAGE,
            Kind::Postgres => postgres::USER_KEY_PAGE,
        }
    }
}

/// A statement whose length is that of a batch. Only placeholders are ever put into its text.
pub(super) fn built<'q>(text: String) -> Query<'q, sqlx::Any, AnyArguments> {
    sqlx::query(AssertSqlSafe(text))
}

/// A place as messages name it.
pub(super) fn name(place: &Place) -> Arc<str> {
    place.to_string().into()
}

/// Whether the database says that what it keeps is not what it wrote.
pub(super) fn is_damage(error: &dyn sqlx::error::DatabaseError) -> bool {
    sqlite::is_damage(error) || postgres::is_damage(error)
}

/// Whether a unique index refused a row. In PostgreSQL the transaction takes no further statement then.
pub(super) fn is_duplicate(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.is_unique_violation())
}
