//! Groups of all directories of an organization as one list: its own first, by name, then those of identity providers, directory
//! by directory. A page goes on in an index where the one before ended.

use std::collections::HashMap;

use uuid::Uuid;

use super::database::Row;
use super::groups::group_row;
use super::members::escaped;
use super::scim_groups::scim_group_row;
use super::statement::{Statement, Value};
use super::{Change, GroupRow, ScimGroupRow, Store, StoreError, Within, row};
use crate::domain::domain_name::DomainName;
use crate::domain::group::GroupKind;
use crate::domain::organization::OrganizationId;

/// A group of whichever directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryGroup {
    /// The organization's own, a company perhaps.
    Own(GroupRow),
    /// An identity provider's, which alone changes it.
    Synced(ScimGroupRow),
}

/// Which groups. An empty list asks for nothing in particular.
#[derive(Debug, Clone, Default)]
pub struct GroupFilter {
    /// Of these directories.
    pub within: Within,
    /// With one of these ids.
    pub ids: Vec<Uuid>,
    /// With exactly one of these names.
    pub names: Vec<String>,
    /// With this text in the name, whatever the case of ASCII's letters.
    pub text: String,
}

/// Where a list of groups goes on: after this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupPlace {
    /// The organization's own of this name.
    Own(String),
    /// That of a directory with this name, in the spelling by which names are compared.
    Synced(Uuid, String),
}

/// How many groups there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GroupCounts {
    /// The organization's own, but for companies.
    pub groups: u64,
    /// Companies.
    pub companies: u64,
    /// Of identity providers.
    pub synced: u64,
}

impl DirectoryGroup {
    /// Its id.
    pub const fn id(&self) -> Uuid {
        match self {
            Self::Own(row) => row.id,
            Self::Synced(row) => row.id,
        }
    }

    /// Its place in a list.
    pub fn place(&self) -> GroupPlace {
        match self {
            Self::Own(row) => GroupPlace::Own(row.group.name.clone()),
            Self::Synced(row) => GroupPlace::Synced(row.directory, row.name.clone()),
        }
    }
}

impl GroupPlace {
    /// The place as a text.
    pub fn to_text(&self) -> String {
        match self {
            Self::Own(name) => format!("own {name}"),
            Self::Synced(directory, name) => format!("{directory} {name}"),
        }
    }

    /// The place of a text, if it is one.
    pub fn of(text: &str) -> Option<Self> {
        let (directory, name) = text.split_once(' ')?;
        match directory {
            "own" => Some(Self::Own(name.to_owned())),
            directory => Some(Self::Synced(Uuid::try_parse(directory).ok()?, name.to_owned())),
        }
    }
}

impl GroupCounts {
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.groups + self.companies + self.synced
    }
}

impl Store {
    /// Up to `limit` groups after a place.
    pub async fn directory_groups(
        &self,
        organization: &OrganizationId,
        filter: &GroupFilter,
        after: Option<&GroupPlace>,
        limit: u32,
    ) -> Result<Vec<DirectoryGroup>, StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        // Of no directory in particular is of any.
        let (own, synced) = match &filter.within {
            Within::All => (true, Some(&[][..])),
            Within::These { own, synced } => {
                (*own, Some(synced.as_slice()).filter(|these| !these.is_empty()))
            }
        };
        let mut groups = Vec::new();
        if own {
            groups = self.own_groups(organization, filter, after, limit).await?;
        }
        if let Some(directories) = synced
            && groups.len() < limit
        {
            let left = limit - groups.len();
            groups.extend(self.synced_groups(organization, filter, directories, after, left).await?);
        }
        Ok(groups)
    }

    /// A group of whichever directory.
    pub async fn directory_group(
        &self,
        organization: &OrganizationId,
        id: Uuid,
    ) -> Result<Option<DirectoryGroup>, StoreError> {
        let filter = GroupFilter { ids: vec![id], ..GroupFilter::default() };
        Ok(self.directory_groups(organization, &filter, None, 1).await?.pop())
    }

    /// How many groups these directories have.
    pub async fn count_groups(
        &self,
        organization: &OrganizationId,
        within: &Within,
    ) -> Result<GroupCounts, StoreError> {
        let kind = self.connections.kind;
        let mut statement =
            Statement::new(kind, "SELECT kind, count(*) AS number FROM groups WHERE organization = ");
        let owner = statement.bind_text(organization.as_str());
        statement.push(&owner);
        if matches!(within, Within::These { own: false, .. }) {
            statement.and("1 = 0");
        }
        statement.push(" GROUP BY kind");
        let read = |row: Row| Ok((row::text(&row, "kind")?, row::integer(&row, "number")?.unsigned_abs()));
        let own = statement.finish().try_map(read).fetch_all(self.readers()).await.map_err(self.fault())?;
        let of = |kind: GroupKind| own.iter().find(|(label, _)| label == kind.label()).map_or(0, |(_, n)| *n);
        // A directory knows how many it has.
        let sum = "SELECT CAST(coalesce(sum(group_count), 0) AS BIGINT) AS number FROM directories WHERE organization = ";
        let mut statement = Statement::new(kind, sum);
        let owner = statement.bind_text(organization.as_str());
        statement.push(&owner);
        if let Within::These { synced, .. } = within {
            match synced.as_slice() {
                [] => statement.and("1 = 0"),
                synced => statement.one_of("id", synced, Value::id),
            }
        }
        let synced = statement.finish().try_map(|row: Row| row::integer(&row, "number"));
        let synced = synced.fetch_one(self.readers()).await.map_err(self.fault())?.unsigned_abs();
        Ok(GroupCounts { groups: of(GroupKind::Group), companies: of(GroupKind::Company), synced })
    }

    async fn own_groups(
        &self,
        organization: &OrganizationId,
        filter: &GroupFilter,
        after: Option<&GroupPlace>,
        limit: usize,
    ) -> Result<Vec<DirectoryGroup>, StoreError> {
        let after = match after {
            Some(GroupPlace::Synced(..)) => return Ok(Vec::new()),
            Some(GroupPlace::Own(name)) => name,
            None => "",
        };
        let mut statement =
            Statement::new(self.connections.kind, "SELECT * FROM groups WHERE organization = ");
        let owner = statement.bind_text(organization.as_str());
        statement.push(&owner);
        let after = statement.bind_text(after);
        statement.and(&format!("name > {after}"));
        filter.narrow(&mut statement, "name");
        statement.push(" ORDER BY name");
        statement.limit(limit);
        let rows = statement.finish().try_map(|row: Row| group_row(&row)).fetch_all(self.readers());
        let rows = self.with_domains(rows.await.map_err(self.fault())?).await?;
        Ok(rows.into_iter().map(DirectoryGroup::Own).collect())
    }

    async fn synced_groups(
        &self,
        organization: &OrganizationId,
        filter: &GroupFilter,
        directories: &[Uuid],
        after: Option<&GroupPlace>,
        limit: usize,
    ) -> Result<Vec<DirectoryGroup>, StoreError> {
        let mut statement =
            Statement::new(self.connections.kind, "SELECT * FROM scim_groups WHERE organization = ");
        let owner = statement.bind_text(organization.as_str());
        statement.push(&owner);
        if let Some(GroupPlace::Synced(directory, name)) = after {
            let (directory, name) = (statement.bind_id(*directory), statement.bind_text(name));
            statement.and(&format!("(directory, name) > ({directory}, {name})"));
        }
        statement.one_of("directory", directories, Value::id);
        filter.narrow(&mut statement, "display_name");
        statement.push(" ORDER BY directory, name");
        statement.limit(limit);
        let rows = statement.finish().try_map(|row: Row| scim_group_row(&row)).fetch_all(self.readers());
        Ok(rows.await.map_err(self.fault())?.into_iter().map(DirectoryGroup::Synced).collect())
    }

    /// The same rows, of which companies have their mail domains.
    pub(super) async fn with_domains(&self, mut rows: Vec<GroupRow>) -> Result<Vec<GroupRow>, StoreError> {
        let companies = || rows.iter().filter(|row| row.group.kind == GroupKind::Company);
        let ids: Vec<Uuid> = companies().map(|row| row.id).collect();
        if ids.is_empty() {
            return Ok(rows);
        }
        let mut statement = Statement::new(
            self.connections.kind,
            "SELECT group_id, domain FROM group_domains WHERE group_id IN ",
        );
        let companies = statement.list(&ids, Value::id);
        statement.push(&format!("{companies} ORDER BY domain"));
        let read = |row: Row| Ok((row::id(&row, "group_id")?, row::domain(&row, "domain")?));
        let found = statement.finish().try_map(read).fetch_all(self.readers()).await.map_err(self.fault())?;
        let mut domains: HashMap<Uuid, Vec<DomainName>> = HashMap::new();
        for (group, domain) in found {
            domains.entry(group).or_default().push(domain);
        }
        for row in &mut rows {
            row.group.domains = domains.remove(&row.id).unwrap_or_default();
        }
        Ok(rows)
    }

    /// Which of these accounts were made members of a group: the others are in it by the mail domain of a company.
    pub async fn members_among(
        &self,
        organization: &OrganizationId,
        group: Uuid,
        accounts: &[Uuid],
    ) -> Result<Vec<Uuid>, StoreError> {
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let mut statement = Statement::new(
            self.connections.kind,
            "SELECT account FROM groups JOIN group_members ON group_members.group_id = groups.id WHERE organization = ",
        );
        let owner = statement.bind_text(organization.as_str());
        statement.push(&owner);
        statement.one_of("group_id", &[group], Value::id);
        statement.one_of("account", accounts, Value::id);
        let found = statement.finish().try_map(|row: Row| row::id(&row, "account"));
        found.fetch_all(self.readers()).await.map_err(self.fault())
    }
}

impl Change {
    /// What the directory is called that keeps a group, if it is an identity provider's.
    pub async fn directory_of_group(
        &mut self,
        organization: &OrganizationId,
        group: Uuid,
    ) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar(
            "SELECT directories.name FROM scim_groups JOIN directories ON directories.id = scim_groups.directory \
             WHERE scim_groups.organization = $1 AND scim_groups.id = $2",
        )
        .bind(organization.as_str())
        .bind(group.as_bytes().as_slice())
        .fetch_optional(self.connection())
        .await
        .map_err(self.fault())
    }
}

impl GroupFilter {
    fn narrow(&self, statement: &mut Statement, name: &str) {
        statement.one_of("id", &self.ids, Value::id);
        statement.one_of(name, &self.names, |name| Value::text(name));
        if !self.text.is_empty() {
            let pattern = statement.bind_text(&format!("%{}%", escaped(&self.text)));
            statement.and(&format!("lower({name}) LIKE {pattern} ESCAPE '!'"));
        }
    }
}
