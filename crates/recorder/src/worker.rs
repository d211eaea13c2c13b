//! The thread that turns the spool into traces, beside the one that fills it.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, Thread};
use std::time::Duration;

use evscope_trace::{Claim, Event};
use evscope_words::text;
use log::debug;

use crate::leave::Leave;
use crate::limits::Limits;
use crate::output::Names;
use crate::spool::{Head, SpoolReader};
use crate::traces::{Beyond, Traces, Translated};

/// How long to wait for more when there is none: what a watcher notices, and the cost of looking.
const PAUSE: Duration = Duration::from_millis(5);

enum Message {
    /// There is more in the spool, and somebody waits for it.
    More,
    /// Records that found no more room.
    Beyond(Beyond),
    /// These processes ended, or were seen to have ended at one look. Everything they said is in the spool.
    Ended(Vec<(u32, Event)>),
}

/// How much the translation may be in the way of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Haste {
    /// Somebody waits for each step.
    Prompt,
    /// It uses what time the program leaves: the spool keeps everything meanwhile.
    Idle,
}

/// Tells the thread, when it is dropped, to leave the rest to another one.
struct Stop {
    told: Arc<AtomicBool>,
    thread: Thread,
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.told.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// The thread's other end. A thread whose other end is dropped stops: the spool has everything.
pub(crate) struct Worker {
    messages: Sender<Message>,
    thread: JoinHandle<io::Result<Job>>,
    stop: Stop,
    /// How far into the spool everything is in the traces.
    done: Arc<AtomicU64>,
    begun: Arc<AtomicBool>,
}

/// What the traces of a recording are to be like.
pub(crate) struct Wanted {
    /// The first of them.
    pub(crate) output: Claim<'static>,
    pub(crate) limits: Arc<Limits>,
    /// A folder of libevent's source.
    pub(crate) library: Option<PathBuf>,
}

impl Worker {
    pub(crate) fn start(head: Head, reader: SpoolReader, wanted: Wanted, haste: Haste) -> Self {
        let Wanted {
            output,
            limits,
            library,
        } = wanted;
        let names = Names::new(output);
        let begun = names.begun();
        let (messages, inbox) = channel();
        let (stop, done) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let (told, progress) = (Arc::clone(&stop), Arc::clone(&done));
        let thread = std::thread::spawn(move || {
            let leave = (haste == Haste::Idle).then(Leave::new);
            let mut job = Job {
                traces: Traces::new(head, reader, names, limits, library.as_deref()),
                inbox,
                next: None,
                done: progress,
            };
            job.work(|_| {
                let enough = || told.load(Ordering::Acquire);
                if let Some(leave) = &leave {
                    leave.ask(enough);
                }
                !enough()
            })?;
            Ok(job)
        });
        let stop = Stop {
            told: stop,
            thread: thread.thread().clone(),
        };
        Self {
            messages,
            thread,
            stop,
            done,
            begun,
        }
    }

    /// How far into the spool it has come.
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Acquire)
    }

    // A thread that failed no longer listens; its error comes out at `finish`.

    pub(crate) fn more(&self) {
        let _ = self.messages.send(Message::More);
    }

    pub(crate) fn beyond(&self, beyond: Beyond) {
        let _ = self.messages.send(Message::Beyond(beyond));
    }

    /// Becomes true when the trace that was asked for is there.
    pub(crate) fn begun(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.begun)
    }

    pub(crate) fn ended(&self, ended: Vec<(u32, Event)>) {
        let _ = self.messages.send(Message::Ended(ended));
    }

    /// Translates the rest, and waits for that; `tell` is told, every now and then, how far into the spool it has come.
    /// It is the calling thread that does it: the other one asks for leave, which on a busy machine is hardly given, and
    /// has made itself less urgent, which cannot be undone.
    pub(crate) fn finish(self, mut tell: impl FnMut(u64)) -> io::Result<Translated> {
        // The end of the channel is the message.
        drop(self.messages);
        drop(self.stop);
        let failed = |_| Err(io::Error::other(text!(record_translation_failed)));
        let mut job = self.thread.join().unwrap_or_else(failed)?;
        job.traces.hurry();
        job.work(|at| {
            tell(at);
            true
        })?;
        debug!(
            "all is translated, up to {} of the spool",
            job.traces.position()
        );
        job.traces.finish()
    }
}

/// What is to be done, so that one thread can leave it to another.
struct Job {
    traces: Traces,
    inbox: Receiver<Message>,
    /// A message that was taken out and is not done.
    next: Option<Message>,
    done: Arc<AtomicU64>,
}

impl Job {
    /// Works until nothing more comes and all is translated, or until it may not go on.
    fn work(&mut self, mut go_on: impl FnMut(u64) -> bool) -> io::Result<()> {
        loop {
            let message = match self.next.take() {
                Some(message) => Ok(message),
                None => self.inbox.recv_timeout(PAUSE),
            };
            // What was in the spool when the message was sent comes before it.
            if self.traces.advance(&mut go_on)? > 0 {
                self.traces.flush()?;
                self.done.store(self.traces.position(), Ordering::Release);
            }
            if !go_on(self.traces.position()) {
                self.next = message.ok();
                return Ok(());
            }
            match message {
                Ok(Message::Beyond(beyond)) => self.traces.beyond(&beyond),
                Ok(Message::Ended(ended)) => self.traces.ended(ended)?,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Ok(Message::More) | Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;
    use std::path::Path;

    use evscope_wire::{Kind, args};

    use super::*;
    use crate::ring;
    use crate::spool::{self, SpoolWriter};
    use evscope_trace::Over;

    /// A recording that has begun, and where its trace is to be.
    fn begun(folder: &Path) -> (Head, SpoolWriter, SpoolReader, Claim<'static>) {
        let head = Head {
            program: "p".to_owned(),
            began: 0,
            started: String::new(),
            ring: folder.join("ring"),
            library: None,
            forks: true,
        };
        let new = spool::create(&folder.join("spool")).unwrap();
        new.say(&head).unwrap();
        let (spool, reader) = new.begin().unwrap();
        let trace = folder.join("trace.jsonl");
        (
            head,
            spool,
            reader,
            Claim::new(&trace, Over::Trace).unwrap(),
        )
    }

    /// How little urgent the calling thread is.
    fn nice() -> i32 {
        // SAFETY: the call has no conditions.
        unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) }
    }

    #[test]
    fn what_is_left_at_the_end_is_done_by_a_thread_that_gave_way_to_nobody() {
        const RECORDS: usize = 300_000;
        let folder = tempfile::tempdir().unwrap();
        let (head, mut spool, reader, output) = begun(folder.path());
        spool.append(&ring::missing(1, 0).repeat(RECORDS)).unwrap();
        let (begin, end) = (reader.position(), spool.written());
        let limits = Arc::new(Limits::new(Limits::NONE));
        let wanted = Wanted {
            output,
            limits,
            library: None,
        };
        let worker = Worker::start(head, reader, wanted, Haste::Idle);
        let usual = nice();
        let mut told = Vec::new();
        worker.finish(|at| told.push((at, nice()))).unwrap();
        assert!(told.iter().all(|&(_, nice)| nice == usual), "{told:?}");
        let first = told.first().map(|&(at, _)| at);
        // What the other thread was at it left at once.
        assert!(first.is_some_and(|at| (begin..end).contains(&at)));
        assert_eq!(told.last().map(|&(at, _)| at), Some(end));
    }

    const LOSSES: u64 = 10_000;

    /// The trace of a process that has lost records again and again; who writes it hurries after so many times.
    fn trace_of_losses(hurries_after: u64, limit: u64) -> String {
        let folder = tempfile::tempdir().unwrap();
        let (mut head, mut spool, reader, output) = begun(folder.path());
        head.started = "2026-01-01T00:00:00Z".to_owned();
        let thread = args::Thread {
            pid: 1,
            parent: 0,
            forked: 0,
        };
        let said = [
            ring::slot(Kind::Thread, 1, thread),
            ring::slot(Kind::Hello, 1, args::Hello {}),
        ];
        spool.append(said.as_flattened()).unwrap();
        let limits = Arc::new(Limits::new(limit));
        let mut traces = Traces::new(head, reader, Names::new(output), limits, None);
        let mut advance = |traces: &mut Traces, losses: Range<u64>| {
            losses.for_each(|n| spool.append(&ring::missing(n, 0)).unwrap());
            traces.advance(|_| true).unwrap();
        };
        advance(&mut traces, 0..hurries_after);
        traces.hurry();
        advance(&mut traces, hurries_after..LOSSES);
        assert_eq!(traces.finish().unwrap().traces.len(), 1);
        std::fs::read_to_string(folder.path().join("trace.jsonl")).unwrap()
    }

    /// How many records are lost, as a trace says.
    fn lost(trace: &str) -> u64 {
        let lines = trace.lines().skip(1);
        let counts = lines.map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            line["count"].as_u64().unwrap()
        });
        counts.sum()
    }

    #[test]
    fn who_hurries_writes_the_same() {
        let usual = trace_of_losses(LOSSES, Limits::NONE);
        assert_eq!(lost(&usual), (0..LOSSES).sum::<u64>());
        for after in [0, 1, 4321] {
            assert!(trace_of_losses(after, Limits::NONE) == usual, "{after}");
        }
    }

    #[test]
    fn who_hurries_keeps_to_the_limit() {
        let (whole, part) = (
            trace_of_losses(0, Limits::NONE),
            trace_of_losses(0, 100_000),
        );
        assert!(part.len() > 100_000 && part.len() < whole.len() * 9 / 10);
        // How much is missing is said at the end.
        assert_eq!(lost(&part), lost(&whole));
    }

    #[test]
    fn what_one_thread_leaves_another_does() {
        let folder = tempfile::tempdir().unwrap();
        let (head, mut spool, reader, output) = begun(folder.path());
        let begin = reader.position();
        spool.append(&[0; 64 * 100]).unwrap();
        let (messages, inbox) = channel();
        messages.send(Message::Ended(Vec::new())).unwrap();
        drop(messages);
        let names = Names::new(output);
        let limits = Arc::new(Limits::new(Limits::NONE));
        let mut job = Job {
            traces: Traces::new(head, reader, names, limits, None),
            inbox,
            next: None,
            done: Arc::default(),
        };
        job.work(|_| false).unwrap();
        assert_eq!(job.traces.position(), begin);
        assert!(
            matches!(job.next, Some(Message::Ended(_))),
            "nor is a message lost"
        );
        job.work(|_| true).unwrap();
        assert_eq!(job.traces.position(), begin + 64 * 100);
        assert!(job.next.is_none());
        assert!(job.traces.finish().unwrap().traces.is_empty());
    }
}
