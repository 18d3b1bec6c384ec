//! `postern init`: creates the key file and the store that a configuration names. It never touches what exists.

use anyhow::Context as _;

use crate::config::settings::Settings;
use crate::entropy::Entropy;
use crate::keys::{Keys, KeysError};
use crate::store::{Store, StoreError};

/// Creates what is missing, and says what it did.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    for line in create(settings).await? {
        println!("{line}");
    }
    Ok(())
}

/// Creates what is missing; gives a sentence for each thing it did.
pub async fn create(settings: &Settings) -> anyhow::Result<[String; 2]> {
    if let Some(folder) = settings.database.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be created", folder.display()))?;
    }
    Ok([create_keys(settings)?, create_store(settings).await?])
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
    let store = settings.database.display();
    match Store::create(&settings.database).await {
        Ok(()) => Ok(format!("Created the store {store}.")),
        Err(StoreError::Exists(_)) => {
            Store::open(&settings.database).await?.close().await;
            Ok(format!("Kept the store {store}."))
        }
        Err(error) => Err(error.into()),
    }
}
