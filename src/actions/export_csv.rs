//! Files for spreadsheets: CSV as RFC 4180 has it, in which no cell is a formula.
//!
//! A name such as `=HYPERLINK(…)` is somebody's own choice, and would run at the admin who opens the file (ASVS 1.2.10, T134).

use std::borrow::Cow;

use csv::{QuoteStyle, Terminator, WriterBuilder};

/// With what a spreadsheet takes a cell for a formula, or for the border of one; also in the width of East Asian letters.
const FORMULA: [char; 12] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A text that every spreadsheet shows as it is: a `'` goes before what begins as a formula does. One that has it already gets
/// another, so that [`unguarded`] takes off what was put on.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) { format!("'{cell}").into() } else { cell.into() }
}

/// What [`guarded`] made a cell from.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(FORMULA)
}

/// Rows as lines of a file, each cell guarded.
pub fn lines<Row, Cell>(rows: impl IntoIterator<Item = Row>) -> Vec<u8>
where
    Row: IntoIterator<Item = Cell>,
    Cell: AsRef<str>,
{
    let mut format = WriterBuilder::new();
    format.quote_style(QuoteStyle::Necessary).terminator(Terminator::CRLF).flexible(true);
    let mut writer = format.from_writer(Vec::new());
    for row in rows {
        let cells: Vec<String> = row.into_iter().map(|cell| guarded(cell.as_ref()).into_owned()).collect();
        writer.write_record(&cells).expect("memory takes any text");
    }
    writer.into_inner().expect("memory takes any text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn t134_no_cell_is_a_formula() {
        for cell in ["=1+1", "+49", "-1", "@SUM(A1)", "\tx", "\rx", "\u{ff1d}1", "'=1", "''+1"] {
            assert_eq!(guarded(cell), format!("'{cell}"));
            assert_eq!(unguarded(&guarded(cell)), cell);
        }
        for cell in ["", "'", "O'Neill", "'tis", "a=b", "1-1"] {
            assert_eq!((guarded(cell), unguarded(cell)), (cell.into(), cell));
        }
        let lines = lines([["Doe, \"Jane\"", "=cmd|'/c calc'!A0"]]);
        assert_eq!(String::from_utf8(lines).unwrap(), "\"Doe, \"\"Jane\"\"\",'=cmd|'/c calc'!A0\r\n");
    }

    proptest! {
        #[test]
        fn a_cell_comes_back_as_it_was(cell in "['=+@x\u{ff0b}-]{0,6}") {
            let guarded = guarded(&cell);
            prop_assert_eq!(unguarded(&guarded), cell.as_str());
            prop_assert!(!guarded.starts_with(FORMULA));
        }
    }
}
