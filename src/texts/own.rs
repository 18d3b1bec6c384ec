//! Messages of an organization's own, in place of ours: the same ids, the same values, plain words.
//!
//! They are shown in HTML as ours are, so they may hold nothing that could be markup, and they are read when the configuration
//! is: what is wrong with one is said then, and nothing of it is shown.

use std::collections::BTreeSet;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::{Texts, texts};
use crate::domain::language::Language;
use crate::domain::look::Words;

/// What could end a word in HTML or begin something else there.
const NOT_IN_WORDS: [char; 5] = ['<', '>', '&', '"', '\\'];

/// What is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {said}")]
pub struct OwnError {
    /// Its line, from 1.
    pub line: usize,
    /// What, as a sentence without its end.
    pub said: String,
}

impl Texts {
    /// Messages of an organization's own in a language, in front of ours. `None` where it has none.
    pub fn own(words: &Words, language: Language) -> Option<Self> {
        let text = words.0.get(&language)?;
        Some(Self { is_own: true, ..Self::load(language, text) })
    }
}

/// Says what is wrong with messages of an organization's own.
pub fn check(text: &str) -> Result<(), OwnError> {
    let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| {
        let first = errors.first();
        let at = first.map_or(0, |error| error.pos.start);
        let said = first.map_or_else(String::new, |error| format!(": {}", error.kind));
        OwnError { line: line_at(text, at), said: format!("is no message of Fluent{said}") }
    })?;
    let mut seen = BTreeSet::new();
    for entry in resource.entries() {
        let (id, value) = match entry {
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            Entry::Message(message) if message.attributes.is_empty() => (message.id.name, &message.value),
            Entry::Message(message) => {
                return refuse(text, message.id.name, "has attributes, which nothing shows");
            }
            Entry::Term(term) => {
                return refuse(text, &format!("-{}", term.id.name), "is a term: write it out");
            }
            Entry::Junk { content } => return refuse(text, content, "is no message of Fluent"),
        };
        if !seen.insert(id) {
            return refuse(text, id, "is there twice");
        }
        let ours = texts(Language::English).messages.get_message(id).and_then(|message| message.value());
        let (Some(ours), Some(value)) = (ours, value) else {
            return refuse(text, id, "is no message of ours");
        };
        if let Some(wrong) = wrong_with(value, &values_of(ours)) {
            return refuse(text, id, &wrong);
        }
    }
    Ok(())
}

fn refuse(text: &str, id: &str, said: &str) -> Result<(), OwnError> {
    let begins = |line: &str| {
        line.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '=']))
    };
    let line = text.lines().position(begins).map_or(1, |index| index + 1);
    Err(OwnError { line, said: format!("`{}` {said}", id.lines().next().unwrap_or_default().escape_debug()) })
}

fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The values that one of our messages is filled with.
fn values_of<'a>(pattern: &Pattern<&'a str>) -> BTreeSet<&'a str> {
    let mut values = BTreeSet::new();
    let mut take = |inline: &InlineExpression<&'a str>| {
        if let InlineExpression::VariableReference { id } = inline {
            values.insert(id.name);
        }
        None::<()>
    };
    let _ = walk(pattern, &mut take, &mut |_| None);
    values
}

fn wrong_with(pattern: &Pattern<&str>, known: &BTreeSet<&str>) -> Option<String> {
    let in_words = |words: &str| {
        let char =
            words.chars().find(|char| NOT_IN_WORDS.contains(char) || char.is_control() && *char != '\n')?;
        Some(format!("holds {char:?}, which is shown nowhere"))
    };
    let mut in_place = |inline: &InlineExpression<&str>| match inline {
        InlineExpression::VariableReference { id } if known.contains(id.name) => None,
        InlineExpression::VariableReference { id } => {
            let named: Vec<_> = known.iter().map(|name| format!("${name}")).collect();
            let instead = if named.is_empty() { "none".to_owned() } else { named.join(", ") };
            Some(format!("names ${}, and has of values: {instead}", id.name))
        }
        InlineExpression::StringLiteral { value } => in_words(value),
        InlineExpression::NumberLiteral { .. } => None,
        _ => Some("refers to something else than a value".to_owned()),
    };
    walk(pattern, &mut in_place, &mut |words| in_words(words))
}

/// Looks at each place and each word of a pattern until something is found.
fn walk<'a, T>(
    pattern: &Pattern<&'a str>,
    place: &mut impl FnMut(&InlineExpression<&'a str>) -> Option<T>,
    words: &mut impl FnMut(&'a str) -> Option<T>,
) -> Option<T> {
    for element in &pattern.elements {
        let found = match element {
            PatternElement::TextElement { value } => words(value),
            PatternElement::Placeable { expression: Expression::Inline(inline) } => place(inline),
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                let found = place(selector);
                found.or_else(|| variants.iter().find_map(|variant| walk_dyn(&variant.value, place, words)))
            }
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Without this, each depth would be a type of its own.
fn walk_dyn<'a, T>(
    pattern: &Pattern<&'a str>,
    place: &mut dyn FnMut(&InlineExpression<&'a str>) -> Option<T>,
    words: &mut dyn FnMut(&'a str) -> Option<T>,
) -> Option<T> {
    walk(pattern, &mut |inline: &InlineExpression<&'a str>| place(inline), &mut |text| words(text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Value, source};
    use super::*;

    #[test]
    fn own_messages_stand_in_front_of_ours_in_their_language_alone() {
        let own = "heading-check = Your Acme code\nlead-sent = It went to { $mailbox }.\n";
        assert_eq!(check(own), Ok(()));
        let words = Words(BTreeMap::from([(Language::English, own.into())]));
        let texts = Texts::own(&words, Language::English).unwrap();
        assert_eq!(texts.say("heading-check"), "Your Acme code");
        let mailbox = [("mailbox", Value::Strong("j<e@acme.com")), ("digits", Value::Count(6))];
        let said = texts.html("lead-sent", &mailbox).to_string();
        assert!(said.starts_with("It went to <strong>") && said.contains("j&#60;e@acme.com"), "{said}");
        assert_eq!(texts.say("heading-over"), "You need a new code", "what it does not say is ours");
        assert!(Texts::own(&words, Language::German).is_none());
        let german = Words(BTreeMap::from([(Language::German, "heading-check = Ihr Code".into())]));
        let said = Texts::own(&german, Language::German).unwrap().say("heading-over");
        assert_eq!(
            said,
            super::super::texts(Language::German).say("heading-over"),
            "in its language, and not in English"
        );
    }

    #[test]
    fn all_of_ours_may_be_written_again() {
        for language in Language::ALL {
            assert_eq!(check(source(language)), Ok(()), "{}", language.tag());
        }
    }

    #[test]
    fn what_could_be_markup_or_is_none_of_ours_is_refused_with_its_line() {
        for (text, line, said) in [
            ("heading-chek = x", 1, "`heading-chek` is no message of ours"),
            ("# fine\n\nheading-check = <b>x</b>", 3, "`heading-check` holds '<'"),
            ("heading-check = x & y", 1, "holds '&'"),
            ("heading-check = { \"<\" }", 1, "holds '<'"),
            ("heading-check = { \"\\u003C\" }", 1, "holds '\\\\'"),
            ("heading-check = { $mailbox }", 1, "names $mailbox, and has of values: none"),
            ("lead-over = { $mail }", 1, "names $mail, and has of values: $mailbox"),
            ("heading-check = { heading-over }", 1, "refers to something else"),
            ("heading-check = { NUMBER($x) }", 1, "refers to something else"),
            ("lead-sent = { $digits ->\n  [8] x\n *[other] <i>\n}", 1, "`lead-sent` holds '<'"),
            ("heading-check = x\nheading-check = y", 1, "is there twice"),
            ("heading-check = x\n    .title = y", 1, "has attributes"),
            ("-acme = Acme", 1, "is a term"),
            ("heading-check = x\nheading over", 2, "is no message of Fluent"),
        ] {
            let error = check(text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.said.contains(said), "{text}: {error}");
        }
    }
}
