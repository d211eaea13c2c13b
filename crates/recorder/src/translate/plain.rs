//! Plain kinds: each is told as its step, whose fields are its arguments.

use evscope_trace::{Event, Objects, Subject};
use evscope_wire::{Call, Kind, WirePhase};

use super::Translator;
use crate::ring::Raw;

/// Of each plain kind, by its number, where its step is in the vocabulary.
static STEPS: [u8; 256] = {
    let mut steps = [NO_STEP; 256];
    let mut at = 0;
    while at < Kind::ALL.len() {
        let kind = Kind::ALL[at];
        if let Some(plain) = kind.plain() {
            steps[kind as usize] = Event::number_of(plain.step) as u8;
        }
        at += 1;
    }
    steps
};

const NO_STEP: u8 = u8::MAX;
const _: () = assert!(Event::NAMES.len() <= NO_STEP as usize);

impl Translator {
    pub(super) fn plain(&mut self, raw: &Raw, kind: Kind) {
        let number = usize::from(STEPS[kind as usize]);
        let mut words = raw.words.iter().copied();
        let Some(event) = Event::of_words(number, &mut words) else {
            return;
        };
        let site = words.next().unwrap_or(0);
        let objects = match Event::KINDS[number].subject {
            Some(Subject::Base) => self.table.base_objects(raw.object),
            Some(Subject::Event) => self.table.event_objects(raw.object),
            Some(Subject::Listener) => self.listener_objects(raw),
            Some(Subject::Buffer) => self.table.buf_objects(raw.object),
            Some(Subject::Bufferevent) => self.table.bev_objects(raw.object),
            None => Objects::default(),
        };
        match raw.tag.phase {
            WirePhase::Point => self.step(raw, event, objects, site),
            _ => self.call(raw, Call::Plain(kind), event, objects, site),
        }
    }
}
