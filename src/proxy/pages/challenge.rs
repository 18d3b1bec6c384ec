//! The challenge's page: where the code went, how its mail stands, the field for it, and what to do next, whatever happened.
//!
//! What it shows is decided in `proxy/challenge.rs`; here it becomes words.

use std::time::Duration;

use askama::Template;
use jiff::Timestamp;

use crate::domain::code::CodeDigits;
use crate::domain::mail_tag::MailTag;
use crate::domain::mail_trouble::MailTrouble;
use crate::domain::return_target::ReturnTarget;
use crate::texts::{Html, Value, Values};

use super::{Aim, Frame, SiteName, document};

/// Why somebody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// An external user policy asks now and then.
    Policy,
    /// An authentication policy asks at each sign-in.
    SecondStep,
    /// An authentication policy asks for more than a mailed code, which they have to set up.
    Setup,
    /// They want to change what they set up.
    Change,
}

/// How the newest mail with the code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// In the outbox, or on its way for the first time.
    Queued,
    /// Not taken yet; it is tried again.
    Waiting {
        /// How often it was tried.
        tries: u32,
    },
    /// Taken by a mail server.
    Sent {
        /// When.
        at: Timestamp,
        /// How long ago, rounded down.
        minutes_ago: u32,
    },
    /// Refused for good.
    Refused(MailTrouble),
    /// Its code ended before a server took it.
    Late,
}

impl Delivery {
    fn has_failed(self) -> bool {
        matches!(self, Self::Refused(_) | Self::Late)
    }
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

    pub(super) fn sentence(&self, page: &ChallengePage) -> Html {
        let is_over = page.code_is_over();
        match *self {
            Self::WrongCode if is_over => page.say("wrong-code-last"),
            Self::WrongCode => page.count("wrong-code", page.tries_left),
            Self::NotACode => page.fill("not-a-code", &[page.length()]),
            Self::CodeExpired => page.say("code-expired"),
            // Also what the second of two quick presses on "Continue" meets, after the first succeeded.
            Self::CodeUsed => page.say("code-used"),
            Self::TooManyTries => page.say("too-many-tries"),
            Self::TooOften { wait_minutes } => page.count("too-often", wait_minutes),
            Self::NetworkTooOften { wait_minutes } => page.count("network-too-often", wait_minutes),
            Self::MailSent => page.say("mail-sent"),
            // The newest mail's code has done its work, or is lost with another browser.
            Self::MailTooOften { wait_s } if is_over => page.count("mail-too-often-over", wait_s),
            Self::MailTooOften { wait_s } => page.count("mail-too-often", wait_s),
        }
    }
}

/// `/.postern/challenge`: says where the code went and takes it.
#[derive(Debug, Clone, Template)]
#[template(path = "challenge.html")]
pub struct ChallengePage {
    /// Language and looks.
    pub frame: Frame,
    /// Whose page it is.
    pub site: SiteName,
    /// The mailbox, masked as by `EmailAddress::masked`.
    pub masked_email: String,
    /// The address the mail comes from, so that it can be searched for.
    pub sender: String,
    /// How often the policy asks for a code.
    pub frequency: Duration,
    /// Why they are asked.
    pub why: Why,
    /// Where they confirm with what they set up instead, where they did.
    pub other_way: Option<String>,
    /// Where they go on to.
    pub aim: Aim,
    /// How the newest mail stands.
    pub delivery: Delivery,
    /// The mark on that mail; `None` where there is none to look for.
    pub tag: Option<MailTag>,
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
    /// Whether a form of theirs is held meanwhile.
    pub holds_form: bool,
    /// The page itself, to be looked at again: opening it changes nothing while a code lives.
    pub here: String,
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

    fn say(&self, message: &str) -> Html {
        self.fill(message, &[])
    }

    fn count(&self, message: &str, count: u32) -> Html {
        self.fill(message, &[("count", Value::Count(count))])
    }

    fn fill(&self, message: &str, values: &Values<'_>) -> Html {
        self.frame.fill(message, values)
    }

    fn organization(&self) -> (&'static str, Value<'_>) {
        ("organization", Value::Name(&self.site.organization))
    }

    fn length(&self) -> (&'static str, Value<'_>) {
        ("digits", Value::Count(u32::try_from(self.digits.count()).unwrap_or_default()))
    }

    fn heading(&self) -> String {
        self.frame.say(match self.notice {
            Some(Notice::CodeUsed) => "heading-used",
            _ if self.delivery.has_failed() => "heading-failed",
            _ if self.code_is_over() => "heading-over",
            _ => "heading-check",
        })
    }

    /// For the browser's tab and for who hears the page: that something did not work comes first.
    fn title(&self) -> String {
        self.frame.title(self.heading(), self.notice.is_some_and(|notice| notice.is_error()))
    }

    fn lead(&self) -> Html {
        let mailbox = ("mailbox", Value::Strong(&self.masked_email));
        match self.delivery {
            Delivery::Refused(_) | Delivery::Late => self.fill("lead-failed", &[mailbox]),
            _ if self.code_is_over() => self.fill("lead-over", &[mailbox]),
            Delivery::Queued | Delivery::Waiting { .. } => {
                self.fill("lead-queued", &[self.length(), mailbox])
            }
            Delivery::Sent { .. } => self.fill("lead-sent", &[self.length(), mailbox]),
        }
    }

    /// Which mail to look for, while there is one.
    fn look_for(&self) -> Option<Html> {
        let tag = self.tag.filter(|_| !self.code_is_over() && !self.delivery.has_failed())?.to_string();
        Some(self.fill("look-for", &[("tag", Value::Mark(&tag))]))
    }

    /// How the mail stands; nothing where no mail is waited for.
    fn delivery_line(&self) -> Option<Html> {
        if self.code_is_over() && !self.delivery.has_failed() {
            return None;
        }
        Some(match self.delivery {
            Delivery::Queued => self.say("delivery-queued"),
            Delivery::Waiting { tries } => self.count("delivery-waiting", tries),
            Delivery::Sent { at, minutes_ago } => {
                let time = at.strftime("%H:%M").to_string();
                let values = [("count", Value::Count(minutes_ago)), ("time", Value::Name(&time))];
                self.fill("delivery-sent", &values)
            }
            Delivery::Refused(MailTrouble::NoMailbox) => self.fill("refused-mailbox", &[self.organization()]),
            Delivery::Refused(MailTrouble::MailboxFull) => self.say("refused-full"),
            Delivery::Refused(MailTrouble::Blocked) => {
                self.fill("refused-blocked", &[("sender", Value::Name(&self.sender))])
            }
            Delivery::Refused(MailTrouble::Other) => self.fill("refused-other", &[self.organization()]),
            Delivery::Late => self.fill("refused-late", &[self.organization()]),
        })
    }

    /// Whether the mail may come to stand otherwise, so that it is worth looking again.
    fn is_under_way(&self) -> bool {
        matches!(self.delivery, Delivery::Queued | Delivery::Waiting { .. }) && !self.code_is_over()
    }

    fn why(&self) -> Html {
        sentence_of(self.why, &self.frame, &self.site, self.frequency)
    }

    fn code_is_over(&self) -> bool {
        self.tries_left == 0
            || self.minutes_left == 0
            || self.notice.is_some_and(|notice| notice.ends_the_code())
    }

    fn is_code_error(&self) -> bool {
        self.notice.is_some_and(|notice| notice.is_about_the_field())
    }

    /// Whether the tries of the moment are used up, so that what is left of this code would only mislead.
    fn must_wait(&self) -> bool {
        matches!(self.notice, Some(Notice::TooOften { .. } | Notice::NetworkTooOften { .. }))
    }

    /// The ids that a screen reader reads with the focused control, the notice first.
    fn described_by(&self) -> &'static str {
        match (self.notice.is_some(), self.code_is_over() || self.must_wait()) {
            (true, true) => "notice",
            (true, false) => "notice hint",
            (false, true) => "lead",
            (false, false) => "hint",
        }
    }
}

/// Why somebody is asked, in a sentence.
pub(super) fn sentence_of(why: Why, frame: &Frame, site: &SiteName, frequency: Duration) -> Html {
    let organization = ("organization", Value::Name(site.organization.as_str()));
    let minutes = frequency.as_secs().div_ceil(60);
    let (message, count) = match why {
        Why::SecondStep => return frame.fill("reason-second-step", &[]),
        Why::Setup => return frame.fill("reason-second-step-setup", &[]),
        Why::Change => return frame.fill("methods-first", &[]),
        // A policy that is never satisfied.
        Why::Policy if minutes == 0 => return frame.fill("why-always", &[organization]),
        Why::Policy if minutes.is_multiple_of(1440) => ("why-days", minutes / 1440),
        Why::Policy if minutes.is_multiple_of(60) => ("why-hours", minutes / 60),
        Why::Policy => ("why-minutes", minutes),
    };
    let count = ("count", Value::Count(u32::try_from(count).unwrap_or(u32::MAX)));
    frame.fill(message, &[count, organization])
}
