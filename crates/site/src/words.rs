//! What the scripts say, by the names under which they ask for it. What is only known in the browser stands in
//! braces, and is put in there.

use std::collections::BTreeMap;

use evscope_replay::Lang;
use evscope_words::{Text, text, word};

/// Texts of one language by name.
pub(crate) type Words = BTreeMap<&'static str, String>;

fn of<const N: usize>(lang: Lang, texts: [(&'static str, Text); N]) -> Words {
    texts.map(|(name, text)| (name, text.in_lang(lang))).into()
}

/// What is said around a lesson: the screen's own words, where it says the same.
pub(crate) fn of_lessons(lang: Lang) -> Words {
    of(
        lang,
        [
            ("right", word!(lesson_right).into()),
            (
                "rightAtTry",
                text!(lesson_right_at_a_try, number = "{number}"),
            ),
            ("notSo", text!(lesson_not_so, given = "{given}")),
            (
                "not",
                text!(lesson_not, given = "{given}", right = "{right}"),
            ),
            ("step", text!(lesson_step, step = "{step}")),
            ("typed", text!(lesson_typed, text = "{text}")),
            ("lookAgain", word!(site_look_again).into()),
            ("aNumber", text!(lesson_answer_is_a_number, line = "{line}")),
            ("theEnd", word!(lesson_that_is_the_end).into()),
            ("yours", word!(site_trace_is_yours).into()),
            (
                "one",
                text!(lesson_of_predictions_came_true, right = "{right}", made = 1),
            ),
            (
                "many",
                text!(
                    lesson_of_predictions_came_true,
                    right = "{right}",
                    made = "{made}"
                ),
            ),
            ("stop", text!(site_stop, stop = "{stop}", stops = "{stops}")),
            ("next", word!(site_next_stop).into()),
            ("previous", word!(site_previous_stop).into()),
            ("nextLesson", text!(site_next_lesson, title = "{title}")),
            ("again", word!(site_again).into()),
            ("answer", word!(site_answer).into()),
            ("yourAnswer", word!(site_your_answer).into()),
            ("choose", word!(site_choose_first).into()),
            ("answersAre", text!(site_answers_are, last = "{last}")),
            ("away", word!(site_away).into()),
            ("back", text!(site_back, step = "{step}")),
            ("hidden", word!(site_hidden).into()),
            ("keys", word!(site_lesson_keys).into()),
            ("notKept", word!(site_not_kept).into()),
        ],
    )
}

/// What is said of one's progress in the course.
pub(crate) fn of_progress(lang: Lang) -> Words {
    of(
        lang,
        [
            (
                "done",
                text!(lesson_is_done, right = "{right}", made = "{made}"),
            ),
            (
                "at",
                text!(lesson_is_at, stop = "{stop}", stops = "{stops}"),
            ),
            ("begin", text!(site_begin, title = "{title}")),
            ("goOn", text!(site_go_on, title = "{title}")),
            ("all", word!(site_all_done).into()),
        ],
    )
}

/// What is said of a trace of one's own.
pub(crate) fn of_open(lang: Lang) -> Words {
    of(
        lang,
        [
            ("reading", text!(site_reading, file = "{file}")),
            ("shown", text!(site_shown, file = "{file}")),
            (
                "cut",
                text!(
                    site_shown_a_part,
                    file = "{file}",
                    shown = "{shown}",
                    all = "{all}"
                ),
            ),
            (
                "tooBig",
                text!(
                    site_too_big,
                    file = "{file}",
                    size = "{size}",
                    most = "{most}"
                ),
            ),
            ("broken", text!(site_reader_broke, file = "{file}")),
            ("none", word!(site_no_wasm).into()),
        ],
    )
}
