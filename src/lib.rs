//! Postern, an enforcement gateway for Jira- and Confluence-like servers.

pub mod demo;
pub mod domain;
