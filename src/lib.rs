//! Postern, an enforcement gateway for Jira- and Confluence-like servers.

#![warn(clippy::unwrap_used, clippy::panic, clippy::unreachable, clippy::print_stdout, clippy::print_stderr)]

pub mod actions;
pub mod admin;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod directory;
pub mod domain;
pub mod entropy;
pub mod identity;
pub mod keys;
pub mod mail;
pub mod proxy;
pub mod store;
pub mod telemetry;
