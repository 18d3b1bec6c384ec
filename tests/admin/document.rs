//! The document of the API: served, and committed as `config/openapi.json`.

use http::{Method, StatusCode};

use super::Api;
use crate::support::world::World;

const COMMITTED: &str = "config/openapi.json";

/// `POSTERN_OPENAPI=accept` writes the file anew.
#[test]
fn the_committed_document_is_that_of_the_code() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(COMMITTED);
    let document = format!("{}\n", postern::admin::api::document().to_pretty_json().unwrap());
    if std::env::var("POSTERN_OPENAPI").is_ok_and(|word| word == "accept") {
        std::fs::write(&path, &document).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == document,
        "{COMMITTED} is another: run this with POSTERN_OPENAPI=accept and read the difference"
    );
}

#[tokio::test]
async fn the_document_is_served_to_anybody() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let answer = api.send(Method::GET, "/openapi.json", &[], "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json(), serde_json::to_value(postern::admin::api::document()).unwrap());
}
