//! Buffers beside plain bytes, whatever is done to both.

#![no_main]

#[path = "../../crates/reactor/tests/evbuffer_model/mod.rs"]
mod evbuffer_model;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    evbuffer_model::check(&evbuffer_model::Op::from_bytes(bytes));
});
