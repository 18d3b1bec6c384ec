//! `postern check`: reads the configuration as a start would, and says what it means or what is wrong with it.
//!
//! It opens no socket, no database and no file of our own keys, and never prints a secret. TLS certificates and their keys
//! are part of what it reads.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::net::IpAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use ipnet::IpNet;
use jiff::Timestamp;
use jiff::fmt::friendly::SpanPrinter;

use crate::clock::Clock;
use crate::config::session::SessionSource;
use crate::config::settings::{
    ApiTokens, Listen, MailTransport, PortalCustomers, Scheme, Settings, Site, SmtpTls, Upstream, WebSessions,
};
use crate::config::tls::{Certificate, Tls};
use crate::config::{self, ConfigErrors};

/// The code for bad usage or a bad configuration (`EX_USAGE` of sysexits.h).
const BAD_CONFIGURATION: u8 = 64;
/// A certificate that ends sooner should have been renewed: those of 90 days are renewed 30 days before.
const RENEWAL: Duration = Duration::from_secs(14 * 86_400);

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
    let _ = writeln!(text, "  organization  {}", settings.organization);
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
        let _ = writeln!(
            text,
            "  site          {} ({}) -> {}{}",
            site.id,
            site.product.as_str(),
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
    for warning in warnings(settings).into_iter().chain(certificate_warnings(settings, now)) {
        let _ = writeln!(text, "warning: {warning}");
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

/// What works as it is written, but is worth a second look.
fn warnings(settings: &Settings) -> Vec<String> {
    let mut warnings = Vec::new();
    if settings.listen.scheme == Scheme::Http {
        warnings.push(
            "scheme is http: cookies have neither Secure nor __Host-, and anybody on the way reads them"
                .into(),
        );
    }
    if settings.listen.tls.is_none() && !settings.listen.proxy.ip().to_canonical().is_loopback() {
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
    warnings.extend(settings.sites.iter().flat_map(|site| site_warnings(site, &settings.listen)));
    warnings
}

/// The same of one site.
fn site_warnings(site: &Site, listen: &Listen) -> Vec<String> {
    let mut warnings = Vec::new();
    if !site.enforce {
        warnings.push(format!("{} is not enforced: external people pass without a code", site.id));
        if site.assertion {
            warnings.push(format!("{} gets no assertion: nobody is judged there", site.id));
        }
    }
    if site.enforce && site.mobile.web_sessions == WebSessions::Pass {
        warnings.push(app_warning(site));
    }
    if !site.hardening {
        warnings.push(format!(
            "{} is not hardened: paths with WEB-INF, META-INF or `::` reach the product",
            site.id
        ));
    }
    if site.sessions.iter().any(|source| matches!(source, SessionSource::Crowd(crowd) if crowd.is_plain)) {
        warnings.push(format!(
            "{} asks Crowd over plain HTTP: the application's password and everybody's tokens cross the network in the clear",
            site.id
        ));
    }
    if site.portal_customers == PortalCustomers::Exempt {
        warnings.push(format!("{} exempts customers of its portal: they pass without a code", site.id));
    }
    // Such a proxy would make strangers of all who come through it.
    let proxies: Vec<IpNet> = listen
        .trusted_proxies
        .iter()
        .filter(|proxy| {
            site.trusted_sources.iter().any(|source| source.contains(*proxy) || proxy.contains(source))
        })
        .copied()
        .collect();
    if !proxies.is_empty() {
        warnings.push(format!(
            "{} has a trusted source that is also a trusted proxy, {}: nobody who comes through it can be signed in",
            site.id,
            networks(&proxies)
        ));
    }
    let (upstream, is_plain) = (&site.upstream.authority, site.upstream.tls.is_none());
    if is_plain && !is_near(upstream.host()) {
        warnings.push(format!(
            "{} has its upstream at {upstream}, which may be across a public network, over plain HTTP",
            site.id
        ));
    }
    warnings
}

/// What an app's session rests on, and what would narrow that down.
fn app_warning(site: &Site) -> String {
    let mobile = &site.mobile;
    let narrowed = match (mobile.networks.is_empty(), mobile.client_certificate) {
        (true, false) => "; narrow it with `networks` or `client_certificate` in [site.mobile]",
        (false, false) => ", within `networks`",
        (true, true) => ", with a client certificate",
        (false, true) => ", within `networks` and with a client certificate",
    };
    format!(
        "{} passes the sessions of mobile apps without a code: anybody who knows a password can forge an app's User-Agent{narrowed}",
        site.id
    )
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

/// What browsers will complain about, now or soon.
fn certificate_warnings(settings: &Settings, now: Timestamp) -> Vec<String> {
    let Some(tls) = &settings.listen.tls else { return Vec::new() };
    let ends = |certificate: &Certificate| {
        let (end, name) = (certificate.expires?, certificate.names.first()?);
        match () {
            () if end <= now => Some(format!("the certificate of {name} has ended on {}", day(end))),
            () if end.duration_since(now).unsigned_abs() < RENEWAL => {
                Some(format!("the certificate of {name} ends on {}", day(end)))
            }
            () => None,
        }
    };
    let mut warnings: Vec<String> = tls.certificates.iter().filter_map(ends).collect();
    for site in &settings.sites {
        if !tls.certificates.iter().any(|certificate| certificate.is_for(site.host.as_str())) {
            warnings.push(format!("no certificate is for {}: browsers will refuse it", site.host));
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
    use std::os::unix::fs::PermissionsExt as _;

    const NOW: Timestamp = Timestamp::constant(1_000_000_000, 0);
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
        summary(Path::new("postern.toml"), &settings, NOW)
    }

    #[test]
    fn a_certificate_is_summed_up_with_its_names_and_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["jira.acme.com".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2001, 9, 20);
        let key = rcgen::KeyPair::generate().unwrap();
        let write = |name: &str, text: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        };
        write("cert.pem", params.self_signed(&key).unwrap().pem());
        write("key.pem", key.serialize_pem());
        let text = QUIET.replace("127.0.0.1:8080", "0.0.0.0:443").replace(
            "scheme = \"https\"",
            "scheme = \"https\", certificate = [{ cert_file = \"cert.pem\", key_file = \"key.pem\" }]",
        );
        let summarise = |text: &str, now| {
            let settings = config::parse("postern.toml", text, folder.path(), &|_| None).unwrap();
            summary(Path::new("postern.toml"), &settings, now)
        };
        let quiet = summarise(&text, Timestamp::from_second(990_000_000).unwrap());
        assert!(quiet.contains("0.0.0.0:443 for https browsers, TLS, admin"), "{quiet}");
        assert!(quiet.contains("certificate   jira.acme.com until 2001-09-20"), "{quiet}");
        assert!(!quiet.contains("warning"), "{quiet}");
        assert!(
            summarise(&text, NOW).contains("warning: the certificate of jira.acme.com ends on 2001-09-20")
        );
        let late = Timestamp::from_second(1_100_000_000).unwrap();
        assert!(summarise(&text, late).contains("jira.acme.com has ended on 2001-09-20"));
        let other = summarise(&text.replace("host = \"jira", "host = \"wiki"), NOW);
        assert!(other.contains("warning: no certificate is for wiki.acme.com"), "{other}");
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
    fn a_trusted_source_is_summed_up_with_what_it_means() {
        let text =
            summarise(&QUIET.replace("enforce = true", "trusted_sources = [\"10.0.0.5\", \"fd00::/8\"]"));
        assert!(text.contains("from 10.0.0.5/32, fd00::/8: never judged, and no cookie goes on"), "{text}");
        assert!(!text.contains("warning"), "{text}");
    }

    #[test]
    fn what_works_but_is_unwise_is_a_warning() {
        for (from, to, warning) in [
            ("scheme = \"https\"", "scheme = \"http\"", "scheme is http"),
            ("tls = \"required\"", "tls = \"none\"", "goes without TLS"),
            ("enforce = true", "enforce = false", "jira.acme.com is not enforced"),
            (
                "enforce = true",
                "mobile = { web_sessions = \"pass\" }",
                "forge an app's User-Agent; narrow it with `networks` or `client_certificate`",
            ),
            (
                "enforce = true",
                "mobile = { web_sessions = \"pass\", networks = [\"10.0.0.0/8\"], client_certificate = true }",
                "forge an app's User-Agent, within `networks` and with a client certificate",
            ),
            ("enforce = true", "hardening = false", "jira.acme.com is not hardened"),
            (
                "scheme = \"https\" }\nsite = [{",
                "trusted_proxies = [\"10.0.0.0/8\"] }\nsite = [{ trusted_sources = [\"10.0.0.5\"],",
                "also a trusted proxy, 10.0.0.0/8",
            ),
            ("enforce = true", "portal_customers = \"exempt\"", "exempts customers of its portal"),
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
    fn an_upstream_by_tls_may_be_anywhere_and_says_whom_it_believes() {
        let text = summarise(&QUIET.replace("http://10.0.0.5:8080", "https://jira.example.com:8443"));
        assert!(text.contains("-> https://jira.example.com:8443\n") && !text.contains("warning"), "{text}");
        let named = "https://8.8.8.8\", upstream_tls = { name = \"jira.internal\" }, product = \"confluence";
        let text = summarise(
            &QUIET.replace("product = \"jira-software\", ", "").replace("http://10.0.0.5:8080", named),
        );
        assert!(text.contains("-> https://8.8.8.8:443, verified as jira.internal\n"), "{text}");
        assert!(!text.contains("warning"), "{text}");
    }

    #[test]
    fn a_bad_file_is_counted_and_drawn() {
        let text = QUIET.replace("smtp://", "ftp://").replace("36h", "soon");
        let errors = config::parse("postern.toml", &text, Path::new(""), &|_| None).unwrap_err();
        let text = refusal(Path::new("postern.toml"), &errors);
        assert!(text.contains("postern.toml:6:26") && text.contains("postern.toml: 2 mistakes"), "{text}");
    }
}
