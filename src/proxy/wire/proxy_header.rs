//! The PROXY protocol, versions 1 and 2: a proxy's word, before everything else, on whose behalf it connects.
//!
//! Exactly the header is read and no byte after it, and never more of it than a proxy has reason to send.

use std::net::SocketAddr;

use ppp::{HeaderResult, v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The longest line of version 1, as its specification has it.
const MAX_LINE_BYTES: usize = 107;
/// Addresses and some extensions of version 2; those that are known take a few hundred bytes.
const MAX_BINARY_BYTES: usize = 4096;

/// The connection does not begin with a header that says for whom it is.
#[derive(Debug, thiserror::Error)]
pub enum ProxyHeaderError {
    /// It ended.
    #[error("the connection ended within its PROXY header")]
    Ended(#[from] std::io::Error),
    /// It is none, or too long, or about something else than TCP.
    #[error("the connection does not begin with a PROXY header that can be used")]
    Unusable,
}

/// Reads the header. `None` where the proxy speaks for itself, as for a health check.
pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<SocketAddr>, ProxyHeaderError> {
    let mut header = vec![0; v2::PROTOCOL_PREFIX.len()];
    stream.read_exact(&mut header).await?;
    if header == v2::PROTOCOL_PREFIX {
        read_binary(stream, &mut header).await?;
    } else {
        read_line(stream, &mut header).await?;
    }
    client(&header)
}

/// Version 2 says how long it is.
async fn read_binary(
    stream: &mut (impl AsyncRead + Unpin),
    header: &mut Vec<u8>,
) -> Result<(), ProxyHeaderError> {
    let mut rest = [0; 4];
    stream.read_exact(&mut rest).await?;
    header.extend_from_slice(&rest);
    let length = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
    if length > MAX_BINARY_BYTES {
        return Err(ProxyHeaderError::Unusable);
    }
    let start = header.len();
    header.resize(start + length, 0);
    stream.read_exact(&mut header[start..]).await?;
    Ok(())
}

/// Version 1 ends with its line. The next byte belongs to somebody else, so bytes are taken as they are known to be ours.
async fn read_line(
    stream: &mut (impl AsyncRead + Unpin),
    header: &mut Vec<u8>,
) -> Result<(), ProxyHeaderError> {
    if !header.starts_with(b"PROXY ") {
        return Err(ProxyHeaderError::Unusable);
    }
    while !header.ends_with(b"\r\n") {
        if header.len() >= MAX_LINE_BYTES {
            return Err(ProxyHeaderError::Unusable);
        }
        header.push(stream.read_u8().await?);
    }
    Ok(())
}

fn client(header: &[u8]) -> Result<Option<SocketAddr>, ProxyHeaderError> {
    match HeaderResult::parse(header) {
        HeaderResult::V1(Ok(header)) => Ok(match header.addresses {
            v1::Addresses::Tcp4(tcp) => Some((tcp.source_address, tcp.source_port).into()),
            v1::Addresses::Tcp6(tcp) => Some((tcp.source_address, tcp.source_port).into()),
            v1::Addresses::Unknown => None,
        }),
        HeaderResult::V2(Ok(header)) => match (header.command, header.protocol, header.addresses) {
            (v2::Command::Local, ..) => Ok(None),
            (_, v2::Protocol::Stream, v2::Addresses::IPv4(tcp)) => {
                Ok(Some((tcp.source_address, tcp.source_port).into()))
            }
            (_, v2::Protocol::Stream, v2::Addresses::IPv6(tcp)) => {
                Ok(Some((tcp.source_address, tcp.source_port).into()))
            }
            _ => Err(ProxyHeaderError::Unusable),
        },
        _ => Err(ProxyHeaderError::Unusable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is read of these bytes, and how many are left for TLS.
    async fn read_of(mut bytes: &[u8]) -> (Result<Option<String>, ()>, usize) {
        let read = read(&mut bytes).await;
        (read.map(|address| address.map(|address| address.to_string())).map_err(|_| ()), bytes.len())
    }

    fn binary(command: u8, family: u8, addresses: &[u8]) -> Vec<u8> {
        let mut header = v2::PROTOCOL_PREFIX.to_vec();
        header.extend([0x20 | command, family, 0, u8::try_from(addresses.len()).unwrap()]);
        header.extend(addresses);
        header.extend(b"GET /");
        header
    }

    #[tokio::test]
    async fn both_versions_name_the_client_and_leave_the_rest() {
        let four = [192, 0, 2, 7, 10, 0, 0, 1, 0x10, 0, 1, 0xbb];
        for (bytes, client) in [
            (b"PROXY TCP4 192.0.2.7 10.0.0.1 4096 443\r\nGET /".to_vec(), Some("192.0.2.7:4096")),
            (b"PROXY TCP6 2001:db8::7 ::1 4096 443\r\nGET /".to_vec(), Some("[2001:db8::7]:4096")),
            (b"PROXY UNKNOWN\r\nGET /".to_vec(), None),
            (binary(1, 0x11, &four), Some("192.0.2.7:4096")),
            (binary(1, 0x11, &[&four[..], &[4, 0, 1, 0]].concat()), Some("192.0.2.7:4096")),
            (binary(0, 0x00, &[]), None),
        ] {
            assert_eq!(read_of(&bytes).await, (Ok(client.map(str::to_owned)), 5), "{bytes:?}");
        }
    }

    #[tokio::test]
    async fn anything_else_is_no_header() {
        let long = format!("PROXY TCP4 192.0.2.7 10.0.0.1 4096 {}\r\n", "4".repeat(107));
        let mut huge = v2::PROTOCOL_PREFIX.to_vec();
        huge.extend([0x21, 0x11, 0xff, 0xff]);
        huge.extend(vec![0; 0xffff]);
        for bytes in [
            b"GET / HTTP/1.1\r\nHost: jira.test\r\n\r\n".to_vec(),
            b"PROXY TCP4 192.0.2.7 10.0.0.1 4096".to_vec(),
            b"PROXY TCP4 192.0.2.777 10.0.0.1 4096 443\r\n".to_vec(),
            b"PROXY TCP4 192.0.2.7, 10.0.0.1 4096 443\r\n".to_vec(),
            b"PROXY UDP4 192.0.2.7 10.0.0.1 4096 443\r\n".to_vec(),
            b"PROXY \xff\xff\xff\xff\xff\xff\xff\xff\r\n".to_vec(),
            long.into_bytes(),
            huge,
            binary(1, 0x12, &[192, 0, 2, 7, 10, 0, 0, 1, 0x10, 0, 1, 0xbb]),
            binary(1, 0x11, &[192, 0]),
            binary(2, 0x11, &[192, 0, 2, 7, 10, 0, 0, 1, 0x10, 0, 1, 0xbb]),
            Vec::new(),
        ] {
            assert!(read_of(&bytes).await.0.is_err(), "{:?}", String::from_utf8_lossy(&bytes));
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "(PROXY )?(TCP[46] )?[ -~]{0,120}(\r\n)?", noise: Vec<u8>) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let _ = runtime.block_on(read_of(text.as_bytes()));
            let _ = runtime.block_on(read_of(&[v2::PROTOCOL_PREFIX, &noise].concat()));
        }
    }
}
