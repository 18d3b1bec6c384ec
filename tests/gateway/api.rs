//! The API lane: the token goes on alone, and junk beside a session gains nothing.

use http::{Method, StatusCode};

use crate::support::world::World;

#[tokio::test]
async fn t042_t043_junk_beside_a_stale_session_goes_on_without_the_session() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    for junk in ["Bearer junk", "Basic Zm9vOmJhcg=="] {
        world.jira.clear_received();
        let answer = jane.send(Method::GET, "/rest/api/2/myself", &[("authorization", junk)], "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.header("x-ausername"), "anonymous");
        let received = world.jira.received();
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].header("authorization"), [junk]);
        assert!(received[0].header("cookie").is_empty(), "{received:?}");
    }
}
