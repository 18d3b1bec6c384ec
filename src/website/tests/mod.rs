//! The file of a web site, from a real HTTPS server and by a real name server; on a port of its own, as only these tests can.

#[path = "../../../tests/support/name_server.rs"]
pub(crate) mod name_server;
pub(crate) mod site;

use std::net::IpAddr;

use hickory_server::proto::op::ResponseCode;
use hickory_server::proto::rr::{RData, RecordType};

use super::*;
use crate::domain::organization::OrganizationId;
use crate::domain::ownership::{OwnershipToken, TokenPrefix};
use name_server::{NameServer, record};
use site::{Act, Certificate, GOOD, Site, addresses, answer, corp, page};

fn token() -> (OwnershipToken, TokenPrefix) {
    let prefix = TokenPrefix::parse("postern-domain-verification").unwrap();
    (OwnershipToken::new(&[1; 32], &OrganizationId::parse("acme").unwrap(), &corp(), &[2; 16]), prefix)
}

#[tokio::test]
async fn the_file_is_fetched_as_it_is_and_proves_the_domain() {
    let (token, prefix) = token();
    let site = Site::new(GOOD, Act::Send(page(&format!("{}\n", token.line(&prefix))))).await;
    let file = site.fetch().await.unwrap();
    assert!(token.is_in_page(&prefix, &file));
    let head = site.heads.lock().unwrap()[0].to_ascii_lowercase();
    assert!(
        head.starts_with("get /postern-domain-verification.html http/1.1\r\nhost: corp.test\r\n"),
        "{head}"
    );
    assert!(
        head.contains("accept-encoding: identity\r\n") && head.contains("connection: close\r\n"),
        "{head}"
    );
    assert!(!head.contains("cookie") && !head.contains("authorization"), "{head}");
}

#[tokio::test]
async fn t152_a_page_that_repeats_the_token_proves_nothing() {
    let (token, prefix) = token();
    let line = token.line(&prefix);
    let site = Site::new(GOOD, Act::Send(page(&format!("<html>{line}</html>")))).await;
    assert!(!token.is_in_page(&prefix, &site.fetch().await.unwrap()));
    for (answer, is_expected) in [
        (answer("404 Not Found", "Content-Type: text/html", &line), is_status as fn(&WebsiteError) -> bool),
        (answer("500 Oops", "Content-Type: text/html", &line), is_status),
        (answer("206 Partial Content", "Content-Type: text/html", &line), is_status),
        (answer("200 OK", "Content-Type: application/json", &line), is_form),
        (answer("200 OK", "X-Nothing: 1", &line), is_form),
        (answer("200 OK", "Content-Type: text/html\r\nContent-Encoding: gzip", &line), is_form),
    ] {
        let shown = String::from_utf8_lossy(&answer).into_owned();
        let error = Site::new(GOOD, Act::Send(answer)).await.fetch().await.unwrap_err();
        assert!(is_expected(&error), "{shown}\n{error}");
    }
}

fn is_status(error: &WebsiteError) -> bool {
    matches!(error, WebsiteError::Status(_))
}

fn is_form(error: &WebsiteError) -> bool {
    matches!(error, WebsiteError::Form)
}

#[tokio::test]
async fn t150_a_redirect_is_not_followed() {
    for status in
        ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "304 Not Modified"]
    {
        let headers = "Location: /postern-domain-verification.html\r\nContent-Type: text/html";
        let site = Site::new(GOOD, Act::Send(answer(status, headers, &token().0.line(&token().1)))).await;
        let error = site.fetch().await.unwrap_err();
        assert!(matches!(error, WebsiteError::Redirect), "{status}: {error}");
        assert_eq!(site.requests(), 1);
    }
}

#[tokio::test]
async fn t150_a_certificate_that_is_not_the_domains_is_refused_before_anything_is_asked() {
    for certificate in [
        Certificate { name: "evil.test", ..GOOD },
        Certificate { name: "www.corp.test", ..GOOD },
        Certificate { name: "*.test.corp.test", ..GOOD },
        Certificate { until: 2020, ..GOOD },
        Certificate { is_trusted: false, ..GOOD },
    ] {
        let shown = format!("{} {} {}", certificate.name, certificate.until, certificate.is_trusted);
        let site = Site::new(certificate, Act::Send(page("x"))).await;
        let error = site.fetch().await.unwrap_err();
        assert!(matches!(error, WebsiteError::Untrusted(_)), "{shown}: {error}");
        assert_eq!(site.requests(), 0, "{shown}");
    }
}

/// Without a file of authorities it is the machine that trusts, and it knows nothing of this one.
#[tokio::test]
async fn t150_an_authority_of_nobody_is_trusted_by_nobody() {
    let site = Site::new(GOOD, Act::Send(page("x"))).await;
    let server = addresses(&["127.0.0.1"]).await;
    let settings = site.settings(server.address);
    let domains = Domains { authorities: None, ..settings.domains };
    let website = Website::new(&domains, Resolver::new(&settings.dns));
    let error = website.fetch_from(&corp(), site.port).await.unwrap_err();
    assert!(matches!(error, WebsiteError::Untrusted(_) | WebsiteError::NoAuthorities), "{error}");
    assert_eq!(site.requests(), 0);
}

#[tokio::test]
async fn t151_a_file_ends_at_four_kibibytes() {
    let whole = "x".repeat(MAX_FILE_BYTES);
    let site = Site::new(GOOD, Act::Send(page(&whole))).await;
    assert_eq!(site.fetch().await.unwrap().len(), MAX_FILE_BYTES);
    let head =
        |length: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{length}\r\n").into_bytes();
    let chunked = b"400\r\n".iter().copied().chain([b'x'; 1024]).chain(*b"\r\n").collect::<Vec<u8>>();
    for act in [
        Act::Send(page(&format!("{whole}x"))),
        Act::Repeat(head("Content-Length: 1073741824\r\n"), vec![b'x'; 1024]),
        Act::Repeat(head(""), vec![b'x'; 1024]),
        Act::Repeat(head("Transfer-Encoding: chunked\r\n"), chunked),
    ] {
        let error = Site::new(GOOD, act).await.fetch().await.unwrap_err();
        assert!(matches!(error, WebsiteError::TooLong), "{error}");
    }
    let endless_head = Act::Repeat(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-More: yes\r\n".to_vec());
    let error = Site::new(GOOD, endless_head).await.fetch().await.unwrap_err();
    assert!(matches!(error, WebsiteError::Broken(_)), "{error}");
}

#[tokio::test]
async fn t151_a_slow_site_is_given_up() {
    for bytes in [b"".to_vec(), b"HTTP/1.1 200 OK\r\n".to_vec(), page("x").split_last().unwrap().1.to_vec()] {
        let site = Site::new(GOOD, Act::Stall(bytes)).await;
        let server = addresses(&["127.0.0.1"]).await;
        let mut website = site.website(server.address);
        website.settings.timeout = Duration::from_millis(300);
        let error = website.fetch_from(&corp(), site.port).await.unwrap_err();
        assert!(matches!(error, WebsiteError::TooSlow(_)), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_file() {
    for bytes in [
        b"".to_vec(),
        b"SSH-2.0-OpenSSH\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nx".to_vec(),
    ] {
        let error = Site::new(GOOD, Act::Send(bytes)).await.fetch().await.unwrap_err();
        assert!(matches!(error, WebsiteError::Broken(_)), "{error}");
    }
}

#[tokio::test]
async fn t148_a_site_with_an_address_inside_is_not_asked() {
    let site = Site::new(GOOD, Act::Send(page("x"))).await;
    for inside in [
        &["127.0.1.1"][..],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["100.64.0.1"],
        &["0.0.0.0"],
        &["::1"],
        &["fd00::1"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["2002:7f00:1::"],
        &["127.0.0.1", "10.0.0.1"],
        &["127.0.0.1", "::1"],
        &["8.8.8.8", "192.168.0.1"],
    ] {
        let server = addresses(inside).await;
        let error = site.website(server.address).fetch_from(&corp(), site.port).await.unwrap_err();
        assert!(matches!(error, WebsiteError::NotPublic), "{inside:?}: {error}");
    }
    assert_eq!(site.requests(), 0);
}

#[tokio::test]
async fn t149_the_address_that_was_judged_is_the_one_that_is_asked() {
    let site = Site::new(GOOD, Act::Send(page("x"))).await;
    let server = NameServer::start(|name, kind, _, before| {
        let address: IpAddr = if before == 0 { [127, 0, 0, 1].into() } else { [127, 0, 0, 2].into() };
        let records = if kind == RecordType::A { vec![record(name, RData::from(address))] } else { vec![] };
        Some((ResponseCode::NoError, records))
    })
    .await;
    let website = site.website(server.address);
    assert!(website.fetch_from(&corp(), site.port).await.is_ok());
    assert_eq!(
        (server.asked("corp.test.", RecordType::A), server.asked("corp.test.", RecordType::AAAA)),
        (1, 1)
    );
    let error = website.fetch_from(&corp(), site.port).await.unwrap_err();
    assert!(matches!(error, WebsiteError::Unreachable), "the next time it is looked up anew: {error}");
}

#[tokio::test]
async fn a_dead_address_leaves_time_for_the_next() {
    let site = Site::new(GOOD, Act::Send(page("x"))).await;
    let server = addresses(&["127.0.0.2", "127.0.0.1"]).await;
    assert!(site.website(server.address).fetch_from(&corp(), site.port).await.is_ok());
}

#[tokio::test]
async fn without_an_address_there_is_no_site() {
    let site = Site::new(GOOD, Act::Send(page("x"))).await;
    for (code, is_unknown) in
        [(ResponseCode::NXDomain, false), (ResponseCode::NoError, false), (ResponseCode::ServFail, true)]
    {
        let server = NameServer::start(move |_, _, _, _| Some((code, vec![]))).await;
        let error = site.website(server.address).fetch_from(&corp(), site.port).await.unwrap_err();
        assert!(matches!(error, WebsiteError::NoAddress | WebsiteError::Dns(Unanswered::Failed)), "{error}");
        assert_eq!(error.is_unknown(), is_unknown, "{error}");
    }
}

#[test]
fn only_an_answer_says_that_there_is_no_file() {
    for error in [WebsiteError::Status(StatusCode::NOT_FOUND), WebsiteError::Redirect, WebsiteError::TooLong]
    {
        assert!(!error.is_unknown(), "{error}");
    }
    for error in [
        WebsiteError::Status(StatusCode::BAD_GATEWAY),
        WebsiteError::Unreachable,
        WebsiteError::Untrusted(io::Error::other("x")),
        WebsiteError::TooSlow(Duration::from_secs(10)),
    ] {
        assert!(error.is_unknown(), "{error}");
    }
}
