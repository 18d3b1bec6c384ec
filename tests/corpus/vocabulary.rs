//! The words that requests are put together from: what has fooled gateways before, by path, header, cookie and method.
//!
//! The stale session's secret is written wherever some server would find a session: never in a cookie that is known to be
//! harmless, in a query, or in a token, which go on by design.

use super::case::{Shot, send};

/// The secret of the stale session. Nothing else contains it.
pub const SECRET: &str = "5ec2e7a1b0d94c";
/// A managed person's session.
pub const MANAGED: &str = "c94f7a1e62";
/// What a client says under a name of ours.
pub const FORGED: &str = "f0126ed";
/// What a cookie of ours holds.
const OWN: &str = "0f0u125";

const METHODS: [&str; 16] = [
    "GET", "GET", "GET", "GET", "GET", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH",
    "PROPFIND", "get", "TRACE", "FOO",
];

const BEGINNINGS: [&str; 22] = [
    "/",
    "/secret",
    "/browse/DEMO-1",
    "/rest/api/2/myself",
    "/rest/api/2/search",
    "/rest/auth/1/session",
    "/allowed/page",
    "/allowed/",
    "/allowed",
    "/login.jsp",
    "/secure/Logout!default.jspa",
    "/logout",
    "/status",
    "/s/a/_/download/batch/com.x:y/y.css",
    "/s/a/_/",
    "/download/resources/x",
    "/download/attachments/1/x",
    "/.postern/verify",
    "/.postern/challenge",
    "/.postern",
    "//",
    "/%2epostern",
];

const PIECES: [&str; 44] = [
    "/",
    "//",
    "/.",
    "/..",
    "/../",
    "/./",
    "/..;/",
    "/..;a=b/",
    "/.;/",
    ";",
    ";x=1",
    ";.css",
    ";jsessionid=SECRET",
    ";JSESSIONID=SECRET",
    "%3bjsessionid=SECRET",
    "%2e",
    "%2e%2e",
    "/%2e%2e/",
    "/.%2e/",
    "%2f",
    "%2F..%2f",
    "%5c",
    "\\",
    "/..\\",
    "%25",
    "%252e%252e",
    "%252f",
    "%00",
    "%0d%0a",
    "%",
    "%zz",
    "%c0%ae",
    "::",
    ":",
    "%3a%3a",
    ".css",
    ".js",
    "/secret",
    "/allowed/page",
    "/login.jsp",
    "/.postern/verify",
    "/WEB-INF/web.xml",
    "/web-inf;x/",
    "#",
];

const QUERIES: [&str; 18] = [
    "?",
    "?x=1",
    "?.js",
    "?/allowed/page",
    "?next=/login.jsp",
    "?os_authType=basic",
    "?os_authType=any&x",
    "?os_username=a&os_password=b",
    "?%6fs_password=b",
    "?os_cookie=true",
    "?os%5Fusername=a",
    "?access_token=x",
    "?jwt=a.b.c",
    "?_method=GET",
    "?a=[]|{}",
    "?a=%2f+%zz",
    "??",
    "?x=1#/allowed/page",
];

const LINES: [(&str, &str); 66] = [
    ("accept", "text/html"),
    ("Accept", "*/*"),
    ("accept", "image/*"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-mode", "websocket"),
    ("Sec-Fetch-Dest", "script"),
    ("sec-purpose", "prefetch"),
    ("x-requested-with", "XMLHttpRequest"),
    ("user-agent", "AtlassianMobileApp/1.0 (com.atlassian.jira.server)"),
    ("user-agent", "kube-probe/1.30"),
    ("origin", "null"),
    ("origin", "https://evil.test"),
    ("referer", "https://evil.test/"),
    ("access-control-request-method", "PUT"),
    ("authorization", "Bearer junk"),
    ("authorization", "Bearer junk"),
    ("Authorization", "Basic Zm9vOmJhcg=="),
    ("AUTHORIZATION", "JWT a.b.c"),
    ("authorization", "OAuth oauth_token=\"x\""),
    ("authorization", "bearer junk"),
    ("authorization", "Bearer"),
    ("authorization", "Bearer  x"),
    ("authorization", "Bearer\tx"),
    ("authorization", "Negotiate abc"),
    ("authorization", ""),
    ("Authorization ", "Bearer junk"),
    ("proxy-authorization", "Bearer FORGED"),
    ("x-postern-account", "FORGED"),
    ("X_Postern-Account", "FORGED"),
    ("x-postern_email", "FORGED"),
    ("X-AUSERNAME", "FORGED"),
    ("x_ausername", "FORGED"),
    ("x-forwarded-for", "FORGED"),
    ("X_Forwarded_For", "FORGED"),
    ("x-forwarded-host", "FORGED"),
    ("x-forwarded-user", "FORGED"),
    ("forwarded", "for=FORGED"),
    ("x-real-ip", "FORGED"),
    ("True_Client-IP", "FORGED"),
    ("x-original-url", "/allowed/FORGED"),
    ("X_Rewrite_URL", "/allowed/FORGED"),
    ("remote-user", "FORGED"),
    ("Remote_User", "FORGED"),
    ("x-seraph-trusted-app-id", "FORGED"),
    ("x-http-method-override", "OPTIONS"),
    ("x_http_method", "GET"),
    ("connection", "close"),
    ("connection", "keep-alive"),
    ("connection", "Upgrade"),
    ("connection", "cookie"),
    ("connection", "X-Postern-Account, close"),
    ("proxy-connection", "cookie"),
    ("keep-alive", "timeout=5"),
    ("te", "trailers"),
    ("upgrade", "websocket"),
    ("upgrade", "h2c"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("host", "evil.test"),
    ("x", "a\r\n folded"),
    ("x", "a\rb"),
    ("x ", "a"),
    ("transfer-encoding", "xchunked"),
    ("content-length", "5, 6"),
    ("if-none-match", "*"),
    ("range", "bytes=0-1"),
];

/// Cookie names under which some server would look for a session, or that nobody knows.
const NAMES: [&str; 22] = [
    "JSESSIONID",
    "JSESSIONID",
    "JSESSIONID",
    "JSESSIONID",
    "jsessionid",
    "JSessionId",
    "JSESSIONID ",
    "JSESSIONID\t",
    "\"JSESSIONID\"",
    "$JSESSIONID",
    "__Host-JSESSIONID",
    "__Secure-JSESSIONID",
    "JSESSIONID.node1",
    "JSESSIONID[0]",
    "%4aSESSIONID",
    "seraph.rememberme.cookie",
    "crowd.token_key",
    "crowd.rememberme.token",
    "studio.crowd.tokenkey",
    "unknown",
    "",
    "session",
];

/// How a session is written; the first ones are usual.
const VALUES: [&str; 16] = [
    "SECRET",
    "SECRET",
    "SECRET",
    "SECRET",
    "SECRET.node1",
    "\"SECRET\"",
    " SECRET",
    "SECRET ",
    "\tSECRET",
    "SECRET,",
    "\"SECRET",
    "x,JSESSIONID=SECRET",
    "SECRET=",
    "'SECRET'",
    "%22SECRET%22",
    "\\\"SECRET",
];

/// What else stands in a cookie line.
const OTHERS: [&str; 24] = [
    "_ga=1",
    "_ga=\"",
    "_ga=a b",
    "_ga_1=x,y",
    "AJS.conglomerate.cookie=\"x=1|y=2\"",
    "atlassian.xsrf.token=a_b_lin",
    "theme=dark",
    "$Version=1",
    "$Path=/",
    "=",
    "x",
    "a=\"",
    "a=\"b;",
    "\"",
    "__Host-postern-proof=OWN",
    "__Host-postern-device=OWN",
    "postern-device=OWN",
    "__HOST-Postern-Proof=OWN",
    "__host-POSTERN-x=OWN",
    "JSESSIONID=MANAGED",
    "JSESSIONID=MANAGED",
    "jsessionid=MANAGED",
    "unknown=MANAGED",
    "JSESSIONID=",
];

const SEPARATORS: [&str; 10] = ["; ", "; ", "; ", ";", " ; ", ";;", ";\t", ", ", ",", "; ; "];

const COOKIE_LINES: [&str; 4] = ["cookie", "Cookie", "COOKIE", "Cookie"];

/// Numbers that are the same in every run (Steele and others, "Fast splittable pseudorandom number generators").
#[derive(Debug, Clone)]
pub struct Draw(u64);

impl Draw {
    /// A series of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    /// Below this bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).expect("31 bits") % bound
    }

    fn of<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn once_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }
}

/// The next request to this host. Its body, if any, holds a request to `/canary`.
pub fn draw_shot(draw: &mut Draw, host: &'static str) -> Shot {
    let mut shot = send(draw.of(&METHODS), target(draw, host)).host(host);
    if draw.once_in(60) {
        shot = shot.version("HTTP/1.0");
    }
    for _ in 0..draw.below(4) {
        let (name, value) = draw.of(&LINES);
        shot = shot.line(name, spelled(value));
    }
    // One in ten has no session at all, and one in twelve two lines of cookies.
    for _ in 0..[0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2][draw.below(12)] {
        shot = shot.line(draw.of(&COOKIE_LINES), spelled(&cookies(draw)));
    }
    if matches!(shot.method, "POST" | "PUT" | "PATCH") || draw.once_in(30) {
        shot = body(draw, shot, host);
    }
    shot
}

fn target(draw: &mut Draw, host: &str) -> String {
    let mut target = String::new();
    if draw.once_in(40) {
        target = format!("http://{host}");
    }
    target.push_str(draw.of(&BEGINNINGS));
    for _ in 0..[0, 0, 1, 1, 2, 3][draw.below(6)] {
        target.push_str(draw.of(&PIECES));
    }
    if draw.once_in(4) {
        target.push_str(draw.of(&QUERIES));
    }
    if draw.once_in(100) {
        target.push_str(draw.of(&[" ", "\t", "\u{80}", "\u{1}", "\u{e9}"]));
    }
    spelled(&target)
}

fn cookies(draw: &mut Draw) -> String {
    let mut pairs = Vec::new();
    for _ in 0..[0, 0, 0, 1, 1, 2][draw.below(6)] {
        pairs.push(draw.of(&OTHERS).to_owned());
    }
    for _ in 0..[1, 1, 1, 1, 1, 1, 1, 2][draw.below(8)] {
        let pair = format!("{}={}", draw.of(&NAMES), draw.of(&VALUES));
        let at = draw.below(pairs.len() + 1);
        pairs.insert(at, pair);
    }
    let separator = draw.of(&SEPARATORS);
    pairs.join(separator)
}

fn body(draw: &mut Draw, shot: Shot, host: &str) -> Shot {
    let canary = format!("GET /canary HTTP/1.1\r\nHost: {host}\r\n\r\n");
    if shot.is_framed() || shot.version == "HTTP/1.0" || !draw.once_in(4) {
        return shot.body(if draw.once_in(4) { canary } else { String::new() });
    }
    let chunk = format!("{:x}\r\n{canary}\r\n0\r\n\r\n", canary.len());
    shot.line("transfer-encoding", "chunked").body(chunk)
}

fn spelled(text: &str) -> String {
    text.replace("SECRET", SECRET).replace("MANAGED", MANAGED).replace("FORGED", FORGED).replace("OWN", OWN)
}
