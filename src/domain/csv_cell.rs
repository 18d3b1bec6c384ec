//! A cell of a CSV file that people open with a spreadsheet: what it would read as a formula is written as text (T134).
//!
//! Names, addresses and details come from people outside, and a formula in them would run with the rights of the admin who opens
//! the file (OWASP ASVS 1.2.10). Quotes and commas are the writer's concern.

use std::borrow::Cow;

/// What a spreadsheet takes for text.
const GUARD: char = '\'';

/// A cell as it is written: what begins like a formula gets an apostrophe, and so does what would be taken for such a one.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if begins_formula(cell) { Cow::Owned(format!("{GUARD}{cell}")) } else { Cow::Borrowed(cell) }
}

/// What a cell was before it was guarded; any other cell stays as it is.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix(GUARD).filter(|inner| begins_formula(inner)).unwrap_or(cell)
}

/// Spreadsheets read `=`, `+`, `-` and `@` as the beginning of a formula, some their full-width forms too, and some after a
/// tab or a line break. Apostrophes in front are looked through, so that guarding has one way back.
fn begins_formula(cell: &str) -> bool {
    let first = cell.trim_start_matches(GUARD).chars().next();
    matches!(
        first,
        Some(
            '=' | '+'
                | '-'
                | '@'
                | '\t'
                | '\r'
                | '\n'
                | '\0'
                | '\u{ff1d}'
                | '\u{ff0b}'
                | '\u{ff0d}'
                | '\u{ff20}'
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn t134_what_begins_like_a_formula_is_text() {
        for cell in ["=1+1", "+49", "-1", "@sum", "\t=1", "\r=1", "\n=1", "\u{ff1d}1", "'=1"] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["", "jane@ext.test", "'quoted'", "a=b", " x"] {
            assert_eq!(guarded(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn t134_a_guarded_cell_comes_back_as_it_was(cell in "['=+@\\-\t\r\n]{0,3}\\PC{0,5}") {
            let written = guarded(&cell).into_owned();
            prop_assert_eq!(unguarded(&written), cell);
        }

        #[test]
        fn t134_no_guarded_cell_begins_a_formula(cell in "\\PC{0,8}") {
            let written = guarded(&cell).into_owned();
            let first = written.chars().next().unwrap_or('a');
            let is_formula = "=+-@\t\r\n\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(first);
            prop_assert!(!is_formula);
        }
    }
}
