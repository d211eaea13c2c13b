//! What is said when something is wrong: what, where, and what to do. Status 2, and nothing on stdout.

use crate::support::{Folder, SMALL, run};

#[test]
fn a_file_that_is_not_there_is_named_with_what_may_have_been_meant() {
    let folder = Folder::new();
    assert_eq!(
        folder.run("print smal.jsonl").refused(),
        "evscope: smal.jsonl: no such file; is it small.jsonl?\n"
    );
    assert_eq!(
        folder.run("state small").refused(),
        "evscope: small: no such file; is it small.jsonl?\n"
    );
    let nothing = folder.run("stats a/b/c.jsonl").refused();
    assert!(
        nothing.starts_with("evscope: a/b/c.jsonl: no such file; built-in traces: "),
        "{nothing}"
    );
}

#[test]
fn a_folder_is_no_trace() {
    let folder = Folder::new();
    assert_eq!(
        folder.run("print .").refused(),
        "evscope: .: Is a directory (os error 21)\n"
    );
}

#[test]
fn a_file_that_is_no_trace_is_named_with_line_and_reason() {
    let folder = Folder::new();
    folder.write("empty.jsonl", "");
    folder.write("text.jsonl", "hello\n");
    folder.write("new.jsonl", "{\"evscope\":9}\n");
    folder.write("broken.jsonl", SMALL.replacen("\"t\":2000,", "", 1));
    for (file, message) in [
        (
            "empty.jsonl",
            "evscope: empty.jsonl: empty; a trace begins with a header line like {\"evscope\":1,…}\n",
        ),
        (
            "text.jsonl",
            "evscope: text.jsonl:1: not an evscope trace: the first line is not JSON\n",
        ),
        (
            "new.jsonl",
            "evscope: new.jsonl:1: format version 9, this evscope reads up to version 1; use a newer evscope\n",
        ),
        (
            "broken.jsonl",
            "evscope: broken.jsonl:4: field `t` is missing\n",
        ),
    ] {
        for command in ["print", "play", "state", "stats", "export --to json"] {
            assert_eq!(folder.run(&format!("{command} {file}")).refused(), message);
        }
        assert_eq!(folder.run(&format!("why {file} 20")).refused(), message);
    }
}

/// Whatever takes a file: the memory that a refused one takes is bounded (`ulimit -v`, in KiB).
#[test]
fn a_file_without_an_end_is_refused() {
    let folder = Folder::new();
    let not_a_trace = "/dev/zero:1: not an evscope trace: the first line is not JSON";
    for (args, message) in [
        ("print /dev/zero", not_a_trace),
        ("stats /dev/zero", not_a_trace),
        ("play /dev/zero", not_a_trace),
        ("diff small.jsonl /dev/zero", not_a_trace),
        (
            "--config /dev/zero learn",
            "/dev/zero: the configuration: longer than 16 MiB",
        ),
        ("run /dev/zero", "/dev/zero: longer than 16 MiB"),
        ("learn /dev/zero", "/dev/zero: longer than 16 MiB"),
    ] {
        let mut command = std::process::Command::new("sh");
        command
            .args([
                "-c",
                "ulimit -v 1000000; exec \"$0\" \"$@\"",
                env!("CARGO_BIN_EXE_evscope"),
            ])
            .args(args.split_whitespace())
            .current_dir(folder.path());
        assert_eq!(
            run(&mut command).refused(),
            format!("evscope: {message}\n"),
            "{args}"
        );
    }
}

#[test]
fn names_of_any_length_are_shown() {
    let folder = Folder::new();
    for long in [65_535, 65_536, 1_000_000] {
        let name = "x".repeat(long);
        folder.write("long.jsonl", SMALL.replace("conn_writecb", &name));
        for command in [
            "print",
            "stats",
            "state",
            "export --to csv",
            "export --to svg",
            "diff small.jsonl",
        ] {
            let ran = folder.run(&format!("{command} long.jsonl"));
            assert!(
                matches!(ran.code, Some(0 | 1)),
                "{command} {long}: {}",
                ran.stderr
            );
            assert!(
                ran.stdout.contains(&name[..200]) || matches!(command, "state" | "export --to svg"),
                "{command} {long}"
            );
            // One long name makes no other line long.
            assert!(
                ran.stdout.len() < 60 * long,
                "{command} {long}: {}",
                ran.stdout.len()
            );
        }
        folder.run("why long.jsonl 17").fine();
    }
}

/// A hundred thousand objects in each other end neither the stack nor the patience.
#[test]
fn what_is_nested_too_deep_is_refused() {
    let folder = Folder::new();
    let deep = "{\"text\":".repeat(100_000) + "1" + &"}".repeat(100_000);
    folder.write(
        "deep.jsonl",
        SMALL.replacen("\"t\":2000,", &format!("\"t\":2000,\"x\":{deep},"), 1),
    );
    for command in ["print", "stats", "play"] {
        assert_eq!(
            folder.run(&format!("{command} deep.jsonl")).refused(),
            "evscope: deep.jsonl:4: it is nested deeper than 127 levels\n"
        );
    }
}

#[test]
fn the_standard_input_is_named_too() {
    let folder = Folder::new();
    assert_eq!(
        folder.run_with("print -", b"hello\n").refused(),
        "evscope: standard input:1: not an evscope trace: the first line is not JSON\n"
    );
}

#[test]
fn a_step_that_is_not_there_is_answered_with_the_range() {
    let folder = Folder::new();
    for args in [
        "state small.jsonl --at 99",
        "why small.jsonl 99",
        "print small.jsonl --from 99",
        "print small.jsonl --to 99",
        "play small.jsonl --at 99",
    ] {
        assert_eq!(
            folder.run(args).refused(),
            "evscope: small.jsonl: no step 99; its steps are 0 to 21\n"
        );
    }
    assert_eq!(
        folder.run("print small.jsonl --from 9 --to 3").refused(),
        "evscope: there are no steps from 9 to 3: the first is after the last\n"
    );
}

#[test]
fn a_trace_without_steps_says_so() {
    let folder = Folder::new();
    folder.write("none.jsonl", SMALL.lines().next().unwrap());
    assert_eq!(folder.run("print none.jsonl").fine(), "");
    folder.run("stats none.jsonl").fine();
    assert_eq!(
        folder.run("state none.jsonl").refused(),
        "evscope: none.jsonl: the trace has no steps\n"
    );
    assert_eq!(
        folder.run("why none.jsonl 0").refused(),
        "evscope: none.jsonl: no step 0; the trace has no steps\n"
    );
}

#[test]
fn wrong_arguments_are_explained() {
    let folder = Folder::new();
    for (args, said) in [
        ("printt small.jsonl", "a similar subcommand exists: 'print'"),
        ("print", "<FILE>"),
        (
            "print small.jsonl --level 4",
            "a level is 1 (program), 2 (walkthrough) or 3 (everything)",
        ),
        (
            "print small.jsonl --from x",
            "invalid value 'x' for '--from <STEP>'",
        ),
        (
            "print small.jsonl --color red",
            "[possible values: auto, always, never]",
        ),
        ("export small.jsonl", "--to <FORMAT>"),
        (
            "export small.jsonl --to pdf",
            "[possible values: json, jsonl, chrome, mermaid, dot, svg, html, csv, cast]",
        ),
        (
            "export small.jsonl --to svg --steps 5",
            "steps are a range: 53-78, 53- or -78",
        ),
        ("why small.jsonl", "<STEP>"),
        (
            "play small.jsonl --lang fr",
            "no language `fr`; there are `en` and `zh`",
        ),
        ("play - --follow", "-: --follow needs a file that grows"),
        (
            "completions tcsh",
            "[possible values: bash, elvish, fish, powershell, zsh]",
        ),
    ] {
        let message = folder.run(args).refused();
        assert!(message.starts_with("evscope: "), "{args}: {message}");
        assert!(message.contains(said), "{args}: {message}");
    }
}

#[test]
fn a_wrong_query_says_where() {
    let folder = Folder::new();
    let message =
        run(&mut folder.command(["print", "small.jsonl", "--filter", "ev=writecb &&& bev=1"]))
            .refused();
    assert!(message.starts_with("evscope: --filter: "), "{message}");
    assert!(
        message.contains("13") || message.contains("14"),
        "the column: {message}"
    );
}

#[test]
fn a_trace_that_is_cut_off_is_shown_up_to_there_and_that_is_said() {
    let folder = Folder::new();
    folder.write("cut.jsonl", &SMALL[..SMALL.len() - 30]);
    let ran = folder.run("print cut.jsonl");
    assert_eq!(ran.code, Some(0));
    assert_eq!(ran.stdout, folder.run("print small.jsonl --to 20").fine());
    assert_eq!(
        ran.stderr,
        "evscope: cut.jsonl:26: the trace is cut off in this line (74 bytes of it are there); \
         what is before it is shown\n"
    );
}
