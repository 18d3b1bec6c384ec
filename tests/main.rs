//! The promises, by folder. Each test runs the real gateway before real servers; `support/` starts them.

mod browser;
mod challenge;
mod demo;
mod gateway;
mod house;
mod mail;
mod process;
mod streams;
mod support;
