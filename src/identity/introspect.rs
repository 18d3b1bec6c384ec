//! Asking a product whose session it is: one GET with exactly the credentials that will be forwarded.
//!
//! Bounded in time and size, follows no redirect, and takes nothing for an answer that is not plainly one.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Empty, Limited};
use tokio::sync::Semaphore;

use crate::clock::stopwatch;
use crate::config::session::{AnswerForm, Introspect};
use crate::config::settings::Site;
use crate::connect::{AnswerBody, Pools};
use crate::telemetry::labels::IntrospectionResult;
use crate::telemetry::site_metrics::SiteMetrics;

use super::answer::{Answer, Presented, Reply};
use super::reading;

/// The largest answer that is read.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// How many questions may be under way at once, so that a flood of unknown cookies does not become a flood upstream.
const MAX_QUESTIONS: usize = 64;

/// How long a connection may take to open, TLS included.
const CONNECT: Duration = Duration::from_secs(2);
/// How long an idle connection is kept: less than the 20 s after which Tomcat closes it.
const IDLE: Duration = Duration::from_secs(15);

pub(super) struct Introspector {
    pools: Pools<Empty<Bytes>>,
    questions: Semaphore,
}

impl Introspector {
    pub(super) fn new() -> Self {
        Self { pools: Pools::new(CONNECT, IDLE), questions: Semaphore::new(MAX_QUESTIONS) }
    }

    pub(super) async fn ask(
        &self,
        site: &Site,
        introspect: &Introspect,
        presented: Presented<'_>,
        counters: &SiteMetrics,
    ) -> Reply {
        let started = stopwatch();
        let question = async {
            let _turn = self.questions.acquire().await;
            self.exchange(site, introspect, presented).await
        };
        let answered = tokio::time::timeout(introspect.timeout, question).await;
        let (answer, set_cookies) =
            answered.unwrap_or_else(|_| (Answer::Failed("no answer in time"), Vec::new()));
        counters.introspections.count(label(&answer));
        counters.introspection_seconds.observe(started.elapsed().as_secs_f64());
        Reply { answer, lifetime: introspect.cache, set_cookies }
    }

    async fn exchange(
        &self,
        site: &Site,
        introspect: &Introspect,
        presented: Presented<'_>,
    ) -> (Answer, Vec<HeaderValue>) {
        let failed = |why| (Answer::Failed(why), Vec::new());
        let Some(request) = request(site, introspect, presented) else {
            return failed("the question cannot be asked");
        };
        let Ok(response) = self.pools.request(&site.upstream, request).await else {
            return failed("no connection");
        };
        let set_cookies = response.headers().get_all(SET_COOKIE).iter().cloned().collect();
        (read(introspect, response).await, set_cookies)
    }
}

fn label(answer: &Answer) -> IntrospectionResult {
    match answer {
        Answer::Person(_) => IntrospectionResult::Person,
        Answer::Anonymous => IntrospectionResult::Anonymous,
        Answer::Unknown | Answer::Failed(_) => IntrospectionResult::Failed,
    }
}

/// All credentials or none: of those it is not shown, a product's "nobody is signed in" would say nothing.
fn request(site: &Site, introspect: &Introspect, presented: Presented<'_>) -> Option<Request<Empty<Bytes>>> {
    let path = format!("{}{}", site.prefix, introspect.path);
    let uri = Uri::builder().path_and_query(path).build().ok()?;
    let mut request = Request::builder()
        .method(Method::GET)
        .uri(uri)
        .header(HOST, site.host.as_str())
        .header(ACCEPT, accepts(&introspect.form));
    if let Some(cookies) = presented.cookies {
        request = request.header(COOKIE, cookies);
    }
    for (name, value) in presented.headers {
        request = request.header(name, value);
    }
    request.body(Empty::new()).ok()
}

async fn read(introspect: &Introspect, response: Response<AnswerBody<Empty<Bytes>>>) -> Answer {
    let (parts, body) = response.into_parts();
    if parts.status == StatusCode::UNAUTHORIZED {
        return Answer::Anonymous;
    }
    if parts.status != StatusCode::OK {
        return Answer::Failed("a status other than 200 and 401");
    }
    if !is_of_form(&introspect.form, &parts.headers) {
        return Answer::Failed("an answer of another content type");
    }
    let Ok(body) = Limited::new(body, MAX_ANSWER_BYTES).collect().await else {
        return Answer::Failed("an answer too large or broken off");
    };
    let body = body.to_bytes();
    match &introspect.form {
        AnswerForm::Json(pointers) => reading::json(pointers, &body),
        AnswerForm::Page(patterns) => reading::page(patterns, &body),
    }
}

fn accepts(form: &AnswerForm) -> &'static str {
    match form {
        AnswerForm::Json(_) => "application/json",
        AnswerForm::Page(_) => "text/html",
    }
}

fn is_of_form(form: &AnswerForm, headers: &HeaderMap) -> bool {
    let Some(Ok(kind)) = headers.get(CONTENT_TYPE).map(HeaderValue::to_str) else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case(accepts(form))
}
