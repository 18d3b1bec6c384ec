//! `[domains]`: how organizations prove that a domain is theirs, and how long that counts.
//!
//! Two keys here open what is shut for good reasons, names that nobody owns and networks inside: both for intranets and tests.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use rustls::RootCertStore;

use crate::domain::ownable::SpecialUse;
use crate::domain::ownership::TokenPrefix;

use super::Surroundings;
use super::section::Section;
use super::trust::authorities;
use super::values::{Refusal, duration, network};

const DAY: Duration = Duration::from_secs(86_400);

/// How the ownership of domains is proved.
#[derive(Debug, Clone)]
pub struct Domains {
    /// What stands before a token, and what the file of a web site is called.
    pub prefix: TokenPrefix,
    /// How often a verified domain is checked again.
    pub recheck_every: Duration,
    /// How long a domain counts as verified after its token was last seen.
    pub grace_period: Duration,
    /// Whether names that public DNS gives to nobody count as domains.
    pub special_use: SpecialUse,
    /// The networks that files are fetched from although they are not public.
    pub private_addresses: Vec<IpNet>,
    /// The only authorities that are believed for web sites; those that the machine believes where there are none.
    pub authorities: Option<Authorities>,
    /// How long it may take to fetch a file, look-ups included.
    pub timeout: Duration,
}

/// Authorities of the configuration.
#[derive(Debug, Clone)]
pub struct Authorities {
    /// The file that they stand in.
    pub file: PathBuf,
    /// Themselves.
    pub roots: Arc<RootCertStore>,
}

/// Reads the section. The file it names is read here and now.
pub(super) fn read(root: &mut Section<'_>, around: &Surroundings<'_>) -> Domains {
    let mut section = root.section("domains");
    let domains = Domains {
        prefix: section.text("prefix", prefix).unwrap_or_else(default_prefix),
        recheck_every: section.text("recheck_every", duration("1m", "7d")).unwrap_or(DAY),
        grace_period: section.text("grace_period", duration("0s", "30d")).unwrap_or(7 * DAY),
        special_use: match section.switch("allow_special_use", false) {
            true => SpecialUse::Allowed,
            false => SpecialUse::Refused,
        },
        private_addresses: section.texts("allow_private_addresses", network).unwrap_or_default(),
        authorities: section.text("ca_file", |text| {
            let file = around.file(text)?;
            Ok(Authorities { roots: authorities(&file)?.into(), file })
        }),
        timeout: section.text("timeout", duration("1s", "10s")).unwrap_or(Duration::from_secs(10)),
    };
    if domains.grace_period < domains.recheck_every && section.has("grace_period") {
        section.reject(
            "grace_period",
            "ends before the next check",
            "expected at least as long as `recheck_every`, or one lost answer loses the domain",
        );
    }
    section.finish();
    domains
}

fn prefix(text: &str) -> Result<TokenPrefix, Refusal> {
    let instead = "expected a word such as `postern-domain-verification`";
    TokenPrefix::parse(text).map_err(|error| Refusal::new(error.to_string(), instead))
}

fn default_prefix() -> TokenPrefix {
    TokenPrefix::parse("postern-domain-verification").expect("the default is a prefix")
}
