//! The challenge, from the first page to the proof, on a real gateway before real look-alikes.

mod walk;
