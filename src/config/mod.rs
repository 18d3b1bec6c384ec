//! The configuration file: raw TOML in, typed [`settings`] out, and errors that point at the line.
//!
//! Nothing outside this room sees raw text; nothing in here opens a socket or a database.

pub mod profile;
pub mod settings;
