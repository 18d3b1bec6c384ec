//! HTTP/2 by hand: any frame at all, for requests that no library would make. `raw.rs` is the same for HTTP/1.1.
//!
//! Header blocks are literal, without table and without Huffman code. Of what comes back only as much is read as tells how
//! a stream ended.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::tls::Client;
use super::world::World;

/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Kinds of frames.
pub const DATA: u8 = 0;
/// The head of a request, or its trailers.
pub const HEADERS: u8 = 1;
/// A stream ends with an error.
pub const RST_STREAM: u8 = 3;
/// What one side allows the other.
pub const SETTINGS: u8 = 4;
/// Is somebody there?
pub const PING: u8 = 6;
/// The connection ends.
pub const GOAWAY: u8 = 7;
/// Room for more.
pub const WINDOW_UPDATE: u8 = 8;
/// More of a head.
pub const CONTINUATION: u8 = 9;

/// Nothing follows on this stream.
pub const END_STREAM: u8 = 1;
/// The head is whole.
pub const END_HEADERS: u8 = 4;
const ACK: u8 = 1;
/// A goodbye with this lets open streams finish, and may well come before their answers (RFC 9113 section 6.8).
const NO_ERROR: [u8; 4] = [0; 4];

/// One connection.
pub struct Frames {
    stream: TlsStream<TcpStream>,
}

/// A frame as it came.
#[derive(Debug)]
pub struct Frame {
    /// Its kind.
    pub kind: u8,
    /// Its flags.
    pub flags: u8,
    /// Its stream; 0 is the connection.
    pub stream: u32,
    /// The rest.
    pub payload: Vec<u8>,
}

/// How a request ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With this status.
    Answered(u16),
    /// The stream was reset.
    Reset,
    /// The connection was ended.
    Ended,
}

impl Outcome {
    /// Whether the request was not served: refused by us, or given up as no HTTP/2.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Answered(400..=499) | Self::Reset | Self::Ended)
    }
}

impl Frames {
    /// Connects, asking for this host, with these settings of ours.
    pub async fn connect(world: &World, host: &str, settings: &[(u16, u32)]) -> Self {
        let client = Client::trusting(world.authority()).speaking(&[b"h2"]);
        let stream = client.connect(world.address, host).await.expect("TLS");
        let mut frames = Self { stream };
        frames.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
        let settings: Vec<u8> = settings
            .iter()
            .flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat())
            .collect();
        frames.send(SETTINGS, 0, 0, &settings).await;
        frames
    }

    /// Sends a frame. That the gateway has closed meanwhile is seen by what it said.
    pub async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        self.write(&frame(kind, flags, stream, payload)).await;
    }

    /// Sends bytes; says whether they went out.
    pub async fn write(&mut self, bytes: &[u8]) -> bool {
        let written = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        matches!(tokio::time::timeout(PATIENCE, written).await, Ok(Ok(())))
    }

    /// Sends a head.
    pub async fn ask(&mut self, stream: u32, flags: u8, fields: &[(&str, &str)]) {
        self.send(HEADERS, flags | END_HEADERS, stream, &block(fields)).await;
    }

    /// The next frame; `None` where the connection ended.
    pub async fn next(&mut self) -> Option<Frame> {
        tokio::time::timeout(PATIENCE, self.read()).await.expect("a frame in time")
    }

    /// How a stream ends. Settings and pings are answered meanwhile.
    pub async fn outcome(&mut self, stream: u32) -> Outcome {
        while let Some(frame) = self.next().await {
            match (frame.kind, frame.stream) {
                (SETTINGS, _) if frame.flags & ACK == 0 => self.send(SETTINGS, ACK, 0, &[]).await,
                (PING, _) if frame.flags & ACK == 0 => self.send(PING, ACK, 0, &frame.payload).await,
                (HEADERS, id) if id == stream => return Outcome::Answered(status(&frame.payload)),
                (RST_STREAM, id) if id == stream => return Outcome::Reset,
                (GOAWAY, _) if frame.payload[4..8] != NO_ERROR => return Outcome::Ended,
                _ => {}
            }
        }
        Outcome::Ended
    }

    /// Whether the gateway ends the connection, whatever it says before.
    pub async fn is_closed(&mut self) -> bool {
        let end = async {
            while let Some(frame) = self.read().await {
                if frame.kind == PING && frame.flags & ACK == 0 {
                    self.send(PING, ACK, 0, &frame.payload).await;
                }
            }
        };
        tokio::time::timeout(PATIENCE, end).await.is_ok()
    }

    async fn read(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.stream.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        self.stream.read_exact(&mut payload).await.ok()?;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        Some(Frame { kind: head[3], flags: head[4], stream, payload })
    }
}

/// A frame's bytes.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A header block.
pub fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in fields {
        bytes.push(0);
        text(&mut bytes, name);
        text(&mut bytes, value);
    }
    bytes
}

/// A length in seven bits and as many more as it takes (RFC 7541 section 5.1), and the text.
fn text(bytes: &mut Vec<u8>, text: &str) {
    match u8::try_from(text.len()) {
        Ok(length @ ..127) => bytes.push(length),
        _ => {
            bytes.push(127);
            let mut rest = text.len() - 127;
            while rest >= 128 {
                bytes.push(128 | u8::try_from(rest % 128).expect("seven bits"));
                rest /= 128;
            }
            bytes.push(u8::try_from(rest).expect("seven bits"));
        }
    }
    bytes.extend(text.as_bytes());
}

/// The status that a header block begins with: from the fixed table, or by the fixed table's name with a Huffman value.
fn status(block: &[u8]) -> u16 {
    const FIXED: [u16; 7] = [200, 204, 206, 304, 400, 404, 500];
    match block {
        [index @ 0x88..=0x8e, ..] => FIXED[usize::from(index - 0x88)],
        [0x08 | 0x48, length, value @ ..] if length & 0x80 != 0 => {
            huffman_digits(&value[..usize::from(length & 0x7f)])
        }
        [0x08 | 0x48, 3, value @ ..] => {
            std::str::from_utf8(&value[..3]).expect("digits").parse().expect("a number")
        }
        _ => panic!("no status: {block:?}"),
    }
}

/// 0, 1 and 2 have five bits in that code, the other digits six.
fn huffman_digits(value: &[u8]) -> u16 {
    let bits = value.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
    let mut left = 8 * value.len();
    let mut number = 0;
    for _ in 0..3 {
        let five = bits >> (left - 5) & 0x1f;
        let (digit, length) = match five {
            0..=2 => (five, 5),
            _ => ((bits >> (left - 6) & 0x3f) - 0x19 + 3, 6),
        };
        left -= length;
        number = number * 10 + digit;
    }
    u16::try_from(number).expect("three digits")
}
