//! The API, as a tester of others reads its document: `schemathesis` makes requests out of it, good ones and bad ones, and
//! compares each answer with what the document says.

use std::process::Command;
use std::time::Duration;

use postern::actions::api_keys::NewKey;
use postern::domain::api_key::Scopes;
use postern::domain::organization::OrganizationId;

use crate::support::needs::{installed, left_out};
use crate::support::process::Process;
use crate::support::world::World;

/// What it finds out. Left out: that whatever a schema allows is taken (a schema does not say which domains exist), and what
/// a document cannot say (that an operation that changes something may be asked twice).
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,unsupported_method,ignored_auth,use_after_free";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "./dev long installs the tester, which takes minutes"]
async fn t142_no_request_that_the_document_leads_to_is_answered_against_it() {
    let tester = installed().join("schemathesis/bin/schemathesis");
    if !tester.exists() {
        return left_out("schemathesis", "`./dev long` installs it");
    }
    let world = World::with("[admin]\nrequests_per_minute = 1000000\n").await;
    let new = NewKey {
        organization: OrganizationId::only(),
        name: "tester".to_owned(),
        owner: None,
        scopes: Scopes::Everything,
        directory: None,
        lifetime: Duration::from_secs(86_400),
    };
    let (key, _) = world.app.api.keys.create(new, &"operator".into()).await.expect("a key");
    let mut command = Command::new(tester);
    command.arg("run").arg(format!("http://{}/openapi.json", world.admin));
    command.args(["--header", &format!("Authorization: Bearer {}", key.reveal())]);
    command.args([
        "--checks",
        CHECKS,
        "--seed",
        "7",
        "--max-examples",
        "50",
        "--generation-database",
        "none",
    ]);
    // It would revoke its own key.
    command.args(["--exclude-operation-id", "revokeApiKey", "--continue-on-failure", "--no-color"]);
    command.current_dir(world.folder.path());
    let mut process = Process::spawn(&mut command);
    process.within(Duration::from_secs(1_800));
    let ended = process.finish().await;
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.stdout, ended.stderr);
}
