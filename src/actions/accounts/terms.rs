//! On what terms somebody from outside comes: who answers for them, and until when. The rules are in `domain/external_terms.rs`.
//!
//! An end acts at the gate within a second, on what is open too. Managed people have no terms: they leave by their claim.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{AccountError, Accounts, reread};
use crate::domain::actor::Actor;
use crate::domain::external_terms::{ExternalTerms, first_reminder, read_end};
use crate::domain::lifecycle::Status;
use crate::domain::membership::AccountKey;
use crate::domain::mistake::{Mistake, Mistakes};
use crate::domain::organization::OrganizationId;
use crate::store::{Account, AuditAction, AuditEvent, Change, StoreError};

/// What the members of a request are called.
const SPONSOR: &str = "sponsor";
const ENDS_ON: &str = "endsOn";

/// What is to become of the terms of somebody, as it was typed. What is not named stays; what is named with nothing goes.
#[derive(Debug, Clone, Copy, Default)]
pub struct TermsEdit<'a> {
    /// The address or the id of an account.
    pub sponsor: Option<Option<&'a str>>,
    /// A day or a time.
    pub ends_on: Option<Option<&'a str>>,
}

impl Accounts {
    /// Changes the terms of somebody from outside, and gives them as they are then. Every mistake is told at once.
    pub async fn set_terms(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        edit: TermsEdit<'_>,
        actor: &Actor,
    ) -> Result<Account, AccountError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let account = change.account(organization, id).await?.ok_or(AccountError::NotFound)?;
        let before = ExternalTerms { sponsor: account.sponsor, ends_at: account.ends_at };
        let terms = read_terms(&mut change, organization, before, edit, now).await??;
        match put_terms(&mut change, organization, &account, terms, actor, now).await? {
            Some(event) => change.commit(event, now).await?,
            None => return Ok(account),
        }
        let ExternalTerms { sponsor, ends_at } = terms;
        let remind_at = ends_at.and_then(|end| first_reminder(end, now));
        Ok(Account { sponsor, ends_at, remind_at, updated_at: now, ..account })
    }
}

/// The terms that an edit makes of those before.
pub(in crate::actions) async fn read_terms(
    change: &mut Change,
    organization: &OrganizationId,
    before: ExternalTerms,
    edit: TermsEdit<'_>,
    now: Timestamp,
) -> Result<Result<ExternalTerms, Mistakes>, StoreError> {
    let (mut terms, mut mistakes) = (before, Vec::new());
    match edit.sponsor {
        None => {}
        Some(None) => terms.sponsor = None,
        Some(Some(text)) => match sponsor(change, organization, text).await? {
            Some(sponsor) => terms.sponsor = Some(sponsor),
            None => mistakes.push(Mistake::new(SPONSOR, "is no managed, active account of the organization")),
        },
    }
    match edit.ends_on {
        None => {}
        Some(None) => terms.ends_at = None,
        Some(Some(text)) => match read_end(text, now) {
            Ok(end) => terms.ends_at = Some(end),
            Err(error) => mistakes.push(Mistake::new(ENDS_ON, error.to_string())),
        },
    }
    Ok(Mistakes::or(mistakes, terms))
}

/// Puts somebody on other terms, in a change that may do more; the event of that, if they are others.
pub(in crate::actions) async fn put_terms(
    change: &mut Change,
    organization: &OrganizationId,
    account: &Account,
    terms: ExternalTerms,
    actor: &Actor,
    now: Timestamp,
) -> Result<Option<AuditEvent>, AccountError> {
    if terms == (ExternalTerms { sponsor: account.sponsor, ends_at: account.ends_at }) {
        return Ok(None);
    }
    // What was agreed before a claim may go, or it would act again after it.
    if account.managed && terms != ExternalTerms::default() {
        return Err(AccountError::Managed);
    }
    let remind_at = terms.ends_at.and_then(|end| first_reminder(end, now));
    change.set_terms(account.id, &terms, remind_at, now).await?;
    reread(change, organization, account, now).await?;
    let detail = json!({
        "account": account.id, "sponsor": terms.sponsor, "ends_at": terms.ends_at.map(|at| at.to_string()),
    });
    let event = AuditEvent::new(actor.clone(), AuditAction::ExternalUserTermsChanged, account.email.as_str());
    Ok(Some(event.of(organization).with(detail)))
}

/// Who answers for somebody is of the organization itself, and there.
async fn sponsor(
    change: &mut Change,
    organization: &OrganizationId,
    text: &str,
) -> Result<Option<Uuid>, StoreError> {
    let account = match AccountKey::read(text) {
        Some(AccountKey::Email(email)) => change.account_of(organization, &email).await?,
        Some(AccountKey::Id(id)) => change.account(organization, id).await?,
        Some(AccountKey::Username(_)) | None => None,
    };
    Ok(account.filter(is_there).map(|account| account.id))
}

/// Whether an account can answer for somebody: managed, and not kept out.
pub(super) fn is_there(account: &Account) -> bool {
    account.managed && account.status == Status::Active && account.suspended_at.is_none()
}
