//! Mistakes in scenarios: each is shown where it is, with what would be right.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use evscope_scenario::{COMMON, Instruction, NONE, Op, PLACE, Scenario};

/// A scenario with a line in `main`, after what it may need.
fn with(line: &str) -> String {
    format!(
        "main\n    peer = peer_new\n    conn = bufferevent_socket_new peer\n    {line}\n\ncallback got\n\ncallback told when EOF\n"
    )
}

/// The first line of the message (without the file) and the help.
fn mistake(text: &str) -> (String, Option<String>) {
    let error = Scenario::parse("a.scn", text).unwrap_err();
    let place = format!(
        "{}:{}+{}: {}",
        error.line, error.column, error.width, error.message
    );
    (place, error.help)
}

#[test]
fn what_is_wrong_in_a_statement_is_shown_where_it_is() {
    for (line, expected, help) in [
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
    ] {
        let (place, found) = mistake(&with(line));
        assert_eq!(
            (place.as_str(), found.as_deref()),
            (expected, help),
            "{line}"
        );
    }
}

#[test]
fn what_is_wrong_with_the_parts_is_shown_where_it_is() {
    for (text, expected) in [
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
    ] {
        assert_eq!(mistake(text).0, expected, "{text}");
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
