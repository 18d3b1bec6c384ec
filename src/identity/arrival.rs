//! The mark on the way back from a verification, by which our next page knows that one was made a moment ago.
//!
//! It says nothing of a person and lets nobody in: whoever brings one is told at most why their verification did not arrive.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::sealed::{self, Fields};

use super::Identities;

/// How long a mark counts. Somebody who loads the address again later just goes on to the page.
const LIFETIME: Duration = Duration::from_secs(60);

impl Identities {
    /// The mark of a verification for this site, made now.
    pub fn seal_arrival(&self, site: &str, now: Timestamp) -> String {
        let (id, keys) = self.keys.current();
        Fields::sealed_with(id).text(site).time(now).seal(&keys.arrival)
    }

    /// Whether somebody verified for this site a moment ago. One from the future is of a node whose clock is ahead, which is
    /// what the page is to tell.
    pub fn is_arrival(&self, text: &[u8], site: &str, now: Timestamp) -> bool {
        let opened = sealed::open(text, |id| self.keys.of(id).map(|keys| &keys.arrival));
        opened.is_some_and(|mut fields| {
            let (of, at) = (fields.text(), fields.time());
            let is_current = |at: Timestamp| at.saturating_add(LIFETIME).is_ok_and(|end| now < end);
            fields.is_read() && of.as_deref() == Some(site) && at.is_some_and(is_current)
        })
    }
}
