//! An upstream whose every answer says who asked for what: the request's nonce, and whom the gateway named.
//!
//! It reads requests by its own strict reader and keeps nothing of them, so it can answer millions. Some pages end badly, as
//! their path says; besides that it closes connections now and then, and can be gone altogether for a while.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use super::draw::Draw;
use super::request::Head;

/// The path that the Jira profile asks whose session it is.
const WHO: &str = "/rest/api/2/myself";
/// The longest body that is sent in one piece; the gateway and its client each get some of it early.
const PIECE: usize = 8 * 1024;
/// A connection is closed after one of so many answers, announced or not.
const CLOSES: u64 = 64;

/// The server.
pub struct Echo {
    /// Where it listens.
    pub address: SocketAddr,
    /// What there was.
    pub seen: Arc<Seen>,
    is_up: watch::Sender<bool>,
}

/// What reached it.
#[derive(Debug, Default)]
pub struct Seen {
    /// Connections.
    pub connections: AtomicU64,
    /// Requests, the gateway's own questions among them.
    pub requests: AtomicU64,
    /// Questions whose session it is.
    pub questions: AtomicU64,
    /// What no gateway may send: half a head, an unclear framing, a line that is none.
    pub broken: AtomicU64,
}

impl Echo {
    /// Listens.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (seen, (is_up, up)) = (Arc::<Seen>::default(), watch::channel(true));
        tokio::spawn(accept(listener, address, Arc::clone(&seen), up));
        Self { address, seen, is_up }
    }

    /// Refuses connections for so long, and ends those that there are, but for WebSockets.
    pub async fn is_gone_for(&self, time: Duration) {
        self.is_up.send_replace(false);
        tokio::time::sleep(time).await;
        self.is_up.send_replace(true);
    }
}

async fn accept(listener: TcpListener, address: SocketAddr, seen: Arc<Seen>, mut up: watch::Receiver<bool>) {
    let (mut listener, still_up) = (Some(listener), up.clone());
    loop {
        let Some(open) = &listener else {
            if up.wait_for(|up| *up).await.is_err() {
                return;
            }
            let socket = TcpSocket::new_v4().expect("a socket");
            socket.set_reuseaddr(true).expect("an option");
            socket.bind(address).expect("the same port");
            listener = Some(socket.listen(1024).expect("it listens"));
            continue;
        };
        tokio::select! {
            accepted = next(open) => {
                let Some(stream) = accepted else { continue };
                let number = seen.connections.fetch_add(1, Relaxed);
                let (seen, mut up) = (Arc::clone(&seen), still_up.clone());
                tokio::spawn(async move {
                    let upgraded = tokio::select! {
                        ended = converse(stream, number, &seen) => ended.ok().flatten(),
                        _ = up.wait_for(|up| !*up) => None,
                    };
                    if let Some((stream, head)) = upgraded {
                        let _ = echo(stream, &head).await;
                    }
                });
            }
            gone = up.wait_for(|up| !*up) => {
                if gone.is_err() {
                    return;
                }
                listener = None;
            }
        }
    }
}

/// The next connection. Where no descriptor is left, whoever tries again at once leaves no time for one to be closed.
async fn next(listener: &TcpListener) -> Option<TcpStream> {
    let accepted = listener.accept().await;
    if accepted.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    accepted.ok().map(|(stream, _)| stream)
}

/// What is left of a connection that becomes a WebSocket.
type Upgraded = (BufReader<TcpStream>, Head);

/// Reads requests and answers them, until either side has had enough, or until the connection is one no more.
async fn converse(stream: TcpStream, number: u64, seen: &Seen) -> io::Result<Option<Upgraded>> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut draw = Draw::new(number);
    while let Some(head) = read_head(&mut stream).await? {
        let Ok(head) = Head::parse(&head) else {
            seen.broken.fetch_add(1, Relaxed);
            return Ok(None);
        };
        seen.requests.fetch_add(1, Relaxed);
        if head.path() == WHO && head.header("x-forwarded-for").is_none() {
            seen.questions.fetch_add(1, Relaxed);
            stream.write_all(head.who().as_bytes()).await?;
            continue;
        }
        if head.header("upgrade").is_some() {
            return Ok(Some((stream, head)));
        }
        let (count, digest) = body(&mut stream, &head).await?;
        let closes = draw.below(CLOSES);
        answer(&mut stream, &head, count, digest, closes == 0).await?;
        if closes <= 1 {
            stream.shutdown().await?;
            return Ok(None);
        }
    }
    Ok(None)
}

async fn answer(
    stream: &mut BufReader<TcpStream>,
    head: &Head,
    count: u64,
    digest: u64,
    closes: bool,
) -> io::Result<()> {
    let answer = head.answer(count, digest, closes);
    match head.page() {
        "late" => tokio::time::sleep(Duration::from_millis(head.size())).await,
        "hang-up" => return Err(io::ErrorKind::ConnectionAborted.into()),
        "half-head" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le").await?;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        "reset" => {
            stream.get_ref().set_zero_linger()?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        "cut" => {
            stream.write_all(&answer[..answer.len() / 2]).await?;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        _ => {}
    }
    for piece in answer.chunks(PIECE) {
        stream.write_all(piece).await?;
    }
    Ok(())
}

/// One head as it came, or what there is of it; `None` where the connection ended before it.
async fn read_head(stream: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut head = String::new();
    loop {
        let start = head.len();
        let end = stream.read_line(&mut head).await? == 0;
        if end || &head[start..] == "\r\n" {
            return Ok((!head.is_empty()).then_some(head));
        }
    }
}

/// How long a body is, and what it digests to.
async fn body(stream: &mut BufReader<TcpStream>, head: &Head) -> io::Result<(u64, u64)> {
    let (mut count, mut digest) = (0, super::draw::Digest::default());
    if let Some(length) = head.length() {
        content(stream, length, &mut digest).await?;
        return Ok((length, digest.0));
    }
    if !head.is_chunked() {
        return Ok((0, digest.0));
    }
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let size = u64::from_str_radix(line.trim_end(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
        content(stream, size, &mut digest).await?;
        count += size;
        stream.read_line(&mut line).await?;
        if size == 0 {
            return Ok((count, digest.0));
        }
    }
}

async fn content(
    stream: &mut BufReader<TcpStream>,
    mut left: u64,
    digest: &mut super::draw::Digest,
) -> io::Result<()> {
    while left > 0 {
        let there = stream.fill_buf().await?;
        if there.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let taken = there.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        digest.add(&there[..taken]);
        stream.consume(taken);
        left -= taken as u64;
    }
    Ok(())
}

/// A WebSocket that sends every short message back, and outlives the rest of the server.
async fn echo(mut stream: BufReader<TcpStream>, head: &Head) -> io::Result<()> {
    stream.write_all(head.switch().as_bytes()).await?;
    loop {
        let mut start = [0; 6];
        stream.read_exact(&mut start).await?;
        let mut text = vec![0; usize::from(start[1] & 0x7f)];
        stream.read_exact(&mut text).await?;
        for (at, byte) in text.iter_mut().enumerate() {
            *byte ^= start[2 + at % 4];
        }
        stream.write_all(&[&[start[0], start[1] & 0x7f], &text[..]].concat()).await?;
    }
}
