//! `postern import`: domains, accounts and claims from a file into the store, with a progress bar and a summary.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::actions::import_directory::{Imported, Owner, import_directory};
use crate::clock::{self, Clock};
use crate::config::database::Database;
use crate::config::settings::{Settings, Site};
use crate::store::Store;

/// Imports `file` for an organization, which must be named where there are several. A running gateway follows by the change log.
pub async fn run(settings: &Settings, organization: Option<&str>, file: &Path) -> anyhow::Result<()> {
    import(&settings.database, &owner(settings, organization)?, file).await
}

/// The organization of this id, or the only one, with its sites.
pub fn owner(settings: &Settings, id: Option<&str>) -> anyhow::Result<Owner> {
    let known =
        || settings.organizations.iter().map(|organization| organization.id.as_str()).collect::<Vec<_>>();
    let organization = match (id, settings.organizations.as_slice()) {
        (None, [only]) => only,
        (None, _) => bail!("say whose people they are with --organization: {}", known().join(", ")),
        (Some(id), organizations) => organizations
            .iter()
            .find(|organization| organization.id.as_str() == id)
            .with_context(|| format!("there is no organization {id:?}; there are: {}", known().join(", ")))?,
    };
    let is_theirs = |site: &&Arc<Site>| site.organization.id == organization.id;
    let sites = settings.sites.iter().filter(is_theirs).map(|site| Arc::clone(&site.id)).collect();
    Ok(Owner { organization: organization.id.clone(), sites })
}

async fn import(store: impl Into<Database>, owner: &Owner, file: &Path) -> anyhow::Result<()> {
    let source = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let size_bytes = source.metadata().with_context(|| format!("{} cannot be read", file.display()))?.len();
    let store = Store::open_to_import(store).await?;
    let (name, bar, watch) = (file.display().to_string(), progress_bar(size_bytes)?, clock::stopwatch());
    let reader = BufReader::with_capacity(1 << 20, source);
    let imported =
        import_directory(&store, &Clock::system(), owner, reader, &name, |bytes| bar.set_position(bytes))
            .await;
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
    use crate::domain::organization::OrganizationId;

    #[tokio::test]
    async fn the_command_imports_or_says_which_file_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let (store, file) = (folder.path().join("postern.db"), folder.path().join("accounts.csv"));
        let owner = Owner { organization: OrganizationId::only(), sites: Vec::new() };
        let error = import(&store, &owner, &file).await.unwrap_err();
        assert!(error.to_string().contains("accounts.csv"), "{error}");
        std::fs::write(&file, "type,domain,email,name,username,claimed\naccount,,a@b.test,,,yes\n").unwrap();
        let error = import(&store, &owner, &file).await.unwrap_err();
        assert!(error.to_string().contains("postern init"), "{error}");
        Store::create(&store).await.unwrap();
        import(&store, &owner, &file).await.unwrap();
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
