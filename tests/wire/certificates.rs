//! Certificates are replaced while requests run, and a bad one replaces nothing.

use std::sync::Arc;

use http::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::liam;
use crate::support::client::Protocol;
use crate::support::raw::Raw;
use crate::support::tls::{Client, connect};
use crate::support::world::{JIRA, Setup, WIKI, World};

/// The certificate that new connections are shown.
async fn shown(world: &World) -> Vec<u8> {
    let config = Arc::new(Client::trusting(world.authority()).config());
    let stream = connect(&config, world.address, JIRA).await.expect("TLS");
    stream.get_ref().1.peer_certificates().expect("a certificate")[0].to_vec()
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_new_connections_and_old_ones_live_on() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let more = format!(
        "[[site]]\nhost = \"slow.test\"\nproduct = \"jira-software\"\nmode = \"off\"\nupstream = \"http://{}\"\n",
        upstream.local_addr().unwrap()
    );
    let certificates: &[(&str, &[&str])] = &[("both", &[JIRA, WIKI, "slow.test"])];
    let world = World::set_up(Setup { more: &more, certificates, ..Setup::default() }).await;
    let before = shown(&world).await;
    let stream = Client::trusting(world.authority()).connect(world.address, "slow.test").await.unwrap();
    let mut raw = Raw::over(stream);
    raw.send("GET /x HTTP/1.1\r\nHost: slow.test\r\n\r\n").await;
    let (mut held, _) = upstream.accept().await.unwrap();
    held.read_u8().await.unwrap();

    world.authority().issue(world.folder.path(), "both", &[JIRA, WIKI, "slow.test"]);
    world.reload("access = false", "access = false ").unwrap();
    assert_ne!(shown(&world).await, before);
    held.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate").await.unwrap();
    let answer = raw.answer().await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "late"));
}

#[tokio::test]
async fn a_bad_certificate_keeps_the_old_one_and_all_other_changes_out() {
    let world = World::over_tls().await;
    let before = shown(&world).await;
    world.authority().issue(world.folder.path(), "other", &[JIRA]);
    let folder = world.folder.path();
    std::fs::copy(folder.join("other.key"), folder.join("both.key")).unwrap();
    let refused = world.reload("name = \"Acme\"", "name = \"Other\"").unwrap_err();
    assert!(refused.contains("`key_file` is not the key of this certificate"), "{refused}");
    assert_eq!(shown(&world).await, before);
    let page = world.browser_over(Protocol::Http2).open("/.postern/signed-out").await;
    assert!(page.body.contains("Acme") && !page.body.contains("Other"), "{}", page.body);
}

#[tokio::test]
async fn to_end_tls_takes_a_restart() {
    let world = World::over_tls().await;
    let mut liam = liam(&world, Protocol::Http2).await;
    let section = "[[listen.certificate]]\ncert_file = \"both.pem\"\nkey_file = \"both.key\"\n";
    world.reload(section, "").unwrap();
    shown(&world).await;
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK);
    let plain = World::start().await;
    plain.browser().open("/login.jsp").await;
    let mut tls = World::over_tls().await;
    tls = tls.restart().await;
    shown(&tls).await;
}
