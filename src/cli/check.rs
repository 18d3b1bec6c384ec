//! `postern check`: reads the configuration as a start would, and says what it means or what is wrong with it.
//!
//! It opens no socket, no database and no key file, and never prints a secret.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::net::IpAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use jiff::fmt::friendly::SpanPrinter;

use crate::config::settings::{MailTransport, Scheme, Settings, SmtpTls};
use crate::config::{self, ConfigErrors};

/// The code for bad usage or a bad configuration (`EX_USAGE` of sysexits.h).
const BAD_CONFIGURATION: u8 = 64;

/// Checks a file: a summary and warnings on standard output and 0, or every mistake on standard error and 64.
pub fn run(path: &Path) -> ExitCode {
    match config::load(path, &|name| std::env::var(name).ok()) {
        Ok(settings) => {
            // A closed pipe is no reason to fail: nobody reads on.
            let _ = std::io::stdout().write_all(summary(path, &settings).as_bytes());
            ExitCode::SUCCESS
        }
        Err(errors) => {
            let _ = std::io::stderr().write_all(refusal(path, &errors).as_bytes());
            ExitCode::from(BAD_CONFIGURATION)
        }
    }
}

/// What the settings mean, for a person.
fn summary(path: &Path, settings: &Settings) -> String {
    let mut text = format!("{}: OK\n", path.display());
    let _ = writeln!(text, "  organization  {}", settings.organization);
    let listen = &settings.listen;
    let _ = writeln!(
        text,
        "  listen        {} for {} browsers, admin on {}",
        listen.proxy,
        listen.scheme.as_str(),
        listen.admin
    );
    for site in &settings.sites {
        let _ = writeln!(
            text,
            "  site          {} ({}) -> http://{}",
            site.id,
            site.product.as_str(),
            site.upstream
        );
    }
    let _ = writeln!(text, "  verification  every {}", friendly(settings.verification.frequency));
    if settings.sites.iter().any(|site| site.assertion) {
        let assertion = &settings.assertion;
        let _ = writeln!(text, "  assertion     {} by {}", assertion.algorithm.as_str(), assertion.issuer);
    }
    let _ =
        writeln!(text, "  mail          from {}, {}", settings.mail.from, mail_way(&settings.mail.transport));
    let _ = writeln!(text, "  store         {}", settings.database.display());
    let _ = writeln!(text, "  keys          {}", settings.keys.display());
    for warning in warnings(settings) {
        let _ = writeln!(text, "warning: {warning}");
    }
    text
}

fn refusal(path: &Path, errors: &ConfigErrors) -> String {
    let in_colour =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let drawn = if in_colour { errors.coloured() } else { errors.to_string() };
    let count = errors.errors().len();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    format!("{drawn}\n\n{}: {count} {noun}\n", path.display())
}

/// What works as it is written, but is worth a second look.
fn warnings(settings: &Settings) -> Vec<String> {
    let mut warnings = Vec::new();
    if settings.listen.scheme == Scheme::Http {
        warnings.push(
            "scheme is http: cookies have neither Secure nor __Host-, and anybody on the way reads them"
                .into(),
        );
    }
    if !settings.listen.proxy.ip().to_canonical().is_loopback() {
        warnings.push(format!(
            "{} is not loopback and speaks plain HTTP: the network before it must be protected",
            settings.listen.proxy
        ));
    }
    if !settings.listen.admin.ip().to_canonical().is_loopback() {
        warnings.push(format!(
            "{} is not loopback: the admin listener is reachable from other machines",
            settings.listen.admin
        ));
    }
    if let MailTransport::Smtp(smtp) = &settings.mail.transport
        && smtp.tls == SmtpTls::None
    {
        warnings.push(format!("mail to {} goes without TLS: anybody on the way reads the codes", smtp.host));
    }
    for site in &settings.sites {
        if !site.enforce {
            warnings.push(format!("{} is not enforced: external people pass without a code", site.id));
            if site.assertion {
                warnings.push(format!("{} gets no assertion: nobody is judged there", site.id));
            }
        }
        if !is_near(site.upstream.host()) {
            warnings.push(format!(
                "{} has its upstream at {}, which may be across a public network, over plain HTTP",
                site.id, site.upstream
            ));
        }
    }
    warnings
}

/// Whether an upstream is on this machine or a private network, as far as its name tells.
fn is_near(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        // A single label, or a name under a domain that the public DNS never serves.
        Err(_) => {
            let private = [".internal", ".local", ".localhost", ".test", ".home.arpa"];
            !bare.contains('.') || private.iter().any(|suffix| bare.ends_with(suffix))
        }
    }
}

/// A duration as the file writes it.
fn friendly(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 86_400, seconds % 86_400) {
        (days, 0) => format!("{days}d"),
        _ => SpanPrinter::new().unsigned_duration_to_string(&duration),
    }
}

fn mail_way(transport: &MailTransport) -> String {
    match transport {
        MailTransport::File(folder) => format!("into the folder {}", folder.display()),
        MailTransport::Smtp(smtp) => {
            let tls = match smtp.tls {
                SmtpTls::Implicit => "TLS",
                SmtpTls::StartTls => "STARTTLS",
                SmtpTls::None => "no TLS",
            };
            let sign_in = if smtp.credentials.is_some() { ", signed in" } else { "" };
            format!("through {}:{} with {tls}{sign_in}", smtp.host, smtp.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: &str = r#"
organization.name = "Acme"
listen = { proxy = "127.0.0.1:8080", scheme = "https" }
site = [{ host = "jira.acme.com", product = "jira-software", upstream = "http://10.0.0.5:8080", enforce = true }]
mail = { from = "Acme access <access@acme.com>", smtp = "smtp://mail.acme.com:587", tls = "required" }
verification.frequency = "36h"
store.url = "sqlite:///var/lib/postern/postern.db"
"#;

    fn summarise(text: &str) -> String {
        let settings = config::parse("postern.toml", text, Path::new("/etc/postern"), &|_| None).unwrap();
        summary(Path::new("postern.toml"), &settings)
    }

    #[test]
    fn a_good_file_is_summed_up_without_warnings() {
        let text = summarise(QUIET);
        for piece in [
            "postern.toml: OK",
            "jira.acme.com (jira-software) -> http://10.0.0.5:8080",
            "every 36h",
            "through mail.acme.com:587 with STARTTLS",
            "/var/lib/postern/postern.db",
        ] {
            assert!(text.contains(piece), "{piece} is not in\n{text}");
        }
        assert!(!text.contains("warning") && !text.contains("assertion"), "{text}");
        let text = summarise(&QUIET.replace("enforce = true", "assertion = true"));
        assert!(text.contains("  assertion     ES256 by Acme\n"), "{text}");
    }

    #[test]
    fn what_works_but_is_unwise_is_a_warning() {
        for (from, to, warning) in [
            ("scheme = \"https\"", "scheme = \"http\"", "scheme is http"),
            ("tls = \"required\"", "tls = \"none\"", "goes without TLS"),
            ("enforce = true", "enforce = false", "jira.acme.com is not enforced"),
            ("enforce = true", "enforce = false, assertion = true", "jira.acme.com gets no assertion"),
            ("10.0.0.5:8080", "8.8.8.8:8080", "upstream at 8.8.8.8:8080"),
            ("10.0.0.5:8080", "jira.example.com:8080", "upstream at jira.example.com:8080"),
            (
                "proxy = \"127.0.0.1:8080\"",
                "proxy = \"0.0.0.0:80\", plain_http_beyond_loopback = true",
                "0.0.0.0:80 is not loopback",
            ),
        ] {
            let text = summarise(&QUIET.replace(from, to));
            assert!(text.contains("warning: ") && text.contains(warning), "{to}:\n{text}");
        }
        for near in ["127.0.0.1", "[::1]", "[fd00::1]", "jira", "jira.internal", "192.168.1.1"] {
            assert!(is_near(near), "{near}");
        }
    }

    #[test]
    fn a_bad_file_is_counted_and_drawn() {
        let text = QUIET.replace("smtp://", "ftp://").replace("36h", "soon");
        let errors = config::parse("postern.toml", &text, Path::new(""), &|_| None).unwrap_err();
        let text = refusal(Path::new("postern.toml"), &errors);
        assert!(text.contains("postern.toml:6:26") && text.contains("postern.toml: 2 mistakes"), "{text}");
    }
}
