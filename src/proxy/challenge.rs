//! The challenge as its page shows it: opening it, trying a code, asking for another mail.

use std::net::IpAddr;
use std::time::Duration;

use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use jiff::Timestamp;
use serde_json::json;

use crate::actions::check_code::Checked;
use crate::actions::issue_code::{Asker, Issued, MailRequest, Occasion};
use crate::actions::{self, Challenge, Limited, Scope};
use crate::domain::account::DeviceId;
use crate::domain::decision::Reason;
use crate::domain::email::EmailAddress;
use crate::domain::language::Language;
use crate::domain::mail_tag::MailTag;
use crate::domain::return_target::ReturnTarget;
use crate::identity::Identity;
use crate::telemetry::labels::ChallengeEvent;

use super::Gateway;
use super::body::Body;
use super::client::network;
use super::cookies;
use super::exchange::{Exchange, Refused};
use super::form::Form;
use super::handover::kin::Kin;
use super::pages::challenge::{ChallengePage, Delivery, Notice};
use super::pages::{Frame, SiteName};
use super::plan::Plan;
use super::respond;
use super::route::Served;

/// How long the page waits for the mail server before it is shown without its answer.
const DELIVERY_WAIT: Duration = Duration::from_millis(1500);

/// A person on the challenge page.
pub(super) struct Visit {
    plan: std::sync::Arc<Plan>,
    served: Served,
    person: Identity,
    /// Why they are asked.
    reason: Reason,
    email: EmailAddress,
    device: DeviceId,
    address: IpAddr,
    network: String,
    language: Language,
    return_to: ReturnTarget,
}

/// What the page shows besides the person.
struct Shown {
    status: StatusCode,
    notice: Option<Notice>,
    challenge: Option<Challenge>,
    delivery: Delivery,
    tries_left: u32,
}

impl Visit {
    pub(super) fn new(
        exchange: &Exchange,
        served: &Served,
        person: &Identity,
        reason: Reason,
        device: DeviceId,
        return_to: ReturnTarget,
    ) -> Result<Self, Refused> {
        Ok(Self {
            plan: std::sync::Arc::clone(&exchange.plan),
            served: served.clone(),
            email: mailbox(person)?.clone(),
            person: person.clone(),
            reason,
            device,
            address: exchange.client,
            network: network(exchange.client),
            language: exchange.language(),
            return_to,
        })
    }

    fn asker(&self) -> Asker<'_> {
        Asker {
            subject: self.person.subject,
            device: self.device,
            email: &self.email,
            is_contradicted: self.person.address_changed,
            organization: &self.served.site.organization,
            site: &self.served.site.id,
            address: self.address,
            network: &self.network,
            language: self.language,
        }
    }
}

impl Gateway {
    /// Opens the challenge, or finds the live one, and shows its page.
    pub(super) async fn show_challenge(&self, visit: &Visit) -> Result<Response<Body>, Refused> {
        let issued = self.issue(visit, Occasion::Opening).await?;
        let notice = match issued.mail {
            MailRequest::Refused(limited) => Some(mail_notice(limited, self.clock.now())),
            _ => None,
        };
        self.page(visit, StatusCode::OK, notice, issued.challenge).await
    }

    /// Sends the live code once more, or a new one where none lives.
    pub(super) async fn resend(&self, visit: &Visit) -> Result<Response<Body>, Refused> {
        let issued = self.issue(visit, Occasion::Resend).await?;
        let (status, notice) = match issued.mail {
            MailRequest::Refused(limited) => {
                (StatusCode::TOO_MANY_REQUESTS, mail_notice(limited, self.clock.now()))
            }
            _ => (StatusCode::OK, Notice::MailSent),
        };
        self.page(visit, status, Some(notice), issued.challenge).await
    }

    async fn issue(&self, visit: &Visit, occasion: Occasion) -> Result<Issued, Refused> {
        let issued = self.actions.issue_code(&visit.asker(), occasion, &visit.plan.rules).await;
        let issued = issued.map_err(Refused::by_store)?;
        let count = |event| self.metrics.challenges.count(event);
        match issued.mail {
            MailRequest::First => {
                [ChallengeEvent::Opened, ChallengeEvent::MailRequested].into_iter().for_each(count)
            }
            MailRequest::Again => count(ChallengeEvent::Resend),
            MailRequest::Refused(_) => count(ChallengeEvent::Limited),
            MailRequest::Earlier => {}
        }
        Ok(issued)
    }

    /// Tries a code; the right one leads back to the page that was asked for.
    pub(super) async fn verify(
        &self,
        exchange: &mut Exchange,
        visit: &Visit,
        form: &Form,
        kin: Kin,
    ) -> Result<Response<Body>, Refused> {
        let plan = &visit.plan;
        let typed = form.code.as_deref();
        let checked = self.actions.check_code(&visit.asker(), kin.family, typed, &plan.rules).await;
        let checked = checked.map_err(Refused::by_store)?;
        self.metrics.challenges.count(event(&checked));
        if let Checked::Verified(proven) = &checked {
            exchange.set_cookies.push(cookies::keep_device(proven.device, plan.names, plan.scheme));
            let frequency = self.external_policy(&visit.served, &visit.person).frequency;
            let proof = cookies::keep(plan.names.proof, &proven.token, plan.scheme, frequency);
            exchange.set_cookies.push(proof);
            return Ok(self.sent_on(exchange, &visit.served, kin, proven.verified_at, &visit.return_to));
        }
        let (status, notice, retry_at) = verdict(&checked, self.clock.now());
        let challenge = self.actions.live_challenge(visit.person.subject, visit.device).await;
        let challenge = challenge.map_err(Refused::by_store)?;
        let mut response = if form.is_json {
            said(status, &checked)
        } else {
            self.page(visit, status, Some(notice), challenge).await?
        };
        if let Some(until) = retry_at {
            let seconds = HeaderValue::from(seconds_until(until, self.clock.now()));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        Ok(response)
    }

    async fn page(
        &self,
        visit: &Visit,
        status: StatusCode,
        notice: Option<Notice>,
        challenge: Option<Challenge>,
    ) -> Result<Response<Body>, Refused> {
        let delivery = match &challenge {
            Some(challenge) => {
                let delivery = self.actions.delivery(challenge.id, DELIVERY_WAIT).await;
                shown_delivery(delivery, self.clock.now())
            }
            None => Delivery::Queued,
        };
        let tries_left = challenge
            .as_ref()
            .map_or(0, |challenge| visit.plan.rules.code_tries.saturating_sub(challenge.tries));
        let shown = Shown { status, notice, challenge, delivery, tries_left };
        Ok(self.render(visit, &shown))
    }

    fn render(&self, visit: &Visit, shown: &Shown) -> Response<Body> {
        let now = self.clock.now();
        let site = &visit.served.site;
        let minutes_left =
            shown.challenge.as_ref().map_or(0, |challenge| minutes(seconds_until(challenge.expires_at, now)));
        let page = ChallengePage {
            frame: Frame::new(visit.language, Some(&site.organization)),
            site: SiteName::of(site),
            masked_email: visit.email.masked(),
            sender: visit.plan.sender.clone(),
            frequency: self.external_policy(&visit.served, &visit.person).frequency,
            is_second_step: visit.reason == Reason::SecondStep,
            delivery: shown.delivery,
            tag: shown.challenge.as_ref().map(|challenge| MailTag::of(challenge.id)),
            digits: visit.plan.rules.code_digits,
            tries_left: shown.tries_left,
            minutes_left,
            notice: shown.notice,
            form_token: self.identities.form_token(&site.id, visit.person.subject, visit.device),
            here: respond::challenge_target(&site.prefix, &visit.return_to),
            return_to: visit.return_to.clone(),
            sign_out: site
                .profile
                .logout
                .iter()
                .find(|page| page.method == http::Method::GET)
                .map(|page| ReturnTarget::parse(&format!("{}{}", site.prefix, page.path))),
        };
        respond::html(shown.status, page.html(), visit.language)
    }
}

/// The mailbox a code goes to.
fn mailbox(person: &Identity) -> Result<&EmailAddress, Refused> {
    person.email.as_ref().ok_or_else(|| Reason::AddressUnknown.into())
}

/// What came of a try, for the page: its status, its sentence, and from when on another try may go better.
fn verdict(checked: &Checked, now: Timestamp) -> (StatusCode, Notice, Option<Timestamp>) {
    match checked {
        Checked::Wrong { .. } => (StatusCode::UNPROCESSABLE_ENTITY, Notice::WrongCode, None),
        Checked::Malformed { .. } => (StatusCode::BAD_REQUEST, Notice::NotACode, None),
        Checked::Exhausted => (StatusCode::TOO_MANY_REQUESTS, Notice::TooManyTries, None),
        Checked::Expired | Checked::NothingOpen => (StatusCode::GONE, Notice::CodeExpired, None),
        Checked::Used | Checked::Verified(_) => (StatusCode::CONFLICT, Notice::CodeUsed, None),
        Checked::TooOften(limited) => {
            let wait_minutes = minutes(seconds_until(limited.until, now));
            let notice = match limited.scope {
                Scope::Account => Notice::TooOften { wait_minutes },
                Scope::Network | Scope::Everybody => Notice::NetworkTooOften { wait_minutes },
            };
            (StatusCode::TOO_MANY_REQUESTS, notice, Some(limited.until))
        }
    }
}

/// The same for a program.
fn said(status: StatusCode, checked: &Checked) -> Response<Body> {
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
    let problem = json!({
        "type": format!("urn:postern:{code}"),
        "title": "The code was not accepted",
        "status": status.as_u16(),
        "code": code,
        "tries_left": tries_left,
    });
    let mut response = Response::new(Body::from(problem.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

fn event(checked: &Checked) -> ChallengeEvent {
    match checked {
        Checked::Verified(_) => ChallengeEvent::Verified,
        Checked::Wrong { .. } => ChallengeEvent::WrongCode,
        Checked::Malformed { .. } => ChallengeEvent::MalformedCode,
        Checked::Exhausted => ChallengeEvent::Exhausted,
        Checked::Expired | Checked::Used | Checked::NothingOpen => ChallengeEvent::Expired,
        Checked::TooOften(_) => ChallengeEvent::Limited,
    }
}

fn mail_notice(limited: Limited, now: Timestamp) -> Notice {
    let wait_s = seconds_until(limited.until, now);
    match limited.scope {
        Scope::Account => Notice::MailTooOften { wait_s },
        Scope::Network | Scope::Everybody => Notice::NetworkTooOften { wait_minutes: minutes(wait_s) },
    }
}

fn seconds_until(until: Timestamp, now: Timestamp) -> u32 {
    let millis = (until.as_millisecond() - now.as_millisecond()).max(0);
    u32::try_from((millis + 999) / 1000).unwrap_or(u32::MAX)
}

fn minutes(seconds: u32) -> u32 {
    seconds.div_ceil(60)
}

fn shown_delivery(delivery: actions::Delivery, now: Timestamp) -> Delivery {
    match delivery {
        actions::Delivery::Sent { at } => Delivery::Sent { at, minutes_ago: seconds_until(now, at) / 60 },
        actions::Delivery::Refused(trouble) => Delivery::Refused(trouble),
        actions::Delivery::Late => Delivery::Late,
        actions::Delivery::Waiting { tries } => Delivery::Waiting { tries },
        actions::Delivery::Pending => Delivery::Queued,
    }
}
