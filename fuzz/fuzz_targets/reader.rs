//! The reader of traces, whatever it is given.

#![no_main]

#[path = "../../crates/trace/tests/reader_check/mod.rs"]
mod reader_check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reader_check::check(bytes));
