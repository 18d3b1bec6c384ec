//! What tests stand on: a whole gateway, the real binary, a client, a real browser, a mail server.

pub mod chromium;
pub mod client;
pub mod frames;
pub mod name_server;
pub mod needs;
pub mod postgres;
pub mod process;
pub mod raw;
pub mod recorder;
pub mod sight;
pub mod smtp;
pub mod tls;
pub mod world;
pub mod zone;
