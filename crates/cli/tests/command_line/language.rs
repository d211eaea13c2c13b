//! What is said beside the output is in the language that is asked for, as the output is.

use crate::support::{Folder, run};

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn errors_speak_the_language_that_is_asked_for() {
    let folder = Folder::new();
    folder.write("config.toml", "level = 7\n");
    for line in [
        "play nothing.jsonl",
        "print small.jsonl --from 999",
        "print small.jsonl --from 5 --to 2",
        "print small.jsonl --filter fd=x",
        "print small.jsonl --level 9",
        "export small.jsonl --to svg --steps x",
        "play small.jsonl --source nowhere",
        "play small.jsonl --config config.toml",
        "learn nothing",
        "demo nothing",
        "check small.jsonl small.jsonl --follow",
        "diff - -",
        "record -o - -- true",
        "live -o - -- true",
    ] {
        let mut words: Vec<&str> = line.split(' ').collect();
        words.insert(1, "--lang=zh");
        let chinese = run(&mut folder.command(&words)).refused();
        assert!(is_chinese(&chinese), "{line}: {chinese}");
        words.remove(1);
        let by_locale = run(folder.command(&words).env("LANG", "zh_CN.UTF-8")).refused();
        // Who asks by --lang is told besides what stays in the trace's own words.
        assert!(
            chinese.ends_with(&by_locale),
            "{line}: {chinese} {by_locale}"
        );
        let english = run(&mut folder.command(&words)).refused();
        assert!(!is_chinese(&english), "{line}: {english}");
    }
}

#[test]
fn what_is_said_beside_the_output_speaks_it_too() {
    let folder = Folder::new();
    let ran = run(&mut folder.command(["demo", "hello-world", "-o", "h.jsonl", "--lang", "zh"]));
    assert!(is_chinese(&ran.stderr), "{}", ran.stderr);
    let ran =
        run(&mut folder.command(["print", "small.jsonl", "--filter", "fd=99", "--lang", "zh"]));
    assert!(is_chinese(&ran.stderr), "{}", ran.stderr);
}

#[test]
fn help_speaks_the_language_that_is_asked_for() {
    let folder = Folder::new();
    let english = folder.run("record --help").fine();
    let chinese = folder.run("--lang zh record --help").fine();
    assert!(!is_chinese(&english), "{english}");
    for said in [
        "用法：",
        "参数:",
        "选项:",
        "录制多少",
        "示例：",
        "--help",
        "显示帮助",
    ] {
        assert!(chinese.contains(said), "{said}: {chinese}");
    }
    let by_locale = run(folder
        .command(["record", "--help"])
        .env("LC_ALL", "zh_CN.UTF-8"));
    assert_eq!(by_locale.fine(), chinese);
    // Behind `--` it is the program's.
    let theirs = folder.run("print nothing.jsonl -- --lang zh");
    assert!(!is_chinese(&theirs.stderr), "{}", theirs.stderr);
    let version = folder.run("--version --lang zh").fine();
    assert!(version.starts_with("evscope "), "{version}");
}
