//! The gateway against what nobody here wrote: servers behind it, client libraries before it, and a real browser.
//!
//! # What is installed, and where
//!
//! `./dev test` sets everything up and keeps it under `target/real`, so a second run installs nothing:
//!
//! | what | from | where | used by |
//! |---|---|---|---|
//! | Trac with its account manager | PyPI, `python.txt` | `target/real/python` | `trac.rs` |
//! | the clients `jira`, `atlassian-python-api` | PyPI, `python.txt` | `target/real/python` | `clients.rs` |
//! | the SCIM checker `scim2-tester` | PyPI, `python.txt` | `target/real/python` | `scim.rs` |
//! | the client `jira.js` | npm, `node/package-lock.json` | `target/real/node` | `clients.rs` |
//! | MediaWiki, PHP's own server, SQLite | Debian | where Debian puts it; nothing under `/etc` is touched | `mediawiki.rs` |
//! | Varnish | Debian | where Debian puts it | `varnish.rs` |
//! | the tester `schemathesis`, by `./dev long` alone | PyPI, `schemathesis.txt` | `target/real/schemathesis` | `schema.rs` |
//! | the scanner `sslyze`, by `./dev long` alone | PyPI, `sslyze.txt` | `target/real/sslyze` | `tls.rs` |
//!
//! A test makes its own server on a free port from a script in `servers/` (a second or two), with a data folder that goes
//! with it. What cannot be installed leaves its tests out, and `dev` says so at its end.
//!
//! One of them: `./dev test real::mediawiki`. Pictures of what people see: `POSTERN_PICTURES=folder ./dev test real::`.

mod admin;
mod clients;
mod library;
mod mediawiki;
mod mobile;
mod schema;
mod scim;
mod server;
mod tls;
mod trac;
mod varnish;

use crate::support::chromium::Tab;
use crate::support::world::World;

/// The address of a page at one of the gateway's hosts, as the browser sees it.
fn at(world: &World, host: &str, target: &str) -> String {
    format!("http://{host}.localhost:{}{target}", world.address.port())
}

/// Types the newest code for this address into the challenge page, which is shown, and goes on.
async fn answer(world: &World, tab: &Tab, email: &str) {
    assert!(tab.has("#code").await, "the challenge is shown: {}", tab.place().await);
    tab.fill("#code", &world.newest_mail(email).code()).await;
    tab.follow("form.code button").await;
}
