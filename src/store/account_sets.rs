//! Sets of accounts that a list is narrowed to: who is in a group, has a role, or follows a directory.
//!
//! A list is in the order of addresses, and these sets are not. A small one is read as a whole and put in order; of a large one
//! somebody is found soon on a walk through the addresses, on which everybody is looked up. So a page takes a bounded time either
//! way: of a million accounts in SQLite 10 ms for a group of ten or of 200,000, and less than a tenth of a second between.
//! PostgreSQL reads a large one into memory first, 40 ms for 60,000.

use uuid::Uuid;

use super::account_lists::AccountFilter;
use super::database::Row;
use super::statement::{Statement, Value};
use super::{Store, StoreError, row};
use crate::domain::group::Role;
use crate::domain::organization::OrganizationId;

/// What is read as a whole. Tests have few rows, and try both ways.
const SMALL: usize = if cfg!(test) { 3 } else { 10_000 };

/// A set of accounts of an organization.
pub(super) enum AccountSet<'f> {
    /// Of any of these groups, of whichever directory; of a company also by the mail domain.
    Groups(&'f [Uuid]),
    /// With one of these roles at one of these resources, by themselves or by a group. An empty list is any.
    Roles(&'f [Role], &'f [String]),
    /// Those that follow one of these directories.
    Synced(&'f [Uuid]),
}

/// The sets that a list is narrowed to.
pub(super) struct AccountSets<'f> {
    all: Vec<AccountSet<'f>>,
    /// The place of a small one.
    small: Option<usize>,
}

impl Store {
    /// The sets of a filter, and which of them is small.
    pub(super) async fn account_sets<'f>(
        &self,
        organization: &OrganizationId,
        filter: &'f AccountFilter,
    ) -> Result<AccountSets<'f>, StoreError> {
        let all = filter.sets();
        for (place, set) in all.iter().enumerate() {
            let mut statement =
                Statement::new(self.connections.kind, "SELECT count(*) AS number FROM (SELECT id FROM (");
            set.ids(&mut statement, organization);
            statement.push(") AS chosen");
            statement.limit(SMALL + 1);
            statement.push(") AS counted");
            let found = statement.finish().try_map(|row: Row| row::integer(&row, "number"));
            let found = found.fetch_one(self.readers()).await.map_err(self.fault())?;
            if usize::try_from(found).is_ok_and(|found| found <= SMALL) {
                return Ok(AccountSets { small: Some(place), all });
            }
        }
        Ok(AccountSets { all, small: None })
    }
}

impl AccountSets<'_> {
    /// Goes on with the accounts of an organization that are in all of them.
    pub(super) fn from(&self, statement: &mut Statement, organization: &OrganizationId) {
        statement.push(" FROM ");
        // SQLite takes tables that are crossed in this order, and PostgreSQL in the one that it finds best.
        if let Some(small) = self.small.and_then(|place| self.all.get(place)) {
            statement.push("(SELECT DISTINCT id FROM (");
            small.ids(statement, organization);
            statement.push(") AS listed) AS chosen CROSS JOIN accounts WHERE accounts.id = chosen.id AND ");
        } else {
            statement.push("accounts WHERE ");
        }
        let owner = statement.bind_text(organization.as_str());
        statement.push(&format!("accounts.organization = {owner}"));
        for (place, set) in self.all.iter().enumerate() {
            if self.small != Some(place) {
                set.holds(statement);
            }
        }
    }
}

impl AccountSet<'_> {
    /// The ids of all of it. Some may come more than once.
    fn ids(&self, statement: &mut Statement, organization: &OrganizationId) {
        let owner = |statement: &mut Statement| statement.bind_text(organization.as_str());
        if let Self::Synced(directories) = self {
            let owner = owner(statement);
            statement.push(&format!(
                "SELECT account AS id FROM scim_users WHERE organization = {owner} AND account IS NOT NULL"
            ));
            return statement.one_of("directory", directories, Value::id);
        }
        if let Self::Roles(roles, resources) = self {
            let owner = owner(statement);
            statement.push(&format!(
                "SELECT holder AS id FROM role_assignments WHERE organization = {owner} AND holder_kind = 'account'"
            ));
            at(statement, roles, resources);
            statement.push(" UNION ALL ");
        }
        statement.push(
            "SELECT group_members.account AS id FROM groups JOIN group_members ON group_members.group_id = groups.id \
             WHERE groups.organization = ",
        );
        let own = owner(statement);
        statement.push(&own);
        self.groups(statement, "groups.id");
        statement.push(
            " UNION ALL SELECT accounts.id FROM group_domains CROSS JOIN accounts \
             WHERE accounts.organization = group_domains.organization AND accounts.domain = group_domains.domain \
             AND group_domains.organization = ",
        );
        let own = owner(statement);
        statement.push(&own);
        self.groups(statement, "group_domains.group_id");
        if let Self::Groups(_) = self {
            statement.push(
                " UNION ALL SELECT scim_users.account FROM scim_groups \
                 JOIN scim_group_members ON scim_group_members.group_id = scim_groups.id \
                 JOIN scim_users ON scim_users.id = scim_group_members.user_id \
                 WHERE scim_users.account IS NOT NULL AND scim_groups.organization = ",
            );
            let own = owner(statement);
            statement.push(&own);
            self.groups(statement, "scim_groups.id");
        }
    }

    /// Asks of an account that it is in the set.
    fn holds(&self, statement: &mut Statement) {
        statement.and("(");
        if let Self::Synced(directories) = self {
            statement.push("EXISTS (SELECT 1 FROM scim_users WHERE scim_users.account = accounts.id");
            statement.one_of("scim_users.directory", directories, Value::id);
            return statement.push("))");
        }
        if let Self::Roles(roles, resources) = self {
            statement.push(
                "EXISTS (SELECT 1 FROM role_assignments WHERE role_assignments.organization = accounts.organization \
                 AND holder_kind = 'account' AND holder = accounts.id",
            );
            at(statement, roles, resources);
            statement.push(") OR ");
        }
        statement.push(
            "EXISTS (SELECT 1 FROM group_members JOIN groups ON groups.id = group_members.group_id \
             WHERE group_members.account = accounts.id AND groups.organization = accounts.organization",
        );
        self.groups(statement, "groups.id");
        statement.push(
            ") OR EXISTS (SELECT 1 FROM group_domains WHERE group_domains.organization = accounts.organization \
             AND group_domains.domain = accounts.domain",
        );
        self.groups(statement, "group_domains.group_id");
        if let Self::Groups(_) = self {
            statement.push(
                ") OR EXISTS (SELECT 1 FROM scim_users JOIN scim_group_members ON scim_group_members.user_id = scim_users.id \
                 WHERE scim_users.account = accounts.id AND scim_users.organization = accounts.organization",
            );
            self.groups(statement, "scim_group_members.group_id");
        }
        statement.push("))");
    }

    /// Asks of a group that it is one of those that make the set.
    fn groups(&self, statement: &mut Statement, column: &str) {
        match self {
            Self::Groups(groups) => statement.one_of(column, groups, Value::id),
            Self::Roles(roles, resources) => {
                statement.and(&format!(
                    "EXISTS (SELECT 1 FROM role_assignments WHERE holder_kind = 'group' AND holder = {column} \
                     AND role_assignments.organization = "
                ));
                let table = column.split('.').next().unwrap_or_default();
                statement.push(&format!("{table}.organization"));
                at(statement, roles, resources);
                statement.push(")");
            }
            Self::Synced(_) => {}
        }
    }
}

/// Asks of a role that it is one of these at one of these resources.
fn at(statement: &mut Statement, roles: &[Role], resources: &[String]) {
    statement.one_of("role", roles, |role| Value::text(role.id()));
    statement.one_of("resource", resources, |resource| Value::text(resource));
}
