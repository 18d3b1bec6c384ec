//! Tell the admins of an organization that a domain of theirs is about to be lost, or is.
//!
//! A mail is part of the change that it tells of, so each is told once, whichever gateway found it out.

use jiff::Timestamp;

use super::Domains;
use crate::domain::owned_domain::{Method, Status, Way};
use crate::store::{Change, DomainRow, StoreError};

impl Domains {
    /// Writes to the admins of the domain's owner what its status is from now on, unless all is well.
    pub(super) async fn tell_admins(
        &self,
        change: &mut Change,
        row: &DomainRow,
        status: Status,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some((subject, body)) = self.letter(row, status) else { return Ok(()) };
        let letter = (subject.as_str(), body.as_str());
        self.letterhead.tell_admins(change, &row.organization, letter, &self.entropy, now).await?;
        Ok(())
    }

    fn letter(&self, row: &DomainRow, status: Status) -> Option<(String, String)> {
        let name = &row.name;
        let place = match row.method {
            Some(Method::Published(Way::Http)) => "the file of its web site",
            _ => "its TXT records",
        };
        let external = format!(
            "The people of {name} are external from now on: they are asked for codes, and what their authentication policies \
             allow them is gone. Their accounts stay claimed, and are managed again as soon as the domain is verified again."
        );
        match status {
            Status::Verified => None,
            Status::MissingToken => {
                let seen_at = row.seen_at.unwrap_or(Timestamp::MIN);
                let end = seen_at.saturating_add(self.rules.grace_period).unwrap_or(Timestamp::MAX);
                Some((
                    format!("The verification of {name} is missing"),
                    format!(
                        "The line that proves that {name} is yours is not in {place} any more. Nothing is lost yet: put the line \
                         back before {}, or the people of {name} are external from then on.",
                        end.strftime("%-d %B %Y, %H:%M UTC")
                    ),
                ))
            }
            Status::Unverified => Some((
                format!("The verification of {name} is lost"),
                format!(
                    "The line that proves that {name} is yours was not seen in {place} for the whole grace period.\n\n{external}"
                ),
            )),
            Status::Superseded => Some((
                format!("The verification of {name} is lost"),
                format!(
                    "The line that proves that {name} is yours is gone from {place}, and another organization proved since that \
                     the domain is theirs.\n\n{external}"
                ),
            )),
        }
    }
}
