//! Group A: whatever the spelling of path, host and method, a stale session is challenged and ours stays ours.

use super::case::Outcome::{Challenged, ChallengedOrRefused, Forwarded, ForwardedAsStranger, Refused};
use super::case::Who::{Anonymous, Fresh, Managed, Stale};
use super::case::{Row, get, send};

/// The rows of T001 to T026.
pub fn rows() -> Vec<Row> {
    [paths(), fragments_and_broken(), ours(), hosts(), methods()].concat()
}

fn paths() -> Vec<Row> {
    let challenged = [
        ("T001", "/;x=1/spaces/DEMO"),
        ("T001", "/spaces;a=b;c/DEMO"),
        ("T001", "/allowed;x=1/page"),
        ("T006", "//secret"),
        ("T006", "/allowed//../secret"),
        ("T006", "/./secret"),
        ("T006", "/allowed/./../secret"),
        ("T006", "//allowed/page"),
        ("T006", "/allowed//page"),
        ("T007", "/secret;.css"),
        ("T007", "/secret/x.png"),
        ("T007", "/secret?.js"),
        ("T007", "/secret.css"),
        ("T007", "/download/attachments/1/x.css"),
        ("T007", "/secure/attachment/1/x.js"),
        ("T008", "/secret?next=/allowed/"),
        ("T008", "/secret?/allowed/"),
        ("T008", "/?/allowed/page"),
        ("T009", "/secret%23/allowed/"),
        ("T018", "/s/x/_/;/WEB-INF/web.xml"),
        ("T018", "/allowed/a::b"),
        ("T018", "/allowed/x:WEB-INF/y"),
        ("T018", "/allowed/.git/config"),
        ("T019", "/ALLOWED/x"),
        ("T019", "/Allowed/page"),
        ("T019", "/LOGIN.JSP"),
        ("T020", "/allowedX/secret"),
        ("T020", "/allowed"),
        ("T020", "/rest/mobileX/secret"),
        ("T020", "/login.jsp/"),
        ("T020", "/login.jspx"),
        ("T020", "/login.jsp/secret"),
        ("T026", "/.well-known/acme-challenge/any"),
        ("T026", "/.well-known/acme-challenge/"),
    ];
    let either = [
        ("T002", "/allowed/..;/secret"),
        ("T002", "/allowed/..;a=b/secret"),
        ("T002", "/allowed/.;/../secret"),
        ("T002", "/login.jsp/..;/secret"),
        ("T003", "/allowed/%2e%2e/secret"),
        ("T003", "/allowed/.%2e/secret"),
        ("T003", "/allowed/%2E./secret"),
        ("T003", "/allowed/%2E%2E%2Fsecret"),
        ("T004", "/allowed%2f..%2fsecret"),
        ("T004", "/allowed/%2fsecret"),
        ("T004", "/allowed%2Fpage"),
        ("T005", "/allowed/..%5csecret"),
        ("T005", "/allowed/..\\secret"),
        ("T005", "/allowed\\page"),
        ("T016", "/allowed/%252e%252e/secret"),
        ("T016", "/allowed/%25%32%65%25%32%65/secret"),
        ("T018", "/s/a/_/download/x::y::z"),
        ("T018", "/s/a/_/download/batch/x::y/z.js"),
        ("T018", "/s/a/_/download/batch/WEB-INF/web.xml"),
        ("T018", "/s/a/_/download/batch/%57EB-INF/web.xml"),
        ("T009", "/secret#/allowed/"),
        ("T009", "/secret#"),
        ("T018", "/download/resources/..%2f..%2fWEB-INF/web.xml"),
    ];
    let refuse: &[u16] = &[400, 404];
    let mut rows: Vec<Row> =
        challenged.into_iter().map(|(id, target)| get(target).is(id, Stale, Challenged)).collect();
    rows.extend(
        either.into_iter().map(|(id, target)| get(target).is(id, Stale, ChallengedOrRefused(refuse))),
    );
    // What is exempt is exempt by its one spelling, and answered like a stranger.
    rows.extend([
        get("/allowed/page").is("T016", Stale, ForwardedAsStranger),
        get("/allowed/a/b/c?x=1").is("T016", Stale, ForwardedAsStranger),
        get("/s/a1/_/download/batch/com.atlassian.auiplugin:ajs/ajs.js").is(
            "T018",
            Stale,
            ForwardedAsStranger,
        ),
        send("POST", "/allowed/page").body("x").is("T020", Stale, Challenged),
        // A path that servers read differently goes on byte for byte for those who may pass.
        get("/allowed/%252e%252e/secret").is("T016", Managed, Forwarded),
        get("//secret;a=b?x=%2F&y=a+b").is("T016", Fresh, Forwarded),
        get("/s/x/_/;/WEB-INF/web.xml").is("T018", Anonymous, Refused(&[404])),
        get("/s/a/_/download/x::y::z").is("T018", Anonymous, Refused(&[404])),
        get("/web-inf/web.xml").is("T018", Managed, Refused(&[404])),
    ]);
    rows
}

fn fragments_and_broken() -> Vec<Row> {
    let mut rows = Vec::new();
    for target in ["/%c0%ae", "/%zz", "/%00", "/%", "/a%0d%0ab", "/a b", "/a\tb", "/%ff", "/a%1"] {
        for who in [Stale, Managed, Anonymous] {
            rows.push(get(target).is("T017", who, Refused(&[400])));
        }
    }
    for target in [b"/\x80".as_slice(), b"/a?b=\x80", b"/\x01", b"/a?\x7f", b"/a\xff"] {
        rows.push(get(target).is("T017", Managed, Refused(&[400])));
    }
    for target in ["/x;jsessionid=1", "/x;JSESSIONID=1/y", "/x%3bjsessionid=1", "/;jsessionid=1/allowed/page"]
    {
        rows.push(get(target).is("T021", Stale, Refused(&[400])));
        rows.push(get(target).is("T021", Anonymous, Refused(&[400])));
    }
    let long = "a".repeat(64 * 1024);
    rows.push(get(format!("/{long}")).is("T022", Managed, Refused(&[414, 431])));
    rows.push(get(format!("/x?{long}")).is("T022", Managed, Refused(&[414, 431])));
    rows
}

fn ours() -> Vec<Row> {
    let spellings = [
        "/.postern;x/verify",
        "/.postern/../secret/../.postern/x",
        "/%2epostern/verify",
        "//.postern/verify",
        "/.POSTERN/verify",
        "/.postern",
        "/x/..;/.postern/verify",
        "/.postern/%76erify",
        "/.postern/nothing",
        "/.postern/verify/",
        "/.posternx/y",
    ];
    let mut rows = Vec::new();
    for target in spellings {
        for who in [Stale, Managed, Anonymous] {
            rows.push(get(target).is("T021", who, Refused(&[400, 404, 405])));
        }
    }
    rows.push(get("/.postern/../secret").is("T021", Stale, Challenged));
    rows
}

fn hosts() -> Vec<Row> {
    let mut rows = Vec::new();
    for host in [
        "corpus.test:443@evil.test",
        "corpus.test/",
        "corpus.test,evil.test",
        "",
        "corpus.test#x",
        "a b",
        "[::1]",
    ] {
        rows.push(get("/secret").host(host).is("T012", Managed, Refused(&[400])));
    }
    for host in ["CORPUS.TEST.", "Corpus.Test:443", "corpus.test:8443"] {
        rows.push(get("/secret").host(host).is("T013", Stale, Challenged));
        rows.push(get("/secret").host(host).is("T013", Managed, Forwarded));
    }
    for host in ["unknown.test", "127.0.0.1", "xcorpus.test", "corpus.test.evil.test"] {
        for who in [Stale, Managed, Anonymous] {
            rows.push(get("/secret").host(host).is("T014", who, Refused(&[421, 404])));
        }
    }
    for version in ["HTTP/1.1", "HTTP/1.0"] {
        let shot = get("/secret").without_host().version(version);
        rows.push(shot.clone().is("T011", Managed, Refused(&[400])));
        rows.push(shot.is("T011", Stale, Refused(&[400])));
    }
    rows.push(get("/x").line("host", "").is("T011", Managed, Refused(&[400])));
    rows.push(get("http://evil.test/x").is("T010", Stale, Refused(&[400])));
    rows.push(get("http://corpus.test/x").is("T010", Stale, Challenged));
    rows.push(get("https://corpus.test@evil.test/x").is("T010", Managed, Refused(&[400])));
    rows.push(get("http://evil.test/x").is("T010", Managed, Refused(&[400])));
    rows.push(get("http://corpus.test/x").is("T010", Managed, Forwarded));
    rows.push(get("/x").line("host", "corpus.test").is("T011", Managed, Refused(&[400])));
    rows.push(get("/x").line("host", "evil.test").is("T011", Managed, Refused(&[400])));
    rows
}

fn methods() -> Vec<Row> {
    let mut rows = Vec::new();
    for method in ["HEAD", "OPTIONS", "PROPFIND", "PATCH", "PUT", "DELETE", "get", "FOO"] {
        rows.push(send(method, "/secret").is("T023", Stale, Challenged));
    }
    for who in [Stale, Managed, Anonymous] {
        rows.push(send("TRACE", "/secret").is("T023", who, Refused(&[405])));
        rows.push(send("CONNECT", "corpus.test:443").is("T023", who, Refused(&[400, 405])));
    }
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        rows.push(send("POST", "/secret").line(name, "OPTIONS").body("x").is("T024", Stale, Challenged));
    }
    rows.push(send("POST", "/secret?_method=OPTIONS").body("x").is("T024", Stale, Challenged));
    rows.push(send("POST", "/secret").body("_method=OPTIONS").is("T024", Stale, Challenged));
    for (name, value) in [
        ("accept", "image/*"),
        ("sec-fetch-dest", "script"),
        ("sec-fetch-mode", "no-cors"),
        ("x-requested-with", "XMLHttpRequest"),
        ("sec-fetch-mode", "navigate"),
        ("accept", "application/json"),
    ] {
        rows.push(send("GET", "/secret").line(name, value).is("T025", Stale, Challenged));
        rows.push(get("/secret").line(name, value).is("T025", Stale, Challenged));
    }
    rows
}
