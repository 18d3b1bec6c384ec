//! What mails to admins are written with: whose they are, who the admins are, where the API is.

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;

use crate::domain::organization::{Office, OrganizationId};
use crate::entropy::Entropy;
use crate::store::{Change, NewMail, StoreError};

/// As the configuration has it.
#[derive(Debug, Clone, Default)]
pub struct Letterhead {
    /// The organizations, and how each is run.
    pub offices: Vec<Office>,
    /// Where clients reach the API, without a slash at the end; empty where that is not configured.
    pub base: String,
}

/// The same for all who write; a reload puts another in its place.
pub type SharedLetterhead = Arc<ArcSwap<Letterhead>>;

impl Letterhead {
    /// An organization that is still in the configuration.
    pub fn office(&self, organization: &OrganizationId) -> Option<&Office> {
        self.offices.iter().find(|office| office.organization.id == *organization)
    }

    /// Writes to every admin of an organization, if this change is committed. Says how many there are.
    pub async fn tell_admins(
        &self,
        change: &mut Change,
        organization: &OrganizationId,
        (subject, body): (&str, &str),
        entropy: &Entropy,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let Some(office) = self.office(organization) else { return Ok(0) };
        for admin in &office.admins {
            let (id, sender) = (entropy.row_id(now), office.organization.as_ref().clone());
            change.queue_mail(&NewMail::notice(id, admin.clone(), sender, subject, body, now)).await?;
        }
        Ok(office.admins.len())
    }
}
