//! What a killed recorder left.

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use evscope_wire::{Kind, args};

use super::exit_event;
use super::intake::claim;
use crate::library::remove_folder;
use crate::limits::Limits;
use crate::numbers::has_ended;
use crate::options::RecordError;
use crate::ring::{Ring, missing};
use crate::run::Exit;
use crate::signals::Signals;
use crate::spool::{self, SpoolReader};
use crate::traces::TraceFile;
use crate::worker::{Haste, Wanted, Worker};

/// Makes the traces of a recording whose recorder was killed, from its spool and what is left in its ring.
///
/// # Errors
/// [`RecordError::Recover`] if the file is not a spool, a recorder still writes it, or the traces cannot be written.
pub fn recover(spool_path: &Path, output: Option<&Path>) -> Result<Vec<TraceFile>, RecordError> {
    let _signals = Signals::for_writing();
    let failed = |error| RecordError::Recover {
        path: spool_path.display().to_string(),
        error,
    };
    let (head, mut spool, reader) = spool::open(spool_path).map_err(failed)?;
    let output = match output {
        Some(output) => output.to_owned(),
        None => spool_path.with_extension(""),
    };
    let output = claim(&output, false)?;
    let mut ring = Ring::open(&head.ring).ok();
    if let Some(ring) = &mut ring {
        ring.take(true, &mut Vec::new(), |slots| spool.append(slots))
            .map_err(failed)?;
    }
    let library = head.library.clone();
    let Known { processes, lost } = known(reader.another()).map_err(failed)?;
    // Nobody took anything out of a ring that became full, so what is missing and was not said to be is missing at the end.
    let (all_lost, abandoned) = ring.as_ref().map_or((0, 0), |r| (r.lost(), r.abandoned()));
    let lost = all_lost.saturating_sub(lost);
    if lost + abandoned > 0 {
        spool.append(&missing(lost, abandoned)).map_err(failed)?;
    }
    let wanted = Wanted {
        output,
        limits: Arc::new(Limits::new(Limits::NONE)),
        library: None,
    };
    let worker = Worker::start(head, reader, wanted, Haste::Prompt);
    // Their parent may know how they ended.
    let ended = processes.into_iter().filter(|&pid| has_ended(pid));
    worker.ended(
        ended
            .map(|pid| (pid as u32, exit_event(Exit::Unknown)))
            .collect(),
    );
    let traces = worker.finish(|_| {}).map_err(failed)?.traces;
    // What a spool names is removed if it is what it says.
    if let Some(ring) = ring {
        let _ = std::fs::remove_file(ring.path());
    }
    if let Some(folder) = library {
        remove_folder(&folder);
    }
    let _ = std::fs::remove_file(spool_path);
    Ok(traces)
}

/// What a spool says by itself.
#[derive(Default)]
struct Known {
    /// Those that have said something, in this order.
    processes: Vec<i32>,
    /// Records that found no room and are said to be missing.
    lost: u64,
}

fn known(mut reader: SpoolReader) -> io::Result<Known> {
    let mut known = Known::default();
    let mut seen = HashSet::new();
    while let Some(raw) = reader.next()? {
        match Kind::from_number(raw.tag.kind) {
            Some(Kind::Thread) => {
                let pid = raw.args::<args::Thread>().pid as i32;
                if seen.insert(pid) {
                    known.processes.push(pid);
                }
            }
            Some(Kind::Missing) => known.lost += raw.args::<args::Missing>().lost,
            _ => {}
        }
    }
    Ok(known)
}
