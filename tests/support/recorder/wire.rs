//! One connection of a recorder: reading requests strictly, and acting out the answer.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::{KEPT_BYTES, Recorded, Shared, Step, lock};

/// The path that the Jira profile asks whose session it is.
pub(super) const WHO: &str = "/rest/api/2/myself";

/// One connection on this side.
pub(super) struct Wire<S> {
    stream: S,
    shared: Arc<Shared>,
    connection: usize,
    /// What came and was not read yet.
    ahead: Vec<u8>,
}

/// How much of a request is body.
enum Framing {
    Length(u64),
    Chunked,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S, shared: &Arc<Shared>, connection: usize) -> Self {
        Self { stream, shared: Arc::clone(shared), connection, ahead: Vec::new() }
    }

    /// Reads requests and answers them, until either side has had enough.
    pub(super) async fn converse(mut self) -> io::Result<()> {
        while let Some(head) = self.head().await? {
            let framing = framing(&head).map_err(|why| self.give_up(why))?;
            let request =
                Recorded { connection: self.connection, head: head.clone(), body_bytes: 0, digest: None };
            let request = self.shared.add(&self.shared.requests, request);
            let path = head.split(' ').nth(1).and_then(|target| target.split('?').next()).unwrap_or_default();
            let script = lock(&self.shared.scripts).get(path).cloned();
            let mut unread = Some(framing);
            let usual = script.is_none();
            for step in script.unwrap_or(vec![Step::ReadBody]) {
                self.act(step, &mut unread, request).await?;
            }
            if usual {
                let answer = self.usual_answer(path, request);
                self.stream.write_all(answer.as_bytes()).await?;
            }
            self.act(Step::ReadBody, &mut unread, request).await?;
        }
        Ok(())
    }

    async fn act(&mut self, step: Step, unread: &mut Option<Framing>, request: usize) -> io::Result<()> {
        match step {
            Step::ReadBody => match unread.take() {
                Some(framing) => self.body(framing, request).await,
                None => Ok(()),
            },
            Step::Send(bytes) => self.stream.write_all(&bytes).await,
            Step::Repeat(bytes, times) => {
                for _ in 0..times {
                    self.stream.write_all(&bytes).await?;
                }
                Ok(())
            }
            Step::Flood(bytes) => loop {
                self.stream.write_all(&bytes).await?;
            },
            Step::Wait(notify) => {
                notify.notified().await;
                Ok(())
            }
            Step::Echo => loop {
                let bytes = std::mem::take(&mut self.ahead);
                self.stream.write_all(&bytes).await?;
                if !self.more().await? {
                    return Ok(());
                }
            },
            Step::Close => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    }

    /// Who asks by which request, as far as this server can tell: what a mixed-up answer would give away.
    fn usual_answer(&self, path: &str, request: usize) -> String {
        let request = lock(&self.shared.requests)[request].clone();
        let person = self.shared.person(&request);
        if path == WHO && request.header("x-forwarded-for").is_empty() {
            return who(person.as_deref());
        }
        let body = serde_json::json!({
            "line": request.line(),
            "nonce": request.header("x-nonce"),
            "person": person,
            "session": request.session(),
            "authorization": request.header("authorization"),
            "body_bytes": request.body_bytes,
            "digest": request.digest,
        });
        let name = person.as_deref().unwrap_or("anonymous");
        let mut answer = json(200, &format!("X-AUSERNAME: {name}\r\n"), &body);
        if request.line().starts_with("HEAD ") {
            answer.truncate(answer.find("\r\n\r\n").expect("a head") + 4);
        }
        answer
    }

    async fn head(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = self.ahead.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = self.ahead.drain(..end + 4).collect();
                return String::from_utf8(head).map(Some).map_err(|_| self.give_up("a head that is no text"));
            }
            if !self.more().await? {
                return if self.ahead.is_empty() { Ok(None) } else { Err(self.give_up("half a head")) };
            }
        }
    }

    async fn body(&mut self, framing: Framing, request: usize) -> io::Result<()> {
        let mut digest = Sha256::new();
        match framing {
            Framing::Length(length) => self.content(length, &mut digest, request).await?,
            Framing::Chunked => loop {
                let size = self.line().await?;
                let size = u64::from_str_radix(&size, 16).map_err(|_| self.give_up("a size that is none"))?;
                self.content(size, &mut digest, request).await?;
                if !self.line().await?.is_empty() {
                    return Err(self.give_up("a chunk or a body with something after it"));
                }
                if size == 0 {
                    break;
                }
            },
        }
        let digest = data_encoding::HEXLOWER.encode(&digest.finalize());
        self.shared.note(&self.shared.requests, request, |request| request.digest = Some(digest));
        Ok(())
    }

    async fn content(&mut self, mut left: u64, digest: &mut Sha256, request: usize) -> io::Result<()> {
        while left > 0 {
            if self.ahead.is_empty() && !self.more().await? {
                return Err(self.give_up("half a body"));
            }
            let taken = self.ahead.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            digest.update(&self.ahead[..taken]);
            self.ahead.drain(..taken);
            left -= taken as u64;
            self.shared.note(&self.shared.requests, request, |request| request.body_bytes += taken as u64);
        }
        Ok(())
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.ahead.windows(2).position(|window| window == b"\r\n") {
                let line: Vec<u8> = self.ahead.drain(..end + 2).take(end).collect();
                return String::from_utf8(line).map_err(|_| self.give_up("a line that is no text"));
            }
            if !self.more().await? {
                return Err(self.give_up("half a body"));
            }
        }
    }

    /// Reads on; says whether anything came.
    async fn more(&mut self) -> io::Result<bool> {
        let known = self.ahead.len();
        self.ahead.reserve(64 * 1024);
        let count = self.stream.read_buf(&mut self.ahead).await?;
        let came = &self.ahead[known..];
        self.shared.received_bytes.fetch_add(came.len() as u64, Ordering::SeqCst);
        self.shared.note(&self.shared.connections, self.connection, |connection| {
            let room = KEPT_BYTES.saturating_sub(connection.bytes.len());
            connection.bytes.extend_from_slice(&came[..count.min(room)]);
        });
        Ok(count > 0)
    }

    fn give_up(&self, why: &str) -> io::Error {
        self.shared.note(&self.shared.connections, self.connection, |connection| {
            connection.broken = Some(why.to_owned());
        });
        io::ErrorKind::InvalidData.into()
    }
}

/// Exactly one framing, spelled in the one usual way.
fn framing(head: &str) -> Result<Framing, &'static str> {
    let fields: Vec<(String, &str)> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .collect();
    let all = |wanted: &str| -> Vec<&str> {
        fields.iter().filter(|(name, _)| name == wanted).map(|(_, value)| *value).collect()
    };
    match (all("content-length").as_slice(), all("transfer-encoding").as_slice()) {
        ([], []) => Ok(Framing::Length(0)),
        ([length], []) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
            length.parse().map(Framing::Length).map_err(|_| "a length that is none")
        }
        ([], ["chunked"]) => Ok(Framing::Chunked),
        _ => Err("an unclear framing"),
    }
}

fn who(person: Option<&str>) -> String {
    match person {
        None => json(401, "", &serde_json::json!({})),
        Some(name) => {
            let person = serde_json::json!({
                "key": name, "name": name, "emailAddress": format!("{name}@acme.com"),
            });
            json(200, "", &person)
        }
    }
}

fn json(status: u16, lines: &str, body: &serde_json::Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status} -\r\nContent-Type: application/json\r\n{lines}Content-Length: {length}\r\n\r\n{body}"
    )
}
