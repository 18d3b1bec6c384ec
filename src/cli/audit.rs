//! `postern audit verify`: whether the audit log is whole, and every event in it as it was written.

use crate::config::settings::Settings;
use crate::store::Store;

/// Recomputes the chain of hashes. An event that was edited or removed is named by its number, and is an error.
pub async fn verify(settings: &Settings) -> anyhow::Result<()> {
    let store = Store::open(&settings.database).await?;
    let verified = store.verify_audit_chain().await;
    store.close().await;
    println!("{}", said(verified?));
    Ok(())
}

fn said(events: u64) -> String {
    match events {
        1 => "The audit log is whole: its one event is as it was written.".to_owned(),
        events => format!("The audit log is whole: all {events} events are as they were written."),
    }
}
