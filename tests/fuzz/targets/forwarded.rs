//! See `postern::proxy::fuzz::forwarded`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| postern::proxy::fuzz::forwarded(bytes));
