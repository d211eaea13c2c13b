//! Exercises: begun, judged, done; and a class of them.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use evscope_exercise::Exercise;

use crate::support::{Folder, Ran};

pub(crate) fn exercise(name: &str) -> Exercise {
    evscope_exercise::named(name).unwrap().unwrap()
}

/// A program that is not right yet: status 1, and nothing beside the output.
#[track_caller]
pub(crate) fn found(ran: Ran) -> String {
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(1), ""),
        "{}",
        ran.stdout
    );
    ran.stdout
}

#[test]
fn an_exercise_is_begun_judged_helped_with_and_done() {
    let folder = Folder::new();
    let begun = folder.run("learn hello").fine();
    assert!(begun.contains("hello/hello.scn"), "{begun}");
    let start = folder.read("hello/hello.scn");
    assert_eq!(start, exercise("hello").start_file());

    let judged = found(folder.run("learn hello"));
    assert!(
        judged.contains("✘ nothing is freed with bytes still to send\n"),
        "{judged}"
    );
    let (_, command) = judged.split_once("\nevscope play ").unwrap();
    let command = command.lines().next().unwrap();
    let step = command.strip_prefix("hello/hello.jsonl --at ").unwrap();
    let shown = folder.run("print hello/hello.jsonl --level 3").fine();
    let at = shown
        .lines()
        .find(|line| line.trim_start().starts_with(&format!("{step} ")));
    assert!(at.unwrap().contains("bufferevent_free"), "{at:?}");
    let chinese = found(folder.run("learn hello --lang zh"));
    assert!(chinese.contains("✘ 释放时没有未发送的字节\n"), "{chinese}");
    assert_eq!(
        folder.read("hello/hello.scn"),
        start,
        "a program is only read"
    );

    for hint in [1, 2, 3, 1] {
        let said = folder.run("learn hello --hint").fine();
        assert!(said.starts_with(&format!("Hint {hint} of 3: ")), "{said}");
    }
    folder.write("hello/hello.scn", exercise("hello").reference);
    let judged = folder.run("learn hello").fine();
    assert!(
        judged.contains("All of it is right.\nThe next exercise: evscope learn echo\n"),
        "{judged}"
    );
    let list = folder.run("learn").fine();
    let line = |name: &str| {
        list.lines()
            .find(|line| line.trim().starts_with(name))
            .unwrap()
    };
    assert!(line("hello ").ends_with("✔ done"), "{list}");
    assert!(!line("echo ").contains("done"), "{list}");
}

#[test]
fn what_is_no_program_is_told_where_it_is_wrong() {
    let folder = Folder::new();
    folder.run("learn hello").fine();
    folder.write("hello/hello.scn", "main\n    server = server_nwe unix\n");
    let judged = found(folder.run("learn hello"));
    assert!(judged.contains("✘ hello.scn:2:14: "), "{judged}");
    let cheat = exercise("hello").reference + "    peer_send client \"x\"\n";
    folder.write(
        "hello/hello.scn",
        cheat.replace("main\n", "main\n    client = peer_new\n"),
    );
    let judged = found(folder.run("learn hello"));
    assert!(judged.contains("`peer_send` is what others do"), "{judged}");
    let refused = folder.run("learn writecb --watch").refused();
    assert!(refused.contains("--watch is for exercises"), "{refused}");
}

#[test]
fn a_watched_program_is_judged_when_it_is_saved() {
    let folder = Folder::new();
    folder.run("learn hello").fine();
    let mut watching = folder
        .command(["learn", "hello", "--watch"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    let first = lines.find(|line| line.as_ref().unwrap().starts_with("0 of "));
    assert!(first.is_some());
    folder.write("hello/hello.scn", exercise("hello").reference);
    let second = lines.find(|line| line.as_ref().unwrap().starts_with("All of it"));
    assert!(second.is_some());
    watching.kill().unwrap();
    watching.wait().unwrap();
}

/// A class of ten and more: right, each common mistake, and whatever else is handed in. Each is a row.
#[test]
fn a_class_is_a_table_whatever_is_handed_in() {
    let _turn = crate::support::turn();
    let folder = Folder::new();
    let class = folder.path().join("class");
    std::fs::create_dir_all(class.join("gus")).unwrap();
    std::fs::create_dir(class.join("nothing")).unwrap();
    let hello = exercise("hello");
    let write = |name: &str, text: &str| std::fs::write(class.join(name), text).unwrap();
    write("ann.scn", &hello.reference);
    write("gus/hello.scn", &hello.reference);
    for wrong in evscope_exercise::wrong_solutions("hello") {
        write(&format!("{}.scn", wrong.name), &wrong.program);
    }
    write("empty.scn", "");
    write("words.scn", "I have done my homework.\n");
    write("\x1b[31mred\n,\"quoted\".scn", "main\n");
    std::fs::write(class.join("bytes.scn"), [0xff, 0, 0xfe]).unwrap();
    std::os::unix::fs::symlink("/dev/zero", class.join("endless.scn")).unwrap();
    let circle = hello.reference.replace(
        "    event_base_dispatch\n",
        "    again = evtimer_new round\n    event_active again TIMEOUT\n    event_base_dispatch\n",
    );
    write(
        "circle.scn",
        &(circle + "\ncallback round\n    event_active self TIMEOUT\n"),
    );
    let big = "    evbuffer_add much \"0123456789012345678901234567890123456789\" * 16000000\n";
    let memory = format!("    much = evbuffer_new\n{}", big.repeat(8));
    write(
        "memory.scn",
        &hello.reference.replace(
            "    event_base_dispatch\n",
            &(memory + "    event_base_dispatch\n"),
        ),
    );
    let c = cfg!(all(target_os = "linux", target_arch = "x86_64"))
        && Path::new("/usr/include/event2/event.h").exists();
    if c {
        // Not more of them than a machine bears if they were not stopped.
        write(
            "forks.c",
            "#include <unistd.h>\n#include \"exercise.h\"\nint main(void)\n{\n    event_base_new();\n    \
             for (int n = 0; n < 300; n++)\n        if (fork() == 0) {\n            sleep(30);\n            _exit(0);\n        }\n    \
             for (;;) pause();\n}\n",
        );
        write(
            "spins.c",
            "#include \"exercise.h\"\nint main(void)\n{\n    event_base_new();\n    for (;;);\n}\n",
        );
        write("broken.c", "int main(void) { return\n");
    }

    let ran = folder.run("check class --exercise hello --json");
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(1), ""),
        "{}",
        ran.stdout
    );
    let rows: Vec<serde_json::Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |who: &str| -> Vec<String> {
        let own = rows.iter().filter(|row| row["who"] == who);
        own.map(|row| match row["result"].as_str().unwrap() {
            "none" => row["text"].as_str().unwrap().to_owned(),
            result => format!("{} {result}", row["point"].as_str().unwrap()),
        })
        .collect()
    };
    for right in ["ann.scn", "gus"] {
        assert_eq!(
            of(right),
            ["all-sent ok", "hears ok", "hung-up ok"],
            "{right}"
        );
    }
    for wrong in evscope_exercise::wrong_solutions("hello") {
        let own = of(&format!("{}.scn", wrong.name));
        assert!(own.contains(&format!("{} broken", wrong.breaks)), "{own:?}");
    }
    for (who, said) in [
        ("empty.scn", "there is no `main`"),
        ("words.scn", "words.scn:1:1: "),
        ("bytes.scn", "no text in UTF-8"),
        ("endless.scn", "this is no file"),
        ("nothing", "neither a program"),
        ("memory.scn", "too much memory"),
    ] {
        let own = of(who);
        assert!(own.len() == 1 && own[0].contains(said), "{who}: {own:?}");
    }
    assert!(!of("circle.scn").is_empty());
    assert!(
        rows.iter()
            .any(|row| row["who"].as_str().unwrap().contains("red\n"))
    );
    if c {
        assert!(
            of("forks.c")[0].contains("more than 64 processes"),
            "{:?}",
            of("forks.c")
        );
        assert!(
            of("broken.c")[0].contains("does not compile"),
            "{:?}",
            of("broken.c")
        );
        assert!(
            of("spins.c")
                .iter()
                .any(|row| row.starts_with("hears broken") || row.contains("stopped"))
        );
    }
    let table = folder.run("check class --exercise hello --lang zh");
    assert!(table.stdout.contains("ann.scn"), "{}", table.stdout);
    assert!(
        !table.stdout.contains('\x1b'),
        "no name tells a terminal anything"
    );
    let last = table.stdout.lines().last().unwrap();
    assert!(last.ends_with("份提交中有 2 份正确。"), "{last}");
}
