//! `postern admin`: the keys that the API is asked with, and the directories that identity providers fill with theirs. The first
//! key of an organization can be made in no other way.
//!
//! The text of a key goes to standard output alone, so that a script can keep it; all about it goes to standard error.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use uuid::Uuid;

use crate::actions::api_keys::{ApiKeys, NewKey};
use crate::actions::scim::directories::create_directory;
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::domain::actor::Actor;
use crate::domain::api_key::{Scope, Scopes};
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::entropy::Entropy;
use crate::store::{ApiKeyRow, DirectoryRow, Store};

use super::import::owner;

/// Keys per look into the store.
const PAGE: u32 = 200;

/// What is to be done.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Make a key.
    Create {
        /// What people call it.
        name: String,
        /// What it opens; everything where none is named.
        scopes: Vec<String>,
        /// Who is written to about what was done with it.
        owner: Option<String>,
        /// How long it lives.
        lifetime: Duration,
    },
    /// Make a directory with a key, or another key of one.
    CreateDirectory {
        /// What people call it.
        name: String,
        /// How long the key lives.
        lifetime: Duration,
    },
    /// Say which keys there are.
    List,
    /// End a key.
    Revoke(String),
}

/// Does it for an organization, which must be named where there are several.
pub async fn run(settings: &Settings, organization: Option<&str>, deed: Deed) -> anyhow::Result<()> {
    let organization = owner(settings, organization)?.organization;
    let store = Store::open(&settings.database).await?;
    let keys = ApiKeys { store: store.clone(), clock: Clock::system(), entropy: Entropy::System };
    let done = run_with(&keys, organization, deed).await;
    store.close().await;
    done
}

async fn run_with(keys: &ApiKeys, organization: OrganizationId, deed: Deed) -> anyhow::Result<()> {
    let actor = Actor::from("operator");
    match deed {
        Deed::Create { name, scopes, owner, lifetime } => {
            let owner = owner.map(|text| EmailAddress::parse(&text).with_context(|| format!("{text:?}")));
            let (owner, scopes) = (owner.transpose()?, read_scopes(&scopes)?);
            let new = NewKey { organization, name, owner, scopes, directory: None, lifetime };
            let (text, row) = keys.create(new, &actor).await?;
            eprint!("{}", made(&row));
            println!("{}", text.reveal());
        }
        Deed::CreateDirectory { name, lifetime } => {
            let (directory, text, row) =
                create_directory(keys, &organization, &name, lifetime, &actor).await?;
            eprint!("{}", of_directory(&directory, &row));
            println!("{}", text.reveal());
        }
        Deed::List => print!("{}", table(&all(keys, &organization).await?, keys)),
        Deed::Revoke(id) => {
            let Ok(id) = Uuid::try_parse(&id) else {
                bail!("{id:?} is no id of a key; `postern admin list-keys` shows them");
            };
            let key = keys.revoke(&organization, id, &actor).await?;
            println!("Revoked the key {:?}. It opens nothing from now on, at any gateway.", key.name);
        }
    }
    Ok(())
}

fn read_scopes(labels: &[String]) -> anyhow::Result<Scopes> {
    if labels.is_empty() {
        return Ok(Scopes::Everything);
    }
    let scope = |label: &String| {
        Scope::of(label).with_context(|| {
            let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.label()).collect();
            format!("there is no scope {label:?}; there are: {}", known.join(", "))
        })
    };
    Ok(Scopes::These(labels.iter().map(scope).collect::<Result<_, _>>()?))
}

fn made(row: &ApiKeyRow) -> String {
    let opens = match row.scopes.to_text() {
        None => "everything of the organization".to_owned(),
        Some(scopes) => scopes.replace(' ', ", "),
    };
    format!(
        "Made the key {:?} of the organization {}. It opens {opens}, until {:.0}. It is shown this once:\n",
        row.name, row.organization, row.expires_at
    )
}

fn of_directory(directory: &DirectoryRow, row: &ApiKeyRow) -> String {
    format!(
        "The directory {:?} of the organization {} is at /scim/directory/{} of the admin listener.\n\
         Made a key that opens it and nothing else, until {:.0}. It is shown this once:\n",
        directory.name, directory.organization, directory.id, row.expires_at
    )
}

async fn all(keys: &ApiKeys, organization: &OrganizationId) -> anyhow::Result<Vec<ApiKeyRow>> {
    let mut all: Vec<ApiKeyRow> = Vec::new();
    loop {
        let page = keys.store.api_keys(organization, all.last().map(|key| key.id), PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

fn table(rows: &[ApiKeyRow], keys: &ApiKeys) -> String {
    if rows.is_empty() {
        return "There are no keys yet: `postern admin create-key NAME` makes one.\n".to_owned();
    }
    let now = keys.clock.now();
    let mut text = format!("{:<36}  {:<8}  {:<20}  {:<4}  name\n", "id", "status", "expires", "ends");
    for row in rows {
        let status = match row {
            ApiKeyRow { revoked_at: Some(_), .. } => "revoked",
            row if row.is_live(now) => "active",
            _ => "expired",
        };
        let _ = writeln!(text, "{}  {status:<8}  {:.0}  {}  {}", row.id, row.expires_at, row.hint, row.name);
    }
    text
}
