//! Keep what was decided, for whoever asks by a receipt, and for trying a policy on what happened. A warm request that passes
//! pays one hash for it.

use std::hash::Hash;

use crate::actions::decisions::Often;
use crate::actions::{DecisionFacts, DecisionRow};
use crate::config::decisions::Kept;
use crate::domain::decision::{Decision, Reason};
use crate::domain::lane::Lane;
use crate::domain::organization::OrganizationId;
use crate::domain::recorded::Recorded;
use crate::domain::user_agent::family;
use crate::telemetry::labels::{DecisionLabel, Label as _};

use super::Gateway;
use super::exchange::Exchange;
use super::route::Served;

/// Whom a decision is about.
pub(super) struct About<'a, W> {
    /// Their address, or their login name where none is known.
    pub who: Option<&'a str>,
    /// By what one is told from another.
    pub whom: W,
}

impl Gateway {
    /// Has a decision about somebody written down, if it is news. `recorded` is asked for what it was made by then alone.
    pub(super) fn keep_decision(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        lane: Lane,
        decision: &Decision,
        about: About<'_, impl Hash>,
        recorded: impl FnOnce() -> Recorded,
    ) {
        let often = match decision {
            // Whoever looks at the page that asks for a code was refused before, and is not now.
            Decision::Pass(_) | Decision::Challenge(_) if lane == Lane::Own => return,
            Decision::Pass(permit) if permit.instead().is_none() => {
                let is_managed = decision.reason() == Reason::Managed;
                // Of most people the pages alone say how long they were away.
                let often = if is_managed && lane != Lane::Browser { Often::Day } else { Often::Hour };
                (Kept::All, often)
            }
            Decision::Pass(_) => (Kept::Refusals, Often::Hour),
            _ => {
                exchange.is_kept = true;
                (Kept::Refusals, refused(exchange))
            }
        };
        if is_news(self, exchange, often, (&about.whom, &served.site.id, lane, decision.reason())) {
            let organization = served.site.organization.id.clone();
            let facts = DecisionFacts::Kept(Box::new(recorded()));
            let label = DecisionLabel::from(decision);
            self.decisions.keep_one(row(exchange, organization, about.who, label, decision.reason(), facts));
        }
    }

    /// Has a refusal written down that was no decision about a person, where some site of ours was asked for.
    pub(super) fn keep_refusal(&self, exchange: &Exchange) {
        let Some(organization) = exchange.plan.routes.organization_of(&exchange.host) else { return };
        let often = (Kept::Refusals, refused(exchange));
        let (label, reason) = (exchange.record.decision, exchange.record.reason);
        if !exchange.is_kept
            && is_news(self, exchange, often, (exchange.client, &exchange.record.site, reason))
        {
            let organization = organization.id.clone();
            let row = row(exchange, organization, None, label, reason, DecisionFacts::None);
            self.decisions.keep_one(row);
        }
    }
}

/// A person reads the receipt of each page, and a program none.
fn refused(exchange: &Exchange) -> Often {
    if exchange.navigation { Often::Second } else { Often::Minute }
}

fn is_news(gateway: &Gateway, exchange: &Exchange, often: (Kept, Often), what: impl Hash) -> bool {
    let (at_least, often) = often;
    let agent = exchange.agent.as_ref().map(|agent| agent.as_bytes());
    exchange.plan.decisions >= at_least && gateway.decisions.is_news((what, agent), often, exchange.record.at)
}

fn row(
    exchange: &Exchange,
    organization: OrganizationId,
    who: Option<&str>,
    label: DecisionLabel,
    reason: Reason,
    facts: DecisionFacts,
) -> DecisionRow {
    let agent = exchange.agent.as_ref().and_then(|agent| agent.to_str().ok());
    DecisionRow {
        receipt: exchange.record.receipt,
        organization,
        at: exchange.record.at,
        site: exchange.record.site.to_string(),
        who: who.map(str::to_owned),
        lane: exchange.record.lane.label().to_owned(),
        client: family(agent.unwrap_or_default()),
        decision: label.label().to_owned(),
        reason: reason.code().to_owned(),
        facts,
    }
}
