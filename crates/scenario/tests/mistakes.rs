//! Mistakes in scenarios: each is shown where it is, with what would be right.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use evscope_scenario::{
    AnnotateError, COMMON, DriverError, Instruction, NONE, Op, PLACE, RunError, Scenario,
};
use evscope_words::{Arg, Lang, Text};

/// A scenario with a line in `main`, after what it may need.
fn with(line: &str) -> String {
    format!(
        "main\n    peer = peer_new\n    conn = bufferevent_socket_new peer\n    {line}\n\ncallback got\n\ncallback told when EOF\n"
    )
}

/// Lines of `main` (after what [`with`] makes) with a mistake: where it is and what is said, and the help.
type Mistake = (&'static str, &'static str, Option<&'static str>);

/// The first line of the message (without the file) and the help.
fn mistake(text: &str) -> (String, Option<String>) {
    let error = Scenario::parse("a.scn", text).unwrap_err();
    let place = format!(
        "{}:{}+{}: {}",
        error.line, error.column, error.width, error.message
    );
    (place, error.help.map(|help| help.to_string()))
}

const IN_A_STATEMENT: &[Mistake] = &[
    (
        "bufferevent_enabel conn READ",
        "4:5+18: there is no statement `bufferevent_enabel`",
        Some("did you mean `bufferevent_enable`?"),
    ),
    (
        "bufferevent_enable con READ",
        "4:24+3: there is no bufferevent `con`",
        Some("did you mean `conn`?"),
    ),
    (
        "bufferevent_enable peer READ",
        "4:24+4: `peer` is a peer, a bufferevent was expected here",
        None,
    ),
    (
        "bufferevent_enable conn RAED",
        "4:29+4: `RAED` is none of the flags here",
        Some("did you mean `READ`?"),
    ),
    (
        "bufferevent_enable conn",
        "4:28+1: `bufferevent_enable` also needs sides (names joined by `|`)",
        Some("bufferevent_enable BEV SIDES"),
    ),
    (
        "bufferevent_enable conn READ now",
        "4:34+3: `bufferevent_enable` takes nothing more",
        Some("bufferevent_enable BEV SIDES"),
    ),
    (
        "bufferevent_setcb conn readcb=gto",
        "4:35+3: there is no callback `gto`",
        Some("did you mean `got`?"),
    ),
    (
        "bufferevent_setcb conn raedcb=got",
        "4:28+6: `bufferevent_setcb` has no `raedcb`",
        Some("did you mean `readcb`?"),
    ),
    (
        "bufferevent_setcb conn readcb=got readcb=got",
        "4:39+6: `readcb` is here twice",
        None,
    ),
    (
        "bufferevent_write conn hello",
        "4:28+5: a text in quotes was expected here",
        None,
    ),
    (
        "bufferevent_write conn \"hello",
        "4:28+6: this text has no end; it ends with `\"`",
        None,
    ),
    (
        "bufferevent_write conn \"\\q\"",
        "4:29+2: no such escape; there is \\n \\r \\t \\0 \\\\ \\\" and \\x41",
        None,
    ),
    (
        "bufferevent_set_timeouts conn 10 none",
        "4:35+2: a time (read) like `10ms`, a common timeout's name, or `none` was expected here",
        None,
    ),
    (
        "event_base_loopexit soon",
        "4:25+4: a time (after) like `10ms`, or `none` was expected here",
        None,
    ),
    (
        "evbuffer_drain conn.output place",
        "4:32+5: a number (len) was expected here",
        None,
    ),
    (
        "evbuffer_add_printf conn.output \"\\0\"",
        "4:37+4: this is no text: UTF-8 without `\\0` was expected here",
        None,
    ),
    (
        "bufferevent_socket_new peer",
        "4:5+22: `bufferevent_socket_new` makes a bufferevent, which needs a name",
        Some("NAME = bufferevent_socket_new …"),
    ),
    (
        "x = bufferevent_enable conn READ",
        "4:9+18: `bufferevent_enable` makes nothing that could have a name",
        None,
    ),
    (
        "peer = evbuffer_new",
        "4:5+4: `peer` cannot be an evbuffer: it is the name of a peer",
        Some("another name for one of the two"),
    ),
    (
        "self = evbuffer_new",
        "4:5+4: `self` has a meaning of its own",
        None,
    ),
    (
        "bufferevent_free self",
        "4:22+4: `self` has a meaning only in a callback",
        None,
    ),
    (
        "evbuffer_add conn.outptu \"x\"",
        "4:18+11: a bufferevent has no evbuffer `outptu`",
        Some("`conn.input` or `conn.output`"),
    ),
    (
        "event_config_set_flag NO_CACHE_TIME",
        "4:5+21: `event_config_set_flag` comes too late: the base is made already",
        Some("it stands at the beginning of `main`"),
    ),
    (
        "raise SIGUSR3",
        "4:11+7: `SIGUSR3` is no signal",
        Some("did you mean `SIGUSR1`?"),
    ),
    (
        "bufferevent_write conn \"\\xg\"",
        "4:29+2: after `\\x` come two hexadecimal digits",
        None,
    ),
    ("x =", "4:8+1: a statement is missing after `=`", None),
    ("\"x\"", "4:5+3: a statement was expected", None),
    (
        "nothing_like_it",
        "4:5+15: there is no statement `nothing_like_it`",
        Some("docs/scenarios.md lists them all"),
    ),
    (
        "x = bufferevent_pair_new",
        "4:9+20: `bufferevent_pair_new` makes a bufferevent and a bufferevent, which need names",
        Some("NAME, NAME = bufferevent_pair_new …"),
    ),
    (
        "2x = evbuffer_new",
        "4:5+2: `2x` cannot be a name",
        Some("a name is letters, digits and `_`"),
    ),
    (
        "bufferevent_setcb conn readcb=got \"x\"",
        "4:39+3: `name=value` was expected",
        None,
    ),
    (
        "bufferevent_setcb conn readcb=",
        "4:28+6: a value for `readcb` was expected: `readcb=…`",
        None,
    ),
    (
        "bufferevent_setcb conn nothing_like_it=got",
        "4:28+15: `bufferevent_setcb` has no `nothing_like_it`",
        Some("there is readcb, writecb, eventcb"),
    ),
    (
        "bufferevent_enable conn READ|",
        "4:33+1: a flag is missing after `|`",
        None,
    ),
    (
        "bufferevent_write conn \"x\" *",
        "4:32+1: how often the text is repeated was expected",
        None,
    ),
    (
        "event_add conn",
        "4:15+4: `conn` is a bufferevent, an event was expected here",
        None,
    ),
    (
        "evconnlistener_free listener",
        "4:25+8: there is no listener `listener`",
        Some("there is none"),
    ),
];

const IN_THE_PARTS: &[(&str, &str)] = &[
    ("", "1:1+1: there is no `main`"),
    ("event_base_dispatch\n", "1:1+19: this stands in no part"),
    ("main\nmain\n", "2:1+4: there is a `main` already"),
    ("main\ncallback\n", "2:9+1: the callback's name is missing"),
    (
        "main\ncallback got twice\n",
        "2:14+5: no such condition: `twice`",
    ),
    (
        "main\ncallback got call 0\n",
        "2:19+1: the number of a call was expected, from 1",
    ),
    ("main\nat noon\n", "2:4+4: this is not a time"),
    (
        "main\nat 1ms event_base_loopbreak\n",
        "2:8+20: `event_base_loopbreak` is something the program does; at a time only others do something",
    ),
    (
        "main\ncallback got\n    event_base_dispatch\n",
        "3:5+19: `event_base_dispatch` stands in `main` only: the loop does not run within itself",
    ),
    (
        "allow everything\nmain\n",
        "1:7+10: only the order can be allowed to differ",
    ),
    (
        "main\n    t = evtimer_new got\ncallback got\n    bufferevent_free self\n",
        "4:22+4: `self` is an event in `got`, a bufferevent was expected here",
    ),
    (
        "main\n    t = evtimer_new got\ncallback got when EOF\n",
        "3:19+3: `EOF` is none of the flags here",
    ),
    ("main\nat\n", "2:3+1: a time like `10ms` is missing"),
    ("main now\n", "1:6+3: nothing more was expected here"),
    (
        "main\ncallback \"x\"\n",
        "2:10+3: the callback's name was expected",
    ),
    (
        "main\ncallback 2x\n",
        "2:10+2: `2x` cannot be a callback's name",
    ),
    (
        "main\ncallback got call\n",
        "2:18+1: the number of the call is missing",
    ),
    (
        "main\ncallback got when\n",
        "2:18+1: what it is told, like `EOF` is missing",
    ),
    (
        "main\ncallback got when \"x\"\n",
        "2:19+3: what it is told was expected, like `EOF`",
    ),
    ("allow\nmain\n", "1:6+1: `order` is missing"),
    (
        "allow order\nmain\n",
        "1:12+1: the reason, in quotes, is missing",
    ),
    (
        "allow order why\nmain\n",
        "1:13+3: the reason was expected, in quotes",
    ),
    (
        "main\ncallback got\n    event_config_set_flag NO_CACHE_TIME\n",
        "3:5+21: `event_config_set_flag` stands at the beginning of `main` only",
    ),
    (
        "main\n    t = evtimer_new got\ncallback got\n    peer_close accepted\n",
        "4:16+8: `accepted` has a meaning only in a listener's callback; `got` is another one, too",
    ),
    (
        "main\n    buf = evbuffer_new\n    evbuffer_add_cb buf got\ncallback got\n    event_del self\n",
        "5:15+4: in `got` there is no `self`",
    ),
    (
        "main\n    buf = evbuffer_new\n    evbuffer_add_cb buf got\ncallback got when READ\n",
        "4:19+4: this callback is told nothing that could be asked for",
    ),
];

#[test]
fn what_is_wrong_in_a_statement_is_shown_where_it_is() {
    for (line, expected, help) in IN_A_STATEMENT {
        let (place, found) = mistake(&with(line));
        assert_eq!(
            (place.as_str(), found.as_deref()),
            (*expected, *help),
            "{line}"
        );
    }
}

#[test]
fn what_is_wrong_with_the_parts_is_shown_where_it_is() {
    for (text, expected) in IN_THE_PARTS {
        assert_eq!(mistake(text).0, *expected, "{text}");
    }
}

#[test]
fn names_stand_for_numbers_and_times() {
    let text = "main\n    buf = evbuffer_new\n    end = evbuffer_search buf \"x\"\n    evbuffer_drain buf end\n    \
                wait = event_base_init_common_timeout 5ms\n    tick = evtimer_new none\n    event_add tick wait\n    \
                evbuffer_add_cb buf none\n    cb = evbuffer_add_cb buf none\n";
    let scenario = Scenario::parse("a.scn", text).unwrap();
    let args: Vec<&[i64]> = scenario.main.iter().map(|i| i.args.as_slice()).collect();
    assert_eq!(args[2], [0, Instruction::OWN, PLACE - 1]);
    assert_eq!(args[5], [3, COMMON - 2]);
    assert_eq!(args[6], [NONE, 0, Instruction::OWN, NONE]);
    assert_eq!(args[7], [4, 0, Instruction::OWN, NONE]);
}

#[test]
fn a_statement_is_lowered_to_numbers() {
    let scenario = Scenario::parse("a.scn", &with("evbuffer_add conn.output \"ab\" * 3")).unwrap();
    let last = scenario.main.last().unwrap();
    assert_eq!(last.op, Op::BufAdd);
    assert_eq!(last.args, [1, Instruction::OUTPUT, 3]);
    assert_eq!(last.bytes(2), b"ababab");
    assert_eq!(last.line, 4);
    assert!(
        scenario
            .encode(0)
            .contains("evbuffer_add 4 3 1 2 3 x6162\n")
    );
}

/// A text's name and those of the texts in it.
fn ids(text: &Text, into: &mut BTreeSet<&'static str>) {
    into.insert(text.id());
    for (_, arg) in text.args() {
        if let Arg::Text(text) = arg {
            ids(text, into);
        }
    }
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Every statement with nothing, and with what is of a wrong sort, in each of its places.
fn every_sort_and_place() -> Vec<String> {
    let begin = "main\n    peer = peer_new\n    conn = bufferevent_socket_new peer\n    buf = evbuffer_new\n";
    let mut texts = Vec::new();
    for op in Op::ALL {
        let spec = op.spec();
        let name = spec.name;
        let mut made = vec!["made"; spec.makes.len()].join(", ");
        if !made.is_empty() {
            made.push_str(" = ");
        }
        texts.push(format!("{begin}    {name}\n    buf = {name}\n"));
        for places in [
            "",
            "-",
            "peer",
            "buf -",
            "conn -",
            "\"x\"",
            "peer \"x\"",
            "conn READ \"x\"",
        ] {
            texts.push(format!("{begin}    {made}{name} {places}\n"));
        }
        for param in spec.params {
            texts.push(format!("{begin}    {made}{name} {}=-\n", param.name));
        }
    }
    texts
}

#[test]
fn every_mistake_is_told_in_chinese_too() {
    let mut said = BTreeSet::new();
    let many = |line: &dyn Fn(usize) -> String| (0..100).map(line).collect::<String>();
    let mut texts: Vec<String> = IN_A_STATEMENT.iter().map(|(line, ..)| with(line)).collect();
    texts.extend(IN_THE_PARTS.iter().map(|(text, _)| (*text).to_owned()));
    texts.extend(every_sort_and_place());
    texts.push(format!("main\n{}", many(&|n| format!("callback c{n}\n"))));
    texts.push(format!(
        "main\n{}",
        many(&|n| format!("    b{n} = evbuffer_new\n"))
    ));
    for text in &texts {
        let Err(error) = Scenario::parse("a.scn", text) else {
            continue;
        };
        ids(&error.message, &mut said);
        let chinese = error.message.in_lang(Lang::ZH);
        // The word `order` is the same in every language.
        assert!(is_chinese(&chinese), "{text}: {chinese}");
        assert!(!is_chinese(&error.message.in_lang(Lang::EN)), "{text}");
        if let Some(help) = &error.help {
            ids(help, &mut said);
        }
    }
    let broken = || io::Error::other("broken");
    let what = Text::same("a file");
    for (error, expected) in [
        (
            DriverError::NoCompiler,
            "there is no C compiler (`cc`), and the driver for libevent is compiled when it is first used; on Debian: apt install gcc libc6-dev libevent-dev",
        ),
        (
            DriverError::NoHeaders,
            "libevent's headers are not installed, and the driver is compiled against them; on Debian: apt install libevent-dev",
        ),
        (
            DriverError::NoTls,
            "OpenSSL's headers are not installed, and the driver for TLS is compiled against them; on Debian: apt install libssl-dev",
        ),
        (
            DriverError::Compile("no".to_owned()),
            "the driver for libevent does not compile; `cc` says:\nno",
        ),
        (
            DriverError::Io {
                what,
                source: broken(),
            },
            "a file: broken",
        ),
    ] {
        assert_eq!(error.to_string(), expected);
        ids(&error.text(), &mut said);
    }
    for (error, expected) in [
        (
            RunError::Base("no".to_owned()),
            "the base cannot be made: no",
        ),
        (
            RunError::World {
                line: 3,
                source: broken(),
            },
            "line 3: broken",
        ),
        (RunError::Folder(broken()), "no temporary folder: broken"),
        (
            RunError::NoTls,
            "it has TLS bufferevents, and this evscope was built without TLS (its feature tls)",
        ),
    ] {
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(
        AnnotateError::Write(broken()).to_string(),
        "cannot write the trace: broken"
    );
    // What is said nowhere above: the driver ends otherwise than it should, and where a mistake is.
    // No statement asks for a common timeout or a place as for an object.
    let elsewhere = [
        "scenario_sort_common_timeout",
        "scenario_sort_place",
        "driver_",
        "scenario_wrong",
        "scenario_in_line",
        "scenario_no_base",
        "scenario_no_folder",
        "scenario_not_written",
        "scenario_without_tls",
    ];
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../words/lang/en/scenarios.ftl");
    let file = std::fs::read_to_string(file).unwrap();
    let left: Vec<&str> = file
        .lines()
        .filter_map(|line| line.split_once(" ="))
        .map(|(id, _)| id)
        .filter(|id| !id.contains([' ', '#']) && !said.contains(id))
        .filter(|id| !elsewhere.iter().any(|elsewhere| id.starts_with(elsewhere)))
        .collect();
    assert!(left.is_empty(), "no mistake above says these: {left:#?}");
}
