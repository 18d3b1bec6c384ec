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

use std::process::ExitCode;

use clap::Parser as _;

use postern::cli::arguments::{Arguments, AuditCommand, Command, Configured, Days, PolicyDeed, Whose};
use postern::cli::{
    accept_address, admin, audit, check, demo, domain, explain, forecast, import, init, policy, run, texts,
};

/// It gives back what connections at rest let go of, also when the whole process falls silent; bench/README.md has the figures.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
        Command::Explain { receipt, configured } => match run::settings(&configured.config) {
            Ok(settings) => run::ended(block_on(explain::run(&settings, &receipt))),
            Err(errors) => run::refused(&errors),
        },
        Command::Forecast { days: Days { days }, whose } => {
            foresee(&whose, &forecast::Asked { days, trial: None })
        }
        Command::Policy { deed: PolicyDeed::Diff { policy, settings, days: Days { days }, whose } } => {
            foresee(&whose, &forecast::Asked { days, trial: Some((policy, settings)) })
        }
        Command::Policy { deed: PolicyDeed::List(whose) } => look_after(&whose, &policy::Deed::List),
        Command::Policy { deed: PolicyDeed::History { policy, whose } } => {
            look_after(&whose, &policy::Deed::History(policy))
        }
        Command::Policy { deed: PolicyDeed::Undo { policy, to, whose } } => {
            look_after(&whose, &policy::Deed::Undo(policy, to))
        }
        Command::Texts { language } => run::ended(texts::run(&language)),
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

fn foresee(Whose { organization, configured }: &Whose, asked: &forecast::Asked) -> ExitCode {
    match run::settings(&configured.config) {
        Ok(settings) => run::ended(block_on(forecast::run(&settings, organization.as_deref(), asked))),
        Err(errors) => run::refused(&errors),
    }
}

fn look_after(Whose { organization, configured }: &Whose, deed: &policy::Deed) -> ExitCode {
    match run::settings(&configured.config) {
        Ok(settings) => run::ended(block_on(policy::run(&settings, organization.as_deref(), deed))),
        Err(errors) => run::refused(&errors),
    }
}

fn block_on(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command)
}
