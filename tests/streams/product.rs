//! A product whose answers a test writes byte by byte. Only the question whose session it is, it answers by itself: the
//! session cookie's value is the person's name.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// How long what must arrive may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The product.
pub struct Product {
    address: SocketAddr,
    arrivals: mpsc::UnboundedReceiver<Arrival>,
}

/// A request that arrived, and the connection to answer it on.
pub struct Arrival {
    /// Its head, and whatever came with it.
    pub head: String,
    /// The connection.
    pub stream: TcpStream,
}

impl Product {
    /// Listens.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, arrivals) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(receive(stream, sender.clone()));
            }
        });
        Self { address, arrivals }
    }

    /// Its section of the configuration.
    pub fn site(&self, host: &str) -> String {
        format!(
            "[[site]]\nhost = \"{host}\"\nproduct = \"jira-software\"\nupstream = \"http://{}\"\n",
            self.address
        )
    }

    /// The next request.
    pub async fn next(&mut self) -> Arrival {
        tokio::time::timeout(PATIENCE, self.arrivals.recv())
            .await
            .expect("a request in time")
            .expect("a request")
    }

    /// Whether nothing arrived that nobody took.
    pub fn is_idle(&self) -> bool {
        self.arrivals.is_empty()
    }
}

impl Arrival {
    /// Answers, or goes on with it.
    pub async fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.expect("the gateway listens");
    }

    /// Everything that still comes until the gateway closes the connection.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = self.stream.read_to_end(&mut bytes);
        let _ = tokio::time::timeout(PATIENCE, read).await.expect("an end in time");
        bytes
    }
}

async fn receive(mut stream: TcpStream, arrivals: mpsc::UnboundedSender<Arrival>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).expect("a head in ASCII");
    if !head.starts_with("GET /rest/api/2/myself?") {
        let _ = arrivals.send(Arrival { head, stream });
        return;
    }
    let name = if head.contains("JSESSIONID=liam") { "liam" } else { "jane" };
    let body = format!(r#"{{"key":"K-{name}","name":"{name}","emailAddress":"{name}@acme.com"}}"#);
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
}
