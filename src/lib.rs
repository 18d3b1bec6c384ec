//! Postern, an enforcement gateway for Jira- and Confluence-like servers.

pub mod actions;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod entropy;
pub mod keys;
pub mod store;
