use std::fmt::Write as _;
use std::path::Path;

use evscope_trace::{FieldInfo, FieldKind, Phase, Presence, Record, Role, Side, is_inner_callback};
use serde_json::{Map, Value, json};

use super::*;
use crate::Trace;
use crate::printed::Printed;

const HEADER: &str = r#"{"evscope":1,"program":"p","library":"l","backend":"epoll","pid":1,"started":"2026-01-01T00:00:00Z","clock":"monotonic","unit":"ns"}"#;

fn replay(records: &[&str]) -> Replay {
    let mut text = HEADER.to_owned();
    for (seq, record) in records.iter().enumerate() {
        let phase = if record.contains(r#""ph""#) {
            ""
        } else {
            r#""ph":"point","#
        };
        text.push_str(&format!(
            "\n{{\"seq\":{seq},\"t\":{seq},\"thread\":1,\"depth\":0,{phase}{record}}}"
        ));
    }
    Replay::new(Trace::read(text.as_bytes(), "test").unwrap())
}

fn recorded(name: &str) -> Replay {
    let file = format!("{}/../../traces/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    Replay::new(Trace::open(Path::new(&file)).unwrap())
}

fn is_chinese(char: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&char)
}

/// What must hold of every explanation, whatever it says.
fn check(replay: &Replay, step: usize) -> [(Lang, Explanation); 2] {
    let english = explain(replay, step, Lang::EN);
    let chinese = explain(replay, step, Lang::ZH);
    let about = format!("{english:?} {chinese:?}");
    for (lang, explanation) in [(Lang::EN, &english), (Lang::ZH, &chinese)] {
        let watch = explanation.watch.as_deref();
        for text in [Some(&*explanation.what), Some(&*explanation.why), watch]
            .into_iter()
            .flatten()
        {
            assert!(!text.contains("  ") && text.trim() == text, "{about}");
            assert!(!text.contains("{}") && !text.contains("()"), "{about}");
            assert!(text.ends_with(['.', '?', '。', '？', '！']), "{about}");
            match lang {
                Lang::ZH => {
                    assert!(text.contains(is_chinese), "{about}");
                    assert!(!text.ends_with('.'), "{about}");
                }
                _ => {
                    assert!(!text.contains(is_chinese), "{about}");
                    assert!(!text.starts_with(char::is_whitespace), "{about}");
                }
            }
        }
        assert_ne!(explanation.what, explanation.why, "{about}");
    }
    assert_eq!(english.watch.is_some(), chinese.watch.is_some(), "{about}");
    [(Lang::EN, english), (Lang::ZH, chinese)]
}

/// Some values of a field: the small, the usual, and all words and flags.
fn values(field: &FieldInfo) -> Vec<Value> {
    let mut values: Vec<Value> = match field.kind {
        FieldKind::Bool => vec![json!(true), json!(false)],
        FieldKind::Number => match field.range {
            Some((min, _)) if min < 0 => vec![json!(-1), json!(0), json!(14)],
            _ => vec![json!(0), json!(1), json!(14)],
        },
        FieldKind::Time => vec![json!(0), json!(5_000_000)],
        FieldKind::Id => vec![json!(3)],
        FieldKind::Text => [
            "EAGAIN",
            "EMFILE",
            "ECONNRESET",
            "bufferevent_socket_outbuf_cb",
        ]
        .map(Value::from)
        .to_vec(),
        FieldKind::Word(words) => words.iter().map(|word| json!(word)).collect(),
        FieldKind::Flags(names) => {
            let all: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
            let single = names.iter().map(|(name, _)| json!(name));
            single.chain([json!(""), json!(all.join("|"))]).collect()
        }
        FieldKind::Bytes => vec![json!({"text": "hi"})],
    };
    if field.presence != Presence::Always {
        values.push(Value::Null);
    }
    values
}

/// Records of an event in which every value of every field comes up.
fn records(kind: &evscope_trace::Kind) -> Vec<Map<String, Value>> {
    let columns: Vec<Vec<Value>> = kind.fields.iter().map(values).collect();
    let rows = columns.iter().map(Vec::len).max().unwrap_or(1) * 3;
    (0..rows)
        .map(|row| {
            let mut record = Map::new();
            record.insert("ev".to_owned(), kind.name.into());
            for (column, (field, values)) in kind.fields.iter().zip(&columns).enumerate() {
                // Different fields turn at different speeds, so that they come up in many mixes.
                let value = &values[(row / (column % 3 + 1)) % values.len()];
                if !value.is_null() {
                    record.insert(field.name.to_owned(), value.clone());
                }
            }
            record
        })
        .collect()
}

/// A world for the records to happen in, in several states.
fn worlds() -> Vec<Vec<Map<String, Value>>> {
    let objects = json!({"base": 1, "event": 1, "bev": 1, "buf": 2, "listener": 1, "fd": 8});
    let with = |more: Value| {
        let mut record = objects.as_object().unwrap().clone();
        record.extend(more.as_object().unwrap().clone());
        record
    };
    let new = with(
        json!({"ev": "bufferevent_socket_new", "options": "CLOSE_ON_FREE",
        "input": 1, "output": 2, "ev_read": 1, "ev_write": 2}),
    );
    let add = with(json!({"ev": "evbuffer_add", "len": 14, "before": 0, "after": 14}));
    let suspend = with(json!({"ev": "suspend_write", "reason": "BANDWIDTH", "now": "BANDWIDTH"}));
    let marks = with(
        json!({"ev": "bufferevent_setwatermark", "events": "READ|WRITE", "low": 3, "high": 9}),
    );
    let connecting = with(json!({"ev": "connect", "progress": "started"}));
    let pending = with(json!({"ev": "event_add"}));
    vec![
        vec![],
        vec![new.clone()],
        vec![new.clone(), add.clone(), pending],
        vec![new.clone(), add, marks],
        vec![new.clone(), suspend],
        vec![new, connecting],
    ]
}

/// Every kind of event with every value of its fields, in every phase and world: for each kind, the traces
/// and their first step that is not the world's.
fn made_up() -> impl Iterator<Item = (&'static str, Vec<(Replay, usize)>)> {
    Event::KINDS.iter().map(|kind| {
        let records = records(kind);
        let mut made = Vec::new();
        for (i, world) in worlds().into_iter().enumerate() {
            for phase in ["enter", "exit", "point"] {
                let mut trace = Trace::read(HEADER.as_bytes(), "test").unwrap();
                let mut push = |mut record: Map<String, Value>, phase: &str, depth: u32| {
                    let seq = trace.len();
                    record.insert("seq".to_owned(), seq.into());
                    record.insert("t".to_owned(), seq.into());
                    record.insert("thread".to_owned(), 1.into());
                    record.insert("depth".to_owned(), depth.into());
                    record.insert("ph".to_owned(), phase.into());
                    trace.push(Record::try_from(record).unwrap());
                };
                let prepared = world.len();
                for record in &world {
                    push(record.clone(), "point", 0);
                }
                for (row, record) in records.iter().enumerate() {
                    let mut record = record.clone();
                    // With all objects, and with none.
                    if i > 0 {
                        let role = Role::NAMES[row % Role::NAMES.len()];
                        let objects = json!({"base": 1, "event": 1 + row % 2, "role": role, "bev": 1,
                            "buf": 1 + row % 3, "listener": 1, "fd": 8});
                        record.extend(objects.as_object().unwrap().clone());
                    }
                    push(record, phase, (row % 4) as u32);
                }
                made.push((Replay::new(trace), prepared));
            }
        }
        (kind.name, made)
    })
}

#[test]
fn every_kind_phase_and_role_is_explained_in_both_languages() {
    for (name, made) in made_up() {
        for (replay, from) in made {
            for step in from..replay.trace().len() {
                for (lang, explanation) in check(&replay, step) {
                    let unknown = text!(unknown, name).in_lang(lang);
                    assert_ne!(
                        explanation.what, unknown,
                        "{lang}: `{name}` has no arm in explain.rs, and crates/words/lang no messages \
                         `{name}` and `{name}_why`, or one asks for what the event has not"
                    );
                }
            }
        }
    }
}

/// All that is said of a step.
fn print(out: &mut String, replay: &Replay, step: usize, lang: Lang) {
    let Explanation { what, why, watch } = explain(replay, step, lang);
    let trace = replay.trace();
    let line = crate::summary(trace, step);
    writeln!(out, "{step} {line}\n{what}\n{why}").unwrap();
    if let Some(watch) = watch {
        writeln!(out, "! {watch}").unwrap();
    }
    for cause in crate::causes(trace, step) {
        writeln!(out, "< {} {}", cause.step, cause.text(trace, lang)).unwrap();
        for besides in &cause.besides {
            writeln!(out, "+ {} {}", besides.step, besides.text(trace, lang)).unwrap();
        }
    }
}

#[test]
fn nothing_is_said_differently() {
    let mut printed = Printed::default();
    for lang in [Lang::EN, Lang::ZH] {
        for (name, replay) in all_recorded() {
            let out = printed.of(format!("{lang}/{name}"));
            let len = replay.trace().len();
            for step in 0..len {
                print(out, &replay, step, lang);
            }
            writeln!(out, "{:?}", explain(&replay, len, lang)).unwrap();
        }
        for (kind, made) in made_up() {
            let out = printed.of(format!("{lang}/any/{kind}"));
            for (replay, from) in made {
                for step in from..replay.trace().len() {
                    print(out, &replay, step, lang);
                }
            }
        }
    }
    printed.hold(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/words/explanations"
    ));
}

#[test]
fn every_step_of_the_recorded_traces_is_explained_without_a_gap() {
    for name in ["hello-world", "echo"] {
        let replay = recorded(name);
        for step in 0..replay.trace().len() {
            for (_, explanation) in check(&replay, step) {
                for text in [explanation.what, explanation.why] {
                    assert!(!text.contains('?'), "{name} {step}: {text}");
                }
            }
        }
    }
}

/// All recorded traces, by their names.
pub(super) fn all_recorded() -> Vec<(String, Replay)> {
    let mut names = Vec::new();
    for dir in ["", "libevent/"] {
        let path = format!("{}/../../traces/{dir}", env!("CARGO_MANIFEST_DIR"));
        for file in std::fs::read_dir(path).unwrap() {
            let file = file.unwrap().file_name().into_string().unwrap();
            names.extend(
                file.strip_suffix(".jsonl")
                    .map(|name| format!("{dir}{name}")),
            );
        }
    }
    names.sort();
    assert!(names.len() > 60, "{names:?}");
    names
        .into_iter()
        .map(|name| {
            let replay = recorded(&name);
            (name, replay)
        })
        .collect()
}

/// A run of words of plain English, which no name in a program is.
fn english_in(text: &str) -> Option<String> {
    let plain = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
    let words: Vec<&str> = text
        .split(|c: char| c == ' ' || is_chinese(c))
        .map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation() && c != '_'))
        .collect();
    let run = words.windows(3).find(|run| run.iter().all(plain))?;
    Some(run.join(" "))
}

#[test]
fn no_recorded_step_is_told_with_a_gap_or_in_the_wrong_language() {
    for (name, replay) in all_recorded() {
        let trace = replay.trace();
        for step in 0..trace.len() {
            let causes = crate::causes(trace, step);
            for (lang, Explanation { what, why, watch }) in check(&replay, step) {
                let causes = causes.iter().map(|cause| cause.text(trace, lang));
                for text in [what, why].into_iter().chain(watch).chain(causes) {
                    for gap in ["fd ?", "for nothing", "空集"] {
                        assert!(!text.contains(gap), "{name} {step}: {text}");
                    }
                    // How an error calls itself is no word of ours.
                    let record = trace.record(step);
                    let error = crate::describe::failure(&record.event);
                    let ours = error.map_or(text.clone(), |error| text.replace(error, ""));
                    if lang == Lang::ZH {
                        assert!(!ours.contains("unnamed"), "{name} {step}: {text}");
                        assert_eq!(english_in(&ours), None, "{name} {step}: {text}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_the_library_did_about_an_error_is_told_in_chinese() {
    for action in [
        "goes on",
        "goes on; the listener's error callback is told, if it has one",
        "leaves the loop",
        "tells the event callback",
        "the event is not pending",
        "the event is deleted all the same",
        "there is no listener",
    ] {
        let error = format!(r#""ev":"error","call":"accept","errno":"EMFILE","action":"{action}""#);
        let replay = replay(&[&error]);
        let english = explain(&replay, 0, Lang::EN).why;
        assert_eq!(
            english,
            format!("What the library does about it: {action}.")
        );
        let chinese = explain(&replay, 0, Lang::ZH).why;
        let told = chinese.strip_prefix("库的处理：").unwrap();
        assert!(!told.contains(' ') || told.contains("pending"), "{chinese}");
        assert_eq!(english_in(&chinese), None, "{chinese}");
    }
    let unknown = r#""ev":"error","call":"accept","errno":"EMFILE","action":"prays""#;
    let replay = replay(&[unknown]);
    assert_eq!(explain(&replay, 0, Lang::ZH).why, "库的处理：prays。");
}

#[test]
fn what_the_program_made_active_is_not_said_to_have_timed_out() {
    let replay = recorded("loop");
    let explanation = explain(&replay, 32, Lang::EN);
    assert_eq!(
        explanation.what,
        "The loop calls your break_it: the program made event3 active itself."
    );
    let chinese = explain(&replay, 32, Lang::ZH);
    assert_eq!(chinese.what, "循环调用你的 break_it：程序自己激活 event3。");
    let cause = &crate::causes(replay.trace(), 32)[0];
    assert_eq!(
        cause.text(replay.trace(), Lang::EN),
        "the program made event3 active itself"
    );
}

#[test]
fn a_loop_that_does_not_exit_on_empty_is_not_said_to_end_then() {
    let replay = recorded("loop");
    let watch = explain(&replay, 83, Lang::EN).watch.unwrap();
    assert!(
        watch.starts_with("It goes on waiting even when nothing is pending"),
        "{watch}"
    );
    let usual = explain(&replay, 27, Lang::EN).watch.unwrap();
    assert!(
        usual.starts_with("It ends when nothing is pending"),
        "{usual}"
    );
}

#[test]
fn a_poll_that_only_looked_has_not_waited() {
    let replay = recorded("loop");
    let looked = explain(&replay, 10, Lang::EN);
    assert_eq!(looked.what, "Nothing is ready.");
    assert!(
        looked.why.starts_with("The loop did not wait"),
        "{}",
        looked.why
    );
    let waited = explain(&replay, 14, Lang::EN);
    assert!(waited.why.starts_with("The time was up"), "{}", waited.why);
}

#[test]
fn events_without_an_fd_and_timers_of_the_library_are_told_as_such() {
    let what = |name: &str, step| explain(&recorded(name), step, Lang::EN).what;
    assert_eq!(
        what("connect-at-once", 12),
        "event2 becomes pending. It has no fd yet, so the loop has nothing to watch."
    );
    assert_eq!(
        what("loop", 80),
        "event8 becomes pending: it fires in 20 ms."
    );
    assert_eq!(
        what("rate-limit", 68),
        "event6 becomes pending: it fires in 40 ms."
    );
}

#[test]
fn a_low_mark_of_nothing_lets_the_read_callback_run_for_whatever_comes() {
    let marks = |low: u64| {
        let set = format!(
            r#""ev":"bufferevent_setwatermark","bev":1,"events":"READ","low":{low},"high":0"#
        );
        explain(&replay(&[&set]), 0, Lang::EN).why
    };
    for low in [0, 1] {
        assert!(marks(low).starts_with("Your read callback runs as soon as anything arrives"));
    }
    assert!(marks(2).starts_with("Your read callback runs once 2 or more bytes"));
}

#[test]
fn a_look_says_what_it_saw() {
    let new = r#""ev":"bufferevent_socket_new","bev":1,"options":"","input":1,"output":2,"ev_read":1,"ev_write":2"#;
    let look = |asked: &str, pieces: u64, bytes: u64| {
        let fields = format!(r#""offset":4,{asked}"pieces":{pieces},"bytes":{bytes}"#);
        let step = format!(r#""ev":"evbuffer_peek","bev":1,"buf":1,{fields}"#);
        let [(_, english), _] = check(&replay(&[new, &step]), 1);
        english
    };
    let some = look("", 2, 600);
    assert_eq!(
        some.what,
        "A look at bev1's input, from byte 4 on, sees 600 bytes in 2 pieces."
    );
    assert!(some.why.contains("evbuffer_pullup"), "{some:?}");
    assert!(some.watch.unwrap().contains("until the buffer changes"));
    let one = look(r#""asked":3,"#, 1, 512);
    assert_eq!(
        one.watch.as_deref(),
        Some("3 bytes were asked for. The last piece is given whole, so there are 512.")
    );
    assert!(!one.why.contains("evbuffer_pullup"), "{one:?}");
    let nothing = look("", 0, 0);
    assert_eq!(
        (nothing.what.as_str(), nothing.why.as_str()),
        (
            "A look at bev1's input, from byte 4 on, sees nothing.",
            "There are no bytes from there on."
        )
    );
    assert_eq!(look(r#""asked":0,"#, 0, 0).why, "No byte was asked for.");
}

/// The library's own looks are for what it encrypts.
#[test]
fn a_look_of_tls_is_not_said_to_be_the_program_s() {
    let replay = recorded("tls");
    let looks: Vec<usize> = (0..replay.trace().len())
        .filter(|step| replay.trace().record(*step).event.name() == "evbuffer_peek")
        .collect();
    let sees = |step: &&usize| {
        let event = &replay.trace().record(**step).event;
        matches!(event, Event::EvbufferPeek { pieces, .. } if *pieces > 0)
    };
    assert!(looks.iter().any(|step| sees(&step)), "{looks:?}");
    for step in looks.iter().filter(sees) {
        let why = explain(&replay, *step, Lang::EN).why;
        assert!(why.contains("encrypts"), "{step}: {why}");
    }
}

#[test]
fn a_buffer_of_ciphertext_is_neither_the_program_s_nor_an_output() {
    let replay = recorded("tls");
    let explain = |step| explain(&replay, step, Lang::EN);
    let made = explain(25).why;
    assert!(made.starts_with("It holds ciphertext of bev1"), "{made}");
    let taken = explain(62);
    assert!(
        taken
            .what
            .starts_with("TLS takes 5 bytes out of buf3 (bev1's ciphertext)"),
        "{}",
        taken.what
    );
    let sent = explain(70).why;
    assert!(!sent.contains("ev_write will be deleted"), "{sent}");
}

#[test]
fn what_runs_in_a_handshake_is_not_said_to_fill_the_input() {
    let replay = recorded("tls");
    let why = |step| explain(&replay, step, Lang::EN).why;
    for step in [27, 28, 59] {
        assert!(why(step).contains("TLS handshake"), "{}", why(step));
        assert!(!why(step).contains("fills the input"), "{}", why(step));
    }
    let open = why(119);
    assert!(open.contains("fills the input first"), "{open}");
}

#[test]
fn a_timeout_callback_is_not_said_to_move_bytes() {
    let replay = recorded("filter");
    for step in [32, 33] {
        let why = explain(&replay, step, Lang::EN).why;
        assert!(why.contains("only counts the timeout"), "{why}");
    }
}

#[test]
fn pairs_and_filters_are_not_told_of_as_sockets() {
    for (name, step, expected) in [
        ("pair", 54, "The other end, bev1, only passed the bytes on"),
        (
            "pair",
            55,
            "the bytes came over from the output of bev1 before",
        ),
        ("filter", 162, "The filter only let the bytes through"),
        ("tls", 174, "TLS only decrypted the bytes"),
    ] {
        let why = explain(&recorded(name), step, Lang::EN).why;
        assert!(why.contains(expected), "{name} {step}: {why}");
        assert!(!why.contains("ocket"), "{name} {step}: {why}");
    }
}

#[test]
fn the_library_s_own_callbacks_are_not_called_the_program_s() {
    let replay = recorded("filter");
    for step in [31, 98, 109, 110] {
        let english = explain(&replay, step, Lang::EN).what;
        assert!(english.to_lowercase().contains("the library's be_filter") || step == 31);
        assert!(
            !english.contains("your") && !english.contains("Your"),
            "{english}"
        );
        let chinese = explain(&replay, step, Lang::ZH).what;
        assert!(!chinese.contains('你'), "{chinese}");
    }
    assert_eq!(
        explain(&replay, 31, Lang::ZH).why,
        "这是上层的过滤器 bev2 设置的：bev1 上发生的事告诉它，而不是告诉程序。"
    );
    let trace = replay.trace();
    let texts: Vec<String> = crate::causes(trace, 161)
        .iter()
        .map(|cause| cause.text(trace, Lang::EN))
        .collect();
    assert!(
        texts.contains(&"the library's be_filter_readcb was running".to_owned()),
        "{texts:?}"
    );
    for callback in [
        "be_openssl_readcb",
        "be_openssl_writecb",
        "be_openssl_eventcb",
    ] {
        assert!(is_inner_callback(callback));
    }
    assert!(!is_inner_callback("readcb"));
}

#[test]
fn the_two_write_callbacks_are_told_apart() {
    let replay = recorded("hello-world");
    let step = |name: &str| {
        let mut records = replay.trace().records();
        records.position(|r| r.event.name() == name).unwrap()
    };
    let internal = explain(&replay, step("bufferevent_writecb"), Lang::EN);
    assert_eq!(
        internal.what,
        "The loop calls bev1's internal write callback because fd 8 is writable. 14 bytes wait in the output."
    );
    let user = explain(&replay, step("writecb"), Lang::EN);
    assert_eq!(
        user.what,
        "The output has drained to 0, at the low mark 0, so your conn_writecb runs."
    );
    assert!(
        user.why
            .starts_with("This is the watermark's doing, not the socket's")
    );
    let chinese = explain(&replay, step("writecb"), Lang::ZH);
    assert_eq!(
        chinese.what,
        "输出为 0，已降到低水位（0），所以你的 conn_writecb 运行。"
    );
}

#[test]
fn an_add_says_whether_the_event_was_pending() {
    let add = r#""ev":"event_add","event":1,"role":"timer","timeout":5000000"#;
    let replay = replay(&[add, add]);
    let what = |step| explain(&replay, step, Lang::EN).what;
    assert_eq!(what(0), "event1 becomes pending: it fires in 5 ms.");
    assert_eq!(
        what(1),
        "event1 is pending already; its timeout is now 5 ms from here."
    );
}

#[test]
fn a_delete_inside_a_free_tells_of_the_event_as_it_was_before() {
    let replay = recorded("hello-world");
    let trace = replay.trace();
    let free = trace
        .records()
        .position(|r| r.event.name() == "event_free")
        .unwrap();
    let del = trace.children(free).next().unwrap();
    let explanation = explain(&replay, del, Lang::EN);
    assert_eq!(
        explanation.what,
        "event3 is no longer pending: the loop stops watching SIGINT."
    );
}

#[test]
fn an_unknown_event_is_named_with_its_fields() {
    let replay = replay(&[r#""ev":"evdns_query","name":"x","kind":"A""#]);
    let explanation = explain(&replay, 0, Lang::EN);
    assert!(explanation.what.starts_with("evdns_query:"));
    assert!(
        explanation.why.contains("kind, name"),
        "{}",
        explanation.why
    );
}

#[test]
fn a_step_that_is_not_there_is_said_to_be_missing() {
    let replay = replay(&[r#""ev":"lost","count":1"#]);
    assert_eq!(explain(&replay, 1, Lang::EN).what, "There is no step 1.");
    assert_eq!(explain(&replay, 1, Lang::ZH).what, "没有第 1 步。");
}

#[test]
fn the_language_comes_from_the_locale() {
    for (locale, lang) in [
        ("zh_CN.UTF-8", Lang::ZH),
        ("zh", Lang::ZH),
        ("zh-TW", Lang::ZH),
        ("en_US.UTF-8", Lang::EN),
        ("C", Lang::EN),
        ("de_DE@euro", Lang::EN),
        ("", Lang::EN),
    ] {
        assert_eq!(Lang::from_locale(locale), lang, "{locale}");
    }
    assert!("de".parse::<Lang>().is_err());
    assert_eq!("ZH".parse::<Lang>(), Ok(Lang::ZH));
}

#[test]
fn the_walkthrough_s_chapters_are_where_its_calls_are() {
    let replay = recorded("hello-world");
    let trace = replay.trace();
    let chapter = |name: &str| {
        let step = trace
            .records()
            .position(|r| r.event.name() == name)
            .unwrap();
        chapter_of(trace, step)
    };
    for (name, expected) in [
        ("event_base_new", Chapter::Main),
        ("event_base_loop", Chapter::Main),
        ("poll", Chapter::ListenerReadCb),
        ("event_callback", Chapter::Main),
        ("event_base_free", Chapter::Main),
        ("evconnlistener_new", Chapter::EvconnlistenerNew),
        ("evconnlistener_enable", Chapter::EvconnlistenerNew),
        ("accept", Chapter::ListenerReadCb),
        ("listener_cb", Chapter::ListenerCb),
        ("bufferevent_write", Chapter::ListenerCb),
        ("bufferevent_writecb", Chapter::BuffereventWritecb),
        ("watermark", Chapter::BuffereventWritecb),
        ("writecb", Chapter::ConnWritecb),
        ("bufferevent_free", Chapter::ConnWritecb),
    ] {
        assert_eq!(chapter(name), Some(expected), "{name}");
    }
    assert_eq!(chapter_of(trace, trace.len()), None);
    let numbers = Chapter::ALL.map(Chapter::number);
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    for chapter in Chapter::ALL {
        assert_ne!(chapter.title(Lang::EN), chapter.title(Lang::ZH));
    }
}

#[test]
fn the_reason_is_the_branch_that_was_taken() {
    let why = |name: &str, step| explain(&recorded(name), step, Lang::EN).why;
    let what = |name: &str, step| explain(&recorded(name), step, Lang::EN).what;
    // Writing was disabled while the connect was under way; the output is empty by chance.
    assert_eq!(
        why("connect-quiet", 53),
        "Writing of bev1 is disabled. The event stayed pending only for the connect, and that has ended."
    );
    let quiet = recorded("connect-quiet");
    let besides = &crate::causes(quiet.trace(), 53)[0].besides;
    assert_eq!(besides[0].step, 34);
    assert_eq!(
        besides[0].text(quiet.trace(), Lang::EN),
        "writing of bev1 was disabled"
    );
    assert_eq!(
        why("connect-quiet", 41),
        "The connect of bev1 has ended: the library's bufferevent_writecb finds out how."
    );
    // Nothing was written.
    assert_eq!(
        what("trigger", 65),
        "The output is at 0, at the low mark 0, so your conn_writecb runs."
    );
    assert_eq!(explain(&recorded("trigger"), 65, Lang::EN).watch, None);
    assert_eq!(
        why("hello-world", 69),
        "It is being freed, so none of them may run any more."
    );
    // An event that waited to read goes for many reasons; only where reading pauses does the peer have to wait.
    for (name, step, said) in [
        ("chat", 204, "The peer of bev1 has sent all it will send"),
        ("reset", 75, "The connection of bev1 is broken"),
        ("connect-refused", 65, "The connect of bev1 has failed"),
        ("connect-refused", 62, "The connect of bev1 has failed"),
        ("reset", 198, "The connection of bev2 is broken"),
        ("free-in-callback", 59, "is being freed"),
        ("free-in-callback", 73, "is being freed"),
        ("trigger", 32, "bev1 gets another fd"),
        (
            "rate-limit",
            63,
            "Reading of bev1 is suspended by its rate limit. What arrives stays in the kernel",
        ),
        ("reset", 150, "What arrives stays in the kernel"),
        ("tls", 260, "The peer of bev1 has sent all it will send"),
        // The socket is closed with it.
        ("echo", 154, "closes its socket"),
        ("chat", 95, "New connections wait in the kernel's queue"),
        ("chat", 202, "The peer has sent all it will send"),
        ("reset", 148, "that is full, the peer must wait"),
        // What the loop delivers was not put off by a socket.
        ("read-watermarks", 122, "It is called again"),
        (
            "connect-at-once",
            120,
            "The connect was over before its call returned",
        ),
        ("deferred-callbacks", 80, "the watermark's doing"),
        ("trigger", 94, "The program triggered it itself"),
        // Reading was on all the time, or never.
        ("read-watermarks", 52, "nothing else changes"),
        ("read-watermarks", 127, "its event becomes pending again"),
        ("connect-hostname", 21, "The side is not enabled"),
        ("rate-limit", 61, "The side stays enabled"),
    ] {
        let why = why(name, step);
        assert!(why.contains(said), "{name}:{step} {why}");
    }
    assert!(what("trigger", 94).contains("by hand, as if"));
    assert!(what("read-watermarks", 52).contains("was not held back"));
}

/// Every step that speaks of the program's callback for a side, where it has set none.
#[test]
fn who_has_set_no_callback_is_not_told_of_one() {
    let mut seen = 0;
    for (name, replay) in all_recorded() {
        let trace = replay.trace();
        for step in 0..trace.len() {
            let record = trace.record(step);
            let speaks = matches!(
                record.event,
                Event::BuffereventReadcb { .. }
                    | Event::BuffereventWritecb { .. }
                    | Event::BuffereventEnable { .. }
                    | Event::EvbufferRead { .. }
                    | Event::EventActive { .. }
                    | Event::Watermark { .. }
            );
            let state = replay.state_before(step);
            let bev = record
                .objects
                .bev
                .or_else(|| Some(trace.owner(record.objects.buf?)?.0));
            let Some(bev) = bev.and_then(|bev| state.bevs.get(bev)) else {
                continue;
            };
            if !speaks || bev.made_at.is_none() {
                continue;
            }
            let Explanation { what, why, .. } = explain(&replay, step, Lang::EN);
            for (callback, words) in [
                (&bev.readcb, "your read callback"),
                (&bev.writecb, "your write callback"),
            ] {
                // What stands on a bufferevent has the library's.
                let is_yours = callback
                    .as_deref()
                    .is_some_and(|name| !is_inner_callback(name));
                if !is_yours {
                    let text = format!("{what} {why}");
                    assert!(!text.contains(words), "{name}:{step} {text}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

/// A read tells whether its bytes are enough for the read callback.
#[test]
fn a_read_below_the_low_mark_does_not_run_the_read_callback() {
    let mut seen = [0, 0];
    for (name, replay) in all_recorded() {
        let trace = replay.trace();
        for step in 0..trace.len() {
            let record = trace.record(step);
            let Event::EvbufferRead {
                result: 1.., after, ..
            } = record.event
            else {
                continue;
            };
            if record.phase == Phase::Exit {
                continue;
            }
            let Some((bev, Side::Input)) = record.objects.buf.and_then(|buf| trace.owner(buf))
            else {
                continue;
            };
            let low = replay
                .state_before(step)
                .bevs
                .get(bev)
                .map_or(0, |bev| bev.read_low);
            let why = explain(&replay, step, Lang::EN).why;
            if low > 0 && !why.contains("no read callback") {
                let reached = after >= low;
                assert_eq!(
                    why.contains("has reached its low mark"),
                    reached,
                    "{name}:{step} {why}"
                );
                assert_eq!(
                    why.contains("does not run yet"),
                    !reached,
                    "{name}:{step} {why}"
                );
                seen[usize::from(reached)] += 1;
            }
        }
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}
