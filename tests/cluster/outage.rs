//! The server is killed: who needs no store does not notice, who needs it waits, and when it is back nobody restarts a gateway.

use http::StatusCode;
use postern::clock;

use super::{JANE, OMAR, installations, mail, verified};
use crate::support::needs::left_out;
use crate::support::postgres::PostgresServer;
use crate::support::process::PATIENCE;

#[tokio::test]
async fn t202_without_the_server_managed_and_fresh_people_pass_stale_ones_wait_and_nothing_needs_a_restart() {
    let mut server = match PostgresServer::start() {
        Ok(server) => server,
        Err(advice) => return left_out("postgresql", &advice),
    };
    let installation = installations(&server, 1, "").await.remove(0);
    let mut running = installation.start().await;
    let mut jane = verified(&installation, &running, "jane", JANE).await;
    let (mut liam, mut omar) = (running.browser(), running.browser());
    liam.sign_in("liam").await;
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK);
    omar.sign_in("omar").await;
    let page = omar.challenge("/browse/DEMO-1").await;
    let code = mail(&installation, &mut omar, OMAR).await.code();

    server.kill();
    running.process.says("the change log cannot be read").await;
    for browser in [&mut jane, &mut liam] {
        assert_eq!(browser.open("/browse/DEMO-1").await.status, StatusCode::OK);
    }
    let refused = omar.submit(&page, &code).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "no verification without a record of it");
    assert!(omar.open("/browse/DEMO-1").await.is_challenge());
    let page_now = omar.open("/.postern/challenge?return=/browse/DEMO-1").await;
    assert_eq!(page_now.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page_now.body);
    assert!(running.ask("/readyz").await.contains("\"status\":\"unavailable\""));

    server.run();
    let since = clock::stopwatch();
    while !running.ask("/readyz").await.contains("\"status\":\"ok\"") {
        assert!(clock::stopwatch() - since < PATIENCE, "the gateway never found the server again");
    }
    let answer = omar.submit(&page, &code).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "the code outlived the server: {}", answer.body);
    assert_eq!(omar.open("/browse/DEMO-1").await.status, StatusCode::OK);
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK);
    // A sign-out is read from the change log, which is followed again.
    jane.sign_out().await;
    jane.sign_in("jane").await;
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
}
