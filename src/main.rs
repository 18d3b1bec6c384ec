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

use postern::cli::{check, demo, import, init, run};

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
        #[command(flatten)]
        configured: Configured,
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

#[derive(clap::Args)]
struct Configured {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "/etc/postern/postern.toml", env = "POSTERN_CONFIG")]
    config: PathBuf,
}

const IMPORT_HELP: &str = "\
Columns: type,domain,email,name,username,claimed
  type      domain or account
  domain    the verified mail domain (rows of type domain)
  email     the account's address (rows of type account)
  name      the person's name, or empty
  username  the product's login name, or empty; it finds the address where a product reveals none
  claimed   yes or no: whether the organization claimed the account

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
        Command::Import { file, configured } => match run::settings(&configured.config) {
            Ok(settings) => run::ended(block_on(import::run(&settings.database, &file))),
            Err(errors) => run::refused(&errors),
        },
        Command::Demo { data, port_base, frequency } => {
            run::ended(demo::run(&demo::Options { data, port_base, frequency }))
        }
    }
}

fn block_on(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command)
}
