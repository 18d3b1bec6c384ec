//! The binary as an operator meets it: its commands, its signals, its log, and what a `kill -9` leaves behind.

mod commands;
mod crash;
mod decisions;
mod demo;
mod directories;
mod domains;
mod import;
mod import_crash;
mod refusals;
mod secrets;
mod signals;
mod tables;
mod upgrade_crash;
