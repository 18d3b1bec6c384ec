//! Mail: [`message`] composes it, [`transport`] takes it to a server or a folder, [`outbox`] sees it through.
//!
//! Codes come in through a closure, as keys are not of this room; a code leaves it in a message and nowhere else.

mod bounded;
pub mod file;
pub mod message;
pub mod new_browser;
pub mod outbox;
mod routes;
pub mod smtp;
pub mod transport;
