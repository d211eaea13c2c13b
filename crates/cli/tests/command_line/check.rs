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

/// The trace of a process that was forked off: its parent's steps are known, and what is found in them is the parent's.
#[test]
fn a_trace_that_goes_on_with_another_is_checked_after_that() {
    let folder = folder();
    let mut header: Value = serde_json::from_str(DISABLED.lines().next().unwrap()).unwrap();
    let pid = header["pid"].as_u64().unwrap();
    let all = DISABLED
        .lines()
        .filter(|line| line.starts_with("{\"seq\":"));
    for (records, code) in [(20, 1), (40, 0)] {
        header["pid"] = (pid + 1).into();
        header["continues"] = serde_json::json!({
            "trace": "stalls.jsonl", "pid": pid, "records": records
        });
        let mut child = format!("{header}\n");
        for (seq, line) in all.clone().skip(records).enumerate() {
            let mut record: Value = serde_json::from_str(line).unwrap();
            record["seq"] = seq.into();
            child += &format!("{record}\n");
        }
        folder.write("child.jsonl", child);
        let ran = folder.run("check child.jsonl");
        assert_eq!(ran.code, Some(code), "{} {}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("in 70 steps"), "{}", ran.stdout);
    }
    let alone = Folder::new();
    alone.write(
        "child.jsonl",
        std::fs::read(folder.path().join("child.jsonl")).unwrap(),
    );
    let ran = alone.run("check child.jsonl");
    assert!(
        ran.stderr
            .contains("put that recording's stalls.jsonl beside it"),
        "{}",
        ran.stderr
    );
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

/// Two rules, of which one is broken by the server that never answers.
const OWN: &str = r#"
[[rule]]
name = "answers"
words = "every client is answered, at once"
after = "ev=listener_cb"
must = "ev=bufferevent_write"

[[rule]]
name = "no-fds"
severity = "warning"
must_not = "ev=accept errno=EMFILE"
"#;

#[test]
fn rules_of_ones_own_make_a_table() {
    let folder = folder();
    folder.write("own.toml", OWN);
    let ran = folder.run("check stalls.jsonl --rules own.toml");
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (
            Some(1),
            "stalls.jsonl  answers  error at step 23: every client is answered, at once\n\
             stalls.jsonl  no-fds   ok\n"
        )
    );
    let ran = folder.run("check stalls.jsonl --rules own.toml --csv");
    assert_eq!(
        ran.stdout,
        "trace,rule,severity,result,step,times,text\n\
         stalls.jsonl,answers,error,broken,23,1,\"every client is answered, at once\"\n\
         stalls.jsonl,no-fds,warning,ok,,0,\n"
    );
    let ran = folder.run("check stalls.jsonl --rules own.toml --json");
    let rows: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows[0]["broken"][0]["step"], 23);
    assert_eq!(rows[1]["ok"], true);
    folder.write(
        "wrong.toml",
        "[[rule]]\nname = \"a\"\nmust = \"ev=wrtecb\"\n",
    );
    let refused = folder
        .run("check stalls.jsonl --rules wrong.toml")
        .refused();
    assert!(
        refused.contains("wrong.toml:3:12: no event is called"),
        "{refused}"
    );
}

#[test]
fn why_something_did_not_happen_is_the_first_closed_gate() {
    let folder = folder();
    let ran = folder
        .command(["why", "stalls.jsonl", "--not", "readcb bev=1", "--at", "34"])
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines[..3],
        [
            "READ is not enabled on bev1.",
            "Opened by: bufferevent_enable(bev, EV_READ).",
            ""
        ]
    );
    assert!(
        said.contains("24  ✗ READ is not enabled on bev1."),
        "{said}"
    );
    let ran = folder
        .command([
            "why",
            "stalls.jsonl",
            "--not",
            "accept",
            "--at",
            "34",
            "--json",
        ])
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(answer["answer"], "connection");
    let refused = folder.run("why stalls.jsonl --not everything").refused();
    assert!(refused.contains("not understood"), "{refused}");
    let said = folder.run("why stalls.jsonl 34").fine();
    assert!(said.contains("It does not wait for bev1"), "{said}");
}
