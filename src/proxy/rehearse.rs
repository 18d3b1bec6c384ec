//! Rehearse: the phases of a request up to its upstream, with no connection on either side. It must never send anything.
//!
//! The benchmarks call it, so what they measure is what `Gateway::handle` runs.

use std::net::IpAddr;
use std::sync::Arc;

use http::request::Parts;

use crate::config::settings::Site;
use crate::domain::decision::{Decision, Reason};
use crate::domain::lane::Lane;

use super::body::Body;
use super::cookies::Cookies;
use super::forward::upstream_request;
use super::lane;
use super::target::{self, check_forwarded};
use super::wire::Connection;
use super::{Admitted, Gateway, admit};

/// The lane of a request whose cookies were read, from its path on.
pub fn lane_of(parts: &Parts, site: &Site, peer: IpAddr, cookies: &Cookies) -> Result<Lane, Reason> {
    let path = target::path(parts)?;
    lane::classify(parts, site, peer, path, cookies, lane::is_navigation(parts))
}

impl Gateway {
    /// The head of the upstream request that a request without a body would become, or the reason why it would be refused.
    /// It is counted like any other request; where the identity is not remembered, the product is asked for it.
    pub async fn rehearse(&self, connection: &Connection, parts: Parts) -> Result<Parts, Reason> {
        let mut exchange = self.exchange(connection, &parts, false);
        let plan = Arc::clone(&exchange.plan);
        let Admitted { served, cookies, lane } = admit(&plan, &mut exchange, connection, &parts)?;
        if lane == Lane::Own {
            return Err(Reason::OwnPage);
        }
        let judged = self.judge(&mut exchange, served, lane, &cookies).await;
        exchange.decided(&judged.decision);
        let Decision::Pass(permit) = judged.decision else { return Err(judged.decision.reason()) };
        let site = &served.site;
        check_forwarded(&parts, site, lane)?;
        let client = exchange.client_value.clone();
        let mut request = upstream_request(parts, Body::empty(), &permit, site, cookies, client, plan.scheme);
        self.tell(request.headers_mut(), site, lane, &permit, &judged, exchange.record.receipt)?;
        Ok(request.into_parts().0)
    }
}
