//! See `postern::proxy::fuzz::hosts`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| postern::proxy::fuzz::hosts(bytes));
