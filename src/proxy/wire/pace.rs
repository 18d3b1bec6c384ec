//! Patience: what a connection is doing, and when it has kept us waiting for too long.
//!
//! Requests only touch counters. One slow tick per connection looks at them, so a warm request sets no timer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// The head of a request, and TLS before it, may take three ticks: 15 s.
const HEAD_TICKS: u32 = 3;
/// A connection without an open request is kept for fifteen ticks: 75 s, more than browsers keep theirs.
const IDLE_TICKS: u32 = 15;
/// A client may take nothing of its answer for twelve ticks: 60 s.
const STALL_TICKS: u32 = 12;
/// More than the ticks of a stall, so that each of them has a place of its own.
const ROUNDS: usize = 16;

/// How long one tick of patience is. All deadlines of a connection are so and so many of it.
#[derive(Debug, Clone, Copy)]
pub struct Tempo {
    /// The tick.
    pub tick: Duration,
}

impl Default for Tempo {
    fn default() -> Self {
        Self { tick: Duration::from_secs(5) }
    }
}

impl Tempo {
    /// How long a PROXY header and a TLS handshake may take together, and a goodbye.
    pub fn opening(self) -> Duration {
        self.tick * HEAD_TICKS
    }

    /// How long a client may take no byte at all.
    pub fn stall(self) -> Duration {
        self.tick * STALL_TICKS
    }
}

/// Why patience ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// There was nothing to do.
    Idle,
    /// The head of a request did not come, or not to its end.
    SlowHead,
    /// An answer is not taken.
    Stalled,
}

/// What a connection is doing.
#[derive(Debug, Default)]
pub struct Pace {
    /// Requests that are not answered to the last byte.
    open: AtomicU32,
    /// Requests that there have been, wrapping around.
    begun: AtomicU32,
    /// Whether bytes came since the last request began, while none was open: the start of a head.
    is_hearing: AtomicBool,
    /// Whether the socket took no byte for too long.
    has_stalled: AtomicBool,
    /// The number of the tick.
    round: AtomicU32,
    /// How many answers wait for their client since the tick of that number, modulo [`ROUNDS`].
    waiting: [AtomicU32; ROUNDS],
}

/// A request, until its answer is sent or given up.
#[derive(Debug)]
pub struct OpenRequest {
    pace: Arc<Pace>,
    /// The tick since which the answer waits for its client.
    waiting_since: Option<u32>,
}

impl Pace {
    /// A request has begun.
    pub fn begin(self: &Arc<Self>) -> OpenRequest {
        self.begun.fetch_add(1, Relaxed);
        self.open.fetch_add(1, Relaxed);
        self.is_hearing.store(false, Relaxed);
        OpenRequest { pace: Arc::clone(self), waiting_since: None }
    }

    /// Bytes have come.
    pub fn hear(&self) {
        if self.open.load(Relaxed) == 0 && !self.is_hearing.load(Relaxed) {
            self.is_hearing.store(true, Relaxed);
        }
    }

    /// The socket took no byte for too long.
    pub fn stall(&self) {
        self.has_stalled.store(true, Relaxed);
    }

    /// Whether the socket took no byte for too long.
    pub fn has_stalled(&self) -> bool {
        self.has_stalled.load(Relaxed)
    }

    /// Whether a request is open.
    pub fn is_busy(&self) -> bool {
        self.open.load(Relaxed) > 0
    }

    /// Ends when the connection has kept us waiting for too long. `is_shared` says that many requests share it (HTTP/2):
    /// there, bytes between requests are no head, and an answer may wait while others go on.
    pub async fn run_out(&self, tempo: Tempo, is_shared: bool) -> Ending {
        let mut watch = Watch { begun: 0, quiet: 0, heard: 0 };
        loop {
            tokio::time::sleep(tempo.tick).await;
            if let Some(ending) = watch.look(self, is_shared) {
                return ending;
            }
        }
    }
}

impl OpenRequest {
    /// The answer has something that its client does not take yet.
    pub fn wait(&mut self) {
        let round = self.pace.round.load(Relaxed);
        self.pace.waiting[round as usize % ROUNDS].fetch_add(1, Relaxed);
        self.waiting_since = Some(round);
    }

    /// The client took it.
    pub fn go_on(&mut self) {
        if let Some(round) = self.waiting_since.take() {
            self.pace.waiting[round as usize % ROUNDS].fetch_sub(1, Relaxed);
        }
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.go_on();
        self.pace.open.fetch_sub(1, Relaxed);
    }
}

/// What was seen at the last tick.
struct Watch {
    begun: u32,
    /// Ticks without an open request.
    quiet: u32,
    /// Ticks in which a head had begun and did not end.
    heard: u32,
}

impl Watch {
    fn look(&mut self, pace: &Pace, is_shared: bool) -> Option<Ending> {
        let round = pace.round.fetch_add(1, Relaxed).wrapping_add(1);
        let oldest = round.wrapping_sub(STALL_TICKS);
        if pace.waiting[oldest as usize % ROUNDS].load(Relaxed) > 0 {
            return Some(Ending::Stalled);
        }
        let begun = pace.begun.load(Relaxed);
        if pace.open.load(Relaxed) > 0 || begun != self.begun {
            *self = Self { begun, quiet: 0, heard: 0 };
            return None;
        }
        self.quiet += 1;
        // Whoever connects is about to ask: the first head is waited for like one that has begun.
        if begun == 0 || (!is_shared && pace.is_hearing.load(Relaxed)) {
            self.heard += 1;
        }
        match (self.heard, self.quiet) {
            (HEAD_TICKS.., _) => Some(Ending::SlowHead),
            (_, IDLE_TICKS..) => Some(Ending::Idle),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ticks until the end, and which.
    fn ticks(pace: &Pace, is_shared: bool) -> (u32, Ending) {
        let mut watch = Watch { begun: 0, quiet: 0, heard: 0 };
        for tick in 1..1000 {
            if let Some(ending) = watch.look(pace, is_shared) {
                return (tick, ending);
            }
        }
        panic!("it never ends");
    }

    #[test]
    fn t176_the_first_head_and_a_begun_one_have_fifteen_seconds() {
        let pace = Arc::new(Pace::default());
        assert_eq!(ticks(&pace, false), (3, Ending::SlowHead));
        drop(pace.begin());
        pace.hear();
        assert_eq!(ticks(&pace, false), (4, Ending::SlowHead), "the request before it shows once");
        assert_eq!(Tempo::default().opening(), Duration::from_secs(15));
    }

    #[test]
    fn a_connection_that_was_used_rests_for_75_seconds() {
        for is_shared in [false, true] {
            let pace = Arc::new(Pace::default());
            drop(pace.begin());
            assert_eq!(ticks(&pace, is_shared), (16, Ending::Idle));
        }
        let shared = Arc::new(Pace::default());
        drop(shared.begin());
        shared.hear();
        assert_eq!(ticks(&shared, true), (16, Ending::Idle), "a ping is no head");
    }

    #[test]
    fn t178_an_answer_that_waits_for_its_client_ends_the_connection() {
        let pace = Arc::new(Pace::default());
        let mut stuck = pace.begin();
        stuck.wait();
        let mut lively = pace.begin();
        lively.wait();
        lively.go_on();
        assert_eq!(ticks(&pace, true), (12, Ending::Stalled));
        let pace = Arc::new(Pace::default());
        let mut slow = pace.begin();
        let mut watch = Watch { begun: 0, quiet: 0, heard: 0 };
        for _ in 0..100 {
            slow.wait();
            assert_eq!(watch.look(&pace, true), None, "slow, but not stuck");
            slow.go_on();
        }
        drop(slow);
        assert!(pace.waiting.iter().all(|waiting| waiting.load(Relaxed) == 0));
    }
}
