//! The hand-over: how one host of an organization learns from its home host that a person verified in this browser.
//!
//! A request goes to the home host and a ticket comes back, both in addresses that the browser carries. Neither holds a secret:
//! they are worth something only beside the cookies of the browser that they were made for. Who makes and takes them stands in
//! `proxy/handover.rs`; nothing here decides whether a verification still counts.

use std::time::Duration;

use jiff::Timestamp;

use super::account::{AccountKey, Family};
use super::method::Method;
use super::organization::OrganizationId;
use super::sealed::{Fields, Opened};

/// How long a request and a ticket are good for: a redirect, on a slow line.
pub const LIFETIME: Duration = Duration::from_secs(30);
/// How far the clocks of two gateways may be apart for a ticket of one to be taken by the other.
const SKEW: Duration = Duration::from_secs(5);

/// A browser, as a hand-over names it to the other host: a keyed digest of the id that it has at the host that asks, so that
/// no address ever shows that id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(pub [u8; 16]);

/// What the host that asks sends along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Drawn for it; what comes of it works once.
    pub id: [u8; 16],
    /// Whose hosts these are.
    pub organization: OrganizationId,
    /// The id of the site that asks.
    pub site: String,
    /// For whom.
    pub account: AccountKey,
    /// In which browser, under [`id`](Self::id).
    pub mark: Mark,
    /// When.
    pub issued_at: Timestamp,
}

/// What one host tells another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// That of the request.
    pub id: [u8; 16],
    /// Whose hosts these are.
    pub organization: OrganizationId,
    /// The id of the site that says it.
    pub from: String,
    /// The id of the site that it is for, and no other.
    pub to: String,
    /// Of whom.
    pub account: AccountKey,
    /// What their verifications in this browser belong to.
    pub family: Family,
    /// What is said.
    pub word: Word,
    /// When.
    pub issued_at: Timestamp,
}

/// What a ticket says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// To the host that asked, in the browser of its request: no verification is known that counts.
    Nothing(Mark),
    /// To the host that asked, in the browser of its request: they verified then, in that way.
    Verified(Mark, Timestamp, Method),
    /// To the home host: they verified then at another one. The family ties it to the browser, as only the record that the home
    /// host keeps there makes it.
    Left(Timestamp, Method),
}

/// What the home host keeps in a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The browser as the home host knows it, of which families are made. Not its device id: that changes with each verification.
    pub browser: [u8; 16],
    /// Who verified here or at another host, when, and in which way.
    pub verified: Option<(AccountKey, Timestamp, Method)>,
}

impl Request {
    /// Whether it can be answered now.
    pub fn is_current(&self, now: Timestamp) -> bool {
        is_current(self.issued_at, now)
    }

    /// As fields to be sealed.
    pub fn write(&self, fields: Fields) -> Fields {
        fields
            .bytes(&self.id)
            .text(self.organization.as_str())
            .text(&self.site)
            .bytes(&self.account.0)
            .bytes(&self.mark.0)
            .time(self.issued_at)
    }

    /// From fields that were opened.
    pub fn read(fields: &mut Opened) -> Option<Self> {
        let request = Self {
            id: fields.bytes()?,
            organization: organization(fields)?,
            site: fields.text()?,
            account: AccountKey(fields.bytes()?),
            mark: Mark(fields.bytes()?),
            issued_at: fields.time()?,
        };
        fields.is_read().then_some(request)
    }
}

impl Ticket {
    /// Whether it can be taken now.
    pub fn is_current(&self, now: Timestamp) -> bool {
        is_current(self.issued_at, now)
    }

    /// As fields to be sealed.
    pub fn write(&self, fields: Fields) -> Fields {
        let fields = fields
            .bytes(&self.id)
            .text(self.organization.as_str())
            .text(&self.from)
            .text(&self.to)
            .bytes(&self.account.0)
            .bytes(&self.family.0)
            .time(self.issued_at);
        match self.word {
            Word::Nothing(mark) => fields.bytes(b"n").bytes(&mark.0),
            Word::Verified(mark, at, by) => fields.bytes(b"v").bytes(&mark.0).time(at).bytes(&[by.code()]),
            Word::Left(at, by) => fields.bytes(b"l").time(at).bytes(&[by.code()]),
        }
    }

    /// From fields that were opened.
    pub fn read(fields: &mut Opened) -> Option<Self> {
        let ticket = Self {
            id: fields.bytes()?,
            organization: organization(fields)?,
            from: fields.text()?,
            to: fields.text()?,
            account: AccountKey(fields.bytes()?),
            family: Family(fields.bytes()?),
            issued_at: fields.time()?,
            word: match &fields.bytes()? {
                b"n" => Word::Nothing(Mark(fields.bytes()?)),
                b"v" => Word::Verified(Mark(fields.bytes()?), fields.time()?, method(fields)?),
                b"l" => Word::Left(fields.time()?, method(fields)?),
                _ => return None,
            },
        };
        fields.is_read().then_some(ticket)
    }
}

impl Record {
    /// As fields to be sealed. Whose it is stands in them: a host may come to belong to another organization.
    pub fn write(&self, organization: &OrganizationId, fields: Fields) -> Fields {
        let fields = fields.text(organization.as_str()).bytes(&self.browser);
        match self.verified {
            None => fields,
            Some((account, at, by)) => fields.bytes(&account.0).time(at).bytes(&[by.code()]),
        }
    }

    /// From fields that were opened, if they are this organization's.
    pub fn read(organization: &OrganizationId, fields: &mut Opened) -> Option<Self> {
        if fields.text()? != organization.as_str() {
            return None;
        }
        let browser = fields.bytes()?;
        let verified = match fields.is_read() {
            true => None,
            false => Some((AccountKey(fields.bytes()?), fields.time()?, method(fields)?)),
        };
        fields.is_read().then_some(Self { browser, verified })
    }
}

fn organization(fields: &mut Opened) -> Option<OrganizationId> {
    OrganizationId::parse(&fields.text()?).ok()
}

fn method(fields: &mut Opened) -> Option<Method> {
    let [code] = fields.bytes()?;
    Method::of_code(code)
}

fn is_current(issued_at: Timestamp, now: Timestamp) -> bool {
    let age = now.as_nanosecond() - issued_at.as_nanosecond();
    let nanos = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(0);
    (-nanos(SKEW)..nanos(LIFETIME)).contains(&age)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sealed;

    const KEY: [u8; 32] = [3; 32];

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn acme() -> OrganizationId {
        OrganizationId::parse("acme").unwrap()
    }

    fn opened(fields: Fields) -> Opened {
        sealed::open(fields.seal(&KEY).as_bytes(), |_| Some(&KEY)).unwrap()
    }

    fn request() -> Request {
        Request {
            id: [1; 16],
            organization: acme(),
            site: "wiki.test/wiki".into(),
            account: AccountKey([2; 16]),
            mark: Mark([3; 16]),
            issued_at: at(1_800_000_000),
        }
    }

    fn ticket(word: Word) -> Ticket {
        Ticket {
            id: [1; 16],
            organization: acme(),
            from: "jira.test".into(),
            to: "wiki.test".into(),
            account: AccountKey([2; 16]),
            family: Family([4; 16]),
            word,
            issued_at: at(1_800_000_000),
        }
    }

    #[test]
    fn what_is_handed_over_is_read_as_it_was_written() {
        let fields = || Fields::sealed_with(1);
        assert_eq!(Request::read(&mut opened(request().write(fields()))), Some(request()));
        let mark = Mark([3; 16]);
        for word in [
            Word::Nothing(mark),
            Word::Verified(mark, at(5), Method::Passkey),
            Word::Left(at(5), Method::MailedCode),
        ] {
            let ticket = ticket(word);
            assert_eq!(Ticket::read(&mut opened(ticket.write(fields()))), Some(ticket));
        }
        for verified in [None, Some((AccountKey([2; 16]), at(5), Method::MailedCode))] {
            let record = Record { browser: [9; 16], verified };
            let read = |organization: OrganizationId| {
                Record::read(&organization, &mut opened(record.write(&acme(), fields())))
            };
            assert_eq!(read(acme()), Some(record));
            assert_eq!(read(OrganizationId::only()), None, "another organization's");
        }
    }

    #[test]
    fn what_has_more_or_less_than_its_fields_is_nothing() {
        let fields = || Fields::sealed_with(1);
        let left = || ticket(Word::Left(at(5), Method::Passkey)).write(fields());
        assert_eq!(Ticket::read(&mut opened(left().bytes(b"x"))), None);
        assert_eq!(Ticket::read(&mut opened(request().write(fields()))), None);
        assert_eq!(Request::read(&mut opened(request().write(fields()).bytes(b"x"))), None);
        let record = Record { browser: [9; 16], verified: None };
        assert_eq!(Record::read(&acme(), &mut opened(record.write(&acme(), fields()).bytes(b"x"))), None);
    }

    #[test]
    fn a_ticket_is_good_for_half_a_minute() {
        let ticket = ticket(Word::Left(at(5), Method::Passkey));
        for (second, is_current) in
            [(-6, false), (-5, true), (0, true), (29, true), (30, false), (3600, false)]
        {
            assert_eq!(ticket.is_current(at(1_800_000_000 + second)), is_current, "{second} s");
        }
    }
}
