//! `check`, `init` and `import`: what they print, what they make, and what they leave alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use http::StatusCode;
use postern::clock;
use postern::demo::demo_people;
use postern::domain::language::Language;
use postern::store::Store;
use postern::texts::source;

use crate::support::process::{Installation, PATIENCE};
use crate::support::world::PEOPLE;

fn fresh() -> Installation {
    Installation::before("127.0.0.1:9".parse().unwrap(), "")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn accounts(store: &Path) -> u64 {
    Store::open(store).await.unwrap().each_account(|_| ()).await.unwrap()
}

#[tokio::test]
async fn check_sums_up_a_good_file_and_starts_nothing() {
    let installation = fresh();
    let ended = installation.command(&["check"]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    let store = installation.path("postern.db").display().to_string();
    for piece in
        ["postern.toml: OK", "Acme", "jira.test (jira-software) -> http://127.0.0.1:9", "every 7d", &store]
    {
        assert!(ended.stdout.contains(piece), "{piece:?}: {ended:?}");
    }
    assert_eq!(
        fs::read_dir(installation.folder.path()).unwrap().count(),
        1,
        "only the configuration is there"
    );
}

#[tokio::test]
async fn t195_check_names_the_nearest_key_for_a_mistyped_one() {
    let installation = fresh();
    installation.configure(&installation.configuration().replace("workers = 2", "wrokers = 2"));
    let ended = installation.command(&["check"]).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""), "{ended:?}");
    assert!(ended.stderr.contains("unknown key `wrokers` in [listen]"), "{ended:?}");
    assert!(ended.stderr.contains("did you mean `workers`?"), "{ended:?}");
    assert!(ended.stderr.contains("1 mistake\n"), "{ended:?}");
}

#[tokio::test]
async fn init_makes_keys_and_store_for_their_owner_alone_and_twice_is_harmless() {
    let installation = fresh();
    let (keys, store) = (installation.path("keys"), installation.path("postern.db"));
    let ended = installation.command(&["init"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stdout.contains("Created the key file") && ended.stdout.contains("Created the store"),
        "{ended:?}"
    );
    assert_eq!((mode(&keys), mode(&store)), (0o600, 0o600));
    let secret = fs::read(&keys).unwrap();
    assert_eq!(installation.command(&["import", people(&installation)]).await.code, Some(0));

    let ended = installation.command(&["init"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stdout.contains("Kept the key file") && ended.stdout.contains("Kept the store"),
        "{ended:?}"
    );
    assert_eq!(fs::read(&keys).unwrap(), secret);
    assert_eq!(accounts(&store).await, 5);
}

#[tokio::test]
async fn import_says_what_it_imported_or_which_cell_is_wrong_and_then_imports_nothing() {
    let installation = fresh();
    assert_eq!(installation.command(&["init"]).await.code, Some(0));
    let file = people(&installation);
    fs::write(installation.path("people.csv"), PEOPLE.replace("omar,no", "omar,perhaps")).unwrap();
    let ended = installation.command(&["import", file]).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.stderr.contains("people.csv:7, column claimed: "), "{ended:?}");
    let store = installation.path("postern.db");
    assert_eq!(accounts(&store).await, 0, "the rows above the mistake are not imported");

    fs::write(installation.path("people.csv"), PEOPLE).unwrap();
    let ended = installation.command(&["import", file]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stdout.contains("Imported 1 verified domains and 5 accounts, 2 of them claimed"),
        "{ended:?}"
    );
    assert_eq!(accounts(&store).await, 5);
    Store::open(&store).await.unwrap().verify_audit_chain().await.unwrap();
}

#[tokio::test]
async fn an_import_beside_a_running_gateway_acts_without_a_restart() {
    let installation = Installation::with(demo_people(), "").await;
    let file = people(&installation);
    assert_eq!(installation.command(&["import", file]).await.code, Some(0));
    let running = installation.start().await;
    let mut jane = running.browser();
    jane.sign_in("jane").await;
    assert!(jane.open("/browse/DEMO-1").await.is_challenge(), "nobody claimed her yet");

    fs::write(installation.path("people.csv"), PEOPLE.replace("Jane Doe,jane,no", "Jane Doe,jane,yes"))
        .unwrap();
    let ended = installation.command(&["import", file]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let since = clock::stopwatch();
    loop {
        let answer = jane.open("/browse/DEMO-1").await;
        if answer.status == StatusCode::OK {
            break;
        }
        assert!(answer.is_challenge(), "{} {}", answer.status, answer.body);
        assert!(clock::stopwatch() - since < PATIENCE, "the import never acted");
    }
}

/// Writes the demo's people beside the configuration.
fn people(installation: &Installation) -> &'static str {
    fs::write(installation.path("people.csv"), PEOPLE).unwrap();
    "people.csv"
}

#[tokio::test]
async fn an_edited_audit_event_is_named_and_a_whole_log_is_said_to_be_whole() {
    use sqlx::{ConnectOptions as _, Connection as _};

    let installation = fresh();
    assert_eq!(installation.command(&["init"]).await.code, Some(0));
    assert_eq!(installation.command(&["import", people(&installation)]).await.code, Some(0));
    let ended = installation.command(&["audit", "verify"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stdout, "The audit log is whole: all 3 events are as they were written.\n");

    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(installation.path("postern.db"));
    let mut intruder = options.connect().await.unwrap();
    sqlx::query("UPDATE audit SET actor = 'nobody' WHERE seq = 2").execute(&mut intruder).await.unwrap();
    intruder.close().await.unwrap();
    let ended = installation.command(&["audit", "verify"]).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.stderr.contains("the audit log is broken at entry 2"), "{ended:?}");
    let ended = installation.command(&["audit"]).await;
    assert_eq!(ended.code, Some(64), "{ended:?}");
}

#[tokio::test]
async fn texts_prints_what_a_file_of_own_words_begins_with() {
    let installation = fresh();
    let said = installation.command(&["texts", "de"]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{said:?}");
    assert_eq!(said.stdout, source(Language::German));
    std::fs::write(installation.path("own.ftl"), &said.stdout).unwrap();
    let text = installation.configuration();
    installation.configure(&text.replace("[store]", "[organization.texts]\nde = \"own.ftl\"\n[store]"));
    let checked = installation.command(&["check"]).await;
    assert_eq!(checked.code, Some(0), "all of ours may be written again: {checked:?}");
    let wrong = installation.command(&["texts", "klingon"]).await;
    assert!(wrong.code == Some(64) && wrong.stderr.contains("pt-BR"), "{wrong:?}");
}
