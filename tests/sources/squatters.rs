//! Somebody who signs up with a managed person's address: external for good, whoever was read first after a restart.

use postern::demo::{Person, Product, ProductKind};

use super::{eventually, import, passes};
use crate::support::client::Browser;
use crate::support::world::{World, behind};

const PAGE: &str = "/browse/DEMO-1";

/// A gateway before a product where pat, who is managed, and a squatter of this number have one address; pat's is 9.
async fn squatted_by(number: u32) -> (World, Product) {
    let people = vec![
        Person::new(9, "pat", "Pat", "pat@acme.com"),
        Person::new(number, "squatter", "Squatter", "pat@acme.com"),
    ];
    let product = Product::new(ProductKind::Jira, people);
    let upstream = behind(product.router()).await;
    let site = format!(
        "[[site]]\nhost = \"odd.test\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\""
    );
    let world = World::with(&site).await;
    import(&world, "account,,pat@acme.com,Pat,,yes,\n").await;
    (world, product)
}

async fn signed_in(world: &World, username: &str) -> Browser {
    let mut browser = world.browser_at("odd.test");
    browser.sign_in(username).await;
    browser
}

async fn pins(world: &World, count: i64) {
    eventually("a pin", async || world.count("SELECT count(*) FROM pins").await == count).await;
}

#[tokio::test]
async fn a_restart_does_not_hand_an_address_to_who_saw_it_second() {
    // Before Pat in the order of keys, and after.
    for number in [1, 19] {
        remembers_who_came_first(number).await;
    }
}

async fn remembers_who_came_first(number: u32) {
    let (world, _product) = squatted_by(number).await;
    let (mut pat, mut squatter) = (signed_in(&world, "pat").await, signed_in(&world, "squatter").await);
    assert!(passes(&mut pat, PAGE).await && !passes(&mut squatter, PAGE).await);
    pins(&world, 2).await;
    let world = world.restart().await;
    pat.follow_to(&world);
    squatter.follow_to(&world);
    assert!(!passes(&mut squatter, PAGE).await, "although the squatter {number} comes first now");
    assert!(passes(&mut pat, PAGE).await);
}

#[tokio::test]
async fn who_is_known_by_an_address_of_their_own_cannot_hold_another() {
    let (world, product) = squatted_by(1).await;
    assert!(product.set_email("squatter", "squatter@else.example"));
    let mut squatter = signed_in(&world, "squatter").await;
    assert!(!passes(&mut squatter, PAGE).await);
    assert!(product.set_email("squatter", "pat@acme.com"));
    world.advance(super::FORGOTTEN);
    assert!(!passes(&mut squatter, PAGE).await);
    assert!(passes(&mut signed_in(&world, "pat").await, PAGE).await, "Pat is not locked out by it");
}
