//! Short ways to write and read traces in tests.

use evscope_trace::{CutOff, Header, Line, ReadError, Reader};

/// A header line, with its line end.
pub(crate) const HEADER: &str = r#"{"evscope":1,"program":"demo","library":"evscope-reactor 0.1.0","backend":"epoll","pid":7,"started":"2026-01-02T03:04:05.678Z","clock":"monotonic","unit":"ns"}
"#;

/// What a whole trace says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Read {
    pub(crate) header: Header,
    pub(crate) lines: Vec<Line>,
    pub(crate) cut_off: Option<CutOff>,
}

/// Reads a whole trace, named `t.jsonl`.
pub(crate) fn read(trace: impl AsRef<[u8]>) -> Result<Read, ReadError> {
    let mut reader = Reader::new(trace.as_ref(), "t.jsonl")?;
    let mut lines = Vec::new();
    while let Some(line) = reader.next_line()? {
        lines.push(line);
    }
    Ok(Read {
        header: reader.header().clone(),
        lines,
        cut_off: reader.cut_off().cloned(),
    })
}

/// Reads a trace of these lines after a header.
pub(crate) fn read_lines(lines: &[&str]) -> Result<Read, ReadError> {
    read(format!("{HEADER}{}\n", lines.join("\n")))
}

/// Writes a trace again.
pub(crate) fn write(read: &Read) -> String {
    let mut writer = evscope_trace::Writer::new(Vec::new(), &read.header).unwrap();
    for line in &read.lines {
        match line {
            Line::Record(record) => writer.record(record),
            Line::Source(source) => writer.source(source),
        }
        .unwrap();
    }
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

/// The lines as JSON, for comparing without regard to the order of fields.
pub(crate) fn json_lines(trace: &str) -> Vec<serde_json::Value> {
    trace
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A file of the repository.
pub(crate) fn repository(path: &str) -> std::path::PathBuf {
    std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}

/// Every recorded trace of the repository.
pub(crate) fn recorded_traces() -> Vec<std::path::PathBuf> {
    fn walk(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "jsonl") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&repository("traces"), &mut found);
    found.sort();
    found
}

/// Holds that a generated file, or a generated part of one, is current; with `UPDATE_DOCS` in the
/// environment it is written instead.
pub(crate) fn assert_current(path: &str, expected: &str) {
    let file = repository(path);
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    if found == expected {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, expected).unwrap();
        return;
    }
    let line = found
        .lines()
        .zip(expected.lines())
        .take_while(|(a, b)| a == b)
        .count();
    panic!(
        "{path}:{}: not what the vocabulary says:\n  found    {:?}\n  expected {:?}\n\
         `UPDATE_DOCS=1 cargo test -p evscope-trace` writes it anew",
        line + 1,
        found.lines().nth(line),
        expected.lines().nth(line),
    );
}
