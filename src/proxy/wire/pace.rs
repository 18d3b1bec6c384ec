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

/// What patience came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// There was nothing to do for a whole tick: what only requests need can be let go. Said once between two requests, and
    /// not where many share the connection.
    Rest,
    /// There was nothing to do for too long.
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
    /// Whether the connection is to rest if it is idle, so that its stream does not end with what spoke over it.
    is_to_rest: AtomicBool,
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

    /// Says whether the connection is to rest now, if it is idle.
    pub fn set_to_rest(&self, is_to_rest: bool) {
        self.is_to_rest.store(is_to_rest, Relaxed);
    }

    /// Whether the connection is to rest now, if it is idle.
    pub fn is_to_rest(&self) -> bool {
        self.is_to_rest.load(Relaxed)
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

/// How long a connection has been waited for, as of its last tick.
#[derive(Debug)]
pub struct Patience {
    /// Whether many requests share it (HTTP/2): there, bytes between requests are no head, and an answer may wait while
    /// others go on.
    is_shared: bool,
    begun: u32,
    /// Ticks without an open request.
    quiet: u32,
    /// Ticks in which a head had begun and did not end.
    heard: u32,
}

impl Patience {
    /// With a connection that carries one request after the other.
    pub fn with_one() -> Self {
        Self { is_shared: false, begun: 0, quiet: 0, heard: 0 }
    }

    /// With a connection that many requests share.
    pub fn with_many() -> Self {
        Self { is_shared: true, ..Self::with_one() }
    }

    /// Ends when the connection rests, or has kept us waiting for too long. Whoever asks again goes on where this ended.
    pub async fn run_out(&mut self, pace: &Pace, tempo: Tempo) -> Ending {
        loop {
            tokio::time::sleep(tempo.tick).await;
            if let Some(ending) = self.look(pace) {
                return ending;
            }
        }
    }

    fn look(&mut self, pace: &Pace) -> Option<Ending> {
        let round = pace.round.fetch_add(1, Relaxed).wrapping_add(1);
        let oldest = round.wrapping_sub(STALL_TICKS);
        if pace.waiting[oldest as usize % ROUNDS].load(Relaxed) > 0 {
            return Some(Ending::Stalled);
        }
        let begun = pace.begun.load(Relaxed);
        if pace.open.load(Relaxed) > 0 || begun != self.begun {
            *self = Self { is_shared: self.is_shared, begun, quiet: 0, heard: 0 };
            return None;
        }
        self.quiet += 1;
        // Whoever connects is about to ask: the first head is waited for like one that has begun.
        if begun == 0 || (!self.is_shared && pace.is_hearing.load(Relaxed)) {
            self.heard += 1;
        }
        match (self.heard, self.quiet) {
            (HEAD_TICKS.., _) => Some(Ending::SlowHead),
            (_, IDLE_TICKS..) => Some(Ending::Idle),
            (0, 1) if !self.is_shared => Some(Ending::Rest),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What patience came to, and at which ticks.
    fn ticks(pace: &Pace, mut patience: Patience) -> Vec<(u32, Ending)> {
        let mut said = Vec::new();
        for tick in 1..1000 {
            let Some(ending) = patience.look(pace) else { continue };
            said.push((tick, ending));
            if ending != Ending::Rest {
                return said;
            }
        }
        panic!("it never ends");
    }

    #[test]
    fn t176_the_first_head_and_a_begun_one_have_fifteen_seconds() {
        let pace = Arc::new(Pace::default());
        assert_eq!(ticks(&pace, Patience::with_one()), [(3, Ending::SlowHead)]);
        drop(pace.begin());
        pace.hear();
        let said = ticks(&pace, Patience::with_one());
        assert_eq!(said, [(4, Ending::SlowHead)], "the request before it shows once");
        assert_eq!(Tempo::default().opening(), Duration::from_secs(15));
    }

    #[test]
    fn a_connection_that_was_used_rests_for_75_seconds() {
        let pace = Arc::new(Pace::default());
        drop(pace.begin());
        let said = ticks(&pace, Patience::with_one());
        assert_eq!(said, [(2, Ending::Rest), (16, Ending::Idle)], "a tick after the one that saw a request");
        let shared = Arc::new(Pace::default());
        drop(shared.begin());
        assert_eq!(ticks(&shared, Patience::with_many()), [(16, Ending::Idle)], "others may be about to ask");
        shared.hear();
        assert_eq!(ticks(&shared, Patience::with_many()), [(16, Ending::Idle)], "a ping is no head");
    }

    #[test]
    fn a_head_that_begins_late_in_a_rest_has_its_time_too() {
        let pace = Arc::new(Pace::default());
        drop(pace.begin());
        let mut patience = Patience::with_one();
        let said: Vec<_> = (0..10).filter_map(|_| patience.look(&pace)).collect();
        assert_eq!(said, [Ending::Rest]);
        pace.hear();
        assert_eq!([patience.look(&pace), patience.look(&pace)], [None, None]);
        assert_eq!(patience.look(&pace), Some(Ending::SlowHead));
    }

    #[test]
    fn t178_an_answer_that_waits_for_its_client_ends_the_connection() {
        let pace = Arc::new(Pace::default());
        let mut stuck = pace.begin();
        stuck.wait();
        let mut lively = pace.begin();
        lively.wait();
        lively.go_on();
        assert_eq!(ticks(&pace, Patience::with_many()), [(12, Ending::Stalled)]);
        let pace = Arc::new(Pace::default());
        let mut slow = pace.begin();
        let mut patience = Patience::with_many();
        for _ in 0..100 {
            slow.wait();
            assert_eq!(patience.look(&pace), None, "slow, but not stuck");
            slow.go_on();
        }
        drop(slow);
        assert!(pace.waiting.iter().all(|waiting| waiting.load(Relaxed) == 0));
    }
}
