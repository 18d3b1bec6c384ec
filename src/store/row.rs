//! Columns to types. A value that does not parse is damage, reported by its column and never by its value.

use std::net::IpAddr;

use jiff::Timestamp;
use sqlx::Row as _;
use uuid::Uuid;

use super::database::Row;
use crate::domain::account::{DeviceId, Family, Subject};
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::lifecycle::Status;
use crate::domain::organization::OrganizationId;

type Column<T> = Result<T, sqlx::Error>;

/// A time as the database keeps it: milliseconds since 1970.
pub(super) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

pub(super) fn bad(column: &str, expected: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("column {column} does not hold {expected}").into())
}

pub(super) fn text(row: &Row, column: &str) -> Column<String> {
    row.try_get(column)
}

pub(super) fn optional_text(row: &Row, column: &str) -> Column<Option<String>> {
    row.try_get(column)
}

pub(super) fn integer(row: &Row, column: &str) -> Column<i64> {
    row.try_get(column)
}

pub(super) fn optional_integer(row: &Row, column: &str) -> Column<Option<i64>> {
    row.try_get(column)
}

pub(super) fn blob(row: &Row, column: &str) -> Column<Vec<u8>> {
    row.try_get(column)
}

pub(super) fn count(row: &Row, column: &str) -> Column<u32> {
    u32::try_from(integer(row, column)?).map_err(|_| bad(column, "a count"))
}

pub(super) fn key_id(row: &Row, column: &str) -> Column<u8> {
    u8::try_from(integer(row, column)?).map_err(|_| bad(column, "a key id"))
}

pub(super) fn time(row: &Row, column: &str) -> Column<Timestamp> {
    moment(integer(row, column)?, column)
}

pub(super) fn optional_time(row: &Row, column: &str) -> Column<Option<Timestamp>> {
    let millis: Option<i64> = row.try_get(column)?;
    millis.map(|millis| moment(millis, column)).transpose()
}

pub(super) fn moment(millis: i64, column: &str) -> Column<Timestamp> {
    Timestamp::from_millisecond(millis).map_err(|_| bad(column, "a time"))
}

pub(super) fn bytes<const N: usize>(row: &Row, column: &str) -> Column<[u8; N]> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes.try_into().map_err(|_| bad(column, "as many bytes as it should"))
}

pub(super) fn id(row: &Row, column: &str) -> Column<Uuid> {
    bytes(row, column).map(Uuid::from_bytes)
}

pub(super) fn optional_id(row: &Row, column: &str) -> Column<Option<Uuid>> {
    let bytes: Option<&[u8]> = row.try_get(column)?;
    bytes
        .map(|bytes| Uuid::from_slice(bytes).map_err(|_| bad(column, "as many bytes as it should")))
        .transpose()
}

/// An address of the network.
pub(super) fn optional_address(row: &Row, column: &str) -> Column<Option<IpAddr>> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(|text| text.parse().map_err(|_| bad(column, "an IP address"))).transpose()
}

pub(super) fn subject(row: &Row, column: &str) -> Column<Subject> {
    bytes(row, column).map(Subject)
}

pub(super) fn device(row: &Row, column: &str) -> Column<DeviceId> {
    bytes(row, column).map(DeviceId)
}

pub(super) fn family(row: &Row, column: &str) -> Column<Family> {
    bytes(row, column).map(Family)
}

/// An address, which was stored in its canonical spelling and must still have it.
pub(super) fn email(row: &Row, column: &str) -> Column<EmailAddress> {
    canonical_email(row.try_get(column)?, column)
}

pub(super) fn optional_email(row: &Row, column: &str) -> Column<Option<EmailAddress>> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(|text| canonical_email(text, column)).transpose()
}

pub(super) fn domain(row: &Row, column: &str) -> Column<DomainName> {
    let text: &str = row.try_get(column)?;
    let domain = DomainName::parse(text).ok().filter(|domain| domain.as_str() == text);
    domain.ok_or_else(|| bad(column, "a domain name"))
}

pub(super) fn organization(row: &Row, column: &str) -> Column<OrganizationId> {
    organization_id(row.try_get(column)?, column)
}

pub(super) fn organization_id(text: &str, column: &str) -> Column<OrganizationId> {
    OrganizationId::parse(text).map_err(|_| bad(column, "an id of an organization"))
}

pub(super) fn canonical_email(text: &str, column: &str) -> Column<EmailAddress> {
    EmailAddress::from_canonical(text).ok_or_else(|| bad(column, "an e-mail address"))
}

/// What an account is.
pub(super) fn status(row: &Row, column: &str) -> Column<Status> {
    let label: &str = row.try_get(column)?;
    Status::of(label).ok_or_else(|| bad(column, "a status"))
}
