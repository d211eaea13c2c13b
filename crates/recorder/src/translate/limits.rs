//! Token buckets: what is taken from them, and when they are filled.

use evscope_trace::{EvFlags, Event};
use evscope_wire::args;

use super::objects::Bucket;
use super::{Translator, ev_flags};
use crate::ring::Raw;

impl Translator {
    pub(super) fn taken_from_bucket(&mut self, raw: &Raw, taken: args::Ratelimit) {
        let side = ev_flags(taken.what);
        let change = -taken.bytes;
        // One that was made before the recording began is not known.
        let Some(bucket) = self.table.bucket_of(raw.object) else {
            return;
        };
        let left = if side == EvFlags::READ {
            &mut bucket.read
        } else {
            &mut bucket.write
        };
        *left += change;
        let left = *left;
        let objects = self.table.bev_objects(raw.object);
        self.step(raw, Event::Ratelimit { side, change, left }, objects, 0);
    }

    pub(super) fn bucket_filled(&mut self, raw: &Raw, args::Bucket { read, write }: args::Bucket) {
        let Some((bev, before)) = self.table.fill(raw.object, Bucket { read, write }) else {
            return;
        };
        for (side, left, was) in [
            (EvFlags::READ, read, before.read),
            (EvFlags::WRITE, write, before.write),
        ] {
            let change = left - was;
            if change != 0 {
                let objects = self.table.bev_objects(bev);
                self.step(raw, Event::Ratelimit { side, change, left }, objects, 0);
            }
        }
    }
}
