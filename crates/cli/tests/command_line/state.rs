//! `evscope state`, `stats` and `why`.

use serde_json::Value;

use crate::support::{Folder, run};

#[test]
fn the_state_in_words() {
    let folder = Folder::new();
    insta::assert_snapshot!(
        "state_at_12",
        folder.run("state small.jsonl --at 12").fine()
    );
}

#[test]
fn the_last_step_is_the_default() {
    let folder = Folder::new();
    assert_eq!(
        folder.run("state small.jsonl").fine(),
        folder.run("state small.jsonl --at 21").fine()
    );
}

#[test]
fn the_state_as_json() {
    let folder = Folder::new();
    let state = |step: usize| -> Value {
        serde_json::from_str(
            &folder
                .run(&format!("state small.jsonl --at {step} --json"))
                .fine(),
        )
        .unwrap()
    };
    let before = state(13);
    assert_eq!(before["step"], 13);
    assert_eq!(before["t"], 5200);
    assert_eq!(before["state"]["bufs"]["buf2"]["len"], 14);
    assert_eq!(state(14)["state"]["bufs"]["buf2"]["len"], 0);
}

#[test]
fn numbers() {
    let folder = Folder::new();
    insta::assert_snapshot!("stats", folder.run("stats small.jsonl").fine());
    let stats: Value =
        serde_json::from_str(&folder.run("stats small.jsonl --json").fine()).unwrap();
    assert_eq!(stats["records"], 22);
    assert_eq!(stats["bevs"][0]["written"], 14);
}

#[test]
fn causes() {
    let folder = Folder::new();
    insta::assert_snapshot!("why_17", folder.run("why small.jsonl 17").fine());
    let why: Value = serde_json::from_str(&folder.run("why small.jsonl 17 --json").fine()).unwrap();
    assert_eq!(why["step"], 17);
    let steps: Vec<u64> = why["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| cause["step"].as_u64().unwrap())
        .collect();
    assert_eq!(steps[0], 16, "the watermark");
    assert!(steps.contains(&14), "the write");
    assert!(steps.is_sorted_by(|a, b| a > b), "{steps:?}");
}

#[test]
fn causes_speak_the_language_that_is_asked_for() {
    let folder = Folder::new();
    let english = folder.run("why small.jsonl 17").fine();
    let chinese = folder.run("why small.jsonl 17 --lang zh").fine();
    assert_ne!(english, chinese);
    assert!(
        chinese
            .chars()
            .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
        "{chinese}"
    );
    let by_locale = run(folder
        .command(["why", "small.jsonl", "17"])
        .env("LANG", "zh_CN.UTF-8"));
    assert_eq!(by_locale.fine(), chinese);
    let overruled = run(folder
        .command(["why", "small.jsonl", "17", "--lang", "en"])
        .env("LC_ALL", "zh_CN.UTF-8"));
    assert_eq!(overruled.fine(), english);
}

/// A signal's event has the signal's number where others have an fd.
#[test]
fn a_signals_event_names_the_signal() {
    let folder = Folder::new();
    let state = folder.run("state hello-world --all").fine();
    let row = state.lines().find(|line| line.contains("signal_cb"));
    let row = row.unwrap_or_else(|| panic!("{state}"));
    assert!(row.contains("SIGINT") && !row.contains("fd "), "{row}");
}

/// Without a step it is the last; one after it is refused.
#[test]
fn the_last_step_is_the_last() {
    let folder = Folder::new();
    let state = folder.run("state small.jsonl").fine();
    assert!(state.starts_with("after step 21, at "), "{state}");
    let refused = folder.run("state small.jsonl --at 22").refused();
    assert!(refused.contains("its steps are 0 to 21"), "{refused}");
}

#[test]
fn the_connections_as_a_table_sorted_by_any_column() {
    let folder = Folder::new();
    let table = folder.run("stats chat --by connection").fine();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("who   peer"), "{table}");
    assert_eq!(lines.len(), 4, "{table}");
    let rows: Value = serde_json::from_str(
        &folder
            .run("stats chat --by connection --sort read --json")
            .fine(),
    )
    .unwrap();
    let read: Vec<u64> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["read"].as_u64().unwrap())
        .collect();
    assert!(
        read.len() == 3 && read.is_sorted_by(|a, b| a >= b),
        "{read:?}"
    );
    let refused = folder.run("stats chat --by connection --sort x").refused();
    assert!(
        refused.contains("`x` is no column; there are who, peer"),
        "{refused}"
    );
    let whole = folder.read("small.jsonl");
    folder.write("cut.jsonl", &whole[..whole.len() - 5]);
    for command in ["stats cut.jsonl", "stats cut.jsonl --by connection"] {
        assert!(
            folder.run(command).stderr.contains("is cut off"),
            "{command}"
        );
    }
    let refused = folder.run("stats chat --sort read").refused();
    assert!(refused.contains("--by"), "{refused}");
}

/// What was freed long ago is asked for; a server's is most of what there ever was.
#[test]
fn what_was_freed_is_left_out() {
    let folder = Folder::new();
    let left = folder.run("state echo").fine();
    let all = folder.run("state echo --all").fine();
    assert!(!left.contains("freed at step"), "{left}");
    assert!(left.contains("(--all has them)"), "{left}");
    assert!(all.contains("freed at step"), "{all}");
    assert!(!all.contains("--all"), "{all}");
    let json =
        |command: &str| -> Value { serde_json::from_str(&folder.run(command).fine()).unwrap() };
    let bevs = |json: &Value| json["state"]["bevs"].as_object().unwrap().len();
    assert_eq!(bevs(&json("state echo --json")), 0);
    assert!(bevs(&json("state echo --json --all")) > 0);
}

/// What is asked for at a step needs nothing after it, so nothing after it is read: not even what is no trace.
#[test]
fn what_comes_after_the_step_is_not_read() {
    let folder = Folder::new();
    let whole = folder.read("small.jsonl");
    folder.write("broken.jsonl", format!("{whole}nonsense\n"));
    for command in [
        "state FILE --at 12",
        "why FILE 17",
        "print FILE --to 12",
        "print FILE --to 12 --level 3 --filter ev=event_base_new",
    ] {
        let on = |file: &str| folder.run(&command.replace("FILE", file));
        assert_eq!(
            on("broken.jsonl").fine(),
            on("small.jsonl").fine(),
            "{command}"
        );
    }
    // How long a call took, its end tells.
    let command = "print broken.jsonl --to 12 --filter dur>1ns";
    assert!(
        folder.run(command).refused().contains("broken.jsonl"),
        "{command}"
    );
}
