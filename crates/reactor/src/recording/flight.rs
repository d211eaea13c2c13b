//! A recording that stays in memory, for a program that wants to know what happened when something has.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use super::Ids;
use super::kept::Keep;
use super::recorder::{Active, Recording, RecordingError, Summary, SwitchedOn};
use super::sources::Sources;
use super::tracer::{Records, Shared};
use super::writer::TraceWriter;

/// Keeps what bases do in memory, all of it or the last of it, and writes it as a trace when it is asked, as often
/// as it is asked. Nothing is written meanwhile, no thread is started, and a record costs little more than what it
/// takes to note it: it can stay on in a program that is to be fast.
///
/// ```
/// # use evscope_reactor::{EventBase, Keep, Recording};
/// let flight = Recording::new("server").in_memory(Keep::Last(100_000));
/// let outcome = flight.record(|| {
///     let mut base = EventBase::new()?;
///     base.event_base_once_timeout(|_, _, _| Err::<(), _>("no more room"), None)?;
///     base.event_base_dispatch()
/// });
/// if outcome.is_err() {
///     let mut trace = Vec::new();
///     let summary = flight.write(&mut trace).unwrap();
///     assert!(summary.records > 0, "what led to it");
/// }
/// # assert!(outcome.is_err());
/// ```
#[derive(Debug)]
pub struct FlightRecorder {
    recording: Recording,
    ids: Arc<Ids>,
    records: Rc<RefCell<Records>>,
}

impl Recording {
    /// Keeps the recording in memory instead of writing it as it goes.
    pub fn in_memory(self, keep: Keep) -> FlightRecorder {
        FlightRecorder {
            recording: self,
            ids: Arc::default(),
            records: Rc::new(RefCell::new(Records::in_memory(Instant::now(), keep))),
        }
    }
}

impl FlightRecorder {
    /// Runs `program`; every base that it makes on this thread is recorded, as long as the base lives.
    pub fn record<R>(&self, program: impl FnOnce() -> R) -> R {
        let active = Active {
            ids: Arc::clone(&self.ids),
            payload: self.recording.payload,
            records: Shared::Thread(Rc::clone(&self.records)),
        };
        let _on = SwitchedOn::new(active, None);
        program()
    }

    /// How many records were made until now, kept or not.
    pub fn records_made(&self) -> u64 {
        self.records.borrow().made()
    }

    /// Writes what is kept now as a trace; the recording goes on. Also from a callback. What was forgotten before
    /// is one step `lost` at the beginning.
    pub fn write(&self, output: impl Write) -> Result<Summary, RecordingError> {
        let (program, texts) = (self.recording.program.clone(), self.recording.texts.clone());
        let writer = TraceWriter::new(program, Sources::new(texts));
        let records = writer.write_kept(&self.records.borrow(), output)?;
        Ok(Summary { records })
    }
}
