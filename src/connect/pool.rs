//! Connections to products that are used again, each driven by whoever uses it.
//!
//! A client that runs every connection as a task of its own pays for each request with two more wake-ups and two messages
//! between tasks. Here the task that asks also reads the answer off the socket. A connection rests only when the whole of an
//! answer was read from it; whatever else happens to it, it is closed, and never serves another request.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use foldhash::fast::RandomState;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};

use crate::config::settings::{Upstream, UpstreamTls};

use super::{ConnectError, Stream};

/// A connection that nobody needs is looked at so many times before it is closed.
const LOOKS: u32 = 4;

/// A request body that can be sent.
pub trait RequestBody: Body<Data = Bytes, Error: Into<Failure>> + Send + Unpin + 'static {}

impl<B: Body<Data = Bytes, Error: Into<Failure>> + Send + Unpin + 'static> RequestBody for B {}

/// Why a request body broke off.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Connections that are used again. A plain and a protected one, or two of different trust, are never mixed up, even
/// where they lead to one address.
pub struct Pools<B: RequestBody> {
    /// How long a connection may take to open.
    patience: Duration,
    shelves: Arc<Shelves<B>>,
}

/// There is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// No connection could be opened; why was logged.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection broke, the answer was no HTTP, or the request's own body failed.
    #[error(transparent)]
    Http(#[from] hyper::Error),
}

/// The body of an answer. It reads from its connection while there is more to come.
pub struct AnswerBody<B: RequestBody> {
    body: Incoming,
    line: Option<Box<Line<B>>>,
    is_whole: bool,
    /// Why it broke off, until that is told.
    broken: Option<hyper::Error>,
}

/// The connections that rest.
struct Shelves<B: RequestBody> {
    /// How long a connection may rest.
    idle: Duration,
    resting: Mutex<Resting<B>>,
}

struct Resting<B: RequestBody> {
    by_address: HashMap<Box<str>, Vec<Shelf<B>>, RandomState>,
    /// How often it was looked through.
    looks: u32,
}

/// Those to one address under one trust, the one that was used last at the end.
struct Shelf<B: RequestBody> {
    tls: Option<Arc<UpstreamTls>>,
    /// Each with the look before it came.
    lines: Vec<(u32, Box<Line<B>>)>,
}

/// A connection of hyper, and the way to ask over it. Dropping it closes it.
struct Line<B: RequestBody> {
    sender: SendRequest<B>,
    /// Taken away when it has ended.
    connection: Option<Connection<Stream, B>>,
    upstream: Upstream,
    home: Weak<Shelves<B>>,
}

impl<B: RequestBody> Pools<B> {
    /// Empty pools: a connection may take `patience` to open, and is kept for `idle` when nobody needs it.
    pub fn new(patience: Duration, idle: Duration) -> Self {
        let resting = Mutex::new(Resting { by_address: HashMap::default(), looks: 0 });
        Self { patience, shelves: Arc::new(Shelves { idle, resting }) }
    }

    /// Sends a request, whose target is in origin form, over a resting connection or a new one. It is repeated only where
    /// no byte of it was sent.
    pub async fn request(
        &self,
        upstream: &Upstream,
        mut request: Request<B>,
    ) -> Result<Response<AnswerBody<B>>, AskError> {
        while let Some(line) = self.shelves.take(upstream) {
            match line.ask(request).await {
                Ok(response) => return Ok(response),
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(failed.into_error().into()),
                },
            }
        }
        // Boxed, because a warm request does not come here and should not carry the room for it.
        let line = Box::pin(self.open(upstream)).await?;
        line.ask(request).await.map_err(|failed| failed.into_error().into())
    }

    async fn open(&self, upstream: &Upstream) -> Result<Box<Line<B>>, AskError> {
        let stream = super::open(upstream, self.patience).await?;
        let (sender, connection) = Builder::new().handshake(stream).await?;
        let (upstream, home) = (upstream.clone(), Arc::downgrade(&self.shelves));
        Ok(Box::new(Line { sender, connection: Some(connection), upstream, home }))
    }
}

impl<B: RequestBody> Shelves<B> {
    /// The connection that was used last. What happened to it meanwhile shows when it is asked, before a byte is sent.
    fn take(&self, upstream: &Upstream) -> Option<Box<Line<B>>> {
        self.lock().shelf(upstream)?.lines.pop().map(|(_, line)| line)
    }

    fn put(self: Arc<Self>, line: Box<Line<B>>) {
        let mut resting = self.lock();
        if resting.by_address.is_empty() {
            tokio::spawn(clear(Arc::downgrade(&self), self.idle));
        }
        let looks = resting.looks;
        if let Some(shelf) = resting.shelf(&line.upstream) {
            return shelf.lines.push((looks, line));
        }
        let shelves = resting.by_address.entry(line.upstream.authority.as_str().into()).or_default();
        shelves.push(Shelf { tls: line.upstream.tls.clone(), lines: vec![(looks, line)] });
    }

    /// Held for a look-up and no longer, never while anything is waited for. Each worker has pools of its own, so hardly
    /// anybody else ever wants it.
    fn lock(&self) -> MutexGuard<'_, Resting<B>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B: RequestBody> Resting<B> {
    fn shelf(&mut self, upstream: &Upstream) -> Option<&mut Shelf<B>> {
        let shelves = self.by_address.get_mut(upstream.authority.as_str())?;
        shelves.iter_mut().find(|shelf| match (&shelf.tls, &upstream.tls) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            _ => false,
        })
    }

    /// Closes what has rested for too long.
    fn look(&mut self) {
        let looks = self.looks.wrapping_add(1);
        self.looks = looks;
        self.by_address.retain(|_, shelves| {
            shelves.retain_mut(|shelf| {
                shelf.lines.retain(|(since, _)| looks.wrapping_sub(*since) <= LOOKS);
                !shelf.lines.is_empty()
            });
            !shelves.is_empty()
        });
    }
}

/// Looks through the shelves until they are empty.
async fn clear<B: RequestBody>(shelves: Weak<Shelves<B>>, idle: Duration) {
    loop {
        tokio::time::sleep(idle / LOOKS).await;
        let Some(shelves) = shelves.upgrade() else { return };
        let mut resting = shelves.lock();
        resting.look();
        if resting.by_address.is_empty() {
            return;
        }
    }
}

impl<B: RequestBody> Line<B> {
    /// Sends a request and waits for the head of its answer. No `async fn`, which would hold the request twice.
    fn ask(
        mut self: Box<Self>,
        request: Request<B>,
    ) -> impl Future<Output = Result<Response<AnswerBody<B>>, TrySendError<Request<B>>>> {
        let uploads = !request.body().is_end_stream();
        async move {
            let mut answered = pin!(self.sender.try_send_request(request));
            let answer = poll_fn(|context| {
                self.drive(context);
                // Only driving the connection can bring the answer, so the answer itself need not wake anybody.
                answered.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            });
            let (head, body) = answer.await?.into_parts();
            let mut line = self.unless_done();
            let is_whole = line.is_none();
            // A client that sends on before it reads must not wait for itself.
            if let Some(line) = line.take_if(|_| uploads) {
                tokio::spawn(line.run());
            }
            Ok(Response::from_parts(head, AnswerBody { body, line, is_whole, broken: None }))
        }
    }

    /// Reads and writes what there is. Why a connection ended is told to whoever waits for the answer, or reads it.
    fn drive(&mut self, context: &mut Context<'_>) {
        let Some(connection) = &mut self.connection else { return };
        if Pin::new(connection).poll(context).is_ready() {
            self.connection = None;
        }
    }

    /// Itself, unless it has ended, or is put away because all of its answer was read.
    fn unless_done(self: Box<Self>) -> Option<Box<Self>> {
        self.connection.as_ref()?;
        if !self.sender.is_ready() {
            return Some(self);
        }
        self.home.upgrade()?.put(self);
        None
    }

    /// Drives it to the end of its answer.
    async fn run(self: Box<Self>) {
        let mut line = Some(self);
        poll_fn(|context| {
            line = line.take().and_then(|mut line| {
                line.drive(context);
                line.unless_done()
            });
            if line.is_some() { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }
}

impl<B: RequestBody> AnswerBody<B> {
    /// Whether all of it was here with its head, so that it waits for nobody any more.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn poll_body(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(mut line) = self.line.take() else { return Pin::new(&mut self.body).poll_frame(context) };
        line.drive(context);
        self.line = line.unless_done();
        let mut nobody = Context::from_waker(Waker::noop());
        let context = if self.line.is_some() { &mut nobody } else { context };
        Pin::new(&mut self.body).poll_frame(context)
    }
}

impl<B: RequestBody> Body for AnswerBody<B> {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let answer = self.get_mut();
        if let Some(error) = answer.broken.take() {
            return Poll::Ready(Some(Err(error)));
        }
        match answer.poll_body(context) {
            Poll::Ready(Some(Err(error))) => {
                // Told at the next look, so that what came before it is sent on: hyper writes when it has to wait.
                answer.broken = Some(error);
                context.waker().wake_by_ref();
                Poll::Pending
            }
            polled => polled,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B: RequestBody> From<Incoming> for AnswerBody<B> {
    fn from(body: Incoming) -> Self {
        Self { body, line: None, is_whole: false, broken: None }
    }
}
