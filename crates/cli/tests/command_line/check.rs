//! `evscope check`: what is found, how it is said, and with which status it ends.

use serde_json::Value;

use crate::support::Folder;

/// A server whose read callback is never called, as it is recorded in the repository.
const DISABLED: &str = include_str!("../../../../traces/disabled-read.jsonl");

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("stalls.jsonl", DISABLED);
    folder
}

#[test]
fn a_finding_says_what_where_and_what_to_do() {
    let ran = folder().run("check stalls.jsonl");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let said: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        said,
        [
            "error: bev1 has the read callback answer_readcb and reading was never enabled. [read-never-enabled]",
            "  stalls.jsonl: step 30, examples/disabled-read.rs:42 in listener_cb",
            "  Call bufferevent_enable(bev, EV_READ) after setting the callbacks: a new bufferevent only writes.",
            "  evscope play stalls.jsonl --at 30",
            "",
            "stalls.jsonl: 1 error in 70 steps",
        ]
    );
}

#[test]
fn nothing_found_is_said_and_is_status_0() {
    let said = folder().run("check small.jsonl --deny note").fine();
    assert!(said.starts_with("small.jsonl: nothing found in "), "{said}");
}

#[test]
fn a_finding_is_told_in_chinese() {
    let ran = folder().run("check stalls.jsonl --lang zh");
    assert!(ran.stdout.contains("却从未启用读"), "{}", ran.stdout);
}

#[test]
fn rules_are_chosen_and_allowed() {
    let folder = folder();
    for args in [
        "check stalls.jsonl --rule unsent",
        "check stalls.jsonl --allow read-never-enabled",
        "check stalls.jsonl --rule read-never-enabled --allow read-never-enabled",
    ] {
        let said = folder.run(args).fine();
        assert!(said.contains("nothing found"), "{args}: {said}");
    }
    let refused = folder.run("check stalls.jsonl --rule unsend").refused();
    assert!(refused.contains("did you mean `unsent`?"), "{refused}");
    let listed = folder.run("check --list").fine();
    assert!(
        listed.lines().count() >= 25 && listed.contains("stall-high"),
        "{listed}"
    );
}

#[test]
fn a_folder_stands_for_its_traces_and_a_pipe_for_one() {
    let folder = folder();
    let ran = folder.run("check .");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.contains("small.jsonl: nothing found"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("./stalls.jsonl: 1 error"),
        "{}",
        ran.stdout
    );
    let ran = folder.run_with("check - --json", DISABLED.as_bytes());
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let finding: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(finding["trace"], "standard input");
    assert_eq!(finding["command"], Value::Null);
    std::fs::create_dir(folder.path().join("no-traces")).unwrap();
    let refused = folder.run("check no-traces").refused();
    assert!(refused.contains("no trace in this folder"), "{refused}");
}

#[test]
fn json_has_the_message_and_its_arguments() {
    let ran = folder().run("check stalls.jsonl --json");
    let finding: Value = serde_json::from_str(&ran.stdout).unwrap();
    for (field, value) in [
        ("trace", "stalls.jsonl"),
        ("rule", "read-never-enabled"),
        ("severity", "error"),
        ("object", "bev1"),
        ("message", "check_read_never_enabled"),
        ("command", "evscope play stalls.jsonl --at 30"),
    ] {
        assert_eq!(finding[field], value);
    }
    assert_eq!(finding["step"], 30);
    assert_eq!(finding["args"]["callback"], "answer_readcb");
    assert_eq!(finding["place"]["line"], 42);
}

#[test]
fn sarif_names_the_rule_and_the_line() {
    let ran = folder().run("check stalls.jsonl small.jsonl --sarif");
    assert_eq!(ran.code, Some(1));
    let sarif: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    let result = &results[0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(rules[index]["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(
        place["artifactLocation"]["uri"],
        "examples/disabled-read.rs"
    );
    assert_eq!(place["region"]["startLine"], 42);
}

#[test]
fn what_comes_before_a_broken_line_is_told_and_the_status_is_2() {
    let folder = folder();
    let lines: Vec<&str> = DISABLED.lines().collect();
    folder.write("broken.jsonl", format!("{}\nnot json\n", lines.join("\n")));
    let ran = folder.run("check broken.jsonl");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("not JSON"), "{}", ran.stderr);
    // One that is only cut off is checked as far as it goes.
    let cut = &DISABLED[..DISABLED.len() - 20];
    folder.write("cut.jsonl", cut);
    let ran = folder.run("check cut.jsonl");
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("is cut off"), "{}", ran.stderr);
}
