//! Every language holds every message, with the same values, in its own words and with all the plurals that it has.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};

use super::*;
use crate::domain::decision::Reason;

/// What a message is made of.
#[derive(Debug, Default)]
struct Parts {
    /// The values that it names.
    values: BTreeSet<String>,
    /// The plurals that it tells apart, of each choice by a number of things.
    choices: Vec<BTreeSet<String>>,
    /// Its own words.
    words: String,
}

fn parts(language: Language) -> BTreeMap<String, Parts> {
    let resource = FluentResource::try_new(source(language).to_owned())
        .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", language.tag()));
    let mut all = BTreeMap::new();
    for entry in resource.entries() {
        let message = match entry {
            Entry::Message(message) => message,
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            other => panic!("{}: {other:?}", language.tag()),
        };
        let mut parts = Parts::default();
        take(message.value.as_ref().expect("a message has words"), &mut parts);
        let before = all.insert(message.id.name.to_owned(), parts);
        assert!(before.is_none(), "{}: {} is there twice", language.tag(), message.id.name);
    }
    all
}

fn take(pattern: &Pattern<&str>, parts: &mut Parts) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => parts.words.push_str(value),
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(inline) => take_value(inline, parts),
                Expression::Select { selector, variants } => {
                    take_value(selector, parts);
                    let key = |key: &VariantKey<&str>| match key {
                        VariantKey::Identifier { name } => (*name).to_owned(),
                        VariantKey::NumberLiteral { value } => (*value).to_owned(),
                    };
                    let by_count =
                        matches!(selector, InlineExpression::VariableReference { id } if id.name == "count");
                    if by_count {
                        parts.choices.push(variants.iter().map(|variant| key(&variant.key)).collect());
                    }
                    variants.iter().for_each(|variant| take(&variant.value, parts));
                }
            },
        }
    }
}

fn take_value(inline: &InlineExpression<&str>, parts: &mut Parts) {
    match inline {
        InlineExpression::VariableReference { id } => drop(parts.values.insert(id.name.to_owned())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_language_has_every_message_with_the_same_values_and_none_left_over() {
    let english = parts(Language::English);
    for language in Language::ALL {
        let ours = parts(language);
        let (known, found): (BTreeSet<_>, BTreeSet<_>) = (english.keys().collect(), ours.keys().collect());
        let differing: Vec<_> = known.symmetric_difference(&found).collect();
        assert!(differing.is_empty(), "{}: {differing:?}", language.tag());
        for (message, parts) in &ours {
            assert_eq!(parts.values, english[message].values, "{} {message}", language.tag());
        }
    }
}

#[test]
fn no_english_is_left_in_another_language() {
    // The Spanish word for it is the English one.
    let is_shared = |language: Language, message: &str| (language.tag(), message) == ("es", "title-error");
    let english = parts(Language::English);
    for language in Language::ALL.into_iter().skip(1) {
        let same: Vec<_> = parts(language)
            .into_iter()
            .filter(|(message, parts)| parts.words == english[message].words && !is_shared(language, message))
            .map(|(message, _)| message)
            .collect();
        assert!(same.is_empty(), "{}: {same:?}", language.tag());
    }
}

/// Values in HTML are escaped; the words around them are not, as they are ours. A page that is read from the right must
/// begin each sentence with a word of its own script, or a Latin name turns the sentence around in plain text.
#[test]
fn words_hold_no_markup_and_sentences_begin_with_words() {
    let right_to_left = |char: char| matches!(char, '\u{590}'..='\u{6ff}');
    for language in Language::ALL {
        for (message, parts) in parts(language) {
            let name = format!("{} {message}", language.tag());
            assert!(!parts.words.contains(['<', '>', '&', '"', '\\', '{', '}']), "{name}");
            if language.direction() == "rtl" {
                let first = parts.words.chars().find(|char| char.is_alphabetic());
                assert!(first.is_some_and(right_to_left), "{name}");
            }
        }
    }
}

/// CLDR 45, cardinals of whole numbers as they occur here.
fn plurals(language: Language) -> &'static [&'static str] {
    match language {
        Language::Japanese | Language::SimplifiedChinese | Language::Korean => &[],
        Language::Polish | Language::Russian | Language::Ukrainian => &["few", "many", "one", "other"],
        Language::Arabic => &["few", "many", "one", "other", "two", "zero"],
        Language::Hebrew => &["one", "other", "two"],
        _ => &["one", "other"],
    }
}

#[test]
fn wherever_things_are_counted_all_plurals_of_the_language_are_told_apart() {
    let english = parts(Language::English);
    for language in Language::ALL {
        let expected: BTreeSet<String> = plurals(language).iter().map(|&plural| plural.to_owned()).collect();
        for (message, parts) in parts(language) {
            let counted = !english[&message].choices.is_empty();
            let mut found = parts.choices.concat_all();
            // "Just now" stands for no minutes at all, in which Arabic has no plural left to tell.
            if found.remove("0") {
                found.extend(expected.contains("zero").then(|| "zero".to_owned()));
                found.extend(expected.is_empty().then(|| "other".to_owned()));
            }
            found.remove(if expected.is_empty() { "other" } else { "" });
            assert!(!counted || found == expected, "{} {message}: {found:?}", language.tag());
        }
    }
}

trait ConcatAll {
    fn concat_all(&self) -> BTreeSet<String>;
}

impl ConcatAll for Vec<BTreeSet<String>> {
    fn concat_all(&self) -> BTreeSet<String> {
        self.iter().flatten().cloned().collect()
    }
}

#[test]
fn plurals_are_chosen_as_the_unicode_rules_say() {
    let said = |language, count| texts(language).plain("code-tries", &[("count", Value::Count(count))]);
    for (language, table) in [
        (
            Language::English,
            [(1, "You have 1 try."), (2, "You have 2 tries."), (0, "You have 0 tries.")].as_slice(),
        ),
        (
            Language::French,
            &[(0, "Vous avez 0 essai."), (1, "Vous avez 1 essai."), (2, "Vous avez 2 essais.")],
        ),
        (Language::BrazilianPortuguese, &[(0, "Você tem 0 tentativa."), (2, "Você tem 2 tentativas.")]),
        (
            Language::Polish,
            &[
                (1, "Masz 1 próbę."),
                (2, "Masz 2 próby."),
                (5, "Masz 5 prób."),
                (12, "Masz 12 prób."),
                (22, "Masz 22 próby."),
            ],
        ),
        (
            Language::Russian,
            &[
                (1, "У вас 1 попытка."),
                (3, "У вас 3 попытки."),
                (11, "У вас 11 попыток."),
                (21, "У вас 21 попытка."),
            ],
        ),
        (
            Language::Ukrainian,
            &[
                (1, "У вас 1 спроба."),
                (4, "У вас 4 спроби."),
                (14, "У вас 14 спроб."),
                (101, "У вас 101 спроба."),
            ],
        ),
        (
            Language::Arabic,
            &[
                (0, "لديك 0 محاولة."),
                (1, "لديك محاولة واحدة."),
                (2, "لديك محاولتان."),
                (3, "لديك 3 محاولات."),
                (11, "لديك 11 محاولة."),
                (100, "لديك 100 محاولة."),
            ],
        ),
        (
            Language::Hebrew,
            &[(1, "נותר ניסיון אחד."), (2, "נותרו שני ניסיונות."), (20, "נותרו 20 ניסיונות.")],
        ),
        (Language::Japanese, &[(1, "あと1回入力できます。")]),
    ] {
        for &(count, sentence) in table {
            assert_eq!(said(language, count), sentence, "{} {count}", language.tag());
        }
    }
}

/// What is said to people and what is said to programs is one thing.
#[test]
fn every_reason_that_a_page_can_show_has_its_sentence_and_says_what_programs_are_told() {
    // A pass is never shown, and these lead to the challenge instead.
    let never_shown = |reason: &Reason| {
        (*reason as usize) <= Reason::OwnPage as usize
            || matches!(
                reason,
                Reason::NoProof
                    | Reason::ProofInvalid
                    | Reason::ProofExpired
                    | Reason::ProofFromFuture
                    | Reason::ProofRevoked
                    | Reason::ProofMethod
            )
    };
    for reason in Reason::ALL {
        let message = format!("reason-{}", reason.code());
        assert_ne!(texts(Language::English).has(&message), never_shown(&reason), "{message}");
        if texts(Language::English).has(&message) {
            assert_eq!(texts(Language::English).say(&message), reason.meaning());
        }
    }
    let messages = parts(Language::English);
    let codes: Vec<_> = messages.keys().filter_map(|message| message.strip_prefix("reason-")).collect();
    assert!(codes.iter().all(|code| Reason::ALL.iter().any(|reason| reason.code() == *code)), "{codes:?}");
}

/// Each message is named in the code or a template of the rooms that speak to people.
#[test]
fn no_message_is_left_over() {
    let sources =
        ["src/texts/mod.rs", "src/proxy/pages", "src/mail", "src/proxy/pages.rs", "src/proxy/respond.rs"];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    for source in sources.map(|source| root.join(source)) {
        if source.is_file() {
            text += &std::fs::read_to_string(source).unwrap();
            continue;
        }
        for file in walk(&source).filter(|path| path.extension().is_some_and(|end| end != "png")) {
            text += &std::fs::read_to_string(file).unwrap();
        }
    }
    let unused: Vec<_> = parts(Language::English)
        .into_keys()
        .filter(|message| !message.starts_with("reason-") && !text.contains(&format!("\"{message}\"")))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

fn walk(folder: &std::path::Path) -> Box<dyn Iterator<Item = std::path::PathBuf>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    Box::new(
        entries.flat_map(
            |path| if path.is_dir() { walk(&path) } else { Box::new(std::iter::once(path)) as Box<_> },
        ),
    )
}

#[test]
fn a_value_is_never_markup() {
    let hostile = "<b>\"&'";
    let values = [("sender", Value::Name(hostile))];
    let html = texts(Language::English).html("no-mail-spam", &values);
    assert!(html.as_str().ends_with("<bdi translate=\"no\">&#60;b&#62;&#34;&#38;&#39;</bdi>."), "{html}");
    assert!(texts(Language::English).plain("no-mail-spam", &values).ends_with("<b>\"&'."));
}
