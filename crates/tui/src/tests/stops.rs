//! Search, filter, breakpoints, watchpoints, the growing trace.

use evscope_replay::{Query, Watch};
use evscope_trace::{Level, Reader};

use super::{HELLO_WORLD, User};
use crate::model::Following;
use crate::model::message::Message;
use crate::model::pane::{Overlay, Pane};
use crate::work::shown::{Listed, Row};
use crate::work::stops::Stop;

#[test]
fn a_search_finds_and_goes_round() {
    let mut user = User::new();
    user.press("/ev=event_add<enter>");
    assert_eq!((user.step(), user.notice()), (6, "4 hits"));
    let mut hits = Vec::new();
    for _ in 0..5 {
        hits.push(user.press("]").step());
    }
    assert_eq!(hits, [12, 13, 33, 6, 12]);
    assert_eq!(user.notice(), "2/4");
    assert_eq!(user.press("[[").step(), 33);
    assert_eq!(user.press("03]").step(), 13);
}

#[test]
fn a_search_looks_at_what_is_listed() {
    let mut user = User::new();
    user.press("1").press("/ev=event_add<enter>");
    assert_eq!(
        user.complaint(),
        "`ev=event_add` is not in the steps listed here"
    );
    user.press("2");
    assert_eq!(user.press("]").step(), 6);
    user.press("<esc>]");
    assert_eq!(user.complaint(), "search for something first, with /");
}

#[test]
fn words_are_searched_as_text() {
    let mut user = User::new();
    user.press("/conn_writecb<enter>");
    assert_eq!(user.press("G[").step(), 67);
}

#[test]
fn a_wrong_query_says_where_and_stays_to_be_mended() {
    let mut user = User::new();
    user.press("fev=event_add && bev=<enter>");
    let prompt = user.model.prompt.as_ref().unwrap();
    let (column, message) = prompt.error.clone().unwrap();
    assert_eq!(prompt.input.value(), "ev=event_add && bev=");
    assert_eq!(column, 21, "{message}");
    assert!(user.screen().contains("column 21: "), "{}", user.screen());
    user.press("1<enter>");
    assert!(user.model.prompt.is_none());
    assert_eq!(user.model.rows().wanted(), 1);
}

#[test]
fn a_filter_keeps_the_calls_around_what_it_lists() {
    let mut user = User::new();
    user.press("fev=event_add<enter>");
    let rows: Vec<(usize, bool)> = user
        .model
        .rows()
        .from(0)
        .map(|row| (row.step(), row.why == Listed::Wanted))
        .collect();
    let expected = [
        (3, false),
        (5, false),
        (6, true),
        (12, true),
        (13, true),
        (17, false),
        (21, false),
        (23, false),
        (31, false),
        (33, true),
    ];
    assert_eq!(rows, expected);
    // Moves pass over what is there as context only.
    assert_eq!(user.press("gn").step(), 6);
    assert_eq!(user.press("nnn").step(), 33);
    assert_eq!(user.press("O").step(), 31);
    // What is hidden can still be gone to; then it is listed too.
    assert_eq!(user.press(":66<enter>").step(), 66);
    assert_eq!(user.press("p").step(), 33);
    // Without a query everything is listed again.
    user.press("f<ctrl-u><enter>");
    assert!(user.model.filter.is_none());
    assert_eq!(user.press("n").step(), 38);
}

#[test]
fn a_filter_that_leaves_nothing_says_so() {
    let mut user = User::new();
    user.press("fbev=99<enter>");
    assert!(user.complaint().starts_with("nothing matches the filter"));
    assert!(user.screen().contains("No step is listed."));
    user.press("nNoOcC]w<esc>f<ctrl-u><enter>");
    assert_eq!(user.press("gn").step(), 1);
}

#[test]
fn a_query_may_ask_for_the_state() {
    let mut user = User::new();
    user.press(":filter bev1.output.len > 0<enter>");
    let steps: Vec<usize> = user
        .model
        .rows()
        .from(0)
        .filter(|row| row.why == Listed::Wanted)
        .map(Row::step)
        .collect();
    assert_eq!(steps, [51, 53, 54, 55, 56]);
}

#[test]
fn a_run_stops_where_it_should_in_both_directions() {
    let mut user = User::new();
    user.press("c");
    assert!(user.complaint().starts_with("there is nothing to stop at"));
    user.press(":break ev=watermark<enter>");
    assert_eq!(user.press("c").step(), 66);
    assert_eq!(user.notice(), "stopped: ev=watermark");
    user.press("c");
    assert_eq!(
        (user.step(), user.complaint()),
        (66, "no further stop in this direction")
    );
    assert_eq!(user.press("GC").step(), 66);
}

#[test]
fn a_breakpoint_begins_as_the_step_it_is_set_at() {
    let mut user = User::new();
    user.press(":33<enter>b");
    let prompt = user.model.prompt.as_ref().unwrap();
    assert_eq!(prompt.input.value(), "ev=event_add && bev=1");
    assert_eq!(user.press("<enter>gc").step(), 33);
}

#[test]
fn a_run_stops_where_a_value_changes() {
    let mut user = User::new();
    user.press(":watch bev1.output.len<enter>");
    assert_eq!(user.press("gc").step(), 24, "the buffer is made");
    assert_eq!(user.press("c").step(), 45, "bytes come");
    assert_eq!(user.notice(), "stopped: bev1.output.len: 0 → 14");
    assert_eq!(user.model.level, Level::Everything, "which shows that step");
    assert_eq!(user.press("c").step(), 58, "and go");
    assert!(
        user.notice().contains("bev1.output.len: 14 → 0"),
        "{}",
        user.notice()
    );
    assert_eq!(user.press("C").step(), 45);
    user.press(":watch bev9.output.len<enter>");
    assert!(
        user.complaint().contains("`bev9.output.len`"),
        "{}",
        user.complaint()
    );
}

#[test]
fn the_value_that_is_offered_is_what_the_step_is_about() {
    let mut user = User::new();
    for (step, value) in [
        ("ev=watermark", "bev1.output.len"),
        ("ev=poll", "event2.active"),
        ("ev=event_base_new", "event1.pending"),
    ] {
        user.press(&format!("3g/{step}<enter>W"));
        let prompt = user.model.prompt.as_ref().unwrap();
        assert_eq!(prompt.input.value(), value, "{step}");
        user.press("<enter>");
        assert_eq!(user.complaint(), "", "{step}: it can be watched");
    }
}

#[test]
fn a_run_stops_at_the_same_steps_once_they_have_been_found_out() {
    let query = |text| Stop::at(Query::parse(text).unwrap());
    let watch = |text| Stop::when_changed(Watch::parse(text).unwrap());
    let stops = [
        query("ev=watermark || ev=accept"),
        watch("bev1.output.len"),
        query("bev1.output.len > 0"),
        watch("event3.pending"),
        query("no such words"),
    ];
    let runs = |stops: &[Stop], found_out: bool| {
        let mut user = User::with(HELLO_WORLD, |begin| begin.stops = stops.to_vec());
        if found_out {
            user.settle();
        }
        let run = |key: &str| {
            user.press_one(key);
            let known = user
                .model
                .stops
                .iter()
                .map(|stop| stop.places(user.model.trace()));
            assert!(known.clone().all(|places| places.is_some() == found_out));
            (user.step(), user.notice().to_owned())
        };
        [
            "g", "c", "c", "c", "C", "c", "c", "c", "G", "C", "C", "g", "C",
        ]
        .map(run)
    };
    for some in [
        &stops[..1],
        &stops[1..2],
        &stops[2..3],
        &stops[..],
        &stops[4..],
    ] {
        assert_eq!(runs(some, false), runs(some, true), "{some:?}");
    }
}

#[test]
fn a_run_goes_as_many_stops_far_as_the_count_says_found_out_or_not() {
    // More steps than a slice of work.
    let line = |seq: usize| {
        format!(
            r#"{{"seq":{seq},"t":{seq},"thread":1,"depth":0,"ph":"point","ev":"event_free","base":1,"event":{}}}"#,
            seq + 1
        )
    };
    let header = HELLO_WORLD.lines().next().unwrap().to_owned();
    let lines: Vec<String> = std::iter::once(header)
        .chain((0..60_000).map(line))
        .collect();
    let text = lines.join("\n") + "\n";
    for found_out in [false, true] {
        let mut user = User::with(&text, |begin| {
            let query = "seq=10000 || seq=30000 || seq=30001 || seq=50000";
            begin.stops = vec![Stop::at(Query::parse(query).unwrap())];
        });
        if found_out {
            user.settle();
        }
        let mut run = |keys: &[&str]| {
            for key in keys {
                user.press_one(key);
            }
            assert_eq!(
                user.model.stops[0].places(user.model.trace()).is_some(),
                found_out
            );
            user.step()
        };
        assert_eq!(run(&["0", "3", "c"]), 30_001);
        assert_eq!(run(&["0", "2", "C"]), 10_000);
        assert_eq!(run(&["9", "c"]), 50_000, "as far as there are stops");
        assert_eq!(run(&["0", "3", "C"]), 10_000);
    }
}

#[test]
fn a_change_at_a_step_that_is_never_listed_stops_at_the_next() {
    let watch = Stop::when_changed(Watch::parse("thread1.depth").unwrap());
    for found_out in [false, true] {
        let mut user = User::with(HELLO_WORLD, |begin| begin.stops = vec![watch.clone()]);
        if found_out {
            user.settle();
        }
        let mut told = Vec::new();
        for _ in 0..6 {
            user.press_one("c");
            let change = user.notice().rsplit(": ").next().unwrap().to_owned();
            told.push((user.step(), change));
        }
        let depths = ["1 → 2", "2 → 3", "3 → 0", "0 → 1", "1 → 2", "2 → 1"];
        let changes: Vec<&str> = told.iter().map(|(_, change)| change.as_str()).collect();
        assert_eq!(changes, depths, "{told:?}");
        for (step, _) in told.iter().rev().skip(1) {
            assert_eq!(user.press_one("C").step(), *step);
        }
    }
}

#[test]
fn a_filter_that_is_gone_takes_the_cursor_nowhere() {
    let mut user = User::new();
    user.press("fev=watermark<enter>");
    assert_eq!(user.step(), 66);
    user.press("f<ctrl-u><enter>3");
    assert_eq!(user.step(), 66);
}

#[test]
fn stops_tell_how_often_they_are_reached_and_mark_their_steps() {
    let mut user = User::with(HELLO_WORLD, |begin| {
        begin.stops = vec![
            Stop::when_changed(Watch::parse("bev1.output.len").unwrap()),
            Stop::at(Query::parse("ev=accept").unwrap()),
            Stop::at(Query::parse("bev1.freed_at > 9999").unwrap()),
        ];
    });
    user.press_one("B");
    assert!(
        user.screen().contains("bev1.output.len changes  …"),
        "{}",
        user.screen()
    );
    let screen = user.settle().screen();
    for told in [
        "bev1.output.len changes  3 steps",
        "ev=accept  2 steps",
        "9999  0 steps",
    ] {
        assert!(screen.contains(told), "{told}: {screen}");
    }
    let trace = user.model.trace();
    let watch = &user.model.stops[0];
    let marked: Vec<usize> = (0..trace.len())
        .filter(|step| watch.marks(trace, *step))
        .collect();
    assert_eq!(marked, [24, 45, 58]);
    user.press("<space>");
    assert!(
        !user.model.stops[0].marks(user.model.trace(), 45),
        "it is off"
    );
}

#[test]
fn stops_are_found_in_what_a_trace_grows_by() {
    let mut lines = Vec::new();
    let mut reader = Reader::new(HELLO_WORLD.as_bytes(), "t").unwrap();
    while let Some(line) = reader.next_line().unwrap() {
        lines.push(line);
    }
    let start: Vec<&str> = HELLO_WORLD.lines().take(81).collect();
    let mut user = User::with(&(start.join("\n") + "\n"), |begin| {
        begin.following = Following::Live;
        begin.stops = vec![
            Stop::at(Query::parse("ev=event_base_loop").unwrap()),
            Stop::when_changed(Watch::parse("bev1.freed_at").unwrap()),
        ];
    });
    user.settle().press("g");
    let places = |user: &User| -> Vec<Vec<u32>> {
        let trace = user.model.trace();
        let stops = user.model.stops.iter();
        stops
            .map(|stop| stop.places(trace).unwrap().to_vec())
            .collect()
    };
    assert_eq!(places(&user), [vec![17], vec![]]);
    user.tell(Message::Grown(lines.split_off(80))).settle();
    let [loops, frees] = places(&user).try_into().unwrap();
    assert_eq!((loops.len(), frees.len()), (2, 1));
    user.press("cc");
    assert!(user.notice().contains("bev1.freed_at"), "{}", user.notice());
}

#[test]
fn stops_are_listed_turned_off_and_removed() {
    let mut user = User::new();
    user.press(":break ev=watermark<enter>:break ev=accept<enter>B");
    assert_eq!(user.model.overlay, Some(Overlay::of(Pane::STOPS, 0)));
    user.press("j<space>B");
    assert!(!user.model.stops[1].on);
    assert_eq!(user.press("c").step(), 66, "the other one is off");
    // Enter runs on to the chosen one, whether it is on or off.
    assert_eq!(user.press("gBj<enter>").step(), 22);
    user.press("Bdd");
    assert!(user.model.stops.is_empty() && user.model.overlay.is_none());
}

#[test]
fn a_growing_trace_is_followed_paused_and_filtered() {
    let lines: Vec<&str> = HELLO_WORLD.lines().collect();
    let records = |from: usize, to: usize| -> Vec<evscope_trace::Line> {
        let mut reader = Reader::new(HELLO_WORLD.as_bytes(), "t").unwrap();
        let mut all = Vec::new();
        while let Some(line) = reader.next_line().unwrap() {
            all.push(line);
        }
        all[from..to].to_vec()
    };
    let begun = 80;
    let start = lines[..=begun].join("\n") + "\n";
    let mut user = User::with(&start, |begin| begin.following = Following::Live);
    let first = user.step();
    assert_eq!(
        user.model.rows().last().unwrap().step(),
        first,
        "at the newest step"
    );
    user.press(":filter ev=event_add || ev=watermark<enter>/watermark<enter>G");
    user.tell(Message::Grown(records(begun, lines.len() - 1)));
    assert_eq!(user.model.trace().len(), 114);
    assert_eq!(user.step(), 66, "the newest that the filter lets through");
    assert_eq!(user.model.search.as_ref().unwrap().hits, [66]);
    user.press("F");
    assert_eq!(user.model.following, Following::Paused);
    assert_eq!(user.press("gF").model.following, Following::Live);
    assert_eq!(user.step(), 66, "back at the newest");

    let mut user = User::with(&start, |begin| begin.following = Following::Live);
    user.press("g")
        .tell(Message::Grown(records(begun, lines.len() - 1)));
    assert_eq!(user.step(), 0, "who looks at something else is left there");
    assert_eq!(user.press("G").step(), 111);
    user.press("F").press("1");
    assert_eq!(user.model.level, Level::Program);
}

#[test]
fn a_wrong_query_is_told_in_the_language_of_the_screen() {
    let mut user = User::new();
    user.press("Lfev=event_ad<enter>");
    assert_eq!(
        user.complaint(),
        "没有叫 `event_ad` 的事件；是不是想写 `event_add`？"
    );
    user.press("<esc>W<ctrl-u>bev1<enter>");
    assert!(
        user.complaint().starts_with("`bev1` 是整个对象"),
        "{}",
        user.complaint()
    );
    user.press("<esc>:break ev=<enter>");
    assert_eq!(user.complaint(), "`=` 后面应当有值（第 4 列）");
    user.press(":nonsense<enter>");
    assert_eq!(user.complaint(), "没有叫“nonsense”的命令；? 显示全部命令");
    user.press(":theme red<enter>");
    assert!(
        user.complaint().starts_with("没有配色"),
        "{}",
        user.complaint()
    );
}

/// A call that has not returned has no time yet: once it has, it is meant.
#[test]
fn what_asks_how_long_a_call_took_is_asked_again_when_it_has_returned() {
    let query = "ev=listener_cb && dur>0";
    let mut whole = User::new();
    whole.press(&format!("f{query}<enter>"));
    let wanted = |user: &User| -> Vec<usize> {
        let rows = user.model.rows().from(0);
        rows.filter(|row| row.why == crate::work::shown::Listed::Wanted)
            .map(Row::step)
            .collect()
    };
    let calls = wanted(&whole);
    assert_eq!(calls.len(), 1, "{calls:?}");
    let within = calls[0] + 2;
    let mut reader = evscope_trace::Reader::new(HELLO_WORLD.as_bytes(), "t").unwrap();
    let mut lines: Vec<_> = std::iter::from_fn(|| reader.next_line().unwrap()).collect();
    let end = lines.iter().position(
        |line| matches!(line, evscope_trace::Line::Record(record) if record.seq == within as u64),
    );
    let rest = lines.split_off(end.unwrap());
    let header = HELLO_WORLD.lines().next().unwrap();
    let mut user = User::with(&format!("{header}\n"), |begin| {
        begin.following = Following::Live;
    });
    user.tell(crate::model::message::Message::Grown(lines));
    user.press(&format!("f{query}<enter>"));
    user.press(&format!(":break {query}<enter>"));
    assert_eq!(wanted(&user), Vec::<usize>::new());
    user.tell(crate::model::message::Message::Grown(rest))
        .settle();
    assert_eq!(wanted(&user), calls);
    let places = user.model.stops[0].places(user.model.trace()).unwrap();
    assert_eq!(places, [calls[0] as u32]);
    user.press("f<backspace>").press("<esc>:filter ev~*<enter>");
    user.press("gc");
    assert_eq!(user.step(), calls[0], "{}", user.notice());
}
