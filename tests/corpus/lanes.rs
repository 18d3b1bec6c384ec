//! Group C: a lane is chosen by the credentials that go on, never by what a request claims to be.

use super::case::Outcome::{
    Challenged, ChallengedOrRefused, Forwarded, ForwardedAlone, ForwardedAsStranger, Refused,
};
use super::case::Who::{Anonymous, Managed, Stale};
use super::case::{Row, get, send};

/// The rows of T042 to T055.
pub fn rows() -> Vec<Row> {
    [tokens(), claims(), queries(), upgrades(), preflights()].concat()
}

fn tokens() -> Vec<Row> {
    let mut rows = Vec::new();
    for value in [
        "Bearer junk",
        "Basic Zm9vOmJhcg==",
        "JWT a.b.c",
        "OAuth oauth_token=\"x\", oauth_version=\"1.0\"",
        "Bearer demo-pat-omar",
    ] {
        for who in [Stale, Managed, Anonymous] {
            let id = match who {
                Anonymous => "T046",
                _ if value.starts_with("Basic") => "T043",
                _ => "T042",
            };
            rows.push(get("/secret").line("authorization", value).is(id, who, ForwardedAlone));
            let post = send("POST", "/rest/api/2/issue").line("authorization", value).body("{}");
            rows.push(post.is("T047", who, ForwardedAlone));
        }
    }
    let long = format!("Bearer {}", "a".repeat(8192));
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer  x",
        "bearer x",
        "BEARER x",
        "Bearer\tx",
        "token x",
        "Bearer a b",
        "Basic =",
        "Negotiate abc",
        "Digest username=\"x\"",
        "OAuth x",
        &long,
    ] {
        rows.push(get("/secret").line("authorization", value).is("T048", Stale, Challenged));
    }
    for (one, other) in [("Bearer a", "Bearer b"), ("", "Bearer b"), ("Bearer a", "Basic Zm9vOmJhcg==")] {
        let shot = get("/secret").line("authorization", one).line("authorization", other);
        rows.push(shot.clone().is("T048", Stale, Refused(&[400])));
        rows.push(shot.is("T048", Managed, Refused(&[400])));
    }
    rows.push(get("/secret").line("proxy-authorization", "Bearer junk").is("T048", Stale, Challenged));
    rows
}

fn claims() -> Vec<Row> {
    let agents = [
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 AtlassianMobileApp",
        "AtlassianMobileApp/1.0 (com.atlassian.jira.server)",
        "Jira/9.0 CFNetwork/1404 Darwin/22.3.0",
        "Confluence/4.1",
        "kube-probe/1.30",
        "GoogleHC/1.0",
        "Prometheus/2.45",
        "Microsoft Data Access Internet Publishing Provider DAV",
        "python-requests/2.32",
    ];
    let targets = [
        "/secret",
        "/rest/api/2/search",
        "/rest/nativemobile/1.0/batch",
        "/rest/nativemobile/1.0/project/search",
        "/rest/mobile/1.0/home",
        "/plugins/servlet/gadgets/makeRequest",
        "/plugins/servlet/oauth/authorize",
        "/plugins/servlet/oauth2/consent",
        "/secure/admin/WebSudoAuthenticate!default.jspa",
        "/rest/synchrony/1.0/token/1/generate",
    ];
    let mut rows = Vec::new();
    for agent in agents {
        for target in targets {
            let is_probe = ["kube", "GoogleHC", "Prometheus"].iter().any(|probe| agent.starts_with(probe));
            let id = if is_probe { "T045" } else { "T044" };
            rows.push(get(target).line("user-agent", agent).is(id, Stale, Challenged));
        }
        rows.push(
            send("POST", "/rest/nativemobile/1.0/batch")
                .line("user-agent", agent)
                .body("[]")
                .is("T050", Stale, Challenged),
        );
    }
    for (name, value) in [
        ("sec-purpose", "prefetch"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
    ] {
        rows.push(get("/secret").line(name, value).is("T054", Stale, Challenged));
    }
    for name in ["x-atlassian-token", "x-sitemesh-off"] {
        rows.push(send("GET", "/rest/api/2/search").line(name, "no-check").is("T044", Stale, Challenged));
    }
    rows
}

fn queries() -> Vec<Row> {
    let mut rows = Vec::new();
    for query in
        ["os_authType=basic", "os_username=a&os_password=b", "access_token=x", "jwt=a.b.c", "oauth_token=x"]
    {
        rows.push(get(format!("/secret?{query}")).is("T049", Stale, Challenged));
        rows.push(send("GET", format!("/rest/api/2/search?{query}")).is("T049", Stale, Challenged));
    }
    for query in ["os_username=a&os_password=b", "x=1&%6fs_password=b", "os_cookie=true", "os%5Fusername=a"] {
        for who in [Managed, Anonymous] {
            rows.push(get(format!("/secret?{query}")).is("T049", who, Refused(&[400])));
        }
        rows.push(get(format!("/allowed/page?{query}")).is("T049", Stale, ChallengedOrRefused(&[400])));
        let token = get(format!("/secret?{query}")).line("authorization", "Bearer junk");
        rows.push(token.is("T049", Stale, Refused(&[400])));
    }
    rows.push(get("/secret?os_destination=%2Fbrowse&x=[]|{}").is("T049", Managed, Forwarded));
    rows
}

fn upgrades() -> Vec<Row> {
    let handshake = || {
        send("GET", "/synchrony")
            .line("connection", "Upgrade")
            .line("upgrade", "websocket")
            .line("sec-websocket-version", "13")
            .line("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    };
    let mut rows = vec![
        handshake().is("T051", Stale, Challenged),
        handshake().line("sec-fetch-mode", "websocket").is("T051", Stale, Challenged),
        handshake().line("origin", "https://evil.test").is("T051", Managed, Refused(&[403])),
        handshake().line("origin", "null").is("T051", Managed, Refused(&[403])),
        handshake().line("origin", "https://evil.test").is("T051", Stale, ChallengedOrRefused(&[403])),
        handshake().is("T051", Anonymous, Refused(&[403])),
        handshake().line("authorization", "Bearer junk").is("T051", Anonymous, Refused(&[403])),
        handshake().line("authorization", "Bearer junk").is("T051", Stale, ChallengedOrRefused(&[400, 403])),
    ];
    for protocol in ["foo", "h2c", "websocket, h2c", "TLS/1.0"] {
        let shot = send("GET", "/synchrony").line("connection", "Upgrade").line("upgrade", protocol);
        for who in [Stale, Managed, Anonymous] {
            rows.push(shot.clone().is("T169", who, ChallengedOrRefused(&[400, 403])));
        }
    }
    rows
}

fn preflights() -> Vec<Row> {
    let preflight = || {
        send("OPTIONS", "/rest/api/2/issue")
            .line("origin", "https://other.test")
            .line("access-control-request-method", "PUT")
    };
    vec![preflight().is("T055", Anonymous, ForwardedAsStranger), preflight().is("T055", Stale, Challenged)]
}
