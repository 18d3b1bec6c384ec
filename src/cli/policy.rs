//! `postern policy`: which policies there are, what they were, and the way back.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::bail;
use arc_swap::ArcSwap;
use jiff::Timestamp;

use crate::actions::external_policies::ExternalPolicies;
use crate::actions::policy_undo::{find_policy, undo};
use crate::app;
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::store::{FormerContent, FormerPolicy, KeptSettings, Store};

use super::import::owner;

/// How many former versions are listed, the newest.
const MOST_LINES: u32 = 1_000;

/// What is to be done.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Say which policies there are.
    List,
    /// Say what they were, or what one of them was.
    History(Option<String>),
    /// Make one what it was, or what it was in a version.
    Undo(String, Option<i64>),
}

/// Does it for an organization, which must be named where there are several.
pub async fn run(settings: &Settings, organization: Option<&str>, deed: &Deed) -> anyhow::Result<()> {
    let owner = owner(settings, organization)?.organization;
    let store = Store::open(&settings.database).await?;
    let said = match deed {
        Deed::List => list(&store, &owner).await,
        Deed::History(name) => history(&store, &owner, name.as_deref()).await,
        Deed::Undo(name, to) => put_back(settings, &store, &owner, name, *to).await,
    };
    store.close().await;
    print!("{}", said?);
    Ok(())
}

async fn list(store: &Store, owner: &OrganizationId) -> anyhow::Result<String> {
    let mut text = String::new();
    for row in store.external_policies(owner).await? {
        let asks = match row.settings {
            KeptSettings::AsConfigured => "as the configuration file says".to_owned(),
            KeptSettings::Unreadable => "cannot be read by this version".to_owned(),
            KeptSettings::Own(settings) => settings.to_json().to_string(),
        };
        line(&mut text, &row.id.to_string(), row.version, row.updated_at, "external", &row.name, &asks);
    }
    let mut after = String::new();
    loop {
        let page = store.auth_policies(owner, &after, 200).await?;
        for row in &page {
            let asks = row.settings.to_json().to_string();
            let (id, name) = (row.id.to_string(), row.name.as_str());
            line(&mut text, &id, row.version, row.updated_at, "authentication", name, &asks);
        }
        let Some(last) = page.last() else { break };
        last.name.as_str().clone_into(&mut after);
    }
    if text.is_empty() {
        text.push_str(
            "There are no policies yet: external people are asked what the configuration file says.\n",
        );
    }
    Ok(text)
}

async fn history(store: &Store, owner: &OrganizationId, name: Option<&str>) -> anyhow::Result<String> {
    let policy = match name {
        Some(name) => Some(find(store, owner, name).await?),
        None => None,
    };
    let former = store.former_policies(owner, policy, MOST_LINES).await?;
    let mut text = String::new();
    for FormerPolicy { policy, version, name, content, replaced_at } in &former {
        let (family, asks) = match content {
            FormerContent::Authentication(Some(settings)) => {
                ("authentication", settings.to_json().to_string())
            }
            FormerContent::External { settings: KeptSettings::Own(settings), domains, people, .. } => {
                let whom = [domains.as_slice(), people.as_slice()].concat().join(", ");
                ("external", format!("{} {whom}", settings.to_json()))
            }
            FormerContent::External { settings: KeptSettings::AsConfigured, .. } => {
                ("external", "as the configuration file says".to_owned())
            }
            FormerContent::Authentication(None) => {
                ("authentication", "cannot be read by this version".to_owned())
            }
            FormerContent::External { .. } => ("external", "cannot be read by this version".to_owned()),
        };
        line(&mut text, &policy.to_string(), *version, *replaced_at, family, name, asks.trim_end());
    }
    if former.is_empty() {
        text.push_str("Nothing was changed yet.\n");
    }
    Ok(text)
}

async fn put_back(
    settings: &Settings,
    store: &Store,
    owner: &OrganizationId,
    name: &str,
    to: Option<i64>,
) -> anyhow::Result<String> {
    let policy = find(store, owner, name).await?;
    let (clock, entropy) = (Clock::system(), Entropy::System);
    let letterhead = Arc::new(ArcSwap::from_pointee(app::letterhead::letterhead(settings)));
    let keys = Keys::load(&settings.keys)?;
    let (policies, _) =
        app::tasks::policies_and_exports(settings, &keys, store, &clock, &entropy, &letterhead);
    let external = ExternalPolicies { store: store.clone(), clock, entropy };
    let undone = undo(&external, &policies, owner, policy, to, &Actor::from("operator")).await?;
    Ok(format!(
        "The policy {:?} is what it was, as version {}. Running gateways follow within a second.\n",
        undone.name, undone.version
    ))
}

async fn find(store: &Store, owner: &OrganizationId, name: &str) -> anyhow::Result<uuid::Uuid> {
    match find_policy(store, owner, name).await? {
        Some(policy) => Ok(policy),
        None => bail!("there is no policy {name:?}, and was none; `postern policy list` shows them"),
    }
}

fn line(text: &mut String, id: &str, version: i64, at: Timestamp, family: &str, name: &str, asks: &str) {
    let _ = writeln!(text, "{id}  version {version}, {at:.0}, {family}: {name:?}\n  {asks}");
}
