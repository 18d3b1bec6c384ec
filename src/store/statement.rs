//! A statement that grows by what a list is asked for. Only placeholders and words of ours are put into its text; what people
//! sent is bound.

use sqlx::Arguments as _;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use uuid::Uuid;

use super::database::Kind;

/// A statement as it grows. SQLite takes values in the order of their places, so each is bound where the text has come to.
pub(super) struct Statement {
    kind: Kind,
    text: String,
    arguments: AnyArguments,
    bound: usize,
}

/// What is bound.
pub(super) enum Value {
    Text(String),
    Bytes(Vec<u8>),
    Integer(i64),
}

impl Statement {
    /// One that begins so.
    pub(super) fn new(kind: Kind, text: &str) -> Self {
        Self { kind, text: text.to_owned(), arguments: AnyArguments::default(), bound: 0 }
    }

    /// Goes on so.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Goes on with another condition.
    pub(super) fn and(&mut self, condition: &str) {
        self.push(" AND ");
        self.push(condition);
    }

    /// Asks that a column has one of these values; an empty list asks for nothing.
    pub(super) fn one_of<T>(&mut self, column: &str, values: &[T], value: impl Fn(&T) -> Value) {
        if !values.is_empty() {
            let list = self.list(values, value);
            self.and(&format!("{column} IN {list}"));
        }
    }

    /// The placeholders of a list that is not empty.
    pub(super) fn list<T>(&mut self, values: &[T], value: impl Fn(&T) -> Value) -> String {
        let places: Vec<String> = values.iter().map(|one| self.bind(value(one))).collect();
        format!("({})", places.join(", "))
    }

    /// The placeholder of a text.
    pub(super) fn bind_text(&mut self, text: &str) -> String {
        self.bind(Value::Text(text.to_owned()))
    }

    /// The placeholder of an id.
    pub(super) fn bind_id(&mut self, id: Uuid) -> String {
        self.bind(Value::id(&id))
    }

    /// The placeholder of a value.
    pub(super) fn bind(&mut self, value: Value) -> String {
        self.bound += 1;
        let added = match value {
            Value::Text(text) => self.arguments.add(text),
            Value::Bytes(bytes) => self.arguments.add(bytes),
            Value::Integer(number) => self.arguments.add(number),
        };
        added.expect("texts, bytes and integers can be bound");
        self.kind.rows(self.bound, 1, 1)
    }

    /// Ends with a number of rows.
    pub(super) fn limit(&mut self, limit: usize) {
        let limit = self.bind(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        self.push(&format!(" LIMIT {limit}"));
    }

    /// All of it, to be run.
    pub(super) fn finish<'q>(self) -> Query<'q, sqlx::Any, AnyArguments> {
        sqlx::query_with(AssertSqlSafe(self.text), self.arguments)
    }
}

impl Value {
    /// An id as it is kept.
    pub(super) fn id(id: &Uuid) -> Self {
        Self::Bytes(id.as_bytes().to_vec())
    }

    /// A text.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
