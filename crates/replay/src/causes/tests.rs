use std::path::Path;

use super::*;

fn recorded(name: &str) -> Trace {
    let file = format!("{}/../../traces/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    Trace::open(Path::new(&file)).unwrap()
}

/// A trace of records written short: depth, phase, and the rest of the record.
pub(super) fn trace(records: &[(u32, &str, &str)]) -> Trace {
    let mut text = String::from(
        r#"{"evscope":1,"program":"p","library":"l","backend":"epoll","pid":1,"started":"2026-01-01T00:00:00Z","clock":"monotonic","unit":"ns"}"#,
    );
    for (seq, (depth, phase, rest)) in records.iter().enumerate() {
        text.push_str(&format!(
            "\n{{\"seq\":{seq},\"t\":{seq},\"thread\":1,\"depth\":{depth},\"ph\":\"{phase}\",{rest}}}"
        ));
    }
    Trace::read(text.as_bytes(), "test").unwrap()
}

fn first(trace: &Trace, name: &str) -> usize {
    trace
        .records()
        .position(|r| r.event.name() == name)
        .unwrap()
}

fn names(trace: &Trace, step: usize) -> Vec<String> {
    causes(trace, step)
        .iter()
        .map(|cause| trace.record(cause.step).event.name().to_owned())
        .collect()
}

#[test]
fn why_conn_writecb_ran_goes_back_to_main() {
    let trace = recorded("hello-world");
    let writecb = first(&trace, "writecb");
    assert_eq!(
        names(&trace, writecb),
        [
            "watermark",
            "evbuffer_write",
            "bufferevent_writecb",
            "event_active",
            "poll",
            "event_add",
            "bufferevent_enable",
            "listener_cb",
            "accept",
            "listener_read_cb",
            "event_active",
            "poll",
            "event_add",
            "evconnlistener_enable",
            "evconnlistener_new",
        ]
    );
    let chain = causes(&trace, writecb);
    let text = |cause: &Cause| cause.text(&trace, Lang::EN);
    assert_eq!(
        text(&chain[0]),
        "the output of bev1 was at 0, the low mark is 0"
    );
    assert_eq!(text(&chain[1]), "14 bytes went to fd 8, all there were");
    assert_eq!(
        text(&chain[5]),
        "event5 was made pending by bufferevent_enable"
    );
    assert_eq!(
        text(&chain[14]),
        "main called evconnlistener_new for listener1"
    );
    assert_eq!(chain[0].besides[0].kind, CauseKind::Callbacks);
    let bytes = &chain[2].besides[0];
    assert_eq!(bytes.kind, CauseKind::Bytes);
    assert_eq!(text(bytes), "bufferevent_write put 14 bytes there");
}

#[test]
fn a_signal_goes_back_through_the_pipe_to_the_call_that_asked_for_it() {
    let trace = recorded("hello-world");
    let callback = first(&trace, "event_callback");
    assert_eq!(
        names(&trace, callback),
        [
            "event_active",
            "evsig_cb",
            "event_active",
            "poll",
            "event_add",
            "event_add"
        ]
    );
}

#[test]
fn why_a_bufferevent_was_taken_apart() {
    let trace = recorded("hello-world");
    let finalize = first(&trace, "bufferevent_finalize");
    assert_eq!(
        names(&trace, finalize)[..2],
        ["bufferevent_free", "writecb"]
    );
}

#[test]
fn the_end_of_a_connection_goes_back_to_the_read_that_found_it() {
    let trace = recorded("echo");
    let eventcb = first(&trace, "eventcb");
    let chain = causes(&trace, eventcb);
    assert_eq!(chain[0].kind, CauseKind::Transfer);
    assert_eq!(
        chain[0].text(&trace, Lang::EN),
        "fd 8 was at its end of file"
    );
    assert_eq!(chain[1].kind, CauseKind::Call);
    assert_eq!(chain[2].kind, CauseKind::Active);
}

#[test]
fn a_callback_that_is_run_once_goes_back_to_its_event() {
    for (name, step, expected) in [
        ("edge-trigger", 39, &[35, 12][..]),
        (
            "high-watermark-stall",
            79,
            &[75, 45, 23, 22, 21, 20, 19, 6, 5, 3],
        ),
    ] {
        let trace = recorded(name);
        let steps = |step| -> Vec<usize> { causes(&trace, step).iter().map(|c| c.step).collect() };
        assert_eq!(trace.record(step).event.name(), "event_callback");
        assert_eq!(trace.record(step - 1).event.name(), "event_once_cb");
        assert_eq!(steps(step), expected, "{name}");
        assert_eq!(steps(step - 1), expected, "{name}");
    }
}

#[test]
fn a_refused_connect_names_the_read_that_was_told() {
    let trace = recorded("connect-refused");
    let eventcb = first(&trace, "eventcb");
    let chain = causes(&trace, eventcb);
    assert_eq!(chain[0].kind, CauseKind::Connect);
    let read = &chain[1].besides[0];
    assert_eq!(read.step, 56);
    assert_eq!(
        read.text(&trace, Lang::EN),
        "reading fd 6 gave ECONNREFUSED"
    );
}

#[test]
fn every_chain_goes_down_and_every_link_says_something() {
    for name in ["hello-world", "echo"] {
        let trace = recorded(name);
        for step in 0..trace.len() {
            let mut after = step;
            for cause in causes(&trace, step) {
                assert!(cause.step < after, "{name} {step}");
                for link in cause.besides.iter().chain([&cause]) {
                    assert!(link.step < after, "{name} {step}");
                    let english = link.text(&trace, Lang::EN);
                    let chinese = link.text(&trace, Lang::ZH);
                    assert!(!english.is_empty() && !english.contains('?'), "{english}");
                    assert!(!chinese.is_empty() && !chinese.contains('?'), "{chinese}");
                    assert_ne!(english, chinese);
                }
                after = cause.step;
            }
        }
    }
}

#[test]
fn a_timer_goes_back_to_the_program_s_add_and_not_to_the_loop_s() {
    let timer = r#""event":1,"role":"timer","#;
    let assign =
        format!(r#"{timer}"ev":"event_assign","events":"PERSIST","callback":"tick","priority":0"#);
    let add = format!(r#"{timer}"ev":"event_add","timeout":5000000"#);
    let active = format!(r#"{timer}"ev":"event_active","what":"TIMEOUT","why":"timeout""#);
    let run = format!(r#"{timer}"ev":"event_callback","callback":"tick","what":"TIMEOUT""#);
    let trace = trace(&[
        (0, "point", &assign),
        (0, "point", &add),
        (0, "enter", r#""ev":"event_base_loop","flags":"""#),
        (1, "point", &active),
        (1, "point", &add),
        (1, "enter", &run),
        (1, "exit", &run),
        (1, "point", &active),
        (1, "point", &add),
        (1, "enter", &run),
    ]);
    let steps: Vec<usize> = causes(&trace, 9).iter().map(|cause| cause.step).collect();
    assert_eq!(steps, [7, 1]);
    let rearmed: Vec<usize> = causes(&trace, 8).iter().map(|cause| cause.step).collect();
    assert_eq!(rearmed, [7, 1], "the loop adds it because it fires");
}

#[test]
fn of_two_adds_the_one_that_made_it_pending_counts() {
    let event = r#""event":1,"role":"user","fd":5,"#;
    let add = format!(r#"{event}"ev":"event_add""#);
    let del = format!(r#"{event}"ev":"event_del""#);
    let active = format!(r#"{event}"ev":"event_active","what":"READ","why":"io""#);
    let trace = trace(&[
        (0, "point", &add),
        (0, "point", &del),
        (0, "point", &add),
        (0, "point", &add),
        (0, "enter", r#""ev":"event_base_loop","flags":"""#),
        (1, "enter", r#""ev":"poll""#),
        (1, "exit", r#""ev":"poll","ready":1"#),
        (1, "point", &active),
    ]);
    let chain = causes(&trace, 7);
    let steps: Vec<usize> = chain.iter().map(|cause| cause.step).collect();
    assert_eq!(steps, [6, 2]);
    assert_eq!(chain[0].kind, CauseKind::Ready);
    assert_eq!(chain[1].kind, CauseKind::Pending);
}

#[test]
fn who_set_the_marks_stands_beside_the_mark() {
    let bev = r#""bev":1,"#;
    let set = format!(r#"{bev}"ev":"bufferevent_setwatermark","events":"READ","low":10,"high":20"#);
    let read =
        format!(r#"{bev}"ev":"evbuffer_read","buf":1,"fd":5,"result":20,"before":0,"after":20"#);
    let mark = format!(
        r#"{bev}"ev":"watermark","side":"input","mark":"high","at":20,"from":0,"to":20,"crossed":"up""#
    );
    let cb = format!(
        r#"{bev}"ev":"evbuffer_cb","buf":1,"callback":"wm","before":0,"added":20,"deleted":0"#
    );
    let suspend = format!(r#"{bev}"ev":"suspend_read","reason":"WATERMARK","now":"WATERMARK""#);
    let trace = trace(&[
        (0, "point", &set),
        (0, "enter", &read),
        (1, "enter", &cb),
        (2, "point", &mark),
        (2, "enter", &suspend),
    ]);
    let chain = causes(&trace, 4);
    assert_eq!(chain[0].step, 3);
    assert_eq!(chain[0].kind, CauseKind::Watermark);
    assert_eq!(chain[1].step, 1, "the buffer's callback is passed over");
    assert_eq!(chain[1].kind, CauseKind::Transfer);
    assert_eq!(chain[1].besides[0].step, 0);
    assert_eq!(chain[1].besides[0].kind, CauseKind::Marks);
}

#[test]
fn nonsense_has_an_end_too() {
    let trace = trace(&[
        (3, "exit", r#""ev":"poll""#),
        (
            1,
            "point",
            r#""ev":"event_active","event":7,"what":"READ","why":"io""#,
        ),
        (0, "exit", r#""ev":"writecb","callback":"x""#),
        (2, "point", r#""ev":"bufferevent_writecb","what":"""#),
        (2, "point", r#""ev":"something_new","event":7"#),
        (0, "point", r#""ev":"lost","count":3"#),
    ]);
    for step in 0..trace.len() + 2 {
        let mut after = step;
        for cause in causes(&trace, step) {
            assert!(cause.step < after);
            after = cause.step;
        }
    }
    assert!(causes(&trace, 5).is_empty());
}

#[test]
fn a_failed_look_up_names_the_host() {
    let trace = trace(&[
        (
            0,
            "enter",
            r#""ev":"bufferevent_setcb","bev":1,"eventcb":"on_event""#,
        ),
        (
            0,
            "exit",
            r#""ev":"bufferevent_setcb","bev":1,"eventcb":"on_event""#,
        ),
        (
            0,
            "enter",
            r#""ev":"bufferevent_socket_connect","bev":1,"addr":"host.invalid:80""#,
        ),
        (
            0,
            "exit",
            r#""ev":"bufferevent_socket_connect","bev":1,"addr":"host.invalid:80""#,
        ),
        (0, "enter", r#""ev":"event_base_loop","base":1,"flags":"""#),
        (
            1,
            "enter",
            r#""ev":"eventcb","bev":1,"callback":"on_event","what":"ERROR","errno":"EAI_NONAME""#,
        ),
    ]);
    let chain = causes(&trace, 5);
    let besides = &chain[0].besides;
    assert_eq!(besides.len(), 1, "{chain:?}");
    assert_eq!(besides[0].step, 2);
    for lang in [Lang::EN, Lang::ZH] {
        let text = besides[0].text(&trace, lang);
        assert!(text.contains("host.invalid:80"), "{text}");
    }
}

/// A call is told with who called it, where that is the program's own function, and with what it is about.
#[test]
fn a_call_is_told_with_its_caller_and_its_object() {
    let add = r#""ev":"evbuffer_add","buf":2,"len":1,"before":0,"after":1"#;
    let main = r#""caller":{"file":"a.c","line":3,"fn":"main"}"#;
    for (call, said) in [
        (
            format!(r#""ev":"bufferevent_write","len":1,"bev":1,{main}"#),
            "main called bufferevent_write for bev1",
        ),
        (
            format!(r#""ev":"bufferevent_write","len":1,{main}"#),
            "main called bufferevent_write",
        ),
        (
            r#""ev":"bufferevent_write","len":1,"bev":1"#.to_owned(),
            "in bufferevent_write of bev1",
        ),
        (
            r#""ev":"bufferevent_write","len":1"#.to_owned(),
            "in bufferevent_write",
        ),
    ] {
        let trace = trace(&[(0, "enter", &call), (1, "point", add)]);
        assert_eq!(causes(&trace, 1)[0].text(&trace, Lang::EN), said);
    }
}
