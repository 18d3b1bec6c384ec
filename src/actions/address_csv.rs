//! A file of e-mail addresses as an admin uploads it: one column, or the one that its header calls Email.
//!
//! A file that could be read in two ways is refused as a whole, with its line; a row that is no address is told of and keeps no
//! other from being done. What an export writes (`export_csv.rs`) is read back as it was.

use std::collections::HashSet;

use csv::{ByteRecord, ReaderBuilder, Terminator};

use crate::domain::csv_cell::unguarded;
use crate::domain::email::EmailAddress;
use crate::domain::task::{RowOutcome, RowReason};

/// The most bytes of a file, as in the product whose feature this is.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// The most rows of a file.
pub const MOST_ROWS: usize = 10_000;
/// What a header calls the column, whatever the case.
const HEADERS: [&str; 7] =
    ["email", "e-mail", "emails", "e-mails", "mail", "email address", "e-mail address"];
/// How much of a value is kept for who asks what became of it. An address is shorter.
const LONGEST_VALUE: usize = 254;

/// A row of a file, or of another list of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRow {
    /// The line it begins in, from 1; in a list its place.
    pub line: u32,
    /// What stands there, cut where it is too long to be an address.
    pub value: String,
    /// The address.
    pub email: Option<EmailAddress>,
    /// `Waiting` where there is something to do.
    pub outcome: RowOutcome,
}

/// Why a file is not read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressCsvError {
    /// Longer than files may be.
    #[error("the file is larger than {MOST_BYTES} bytes")]
    TooLarge,
    /// More rows than files may have.
    #[error("the file has more than {MOST_ROWS} rows; nothing of it was applied")]
    TooManyRows,
    /// No row at all.
    #[error("the file has no addresses")]
    Empty,
    /// The text is in UTF-16.
    #[error("the file is in UTF-16; save it as CSV UTF-8")]
    Utf16,
    /// A byte that no text has.
    #[error("line {0} has a NUL; the file is no text, or is in UTF-16: save it as CSV UTF-8")]
    Nul(u32),
    /// Some other encoding, such as Latin-1.
    #[error("line {0} is not UTF-8; save the file as CSV UTF-8")]
    NotUtf8(u32),
    /// Lines as they ended on old Macs.
    #[error("line {0} ends with a carriage return alone; save the file with line feeds")]
    CarriageReturn(u32),
    /// A cell over several lines, or a quote that is never closed.
    #[error("line {0} has a cell that goes over several lines, or a quote that is never closed")]
    ManyLines(u32),
    /// More columns than one, and no header that says which is meant.
    #[error(
        "line {0} has several columns: give one column of addresses, or a header that calls one of them Email"
    )]
    ManyColumns(u32),
    /// A header with two columns of addresses.
    #[error("the header calls two columns Email")]
    TwoColumns,
    /// A row of another width than the header.
    #[error("line {line} has {found} cells, and the header has {expected}")]
    Width {
        /// The line.
        line: u32,
        /// How many cells it has.
        found: usize,
        /// How many the header has.
        expected: usize,
    },
}

/// Reads a whole file. Of rows that name one mailbox the first counts, whatever their spelling (T135): letters are folded and
/// `ü` is `xn--`; an address with a plus is another mailbox.
pub fn read(bytes: &[u8]) -> Result<Vec<AddressRow>, AddressCsvError> {
    let text = text(bytes)?;
    let mut format = ReaderBuilder::new();
    format.has_headers(false).flexible(true).delimiter(delimiter(text)).terminator(Terminator::Any(b'\n'));
    let mut reader = format.from_reader(text.as_bytes());
    let (mut record, mut column, mut list) = (ByteRecord::new(), None, AddressList::default());
    let mut lines = Lines { bytes: text.as_bytes(), place: 0, line: 1 };
    loop {
        let line = lines.of_next(reader.position().byte());
        // What is read is text in memory, so there is nothing to fail.
        if !reader.read_byte_record(&mut record).unwrap_or(false) {
            break;
        }
        if record.iter().any(|cell| cell.contains(&b'\n')) {
            return Err(AddressCsvError::ManyLines(line));
        }
        let cells: Vec<&str> = record.iter().map(cell_text).collect();
        if cells.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        match &column {
            None => {
                let found = Column::of(&cells)?;
                if let Column::Alone = found {
                    list.add(line, found.cell(line, &cells)?)?;
                }
                column = Some(found);
            }
            Some(column) => list.add(line, column.cell(line, &cells)?)?,
        }
    }
    if list.rows.is_empty() { Err(AddressCsvError::Empty) } else { Ok(list.rows) }
}

/// Rows as they are added, of which none is counted twice.
#[derive(Debug, Default)]
pub struct AddressList {
    rows: Vec<AddressRow>,
    seen: HashSet<EmailAddress>,
    /// Texts that name nobody.
    nameless: HashSet<String>,
}

impl AddressList {
    /// Adds what was read in a line.
    fn add(&mut self, line: u32, text: &str) -> Result<(), AddressCsvError> {
        if self.rows.len() == MOST_ROWS {
            return Err(AddressCsvError::TooManyRows);
        }
        let text = unguarded(text);
        self.push(line, text, EmailAddress::parse(text).ok(), RowReason::Malformed);
        Ok(())
    }

    /// Adds a row that names this address, or nobody for this reason.
    pub fn push(&mut self, line: u32, text: &str, email: Option<EmailAddress>, otherwise: RowReason) {
        let outcome = match &email {
            None if !self.nameless.insert(shortened(text)) => RowOutcome::Repeated,
            None => RowOutcome::Failed(otherwise),
            Some(email) if self.seen.insert(email.clone()) => RowOutcome::Waiting,
            Some(_) => RowOutcome::Repeated,
        };
        self.rows.push(AddressRow { line, value: shortened(text), email, outcome });
    }

    /// All of them.
    pub fn into_rows(self) -> Vec<AddressRow> {
        self.rows
    }
}

/// Where the addresses of a file stand.
enum Column {
    /// In rows of one cell; the first is a row as any other.
    Alone,
    /// Below a header.
    Headed { place: usize, width: usize },
}

impl Column {
    fn of(cells: &[&str]) -> Result<Self, AddressCsvError> {
        let is_header = |cell: &&str| HEADERS.contains(&cell.to_lowercase().as_str());
        let mut places = cells.iter().enumerate().filter(|(_, cell)| is_header(cell)).map(|(place, _)| place);
        match (places.next(), places.next()) {
            (None, _) => Ok(Self::Alone),
            (Some(place), None) => Ok(Self::Headed { place, width: cells.len() }),
            (Some(_), Some(_)) => Err(AddressCsvError::TwoColumns),
        }
    }

    fn cell<'a>(&self, line: u32, cells: &[&'a str]) -> Result<&'a str, AddressCsvError> {
        match *self {
            // Some programs end each line with a delimiter.
            Self::Alone if cells.iter().skip(1).all(|cell| cell.is_empty()) => Ok(cells[0]),
            Self::Alone => Err(AddressCsvError::ManyColumns(line)),
            Self::Headed { place, width } if cells.len() == width => Ok(cells[place]),
            Self::Headed { width: expected, .. } => {
                Err(AddressCsvError::Width { line, found: cells.len(), expected })
            }
        }
    }
}

/// The text, or why it is none; without the mark that some programs put before it.
fn text(bytes: &[u8]) -> Result<&str, AddressCsvError> {
    if bytes.len() > MOST_BYTES {
        return Err(AddressCsvError::TooLarge);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(AddressCsvError::Utf16);
    }
    let line_of = |place: usize| line_number_of(bytes, place);
    if let Some(place) = memchr::memchr(0, bytes) {
        return Err(AddressCsvError::Nul(line_of(place)));
    }
    let alone = |&place: &usize| !matches!(bytes.get(place + 1), Some(b'\n'));
    if let Some(place) = memchr::memchr_iter(b'\r', bytes).find(alone) {
        // A file that ends with one has no next line to be mistaken for.
        if place + 1 != bytes.len() {
            return Err(AddressCsvError::CarriageReturn(line_of(place)));
        }
    }
    let text =
        std::str::from_utf8(bytes).map_err(|error| AddressCsvError::NotUtf8(line_of(error.valid_up_to())))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// What stands between cells: the first of these outside of quotes. No address has any of them.
fn delimiter(text: &str) -> u8 {
    let mut quoted = false;
    let found = text.bytes().find(|byte| {
        quoted ^= *byte == b'"';
        !quoted && matches!(byte, b',' | b';' | b'\t')
    });
    found.unwrap_or(b',')
}

fn cell_text(cell: &[u8]) -> &str {
    // Cells are cut at delimiters and quotes, which are ASCII, so what was UTF-8 still is.
    std::str::from_utf8(cell).unwrap_or_default().trim_matches([' ', '\r', '\u{a0}'])
}

/// Counts the lines of a text once, while rows are read.
struct Lines<'a> {
    bytes: &'a [u8],
    /// How far they are counted, and which line that is.
    place: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of the first row at or after a place, which may have empty lines before it.
    fn of_next(&mut self, place: u64) -> u32 {
        let place = usize::try_from(place).unwrap_or(usize::MAX).clamp(self.place, self.bytes.len());
        let rest = self.bytes.get(place..).unwrap_or_default();
        let empty = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        let passed = self.bytes.get(self.place..place + empty).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.place = place + empty;
        u32::try_from(self.line).unwrap_or(u32::MAX)
    }
}

fn line_number_of(bytes: &[u8], place: usize) -> u32 {
    let before = bytes.get(..place).unwrap_or(bytes);
    u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_VALUE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: impl AsRef<[u8]>) -> Result<Vec<(u32, String, &'static str)>, String> {
        let rows = read(text.as_ref()).map_err(|error| error.to_string())?;
        let told = |row: AddressRow| {
            let value = row.email.map_or(row.value, |email| email.to_string());
            (row.line, value, row.outcome.label())
        };
        Ok(rows.into_iter().map(told).collect())
    }

    fn row(line: u32, value: &str, outcome: &'static str) -> (u32, String, &'static str) {
        (line, value.to_owned(), outcome)
    }

    #[test]
    fn t131_a_file_is_read_whichever_program_wrote_it() {
        let expected = Ok(vec![row(1, "a@b.test", "waiting"), row(2, "c@b.test", "waiting")]);
        for text in [
            "a@b.test\nc@b.test\n",
            "a@b.test\nc@b.test",
            "\u{feff}a@b.test\r\nc@b.test\r\n",
            "\"a@b.test\"\r\n\"c@b.test\"",
            "\"a@b.test\"\r\nC@B.test \r",
            "a@b.test;\r\nc@b.test;\r\n",
            "a@b.test,,\nc@b.test,,\n",
        ] {
            assert_eq!(told(text), expected, "{text:?}");
        }
        for header in ["Email", "E-MAIL address", "mail", "\"email\""] {
            let headed = format!("{header}\r\n\r\na@b.test\r\n \r\nc@b.test\r\n");
            assert_eq!(told(&headed), Ok(vec![row(3, "a@b.test", "waiting"), row(5, "c@b.test", "waiting")]));
        }
        let wide = "Name;Email;Status\n\"Doe; Jane\";a@b.test;Active\n;c@b.test;\n";
        assert_eq!(told(wide), Ok(vec![row(2, "a@b.test", "waiting"), row(3, "c@b.test", "waiting")]));
    }

    #[test]
    fn t131_what_could_be_read_in_two_ways_is_refused_whole_with_its_line() {
        let utf16: Vec<u8> = "a@b.test\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, expected) in [
            ([&[0xff, 0xfe], utf16.as_slice()].concat(), "is in UTF-16"),
            (vec![0xfe, 0xff, 0, b'a'], "is in UTF-16"),
            (utf16, "line 1 has a NUL"),
            (b"a@b.test\nJ\xfcrgen@b.test\n".to_vec(), "line 2 is not UTF-8"),
            (b"a@b.test\rc@b.test\r".to_vec(), "line 1 ends with a carriage return alone"),
            (
                b"a@b.test\n\"c@b.test\nd@b.test\"\n".to_vec(),
                "line 2 has a cell that goes over several lines",
            ),
            (b"a@b.test\n\"c@b.test\nd@b.test\n".to_vec(), "line 2 has a cell that goes over several lines"),
            (b"a@b.test,c@b.test\n".to_vec(), "line 1 has several columns"),
            (b"a@b.test\n\nc@b.test,d@b.test\n".to_vec(), "line 3 has several columns"),
            (b"Name,Department\nJane,Sales\n".to_vec(), "line 1 has several columns"),
            (b"email,mail\na@b.test,c@b.test\n".to_vec(), "two columns"),
            (b"name,email\nJane,a@b.test\nc@b.test\n".to_vec(), "line 3 has 1 cells, and the header has 2"),
            (b"".to_vec(), "no addresses"),
            (b"Email\n\n".to_vec(), "no addresses"),
            (vec![b'a'; MOST_BYTES + 1], "larger than"),
        ] {
            let error = told(&bytes).unwrap_err();
            assert!(error.contains(expected), "{error} is not {expected}");
        }
    }

    #[test]
    fn t130_ten_thousand_rows_are_read_and_one_more_is_too_many() {
        let many: String = (0..MOST_ROWS).map(|n| format!("user{n}@b.test\n")).collect();
        let rows = read(format!("Email\n{many}").as_bytes()).unwrap();
        assert_eq!((rows.len(), rows[9_999].line), (MOST_ROWS, 10_001));
        assert_eq!(read(format!("{many}user0@b.test").as_bytes()), Err(AddressCsvError::TooManyRows));
    }

    #[test]
    fn t135_one_mailbox_counts_once_whatever_its_spelling() {
        let text =
            "Jane@ACME.test\njane@acme.TEST\nj@b\u{fc}cher.test\nJ@xn--bcher-kva.test\njane+x@acme.test\n";
        assert_eq!(
            told(text),
            Ok(vec![
                row(1, "jane@acme.test", "waiting"),
                row(2, "jane@acme.test", "repeated"),
                row(3, "j@xn--bcher-kva.test", "waiting"),
                row(4, "j@xn--bcher-kva.test", "repeated"),
                row(5, "jane+x@acme.test", "waiting"),
            ])
        );
    }

    #[test]
    fn a_row_that_is_no_address_is_told_of_and_keeps_no_other_back() {
        let long = "x".repeat(300);
        let told = told(format!("name\na@b.test\n<script>\n{long}\n")).unwrap();
        let expected =
            [row(1, "name", "failed"), row(2, "a@b.test", "waiting"), row(3, "<script>", "failed")];
        assert_eq!(told[..3], expected);
        assert_eq!(told[3].1.len(), LONGEST_VALUE);
    }
}
