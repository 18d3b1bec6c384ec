//! Which version of something a client saw: told with every answer as its `ETag`, and sent back as `If-Match` (T140).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};

use super::error::{ApiError, BAD_PARAMETER, CHANGED};

/// The version that a client saw; `None` where it does not say, and writes over whatever is there.
pub struct Seen(pub Option<i64>);

/// The header that tells a version.
pub fn etag(version: i64) -> [(HeaderName, HeaderValue); 1] {
    let tag = HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"\""));
    [(header::ETAG, tag)]
}

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut lines = parts.headers.get_all(header::IF_MATCH).iter();
        match (lines.next(), lines.next()) {
            (None, _) => Ok(Self(None)),
            (Some(line), None) => read(line.to_str().unwrap_or_default().trim()),
            (Some(_), Some(_)) => Err(several()),
        }
    }
}

/// One tag as we give them out. Another one is of nothing that is there, which is what the client wants to know.
fn read(text: &str) -> Result<Seen, ApiError> {
    if text == "*" {
        return Ok(Seen(None));
    }
    if text.contains(',') {
        return Err(several());
    }
    let version = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let version = version.and_then(|text| text.parse().ok());
    version.map(|version| Seen(Some(version))).ok_or_else(|| ApiError::of(CHANGED))
}

fn several() -> ApiError {
    ApiError::because(BAD_PARAMETER, "If-Match: one ETag was expected.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t140_a_tag_is_one_of_ours_or_matches_nothing() {
        assert_eq!(read("\"7\"").unwrap().0, Some(7));
        assert_eq!(read("*").unwrap().0, None);
        for other in ["7", "\"x\"", "W/\"7\"", "\"7", "", "\"1\", \"2\""] {
            assert!(read(other).is_err(), "{other}");
        }
        assert_eq!(etag(12)[0].1, "\"12\"");
    }
}
