//! What outlives its request, an open socket or a long answer, is judged again until it ends, and is ended when the
//! decision no longer holds.
//!
//! Every [`LOOK`], and at once when the tables change here. Context: a proof that lapses ends sockets and answers without an
//! announced length at the next look; a download whose length was announced may finish, for at most [`LAST_BYTES`] more.
//! Whatever else takes the permission away (a sign-out, a reset, an account that is no longer claimed) ends each of them
//! at the next look: nobody waits for a person who was put out. Consequence: the times are bounds that `config/postern.toml`
//! promises.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::settings::{Site, WebSessions};
use crate::domain::decision::{Decision, Reason};
use crate::domain::lane::Lane;
use crate::identity::SessionIdentity;
use crate::telemetry::labels::StreamEnd;

use super::Gateway;
use super::cookies::Cookies;
use super::route::Served;

/// How often what is open is judged again: the bound on how long it outlives a lapse, or a sign-out at another node.
const LOOK: Duration = Duration::from_secs(5);
/// How long a download whose length was announced may go on after its proof lapsed.
pub(super) const LAST_BYTES: Duration = Duration::from_secs(3600);

/// Why something open must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The verification is too long ago.
    Lapsed,
    /// What permitted it was taken away.
    Revoked,
    /// The gateway stops.
    Stopping,
}

/// The open sockets, which no connection of the server knows any more.
#[derive(Default)]
pub(super) struct Sockets {
    open: TaskTracker,
    stop: CancellationToken,
}

impl Sockets {
    /// Runs one beside everything else.
    pub(super) fn run(&self, socket: impl Future<Output = ()> + Send + 'static) {
        self.open.spawn(socket);
    }

    /// Ends when the gateway stops.
    pub(super) fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        self.stop.clone().cancelled_owned()
    }

    /// Has every socket say goodbye, and waits until they have.
    pub(super) async fn close(&self) {
        self.stop.cancel();
        self.open.close();
        self.open.wait().await;
    }
}

/// What something open was permitted by, to be judged again.
pub(super) struct Watched {
    gateway: Arc<Gateway>,
    served: Served,
    lane: Lane,
    session: Option<SessionIdentity>,
    /// The proof and the browser; what went upstream is not kept.
    cookies: Cookies,
}

impl Watched {
    /// What is left of a request that was passed; `cookies` are those of [`take_proof`].
    pub(super) fn new(
        gateway: &Arc<Gateway>,
        served: &Served,
        lane: Lane,
        session: Option<SessionIdentity>,
        cookies: Cookies,
    ) -> Self {
        Self { gateway: Arc::clone(gateway), served: served.clone(), lane, session, cookies }
    }

    /// Ends when the decision is no longer a pass: for a lapse only after `grace`.
    pub(super) async fn until_ended(self, grace: Duration) -> Ending {
        let mut changes = self.gateway.directory.changes();
        let mut lapsed_at = None;
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                // The directory lives as long as the gateway, so the other end is there.
                _ = changes.changed() => {}
            }
            let (ending, counted) = match self.judge_again() {
                None => {
                    lapsed_at = None;
                    continue;
                }
                Some(Reason::ProofExpired) => (Ending::Lapsed, StreamEnd::Lapsed),
                Some(_) => (Ending::Revoked, StreamEnd::Revoked),
            };
            let now = self.gateway.clock.now();
            let since = *lapsed_at.get_or_insert(now);
            let waited = Duration::try_from(now.duration_since(since)).unwrap_or(Duration::ZERO);
            if ending == Ending::Revoked || waited >= grace {
                self.gateway.metrics.streams_ended.count(counted);
                return ending;
            }
        }
    }

    /// Why it would not pass now, if so. Whose session it was is not asked again, but joined with the tables of now.
    fn judge_again(&self) -> Option<Reason> {
        let plan = self.gateway.plan.load_full();
        let site = &self.served.site;
        // By the settings in force, whichever it began under; its site may be gone with the old ones.
        let served = plan.routes.find(site.host.as_str(), &site.prefix).ok();
        let Some(served) = served.filter(|served| served.site.id == site.id) else {
            return Some(Reason::UnknownHost);
        };
        let identities = &self.gateway.identities;
        let session = self.session.clone().map(|session| identities.refresh(&served.site, session));
        let again = self.gateway.decide(served, self.lane, &self.cookies, session);
        (!matches!(again.decision, Decision::Pass(_))).then(|| again.decision.reason())
    }
}

/// Takes from the cookies what judging again needs, and leaves what goes upstream. Where sessions of mobile apps pass, it is
/// those cookies that are enrolled.
pub(super) fn take_proof(cookies: &mut Cookies, site: &Site) -> Cookies {
    let enrolled = site.mobile.web_sessions == WebSessions::Pass;
    let forward = if enrolled { cookies.forward.clone() } else { None };
    Cookies { device: cookies.device, proof: cookies.proof.take(), forward, ..Cookies::default() }
}
