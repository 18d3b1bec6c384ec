//! Which modules a source file names: every path that begins with `crate::` or `super::`, wherever it stands.
//!
//! A reader of text, not a compiler: it takes paths as they are written and knows no macros. That is enough to hold a house
//! in order, since nobody here hides an import.

use std::collections::BTreeSet;

/// A module, or something in one, by its names from the crate's root.
pub type ModulePath = Vec<String>;

/// Everything of this crate that `source`, the text of the module `module`, names outside of its tests and comments.
pub fn imports(module: &[String], source: &str) -> BTreeSet<ModulePath> {
    let code = code(source);
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        let (before, rest) = code.split_at(at);
        // The second `super` of a path belongs to the first, and `$crate` or `xcrate` is something else.
        if before.ends_with(|last: char| last.is_alphanumeric() || "_$:".contains(last)) {
            continue;
        }
        let mut names = Vec::new();
        tree(rest, &mut Vec::new(), &mut names);
        found.extend(names.iter().map(|path| absolute(module, path)));
    }
    found
}

/// The text without whole-line comments and without the tests at its end.
pub fn code(source: &str) -> String {
    let end = source.find("#[cfg(test)]\nmod tests {").unwrap_or(source.len());
    let lines = source.get(..end).unwrap_or(source).lines();
    lines.filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// Reads a path and the braces it may end with; gives what follows it.
fn tree<'a>(text: &'a str, before: &mut ModulePath, found: &mut Vec<ModulePath>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start_matches([',', ' ', '\n']);
            if let Some(after) = rest.strip_prefix('}') {
                return after;
            }
            let after = tree(rest, &mut before.clone(), found);
            if after.len() == rest.len() {
                return after;
            }
            rest = after;
        }
    }
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let end = text.find(|letter| !is_name(letter)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        found.push(before.clone());
        return rest.trim_start_matches('*');
    }
    before.push(name.to_owned());
    if let Some(rest) = rest.strip_prefix("::") {
        return tree(rest, before, found);
    }
    found.push(before.clone());
    let renamed = rest.trim_start().strip_prefix("as ");
    renamed.map_or(rest, |rest| rest.trim_start_matches(is_name))
}

/// A path as seen from the crate's root.
fn absolute(module: &[String], path: &[String]) -> ModulePath {
    let ups = path.iter().take_while(|name| *name == "super").count();
    let begin: &[String] = if ups == 0 { &[] } else { &module[..module.len().saturating_sub(ups)] };
    begin.iter().chain(path.iter().skip(ups.max(1))).cloned().collect()
}

#[test]
fn imports_are_found_however_they_are_written() {
    let source = "\
//! Not crate::comment.
use crate::{config::{self, profile::Endpoint}, demo};
use super::cookies as jar;
use super::super::store::Store;
pub(in crate::proxy) fn f() -> crate::clock::Clock { crate::entropy::Entropy::System.bytes::<4>() }
#[cfg(test)]
mod tests { use crate::mail; }
";
    let module = ["proxy".to_owned(), "lane".to_owned()];
    let found: Vec<String> = imports(&module, source).iter().map(|path| path.join("::")).collect();
    assert_eq!(
        found,
        [
            "clock::Clock",
            "config::profile::Endpoint",
            "config::self",
            "demo",
            "entropy::Entropy::System",
            "proxy",
            "proxy::cookies",
            "store::Store"
        ]
    );
}
