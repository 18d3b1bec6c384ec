//! The arguments of the command line: every command with its help. What a command does is in the file of its name.

#![expect(missing_docs, reason = "what stands above an argument is its help")]

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};

use super::{admin, domain};
use crate::domain::language::Language;
use crate::domain::owned_domain::Way;

/// An enforcement gateway for Jira- and Confluence-like servers.
#[derive(Parser)]
#[command(version, about, long_about = None, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve until SIGTERM; SIGHUP reads the configuration again
    Run(Configured),
    /// Check a configuration and say all that is wrong with it
    Check(Configured),
    /// Create the key file and the store that a configuration names
    Init(Configured),
    /// Load domains, accounts and claims from a CSV file, all or nothing
    #[command(after_help = IMPORT_HELP)]
    Import {
        /// The file; its first line names the columns
        file: PathBuf,
        /// Whose people they are, by the id in the configuration; needed where there are several organizations
        #[arg(long, value_name = "ID")]
        organization: Option<String>,
        #[command(flatten)]
        configured: Configured,
    },
    /// Say that a person's address is right, or list who contradicts the directory
    #[command(after_help = ACCEPT_HELP)]
    AcceptAddress {
        /// List who contradicts the directory, and change nothing
        #[arg(long, conflicts_with_all = ["site", "user", "email"])]
        list: bool,
        /// The site, as the list shows it
        #[arg(long, value_name = "SITE", required_unless_present = "list")]
        site: Option<String>,
        /// The product's key for the person
        #[arg(long, value_name = "KEY", required_unless_present = "list")]
        user: Option<String>,
        /// The address they are judged by from now on
        #[arg(long, value_name = "ADDRESS", required_unless_present = "list")]
        email: Option<String>,
        #[command(flatten)]
        configured: Configured,
    },
    /// Prove that domains are an organization's own, so that its claimed people in them are managed
    #[command(after_help = DOMAIN_HELP)]
    Domain {
        #[command(subcommand)]
        deed: DomainDeed,
    },
    /// Make, list and end the keys that the API is asked with
    #[command(after_help = ADMIN_HELP)]
    Admin {
        #[command(subcommand)]
        deed: AdminDeed,
    },
    /// Explain what was decided about a request, by the receipt that a person reads out
    Explain {
        /// The receipt: 12 letters and digits
        receipt: String,
        #[command(flatten)]
        configured: Configured,
    },
    /// Say who would have been asked for a code in the last days, how often, and which programs would break
    Forecast {
        #[command(flatten)]
        days: Days,
        #[command(flatten)]
        whose: Whose,
    },
    /// Show policies and what they were, try another one on what happened, and undo a change
    #[command(after_help = POLICY_HELP)]
    Policy {
        #[command(subcommand)]
        deed: PolicyDeed,
    },
    /// Print what pages and mails say in a language, for a file of words of your own (`[organization.texts]`)
    Texts {
        /// The language
        #[arg(value_parser = PossibleValuesParser::new(Language::ALL.map(Language::tag)))]
        language: String,
    },
    /// Look after the audit log
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Try it: the gateway, two look-alikes and a mailbox, all on this machine
    Demo {
        /// Where its data lies [default: a fresh folder]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// The first of its five ports
        #[arg(long, value_name = "N", default_value_t = 8080)]
        port_base: u16,
        /// How long a verification counts, such as 2m or 7d
        #[arg(long, value_name = "TIME", default_value = "7d", value_parser = crate::config::check_frequency)]
        frequency: String,
    },
}

#[derive(Subcommand)]
pub enum DomainDeed {
    /// Add a domain, and show what to publish so that it can be verified
    Add(Named),
    /// Look for what a domain publishes, and make it the organization's own
    Verify {
        #[command(flatten)]
        named: Named,
        /// Where to look: in a TXT record, or in a file of its web site
        #[arg(long, value_name = "WAY", default_value = "dns", value_parser = ["dns", "http"])]
        by: String,
    },
    /// Say how all domains stand, and what to do next
    List(Whose),
    /// Remove a domain; its accounts stay, and their people are external
    Remove(Named),
}

#[derive(clap::Args)]
pub struct Named {
    /// The domain
    pub name: String,
    #[command(flatten)]
    pub whose: Whose,
}

#[derive(clap::Args)]
pub struct Whose {
    /// Whose they are, by the id in the configuration; needed where there are several organizations
    #[arg(long, value_name = "ID")]
    pub organization: Option<String>,
    #[command(flatten)]
    pub configured: Configured,
}

impl DomainDeed {
    /// What is to be done, and for whom.
    pub fn read(self) -> (domain::Deed, Whose) {
        match self {
            Self::Add(Named { name, whose }) => (domain::Deed::Add(name), whose),
            Self::Verify { named: Named { name, whose }, by } => {
                (domain::Deed::Verify(name, Way::of(&by).expect("clap took a label")), whose)
            }
            Self::List(whose) => (domain::Deed::List, whose),
            Self::Remove(Named { name, whose }) => (domain::Deed::Remove(name), whose),
        }
    }
}

#[derive(Subcommand)]
pub enum AdminDeed {
    /// Make a key, and show it this once
    CreateKey {
        /// What people call it
        name: String,
        /// What it opens, once for each scope; everything without this
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// Whose it is: who is written to about what was done with it
        #[arg(long = "for", value_name = "ADDRESS")]
        owner: Option<String>,
        /// How long it lives, 365d at most
        #[arg(long = "expires-in", value_name = "TIME", default_value = "7d", value_parser = crate::config::read_key_lifetime)]
        lifetime: std::time::Duration,
        #[command(flatten)]
        whose: Whose,
    },
    /// Make a directory that an identity provider fills by SCIM, and show its key this once; for one that is there, another key
    CreateDirectory {
        /// What people call it
        name: String,
        /// How long the key lives, 365d at most
        #[arg(long = "expires-in", value_name = "TIME", default_value = "365d", value_parser = crate::config::read_key_lifetime)]
        lifetime: std::time::Duration,
        #[command(flatten)]
        whose: Whose,
    },
    /// Say which keys there are, and how they stand
    ListKeys(Whose),
    /// End a key, by the id that the list shows
    RevokeKey {
        /// The key's id
        id: String,
        #[command(flatten)]
        whose: Whose,
    },
}

impl AdminDeed {
    /// What is to be done, and for whom.
    pub fn read(self) -> (admin::Deed, Whose) {
        match self {
            Self::CreateKey { name, scopes, owner, lifetime, whose } => {
                (admin::Deed::Create { name, scopes, owner, lifetime }, whose)
            }
            Self::CreateDirectory { name, lifetime, whose } => {
                (admin::Deed::CreateDirectory { name, lifetime }, whose)
            }
            Self::ListKeys(whose) => (admin::Deed::List, whose),
            Self::RevokeKey { id, whose } => (admin::Deed::Revoke(id), whose),
        }
    }
}

#[derive(Subcommand)]
pub enum PolicyDeed {
    /// Say which policies there are
    List(Whose),
    /// Say what they were before each change, the newest first
    History {
        /// One policy alone: its id, its name, `default` or `test`
        policy: Option<String>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Make a policy what it was before its last change; twice puts back what was undone
    Undo {
        /// Its id, its name, `default` or `test`; also one that was deleted
        policy: String,
        /// The version that it is to be like, as the history shows it
        #[arg(long, value_name = "VERSION")]
        to: Option<i64>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Decide the requests of the last days with other settings, and say for whom that changes something
    Diff {
        /// Its id, its name, `default` or `test`
        policy: String,
        /// What is another setting
        #[arg(value_name = "NAME=VALUE", required = true)]
        settings: Vec<String>,
        #[command(flatten)]
        days: Days,
        #[command(flatten)]
        whose: Whose,
    },
}

#[derive(clap::Args)]
pub struct Days {
    /// How many days back, 90 at most
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=90))]
    pub days: u32,
}

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Check that no event was edited or removed; 1 where one was
    Verify(Configured),
}

#[derive(clap::Args)]
pub struct Configured {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "/etc/postern/postern.toml", env = "POSTERN_CONFIG")]
    pub config: PathBuf,
}

const ACCEPT_HELP: &str = "\
A person whose address at a product is another than the directory knows is external, whoever they are: their own
settings page at the product could make them anybody. Ask them, then accept the address. What an import says about a
user key is changed by an import alone.";

const DOMAIN_HELP: &str = "\
A domain is proved by a line that it publishes, in DNS or on its web site, and is looked at again from time to time. One
that was imported is never looked at: an operator vouched for it. Two facts make a person managed: the domain is verified,
and an import claimed the account. Losing a domain leaves the claims as they are.";

const ADMIN_HELP: &str = "\
Ask the API with `Authorization: Bearer KEY`; /openapi.json at the admin listener describes it. The store keeps a hash of a
key, so one that is lost is replaced and never found again.";

const POLICY_HELP: &str = "\
Settings have the names of the API. Of external user policies: verification (on, off), frequencySeconds, apiTokens (allow,
block), mode (enforce, report, off). Of authentication policies: singleSignOn, twoStepVerification, idleSessionMinutes,
sessionExpirationMinutes, userApiTokens, mode; a value may be JSON, such as twoStepVerification='{\"requirement\":\"required\"}'.";

const IMPORT_HELP: &str = "\
Columns: type,domain,email,name,username,claimed and, if wanted, user_key
  type      domain or account
  domain    the verified mail domain (rows of type domain)
  email     the account's address (rows of type account)
  name      the person's name, or empty
  username  the product's login name, or empty; it finds the address where a product reveals none
  claimed   yes or no: whether the organization claimed the account
  user_key  the product's own keys for the person, each as SITE=KEY (wiki.acme.com=8a7f80), with a
            semicolon between two, or empty; a key outlives a change of login name, and outranks it

Rows that exist are updated, others stay. A mistake names its line and column, and nothing is imported.";
