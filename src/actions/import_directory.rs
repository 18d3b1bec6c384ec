//! Imports verified domains, accounts and claims from a file: all of it is enforced, or nothing.
//!
//! Rows that are known are updated, others stay. The format is in `directory_csv.rs`. Others write meanwhile: how that goes
//! together with all or nothing is said in `store/imports.rs`.

use std::io::Read;
use std::sync::Arc;

use futures_util::future::join;
use serde_json::json;

pub use super::directory_csv::CsvError;
use super::directory_csv::{DirectoryCsv, Entry};
use crate::clock::Clock;
use crate::domain::domain_name::DomainName;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, ImportStep, NewAccount, StagedImport, Store, StoreError};

/// Rows that are written together: in half a second at most, after which others have their turn.
const BATCH: usize = 10_000;

/// Whose tables a file changes.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The organization.
    pub organization: OrganizationId,
    /// The ids of its sites: no other one's users are named by its files.
    pub sites: Vec<Arc<str>>,
}

/// What was imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows that verify a domain.
    pub domains: u64,
    /// Rows that name an account.
    pub accounts: u64,
    /// How many of these accounts are claimed.
    pub claimed: u64,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is not as it must be.
    #[error(transparent)]
    File(#[from] CsvError),
    /// A domain has one owner, and it is not this one.
    #[error("{file}: the domain {domain} belongs to another organization of this gateway")]
    Taken {
        /// The file's name.
        file: String,
        /// The domain.
        domain: DomainName,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports all of `reader`, and returns when it is enforced or about to be. `file_name` goes into messages and the audit log;
/// `progress` is told how many bytes were read. The first error ends it, and what is enforced is as before.
pub async fn import_directory(
    store: &Store,
    clock: &Clock,
    owner: &Owner,
    reader: impl Read,
    file_name: &str,
    mut progress: impl FnMut(u64),
) -> Result<Imported, ImportError> {
    let mut csv = DirectoryCsv::open(reader, file_name, &owner.sites)?;
    let mut import = store.begin_import(&owner.organization, clock.now()).await?;
    let staged = stage(store, clock, &mut import, &mut csv, &mut progress).await;
    let decided = match staged {
        Ok(imported) => decide(store, clock, owner, &import, file_name, imported).await.map(|()| imported),
        Err(error) => Err(error),
    };
    if decided.is_err()
        && let Err(error) = store.abandon_import(&import).await
    {
        tracing::warn!(%error, "what was read of a file that is not imported stays in the store until it is a day old");
    }
    let imported = decided?;
    loop {
        match store.apply_import().await? {
            ImportStep::Nothing => return Ok(imported),
            ImportStep::Part => store.give_way().await,
            ImportStep::Last => {}
        }
    }
}

/// Reads the whole file into the store, where nothing of it counts yet.
async fn stage(
    store: &Store,
    clock: &Clock,
    import: &mut StagedImport,
    csv: &mut DirectoryCsv<'_, impl Read>,
    progress: &mut impl FnMut(u64),
) -> Result<Imported, ImportError> {
    let mut imported = Imported::default();
    let mut batch = Batch::read(csv, &mut imported)?;
    while !batch.is_empty() {
        // The file is read on while the database writes.
        let next = async { Batch::read(csv, &mut imported) };
        let (written, next) = join(batch.write(store, import, clock), next).await;
        written?;
        batch = next?;
        progress(csv.bytes_read());
    }
    progress(csv.bytes_read());
    Ok(imported)
}

async fn decide(
    store: &Store,
    clock: &Clock,
    owner: &Owner,
    import: &StagedImport,
    file_name: &str,
    imported: Imported,
) -> Result<(), ImportError> {
    let now = clock.now();
    let detail = json!({
        "file": file_name, "domains": imported.domains, "accounts": imported.accounts, "claimed": imported.claimed,
    });
    let mut change = store.write().await?;
    if let Some(domain) = change.decide_import(import, &detail, now).await? {
        return Err(ImportError::Taken { file: file_name.to_owned(), domain });
    }
    let event =
        AuditEvent::new("operator", AuditAction::DirectoryImported, file_name).of(&owner.organization);
    Ok(change.commit(event.with(detail), now).await?)
}

impl Imported {
    fn count(&mut self, entry: &Entry) {
        match entry {
            Entry::Domain(_) => self.domains += 1,
            Entry::Account(account) => {
                self.accounts += 1;
                self.claimed += u64::from(account.claimed);
            }
        }
    }
}

/// Rows that wait to be written together.
#[derive(Default)]
struct Batch {
    domains: Vec<DomainName>,
    accounts: Vec<NewAccount>,
}

impl Batch {
    /// The next rows of the file; none at its end.
    fn read(csv: &mut DirectoryCsv<'_, impl Read>, imported: &mut Imported) -> Result<Self, CsvError> {
        let mut batch = Self::default();
        while batch.len() < BATCH
            && let Some(entry) = csv.next_entry()?
        {
            imported.count(&entry);
            batch.add(entry);
        }
        Ok(batch)
    }

    fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Domain(domain) => self.domains.push(domain),
            Entry::Account(account) => self.accounts.push(account),
        }
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn len(&self) -> usize {
        self.domains.len() + self.accounts.len()
    }

    async fn write(self, store: &Store, import: &mut StagedImport, clock: &Clock) -> Result<(), StoreError> {
        store.stage(import, &self.domains, &self.accounts, clock.now()).await?;
        if self.len() == BATCH {
            store.give_way().await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
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
        let imported =
            import_directory(store, clock, &owner(), content.as_ref(), "accounts.csv", |_| ()).await;
        imported.map_err(|error| error.to_string())
    }

    async fn accounts(store: &Store) -> Vec<(String, Option<String>, bool)> {
        let mut rows = Vec::new();
        store
            .each_account(|row| rows.push((row.email.to_string(), row.username, row.claimed)))
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
            import_directory(&store, &clock, &owner, content.as_bytes(), "accounts.csv", |bytes| {
                told.set(bytes)
            });
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
        let first =
            format!("{HEADER}account,,a@b.test,A,a,yes\naccount,,c@b.test,C,c,yes\ndomain,b.test,,,,\n");
        import(&store, &clock, first).await.unwrap();
        let second =
            format!("{HEADER}account,,A@B.test,,,no\naccount,,new@b.test,,c,yes\ndomain,b.test,,,,\n");
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
            assert!(
                error.starts_with("accounts.csv:2, column user_key: ") && error.contains(problem),
                "{error}"
            );
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
            let columns = "the header must name the columns type,domain,email,name,username,claimed, and may name user_key";
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
        let error =
            import_directory(&store, &clock, &owner(), broken, "accounts.csv", |_| ()).await.unwrap_err();
        assert!(error.to_string().contains("the disk is gone"), "{error}");
        assert_eq!(accounts(&store).await.len(), 0);
        assert_eq!(import(&store, &clock, content).await.unwrap().accounts, 12_000);
    }
}
