//! One line of JSON per request, on stdout, formatted and written by a thread of its own.
//!
//! A request never waits for the log: when its reader is too slow, lines are given up and counted. What a line says is in
//! [`access_line`](super::access_line).

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use prometheus::IntCounter;

use super::access_line::{Entry, format_line};

/// How many lines may wait. Beyond that the reader of the log is the bottleneck, and more memory would not help.
const QUEUE_LINES: usize = 8192;

/// How long lines gather before they are written. A thread that waits has to be woken, which costs the request that does it as
/// much as a third of all its work; so under load the thread is woken once in this time and not once per line.
const GATHER: Duration = Duration::from_millis(5);

/// Many times the longest line, which the bounds of [`access_line`](super::access_line) keep under 5 KiB.
const BUFFER_BYTES: usize = 64 * 1024;

/// The way to the thread that writes. Cheap to clone; one for the whole process.
#[derive(Debug, Clone)]
pub struct AccessLog {
    /// None when there is no access log.
    writer: Option<Arc<Handle>>,
}

struct Handle {
    queue: SyncSender<Message>,
    /// Tells the thread to end once the queue is empty, also when the queue is too full to say so in it.
    closing: Arc<AtomicBool>,
    /// Lines that were given up.
    dropped: IntCounter,
    /// Hears from the thread when everything is written. One close waits at a time.
    finished: Mutex<Receiver<()>>,
}

enum Message {
    Line(Entry),
    /// Only wakes the thread; `closing` says why.
    Close,
}

impl AccessLog {
    /// Starts the thread that writes to stdout, or nothing at all when there shall be no access log. Lines that have to be
    /// given up are counted in `dropped`.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(enabled: bool, dropped: IntCounter) -> io::Result<Self> {
        if enabled { Self::start_with(Box::new(io::stdout()), dropped) } else { Ok(Self { writer: None }) }
    }

    /// Starts the thread with another place to write to.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start_with(sink: Box<dyn Write + Send>, dropped: IntCounter) -> io::Result<Self> {
        let (queue, lines) = mpsc::sync_channel(QUEUE_LINES);
        let (finish, finished) = mpsc::sync_channel(1);
        let closing = Arc::new(AtomicBool::new(false));
        let thread = Thread {
            lines,
            sink: BufWriter::with_capacity(BUFFER_BYTES, sink),
            closing: Arc::clone(&closing),
            dropped: dropped.clone(),
            line: Vec::new(),
            broken: false,
        };
        thread::Builder::new().name("access-log".to_owned()).spawn(move || {
            thread.run();
            // Nobody listens when the log was dropped without being closed.
            let _ = finish.send(());
        })?;
        Ok(Self { writer: Some(Arc::new(Handle { queue, closing, dropped, finished: finished.into() })) })
    }

    /// Whether lines are written at all; where not, none need be made.
    pub fn is_enabled(&self) -> bool {
        self.writer.is_some()
    }

    /// Hands on one line, or gives it up: never waits.
    pub fn log(&self, entry: Entry) {
        if let Some(writer) = &self.writer
            && writer.queue.try_send(Message::Line(entry)).is_err()
        {
            writer.dropped.inc();
        }
    }

    /// Writes what waits and ends the thread. Waits for that, up to `limit`, as a stuck reader must not keep the process
    /// from ending. Whether everything was written in time. What is logged afterwards is given up.
    pub fn close(&self, limit: Duration) -> bool {
        let Some(writer) = &self.writer else { return true };
        writer.closing.store(true, Ordering::SeqCst);
        // A full queue has the thread awake already.
        let _ = writer.queue.try_send(Message::Close);
        let finished = writer.finished.lock().unwrap_or_else(PoisonError::into_inner);
        // Disconnected means that an earlier close has heard the end.
        !matches!(finished.recv_timeout(limit), Err(mpsc::RecvTimeoutError::Timeout))
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("closing", &self.closing).finish_non_exhaustive()
    }
}

/// What the writing thread owns.
struct Thread {
    lines: Receiver<Message>,
    sink: BufWriter<Box<dyn Write + Send>>,
    closing: Arc<AtomicBool>,
    dropped: IntCounter,
    /// The line at work; kept for its memory.
    line: Vec<u8>,
    /// Whether the last write failed, so that the failure is told once and not once per line.
    broken: bool,
}

impl Thread {
    /// Writes until closed, and flushes whenever nothing waits: few system calls under load, hardly a delay without.
    fn run(mut self) {
        loop {
            // Asked before the queue is: what was logged before the close is then in it, and an empty queue is the end.
            let closing = self.closing.load(Ordering::SeqCst);
            let message = match self.lines.try_recv() {
                Ok(message) => message,
                Err(TryRecvError::Disconnected) => break,
                Err(TryRecvError::Empty) => {
                    self.flush();
                    if closing {
                        break;
                    }
                    let Ok(message) = self.lines.recv() else { break };
                    thread::sleep(GATHER);
                    message
                }
            };
            if let Message::Line(entry) = message {
                self.write(&entry);
            }
        }
        self.flush();
    }

    /// The buffer takes a line whole or not at all, so that a failure leaves no half line in front of the next.
    fn write(&mut self, entry: &Entry) {
        self.line.clear();
        let formatted = format_line(&mut self.line, entry);
        if let Err(error) = formatted.and_then(|()| self.sink.write_all(&self.line)) {
            self.dropped.inc();
            self.failed(&error);
        }
    }

    fn flush(&mut self) {
        match self.sink.flush() {
            Ok(()) => self.broken = false,
            Err(error) => self.failed(&error),
        }
    }

    fn failed(&mut self, error: &io::Error) {
        if !self.broken {
            tracing::error!(%error, "the access log cannot be written; its lines are given up until it can");
        }
        self.broken = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::access_line::tests::entry;

    /// What was written; writing waits while a test holds the lock.
    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const LIMIT: Duration = Duration::from_secs(30);

    fn counter() -> IntCounter {
        IntCounter::new("dropped", "help").unwrap()
    }

    fn written(entries: Vec<Entry>) -> String {
        let (sink, dropped) = (Sink::default(), counter());
        let log = AccessLog::start_with(Box::new(sink.clone()), dropped.clone()).unwrap();
        entries.into_iter().for_each(|entry| log.log(entry));
        assert!(log.close(LIMIT));
        assert_eq!(dropped.get(), 0);
        let bytes = sink.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn lines_keep_their_order_and_none_is_lost_by_closing() {
        let log = written((0..5000).map(|index| entry(&format!("/{index}"))).collect());
        let paths: Vec<String> = log
            .lines()
            .map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["path"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(paths, (0..5000).map(|index| format!("/{index}")).collect::<Vec<_>>());
    }

    #[test]
    fn a_stuck_reader_costs_lines_and_never_a_wait() {
        let (sink, dropped) = (Sink::default(), counter());
        let log = AccessLog::start_with(Box::new(sink.clone()), dropped.clone()).unwrap();
        let stuck = sink.0.lock().unwrap();
        let logged = 2 * QUEUE_LINES;
        (0..logged).for_each(|_| log.log(entry("/")));
        assert!(dropped.get() > 0);
        assert!(!log.close(Duration::ZERO), "what is stuck is not written");
        drop(stuck);
        assert!(log.close(LIMIT));
        let lines = sink.0.lock().unwrap().iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(lines + usize::try_from(dropped.get()).unwrap(), logged, "each is written or counted");
    }

    #[test]
    fn a_broken_pipe_and_a_closed_log_are_counted_and_harmless() {
        struct Broken;
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let dropped = counter();
        let log = AccessLog::start_with(Box::new(Broken), dropped.clone()).unwrap();
        (0..1000).for_each(|_| log.log(entry("/")));
        assert!(log.close(LIMIT));
        assert!(dropped.get() > 0, "given up while broken");
        let before = dropped.get();
        log.log(entry("/"));
        assert_eq!(dropped.get(), before + 1, "given up after the end");
        assert!(log.close(LIMIT), "closing twice is closing once");
    }

    #[test]
    fn without_an_access_log_nothing_is_counted_as_lost() {
        let dropped = counter();
        let log = AccessLog::start(false, dropped.clone()).unwrap();
        log.log(entry("/"));
        assert!(log.close(LIMIT));
        assert_eq!(dropped.get(), 0);
    }
}
