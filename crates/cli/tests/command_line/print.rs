//! `evscope print`, and `evscope play` where there is no screen.

use crate::support::{Folder, run};

/// The numbers of the steps in some output.
fn steps(output: &str) -> Vec<usize> {
    let number = |line: &str| line.split_whitespace().next().unwrap().parse().unwrap();
    output.lines().map(number).collect()
}

#[test]
fn each_level_shows_more() {
    let folder = Folder::new();
    insta::assert_snapshot!("level_1", folder.run("print small.jsonl --level 1").fine());
    insta::assert_snapshot!("level_2", folder.run("print small.jsonl --level 2").fine());
    insta::assert_snapshot!("level_3", folder.run("print small.jsonl --level 3").fine());
}

/// The lines without what differs from one recording to the next: times and ports.
fn without_times(output: &str) -> String {
    output
        .lines()
        .map(|line| {
            let (number, rest) = line.trim_start().split_once("  ").unwrap();
            let (_time, rest) = rest.split_once("  ").unwrap();
            let mut parts = rest.split("127.0.0.1:");
            let mut text = format!("{number:>3}  {}", parts.next().unwrap());
            for part in parts {
                text.push_str("127.0.0.1:PORT");
                text.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
            }
            text + "\n"
        })
        .collect()
}

/// The walkthrough's trace, as a reader of the documentation gets it.
#[test]
fn the_hello_world_trace_at_each_level() {
    let folder = Folder::new();
    for level in 1..=3 {
        let printed = folder
            .run(&format!("print hello-world --level {level}"))
            .fine();
        insta::assert_snapshot!(format!("hello_world_{level}"), without_times(&printed));
    }
}

#[test]
fn the_walkthrough_level_is_the_default() {
    let folder = Folder::new();
    assert_eq!(
        folder.run("print small.jsonl").fine(),
        folder.run("print small.jsonl --level 2").fine()
    );
}

#[test]
fn a_range_has_both_its_ends() {
    let folder = Folder::new();
    let range = |args: &str| steps(&folder.run(&format!("print small.jsonl {args}")).fine());
    assert_eq!(range("--from 12 --to 16"), [12, 13, 14, 16]);
    assert_eq!(range("--from 16"), [16, 17, 20]);
    assert_eq!(range("--to 2"), [0, 1, 2]);
    assert_eq!(range("--from 7 --to 7"), [0; 0], "an exit is not shown");
}

#[test]
fn a_filter_keeps_what_matches() {
    let folder = Folder::new();
    let filtered = |query: &str| {
        steps(
            &run(&mut folder.command(["print", "small.jsonl", "--level", "3", "--filter", query]))
                .fine(),
        )
    };
    assert_eq!(filtered("ev=event_assign"), [2, 3]);
    assert_eq!(filtered("ev=writecb"), [17]);
    assert_eq!(filtered("ev~\"event_a*\" && event=2"), [3, 12]);
    assert_eq!(filtered("bev1.output.len > 0"), [6, 9, 10, 11, 12, 13]);
}

#[test]
fn a_filter_that_leaves_nothing_says_why() {
    let folder = Folder::new();
    let said = |args: &str| {
        let ran = folder.run(&format!("print {args}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{args}");
        ran.stderr
    };
    assert_eq!(
        said("hello-world --filter ev=backend_add"),
        "evscope: no step at level 2 matches; 3 do at level 3: --level 3 shows them\n"
    );
    assert_eq!(
        said("small.jsonl --level 1 --filter ev=watermark"),
        "evscope: no step at level 1 matches; 1 does at level 2: --level 2 shows it\n"
    );
    assert_eq!(
        said("small.jsonl --filter ev=event_free"),
        "evscope: no step matches\n"
    );
    assert_eq!(
        said("small.jsonl --from 7 --to 7"),
        "",
        "nothing was searched for"
    );
}

#[test]
fn colour_goes_where_it_is_asked_for() {
    let folder = Folder::new();
    let plain = folder.run("print small.jsonl --color auto").fine();
    assert!(!plain.contains('\x1b'), "a pipe gets plain text");
    assert_eq!(folder.run("print small.jsonl --color never").fine(), plain);
    let coloured = folder.run("print small.jsonl --color always").fine();
    let mut text = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\x1b[") {
        text.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    text.push_str(rest);
    assert_eq!(text, plain, "colour adds nothing but colour");
}

#[test]
fn play_prints_where_it_cannot_draw() {
    let folder = Folder::new();
    let printed = folder.run("print small.jsonl").fine();
    assert_eq!(folder.run("play small.jsonl").fine(), printed);
    let dumb = run(folder.command(["play", "small.jsonl"]).env("TERM", "dumb")).fine();
    assert_eq!(dumb, printed);
    assert_eq!(
        folder.run("play small.jsonl --at 16 --level 1").fine(),
        folder.run("print small.jsonl --from 16 --level 1").fine()
    );
}

#[test]
fn a_growing_trace_is_printed_as_it_grows() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let folder = Folder::new();
    let lines: Vec<&str> = crate::support::SMALL.lines().collect();
    let path = folder.write("growing.jsonl", format!("{}\n", lines[..3].join("\n")));
    let mut child = folder
        .command(["play", "growing.jsonl", "--follow"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(output.next().unwrap().unwrap().contains("event_base_new"));
    let mut file = std::fs::File::options().append(true).open(path).unwrap();
    let (start, end) = lines[3].split_at(40);
    file.write_all(start.as_bytes()).unwrap();
    writeln!(file, "{end}").unwrap();
    assert!(
        output
            .next()
            .unwrap()
            .unwrap()
            .contains("bufferevent_socket_new")
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

/// That the trace it goes on with ends early is known only when that was read.
#[test]
fn what_is_missing_before_a_trace_that_is_followed_is_said_when_it_is_known() {
    use std::io::{BufRead as _, BufReader};
    const STEPS: usize = 12_000;
    let folder = Folder::new();
    let header = |pid: u32| {
        let mut header = evscope_trace::Header::new("p", "libevent", "epoll");
        "2026-01-02T03:04:05.678Z".clone_into(&mut header.started);
        header.pid = pid;
        header
    };
    let mut parent = serde_json::to_string(&header(1)).unwrap();
    for seq in 0..STEPS {
        parent += &format!(
            "\n{{\"seq\":{seq},\"t\":{seq},\"thread\":1,\"depth\":0,\"ph\":\"point\",\"ev\":\"event_free\",\"event\":1}}"
        );
    }
    folder.write("parent.jsonl", parent + "\n");
    let mut child = header(2);
    child.continues = Some(evscope_trace::Continues::new(
        "parent.jsonl",
        1,
        STEPS as u64 + 5,
    ));
    folder.write("child.jsonl", serde_json::to_string(&child).unwrap() + "\n");
    for command in [
        &["play", "child.jsonl", "--follow"][..],
        &["check", "child.jsonl", "--follow"],
    ] {
        let mut child = folder
            .command(command)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            errors
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let said = lines.recv_timeout(std::time::Duration::from_secs(60));
        child.kill().unwrap();
        child.wait().unwrap();
        let said = said.unwrap();
        assert!(
            said.contains("parent.jsonl: ends after 12000 steps, 12005 come"),
            "{said}"
        );
    }
}

#[test]
fn a_script_can_ask_whether_a_filter_leaves_anything() {
    let folder = Folder::new();
    let code = |args: &str| folder.run(args).code;
    let found = "print small.jsonl --level 3 --filter ev=poll";
    let none = "print small.jsonl --level 3 --filter ev=lost";
    assert_eq!(code(&format!("{found} --exit-code")), Some(0));
    assert_eq!(code(&format!("{none} --exit-code")), Some(1));
    assert_eq!(code(none), Some(0));
}
