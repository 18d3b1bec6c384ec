//! See `postern::proxy::fuzz::cookies`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| postern::proxy::fuzz::cookies(bytes));
