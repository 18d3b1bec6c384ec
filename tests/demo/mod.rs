//! The look-alikes keep Seraph's habits, weaknesses included: what the gateway's tests prove rests on it.
//!
//! Each test runs the real server; nothing waits for time to pass. `site.rs` starts it.

mod content;
mod control;
mod mailbox;
mod sign_in;
mod site;
