//! Files for spreadsheets: CSV as RFC 4180 has it, in which no cell is a formula (`domain/csv_cell.rs`).

use csv::{QuoteStyle, Terminator, WriterBuilder};

use crate::domain::csv_cell::guarded;

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

    #[test]
    fn t134_no_cell_is_a_formula_and_quotes_are_doubled() {
        let lines = lines([["Doe, \"Jane\"", "=cmd|'/c calc'!A0"]]);
        assert_eq!(String::from_utf8(lines).unwrap(), "\"Doe, \"\"Jane\"\"\",'=cmd|'/c calc'!A0\r\n");
    }
}
