//! One request of a user, drawn by chance, and what may come back for it: its own answer, a refusal of ours, or a part of its
//! own answer that does not look complete. Anything else is a mix-up.

use std::fmt;

use http::{HeaderMap, Method, Request};

use super::draw::{Digest, Draw};
use super::line::Outgoing;
use super::request::page;

/// Who asks, and how the upstream must have seen them.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The host they ask at.
    pub host: &'static str,
    /// `Cookie` or `Authorization`.
    pub credential: Option<(&'static str, String)>,
    /// What the gateway must have told the upstream, see [`Head::saw`](super::request::Head::saw).
    pub saw: String,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A few lines.
    Page,
    /// The same by HEAD.
    Head,
    /// What the client has already.
    Unchanged,
    /// A part of a longer page.
    Range,
    /// A page in chunks.
    Chunked,
    /// More than a single read.
    Large,
    /// An answer that takes its time.
    Late,
    /// A form.
    Post,
    /// A body in chunks.
    PostChunked,
    /// A file.
    Upload,
    /// The upstream closes the connection instead of an answer.
    HangUp,
    /// The upstream closes it within the head.
    HalfHead,
    /// The upstream resets it.
    Reset,
    /// The upstream closes it in the middle of the answer's body.
    Cut,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What for.
    pub kind: Kind,
    /// What its answer must carry.
    pub nonce: String,
    /// How many lines its answer has.
    lines: u64,
    /// First and last byte of the range.
    range: (usize, usize),
    /// Its body.
    body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Came {
    /// The status.
    pub status: u16,
    /// The head.
    pub headers: HeaderMap,
    /// The body, as much as came.
    pub body: Vec<u8>,
    /// Whether it came to its end.
    pub is_whole: bool,
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (method, target, body) = (self.method(), self.target(), self.body.len());
        write!(f, "{method} {target} {} by {:?}, with {body} bytes", self.nonce, self.kind)
    }
}

impl fmt::Display for Came {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begin = String::from_utf8_lossy(&self.body[..self.body.len().min(300)]);
        write!(f, "{} {:?}\n{begin}", self.status, self.headers)
    }
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It has its answer.
    Answered,
    /// The gateway could not get one.
    Refused,
    /// A part of its answer came, and then the connection or the stream ended.
    Broken,
    /// Its client left.
    Left,
}

impl Ask {
    /// The next request of somebody; one in 24 ends badly at the upstream.
    pub fn draw(draw: &mut Draw, nonce: String) -> Self {
        let kind = match draw.below(48) {
            0..16 => Kind::Page,
            16..19 => Kind::Head,
            19..22 => Kind::Unchanged,
            22..25 => Kind::Range,
            25..30 => Kind::Chunked,
            30..33 => Kind::Large,
            33..36 => Kind::Late,
            36..41 => Kind::Post,
            41..44 => Kind::PostChunked,
            44..46 => Kind::Upload,
            _ => [Kind::HangUp, Kind::HalfHead, Kind::Reset, Kind::Cut][draw.place(4)],
        };
        let lines = match kind {
            Kind::Late => 1 + draw.below(40),
            Kind::Range => 20 + draw.below(400),
            Kind::Chunked | Kind::Cut => 1 + draw.below(800),
            Kind::Large => 1_000 + draw.below(8_000),
            _ => 1 + draw.below(8),
        };
        let length = match kind {
            Kind::Post => draw.place(300),
            Kind::PostChunked => draw.place(20_000),
            Kind::Upload => 20_000 + draw.place(200_000),
            _ => 0,
        };
        let mut body = page(&nonce, 1 + (length / nonce.len()) as u64).into_bytes();
        body.truncate(length);
        let (one, other) = (draw.place(300), draw.place(300));
        Self { kind, nonce, lines, range: (one.min(other), one.max(other)), body }
    }

    /// Whether its answer ends where it says, so that the next one on the connection can be read.
    pub fn is_orderly(&self) -> bool {
        self.kind != Kind::Cut
    }

    /// Its method.
    pub fn method(&self) -> Method {
        match self.kind {
            Kind::Head => Method::HEAD,
            Kind::Post | Kind::PostChunked => Method::POST,
            Kind::Upload => Method::PUT,
            _ => Method::GET,
        }
    }

    fn target(&self) -> String {
        let page = match self.kind {
            Kind::Unchanged => "unchanged",
            Kind::Chunked => "chunked",
            Kind::Late => "late",
            Kind::HangUp => "hang-up",
            Kind::HalfHead => "half-head",
            Kind::Reset => "reset",
            Kind::Cut => "cut",
            _ => "page",
        };
        format!("/browse/{page}?size={}", self.lines)
    }

    /// All headers but the host and the framing.
    fn headers(&self, asker: &Asker) -> Vec<(&'static str, String)> {
        let mut headers = vec![("x-nonce", self.nonce.clone()), ("accept", "*/*".to_owned())];
        headers.extend(asker.credential.clone());
        match self.kind {
            Kind::Unchanged => headers.push(("if-none-match", format!("\"{}\"", self.nonce))),
            Kind::Range => headers.push(("range", format!("bytes={}-{}", self.range.0, self.range.1))),
            Kind::Upload => headers.push(("content-type", "application/octet-stream".to_owned())),
            _ => {}
        }
        headers
    }

    /// The request for hyper. With `breaks_off` half of its body is missing.
    pub fn request(&self, asker: &Asker, is_http2: bool, breaks_off: bool) -> Request<Outgoing> {
        let uri = match is_http2 {
            true => format!("https://{}{}", asker.host, self.target()),
            false => self.target(),
        };
        let mut request = Request::builder().method(self.method()).uri(uri);
        if !is_http2 {
            request = request.header("host", asker.host);
        }
        for (name, value) in self.headers(asker) {
            request = request.header(name, value);
        }
        let body = Outgoing::new(&self.body, self.kind != Kind::PostChunked, breaks_off);
        request.body(body).expect("a request")
    }

    /// The request byte by byte, for a client that does not wait for answers.
    pub fn bytes(&self, asker: &Asker) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: {}\r\n", self.method(), self.target(), asker.host);
        for (name, value) in self.headers(asker) {
            head += &format!("{name}: {value}\r\n");
        }
        let body = &self.body[..];
        match self.kind {
            Kind::PostChunked if !body.is_empty() => {
                let size = body.len();
                [
                    format!("{head}Transfer-Encoding: chunked\r\n\r\n{size:x}\r\n").as_bytes(),
                    body,
                    b"\r\n0\r\n\r\n",
                ]
                .concat()
            }
            Kind::Post | Kind::PostChunked | Kind::Upload => {
                [format!("{head}Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
            }
            _ => format!("{head}\r\n").into_bytes(),
        }
    }

    /// What the answer's body must be, and its status.
    fn expected(&self) -> (u16, Vec<u8>) {
        let page = || page(&self.nonce, self.lines).into_bytes();
        match self.kind {
            Kind::Head => (200, Vec::new()),
            Kind::Unchanged => (304, Vec::new()),
            Kind::Range => (206, page()[self.range.0..=self.range.1].to_vec()),
            _ => (200, page()),
        }
    }

    /// Whether this is an answer to this request; otherwise, in what it is not.
    pub fn check(&self, asker: &Asker, came: &Came) -> Result<Fate, String> {
        let header = |name: &str| came.headers.get(name).and_then(|value| value.to_str().ok());
        if (502..=504).contains(&came.status) && header("x-nonce").is_none() {
            return match (header("x-postern-receipt"), came.is_whole) {
                (Some(_), true) => Ok(Fate::Refused),
                other => Err(format!("a refusal of nobody's: {other:?}")),
            };
        }
        if matches!(self.kind, Kind::HangUp | Kind::HalfHead | Kind::Reset) {
            return Err("an answer where there was none".to_owned());
        }
        let (status, body) = self.expected();
        let (count, digest) = (self.body.len(), Digest::of(&self.body));
        let got = format!("{} {} {count} {digest:x}", self.method(), self.target());
        for (what, is, should) in [
            ("nonce", header("x-nonce"), self.nonce.as_str()),
            ("person", header("x-saw"), asker.saw.as_str()),
            ("request", header("x-got"), got.as_str()),
        ] {
            if is != Some(should) {
                return Err(format!("another {what}: {is:?} instead of {should:?}"));
            }
        }
        if came.status != status {
            return Err(format!("the status {} instead of {status}", came.status));
        }
        match (body == came.body, came.is_whole) {
            (true, true) if self.kind != Kind::Cut => Ok(Fate::Answered),
            (_, false) if body.starts_with(&came.body) => Ok(Fate::Broken),
            (_, whole) => Err(format!("another body, of {} bytes; whole: {whole}", came.body.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::request::Head;
    use super::*;

    fn asker() -> Asker {
        Asker { host: "jira.test", credential: None, saw: "K-m0 m0@acme.com managed m0.0".to_owned() }
    }

    /// What the upstream answers to these bytes of an asker, as somebody reads it.
    fn answered(bytes: &[u8]) -> Came {
        let text = String::from_utf8(bytes.to_vec()).expect("a request without a body");
        let told = "\r\nX-Postern-Account: K-m0\r\nX-Postern-Email: m0@acme.com\r\nX-Postern-Class: managed\r\n\
                    Cookie: JSESSIONID=m0.0\r\n\r\n";
        let head = Head::parse(&text.replace("\r\n\r\n", told)).expect("a head");
        let answer = String::from_utf8(head.answer(0, Digest::of(&[]), false)).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let mut lines = head.lines();
        let status = lines.next().expect("a line").split(' ').nth(1).expect("a status");
        let fields = lines.map(|line| line.split_once(": ").expect("a field"));
        let field = |(name, value): (&str, &str)| {
            (name.parse::<http::HeaderName>().expect("a name"), value.parse().expect("a value"))
        };
        Came {
            status: status.parse().expect("a number"),
            headers: fields.map(field).collect(),
            body: body.as_bytes().to_vec(),
            is_whole: true,
        }
    }

    fn ask(kind: Kind, nonce: &str) -> Ask {
        let mut draw = Draw::new(1);
        std::iter::repeat_with(|| Ask::draw(&mut draw, nonce.to_owned()))
            .find(|ask| ask.kind == kind)
            .expect("every kind is drawn")
    }

    #[test]
    fn only_its_own_answer_is_taken_for_one() {
        let mine = ask(Kind::Page, "mine");
        let came = || answered(&mine.bytes(&asker()));
        assert_eq!(mine.check(&asker(), &came()), Ok(Fate::Answered));
        let other = Asker { saw: "K-m1 m1@acme.com managed m1.0".to_owned(), ..asker() };
        assert!(mine.check(&other, &came()).unwrap_err().contains("another person"));
        assert!(ask(Kind::Page, "yours").check(&asker(), &came()).unwrap_err().contains("another nonce"));
        assert!(ask(Kind::Head, "mine").check(&asker(), &came()).unwrap_err().contains("another request"));
        let with = |change: fn(&mut Came)| {
            let mut changed = came();
            change(&mut changed);
            mine.check(&asker(), &changed)
        };
        assert!(with(|came| came.status = 206).unwrap_err().contains("the status 206"));
        assert!(with(|came| came.body[0] = b'y').unwrap_err().contains("another body"));
        assert!(
            with(|came| came.body.truncate(3)).unwrap_err().contains("another body"),
            "it looks complete"
        );
        let cut = with(|came| {
            came.body.truncate(3);
            came.is_whole = false;
        });
        assert_eq!(cut, Ok(Fate::Broken));
        assert!(with(|came| *came = Came { status: 502, headers: HeaderMap::new(), body: vec![], is_whole: true })
            .unwrap_err()
            .contains("a refusal of nobody's"));
    }
}
