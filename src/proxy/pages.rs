//! Postern's own pages, as external people see them: the challenge, the refusal of a navigation, and the signed-out page.
//!
//! They work without JavaScript and hold nothing that [`CONTENT_SECURITY_POLICY`] forbids. They never show a whole address or a
//! code, and never repeat what was typed. The markup is in `pages/*.html`, the look in `pages/postern.css`, every word in `texts`.

pub mod assets;
pub mod browsers;
pub mod challenge;
pub mod confirm;
pub mod held;
pub mod in_place;
pub mod methods;

use std::sync::Arc;

use askama::Template;

use crate::config::settings::Site;
use crate::domain::decision::Reason;
use crate::domain::language::Language;
use crate::domain::look::{Logo, Look};
use crate::domain::organization::Organization;
use crate::domain::return_target::ReturnTarget;
use crate::texts::{Html, Texts, Value, Values, texts};

/// What a page may load and do: its own stylesheet and pictures, and a form to its own site.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Whose page it is; it heads every page, so that a person sees where they are.
#[derive(Debug, Clone)]
pub struct SiteName {
    /// The organization's name as configured.
    pub organization: String,
    /// The site's host as configured, never as a client sent it.
    pub host: String,
}

impl SiteName {
    /// As configured.
    pub fn of(site: &Site) -> Self {
        Self { organization: site.organization.name.to_string(), host: site.host.to_string() }
    }

    /// Where a message names its host.
    fn as_host(&self) -> (&'static str, Value<'_>) {
        ("host", Value::Name(&self.host))
    }
}

/// Where a verification leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Aim {
    /// The page that was asked for.
    #[default]
    Page,
    /// The page of what somebody set up, to change it.
    Methods,
}

impl Aim {
    /// What a form or an address says; anything else is the page.
    pub fn of(said: Option<&str>) -> Self {
        if said == Some(Self::Methods.label()) { Self::Methods } else { Self::Page }
    }

    /// As forms and addresses say it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Methods => "methods",
        }
    }
}

/// What all pages share besides whose they are.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// The language of the page.
    pub language: Language,
    /// What the organization made of its looks.
    pub look: Look,
    /// What it says in place of our sentences.
    own: Option<Arc<Texts>>,
}

/// A sentence of the organization's own.
#[derive(Debug, Clone, Copy)]
pub struct OwnSentence<'a> {
    language: Language,
    text: &'a str,
}

impl Frame {
    /// For a reader of this language, of this organization or of none.
    pub fn new(language: Language, organization: Option<&Organization>) -> Self {
        let look = organization.map(|organization| organization.look.clone()).unwrap_or_default();
        let own = Texts::own(&look.words, language).map(Arc::new);
        Self { language, look, own }
    }

    fn texts(&self) -> &Texts {
        self.own.as_deref().unwrap_or_else(|| texts(self.language))
    }

    fn say(&self, message: &str) -> String {
        self.texts().say(message)
    }

    fn fill(&self, message: &str, values: &Values<'_>) -> Html {
        self.texts().html(message, values)
    }

    /// The title of a page with this heading, which says first that something went wrong.
    fn title(&self, heading: String, is_error: bool) -> String {
        if !is_error {
            return heading;
        }
        self.texts().plain("title-error", &[("heading", Value::Text(&heading))])
    }

    fn help(&self) -> Option<OwnSentence<'_>> {
        let (language, text) = self.look.help.in_language(self.language)?;
        Some(OwnSentence { language, text })
    }

    fn logo(&self) -> Option<&'static str> {
        self.look.logo.as_deref().map(|logo| assets::logo_name(logo, false))
    }

    fn dark_logo(&self) -> Option<&'static str> {
        self.look.dark_logo.as_deref().map(|logo: &Logo| assets::logo_name(logo, true))
    }
}

/// The refusal of a navigation, whatever the reason.
#[derive(Debug, Clone, Template)]
#[template(path = "message.html")]
pub struct MessagePage {
    /// Language and looks.
    pub frame: Frame,
    /// Whose page it is; `None` where no site of the asked name is served.
    pub site: Option<SiteName>,
    /// Why.
    pub reason: Reason,
    /// Whom the person can ask, where asking helps.
    pub contact: Option<String>,
    /// The id by which an admin finds the whole decision.
    pub receipt: String,
    /// The HTTP status, for those who ask for help.
    pub status: u16,
    /// Where the person signs in again, where that is the way on.
    pub sign_in: Option<ReturnTarget>,
    /// What is worth trying once more, where the refusal ends a loop.
    pub again: Option<ReturnTarget>,
}

impl MessagePage {
    /// The whole document.
    pub fn html(&self) -> String {
        document(self)
    }

    fn served_site(&self) -> Option<&SiteName> {
        self.site.as_ref()
    }

    /// In a few words, as programs are told in English.
    fn title(&self) -> String {
        self.frame.say(match self.status {
            403 => "title-no-access",
            404 | 421 => "title-not-found",
            409 => "title-loop",
            500..=599 => "title-try-again",
            _ => "title-not-served",
        })
    }

    /// A reason without words of its own is none that a person meets; if a mistake shows one, its code is better than nothing.
    fn sentence(&self) -> Html {
        self.frame.fill(&format!("reason-{}", self.reason.code()), &[])
    }

    fn whom_to_ask(&self) -> Option<Html> {
        let contact = self.contact.as_deref()?;
        Some(self.frame.fill("ask-contact", &[("contact", Value::Text(contact))]))
    }

    fn status_line(&self) -> Html {
        self.frame.fill("status", &[("status", Value::Text(&self.status.to_string()))])
    }
}

/// `/.postern/signed-out`: the proof is gone.
#[derive(Debug, Clone, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOutPage {
    /// Language and looks.
    pub frame: Frame,
    /// Whose page it is.
    pub site: SiteName,
}

impl SignedOutPage {
    /// The whole document.
    pub fn html(&self) -> String {
        document(self)
    }

    fn served_site(&self) -> Option<&SiteName> {
        Some(&self.site)
    }
}

/// Writing into a string fails only if a field's own formatting fails, and no field here does; should one ever, the person
/// still gets a page.
fn document(page: &impl Template) -> String {
    page.render().unwrap_or_else(|_| {
        "<!doctype html><html lang=\"en\"><title>Something went wrong</title><p>Something went wrong here. Please try again.".into()
    })
}

#[cfg(test)]
mod tests;
