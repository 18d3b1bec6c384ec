//! The admin listener beside the data plane: probes and metrics there, and nothing of it here.

use http::StatusCode;

use crate::support::client::Browser;
use crate::support::world::World;

#[tokio::test]
async fn probes_and_metrics_are_on_the_admin_listener_alone() {
    let world = World::start().await;
    let mut operator = Browser::new(world.admin, "localhost");
    assert_eq!(operator.fetch("/livez").await.status, StatusCode::OK);
    let ready = operator.fetch("/readyz").await;
    assert_eq!((ready.status, ready.json()["checks"]["store"].as_str()), (StatusCode::OK, Some("ok")));
    assert!(operator.fetch("/metrics").await.body.contains("postern_build_info"));
    let mut visitor = world.browser();
    for page in ["/livez", "/readyz", "/metrics"] {
        assert_ne!(
            visitor.fetch(page).await.body,
            operator.fetch(page).await.body,
            "{page} is the product's"
        );
    }
    assert_eq!(world.reached_jira().len(), 3);
}

#[tokio::test]
async fn a_store_that_is_gone_shows_in_readiness_and_not_in_liveness() {
    let world = World::start().await;
    let mut operator = Browser::new(world.admin, "localhost");
    world.app.store.close().await;
    let ready = operator.fetch("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.json()["checks"]["store"], "The store does not answer.");
    assert_eq!(operator.fetch("/livez").await.status, StatusCode::OK);
}
