//! What tests stand on: a whole gateway, a client, a mail server.

pub mod client;
pub mod raw;
pub mod smtp;
pub mod world;
