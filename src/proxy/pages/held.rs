//! The pages of a form that a challenge interrupted: what was kept, and what could not be.
//!
//! Its fields are hidden ones of a form of ours, so that the browser sends them, and nothing of them is shown but where they go.

use askama::Template;

use crate::domain::held_form::HeldForm;
use crate::texts::{Html, Value};

use super::{Frame, SiteName, document};

/// `/.postern/held`: what somebody sent was kept, and they say what becomes of it.
#[derive(Debug, Clone, Template)]
#[template(path = "held.html")]
pub struct HeldPage {
    /// Language and looks.
    pub frame: Frame,
    /// Whose page it is.
    pub site: SiteName,
    /// The form and its id; `None` where nothing is kept, or no longer.
    pub form: Option<(HeldForm, String)>,
    /// The site's front page.
    pub front: String,
}

impl HeldPage {
    /// The whole document.
    pub fn html(&self) -> String {
        document(self)
    }

    fn served_site(&self) -> Option<&SiteName> {
        Some(&self.site)
    }

    fn heading(&self) -> String {
        self.frame.say(if self.form.is_some() { "held-heading" } else { "held-gone-heading" })
    }

    fn lead(&self, form: &HeldForm) -> Html {
        self.frame.fill("held-lead", &[("target", Value::Strong(form.path()))])
    }

    fn go_on(&self) -> Html {
        self.frame.fill("go-on", &[self.site.as_host()])
    }
}

/// What answers a form that was neither sent on nor kept.
#[derive(Debug, Clone, Template)]
#[template(path = "unsent.html")]
pub struct UnsentPage {
    /// Language and looks.
    pub frame: Frame,
    /// Whose page it is.
    pub site: SiteName,
    /// The challenge.
    pub challenge: String,
    /// The id by which an admin finds the whole decision.
    pub receipt: String,
}

impl UnsentPage {
    /// The whole document.
    pub fn html(&self) -> String {
        document(self)
    }

    fn served_site(&self) -> Option<&SiteName> {
        Some(&self.site)
    }
}
