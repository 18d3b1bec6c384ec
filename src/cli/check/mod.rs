//! `postern check`: reads the configuration as a start would, and says what it means or what is wrong with it.
//!
//! It opens no socket, no database and no file of our own keys, and never prints a secret. TLS certificates and their keys
//! are part of what it reads.

mod warnings;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use ipnet::IpNet;
use jiff::Timestamp;
use jiff::fmt::friendly::SpanPrinter;

use crate::clock::Clock;
use crate::config::database::{Database, PostgresHost, PostgresTls};
use crate::config::session::SessionSource;
use crate::config::settings::{ApiTokens, MailTransport, Settings, Site, Smtp, SmtpTls, Upstream};
use crate::config::tls::Tls;
use crate::config::{self, ConfigErrors};
use crate::domain::email::EmailAddress;
use crate::domain::organization::{ExportLinks, Office};

/// The code for bad usage or a bad configuration (`EX_USAGE` of sysexits.h).
const BAD_CONFIGURATION: u8 = 64;

/// Checks a file: a summary and warnings on standard output and 0, or every mistake on standard error and 64.
pub fn run(path: &Path) -> ExitCode {
    match config::load(path, &|name| std::env::var(name).ok()) {
        Ok(settings) => {
            // A closed pipe is no reason to fail: nobody reads on.
            let summary = summary(path, &settings, Clock::system().now());
            let _ = std::io::stdout().write_all(summary.as_bytes());
            ExitCode::SUCCESS
        }
        Err(errors) => {
            let _ = std::io::stderr().write_all(refusal(path, &errors).as_bytes());
            ExitCode::from(BAD_CONFIGURATION)
        }
    }
}

/// What the settings mean, for a person.
fn summary(path: &Path, settings: &Settings, now: Timestamp) -> String {
    let mut text = format!("{}: OK\n", path.display());
    text.push_str(&organization_lines(settings));
    let listen = &settings.listen;
    let _ = writeln!(
        text,
        "  listen        {} for {} browsers, {}{}, admin on {}",
        listen.proxy,
        listen.scheme.as_str(),
        if listen.tls.is_some() { "TLS" } else { "plain HTTP" },
        if listen.proxy_protocol { " behind a PROXY header" } else { "" },
        listen.admin
    );
    if let Some(tls) = &listen.tls {
        text.push_str(&tls_lines(tls));
    }
    for site in &settings.sites {
        text.push_str(&site_lines(site, settings.organizations.len() > 1));
    }
    let methods = settings.verification.methods.labels().join(", ");
    let every = friendly(settings.verification.frequency);
    let _ = writeln!(text, "  verification  every {every} by {methods}");
    if settings.sites.iter().any(|site| site.assertion) {
        let assertion = &settings.assertion;
        let issuer = match (&assertion.issuer, settings.organizations.as_slice()) {
            (Some(issuer), _) => issuer,
            (None, [only]) => &only.name,
            (None, _) => "the site's organization",
        };
        let _ = writeln!(text, "  assertion     {} by {issuer}", assertion.algorithm.as_str());
    }
    let _ =
        writeln!(text, "  mail          from {}, {}", settings.mail.from, mail_way(&settings.mail.transport));
    let _ = writeln!(text, "  store         {}", store_way(&settings.database));
    let _ = writeln!(text, "  keys          {}", settings.keys.display());
    text.push_str(&domain_lines(settings));
    for warning in warnings::of(settings).into_iter().chain(warnings::of_certificates(settings, now)) {
        let _ = writeln!(text, "warning: {warning}");
    }
    text
}

/// With their ids where there are several, as sites name them.
fn organization_lines(settings: &Settings) -> String {
    let names_ids = settings.offices.len() > 1;
    let mut text = String::new();
    for office in &settings.offices {
        let Office { organization, admins, export_links, home: _ } = office;
        let id = if names_ids { format!(" ({})", organization.id) } else { String::new() };
        let _ = writeln!(text, "  organization  {}{id}", organization.name);
        if !admins.is_empty() {
            let admins: Vec<&str> = admins.iter().map(EmailAddress::as_str).collect();
            let _ = writeln!(text, "                mail to {}", admins.join(", "));
        }
        if let Some((_, home)) = settings.home(office) {
            let _ = writeln!(text, "                who verified is known to all its hosts by {home}");
        }
        if *export_links == ExportLinks::Bearer {
            let _ = writeln!(text, "                mailed links open exports without a key");
        }
    }
    text
}

fn site_lines(site: &Site, names_owner: bool) -> String {
    let mut text = format!(
        "  site          {} ({}){} -> {}{}\n",
        site.id,
        site.product.as_str(),
        if names_owner { format!(" of {}", site.organization.id) } else { String::new() },
        site.upstream,
        trust(&site.upstream)
    );
    for source in &site.sessions {
        if let SessionSource::Jwt(rules) = source {
            let _ = writeln!(text, "                tokens of {}", rules.issuer);
        }
    }
    if site.api.for_external == ApiTokens::Block {
        let _ = writeln!(text, "                API tokens of external people are blocked");
    }
    if !site.trusted_sources.is_empty() {
        let _ = writeln!(
            text,
            "                from {}: never judged, and no cookie goes on",
            networks(&site.trusted_sources)
        );
    }
    text
}

fn domain_lines(settings: &Settings) -> String {
    let domains = &settings.domains;
    let mut text = format!(
        "  domains       checked every {}, lost {} after the last sight\n",
        friendly(domains.recheck_every),
        friendly(domains.grace_period)
    );
    if !settings.dns.servers.is_empty() {
        let servers: Vec<String> = settings.dns.servers.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "  dns           {}", servers.join(", "));
    }
    text
}

fn tls_lines(tls: &Tls) -> String {
    let mut text = String::new();
    for certificate in &tls.certificates {
        let until = certificate.expires.map(|end| format!(" until {}", day(end))).unwrap_or_default();
        let _ = writeln!(text, "  certificate   {}{until}", certificate.names.join(", "));
    }
    if let Some(clients) = &tls.client_certificates {
        let wish = if clients.required { "required" } else { "optional" };
        let _ = writeln!(text, "  clients       certificates of {}, {wish}", clients.ca_file.display());
    }
    text
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn refusal(path: &Path, errors: &ConfigErrors) -> String {
    let in_colour =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let drawn = if in_colour { errors.coloured() } else { errors.to_string() };
    let count = errors.errors().len();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    format!("{drawn}\n\n{}: {count} {noun}\n", path.display())
}

fn networks(networks: &[IpNet]) -> String {
    networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Whom an upstream's certificate must name and who must vouch for it, where that is not plain from the address.
fn trust(upstream: &Upstream) -> String {
    let Some(tls) = &upstream.tls else { return String::new() };
    let name = tls.name.to_str();
    let name = if name == upstream.authority.host() { String::new() } else { format!(" as {name}") };
    let by = tls.ca_file.as_ref().map(|file| format!(" by {}", file.display())).unwrap_or_default();
    if name.is_empty() && by.is_empty() { String::new() } else { format!(", verified{name}{by}") }
}

/// A duration as the file writes it.
fn friendly(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 86_400, seconds % 86_400) {
        (days, 0) => format!("{days}d"),
        _ => SpanPrinter::new().unsigned_duration_to_string(&duration),
    }
}

/// Where the store is, and how the way there is protected.
fn store_way(database: &Database) -> String {
    let Database::Postgres(server) = database else { return database.to_string() };
    let tls = match (&server.tls, &server.host) {
        (PostgresTls::Required { ca_file: Some(file) }, _) => {
            format!(" with TLS, verified also by {}", file.display())
        }
        (PostgresTls::Required { ca_file: None }, _) => " with TLS, verified".to_owned(),
        (PostgresTls::None, PostgresHost::Tcp(_)) => " with no TLS".to_owned(),
        (PostgresTls::None, PostgresHost::Socket(_)) => String::new(),
    };
    let password = if server.password.is_some() { ", by a password" } else { "" };
    format!("{server}{tls}{password}")
}

fn mail_way(transport: &MailTransport) -> String {
    match transport {
        MailTransport::File(folder) => format!("into the folder {}", folder.display()),
        MailTransport::Smtp { first, second } => {
            let or_else = second.as_ref().map(|second| format!(", or else {}", server_way(second)));
            format!("through {}{}", server_way(first), or_else.unwrap_or_default())
        }
    }
}

fn server_way(smtp: &Smtp) -> String {
    let tls = match smtp.tls {
        SmtpTls::Implicit => "TLS",
        SmtpTls::StartTls => "STARTTLS",
        SmtpTls::None => "no TLS",
    };
    let sign_in = if smtp.credentials.is_some() { ", signed in" } else { "" };
    format!("{}:{} with {tls}{sign_in}", smtp.host, smtp.port)
}
