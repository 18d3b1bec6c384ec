//! The only file that draws randomness, so that tests can seed it and nobody reaches for a weak source.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

/// Where randomness comes from.
#[derive(Debug, Clone)]
pub enum Entropy {
    /// A generator for cryptography, seeded and reseeded by the operating system.
    System,
    /// The same sequence each time, for tests.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Entropy {
    /// A source that repeats itself, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Random bytes.
    #[expect(clippy::disallowed_methods, reason = "this file is where randomness is drawn")]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::System => rand::rng().fill_bytes(&mut bytes),
            Self::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A new row id: unique, and in order of creation to the millisecond.
    pub fn row_id(&self, now: jiff::Timestamp) -> Uuid {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()).into_uuid()
    }
}
