//! What a killed recorder left.

use std::path::Path;

use crate::options::RecordError;
use crate::ring::Ring;
use crate::signals::Signals;
use crate::spool;
use crate::traces::TraceFile;
use crate::worker::{Haste, Worker};

/// Makes the traces of a recording whose recorder was killed, from its spool and what is left in its ring.
///
/// # Errors
/// [`RecordError::Recover`] if the file is not a spool, or the traces cannot be written.
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
    if let Ok(mut ring) = Ring::open(&head.ring) {
        ring.take(true, &mut Vec::new(), |slots| spool.append(slots))
            .map_err(failed)?;
    }
    let ring = head.ring.clone();
    let traces = Worker::start(head, reader, &output, None, Haste::Prompt)
        .finish()
        .map_err(failed)?;
    let _ = std::fs::remove_file(ring);
    let _ = std::fs::remove_file(spool_path);
    Ok(traces)
}
