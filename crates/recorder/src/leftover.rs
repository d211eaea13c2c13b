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
    let path = part.display().to_string();
    match spool::look(&part) {
        Found::Nothing => Ok(()),
        Found::Left(others) => {
            let all = std::iter::once(part).chain(others);
            let all: Vec<_> = all.map(|path| path.display().to_string()).collect();
            Err(RecordError::Unfinished {
                path,
                all: all.join(" "),
            })
        }
        Found::InUse => Err(RecordError::InUse { path }),
        Found::Foreign => Err(RecordError::Foreign { path }),
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
    let is_pid = !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit());
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
        assert_eq!(main("t.jsonl"), None);
        assert_eq!(main("t"), None);
    }
}
