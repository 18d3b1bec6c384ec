//! The page of what somebody set up: each with its name, and how another is added. It shows the secret of an app once, while it
//! is set up.

use std::fmt::Write as _;

use askama::Template;
use qrcode::{Color, EcLevel, QrCode};
use uuid::Uuid;

use crate::domain::method::Method;
use crate::domain::return_target::ReturnTarget;
use crate::texts::{Html, Value};

use super::{Frame, SiteName, document};

/// How many modules are left free around a QR code (ISO/IEC 18004).
const QUIET: usize = 4;

/// An authenticator in the list.
#[derive(Debug, Clone)]
pub struct Had {
    /// Its id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// What it is.
    pub method: Method,
    /// Of a passkey: its host.
    pub host: Option<String>,
    /// The day on which it was set up.
    pub added: String,
}

/// An app that is being set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// By which the form brings it back.
    pub id: Uuid,
    /// The key, as it is typed.
    pub key: String,
    /// The address that an app on the same device opens.
    pub address: String,
    /// The same as a picture.
    pub picture: Option<Picture>,
}

/// A QR code: how many modules it is wide, and the path of the dark ones.
#[derive(Debug, Clone)]
pub struct Picture {
    /// With what is left free around it.
    pub width: usize,
    /// As SVG writes it.
    pub path: String,
}

/// What the last form led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MethodsNotice {
    /// It is set up.
    Added,
    /// It is gone.
    Removed,
    /// The code of the app that is being set up is another one.
    WrongCode,
    /// The passkey could not be set up.
    WrongPasskey,
    /// It was begun too long ago, or elsewhere.
    Over,
    /// No more may be set up, or not now.
    Full,
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

impl MethodsNotice {
    fn is_error(self) -> bool {
        !matches!(self, Self::Added | Self::Removed)
    }
}

/// `/.postern/methods`: what somebody set up.
#[derive(Debug, Clone, Template)]
#[template(path = "methods.html")]
pub struct MethodsPage {
    /// Language and looks.
    pub frame: Frame,
    /// Whose page it is.
    pub site: SiteName,
    /// The mailbox, masked.
    pub masked_email: String,
    /// Whether a mailed code counts by itself.
    pub is_mail_enough: bool,
    /// What there is.
    pub had: Vec<Had>,
    /// Whether an app may be set up.
    pub can_add_app: bool,
    /// Whether a passkey may be set up.
    pub can_add_passkey: bool,
    /// Whether they have just confirmed that it is them, and so may change something.
    pub is_fresh: bool,
    /// The app that is being set up.
    pub setup: Option<Setup>,
    /// What the last form led to.
    pub notice: Option<MethodsNotice>,
    /// The token that ties the forms to this browser.
    pub form_token: String,
    /// Where the person goes on afterwards.
    pub return_to: ReturnTarget,
    /// Where they confirm that it is them.
    pub confirm: String,
}

/// What an app reads from a screen; `None` if it is too long for a picture, as the key then is typed.
pub fn picture(address: &str) -> Option<Picture> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let (width, mut path) = (code.width(), String::new());
    for (row, modules) in code.to_colors().chunks(width).enumerate() {
        for (column, _) in modules.iter().enumerate().filter(|(_, module)| **module == Color::Dark) {
            // Writing into a string does not fail.
            let _ = write!(path, "M{} {}h1v1h-1z", column + QUIET, row + QUIET);
        }
    }
    Some(Picture { width: width + 2 * QUIET, path })
}

impl MethodsPage {
    /// The whole document.
    pub fn html(&self) -> String {
        document(self)
    }

    fn served_site(&self) -> Option<&SiteName> {
        Some(&self.site)
    }

    fn title(&self) -> String {
        self.frame.title(self.frame.say("methods-heading"), self.notice.is_some_and(MethodsNotice::is_error))
    }

    fn sentence(&self, notice: &MethodsNotice) -> Html {
        match *notice {
            MethodsNotice::Added => self.frame.fill("methods-done", &[]),
            MethodsNotice::Removed => self.frame.fill("methods-removed", &[]),
            MethodsNotice::WrongCode => self.frame.fill("app-wrong", &[]),
            MethodsNotice::WrongPasskey => self.frame.fill("passkey-wrong", &[]),
            MethodsNotice::Over => self.frame.fill("methods-over", &[]),
            MethodsNotice::Full => self.frame.fill("methods-full", &[]),
            MethodsNotice::TooOften { wait_minutes } => {
                self.frame.fill("too-often", &[("count", Value::Count(wait_minutes))])
            }
            MethodsNotice::NetworkTooOften { wait_minutes } => {
                self.frame.fill("network-too-often", &[("count", Value::Count(wait_minutes))])
            }
        }
    }

    fn kind(&self, had: &Had) -> String {
        self.frame.say(match had.method {
            Method::Passkey => "method-passkey",
            Method::AuthenticatorApp | Method::MailedCode => "method-app",
        })
    }

    fn added(&self, had: &Had) -> Html {
        self.frame.fill("method-added", &[("date", Value::Name(&had.added))])
    }

    fn remove(&self, had: &Had) -> Html {
        self.frame.fill("method-remove", &[("name", Value::Name(&had.name))])
    }
}
