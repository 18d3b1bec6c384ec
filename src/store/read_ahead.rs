//! Has the system read a file into its memory in the order in which it lies on the disk.
//!
//! The tables are loaded in the order of ids, which are random: page after page from all over the file. The system cannot guess
//! what comes next, so that ten million accounts (5 GB) took 44 s from a disk. Told before, it reads all in 2 s, and they take
//! 16 (11 from memory).

use std::fs::File;

use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
use nix::sys::sysinfo::sysinfo;

/// What the system reads ahead at once, unless somebody set it to more; of a longer piece it would read no more than that.
const PIECE: u64 = 128 * 1024;

/// Returns when all is asked for, which is when most is there. A file that would take more than half of the machine's memory
/// would push itself out again, and is left alone.
pub(super) fn read_ahead(file: &File) {
    let (length, memory) =
        (file.metadata().map_or(0, |data| data.len()), sysinfo().map_or(0, |all| all.ram_total()));
    for begin in pieces(length, memory) {
        // It is a wish: where it cannot be granted, the pages are read as they are needed.
        if posix_fadvise(file, begin, PIECE.cast_signed(), PosixFadviseAdvice::POSIX_FADV_WILLNEED).is_err() {
            return;
        }
    }
}

/// Where the pieces of a file begin.
fn pieces(length: u64, memory: u64) -> impl Iterator<Item = i64> {
    let length = if length > memory / 2 { 0 } else { length };
    (0..length.div_ceil(PIECE)).map(|piece| (piece * PIECE).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_a_file_is_read_unless_it_would_fill_the_memory() {
        let all = |length, memory| pieces(length, memory).collect::<Vec<i64>>();
        assert_eq!(all(PIECE + 1, 8 << 30), [0, 131_072]);
        assert_eq!(all(2 * PIECE, 4 * PIECE), [0, 131_072]);
        assert_eq!((all(2 * PIECE + 1, 4 * PIECE).len(), all(0, 8 << 30).len()), (0, 0));
    }
}
