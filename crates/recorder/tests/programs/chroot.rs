//! What was known of a program before it changed its root stays known.

use evscope_recorder::Exit;

use crate::support::{alone, program, read, record};

#[test]
fn a_changed_root_hides_no_name_and_no_line() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("chroot", folder.path(), &["-levent"]) else {
        return;
    };
    let root = folder.path().join("root");
    std::fs::create_dir(&root).unwrap();
    let command = [program.as_str(), root.to_str().unwrap()];
    let (outcome, path) = record(folder.path(), &command, |_| {}, |_| {});
    if outcome.exit == Some(Exit::Status(77)) {
        eprintln!("LEFT OUT: no root may be changed here");
        return;
    }
    let trace = read(&path);
    let ran = trace
        .all("event_callback")
        .filter_map(|record| record.src.clone());
    let ran: Vec<_> = ran.map(|src| src.function.unwrap_or_default()).collect();
    assert!(ran.iter().any(|name| name == "my_tick"), "{ran:?}");
    let made = trace.all("event_base_new").next().unwrap().caller.clone();
    let made = made.unwrap();
    assert_eq!(made.function.as_deref(), Some("main"), "{made:?}");
    assert!(trace.sources.iter().any(|text| text.function == "my_tick"));
}
