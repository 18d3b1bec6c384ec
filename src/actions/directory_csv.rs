//! The file of domains and accounts as an operator writes it: CSV in UTF-8 with a header, read row by row.
//!
//! Each row is parsed into types or refused with its line and column; nothing is guessed and nothing is skipped. What
//! was read is remembered as 128-bit fingerprints only, so a file of millions of rows needs little memory.

use std::io::{Chain, Read};
use std::sync::Arc;

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};
use foldhash::{HashMap, HashMapExt};
use sha2::{Digest, Sha256};

use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::store::{NewAccount, UserKey};

/// The columns, in any order; each is expected once, but the last may be missing.
const COLUMNS: [&str; 7] = ["type", "domain", "email", "name", "username", "claimed", OPTIONAL];
/// The column that files may do without.
const OPTIONAL: &str = "user_key";
/// Longer names and usernames are mistakes, such as a quote that is never closed.
const LONGEST_NAME: usize = 255;

/// What a row says.
#[derive(Debug, PartialEq)]
pub(super) enum Entry {
    /// The organization proved that it owns this domain.
    Domain(DomainName),
    /// A person or an app.
    Account(NewAccount),
}

/// What is wrong with a file, and where.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// The header lacks a column, or has one twice or one too many.
    #[error(
        "{file}:{line}: {problem}; the header must name the columns {}, and may name {OPTIONAL}",
        required_columns()
    )]
    Header {
        /// The file's name.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// A row has too few or too many fields.
    #[error(
        "{file}:{line}: has {found} fields, and the header has {expected}; is a comma or a quote missing?"
    )]
    Width {
        /// The file's name.
        file: String,
        /// The line that the row begins in, from 1.
        line: u64,
        /// How many fields it has.
        found: usize,
        /// How many the header has.
        expected: usize,
    },
    /// A value is not what its column holds.
    #[error("{file}:{line}, column {column}: {problem}")]
    Value {
        /// The file's name.
        file: String,
        /// The line that the row begins in, from 1.
        line: u64,
        /// The column's name.
        column: &'static str,
        /// The value and what is wrong with it.
        problem: String,
    },
    /// The file cannot be read on.
    #[error("{file}: {problem}")]
    Unreadable {
        /// The file's name.
        file: String,
        /// What the operating system says.
        problem: String,
    },
}

/// What is wrong with a value of a column; the reader adds file and line.
type Problem = (&'static str, String);

/// A file that is being read.
pub(super) struct DirectoryCsv<'a, R> {
    reader: Reader<Chain<R, &'static [u8]>>,
    /// For messages.
    file: String,
    /// The line that the row at hand begins in.
    line: u64,
    /// Where each of `COLUMNS` stands in a row, and nowhere for one that the file does without.
    places: [Option<usize>; COLUMNS.len()],
    /// The row at hand; kept so that its memory is used again.
    record: ByteRecord,
    /// Column and value of what must be unique, to the line it was seen in.
    seen: HashMap<Fingerprint, u32>,
    /// The sites whose users may be named.
    sites: &'a [Arc<str>],
}

/// 128 bits of SHA-256. Words of 32 bits keep an entry of the table at 20 bytes.
#[derive(PartialEq, Eq, Hash)]
struct Fingerprint([u32; 4]);

impl<'a, R: Read> DirectoryCsv<'a, R> {
    /// Reads the header.
    pub(super) fn open(reader: R, file: &str, sites: &'a [Arc<str>]) -> Result<Self, CsvError> {
        // Flexible: a row of another width is reported in our words. The first row is read as any other.
        // Only a line feed ends a row, and the last row has one too: see `advance`.
        let mut format = ReaderBuilder::new();
        format.has_headers(false).flexible(true).terminator(Terminator::Any(b'\n'));
        let reader = format.from_reader(reader.chain(b"\n".as_slice()));
        let (record, seen) = (ByteRecord::new(), HashMap::new());
        let (file, nowhere) = (file.to_owned(), [None; COLUMNS.len()]);
        let mut csv = Self { reader, file, line: 1, places: nowhere, record, seen, sites };
        csv.advance()?;
        csv.places = places(&csv.record).map_err(|problem| csv.header(problem))?;
        Ok(csv)
    }

    /// The next row; `None` at the end.
    pub(super) fn next_entry(&mut self) -> Result<Option<Entry>, CsvError> {
        if !self.advance()? {
            return Ok(None);
        }
        let (found, expected) = (self.record.len(), self.places.iter().flatten().count());
        if found != expected {
            return Err(CsvError::Width { file: self.file.clone(), line: self.line, found, expected });
        }
        let entry = self.texts().and_then(|texts| parse(&texts)).map_err(|problem| self.value(problem))?;
        match &entry {
            Entry::Domain(domain) => self.first_time("domain", domain.as_str())?,
            Entry::Account(account) => {
                self.first_time("email", account.email.as_str())?;
                if let Some(username) = &account.username {
                    self.first_time("username", username)?;
                }
                for UserKey { site, key } in &account.user_keys {
                    self.own_site(site)?;
                    self.first_time(OPTIONAL, &format!("{site}={key}"))?;
                }
            }
        }
        Ok(Some(entry))
    }

    /// How many bytes were read, and at the end one more.
    pub(super) fn bytes_read(&self) -> u64 {
        self.reader.position().byte()
    }

    /// Reads the next row that is not empty, and finds the line it begins in. The csv crate gives a row the position
    /// where the one before ended, which is off by the empty lines between them, so it is counted back from the row's end.
    fn advance(&mut self) -> Result<bool, CsvError> {
        loop {
            let earliest = self.reader.position().line();
            let read = self.reader.read_byte_record(&mut self.record);
            let read = read.map_err(|error| CsvError::Unreadable {
                file: self.file.clone(),
                problem: error.to_string(),
            });
            if !read? {
                return Ok(false);
            }
            let inside = memchr::memchr_iter(b'\n', self.record.as_slice()).count() as u64;
            // A quote that is never closed swallows the last line end: then the count is one short.
            self.line = self.reader.position().line().saturating_sub(inside + 1).max(earliest);
            // An empty line of a file from Windows is a field with a carriage return.
            if self.record.len() > 1 || !self.record.as_slice().trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    /// The row's values in the order of `COLUMNS`.
    fn texts(&self) -> Result<[&str; COLUMNS.len()], Problem> {
        let mut texts = [""; COLUMNS.len()];
        for (column, text) in texts.iter_mut().enumerate() {
            let bytes = self.places[column].and_then(|place| self.record.get(place)).unwrap_or_default();
            let utf8 = std::str::from_utf8(bytes);
            let problem = |_| (COLUMNS[column], "is not UTF-8 text; save the file as CSV UTF-8".to_owned());
            *text = utf8.map_err(problem)?.trim();
        }
        Ok(texts)
    }

    /// A mailbox, a username or a domain that comes twice has two answers, and the last one would win by accident.
    fn first_time(&mut self, column: &'static str, value: &str) -> Result<(), CsvError> {
        let line = u32::try_from(self.line).unwrap_or(u32::MAX);
        let first = self.seen.insert(Fingerprint::of(column, value), line);
        match first {
            None => Ok(()),
            Some(first) => Err(self.value((column, format!("{} is in line {first} already", shown(value))))),
        }
    }

    /// A key of another organization's site would say who somebody is there.
    fn own_site(&self, site: &str) -> Result<(), CsvError> {
        // The users of an issuer or of Crowd are named with it behind the site.
        let host = site.split(' ').next().unwrap_or_default();
        if self.sites.iter().any(|own| **own == *host) {
            return Ok(());
        }
        let sites = self.sites.join(", ");
        let problem = format!("{} is no site of the organization; its sites are {sites}", shown(site));
        Err(self.value((OPTIONAL, problem)))
    }

    fn header(&self, problem: String) -> CsvError {
        CsvError::Header { file: self.file.clone(), line: self.line, problem }
    }

    fn value(&self, (column, problem): Problem) -> CsvError {
        CsvError::Value { file: self.file.clone(), line: self.line, column, problem }
    }
}

impl Fingerprint {
    fn of(column: &str, value: &str) -> Self {
        let digest = Sha256::new().chain_update(column).chain_update([0]).chain_update(value).finalize();
        let word = |index: usize| u32::from_be_bytes(std::array::from_fn(|byte| digest[index * 4 + byte]));
        Self(std::array::from_fn(word))
    }
}

/// Where each column stands in the header.
fn places(header: &ByteRecord) -> Result<[Option<usize>; COLUMNS.len()], String> {
    let mut places = [None; COLUMNS.len()];
    for (place, name) in header.iter().enumerate() {
        let name = String::from_utf8_lossy(name);
        let name = name.trim();
        let Some(column) = COLUMNS.iter().position(|column| *column == name) else {
            return Err(format!("the column {} is unknown", shown(name)));
        };
        if places[column].replace(place).is_some() {
            return Err(format!("the column {name} is there twice"));
        }
    }
    let missing = COLUMNS.iter().zip(&places).find(|(column, place)| **column != OPTIONAL && place.is_none());
    match missing {
        Some((column, _)) => Err(format!("the column {column} is missing")),
        None => Ok(places),
    }
}

fn parse(
    [kind, domain, email, name, username, claimed, user_key]: &[&str; COLUMNS.len()],
) -> Result<Entry, Problem> {
    let refuse = |column, value: &str, problem: &dyn ToString| {
        (column, format!("{} {}", shown(value), problem.to_string()))
    };
    match *kind {
        "domain" => {
            if !email.is_empty() {
                return Err(refuse("email", email, &"must be empty in a row of type domain"));
            }
            if !user_key.is_empty() {
                return Err(refuse(OPTIONAL, user_key, &"must be empty in a row of type domain"));
            }
            DomainName::parse(domain).map(Entry::Domain).map_err(|error| refuse("domain", domain, &error))
        }
        "account" => {
            // Somebody who writes a domain here may believe that it becomes verified.
            if !domain.is_empty() {
                return Err(refuse("domain", domain, &"must be empty in a row of type account"));
            }
            Ok(Entry::Account(NewAccount {
                email: EmailAddress::parse(email).map_err(|error| refuse("email", email, &error))?,
                // Products fold usernames, so two spellings are one person.
                username: optional("username", username)?.map(|username| username.to_lowercase()),
                name: optional("name", name)?.map(str::to_owned),
                claimed: match claimed.to_ascii_lowercase().as_str() {
                    "yes" | "true" | "1" => true,
                    "no" | "false" | "0" | "" => false,
                    _ => return Err(refuse("claimed", claimed, &"is neither yes nor no")),
                },
                user_keys: user_keys(user_key)?,
            }))
        }
        _ => Err(refuse("type", kind, &"is neither domain nor account")),
    }
}

/// `SITE=KEY`, and more of them after a semicolon. A key alone could be anybody's: products number their users from one.
fn user_keys(text: &str) -> Result<Vec<UserKey>, Problem> {
    let text = optional(OPTIONAL, text)?.unwrap_or_default();
    let parse = |pair: &str| {
        let (site, key) = pair.split_once('=')?;
        let (site, key) = (site.trim(), key.trim());
        (!site.is_empty() && !key.is_empty()).then(|| UserKey { site: site.to_owned(), key: key.to_owned() })
    };
    let refusal =
        || (OPTIONAL, format!("{} is not a list of keys such as wiki.acme.com=8a7f80", shown(text)));
    let pairs = text.split(';').filter(|_| !text.is_empty());
    pairs.map(|pair| parse(pair).ok_or_else(refusal)).collect()
}

fn required_columns() -> String {
    COLUMNS[..COLUMNS.len() - 1].join(",")
}

fn optional<'a>(column: &'static str, value: &'a str) -> Result<Option<&'a str>, Problem> {
    if value.len() > LONGEST_NAME {
        return Err((column, format!("{} is longer than {LONGEST_NAME} bytes", shown(value))));
    }
    if value.chars().any(char::is_control) {
        return Err((column, format!("{} has a line end or another control character", shown(value))));
    }
    Ok(Some(value).filter(|value| !value.is_empty()))
}

/// A value in quotes, without anything that could steer a terminal, and not longer than a line.
fn shown(value: &str) -> String {
    let short: String = value.chars().take(60).collect();
    if short.len() < value.len() { format!("{short:?}…") } else { format!("{short:?}") }
}
