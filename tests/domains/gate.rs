//! What the people of a domain notice at the gate when it is verified, lost or removed: nothing but whether they are asked.

use std::time::Duration;

use http::StatusCode;
use postern::actions::domains::Domains;
use postern::actions::import_directory::import_directory;
use postern::clock;
use postern::domain::organization::OrganizationId;
use postern::domain::owned_domain::{Status, Way};

use super::deeds::DAY;
use crate::support::client::Browser;
use crate::support::process::PATIENCE;
use crate::support::world::World;
use crate::support::zone::Zone;

const PARTNER: &str = "partner.example";
const OMAR: &str =
    "type,domain,email,name,username,claimed\naccount,,omar@partner.example,Omar Aziz,omar,yes\n";

struct Gate {
    world: World,
    zone: Zone,
}

impl Gate {
    /// The usual world, which asks this name server; Omar is claimed.
    async fn start() -> Self {
        let zone = Zone::start().await;
        let world = World::with(&zone.settings()).await;
        let owner = world.owner();
        import_directory(&world.app.store, &world.clock, &owner, OMAR.as_bytes(), "omar.csv", |_| ())
            .await
            .expect("Omar");
        Self { world, zone }
    }

    fn domains(&self) -> std::sync::Arc<Domains> {
        self.world.app.domains.load_full()
    }

    async fn verify(&self) -> String {
        let line = self.domains().add(&only(), PARTNER, &"ada".into()).await.expect("it can be owned").line;
        self.zone.publish(PARTNER, &line);
        self.domains().verify(&only(), PARTNER, Way::Dns, &"ada".into()).await.expect("it is published");
        line
    }

    async fn status(&self) -> Status {
        let name = super::domain(PARTNER);
        self.world.app.store.domain(&only(), &name).await.expect("the store").expect("a row").status
    }
}

fn only() -> OrganizationId {
    OrganizationId::only()
}

/// Waits until the change log and the checks, which follow on their own, have made somebody managed or external.
async fn until(browser: &mut Browser, is_managed: bool) {
    let since = clock::stopwatch();
    loop {
        let answer = browser.open("/browse/DEMO-1").await;
        let (managed, external) = (answer.status == StatusCode::OK, answer.is_challenge());
        assert!(managed || external, "{} {}", answer.status, answer.body);
        if managed == is_managed {
            return;
        }
        assert!(clock::stopwatch() - since < PATIENCE, "it never acted");
    }
}

#[tokio::test]
async fn t159_a_person_is_managed_from_the_proof_of_the_domain_to_the_end_of_the_grace_period() {
    let gate = Gate::start().await;
    let mut omar = gate.world.browser();
    omar.sign_in("omar").await;
    assert!(omar.open("/browse/DEMO-1").await.is_challenge(), "a claim alone manages nobody");
    gate.domains().add(&only(), PARTNER, &"ada".into()).await.unwrap();
    assert!(omar.open("/browse/DEMO-1").await.is_challenge());
    let line = gate.verify().await;
    until(&mut omar, true).await;

    // Nobody calls the check here: it runs beside the traffic, on the clock of the gateway.
    gate.zone.withdraw(PARTNER, &line);
    gate.world.advance(DAY);
    let since = clock::stopwatch();
    while gate.status().await != Status::MissingToken {
        assert!(clock::stopwatch() - since < PATIENCE, "it was never looked for");
    }
    until(&mut omar, true).await;
    gate.world.advance(DAY * 6 - Duration::from_secs(1));
    until(&mut omar, true).await;
    gate.world.advance(Duration::from_secs(1));
    until(&mut omar, false).await;
    assert_eq!(gate.status().await, Status::Unverified);

    // The claim is still there, so another proof is all it takes.
    gate.verify().await;
    until(&mut omar, true).await;
    gate.domains().remove(&only(), PARTNER, &"ada".into()).await.unwrap();
    until(&mut omar, false).await;
    let claimed = "SELECT count(*) FROM accounts WHERE email = 'omar@partner.example' AND claimed = 1";
    assert_eq!(gate.world.count(claimed).await, 1);
}

#[tokio::test]
async fn who_was_managed_all_along_notices_nothing_of_another_domain() {
    let gate = Gate::start().await;
    let mut liam = gate.world.browser();
    liam.sign_in("liam").await;
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK);
    gate.verify().await;
    gate.world.advance(DAY * 7);
    gate.domains().remove(&only(), PARTNER, &"ada".into()).await.unwrap();
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK, "his domain was imported");
}

#[tokio::test]
async fn a_reload_changes_how_domains_are_checked() {
    let gate = Gate::start().await;
    assert_eq!(gate.domains().rules.grace_period, DAY * 7);
    gate.world.reload("allow_special_use = true", "allow_special_use = true\ngrace_period = \"3d\"").unwrap();
    assert_eq!(gate.domains().rules.grace_period, DAY * 3);
}
