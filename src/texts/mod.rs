//! What people read of us, in their language: pages and mails take every sentence from here, and none is written in them.
//!
//! One file of Fluent messages for each language, compiled in; `languages/en.ftl` is the original and says how they are
//! written. Plurals follow the Unicode rules of each language. Problem documents for programs are not from here: they stay
//! English, as their codes do.
//!
//! An organization may say some of them in its own words (`own.rs`), which never hold markup and never reach another one's pages.

mod html;
mod own;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::domain::browser::Browser;
use crate::domain::language::Language;

pub use html::Html;
pub use own::{OwnError, check};

/// Something that a message is filled with.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// A number, by which the plural is chosen.
    Count(u32),
    /// A name, an address or a time. In HTML it is set apart from the direction and the language around it.
    Name(&'a str),
    /// As `Name`, and in HTML made to stand out.
    Strong(&'a str),
    /// As `Name`, and in HTML looking like a mark on something.
    Mark(&'a str),
    /// Another message of the same language, already filled.
    Text(&'a str),
}

/// The values of a message by their names in it.
pub type Values<'a> = [(&'static str, Value<'a>)];

/// The messages of one language.
pub struct Texts {
    language: Language,
    messages: FluentBundle<FluentResource>,
    /// Whether they are an organization's own, which stand in front of ours.
    is_own: bool,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("language", &self.language).finish_non_exhaustive()
    }
}

/// The messages of a language.
pub fn texts(language: Language) -> &'static Texts {
    static ALL: LazyLock<[Texts; Language::ALL.len()]> =
        LazyLock::new(|| Language::ALL.map(|language| Texts::load(language, source(language))));
    &ALL[language as usize]
}

impl Texts {
    /// The files are part of the program, and a test reads every one of them: what is wrong with one is found there.
    fn load(language: Language, file: &str) -> Self {
        let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(rest, errors)| {
            debug_assert!(false, "{}: {errors:?}", language.tag());
            rest
        });
        let locale = language.tag().parse().expect("every tag is one of BCP 47");
        let mut messages = FluentBundle::new_concurrent(vec![locale]);
        // Names are set apart by markup in HTML. In plain text and titles the marks for it would be seen as boxes here and there.
        messages.set_use_isolating(false);
        messages.add_resource_overriding(resource);
        Self { language, messages, is_own: false }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message without values.
    pub fn say(&self, message: &str) -> String {
        self.plain(message, &[])
    }

    /// A message as plain text.
    pub fn plain(&self, message: &str, values: &Values<'_>) -> String {
        self.fill(message, values, |value| match value {
            Value::Count(count) => FluentValue::from(count),
            Value::Name(text) | Value::Strong(text) | Value::Mark(text) | Value::Text(text) => {
                FluentValue::from(text.to_owned())
            }
        })
    }

    /// A message as HTML. Its own words hold no markup, as a test sees to; all values are made harmless.
    pub fn html(&self, message: &str, values: &Values<'_>) -> Html {
        Html::trusted(self.fill(message, values, |value| match value {
            Value::Count(count) => FluentValue::from(count),
            Value::Name(text) => FluentValue::from(html::name(text)),
            Value::Strong(text) => FluentValue::from(html::strong(text)),
            Value::Mark(text) => FluentValue::from(html::mark(text)),
            Value::Text(text) => FluentValue::from(html::escape(text)),
        }))
    }

    /// What a browser is called.
    pub fn browser(&self, browser: Browser) -> String {
        match (browser.program, browser.system) {
            (Some(program), Some(system)) => self
                .plain("browser-name", &[("program", Value::Text(program)), ("system", Value::Text(system))]),
            (Some(name), None) | (None, Some(name)) => name.to_owned(),
            (None, None) => self.say("browser-unknown"),
        }
    }

    fn fill<'a>(
        &'a self,
        message: &str,
        values: &Values<'a>,
        value: impl Fn(Value<'a>) -> FluentValue<'a>,
    ) -> String {
        let arguments: FluentArgs<'_> = values.iter().map(|&(name, filled)| (name, value(filled))).collect();
        // English where a language lacks a message, and the message's name where English does: better than a broken page. A
        // test sees that neither happens.
        let ours = self.is_own.then(|| self::texts(self.language));
        let found = [Some(self), ours, Some(self::texts(Language::English))].into_iter().flatten().find_map(
            |texts| {
                let pattern = texts.messages.get_message(message)?.value()?;
                let mut errors = Vec::new();
                let text = texts.messages.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
                debug_assert!(errors.is_empty(), "{} {message}: {errors:?}", self.language.tag());
                Some(text)
            },
        );
        debug_assert!(found.is_some(), "there is no message {message}");
        found.unwrap_or_else(|| message.to_owned())
    }

    /// Whether there is such a message in this language itself.
    pub fn has(&self, message: &str) -> bool {
        self.messages.has_message(message)
    }
}

/// The messages of a language, as they are written.
pub const fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("languages/en.ftl"),
        Language::German => include_str!("languages/de.ftl"),
        Language::French => include_str!("languages/fr.ftl"),
        Language::Spanish => include_str!("languages/es.ftl"),
        Language::Italian => include_str!("languages/it.ftl"),
        Language::BrazilianPortuguese => include_str!("languages/pt-BR.ftl"),
        Language::Dutch => include_str!("languages/nl.ftl"),
        Language::Polish => include_str!("languages/pl.ftl"),
        Language::Russian => include_str!("languages/ru.ftl"),
        Language::Ukrainian => include_str!("languages/uk.ftl"),
        Language::Turkish => include_str!("languages/tr.ftl"),
        Language::Japanese => include_str!("languages/ja.ftl"),
        Language::SimplifiedChinese => include_str!("languages/zh-Hans.ftl"),
        Language::Korean => include_str!("languages/ko.ftl"),
        Language::Arabic => include_str!("languages/ar.ftl"),
        Language::Hebrew => include_str!("languages/he.ftl"),
    }
}
