//! Programs that a recorded one starts: they are recorded if that is wanted, however they are started, and never see that
//! there is a recorder.

use std::path::Path;

use evscope_recorder::{Children, Exit, Outcome};

use crate::support::{alone, program, read, record};

/// The C library's ways to start a program.
const WAYS: [&str; 15] = [
    "execve",
    "few",
    "execv",
    "execvp",
    "execvpe",
    "execl",
    "execlp",
    "execle",
    "fexecve",
    "execveat",
    "vfork",
    "posix_spawn",
    "posix_spawnp",
    "system",
    "popen",
];

/// Records the program that starts `started` in every way, by `env`, which sets `variables`.
fn start(
    folder: &Path,
    children: Children,
    variables: &[String],
    (started, does): (&str, &str),
) -> Option<Outcome> {
    let all = program("children", folder, &["-levent_core"])?;
    let path = format!(
        "PATH={}:{}",
        Path::new(started).parent()?.display(),
        std::env::var("PATH").unwrap()
    );
    let mut command = vec!["env", &path];
    command.extend(variables.iter().map(String::as_str));
    let direct = children != Children::Exec;
    if direct {
        command.clear();
    }
    command.extend([&*all, "all", does, started]);
    // Without `env` the folder is not among those where programs are looked for.
    let found =
        |way: &&&str| !direct || !matches!(**way, "execvp" | "execvpe" | "execlp" | "posix_spawnp");
    command.extend(WAYS.iter().filter(found));
    let (outcome, _) = record(
        folder,
        &command,
        |options| options.children = children,
        |_| {},
    );
    let said = std::fs::read_to_string(folder.join("said")).unwrap();
    assert_eq!(
        outcome.exit,
        Some(Exit::Status(0)),
        "{:?} {said}",
        outcome.notes
    );
    Some(outcome)
}

/// What the programs said of their environment, one after the other.
fn shown(folder: &Path) -> Vec<Vec<String>> {
    let said = std::fs::read_to_string(folder.join("said")).unwrap();
    let mut all = vec![Vec::new()];
    for line in said.lines() {
        all.last_mut().unwrap().push(line.to_owned());
        if line.starts_with("args") {
            all.push(Vec::new());
        }
    }
    assert_eq!(all.pop().unwrap(), Vec::<String>::new());
    all
}

/// Holds that no program sees a variable of the recorder's, and `LD_PRELOAD` as it was.
fn unseen(folder: &Path, preload: Option<&str>) {
    let all = shown(folder);
    for lines in &all {
        let only = lines.iter().any(|line| line == "ONLY=this");
        let preload = preload.filter(|_| !only);
        let seen: Vec<&String> = lines
            .iter()
            .filter(|line| line.contains("EVSCOPE_") || line.starts_with("LD_PRELOAD="))
            .collect();
        let expected: Vec<String> = preload
            .map(|p| format!("LD_PRELOAD={p}"))
            .into_iter()
            .collect();
        assert_eq!(seen, expected.iter().collect::<Vec<_>>());
        let told = lines
            .iter()
            .find(|line| line.starts_with("preload "))
            .unwrap();
        let expected = format!("preload {} of ", preload.unwrap_or("none"));
        assert!(told.starts_with(&expected), "{told}");
    }
    let args: Vec<_> = all.iter().map(|lines| &**lines.last().unwrap()).collect();
    let count = |line: &str| args.iter().filter(|args| **args == line).count();
    assert_eq!(count("args show 2 3 4 5 6 7"), 1);
    assert_eq!(count("args show 2 3 4"), 1);
    assert_eq!(count("args show it's 2"), 2);
}

#[test]
fn each_is_recorded_however_it_is_started() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(tick) = program("children", folder.path(), &["-levent_core"]) else {
        return;
    };
    let Some(outcome) = start(folder.path(), Children::Exec, &[], (&tick, "tick")) else {
        return;
    };
    assert_eq!(outcome.traces.len(), 1 + WAYS.len(), "{:?}", outcome.notes);
    for trace in &outcome.traces {
        assert_eq!(read(&trace.path).count("event_callback"), 1);
    }
}

#[test]
fn none_is_recorded_where_that_is_not_wanted() {
    let _alone = alone();
    for children in [Children::None, Children::Fork] {
        for does in ["tick", "show"] {
            let folder = tempfile::tempdir().unwrap();
            let Some(started) = program("children", folder.path(), &["-levent_core"]) else {
                return;
            };
            let Some(outcome) = start(folder.path(), children, &[], (&started, does)) else {
                return;
            };
            assert_eq!(outcome.traces.len(), 1, "{children:?}");
            if does == "show" {
                assert_eq!(shown(folder.path()).len(), WAYS.len() - 4);
                unseen(folder.path(), None);
            }
        }
    }
}

/// With libevent, without it, and one that no library can be put into.
#[test]
fn none_sees_the_recorder_in_its_environment() {
    let _alone = alone();
    let builds: [&[&str]; 3] = [
        &["-levent_core"],
        &["-DWITHOUT_LIBEVENT"],
        &["-DWITHOUT_LIBEVENT", "-static"],
    ];
    for flags in builds {
        let folder = tempfile::tempdir().unwrap();
        let inner = tempfile::tempdir_in(folder.path()).unwrap();
        let Some(show) = program("children", inner.path(), flags) else {
            return;
        };
        start(folder.path(), Children::Exec, &[], (&show, "show"));
        assert_eq!(shown(folder.path()).len(), WAYS.len(), "{flags:?}");
        unseen(folder.path(), None);
    }
}

/// The program's own `LD_PRELOAD` stays, and one that has more variables than usual keeps them all.
#[test]
fn what_is_in_the_environment_otherwise_stays() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let inner = tempfile::tempdir_in(folder.path()).unwrap();
    let theirs = inner.path().join("theirs.so");
    let source = inner.path().join("theirs.c");
    std::fs::write(&source, "int of_theirs;\n").unwrap();
    let made = crate::support::compile(&source, &theirs, &["-shared", "-fPIC"]);
    let (Some(()), Some(tick)) = (made, program("children", inner.path(), &["-levent_core"]))
    else {
        return;
    };
    let theirs = theirs.display().to_string();
    let mut variables = vec![format!("LD_PRELOAD={theirs}")];
    variables.extend((0..3000).map(|i| format!("VARIABLE_{i}=it's {i}")));
    let outcome = start(folder.path(), Children::Exec, &variables, (&tick, "show")).unwrap();
    assert_eq!(outcome.traces.len(), 1, "{:?}", outcome.notes);
    unseen(folder.path(), Some(&theirs));
    for lines in shown(folder.path()) {
        let kept = lines
            .iter()
            .filter(|line| line.starts_with("VARIABLE_"))
            .count();
        let only = lines.iter().any(|line| line == "ONLY=this");
        assert_eq!(kept, if only { 0 } else { 3000 });
    }
    let again = tempfile::tempdir().unwrap();
    let outcome = start(again.path(), Children::Exec, &variables, (&tick, "tick")).unwrap();
    assert_eq!(outcome.traces.len(), 1 + WAYS.len(), "{:?}", outcome.notes);
}

/// A shell between, whose variables and programs are its own.
#[test]
fn a_shell_between_does_not_see_it_and_passes_it_on() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let inner = tempfile::tempdir_in(folder.path()).unwrap();
    let Some(tick) = program("children", folder.path(), &["-levent_core"]) else {
        return;
    };
    let Some(still) = program("children", inner.path(), &["-DWITHOUT_LIBEVENT", "-static"]) else {
        return;
    };
    let script = folder.path().join("script");
    std::fs::write(
        &script,
        format!("#!/bin/sh\n'{tick}' tick\nexport -p\necho args\n'{still}' show 2 3 4 5 6 7\n"),
    )
    .unwrap();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let script = script.display().to_string();
    let exec = |options: &mut evscope_recorder::RecordOptions| options.children = Children::Exec;
    let command = ["/bin/sh", "-c", "\"$0\"; env; echo args", &script];
    let (outcome, _) = record(folder.path(), &command, exec, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    assert_eq!(outcome.traces.len(), 1, "{:?}", outcome.notes);
    for lines in shown(folder.path()) {
        let seen = lines
            .iter()
            .any(|line| line.contains("EVSCOPE_") || line.contains("LD_PRELOAD"));
        assert!(!seen, "{lines:?}");
    }
}
