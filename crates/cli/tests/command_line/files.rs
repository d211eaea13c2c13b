//! What evscope writes, and what it leaves alone.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::record::{TICKS, built, in_shell, run_in_little_room};
use crate::support::{Folder, SMALL, run};

const WAITS: &str = include_str!("../programs/waits.c");
const SPINS: &str = include_str!("../programs/spins.c");
const SCENARIO: &str = include_str!("../../../../examples/scenarios/both-timeouts.scn");

#[test]
fn what_live_shows_at_the_end_is_nobodys_file() {
    let Some(folder) = built("ticks", TICKS) else {
        return;
    };
    for name in ["a.out", "t.out", "ticks.out"] {
        folder.write(name, "mine");
    }
    for args in ["-o a.jsonl", "-o t.jsonl", ""] {
        let ran = folder.run(&format!("live {args} -- ./ticks"));
        assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    }
    for name in ["a.out", "t.out", "ticks.out"] {
        assert_eq!(folder.read(name), "mine");
    }
    let script = "#!/bin/sh\necho said\n./ticks\n";
    let path = folder.write("says", script);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    let ran = folder.run("live --children exec -- ./says");
    assert!(
        ran.stdout.contains("said\n"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}

#[test]
fn a_file_of_somebody_elses_is_written_over_only_by_force() {
    let Some(folder) = built("ticks", TICKS) else {
        return;
    };
    folder.write("t.scn", SCENARIO);
    let commands = [
        ("export small.jsonl --to jsonl", ""),
        ("export small.jsonl --to svg", ""),
        ("export small.jsonl --to csv", ""),
        ("demo hello-world", ""),
        ("run t.scn", ""),
        ("record", "-- ./ticks"),
        ("live", "-- ./ticks"),
    ];
    for (command, program) in commands {
        for content in ["int main(void);\n", "\u{7f}ELF"] {
            folder.write("mine", content);
            let said = folder
                .run(&format!("{command} -o mine {program}"))
                .refused();
            assert!(
                said.contains("mine: there is a file of this name"),
                "{command}: {said}"
            );
            assert_eq!(folder.read("mine"), content, "{command}");
        }
        for place in [".", "no/such/folder/t"] {
            let said = folder
                .run(&format!("{command} -o {place} {program}"))
                .refused();
            assert!(said.contains("folder"), "{command}: {said}");
        }
        for force in ["--force", ""] {
            let ran = folder.run(&format!("{command} {force} -o mine {program}"));
            assert!(matches!(ran.code, Some(0 | 4)), "{command}: {}", ran.stderr);
            assert!(!folder.read("mine").contains("int main"), "{command}");
        }
        let names = fs::read_dir(folder.path()).unwrap().flatten();
        let names: Vec<_> = names.map(|entry| entry.file_name()).collect();
        assert!(
            !names
                .iter()
                .any(|name| name.to_string_lossy().contains(".part")),
            "{command}: {names:?}"
        );
    }
    // A trace is not written over by a picture, nor the other way round.
    folder.run("export small.jsonl --to svg -o picture").fine();
    folder
        .run("export small.jsonl --to jsonl -o picture")
        .refused();
    folder
        .run("export small.jsonl --to svg -o small.jsonl")
        .refused();
    assert_eq!(folder.read("small.jsonl"), SMALL);
}

#[test]
fn what_cannot_be_written_is_said_before_the_program_starts() {
    let Some(folder) = built("ticks", TICKS) else {
        return;
    };
    let script = folder.write("starts", "#!/bin/sh\ntouch started\n./ticks\n");
    fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    folder.write("letter", "Dear\n");
    symlink("letter", folder.path().join("t.jsonl.part")).unwrap();
    folder.write("u.jsonl.part", "Dear\n");
    for output in ["folder", "letter", "t.jsonl", "u.jsonl", "no/t.jsonl"] {
        for command in ["record", "live"] {
            let line = format!("{command} --children exec -o {output} -- ./starts");
            let said = folder.run(&line).refused();
            assert!(said.contains(output), "{said}");
            assert!(!folder.path().join("started").exists(), "{output}");
        }
    }
    assert_eq!(folder.read("letter"), "Dear\n");
    assert!(!folder.path().join("t.jsonl").exists());
}

/// Where programs have their rings in these tests.
fn rings(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let mut rings: Vec<_> = entries.map(|entry| entry.path()).collect();
    rings.retain(|path| path.extension().is_some_and(|ending| ending == "ring"));
    rings
}

/// Whether some process of a group runs still; what has ended and was not waited for does not.
fn runs(group: Pid) -> bool {
    let stats = fs::read_dir("/proc").unwrap().flatten();
    let stats = stats.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    stats.into_iter().any(|stat| {
        // Behind the name, which may hold anything: the state, the parent, the group.
        let mut rest = stat.rsplit(')').next().unwrap().split_whitespace();
        let state = rest.next().unwrap();
        !matches!(state, "Z" | "X") && rest.nth(1) == Some(&group.as_raw_nonzero().to_string())
    })
}

#[test]
fn however_early_a_recorder_is_killed_nothing_is_left_that_nobody_knows_of() {
    const KILLS: u32 = 20;
    let (Some(folder), Some(ticks)) = (built("waits", WAITS), built("ticks", TICKS)) else {
        return;
    };
    let memory = folder.path().join("memory");
    fs::create_dir(&memory).unwrap();
    let start = |folder: &Folder, args: &str| {
        let mut command = folder.command(args.split_whitespace());
        command.env("XDG_RUNTIME_DIR", &memory);
        command
    };
    let next = || {
        let ran = run(&mut start(&ticks, "record -- ./ticks"));
        assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    };
    for kill in 0..KILLS {
        let mut evscope = start(&folder, &format!("record -o {kill}.jsonl -- ./waits"))
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(
            u64::from(kill) * 100 / u64::from(KILLS),
        ));
        let group = Pid::from_child(&evscope);
        evscope.kill().unwrap();
        evscope.wait().unwrap();
        // The program would go on. It is gone a moment after it was told to, and until then has its ring.
        let _ = kill_process_group(group, Signal::KILL);
        while runs(group) {
            sleep(Duration::from_millis(1));
        }
    }
    next();
    let parts: Vec<String> = (0..KILLS)
        .filter_map(|kill| fs::read(folder.path().join(format!("{kill}.jsonl.part"))).ok())
        .map(|part| String::from_utf8_lossy(&part).into_owned())
        .collect();
    for ring in rings(&memory) {
        let named = parts
            .iter()
            .any(|part| part.contains(&*ring.to_string_lossy()));
        assert!(named, "{}", ring.display());
    }
    // Who throws a recording away need not know of its ring.
    for kill in 0..KILLS {
        let _ = fs::remove_file(folder.path().join(format!("{kill}.jsonl.part")));
    }
    next();
    assert_eq!(rings(&memory), Vec::<PathBuf>::new());
}

#[test]
fn a_disk_that_becomes_full_is_said_with_a_status_of_its_own() {
    let Some(folder) = built("spins", SPINS) else {
        return;
    };
    let args = "record -o t.jsonl -- ../spins 20000";
    let Some(ran) = run_in_little_room(&folder, args, "/dev/shm") else {
        return;
    };
    assert_eq!(ran.code, Some(125), "{}", ran.stderr);
    for part in [
        "t.jsonl.part",
        "evscope record --recover",
        "ended with status 0",
        "status is 125",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
}

#[test]
fn a_recording_that_is_as_large_as_it_may_be_keeps_its_beginning() {
    let Some(folder) = built("spins", SPINS) else {
        return;
    };
    let ran = folder.run("record --max-size 1 -o t.jsonl -- ./spins 100000");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("--max-size"), "{}", ran.stderr);
    let size = fs::metadata(folder.path().join("t.jsonl")).unwrap().len();
    assert!((1 << 19..3 << 20).contains(&size), "{size}");
    assert!(!folder.path().join("t.jsonl.part").exists());
    let printed = folder.run("print t.jsonl --level 3").fine();
    let end: Vec<_> = printed.lines().rev().take(3).collect();
    assert!(end[0].contains("program_exit"), "{end:?}");
    assert!(end[1].contains("lost"), "{end:?}");
}

#[test]
fn without_its_children_only_the_program_is_recorded() {
    let Some(folder) = built("spins", SPINS) else {
        return;
    };
    let line = "\"$EVSCOPE\" record --children WHICH -o t.jsonl -- ./spins 3 fork";
    let began = Instant::now();
    let ran = in_shell(&folder, &line.replace("WHICH", "none"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("wrote ").count(), 1, "{}", ran.stderr);
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "nobody waits for the child"
    );
}

#[test]
fn q_ends_a_program_that_is_not_held() {
    let Some(folder) = built("waits", WAITS) else {
        return;
    };
    for (way, lines) in [
        ("--step", "c\nq\n"),
        ("", "q\n"),
        ("--step-at ev=event_free", "q\n"),
    ] {
        let began = Instant::now();
        let ran = folder.run_with(&format!("live {way} -- ./waits"), lines.as_bytes());
        assert_eq!(
            ran.code,
            Some(128 + 15),
            "{way}: {}{}",
            ran.stdout,
            ran.stderr
        );
        assert!(began.elapsed() < Duration::from_secs(30), "{way}");
    }
}

#[test]
fn the_traces_of_one_recording_are_told_apart_and_name_each_other() {
    const FORKS: &str = include_str!("../programs/forks.c");
    let Some(folder) = built("forks", FORKS) else {
        return;
    };
    let ran = folder.run("record -o t.jsonl -- ./forks");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for part in [
        "the program itself (0 bufferevents",
        "a daemon, which ran on in the background (",
        "steps of its own, 2 bufferevents, 10 bytes read and written)",
        "the busiest is t.",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    let said = folder.run("stats t.jsonl").stderr;
    assert!(
        said.starts_with("evscope: t.jsonl: other processes of this recording are in t."),
        "{said}"
    );
    // The daemon's trace has what it did itself; what came before is its parent's, and read with it.
    let daemon = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| name.starts_with("t.") && name != "t.jsonl")
        .unwrap();
    let text = std::fs::read_to_string(folder.path().join(&daemon)).unwrap();
    assert!(!text.contains("event_base_new"), "{text}");
    let printed = folder.run(&format!("print {daemon} --level 3")).stdout;
    assert!(printed.contains("event_base_new"), "{printed}");
    // A copy of the whole stands by itself.
    let whole = folder.run(&format!("export --to jsonl {daemon} -o whole.jsonl"));
    assert_eq!(whole.code, Some(0), "{}", whole.stderr);
    std::fs::rename(folder.path().join("t.jsonl"), folder.path().join("other")).unwrap();
    let alone = folder.run("print whole.jsonl --level 3");
    assert_eq!((alone.stdout, alone.stderr.as_str()), (printed, ""));
    // Without the parent's it is said what is missing.
    let alone = folder.run(&format!("print {daemon} --level 3"));
    assert_eq!(alone.code, Some(0), "{}", alone.stderr);
    assert!(!alone.stdout.contains("event_base_new"), "{}", alone.stdout);
    let missing = "in t.jsonl, which are left out: there is no such file beside it";
    assert!(alone.stderr.contains(missing), "{}", alone.stderr);
}

#[test]
fn what_may_be_only_a_client_is_said_to_be_one() {
    const CLIENT: &str = include_str!("../programs/client.c");
    let Some(folder) = built("client", CLIENT) else {
        return;
    };
    let hint = "the server was not recorded";
    let ran = folder.run("record -- ./client");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    let ran = folder.run("record -- ./client listens");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(!ran.stderr.contains(hint), "{}", ran.stderr);
}

#[test]
fn without_proc_programs_are_recorded_all_the_same() {
    let Some(folder) = built("ticks", TICKS) else {
        return;
    };
    let script = "mount -t tmpfs none /proc && exec \"$EVSCOPE\" record -- ./ticks";
    let line = format!("unshare -rm true && exec unshare -rm sh -c '{script}'");
    let ran = in_shell(&folder, &line);
    if ran.stderr.contains("unshare") || ran.stderr.contains("mount:") {
        eprintln!("LEFT OUT: nothing can be mounted (needs user namespaces)");
        return;
    }
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert!(ran.stderr.contains("wrote ticks.jsonl"), "{}", ran.stderr);
}
