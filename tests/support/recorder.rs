//! An upstream that writes down every byte it receives, per connection, and answers as it was told: well, or badly.
//!
//! It reads requests by its own strict reader, which shares nothing with the gateway, so that what the two take for one
//! request can be compared. What it cannot read it keeps and does not answer. It repairs nothing.

mod wire;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio_rustls::TlsAcceptor;

use wire::{WHO, Wire};

/// How much of one connection is kept byte for byte; all of a longer one is still counted and digested.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

/// The server.
pub struct Recorder {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

/// What one connection carried.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// The name that TLS asked for; none on a plain connection, or where the handshake failed.
    pub server_name: Option<String>,
    /// Every byte, exactly as it came, up to [`KEPT_BYTES`].
    pub bytes: Vec<u8>,
    /// Why what came could not be read as a request, where it could not.
    pub broken: Option<String>,
    /// Whether it has ended.
    pub ended: bool,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The place of its connection in [`Recorder::connections`].
    pub connection: usize,
    /// Its head exactly as it came, with the empty line.
    pub head: String,
    /// How many bytes its body has without framing; so far, where it is not whole.
    pub body_bytes: u64,
    /// The digest of that body, in hexadecimal, once it is whole.
    pub digest: Option<String>,
}

/// One step of an answer.
#[derive(Debug, Clone)]
pub enum Step {
    /// Reads the request's body to its end.
    ReadBody,
    /// Sends these bytes, whatever they are.
    Send(Vec<u8>),
    /// Sends these bytes so many times.
    Repeat(Vec<u8>, usize),
    /// Sends these bytes until the other side hangs up.
    Flood(Vec<u8>),
    /// Waits until the test says so, see [`Notify::notify_one`].
    Wait(Arc<Notify>),
    /// Sends back what comes from now on.
    Echo,
    /// Ends the connection.
    Close,
}

#[derive(Default)]
struct Shared {
    connections: Mutex<Vec<Connection>>,
    requests: Mutex<Vec<Recorded>>,
    /// Who a `JSESSIONID` is: the login name.
    people: Mutex<HashMap<String, String>>,
    /// Secrets that make a session by standing anywhere in a cookie line, and whose they are.
    secrets: Mutex<Vec<(String, String)>>,
    /// Every byte of every connection, kept or not.
    received_bytes: AtomicU64,
    /// What is answered at a path, instead of the usual answer.
    scripts: Mutex<HashMap<String, Vec<Step>>>,
    /// Goes up with everything that is written down.
    events: watch::Sender<u64>,
}

impl Step {
    /// Sends these bytes, whatever they are.
    pub fn send(bytes: impl AsRef<[u8]>) -> Self {
        Self::Send(bytes.as_ref().to_vec())
    }
}

impl Recorded {
    /// The request's first line.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// Its target as it was written.
    pub fn target(&self) -> &str {
        self.line().split(' ').nth(1).unwrap_or_default()
    }

    /// The values of a header, in order.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).collect()
    }

    /// The session that this server takes it to be of: the first cookie of exactly that name.
    pub fn session(&self) -> Option<&str> {
        let mut pairs = self.header("cookie").into_iter().flat_map(|line| line.split("; "));
        pairs.find_map(|pair| pair.strip_prefix("JSESSIONID="))
    }

    /// Whether this is the gateway's own question whose session it is; it alone does not name a client.
    pub fn is_question(&self) -> bool {
        self.line().starts_with(&format!("GET {WHO}?")) && self.header("x-forwarded-for").is_empty()
    }

    /// The whole body arrived.
    pub fn is_whole(&self) -> bool {
        self.digest.is_some()
    }
}

impl Recorder {
    /// Starts one that speaks plain HTTP.
    pub async fn start() -> Self {
        Self::listen(None).await
    }

    /// Starts one that speaks TLS.
    pub async fn with_tls(config: rustls::ServerConfig) -> Self {
        Self::listen(Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn listen(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::<Shared>::default();
        tokio::spawn(accept(listener, tls, Arc::clone(&shared)));
        Self { address, shared }
    }

    /// A Jira site before this server, for [`World::with`](super::world::World::with). `more` is more of its keys.
    pub fn site(&self, host: &str, more: &str) -> String {
        let address = self.address;
        site(host, &format!("http://{address}"), more)
    }

    /// Takes this `JSESSIONID` for this person from now on, whose address is `person@acme.com`.
    pub fn knows(&self, session: &str, person: &str) {
        lock(&self.shared.people).insert(session.to_owned(), person.to_owned());
    }

    /// Takes every question with this secret anywhere in its cookies for this person's, as the most lenient server would.
    pub fn knows_within(&self, secret: &str, person: &str) {
        lock(&self.shared.secrets).push((secret.to_owned(), person.to_owned()));
    }

    /// Who it takes a request to be of.
    pub fn person(&self, request: &Recorded) -> Option<String> {
        self.shared.person(request)
    }

    /// How many requests there were so far, the gateway's own questions among them.
    pub fn count(&self) -> usize {
        lock(&self.shared.requests).len()
    }

    /// The requests after so many.
    pub fn since(&self, count: usize) -> Vec<Recorded> {
        lock(&self.shared.requests)[count..].to_vec()
    }

    /// How many bytes came so far, on all connections and whatever they were.
    pub fn received_bytes(&self) -> u64 {
        self.shared.received_bytes.load(Ordering::SeqCst)
    }

    /// Answers each request for this path by these steps from now on; a body that they leave unread is read after them.
    pub fn script(&self, path: &str, steps: impl Into<Vec<Step>>) {
        lock(&self.shared.scripts).insert(path.to_owned(), steps.into());
    }

    /// Answers each request for this path by these bytes, once the request is whole.
    pub fn answer(&self, path: &str, bytes: impl AsRef<[u8]>) {
        self.script(path, [Step::ReadBody, Step::send(bytes)]);
    }

    /// All connections so far, in the order they were opened.
    pub fn connections(&self) -> Vec<Connection> {
        lock(&self.shared.connections).clone()
    }

    /// All requests so far but the gateway's own questions, which alone do not name a client.
    pub fn forwarded(&self) -> Vec<Recorded> {
        let mut requests = lock(&self.shared.requests).clone();
        requests.retain(|request| !request.header("x-forwarded-for").is_empty());
        requests
    }

    /// Waits until what was written down is as it should be.
    pub async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        let mut events = self.shared.events.subscribe();
        let wait = async {
            while !is_so(self) {
                events.changed().await.expect("the recorder lives");
            }
        };
        let waited = tokio::time::timeout(super::process::PATIENCE, wait).await;
        assert!(waited.is_ok(), "it never became so: {:?}", lock(&self.shared.requests));
    }
}

/// A Jira site in the words of the configuration file.
pub fn site(host: &str, upstream: &str, more: &str) -> String {
    format!("[[site]]\nhost = \"{host}\"\nproduct = \"jira-software\"\nupstream = \"{upstream}\"\n{more}\n")
}

impl Shared {
    fn person(&self, request: &Recorded) -> Option<String> {
        let lines = request.header("cookie");
        let within = |secret: &str| lines.iter().any(|line| line.contains(secret));
        let found =
            lock(&self.secrets).iter().find(|(secret, _)| within(secret)).map(|(_, person)| person.clone());
        found.or_else(|| lock(&self.people).get(request.session()?).cloned())
    }

    fn note<T>(&self, list: &Mutex<Vec<T>>, index: usize, change: impl FnOnce(&mut T)) {
        change(&mut lock(list)[index]);
        self.events.send_modify(|events| *events += 1);
    }

    fn add<T>(&self, list: &Mutex<Vec<T>>, member: T) -> usize {
        let mut list = lock(list);
        list.push(member);
        let index = list.len() - 1;
        drop(list);
        self.events.send_modify(|events| *events += 1);
        index
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            let connection = shared.add(&shared.connections, Connection::default());
            let _ = serve(stream, tls, &shared, connection).await;
            shared.note(&shared.connections, connection, |connection| connection.ended = true);
        });
    }
}

async fn serve(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    shared: &Arc<Shared>,
    connection: usize,
) -> io::Result<()> {
    let Some(tls) = tls else { return Wire::new(stream, shared, connection).converse().await };
    let stream = tls.accept(stream).await?;
    let name = stream.get_ref().1.server_name().map(str::to_owned);
    shared.note(&shared.connections, connection, |connection| connection.server_name = name);
    Wire::new(stream, shared, connection).converse().await
}
