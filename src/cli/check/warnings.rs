//! What works as it is written, but is worth a second look.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use jiff::Timestamp;

use crate::config::database::{Database, PostgresTls};
use crate::config::session::SessionSource;
use crate::config::settings::{
    Listen, MailTransport, PortalCustomers, Scheme, Settings, Site, SmtpTls, WebSessions,
};
use crate::config::tls::Certificate;
use crate::domain::mode::Mode;
use crate::domain::organization::{ExportLinks, Home, Office};
use crate::domain::ownable::SpecialUse;
use crate::domain::public_address::is_public;

use super::{day, networks};

/// A certificate that ends sooner should have been renewed: those of 90 days are renewed 30 days before.
const RENEWAL: Duration = Duration::from_secs(14 * 86_400);

/// The warnings of all settings, those of certificates apart.
pub(super) fn of(settings: &Settings) -> Vec<String> {
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
    if let MailTransport::Smtp { first, second } = &settings.mail.transport {
        let in_the_clear = std::iter::once(first).chain(second).filter(|smtp| smtp.tls == SmtpTls::None);
        warnings.extend(in_the_clear.map(|smtp| {
            format!("mail to {} goes without TLS: anybody on the way reads the codes", smtp.host)
        }));
    }
    if let Database::Postgres(server) = &settings.database
        && server.tls == PostgresTls::None
        && !server.host.is_local()
    {
        warnings.push(format!(
            "the store at {server} is asked without TLS: anybody on the way reads and changes what it says"
        ));
    }
    warnings.extend(settings.offices.iter().filter(|office| office.export_links == ExportLinks::Bearer).map(
        |office| {
            format!(
                "{} has its exports opened by mailed links: whoever reads such a mail within a day has the file",
                office.organization.name
            )
        },
    ));
    warnings.extend(settings.offices.iter().filter_map(|office| home_warning(settings, office)));
    warnings.extend(settings.sites.iter().flat_map(|site| site_warnings(site, &settings.listen)));
    warnings.extend(domain_warnings(settings));
    warnings
}

/// A home host where nobody is ever known makes every other host ask for itself.
fn home_warning(settings: &Settings, office: &Office) -> Option<String> {
    let (is_given, name) = (matches!(office.home, Home::At(_)), &office.organization.name);
    let Some((organization, home)) = settings.home(office) else {
        return is_given.then(|| {
            format!("the home of {name} serves nobody: nobody is judged there, or at no other host")
        });
    };
    let of_home = |site: &&Arc<Site>| site.organization.id == organization.id && site.host == *home;
    let by_sign_in = |site: &Arc<Site>| {
        let is_one = |source: &SessionSource| matches!(source, SessionSource::Jwt(rules) if rules.session_claim.is_some());
        site.sessions.iter().all(is_one)
    };
    let is_vain = settings.sites.iter().filter(of_home).all(by_sign_in);
    is_vain.then(|| {
        format!("{home} keeps who verified for {name}, but by `session_claim` each sign-in there needs a code of its own")
    })
}

/// The same of how domains are proved.
fn domain_warnings(settings: &Settings) -> Vec<String> {
    let mut warnings = Vec::new();
    if settings.domains.special_use == SpecialUse::Allowed {
        warnings.push(
            "names such as corp.test and corp.internal can be owned: only the DNS servers say whose they are"
                .into(),
        );
    }
    if !settings.domains.private_addresses.is_empty() {
        warnings.push(format!(
            "whoever may add a domain can make the gateway ask web servers in {}",
            networks(&settings.domains.private_addresses)
        ));
    }
    for server in settings.dns.servers.iter().filter(|server| is_public(server.ip())) {
        warnings.push(format!(
            "{server} is asked by plain DNS across a public network: whoever can answer on the way proves any domain"
        ));
    }
    warnings
}

/// The same of one site.
fn site_warnings(site: &Site, listen: &Listen) -> Vec<String> {
    let mut warnings = Vec::new();
    if site.mode == Mode::Report {
        warnings.push(format!(
            "{} only reports: external people pass without a code, and it is counted",
            site.id
        ));
    }
    if !site.judges() {
        warnings.push(format!("{} is not enforced: external people pass without a code", site.id));
        if site.assertion {
            warnings.push(format!("{} gets no assertion: nobody is judged there", site.id));
        }
    }
    if site.judges() && site.mobile.web_sessions == WebSessions::Pass {
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

/// What browsers will complain about, now or soon.
pub(super) fn of_certificates(settings: &Settings, now: Timestamp) -> Vec<String> {
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

/// Whether an upstream is on this machine or a private network, as far as its name tells.
pub(super) fn is_near(host: &str) -> bool {
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
