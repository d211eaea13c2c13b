//! What happens to buffers. The lengths are those the records tell; what is known of the bytes is
//! thrown away where it does not fit them.

use evscope_trace::{BufId, BufferEnd, Payload};

use super::{BufState, Content, State};

impl State {
    pub(super) fn evbuffer_new(&mut self, id: Option<BufId>, step: usize) {
        if let Some(id) = id {
            self.bufs.insert(
                id,
                BufState {
                    made_at: Some(step),
                    ..BufState::default()
                },
            );
        }
    }

    pub(super) fn evbuffer_free(&mut self, id: Option<BufId>, step: usize) {
        if let Some(id) = id {
            self.bufs.make(id).freed_at.get_or_insert(step);
            self.bufs.end(id);
        }
    }

    pub(super) fn bytes_added(
        &mut self,
        id: Option<BufId>,
        len: u64,
        before: u64,
        after: u64,
        data: Option<&Payload>,
    ) {
        if let Some(buf) = self.buf(id) {
            buf.expect_len(before);
            buf.content.append(Content::of(data, len));
            buf.added = buf.added.saturating_add(len);
            buf.set_len(after);
        }
    }

    pub(super) fn bytes_prepended(
        &mut self,
        id: Option<BufId>,
        len: u64,
        before: u64,
        after: u64,
        data: Option<&Payload>,
    ) {
        if let Some(buf) = self.buf(id) {
            buf.expect_len(before);
            let behind = std::mem::replace(&mut buf.content, Content::of(data, len));
            buf.content.append(behind);
            buf.added = buf.added.saturating_add(len);
            buf.set_len(after);
        }
    }

    pub(super) fn bytes_removed(&mut self, id: Option<BufId>, len: u64, before: u64, after: u64) {
        if let Some(buf) = self.buf(id) {
            buf.expect_len(before);
            buf.content.take(len);
            buf.removed = buf.removed.saturating_add(len);
            buf.set_len(after);
        }
    }

    pub(super) fn bytes_moved(
        &mut self,
        id: Option<BufId>,
        from: BufId,
        len: u64,
        before: u64,
        after: u64,
        from_after: u64,
    ) {
        let source = self.bufs.make(from);
        let moved = if source.len >= len {
            source.content.take(len)
        } else {
            Content::unknown(len)
        };
        source.removed = source.removed.saturating_add(len);
        source.set_len(from_after);
        if let Some(buf) = self.buf(id) {
            buf.expect_len(before);
            buf.content.append(moved);
            buf.added = buf.added.saturating_add(len);
            buf.set_len(after);
        }
    }

    pub(super) fn frozen(&mut self, id: Option<BufId>, end: BufferEnd, frozen: bool) {
        if let Some(buf) = self.buf(id) {
            match end {
                BufferEnd::Start => buf.frozen_start = frozen,
                BufferEnd::End => buf.frozen_end = frozen,
            }
        }
    }

    /// The buffer of a record, which was noted before.
    fn buf(&mut self, id: Option<BufId>) -> Option<&mut BufState> {
        self.bufs.get_mut(id?)
    }
}

impl BufState {
    /// What the buffer held before a change, as the record tells it. Where that is not what was known,
    /// something happened unseen, and nothing is known of the bytes.
    fn expect_len(&mut self, before: u64) {
        if self.content.len() != before {
            self.content = Content::unknown(before);
        }
    }

    fn set_len(&mut self, after: u64) {
        self.len = after;
        self.expect_len(after);
    }
}
