//! A table that is made once and then only read: its entries side by side in the order of their fingerprints.
//!
//! A hash map of ten million entries leaves up to half of its places empty and is copied when it grows; here nothing is
//! empty, and sorting needs no second copy. A look-up costs two memory accesses, whatever the size: a fingerprint says itself
//! which bucket it is in, and a bucket is eight entries that lie together.

use super::fingerprint::Fingerprint;

/// Entries per bucket, on average. Fewer cost memory, more cost time.
const BUCKET: usize = 8;

/// Values by fingerprint. `V` should have an alignment of one byte, or each entry is padded.
pub(super) struct Table<V> {
    entries: Box<[(Fingerprint, V)]>,
    /// Where each bucket begins, and at the end where the last one ends.
    starts: Box<[u32]>,
}

impl<V> Table<V> {
    /// Of entries in any order. Of those with one fingerprint, any one stays.
    pub(super) fn new(mut entries: Vec<(Fingerprint, V)>) -> Self {
        entries.sort_unstable_by_key(|(key, _)| *key);
        entries.dedup_by_key(|(key, _)| *key);
        let buckets = entries.len() / BUCKET + 1;
        let (mut starts, mut start) = (Vec::with_capacity(buckets + 1), 0);
        for bucket in 0..buckets {
            start += entries[start..].iter().take_while(|(key, _)| key.part(buckets) < bucket).count();
            starts.push(position(start));
        }
        starts.push(position(entries.len()));
        Self { entries: entries.into_boxed_slice(), starts: starts.into_boxed_slice() }
    }

    /// The value of a fingerprint.
    pub(super) fn find(&self, key: Fingerprint) -> Option<&V> {
        let bucket = key.part(self.starts.len() - 1);
        let (start, end) = (self.starts[bucket] as usize, self.starts[bucket + 1] as usize);
        self.entries[start..end].iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The memory that it takes.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.entries) + size_of_val(&*self.starts)
    }
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

/// Entries past the four thousand millionth are not found, and nobody is taken for managed by them.
fn position(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::fingerprint::FingerprintKey;
    use super::*;

    #[test]
    fn what_is_in_it_is_found_and_nothing_else() {
        let key = FingerprintKey::new([7; 16]);
        let entry = |number: u32| (key.user("site", &number.to_string()), number);
        for count in [0, 1, 2, 7, 8, 9, 1_000, 20_000] {
            let table = Table::new((0..count).rev().map(entry).collect());
            assert_eq!(table.len(), count as usize);
            for number in 0..count {
                assert_eq!(table.find(entry(number).0), Some(&number), "{number} of {count}");
            }
            assert!((count..count + 1_000).all(|number| table.find(entry(number).0).is_none()), "{count}");
            assert_eq!(table.find(Fingerprint::NOBODY), None);
        }
    }

    #[test]
    fn the_first_and_the_last_fingerprint_have_a_place() {
        let ends = [Fingerprint::of_number(0), Fingerprint::of_number(u128::MAX)];
        let table = Table::new(ends.iter().cycle().take(40).map(|end| (*end, ())).collect());
        assert_eq!(table.len(), 2, "each once");
        assert!(ends.iter().all(|end| table.find(*end).is_some()));
        assert_eq!(table.find(Fingerprint::of_number(1)), None);
    }

    #[test]
    fn an_entry_takes_what_it_holds_and_half_a_byte() {
        let key = FingerprintKey::new([7; 16]);
        let table =
            Table::new((0..80_000).map(|n: u32| (key.user("site", &n.to_string()), [0_u8; 5])).collect());
        assert_eq!(table.bytes(), 80_000 * (16 + 5) + (80_000 / 8 + 2) * 4);
    }
}
