//! What a recorder that was killed left beside a trace.

use std::path::{Path, PathBuf};

use crate::options::RecordError;
use crate::spool::{self, Found};

/// The file beside a trace that has what a recording, which was not finished, knows of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// The file; [`recover`](crate::recover) makes a trace of it.
    pub part: PathBuf,
}

/// What lies beside the trace `output`, or beside that of which it is another process's.
pub fn leftover(output: &Path) -> Option<Leftover> {
    let main = main_of(output);
    [Some(output), main.as_deref()]
        .into_iter()
        .flatten()
        .map(part_of)
        .find(|part| matches!(spool::look(part), Found::Left(_)))
        .map(|part| Leftover { part })
}

/// Whether a recording into `output` may begin.
pub(crate) fn check(output: &Path) -> Result<(), RecordError> {
    let part = part_of(output);
    refuse(&part, spool::look(&part)).map_or(Ok(()), Err)
}

/// Why a spool cannot be made where this was found.
pub(crate) fn refuse(part: &Path, found: Found) -> Option<RecordError> {
    let path = part.display().to_string();
    match found {
        Found::Nothing => None,
        Found::Left(others) => {
            let others = others.iter().map(|path| path.display().to_string());
            let all: Vec<_> = std::iter::once(path.clone()).chain(others).collect();
            Some(RecordError::Unfinished {
                path,
                all: all.join(" "),
            })
        }
        Found::InUse => Some(RecordError::InUse { path }),
        Found::Foreign => Some(RecordError::Foreign { path }),
    }
}

/// Beside the trace, whatever its name.
pub(crate) fn part_of(output: &Path) -> PathBuf {
    let mut name = output.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// The first trace of the recording: `NAME.jsonl` for `NAME.PID.jsonl`.
fn main_of(path: &Path) -> Option<PathBuf> {
    let (stem, rest) = path.file_name()?.to_str()?.split_once('.')?;
    let (pid, ending) = rest.split_once('.').unwrap_or((rest, ""));
    let number = pid.split_once('-').map_or(pid, |(pid, _)| pid);
    let is_pid = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let name = match ending {
        "" => stem.to_owned(),
        ending => format!("{stem}.{ending}"),
    };
    is_pid.then(|| path.with_file_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_processs_trace_belongs_to_the_first() {
        let main = |path| main_of(Path::new(path));
        assert_eq!(main("a/t.7.jsonl"), Some("a/t.jsonl".into()));
        assert_eq!(main("t.7.jsonl.zst"), Some("t.jsonl.zst".into()));
        assert_eq!(main("t.7"), Some("t".into()));
        assert_eq!(main("t.7-2.jsonl"), Some("t.jsonl".into()));
        assert_eq!(main("t.jsonl"), None);
        assert_eq!(main("t"), None);
    }
}
