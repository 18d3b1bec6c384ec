//! Postern's own pages, as external people see them: the challenge, the refusal of a navigation, and the signed-out page.
//!
//! They work without JavaScript and hold nothing that [`CONTENT_SECURITY_POLICY`] forbids. They never show a whole
//! address or a code, and never repeat what was typed. The markup is in `pages/*.html`, the look in `pages/postern.css`.

use std::time::Duration;

use askama::Template;

use crate::config::settings::Site;
use crate::domain::code::CodeDigits;
use crate::domain::return_target::ReturnTarget;

/// What a page may load and do: its own stylesheet and mark, and a form to its own site.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A file that the pages load from `/.postern/assets/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The bytes, compiled into the binary.
    pub body: &'static [u8],
}

/// The asset of a name (the last segment of its path), if there is one.
pub fn asset(name: &str) -> Option<Asset> {
    match name {
        "postern.css" => {
            Some(Asset { content_type: "text/css; charset=utf-8", body: include_bytes!("pages/postern.css") })
        }
        "mark.svg" => Some(Asset { content_type: "image/svg+xml", body: include_bytes!("pages/mark.svg") }),
        _ => None,
    }
}

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
}

/// How the mail with the code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// In the outbox, or waiting for another attempt.
    Pending,
    /// Taken by the mail server.
    Sent,
    /// Refused for good.
    Failed,
}

/// What the last form led to: one plain sentence that says what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The code is another one; the page says how many tries are left.
    WrongCode,
    /// What was typed has not the form of a code.
    NotACode,
    /// The code's life is over.
    CodeExpired,
    /// The code has done its work already, perhaps in another tab.
    CodeUsed,
    /// The code was guessed as often as it may be.
    TooManyTries,
    /// The account's tries, over all its codes, are used up for now.
    TooOften {
        /// Until the next try is allowed, rounded up.
        wait_minutes: u32,
    },
    /// Tries or mails from the person's network are used up for now.
    NetworkTooOften {
        /// Until the next one is allowed, rounded up.
        wait_minutes: u32,
    },
    /// Another mail goes out.
    MailSent,
    /// It is too early for another mail.
    MailTooOften {
        /// Until another may go out, rounded up.
        wait_s: u32,
    },
}

impl Notice {
    /// Whether something did not work.
    fn is_error(&self) -> bool {
        !matches!(self, Self::MailSent)
    }

    /// Whether it speaks of what is in the code field.
    fn is_about_the_field(&self) -> bool {
        matches!(self, Self::WrongCode | Self::NotACode)
    }

    /// Whether the code can no longer be typed, whatever the counters say.
    fn ends_the_code(&self) -> bool {
        matches!(self, Self::CodeExpired | Self::CodeUsed | Self::TooManyTries)
    }

    fn sentence(&self, page: &ChallengePage) -> String {
        match self {
            Self::WrongCode if page.code_is_over() => {
                "That code is not right, and the one we sent no longer works. Please send a new code.".into()
            }
            Self::WrongCode => {
                format!("That code is not right. Compare it with the newest mail: you have {} left.", page.tries())
            }
            Self::NotACode => {
                format!("That is not a code. Type the {} digits from the newest mail.", page.digits_word())
            }
            Self::CodeExpired => "That code is too old. Please send a new code.".into(),
            // Also what the second of two quick presses on "Continue" meets, after the first succeeded.
            Self::CodeUsed => {
                "A code works once, and that one was used. Please go on to the site; if it still asks for a code, send a new one."
                    .into()
            }
            Self::TooManyTries => "That code was tried too often and no longer works. Please send a new code.".into(),
            Self::TooOften { wait_minutes } => {
                format!("There were too many wrong codes for your account. Please come back in {}.", count(*wait_minutes, "minute"))
            }
            Self::NetworkTooOften { wait_minutes } => {
                format!("There were too many attempts from your network. Please come back in {}.", count(*wait_minutes, "minute"))
            }
            Self::MailSent => "Another mail is on its way. The code in the newest mail counts.".into(),
            // The newest mail's code has done its work, or is lost with another browser.
            Self::MailTooOften { wait_s } if page.code_is_over() => {
                format!("A mail went out a moment ago. Please ask for a new code in {}.", count(*wait_s, "second"))
            }
            Self::MailTooOften { wait_s } => {
                format!("A mail went out a moment ago. Please look for it, or ask again in {}.", count(*wait_s, "second"))
            }
        }
    }
}

/// `/.postern/challenge`: says where the code went and takes it.
#[derive(Debug, Clone, Template)]
#[template(path = "challenge.html")]
pub struct ChallengePage {
    /// Whose page it is.
    pub site: SiteName,
    /// The mailbox, masked as by `EmailAddress::masked`.
    pub masked_email: String,
    /// The address the mail comes from, so that it can be searched for.
    pub sender: String,
    /// How often the policy asks for a code.
    pub frequency: Duration,
    /// How the newest mail stands.
    pub delivery: Delivery,
    /// How long a code is.
    pub digits: CodeDigits,
    /// Tries left for this code; at 0 the page offers a new one and no field.
    pub tries_left: u32,
    /// Minutes this code lives on, rounded up; at 0 the page offers a new one and no field.
    pub minutes_left: u32,
    /// What the last form led to.
    pub notice: Option<Notice>,
    /// The token that ties the forms to this browser.
    pub form_token: String,
    /// Where the person goes on afterwards; parsed again when the form brings it back.
    pub return_to: ReturnTarget,
    /// Seconds until another mail may go out; `None` when it may now. The button works either way: without script nobody
    /// would enable it again, so the server answers an early press kindly.
    pub resend_after_s: Option<u32>,
    /// The product's sign-out page, where the profile knows one.
    pub sign_out: Option<ReturnTarget>,
}

impl ChallengePage {
    /// The whole document.
    pub fn html(&self) -> String {
        document(self)
    }

    fn served_site(&self) -> Option<&SiteName> {
        Some(&self.site)
    }

    fn heading(&self) -> &'static str {
        match self.delivery {
            Delivery::Failed => "The mail did not arrive",
            _ if self.notice == Some(Notice::CodeUsed) => "That code was used already",
            _ if self.code_is_over() => "You need a new code",
            _ => "Check your mailbox",
        }
    }

    fn code_is_over(&self) -> bool {
        self.tries_left == 0
            || self.minutes_left == 0
            || self.notice.is_some_and(|notice| notice.ends_the_code())
    }

    fn is_error(&self) -> bool {
        self.notice.is_some_and(|notice| notice.is_error())
    }

    fn is_code_error(&self) -> bool {
        self.notice.is_some_and(|notice| notice.is_about_the_field())
    }

    /// The ids that a screen reader reads with the focused control, the notice first.
    fn described_by(&self) -> &'static str {
        match (self.notice.is_some(), self.code_is_over()) {
            (true, true) => "notice wait",
            (true, false) if self.must_wait() => "notice",
            (true, false) => "notice hint",
            (false, true) => "wait",
            (false, false) => "hint",
        }
    }

    /// Whether the tries of the moment are used up, so that what is left of this code would only mislead.
    fn must_wait(&self) -> bool {
        matches!(self.notice, Some(Notice::TooOften { .. } | Notice::NetworkTooOften { .. }))
    }

    fn digits_word(&self) -> &'static str {
        match self.digits {
            CodeDigits::Six => "six",
            CodeDigits::Eight => "eight",
        }
    }

    fn tries(&self) -> String {
        if self.tries_left == 1 { "1 try".into() } else { format!("{} tries", self.tries_left) }
    }

    fn life(&self) -> String {
        count(self.minutes_left, "minute")
    }

    fn wait(&self) -> Option<String> {
        self.resend_after_s.map(|seconds| count(seconds, "second"))
    }

    fn how_often(&self) -> String {
        let minutes = self.frequency.as_secs().div_ceil(60);
        let (amount, unit) = match minutes {
            // A policy that is never satisfied.
            0 => return "each time".into(),
            _ if minutes.is_multiple_of(1440) => (minutes / 1440, "day"),
            _ if minutes.is_multiple_of(60) => (minutes / 60, "hour"),
            _ => (minutes, "minute"),
        };
        if amount == 1 { format!("every {unit}") } else { format!("every {amount} {unit}s") }
    }
}

/// A link that looks like a button.
#[derive(Debug, Clone)]
pub struct Link {
    /// A path of the same site.
    pub target: ReturnTarget,
    /// What it says.
    pub label: String,
}

/// The refusal of a navigation, whatever the reason.
#[derive(Debug, Clone, Template)]
#[template(path = "message.html")]
pub struct MessagePage {
    /// Whose page it is; `None` where no site of the asked name is served.
    pub site: Option<SiteName>,
    /// What it is about, in a few words.
    pub title: String,
    /// What happened, in one plain sentence.
    pub sentence: String,
    /// What the person can do next.
    pub what_to_do: Option<String>,
    /// The id by which an admin finds the whole decision.
    pub receipt: Option<String>,
    /// The HTTP status, for those who ask for help.
    pub status: u16,
    /// A way on.
    pub link: Option<Link>,
}

impl MessagePage {
    /// The whole document.
    pub fn html(&self) -> String {
        document(self)
    }

    fn served_site(&self) -> Option<&SiteName> {
        self.site.as_ref()
    }
}

/// `/.postern/signed-out`: the proof is gone.
#[derive(Debug, Clone, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOutPage {
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

fn count(amount: u32, unit: &str) -> String {
    if amount == 1 { format!("1 {unit}") } else { format!("{amount} {unit}s") }
}

#[cfg(test)]
mod tests;
