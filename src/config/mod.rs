//! The configuration file: raw TOML in, typed [`settings`] out, and errors that point at the line.
//!
//! Nothing outside this room sees raw text; nothing in here opens a socket or a database. One section per file; to add a
//! key, copy one in `verification.rs` and describe it in `config/postern.toml`.

pub mod admin;
pub mod audit;
pub mod database;
pub mod decisions;
pub mod dns;
pub mod domains;
pub mod profile;
pub mod session;
pub mod settings;
pub mod tls;
pub mod trust;

mod api;
mod assertion;
mod crowd;
mod errors;
mod introspect;
mod jwt;
mod limits;
mod listen;
mod log;
mod look;
mod mail;
mod mobile;
mod organizations;
mod profiles;
mod section;
mod sessions;
mod sites;
mod store;
mod upstream;
mod values;
mod verification;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use toml::de::DeTable;

pub use errors::{ConfigError, ConfigErrors};

use errors::Problems;
use section::Section;
use settings::{Scheme, Settings};
use values::Refusal;

/// What a file's values may refer to outside of it.
struct Surroundings<'a> {
    /// The folder that relative paths begin in.
    base: &'a Path,
    /// The process's environment, for secrets alone.
    environment: &'a dyn Fn(&str) -> Option<String>,
}

/// Reads and checks a configuration file. Relative paths in it begin in its folder; `environment` looks up a variable.
pub fn load(path: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Settings, ConfigErrors> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| ConfigErrors::unreadable(&name, &error))?;
    parse(&name, &text, path.parent().unwrap_or(Path::new("")), environment)
}

/// Checks a verification frequency as the file would have it, for a command that writes one; the error is a sentence.
pub fn check_frequency(text: &str) -> Result<String, String> {
    match verification::frequency(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(Refusal { reason, instead }) => Err(format!("{reason}: {instead}")),
    }
}

/// How long a key to the API shall live, as a command is told; the error is a sentence.
pub fn read_key_lifetime(text: &str) -> Result<Duration, String> {
    values::duration("1m", "365d")(text).map_err(|Refusal { reason, instead }| format!("{reason}: {instead}"))
}

/// As [`load`], for a text that calls itself `name` and stands in the folder `base`.
pub fn parse(
    name: &str,
    text: &str,
    base: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, ConfigErrors> {
    let problems = Problems::default();
    let settings = read(text, &Surroundings { base, environment }, &problems);
    match settings {
        Some(settings) if problems.is_empty() => Ok(settings),
        _ => Err(problems.into_errors(name, text)),
    }
}

/// Reads every section before it gives up on any, so that all mistakes are found.
fn read(text: &str, around: &Surroundings<'_>, problems: &Problems) -> Option<Settings> {
    let document = DeTable::parse(text).map_err(|error| problems.add_syntax(&error)).ok()?;
    let mut root = Section::root(document.get_ref(), problems);
    let admin = admin::read(&mut root);
    let offices = organizations::read(&mut root, around, !admin.urls.is_empty());
    let organizations: Vec<_> =
        offices.iter().flatten().map(|office| Arc::clone(&office.organization)).collect();
    let listen = listen::read(&mut root, around);
    let (verification, most) = verification::read(&mut root);
    let scheme = listen.as_ref().map_or(Scheme::Https, |listen| listen.scheme);
    let sites = sites::read(&mut root, around, &organizations, most, scheme);
    if let (Some(offices), Some(sites)) = (&offices, &sites) {
        organizations::check_homes(&mut root, offices, sites);
    }
    let limits = limits::read(&mut root);
    let mail = mail::read(&mut root, around);
    let files = store::read(&mut root, around);
    let log = log::read(&mut root);
    let assertion = assertion::read(&mut root);
    let audit = audit::read(&mut root);
    let decisions = decisions::read(&mut root);
    let dns = dns::read(&mut root);
    let domains = domains::read(&mut root, around);
    root.finish();
    let (database, keys) = files?;
    Some(Settings {
        organizations,
        offices: offices?,
        listen: listen?,
        admin,
        sites: sites?,
        verification,
        limits,
        mail: mail?,
        database,
        keys,
        log,
        assertion,
        audit,
        decisions,
        dns,
        domains,
        fingerprint: HEXLOWER.encode(&Sha256::digest(text.as_bytes())[..6]),
    })
}

impl Surroundings<'_> {
    /// A path from the file, below its folder unless it is absolute.
    fn file(&self, text: &str) -> Result<PathBuf, Refusal> {
        if text.is_empty() || text.contains('\0') {
            return Err(Refusal::new(
                "is not a path",
                "expected a path, absolute or from this file's folder",
            ));
        }
        Ok(self.base.join(text))
    }
}
