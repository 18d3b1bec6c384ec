//! Undo a change of a policy, of whichever kind: found by its id, by its name, or as the default or the test policy of external
//! users.

use uuid::Uuid;

use super::external_policies::keep::KeepError;
use super::external_policies::{ExternalPolicies, Which};
use super::policies::Policies;
use super::policies::undo::UndoError;
use crate::domain::actor::Actor;
use crate::domain::external_policy::PolicyKind;
use crate::domain::organization::OrganizationId;
use crate::store::{FormerContent, Store, StoreError};

/// A policy as it is again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Its id, which is another one where it was deleted.
    pub policy: Uuid,
    /// Its name.
    pub name: String,
    /// Its version, a new one.
    pub version: i64,
}

/// Why nothing was undone.
#[derive(Debug, thiserror::Error)]
pub enum PolicyUndoError {
    /// An external user policy cannot be made what it was.
    #[error(transparent)]
    External(#[from] KeepError),
    /// An authentication policy cannot be made what it was.
    #[error(transparent)]
    Authentication(#[from] UndoError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The id of a policy that somebody named, also of one that was deleted. Names of external user policies go first.
pub async fn find_policy(
    store: &Store,
    organization: &OrganizationId,
    text: &str,
) -> Result<Option<Uuid>, StoreError> {
    if let Ok(id) = Uuid::try_parse(text) {
        return Ok(Some(id));
    }
    let external = store.external_policies(organization).await?;
    let by_kind = match PolicyKind::of(text) {
        Some(PolicyKind::Default) => Which::Default.of(&external),
        Some(PolicyKind::Test) => Which::Test.of(&external),
        _ => external.iter().find(|row| row.name == text),
    };
    if let Some(row) = by_kind {
        return Ok(Some(row.id));
    }
    let mut after = String::new();
    loop {
        let page = store.auth_policies(organization, &after, 200).await?;
        if let Some(row) = page.iter().find(|row| row.name.as_str() == text) {
            return Ok(Some(row.id));
        }
        let Some(last) = page.last() else { break };
        last.name.as_str().clone_into(&mut after);
    }
    let former = store.former_policies(organization, None, u32::MAX).await?;
    let is_it = |content: &FormerContent| matches!((content, PolicyKind::of(text)), (FormerContent::External { kind, .. }, Some(wanted)) if *kind == wanted);
    let found = former.into_iter().find(|former| former.name == text || is_it(&former.content));
    Ok(found.map(|former| former.policy))
}

/// Makes a policy what it was before its last change that made a difference, or in a version of it.
pub async fn undo(
    external: &ExternalPolicies,
    authentication: &Policies,
    organization: &OrganizationId,
    policy: Uuid,
    to: Option<i64>,
    actor: &Actor,
) -> Result<Undone, PolicyUndoError> {
    let former = external.store.former_policies(organization, Some(policy), 1).await?;
    match former.first().map(|former| &former.content) {
        None => Err(KeepError::NoFormer.into()),
        Some(FormerContent::External { .. }) => {
            let row = external.undo(organization, policy, to, actor).await?;
            Ok(Undone { policy: row.id, name: row.name, version: row.version })
        }
        Some(FormerContent::Authentication(_)) => {
            let row = authentication.undo(organization, policy, to, actor).await?;
            Ok(Undone { policy: row.id, name: row.name.to_string(), version: row.version })
        }
    }
}
