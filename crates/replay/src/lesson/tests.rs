use std::path::Path;

use super::*;
use crate::{Replay, Trace, Value};

const LESSON: &str = r#"
title.en = "One"
about = { en = "about", zh = "关于" }
trace = "hello-world"

[[stop]]
at = "ev=poll && ph=enter"
text.en = """
The loop
waits.

For ever."""

[[stop]]
at = "ev=listener_cb"
level = 1
text.en = "yours"
ask.text.en = "how many bytes?"
ask.after.en = "14"
ask.judge = "ev=bufferevent_write"
ask.value = "bev1.output.len"

[[stop]]
at = "ev=bufferevent_writecb"
text.en = "the library's"
[stop.ask]
text.en = "what now?"
after.en = "a write"
judge = "level=2"
choices = [
  { en = "a read", if = "ev=evbuffer_read" },
  { en = "a write", zh = "写", if = "ev=evbuffer_write" },
]

[[stop]]
at = "ev=watermark"
text.en = "the mark"
ask = { text.en = "which step?", after.en = "the next", step = "ev=writecb" }
"#;

fn replay() -> Replay {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../traces/hello-world.jsonl"
    );
    Replay::new(Trace::open(Path::new(file)).unwrap())
}

fn error(text: &str) -> String {
    Lesson::parse("l.toml", text).unwrap_err().to_string()
}

#[test]
fn a_lesson_is_read_and_found_in_its_trace() {
    let lesson = Lesson::parse("folder/one.toml", LESSON).unwrap();
    assert_eq!(
        (lesson.name.as_str(), lesson.trace.as_str()),
        ("one", "hello-world")
    );
    assert_eq!(
        lesson.stops[0].text.in_lang(Lang::ZH),
        "The loop waits.\nFor ever."
    );
    assert_eq!(lesson.about.in_lang(Lang::ZH), "关于");
    assert!(lesson.about.is_complete() && !lesson.title.is_complete());
    let replay = replay();
    let steps = lesson.prepare("one.toml", &replay).unwrap();
    let names: Vec<String> = steps
        .iter()
        .map(|stop| replay.trace().record(stop.step).event.name().to_owned())
        .collect();
    assert_eq!(
        names,
        ["poll", "listener_cb", "bufferevent_writecb", "watermark"]
    );
    assert_eq!(steps[0].right, None);
    assert_eq!(
        (steps[1].level, &steps[1].right),
        (Level::Program, &Some(Right::Value(Value::Number(14))))
    );
    let Some(Right::Choice(right)) = steps[2].right else {
        panic!("{:?}", steps[2]);
    };
    assert_eq!(choices(&lesson)[right], "a write");
    assert_eq!(steps[3].right, Some(Right::Step(steps[3].step + 1)));
}

/// The choices of the third stop, as they are shown.
fn choices(lesson: &Lesson) -> Vec<&str> {
    let question = lesson.stops[2].question.as_ref().unwrap();
    let Answer::Choice(choices) = &question.answer else {
        panic!("{question:?}");
    };
    let texts = choices.iter().map(|choice| choice.text.in_lang(Lang::EN));
    texts.collect()
}

/// The order of the choices says nothing: it is that of their words, however they stand in the file and
/// whichever is right, and it is another one for another question.
#[test]
fn choices_stand_in_an_order_of_their_own() {
    let (read, write) = (
        "  { en = \"a read\", if = \"ev=evbuffer_read\" },\n",
        "  { en = \"a write\", zh = \"写\", if = \"ev=evbuffer_write\" },\n",
    );
    let parse = |text: &str| Lesson::parse("l.toml", text).unwrap();
    let swapped = LESSON.replacen(&format!("{read}{write}"), &format!("{write}{read}"), 1);
    assert_ne!(swapped, LESSON);
    assert_eq!(choices(&parse(LESSON)), choices(&parse(&swapped)));
    let mut first = [0, 0];
    for number in 0..400 {
        let asked = LESSON.replacen("what now?", &format!("what now, {number}?"), 1);
        first[usize::from(choices(&parse(&asked))[0] == "a write")] += 1;
    }
    // Five deviations of a fair coin: ten each.
    assert!(
        first.iter().all(|count| (150..=250).contains(count)),
        "{first:?}"
    );
}

#[test]
fn a_prediction_comes_true_or_not() {
    let typed = |text: &str| Prediction::Typed(text.to_owned());
    let bytes = Right::Value(Value::Number(14));
    assert!(bytes.is(&typed(" 14 ")) && bytes.is(&typed("14 bytes")) && bytes.is(&typed("14B")));
    assert!(!bytes.is(&typed("15")) && !bytes.is(&typed("")) && !bytes.is(&Prediction::Choice(14)));
    assert!(Right::Value(Value::Bool(true)).is(&typed("Yes")));
    assert!(Right::Step(67).is(&typed("67")) && !Right::Step(67).is(&typed("6")));
    assert!(Right::Choice(1).is(&Prediction::Choice(1)));
    assert!(!Right::Choice(1).is(&typed("1")));
    for (right, is, is_not) in [
        (&bytes, "14 bytes", "many"),
        (&bytes, "-1", ""),
        (&Right::Step(67), "8", "no"),
        (&Right::Value(Value::Bool(true)), "no", " "),
    ] {
        assert!(right.takes(is) && !right.takes(is_not), "{right:?}");
    }
}

#[test]
fn a_mistake_is_told_with_its_line() {
    let changed = |from: &str, to: &str| LESSON.replacen(from, to, 1);
    for (text, expected) in [
        (
            changed("ev=listener_cb", "ev=listner_cb"),
            "l.toml:15: in `ev=listner_cb`, column 4: no event is called `listner_cb`; did you mean `listener_cb`?",
        ),
        (
            changed("level = 1", "level = 7"),
            "l.toml:16: a level is 1, 2 or 3, not 7",
        ),
        (
            changed("bev1.output.len", "bev1.output.size"),
            "l.toml:21: in `bev1.output.size`, column 13: a buffer has no `size`",
        ),
        (
            changed("trace = ", "tracee = "),
            "l.toml:4: unknown field `tracee`",
        ),
        (
            changed("step = \"ev=writecb\"", "at = \"x\""),
            "l.toml:38: unknown field `at`",
        ),
        (
            changed(", step = \"ev=writecb\"", ""),
            "l.toml:38: the answer of a question is one of",
        ),
        ("title.en = 1".to_owned(), "l.toml:1: "),
    ] {
        let message = error(&text);
        assert!(message.starts_with(expected), "{message}\n{expected}");
    }
    let empty = "title.en = \"\"\nabout.en = \"\"\ntrace = \"t\"\nstop = []\n";
    assert_eq!(error(empty), "l.toml:4: a lesson has at least one [[stop]]");
}

#[test]
fn what_the_trace_does_not_have_is_told() {
    let prepare = |from: &str, to: &str| {
        let lesson = Lesson::parse("l.toml", &LESSON.replacen(from, to, 1)).unwrap();
        lesson.prepare("l.toml", &replay()).unwrap_err().to_string()
    };
    let told = prepare("at = \"ev=watermark\"", "at = \"bev=9\"");
    assert!(
        told.starts_with("l.toml:36: no step matches `bev=9` in "),
        "{told}"
    );
    let told = prepare("if = \"ev=evbuffer_write\"", "if = \"ev=readcb\"");
    assert!(
        told.starts_with("l.toml:24: no choice is right at step 58"),
        "{told}"
    );
    let told = prepare("if = \"ev=evbuffer_read\"", "right = true");
    assert!(told.contains("are both right at step 58"), "{told}");
    assert!(
        told.contains("\"a read\"") && told.contains("\"a write\""),
        "{told}"
    );
    let watermark = "at = \"ev=watermark\"";
    let told = prepare(
        watermark,
        &format!("{watermark}\nholds = \"bev1.output.len=1\""),
    );
    assert!(
        told.contains(": `bev1.output.len=1` does not hold at step 66 in "),
        "{told}"
    );
    let told = prepare("step = \"ev=writecb\"", "step = \"ev=readcb\"");
    assert!(told.contains("matches `ev=readcb`"), "{told}");
}
