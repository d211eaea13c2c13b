//! Debug information costs nothing per record, however long the source files are.

use std::fmt::Write;
use std::time::Duration;

use crate::support::{alone, compile, read, record};

/// A program with a call in every function of a file of some 5,000 lines, made again and again.
fn long_file(rounds: u32) -> String {
    let mut text = String::from("#include <event2/buffer.h>\nstatic struct evbuffer *b;\n");
    for i in 0..1000 {
        let _ = write!(
            text,
            "static void\nf{i}(void)\n{{\n\tevbuffer_add(b, \"x\", 1);\n}}\n"
        );
    }
    let calls: String = (0..1000).map(|i| format!("f{i}();")).collect();
    let main = format!(
        "b = evbuffer_new(); for (int i = 0; i < {rounds}; i++) {{ {calls} }} evbuffer_free(b);"
    );
    let _ = writeln!(text, "int main(void) {{ {main} return 0; }}");
    text
}

/// What this process has used, however busy the machine is: no other recording goes on in it.
fn processor_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: it writes where it is told to, which is a timespec.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    assert_eq!(status, 0);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[test]
fn lines_are_found_once() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("long.c");
    std::fs::write(&source, long_file(8)).unwrap();
    let took = |debug_information: &str, callers: usize| {
        let program = folder.path().join("long");
        compile(&source, &program, &["-levent", debug_information])?;
        let before = processor_time();
        let (_, path) = record(folder.path(), &[program.to_str().unwrap()], |_| {}, |_| {});
        let took = processor_time() - before;
        let trace = read(&path);
        assert_eq!(trace.count("evbuffer_add"), 8_000);
        let functions = trace
            .all("evbuffer_add")
            .filter_map(|record| record.caller.as_ref());
        let functions: std::collections::BTreeSet<_> =
            functions.map(|line| &line.function).collect();
        assert_eq!(functions.len(), callers);
        Some(took)
    };
    let (Some(without), Some(with)) = (took("-g0", 0), took("-g", 1000)) else {
        return;
    };
    // The lines are longer, and this build is a slow one; searched again for each record it is 50 times as long.
    assert!(
        with < without * 4 + Duration::from_secs(2),
        "{with:?} with debug information, {without:?} without"
    );
}
