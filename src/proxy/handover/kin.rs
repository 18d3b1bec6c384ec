//! What a verification belongs to, and who hears of it: the home host keeps a record, and is told by the others.

use std::sync::Arc;

use http::Response;
use jiff::Timestamp;

use crate::domain::account::{AccountKey, Family};
use crate::domain::domain_name::DomainName;
use crate::domain::handover::{Record, Ticket, Word};
use crate::domain::method::Method;
use crate::domain::return_target::ReturnTarget;
use crate::identity::Identity;

use super::super::Gateway;
use super::super::body::Body;
use super::super::cookies;
use super::super::exchange::Exchange;
use super::super::homes::Place;
use super::super::respond;
use super::super::route::Served;
use super::Here;
use super::away::Asked;

/// What a verification belongs to, and who hears of it.
pub(in crate::proxy) struct Kin {
    pub family: Family,
    hearer: Hearer,
}

enum Hearer {
    Nobody,
    /// This is the home host: it keeps a record.
    Here(Record, AccountKey),
    /// The home host knows this browser, and is told.
    Home(DomainName, AccountKey),
}

impl Gateway {
    /// What a verification here belongs to. `is_page` says whether the browser goes where it is sent.
    pub(in crate::proxy) fn kin(
        &self,
        exchange: &Exchange,
        here: Here<'_>,
        person: &Arc<Identity>,
        is_page: bool,
    ) -> Kin {
        let names = exchange.plan.names;
        let place = exchange.plan.homes.place(&here.served.site);
        let account = self.shared(here, person);
        match (account, place) {
            (Some(account), Place::Home) => {
                let record = self.record_for(here, names.home, account);
                Kin {
                    family: self.identities.family(&record, account),
                    hearer: Hearer::Here(record, account),
                }
            }
            (Some(account), Place::Away(home)) => match self.asked(here, names.asked, account) {
                Some(Asked { family: Some(family), .. }) if is_page => {
                    Kin { family, hearer: Hearer::Home(home.clone(), account) }
                }
                Some(Asked { family: Some(family), .. }) => Kin { family, hearer: Hearer::Nobody },
                _ => self.nobodys_kin(),
            },
            _ => self.nobodys_kin(),
        }
    }

    /// Sends somebody on who has just verified, by way of the home host where it is to hear of it.
    pub(in crate::proxy) fn sent_on(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        kin: Kin,
        (verified_at, by): (Timestamp, Method),
        return_to: &ReturnTarget,
    ) -> Response<Body> {
        let plan = Arc::clone(&exchange.plan);
        let (site, family) = (&served.site, kin.family);
        match kin.hearer {
            Hearer::Nobody => {}
            Hearer::Here(record, account) => {
                self.keep_record(
                    exchange,
                    served,
                    &Record { verified: Some((account, verified_at, by)), ..record },
                );
            }
            Hearer::Home(home, account) => {
                exchange.set_cookies.push(cookies::clear(plan.names.asked, plan.scheme));
                if let Some(at_home) = plan.routes.own(&home) {
                    let ticket = Ticket {
                        id: self.entropy.bytes(),
                        organization: site.organization.id.clone(),
                        from: site.id.to_string(),
                        to: at_home.site.id.to_string(),
                        account,
                        family,
                        word: Word::Left(verified_at, by),
                        issued_at: self.clock.now(),
                    };
                    return self.send_ticket(exchange, &at_home.site, &ticket, return_to);
                }
            }
        }
        respond::see_other(&self.arrival(site, return_to))
    }

    fn nobodys_kin(&self) -> Kin {
        Kin { family: Family(self.entropy.bytes()), hearer: Hearer::Nobody }
    }
}
