//! The trace that another one goes on with.

use std::fmt;
use std::io::BufRead;
use std::path::{Component, Path, PathBuf};

use evscope_words::{Text, text};

use crate::form::Form;
use crate::{Continues, Header, ReadError, Reader, visible};

/// So many traces may go on with one another: a process has no more ancestors in a recording, and a circle ends.
const GENERATIONS: u32 = 100;

/// Why nothing is looked for: the trace has no place, or is the standard input, whose place is not the working folder.
pub(crate) fn nowhere() -> Text {
    text!(trace_nowhere)
}

type Input = Box<dyn BufRead + Send>;

/// The steps that come first.
pub(crate) struct Before {
    reader: Reader<Input>,
    wanted: u64,
    given: u64,
}

impl fmt::Debug for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { wanted, given, .. } = self;
        write!(f, "{given} of {wanted} steps")
    }
}

impl Before {
    /// Opens what the trace at `path` with this header goes on with; an error says why that is not possible.
    pub(crate) fn open(
        continues: &Continues,
        header: &Header,
        path: &Path,
        generation: u32,
    ) -> Result<Self, Text> {
        if path == Path::new("-") {
            return Err(nowhere());
        }
        let name = Path::new(&continues.trace);
        let mut parts = name.components();
        let (Some(Component::Normal(_)), None) = (parts.next(), parts.next()) else {
            return Err(text!(trace_no_name));
        };
        if generation >= GENERATIONS {
            return Err(text!(trace_generations, most = GENERATIONS));
        }
        let Some(other) = find(path, &continues.trace) else {
            return Err(text!(trace_not_beside));
        };
        let shown = other.display().to_string();
        let input = crate::open(&other).map_err(|error| Text::same(error.to_string()))?;
        let reader = Reader::of_generation(input, shown, &other, generation + 1)
            .map_err(|error| Text::same(error.to_string()))?;
        let found = reader.header();
        let same = (found.pid, &found.started, &found.program)
            == (continues.pid, &header.started, &header.program);
        if !same {
            return Err(text!(
                trace_of_another,
                pid = found.pid,
                started = found.started,
                wanted = continues.pid,
                since = header.started
            ));
        }
        Ok(Self {
            reader,
            wanted: continues.records,
            given: 0,
        })
    }

    /// The next line, or `None` when all came that comes first, or there is no more.
    pub(crate) fn next<L: Form>(&mut self) -> Result<Option<L>, ReadError> {
        if self.given == self.wanted {
            return Ok(None);
        }
        let line = L::next(&mut self.reader)?;
        self.given += u64::from(line.as_ref().is_some_and(L::is_record));
        Ok(line)
    }

    /// How many steps came.
    pub(crate) fn given(&self) -> u64 {
        self.given
    }

    /// What is missing of it, when all came that there is.
    pub(crate) fn lacking(&self) -> Option<String> {
        if let Some(lacking) = self.reader.lacking() {
            return Some(lacking.to_owned());
        }
        let Self { wanted, given, .. } = self;
        (given < wanted)
            .then(|| text!(trace_too_short, file = self.reader.file(), given, wanted).to_string())
    }
}

/// The file of that name beside a trace; or one that was packed or unpacked since.
fn find(path: &Path, name: &str) -> Option<PathBuf> {
    const PACKED: [&str; 2] = [".gz", ".zst"];
    let plain = PACKED
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name);
    let packed = PACKED.iter().map(|ending| format!("{plain}{ending}"));
    [name.to_owned(), plain.to_owned()]
        .into_iter()
        .chain(packed)
        .map(|name| path.with_file_name(name))
        .find(|path| path.is_file())
}

/// Says that a trace stands alone, why, and what to do.
pub(crate) fn alone(file: &str, continues: &Continues, why: &Text) -> String {
    let Continues {
        trace,
        pid,
        records,
        ..
    } = continues;
    let text = text!(trace_alone, file, records, pid, trace, why);
    visible(&text.to_string()).into_owned()
}
