//! `[dns]`: who is asked about domains, and how patiently.
//!
//! The answers decide whose a domain is, so the servers named here are believed as the directory itself is.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::section::Section;
use super::values::{Refusal, duration};

/// Who is asked about domains in DNS, and how patiently.
#[derive(Debug, Clone)]
pub struct Dns {
    /// The servers; those of the machine where there are none.
    pub servers: Vec<SocketAddr>,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How often a question is asked before it is given up, at least once.
    pub attempts: u32,
}

/// Reads the section.
pub(super) fn read(root: &mut Section<'_>) -> Dns {
    let mut section = root.section("dns");
    let servers = section.texts("servers", server).unwrap_or_default();
    let timeout = section.text("timeout", duration("100ms", "10s")).unwrap_or(Duration::from_secs(2));
    let attempts = section.integer("attempts", 1..=5).unwrap_or(2);
    section.finish();
    Dns { servers, timeout, attempts }
}

/// An address, perhaps with a port. A name would have to be looked up by somebody first.
fn server(text: &str) -> Result<SocketAddr, Refusal> {
    let address = text.parse().or_else(|_| text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53)));
    match address {
        Ok(address) if address.port() != 0 && !address.ip().is_unspecified() => Ok(address),
        _ => {
            let expected =
                "expected an IP address, perhaps with a port, such as `192.0.2.1` or `[2001:db8::1]:53`";
            Err(Refusal::new("is not the address of a DNS server", expected))
        }
    }
}
