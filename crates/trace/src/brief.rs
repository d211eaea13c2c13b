//! What every record says first, without the rest of it: enough to know which call lies in which, and how long they
//! took. To read that much of a line takes a fraction of the time that the whole record takes.

use crate::scan::Scanner;
use crate::{BaseId, Event, Kind, Nanos, Phase, Record, SourceText, ThreadId};

/// The beginning of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brief {
    /// When.
    pub t: Nanos,
    /// On which thread.
    pub thread: ThreadId,
    /// How many calls are around it.
    pub depth: u32,
    /// Begin, end or whole.
    pub phase: Phase,
    /// What happened; none: a name that this version does not know.
    pub kind: Option<&'static Kind>,
    /// The event base.
    pub base: Option<BaseId>,
}

impl From<&Record> for Brief {
    fn from(record: &Record) -> Self {
        Self {
            t: record.t,
            thread: record.thread,
            depth: record.depth,
            phase: record.phase,
            kind: Event::KINDS.get(record.event.number()),
            base: record.objects.base,
        }
    }
}

/// A line after the header, as far as it was looked at.
#[derive(Debug, Clone, PartialEq)]
pub enum BriefLine {
    /// A step.
    Record(Brief),
    /// The text of a function.
    Source(SourceText),
}

/// What is looked for ends before this many bytes of a line.
const LONGEST: usize = 192;

/// Reads the beginning of a record and its number, where a line is as evscope writes it: the members in their usual
/// order, without white space. `None` says nothing about any other line but that it is to be read whole.
pub(crate) fn scan(line: &[u8]) -> Option<(u64, Brief)> {
    // A line that is cut off is nothing to be brief about.
    if !line.ends_with(b"}\n") {
        return None;
    }
    let start = &line[..line.len().min(LONGEST)];
    let start = match str::from_utf8(start) {
        Ok(_) => start,
        // Cut in the middle of a character, which comes after all that is looked for.
        Err(error) => &start[..error.valid_up_to()],
    };
    let mut scan = Scanner::new(start)?;
    let behind = |scan: &mut Scanner<'_>, name: &str| scan.pass(name).then_some(());
    behind(&mut scan, "{\"seq\":")?;
    let seq = scan.number()?;
    behind(&mut scan, ",\"t\":")?;
    let t = scan.number()?;
    behind(&mut scan, ",\"thread\":")?;
    let thread = scan.number()?;
    behind(&mut scan, ",\"depth\":")?;
    let depth = scan.number()?;
    behind(&mut scan, ",\"ph\":")?;
    let phase = Phase::from_name(&scan.string()?)?;
    behind(&mut scan, ",\"ev\":")?;
    let kind = Kind::named(&scan.string()?);
    let base = match scan.pass(",\"base\":") {
        true => Some(BaseId(scan.number()?)),
        false => None,
    };
    let brief = Brief {
        t: Nanos(t),
        thread: ThreadId(thread),
        depth,
        phase,
        kind,
        base,
    };
    Some((seq, brief))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_far_as_it_is_wanted() {
        let line = b"{\"seq\":7,\"t\":5,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"poll\",\"base\":4,\"ready\":1}\n";
        let (seq, brief) = scan(line).unwrap();
        assert_eq!((seq, brief.t, brief.thread), (7, Nanos(5), ThreadId(2)));
        assert_eq!((brief.depth, brief.phase), (3, Phase::Exit));
        assert_eq!(brief.kind.map(|kind| kind.name), Some("poll"));
        assert_eq!(brief.base, Some(BaseId(4)));
    }

    #[test]
    fn another_line_is_left_to_the_reader() {
        for line in [
            // Without its end, with another order, with white space, and no record.
            &b"{\"seq\":7,\"t\":5,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"poll\"}"[..],
            b"{\"t\":5,\"seq\":7,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"poll\"}\n",
            b"{\"seq\":7, \"t\":5,\"thread\":2,\"depth\":3,\"ph\":\"exit\",\"ev\":\"poll\"}\n",
            b"{\"source\":{\"file\":\"a\"}}\n",
        ] {
            assert_eq!(scan(line), None);
        }
    }
}
