//! In place of `into_ring.rs`, where there is no recorder that could be outside.

use std::panic::Location;

use evscope_trace::{Event, Objects, Phase};

use super::raw::Source;

/// There are none.
#[derive(Debug, Clone)]
pub(crate) enum RingRecords {}

impl RingRecords {
    pub(super) fn new() -> Option<Self> {
        None
    }

    pub(super) fn push(
        &mut self,
        _phase: Phase,
        _source: Source,
        _caller: Option<&'static Location<'static>>,
        _objects: Objects,
        _event: Option<&Event>,
    ) {
        match *self {}
    }
}

/// Nobody holds the program.
pub(crate) fn held_ns() -> u64 {
    0
}

/// Nobody asks for bytes.
pub(super) fn payload() -> Option<usize> {
    None
}
