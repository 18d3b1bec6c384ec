//! Limits on heads: told plainly, and nothing of them is forwarded.

use super::{assert_nothing_forwarded, head, liam};
use crate::support::raw::ask;
use crate::support::world::World;

#[tokio::test]
async fn t022_a_target_too_long_is_a_414() {
    let world = World::start().await;
    let liam = liam(&world).await;
    let long = "a".repeat(64 * 1024);
    let target = "a".repeat(9 * 1024);
    for target in [format!("/{long}"), format!("/browse/DEMO-1?x={long}"), format!("/{target}")] {
        let answer = ask(world.address, head("GET", &liam, &target, "")).await;
        assert_eq!(answer.status, 414, "{} bytes: {:?}", target.len(), answer.head);
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t179_too_many_or_too_large_headers_are_a_431() {
    let world = World::start().await;
    let liam = liam(&world).await;
    let many = |count: usize| (0..count).map(|number| format!("x-{number}: 1\r\n")).collect::<String>();
    // Host and Cookie are two more, and the product, whose own limit is 100, gets eight of ours.
    assert_eq!(ask(world.address, head("GET", &liam, "/browse/DEMO-1", &many(90))).await.status, 200);
    world.jira.clear_received();
    assert_eq!(ask(world.address, head("GET", &liam, "/browse/DEMO-1", &many(99))).await.status, 431);
    for size in [33 * 1024, 60 * 1024, 200 * 1024] {
        let large = format!("x-large: {}\r\n", "a".repeat(size));
        let answer = ask(world.address, head("GET", &liam, "/browse/DEMO-1", &large)).await;
        assert_eq!(answer.status, 431, "{size}: {answer:?}");
    }
    assert_nothing_forwarded(&world);
}
