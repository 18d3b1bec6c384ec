//! Enroll a mobile app's session, follow it through its changes of cookies, and end it.
//!
//! What is enrolled lasts, or it is not enrolled: a session that only this process knew would be challenged by the next one.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use crate::domain::account::CookieSet;
use crate::domain::enrolment::Enrolment;
use crate::store::{AuditAction, AuditEvent, EnrolmentRow, StoreError};

use super::Actions;

/// A session that is to be enrolled.
#[derive(Debug, Clone)]
pub struct AppSession {
    /// Its cookies, its person and its end.
    pub enrolment: Enrolment,
    /// The site's id.
    pub site: Arc<str>,
    /// The person's address, or their login name where none is known: for the audit log.
    pub person: String,
}

impl Actions {
    /// Enrolls the session of somebody who signed in inside an app.
    pub async fn enroll_mobile(&self, session: AppSession) -> Result<(), StoreError> {
        self.timed("enroll_mobile", self.keep_enrolment(session, None)).await
    }

    /// Enrolls a session whose cookies the product changed; the one with the old cookies ends at `old_end`.
    pub async fn renew_mobile(
        &self,
        session: AppSession,
        old: CookieSet,
        old_end: Timestamp,
    ) -> Result<(), StoreError> {
        self.timed("renew_mobile", self.keep_enrolment(session, Some((old, old_end)))).await
    }

    /// Ends an enrolment, on all nodes and across restarts. `why` is for the audit log.
    ///
    /// It is done even if the caller stops waiting: an app that hangs up on its own sign-out must not stay enrolled.
    pub async fn end_mobile(self: &Arc<Self>, cookies: CookieSet, why: &'static str) {
        let actions = Arc::clone(self);
        let ended =
            tokio::spawn(
                async move { actions.timed("end_mobile", actions.end_enrolment(cookies, why)).await },
            );
        match ended.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "the end of an app's session could not be kept; it holds in this process only")
            }
            Err(error) => {
                tracing::error!(%error, "the end of an app's session was cut off; it holds in this process only")
            }
        }
    }

    async fn keep_enrolment(
        &self,
        session: AppSession,
        old: Option<(CookieSet, Timestamp)>,
    ) -> Result<(), StoreError> {
        let AppSession { enrolment, site, person } = session;
        let now = enrolment.changed_at;
        let row = EnrolmentRow { enrolment, site: site.to_string(), person };
        let mut change = self.store.write().await?;
        change.enroll(&row).await?;
        let mut action = AuditAction::MobileSessionEnrolled;
        if let Some((old, old_end)) = old {
            change.end_enrolment(old, old_end, now).await?;
            action = AuditAction::MobileSessionRenewed;
        }
        let event = AuditEvent::new(row.person.as_str(), action, row.person.as_str());
        change.commit(event.with(json!({ "site": &*site, "ends_at": enrolment.ends_at })), now).await
    }

    async fn end_enrolment(&self, cookies: CookieSet, why: &'static str) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        // Ended by another node meanwhile, which wrote that down.
        let Some(ended) = change.end_enrolment(cookies, now, now).await? else { return Ok(()) };
        let event =
            AuditEvent::new(ended.person.as_str(), AuditAction::MobileSessionEnded, ended.person.as_str());
        change.commit(event.with(json!({ "site": ended.site, "why": why })), now).await
    }
}
