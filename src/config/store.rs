//! `[store]` and `[keys]`: where state lasts. Nothing is opened here, only named.

use std::path::PathBuf;

use super::Surroundings;
use super::section::Section;
use super::values::Refusal;

/// Reads both sections: the database file and the key file.
pub(super) fn read(root: &mut Section<'_>, around: &Surroundings<'_>) -> Option<(PathBuf, PathBuf)> {
    let mut keys = root.section("keys");
    let key_file = keys.text("file", |text| around.file(text));
    keys.finish();

    let mut store = root.required_section("store", "`url`")?;
    let database = store.required("url", "sqlite:///var/lib/postern/postern.db", database_file);
    store.finish();
    let database = around.base.join(database?);
    let key_file = key_file.unwrap_or_else(|| database.with_file_name("keys"));
    Some((database, key_file))
}

/// `sqlite:///abs/path`, or `sqlite:path` from the configuration's folder. The path is taken as it stands, without options.
fn database_file(url: &str) -> Result<PathBuf, Refusal> {
    let expected = "expected `sqlite:///absolute/path` or `sqlite:relative/path`";
    let refuse = |reason: &str| Err(Refusal::new(reason, expected));
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        return refuse("names PostgreSQL, which is not supported by this version");
    }
    let Some(path) = url.strip_prefix("sqlite:") else {
        return refuse("is not a SQLite URL");
    };
    let path = match path.strip_prefix("//") {
        Some(absolute) if absolute.starts_with('/') => absolute,
        Some(_) => return refuse("has two slashes: an absolute path takes three, a relative one none"),
        None => path,
    };
    if path.starts_with(':') {
        return refuse("is a database in memory, which would forget used codes");
    }
    if path.is_empty() || path.ends_with('/') || path.contains(['?', '#', '%', '\0']) {
        return refuse("does not name a plain file");
    }
    Ok(PathBuf::from(path))
}
