//! `postern import`: domains, accounts and claims from a file into the store, with a progress bar and a summary.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use crate::actions::import_directory::{Imported, import_directory};
use crate::clock::{self, Clock};
use crate::config::database::Database;
use crate::store::Store;

/// Imports `file` into a store. A running gateway follows by the change log.
pub async fn run(store: impl Into<Database>, file: &Path) -> anyhow::Result<()> {
    let source = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let size_bytes = source.metadata().with_context(|| format!("{} cannot be read", file.display()))?.len();
    let store = Store::open_to_import(store).await?;
    let (name, bar, watch) = (file.display().to_string(), progress_bar(size_bytes)?, clock::stopwatch());
    let reader = BufReader::with_capacity(1 << 20, source);
    let imported =
        import_directory(&store, &Clock::system(), reader, &name, |bytes| bar.set_position(bytes)).await;
    bar.finish_and_clear();
    store.close().await;
    println!("{}", summary(&imported?, &name, watch.elapsed()));
    Ok(())
}

/// On the error stream, and only where that is a terminal.
fn progress_bar(size_bytes: u64) -> anyhow::Result<ProgressBar> {
    let bar = ProgressBar::new(size_bytes);
    let style = "{bar:40} {percent:>3} %  {binary_bytes} of {binary_total_bytes}  {eta} left";
    bar.set_style(ProgressStyle::with_template(style)?);
    Ok(bar)
}

fn summary(imported: &Imported, name: &str, elapsed: Duration) -> String {
    let Imported { domains, accounts, claimed } = imported;
    let seconds = elapsed.as_secs_f64();
    let rate = (domains + accounts) as f64 / seconds.max(0.001);
    format!(
        "Imported {domains} verified domains and {accounts} accounts, {claimed} of them claimed, from {name} \
         in {seconds:.1} s ({rate:.0} rows a second)."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_command_imports_or_says_which_file_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let (store, file) = (folder.path().join("postern.db"), folder.path().join("accounts.csv"));
        let error = run(&store, &file).await.unwrap_err();
        assert!(error.to_string().contains("accounts.csv"), "{error}");
        std::fs::write(&file, "type,domain,email,name,username,claimed\naccount,,a@b.test,,,yes\n").unwrap();
        let error = run(&store, &file).await.unwrap_err();
        assert!(error.to_string().contains("postern init"), "{error}");
        Store::create(&store).await.unwrap();
        run(&store, &file).await.unwrap();
        assert_eq!(Store::open(&store).await.unwrap().each_account(|_| ()).await.unwrap(), 1);
    }

    #[test]
    fn the_summary_says_the_rate() {
        let imported = Imported { domains: 2, accounts: 998, claimed: 10 };
        assert_eq!(
            summary(&imported, "accounts.csv", Duration::from_secs(4)),
            "Imported 2 verified domains and 998 accounts, 10 of them claimed, from accounts.csv in 4.0 s (250 rows a second)."
        );
    }
}
