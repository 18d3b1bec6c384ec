//! SCIM, as the conformance checker of others sees it: `scim2-tester` finds out what a directory declares and holds it to that
//! and to the standards.

use std::path::PathBuf;
use std::process::Command;

use postern::domain::organization::OrganizationId;
use serde::Deserialize;

use crate::admin::Api;
use crate::support::needs::{installed, left_out};
use crate::support::process::Process;
use crate::support::world::World;

/// One finding.
#[derive(Debug, Deserialize)]
struct Finding {
    check: String,
    kind: Option<String>,
    status: String,
    reason: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pypi_scim2_tester_finds_no_fault_with_a_directory() {
    let python = installed().join("python/bin/python");
    if !python.exists() {
        return left_out("python", "`./dev test` installs its libraries");
    }
    let world = World::with("[admin]\nrequests_per_minute = 1000000\n").await;
    let api = Api::of_directory(&world, OrganizationId::only(), "tester").await;
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/real/clients/pypi_scim.py");
    let mut command = Command::new(python);
    command.arg(script).arg(format!("{}{}", api.base(), api.below(""))).args([&*api.key, "acme.com"]);
    let ended = Process::spawn(command.env("PYTHONDONTWRITEBYTECODE", "1")).finish().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let found: Vec<Finding> = serde_json::from_str(&ended.stdout).expect("findings");
    let faults: Vec<&Finding> = found.iter().filter(|finding| finding.status != "SUCCESS").collect();
    assert!(faults.is_empty(), "{faults:#?}");
    // Every attribute of every kind was added, replaced and removed, or the checker has looked away.
    for (kind, least) in [("User", 40), ("Group", 10)] {
        let count = found.iter().filter(|finding| finding.kind.as_deref() == Some(kind)).count();
        assert!(count >= least, "{kind}: {count} of {}", found.len());
    }
    let checks: std::collections::BTreeSet<&str> =
        found.iter().map(|finding| finding.check.as_str()).collect();
    for check in
        ["check_add_attribute", "check_replace_attribute", "check_remove_attribute", "search_with_attributes"]
    {
        assert!(checks.contains(check), "{checks:?}");
    }
    assert!(found.iter().all(|finding| !finding.reason.is_empty()), "{found:?}");
    assert_eq!(world.count("SELECT count(*) FROM scim_users").await, 0, "it removed all that it added");
}
