//! `evscope record`: what it says and leaves behind where something is in its way.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Folder, Ran, run};

const TICKS: &str = include_str!("../programs/ticks.c");

/// A folder with a program in it; says so where it cannot be made.
fn built(name: &str, text: &str) -> Option<Folder> {
    let folder = Folder::new();
    let source = folder.write(&format!("{name}.c"), text);
    if !Path::new("/usr/include/event2/event.h").exists() {
        eprintln!("LEFT OUT: libevent's headers are not installed (Debian's package libevent-dev)");
        return None;
    }
    let status = Command::new("cc")
        .arg("-o")
        .args([&folder.path().join(name), &source])
        .arg("-levent_core")
        .status();
    assert!(status.unwrap().success());
    Some(folder)
}

/// Runs evscope where all folders for the ring, the trace's own among them, have one MiB, but for `roomy`; `None` where
/// file systems cannot be mounted.
fn run_in_little_room(folder: &Folder, args: &str, roomy: &str) -> Option<Ran> {
    let small = folder.path().join("small");
    std::fs::create_dir(&small).unwrap();
    let mount = format!(
        "mount -t tmpfs -o size=1m none {small} && {{ test '{roomy}' = /dev/shm || mount -t tmpfs -o size=1m none /dev/shm; }}",
        small = small.display()
    );
    let can = |wrap: &[&str]| {
        let status = Command::new(wrap[0])
            .args(&wrap[1..])
            .args(["sh", "-c", &mount])
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    };
    let wraps: [&[&str]; 2] = [&["unshare", "-m"], &["unshare", "-rm"]];
    let Some(wrap) = wraps.into_iter().find(|wrap| can(wrap)) else {
        eprintln!("LEFT OUT: no small file system can be mounted (needs root or user namespaces)");
        return None;
    };
    let evscope = env!("CARGO_BIN_EXE_evscope");
    let script = format!("{mount} && cd small && exec {evscope} {args}");
    let mut command = Command::new(wrap[0]);
    command
        .args(&wrap[1..])
        .args(["sh", "-c", &script])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .env("XDG_RUNTIME_DIR", &small)
        .env("TMPDIR", &small);
    Some(run(&mut command))
}

#[test]
fn without_room_for_the_ring_nothing_is_started_and_what_to_do_is_said() {
    let Some(folder) = built("ticks", TICKS) else {
        return;
    };
    let Some(ran) = run_in_little_room(&folder, "record -- ../ticks", "") else {
        return;
    };
    let said = ran.refused();
    assert!(said.contains("no room for 32 MiB"), "{said}");
    assert!(said.contains("--buffer"), "{said}");
}

#[test]
fn the_ring_goes_where_there_is_room() {
    let Some(folder) = built("ticks", TICKS) else {
        return;
    };
    let args = "record -- ../ticks";
    let Some(ran) = run_in_little_room(&folder, args, "/dev/shm") else {
        return;
    };
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert!(ran.stderr.contains("wrote ticks.jsonl"), "{}", ran.stderr);
}
