//! A start that cannot go well is refused: the exit code says whose mistake it is, one sentence names the file, the reason
//! and what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use postern::demo::demo_people;
use sha2::{Digest, Sha256};
use sqlx::{Connection, SqliteConnection};

use crate::support::process::{Finished, Installation};

async fn installation() -> Installation {
    Installation::with(demo_people(), "").await
}

/// Refused for another reason than its configuration: one sentence on standard error, with all of these in it.
fn refused(ended: &Finished, pieces: &[&str]) {
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stdout.is_empty(), "{ended:?}");
    let sentences: Vec<&str> = ended.stderr.lines().filter(|line| line.starts_with("postern: ")).collect();
    assert_eq!(sentences.len(), 1, "{ended:?}");
    for piece in pieces {
        assert!(sentences[0].contains(piece), "{piece:?} is not in {:?}", sentences[0]);
    }
}

fn digest(path: &Path) -> Vec<u8> {
    Sha256::digest(fs::read(path).unwrap()).to_vec()
}

#[tokio::test]
async fn a_missing_configuration_is_bad_usage() {
    let installation = installation().await;
    fs::remove_file(installation.path("postern.toml")).unwrap();
    for command in [&["run"] as &[&str], &["check"], &["init"], &["import", "people.csv"]] {
        let ended = installation.command(command).await;
        assert_eq!(ended.code, Some(64), "{command:?}: {ended:?}");
        let file = installation.path("postern.toml");
        let sentence = format!("the configuration file {} cannot be read: No such file", file.display());
        assert!(ended.stderr.contains(&sentence), "{command:?}: {ended:?}");
    }
}

#[tokio::test]
async fn t197_every_mistake_of_a_configuration_is_shown_at_once_with_its_line_and_a_caret() {
    let installation = installation().await;
    let text = installation.configuration();
    let spoiled = text
        .replace("workers = 2", "worker = 2")
        .replace("product = \"jira-software\"", "product = \"jira\"")
        .replace("sqlite:postern.db", "mysql:postern.db");
    installation.configure(&spoiled);
    for command in ["run", "check"] {
        let ended = installation.command(&[command]).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""), "{command}: {ended:?}");
        for (line, message) in
            [("worker = 2", "unknown key `worker`"), ("product = ", "`product`"), ("url = ", "`url`")]
        {
            let number = 1 + spoiled.lines().position(|other| other.starts_with(line)).unwrap();
            assert!(ended.stderr.contains(message), "{command}: {message}: {ended:?}");
            assert!(
                ended.stderr.contains(&format!("postern.toml:{number}:")),
                "{command}: {line}: {ended:?}"
            );
        }
        assert_eq!(ended.stderr.lines().filter(|line| line.starts_with("error")).count(), 3, "{ended:?}");
        assert!(ended.stderr.matches("^^").count() >= 3, "{command}: {ended:?}");
        assert!(ended.stderr.contains("did you mean `workers`?"), "{command}: {ended:?}");
    }
}

#[tokio::test]
async fn a_missing_key_file_is_named_with_the_command_that_makes_one() {
    let installation = installation().await;
    fs::remove_file(installation.path("keys")).unwrap();
    let keys = installation.path("keys");
    refused(
        &installation.command(&["run"]).await,
        &[&keys.display().to_string(), "No such file", "`postern init`"],
    );
    assert!(!keys.exists(), "a start never makes keys: everybody's verification would end");
}

#[tokio::test]
async fn t191_a_key_file_that_others_can_read_is_refused_with_its_mode() {
    let installation = installation().await;
    let keys = installation.path("keys");
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o644)).unwrap();
    let ended = installation.command(&["run"]).await;
    refused(&ended, &[&keys.display().to_string(), "mode 644", "set it to 600"]);
}

#[tokio::test]
async fn a_missing_database_is_named_with_the_command_that_makes_one() {
    let installation = installation().await;
    let store = installation.path("postern.db");
    fs::remove_file(&store).unwrap();
    refused(
        &installation.command(&["run"]).await,
        &[&store.display().to_string(), "does not exist", "`postern init`"],
    );
    assert!(!store.exists(), "a start never makes a store: an empty one would be a wrong one");
}

#[tokio::test]
async fn a_missing_folder_is_named_and_init_makes_it() {
    let installation = installation().await;
    let text = installation.configuration().replace("sqlite:postern.db", "sqlite:data/postern.db");
    installation.configure(&format!("{text}\n[keys]\nfile = \"keys\"\n"));
    let store = installation.path("data/postern.db");
    refused(
        &installation.command(&["run"]).await,
        &[&store.display().to_string(), "does not exist", "`postern init`"],
    );
    let made = installation.command(&["init"]).await;
    assert_eq!(made.code, Some(0), "{made:?}");
    assert!(store.exists());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_kept() {
    let installation = installation().await;
    let store = installation.path("postern.db");
    for content in ["This is a letter, not a database.\n".repeat(300), String::new()] {
        fs::write(&store, &content).unwrap();
        let ended = installation.command(&["run"]).await;
        refused(&ended, &[&store.display().to_string(), "no Postern store", "restore it from a backup"]);
        assert_eq!(fs::read_to_string(&store).unwrap(), content);
    }
}

#[tokio::test]
async fn t198_a_database_of_a_newer_postern_is_refused_and_keeps_every_byte() {
    let installation = installation().await;
    let store = installation.path("postern.db");
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", store.display())).await.unwrap();
    sqlx::query("UPDATE _sqlx_migrations SET version = 99 WHERE version = (SELECT max(version) FROM _sqlx_migrations)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let before = digest(&store);
    for command in [&["run"] as &[&str], &["init"]] {
        let ended = installation.command(command).await;
        refused(&ended, &[&store.display().to_string(), "schema version 99", "run the newer Postern"]);
        assert_eq!(digest(&store), before, "{command:?} changed it");
    }
}

#[tokio::test]
async fn an_address_in_use_is_named_with_what_to_change() {
    let installation = installation().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let text = installation.configuration();
    for key in ["proxy", "admin"] {
        installation
            .configure(&text.replace(&format!("{key} = \"127.0.0.1:0\""), &format!("{key} = \"{address}\"")));
        let ended = installation.command(&["run"]).await;
        refused(&ended, &[&address, "Address already in use", "stop the program that listens there"]);
    }
}

#[tokio::test]
async fn bad_usage_is_64_and_help_is_not() {
    let installation = Installation { folder: tempfile::tempdir().unwrap() };
    for (arguments, code, piece) in [
        (&["sing"] as &[&str], 64, "'sing'"),
        (&["run", "--confg", "x"], 64, "'--confg'"),
        (&["import"], 64, "<FILE>"),
        (&["demo", "--port-base", "70000"], 64, "70000"),
        (&["demo", "--frequency", "soon"], 64, "is not a duration: expected a duration from 1s to 30d"),
        (&[], 64, "Usage: postern"),
        (&["--help"], 0, "Usage: postern"),
        (&["import", "--help"], 0, "type,domain,email,name,username,claimed"),
        (&["--version"], 0, concat!("postern ", env!("CARGO_PKG_VERSION"))),
    ] {
        let ended = installation.command(arguments).await;
        assert_eq!(ended.code, Some(code), "{arguments:?}: {ended:?}");
        let said = if code == 0 { &ended.stdout } else { &ended.stderr };
        assert!(said.contains(piece), "{arguments:?}: {ended:?}");
    }
}
