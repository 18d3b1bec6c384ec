//! What is wrong with what somebody typed into a form or a request: every mistake at once, each with its field.

use std::fmt;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The field, as the API names it: `name`, `domains[3]`.
    pub field: String,
    /// What is wrong with it, read after the field's name.
    pub said: String,
}

/// All mistakes, at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistake {
    /// A mistake of a field.
    pub fn new(field: impl Into<String>, said: impl Into<String>) -> Self {
        Self { field: field.into(), said: said.into() }
    }
}

impl Mistakes {
    /// One mistake.
    pub fn one(field: impl Into<String>, said: impl Into<String>) -> Self {
        Self(vec![Mistake::new(field, said)])
    }

    /// What was read, if nothing was wrong with it.
    pub fn or<T>(found: Vec<Mistake>, read: T) -> Result<T, Self> {
        if found.is_empty() { Ok(read) } else { Err(Self(found)) }
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Mistake { field, said }) in self.0.iter().enumerate() {
            write!(f, "{}{field} {said}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

/// A name that people give to something: 1 to `most` characters on one line, without what could hide in it.
pub fn read_name(field: &str, text: &str, most: usize, mistakes: &mut Vec<Mistake>) -> String {
    let name = text.trim();
    let is_hidden = |char: char| {
        char.is_control()
            || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if !(1..=most).contains(&name.chars().count()) || name.chars().any(is_hidden) {
        mistakes.push(Mistake::new(
            field,
            format!("is not a name of 1 to {most} visible characters on one line"),
        ));
    }
    name.to_owned()
}

/// A list of values, each parsed; those that are there twice in any spelling count once.
pub fn read_list<T: Ord, E: fmt::Display>(
    field: &str,
    texts: &[String],
    parse: impl Fn(&str) -> Result<T, E>,
    mistakes: &mut Vec<Mistake>,
) -> Vec<T> {
    let mut values = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        match parse(text.trim()) {
            Ok(value) => values.push(value),
            Err(error) => mistakes.push(Mistake::new(format!("{field}[{index}]"), error.to_string())),
        }
    }
    values.sort();
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::email::EmailAddress;

    #[test]
    fn every_mistake_is_told_with_its_field() {
        let mut mistakes = Vec::new();
        assert_eq!(read_name("name", "  Partner ", 10, &mut mistakes), "Partner");
        assert!(mistakes.is_empty());
        for name in ["", " ", "a\nb", "a\u{202e}b", "12345678901"] {
            read_name("name", name, 10, &mut mistakes);
        }
        assert_eq!(mistakes.len(), 5);
        let texts = ["A@x.test".to_owned(), "a@x.test ".to_owned(), "nobody".to_owned()];
        let mut mistakes = Vec::new();
        let read = read_list("people", &texts, EmailAddress::parse, &mut mistakes);
        assert_eq!((read.len(), mistakes.len()), (1, 1));
        assert_eq!(mistakes[0].field, "people[2]");
        assert!(Mistakes(mistakes).to_string().starts_with("people[2] is not an e-mail address"));
    }
}
