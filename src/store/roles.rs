//! Roles: what groups and people may do at which resource, and who is invited to a site by that.

use jiff::Timestamp;
use uuid::Uuid;

use super::database::Row;
use super::{Change, Store, StoreError, row};
use crate::domain::group::Role;
use crate::domain::organization::OrganizationId;

/// Who has a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A group, for all its people.
    Group(Uuid),
    /// One account.
    Account(Uuid),
}

/// Who is invited by a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRow {
    /// By which organization.
    pub organization: OrganizationId,
    /// To which resource.
    pub resource: String,
    /// By which role.
    pub role: Role,
    /// An address; or a mail domain, where there is no `@` in it.
    pub who: String,
}

impl Holder {
    const fn kind(self) -> &'static str {
        match self {
            Self::Group(_) => "group",
            Self::Account(_) => "account",
        }
    }

    fn id(self) -> Vec<u8> {
        match self {
            Self::Group(id) | Self::Account(id) => id.into_bytes().to_vec(),
        }
    }
}

impl Store {
    /// The roles of a group or a person, each with its resource.
    pub async fn roles_of(
        &self,
        organization: &OrganizationId,
        holder: Holder,
    ) -> Result<Vec<(Role, String)>, StoreError> {
        sqlx::query(
            "SELECT role, resource FROM role_assignments \
             WHERE organization = $1 AND holder_kind = $2 AND holder = $3 ORDER BY resource, role",
        )
        .bind(organization.as_str())
        .bind(holder.kind())
        .bind(holder.id())
        .try_map(|row: Row| Ok((role(&row)?, row::text(&row, "resource")?)))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }

    /// Everybody who is invited anywhere: members of groups, mail domains of companies, and people by themselves.
    pub async fn invitations(&self) -> Result<Vec<InvitationRow>, StoreError> {
        sqlx::query(
            "SELECT roles.organization AS organization, roles.resource AS resource, roles.role AS role, accounts.email AS who \
             FROM role_assignments AS roles JOIN group_members ON group_members.group_id = roles.holder \
             JOIN accounts ON accounts.id = group_members.account AND accounts.organization = roles.organization \
             WHERE roles.holder_kind = 'group' \
             UNION ALL SELECT roles.organization, roles.resource, roles.role, group_domains.domain \
             FROM role_assignments AS roles JOIN group_domains ON group_domains.group_id = roles.holder \
             AND group_domains.organization = roles.organization WHERE roles.holder_kind = 'group' \
             UNION ALL SELECT roles.organization, roles.resource, roles.role, accounts.email \
             FROM role_assignments AS roles JOIN accounts ON accounts.id = roles.holder \
             AND accounts.organization = roles.organization WHERE roles.holder_kind = 'account'",
        )
        .try_map(|row: Row| {
            Ok(InvitationRow {
                organization: row::organization(&row, "organization")?,
                resource: row::text(&row, "resource")?,
                role: role(&row)?,
                who: row::text(&row, "who")?,
            })
        })
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }
}

impl Change {
    /// Gives a role. Says whether it was not given yet.
    pub async fn assign_role(
        &mut self,
        organization: &OrganizationId,
        holder: Holder,
        role: Role,
        resource: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let given = sqlx::query(
            "INSERT INTO role_assignments (organization, holder_kind, holder, role, resource, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organization, holder_kind, holder, resource, role) DO NOTHING",
        )
        .bind(organization.as_str())
        .bind(holder.kind())
        .bind(holder.id())
        .bind(role.id())
        .bind(resource)
        .bind(row::millis(now))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.tell_invitations(organization, now).await?;
        Ok(given.rows_affected() == 1)
    }

    /// Takes a role back. Says whether it was given.
    pub async fn revoke_role(
        &mut self,
        organization: &OrganizationId,
        holder: Holder,
        role: Role,
        resource: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let taken = sqlx::query(
            "DELETE FROM role_assignments \
             WHERE organization = $1 AND holder_kind = $2 AND holder = $3 AND role = $4 AND resource = $5",
        )
        .bind(organization.as_str())
        .bind(holder.kind())
        .bind(holder.id())
        .bind(role.id())
        .bind(resource)
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.tell_invitations(organization, now).await?;
        Ok(taken.rows_affected() == 1)
    }

    /// Ends every role and membership of an account. Says how many there were.
    pub async fn leave_everything(
        &mut self,
        organization: &OrganizationId,
        account: Uuid,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let roles = sqlx::query(
            "DELETE FROM role_assignments WHERE organization = $1 AND holder_kind = 'account' AND holder = $2",
        )
        .bind(organization.as_str())
        .bind(account.as_bytes().as_slice())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        let memberships = sqlx::query(
            "DELETE FROM group_members WHERE account = $2 AND group_id IN (SELECT id FROM groups WHERE organization = $1)",
        )
        .bind(organization.as_str())
        .bind(account.as_bytes().as_slice())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.tell_invitations(organization, now).await?;
        Ok(roles.rows_affected() + memberships.rows_affected())
    }
}

fn role(row: &Row) -> Result<Role, sqlx::Error> {
    Role::of(&row::text(row, "role")?).ok_or_else(|| row::bad("role", "the id of a role"))
}
