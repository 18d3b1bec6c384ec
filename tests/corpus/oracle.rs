//! What may have come of any request at all that the generator makes. It shares no code with the gateway.

use percent_encoding::percent_decode_str;

use super::case::Shot;
use super::sending::Answered;
use super::vocabulary::{FORGED, SECRET};
use crate::support::recorder::Recorded;

/// Where a stale session goes on: the profile's pages to sign in and out, by exact method and path.
const SIGN_IN_AND_OUT: [&str; 19] = [
    "GET /login.jsp",
    "HEAD /login.jsp",
    "POST /login.jsp",
    "POST /rest/tsv/1.0/authenticate",
    "POST /rest/auth/1/session",
    "GET /servicedesk/customer/user/login",
    "HEAD /servicedesk/customer/user/login",
    "POST /servicedesk/customer/user/login",
    "POST /plugins/servlet/samlconsumer",
    "GET /plugins/servlet/oidc/initiate-login",
    "HEAD /plugins/servlet/oidc/initiate-login",
    "GET /plugins/servlet/oidc/callback",
    "HEAD /plugins/servlet/oidc/callback",
    "GET /secure/Logout!default.jspa",
    "GET /secure/Logout.jspa",
    "POST /secure/Logout.jspa",
    "GET /logout",
    "DELETE /rest/auth/1/session",
    "GET /plugins/servlet/sso-logout",
];

/// What came of a request.
pub struct Outcome<'a> {
    /// The answer.
    pub answer: &'a Answered,
    /// What reached the upstream, the gateway's own questions among it.
    pub reached: &'a [Recorded],
    /// How many bytes came there.
    pub bytes: u64,
}

/// Says what is wrong, if anything is.
pub fn judge(shot: &Shot, outcome: &Outcome<'_>) -> Result<(), String> {
    let Outcome { answer, reached, bytes } = outcome;
    let forwarded: Vec<&Recorded> = reached.iter().filter(|request| !request.is_question()).collect();
    let read: u64 = reached.iter().map(|request| request.head.len() as u64 + request.body_bytes).sum();
    let is_chunked = forwarded.iter().any(|request| !request.header("transfer-encoding").is_empty());
    let stayed_here = forwarded.is_empty();
    let problems = [
        (!matches!(answer.status, 101 | 200..=499 | 502..=504), "no answer, or one that tells of a fault"),
        (forwarded.len() > 1, "one request became several"),
        (!is_chunked && *bytes != read, "bytes reached the upstream that belong to no request"),
        (answer.is_challenge("GET") && !stayed_here, "it was challenged and forwarded"),
        (stayed_here && answer.body.contains(SECRET), "a refusal tells a session"),
        (answer.location.contains(SECRET), "an address tells a session"),
    ];
    if let Some((_, why)) = problems.iter().find(|(is_so, _)| *is_so) {
        return Err((*why).to_owned());
    }
    forwarded.iter().try_for_each(|request| judge_forwarded(shot, request)).map_err(|why| {
        let heads: Vec<String> =
            forwarded.iter().map(|request| request.head.escape_debug().to_string()).collect();
        format!("{why}: {heads:?}")
    })
}

fn judge_forwarded(shot: &Shot, request: &Recorded) -> Result<(), &'static str> {
    let head = request.head.as_str();
    let (path, query) = request.target().split_once('?').unwrap_or((request.target(), ""));
    let method = request.line().split(' ').next().unwrap_or_default();
    let signs = SIGN_IN_AND_OUT.contains(&format!("{method} {path}").as_str());
    let has_token = !request.header("authorization").is_empty();
    let has_cookies = !request.header("cookie").is_empty();
    let passes = has_token || signs || is_exempt(method, path) || !is_stale(shot);
    let problems = [
        (!passes, "a stale request passed outside of what is exempt"),
        (session_cookies(request) > 1, "two sessions of one name"),
        (head.contains(SECRET) && !signs, "a byte of the stale session reached the upstream"),
        (head.contains(FORGED), "a value of the client's under a name of ours"),
        (has_cookie_of_ours(request), "a cookie of ours reached the upstream"),
        (has_token && has_cookies, "a token and a session went on together"),
        (request.header("host").len() != 1, "not exactly one host"),
        (request.header("x-forwarded-for") != ["127.0.0.1"], "the client is not named, or named wrongly"),
        (method != shot.method, "another method"),
        (path.contains("canary"), "a body was taken for a request"),
        (is_ours(path), "our own prefix reached the upstream"),
        (decoded(path).to_lowercase().contains(";jsessionid"), "a session in the path"),
        (signs_in(query) && !signs, "a sign-in in the query"),
    ];
    problems.iter().find(|(is_so, _)| *is_so).map_or(Ok(()), |(_, why)| Err(why))
}

/// Whether it came with the stale session. A cookie of ours stays here with all that its value holds.
fn is_stale(shot: &Shot) -> bool {
    let lines = shot.lines.iter().filter(|(name, _)| name.eq_ignore_ascii_case("cookie"));
    lines
        .map(|(_, value)| String::from_utf8_lossy(value))
        .any(|line| line.contains(SECRET) && !line.to_lowercase().contains("postern-"))
}

/// Whether it is a page for strangers, of those that are drawn, in a spelling that every server reads alike.
fn is_exempt(method: &str, path: &str) -> bool {
    const ODD: [&str; 6] = ["//", "/.", "..", "::", "WEB-INF", "web-inf"];
    let is_listed =
        path == "/status" || ["/allowed/", "/s/", "/download/"].iter().any(|head| path.starts_with(head));
    matches!(method, "GET" | "HEAD")
        && is_listed
        && !path.contains([';', '%', '\\'])
        && !ODD.iter().any(|odd| path.contains(odd))
}

fn session_cookies(request: &Recorded) -> usize {
    let lines = request.header("cookie");
    let pairs = lines.iter().flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| name.trim() == "JSESSIONID").count()
}

/// Whether a cookie has a name of ours. What stands after a comma is part of another one's value to everybody who makes cookies.
fn has_cookie_of_ours(request: &Recorded) -> bool {
    let lines = request.header("cookie");
    lines.iter().flat_map(|line| line.split(';')).any(|pair| {
        let name = pair.trim().to_lowercase();
        name.strip_prefix("__host-").unwrap_or(&name).starts_with("postern-")
    })
}

fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// Whether the most lenient server would take it for one of our pages.
fn is_ours(path: &str) -> bool {
    let mut names: Vec<String> = Vec::new();
    for segment in decoded(path).split(['/', '\\']) {
        match segment.split(';').next().unwrap_or_default() {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name.to_lowercase()),
        }
    }
    names.first().is_some_and(|first| first.starts_with(".postern"))
}

fn signs_in(query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes())
        .any(|(name, _)| matches!(&*name, "os_username" | "os_password" | "os_cookie"))
}
