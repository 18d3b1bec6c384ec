//! What is wrong with a configuration file: every mistake with its line, its column, and what to write instead.
//!
//! A line that may hold a secret is never shown: what is printed here ends up in logs and tickets.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

/// Everything that is wrong with a file, in the order of its lines; never empty.
///
/// `Display` draws each mistake with its line and a caret, without colours.
pub struct ConfigErrors {
    /// The file, as the operator named it.
    name: String,
    /// The whole file, for drawing lines of it; empty where it could not be read.
    text: String,
    errors: Vec<ConfigError>,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The line, from 1; 0 where the file could not be read at all.
    pub line: usize,
    /// The column in characters, from 1; 0 where the file could not be read at all.
    pub column: usize,
    /// What is wrong. It names keys and never repeats values, as a value may be a secret.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The bytes of the file under the caret; `None` where the line is not to be shown.
    shown: Option<Range<usize>>,
}

/// Collects mistakes while a file is read, so that one does not hide the next.
#[derive(Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

struct Problem {
    span: Range<usize>,
    message: String,
    help: Option<String>,
    /// The parser stopped here, so nobody knows which key the line belongs to.
    syntax: bool,
}

impl ConfigErrors {
    /// All mistakes.
    pub fn errors(&self) -> &[ConfigError] {
        &self.errors
    }

    /// As `Display`, with colours for a terminal.
    pub fn coloured(&self) -> String {
        self.render(&Renderer::styled())
    }

    /// A file that cannot be read at all.
    pub(super) fn unreadable(name: &str, reason: &std::io::Error) -> Self {
        let message = format!("the configuration file {name} cannot be read: {reason}");
        let error = ConfigError { line: 0, column: 0, message, help: None, shown: None };
        Self { name: name.to_owned(), text: String::new(), errors: vec![error] }
    }

    fn render(&self, renderer: &Renderer) -> String {
        let drawn: Vec<String> = self.errors.iter().map(|error| self.draw(renderer, error)).collect();
        drawn.join("\n\n")
    }

    fn draw(&self, renderer: &Renderer, error: &ConfigError) -> String {
        let title = Level::ERROR.primary_title(&error.message);
        let help = error.help.as_deref();
        let group = match &error.shown {
            Some(span) => title.element(
                Snippet::source(&self.text)
                    .path(&self.name)
                    .annotation(AnnotationKind::Primary.span(span.clone()).label(help)),
            ),
            None if error.line == 0 => title.elements(help.map(|help| Level::HELP.message(help))),
            None => title
                .element(Origin::path(&self.name).line(error.line).char_column(error.column))
                .elements(help.map(|help| Level::HELP.message(help))),
        };
        renderer.render(&[group])
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&Renderer::plain()))
    }
}

impl fmt::Debug for ConfigErrors {
    /// Without the text of the file, which may hold a secret that does not belong there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigErrors")
            .field("name", &self.name)
            .field("errors", &self.errors)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ConfigErrors {}

impl Problems {
    /// Notes a mistake at a place in the file.
    pub(super) fn add(&self, span: Range<usize>, message: String, help: Option<String>) {
        self.0.borrow_mut().push(Problem { span, message, help, syntax: false });
    }

    /// Notes that the file is no TOML.
    pub(super) fn add_syntax(&self, error: &toml::de::Error) {
        let message =
            format!("this is not TOML: {}", error.message().lines().next().unwrap_or("it cannot be read"));
        let span = error.span().unwrap_or(0..0);
        self.0.borrow_mut().push(Problem { span, message, help: None, syntax: true });
    }

    /// Whether nothing is wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Everything noted, in the order of the file.
    pub(super) fn into_errors(self, name: &str, text: &str) -> ConfigErrors {
        let mut problems = self.0.into_inner();
        problems.sort_by_key(|problem| problem.span.start);
        let errors = problems.into_iter().map(|problem| problem.locate(text)).collect();
        ConfigErrors { name: name.to_owned(), text: text.to_owned(), errors }
    }
}

impl Problem {
    #[expect(
        clippy::string_slice,
        reason = "every place is a line's border or was moved to a border of characters"
    )]
    fn locate(self, text: &str) -> ConfigError {
        let start = text.floor_char_boundary(self.span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |length| start + length);
        // A caret that runs over many lines hides more than it shows, so it ends with the first one.
        let end = text.floor_char_boundary(self.span.end).clamp(start, line_end);
        let exposed = if self.syntax { text } else { &text[line_start..line_end] };
        let shown = !text.is_empty() && !may_hold_secret(exposed);
        ConfigError {
            line: text[..line_start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            message: self.message,
            help: self.help,
            shown: shown.then_some(start..end),
        }
    }
}

/// Whether a line may hold a secret that does not belong into this file: a password as a key, or in a URL.
fn may_hold_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase().replace("password_file", "").replace("secret_file", "");
    let in_url = |url: &str| url.lines().next().unwrap_or_default().contains('@');
    ["passw", "secret", "token =", "token="].iter().any(|word| text.contains(word))
        || text.split("://").skip(1).any(in_url)
}
