//! Enroll a mobile app's session, follow it through its changes of cookies, and end it.
//!
//! What is enrolled lasts, or it is not enrolled: a session that only this process knew would be challenged by the next one.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use crate::domain::account::CookieSet;
use crate::domain::enrolment::Enrolment;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, EnrolmentRow, StoreError};

use super::Actions;

/// A session that is to be enrolled.
#[derive(Debug, Clone)]
pub struct AppSession {
    /// Its cookies, its person and its end.
    pub enrolment: Enrolment,
    /// Those of its cookies that the app still has when it is started anew, if there are such.
    pub lasting: Option<CookieSet>,
    /// Whose site it is.
    pub organization: OrganizationId,
    /// The site's id.
    pub site: Arc<str>,
    /// The person's address, or their login name where none is known: for the audit log.
    pub person: String,
}

impl Actions {
    /// Enrolls the session of somebody who signed in inside an app.
    pub async fn enroll_mobile(&self, session: AppSession) -> Result<(), StoreError> {
        self.timed("enroll_mobile", self.keep_enrolment(session, AuditAction::MobileSessionEnrolled, None))
            .await
    }

    /// Enrolls a session whose cookies the product changed; where they replaced old ones, the
    /// session with those ends at the time given.
    pub async fn renew_mobile(
        &self,
        session: AppSession,
        replaced: Option<(CookieSet, Timestamp)>,
    ) -> Result<(), StoreError> {
        self.timed("renew_mobile", self.keep_enrolment(session, AuditAction::MobileSessionRenewed, replaced))
            .await
    }

    /// Ends an enrolment at a site of this organization and all others of the same sign-in, on all nodes and across restarts.
    /// `why` is for the audit log.
    ///
    /// It is done even if the caller stops waiting: an app that hangs up on its own sign-out must not stay enrolled.
    pub async fn end_mobile(
        self: &Arc<Self>,
        organization: OrganizationId,
        enrolment: Enrolment,
        why: &'static str,
    ) {
        let actions = Arc::clone(self);
        let ending = async move {
            actions.timed("end_mobile", actions.end_sign_in(&organization, enrolment, why)).await
        };
        match tokio::spawn(ending).await {
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
        action: AuditAction,
        replaced: Option<(CookieSet, Timestamp)>,
    ) -> Result<(), StoreError> {
        let AppSession { enrolment, lasting, organization, site, person } = session;
        let now = enrolment.changed_at;
        let mut row = EnrolmentRow { enrolment, site: site.to_string(), person };
        let mut change = self.store.write().await?;
        change.enroll(&row).await?;
        if let Some(lasting) = lasting {
            row.enrolment.cookies = lasting;
            change.enroll(&row).await?;
        }
        if let Some((old, end)) = replaced {
            change.end_enrolment(old, end, now).await?;
        }
        let event = AuditEvent::new(row.person.as_str(), action, row.person.as_str()).of(&organization);
        change.commit(event.with(json!({ "site": &*site, "ends_at": enrolment.ends_at })), now).await
    }

    async fn end_sign_in(
        &self,
        organization: &OrganizationId,
        enrolment: Enrolment,
        why: &'static str,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let ended = change.end_sign_in(enrolment.subject, enrolment.signed_in_at, now).await?;
        // Ended by another node meanwhile, which wrote that down.
        let Some(ended) = ended.into_iter().next() else { return Ok(()) };
        let who = ended.person.as_str();
        let event = AuditEvent::new(who, AuditAction::MobileSessionEnded, who).of(organization);
        change.commit(event.with(json!({ "site": ended.site, "why": why })), now).await
    }
}
