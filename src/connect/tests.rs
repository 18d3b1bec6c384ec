//! Which connections are used again, against a product that counts them.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{Method, Request};
use http_body::Frame;
use http_body_util::{BodyExt as _, Empty, StreamBody};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::Pools;
use crate::config::settings::Upstream;

const PATIENCE: Duration = Duration::from_secs(5);
const LONG: Duration = Duration::from_secs(3600);

/// A product, and the connections it was given.
struct Product {
    upstream: Upstream,
    connections: Arc<AtomicUsize>,
    /// Says when a connection has ended.
    ended: mpsc::UnboundedReceiver<()>,
}

impl Product {
    /// One that answers each request with these bytes.
    async fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string().parse().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (end, ended) = mpsc::unbounded_channel();
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let end = end.clone();
                tokio::spawn(async move {
                    while read_head(&mut stream).await && stream.write_all(answer.as_bytes()).await.is_ok() {}
                    let _ = end.send(());
                });
            }
        });
        Self { upstream: Upstream { authority, tls: None }, connections, ended }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn read_head(stream: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return false,
        }
    }
    true
}

fn request(method: Method) -> Request<Empty<Bytes>> {
    Request::builder().method(method).uri("/").header("host", "x.test").body(Empty::new()).unwrap()
}

#[tokio::test]
async fn a_connection_serves_one_request_after_the_other() {
    for (method, answer, expected) in [
        (Method::GET, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", "hello"),
        (
            Method::GET,
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "hello",
        ),
        (Method::GET, "HTTP/1.1 304 Not Modified\r\n\r\n", ""),
        (Method::HEAD, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", ""),
    ] {
        let product = Product::start(answer).await;
        let pools = Pools::new(PATIENCE, LONG);
        for _ in 0..3 {
            let response = pools.request(&product.upstream, request(method.clone())).await.unwrap();
            assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), expected, "{answer}");
        }
        assert_eq!(product.connections(), 1, "{answer}");
    }
}

#[tokio::test]
async fn two_requests_at_once_have_two_connections() {
    let product = Product::start("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").await;
    let pools = Pools::new(PATIENCE, LONG);
    let ask = || pools.request(&product.upstream, request(Method::GET));
    let (one, other) = tokio::join!(ask(), ask());
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(product.connections(), 2);
}

#[tokio::test]
async fn what_was_not_read_to_its_end_is_closed() {
    let mut product = Product::start("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello").await;
    let pools = Pools::new(PATIENCE, LONG);
    let response = pools.request(&product.upstream, request(Method::GET)).await.unwrap();
    assert!(!response.body().is_whole());
    drop(response);
    assert_eq!(product.ended.recv().await, Some(()));
    pools.request(&product.upstream, request(Method::GET)).await.unwrap();
    assert_eq!(product.connections(), 2);
}

#[tokio::test]
async fn a_connection_that_nobody_needs_is_closed() {
    let mut product = Product::start("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").await;
    let pools = Pools::new(PATIENCE, Duration::from_millis(8));
    let response = pools.request(&product.upstream, request(Method::GET)).await.unwrap();
    assert!(response.body().is_whole());
    assert_eq!(product.ended.recv().await, Some(()));
}

/// The answer is longer than what all buffers on its way take, and begins before the body is sent.
#[tokio::test]
async fn a_client_may_send_on_before_it_reads() {
    const PIECES: usize = 64;
    const PIECE: usize = 256 * 1024;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream =
        Upstream { authority: listener.local_addr().unwrap().to_string().parse().unwrap(), tls: None };
    let product = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(read_head(&mut stream).await);
        let (mut reader, mut writer) = stream.split();
        let answer = async {
            writer
                .write_all(
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", PIECES * PIECE).as_bytes(),
                )
                .await?;
            writer.write_all(&vec![b'x'; PIECES * PIECE]).await
        };
        let body = async {
            let mut body = vec![0; PIECES * PIECE];
            reader.read_exact(&mut body).await
        };
        let (answered, read) = tokio::join!(answer, body);
        assert!(answered.is_ok() && read.is_ok());
    });
    let (send, mut pieces) = mpsc::channel::<Bytes>(1);
    let body = StreamBody::new(stream::poll_fn(move |context| {
        pieces.poll_recv(context).map(|piece| piece.map(|piece| Ok::<_, Infallible>(Frame::data(piece))))
    }));
    let request = Request::post("/").header("host", "x.test").header("content-length", PIECES * PIECE);
    let pools = Pools::new(PATIENCE, LONG);
    let response = pools.request(&upstream, request.body(body).unwrap()).await.unwrap();
    for _ in 0..PIECES {
        send.send(Bytes::from(vec![b'y'; PIECE])).await.unwrap();
    }
    drop(send);
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes().len(), PIECES * PIECE);
    product.await.unwrap();
}
