//! The page that asks somebody for what they set up: the code of an app, with a mailed code for who asks for that instead.

use std::time::Duration;

use askama::Template;

use crate::domain::return_target::ReturnTarget;
use crate::texts::{Html, Value};

use super::challenge::{Why, sentence_of};
use super::{Aim, Frame, SiteName, document};

/// What the last form led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmNotice {
    /// The code is another one, or was taken.
    Wrong,
    /// The answer was none of their passkeys'.
    WrongPasskey,
    /// The account's tries, over all its codes, are used up for now.
    TooOften {
        /// Until the next try is allowed, rounded up.
        wait_minutes: u32,
    },
    /// Tries from the person's network are used up for now.
    NetworkTooOften {
        /// Until the next one is allowed, rounded up.
        wait_minutes: u32,
    },
}

/// `/.postern/challenge` for somebody who set up something of their own.
#[derive(Debug, Clone, Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage {
    /// Language and looks.
    pub frame: Frame,
    /// Whose page it is.
    pub site: SiteName,
    /// Whether there is a field for the code of an app.
    pub takes_app: bool,
    /// Whether there is a button for a passkey.
    pub takes_passkey: bool,
    /// The mailbox that a code can be sent to, masked; `None` where no mailed code counts.
    pub masked_email: Option<String>,
    /// Why they are asked.
    pub why: Why,
    /// How often the policy asks.
    pub frequency: Duration,
    /// What the last form led to.
    pub notice: Option<ConfirmNotice>,
    /// The token that ties the forms to this browser.
    pub form_token: String,
    /// Where the person goes on: to the page that they asked for, or to what they set up.
    pub aim: Aim,
    /// The page that they asked for.
    pub return_to: ReturnTarget,
    /// The product's sign-out page, where the profile knows one.
    pub sign_out: Option<ReturnTarget>,
}

impl ConfirmPage {
    /// The whole document.
    pub fn html(&self) -> String {
        document(self)
    }

    fn served_site(&self) -> Option<&SiteName> {
        Some(&self.site)
    }

    fn title(&self) -> String {
        self.frame.title(self.frame.say("heading-confirm"), self.notice.is_some())
    }

    fn sentence(&self, notice: &ConfirmNotice) -> Html {
        match *notice {
            ConfirmNotice::Wrong => self.frame.fill("app-wrong", &[]),
            ConfirmNotice::WrongPasskey => self.frame.fill("passkey-wrong", &[]),
            ConfirmNotice::TooOften { wait_minutes } => {
                self.frame.fill("too-often", &[("count", Value::Count(wait_minutes))])
            }
            ConfirmNotice::NetworkTooOften { wait_minutes } => {
                self.frame.fill("network-too-often", &[("count", Value::Count(wait_minutes))])
            }
        }
    }

    fn why(&self) -> Html {
        sentence_of(self.why, &self.frame, &self.site, self.frequency)
    }
}
