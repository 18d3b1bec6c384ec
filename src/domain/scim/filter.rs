//! Filters (RFC 7644 section 3.4.2.2), as far as they are taken: one comparison in a list, and comparisons joined by `and` and
//! `or` between the brackets of a path.

use serde_json::Value;

use super::schema::Attribute;
use super::{Mistake, MistakeKind, Object};

/// More than any client writes.
const LONGEST: usize = 2_000;

/// What a list is narrowed to: one attribute that equals a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equals {
    /// The attribute's name, as it was written.
    pub attribute: String,
    /// The text.
    pub value: String,
}

/// Which values of an attribute are meant.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueFilter {
    /// Any one of these, each of which is all of its conditions.
    any: Vec<Vec<Condition>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Condition {
    part: &'static Attribute,
    test: Test,
    value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Present,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Literal(Value),
}

impl Equals {
    /// Reads the filter of a list. Anything but one `eq` with a text is refused.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let refused =
            || MistakeKind::InvalidFilter.because("A filter is one comparison such as userName eq \"jane\".");
        let (tokens, rest) = tokens(text).ok_or_else(refused)?;
        match tokens.as_slice() {
            [Token::Word(attribute), Token::Word(test), Token::Literal(Value::String(value))]
                if test.eq_ignore_ascii_case("eq") && rest.is_none() && !value.contains(char::is_control) =>
            {
                Ok(Self { attribute: attribute.clone(), value: value.clone() })
            }
            _ => Err(refused()),
        }
    }
}

impl ValueFilter {
    /// Reads what stands behind the opening bracket of a path; also gives what follows the closing one.
    pub(super) fn parse<'t>(attribute: &Attribute, text: &'t str) -> Result<(Self, &'t str), Mistake> {
        let refused =
            |why: &str| MistakeKind::InvalidPath.because(format!("The filter of {} {why}.", attribute.name));
        let (tokens, rest) = tokens(text).ok_or_else(|| refused("cannot be read"))?;
        let rest = rest.ok_or_else(|| refused("has no closing bracket"))?;
        let (mut any, mut all, mut tokens) = (Vec::new(), Vec::new(), tokens.into_iter());
        loop {
            let Some(Token::Word(part)) = tokens.next() else { return Err(refused("lacks a comparison")) };
            let part = attribute.part(&part).ok_or_else(|| refused("names an unknown part"))?;
            let test = match tokens.next() {
                Some(Token::Word(test)) => Test::of(&test),
                _ => None,
            };
            let test = test.ok_or_else(|| refused("has a comparison that is not taken"))?;
            let value = match (test, tokens.next_if_literal()) {
                (Test::Present, _) => Value::Null,
                (_, Some(value)) => value,
                (_, None) => return Err(refused("compares with nothing")),
            };
            all.push(Condition { part, test, value });
            match tokens.next() {
                None => break,
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("and") => (),
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("or") => {
                    any.push(std::mem::take(&mut all))
                }
                Some(_) => return Err(refused("joins comparisons by something else than and, or")),
            }
        }
        any.push(all);
        Ok((Self { any }, rest))
    }

    /// Whether a value is meant.
    pub(super) fn admits(&self, item: &Value) -> bool {
        self.any.iter().any(|all| all.iter().all(|condition| condition.holds(item)))
    }

    /// The one value that it describes, if it only says what its parts equal: what to add where there is none such.
    pub(super) fn described(&self) -> Option<Object> {
        let [all] = self.any.as_slice() else { return None };
        let part = |condition: &Condition| {
            let is_plain = condition.test == Test::Equal && !condition.value.is_null();
            is_plain.then(|| (condition.part.name.to_owned(), condition.value.clone()))
        };
        all.iter().map(part).collect()
    }

    /// The text that a value's one part must equal, if it asks for nothing else.
    pub(super) fn sole_text(&self, part: &str) -> Option<&str> {
        let [all] = self.any.as_slice() else { return None };
        let [Condition { part: asked, test: Test::Equal, value: Value::String(text) }] = all.as_slice()
        else {
            return None;
        };
        (asked.name == part).then_some(text)
    }
}

impl Condition {
    fn holds(&self, item: &Value) -> bool {
        let found = item.get(self.part.name).unwrap_or(&Value::Null);
        match self.test {
            Test::Present => !found.is_null(),
            Test::Equal => self.equals(found),
            Test::NotEqual => !self.equals(found),
            Test::Contains => self.texts(found).is_some_and(|(found, text)| found.contains(&text)),
            Test::StartsWith => self.texts(found).is_some_and(|(found, text)| found.starts_with(&text)),
            Test::EndsWith => self.texts(found).is_some_and(|(found, text)| found.ends_with(&text)),
        }
    }

    fn equals(&self, found: &Value) -> bool {
        match (found, &self.value) {
            (Value::String(_), Value::String(_)) => {
                self.texts(found).is_some_and(|(found, text)| found == text)
            }
            // Some clients write switches as texts.
            (Value::Bool(found), Value::String(text)) => text.eq_ignore_ascii_case(&found.to_string()),
            // A switch that was never set is off.
            (Value::Null, Value::Bool(false)) => true,
            (found, value) => found == value,
        }
    }

    fn texts(&self, found: &Value) -> Option<(String, String)> {
        let (found, text) = (found.as_str()?, self.value.as_str()?);
        match self.part.case_exact {
            true => Some((found.to_owned(), text.to_owned())),
            false => Some((found.to_lowercase(), text.to_lowercase())),
        }
    }
}

impl Test {
    fn of(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "eq" => Some(Self::Equal),
            "ne" => Some(Self::NotEqual),
            "co" => Some(Self::Contains),
            "sw" => Some(Self::StartsWith),
            "ew" => Some(Self::EndsWith),
            "pr" => Some(Self::Present),
            _ => None,
        }
    }
}

/// The next token, if it is a literal.
trait NextLiteral {
    fn next_if_literal(&mut self) -> Option<Value>;
}

impl NextLiteral for std::vec::IntoIter<Token> {
    fn next_if_literal(&mut self) -> Option<Value> {
        match self.as_slice().first() {
            Some(Token::Literal(_)) => match self.next() {
                Some(Token::Literal(value)) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The words and literals of a filter up to its end or to a closing bracket, and what stands behind that.
fn tokens(text: &str) -> Option<(Vec<Token>, Option<&str>)> {
    if text.len() > LONGEST {
        return None;
    }
    let (mut tokens, mut rest) = (Vec::new(), text.trim_start());
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix(']') {
            return Some((tokens, Some(behind)));
        }
        if rest.starts_with('"') {
            let mut literals = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            let literal = literals.next()?.ok()?;
            rest = rest.get(literals.byte_offset()..)?;
            tokens.push(Token::Literal(Value::String(literal)));
        } else {
            let end =
                rest.find(|char: char| char.is_whitespace() || "]\"".contains(char)).unwrap_or(rest.len());
            let (word, behind) = rest.split_at_checked(end)?;
            tokens.push(match word {
                "true" | "True" => Token::Literal(Value::Bool(true)),
                "false" | "False" => Token::Literal(Value::Bool(false)),
                word => Token::Word(word.to_owned()),
            });
            rest = behind;
        }
        rest = rest.trim_start();
    }
    Some((tokens, None))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::{EMAILS, USERS};
    use super::*;

    #[test]
    fn a_list_takes_one_equality_with_a_text_and_nothing_else() {
        for text in ["userName eq \"a b\"", " userName  EQ \"a b\" ", "userName Eq \"a\\u0020b\""] {
            let expected = Equals { attribute: "userName".to_owned(), value: "a b".to_owned() };
            assert_eq!(Equals::parse(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            "userName",
            "userName eq",
            "userName eq jane",
            "userName eq true",
            "userName ne \"a\"",
            "userName eq \"a",
            "userName eq \"a\" and active eq true",
            "userName eq \"a\" or userName eq \"b\"",
            "(userName eq \"a\")",
            "not userName eq \"a\"",
            "userName eq \"a\"]",
            "userName eq \"\\u0000\"",
            &format!("userName eq \"{}\"", "x".repeat(5_000)),
        ] {
            assert_eq!(Equals::parse(text).unwrap_err().kind, MistakeKind::InvalidFilter, "{text}");
        }
    }

    #[test]
    fn between_brackets_comparisons_are_joined() {
        let emails = USERS.attribute(EMAILS).unwrap();
        let item = json!({ "value": "Jane@acme.com", "type": "work", "primary": true });
        for (text, expected) in [
            ("type eq \"work\"]", true),
            ("type eq \"WORK\"]", true),
            ("type eq \"home\"]", false),
            ("type ne \"home\"]", true),
            ("primary eq true]", true),
            ("primary eq \"True\"]", true),
            ("primary eq false]", false),
            ("value co \"@ACME\"]", true),
            ("value sw \"jane\" and value ew \".com\"]", true),
            ("type eq \"home\" or type pr]", true),
            ("type eq \"home\" and type pr]", false),
            ("type eq \"]\"]", false),
        ] {
            let (filter, rest) = ValueFilter::parse(emails, text).unwrap();
            assert_eq!((filter.admits(&item), rest), (expected, ""), "{text}");
        }
        for text in [
            "type eq \"work\"",
            "]",
            "type]",
            "type eq]",
            "type gt \"a\"]",
            "no eq \"a\"]",
            "type eq \"a\" \"b\"]",
        ] {
            let refused = ValueFilter::parse(emails, text).unwrap_err();
            assert_eq!(refused.kind, MistakeKind::InvalidPath, "{text}");
        }
    }
}
