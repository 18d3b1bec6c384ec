//! See `postern::proxy::fuzz::authorization`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| postern::proxy::fuzz::authorization(bytes));
