//! The recipes of `docs/queries-over-many.md`, run by DuckDB on the traces in `traces/`.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The statements of the page, in order.
fn recipes() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/queries-over-many.md")).unwrap();
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

/// Runs statements in the folder of traces; the rows of each that has any, a line of JSON each.
fn run(python: &Path, statements: &[String]) -> Vec<Vec<serde_json::Value>> {
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
        .current_dir(root().join("traces"))
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
    let answers = run(&python, &recipes());
    let [_, _, slowest, stalled, unsent, errors, peers] = &answers[..] else {
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
}
