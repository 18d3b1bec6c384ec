//! Invite people: accounts for addresses, their groups and roles, and a mail to each.
//!
//! All of it is checked before anything is written, and all of it is one transaction. Whoever is invited still proves their
//! mailbox at their first visit: an invitation says whom an organization wants, and not who somebody is.

use serde_json::json;
use uuid::Uuid;

use super::roles::RoleAt;
use super::{GroupError, Groups, event, name_of};
use crate::actions::accounts::terms::{TermsEdit, put_terms, read_terms};
use crate::actions::sighted::keep_account;
use crate::domain::actor::Actor;
use crate::domain::email::EmailAddress;
use crate::domain::external_terms::ExternalTerms;
use crate::domain::group::Role;
use crate::domain::mistake::{Mistake, Mistakes, read_list};
use crate::domain::organization::Organization;
use crate::store::{AuditAction, AuditEvent, Change, Holder};

/// Roles, each at a site.
type Roles = Vec<(Role, String)>;

/// How many addresses one invitation has.
pub const MOST_PEOPLE: usize = 100;
/// How many characters its text has.
pub const MOST_TEXT_CHARACTERS: usize = 2_000;

/// An invitation as somebody typed it.
#[derive(Debug, Clone)]
pub struct Invitation<'a> {
    /// To whom.
    pub emails: &'a [String],
    /// The roles that they get.
    pub roles: &'a [RoleAt<'a>],
    /// The groups that they come into.
    pub groups: &'a [Uuid],
    /// Whether they are told by mail.
    pub notify: bool,
    /// What they are told besides; may be empty.
    pub text: &'a str,
    /// Who answers for them, and until when they may come. Without it, who is known already keeps their own.
    pub terms: TermsEdit<'a>,
}

/// Somebody who was invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitedPerson {
    /// Their account.
    pub account: Uuid,
    /// Their address.
    pub email: EmailAddress,
    /// What they got: for each role and each group whether it is new.
    pub roles: Vec<(Role, String, bool)>,
    /// As above.
    pub groups: Vec<(Uuid, bool)>,
}

impl Groups {
    /// Invites everybody of a list, or nobody.
    pub async fn invite(
        &self,
        organization: &Organization,
        invitation: &Invitation<'_>,
        actor: &Actor,
    ) -> Result<Vec<InvitedPerson>, GroupError> {
        let (emails, roles) = self.read_invitation(organization, invitation)?;
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        for group in invitation.groups {
            name_of(&mut change, &organization.id, *group).await?;
        }
        let (mut people, mut events) = (Vec::new(), Vec::new());
        for email in emails {
            let (person, more) =
                self.invite_one(&mut change, organization, invitation, email, &roles, actor).await?;
            people.push(person);
            events.extend(more);
        }
        change.commit_many(&events, now).await?;
        Ok(people)
    }

    async fn invite_one(
        &self,
        change: &mut Change,
        organization: &Organization,
        invitation: &Invitation<'_>,
        email: EmailAddress,
        roles: &[(Role, String)],
        actor: &Actor,
    ) -> Result<(InvitedPerson, Vec<AuditEvent>), GroupError> {
        let (now, id) = (self.clock.now(), &organization.id);
        let mut events = keep_account(change, id, &email, false, now).await?;
        let account = change.account_of(id, &email).await?.ok_or(GroupError::NoAccount)?;
        let before = ExternalTerms { sponsor: account.sponsor, ends_at: account.ends_at };
        let terms = read_terms(change, id, before, invitation.terms, now).await??;
        events.extend(put_terms(change, id, &account, terms, actor, now).await?);
        let mut person = InvitedPerson { account: account.id, email, roles: Vec::new(), groups: Vec::new() };
        for (role, site) in roles {
            let is_new = change.assign_role(id, Holder::Account(account.id), *role, site, now).await?;
            person.roles.push((*role, site.clone(), is_new));
        }
        for group in invitation.groups {
            person.groups.push((*group, change.add_to_group(id, *group, account.id, now).await?));
        }
        if invitation.notify {
            self.notify(change, organization, &account, invitation.text.trim()).await?;
        }
        let roles: Vec<_> = roles.iter().map(|(role, site)| json!([role.id(), site])).collect();
        let detail = json!({ "account": account.id, "roles": roles, "groups": invitation.groups });
        events.push(event(actor, AuditAction::UserInvited, person.email.as_str(), id, detail));
        Ok((person, events))
    }

    fn read_invitation(
        &self,
        organization: &Organization,
        invitation: &Invitation<'_>,
    ) -> Result<(Vec<EmailAddress>, Roles), Mistakes> {
        let mut mistakes = Vec::new();
        let emails = read_list("emails", invitation.emails, EmailAddress::parse, &mut mistakes);
        if invitation.emails.is_empty() || invitation.emails.len() > MOST_PEOPLE {
            mistakes.push(Mistake::new("emails", format!("has not 1 to {MOST_PEOPLE} addresses")));
        }
        if invitation.text.chars().count() > MOST_TEXT_CHARACTERS {
            let said = format!("is longer than {MOST_TEXT_CHARACTERS} characters");
            mistakes.push(Mistake::new("notificationText", said));
        }
        let mut roles = Vec::new();
        for (index, role) in invitation.roles.iter().enumerate() {
            match self.read_role(&organization.id, *role) {
                Ok(read) => roles.push(read),
                Err(Mistakes(wrong)) => mistakes.extend(wrong.into_iter().map(|Mistake { field, said }| {
                    Mistake { field: format!("permissionRules[{index}].{field}"), said }
                })),
            }
        }
        Mistakes::or(mistakes, (emails, roles))
    }
}
