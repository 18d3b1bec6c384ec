//! `atlassian-python-api`, the library that scripts of organization admins are written with, unmodified: each of its methods
//! that has a meaning here does what it says, and each other one gets an error that says so.

use std::time::Duration;

use http::StatusCode;
use postern::actions::scim::directories::create_directory;
use postern::clock;
use postern::domain::group::{GroupDraft, GroupKind};
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::library::Library;
use crate::support::client::Browser;
use crate::support::process::PATIENCE;
use crate::support::world::World;

const ORG: &str = "default";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_reads_the_organization_and_its_domains() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    assert_eq!(library.does("get_organizations", json!([]))["data"][0]["id"], ORG);
    assert_eq!(library.does("get_organization", json!([ORG]))["data"]["attributes"]["name"], "Acme");
    let domains = library.does("get_domains", json!([ORG]));
    assert_eq!(domains["data"][0]["attributes"]["name"], "acme.com");
    let id = &domains["data"][0]["id"];
    assert_eq!(library.does("get_domain", json!([ORG, id]))["data"], domains["data"][0]);
    let (status, text) = library.fails("get_domain", json!([ORG, uuid::Uuid::nil()]));
    assert!(status == 404 && text.contains("Domain not found"), "{text}");
    for (method, arguments) in [("get_organizations", json!([])), ("get_organization", json!([ORG]))] {
        let old = library.call("CloudAdminOrgs", method, arguments, json!({}));
        assert!(old["value"]["data"].to_string().contains("Acme"), "{old}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_keeps_policies_in_both_versions() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    for version in ["v1", "v2"] {
        let versioned = json!({ "version": version });
        let attributes =
            json!({ "type": "authentication", "name": version, "rule": { "userApiTokens": "block" } });
        let new = json!([ORG, { "attributes": attributes }]);
        let made = library.does_with("create_control_policy", new, versioned.clone());
        let id = &made["data"]["id"];
        let listed = library.does_with("get_control_policies", json!([ORG]), versioned.clone());
        assert!(listed["data"].as_array().unwrap().contains(&made["data"]), "{listed}");
        let renamed = json!([ORG, id, { "attributes": { "name": "Renamed" } }]);
        let changed = library.does_with("update_control_policy", renamed, versioned.clone());
        assert_eq!(changed["data"]["attributes"]["name"], "Renamed");
        assert_eq!(changed["data"]["attributes"]["rule"]["userApiTokens"], "block");
        let one = json!([ORG, id]);
        let shown = library.does_with("get_control_policy", one.clone(), versioned.clone());
        assert_eq!(shown, changed);
        let resources = library.does_with("get_control_policy_resources", one.clone(), versioned.clone());
        assert_eq!(resources["data"], json!([]));
        let all =
            library.call("CloudAdmin", "delete_control_policy_resources", one.clone(), versioned.clone());
        let added = json!([ORG, id, { "id": "site" }]);
        let added = library.call("CloudAdmin", "add_control_policy_resource", added, versioned.clone());
        for refused in [all, added] {
            assert!(refused["status"] == 400 && refused.to_string().contains("add-users"), "{refused}");
        }
        assert_eq!(library.does("validate_control_policy", one.clone()), Value::Null);
        assert_eq!(library.fails("update_control_policy_resource", json!([ORG, id, "site", {}])).0, 404);
        assert_eq!(library.fails("delete_control_policy_resource", json!([ORG, id, "site"])).0, 404);
        assert_eq!(library.does_with("delete_control_policy", one.clone(), versioned.clone()), Value::Null);
        let gone = library.call("CloudAdmin", "get_control_policy", one, versioned);
        assert_eq!(gone["status"], 404, "{gone}");
    }
    let draft =
        json!([ORG, { "attributes": { "type": "authentication", "name": "Draft", "status": "draft" } }]);
    let draft = library.does("create_control_policy", draft);
    library.does("publish_control_draft_policies", json!([ORG]));
    let published = library.does("get_control_policy", json!([ORG, draft["data"]["id"]]));
    assert_eq!(published["data"]["attributes"]["status"], "enabled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_adds_users_to_an_authentication_policy() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    let new = json!([ORG, { "attributes": { "type": "authentication", "name": "Strict" } }]);
    let policy = library.does("create_control_policy", new)["data"]["id"].take();
    let users = json!({ "users": ["liam@acme.com", "nobody@acme.com"] });
    let begun = library.does("add_users_to_auth_policy", json!([ORG, policy, users]));
    let since = postern::clock::stopwatch();
    let status = loop {
        let status = library.does("get_auth_policy_task", json!([ORG, begun["taskId"]]));
        if status["inProgressCount"] == 0 {
            break status;
        }
        assert!(since.elapsed() < crate::support::process::PATIENCE, "{status}");
    };
    assert_eq!((&status["successCount"], &status["failureCount"]), (&1.into(), &1.into()), "{status}");
    assert_eq!(status["failureReasons"][0]["emails"], json!(["nobody@acme.com"]));
    let strict = policy.as_str().unwrap().parse().unwrap();
    let members = world.app.store.members(&OrganizationId::only(), strict, None, "", 10).await.unwrap();
    let fetched =
        library.does("get_users_auth_policies", json!([ORG, { "accountIds": [members[0].account] }]));
    assert_eq!((&fetched[0]["email"], &fetched[0]["policyId"]), (&"liam@acme.com".into(), &policy));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_revokes_its_own_key_and_is_out() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    let keys = library.does("get_org_api_keys", json!([ORG]));
    assert_eq!(keys["data"][0]["name"], "library");
    assert!(!keys.to_string().contains(&library.key));
    assert_eq!(library.does("get_org_api_key_count", json!([ORG]))["count"], 1);
    library.does("revoke_org_api_key", json!([ORG, keys["data"][0]["id"]]));
    assert_eq!(library.fails("get_organizations", json!([])).0, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_finds_people_and_changes_them() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    let directory = library.does("get_directories", json!([ORG]))["data"][0]["directoryId"].clone();
    let managed = json!([ORG, "-", { "claimStatus": "managed" }]);
    let found = library.does("search_directory_users", managed.clone());
    assert_eq!(emails(&found["data"]), ["liam@acme.com", "mia@acme.com"]);
    let liam = found["data"][0]["accountId"].clone();
    let shown = library.does("get_directory_user", json!([ORG, directory, liam]));
    assert_eq!(shown["data"]["email"], "liam@acme.com");
    let count = library.does("get_directory_users_count", json!([ORG, "-"]));
    assert_eq!(count["count"], 5, "{count}");
    let old = library.call("CloudAdminOrgs", "get_managed_accounts_in_organization", json!([ORG]), json!({}));
    assert_eq!(emails(&old["value"]["data"]), ["liam@acme.com", "mia@acme.com"]);
    let options = json!({ "email_domains": ["gmail.com", "partner.example"], "expand": ["NAME", "EMAIL"] });
    let old = library.call("CloudAdminOrgs", "search_users_in_organization", json!([ORG]), options);
    assert_eq!(emails(&old["value"]["data"]), ["jane@gmail.com", "omar@partner.example"]);
    let old = library.call("CloudAdminUsers", "get_profile", json!([liam]), json!({}));
    assert_eq!(old["value"]["account"]["email"], "liam@acme.com");

    let permissions = library.does("get_user_management_permissions", json!([liam]));
    assert_eq!(permissions["email.set"]["allowed"], true);
    let profile = json!({ "nickname": "Lee", "extended_profile": { "job_title": "Gardener" } });
    library.does("update_user_profile", json!([liam, profile]));
    let shown = library.does("get_user_profile", json!([liam]));
    assert_eq!(shown["account"]["nickname"], "Lee");
    assert_eq!(shown["account"]["extended_profile"]["job_title"], "Gardener");
    assert_eq!(library.does("get_user_api_tokens", json!([liam])), json!([]));
    assert_eq!(library.fails("delete_user_api_token", json!([liam, "one"])).0, 404);
    let (status, text) = library.fails("set_user_email", json!([liam, "liam@elsewhere.test"]));
    assert!(status == 403 && text.contains("forbidden.unclaimedDomain"), "{text}");
    library.does("set_user_email", json!([liam, "liam.hart@acme.com"]));
    assert_eq!(emails(&library.does("search_directory_users", managed)["data"])[0], "liam.hart@acme.com");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_shuts_somebody_out_and_lets_them_in_again() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    let mut mia = world.browser();
    mia.sign_in("mia").await;
    assert_eq!(mia.open("/browse/DEMO-1").await.status, StatusCode::OK);
    let found = library.does("search_directory_users", json!([ORG, "-", { "emails": ["mia@acme.com"] }]));
    let account = found["data"][0]["accountId"].clone();
    for (shut, open) in [("deactivate_user", "activate_user"), ("delete_user", "cancel_user_deletion")] {
        library.does(shut, json!([account]));
        until(&mut mia, StatusCode::FORBIDDEN).await;
        library.does(open, json!([account]));
        // Earlier sign-ins ended with the account.
        until(&mut mia, StatusCode::UNAUTHORIZED).await;
        world.advance(Duration::from_secs(1));
        mia.sign_in("mia").await;
        until(&mut mia, StatusCode::OK).await;
    }
    let events = library.does("get_events", json!([ORG]));
    let actions: Vec<&Value> =
        events["data"].as_array().unwrap().iter().map(|event| &event["attributes"]["action"]).collect();
    for action in ["account_deactivated", "account_reactivated", "account_deletion_canceled"] {
        assert!(actions.iter().any(|known| *known == action), "{action}: {actions:?}");
    }
    let mut of_library = events["data"].as_array().unwrap().iter();
    let first =
        of_library.find(|event| event["attributes"]["actor"]["name"] == "library").expect("its own event");
    assert_eq!(library.does("get_event", json!([ORG, first["id"]]))["data"], *first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_looks_for_groups() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    let organization = world.app.settings.organizations[0].id.clone();
    for name in ["Gardeners", "Night watch"] {
        let (name, kind) = (name.to_owned(), GroupKind::Group);
        let draft = GroupDraft { name, description: String::new(), kind, domains: Vec::new() };
        world.app.api.groups.load_full().create(&organization, &draft, &"ada".into()).await.expect("a group");
    }
    let listed = library.does("get_groups", json!([ORG, "-"]));
    assert_eq!(
        (&listed["data"][0]["name"], &listed["data"][1]["name"]),
        (&json!("Gardeners"), &json!("Night watch"))
    );
    let found = library.does("search_directory_groups", json!([ORG, "-", { "searchTerm": "WATCH" }]));
    assert_eq!(found["data"].as_array().unwrap().len(), 1, "{found}");
    let shown = library.does("get_group", json!([ORG, "-", found["data"][0]["id"]]));
    assert_eq!(shown["data"]["name"], "Night watch");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_fills_a_directory_as_an_identity_provider_does() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    let (keys, organization) = (&world.app.api.keys, OrganizationId::only());
    let made = create_directory(keys, &organization, "idp", Duration::from_secs(60), &"ada".into()).await;
    let directory = made.expect("a directory").0.id;
    let person = json!({
        "userName": "nora", "name": { "givenName": "Nora", "familyName": "Lind" }, "active": true,
        "emails": [{ "value": "nora@acme.com", "type": "work", "primary": true }],
    });
    let made = library.does("create_scim_user", json!([directory, person]));
    let nora = made["id"].clone();
    assert_eq!(library.does("get_scim_users", json!([directory]))["totalResults"], 1);
    assert_eq!(library.does("get_scim_user", json!([directory, nora]))["userName"], "nora");
    let found = library.does("search_directory_users", json!([ORG, "-", { "emails": ["nora@acme.com"] }]));
    let account = found["data"][0]["accountId"].clone();
    assert_eq!(found["data"][0]["claimStatus"], "managed", "{found}");
    let titled = json!([{ "op": "replace", "path": "title", "value": "Gardener" }]);
    library.does("patch_scim_user", json!([directory, nora, titled]));
    let shown = library.does("get_user_profile", json!([account]));
    assert_eq!(shown["account"]["extended_profile"]["job_title"], "Gardener", "{shown}");
    let mut away = person.clone();
    away["active"] = json!(false);
    library.does("replace_scim_user", json!([directory, nora, away]));
    let found = library.does("get_directory_user", json!([ORG, "-", account]));
    assert_eq!(found["data"]["accountStatus"], "inactive", "{found}");

    let group = json!({ "displayName": "Gardeners", "members": [{ "value": nora }] });
    let group = library.does("create_scim_group", json!([directory, group]))["id"].clone();
    assert_eq!(library.does("get_scim_groups", json!([directory]))["totalResults"], 1);
    let emptied = json!({ "displayName": "Gardeners", "members": [] });
    library.does("replace_scim_group", json!([directory, group, emptied]));
    let added = json!([{ "op": "add", "path": "members", "value": [{ "value": nora }] }]);
    library.does("patch_scim_group", json!([directory, group, added]));
    let shown = library.does("get_scim_group", json!([directory, group]));
    assert_eq!(shown["members"][0]["value"], nora, "{shown}");

    let links = library.does("get_scim_links", json!([ORG, account]));
    assert!(links.to_string().contains(nora.as_str().unwrap()), "{links}");
    let links = library.does("get_scim_links_for_email", json!([ORG, "nora@acme.com"]));
    assert!(links.to_string().contains(nora.as_str().unwrap()), "{links}");
    library.does("delete_scim_user_from_database", json!([ORG, account]));
    library.does("delete_scim_group", json!([directory, group]));
    assert_eq!(library.fails("get_scim_group", json!([directory, group])).0, 404);
    for method in ["get_scim_schemas", "get_scim_resource_types", "get_scim_service_provider_config"] {
        assert!(library.does(method, json!([directory])).is_object(), "{method}");
    }
    let made = library.does("create_scim_user", json!([directory, person]));
    library.does("unlink_scim_user", json!([ORG, directory, made["id"]]));
    let links = library.does("get_scim_links", json!([ORG, account]));
    assert!(!links.to_string().contains(made["id"].as_str().unwrap()), "{links}");
    library.does("delete_scim_user", json!([directory, made["id"]]));
    assert_eq!(library.fails("get_scim_user", json!([directory, made["id"]])).0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_no_meaning_here_says_so() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    for (method, arguments) in [
        ("get_org_api_tokens", json!([ORG])),
        ("delete_org_api_tokens", json!([ORG, {}])),
        ("get_org_api_token_count", json!([ORG])),
        ("get_oauth_clients", json!([ORG])),
        ("create_oauth_client", json!([ORG, {}])),
        ("get_oauth_client_count", json!([ORG])),
        ("get_oauth_client", json!([ORG, "x"])),
        ("delete_oauth_client", json!([ORG, "x"])),
        ("get_service_accounts", json!([ORG])),
        ("create_service_account", json!([ORG, {}])),
        ("update_service_account", json!([ORG, {}])),
        ("delete_service_account", json!([ORG, "x"])),
        ("get_service_account_api_token_count", json!([ORG, {}])),
        ("get_service_account_api_tokens", json!([ORG, "x"])),
        ("delete_service_account_api_tokens", json!([ORG, "x", {}])),
        ("get_classification_levels", json!([ORG])),
        ("create_classification_level", json!([ORG, {}])),
        ("get_classification_level", json!([ORG, "x"])),
        ("update_classification_level", json!([ORG, "x", {}])),
        ("publish_classification_levels", json!([ORG, ["x"]])),
        ("archive_classification_level", json!([ORG, "x"])),
        ("restore_classification_level", json!([ORG, "x"])),
        ("reorder_classification_levels", json!([ORG, ["x"]])),
    ] {
        let (status, text) = library.fails(method, arguments);
        assert!(status == 404 && text.contains("Postern keeps no "), "{method}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_method_of_the_library_is_left_out() {
    let world = World::start().await;
    let Some(mut library) = Library::start(&world).await else { return };
    for (class, count) in [("CloudAdmin", 83), ("CloudAdminOrgs", 4), ("CloudAdminUsers", 1)] {
        let methods = library.methods(class);
        assert_eq!(methods.len(), count);
        let left_out =
            methods.iter().filter(|method| !include_str!("admin.rs").contains(&format!("\"{method}\"")));
        assert_eq!(left_out.collect::<Vec<_>>(), [""; 0], "{class}");
    }
}

/// The addresses of a list.
fn emails(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    let mut emails: Vec<_> =
        list.iter().map(|entry| entry["email"].as_str().expect("an address").to_owned()).collect();
    emails.sort();
    emails
}

/// Waits until the change log has told the gate.
async fn until(browser: &mut Browser, status: StatusCode) {
    let since = clock::stopwatch();
    loop {
        let answer = browser.open("/browse/DEMO-1").await;
        if answer.status == status {
            return;
        }
        assert!(clock::stopwatch() - since < PATIENCE, "{} {}", answer.status, answer.body);
    }
}
