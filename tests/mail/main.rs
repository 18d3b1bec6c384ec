//! Mail against a real server: what is delivered, what is refused, and what survives a failure.

#[path = "../support/smtp.rs"]
mod smtp;

mod delivery;
mod outbox;
mod world;
