//! The query of a request. A name may come several times or hold several values between commas; what nobody asks for is
//! ignored, as clients send more than they need.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::error::{ApiError, BAD_PARAMETER};

/// The query, decoded.
pub struct Params(Vec<(String, String)>);

impl Params {
    /// The value of a name; empty is none. The first one counts.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// All values of a name, also with `[]` behind it.
    pub fn many(&self, name: &str) -> Vec<&str> {
        let named = self.0.iter().filter(|(key, _)| key.strip_suffix("[]").unwrap_or(key) == name);
        named
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// Whether a switch is on; `None` if it is not there. Some clients write `True`.
    pub fn switch(&self, name: &'static str) -> Result<Option<bool>, ApiError> {
        match self.one(name) {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(refused(name, "true or false")),
        }
    }

    /// How many entries are asked for.
    pub fn limit(&self, name: &'static str, usual: u32, most: u32) -> Result<u32, ApiError> {
        let Some(text) = self.one(name) else { return Ok(usual) };
        let limit = text.parse().ok().filter(|limit| (1..=most).contains(limit));
        limit.ok_or_else(|| refused(name, &format!("a number from 1 to {most}")))
    }
}

/// A parameter that cannot be read.
pub fn refused(name: &str, expected: &str) -> ApiError {
    ApiError::because(BAD_PARAMETER, format!("The parameter {name} is not as expected: {expected}."))
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Params {
        Params(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    #[test]
    fn lists_repeat_or_have_commas_and_switches_have_any_case() {
        let params = params("a=1&a=2,3&b%5B%5D=x&on=True&off=FALSE&odd=yes&none=");
        assert_eq!(params.many("a"), ["1", "2", "3"]);
        assert_eq!(params.many("b"), ["x"]);
        assert_eq!((params.one("a"), params.one("none"), params.one("c")), (Some("1"), None, None));
        assert_eq!(params.switch("on").unwrap(), Some(true));
        assert_eq!(params.switch("off").unwrap(), Some(false));
        assert_eq!(params.switch("none").unwrap(), None);
        assert!(params.switch("odd").is_err());
    }

    #[test]
    fn t141_a_limit_is_a_small_whole_number() {
        for (query, expected) in
            [("", Some(50)), ("limit=1", Some(1)), ("limit=100", Some(100)), ("limit=", Some(50))]
        {
            assert_eq!(params(query).limit("limit", 50, 100).ok(), expected, "{query}");
        }
        for query in ["limit=0", "limit=-1", "limit=1e9", "limit=101", "limit=id;drop", "limit=99999999999"] {
            assert!(params(query).limit("limit", 50, 100).is_err(), "{query}");
        }
    }
}
