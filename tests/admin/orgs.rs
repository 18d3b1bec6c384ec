//! Organizations, as clients meet them first.

use http::StatusCode;

use super::{Api, code};
use crate::support::world::World;

#[tokio::test]
async fn a_key_sees_its_own_organization() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let page = api.get("/admin/v1/orgs").await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    let (page, base) = (page.json(), api.base());
    assert_eq!(page["meta"]["page_size"], 1);
    assert_eq!(page["links"], serde_json::json!({ "self": format!("{base}/admin/v1/orgs") }));
    let org = &page["data"][0];
    assert_eq!(
        (&org["id"], &org["type"], &org["attributes"]["name"]),
        (&"default".into(), &"orgs".into(), &"Acme".into())
    );
    let domains = org["relationships"]["domains"]["links"]["related"].as_str().unwrap();
    assert_eq!(domains, format!("{base}/admin/v1/orgs/default/domains"));
    assert_eq!(api.get(domains).await.status, StatusCode::OK);
    let shown = api.get(org["links"]["self"].as_str().unwrap()).await.json();
    assert_eq!(shown["data"], *org);
}

#[tokio::test]
async fn another_organization_is_one_that_does_not_exist() {
    let world = World::start().await;
    crate::gateway::organizations::divide(&world);
    let api = Api::new(&world).await;
    for id in ["partner", "nobody", "DEFAULT", "default%2F", "..", "%64efaul"] {
        let answer = api.get(&format!("/admin/v1/orgs/{id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(code(&answer), "ADMIN-404-2", "{id}");
    }
    assert_eq!(api.get("/admin/v1/orgs").await.json()["data"].as_array().unwrap().len(), 1);
}
