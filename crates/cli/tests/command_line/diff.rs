//! `evscope diff`.

use serde_json::Value;

use crate::support::{Folder, Ran, SMALL};

/// A folder with the small trace and one that was made from it: another run, with a difference or without.
fn with(make: impl Fn(&str) -> String) -> Folder {
    let folder = Folder::new();
    folder.write("other.jsonl", make(SMALL));
    folder
}

/// As another run would have recorded it.
fn again(trace: &str) -> String {
    trace
        .replace("\"fd\":8", "\"fd\":11")
        .replace("\"bev\":1", "\"bev\":4")
        .replace("\"pid\":7", "\"pid\":8")
        .replace("\"t\":5", "\"t\":6")
}

/// What is found: status 1, and nothing but the report.
#[track_caller]
fn found(ran: Ran) -> String {
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    ran.stdout
}

#[test]
fn two_runs_of_one_program_are_the_same() {
    let folder = with(again);
    assert_eq!(
        folder.run("diff small.jsonl other.jsonl").fine(),
        "same (14 steps at level 2)\n"
    );
    assert_eq!(
        folder.run("diff small.jsonl other.jsonl --level 1").fine(),
        "same (6 steps at level 1)\n"
    );
    let builtin = folder.run("diff hello-world hello-world --level 3").fine();
    assert!(builtin.starts_with("same ("), "{builtin}");
    let piped = folder.run_with("diff - small.jsonl", again(SMALL).as_bytes());
    assert_eq!(piped.fine(), "same (14 steps at level 2)\n");
}

#[test]
fn the_first_difference_with_what_is_around_it_and_the_state() {
    let folder = with(|trace| {
        again(trace)
            .replace(
                "\"what\":\"WRITE\",\"why\":\"io\"",
                "\"what\":\"READ|WRITE\",\"why\":\"io\"",
            )
            .lines()
            .filter(|line| !line.contains("watermark"))
            .map(|line| format!("{line}\n"))
            .collect::<String>()
            .replace("\"seq\":17", "\"seq\":16")
            .replace("\"seq\":18", "\"seq\":17")
            .replace("\"seq\":19", "\"seq\":18")
            .replace("\"seq\":20", "\"seq\":19")
            .replace("\"seq\":21", "\"seq\":20")
    });
    insta::assert_snapshot!("diff", found(folder.run("diff small.jsonl other.jsonl")));
    let coloured = found(folder.run("diff small.jsonl other.jsonl --color always"));
    assert!(coloured.contains("\x1b["), "{coloured}");
}

#[test]
fn all_differences_as_json() {
    let folder = with(|trace| trace.replace("\"len\":14", "\"len\":15"));
    let json = |args: &str| -> Value {
        serde_json::from_str(&found(
            folder.run(&format!("diff small.jsonl {args} --json")),
        ))
        .unwrap()
    };
    let report = json("other.jsonl --level 3");
    assert_eq!(report["same"], false);
    assert_eq!(report["level"], 3);
    assert_eq!(report["a"]["trace"], "small.jsonl");
    assert_eq!(report["b"]["library"], "evscope-reactor 0.1.0");
    let rows = &report["differences"][0];
    assert_eq!(rows[0]["a"]["step"], 5);
    assert_eq!(rows[0]["b"]["summary"], "bufferevent_write bev1 15 bytes");
    assert_eq!(
        rows[0]["fields"],
        serde_json::json!([{"field": "len", "a": "14", "b": "15"}])
    );
    let state = report["state"].as_array().unwrap();
    assert!(
        state
            .iter()
            .any(|row| row["a"]["path"] == "bev1.options" && row["same"] == true),
        "{state:?}"
    );
    let same = folder.run("diff small.jsonl small.jsonl --json").fine();
    let same: Value = serde_json::from_str(&same).unwrap();
    assert_eq!(same["same"], true);
    assert_eq!(same["differences"], serde_json::json!([]));
}

#[test]
fn what_is_compared_can_be_chosen() {
    let folder = with(|trace| trace.replace("\"len\":14", "\"len\":15"));
    for args in [
        "--ignore len",
        "--ignore callback,len",
        "--ignore callback --ignore lengths",
        "--filter ev!=bufferevent_write",
    ] {
        let ran = folder.run(&format!("diff small.jsonl other.jsonl {args}"));
        assert!(ran.fine().starts_with("same ("), "{args}");
    }
    found(folder.run("diff small.jsonl other.jsonl --ignore callback"));
    found(folder.run("diff small.jsonl other.jsonl --filter ev=bufferevent_write"));
}

#[test]
fn what_cannot_be_compared_is_said() {
    let folder = Folder::new();
    for (args, message) in [
        (
            "- -",
            "only one of the two traces can be read from the standard input",
        ),
        (
            "small.jsonl smal.jsonl",
            "smal.jsonl: no such file; is it small.jsonl?",
        ),
        (
            "small.jsonl small.jsonl --ignore calback",
            "--ignore: `calback` is no field that is compared; is it `callback`?",
        ),
        (
            "small.jsonl small.jsonl --filter ev=timeout_cb_that_is_not_there",
            "--filter: ",
        ),
        (
            "small.jsonl small.jsonl --filter bev=77",
            "--filter: no step at level 2 of either trace matches bev=77",
        ),
    ] {
        let said = folder.run(&format!("diff {args}")).refused();
        assert!(said.starts_with(&format!("evscope: {message}")), "{said}");
    }
}

#[test]
fn lost_records_are_mentioned() {
    let folder = with(|trace| {
        trace.to_owned()
            + "{\"seq\":22,\"t\":7000,\"thread\":1,\"depth\":0,\"ph\":\"point\",\"ev\":\"lost\",\"count\":3}\n"
    });
    let ran = folder.run("diff small.jsonl other.jsonl");
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.stderr,
        "evscope: other.jsonl: 3 records were lost while it was recorded; they are missing in the comparison\n"
    );
}

/// Two timers that are made active, in one order or the other.
fn two_active(allow: &str, first: &str, second: &str) -> String {
    format!(
        "{allow}\nmain\n    a = evtimer_new one\n    b = evtimer_new other\n    event_active {first} TIMEOUT\n    \
         event_active {second} TIMEOUT\n    event_base_dispatch\n\ncallback one\n\ncallback other\n"
    )
}

#[test]
fn a_scenario_says_whether_the_order_matters() {
    let folder = Folder::new();
    for (allow, code) in [("", 1), ("allow order \"nobody says which is first\"", 0)] {
        for (name, first, second) in [("ab", "a", "b"), ("ba", "b", "a")] {
            folder.write(&format!("{name}.scn"), two_active(allow, first, second));
            let run = folder.run(&format!("run {name}.scn -o {name}.jsonl"));
            assert_eq!(run.code, Some(0), "{}", run.stderr);
        }
        let ran = folder.run("diff ab.jsonl ba.jsonl --level 3");
        assert_eq!(ran.code, Some(code), "{}", ran.stdout);
        assert_eq!(
            ran.stderr
                .contains("as ab.jsonl allows: nobody says which is first\n"),
            code == 0,
            "{}",
            ran.stderr
        );
    }
}
