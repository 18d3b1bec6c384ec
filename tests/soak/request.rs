//! A request as the upstream reads it, and its answer: who it was taken for, its nonce, and a page full of that nonce.

use super::draw::Draw;

/// The head of a request.
pub struct Head {
    method: String,
    target: String,
    fields: Vec<(String, String)>,
}

impl Head {
    /// Reads a head strictly: one framing, spelled in the one usual way.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.strip_suffix("\r\n\r\n").ok_or("half a head")?;
        let mut lines = text.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (Some(method), Some(target), Some("HTTP/1.1"), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err("a request line that is none");
        };
        let mut fields = Vec::new();
        for line in lines {
            let (name, value) = line.split_once(": ").ok_or("a field that is none")?;
            fields.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let head = Self { method: method.to_owned(), target: target.to_owned(), fields };
        let twice = |name| head.fields.iter().filter(|(known, _)| known == name).count() > 1;
        if twice("content-length")
            || twice("transfer-encoding")
            || (head.length().is_some() && head.is_chunked())
        {
            return Err("an unclear framing");
        }
        Ok(head)
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The length that it announces.
    pub fn length(&self) -> Option<u64> {
        self.header("content-length").and_then(|length| length.parse().ok())
    }

    /// Whether its body comes in chunks.
    pub fn is_chunked(&self) -> bool {
        self.header("transfer-encoding") == Some("chunked")
    }

    /// The path without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The last segment of the path.
    pub fn page(&self) -> &str {
        self.path().rsplit('/').next().unwrap_or_default()
    }

    /// What the query asks for: how many lines, or how many milliseconds.
    pub fn size(&self) -> u64 {
        let query = self.target.split("size=").nth(1);
        query.and_then(|size| size.parse().ok()).unwrap_or(1)
    }

    /// The person of a session or a token, as `NAME.SERIAL`; of a JWT its subject.
    fn person(&self) -> Option<String> {
        let credential = self.credential()?;
        let name = match credential.split('.').collect::<Vec<_>>()[..] {
            [_, claims, _] => {
                let claims = data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes()).ok()?;
                let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
                return claims["sub"].as_str().map(str::to_owned);
            }
            [name, _] => name,
            _ => return None,
        };
        name.starts_with(['m', 'x']).then(|| name.to_owned())
    }

    fn credential(&self) -> Option<&str> {
        let cookies = self.header("cookie").unwrap_or_default();
        let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
        let session = pairs.find(|(name, _)| ["JSESSIONID", "up_jwt"].contains(name)).map(|(_, value)| value);
        session.or_else(|| self.header("authorization")?.strip_prefix("Bearer "))
    }

    /// The answer to the question whose session it is.
    pub fn who(&self) -> String {
        let (status, body) = match self.person() {
            None => (401, "{}".to_owned()),
            Some(name) => {
                let email = email(&name);
                (200, format!(r#"{{"key":"K-{name}","name":"{name}","emailAddress":"{email}"}}"#))
            }
        };
        let length = body.len();
        format!(
            "HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    }

    /// Whom the gateway named, and whose credential came with it.
    pub fn saw(&self) -> String {
        let named = ["x-postern-account", "x-postern-email", "x-postern-class"];
        let named: Vec<&str> = named.into_iter().map(|name| self.header(name).unwrap_or("-")).collect();
        let credential = self.credential().unwrap_or("-");
        // The end of a JWT is its signature, and enough of it.
        let end = credential.len().saturating_sub(40);
        format!("{} {}", named.join(" "), &credential[end..])
    }

    /// The whole answer: head, and body where there is one.
    pub fn answer(&self, count: u64, digest: u64, closes: bool) -> Vec<u8> {
        let nonce = self.header("x-nonce").unwrap_or("-");
        let saw = self.saw();
        let mut head = format!(
            "X-Nonce: {nonce}\r\nX-Saw: {saw}\r\nX-Got: {} {} {count} {digest:x}\r\n",
            self.method, self.target
        );
        if let Some(name) = self.person() {
            head += &format!("X-AUSERNAME: {name}\r\n");
        }
        if closes {
            head += "Connection: close\r\n";
        }
        if self.page() == "sign-out" {
            head += "X-Seraph-LoginReason: OUT\r\n";
        }
        if self.page() == "unchanged" && self.header("if-none-match") == Some(&format!("\"{nonce}\"")) {
            return format!("HTTP/1.1 304 Not Modified\r\nETag: \"{nonce}\"\r\n{head}\r\n").into_bytes();
        }
        let mut text = page(nonce, self.size()).into_bytes();
        let mut status = "200 OK";
        if let Some((from, to)) = self.range(text.len()) {
            status = "206 Partial Content";
            head += &format!("Content-Range: bytes {from}-{to}/{}\r\n", text.len());
            text = text[from..=to].to_vec();
        }
        let is_chunked = self.page() == "chunked";
        match is_chunked {
            true => head += "Transfer-Encoding: chunked\r\n",
            false => head += &format!("Content-Length: {}\r\n", text.len()),
        }
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\n{head}\r\n").into_bytes();
        match (self.method.as_str(), is_chunked) {
            ("HEAD", _) => head,
            (_, true) => [head, chunks(&text, nonce)].concat(),
            (_, false) => [head, text].concat(),
        }
    }

    fn range(&self, length: usize) -> Option<(usize, usize)> {
        let (from, to) = self.header("range")?.strip_prefix("bytes=")?.split_once('-')?;
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        (from <= to && to < length).then_some((from, to))
    }

    /// The answer to a WebSocket handshake.
    pub fn switch(&self) -> String {
        let key = self.header("sec-websocket-key").unwrap_or_default();
        let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
        let saw = self.saw();
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Accept: {accept}\r\nX-Saw: {saw}\r\n\r\n"
        )
    }
}

/// The address of a person: those whose name begins with `m` are of the organization.
pub fn email(name: &str) -> String {
    let domain = if name.starts_with('m') { "acme.com" } else { "partner.example" };
    format!("{name}@{domain}")
}

/// A page of so many lines, each of which is the nonce.
pub fn page(nonce: &str, lines: u64) -> String {
    format!("{nonce}\n").repeat(usize::try_from(lines).expect("a small number"))
}

/// In chunks of sizes that depend on the nonce.
fn chunks(text: &[u8], nonce: &str) -> Vec<u8> {
    let mut draw = Draw::new(super::draw::Digest::of(nonce.as_bytes()));
    let mut bytes = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at((1 + draw.place(4000)).min(rest.len()));
        bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
        bytes.extend([chunk, b"\r\n"].concat());
        rest = after;
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}
