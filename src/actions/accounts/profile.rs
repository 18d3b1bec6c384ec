//! Edit a profile: some fields of it, all of them or none.

use serde_json::json;
use uuid::Uuid;

use super::{AccountError, Accounts, editable};
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::domain::profile::Field;
use crate::store::{Account, AuditAction, AuditEvent, Profile};

impl Accounts {
    /// Sets fields of a profile, and gives the account as it is then. Every mistake is told at once.
    pub async fn edit_profile(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        values: &[(Field, String)],
        actor: &Actor,
    ) -> Result<Account, AccountError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let paths = values.iter().map(|(field, _)| field.path());
        let account = editable(&mut change, organization, id, paths).await?;
        let mistakes: Vec<_> =
            values.iter().filter_map(|(field, value)| Some((*field, field.violation(value)?))).collect();
        if !mistakes.is_empty() {
            return Err(AccountError::Fields(mistakes));
        }
        let mut profile = account.profile.clone();
        for (field, value) in values {
            *place(&mut profile, *field) = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
        if profile == account.profile {
            return Ok(account);
        }
        change.set_profile(id, &profile, now).await?;
        let fields: Vec<&str> = values.iter().map(|(field, _)| field.path()).collect();
        let event =
            AuditEvent::new(actor.clone(), AuditAction::AccountProfileUpdated, account.email.as_str());
        let detail = json!({ "account": id, "fields": fields });
        change.commit(event.of(organization).with(detail), now).await?;
        Ok(Account { profile, updated_at: now, ..account })
    }
}

/// Where a profile has a field.
pub(in crate::actions) fn place(profile: &mut Profile, field: Field) -> &mut Option<String> {
    match field {
        Field::Name => &mut profile.name,
        Field::Nickname => &mut profile.nickname,
        Field::Zoneinfo => &mut profile.zoneinfo,
        Field::Locale => &mut profile.locale,
        Field::JobTitle => &mut profile.job_title,
        Field::Organization => &mut profile.company,
        Field::Department => &mut profile.department,
        Field::Location => &mut profile.location,
    }
}
