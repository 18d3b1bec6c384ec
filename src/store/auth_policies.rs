//! Authentication policies. Each organization that has any has exactly one default, which the schema sees to.
//!
//! Who changes a row says which version of it they looked at. Who is a member is in `members.rs`.

use jiff::Timestamp;
use sqlx::{Any, Executor};
use uuid::Uuid;

use super::database::Row;
use super::{AuditAction, AuditEvent, Change, ChangeKind, Store, StoreError, row};
use crate::domain::auth_policy::{AuthPolicySettings, PolicyName};
use crate::domain::organization::OrganizationId;
use crate::entropy::Entropy;

/// A policy of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthPolicyRow {
    /// The row's id.
    pub id: Uuid,
    /// Whose policy it is.
    pub organization: OrganizationId,
    /// What it is called; no other of the organization is.
    pub name: PolicyName,
    /// Whether new members get it.
    pub is_default: bool,
    /// Whether it is not published yet: it has no members and is no default.
    pub is_draft: bool,
    /// What it asks.
    pub settings: AuthPolicySettings,
    /// Rises with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// When all sessions of its members were last ended.
    pub reset_at: Option<Timestamp>,
}

/// A policy as the gate needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthPolicyInForce {
    /// The row's id.
    pub id: Uuid,
    /// Whose policy it is.
    pub organization: OrganizationId,
    /// Whether it is the one of members without another.
    pub is_default: bool,
    /// What it asks; `None` where that cannot be read.
    pub settings: Option<AuthPolicySettings>,
    /// Rises with each change.
    pub version: i64,
    /// Sessions of members that began before are over.
    pub reset_at: Option<Timestamp>,
}

impl Store {
    /// All policies of all organizations, as far as they can be read.
    pub async fn auth_policies_in_force(&self) -> Result<Vec<AuthPolicyInForce>, StoreError> {
        sqlx::query(
            "SELECT id, organization, is_default, settings, version, reset_at FROM auth_policies WHERE draft = 0",
        )
        .try_map(|row: Row| {
            Ok(AuthPolicyInForce {
                id: row::id(&row, "id")?,
                organization: row::organization(&row, "organization")?,
                is_default: row::integer(&row, "is_default")? == 1,
                settings: settings(&row::text(&row, "settings")?).ok(),
                version: row::integer(&row, "version")?,
                reset_at: row::optional_time(&row, "reset_at")?,
            })
        })
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }

    /// Policies of an organization by name, after one of that name.
    pub async fn auth_policies(
        &self,
        organization: &OrganizationId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<AuthPolicyRow>, StoreError> {
        sqlx::query(
            "SELECT * FROM auth_policies WHERE organization = $1 AND name > $2 ORDER BY name LIMIT $3",
        )
        .bind(organization.as_str())
        .bind(after)
        .bind(i64::from(limit))
        .try_map(|row: Row| policy_row(&row))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }

    /// A policy of an organization.
    pub async fn auth_policy(
        &self,
        organization: &OrganizationId,
        id: Uuid,
    ) -> Result<Option<AuthPolicyRow>, StoreError> {
        find(self.readers(), organization, id).await.map_err(self.fault())
    }
}

impl Change {
    /// A policy of an organization.
    pub async fn auth_policy(
        &mut self,
        organization: &OrganizationId,
        id: Uuid,
    ) -> Result<Option<AuthPolicyRow>, StoreError> {
        find(self.connection(), organization, id).await.map_err(self.fault())
    }

    /// The policy of this name.
    pub async fn auth_policy_named(
        &mut self,
        organization: &OrganizationId,
        name: &PolicyName,
    ) -> Result<Option<AuthPolicyRow>, StoreError> {
        sqlx::query("SELECT * FROM auth_policies WHERE organization = $1 AND name = $2")
            .bind(organization.as_str())
            .bind(name.as_str())
            .try_map(|row: Row| policy_row(&row))
            .fetch_optional(self.connection())
            .await
            .map_err(self.fault())
    }

    /// The policies of an organization that are not published yet.
    pub async fn draft_policies(
        &mut self,
        organization: &OrganizationId,
    ) -> Result<Vec<AuthPolicyRow>, StoreError> {
        sqlx::query("SELECT * FROM auth_policies WHERE organization = $1 AND draft = 1 ORDER BY name")
            .bind(organization.as_str())
            .try_map(|row: Row| policy_row(&row))
            .fetch_all(self.connection())
            .await
            .map_err(self.fault())
    }

    /// The default policy of an organization, which is made when it is first needed; the audit log says so.
    pub async fn default_policy(
        &mut self,
        organization: &OrganizationId,
        now: Timestamp,
    ) -> Result<Uuid, StoreError> {
        let known = sqlx::query("SELECT id FROM auth_policies WHERE organization = $1 AND is_default = 1")
            .bind(organization.as_str())
            .try_map(|row: Row| row::id(&row, "id"))
            .fetch_optional(self.connection())
            .await
            .map_err(self.fault())?;
        if let Some(id) = known {
            return Ok(id);
        }
        let policy = AuthPolicyRow {
            id: Entropy::System.row_id(now),
            organization: organization.clone(),
            name: PolicyName::of_default(),
            is_default: true,
            is_draft: false,
            settings: AuthPolicySettings::default(),
            version: 1,
            created_at: now,
            updated_at: now,
            reset_at: None,
        };
        // It asks what the gate asks where there is none, so nobody has to be told.
        self.insert_untold(&policy).await?;
        let event = AuditEvent::new("postern", AuditAction::AuthPolicyCreated, policy.id.to_string());
        let detail = serde_json::json!({ "name": policy.name.as_str(), "default": true });
        self.note(event.of(organization).with(detail));
        Ok(policy.id)
    }

    /// Adds a policy. Look first whether the name is free.
    pub async fn insert_auth_policy(&mut self, new: &AuthPolicyRow) -> Result<(), StoreError> {
        self.insert_untold(new).await?;
        self.tell_auth_policies(new.id, new.updated_at).await
    }

    async fn insert_untold(&mut self, new: &AuthPolicyRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO auth_policies (id, organization, name, is_default, draft, settings, version, created_at, \
             updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(new.id.as_bytes().as_slice())
        .bind(new.organization.as_str())
        .bind(new.name.as_str())
        .bind(i64::from(new.is_default))
        .bind(i64::from(new.is_draft))
        .bind(new.settings.to_json().to_string())
        .bind(new.version)
        .bind(row::millis(new.created_at))
        .bind(row::millis(new.updated_at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Ends the sessions of a policy's members that began until then. It never moves back in time.
    pub async fn reset_auth_policy(
        &mut self,
        policy: &AuthPolicyRow,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE auth_policies SET reset_at = $1 WHERE id = $2 AND organization = $3 \
             AND (reset_at IS NULL OR reset_at < $1)",
        )
        .bind(row::millis(now))
        .bind(policy.id.as_bytes().as_slice())
        .bind(policy.organization.as_str())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.tell_auth_policies(policy.id, now).await
    }

    async fn tell_auth_policies(&mut self, policy: Uuid, now: Timestamp) -> Result<(), StoreError> {
        self.log_change(ChangeKind::AuthPolicies, &serde_json::json!({ "policy": policy }), now).await
    }

    /// Writes a policy as it is now, in place of the one with its id.
    pub async fn update_auth_policy(&mut self, after: &AuthPolicyRow) -> Result<(), StoreError> {
        self.remember_auth(&after.organization, after.id, after.updated_at).await?;
        sqlx::query(
            "UPDATE auth_policies SET name = $1, is_default = $2, draft = $3, settings = $4, version = $5, updated_at = $6 \
             WHERE id = $7 AND organization = $8",
        )
        .bind(after.name.as_str())
        .bind(i64::from(after.is_default))
        .bind(i64::from(after.is_draft))
        .bind(after.settings.to_json().to_string())
        .bind(after.version)
        .bind(row::millis(after.updated_at))
        .bind(after.id.as_bytes().as_slice())
        .bind(after.organization.as_str())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.tell_auth_policies(after.id, after.updated_at).await
    }

    /// Removes a policy that has no members.
    pub async fn delete_auth_policy(
        &mut self,
        organization: &OrganizationId,
        id: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.remember_auth(organization, id, now).await?;
        sqlx::query("DELETE FROM auth_policies WHERE organization = $1 AND id = $2")
            .bind(organization.as_str())
            .bind(id.as_bytes().as_slice())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        self.tell_auth_policies(id, now).await
    }
}

async fn find<'c>(
    executor: impl Executor<'c, Database = Any>,
    organization: &OrganizationId,
    id: Uuid,
) -> Result<Option<AuthPolicyRow>, sqlx::Error> {
    sqlx::query("SELECT * FROM auth_policies WHERE organization = $1 AND id = $2")
        .bind(organization.as_str())
        .bind(id.as_bytes().as_slice())
        .try_map(|row: Row| policy_row(&row))
        .fetch_optional(executor)
        .await
}

fn policy_row(row: &Row) -> Result<AuthPolicyRow, sqlx::Error> {
    let name = row::text(row, "name")?;
    Ok(AuthPolicyRow {
        id: row::id(row, "id")?,
        organization: row::organization(row, "organization")?,
        name: PolicyName::parse(&name).map_err(|_| row::bad("name", "a name of a policy"))?,
        is_default: row::integer(row, "is_default")? == 1,
        is_draft: row::integer(row, "draft")? == 1,
        settings: settings(&row::text(row, "settings")?)?,
        version: row::integer(row, "version")?,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
        reset_at: row::optional_time(row, "reset_at")?,
    })
}

pub(super) fn settings(text: &str) -> Result<AuthPolicySettings, sqlx::Error> {
    serde_json::from_str(text).map_err(|_| row::bad("settings", "settings of a policy"))
}
