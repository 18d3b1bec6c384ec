//! The promises, by folder. Each test runs the real gateway before real servers; `support/` starts them.

#![expect(clippy::disallowed_methods, reason = "tests wait for real servers and are bounded by real time")]

mod browser;
mod challenge;
mod demo;
mod gateway;
mod house;
mod mail;
mod process;
mod support;
