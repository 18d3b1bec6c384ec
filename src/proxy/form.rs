//! What our own pages are asked with: the parameters of their addresses, and the forms of the challenge page as they come back,
//! small, from this site, and with their token.

use http::HeaderMap;
use http::header::{self, HeaderValue};
use http::request::Parts;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use uuid::Uuid;

use crate::actions::authenticators::passkey::Answered;
use crate::config::settings::Scheme;
use crate::domain::decision::Reason;
use crate::domain::return_target::ReturnTarget;

use super::exchange::Refused;
use super::pages::Aim;
use super::upload::Upload;

const SEC_FETCH_SITE: &str = "sec-fetch-site";
/// The largest form that is read.
const MAX_FORM_BYTES: usize = 16 * 1024;

/// A form that came back.
#[derive(Debug)]
pub(super) struct Form {
    /// The token that ties it to the browser.
    pub token: String,
    /// Where the person goes on.
    pub return_to: ReturnTarget,
    /// What was typed; `None` when it is missing, given twice or no text.
    pub code: Option<String>,
    /// What somebody calls what they set up.
    pub name: Option<String>,
    /// What it is about: something that was set up, or is being set up.
    pub id: Option<Uuid>,
    /// What the browser's passkey answered, as JSON.
    pub answer: Option<String>,
    /// Where a verification leads to.
    pub aim: Aim,
    /// Whether a program sent it, which wants JSON back.
    pub is_json: bool,
}

/// The body is no form of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormError {
    /// More than 16 KiB.
    TooLarge,
    /// Neither a form nor a JSON object, or broken off.
    Malformed,
}

impl Form {
    /// Reads a form, or refuses the request.
    pub(super) async fn take(headers: &HeaderMap, body: Incoming) -> Result<Self, Refused> {
        Self::read(headers, body).await.map_err(|error| match error {
            FormError::TooLarge => Refused::from(Reason::BodyTooLarge),
            FormError::Malformed => Refused::from(Reason::MalformedRequest),
        })
    }

    /// Reads a form, or a JSON object with the same fields.
    pub(super) async fn read(headers: &HeaderMap, body: Incoming) -> Result<Self, FormError> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let body =
            Limited::new(Upload::new(body, u64::MAX), MAX_FORM_BYTES).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() { FormError::TooLarge } else { FormError::Malformed }
            })?;
        let bytes = body.to_bytes();
        match kind.as_str() {
            "application/x-www-form-urlencoded" => Ok(Self::from_fields(&bytes)),
            "application/json" => Self::from_json(&bytes),
            _ => Err(FormError::Malformed),
        }
    }

    /// The answer of a passkey, with the ceremony that it belongs to.
    pub(super) fn answered(&self) -> Option<Answered<'_>> {
        let name = self.name.as_deref().unwrap_or_default();
        Some(Answered { id: self.id?, name, answer: self.answer.as_deref()? })
    }

    fn from_fields(bytes: &[u8]) -> Self {
        let field = |name: &str| {
            let mut values =
                form_urlencoded::parse(bytes).filter(|(field, _)| field == name).map(|(_, value)| value);
            let first = values.next()?;
            values.next().is_none().then(|| first.into_owned())
        };
        Self {
            token: field("token").unwrap_or_default(),
            return_to: field("return")
                .map_or_else(ReturnTarget::front_page, |target| ReturnTarget::parse(&target)),
            code: field("code"),
            name: field("name"),
            id: field("id").and_then(|id| Uuid::try_parse(&id).ok()),
            answer: field("answer"),
            aim: Aim::of(field("for").as_deref()),
            is_json: false,
        }
    }

    fn from_json(bytes: &[u8]) -> Result<Self, FormError> {
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|_| FormError::Malformed)?;
        let object = value.as_object().ok_or(FormError::Malformed)?;
        let field = |name: &str| object.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        Ok(Self {
            token: field("token").unwrap_or_default(),
            return_to: field("return")
                .map_or_else(ReturnTarget::front_page, |target| ReturnTarget::parse(&target)),
            code: field("code"),
            name: field("name"),
            id: field("id").and_then(|id| Uuid::try_parse(&id).ok()),
            answer: field("answer"),
            aim: Aim::of(field("for").as_deref()),
            is_json: true,
        })
    }
}

/// A parameter of an own page's address; the first of its name.
pub(super) fn parameter(parts: &Parts, name: &str) -> Option<String> {
    let query = parts.uri.query().unwrap_or_default();
    let mut values = form_urlencoded::parse(query.as_bytes());
    values.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Where the person goes on, by the address of an own page.
pub(super) fn return_parameter(parts: &Parts) -> ReturnTarget {
    parameter(parts, "return").map_or_else(ReturnTarget::front_page, |target| ReturnTarget::parse(&target))
}

/// Whether a browser that sent a form goes where the answer sends it. One that does not say so is an old one, or a program that
/// says what it is by the kind of its form.
pub(super) fn is_page_load(headers: &HeaderMap, form: &Form) -> bool {
    !form.is_json && headers.get("sec-fetch-mode").is_none_or(|mode| mode == "navigate")
}

/// Whether the browser says that a form was on this site. What it does not say is left to the token, which another site
/// cannot know.
pub(super) fn is_same_site(headers: &HeaderMap, scheme: Scheme, host: &str) -> bool {
    let from_here = |origin: &HeaderValue| {
        origin
            .to_str()
            .is_ok_and(|origin| origin.eq_ignore_ascii_case(&format!("{}://{host}", scheme.as_str())))
    };
    let site = headers.get(SEC_FETCH_SITE);
    headers.get(header::ORIGIN).is_none_or(from_here)
        && site.is_none_or(|site| site == "same-origin" || site == "none")
}

/// Whether the browser says so in so many words: a form of another site can leave it open, and never says this.
pub(super) fn says_same_site(headers: &HeaderMap, scheme: Scheme, host: &str) -> bool {
    let says_so = match headers.get(SEC_FETCH_SITE) {
        Some(site) => site == "same-origin",
        None => headers.contains_key(header::ORIGIN),
    };
    says_so && is_same_site(headers, scheme, host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_given_twice_is_none() {
        let form = Form::from_fields(b"token=t&return=%2Fbrowse&code=1&code=2");
        assert_eq!((form.token.as_str(), form.return_to.as_str(), form.code), ("t", "/browse", None));
        assert_eq!(Form::from_fields(b"code=123+456").code.as_deref(), Some("123 456"));
    }

    #[test]
    fn t094_a_code_that_is_no_text_is_none() {
        for code in [r#"["1","2"]"#, "123456", "true", "null", "{}"] {
            let form = Form::from_json(format!(r#"{{"token":"t","code":{code}}}"#).as_bytes()).unwrap();
            assert_eq!((form.token.as_str(), form.code), ("t", None));
        }
        for broken in ["", "[]", "7", "{"] {
            assert_eq!(Form::from_json(broken.as_bytes()).err(), Some(FormError::Malformed));
        }
    }

    #[test]
    fn t100_what_a_browser_leaves_open_is_no_word_that_a_form_was_here() {
        let says = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)));
            says_same_site(&pairs.collect(), Scheme::Https, "wiki.test")
        };
        for own in [
            [("origin", "https://wiki.test")].as_slice(),
            &[("sec-fetch-site", "same-origin")],
            &[("origin", "https://wiki.test"), ("sec-fetch-site", "same-origin")],
        ] {
            assert!(says(own), "{own:?}");
        }
        for other in [
            [].as_slice(),
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://wiki.test"), ("sec-fetch-site", "none")],
            &[("origin", "https://evil.test"), ("sec-fetch-site", "same-origin")],
            &[("origin", "null")],
        ] {
            assert!(!says(other), "{other:?}");
        }
    }

    #[test]
    fn t100_a_form_of_another_site_is_told_by_what_browsers_say() {
        let same = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            is_same_site(&headers, Scheme::Https, "wiki.test")
        };
        assert!(same(&[]));
        assert!(same(&[("origin", "https://wiki.test"), ("sec-fetch-site", "same-origin")]));
        assert!(same(&[("sec-fetch-site", "none")]));
        for pairs in [
            [("origin", "null")].as_slice(),
            &[("origin", "https://evil.test")],
            &[("origin", "http://wiki.test")],
            &[("origin", "https://wiki.test.evil.test")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://wiki.test"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(!same(pairs), "{pairs:?}");
        }
    }
}
