//! Groups and companies of an organization: what each is, its mail domains, and its members. Lists of them are in
//! `group_lists.rs`, lists of their people in `account_lists.rs`.
//!
//! Every statement names the organization: a group or an account of another one is simply not there.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::database::Row;
use super::{Change, ChangeKind, Store, StoreError, row};
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::group::{Group, GroupKind};
use crate::domain::organization::OrganizationId;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub group: Group,
    /// Until when its people from outside are asked for no code. One that is over is kept as what was.
    pub exempt_until: Option<Timestamp>,
    /// Rises with each change of it, and not of its members.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Who is exempt from codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExemptionRow {
    /// By which organization.
    pub organization: OrganizationId,
    /// An address; or a mail domain, where there is no `@` in it.
    pub who: String,
    /// Until when.
    pub until: Timestamp,
}

impl Store {
    /// Everybody who is exempt from codes, or was: members of groups, and mail domains of companies.
    pub async fn exemptions(&self) -> Result<Vec<ExemptionRow>, StoreError> {
        sqlx::query(
            "SELECT groups.organization AS organization, groups.exempt_until AS until, accounts.email AS who \
             FROM groups JOIN group_members ON group_members.group_id = groups.id \
             JOIN accounts ON accounts.id = group_members.account AND accounts.organization = groups.organization \
             WHERE groups.exempt_until IS NOT NULL \
             UNION ALL SELECT groups.organization, groups.exempt_until, group_domains.domain \
             FROM groups JOIN group_domains ON group_domains.group_id = groups.id \
             AND group_domains.organization = groups.organization WHERE groups.exempt_until IS NOT NULL",
        )
        .try_map(|row: Row| {
            Ok(ExemptionRow {
                organization: row::organization(&row, "organization")?,
                who: row::text(&row, "who")?,
                until: row::time(&row, "until")?,
            })
        })
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }

    /// A group of an organization.
    pub async fn group(
        &self,
        organization: &OrganizationId,
        id: Uuid,
    ) -> Result<Option<GroupRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM groups WHERE organization = $1 AND id = $2")
            .bind(organization.as_str())
            .bind(id.as_bytes().as_slice())
            .try_map(|row: Row| group_row(&row))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())?;
        Ok(self.with_domains(row.into_iter().collect()).await?.pop())
    }
}

impl Change {
    /// A group of an organization.
    pub async fn group(
        &mut self,
        organization: &OrganizationId,
        id: Uuid,
    ) -> Result<Option<GroupRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM groups WHERE organization = $1 AND id = $2")
            .bind(organization.as_str())
            .bind(id.as_bytes().as_slice())
            .try_map(|row: Row| group_row(&row))
            .fetch_optional(self.connection())
            .await
            .map_err(self.fault())?;
        let Some(mut row) = row else { return Ok(None) };
        row.group.domains =
            sqlx::query("SELECT domain FROM group_domains WHERE group_id = $1 ORDER BY domain")
                .bind(id.as_bytes().as_slice())
                .try_map(|row: Row| row::domain(&row, "domain"))
                .fetch_all(self.connection())
                .await
                .map_err(self.fault())?;
        Ok(Some(row))
    }

    /// The name of a group of an organization.
    pub async fn group_name(
        &mut self,
        organization: &OrganizationId,
        id: Uuid,
    ) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("SELECT name FROM groups WHERE organization = $1 AND id = $2")
            .bind(organization.as_str())
            .bind(id.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await
            .map_err(self.fault())
    }

    /// Whether another group of the organization than this one has the name.
    pub async fn is_group_name_taken(
        &mut self,
        organization: &OrganizationId,
        name: &str,
        except: Option<Uuid>,
    ) -> Result<bool, StoreError> {
        let holder: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT id FROM groups WHERE organization = $1 AND name = $2")
                .bind(organization.as_str())
                .bind(name)
                .fetch_optional(self.connection())
                .await
                .map_err(self.fault())?;
        Ok(holder.is_some_and(|holder| except.is_none_or(|id| holder != id.as_bytes())))
    }

    /// The company that has a mail domain, other than this one.
    pub async fn company_of_domain(
        &mut self,
        organization: &OrganizationId,
        domain: &DomainName,
        except: Option<Uuid>,
    ) -> Result<Option<String>, StoreError> {
        let found = sqlx::query(
            "SELECT groups.id AS id, groups.name AS name FROM group_domains JOIN groups ON groups.id = group_domains.group_id \
             WHERE group_domains.organization = $1 AND group_domains.domain = $2",
        )
        .bind(organization.as_str())
        .bind(domain.as_str())
        .try_map(|row: Row| Ok((row::id(&row, "id")?, row::text(&row, "name")?)))
        .fetch_optional(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(found.filter(|(id, _)| except != Some(*id)).map(|(_, name)| name))
    }

    /// Adds a group whose name and domains no other one has.
    pub async fn insert_group(
        &mut self,
        id: Uuid,
        organization: &OrganizationId,
        new: &Group,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO groups (id, organization, name, description, kind, version, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, 1, $6, $7)",
        )
        .bind(id.as_bytes().as_slice())
        .bind(organization.as_str())
        .bind(&new.name)
        .bind(&new.description)
        .bind(new.kind.label())
        .bind(row::millis(now))
        .bind(row::millis(now))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.fill_group(id, organization, new).await?;
        self.tell_invitations(organization, now).await
    }

    /// Changes a group, if it still has this version. Says whether it had.
    pub async fn update_group(
        &mut self,
        id: Uuid,
        version: i64,
        organization: &OrganizationId,
        after: &Group,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE groups SET name = $1, description = $2, version = version + 1, updated_at = $3 \
             WHERE organization = $4 AND id = $5 AND version = $6",
        )
        .bind(&after.name)
        .bind(&after.description)
        .bind(row::millis(now))
        .bind(organization.as_str())
        .bind(id.as_bytes().as_slice())
        .bind(version)
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        if changed.rows_affected() != 1 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM group_domains WHERE group_id = $1")
            .bind(id.as_bytes().as_slice())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        self.fill_group(id, organization, after).await?;
        self.tell_invitations(organization, now).await?;
        Ok(true)
    }

    /// Says until when the people of a group are asked for no code. Says whether there is such a group.
    pub async fn exempt_group(
        &mut self,
        organization: &OrganizationId,
        id: Uuid,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE groups SET exempt_until = $1, version = version + 1, updated_at = $2 \
             WHERE organization = $3 AND id = $4",
        )
        .bind(until.map(row::millis))
        .bind(row::millis(now))
        .bind(organization.as_str())
        .bind(id.as_bytes().as_slice())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.tell_invitations(organization, now).await?;
        Ok(changed.rows_affected() == 1)
    }

    /// Deletes a group with its memberships and roles. Says whether there was one.
    pub async fn delete_group(
        &mut self,
        organization: &OrganizationId,
        id: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        sqlx::query(
            "DELETE FROM role_assignments WHERE organization = $1 AND holder_kind = 'group' AND holder = $2",
        )
        .bind(organization.as_str())
        .bind(id.as_bytes().as_slice())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        let deleted = sqlx::query("DELETE FROM groups WHERE organization = $1 AND id = $2")
            .bind(organization.as_str())
            .bind(id.as_bytes().as_slice())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        self.tell_invitations(organization, now).await?;
        Ok(deleted.rows_affected() == 1)
    }

    /// Makes an account a member. Says whether it was none before; both must be of one organization.
    pub async fn add_to_group(
        &mut self,
        organization: &OrganizationId,
        group: Uuid,
        account: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let added = sqlx::query(
            "INSERT INTO group_members (group_id, account, added_at) VALUES ($1, $2, $3) \
             ON CONFLICT (group_id, account) DO NOTHING",
        )
        .bind(group.as_bytes().as_slice())
        .bind(account.as_bytes().as_slice())
        .bind(row::millis(now))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.tell_invitations(organization, now).await?;
        Ok(added.rows_affected() == 1)
    }

    /// Ends a membership. Says whether there was one.
    pub async fn remove_from_group(
        &mut self,
        organization: &OrganizationId,
        group: Uuid,
        account: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let removed = sqlx::query("DELETE FROM group_members WHERE group_id = $1 AND account = $2")
            .bind(group.as_bytes().as_slice())
            .bind(account.as_bytes().as_slice())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        self.tell_invitations(organization, now).await?;
        Ok(removed.rows_affected() == 1)
    }

    /// The addresses of all members of a group, and of all accounts of a company's domains.
    pub async fn people_of_group(
        &mut self,
        organization: &OrganizationId,
        group: Uuid,
    ) -> Result<Vec<EmailAddress>, StoreError> {
        sqlx::query(
            "SELECT accounts.email AS email FROM group_members JOIN accounts ON accounts.id = group_members.account \
             WHERE group_members.group_id = $1 AND accounts.organization = $2 \
             UNION SELECT accounts.email AS email FROM group_domains \
             JOIN accounts ON accounts.organization = group_domains.organization AND accounts.domain = group_domains.domain \
             WHERE group_domains.group_id = $1 AND group_domains.organization = $2",
        )
        .bind(group.as_bytes().as_slice())
        .bind(organization.as_str())
        .try_map(|row: Row| row::email(&row, "email"))
        .fetch_all(self.connection())
        .await
        .map_err(self.fault())
    }

    async fn fill_group(
        &mut self,
        id: Uuid,
        organization: &OrganizationId,
        group: &Group,
    ) -> Result<(), StoreError> {
        for domain in &group.domains {
            sqlx::query("INSERT INTO group_domains (organization, domain, group_id) VALUES ($1, $2, $3)")
                .bind(organization.as_str())
                .bind(domain.as_str())
                .bind(id.as_bytes().as_slice())
                .execute(self.connection())
                .await
                .map_err(self.fault())?;
        }
        Ok(())
    }

    pub(super) async fn tell_invitations(
        &mut self,
        organization: &OrganizationId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let detail = json!({ "organization": organization.as_str() });
        self.log_change(ChangeKind::Invitations, &detail, now).await
    }
}

pub(super) fn group_row(row: &Row) -> Result<GroupRow, sqlx::Error> {
    let kind = GroupKind::of(&row::text(row, "kind")?).ok_or_else(|| row::bad("kind", "a kind of group"))?;
    let group = Group {
        name: row::text(row, "name")?,
        description: row::text(row, "description")?,
        kind,
        domains: Vec::new(),
    };
    Ok(GroupRow {
        id: row::id(row, "id")?,
        group,
        exempt_until: row::optional_time(row, "exempt_until")?,
        version: row::integer(row, "version")?,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
    })
}
