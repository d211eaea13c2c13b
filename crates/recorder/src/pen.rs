//! What writes the lines of a trace: at once, or in a thread of its own, so that one thread makes steps of records while
//! another one makes lines of them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use evscope_trace::{RecordRef, SourceText, Writer};
use evscope_words::text;

use crate::translate::Said;

/// Lines in a batch. It goes from one thread to the other as a whole, and comes back to be used again.
const BATCH: usize = 512;
/// Batches that may wait to be written; with more the other thread waits.
const WAITING: usize = 2;

type Output = Writer<evscope_trace::Output>;

/// A line of a trace.
pub(crate) enum Line {
    /// The text of a function.
    Text(Arc<SourceText>),
    /// A step, with its number.
    Step(u64, Said),
}

impl Line {
    fn write(&self, output: &mut Output) -> io::Result<()> {
        match self {
            Self::Text(text) => output.source(text),
            Self::Step(seq, said) => output.record_ref(RecordRef {
                seq: *seq,
                t: said.t,
                thread: said.thread,
                depth: said.depth,
                phase: said.phase,
                event: &said.event,
                objects: &said.objects,
                src: said.src,
                caller: said.caller,
            }),
        }
    }
}

/// The pen of one trace.
pub(crate) enum Pen {
    Here(Output),
    There(Scribe),
}

impl Pen {
    #[inline]
    pub(crate) fn write(&mut self, line: Line) -> io::Result<()> {
        match self {
            Self::Here(output) => line.write(output),
            Self::There(scribe) => scribe.write(line),
        }
    }

    /// Hands what was written to the operating system, now or as soon as it is written.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Here(output) => output.flush(),
            Self::There(scribe) => scribe.flush(),
        }
    }

    /// Makes the file whole.
    pub(crate) fn finish(self) -> io::Result<()> {
        let output = match self {
            Self::Here(output) => output,
            Self::There(scribe) => scribe.finish()?,
        };
        output.finish()?.finish()
    }
}

/// Who may have a thread to write: of many processes that end together, some.
#[derive(Clone, Default)]
pub(crate) struct Scribes(Arc<AtomicUsize>);

/// One that is at work.
struct AtWork(Scribes);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Scribes {
    const MOST: usize = 4;

    /// A pen with a thread of its own, if there may be another one.
    pub(crate) fn pen(&self, output: Output) -> Pen {
        let others = self.0.fetch_add(1, Ordering::Relaxed);
        let at_work = AtWork(self.clone());
        match others < Self::MOST {
            true => Pen::There(Scribe::start(output, at_work)),
            false => Pen::Here(output),
        }
    }
}

/// A thread that writes.
pub(crate) struct Scribe {
    batch: Vec<Line>,
    orders: Option<SyncSender<Order>>,
    /// Batches that were written. They come back full: nothing is freed by another thread than the one that made it.
    written: Receiver<Vec<Line>>,
    thread: Option<JoinHandle<io::Result<Output>>>,
    _at_work: AtWork,
}

enum Order {
    Write(Vec<Line>),
    Flush,
}

impl Scribe {
    fn start(output: Output, at_work: AtWork) -> Self {
        let (orders, inbox) = sync_channel(WAITING);
        let (give_back, written) = channel();
        let thread = thread::spawn(move || obey(output, &inbox, &give_back));
        Self {
            batch: Vec::with_capacity(BATCH),
            orders: Some(orders),
            written,
            thread: Some(thread),
            _at_work: at_work,
        }
    }

    #[inline]
    fn write(&mut self, line: Line) -> io::Result<()> {
        self.batch.push(line);
        match self.batch.len() < BATCH {
            true => Ok(()),
            false => self.hand_over(),
        }
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let next = self.written.try_recv();
        let mut next = next.unwrap_or_else(|_| Vec::with_capacity(BATCH));
        next.clear();
        let batch = std::mem::replace(&mut self.batch, next);
        self.order(Order::Write(batch))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_over()?;
        self.order(Order::Flush)
    }

    fn order(&mut self, order: Order) -> io::Result<()> {
        let taken = self.orders.as_ref().map(|orders| orders.send(order));
        match taken {
            Some(Ok(())) => Ok(()),
            // The thread is gone: it says why.
            _ => self.end().map(drop),
        }
    }

    /// Waits until all is written.
    fn finish(mut self) -> io::Result<Output> {
        self.hand_over()?;
        self.end()
    }

    fn end(&mut self) -> io::Result<Output> {
        drop(self.orders.take());
        let failed = || io::Error::other(text!(record_translation_failed));
        let thread = self.thread.take().ok_or_else(failed)?;
        thread.join().map_err(|_| failed())?
    }
}

/// What was handed over is written, also if nobody asks how that went.
impl Drop for Scribe {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

fn obey(
    mut output: Output,
    orders: &Receiver<Order>,
    give_back: &Sender<Vec<Line>>,
) -> io::Result<Output> {
    for order in orders {
        match order {
            Order::Write(batch) => {
                batch.iter().try_for_each(|line| line.write(&mut output))?;
                let _ = give_back.send(batch);
            }
            Order::Flush => output.flush()?,
        }
    }
    Ok(output)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use evscope_trace::{Claim, Event, Header, Nanos, Objects, Over, Phase, ThreadId};

    use super::*;

    fn output(path: &Path) -> Output {
        let claim = Claim::new(path, Over::Anything).unwrap();
        let mut header = Header::new("p", "libevent", "epoll");
        header.started = String::new();
        Writer::new(claim.create().unwrap(), &header).unwrap()
    }

    fn step(seq: u64) -> Line {
        let said = Said {
            t: Nanos(seq),
            thread: ThreadId(1),
            depth: 0,
            phase: Phase::Point,
            event: Event::Lost { count: seq },
            objects: Objects::default(),
            src: None,
            caller: None,
        };
        Line::Step(seq, said)
    }

    fn write(pen: &mut Pen, seq: u64) -> io::Result<()> {
        if seq.is_multiple_of(100) {
            let text = SourceText::new("a.c", format!("f{seq}"), 1, "f()\n{\n}");
            pen.write(Line::Text(Arc::new(text)))?;
        }
        pen.write(step(seq))
    }

    #[test]
    fn a_thread_writes_what_would_be_written_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let [here, there] = ["here", "there"].map(|name| folder.path().join(name));
        let scribes = Scribes::default();
        for (path, mut pen) in [
            (&here, Pen::Here(output(&here))),
            (&there, scribes.pen(output(&there))),
        ] {
            assert_eq!(matches!(pen, Pen::There(_)), *path == there);
            // The last batch is not full.
            let steps = 20 * BATCH as u64 + 7;
            for seq in 0..steps {
                write(&mut pen, seq).unwrap();
                if seq == steps / 2 {
                    pen.flush().unwrap();
                }
            }
            pen.finish().unwrap();
        }
        let [here, there] = [here, there].map(|path| std::fs::read(path).unwrap());
        assert!(here == there);
        assert!(here.ends_with(b"\n"));
    }

    #[test]
    fn what_was_handed_over_is_written_when_the_pen_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace.jsonl");
        let mut pen = Scribes::default().pen(output(&path));
        for seq in 0..3 * BATCH as u64 {
            pen.write(step(seq)).unwrap();
        }
        drop(pen);
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert_eq!(lines, 1 + 3 * BATCH);
    }

    #[test]
    fn a_full_disk_is_told_as_what_it_is() {
        let scribes = Scribes::default();
        let mut pen = scribes.pen(output(Path::new("/dev/full")));
        // So much is not kept anywhere.
        let told = (0..1_000_000).try_for_each(|seq| pen.write(step(seq)));
        let error = told.unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOSPC));
        let mut pen = scribes.pen(output(Path::new("/dev/full")));
        pen.write(step(0)).unwrap();
        assert_eq!(pen.finish().unwrap_err().raw_os_error(), Some(libc::ENOSPC));
    }

    #[test]
    fn of_many_traces_some_have_a_thread() {
        let folder = tempfile::tempdir().unwrap();
        let scribes = Scribes::default();
        let pen = |i: usize| scribes.pen(output(&folder.path().join(i.to_string())));
        let mut pens: Vec<Pen> = (0..2 * Scribes::MOST).map(pen).collect();
        let with_thread = pens.iter().filter(|pen| matches!(pen, Pen::There(_)));
        assert_eq!(with_thread.count(), Scribes::MOST);
        pens.clear();
        assert!(matches!(pen(0), Pen::There(_)));
    }
}
