//! `postern run`: reads the configuration and serves until it is told to stop.

use std::path::Path;
use std::process::ExitCode;

use crate::app::process;
use crate::config::settings::Settings;
use crate::config::{self, ConfigErrors};

/// The code for bad usage or a bad configuration (`EX_USAGE` of sysexits.h).
pub const BAD_USAGE: u8 = 64;

/// Serves. A bad configuration ends with 64, anything else that keeps it from starting with 1.
pub fn run(path: &Path) -> ExitCode {
    match settings(path) {
        Ok(settings) => ended(process::run(settings, path)),
        Err(errors) => refused(&errors),
    }
}

/// Reads the configuration with the secrets of the environment.
pub fn settings(path: &Path) -> Result<Settings, ConfigErrors> {
    config::load(path, &|name| std::env::var(name).ok())
}

/// Says what is wrong with a configuration.
pub fn refused(errors: &ConfigErrors) -> ExitCode {
    eprintln!("{errors}");
    ExitCode::from(BAD_USAGE)
}

/// The exit code of a command that ended, with its reason if it failed.
pub fn ended(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("postern: {error:#}");
            ExitCode::FAILURE
        }
    }
}
