//! A warm request: whoever is known already goes on by what is in memory, and neither store nor product is asked.

use http::{Method, StatusCode};

use crate::support::world::World;

const PAGE: &str = "/browse/DEMO-1";

#[tokio::test]
async fn a_warm_request_asks_neither_store_nor_product() {
    let world = World::start().await;
    let (mut jane, mut liam, mut program) = (world.browser(), world.browser(), world.browser());
    jane.verify(&world, "jane", "jane@acme.com").await;
    liam.sign_in("liam").await;
    assert_eq!(jane.open(PAGE).await.status, StatusCode::OK);
    assert_eq!(liam.open(PAGE).await.status, StatusCode::OK);

    world.app.store.close().await;
    world.jira.clear_received();
    let token = ("authorization", "Bearer demo-pat-jane");
    for _ in 0..3 {
        assert_eq!(jane.open(PAGE).await.status, StatusCode::OK, "an external person with a fresh proof");
        assert_eq!(liam.open(PAGE).await.status, StatusCode::OK, "a managed person");
        let answer = program.send(Method::GET, "/rest/api/2/myself", &[token], "").await;
        assert_eq!(answer.status, StatusCode::OK, "a program with a token");
    }
    // The three times three, and no question whose session it is.
    assert_eq!(world.jira.received().len(), 9);
}
