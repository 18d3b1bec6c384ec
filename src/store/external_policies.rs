//! External user policies: what organizations ask of people from outside, and the domains and people that each policy is for.
//!
//! A row whose settings this Postern cannot read is still a row: whoever it is for is refused by it, and never let through by
//! another one.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::database::{Connection, Connections, Row};
use super::{Change, ChangeKind, Store, StoreError, row};
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::external_policy::{ExternalPolicy, OrganizationPolicies, PolicyKind, PolicySettings};
use crate::domain::method::Methods;
use crate::domain::mode::Mode;
use crate::domain::organization::OrganizationId;
use crate::domain::policy::{ApiTokens, ExternalUserPolicy, PolicyVersion};

/// A policy of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalPolicyRow {
    /// Its id.
    pub id: Uuid,
    /// Whose policy it is.
    pub organization: OrganizationId,
    /// Whom it is for.
    pub kind: PolicyKind,
    /// What it is called.
    pub name: String,
    /// What it asks.
    pub settings: KeptSettings,
    /// Its mail domains, in order.
    pub domains: Vec<DomainName>,
    /// Its people, in order.
    pub people: Vec<EmailAddress>,
    /// Rises with each change.
    pub version: i64,
    /// When everybody of it was last reset.
    pub reset_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is known of what a policy asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptSettings {
    /// A default policy's: what the configuration file asks.
    AsConfigured,
    /// Its own.
    Own(PolicySettings),
    /// Something that this Postern does not understand.
    Unreadable,
}

/// How settings are kept. A member that is not known here may be a newer Postern's, and may ask more.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    verifies: bool,
    frequency_s: u64,
    blocks_api_tokens: bool,
    /// Without them, all of them.
    #[serde(default = "all_methods")]
    methods: Vec<String>,
    /// Without it, all of it is carried out.
    #[serde(default)]
    mode: Mode,
}

impl ExternalPolicyRow {
    /// What requests are judged by; `None` where the configuration file says that.
    pub fn policy(&self) -> Option<ExternalUserPolicy> {
        let version = Some(PolicyVersion { policy: self.id, version: self.version });
        let policy = match self.settings {
            KeptSettings::AsConfigured => return None,
            KeptSettings::Own(settings) => settings.policy(self.reset_at),
            KeptSettings::Unreadable => ExternalUserPolicy::unreadable(),
        };
        Some(ExternalUserPolicy { version, ..policy })
    }
}

impl Store {
    /// All policies of all organizations, as requests are judged by them.
    pub async fn policies_in_force(
        &self,
    ) -> Result<HashMap<OrganizationId, OrganizationPolicies, foldhash::fast::RandomState>, StoreError> {
        let mut snapshot = self.connections.begin_read().await.map_err(self.fault())?;
        let rows = read_all(&self.connections, &mut snapshot, None).await.map_err(self.fault())?;
        let mut policies: HashMap<_, OrganizationPolicies, _> = HashMap::default();
        for row in rows {
            let (policy, organization) = (row.policy(), policies.entry(row.organization).or_default());
            match policy {
                Some(policy) => organization.add(row.kind, policy, row.domains, row.people),
                None => organization.reset_default(row.reset_at),
            }
        }
        Ok(policies)
    }

    /// The policies of an organization: the default and the test policy first, then the others by name.
    pub async fn external_policies(
        &self,
        organization: &OrganizationId,
    ) -> Result<Vec<ExternalPolicyRow>, StoreError> {
        let mut snapshot = self.connections.begin_read().await.map_err(self.fault())?;
        let rows = read_all(&self.connections, &mut snapshot, Some(organization)).await;
        rows.map_err(self.fault())
    }
}

impl Change {
    /// The policies of an organization, as this change sees them.
    pub async fn external_policies(
        &mut self,
        organization: &OrganizationId,
    ) -> Result<Vec<ExternalPolicyRow>, StoreError> {
        let (connections, connection) = self.parts();
        let rows = read_all(connections, connection, Some(organization)).await;
        rows.map_err(self.fault())
    }

    /// Adds a policy with its domains and people, none of which is in another one.
    pub async fn insert_external_policy(
        &mut self,
        id: Uuid,
        organization: &OrganizationId,
        new: &ExternalPolicy,
        reset_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO external_policies \
             (id, organization, kind, name, settings, version, reset_at, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8)",
        )
        .bind(id.as_bytes().as_slice())
        .bind(organization.as_str())
        .bind(new.kind.label())
        .bind(&new.name)
        .bind(new.settings.map(settings_text))
        .bind(reset_at.map(row::millis))
        .bind(row::millis(now))
        .bind(row::millis(now))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.fill_policy(id, organization, new).await?;
        self.tell_policies(organization, now).await
    }

    /// Changes a policy, if it still has this version. Says whether it had.
    pub async fn update_external_policy(
        &mut self,
        before: &ExternalPolicyRow,
        after: &ExternalPolicy,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.remember_external(before, now).await?;
        let changed = sqlx::query(
            "UPDATE external_policies SET name = $1, settings = $2, version = version + 1, updated_at = $3 \
             WHERE organization = $4 AND id = $5 AND version = $6",
        )
        .bind(&after.name)
        .bind(after.settings.map(settings_text))
        .bind(row::millis(now))
        .bind(before.organization.as_str())
        .bind(before.id.as_bytes().as_slice())
        .bind(before.version)
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        if changed.rows_affected() != 1 {
            return Ok(false);
        }
        for statement in [
            "DELETE FROM external_policy_domains WHERE policy = $1",
            "DELETE FROM external_policy_people WHERE policy = $1",
        ] {
            sqlx::query(statement)
                .bind(before.id.as_bytes().as_slice())
                .execute(self.connection())
                .await
                .map_err(self.fault())?;
        }
        self.fill_policy(before.id, &before.organization, after).await?;
        self.tell_policies(&before.organization, now).await?;
        Ok(true)
    }

    /// Deletes a policy, if it still has this version. Says whether it had.
    pub async fn delete_external_policy(
        &mut self,
        before: &ExternalPolicyRow,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.remember_external(before, now).await?;
        let deleted =
            sqlx::query("DELETE FROM external_policies WHERE organization = $1 AND id = $2 AND version = $3")
                .bind(before.organization.as_str())
                .bind(before.id.as_bytes().as_slice())
                .bind(before.version)
                .execute(self.connection())
                .await
                .map_err(self.fault())?;
        self.tell_policies(&before.organization, now).await?;
        Ok(deleted.rows_affected() == 1)
    }

    /// Voids what everybody of a policy verified until then; it never moves back in time. Its version stays: nobody who edits
    /// it is in the way of a reset.
    pub async fn reset_external_policy(
        &mut self,
        policy: &ExternalPolicyRow,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE external_policies SET reset_at = $1 WHERE organization = $2 AND id = $3 AND coalesce(reset_at, $4) <= $5")
            .bind(row::millis(until))
            .bind(policy.organization.as_str())
            .bind(policy.id.as_bytes().as_slice())
            .bind(i64::MIN)
            .bind(row::millis(until))
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        self.tell_policies(&policy.organization, now).await
    }

    /// Takes a person out of the policy that names them. Says whether one did.
    pub async fn leave_external_policies(
        &mut self,
        organization: &OrganizationId,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let left = sqlx::query("DELETE FROM external_policy_people WHERE organization = $1 AND email = $2")
            .bind(organization.as_str())
            .bind(email.as_str())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        let has_left = left.rows_affected() > 0;
        if has_left {
            self.tell_policies(organization, now).await?;
        }
        Ok(has_left)
    }

    async fn fill_policy(
        &mut self,
        id: Uuid,
        organization: &OrganizationId,
        policy: &ExternalPolicy,
    ) -> Result<(), StoreError> {
        let domains = policy.domains.iter().map(|domain| {
            (
                "INSERT INTO external_policy_domains (organization, domain, policy) VALUES ($1, $2, $3)",
                domain.as_str(),
            )
        });
        let people = policy.people.iter().map(|email| {
            (
                "INSERT INTO external_policy_people (organization, email, policy) VALUES ($1, $2, $3)",
                email.as_str(),
            )
        });
        for (statement, value) in domains.chain(people) {
            sqlx::query(statement)
                .bind(organization.as_str())
                .bind(value)
                .bind(id.as_bytes().as_slice())
                .execute(self.connection())
                .await
                .map_err(self.fault())?;
        }
        Ok(())
    }

    async fn tell_policies(
        &mut self,
        organization: &OrganizationId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let detail = json!({ "organization": organization.as_str() });
        self.log_change(ChangeKind::ExternalPolicies, &detail, now).await
    }
}

/// All policies, of one organization or of all, with what each is for.
async fn read_all(
    connections: &Connections,
    connection: &mut Connection,
    organization: Option<&OrganizationId>,
) -> Result<Vec<ExternalPolicyRow>, sqlx::Error> {
    let (all, of) = (i64::from(organization.is_none()), organization.map_or("", |id| id.as_str()));
    let mut rows = sqlx::query(
        "SELECT * FROM external_policies WHERE $1 = 1 OR organization = $2 \
         ORDER BY organization, CASE kind WHEN 'default' THEN 0 WHEN 'test' THEN 1 ELSE 2 END, name",
    )
    .bind(all)
    .bind(of)
    .try_map(|row: Row| policy_row(&row))
    .fetch_all(connections.ask(connection))
    .await?;
    let places: HashMap<Uuid, usize> = rows.iter().enumerate().map(|(place, row)| (row.id, place)).collect();
    let domains: Vec<(Uuid, DomainName)> = sqlx::query(
        "SELECT policy, domain FROM external_policy_domains WHERE $1 = 1 OR organization = $2 ORDER BY domain",
    )
    .bind(all)
    .bind(of)
    .try_map(|row: Row| Ok((row::id(&row, "policy")?, row::domain(&row, "domain")?)))
    .fetch_all(connections.ask(connection))
    .await?;
    let people: Vec<(Uuid, EmailAddress)> = sqlx::query(
        "SELECT policy, email FROM external_policy_people WHERE $1 = 1 OR organization = $2 ORDER BY email",
    )
    .bind(all)
    .bind(of)
    .try_map(|row: Row| Ok((row::id(&row, "policy")?, row::email(&row, "email")?)))
    .fetch_all(connections.ask(connection))
    .await?;
    for (policy, domain) in domains {
        if let Some(&place) = places.get(&policy) {
            rows[place].domains.push(domain);
        }
    }
    for (policy, email) in people {
        if let Some(&place) = places.get(&policy) {
            rows[place].people.push(email);
        }
    }
    Ok(rows)
}

fn all_methods() -> Vec<String> {
    Methods::ALL.labels().into_iter().map(str::to_owned).collect()
}

fn settings_text(settings: PolicySettings) -> String {
    let kept = Kept {
        verifies: settings.verifies,
        frequency_s: settings.frequency.as_secs(),
        methods: settings.methods.labels().into_iter().map(str::to_owned).collect(),
        blocks_api_tokens: settings.api_tokens == ApiTokens::Block,
        mode: settings.mode,
    };
    serde_json::to_string(&kept).expect("numbers and switches are always JSON")
}

/// What is known of settings as they are kept.
pub(super) fn kept_settings(text: Option<&str>) -> KeptSettings {
    let Some(text) = text else { return KeptSettings::AsConfigured };
    let Ok(Kept { verifies, frequency_s, methods, blocks_api_tokens, mode }) = serde_json::from_str(text)
    else {
        return KeptSettings::Unreadable;
    };
    let Some(methods) = Methods::of(methods.iter().map(String::as_str)) else {
        return KeptSettings::Unreadable;
    };
    let api_tokens = if blocks_api_tokens { ApiTokens::Block } else { ApiTokens::Allow };
    let frequency = Duration::from_secs(frequency_s);
    KeptSettings::Own(PolicySettings { verifies, frequency, methods, api_tokens, mode })
}

fn policy_row(row: &Row) -> Result<ExternalPolicyRow, sqlx::Error> {
    let kind = PolicyKind::of(&row::text(row, "kind")?);
    Ok(ExternalPolicyRow {
        id: row::id(row, "id")?,
        organization: row::organization(row, "organization")?,
        kind: kind.ok_or_else(|| row::bad("kind", "a kind of policy"))?,
        name: row::text(row, "name")?,
        settings: kept_settings(row::optional_text(row, "settings")?.as_deref()),
        domains: Vec::new(),
        people: Vec::new(),
        version: row::integer(row, "version")?,
        reset_at: row::optional_time(row, "reset_at")?,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
    })
}
