//! The recipes of `docs/queries-over-many.md`, run by DuckDB on the traces in `traces/`, some of them packed; and the
//! page's table of columns.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use evscope_export::{Format, Part, export_flat, export_part, flat_columns};
use evscope_replay::Trace;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

const PAGE: &str = "docs/queries-over-many.md";

/// The statements of the page, in order.
fn recipes() -> Vec<String> {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let blocks = page.split("```sql\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

/// The Python that has DuckDB: the one of `scripts/test`, or the system's.
fn python() -> Option<PathBuf> {
    let ours = root().join("target/python/bin/python");
    [ours, PathBuf::from("python3")].into_iter().find(|python| {
        let import = Command::new(python).args(["-c", "import duckdb"]).output();
        import.is_ok_and(|output| output.status.success())
    })
}

/// A folder with our traces, a third of them packed with gzip and a third with Zstandard, and beside them their rows.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("rows")).unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(root().join("traces"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    for (i, file) in files.iter().enumerate() {
        let trace = Trace::open(file).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        // What the tests name is there under its own name.
        let ending = match name {
            "high-watermark-stall.jsonl" | "hello-world.jsonl" => "",
            _ => ["", ".gz", ".zst"][i % 3],
        };
        let name = format!("{name}{ending}");
        let part = Part::whole(&trace);
        let mut out = evscope_trace::create(&folder.path().join(&name)).unwrap();
        export_part(&part, Format::Jsonl, &mut out).unwrap();
        out.finish().unwrap();
        let mut out = evscope_trace::create(&folder.path().join("rows").join(&name)).unwrap();
        export_flat(&part, &mut out).unwrap();
        out.finish().unwrap();
    }
    folder
}

/// Runs statements in the folder of traces; the rows of each that has any, a line of JSON each.
fn run(python: &Path, folder: &Path, statements: &[String]) -> Vec<Vec<serde_json::Value>> {
    const PROGRAM: &str = "
import duckdb, json, sys
connection = duckdb.connect()
for statement in json.load(sys.stdin):
    result = connection.execute(statement)
    names = [column[0] for column in result.description]
    print(json.dumps([dict(zip(names, row)) for row in result.fetchall()], default=int))
";
    let mut child = Command::new(python)
        .args(["-c", PROGRAM])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_string(statements).unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_recipes_for_many_traces_find_what_is_in_ours() {
    let Some(python) = python() else {
        eprintln!("left out: no Python with DuckDB here");
        return;
    };
    let folder = folder();
    let answers = run(&python, folder.path(), &recipes());
    let [
        _,
        _,
        slowest,
        stalled,
        unsent,
        errors,
        peers,
        _,
        flat_slowest,
        flat_stalled,
    ] = &answers[..]
    else {
        panic!("{} answers", answers.len());
    };
    let has = |rows: &[serde_json::Value], column: &str, value: &str| {
        rows.iter().any(|row| row[column] == value)
    };
    assert_eq!(slowest.len(), 10);
    assert!(
        slowest[0]["longest_ms"].as_f64().unwrap() > 0.0,
        "{slowest:?}"
    );
    assert!(
        has(stalled, "trace", "high-watermark-stall.jsonl"),
        "{stalled:?}"
    );
    assert!(!has(stalled, "trace", "hello-world.jsonl"), "{stalled:?}");
    assert!(unsent.iter().all(|row| row["unsent"].as_u64() > Some(0)));
    assert!(has(errors, "errno", "EMFILE") && has(errors, "errno", "ECONNRESET"));
    assert!(has(peers, "host", "127.0.0.1"), "{peers:?}");
    assert!(peers[0]["bytes_out"].as_u64() > Some(0), "{peers:?}");
    // The same questions to rows have the same answers.
    assert_eq!(flat_slowest, slowest);
    assert_eq!(flat_stalled, stalled);
}

/// Every row has the columns that the page says, of these types.
#[test]
fn duckdb_finds_the_columns_that_the_page_names() {
    let Some(python) = python() else {
        eprintln!("left out: no Python with DuckDB here");
        return;
    };
    let folder = folder();
    let view = recipes()
        .into_iter()
        .find(|recipe| recipe.contains("VIEW flat"));
    let statements = [view.unwrap(), "DESCRIBE flat".to_owned()];
    let answers = run(&python, folder.path(), &statements);
    let found: Vec<(&str, &str)> = answers[1]
        .iter()
        .map(|row| {
            (
                row["column_name"].as_str().unwrap(),
                row["column_type"].as_str().unwrap(),
            )
        })
        .filter(|(name, _)| *name != "trace")
        .collect();
    let columns = flat_columns();
    assert_eq!(found.len(), columns.len());
    let mut of_no_row = 0;
    for ((name, holds), column) in found.iter().zip(&columns) {
        assert_eq!(*name, column.name);
        // Nothing is known of a column that is null in all rows.
        match holds.trim_matches('"') {
            "NULL" | "JSON" => of_no_row += 1,
            // Whole numbers, of which some are negative.
            "HUGEINT" | "UBIGINT" => assert_eq!(column.holds.sql(), "BIGINT", "{name}"),
            holds => assert_eq!(holds, column.holds.sql(), "{name}"),
        }
    }
    assert!(of_no_row < 5, "{found:?}");
}

/// The page lists the columns as they are; `UPDATE_DOCS=1` writes the table anew.
#[test]
fn the_page_lists_the_columns() {
    const BEGIN: &str = "<!-- columns: made from the vocabulary -->\n";
    const END: &str = "<!-- end of columns -->\n";
    let mut table = String::from("| column | type | meaning |\n| --- | --- | --- |\n");
    for column in flat_columns() {
        let (name, holds) = (column.name, column.holds.sql());
        writeln!(table, "| `{name}` | {holds} | {} |", column.about).unwrap();
    }
    let path = root().join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let current = format!("{before}{BEGIN}{table}{END}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, current).unwrap();
    } else {
        assert_eq!(
            page, current,
            "{PAGE}: UPDATE_DOCS=1 cargo test -p evscope-export --test duckdb"
        );
    }
}
