//! Arguments → command → exit code: 64 for bad usage or configuration, 1 for any other failure.

// What a request must not meet. Text is cut at borders of characters only, or the request panics.
#![warn(
    clippy::unwrap_used,
    clippy::panic,
    clippy::unreachable,
    clippy::string_slice,
    clippy::unchecked_time_subtraction
)]
#![warn(clippy::print_stdout, clippy::print_stderr)]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

use postern::cli::{accept_address, admin, audit, check, demo, domain, import, init, run};
use postern::domain::owned_domain::Way;

/// It gives back what a connection at rest lets go of: that takes 3 KB then, and 26 KB with the system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// An enforcement gateway for Jira- and Confluence-like servers.
#[derive(Parser)]
#[command(version, about, long_about = None, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
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
        #[arg(long, value_name = "TIME", default_value = "7d", value_parser = postern::config::check_frequency)]
        frequency: String,
    },
}

#[derive(Subcommand)]
enum DomainDeed {
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
struct Named {
    /// The domain
    name: String,
    #[command(flatten)]
    whose: Whose,
}

#[derive(clap::Args)]
struct Whose {
    /// Whose they are, by the id in the configuration; needed where there are several organizations
    #[arg(long, value_name = "ID")]
    organization: Option<String>,
    #[command(flatten)]
    configured: Configured,
}

impl DomainDeed {
    fn read(self) -> (domain::Deed, Whose) {
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
enum AdminDeed {
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
        #[arg(long = "expires-in", value_name = "TIME", default_value = "7d", value_parser = postern::config::read_key_lifetime)]
        lifetime: std::time::Duration,
        #[command(flatten)]
        whose: Whose,
    },
    /// Make a directory that an identity provider fills by SCIM, and show its key this once; for one that is there, another key
    CreateDirectory {
        /// What people call it
        name: String,
        /// How long the key lives, 365d at most
        #[arg(long = "expires-in", value_name = "TIME", default_value = "365d", value_parser = postern::config::read_key_lifetime)]
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
    fn read(self) -> (admin::Deed, Whose) {
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
enum AuditCommand {
    /// Check that no event was edited or removed; 1 where one was
    Verify(Configured),
}

#[derive(clap::Args)]
struct Configured {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "/etc/postern/postern.toml", env = "POSTERN_CONFIG")]
    config: PathBuf,
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

fn main() -> ExitCode {
    // Before anything can open a TLS connection. It fails only if a provider is there already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(run::BAD_USAGE) } else { ExitCode::SUCCESS };
        }
    };
    match arguments.command {
        Command::Run(Configured { config }) => run::run(&config),
        Command::Check(Configured { config }) => check::run(&config),
        Command::Init(Configured { config }) => match run::settings(&config) {
            Ok(settings) => run::ended(block_on(init::run(&settings))),
            Err(errors) => run::refused(&errors),
        },
        Command::Import { file, organization, configured } => match run::settings(&configured.config) {
            Ok(settings) => run::ended(block_on(import::run(&settings, organization.as_deref(), &file))),
            Err(errors) => run::refused(&errors),
        },
        Command::AcceptAddress { site, user, email, configured, .. } => {
            let accept = site.zip(user).zip(email).map(|((site, user), email)| (site, user, email));
            match run::settings(&configured.config) {
                Ok(settings) => {
                    let request = accept_address::Request { accept };
                    run::ended(block_on(accept_address::run(&settings, &request)))
                }
                Err(errors) => run::refused(&errors),
            }
        }
        Command::Domain { deed } => {
            let (deed, Whose { organization, configured }) = deed.read();
            match run::settings(&configured.config) {
                Ok(settings) => run::ended(block_on(domain::run(&settings, organization.as_deref(), &deed))),
                Err(errors) => run::refused(&errors),
            }
        }
        Command::Admin { deed } => {
            let (deed, Whose { organization, configured }) = deed.read();
            match run::settings(&configured.config) {
                Ok(settings) => run::ended(block_on(admin::run(&settings, organization.as_deref(), deed))),
                Err(errors) => run::refused(&errors),
            }
        }
        Command::Audit { command: AuditCommand::Verify(Configured { config }) } => {
            match run::settings(&config) {
                Ok(settings) => run::ended(block_on(audit::verify(&settings))),
                Err(errors) => run::refused(&errors),
            }
        }
        Command::Demo { data, port_base, frequency } => {
            run::ended(demo::run(&demo::Options { data, port_base, frequency }))
        }
    }
}

fn block_on(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command)
}
