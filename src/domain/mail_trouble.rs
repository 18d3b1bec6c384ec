//! Why a mail server refuses a mail for good, as far as it tells people what to do.

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTrouble {
    /// There is no such mailbox, or it was closed.
    NoMailbox,
    /// There is no room in it.
    MailboxFull,
    /// The mail is taken for unwanted, or its sender is not let in.
    Blocked,
    /// Anything else, and whatever the server did not explain.
    Other,
}

impl MailTrouble {
    const ALL: [Self; 4] = [Self::NoMailbox, Self::MailboxFull, Self::Blocked, Self::Other];

    /// The stable code, as in the store.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoMailbox => "no-mailbox",
            Self::MailboxFull => "mailbox-full",
            Self::Blocked => "blocked",
            Self::Other => "other",
        }
    }

    /// By its stable code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trouble| trouble.code() == code)
    }

    /// What a reply means: by its enhanced status (RFC 3463, RFC 7505) where it begins with one, else by its code (RFC 5321
    /// section 4.2.3). 550 alone is said of everything.
    pub fn of_reply(code: u16, text: &str) -> Self {
        let status = text.split_whitespace().next().unwrap_or_default();
        let mut parts = status.split('.').map(str::parse::<u16>);
        let enhanced = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(4 | 5)), Some(Ok(subject)), Some(Ok(detail)), None) => Some((subject, detail)),
            _ => None,
        };
        match (enhanced, code) {
            (Some((1, 1..=3 | 6 | 10) | (2, 1)), _) => Self::NoMailbox,
            (Some((2, 2)), _) => Self::MailboxFull,
            (Some((7, _)), _) => Self::Blocked,
            (Some(_), _) => Self::Other,
            (None, 551 | 553) => Self::NoMailbox,
            (None, 552) => Self::MailboxFull,
            (None, _) => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_says_what_people_can_do() {
        for (code, text, trouble) in [
            (550, "5.1.1 no such user", MailTrouble::NoMailbox),
            (550, "5.1.10 the domain takes no mail", MailTrouble::NoMailbox),
            (550, "5.2.1 disabled", MailTrouble::NoMailbox),
            (552, "5.2.2 over quota", MailTrouble::MailboxFull),
            (552, "over quota", MailTrouble::MailboxFull),
            (554, "5.7.1 listed at a block list", MailTrouble::Blocked),
            (550, "5.7.26 not authenticated", MailTrouble::Blocked),
            (550, "no", MailTrouble::Other),
            (554, "5.6.0 content", MailTrouble::Other),
            (551, "not here", MailTrouble::NoMailbox),
            (550, "5.1.1.1", MailTrouble::Other),
            (550, "", MailTrouble::Other),
            (550, "9.1.1", MailTrouble::Other),
        ] {
            assert_eq!(MailTrouble::of_reply(code, text), trouble, "{code} {text}");
        }
        for trouble in MailTrouble::ALL {
            assert_eq!(MailTrouble::of_code(trouble.code()), Some(trouble));
        }
    }
}
