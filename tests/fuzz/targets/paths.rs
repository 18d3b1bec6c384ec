//! See `postern::domain::fuzz::paths`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| postern::domain::fuzz::paths(bytes));
