//! What came of a try at the challenge, and how its mail stands: for the page, for a program, and for the metrics. Nothing here decides.

use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use jiff::Timestamp;
use serde_json::json;

use crate::actions::check_code::Checked;
use crate::actions::{self, Limited, Scope};
use crate::telemetry::labels::ChallengeEvent;

use super::body::Body;
use super::pages::challenge::{Delivery, Notice};

/// What came of a try, for the page: its status, its sentence, and from when on another try may go better.
pub(super) fn verdict(checked: &Checked, now: Timestamp) -> (StatusCode, Notice, Option<Timestamp>) {
    match checked {
        Checked::Wrong { .. } => (StatusCode::UNPROCESSABLE_ENTITY, Notice::WrongCode, None),
        Checked::Malformed { .. } => (StatusCode::BAD_REQUEST, Notice::NotACode, None),
        Checked::Exhausted => (StatusCode::TOO_MANY_REQUESTS, Notice::TooManyTries, None),
        Checked::Expired | Checked::NothingOpen => (StatusCode::GONE, Notice::CodeExpired, None),
        Checked::Used | Checked::Verified(_) => (StatusCode::CONFLICT, Notice::CodeUsed, None),
        Checked::TooOften(limited) => {
            let wait_minutes = minutes(seconds_until(limited.until, now));
            let notice = too_often(
                limited.scope,
                Notice::TooOften { wait_minutes },
                Notice::NetworkTooOften { wait_minutes },
            );
            (StatusCode::TOO_MANY_REQUESTS, notice, Some(limited.until))
        }
    }
}

/// The same for a program.
pub(super) fn said(status: StatusCode, checked: &Checked) -> Response<Body> {
    let tries_left = match checked {
        Checked::Wrong { tries_left } | Checked::Malformed { tries_left } => Some(*tries_left),
        _ => None,
    };
    let code = match checked {
        Checked::Wrong { .. } => "wrong-code",
        Checked::Malformed { .. } => "malformed-code",
        Checked::Exhausted => "too-many-tries",
        Checked::Expired | Checked::NothingOpen => "code-expired",
        Checked::Used | Checked::Verified(_) => "code-used",
        Checked::TooOften(_) => "too-often",
    };
    not_accepted(status, code, tries_left)
}

/// What a program reads where it proved nothing.
pub(super) fn not_accepted(status: StatusCode, code: &str, tries_left: Option<u32>) -> Response<Body> {
    let mut problem = json!({
        "type": format!("urn:postern:{code}"),
        "title": "The code was not accepted",
        "status": status.as_u16(),
        "code": code,
    });
    if let Some(tries_left) = tries_left {
        problem["tries_left"] = json!(tries_left);
    }
    let mut response = Response::new(Body::from(problem.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// The same for the metrics.
pub(super) fn event(checked: &Checked) -> ChallengeEvent {
    match checked {
        Checked::Verified(_) => ChallengeEvent::Verified,
        Checked::Wrong { .. } => ChallengeEvent::WrongCode,
        Checked::Malformed { .. } => ChallengeEvent::MalformedCode,
        Checked::Exhausted => ChallengeEvent::Exhausted,
        Checked::Expired | Checked::Used | Checked::NothingOpen => ChallengeEvent::Expired,
        Checked::TooOften(_) => ChallengeEvent::Limited,
    }
}

/// What is said where another mail may not go out yet.
pub(super) fn mail_notice(limited: Limited, now: Timestamp) -> Notice {
    let wait_s = seconds_until(limited.until, now);
    match limited.scope {
        Scope::Account => Notice::MailTooOften { wait_s },
        Scope::Network | Scope::Everybody => Notice::NetworkTooOften { wait_minutes: minutes(wait_s) },
    }
}

/// What is said of a limit, by whose it is.
pub(super) fn too_often<N>(scope: Scope, of_account: N, of_network: N) -> N {
    match scope {
        Scope::Account => of_account,
        Scope::Network | Scope::Everybody => of_network,
    }
}

/// How long it is until then, in whole seconds; none where that is over.
pub(super) fn seconds_until(until: Timestamp, now: Timestamp) -> u32 {
    let millis = (until.as_millisecond() - now.as_millisecond()).max(0);
    u32::try_from((millis + 999) / 1000).unwrap_or(u32::MAX)
}

/// As pages say it: a minute that has begun counts.
pub(super) fn minutes(seconds: u32) -> u32 {
    seconds.div_ceil(60)
}

/// How a mail stands, for the page.
pub(super) fn shown_delivery(delivery: actions::Delivery, now: Timestamp) -> Delivery {
    match delivery {
        actions::Delivery::Sent { at } => Delivery::Sent { at, minutes_ago: seconds_until(now, at) / 60 },
        actions::Delivery::Refused(trouble) => Delivery::Refused(trouble),
        actions::Delivery::Late => Delivery::Late,
        actions::Delivery::Waiting { tries } => Delivery::Waiting { tries },
        actions::Delivery::Pending => Delivery::Queued,
    }
}
