//! Asking Crowd whose its single sign-on token is, for the address that the request comes from.
//!
//! Crowd ties a token to an address, so an answer holds for that address alone: the session's key has it in it. Whatever
//! is not plainly Crowd's own answer is a failure; above all an error page at a wrong address must not read as "nobody".

use std::net::IpAddr;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::clock::stopwatch;
use crate::config::session::Crowd;
use crate::domain::email::EmailAddress;
use crate::telemetry::labels::IntrospectionResult;
use crate::telemetry::site_metrics::SiteMetrics;

use super::answer::{Address, Answer, Person, Presented, Reply, may_name};
use super::https;

/// The largest answer that is read.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The longest token that is asked about; real ones have 24 to 64 letters.
const MAX_TOKEN_BYTES: usize = 512;

/// How many questions may be under way at once, so that a flood of tokens does not become a flood at Crowd.
const MAX_QUESTIONS: usize = 64;

/// What Crowd says of a token that signs nobody in (`ErrorEntity.ErrorReason`).
const NOBODY: [&str; 3] = ["INVALID_SSO_TOKEN", "INVALID_USER_AUTHENTICATION", "INACTIVE_ACCOUNT"];

pub(super) struct CrowdClient {
    questions: Semaphore,
}

/// The answer about a token, as far as it is read.
#[derive(Deserialize)]
struct Session {
    user: User,
}

#[derive(Deserialize)]
struct User {
    name: String,
    key: Option<String>,
    email: Option<String>,
    active: bool,
}

/// An error in Crowd's own words.
#[derive(Deserialize)]
struct Refusal {
    reason: String,
}

impl CrowdClient {
    pub(super) fn new() -> Self {
        Self { questions: Semaphore::new(MAX_QUESTIONS) }
    }

    pub(super) async fn ask(&self, crowd: &Crowd, presented: Presented<'_>, counters: &SiteMetrics) -> Reply {
        let reply = |answer| Reply { answer, lifetime: crowd.cache, set_cookies: Vec::new() };
        let Some(token) = presented.cookie(&crowd.cookie).filter(|token| could_be_token(token)) else {
            return reply(Answer::Unknown);
        };
        let started = stopwatch();
        let question = async {
            let _turn = self.questions.acquire().await;
            exchange(crowd, token, presented.client).await
        };
        let answered = tokio::time::timeout(crowd.timeout, question).await;
        let answer = answered.unwrap_or(Answer::Failed("no answer from Crowd in time"));
        counters.introspections.count(label(&answer));
        counters.introspection_seconds.observe(started.elapsed().as_secs_f64());
        reply(answer)
    }
}

/// One path segment, whatever is in it; dots alone would be a way up, encoded or not (RFC 3986 section 6.2.2.3).
fn could_be_token(token: &[u8]) -> bool {
    let graphic = token.iter().all(u8::is_ascii_graphic);
    graphic && (1..=MAX_TOKEN_BYTES).contains(&token.len()) && token.iter().any(|byte| *byte != b'.')
}

async fn exchange(crowd: &Crowd, token: &[u8], client: IpAddr) -> Answer {
    let Some(request) = request(crowd, token, client) else {
        return Answer::Failed("the question to Crowd cannot be asked");
    };
    let Some(https) = https::client() else { return Answer::Failed("no TLS to Crowd") };
    match https.request(request).await {
        Ok(response) => read(response).await,
        Err(_) => Answer::Failed("no connection to Crowd"),
    }
}

fn request(crowd: &Crowd, token: &[u8], client: IpAddr) -> Option<Request<Full<Bytes>>> {
    let token = percent_encode(token, NON_ALPHANUMERIC);
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("{}{token}?expand=user", crowd.sessions))
        .header(AUTHORIZATION, &crowd.authorization)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json");
    request.body(Full::from(factors(crowd.gateway_address, client).to_string())).ok()
}

/// What Crowd compares with the sign-in: the address alone, or exactly what a product behind this gateway says.
fn factors(gateway: Option<IpAddr>, client: IpAddr) -> serde_json::Value {
    let factor = |name: &str, address: IpAddr| json!({ "name": name, "value": address.to_string() });
    let factors = match gateway {
        None => vec![factor("remote_address", client)],
        Some(gateway) => vec![factor("remote_address", gateway), factor("X-Forwarded-For", client)],
    };
    json!({ "validationFactors": factors })
}

async fn read(response: Response<Incoming>) -> Answer {
    let (parts, body) = response.into_parts();
    match parts.status {
        StatusCode::OK | StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => {}
        // It would be the same for everybody, and nobody's sign-in is to blame.
        StatusCode::UNAUTHORIZED => {
            return Answer::Failed("Crowd does not accept the application or its password");
        }
        StatusCode::FORBIDDEN => {
            return Answer::Failed("Crowd does not let the application ask from this address");
        }
        _ => return Answer::Failed("a status of Crowd that says nothing about a session"),
    }
    if !is_json(&parts.headers) {
        return Answer::Failed("not Crowd's JSON: is its address right?");
    }
    let Ok(body) = Limited::new(body, MAX_ANSWER_BYTES).collect().await else {
        return Answer::Failed("an answer of Crowd too large or broken off");
    };
    judge(parts.status, &body.to_bytes())
}

fn judge(status: StatusCode, body: &[u8]) -> Answer {
    if status != StatusCode::OK {
        return match serde_json::from_slice::<Refusal>(body) {
            Ok(refusal) if NOBODY.contains(&refusal.reason.as_str()) => Answer::Unknown,
            _ => Answer::Failed("an error of Crowd that says nothing about the token"),
        };
    }
    let Ok(Session { user }) = serde_json::from_slice::<Session>(body) else {
        return Answer::Failed("no user in Crowd's answer");
    };
    let key = user.key.filter(|key| !key.is_empty());
    if !may_name(&user.name) || !key.as_deref().is_none_or(may_name) {
        return Answer::Failed("no user name in Crowd's answer");
    }
    if !user.active {
        return Answer::Unknown;
    }
    let address = match user.email.filter(|email| !email.is_empty()).map(|email| EmailAddress::parse(&email))
    {
        None => Address::Unreported,
        Some(Ok(email)) => Address::Reported(email),
        Some(Err(_)) => return Answer::Failed("an address that is none"),
    };
    Answer::Person(Person {
        // Crowd's keys are none of the product's.
        realm: Some("crowd".into()),
        // Old versions have no key, and there a name is as stable as anything.
        key: key.unwrap_or_else(|| user.name.clone()),
        username: user.name,
        address,
        is_vouched: false,
        is_customer: false,
        session: None,
        sign_in: None,
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(kind)) = headers.get(CONTENT_TYPE).map(HeaderValue::to_str) else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn label(answer: &Answer) -> IntrospectionResult {
    match answer {
        Answer::Person(_) => IntrospectionResult::Person,
        Answer::Anonymous | Answer::Unknown => IntrospectionResult::Anonymous,
        Answer::Failed(_) => IntrospectionResult::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_crowds_own_words_make_a_token_nobodys() {
        let judge =
            |status: u16, body: &str| super::judge(StatusCode::from_u16(status).unwrap(), body.as_bytes());
        for reason in NOBODY {
            assert!(
                matches!(judge(404, &format!(r#"{{"reason":"{reason}"}}"#)), Answer::Unknown),
                "{reason}"
            );
        }
        for (status, body) in [
            (404, "{}"),
            (404, r#"{"reason":"APPLICATION_NOT_FOUND"}"#),
            (400, r#"{"status":404}"#),
            (200, "{}"),
            (200, r#"{"user":{"name":"jane"}}"#),
            (200, r#"{"user":{"name":"","active":true}}"#),
            (200, r#"{"user":{"name":"ja\u0000ne","active":true}}"#),
            (200, r#"{"user":{"name":"jane","key":"1\u0000","active":true}}"#),
            (200, r#"{"user":{"name":"jane","active":"true"}}"#),
            (200, r#"{"user":{"name":"jane","active":true,"email":"a@b@c.test"}}"#),
            (200, r#"{"user":{"name":"jane","active":true,"email":["a@acme.com"]}}"#),
        ] {
            assert!(matches!(judge(status, body), Answer::Failed(_)), "{status} {body}");
        }
        assert!(matches!(judge(200, r#"{"user":{"name":"jane","active":false}}"#), Answer::Unknown));
        let Answer::Person(person) = judge(200, r#"{"user":{"name":"jane","key":"1:a","active":true}}"#)
        else {
            panic!()
        };
        assert_eq!((person.key.as_str(), person.realm.as_deref()), ("1:a", Some("crowd")));
    }

    #[test]
    fn a_token_stays_one_segment_of_the_path() {
        for (token, fits) in [
            ("IiTTTaoXN6wsEIqbvBrCgA00", true),
            ("a/../b", true),
            ("a.b", true),
            ("", false),
            (".", false),
            ("..", false),
            ("a b", false),
            ("a\r\nb", false),
            ("ä", false),
        ] {
            assert_eq!(could_be_token(token.as_bytes()), fits, "{token:?}");
        }
        assert_eq!(percent_encode(b"a/../b?c", NON_ALPHANUMERIC).to_string(), "a%2F%2E%2E%2Fb%3Fc");
    }

    #[test]
    fn the_factors_are_those_of_a_product_behind_the_gateway() {
        let (gateway, client) = ("10.0.0.2".parse().unwrap(), "192.0.2.7".parse().unwrap());
        assert_eq!(
            factors(None, client).to_string(),
            r#"{"validationFactors":[{"name":"remote_address","value":"192.0.2.7"}]}"#
        );
        let both = factors(Some(gateway), client).to_string();
        assert!(both.contains(r#"{"name":"remote_address","value":"10.0.0.2"}"#), "{both}");
        assert!(both.contains(r#"{"name":"X-Forwarded-For","value":"192.0.2.7"}"#), "{both}");
    }
}
