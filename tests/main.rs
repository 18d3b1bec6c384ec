//! The promises, by folder. Each test runs the real gateway before real servers; `support/` starts them.

mod accounts;
mod admin;
mod browser;
mod challenge;
mod cluster;
mod corpus;
mod demo;
mod domains;
mod gateway;
mod house;
mod identity;
mod mail;
mod mobile;
mod people;
mod process;
mod real;
mod soak;
mod sources;
mod streams;
mod support;
mod upstream;
mod wire;
