//! `/.postern/methods`: what people set up to confirm that it is them, and how they show it.
//!
//! Whoever changes anything here must have verified in this very browser within [`FRESH`], in a way that their policy takes: the
//! cookie of a session alone, which somebody may have stolen, is not enough. How authenticators are shown at the challenge stands
//! in `ask.rs`, what is done through the store in `actions/authenticators/`.

pub(super) mod ask;
mod deeds;

use std::sync::Arc;

use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use crate::actions::AuthenticatorRow;
use crate::actions::authenticators::app::AppSetup;
use crate::actions::authenticators::passkey::RelyingParty;
use crate::actions::issue_code::{Asker, InBrowser};
use crate::domain::account::{Class, DeviceId, Family};
use crate::domain::authenticator::{Authenticators, FRESH, MOST};
use crate::domain::decide::class;
use crate::domain::decision::{Decision, Reason};
use crate::domain::email::EmailAddress;
use crate::domain::facts::ProofFact;
use crate::domain::lane::Lane;
use crate::domain::lifecycle::Claim;
use crate::domain::method::{Method, Methods};
use crate::domain::return_target::ReturnTarget;
use crate::identity::{Identity, SessionIdentity};

use super::Gateway;
use super::body::Body;
use super::browsers::browsers_page;
use super::client::network;
use super::cookies;
use super::exchange::{Exchange, Refused};
use super::form::return_parameter;
use super::handover::Here;
use super::judge::{Judged, session_fact};
use super::pages::methods::{Had, MethodsNotice, MethodsPage, Setup, picture};
use super::pages::{Frame, SiteName};
use super::respond::{self, with_return};
use super::route::Served;

pub(super) use deeds::Deed;

/// Where the page is, below the prefix of a site.
const PATH: &str = "/.postern/methods";

/// What a person's policy says of the ways to confirm that it is them.
pub(super) struct Ways {
    /// Those that count.
    pub methods: Methods,
    /// Of a managed person: since when their session lasts. A verification from before it says nothing of it.
    since: Option<Timestamp>,
    is_managed: bool,
}

/// Somebody at the page of what is theirs.
struct Owner {
    person: Arc<Identity>,
    email: EmailAddress,
    device: DeviceId,
    ways: Ways,
    rows: Vec<AuthenticatorRow>,
    /// Whether they verified so lately that they may change something.
    is_fresh: bool,
    /// What they verified belongs to.
    family: Option<Family>,
    return_to: ReturnTarget,
    network: String,
    /// The address of the page that lists their browsers.
    browsers: String,
}

/// Who comes to the page.
enum Visitor {
    Owner(Box<Owner>),
    /// Somebody who has to go elsewhere first.
    Sent(Box<Response<Body>>),
}

impl Gateway {
    /// `GET methods`: what somebody set up. It changes nothing.
    pub(super) async fn methods(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
    ) -> Result<Response<Body>, Refused> {
        exchange.expect_page_load()?;
        match self.visitor(exchange, here, return_parameter(here.parts)).await? {
            Visitor::Sent(elsewhere) => Ok(*elsewhere),
            Visitor::Owner(owner) => {
                if here.cookies.device.is_none() {
                    let plan = &exchange.plan;
                    exchange.set_cookies.push(cookies::keep_device(owner.device, plan.names, plan.scheme));
                }
                Ok(self.methods_page(exchange, here, &owner, StatusCode::OK, None, None))
            }
        }
    }

    async fn visitor(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        return_to: ReturnTarget,
    ) -> Result<Visitor, Refused> {
        let Here { served, cookies, .. } = here;
        if cookies.session.is_none() || !served.site.judges() {
            return Ok(Visitor::Sent(Box::new(respond::see_other(return_to.as_str()))));
        }
        let judged = self.judge(exchange, served, Lane::Own, cookies).await;
        self.turn_away(exchange, served, cookies, &judged);
        let Some(SessionIdentity::Person(person)) = &judged.session else {
            return match judged.decision {
                Decision::Pass(_) => Ok(Visitor::Sent(Box::new(respond::see_other(return_to.as_str())))),
                decision => Err(Refused::by(&decision)),
            };
        };
        let is_to_set_up = judged.decision == Decision::Challenge(Reason::SecondStepSetup);
        match judged.decision {
            Decision::Pass(_) => {}
            Decision::Challenge(_) if is_to_set_up => {}
            Decision::Challenge(_) => return Ok(Visitor::Sent(Box::new(to_confirm(served, &return_to)))),
            decision => return Err(Refused::by(&decision)),
        }
        let email = person.email.clone().ok_or(Reason::AddressUnknown)?;
        let (ways, site) = (self.ways(served, person), &served.site);
        let rows = self.actions.authenticators(&site.organization.id, &email).await;
        let rows = rows.map_err(Refused::by_store)?;
        let is_fresh = self.is_fresh(&judged, person, &ways, usable(&rows, served, ways.methods));
        // There is nothing else for them to do, so nothing is to be pressed first.
        if is_to_set_up && !is_fresh {
            return Ok(Visitor::Sent(Box::new(to_confirm(served, &return_to))));
        }
        Ok(Visitor::Owner(Box::new(Owner {
            person: Arc::clone(person),
            email,
            device: cookies.device.unwrap_or_else(|| DeviceId(self.entropy.bytes())),
            ways,
            rows,
            is_fresh,
            family: judged.family,
            return_to,
            network: network(exchange.client),
            browsers: browsers_page(exchange, served),
        })))
    }

    /// What a person's policy takes. Whose address may not be theirs proves the mailbox and sets nothing up under it.
    pub(super) fn ways(&self, served: &Served, person: &Arc<Identity>) -> Ways {
        let organization = &served.site.organization.id;
        let session = Some(SessionIdentity::Person(Arc::clone(person)));
        let state = self.state(session.as_ref());
        let (snapshot, lasting) = (self.directory.snapshot(), person.lasting());
        let fact = session_fact(session.as_ref(), state, None);
        if class(&snapshot, organization, fact) == Class::Managed {
            let policy = snapshot.auth.of(organization, state.policy);
            let asked = lasting.and_then(|session| session.asked.as_ref()).or(policy.settings.as_ref());
            let methods = asked.map_or(Methods::NONE, |asked| asked.two_step.methods());
            return Ways { methods, since: lasting.map(|session| session.began_at), is_managed: true };
        }
        let methods = if person.believed_email().is_none() || state.claim == Claim::Unproved {
            Methods::MAILED_CODE
        } else {
            self.external_policy(served, person).methods
        };
        Ways { methods, since: None, is_managed: false }
    }

    /// Whether somebody verified lately, in this browser, in this session and in a way that counts. A mailed code does where no
    /// other way is theirs yet, or nobody could ever set up the first.
    fn is_fresh(&self, judged: &Judged, person: &Identity, ways: &Ways, usable: Methods) -> bool {
        let ProofFact::VerifiedAt(at, by) = judged.proof else { return false };
        let counts = ways.methods.has(by) || (by == Method::MailedCode && usable.is_empty());
        let age = self.clock.now().as_millisecond() - at.as_millisecond();
        let is_recent = age < i64::try_from(FRESH.as_millis()).unwrap_or(0);
        let is_of_session = ways.since.is_none_or(|began_at| at >= began_at);
        let revoked_at = self.revoked_at(Some(person), judged.family);
        counts && is_recent && is_of_session && revoked_at.is_none_or(|revoked_at| at > revoked_at)
    }

    fn methods_page(
        &self,
        exchange: &Exchange,
        here: Here<'_>,
        owner: &Owner,
        status: StatusCode,
        notice: Option<MethodsNotice>,
        setup: Option<&AppSetup>,
    ) -> Response<Body> {
        let (site, language) = (&here.served.site, exchange.language());
        let can_add = Authenticators { takes_passkeys: site.takes_passkeys, ..Authenticators::default() }
            .possible(ways_left(owner));
        let page = MethodsPage {
            frame: Frame::new(language, Some(&site.organization)),
            site: SiteName::of(site),
            masked_email: owner.email.masked(),
            is_mail_enough: owner.ways.methods.has(Method::MailedCode) || !owner.ways.is_managed,
            had: owner.rows.iter().map(had).collect(),
            can_add_app: can_add.has(Method::AuthenticatorApp),
            can_add_passkey: can_add.has(Method::Passkey),
            is_fresh: owner.is_fresh,
            setup: setup.and_then(|setup| shown(setup, &site.organization.name, &owner.email)),
            notice,
            form_token: self.identities.form_token(&site.id, owner.person.subject, owner.device),
            return_to: owner.return_to.clone(),
            confirm: confirm_target(here.served, &owner.return_to),
        };
        let mut response = respond::html(status, page.html(), language);
        if owner.is_fresh && can_add.has(Method::Passkey) {
            respond::allow_own_scripts(&mut response);
        }
        response
    }
}

/// What the script of a page is told: what to ask the browser, or nothing where that may not be.
fn asked(options: Option<Value>) -> Response<Body> {
    let status = if options.is_some() { StatusCode::OK } else { StatusCode::CONFLICT };
    let mut response = Response::new(Body::from(options.unwrap_or_default().to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Where browsers see a site, as passkeys are tied to it.
fn origin(exchange: &Exchange) -> String {
    format!("{}://{}", exchange.plan.scheme.as_str(), exchange.host)
}

fn party<'a>(served: &'a Served, origin: &'a str) -> RelyingParty<'a> {
    let site = &served.site;
    RelyingParty { host: site.host.as_str(), origin, name: &site.organization.name }
}

impl Owner {
    fn asker<'a>(&'a self, exchange: &Exchange, served: &'a Served) -> Asker<'a> {
        Asker {
            subject: self.person.subject,
            device: self.device,
            email: &self.email,
            is_contradicted: self.person.address_changed,
            organization: &served.site.organization,
            site: &served.site.id,
            address: exchange.client,
            network: &self.network,
            language: exchange.language(),
            browser: InBrowser { browser: exchange.browser(), list: &self.browsers },
        }
    }
}

/// What of these somebody can confirm with at a site.
pub(super) fn usable(rows: &[AuthenticatorRow], served: &Served, methods: Methods) -> Methods {
    let is_here = |row: &&AuthenticatorRow| {
        let host = row.host.as_deref();
        host.is_none_or(|host| served.site.takes_passkeys && host == served.site.host.as_str())
    };
    let had = rows.iter().filter(is_here).fold(Methods::NONE, |all, row| all.with(row.method));
    had.and(methods)
}

/// What somebody may still set up.
fn ways_left(owner: &Owner) -> Methods {
    if owner.rows.len() < MOST { owner.ways.methods.authenticators() } else { Methods::NONE }
}

/// Where somebody changes what they have, and goes on from afterwards.
pub(super) fn methods_target(served: &Served, return_to: &ReturnTarget) -> String {
    with_return(&format!("{}{PATH}?", served.site.prefix), return_to)
}

/// Where somebody confirms that it is them before that.
fn confirm_target(served: &Served, return_to: &ReturnTarget) -> String {
    with_return(&format!("{}{}?for=methods&", served.site.prefix, respond::CHALLENGE_PATH), return_to)
}

fn to_confirm(served: &Served, return_to: &ReturnTarget) -> Response<Body> {
    respond::see_other(&confirm_target(served, return_to))
}

fn had(row: &AuthenticatorRow) -> Had {
    Had {
        id: row.id,
        name: row.name.clone(),
        method: row.method,
        host: row.host.clone(),
        added: row.created_at.strftime("%Y-%m-%d").to_string(),
    }
}

fn shown(setup: &AppSetup, organization: &str, email: &EmailAddress) -> Option<Setup> {
    let address = setup.secret.address(organization, email.as_str())?;
    Some(Setup { id: setup.id, key: setup.secret.in_groups(), picture: picture(&address), address })
}
