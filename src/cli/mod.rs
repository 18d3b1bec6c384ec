//! The commands: each turns arguments into one call and an exit code. What they do lives in the rooms below.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command answers on the terminal")]

pub mod accept_address;
pub mod admin;
pub mod arguments;
pub mod audit;
pub mod check;
pub mod demo;
pub mod domain;
pub mod explain;
pub mod forecast;
pub mod import;
pub mod init;
pub mod policy;
pub mod run;
pub mod texts;

/// What a client or a product chose, without what would steer the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}
