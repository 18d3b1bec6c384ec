//! A row of the corpus: who sends which request, and what must come of it. Rows are data; `run.rs` sends them.

/// Whose credentials go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// External, with a session of the product and no verification.
    Stale,
    /// External, verified a moment ago.
    Fresh,
    /// Managed.
    Managed,
    /// Nobody: no cookie at all.
    Anonymous,
}

/// What must come of a request. Whatever is not `Forwarded…` must not have reached the upstream with a single byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 303 to the challenge for a page load, otherwise 401 with the address of the challenge.
    Challenged,
    /// One of these statuses, with a problem document or page of ours.
    Refused(&'static [u16]),
    /// Either of the two.
    ChallengedOrRefused(&'static [u16]),
    /// Forwarded with this session's cookie and without anything of ours.
    Forwarded,
    /// Forwarded without a single cookie, `Authorization` included.
    ForwardedAlone,
    /// Forwarded without any credential.
    ForwardedAsStranger,
    /// Challenged, refused with 400, or forwarded with cookies by which the upstream takes it to be of nobody.
    OfNobody,
    /// Refused, or forwarded as one whole request; what its body holds and what follows it is never read as another.
    NotSmuggled,
}

/// A request, before it is written in a version of HTTP.
#[derive(Debug, Clone)]
pub struct Shot {
    /// The method, as it is written.
    pub method: &'static str,
    /// The request target, byte for byte.
    pub target: Vec<u8>,
    /// The host that is asked for; none is no line at all.
    pub host: Option<&'static str>,
    /// The version, as it is written; HTTP/2 stands for HTTP/1.1 alone.
    pub version: &'static str,
    /// More header lines, in order. A name that is written as `cookie` stands beside the session's own line.
    pub lines: Vec<(&'static str, Vec<u8>)>,
    /// The body, if there is one; its length is announced unless a line already frames it.
    pub body: Option<Vec<u8>>,
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    /// The case it belongs to.
    pub id: &'static str,
    /// Who sends it.
    pub who: Who,
    /// What is sent.
    pub shot: Shot,
    /// What must come of it.
    pub outcome: Outcome,
}

/// The host of the recorded site.
pub const HOST: &str = "corpus.test";

/// A page load.
pub fn get(target: impl AsRef<[u8]>) -> Shot {
    let lines = vec![("accept", b"text/html".to_vec())];
    Shot {
        method: "GET",
        target: target.as_ref().to_vec(),
        host: Some(HOST),
        version: "HTTP/1.1",
        lines,
        body: None,
    }
}

/// A request by any other method, as a script sends it.
pub fn send(method: &'static str, target: impl AsRef<[u8]>) -> Shot {
    Shot { method, lines: Vec::new(), ..get(target) }
}

impl Shot {
    /// With another line.
    pub fn line(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.lines.push((name, value.as_ref().to_vec()));
        self
    }

    /// With a body.
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = Some(body.as_ref().to_vec());
        self
    }

    /// At another host.
    pub fn host(mut self, host: &'static str) -> Self {
        self.host = Some(host);
        self
    }

    /// Without a host.
    pub fn without_host(mut self) -> Self {
        self.host = None;
        self
    }

    /// In another version.
    pub fn version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    /// Whether its lines say already how long its body is.
    pub fn is_framed(&self) -> bool {
        let frames = |name: &str| {
            name.trim().eq_ignore_ascii_case("content-length")
                || name.trim().eq_ignore_ascii_case("transfer-encoding")
        };
        self.lines.iter().any(|(name, _)| frames(name))
    }

    /// Into a row.
    pub fn is(self, id: &'static str, who: Who, outcome: Outcome) -> Row {
        Row { id, who, shot: self, outcome }
    }
}
