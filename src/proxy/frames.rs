//! Where the frames of a WebSocket end (RFC 6455 section 5.2), read from their headers alone.
//!
//! It never holds a payload, never changes a byte, and knows no largest message: extensions and fragments pass unseen.

use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, OpCode};

/// The longest header: two bytes, a length of eight, a mask of four.
const HEADER_BYTES: usize = 14;

/// One direction of a WebSocket, as far as its bytes have passed.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// The beginning of a header whose rest has not come yet.
    header: [u8; HEADER_BYTES],
    held: usize,
    /// How much of the current payload is still to come.
    payload_left: u64,
    /// What has passed can be no frame, so nobody knows any more where one ends.
    lost: bool,
    /// A Close frame passed: nothing may be said after it (section 5.5.1).
    closed: bool,
}

impl Frames {
    /// Whether nothing of a frame is under way, or nobody can tell: the moment to stop.
    pub(super) fn may_stop(&self) -> bool {
        self.lost || (self.held == 0 && self.payload_left == 0)
    }

    /// Whether a frame of ours would be understood here, be it between the fragments of a message (section 5.4).
    pub(super) fn may_speak(&self) -> bool {
        self.may_stop() && !self.lost && !self.closed
    }

    /// Whether the side that speaks here has said its last frame.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Follows all of these bytes.
    pub(super) fn follow(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (_, rest) = bytes.split_at(self.advance(bytes));
            bytes = rest;
        }
    }

    /// Follows these bytes up to the end of the current frame, and says how many that are: at least one of some.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> usize {
        let of_header = if self.lost || self.payload_left > 0 { 0 } else { self.read_header(bytes) };
        if self.lost {
            return bytes.len();
        }
        let rest = bytes.len() - of_header;
        let of_payload = usize::try_from(self.payload_left).map_or(rest, |left| left.min(rest));
        self.payload_left -= of_payload as u64;
        of_header + of_payload
    }

    /// Takes what belongs to a header; where that completes it, the payload's length is known.
    fn read_header(&mut self, bytes: &[u8]) -> usize {
        let before = self.held;
        let taken = bytes.len().min(HEADER_BYTES - before);
        self.header[before..before + taken].copy_from_slice(&bytes[..taken]);
        let mut cursor = Cursor::new(&self.header[..before + taken]);
        match FrameHeader::parse(&mut cursor) {
            Ok(Some((header, length))) => {
                let size = usize::try_from(cursor.position()).unwrap_or(HEADER_BYTES);
                (self.held, self.payload_left) = (0, length);
                self.closed |= header.opcode == OpCode::Control(Control::Close);
                size - before
            }
            Ok(None) => {
                self.held += taken;
                taken
            }
            Err(_) => {
                self.lost = true;
                taken
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(opcode: u8, length: u64, masked: bool) -> Vec<u8> {
        let mut bytes = vec![opcode];
        let mask = if masked { 0x80 } else { 0 };
        match length {
            0..=125 => bytes.push(mask | length as u8),
            126..=0xffff => {
                bytes.push(mask | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
            _ => {
                bytes.push(mask | 127);
                bytes.extend(length.to_be_bytes());
            }
        }
        bytes.extend(&[9; 4][..if masked { 4 } else { 0 }]);
        bytes.extend(std::iter::repeat_n(0x88, usize::try_from(length).unwrap()));
        bytes
    }

    #[test]
    fn a_frame_ends_where_its_length_says() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            for masked in [false, true] {
                let mut frames = Frames::default();
                let bytes = [frame(0x82, length, masked), frame(0x89, 0, masked)].concat();
                assert_eq!(frames.advance(&bytes), bytes.len() - frame(0x89, 0, masked).len(), "{length}");
                assert!(frames.may_stop() && frames.may_speak() && !frames.is_closed());
            }
        }
    }

    #[test]
    fn nothing_is_said_inside_a_frame_or_after_a_close() {
        let mut frames = Frames::default();
        frames.follow(&frame(0x01, 200, true)[..50]);
        assert!(!frames.may_stop() && !frames.may_speak());
        frames.follow(&frame(0x01, 200, true)[50..]);
        assert!(frames.may_speak(), "between two fragments");
        frames.follow(&frame(0x88, 2, true));
        assert!(frames.may_stop() && frames.is_closed() && !frames.may_speak());
    }

    #[test]
    fn what_is_no_frame_is_not_guessed_at() {
        let mut frames = Frames::default();
        frames.follow(&[0x83, 0x00, 1, 2, 3]);
        assert!(frames.may_stop() && !frames.may_speak(), "opcode 3 is reserved");
        let mut endless = Frames::default();
        endless.follow(&[[0x82, 0x7f].as_slice(), &[0xff; 8], &[0; 100]].concat());
        assert!(!endless.may_stop());
    }

    proptest! {
        #[test]
        fn the_pieces_in_which_bytes_come_do_not_matter(
            lengths in prop::collection::vec((0_u64..70_000, any::<bool>()), 1..5),
            cuts in prop::collection::vec(1_usize..5000, 1..60),
        ) {
            let bytes: Vec<u8> = lengths.iter().flat_map(|&(length, masked)| frame(0x82, length, masked)).collect();
            let mut frames = Frames::default();
            let mut rest = bytes.as_slice();
            for cut in cuts.iter().cycle() {
                let (piece, after) = rest.split_at((*cut).min(rest.len()));
                frames.follow(piece);
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert!(frames.may_speak() && !frames.is_closed());
        }

        #[test]
        fn following_never_panics(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..20)) {
            let mut frames = Frames::default();
            for piece in pieces {
                frames.follow(&piece);
            }
        }
    }
}
