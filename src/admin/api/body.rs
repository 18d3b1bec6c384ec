//! The body of a request: JSON, bounded before it is read, and refused with the name of the member that is wrong.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::error::{ApiError, BAD_BODY, BAD_MEDIA_TYPE, TOO_LARGE};

/// More than any object of the API needs.
const LONGEST_JSON_BYTES: usize = 1024 * 1024;

/// A body of JSON.
pub struct Body<T>(pub T);

/// A body that some clients leave out: then it is as if it had no members.
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        expect_json(request.headers())?;
        parse(&read(request, LONGEST_JSON_BYTES).await?).map(Self)
    }
}

impl<T: DeserializeOwned + Default, S: Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let is_json = expect_json(request.headers());
        let bytes = read(request, LONGEST_JSON_BYTES).await?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(T::default()));
        }
        is_json?;
        parse(&bytes).map(Self)
    }
}

/// Reads a body of so many bytes at most. One whose length is said to be more is refused unread.
pub async fn read(request: Request, longest: usize) -> Result<Vec<u8>, ApiError> {
    let too_large = || {
        ApiError::because(TOO_LARGE, format!("The body is longer than the {longest} bytes that are taken."))
    };
    expect_plain(request.headers())?;
    let said =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if said.is_some_and(|length: u64| length > longest as u64) {
        return Err(too_large());
    }
    match Limited::new(request.into_body(), longest).collect().await {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(ApiError::because(BAD_BODY, "The body broke off.")),
    }
}

/// The media type of a body, without its parameters, in lower case.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// A page of another site can send text, and no browser asks anybody before: what claims to be something else is not JSON.
fn expect_json(headers: &HeaderMap) -> Result<(), ApiError> {
    match media_type(headers).as_deref() {
        Some("application/json" | "application/scim+json" | "application/vnd.api+json") => Ok(()),
        _ => Err(ApiError::because(BAD_MEDIA_TYPE, "Send the body as application/json.")),
    }
}

/// Nothing is unpacked here, so a small body cannot become a large one.
fn expect_plain(headers: &HeaderMap) -> Result<(), ApiError> {
    let is_plain = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_plain {
        Ok(())
    } else {
        Err(ApiError::because(BAD_MEDIA_TYPE, "Send the body without a content coding."))
    }
}

/// A value of JSON, or which member of it is wrong.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (path, inner) = (error.path().to_string(), error.into_inner());
        let place = if path == "." { String::new() } else { format!("{path}: ") };
        ApiError::because(BAD_BODY, format!("{place}{inner}"))
    })?;
    reader.end().map_err(|error| ApiError::because(BAD_BODY, error))?;
    Ok(value)
}
