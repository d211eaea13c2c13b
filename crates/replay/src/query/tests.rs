use std::fmt::Write as _;
use std::path::Path;

use evscope_trace::Level;

use super::*;
use crate::printed::Printed;
use crate::{Lang, Value};

fn recorded(name: &str) -> Replay {
    let file = format!("{}/../../traces/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    Replay::new(Trace::open(Path::new(&file)).unwrap())
}

/// What stands in the blocks of docs/query.md that are marked `kind`, line by line.
fn documented(kind: &str) -> Vec<String> {
    let text = include_str!("../../../../docs/query.md");
    let mut lines = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(mark) => inside = mark == kind,
            None if inside => lines.push(line.to_owned()),
            None => {}
        }
    }
    lines
}

/// The names of the events a query finds, at the level of everything.
fn found(replay: &Replay, query: &str) -> Vec<String> {
    let query = Query::parse(query).unwrap();
    query
        .hits(replay, 0..replay.trace().len(), Level::Everything)
        .map(|step| replay.trace().record(step).event.name().to_owned())
        .collect()
}

fn error(query: &str) -> String {
    Query::parse(query).unwrap_err().to_string()
}

#[test]
fn every_query_of_the_documentation_is_one() {
    let queries = documented("query");
    assert!(queries.len() > 20);
    for query in queries {
        if let Err(error) = Query::parse(&query) {
            panic!("{query}: {error}");
        }
    }
    for watch in documented("watch") {
        assert!(Watch::parse(&watch).is_ok(), "{watch}");
    }
}

#[test]
fn every_mistake_of_the_documentation_is_told_as_it_says() {
    let mistakes: Vec<String> = documented("text");
    assert!(mistakes.len() > 5);
    for line in mistakes {
        let (query, expected) = line.split_once("  ").unwrap();
        assert_eq!(error(query), expected.trim());
    }
}

/// Every message has a Chinese one, which says the same of the same names.
#[test]
fn mistakes_are_told_in_chinese_too() {
    let names = |text: &str| -> Vec<String> {
        let mut names: Vec<String> = text
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        names.sort();
        names
    };
    let documented = documented("text").into_iter();
    let more = [
        "(ev=a",
        "a )",
        "=1",
        "'a'=1",
        "",
        "ev",
        "bev1.output.len",
        "bev1",
        "thread1.x",
        "bev1.x",
        "bev1.fd.x",
        "len=5ms",
        "t=5kB",
        "fd~2",
        "ev<a",
        "callback<a",
        "writecb",
        "a & b",
        "a | b",
        "'a",
        "events=x",
        "events<READ",
        "ph=x",
        "bev=event1",
        "ev=a*",
        "level=x",
        "bev1.enabled=X",
    ];
    let mut printed = Printed::default();
    let mut told = 0;
    for query in documented
        .map(|line| line.split_once("  ").unwrap().0.to_owned())
        .chain(more.map(str::to_owned))
    {
        let Err(error) = Query::parse(&query) else {
            continue;
        };
        let (en, zh) = (error.text(Lang::EN), error.text(Lang::ZH));
        for lang in [Lang::EN, Lang::ZH] {
            writeln!(printed.of(lang.code()), "{query}: {}", error.in_lang(lang)).unwrap();
        }
        assert!(!zh.is_ascii(), "{query}: {zh}");
        assert_eq!(names(&en), names(&zh), "{query}");
        told += 1;
    }
    assert!(told > 25, "{told}");
    printed.hold(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/words/queries"));
    let watch = Watch::parse("nothing").unwrap_err();
    assert_eq!(
        watch.in_lang(Lang::ZH),
        "第 1 列：`nothing` 不是状态的一部分；写法如 `bev1.output.len` 或 `event3.pending`"
    );
}

#[test]
fn every_field_of_the_documentation_s_table_is_one() {
    let text = include_str!("../../../../docs/query.md");
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        let object = cells[0].trim().trim_matches('`').to_owned() + "1";
        let Ok(object) = object.parse() else { continue };
        for part in cells[1].split_whitespace() {
            let part = part.trim_matches(['`', '|']);
            assert!(
                part.is_empty() || State::fields_of(object).contains(&part),
                "{object}.{part}"
            );
        }
    }
}

#[test]
fn steps_are_found_by_their_fields() {
    let replay = recorded("hello-world");
    assert_eq!(found(&replay, "ev=writecb"), ["writecb"]);
    assert_eq!(found(&replay, "ev=writecb && bev=1"), ["writecb"]);
    assert!(found(&replay, "ev=writecb && bev=2").is_empty());
    assert_eq!(
        found(&replay, "bev=bev1 && len=14B"),
        ["bufferevent_write", "evbuffer_add"]
    );
    assert_eq!(found(&replay, "ev=accept errno~*"), ["accept"]);
    assert_eq!(found(&replay, "peer~127.0.0.1:*"), ["accept"]);
    assert_eq!(
        found(&replay, "ev=event_base_loop && ended=exit"),
        ["event_base_loop"]
    );
    assert_eq!(
        found(&replay, "lane=program"),
        ["listener_cb", "writecb", "event_callback"]
    );
    assert_eq!(
        found(&replay, "data='Hello, World!\\n' && asked>0"),
        ["evbuffer_write"]
    );
    assert_eq!(found(&replay, "callback=conn_writecb"), ["writecb"]);
    assert_eq!(
        found(&replay, "writecb=conn_writecb"),
        ["bufferevent_setcb"]
    );
    assert_eq!(
        found(&replay, "caller.fn=conn_writecb && level=1"),
        ["bufferevent_free"]
    );
    assert_eq!(found(&replay, "step=0"), ["event_base_new"]);
}

#[test]
fn flags_are_sets() {
    let replay = recorded("hello-world");
    let assigns = |query: &str| found(&replay, &format!("ev=event_assign && {query}")).len();
    assert_eq!(assigns("events~READ"), 3);
    assert_eq!(assigns("events~PERSIST|READ"), 3);
    assert_eq!(
        assigns("events=READ|PERSIST"),
        2,
        "in any order, and no other flag"
    );
    assert_eq!(assigns("events=PERSIST|READ"), 2);
    assert_eq!(assigns("events=READ"), 0);
    assert_eq!(assigns("events!~PERSIST"), 1);
    assert_eq!(assigns("events~*"), 6);
    assert_eq!(assigns("events=''"), 1, "no flag at all");
}

#[test]
fn a_field_that_is_not_there_compares_with_nothing() {
    let replay = recorded("hello-world");
    assert_eq!(found(&replay, "errno!=EINTR"), ["accept"]);
    let all = found(&replay, "seq>=0").len();
    assert_eq!(found(&replay, "!(errno=EINTR)").len(), all - 1);
    assert!(found(&replay, "bev9.output.len!=1").is_empty());
}

#[test]
fn conditions_are_joined_as_usual() {
    let replay = recorded("hello-world");
    let n = |query: &str| found(&replay, query).len();
    let (poll, active) = (n("ev=poll"), n("ev=event_active"));
    assert_eq!(n("ev=poll || ev=event_active"), poll + active);
    assert_eq!(
        n("ev=poll || ev=event_active && why=io"),
        poll + n("why=io")
    );
    assert_eq!(n("(ev=poll || ev=event_active) && why=io"), n("why=io"));
    assert_eq!(n("ev=event_active !why=io"), active - n("why=io"));
    assert_eq!(n("!!ev=poll"), poll);
}

#[test]
fn a_bare_word_is_searched_for_in_the_line() {
    let replay = recorded("hello-world");
    assert!(found(&replay, "CONN_WRITECB").contains(&"bufferevent_setcb".to_owned()));
    assert_eq!(
        found(&replay, "\"hello, world\" bufferevent"),
        Vec::<String>::new()
    );
    assert_eq!(
        found(&replay, "\"hello, world\""),
        ["evbuffer_add", "evbuffer_write"]
    );
}

#[test]
fn the_state_is_that_after_the_step() {
    let replay = recorded("hello-world");
    assert_eq!(found(&replay, "bev1.output.len=14")[0], "evbuffer_add");
    let filled = Query::parse("bev1.output.len>0").unwrap();
    let steps: Vec<usize> = filled
        .hits(&replay, 0..replay.trace().len(), Level::Everything)
        .collect();
    assert!(filled.needs_state());
    for step in 0..replay.trace().len() {
        if replay.trace().is_shown(step, Level::Everything) {
            assert_eq!(
                steps.contains(&step),
                filled.matches_at(&replay, step),
                "{step}"
            );
        }
    }
    assert_eq!(
        found(&replay, "ev=writecb && bev.output.len=0"),
        ["writecb"]
    );
    assert_eq!(
        found(
            &replay,
            "ev=evbuffer_add && buf.bev=bev1 && buf.side=output"
        ),
        ["evbuffer_add"]
    );
    assert_eq!(
        found(&replay, "ev=bufferevent_setcb bev.enabled=WRITE").len(),
        2
    );
    assert!(found(&replay, "bev1.enabled~READ").is_empty());
    assert_eq!(found(&replay, "event5.pending=true ev=poll").len(), 2);
    assert_eq!(found(&replay, "fd8=WRITE")[0], "backend_add");
    assert!(found(&replay, "thread1.depth=6").contains(&"evbuffer_cb".to_owned()));
    assert!(!Query::parse("bev=1 && len>3").unwrap().needs_state());
}

#[test]
fn next_and_previous_go_through_all_hits() {
    let replay = recorded("echo");
    for text in ["ev=event_active", "bev.input.len>0", "evbuffer"] {
        let query = Query::parse(text).unwrap();
        for level in [Level::Program, Level::Everything] {
            let hits: Vec<usize> = query.hits(&replay, 0..usize::MAX, level).collect();
            let forward = std::iter::successors(query.next(&replay, 0, level), |step| {
                query.next(&replay, *step, level)
            });
            let mut backward: Vec<usize> =
                std::iter::successors(query.previous(&replay, usize::MAX, level), |step| {
                    query.previous(&replay, *step, level)
                })
                .collect();
            backward.reverse();
            assert_eq!(backward, hits, "{text}");
            let hits: Vec<usize> = hits.into_iter().filter(|step| *step > 0).collect();
            assert_eq!(forward.collect::<Vec<_>>(), hits, "{text}");
        }
    }
}

#[test]
fn watches_find_each_change_in_both_directions() {
    let replay = recorded("hello-world");
    let watch = Watch::parse(" bev1.output.len ").unwrap();
    assert_eq!(watch.text(), "bev1.output.len");
    let mut changes = Vec::new();
    let mut step = 0;
    while let Some(change) = watch.next_change(&replay, step) {
        step = change.step;
        changes.push(change);
    }
    let values: Vec<String> = changes
        .iter()
        .map(|change| format!("{} → {}", change.from, change.to))
        .collect();
    assert_eq!(values[..3], ["– → 0", "0 → 14", "14 → 0"]);
    let mut back = Vec::new();
    let mut step = replay.trace().len();
    while let Some(change) = watch.previous_change(&replay, step) {
        step = change.step;
        back.push(change);
    }
    back.reverse();
    assert_eq!(back, changes);
}

#[test]
fn a_watch_names_one_part_of_one_object() {
    let error = |text: &str| Watch::parse(text).unwrap_err().to_string();
    assert_eq!(
        error("bev.output.len"),
        "column 1: `bev.output.len` is another one at every step; name one object by its number, like `bev1.output.len`"
    );
    assert_eq!(
        error("bev1"),
        "column 1: `bev1` is a whole object; name a part of it, like `bev1.output.len`"
    );
    assert_eq!(
        error("len"),
        "column 1: `len` is no part of the state; a part is like `bev1.output.len` or `event3.pending`"
    );
    assert_eq!(
        error("bev1.fd.len"),
        "column 9: `fd` is no object, so nothing of it can follow"
    );
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (query, expected) in [
        (
            "",
            "column 1: the query is empty; a condition is like `ev=writecb`, or a word to search for",
        ),
        ("ev=", "column 4: a value was expected behind `=`"),
        ("ev= && x", "column 5: a value was expected behind `=`"),
        (
            "=1",
            "column 1: a condition was expected here, like `ev=writecb`",
        ),
        (
            "ev=poll &&",
            "column 11: a condition was expected here, like `ev=writecb`",
        ),
        ("ev=poll)", "column 8: this `)` closes nothing"),
        (
            "ev=poll =2",
            "column 9: `=` has no field in front of it; a condition is like `bev=1`",
        ),
        (
            "\"ev\"=poll",
            "column 1: a text in quotes cannot stand before `=`; a condition is like `ev=writecb`: the field first",
        ),
        (
            "x \"y",
            "column 3: this quote is not closed: a \" is missing at the end",
        ),
        (
            "bve=1",
            "column 1: there is no field `bve`; did you mean `bev`?",
        ),
        (
            "event_add=1",
            "column 1: there is no field `event_add`; `event_add` is an event: `ev=event_add`",
        ),
        ("fd=eight", "column 4: `fd` is a number; `eight` is none"),
        (
            "fd~8",
            "column 4: `fd` is a number; `~` is for text and flags; compare it with `=`, `<` or `>`",
        ),
        (
            "t>5KiB",
            "column 3: `t` is a time; `5KiB` is none; times are like `5ms`, `2s`, `300us`, or a number of ns",
        ),
        (
            "bev=event1",
            "column 5: `bev` is the number of an object; `event1` is none",
        ),
        (
            "callback>x",
            "column 10: `callback` is text, which `>` cannot compare",
        ),
        (
            "lane=user",
            "column 6: `lane` is never `user`; it is one of kernel, loop, bufferevent, program",
        ),
        (
            "what>READ",
            "column 6: flags are compared with `=` or `~`, not `>`",
        ),
        (
            "bev1.output.len",
            "column 16: `bev1.output.len` must be compared with something; like `bev1.output.len=1`; to search for the text, put it in quotes",
        ),
        (
            "bev1.enabled~REED",
            "column 14: there is no flag `REED`; did you mean `READ`?",
        ),
        ("中=1", "column 1: there is no field `中`"),
    ] {
        assert_eq!(error(query), expected, "{query}");
    }
    let deep = format!("{}x{}", "(".repeat(10_000), ")".repeat(10_000));
    assert_eq!(error(&deep), "column 65: nested more than 64 deep");
    assert!(Query::parse(&"!".repeat(10_000)).is_err());
}

#[test]
fn any_text_is_read_or_refused() {
    use proptest::prelude::*;
    let pieces = prop::collection::vec(
        prop_oneof![
            Just("ev".to_owned()),
            Just("=".to_owned()),
            Just("~".to_owned()),
            Just("(".to_owned()),
            Just(")".to_owned()),
            Just("&&".to_owned()),
            Just("|".to_owned()),
            Just("!".to_owned()),
            Just("bev1.output.len".to_owned()),
            Just("bev.".to_owned()),
            Just("writecb".to_owned()),
            Just("READ".to_owned()),
            Just("\"".to_owned()),
            Just("5ms".to_owned()),
            Just(" ".to_owned()),
            Just("é".to_owned()),
            any::<String>(),
        ],
        0..12,
    );
    let replay = recorded("hello-world");
    proptest!(|(pieces in pieces)| {
        let text = pieces.concat();
        match Query::parse(&text) {
            Ok(query) => { query.matches_at(&replay, 20); }
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.column)),
        }
    });
}

/// Every field of the language is asked for with the values it has in the recorded traces: it finds the
/// record it was taken from by `=`, and not by `!=`.
#[test]
fn every_field_finds_what_has_its_value() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    let mut missing: Vec<&str> = known_fields().iter().map(|(name, _)| *name).collect();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "jsonl") {
            continue;
        }
        let trace = Trace::open(&path).unwrap();
        missing.retain(|name| {
            let field = field::Field::of_name(name).unwrap();
            let mut steps = 0..trace.len();
            let found = steps.find_map(|step| {
                let record = trace.get(step)?;
                let value = field.value(&Seen::of(&trace, &record, step, None))?;
                Some((step, written(&value)?))
            });
            let Some((step, value)) = found else {
                return true;
            };
            let asks = |op: &str| {
                let query = format!("{name}{op}{value}");
                let query = Query::parse(&query).unwrap_or_else(|error| panic!("{query}: {error}"));
                query.matches(&trace, None, step)
            };
            assert!(
                asks("=") && !asks("!="),
                "{}: {name}={value} at {step}",
                path.display()
            );
            false
        });
    }
    // What no demo does.
    let rare = ["count", "status", "signal"];
    missing.retain(|name| !rare.contains(name));
    assert!(missing.is_empty(), "in no trace: {missing:?}");
}

/// A value as a query writes it; none for what text cannot hold.
fn written(value: &evscope_trace::FieldValue<'_>) -> Option<String> {
    use evscope_trace::FieldValue;
    let quoted = |text: &str| {
        let plain = !text.contains(['"', '\\', '\n', '\r', '\t']);
        plain.then(|| format!("\"{text}\""))
    };
    match value {
        FieldValue::Bool(value) => Some(value.to_string()),
        FieldValue::Number(value) => Some(value.to_string()),
        FieldValue::Time(value) => Some(format!("{}ns", value.0)),
        FieldValue::Id(value) => Some(value.to_string()),
        FieldValue::Text(text) => quoted(text),
        FieldValue::Word(word) => Some((*word).to_owned()),
        FieldValue::Flags(set) if set.bits == 0 => Some("''".to_owned()),
        FieldValue::Flags(set) => Some(set.to_string()),
        FieldValue::Bytes(payload) => {
            let text = std::str::from_utf8(&payload.bytes).ok()?;
            quoted(text)
        }
    }
}

/// Every part of the state can be asked for and watched, and has a value in some trace.
#[test]
fn every_part_of_the_state_can_be_asked_for() {
    const TRACES: [&str; 10] = [
        "hello-world",
        "tls",
        "filter",
        "pair",
        "timeouts",
        "rate-limit",
        "signals",
        "priorities",
        "out-of-fds",
        "connect-ok",
    ];
    let mut missing = Vec::new();
    for kind in ["base", "event", "bev", "buf", "listener"] {
        let id: crate::ObjectId = format!("{kind}1").parse().unwrap();
        for part in State::fields_of(id) {
            assert!(
                Query::parse(&format!("{kind}1.{part}~*")).is_ok(),
                "{kind}.{part}"
            );
            let watches = (1..8).map(|n| Watch::parse(&format!("{kind}{n}.{part}")).unwrap());
            missing.push((format!("{kind}.{part}"), watches.collect::<Vec<_>>()));
        }
    }
    for replay in TRACES.map(recorded) {
        let mut state = State::new();
        for record in replay.trace().records() {
            state.apply(&record);
            let is_known = |watch: &Watch| watch.value(&state) != crate::Value::Absent;
            missing.retain(|(_, watches)| !watches.iter().any(is_known));
        }
    }
    let mut missing: Vec<String> = missing.into_iter().map(|(path, _)| path).collect();
    // No demo gives a bufferevent a priority.
    missing.retain(|path| path != "bev.priority");
    assert!(missing.is_empty(), "no trace has a value for {missing:?}");
}

#[test]
fn times_of_calls_can_be_asked_for() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../traces/hello-world.jsonl"
    );
    let trace = Trace::open(std::path::Path::new(path)).unwrap();
    let steps = |query: &str| -> Vec<usize> {
        let query = Query::parse(query).unwrap();
        (0..trace.len())
            .filter(|step| query.matches(&trace, None, *step))
            .collect()
    };
    // The loop took the longest, nearly all of it waiting: what it did itself is next to nothing.
    let looped = steps("ev=event_base_loop && dur>1ms && wait>1ms && self<1ms");
    assert_eq!(looped.len(), 1);
    let (whole, own) = (trace.took(looped[0]), trace.took_itself(looped[0]));
    assert!(own < whole, "{own:?} {whole:?}");
    // Only calls take time, and only their begins say so.
    assert!(steps("dur>=0 && ph!=enter").is_empty());
    let polls = steps("ev=poll && wait>=0");
    assert!(!polls.is_empty());
    assert!(
        polls
            .iter()
            .all(|step| trace.waited(*step) == trace.took(*step))
    );
}

#[test]
fn a_field_is_compared_with_another() {
    // A high mark of 8 and a low one of 32: what is in the input never reaches the low one.
    let replay = recorded("high-watermark-stall");
    let steps = |query: &str| -> Vec<usize> {
        let query = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
        (0..replay.trace().len())
            .filter(|step| query.matches_at(&replay, *step))
            .collect()
    };
    let below = steps("bev1.input.len<bev1.read_low");
    let by_hand: Vec<usize> = (0..replay.trace().len())
        .filter(|step| {
            let state = replay.state_at(*step);
            let (Some(len), Some(low)) =
                (state.value("bev1.input.len"), state.value("bev1.read_low"))
            else {
                return false;
            };
            match (len, low) {
                (Value::Number(len), Value::Number(low)) => len < low,
                _ => false,
            }
        })
        .collect();
    assert!(!below.is_empty());
    assert_eq!(below, by_hand);
    // Of two fields of a step; a time with a time; objects; flags; texts.
    assert!(!steps("after>before").is_empty());
    assert_eq!(steps("dur>=self"), steps("dur~*"));
    assert!(!steps("bev.ev_read=event").is_empty());
    assert!(!steps("bev1.enabled=bev1.enabled").is_empty());
    let all = steps("src.fn~* && caller.fn~*").len();
    let (same, other) = (
        steps("src.fn=caller.fn").len(),
        steps("src.fn!=caller.fn").len(),
    );
    assert_eq!(same + other, all);
    // In quotes it is a text.
    assert!(steps("src.fn=\"caller.fn\"").is_empty());
}

#[test]
fn what_can_hold_of_no_step_is_refused() {
    for (query, said) in [
        (
            "bev.output.len<foo",
            "`bev.output.len` is a number; `foo` is none",
        ),
        (
            "bev1.read_low=5ms",
            "`bev1.read_low` is a number; `5ms` is a time",
        ),
        (
            "event3.timeout>4KiB",
            "`event3.timeout` is a time; `4KiB` is none",
        ),
        (
            "bev1.connecting=1",
            "`bev1.connecting` is `true` or `false`",
        ),
        ("bev1.kind=sokket", "`bev1.kind` is never `sokket`"),
        ("bev1.enabled=WATERMARK", "there is no flag `WATERMARK`"),
        (
            "bev1.input=event3",
            "`bev1.input` is the number of an object",
        ),
        ("bev1.readcb<x", "`bev1.readcb` is text"),
        ("bev1.input.len<bev1.input.lne", "a buffer has no `lne`"),
        ("bev1.input.len<event3.timeout", "are of different kinds"),
        ("len<t", "are of different kinds"),
        ("bev1.input.len~bev1.read_low", "`~`"),
        ("src.fn<caller.fn", "`<`"),
        ("dur<foo", "`dur` is a time; `foo` is none"),
    ] {
        let error = Query::parse(query).map(|_| ()).unwrap_err();
        assert!(error.text(Lang::EN).contains(said), "{query}: {error}");
    }
}
