//! The credentials that a request carries, read as leniently as the real products read them.
//!
//! Nothing here checks them; `seraph.rs` does.

use axum::{
    body::Body,
    http::{HeaderMap, Request, header},
};

use super::product::PathSession;

/// What the query says about signing in. The form's body is `login.rs`' business.
#[derive(Debug, Default)]
pub struct LoginParameters {
    pub username: Option<String>,
    pub password: Option<String>,
    /// `os_cookie=true`: set a remember-me cookie.
    pub remember: bool,
    /// `os_authType`: `basic`, `cookie`, `any` or `none`.
    pub auth_type: Option<String>,
}

impl LoginParameters {
    pub fn of(request: &Request<Body>) -> Self {
        let mut found = LoginParameters::default();
        for (name, value) in form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "os_username" => found.username = Some(value.into_owned()),
                "os_password" => found.password = Some(value.into_owned()),
                "os_cookie" => found.remember = value == "true",
                "os_authType" => found.auth_type = Some(value.into_owned()),
                _ => {}
            }
        }
        found
    }

    /// The name and the password when both are there.
    pub fn credentials(&self) -> Option<(String, String)> {
        self.username.clone().zip(self.password.clone())
    }
}

/// The ids that the request offers: Tomcat tries each `JSESSIONID` until one is valid, then the path parameter.
pub fn session_ids(request: &Request<Body>) -> Vec<String> {
    let in_path = request.extensions().get::<PathSession>().map(|session| session.0.clone());
    cookies(request.headers(), "JSESSIONID").map(str::to_owned).chain(in_path).collect()
}

/// The values of every cookie of that name, in order, over all `Cookie` lines.
pub fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(move |(key, _)| *key == name)
        .map(|(_, value)| value.trim_matches('"'))
}

/// As the token filter reads it: the value begins with `Bearer` and has exactly two words.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let (scheme, token) = value.split_once(' ')?;
    (scheme.starts_with("Bearer") && !token.contains(' ')).then_some(token)
}

/// User name and password of a Basic header.
pub fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let bytes = data_encoding::BASE64.decode(value.strip_prefix("Basic ")?.trim().as_bytes()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (username, password) = text.split_once(':')?;
    Some((username.to_owned(), password.to_owned()))
}
