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
mod verifier;
pub mod world;
pub mod zone;

/// The mails with a code, oldest first. A notice of a new browser leaves in its own time, so it is not among them.
pub fn code_mails(world: &world::World) -> Vec<world::Mail> {
    let mut mails = world.mails();
    mails.retain(|mail| !mail.text.contains("/.postern/browsers"));
    mails
}

/// The newest of them to an address.
pub fn newest_code_mail(world: &world::World, to: &str) -> Option<world::Mail> {
    code_mails(world).into_iter().rfind(|mail| mail.to == to)
}
