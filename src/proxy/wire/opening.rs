//! Who connects: the PROXY header, the limit of connections, TLS. All of it has one deadline.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::telemetry::labels::CutCause;

use super::super::Gateway;
use super::connection::Connection;
use super::crowd::{Place, Room};
use super::line::Line;
use super::pace::{Pace, Tempo};
use super::proxy_header;

/// A connection that may ask.
pub struct Opened {
    /// What is known of it.
    pub connection: Connection,
    /// What it does.
    pub pace: Arc<Pace>,
    /// How it goes on.
    pub spoken: Spoken,
    /// Its place among those of its address; none for a proxy that speaks for many.
    pub place: Option<Place>,
}

/// What is spoken over it.
pub enum Spoken {
    /// HTTP/1.1 in the clear.
    Plain(Line<TcpStream>),
    /// HTTP/1.1 in TLS, chosen or for want of a choice.
    Http1(Box<TlsStream<Line<TcpStream>>>),
    /// HTTP/2, chosen in the handshake (ALPN).
    Http2(Box<TlsStream<Line<TcpStream>>>),
}

/// Opens a connection, or says why it is closed without a word: whoever is at the other end would not understand one.
pub async fn open(
    gateway: &Gateway,
    tempo: Tempo,
    stream: TcpStream,
    peer: SocketAddr,
) -> Result<Opened, CutCause> {
    let mut stage = CutCause::ProxyHeader;
    let opening = tokio::time::timeout(tempo.opening(), identify(gateway, tempo, stream, peer, &mut stage));
    match opening.await {
        Ok(opened) => opened,
        Err(_) => Err(stage),
    }
}

async fn identify(
    gateway: &Gateway,
    tempo: Tempo,
    mut stream: TcpStream,
    peer: SocketAddr,
    stage: &mut CutCause,
) -> Result<Opened, CutCause> {
    let plan = gateway.plan.load_full();
    let is_proxy = is_trusted(peer.ip(), &plan.trusted_proxies);
    let named = match plan.proxy_protocol {
        true if is_proxy => proxy_header::read(&mut stream).await.map_err(|_| CutCause::ProxyHeader)?,
        true => return Err(CutCause::ProxyHeader),
        false => None,
    };
    *stage = CutCause::Handshake;
    let mut connection = Connection::plain(named.unwrap_or(peer));
    connection.may_forward = named.is_some() || !plan.proxy_protocol;
    let mut place = None;
    if named.is_some() || !is_proxy {
        let (taken, room) = gateway.crowd.enter(connection.peer.ip(), plan.connections_per_address);
        if room == Room::Full {
            return Err(CutCause::TooMany);
        }
        connection.is_crowded = room == Room::Crowded;
        place = Some(taken);
    }
    let pace = Arc::new(Pace::default());
    let line = Line::new(stream, Arc::clone(&pace), tempo.stall());
    let spoken = match &plan.tls {
        None => Spoken::Plain(line),
        Some(server) => {
            let handshake = TlsAcceptor::from(Arc::clone(server)).accept(line);
            let tls = Box::new(handshake.await.map_err(|_| CutCause::Handshake)?);
            let (_, session) = tls.get_ref();
            connection.server_name = session.server_name().map(Into::into);
            // What is there was verified in the handshake, or in the one that this session resumes.
            connection.client_certificate = session.peer_certificates().is_some();
            match session.alpn_protocol() {
                Some(b"h2") => Spoken::Http2(tls),
                _ => Spoken::Http1(tls),
            }
        }
    };
    Ok(Opened { connection, pace, spoken, place })
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}
