//! What mails to admins are written with, as the settings have it.

use std::sync::Arc;

use crate::actions::letterhead::{Letterhead, SharedLetterhead};
use crate::config::admin::Admin;
use crate::config::settings::Settings;
use crate::domain::export_link;
use crate::keys::Keys;
use crate::mail::outbox::{Links, OwnWords};

/// For whom a mail is, and where the API is.
pub fn letterhead(settings: &Settings) -> Letterhead {
    Letterhead { offices: settings.offices.clone(), base: base(&settings.admin) }
}

/// Makes the links that open exports without a key.
pub(super) fn links(settings: &Settings, keys: &Arc<Keys>) -> Links {
    let (base, keys) = (base(&settings.admin), Arc::clone(keys));
    Arc::new(move |task| format!("{base}/exports/{}", export_link::token(keys.exports(), task)))
}

/// Finds what an organization says in place of our sentences, as the settings of now have it.
pub(super) fn words(letterhead: &SharedLetterhead) -> OwnWords {
    let letterhead = Arc::clone(letterhead);
    Arc::new(move |organization| {
        let letterhead = letterhead.load();
        letterhead
            .office(organization)
            .map(|office| office.organization.look.words.clone())
            .unwrap_or_default()
    })
}

/// Without a slash at the end; empty where that is not configured.
fn base(admin: &Admin) -> String {
    admin.urls.first().map(|url| url.base.clone()).unwrap_or_default()
}
