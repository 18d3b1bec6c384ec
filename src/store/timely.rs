//! A statement that is given up when no answer comes.
//!
//! A server can vanish without a word: its machine loses power, the network is cut. Then nothing arrives on a connection for the
//! quarter of an hour that TCP takes to notice, and whoever asked would wait as long: a person at a page, and the change log
//! with the sign-outs of other gateways.

use std::io::ErrorKind;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, Either, Error, Execute, Executor, SqlStr};
use tokio::time::timeout;

use super::database::{Connection, Pool};

type Rows<'e> = BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>>;

/// A connection on which an answer is waited for so long; for ever where there is no limit.
#[derive(Debug)]
pub(super) struct Timely<'c> {
    connection: &'c mut Connection,
    limit: Option<Duration>,
}

/// The same of whichever connection is free. One that fell silent is not used again.
#[derive(Debug)]
pub(super) struct TimelyPool<'c> {
    pub(super) pool: &'c Pool,
    pub(super) limit: Option<Duration>,
}

impl<'c> Timely<'c> {
    pub(super) fn new(connection: &'c mut Connection, limit: Option<Duration>) -> Self {
        Self { connection, limit }
    }

    /// For one statement of several.
    pub(super) fn again(&mut self) -> Timely<'_> {
        Timely { connection: self.connection, limit: self.limit }
    }
}

/// Waits for something else of a connection, such as its commit.
pub(super) async fn within<T>(
    limit: Option<Duration>,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(limit) = limit else { return answer.await };
    timeout(limit, answer).await.unwrap_or_else(|_| Err(silence()))
}

/// Whether no answer came: the connection is good for nothing any more.
pub(super) fn is_silence(error: &Error) -> bool {
    matches!(error, Error::Io(error) if error.kind() == ErrorKind::TimedOut)
}

fn silence() -> Error {
    Error::Io(std::io::Error::new(ErrorKind::TimedOut, "no answer came in time"))
}

impl<'c> Executor<'c> for Timely<'c> {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, Q: Execute<'q, Any> + 'q>(self, query: Q) -> Rows<'e>
    where
        'c: 'e,
    {
        let rows = self.connection.fetch_many(query);
        let Some(limit) = self.limit else { return rows };
        let next = move |rows: Option<Rows<'e>>| async move {
            let mut rows = rows?;
            match timeout(limit, rows.next()).await {
                Ok(row) => row.map(|row| (row, Some(rows))),
                Err(_) => Some((Err(silence()), None)),
            }
        };
        stream::unfold(Some(rows), next).boxed()
    }

    fn fetch_optional<'e, 'q: 'e, Q: Execute<'q, Any> + 'q>(
        self,
        query: Q,
    ) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'c: 'e,
    {
        Box::pin(within(self.limit, self.connection.fetch_optional(query)))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'c: 'e,
    {
        self.connection.prepare_with(sql, parameters)
    }
}

impl<'c> Executor<'c> for TimelyPool<'_> {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, Q: Execute<'q, Any> + 'q>(self, query: Q) -> Rows<'e>
    where
        'c: 'e,
    {
        let Self { pool, limit } = self;
        let Some(limit) = limit else { return pool.fetch_many(query) };
        let pool = pool.clone();
        // All rows at once: whoever asks a pool wants them all.
        let all = async move {
            let mut connection = pool.acquire().await?;
            let rows: Vec<_> = Timely::new(&mut connection, Some(limit)).fetch_many(query).collect().await;
            if rows.iter().any(|row| row.as_ref().is_err_and(is_silence)) {
                connection.close_on_drop();
            }
            Ok::<_, Error>(stream::iter(rows))
        };
        stream::once(all)
            .flat_map(|rows| match rows {
                Ok(rows) => rows.left_stream(),
                Err(error) => stream::iter([Err(error)]).right_stream(),
            })
            .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, Q: Execute<'q, Any> + 'q>(
        self,
        query: Q,
    ) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'c: 'e,
    {
        let Self { pool, limit } = self;
        let Some(limit) = limit else { return pool.fetch_optional(query) };
        let pool = pool.clone();
        Box::pin(async move {
            let mut connection = pool.acquire().await?;
            let row = Timely::new(&mut connection, Some(limit)).fetch_optional(query).await;
            if row.as_ref().is_err_and(is_silence) {
                connection.close_on_drop();
            }
            row
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'c: 'e,
    {
        self.pool.prepare_with(sql, parameters)
    }
}
