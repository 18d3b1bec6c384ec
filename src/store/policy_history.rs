//! Policies as they were before each of their changes, so that every change can be undone. Whatever changes or deletes one
//! writes it down here in the same transaction.

use jiff::Timestamp;
use uuid::Uuid;

use super::auth_policies::settings as auth_settings;
use super::database::Row;
use super::external_policies::kept_settings;
use super::{Change, ExternalPolicyRow, KeptSettings, Store, StoreError, row};
use crate::domain::auth_policy::AuthPolicySettings;
use crate::domain::external_policy::PolicyKind;
use crate::domain::organization::OrganizationId;

/// How many of its former versions are kept of a policy.
pub const MOST_FORMER: u32 = 100;

/// A policy as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerPolicy {
    /// Its id.
    pub policy: Uuid,
    /// Which of its versions it was.
    pub version: i64,
    /// What it was called.
    pub name: String,
    /// What it said.
    pub content: FormerContent,
    /// When it was changed, or deleted.
    pub replaced_at: Timestamp,
}

/// What a policy said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormerContent {
    /// An external user policy.
    External {
        /// Whom it was for.
        kind: PolicyKind,
        /// What it asked.
        settings: KeptSettings,
        /// Its mail domains, in order.
        domains: Vec<String>,
        /// Its people, in order.
        people: Vec<String>,
    },
    /// An authentication policy; `None` where what it asked cannot be read.
    Authentication(Option<AuthPolicySettings>),
}

impl Store {
    /// What policies of an organization were, newest first: of one policy, or of all.
    pub async fn former_policies(
        &self,
        organization: &OrganizationId,
        policy: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<FormerPolicy>, StoreError> {
        sqlx::query(
            "SELECT * FROM policy_history WHERE organization = $1 AND ($2 = 1 OR policy = $3) \
             ORDER BY replaced_at DESC, version DESC, policy LIMIT $4",
        )
        .bind(organization.as_str())
        .bind(i64::from(policy.is_none()))
        .bind(policy.unwrap_or_default().as_bytes().as_slice())
        .bind(i64::from(limit))
        .try_map(|row: Row| former(&row))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }
}

impl Change {
    /// Writes down an external user policy that is about to change.
    pub(super) async fn remember_external(
        &mut self,
        before: &ExternalPolicyRow,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let domains: Vec<&str> = before.domains.iter().map(|domain| domain.as_str()).collect();
        let people: Vec<&str> = before.people.iter().map(|email| email.as_str()).collect();
        sqlx::query(
            "INSERT INTO policy_history (policy, version, organization, family, kind, name, settings, domains, people, replaced_at) \
             SELECT id, version, organization, 'external', kind, name, settings, $1, $2, $3 FROM external_policies \
             WHERE organization = $4 AND id = $5 AND version = $6",
        )
        .bind(serde_json::json!(domains).to_string())
        .bind(serde_json::json!(people).to_string())
        .bind(row::millis(now))
        .bind(before.organization.as_str())
        .bind(before.id.as_bytes().as_slice())
        .bind(before.version)
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.forget_former(before.id, before.version).await
    }

    /// Writes down an authentication policy that is about to change.
    pub(super) async fn remember_auth(
        &mut self,
        organization: &OrganizationId,
        id: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let version: Option<i64> =
            sqlx::query_scalar("SELECT version FROM auth_policies WHERE organization = $1 AND id = $2")
                .bind(organization.as_str())
                .bind(id.as_bytes().as_slice())
                .fetch_optional(self.connection())
                .await
                .map_err(self.fault())?;
        let Some(version) = version else { return Ok(()) };
        sqlx::query(
            "INSERT INTO policy_history (policy, version, organization, family, name, settings, replaced_at) \
             SELECT id, version, organization, 'authentication', name, settings, $1 FROM auth_policies \
             WHERE organization = $2 AND id = $3",
        )
        .bind(row::millis(now))
        .bind(organization.as_str())
        .bind(id.as_bytes().as_slice())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.forget_former(id, version).await
    }

    async fn forget_former(&mut self, policy: Uuid, version: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM policy_history WHERE policy = $1 AND version <= $2")
            .bind(policy.as_bytes().as_slice())
            .bind(version - i64::from(MOST_FORMER))
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(())
    }
}

fn former(row: &Row) -> Result<FormerPolicy, sqlx::Error> {
    let settings = row::optional_text(row, "settings")?;
    let list = |column| -> Result<Vec<String>, sqlx::Error> {
        let text = row::optional_text(row, column)?.unwrap_or_default();
        serde_json::from_str(&text).map_err(|_| row::bad(column, "a list of texts"))
    };
    let content = match row::optional_text(row, "kind")? {
        Some(kind) => FormerContent::External {
            kind: PolicyKind::of(&kind).ok_or_else(|| row::bad("kind", "a kind of policy"))?,
            settings: kept_settings(settings.as_deref()),
            domains: list("domains")?,
            people: list("people")?,
        },
        None => FormerContent::Authentication(settings.as_deref().and_then(|text| auth_settings(text).ok())),
    };
    Ok(FormerPolicy {
        policy: row::id(row, "policy")?,
        version: row::integer(row, "version")?,
        name: row::text(row, "name")?,
        content,
        replaced_at: row::time(row, "replaced_at")?,
    })
}
