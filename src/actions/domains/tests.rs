//! The deeds by the file of a web site, on a port of its own as only these tests can. Those by DNS are tried in `tests/domains`.

use jiff::Timestamp;

use super::verify::VerifyError;
use super::*;
use crate::domain::organization::OrganizationId;
use crate::domain::owned_domain::{Method, Status};
use crate::website::tests::name_server::NameServer;
use crate::website::tests::site::{Act, GOOD, Site, addresses, answer, corp, page};

const DAY: Duration = Duration::from_secs(86_400);

fn acme() -> OrganizationId {
    OrganizationId::parse("acme").unwrap()
}

/// The deeds, which look for the file at this site.
async fn deeds(folder: &std::path::Path, site: &Site, server: &NameServer) -> Domains {
    let (keys, database) = (folder.join("keys"), folder.join("postern.db"));
    Keys::create(&keys, &Entropy::seeded(1)).unwrap();
    Store::create(&database).await.unwrap();
    Domains {
        store: Store::open(&database).await.unwrap(),
        keys: Arc::new(Keys::load(&keys).unwrap()),
        clock: Clock::manual(Timestamp::from_second(1_800_000_000).unwrap()),
        entropy: Entropy::seeded(2),
        resolver: Resolver::new(&site.settings(server.address).dns),
        website: site.website(server.address).at_port(site.port),
        rules: Rules {
            prefix: TokenPrefix::parse("postern-domain-verification").unwrap(),
            special_use: SpecialUse::Allowed,
            recheck_every: DAY,
            grace_period: DAY * 7,
        },
        letterhead: Letterhead::default(),
    }
}

/// From now on the site is this one.
fn moved(domains: Domains, site: &Site, server: &NameServer) -> Domains {
    Domains { website: site.website(server.address).at_port(site.port), ..domains }
}

#[tokio::test]
async fn a_domain_is_verified_by_its_web_site_and_checked_there_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let server = addresses(&["127.0.0.1"]).await;
    let nothing = || async {
        let not_found = answer("404 Not Found", "Content-Type: text/html", "");
        Site::new(GOOD, Act::Send(not_found)).await
    };
    let site = nothing().await;
    let domains = deeds(folder.path(), &site, &server).await;
    let line = domains.add(&acme(), "corp.test", &"ada".into()).await.unwrap().line;
    let error = domains.verify(&acme(), "corp.test", Way::Http, &"ada".into()).await.unwrap_err();
    assert!(matches!(error, VerifyError::NotFound { .. }), "{error}");
    assert!(error.to_string().contains("answers with status 404"), "{error}");

    let other = Site::new(GOOD, Act::Send(page(&format!("<html>{line}</html>")))).await;
    let domains = moved(domains, &other, &server);
    let error = domains.verify(&acme(), "corp.test", Way::Http, &"ada".into()).await.unwrap_err();
    assert!(error.to_string().contains("something else than the line"), "{error}");

    let site = Site::new(GOOD, Act::Send(page(&line))).await;
    let domains = moved(domains, &site, &server);
    domains.verify(&acme(), "corp.test", Way::Http, &"ada".into()).await.unwrap();
    let row = async |domains: &Domains| domains.store.domain(&acme(), &corp()).await.unwrap().unwrap();
    assert_eq!(row(&domains).await.method, Some(Method::Published(Way::Http)));

    domains.clock.advance(DAY);
    assert!(domains.recheck().await);
    assert_eq!(row(&domains).await.seen_at, Some(domains.clock.now()));
    assert_eq!(site.requests(), 2);
    let domains = moved(domains, &nothing().await, &server);
    domains.clock.advance(DAY);
    assert!(domains.recheck().await);
    assert_eq!(row(&domains).await.status, Status::MissingToken);

    let broken = answer("503 Unavailable", "Content-Type: text/html", "");
    let domains = moved(domains, &Site::new(GOOD, Act::Send(broken)).await, &server);
    domains.clock.advance(DAY * 6);
    assert!(domains.recheck().await);
    assert_eq!(row(&domains).await.status, Status::Unverified, "a site that fails is no sight");
}
