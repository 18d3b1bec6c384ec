//! The challenge as its page shows it: opening it, trying a code, asking for another mail.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{self, HeaderValue};
use http::{Response, StatusCode};

use crate::actions::Challenge;
use crate::actions::check_code::{Checked, Proven};
use crate::actions::issue_code::{Asker, InBrowser, Issued, MailRequest, Occasion};
use crate::domain::account::DeviceId;
use crate::domain::browser::Browser;
use crate::domain::decision::Reason;
use crate::domain::email::EmailAddress;
use crate::domain::language::Language;
use crate::domain::mail_tag::MailTag;
use crate::domain::return_target::ReturnTarget;
use crate::identity::Identity;
use crate::telemetry::labels::ChallengeEvent;

use super::Gateway;
use super::authenticators::methods_target;
use super::body::Body;
use super::browsers::browsers_page;
use super::client::network;
use super::cookies;
use super::exchange::{Exchange, Refused};
use super::form::Form;
use super::handover::kin::Kin;
use super::pages::challenge::{ChallengePage, Delivery, Notice, Why};
use super::pages::{Aim, Frame, SiteName};
use super::plan::Plan;
use super::respond;
use super::route::Served;
use super::verdict::{event, mail_notice, minutes, said, seconds_until, shown_delivery, verdict};

/// How long the page waits for the mail server before it is shown without its answer.
const DELIVERY_WAIT: Duration = Duration::from_millis(1500);

/// A person on the challenge page.
pub(super) struct Visit {
    pub plan: Arc<Plan>,
    pub served: Served,
    pub person: Arc<Identity>,
    /// Why they are asked.
    reason: Reason,
    /// Where they go on to.
    pub aim: Aim,
    pub email: EmailAddress,
    pub device: DeviceId,
    address: IpAddr,
    network: String,
    pub language: Language,
    browser: Browser,
    /// The address of the page that lists the person's browsers.
    browsers: String,
    pub return_to: ReturnTarget,
    /// Whether they asked to be asked for what they set up.
    wants_other: bool,
}

/// What the page shows besides the person.
struct Shown {
    status: StatusCode,
    notice: Option<Notice>,
    challenge: Option<Challenge>,
    delivery: Delivery,
    tries_left: u32,
    /// Whether they can confirm with something that they set up.
    has_other: bool,
}

impl Visit {
    pub(super) fn new(
        exchange: &Exchange,
        served: &Served,
        person: &Arc<Identity>,
        (reason, aim): (Reason, Aim),
        device: DeviceId,
        return_to: ReturnTarget,
    ) -> Result<Self, Refused> {
        Ok(Self {
            plan: Arc::clone(&exchange.plan),
            served: served.clone(),
            email: mailbox(person)?.clone(),
            person: Arc::clone(person),
            reason,
            aim,
            device,
            address: exchange.client,
            network: network(exchange.client),
            language: exchange.language(),
            browser: exchange.browser(),
            browsers: browsers_page(exchange, served),
            return_to,
            wants_other: exchange.asks_otherwise(),
        })
    }

    /// Why they are asked, as their page says it.
    pub(super) fn why(&self) -> Why {
        match (self.reason, self.aim) {
            (Reason::SecondStepSetup, _) => Why::Setup,
            (_, Aim::Methods) => Why::Change,
            (Reason::SecondStep, Aim::Page) => Why::SecondStep,
            (_, Aim::Page) => Why::Policy,
        }
    }

    /// The page itself.
    fn here(&self) -> String {
        let aim = if self.aim == Aim::Methods { "for=methods&" } else { "" };
        let page = format!("{}{}?{aim}", self.served.site.prefix, respond::CHALLENGE_PATH);
        respond::with_return(&page, &self.return_to)
    }

    /// The product's sign-out page, where the profile knows one.
    pub(super) fn sign_out(&self) -> Option<ReturnTarget> {
        let site = &self.served.site;
        let page = site.profile.logout.iter().find(|page| page.method == http::Method::GET)?;
        Some(ReturnTarget::parse(&format!("{}{}", site.prefix, page.path)))
    }

    pub(super) fn asker(&self) -> Asker<'_> {
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
            browser: InBrowser { browser: self.browser, list: &self.browsers },
        }
    }
}

impl Gateway {
    /// Opens the challenge, or finds the live one, and shows its page.
    /// Whoever set up something of their own is asked for that first, and no mail goes out until they ask for one.
    pub(super) async fn show_challenge(&self, visit: &Visit) -> Result<Response<Body>, Refused> {
        let offer = self.offer(visit).await?;
        if !offer.authenticators.is_empty() {
            let live = self.actions.live_challenge(visit.person.subject, visit.device).await;
            let live = live.map_err(Refused::by_store)?.filter(|_| offer.mail && !visit.wants_other);
            return match live {
                None => Ok(self.confirm_page(visit, offer, StatusCode::OK, None)),
                live => self.page(visit, StatusCode::OK, None, live).await,
            };
        }
        let issued = self.issue(visit, Occasion::Opening).await?;
        let notice = match issued.mail {
            MailRequest::Refused(limited) => Some(mail_notice(limited, self.clock.now())),
            _ => None,
        };
        self.page(visit, StatusCode::OK, notice, issued.challenge).await
    }

    /// Sends the live code once more, or a new one where none lives.
    pub(super) async fn resend(&self, visit: &Visit) -> Result<Response<Body>, Refused> {
        if !self.offer(visit).await?.mail {
            return self.show_challenge(visit).await;
        }
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
            return Ok(self.let_on(exchange, visit, kin, proven));
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

    /// Lets somebody go on who has just verified.
    pub(super) fn let_on(
        &self,
        exchange: &mut Exchange,
        visit: &Visit,
        kin: Kin,
        proven: &Proven,
    ) -> Response<Body> {
        let plan = &visit.plan;
        exchange.set_cookies.push(cookies::keep_device(proven.device, plan.names, plan.scheme));
        let frequency = self.external_policy(&visit.served, &visit.person).frequency;
        let proof = cookies::keep(plan.names.proof, &proven.token, plan.scheme, frequency);
        exchange.set_cookies.push(proof);
        let verified = (proven.verified_at, proven.by);
        let sent_on = self.sent_on(exchange, &visit.served, kin, verified, &visit.return_to);
        match visit.why() {
            Why::Setup | Why::Change => respond::see_other(&methods_target(&visit.served, &visit.return_to)),
            Why::Policy | Why::SecondStep => sent_on,
        }
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
        let has_other = !self.offer(visit).await?.authenticators.is_empty();
        let shown = Shown { status, notice, challenge, delivery, tries_left, has_other };
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
            why: visit.why(),
            other_way: shown.has_other.then(|| format!("{}&by=other", visit.here())),
            aim: visit.aim,
            delivery: shown.delivery,
            tag: shown.challenge.as_ref().map(|challenge| MailTag::of(challenge.id)),
            digits: visit.plan.rules.code_digits,
            tries_left: shown.tries_left,
            minutes_left,
            notice: shown.notice,
            form_token: self.identities.form_token(&site.id, visit.person.subject, visit.device),
            here: visit.here(),
            return_to: visit.return_to.clone(),
            holds_form: visit.return_to.is_held_form(),
            sign_out: visit.sign_out(),
        };
        respond::html(shown.status, page.html(), visit.language)
    }
}

/// The mailbox a code goes to.
fn mailbox(person: &Identity) -> Result<&EmailAddress, Refused> {
    person.email.as_ref().ok_or_else(|| Reason::AddressUnknown.into())
}
