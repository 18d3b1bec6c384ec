//! The file: made whole, refused untouched, and never silently another than it was.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};

use super::*;
use crate::domain::lifecycle::{Claim, Standing};
use crate::domain::owned_domain::{Method, Status};

fn digest(path: &Path) -> [u8; 32] {
    Sha256::digest(fs::read(path).unwrap()).into()
}

/// Runs a statement behind the store's back.
async fn tamper(store: &Store, statement: &'static str) {
    let mut write = store.connections.begin_write().await.unwrap();
    let touched = sqlx::query(statement).execute(&mut *write).await.unwrap();
    write.commit().await.unwrap();
    assert!(touched.rows_affected() > 0, "{statement} must touch something");
}

#[tokio::test]
async fn a_new_store_is_for_its_owner_alone_and_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postern.db");
    Store::create(&path).await.unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left behind");
    let before = digest(&path);
    let again = Store::create(&path).await.unwrap_err();
    assert!(matches!(again, StoreError::Exists(_)), "{again}");
    assert_eq!(digest(&path), before);

    let store = Store::open(&path).await.unwrap();
    store.ping().await.unwrap();
    let first = store.audit_tail(1).await.unwrap().remove(0);
    assert_eq!((first.seq, first.action.as_str()), (1, "store_created"));
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.db");
    let error = Store::open(&missing).await.unwrap_err();
    assert!(matches!(error, StoreError::Missing(_)) && error.to_string().contains("none.db"), "{error}");
    assert!(error.to_string().contains("postern init"), "{error}");
    assert!(!missing.exists(), "opening creates nothing");

    let error = Store::open(folder.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unusable { .. }), "{error}");
    let error = Store::create(&folder.path().join("no/such/folder.db")).await.unwrap_err();
    assert!(matches!(error, StoreError::Unusable { .. }), "{error}");

    for content in [&b""[..], b"not a database, but long enough to hold a header of a hundred bytes, as a store would have, and more"] {
        let other = folder.path().join("other.db");
        fs::write(&other, content).unwrap();
        let error = Store::open(&other).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        assert_eq!(fs::read(&other).unwrap(), content);
    }
}

#[tokio::test]
async fn a_newer_store_is_refused_and_keeps_every_byte() {
    let (folder, store) = fresh().await;
    tamper(
        &store,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'from the future', 1, x'00', 0)",
    )
    .await;
    store.close().await;
    let path = folder.path().join("postern.db");
    let before = digest(&path);
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { database_version: 9999, known: ..9999, .. }), "{error}");
    assert_eq!(digest(&path), before);
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    let (folder, store) = fresh().await;
    open_challenge(&store, 1, at(0)).await;
    let same = Store::open(&folder.path().join("postern.db")).await.unwrap();
    store.close().await;
    assert!(same.live_challenge(JANE, BROWSER, at(1)).await.unwrap().is_some());
    same.close().await;
    let again = Store::open(&folder.path().join("postern.db")).await.unwrap();
    assert!(again.live_challenge(JANE, BROWSER, at(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn an_edited_or_removed_audit_row_is_found() {
    for (statement, broken) in [
        ("UPDATE audit SET subject = 'john@ext.test' WHERE seq = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE seq = 3", 3),
        ("UPDATE audit SET hash = zeroblob(32) WHERE seq = 5", 5),
        ("UPDATE audit SET actor = actor || subject, subject = '' WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 6", 6),
        (
            "INSERT INTO audit (seq, at, actor, action, subject, detail, hash, organization, address, api_key) \
             SELECT seq + 1, at, actor, action, subject, detail, hash, organization, address, api_key FROM audit WHERE seq = 6",
            7,
        ),
        ("UPDATE audit SET organization = 'other' WHERE seq = 5", 5),
        ("UPDATE audit SET address = '192.0.2.2' WHERE seq = 5", 5),
        ("UPDATE audit SET api_key = NULL WHERE seq = 5", 5),
        ("UPDATE audit SET address = '192.0.2.1' WHERE seq = 3", 3),
        ("UPDATE audit SET site = 'wiki.test' WHERE seq = 2", 2),
        ("UPDATE audit SET organization = NULL, detail = detail || organization WHERE seq = 6", 6),
    ] {
        let (_folder, store) = fresh().await;
        for second in 0..5 {
            let mut event = challenged().of(&only());
            if second == 3 {
                event.actor.address = Some("192.0.2.1".parse().unwrap());
                event.actor.key = Some(Uuid::from_u128(7));
            }
            store.write().await.unwrap().commit(event, at(second)).await.unwrap();
        }
        assert_eq!(store.verify_audit_chain().await.unwrap(), 6);
        tamper(&store, statement).await;
        let found = store.verify_audit_chain().await;
        assert!(matches!(found, Err(AuditError::Broken { seq }) if seq == broken), "{statement}: {found:?}");
    }
}

#[tokio::test]
async fn a_row_that_does_not_parse_is_damage_and_is_not_echoed() {
    let (_folder, store) = fresh().await;
    open_challenge(&store, 1, at(0)).await;
    tamper(&store, "UPDATE challenges SET email = 'Jane@@ext.test'").await;
    let error = store.challenge(Uuid::from_u128(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("column email") && !error.to_string().contains("Jane"), "{error}");
}

/// Everything a store can say of accounts, or that it refuses to.
async fn all_it_says(path: &Path) -> Result<Vec<(String, bool)>, String> {
    let store = Store::open(path).await.map_err(|error| error.to_string())?;
    store.verify_audit_chain().await.map_err(|error| error.to_string())?;
    let mut said = Vec::new();
    let read = store.each_account(|row| said.push((row.email.to_string(), row.claim.is_in_force()))).await;
    store.close().await;
    said.sort();
    read.map(|_| said).map_err(|error| error.to_string())
}

/// Damage by overwriting whole stretches, as a failing disk or a stray program does it. A single altered value that is
/// still a value is beyond what any check but the audit chain's can see.
#[tokio::test]
async fn a_damaged_file_is_refused_or_still_has_every_account() {
    let (folder, store) = fresh().await;
    let mut change = store.write().await.unwrap();
    let accounts: Vec<_> = (0..400)
        .map(|n| NewAccount {
            email: email(&format!("user{n}@acme.test")),
            username: None,
            name: None,
            claimed: true,
            user_keys: Vec::new(),
        })
        .collect();
    change.upsert_accounts(&only(), &accounts, at(0)).await.unwrap();
    change.commit(challenged(), at(0)).await.unwrap();
    store.close().await;
    let path = folder.path().join("postern.db");
    let (whole, before) = (fs::read(&path).unwrap(), all_it_says(&path).await.unwrap());

    let (mut random, mut refused) = (StdRng::seed_from_u64(16), 0);
    for round in 0..60 {
        let mut damaged = whole.clone();
        let page = random.random_range(0..whole.len() / 4096) * 4096;
        // The first bytes of a page say what it holds.
        let start = if round % 2 == 0 { page } else { random.random_range(0..whole.len() - 16) };
        damaged[start..start + 16].iter_mut().for_each(|byte| *byte ^= 0xff);
        let hurt = folder.path().join(format!("hurt{round}.db"));
        fs::write(&hurt, damaged).unwrap();
        match all_it_says(&hurt).await {
            Ok(said) => assert!(said.len() == before.len(), "round {round}, byte {start}: rows are gone"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused >= 30, "only {refused} of 60 were refused");
}

/// What an older Postern wrote belongs to the only organization that there was.
#[tokio::test]
async fn an_older_store_is_brought_up_to_date_with_all_it_holds() {
    use sqlx::{ConnectOptions as _, Connection as _};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postern.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut old = options.pragma("application_id", 0x5073_746E.to_string()).connect().await.unwrap();
    let known = &migrations::SQLITE;
    let first = known.iter().filter(|migration| migration.version <= 3).cloned().collect();
    sqlx::migrate::Migrator::with_migrations(first).run(&mut old).await.unwrap();
    for statement in [
        "INSERT INTO domains VALUES ('acme.test', 1)",
        "INSERT INTO accounts VALUES (zeroblob(16), 'jane@acme.test', 'jane', 'Jane', 1, 1, 1)",
        "INSERT INTO user_keys VALUES ('jira.test', 'JIRAUSER1', 'jane@acme.test')",
    ] {
        sqlx::query(statement).execute(&mut old).await.unwrap();
    }
    old.close().await.unwrap();

    let store = Store::open(&path).await.unwrap();
    let (mut accounts, mut keys) = (Vec::new(), Vec::new());
    store.each_account(|row| accounts.push(row)).await.unwrap();
    store.each_user_key(|key, email| keys.push((key.key, email.to_string()))).await.unwrap();
    let jane = AccountRow {
        organization: only(),
        email: email("jane@acme.test"),
        username: Some("jane".to_owned()),
        claim: Claim::InForce,
        standing: Standing::Active,
        ends_at: None,
        policy: accounts[0].policy,
    };
    assert!(jane.policy.is_some());
    assert_eq!(accounts, [jane]);
    assert_eq!(keys, [("JIRAUSER1".to_owned(), "jane@acme.test".to_owned())]);
    let policies = store.auth_policies(&only(), "", 10).await.unwrap();
    assert_eq!((policies.len(), policies[0].is_default), (1, true));
    assert_eq!(policies[0].settings, crate::domain::auth_policy::AuthPolicySettings::default());
    let members = store.members(&only(), policies[0].id, None, "", 10).await.unwrap();
    assert_eq!(members.len(), 1, "who was claimed before there were policies is a member now");
    let domains = store.verified_domains().await.unwrap();
    assert_eq!(
        domains.iter().map(|(name, owner)| (name.as_str(), owner.as_str())).collect::<Vec<_>>(),
        [("acme.test", "default")]
    );
    let acme = store.owned_domain(&domains[0].0).await.unwrap().unwrap();
    assert_eq!((acme.method, acme.status), (Some(Method::Import), Status::Verified));
    assert_eq!(
        (row::millis(acme.created_at), acme.verified_at, acme.seen_at),
        (1, Some(acme.created_at), None)
    );
}
