//! How long things take, on a trace of a million steps. Run by hand, in release:
//! `cargo test --release -p evscope-tui --lib -- --ignored --nocapture speed`.

use std::time::{Duration, Instant};

use evscope_replay::{Lang, Trace};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{HELLO_WORLD, User, begin, hello_worlds};
use crate::model::Model;
use crate::model::message::Message;
use crate::view;

/// A frame at 200x60 takes at most this long.
const FRAME: Duration = Duration::from_millis(2);
/// A screen that is drawn sixty times a second has so long for a move.
const MOVE: Duration = Duration::from_millis(16);

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let done = work();
    let took = begun.elapsed();
    println!("{what:<32} {took:>12.1?}");
    (took, done)
}

#[test]
#[ignore = "measures; of use in a release build only"]
fn speed() {
    let (_, trace) = timed("a million records made", || hello_worlds(1_000_000));
    let (_, (replay, facts)) = timed("folded, and facts gathered", || {
        crate::terminal::load::known(trace)
    });
    let (_, model) = timed("model made", || {
        let mut begin = begin();
        begin.size = (200, 60);
        Model::new(replay, facts, begin)
    });
    let mut user = User::over(model);
    let middle = user.model.trace().len() / 2;

    for keys in [
        "3", "2", "n", "N", "o", "u", "x", "c", "g", "G", "w", "p", "i", "e",
    ] {
        let (took, _) = timed(&format!("key {keys}"), || {
            user.tell(Message::Key(super::event(keys)));
        });
        assert!(took <= MOVE, "{keys}: {took:?}");
        while user.model.here.is_far {
            let (took, _) = timed("  nearer", || {
                user.tell(Message::Work);
            });
            assert!(took <= MOVE, "{keys}: {took:?}");
        }
    }
    // With the causes open, which lie at the beginning for some.
    for keys in ["G", "p", "p", "u", "U", "g"] {
        let (took, _) = timed(&format!("why, {keys}"), || {
            user.tell(Message::Key(super::event(keys)));
        });
        assert!(took <= MOVE, "{keys}: {took:?}");
    }
    // What is far away or nowhere is looked for in the whole trace.
    for keys in [":0<enter>i", "I", "ge", "GE", "g.", "G,", "1", "3", "2"] {
        let (before, last) = keys.split_at(keys.len() - 1);
        user.press(before);
        let (took, _) = timed(&format!("keys {keys}"), || {
            user.tell(Message::Key(super::event(last)));
        });
        assert!(took <= MOVE, "{keys}: {took:?}");
    }
    timed("goto the middle", || {
        user.press(&format!(":{middle}<enter>"))
    });
    for keys in [
        "nnnnnnnnnn",
        "/ev=writecb<enter>",
        "fev=writecb<enter>",
        "f<ctrl-u><enter>",
    ] {
        timed(keys, || user.press(keys));
    }
    // A run before the stops are found looks through the trace in slices, and after it only goes there.
    for stop in [
        "watch bev1.fd",
        "break bev1.output.len > 999999",
        "break nowhere",
        "watch bev1.output.len",
    ] {
        let last = user.model.trace().len() - 1;
        user.press(":0<enter>");
        for key in format!(":{stop}").chars().map(String::from) {
            user.press_one(&key);
        }
        user.press_one("enter");
        if !stop.ends_with("len") {
            timed(&format!("{stop}, at once"), || {
                user.press_one("c");
            });
        }
        timed("  found out", || {
            while user.model.has_work() {
                user.tell(Message::Work);
            }
        });
        for keys in ["c", "C", &format!(":{last}<enter>C"), "c"] {
            let (before, run) = keys.split_at(keys.len() - 1);
            user.press(before);
            let (took, _) = timed(&format!("  {keys}"), || {
                user.press_one(run);
            });
            assert!(took <= MOVE, "{stop}, {keys}: {took:?}");
        }
        user.press("Bd");
    }

    let area = Rect::new(0, 0, 200, 60);
    let mut buf = Buffer::empty(area);
    for lanes in ["frames", "frames in Chinese"] {
        const FRAMES: u32 = 200;
        let (took, ()) = timed(lanes, || {
            for _ in 0..FRAMES {
                buf.reset();
                view::screen(&mut buf, area, &user.model);
            }
        });
        println!("{:<32} {:>12.1?}", "  each", took / FRAMES);
        assert!(took / FRAMES <= FRAME, "{:?}", took / FRAMES);
        user.press("L");
    }
}

/// What words cost: reading a language for the first frame, a frame after that, and a page of explanations, which is more
/// than a screen ever asks for at once.
#[test]
#[ignore = "measures; of use in a release build only"]
fn speed_of_words() {
    const PAGE: usize = 60;
    let area = Rect::new(0, 0, 120, 40);
    // A build for tests is many times slower: there only the figures are of use.
    let holds = |took: Duration, most: Duration| cfg!(debug_assertions) || took <= most;
    for lang in [Lang::EN, Lang::ZH] {
        let mut buf = Buffer::empty(area);
        timed(&format!("{lang}: first frame, language read"), || {
            let user = User::with(HELLO_WORLD, |begin| begin.lang = lang);
            view::screen(&mut buf, area, &user.model);
        });
        let mut user = User::with(HELLO_WORLD, |begin| begin.lang = lang);
        user.press("n");
        buf.reset();
        let (took, ()) = timed(&format!("{lang}: a frame"), || {
            view::screen(&mut buf, area, &user.model);
        });
        assert!(holds(took, FRAME), "{took:?}");
        let replay = &user.model.replay;
        // The first time reads what there is to know of the language; others use the machine, too.
        let mut rounds = (0..20).map(|round| {
            let (took, ()) = timed(&format!("{lang}: {PAGE} explanations, {round}"), || {
                for step in 0..PAGE {
                    std::hint::black_box(evscope_replay::explain(replay, step, lang));
                }
            });
            took
        });
        let took = rounds.next().unwrap_or_default();
        let again = rounds.min().unwrap_or_default();
        println!("{lang}: a page again {again:?}");
        assert!(holds(took, MOVE), "{took:?}");
    }
}

/// A server's trace: connections one after the other, each made, read from, and taken apart.
fn connections(count: u32) -> Trace {
    let mut text = HELLO_WORLD.lines().next().unwrap().to_owned() + "\n";
    let mut seq = 0;
    let mut line = |ph: &str, rest: &str| {
        let t = seq * 700;
        text += &format!(
            "{{\"seq\":{seq},\"t\":{t},\"thread\":1,\"depth\":0,\"ph\":\"{ph}\",{rest}}}\n"
        );
        seq += 1;
    };
    line(
        "point",
        r#""ev":"event_base_new","base":1,"backend":"epoll","priorities":1"#,
    );
    for bev in 1..=count {
        let of = format!(r#""base":1,"bev":{bev},"fd":8"#);
        let (first, second) = (2 * bev - 1, 2 * bev);
        let made = format!(
            r#""ev":"bufferevent_socket_new",{of},"options":"CLOSE_ON_FREE","input":{first},"output":{second},"ev_read":{first},"ev_write":{second}"#
        );
        line("enter", &made);
        line("exit", &made);
        let read = format!(r#""ev":"readcb",{of},"callback":"echo_readcb""#);
        line("enter", &read);
        line("exit", &read);
        line("point", &format!(r#""ev":"bufferevent_free",{of}"#));
        let finalize = r#""ev":"bufferevent_finalize""#;
        line(
            "point",
            &format!(r#"{finalize},{of},"closed":true,"unsent":0"#),
        );
    }
    Trace::read(text.as_bytes(), "connections").unwrap()
}

/// A key costs what is alive, not what the program ever made.
#[test]
#[ignore = "measures; of use in a release build only"]
fn speed_after_many_connections() {
    let (_, trace) = timed("a trace of 100,000 connections", || connections(100_000));
    let last = trace.len() - 1;
    let (replay, facts) = crate::terminal::load::known(trace);
    let mut begin = begin();
    begin.size = (200, 60);
    let mut user = User::over(Model::new(replay, facts, begin));
    user.press("3");
    for at in [200, last / 2, last - 200] {
        user.press(&format!(":{at}<enter>"));
        let mut times: Vec<Duration> = ["n", "p", "n", "n", "n", "p", "N", "P", "n"]
            .iter()
            .map(|key| timed(&format!("key {key} at {at}"), || user.press_one(key)).0)
            .collect();
        times.sort_unstable();
        let median = times[times.len() / 2];
        println!("at {at}: {median:?}");
        assert!(median <= MOVE, "at {at}: {median:?}");
    }
}
