//! What a file must be like, and that nothing of one that is not so is imported.

use std::io;

use jiff::Timestamp;
use tempfile::TempDir;

use super::*;
use crate::store::ChangeKind;

const HEADER: &str = "type,domain,email,name,username,claimed\n";

async fn fresh() -> (TempDir, Store, Clock) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postern.db");
    Store::create(&path).await.unwrap();
    let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
    (folder, Store::open(&path).await.unwrap(), clock)
}

fn owner() -> Owner {
    let sites = ["jira.test", "wiki.test/wiki"].map(Arc::from).to_vec();
    Owner { organization: OrganizationId::only(), sites }
}

async fn import(store: &Store, clock: &Clock, content: impl AsRef<[u8]>) -> Result<Imported, String> {
    let imported = import_directory(store, clock, &owner(), content.as_ref(), "accounts.csv", |_| ()).await;
    imported.map_err(|error| error.to_string())
}

async fn accounts(store: &Store) -> Vec<(String, Option<String>, bool)> {
    let mut rows = Vec::new();
    store
        .each_account(|row| rows.push((row.email.to_string(), row.username, row.claim.is_in_force())))
        .await
        .unwrap();
    rows.sort();
    rows
}

#[tokio::test]
async fn an_import_is_read_in_one_spelling_and_told_once() {
    let (_folder, store, clock) = fresh().await;
    let content = "\u{feff}claimed,type,email,username,name,domain\r\n\
        ,domain,,,,Acme.TEST.\r\n\
        YES,account, Jane.Doe@ACME.test , JDoe ,\"Doe, \"\"Jane\"\"\",\r\n\
        0,account,bob@acme.test,,,\r\n";
    let told = std::cell::Cell::new(0);
    let owner = owner();
    let imported =
        import_directory(&store, &clock, &owner, content.as_bytes(), "accounts.csv", |bytes| told.set(bytes));
    assert_eq!(imported.await.unwrap(), Imported { domains: 1, accounts: 2, claimed: 1 });
    assert!(told.get() >= content.len() as u64, "all was read");
    assert_eq!(store.verified_domains().await.unwrap()[0].0.as_str(), "acme.test");
    assert_eq!(
        accounts(&store).await,
        [("bob@acme.test".into(), None, false), ("jane.doe@acme.test".into(), Some("jdoe".into()), true)]
    );
    let changes = store.changes_after(0, 10).await.unwrap();
    assert_eq!(changes.iter().map(|entry| entry.kind).collect::<Vec<_>>(), [ChangeKind::Directory]);
    let last = store.audit_tail(1).await.unwrap().remove(0);
    assert_eq!((last.action.as_str(), last.subject.as_str()), ("directory_imported", "accounts.csv"));
    assert!(
        last.detail.contains("\"accounts\":2") && last.detail.contains("\"claimed\":1"),
        "{}",
        last.detail
    );
}

#[tokio::test]
async fn a_second_import_updates_what_it_names_and_leaves_the_rest() {
    let (_folder, store, clock) = fresh().await;
    let first = format!("{HEADER}account,,a@b.test,A,a,yes\naccount,,c@b.test,C,c,yes\ndomain,b.test,,,,\n");
    import(&store, &clock, first).await.unwrap();
    let second = format!("{HEADER}account,,A@B.test,,,no\naccount,,new@b.test,,c,yes\ndomain,b.test,,,,\n");
    import(&store, &clock, second).await.unwrap();
    assert_eq!(
        accounts(&store).await,
        [
            ("a@b.test".into(), Some("a".into()), false),
            ("c@b.test".into(), None, true),
            ("new@b.test".into(), Some("c".into()), true),
        ]
    );
}

#[tokio::test]
async fn a_bad_row_is_named_by_line_and_column_and_nothing_is_imported() {
    let (_folder, store, clock) = fresh().await;
    // A name over two lines and an empty line come first: lines are counted, not rows.
    let good = format!("{HEADER}account,,a@b.test,\"two\nlines\",,\n");
    let error = import(&store, &clock, good).await.unwrap_err();
    assert_eq!(
        error,
        r#"accounts.csv:2, column name: "two\nlines" has a line end or another control character"#
    );
    let start = format!("{HEADER}account,,\"a@b.test\n\",A,a,yes\n\ndomain,b.test,,,,\n");
    for (row, expected) in [
        (
            "account,,jane@@acme.com,,,",
            r#":6, column email: "jane@@acme.com" is not an e-mail address: exactly one @ was expected"#,
        ),
        ("account,,,,,", r#":6, column email: "" is not an e-mail address"#),
        (
            "account,,x@localhost,,,",
            r#":6, column email: "x@localhost" has a mail domain that has only one label"#,
        ),
        ("account,,x@b.test,,,perhaps", r#":6, column claimed: "perhaps" is neither yes nor no"#),
        (
            "account,b.test,x@b.test,,,",
            r#":6, column domain: "b.test" must be empty in a row of type account"#,
        ),
        (
            "domain,b.test,x@b.test,,,",
            r#":6, column email: "x@b.test" must be empty in a row of type domain"#,
        ),
        ("domain,-b.test,,,,", r#":6, column domain: "-b.test" is not a domain name"#),
        ("user,,x@b.test,,,", r#":6, column type: "user" is neither domain nor account"#),
        ("account,,x@b.test,,", ":6: has 5 fields, and the header has 6"),
        ("account,,x@b.test,\"Jane,,\naccount,,y@b.test,,,", ":6: has 4 fields, and the header has 6"),
        ("account,,A@B.test,,,", r#":6, column email: "a@b.test" is in line 2 already"#),
        ("account,,x@b.test,, A,", r#":6, column username: "a" is in line 2 already"#),
        ("domain,B.TEST.,,,,", r#":6, column domain: "b.test" is in line 5 already"#),
    ] {
        let error = import(&store, &clock, format!("{start}{row}\n")).await.unwrap_err();
        assert!(error.starts_with(&format!("accounts.csv{expected}")), "{row:?} gave {error}");
    }
    assert_eq!((accounts(&store).await.len(), store.last_change().await.unwrap()), (0, 0));
    assert_eq!(store.verify_audit_chain().await.unwrap(), 1);
    import(&store, &clock, start).await.unwrap();
}

#[tokio::test]
async fn user_keys_come_with_their_site_or_not_at_all() {
    let (_folder, store, clock) = fresh().await;
    let header = "user_key,type,domain,email,name,username,claimed\n";
    let row = " jira.test=JIRAUSER1 ;wiki.test/wiki=8a=7f,account,,a@b.test,A,a,yes\n";
    import(&store, &clock, format!("{header}{row}")).await.unwrap();
    import(&store, &clock, format!("{HEADER}account,,a@b.test,A,a,yes\n")).await.unwrap();
    let mut seen = Vec::new();
    store.each_user_key(|key, email| seen.push((key.site, key.key, email.to_string()))).await.unwrap();
    let known = |site: &str, key: &str| (site.to_owned(), key.to_owned(), "a@b.test".to_owned());
    let keys = [known("jira.test", "JIRAUSER1"), known("wiki.test/wiki", "8a=7f")];
    assert_eq!(seen, keys, "a file without the column keeps them");
    for (cell, problem) in [
        ("JIRAUSER1", "is not a list of keys such as wiki.acme.com=8a7f80"),
        ("=JIRAUSER1", "is not a list of keys"),
        ("jira.test=", "is not a list of keys"),
        ("jira.test=x;", "is not a list of keys"),
        ("jira.test=JIRAUSER1;jira.test=JIRAUSER1", "is in line 2 already"),
        (
            "other.test=x",
            "\"other.test\" is no site of the organization; its sites are jira.test, wiki.test/wiki",
        ),
    ] {
        let error = import(&store, &clock, format!("{header}{cell},account,,a@b.test,A,a,yes\n")).await;
        let error = error.unwrap_err();
        assert!(error.starts_with("accounts.csv:2, column user_key: ") && error.contains(problem), "{error}");
    }
}

#[tokio::test]
async fn windows_line_ends_count_as_one() {
    let (_folder, store, clock) = fresh().await;
    let content = "type,domain,email,name,username,claimed\r\ndomain,b.test,,,,\r\n\r\naccount,,x,,,\r\n";
    let error = import(&store, &clock, content).await.unwrap_err();
    assert!(error.starts_with("accounts.csv:4, column email"), "{error}");
}

#[tokio::test]
async fn a_header_that_is_not_the_header_is_refused() {
    let (_folder, store, clock) = fresh().await;
    for (content, expected) in [
        ("", "the column type is missing"),
        ("type,domain,email,name,username\n", "the column claimed is missing"),
        ("type,domain,email,name,username,claimed,email\n", "the column email is there twice"),
        ("type,domain,mail,name,username,claimed\n", "the column \"mail\" is unknown"),
        ("jane@acme.com\n", "the column \"jane@acme.com\" is unknown"),
    ] {
        let error = import(&store, &clock, content).await.unwrap_err();
        let columns =
            "the header must name the columns type,domain,email,name,username,claimed, and may name user_key";
        assert_eq!(error, format!("accounts.csv:1: {expected}; {columns}"));
    }
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_named_by_its_line() {
    let (_folder, store, clock) = fresh().await;
    let content = [HEADER.as_bytes(), b"account,,a@b.test,J\xfcrgen,,\n"].concat();
    let error = import(&store, &clock, content).await.unwrap_err();
    assert!(error.starts_with("accounts.csv:2, column name: is not UTF-8"), "{error}");
}

#[tokio::test]
async fn a_file_that_breaks_off_imports_nothing() {
    struct Breaks;
    impl io::Read for Breaks {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let (_folder, store, clock) = fresh().await;
    let rows: String = (0..12_000).map(|n| format!("account,,user{n}@b.test,,,\n")).collect();
    let content = format!("{HEADER}{rows}");
    let broken = io::Read::chain(content.as_bytes(), Breaks);
    let error = import_directory(&store, &clock, &owner(), broken, "accounts.csv", |_| ()).await.unwrap_err();
    assert!(error.to_string().contains("the disk is gone"), "{error}");
    assert_eq!(accounts(&store).await.len(), 0);
    assert_eq!(import(&store, &clock, content).await.unwrap().accounts, 12_000);
}
