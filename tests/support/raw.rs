//! A client that sends any bytes at all, for requests that no HTTP library would make.
//!
//! Nothing here repairs, retries or waits for longer than [`PATIENCE`].

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::TcpStream;

/// How long an answer or the end of a connection may take; less than the gateway keeps an idle connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// One connection.
pub struct Raw {
    stream: BufReader<Box<dyn Stream>>,
    patience: Duration,
}

/// Bytes both ways: a socket, or TLS over one.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// An answer as it came.
#[derive(Debug)]
pub struct RawAnswer {
    /// Its status; 0 where the connection ended without an answer.
    pub status: u16,
    /// The lines of its head.
    pub head: Vec<String>,
    /// Its body.
    pub body: String,
}

impl RawAnswer {
    /// The first header of that name, empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        let named = |line: &&String| line.split(':').next().is_some_and(|key| key.eq_ignore_ascii_case(name));
        let line = self.head.iter().find(named).map_or("", String::as_str);
        line.split_once(':').map_or("", |(_, value)| value.trim())
    }

    /// Whether this asks for a code: the way to the challenge, or the problem that names it.
    pub fn is_challenge(&self) -> bool {
        match self.status {
            303 => self.header("location").starts_with("/.postern/challenge"),
            401 => self.body.contains("challenge_url"),
            _ => false,
        }
    }
}

impl Raw {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.expect("a connection"))
    }

    /// Over a connection that is there.
    pub fn over(stream: impl Stream + 'static) -> Self {
        Self { stream: BufReader::new(Box::new(stream)), patience: PATIENCE }
    }

    /// Allows answers more time than [`PATIENCE`].
    pub fn within(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Sends bytes. That the gateway has closed meanwhile is seen by what it answered.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.get_mut().write_all(bytes.as_ref()).await;
    }

    /// The next answer; one with status 0 where the connection ended instead.
    pub async fn answer(&mut self) -> RawAnswer {
        tokio::time::timeout(self.patience, self.read()).await.expect("an answer in time")
    }

    /// As [`answer`](Self::answer), where the connection may end within it: `None` without a whole answer.
    pub async fn try_answer(&mut self) -> Option<RawAnswer> {
        let answer = tokio::time::timeout(self.patience, self.try_read()).await.expect("an answer in time");
        answer.ok().filter(|answer| answer.status > 0)
    }

    /// The head of the next answer; its body can be read while it comes.
    pub async fn head(&mut self) -> RawAnswer {
        tokio::time::timeout(self.patience, self.read_head()).await.expect("a head in time")
    }

    /// Everything until the connection ends, however it ends.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let _ = tokio::time::timeout(PATIENCE, self.stream.read_to_end(&mut bytes))
            .await
            .expect("an end in time");
        bytes
    }

    /// Whether the gateway closed the connection, and said nothing more before.
    pub async fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        matches!(tokio::time::timeout(PATIENCE, self.stream.read(&mut byte)).await, Ok(Ok(0) | Err(_)))
    }

    /// Exactly so many bytes of what follows the head, as after a 101.
    pub async fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let read = tokio::time::timeout(self.patience, self.stream.read_exact(&mut bytes)).await;
        read.expect("bytes in time").expect("bytes");
        bytes
    }

    async fn read(&mut self) -> RawAnswer {
        self.try_read().await.expect("a body")
    }

    async fn try_read(&mut self) -> io::Result<RawAnswer> {
        let mut answer = self.read_head().await;
        if answer.status >= 200 {
            answer.body = String::from_utf8_lossy(&self.body(&answer).await?).into_owned();
        }
        Ok(answer)
    }

    async fn read_head(&mut self) -> RawAnswer {
        let mut head = Vec::new();
        loop {
            match self.line().await {
                Some(line) if line.is_empty() => break,
                Some(line) => head.push(line),
                None => return RawAnswer { status: 0, head, body: String::new() },
            }
        }
        let status = head[0].split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
        RawAnswer { status, head, body: String::new() }
    }

    async fn body(&mut self, answer: &RawAnswer) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        if answer.header("transfer-encoding") != "chunked" {
            let length: u64 = answer.header("content-length").parse().unwrap_or(0);
            (&mut self.stream).take(length).read_to_end(&mut body).await?;
            return Ok(body);
        }
        loop {
            let size = self.line().await.ok_or(io::ErrorKind::UnexpectedEof)?;
            let size = u64::from_str_radix(&size, 16).expect("the size of a chunk");
            (&mut self.stream).take(size).read_to_end(&mut body).await?;
            self.line().await.ok_or(io::ErrorKind::UnexpectedEof)?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await;
        matches!(read, Ok(1..)).then(|| line.trim_end().to_owned())
    }
}

/// Sends bytes on a connection of their own and waits for the answer.
pub async fn ask(address: SocketAddr, bytes: impl AsRef<[u8]>) -> RawAnswer {
    let mut connection = Raw::connect(address).await;
    connection.send(bytes).await;
    connection.answer().await
}
