//! What tests stand on: a whole gateway, the real binary, a client, a mail server.

pub mod client;
pub mod process;
pub mod raw;
pub mod smtp;
pub mod world;
