//! What the upstream is told of a request that goes on: by which receipt it is found here, and who was judged.
//!
//! Only we speak these names: `headers.rs` has removed them from what the client sent, in every spelling. Nothing is told of a
//! person whom the decision was not about: an API token's owner, a visitor of a sign-in page, a stranger.

use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::config::settings::Site;
use crate::domain::decision::{Credentials, Permit, Reason};
use crate::domain::facts::ProofFact;
use crate::domain::lane::Lane;
use crate::identity::SessionIdentity;
use crate::identity::assertion::Standing;
use crate::telemetry::receipt::Receipt;

use super::Gateway;
use super::judge::Judged;

const ACCOUNT: HeaderName = HeaderName::from_static("x-postern-account");
const EMAIL: HeaderName = HeaderName::from_static("x-postern-email");
const CLASS: HeaderName = HeaderName::from_static("x-postern-class");
const RECEIPT: HeaderName = HeaderName::from_static("x-postern-receipt");
const ASSERTION: HeaderName = HeaderName::from_static("x-postern-assertion");

impl Gateway {
    /// Adds to the head of an upstream request what this site's upstream is told.
    pub(super) fn tell(
        &self,
        headers: &mut HeaderMap,
        site: &Site,
        lane: Lane,
        permit: &Permit,
        judged: &Judged,
        receipt: Receipt,
    ) -> Result<(), Reason> {
        let value = HeaderValue::from_bytes(&receipt.text()).map_err(|_| Reason::Internal)?;
        headers.insert(RECEIPT, value);
        if !site.judges() {
            return Ok(());
        }
        let class = permit.reason().class();
        if site.identity_headers {
            headers.insert(CLASS, HeaderValue::from_static(class.label()));
        }
        let (Credentials::Cookies, Some(SessionIdentity::Person(person)), true) =
            (permit.forward(), &judged.session, lane != Lane::Public)
        else {
            return Ok(());
        };
        if site.identity_headers {
            let known = [(ACCOUNT, &person.told.account), (EMAIL, &person.told.email)];
            headers.extend(known.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        }
        if site.assertion {
            let verified_at = match judged.proof {
                ProofFact::VerifiedAt(at, _) if permit.reason() == Reason::FreshProof => Some(at),
                _ => None,
            };
            let standing = Standing { class, verified_at, receipt };
            let assertion = self.assertions.of(site, person, standing, self.clock.now());
            let assertion = assertion.map_err(|error| {
                tracing::error!(%error, "an upstream cannot be told who asks");
                Reason::Internal
            })?;
            headers.extend(assertion.map(|assertion| (ASSERTION, assertion)));
        }
        Ok(())
    }
}
