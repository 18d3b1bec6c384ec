//! The TLS listener, as a scanner of others sees it: `sslyze`, with its own TLS library, tries what ours must refuse.

use std::process::Command;

use serde_json::Value;

use crate::support::needs::{installed, left_out};
use crate::support::process::{Installation, Process, Running};
use crate::support::smtp::Certificates;
use crate::support::world::JIRA;

/// The scans. Each is a key of the report, too.
const SCANS: [&str; 13] = [
    "--sslv2",
    "--sslv3",
    "--tlsv1",
    "--tlsv1_1",
    "--tlsv1_2",
    "--tlsv1_3",
    "--compression",
    "--early_data",
    "--reneg",
    "--ems",
    "--heartbleed",
    "--openssl_ccs",
    "--robot",
];

/// All of TLS 1.2 that is left once forward secrecy and an authenticated cipher are asked for, and all of TLS 1.3.
fn is_strong(suite: &str) -> bool {
    let modern = suite.starts_with("TLS_AES_") || suite.starts_with("TLS_CHACHA20_");
    let sealed = suite.contains("_GCM_") || suite.contains("_CHACHA20_POLY1305_");
    (modern || suite.starts_with("TLS_ECDHE_")) && sealed
}

async fn start() -> (Installation, Running) {
    let certificates = Certificates::for_host(JIRA);
    let installation = Installation::before("127.0.0.1:9".parse().expect("an address"), "");
    for (file, name) in [(&certificates.cert, "cert.pem"), (&certificates.key, "key.pem")] {
        std::fs::copy(file, installation.path(name)).expect("a copy");
    }
    private(&installation.path("key.pem"));
    let section = "[[listen.certificate]]\ncert_file = \"cert.pem\"\nkey_file = \"key.pem\"\n";
    installation.configure(&format!("{}{section}", installation.configuration()));
    let made = installation.command(&["init"]).await;
    assert_eq!(made.code, Some(0), "{made:?}");
    let running = installation.start().await;
    (installation, running)
}

/// The gateway refuses a key that others on the machine can read.
fn private(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).expect("a file of ours");
}

/// The report of a scan, scan by scan. `None`, with a printed line, where there is no scanner.
async fn scan(installation: &Installation, running: &Running) -> Option<Value> {
    let scanner = installed().join("sslyze/bin/sslyze");
    if !scanner.exists() {
        left_out("sslyze", "`./dev long` installs it");
        return None;
    }
    let report = installation.path("scan.json");
    let mut command = Command::new(scanner);
    command.args(["--quiet", "--mozilla_config=disable", "--sni", JIRA]).args(SCANS);
    command.arg("--json_out").arg(&report).arg(running.address.to_string());
    let ended = Process::spawn(&mut command).finish().await;
    let text = std::fs::read_to_string(report).unwrap_or_else(|error| panic!("{error}: {ended:?}"));
    let mut report: Value = serde_json::from_str(&text).expect("the report is JSON");
    let mut server = report["server_scan_results"][0].take();
    assert_eq!(server["scan_status"], "COMPLETED", "{server}");
    let scans = server["scan_result"].take();
    let done = |scan: &&Value| scan["status"] == "COMPLETED";
    let count = scans.as_object().expect("scans").values().filter(done).count();
    assert_eq!(count, SCANS.len(), "each scan was done: {scans}");
    Some(scans)
}

#[tokio::test]
#[ignore = "./dev long installs the scanner"]
async fn a_scanner_finds_only_modern_tls_and_no_known_hole() {
    let (installation, running) = start().await;
    let Some(scans) = scan(&installation, &running).await else { return };
    let result = |scan: &str| &scans[scan]["result"];
    for (version, spoken) in [
        ("ssl_2_0", false),
        ("ssl_3_0", false),
        ("tls_1_0", false),
        ("tls_1_1", false),
        ("tls_1_2", true),
        ("tls_1_3", true),
    ] {
        let found = result(&format!("{version}_cipher_suites"));
        assert_eq!(found["is_tls_version_supported"], spoken, "{version}: {found}");
        let suites = found["accepted_cipher_suites"].as_array().expect("a list");
        assert_eq!(suites.is_empty(), !spoken, "{version}: {suites:?}");
        for suite in suites {
            let name = suite["cipher_suite"]["name"].as_str().expect("a name");
            assert!(is_strong(name), "{version}: {name}");
        }
    }
    for (scan, key, expected) in [
        ("tls_compression", "supports_compression", false),
        // A request in early data can be sent again by whoever saw it.
        ("tls_1_3_early_data", "supports_early_data", false),
        ("session_renegotiation", "is_vulnerable_to_client_renegotiation_dos", false),
        ("session_renegotiation", "supports_secure_renegotiation", true),
        ("tls_extended_master_secret", "supports_ems_extension", true),
        ("heartbleed", "is_vulnerable_to_heartbleed", false),
        ("openssl_ccs_injection", "is_vulnerable_to_ccs_injection", false),
    ] {
        assert_eq!(result(scan)[key], expected, "{scan}: {}", result(scan));
    }
    assert_eq!(result("session_renegotiation")["client_renegotiations_success_count"], 0);
    assert_eq!(result("robot")["robot_result"], "NOT_VULNERABLE_RSA_NOT_SUPPORTED");
    assert!(running.ask("/livez").await.contains("ok"), "it still serves");
}
