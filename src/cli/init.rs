//! `postern init`: creates the key file and the store that a configuration names. It never touches what exists.

use anyhow::{Context as _, bail};

use crate::config::database::Database;
use crate::config::settings::Settings;
use crate::entropy::Entropy;
use crate::keys::{Keys, KeysError};
use crate::store::{Store, StoreError};

/// How the sentence begins that a store was there.
const KEPT: &str = "Kept the store";

/// Creates what is missing, and says what it did.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    for line in create(settings).await? {
        println!("{line}");
    }
    Ok(())
}

/// Creates what is missing; gives a sentence for each thing it did.
pub async fn create(settings: &Settings) -> anyhow::Result<[String; 2]> {
    match &settings.database {
        Database::Sqlite(path) => {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("the folder {} cannot be created", folder.display()))?;
            }
            Ok([create_keys(settings)?, create_store(settings).await?])
        }
        // The other way round: with other keys than those of the gateways that share it, nobody's code would be right.
        Database::Postgres(_) => {
            let store = create_store(settings).await?;
            if store.starts_with(KEPT) && !settings.keys.exists() {
                bail!(
                    "the store {} is in use already, and the key file {} does not exist; copy that of the gateway that \
                     made the store: all of them need the same keys",
                    settings.database,
                    settings.keys.display()
                );
            }
            Ok([create_keys(settings)?, store])
        }
    }
}

fn create_keys(settings: &Settings) -> anyhow::Result<String> {
    let keys = settings.keys.display();
    match Keys::create(&settings.keys, &Entropy::System) {
        Ok(()) => Ok(format!(
            "Created the key file {keys}. Keep a copy: without it nobody's verification counts any more."
        )),
        Err(KeysError::Uncreatable(_, error)) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Keys::load(&settings.keys)?;
            Ok(format!("Kept the key file {keys}."))
        }
        Err(error) => Err(error.into()),
    }
}

async fn create_store(settings: &Settings) -> anyhow::Result<String> {
    let store = &settings.database;
    match Store::create(store).await {
        Ok(()) => Ok(format!("Created the store {store}.")),
        Err(StoreError::Exists(_)) => {
            Store::open(store).await?.close().await;
            Ok(format!("{KEPT} {store}."))
        }
        Err(error) => Err(error.into()),
    }
}
