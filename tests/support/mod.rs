//! What tests stand on: a whole gateway, a client, a real browser, a mail server.

pub mod chromium;
pub mod client;
pub mod smtp;
pub mod world;
