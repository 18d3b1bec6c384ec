//! See `postern::identity::fuzz::tokens`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| postern::identity::fuzz::tokens(bytes));
