//! A table of the file that hands out its keys one by one, and remembers which ones it was asked for.
//!
//! Nothing here stops at the first mistake: a wrong value is noted and read as absent, so that the caller goes on and the
//! operator sees every mistake at once. `toml`'s serde support would stop, so the spanned table is walked instead.

use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::errors::Problems;
use super::values::{Refusal, nearest};

/// An absent optional table has the same keys as an empty one.
static EMPTY: LazyLock<DeTable<'static>> = LazyLock::new(DeTable::new);

/// A table that is being read. End with [`finish`](Self::finish), which reports the keys nobody asked for.
pub(super) struct Section<'a> {
    /// As messages name it: `[listen]`, `[[site]]`, or `the file` for the outermost table.
    name: String,
    table: &'a DeTable<'a>,
    /// Where it begins; missing keys are reported there.
    span: Range<usize>,
    /// The keys that were asked for, given or not: the only ones that are known.
    known: Vec<&'static str>,
    problems: &'a Problems,
}

impl<'a> Section<'a> {
    /// The outermost table.
    pub(super) fn root(table: &'a DeTable<'a>, problems: &'a Problems) -> Self {
        Self { name: "the file".to_owned(), table, span: 0..0, known: Vec::new(), problems }
    }

    /// A text, parsed; `None` if it is absent or was refused.
    pub(super) fn text<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Option<T> {
        let value = self.value(key)?;
        let Some(text) = value.get_ref().as_str() else {
            return self.wrong_type(key, value, "a text in quotes");
        };
        parse(text).map_err(|refusal| self.refuse(value.span(), key, refusal)).ok()
    }

    /// As [`text`](Self::text), but its absence is a mistake; `example` shows a value.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        example: &str,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Option<T> {
        self.demand(key, example)?;
        self.text(key, parse)
    }

    /// As [`text_or_texts`](Self::text_or_texts), but its absence, and a list without members, is a mistake.
    pub(super) fn required_texts<T>(
        &mut self,
        key: &'static str,
        example: &str,
        parse: impl Fn(&str) -> Result<T, Refusal>,
    ) -> Option<Vec<T>> {
        self.demand(key, example)?;
        let texts = self.text_or_texts(key, parse)?;
        if texts.is_empty() {
            self.reject(key, "is empty", format!("expected at least one, such as `{example}`"));
            return None;
        }
        Some(texts)
    }

    /// Reports the absence of a key.
    fn demand(&mut self, key: &'static str, example: &str) -> Option<()> {
        if self.has(key) {
            return Some(());
        }
        self.known.push(key);
        self.problems.add(
            self.span.clone(),
            format!("`{key}` is missing from {}", self.name),
            Some(format!("add a line such as `{key} = \"{example}\"`")),
        );
        None
    }

    /// A list of texts, each one parsed; `None` if it is absent or any of them was refused.
    pub(super) fn texts<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, Refusal>,
    ) -> Option<Vec<T>> {
        let value = self.value(key)?;
        let Some(list) = value.get_ref().as_array() else {
            return self.wrong_type(key, value, "a list of texts such as [\"…\", \"…\"]");
        };
        // Every member is looked at before the list is given up, so that all wrong ones are reported.
        let members: Vec<Option<T>> = list.iter().map(|member| self.member(key, member, &parse)).collect();
        members.into_iter().collect()
    }

    /// A text or a list of texts, each one parsed; `None` if it is absent or any of them was refused.
    pub(super) fn text_or_texts<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, Refusal>,
    ) -> Option<Vec<T>> {
        if self.is_list(key) { self.texts(key, parse) } else { self.text(key, parse).map(|text| vec![text]) }
    }

    /// A whole number within a range; `None` if it is absent or was refused.
    pub(super) fn integer(&mut self, key: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.value(key)?;
        let Some(integer) = value.get_ref().as_integer() else {
            return self.wrong_type(key, value, "a whole number without quotes");
        };
        let number = u32::from_str_radix(integer.as_str(), integer.radix()).ok();
        let within = number.filter(|number| range.contains(number));
        if within.is_none() {
            let expected = format!("expected a number from {} to {}", range.start(), range.end());
            self.refuse(value.span(), key, Refusal::new("is out of range", expected));
        }
        within
    }

    /// A text, or a whole number as its text; `None` if it is absent or neither.
    pub(super) fn text_or_integer(&mut self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
            _ => self.wrong_type(key, value, "a text in quotes, or a whole number"),
        }
    }

    /// A switch; `default` if it is absent or was refused.
    pub(super) fn switch(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.value(key) else { return default };
        let switch = value.get_ref().as_bool();
        switch.or_else(|| self.wrong_type(key, value, "`true` or `false` without quotes")).unwrap_or(default)
    }

    /// A table of its own that must be there; `keys` says what it needs.
    pub(super) fn required_section(&mut self, key: &'static str, keys: &str) -> Option<Section<'a>> {
        if !self.has(key) {
            self.known.push(key);
            self.missing_section(&format!("[{key}]"), keys);
            return None;
        }
        Some(self.section(key))
    }

    /// A table of its own; an empty one if it is absent or no table.
    pub(super) fn section(&mut self, key: &'static str) -> Section<'a> {
        let name = format!("[{}]", self.path(key));
        let value = self.value(key);
        let table = value.and_then(|value| match value.get_ref().as_table() {
            Some(table) => Some(table),
            None => self.wrong_type(key, value, &format!("a section that starts with {name}")),
        });
        let span = value.map_or(self.span.clone(), Spanned::span);
        Section { name, table: table.unwrap_or(&EMPTY), span, known: Vec::new(), problems: self.problems }
    }

    /// The tables of a list, at least one; `keys` says what each one needs.
    pub(super) fn sections(&mut self, key: &'static str, keys: &str) -> Vec<Section<'a>> {
        if !self.has(key) {
            self.known.push(key);
            self.missing_section(&format!("[[{}]]", self.path(key)), keys);
            return Vec::new();
        }
        self.optional_sections(key, keys)
    }

    /// The tables of a list that may be absent, but not empty.
    pub(super) fn optional_sections(&mut self, key: &'static str, keys: &str) -> Vec<Section<'a>> {
        let name = format!("[[{}]]", self.path(key));
        let Some(value) = self.value(key) else { return Vec::new() };
        let expected = format!("one or more sections that start with {name}, in two brackets");
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type::<()>(key, value, &expected);
            return Vec::new();
        };
        if list.is_empty() {
            self.missing_section(&name, keys);
        }
        let mut sections = Vec::new();
        for member in list.iter() {
            match member.get_ref().as_table() {
                Some(table) => sections.push(Section {
                    name: name.clone(),
                    table,
                    span: member.span(),
                    known: Vec::new(),
                    problems: self.problems,
                }),
                None => drop(self.wrong_type::<()>(key, member, &expected)),
            }
        }
        sections
    }

    /// Whether the key is given, and is a list.
    pub(super) fn is_list(&self, key: &str) -> bool {
        self.entry(key).is_some_and(|(_, value)| value.get_ref().as_array().is_some())
    }

    /// Whether the key is given, rightly or wrongly.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Where the value of a key stands, or the section's head if the key is absent.
    pub(super) fn place(&self, key: &str) -> Range<usize> {
        self.entry(key).map_or(self.span.clone(), |(_, value)| value.span())
    }

    /// Notes a mistake that shows only beside another key.
    pub(super) fn reject(&self, key: &str, reason: &str, instead: impl Into<String>) {
        self.refuse(self.place(key), key, Refusal::new(reason, instead));
    }

    /// Notes that the section as a whole lacks something.
    pub(super) fn reject_whole(&self, reason: &str, instead: impl Into<String>) {
        self.problems.add(self.span.clone(), format!("{} {reason}", self.name), Some(instead.into()));
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self) {
        for (key, _) in self.table.iter() {
            let written: &str = key.get_ref();
            if self.known.contains(&written) {
                continue;
            }
            let help = match nearest(written, &self.known) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known here: {}", self.known.join(", ")),
            };
            let message = format!("unknown key `{}` in {}", written.escape_debug(), self.name);
            self.problems.add(key.span(), message, Some(help));
        }
    }

    /// A key with the section it is in, as the head of its own section names it.
    fn path(&self, key: &str) -> String {
        match self.name.strip_prefix('[') {
            Some(_) => format!("{}.{key}", self.name.trim_matches(['[', ']'])),
            None => key.to_owned(),
        }
    }

    fn entry(&self, key: &str) -> Option<(&'a Spanned<toml::de::DeString<'a>>, &'a Spanned<DeValue<'a>>)> {
        self.table.iter().find(|(written, _)| written.get_ref() == key)
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.known.push(key);
        self.entry(key).map(|(_, value)| value)
    }

    fn member<T>(
        &self,
        key: &str,
        member: &Spanned<DeValue<'_>>,
        parse: impl Fn(&str) -> Result<T, Refusal>,
    ) -> Option<T> {
        let Some(text) = member.get_ref().as_str() else {
            return self.wrong_type(key, member, "a text in quotes");
        };
        parse(text).map_err(|refusal| self.refuse(member.span(), key, refusal)).ok()
    }

    fn refuse(&self, span: Range<usize>, key: &str, refusal: Refusal) {
        self.problems.add(span, format!("`{key}` {}", refusal.reason), Some(refusal.instead));
    }

    fn wrong_type<T>(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) -> Option<T> {
        let found = format!("`{key}` has the wrong type, {}", value.get_ref().type_str());
        self.problems.add(value.span(), found, Some(format!("expected {expected}")));
        None
    }

    fn missing_section(&self, name: &str, keys: &str) {
        let help = format!("add it with {keys}");
        self.problems.add(self.span.clone(), format!("the section {name} is missing"), Some(help));
    }
}
