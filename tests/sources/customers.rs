//! Customers of a service desk's portal: exempt by account where the site says so, and never by path.

use postern::demo::{Product, ProductKind, demo_people};

use super::{FORGOTTEN, passes};
use crate::support::client::Browser;
use crate::support::world::{World, behind};

const PAGES: [&str; 2] = ["/browse/DEMO-1", "/servicedesk/customer/portals"];

/// A gateway before a service desk of which omar is a customer alone, and omar signed in.
async fn desk(keys: &str) -> (World, Product, Browser) {
    let product = Product::new(ProductKind::Jira, demo_people());
    assert!(product.set_customer("omar", true));
    let upstream = behind(product.router()).await;
    let site = format!(
        "[[site]]\nhost = \"desk.test\"\nproduct = \"jira-service-management\"\nupstream = \"http://{upstream}\"\n{keys}"
    );
    let world = World::with(&site).await;
    let mut omar = world.browser_at("desk.test");
    omar.sign_in("omar").await;
    product.clear_received();
    (world, product, omar)
}

#[tokio::test]
async fn an_exempt_customer_needs_no_code_and_a_user_of_the_product_does() {
    let (world, product, mut omar) = desk("portal_customers = \"exempt\"").await;
    assert!(passes(&mut omar, PAGES[0]).await);
    let mut jane = world.browser_at("desk.test");
    jane.sign_in("jane").await;
    for page in PAGES {
        assert!(!passes(&mut jane, page).await, "an account with a licence is asked everywhere: {page}");
    }
    assert!(product.set_customer("omar", false));
    world.advance(FORGOTTEN);
    for page in PAGES {
        assert!(!passes(&mut omar, page).await, "and so is one that got a licence: {page}");
    }
    assert!(world.metrics().contains("reason=\"portal-customer\""));
}

#[tokio::test]
async fn by_default_a_customer_is_asked_like_everybody_else() {
    let (_world, product, mut omar) = desk("").await;
    for page in PAGES {
        assert!(!passes(&mut omar, page).await, "{page}");
    }
    assert!(product.received().iter().all(|request| request.header("x-forwarded-for").is_empty()));
}

#[tokio::test]
async fn a_product_that_does_not_say_who_is_a_customer_has_none() {
    let keys = "portal_customers = \"exempt\"\n[site.introspect]\npath = \"/rest/api/2/myself\"";
    let (world, product, mut omar) = desk(keys).await;
    assert!(!passes(&mut omar, PAGES[0]).await);
    let mut liam = world.browser_at("desk.test");
    liam.sign_in("liam").await;
    product.clear_received();
    assert!(passes(&mut liam, PAGES[0]).await, "everything else works as before");
}
