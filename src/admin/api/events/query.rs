//! What a query asks of the audit log. A parameter that cannot be read, or that nothing is found by here, is refused: an answer
//! with more than was asked for would be taken for the whole truth.

use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

use crate::store::{EventFilter, EventId, EventOrder, MOST_VALUES};

use super::super::error::{self, ApiError};
use super::super::params::{Params, refused};

/// Longer terms are in no event.
const LONGEST_TERM: usize = 1_024;

/// The filter of a query.
pub(super) fn filter(params: &Params) -> Result<EventFilter, ApiError> {
    for unknown in ["product", "location"] {
        if params.one(unknown).is_some() || !params.many(unknown).is_empty() {
            return Err(refused(unknown, "events are found by site here, and not by product or place"));
        }
    }
    let addresses = values(params, "ip")?
        .into_iter()
        .map(|text| text.parse().map_err(|_| refused("ip", "an IP address such as 192.0.2.1")));
    let text = params.one("q").map(ToOwned::to_owned);
    if text.as_ref().is_some_and(|text| text.len() > LONGEST_TERM) {
        return Err(refused("q", "a shorter term"));
    }
    Ok(EventFilter {
        text,
        from: time(params, "from")?,
        to: time(params, "to")?,
        actors: values(params, "actor")?,
        actions: values(params, "action")?,
        addresses: addresses.collect::<Result<_, _>>()?,
        sites: values(params, "site")?,
    })
}

/// The order that a stream is asked for in.
pub(super) fn sort_order(params: &Params) -> Result<EventOrder, ApiError> {
    match params.one("sortOrder") {
        None | Some("asc") => Ok(EventOrder::OldestFirst),
        Some("desc") => Ok(EventOrder::NewestFirst),
        Some(_) => Err(refused("sortOrder", "asc or desc")),
    }
}

/// A cursor that leads nowhere although we made it: one of an older Postern.
pub(super) fn bad_cursor() -> ApiError {
    ApiError::because(error::BAD_CURSOR, "The cursor cannot be read any more; begin without one.")
}

fn values(params: &Params, name: &'static str) -> Result<Vec<String>, ApiError> {
    let values: Vec<String> = params.many(name).into_iter().map(ToOwned::to_owned).collect();
    let fits = values.len() <= MOST_VALUES && values.iter().all(|value| value.len() <= LONGEST_TERM);
    if fits { Ok(values) } else { Err(refused(name, &format!("up to {MOST_VALUES} values"))) }
}

fn time(params: &Params, name: &'static str) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = params.one(name) else { return Ok(None) };
    let at = text.parse().ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let expected = || format!("The parameter {name} is not as expected: milliseconds since 1970.");
    at.map(Some).ok_or_else(|| ApiError::because(error::BAD_TIME, expected()))
}

/// How far a stream was read, and what of: all that its cursor says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamPlace {
    pub(super) order: EventOrder,
    pub(super) after: Option<EventId>,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
}

impl StreamPlace {
    pub(super) fn begin(order: EventOrder, params: &Params) -> Result<Self, ApiError> {
        Ok(Self { order, after: None, from: time(params, "from")?, to: time(params, "to")? })
    }

    pub(super) fn filter(&self) -> EventFilter {
        EventFilter { from: self.from, to: self.to, ..EventFilter::default() }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let mut next = || parts.next();
        let order = match next()? {
            "asc" => EventOrder::OldestFirst,
            "desc" => EventOrder::NewestFirst,
            _ => return None,
        };
        let after = match next()? {
            "-" => None,
            id => Some(EventId(Uuid::try_parse(id).ok()?)),
        };
        let mut time = || match next()? {
            "-" => Some(None),
            millis => Some(Some(Timestamp::from_millisecond(millis.parse().ok()?).ok()?)),
        };
        Some(Self { order, after, from: time()?, to: time()? })
    }
}

impl fmt::Display for StreamPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = if self.order == EventOrder::OldestFirst { "asc" } else { "desc" };
        let time = |at: Option<Timestamp>| at.map_or("-".to_owned(), |at| at.as_millisecond().to_string());
        let after = self.after.map_or("-".to_owned(), |id| id.0.to_string());
        write!(f, "{order} {after} {} {}", time(self.from), time(self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_was() {
        let at = Timestamp::from_millisecond(1_800_000_000_123).unwrap();
        for place in [
            StreamPlace { order: EventOrder::OldestFirst, after: None, from: None, to: None },
            StreamPlace {
                order: EventOrder::NewestFirst,
                after: Some(EventId(Uuid::from_u128(7))),
                from: Some(at),
                to: Some(at),
            },
        ] {
            assert_eq!(StreamPlace::read(&place.to_string()), Some(place));
        }
        for text in ["", "asc", "up - - -", "asc x - -", "asc - x -"] {
            assert_eq!(StreamPlace::read(text), None, "{text}");
        }
    }
}
