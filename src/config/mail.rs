//! `[mail]`: who mails come from and how they leave.
//!
//! A password never stands in this file or in a URL, and never crosses the network without TLS.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::client::Certificate;
use secrecy::SecretString;
use url::Url;

use crate::domain::domain_name::DomainName;

use super::Surroundings;
use super::section::Section;
use super::settings::{Mail, MailTransport, Smtp, SmtpCredentials, SmtpTls};
use super::values::{Refusal, choice, duration};

/// Where a password may come from instead of a file.
const PASSWORD_VARIABLE: &str = "POSTERN_SMTP_PASSWORD";
/// The same for the second server.
const SECOND_PASSWORD_VARIABLE: &str = "POSTERN_SMTP_SECOND_PASSWORD";

/// The keys that mean something only beside `smtp`.
const SMTP_KEYS: [&str; 6] = ["tls", "ca_file", "username", "password_file", "timeout", "second"];

/// Reads the section.
pub(super) fn read(root: &mut Section<'_>, around: &Surroundings<'_>) -> Option<Mail> {
    let mut section = root.required_section("mail", "`from`, and either `smtp` or `file`")?;
    let from = section.required("from", "Acme access <access@acme.com>", mailbox);
    let folder = section.text("file", |text| around.file(text));
    let smtp = read_smtp(&mut section, around, PASSWORD_VARIABLE);
    let second = read_second(&mut section, around);
    let transport = match (section.has("smtp"), section.has("file")) {
        (true, false) => smtp.map(|first| MailTransport::Smtp { first, second }),
        (false, true) => folder.map(MailTransport::File),
        (true, true) => {
            section.reject("file", "stands beside `smtp`", "mail leaves one way: remove one of the two");
            None
        }
        (false, false) => {
            section.reject_whole(
                "has no way for mail to leave",
                "add `smtp = \"smtp://host:587\"`, or `file` with a folder",
            );
            None
        }
    };
    if !section.has("smtp") {
        for key in SMTP_KEYS.into_iter().filter(|key| section.has(key)) {
            section.reject(key, "has no meaning without `smtp`", "remove it, or add `smtp`");
        }
    }
    section.finish();
    Some(Mail { from: from?, transport: transport? })
}

/// `[mail.second]`, with the keys that the first server has.
fn read_second(section: &mut Section<'_>, around: &Surroundings<'_>) -> Option<Smtp> {
    let is_given = section.has("second");
    let mut second = section.section("second");
    if !is_given {
        return None;
    }
    let smtp = read_smtp(&mut second, around, SECOND_PASSWORD_VARIABLE);
    if !second.has("smtp") {
        second.reject_whole("names no server", "add `smtp = \"smtp://host:587\"`, or remove the section");
    }
    second.finish();
    smtp
}

fn read_smtp(
    section: &mut Section<'_>,
    around: &Surroundings<'_>,
    password_variable: &'static str,
) -> Option<Smtp> {
    let server = section.text("smtp", server);
    let wanted = section.text("tls", choice(&[("required", true), ("none", false)])).unwrap_or(true);
    let ca_file = section.text("ca_file", |text| certificate(around.file(text)?));
    let timeout = section.text("timeout", duration("1s", "60s")).unwrap_or(Duration::from_secs(20));
    let credentials = read_credentials(section, around, password_variable);
    let implicit = server.as_ref().is_some_and(|server| server.implicit_tls);
    if !wanted {
        if implicit {
            section.reject("tls", "contradicts `smtps://`", "remove `tls`, or write `smtp://`");
        }
        if section.has("username") {
            section.reject(
                "tls",
                "would send the password in the clear",
                "remove `tls`, or sign in without a password",
            );
        }
        if section.has("ca_file") {
            section.reject("ca_file", "has no meaning beside `tls = \"none\"`", "remove one of the two");
        }
    }
    let tls = match (implicit, wanted) {
        (true, _) => SmtpTls::Implicit,
        (false, true) => SmtpTls::StartTls,
        (false, false) => SmtpTls::None,
    };
    let server = server?;
    Some(Smtp { host: server.host, port: server.port, tls, ca_file, credentials, timeout })
}

/// A user name needs a password from exactly one place, and a password file needs a user name.
fn read_credentials(
    section: &mut Section<'_>,
    around: &Surroundings<'_>,
    variable: &'static str,
) -> Option<SmtpCredentials> {
    let username = section.text("username", |text| match text.is_empty() {
        true => Err(Refusal::new("is empty", "expected a name, or no such key")),
        false => Ok(text.to_owned()),
    });
    let from_file = section.text("password_file", |text| password(&around.file(text)?));
    if !section.has("username") {
        if section.has("password_file") {
            section.reject("password_file", "has no user name beside it", "add `username`");
        }
        return None;
    }
    let from_environment = (around.environment)(variable).filter(|password| !password.is_empty());
    let password = match (section.has("password_file"), from_environment) {
        (true, None) => from_file,
        (false, Some(password)) => Some(SecretString::from(password)),
        (true, Some(_)) => {
            let instead = format!("{variable} is set too: remove one of the two");
            section.reject("password_file", "is not the only password", instead);
            None
        }
        (false, None) => {
            let instead = format!("add `password_file`, or set {variable} in the environment");
            section.reject("username", "has no password beside it", instead);
            None
        }
    };
    Some(SmtpCredentials { username: username?, password: password? })
}

struct Server {
    host: String,
    port: u16,
    implicit_tls: bool,
}

/// `smtp://host:port` (default 587) or `smtps://host:port` (default 465), and nothing else in it.
fn server(text: &str) -> Result<Server, Refusal> {
    let refuse = |reason| Refusal::new(reason, "expected `smtp://host:587` or `smtps://host:465`");
    let url = Url::parse(text).map_err(|_| refuse("is not a URL"))?;
    let implicit_tls = match url.scheme() {
        "smtp" => false,
        "smtps" => true,
        _ => return Err(refuse("has another scheme than `smtp` and `smtps`")),
    };
    if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
        let instead = "use `username` with `password_file` or the environment";
        return Err(Refusal::new("carries a user name or password", instead));
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("has something after the port"));
    }
    let host = url.host_str().unwrap_or_default();
    let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(ip) => ip.to_owned(),
        None => DomainName::parse_host(host).map_err(|_| refuse("has no valid host name"))?.to_string(),
    };
    let port = url.port().unwrap_or(if implicit_tls { 465 } else { 587 });
    if port == 0 {
        return Err(refuse("has no valid port"));
    }
    Ok(Server { host, port, implicit_tls })
}

/// `Name <address>` or an address alone. The parser stops after the first mailbox, so a second one is looked for here.
fn mailbox(text: &str) -> Result<Mailbox, Refusal> {
    let refusal = || {
        Refusal::new(
            "is not a sender",
            "expected a name and an address, such as `Acme access <access@acme.com>`",
        )
    };
    let text = text.trim();
    let single = match text.split_once('<') {
        Some((_, address)) => address.find('>') == Some(address.len() - 1),
        None => !text.contains([',', ' ']),
    };
    if !single || text.chars().any(char::is_control) {
        return Err(refusal());
    }
    text.parse().map_err(|_| refusal())
}

/// A file that holds one authority's certificate at least.
pub(super) fn certificate(path: PathBuf) -> Result<PathBuf, Refusal> {
    let pem = std::fs::read(&path).map_err(|error| unreadable(&path, &error))?;
    let found = pem.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----");
    if !found || Certificate::from_pem(&pem).is_err() {
        return Err(Refusal::new("holds no certificate", "expected a file with a CA certificate in PEM"));
    }
    Ok(path)
}

/// The file's content without the line end that editors add.
pub(super) fn password(path: &Path) -> Result<SecretString, Refusal> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let text = zeroize::Zeroizing::new(text);
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Refusal::new("is an empty file", "expected a file that holds the password alone"));
    }
    Ok(SecretString::from(password))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::new("cannot be read", format!("{}: {error}", path.display()))
}
