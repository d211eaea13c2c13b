//! `evscope record`: what it says and leaves behind where something is in its way.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Folder, Ran, ran, run};

pub(crate) const TICKS: &str = include_str!("../programs/ticks.c");

/// A folder with a program in it; says so where it cannot be made.
pub(crate) fn built(name: &str, text: &str) -> Option<Folder> {
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
pub(crate) fn run_in_little_room(folder: &Folder, args: &str, roomy: &str) -> Option<Ran> {
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

const DISPOSITIONS: &str = include_str!("../programs/dispositions.c");

/// Runs a line of a shell in the folder; `$EVSCOPE` is evscope.
pub(crate) fn in_shell(folder: &Folder, line: &str) -> Ran {
    let mut command = Command::new("sh");
    command
        .args(["-c", line])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .env("EVSCOPE", env!("CARGO_BIN_EXE_evscope"));
    run(&mut command)
}

#[test]
fn a_program_ignores_the_signals_that_it_would_ignore_alone() {
    let Some(folder) = built("dispositions", DISPOSITIONS) else {
        return;
    };
    for trap in [
        "",
        "trap '' PIPE;",
        "trap '' XFSZ USR1 INT CHLD;",
        "trap '' PIPE TERM WINCH;",
    ] {
        let alone = in_shell(&folder, &format!("{trap} exec ./dispositions")).fine();
        let line = format!("{trap} exec \"$EVSCOPE\" record -- ./dispositions");
        let recorded = in_shell(&folder, &line);
        assert_eq!(recorded.code, Some(0), "{}", recorded.stderr);
        assert_eq!(recorded.stdout, alone, "{trap}");
    }
}

#[test]
fn a_limit_of_the_size_of_files_is_as_a_full_disk() {
    let Some(folder) = built("dispositions", DISPOSITIONS) else {
        return;
    };
    let said = in_shell(
        &folder,
        "ulimit -f 100; exec \"$EVSCOPE\" record -- ./dispositions",
    )
    .refused();
    assert!(said.contains("no room for 32 MiB"), "{said}");
    // Two MiB: enough for the memory, and not for the trace.
    let line = "ulimit -f 4096; exec \"$EVSCOPE\" record --buffer 1 -- ./dispositions 40000";
    let ran = in_shell(&folder, line);
    assert_eq!(ran.code, Some(125), "{}", ran.stderr);
    assert!(ran.stderr.contains("ended with status 0"), "{}", ran.stderr);
    let said = "dispositions.jsonl.part; make room and run `evscope record --recover";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
}

const WAITS: &str = include_str!("../programs/waits.c");

/// A recording of a program that waits, under way.
struct UnderWay {
    evscope: Child,
    program: Pid,
}

impl UnderWay {
    /// Starts it in a process group of its own, and waits until the program does.
    fn start(folder: &Folder, children: &str) -> Self {
        use std::os::unix::process::CommandExt;
        let mut evscope = folder
            .command([
                "record",
                "--children",
                children,
                "-o",
                "waits.jsonl",
                "--",
                "./waits",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        // It says its number once it is ready.
        let mut line = String::new();
        let stdout = evscope.stdout.as_mut().unwrap();
        let mut byte = [0];
        while stdout.read(&mut byte).unwrap() > 0 && byte != *b"\n" {
            line.push(char::from(byte[0]));
        }
        let program = Pid::from_raw(line.parse().unwrap()).unwrap();
        Self { evscope, program }
    }

    fn end(self) -> Ran {
        ran(self.evscope.wait_with_output().unwrap())
    }

    /// Kills the recorder, and the program then.
    fn kill(mut self) {
        self.evscope.kill().unwrap();
        self.evscope.wait().unwrap();
        kill_process(self.program, Signal::KILL).unwrap();
        let stat = format!("/proc/{}/stat", self.program.as_raw_nonzero());
        let began = Instant::now();
        while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
            assert!(began.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

#[test]
fn what_a_killed_recorder_left_is_not_written_over() {
    let Some(folder) = built("waits", WAITS) else {
        return;
    };
    UnderWay::start(&folder, "exec").kill();
    let before = std::fs::read(folder.path().join("waits.jsonl.part")).unwrap();
    for command in ["record", "live"] {
        let args = format!("{command} -o waits.jsonl -- ./waits");
        let said = folder.run(&args).refused();
        assert!(said.contains("record --recover waits.jsonl.part"), "{said}");
        assert!(said.contains("`rm -r waits.jsonl.part /"), "{said}");
    }
    let after = std::fs::read(folder.path().join("waits.jsonl.part")).unwrap();
    assert!(before == after);
    // Who reads the trace is told.
    for command in ["print", "stats", "play"] {
        let said = folder.run(&format!("{command} waits.jsonl")).stderr;
        assert!(said.contains("not finished"), "{said}");
        assert!(said.contains("record --recover waits.jsonl.part"), "{said}");
    }
    // The files in memory are named in its head.
    let others = String::from_utf8_lossy(&before[..4096]);
    let others: Vec<_> = others.lines().filter(|l| l.starts_with('/')).collect();
    assert!(
        others.iter().any(|other| Path::new(other).exists()),
        "{others:?}"
    );
    let ran = folder.run("record --recover waits.jsonl.part");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let printed = folder.run("print waits.jsonl").fine();
    assert!(printed.contains("event_base_loop"), "{printed}");
    let last = printed.lines().last().unwrap();
    assert!(last.contains("program_exit"), "{last}");
    assert!(
        !others.iter().any(|other| Path::new(other).exists()),
        "{others:?}"
    );
    assert!(!folder.path().join("waits.jsonl.part").exists());
}

#[test]
fn a_recording_that_is_under_way_is_neither_written_over_nor_recovered() {
    let Some(folder) = built("waits", WAITS) else {
        return;
    };
    let first = UnderWay::start(&folder, "fork");
    let said = folder.run("record -o waits.jsonl -- ./waits").refused();
    assert!(said.contains("another evscope"), "{said}");
    let said = folder.run("record --recover waits.jsonl.part").refused();
    assert!(said.contains("another evscope"), "{said}");
    kill_process(first.program, Signal::TERM).unwrap();
    let ran = first.end();
    assert_eq!(ran.code, Some(128 + 15), "{}", ran.stderr);
    let printed = folder.run("print waits.jsonl").fine();
    assert!(printed.contains("SIGTERM"), "{printed}");
}

#[test]
fn a_file_that_is_no_recordings_is_not_written_over() {
    let Some(folder) = built("ticks", TICKS) else {
        return;
    };
    folder.write("ticks.jsonl.part", "mine");
    let said = folder.run("record -- ./ticks").refused();
    assert!(said.contains("no recording's"), "{said}");
    assert_eq!(folder.read("ticks.jsonl.part"), "mine");
    // One without anything in it is.
    folder.write("ticks.jsonl.part", "");
    assert_eq!(folder.run("record -- ./ticks").code, Some(4));
}

#[test]
fn a_signal_to_the_recorder_alone_reaches_the_program_once() {
    let Some(folder) = built("waits", WAITS) else {
        return;
    };
    let mut under_way = UnderWay::start(&folder, "fork");
    let evscope = Pid::from_child(&under_way.evscope);
    let signals = [
        Signal::INT,
        Signal::QUIT,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
        Signal::HUP,
    ];
    let mut stdout = BufReader::new(under_way.evscope.stdout.take().unwrap());
    for signal in signals {
        kill_process(evscope, signal).unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, format!("heard {}\n", signal.as_raw()));
    }
    // One that nobody minds ends the program, and the recorder sees it.
    kill_process(evscope, Signal::VTALARM).unwrap();
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    let ran = under_way.end();
    assert_eq!(ran.code, Some(128 + Signal::VTALARM.as_raw()));
    let printed = folder.run("print waits.jsonl").fine();
    assert!(printed.contains("SIGVTALRM"), "{printed}");
    assert!(!folder.path().join("waits.jsonl.part").exists());
}

#[test]
fn a_signal_of_the_terminal_reaches_the_program_once() {
    let Some(folder) = built("waits", WAITS) else {
        return;
    };
    let pair = portable_pty::native_pty_system()
        .openpty(portable_pty::PtySize::default())
        .unwrap();
    let mut command = portable_pty::CommandBuilder::new(env!("CARGO_BIN_EXE_evscope"));
    command.args(["record", "-o", "waits.jsonl", "--", "./waits"]);
    command.cwd(folder.path());
    let mut evscope = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut terminal = pair.master.take_writer().unwrap();
    let mut lines = BufReader::new(pair.master.try_clone_reader().unwrap()).lines();
    let mut next = || lines.next().unwrap().unwrap();
    let program: i32 = next().parse().unwrap();
    terminal.write_all(b"\x03").unwrap();
    let heard = next();
    assert!(heard.ends_with("heard 2"), "{heard}");
    // Had it been passed on as well, it would be heard before this.
    let program = Pid::from_raw(program).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    kill_process(program, Signal::USR1).unwrap();
    let heard = next();
    assert!(
        heard.ends_with(&format!("heard {}", Signal::USR1.as_raw())),
        "{heard}"
    );
    kill_process(program, Signal::TERM).unwrap();
    assert_eq!(evscope.wait().unwrap().exit_code(), 128 + 15);
}

#[test]
fn what_is_started_as_another_user_or_in_other_namespaces_is_recorded() {
    use std::os::unix::fs::PermissionsExt;
    let Some(folder) = built("ticks", TICKS) else {
        return;
    };
    // The other user must get at the program.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let ways = [
        "setpriv --reuid 65534 --clear-groups",
        "unshare --fork --pid --mount-proc",
        "unshare --fork --pid",
        "unshare --map-root-user --user",
    ];
    for way in ways {
        let mut words = way.split(' ').chain(["true"]);
        let can = Command::new(words.next().unwrap())
            .args(words)
            .stderr(Stdio::null())
            .status();
        if !can.is_ok_and(|status| status.success()) {
            eprintln!("LEFT OUT: `{way}` is not allowed here (needs root)");
            continue;
        }
        let ran = folder.run(&format!(
            "record --children exec -o t.jsonl -- {way} ./ticks"
        ));
        assert_eq!(ran.code, Some(4), "{way}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("wrote t.jsonl"),
            "{way}: {}",
            ran.stderr
        );
        assert!(!ran.stderr.contains("ld.so"), "{way}: {}", ran.stderr);
        let printed = folder.run("print t.jsonl").fine();
        assert!(printed.contains("program_exit"), "{way}: {printed}");
    }
}

#[test]
fn a_program_that_needs_few_files_is_recorded_with_few() {
    let Some(folder) = built("ticks", TICKS) else {
        return;
    };
    // What the shell may have inherited from the test would count.
    let line = "exec 3>&- 4>&- 5>&- 6>&- 7>&-; ulimit -n 8; exec \"$EVSCOPE\" record -- ./ticks";
    let ran = in_shell(&folder, line);
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert!(ran.stderr.contains("wrote ticks.jsonl"), "{}", ran.stderr);
}

#[test]
fn a_log_says_why_a_recording_is_empty() {
    let Some(folder) = built("ticks", TICKS) else {
        return;
    };
    let log = |command: &str, level: &str| {
        run(folder.command(command.split(' ')).env("EVSCOPE_LOG", level)).stderr
    };
    let told = log("record -o t.jsonl -- ./ticks", "debug");
    for part in [
        "debug evscope_recorder::check: the program is ",
        "the ring is /",
        "the library for the program is /",
        " was started",
        " speaks: it has an event base",
        "/ticks lies at 0x",
        " has ended: Status(4)",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let empty = log("record -o e.jsonl --late -- true", "debug");
    assert!(empty.contains(" was started"), "{empty}");
    assert!(!empty.contains(" speaks"), "{empty}");
    let read = log("stats t.jsonl", "debug");
    assert!(read.contains("t.jsonl: a trace of ticks ("), "{read}");
    assert_eq!(log("stats t.jsonl", "warn"), "");
    let wrong = log("stats t.jsonl", "loud");
    assert!(wrong.contains("EVSCOPE_LOG=loud"), "{wrong}");
}
