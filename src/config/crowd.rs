//! `[[site.session]]` with `source = "crowd"`: where Crowd is, and as which application it is asked.
//!
//! The application's password never stands in the file, and crosses no network in the clear unless that is said.

use std::time::Duration;

use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};
use zeroize::Zeroizing;

use super::Surroundings;
use super::mail::password;
use super::profiles::cookie_name;
use super::section::Section;
use super::session::Crowd;
use super::values::{Refusal, duration};

/// Where the password may come from instead of a file.
const PASSWORD_VARIABLE: &str = "POSTERN_CROWD_PASSWORD";

/// Reads the keys of a source; the caller finishes the section.
pub(super) fn read(section: &mut Section<'_>, around: &Surroundings<'_>) -> Option<Crowd> {
    let url = section.required("url", "https://crowd.acme.com/crowd", base_url);
    let may_be_plain = section.switch("plain_http_beyond_loopback", false);
    if url.as_ref().is_some_and(|url| url.scheme() == "http" && !is_loopback(url)) && !may_be_plain {
        section.reject(
            "url",
            "is not https, and not on this machine",
            "write `https://`, or set `plain_http_beyond_loopback = true` where the network is protected",
        );
    }
    let application = section.required("application", "postern", application);
    let password = read_password(section, around);
    let cookie = section.text("cookie", cookie_name).unwrap_or_else(|| "crowd.token_key".to_owned());
    let seen_as = section.text("gateway_address", |text| {
        let expected = "expected an IP address, such as `10.0.0.2`";
        text.parse().map_err(|_| Refusal::new("is not an address", expected))
    });
    let cache = section.text("cache", duration("1s", "60s")).unwrap_or(Duration::from_secs(30));
    let timeout = section.text("timeout", duration("100ms", "2s")).unwrap_or(Duration::from_secs(2));
    let (url, password) = (url?, password?);
    Some(Crowd {
        sessions: format!("{}/rest/usermanagement/1/session/", url.as_str().trim_end_matches('/')),
        authorization: authorization(&application?, &password)?,
        is_plain: url.scheme() == "http" && !is_loopback(&url),
        cookie,
        gateway_address: seen_as,
        cache,
        timeout,
    })
}

/// From exactly one place.
fn read_password(section: &mut Section<'_>, around: &Surroundings<'_>) -> Option<SecretString> {
    let from_file = section.text("password_file", |text| password(&around.file(text)?));
    let from_environment = (around.environment)(PASSWORD_VARIABLE).filter(|password| !password.is_empty());
    match (section.has("password_file"), from_environment) {
        (true, None) => from_file,
        (false, Some(password)) => Some(SecretString::from(password)),
        (true, Some(_)) => {
            let instead = format!("{PASSWORD_VARIABLE} is set too: remove one of the two");
            section.reject("password_file", "is not the only password", instead);
            None
        }
        (false, None) => {
            let instead = format!("add `password_file`, or set {PASSWORD_VARIABLE} in the environment");
            section.reject_whole("has no password for Crowd", instead);
            None
        }
    }
}

/// The whole `Authorization` header (RFC 7617), marked so that it is printed nowhere.
fn authorization(application: &str, password: &SecretString) -> Option<HeaderValue> {
    let pair = Zeroizing::new(format!("{application}:{}", password.expose_secret()));
    let line = Zeroizing::new(format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&line).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn base_url(text: &str) -> Result<Url, Refusal> {
    let refuse =
        |reason| Refusal::new(reason, "expected Crowd's own address, such as `https://crowd.acme.com/crowd`");
    let url = Url::parse(text).map_err(|_| refuse("is not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(refuse("is not an http or https URL"));
    }
    if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
        return Err(refuse("carries a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("has something after its path"));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// A colon would end the name (RFC 7617 section 2).
fn application(text: &str) -> Result<String, Refusal> {
    if !(1..=255).contains(&text.len()) || text.contains(':') || text.chars().any(char::is_control) {
        return Err(Refusal::new(
            "is not an application's name",
            "expected its name in Crowd, without a colon",
        ));
    }
    Ok(text.to_owned())
}
