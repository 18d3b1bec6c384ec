//! Groups of people, companies among them, and the roles that let people from outside in.
//!
//! A company is a group whose people come from its mail domains too, so a newcomer needs no admin. Who may only use the customer
//! portal of a service desk has a role that opens nothing else.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::domain_name::DomainName;
use super::external_terms::read_end;
use super::mistake::{Mistake, Mistakes, read_list, read_name};

/// How many characters the name of a group has at most.
const MOST_NAME_CHARACTERS: usize = 255;
/// How many characters its description has at most.
const MOST_DESCRIPTION_CHARACTERS: usize = 1_000;
/// How many mail domains a company has, as an external user policy may have.
pub const MOST_DOMAINS: usize = 20;
/// How far away the end of an exemption is at most: a year. What is to last is a policy.
const LONGEST_EXEMPTION: SignedDuration = SignedDuration::from_hours(24 * 366);

/// What a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupKind {
    /// Those who were made its members.
    Group,
    /// An external company: its members, and everybody of its mail domains.
    Company,
}

/// A group as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDraft {
    /// What it is called.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// What it is.
    pub kind: GroupKind,
    /// Of a company: its mail domains.
    pub domains: Vec<String>,
}

/// A group that was read and can be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it is.
    pub kind: GroupKind,
    /// Its mail domains, in order.
    pub domains: Vec<DomainName>,
}

/// What somebody may do at a resource. The ids are those of the product whose API this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table below says what each is")]
pub enum Role {
    User,
    Admin,
    Guest,
    Customer,
    UserAccessAdmin,
    Contributor,
    Basic,
    Stakeholder,
    OrgAdmin,
    SiteAdmin,
    AiAccess,
}

/// Whether a person from outside was invited to a site, from nothing to everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invited {
    /// They were not.
    #[default]
    No,
    /// To its customer portal.
    Portal,
    /// To the product.
    Product,
    /// The site asks nobody for that.
    NotNeeded,
}

impl GroupKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Group, Self::Company];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Company => "company",
        }
    }

    /// The kind of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.label() == label)
    }
}

impl GroupDraft {
    /// Reads a draft; every mistake is told.
    pub fn read(&self) -> Result<Group, Mistakes> {
        let mut mistakes = Vec::new();
        let name = read_name("name", &self.name, MOST_NAME_CHARACTERS, &mut mistakes);
        let description = self.description.trim();
        if description.chars().count() > MOST_DESCRIPTION_CHARACTERS || description.contains('\0') {
            let said = format!("is longer than {MOST_DESCRIPTION_CHARACTERS} characters");
            mistakes.push(Mistake::new("description", said));
        }
        let domains = read_list("domains", &self.domains, DomainName::parse, &mut mistakes);
        let most = if self.kind == GroupKind::Company { MOST_DOMAINS } else { 0 };
        if domains.len() > most {
            mistakes.push(Mistake::new("domains", format!("has more than the {most} that it may")));
        }
        Mistakes::or(mistakes, Group { name, description: description.to_owned(), kind: self.kind, domains })
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 11] = [
        Self::User,
        Self::Admin,
        Self::Guest,
        Self::Customer,
        Self::UserAccessAdmin,
        Self::Contributor,
        Self::Basic,
        Self::Stakeholder,
        Self::OrgAdmin,
        Self::SiteAdmin,
        Self::AiAccess,
    ];

    /// Its id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::User => "atlassian/user",
            Self::Admin => "atlassian/admin",
            Self::Guest => "atlassian/guest",
            Self::Customer => "atlassian/customer",
            Self::UserAccessAdmin => "atlassian/user-access-admin",
            Self::Contributor => "atlassian/contributor",
            Self::Basic => "atlassian/basic",
            Self::Stakeholder => "atlassian/stakeholder",
            Self::OrgAdmin => "atlassian/org-admin",
            Self::SiteAdmin => "atlassian/site-admin",
            Self::AiAccess => "atlassian/ai-access",
        }
    }

    /// The role of an id.
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    /// To what of a site it invites somebody from outside.
    pub const fn invites_to(self) -> Invited {
        match self {
            Self::User
            | Self::Admin
            | Self::Guest
            | Self::Contributor
            | Self::Basic
            | Self::Stakeholder
            | Self::OrgAdmin
            | Self::SiteAdmin => Invited::Product,
            Self::Customer => Invited::Portal,
            // What these allow, they allow to somebody who is there already.
            Self::UserAccessAdmin | Self::AiAccess => Invited::No,
        }
    }
}

impl Invited {
    /// Whether it lets somebody in. An invitation to the portal is for those whom the product gives nothing else.
    pub fn lets_in(self, is_customer: bool) -> bool {
        match self {
            Self::NotNeeded | Self::Product => true,
            Self::Portal => is_customer,
            Self::No => false,
        }
    }
}

/// Reads until when the people of a group are exempt from codes: a day or a time, which is to come and no more than a year away.
pub fn read_exemption(text: &str, now: Timestamp) -> Result<Timestamp, Mistakes> {
    let wrong = |said: String| Err(Mistakes::one("until", said));
    match read_end(text, now) {
        Err(error) => wrong(error.to_string()),
        Ok(end) if end <= now => wrong("is over already".to_owned()),
        Ok(end) if end.duration_since(now) > LONGEST_EXEMPTION => wrong(
            "is more than a year away; what is to last is an external user policy for their mail domain"
                .to_owned(),
        ),
        Ok(end) => Ok(end),
    }
}

/// The site that a resource names: its id, alone or at the end of a resource identifier such as
/// `ari:cloud:jira::site/jira.acme.com`.
pub fn site_of(resource: &str) -> &str {
    resource.split_once("::site/").map_or(resource, |(_, site)| site)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_has_domains_and_a_group_has_none() {
        let draft = |kind, domains: usize| GroupDraft {
            name: "Partner".to_owned(),
            description: String::new(),
            kind,
            domains: (0..domains).map(|number| format!("d{number}.test")).collect(),
        };
        assert!(draft(GroupKind::Company, 20).read().is_ok());
        assert!(draft(GroupKind::Company, 21).read().is_err());
        assert!(draft(GroupKind::Group, 0).read().is_ok());
        assert!(draft(GroupKind::Group, 1).read().is_err());
        let long = GroupDraft { description: "x".repeat(1_001), ..draft(GroupKind::Group, 0) };
        assert_eq!(long.read().unwrap_err().0[0].field, "description");
    }

    #[test]
    fn a_customer_of_the_portal_is_let_in_nowhere_else() {
        assert_eq!(Role::of("atlassian/customer").map(Role::invites_to), Some(Invited::Portal));
        assert!(Invited::Portal.lets_in(true) && !Invited::Portal.lets_in(false));
        assert!(Role::User.invites_to().lets_in(false) && !Role::AiAccess.invites_to().lets_in(true));
        assert_eq!(Role::of("user"), None);
        for role in Role::ALL {
            assert_eq!(Role::of(role.id()), Some(role));
        }
    }

    #[test]
    fn an_exemption_ends_and_within_a_year() {
        let now: Timestamp = "2027-01-15T08:00:00Z".parse().unwrap();
        assert_eq!(read_exemption("2027-05-31", now), Ok("2027-06-01T00:00:00Z".parse().unwrap()));
        assert!(read_exemption("2028-01-15", now).is_ok());
        for text in ["2027-01-14", "2027-01-15T08:00:00Z", "2028-01-17", "2099-01-01", "", "soon"] {
            assert_eq!(read_exemption(text, now).unwrap_err().0[0].field, "until", "{text}");
        }
    }

    #[test]
    fn a_resource_names_its_site() {
        assert_eq!(site_of("jira.acme.com"), "jira.acme.com");
        assert_eq!(site_of("ari:cloud:jira-core::site/wiki.acme.com/wiki"), "wiki.acme.com/wiki");
    }
}
