//! TLS: which versions and protocols, which certificate, and whose clients.

use std::sync::Arc;

use http::StatusCode;
use rustls::version::{TLS12, TLS13};
use rustls::{HandshakeKind, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::{cut, liam};
use crate::support::client::Protocol;
use crate::support::raw::Raw;
use crate::support::tls::{Authority, Client, connect};
use crate::support::world::{JIRA, Setup, WIKI, World};

static VERSIONS: [&[&SupportedProtocolVersion]; 2] = [&[&TLS12], &[&TLS13]];

/// What a client can speak, and what is chosen of it.
type Offer = (&'static [&'static [u8]], Option<&'static [u8]>);

const OFFERS: [Offer; 4] = [
    (&[b"h2", b"http/1.1"], Some(b"h2")),
    (&[b"http/1.1", b"h2"], Some(b"h2")),
    (&[b"http/1.1"], Some(b"http/1.1")),
    (&[], None),
];

/// The names of the certificate that the gateway showed.
fn names(stream: &TlsStream<TcpStream>) -> Vec<String> {
    let certificate = &stream.get_ref().1.peer_certificates().expect("a certificate")[0];
    let certificate = webpki::EndEntityCert::try_from(certificate).expect("a certificate");
    certificate.valid_dns_names().map(str::to_owned).collect()
}

#[tokio::test]
async fn t175_http_2_is_spoken_where_it_is_chosen_and_http_1_otherwise() {
    let world = World::over_tls().await;
    for (offered, chosen) in OFFERS {
        for version in VERSIONS {
            let client = Client::trusting(world.authority()).speaking(offered).of(version);
            let stream = client.connect(world.address, JIRA).await.expect("TLS");
            assert_eq!(stream.get_ref().1.alpn_protocol(), chosen, "{offered:?}");
        }
    }
    let client = Client::trusting(world.authority()).speaking(&[b"spdy/3"]);
    assert!(client.connect(world.address, JIRA).await.is_err(), "nothing in common");
    assert_eq!(cut(&world, "handshake"), 1);
    // Without a choice HTTP/1.1 is spoken, and the preface of HTTP/2 is no request.
    let stream = Client::trusting(world.authority()).connect(world.address, JIRA).await.expect("TLS");
    let mut raw = Raw::over(stream);
    raw.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert!(matches!(raw.answer().await.status, 0 | 400));
}

#[tokio::test]
async fn the_certificate_is_the_one_of_the_host_that_is_asked_for() {
    let certificates: &[(&str, &[&str])] =
        &[("jira", &[JIRA]), ("wild", &["*.acme.test"]), ("wiki", &[WIKI])];
    let world = World::set_up(Setup { certificates, ..Setup::default() }).await;
    for (host, shown) in
        [(JIRA, JIRA), (WIKI, WIKI), ("any.acme.test", "*.acme.test"), ("ANY.acme.TEST", "*.acme.test")]
    {
        let stream = Client::trusting(world.authority()).connect(world.address, host).await.expect("TLS");
        assert_eq!(names(&stream), [shown], "{host}");
    }
    let other = Client::trusting(world.authority()).connect(world.address, "other.test").await;
    assert!(other.unwrap_err().to_string().contains(JIRA), "the first one is shown");
    let mut silent = Client::trusting(world.authority()).config();
    silent.enable_sni = false;
    let stream = connect(&Arc::new(silent), world.address, JIRA).await.expect("TLS");
    assert_eq!(names(&stream), [JIRA], "the first one where no host is named");
}

#[tokio::test]
async fn t175_a_client_without_a_name_is_judged_by_its_host() {
    let world = World::over_tls().await;
    let mut liam = liam(&world, Protocol::Http1).await;
    let mut silent = Client::trusting(world.authority()).config();
    silent.enable_sni = false;
    let stream = connect(&Arc::new(silent), world.address, JIRA).await.expect("TLS");
    let mut raw = Raw::over(stream);
    raw.send(format!(
        "GET /browse/DEMO-1 HTTP/1.1\r\nHost: {JIRA}\r\nCookie: {}\r\n\r\n",
        liam.cookie_header()
    ))
    .await;
    assert_eq!(raw.answer().await.status, 200);
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn sessions_are_resumed_and_early_data_is_not_taken() {
    let world = World::over_tls().await;
    for version in VERSIONS {
        let config = Arc::new(Client::trusting(world.authority()).of(version).config());
        let mut kinds = Vec::new();
        for _ in 0..2 {
            let stream = connect(&config, world.address, JIRA).await.expect("TLS");
            assert!(!stream.get_ref().1.is_early_data_accepted());
            let mut raw = Raw::over(stream);
            raw.send(format!("GET /.postern/none HTTP/1.1\r\nHost: {JIRA}\r\n\r\n")).await;
            assert_eq!(raw.answer().await.status, 404, "tickets come with the first bytes");
            drop(raw);
            let again = connect(&config, world.address, JIRA).await.expect("TLS");
            kinds.push(again.get_ref().1.handshake_kind());
        }
        assert_eq!(kinds, [Some(HandshakeKind::Resumed); 2], "{version:?}");
    }
}

/// A world that asks clients for a certificate of its own authority.
async fn asking(required: bool) -> World {
    let more = format!("[listen.client_certificates]\nca_file = \"ca.pem\"\nrequired = {required}\n");
    let certificates: &[(&str, &[&str])] = &[("both", &[JIRA, WIKI])];
    World::set_up(Setup { more: &more, certificates, ..Setup::default() }).await
}

/// Whether a client gets an answer. In TLS 1.3 it hears of a refusal only after its own handshake.
async fn is_served(world: &World, client: Client) -> bool {
    let Ok(stream) = client.connect(world.address, JIRA).await else { return false };
    let mut raw = Raw::over(stream);
    raw.send(format!("GET /login.jsp HTTP/1.1\r\nHost: {JIRA}\r\n\r\n")).await;
    raw.answer().await.status == 200
}

#[tokio::test]
async fn a_client_certificate_is_of_a_trusted_authority_or_the_connection_ends() {
    let folder = tempfile::tempdir().unwrap();
    let stranger = Authority::new(folder.path());
    for required in [false, true] {
        let world = asking(required).await;
        for version in VERSIONS {
            let client = || Client::trusting(world.authority()).of(version);
            assert!(is_served(&world, client().known_to(world.authority())).await);
            assert!(!is_served(&world, client().known_to(&stranger)).await, "never taken for none");
            assert_eq!(is_served(&world, client()).await, !required);
        }
        assert!(cut(&world, "handshake") >= 2);
    }
}

#[tokio::test]
async fn authorities_that_go_missing_at_a_reload_change_nothing() {
    let world = asking(true).await;
    std::fs::write(world.folder.path().join("ca.pem"), "").unwrap();
    let refused = world.reload("required = true", "required = true ").unwrap_err();
    assert!(refused.contains("`ca_file` holds no certificate"), "{refused}");
    assert!(!is_served(&world, Client::trusting(world.authority())).await, "still required");
}

#[tokio::test]
async fn t175_a_session_is_not_resumed_under_other_authorities() {
    let world = asking(true).await;
    let config = Arc::new(Client::trusting(world.authority()).known_to(world.authority()).config());
    let stream = connect(&config, world.address, JIRA).await.expect("TLS");
    let mut raw = Raw::over(stream);
    raw.send(format!("GET /login.jsp HTTP/1.1\r\nHost: {JIRA}\r\n\r\n")).await;
    assert_eq!(raw.answer().await.status, 200);
    let other = tempfile::tempdir().unwrap();
    Authority::new(other.path());
    std::fs::copy(other.path().join("ca.pem"), world.folder.path().join("ca.pem")).unwrap();
    world.reload("required = true", "required = true ").unwrap();
    let again = connect(&config, world.address, JIRA).await;
    if let Ok(stream) = again {
        let mut raw = Raw::over(stream);
        raw.send(format!("GET /login.jsp HTTP/1.1\r\nHost: {JIRA}\r\n\r\n")).await;
        assert_eq!(raw.answer().await.status, 0, "a ticket must not outlive the trust it was given under");
    }
}
