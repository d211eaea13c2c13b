//! Rules of one's own over what a class has handed in: traces, and programs that are run for it.

use std::path::Path;

use serde_json::Value;

use crate::support::{self, Folder};

const RULES: &str = r#"
[[rule]]
name = "waits"
must = "ev=poll"
words = { en = "The loop must wait.", zh = "循环必须等待。" }

[[rule]]
name = "no-break"
severity = "warning"
must_not = "ev=event_base_loopbreak"
"#;

const SCENARIO: &str = "main\n    tick = evtimer_new ticked\n    event_add tick 10ms\n    event_base_dispatch\n\
                        callback ticked\n    event_base_loopbreak\n";

/// What is handed in, whatever it is.
fn class() -> (Folder, bool) {
    let folder = Folder::new();
    let class = folder.path().join("class");
    for name in ["jon", "nil"] {
        std::fs::create_dir_all(class.join(name)).unwrap();
    }
    folder.write("rules.toml", RULES);
    let write = |name: &str, text: &str| std::fs::write(class.join(name), text).unwrap();
    std::fs::copy(folder.path().join("small.jsonl"), class.join("ann.jsonl")).unwrap();
    write("ben.scn", SCENARIO);
    write("jon/whatever.scn", SCENARIO);
    write("empty.scn", "");
    write("words.txt", "I have done my homework.\n");
    write("script.sh", "#!/bin/sh\ntouch ran\n");
    write("cut.jsonl", "{\"evscope\":1");
    write("\x1b[31mred\n,=1+1.scn", "main\n");
    std::os::unix::fs::symlink("/dev/zero", class.join("endless.scn")).unwrap();
    let c = cfg!(all(target_os = "linux", target_arch = "x86_64"))
        && Path::new("/usr/include/event2/event.h").exists();
    if c {
        let begin = "#include <unistd.h>\n#include <event2/event.h>\nint main(void)\n{\n    \
                     struct event_base *base = event_base_new();\n";
        let right = format!(
            "{begin}    event_base_loopexit(base, &(struct timeval){{ 0, 1000 }});\n    event_base_dispatch(base);\n    return 0;\n}}\n"
        );
        write("cem.c", &right);
        write(
            "spins.c",
            &format!("{begin}    (void)base;\n    for (;;);\n}}\n"),
        );
        write(
            "forks.c",
            &format!(
                "{begin}    (void)base;\n    for (int n = 0; n < 300; n++)\n        if (fork() == 0) {{\n            \
                 sleep(30);\n            _exit(0);\n        }}\n    for (;;) pause();\n}}\n"
            ),
        );
        write("broken.c", "int main(void) { return\n");
        let mut cc = std::process::Command::new("cc");
        let cc = cc
            .current_dir(&class)
            .args(["-o", "dee", "cem.c", "-levent"]);
        assert!(cc.status().unwrap().success());
    }
    (folder, c)
}

#[test]
fn what_is_handed_in_is_run_and_held_against_the_rules() {
    let _turn = support::turn();
    let (folder, c) = class();
    let ran = folder.run("check class --rules rules.toml --run --json");
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(1), ""),
        "{}",
        ran.stdout
    );
    let rows: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |who: &str| -> Vec<String> {
        let who = format!("class/{who}");
        let own = rows.iter().filter(|row| row["trace"] == who.as_str());
        own.map(|row| match row["problem"].as_str() {
            Some(problem) => problem.to_owned(),
            None => format!("{} {}", row["rule"].as_str().unwrap(), row["ok"]),
        })
        .collect()
    };
    for who in ["ben.scn", "jon"] {
        assert_eq!(of(who), ["waits true", "no-break false"], "{who}");
    }
    assert_eq!(of("ann.jsonl").len(), 2);
    let mut told = vec![
        ("empty.scn", "there is no `main`"),
        ("words.txt", "neither a program"),
        ("script.sh", "neither a program"),
        ("nil", "neither a program"),
        ("cut.jsonl", "the header is cut off"),
        ("endless.scn", "this is no file"),
    ];
    if c {
        for who in ["cem.c", "dee"] {
            assert_eq!(of(who), ["waits true", "no-break true"], "{who}");
        }
        told.push(("forks.c", "more than 64 processes"));
        told.push(("broken.c", "does not compile"));
        // What it did until it was ended is held against the rules.
        assert_eq!(of("spins.c"), ["waits false", "no-break true"]);
    }
    for (who, said) in told {
        let own = of(who);
        assert!(own.len() == 1 && own[0].contains(said), "{who}: {own:?}");
    }
    assert!(
        rows.iter()
            .any(|row| row["trace"].as_str().unwrap().contains("red\n"))
    );
    assert!(!folder.path().join("class/ran").exists() && !folder.path().join("ran").exists());
}

/// The table for people and for spreadsheets; and without `--run` nothing is run.
#[test]
fn the_table_has_a_row_for_what_could_not_be_run() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("class")).unwrap();
    folder.write("rules.toml", RULES);
    folder.write("class/ben.scn", SCENARIO);
    folder.write("class/eve.scn", "");
    let ran = folder.run("check class --rules rules.toml --run --csv");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[0], "trace,rule,severity,result,step,times,text");
    assert_eq!(lines[1], "class/ben.scn,waits,error,ok,,0,");
    assert!(
        lines[2].starts_with("class/ben.scn,no-break,warning,broken,"),
        "{lines:?}"
    );
    assert!(lines[3].starts_with("class/eve.scn,,,none,,,"), "{lines:?}");
    assert_eq!(lines.len(), 4);
    let table = folder.run("check class --rules rules.toml --run --lang zh");
    assert!(
        table.stdout.contains("class/eve.scn  eve.scn:1:1"),
        "{}",
        table.stdout
    );

    let refused = folder.run("check class --rules rules.toml").refused();
    assert!(refused.contains("class"), "{refused}");
    let refused = folder.run("check class --run").refused();
    assert!(refused.contains("--rules"), "{refused}");
}

/// Of traces alone, one that cannot be read is a row, too; one that is named by itself is a message.
#[test]
fn a_broken_trace_is_a_row_among_others() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("class")).unwrap();
    folder.write("rules.toml", RULES);
    folder.write("class/cut.jsonl", "{\"evscope\":1");
    std::fs::copy(
        folder.path().join("small.jsonl"),
        folder.path().join("class/whole.jsonl"),
    )
    .unwrap();
    let ran = folder.run("check class --rules rules.toml");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    assert_eq!(ran.stdout.lines().count(), 3, "{}", ran.stdout);
    assert!(
        ran.stdout.starts_with("class/cut.jsonl  "),
        "{}",
        ran.stdout
    );
    let refused = folder
        .run("check class/cut.jsonl --rules rules.toml")
        .refused();
    assert!(refused.contains("cut off"), "{refused}");
}
