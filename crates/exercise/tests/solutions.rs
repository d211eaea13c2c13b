//! Every exercise: its reference is right, what one begins with is not, and each common wrong solution is told what is
//! wrong with it.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use evscope_exercise::{Exercise, named, names, wrong_solutions};
use evscope_words::Lang;

fn exercise(name: &str) -> Exercise {
    named(name)
        .unwrap()
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The points that a program breaks, each with what is said of it.
fn broken(exercise: &Exercise, what: &str, program: &str) -> Vec<String> {
    let file = format!("{}.scn", exercise.name);
    let judged = exercise
        .judge(&file, program)
        .unwrap_or_else(|error| panic!("{}, {what}: {error}", exercise.name));
    let broken = judged.points.iter().filter_map(|point| {
        let broken = point.broken.as_ref()?;
        for lang in [Lang::EN, Lang::ZH] {
            assert!(!broken.text(lang).trim().is_empty());
        }
        Some(format!("{}: {}", point.name, broken.text(Lang::EN)))
    });
    broken.collect()
}

#[test]
fn there_are_enough_of_them() {
    assert!(names().count() >= 15);
}

#[test]
fn references_are_right() {
    let mut wrong = String::new();
    for name in names() {
        let exercise = exercise(name);
        let broken = broken(&exercise, "reference", &exercise.reference);
        if !broken.is_empty() {
            wrong.push_str(&format!("{name}: {broken:#?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_one_begins_with_is_wrong() {
    for name in names() {
        let exercise = exercise(name);
        let found = broken(&exercise, "start", &exercise.start_file());
        assert!(!found.is_empty(), "{name}");
        println!("{name}: {found:#?}");
    }
}

#[test]
fn each_wrong_solution_is_told_what_is_wrong() {
    let mut wrong = String::new();
    for name in names() {
        let exercise = exercise(name);
        let solutions = wrong_solutions(name);
        assert!(solutions.len() >= 3, "{name}");
        for solution in solutions {
            let found = broken(&exercise, &solution.name, &solution.program);
            let begin = format!("{}: ", solution.breaks);
            if !found.iter().any(|point| point.starts_with(&begin)) {
                wrong.push_str(&format!(
                    "{name}/{} should break {}: {found:#?}\n",
                    solution.name, solution.breaks
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Every point has a goal, every goal is a point's, and all of it is there in both languages.
#[test]
fn all_is_said_in_both_languages() {
    for name in names() {
        let exercise = exercise(name);
        for point in exercise.points() {
            assert!(exercise.goals.contains_key(point), "{name}: {point}");
        }
        for goal in exercise.goals.keys() {
            assert!(
                exercise.points().any(|point| point == goal),
                "{name}: {goal}"
            );
        }
        assert!(exercise.hints.len() >= 2, "{name}");
        let goals = exercise.goals.values();
        let all = goals
            .chain(&exercise.hints)
            .chain([&exercise.title, &exercise.task]);
        for text in all {
            assert!(!text.en.is_empty() && !text.zh.is_empty(), "{name}");
            assert!(
                text.en.is_ascii() && !text.zh.is_ascii(),
                "{name}: {text:?}"
            );
            for words in [&text.en, &text.zh] {
                assert!(words.matches('`').count() % 2 == 0, "{name}: {words}");
            }
        }
    }
}

/// The pages list every exercise as its folder has it.
#[test]
fn the_pages_have_a_row_for_each() {
    for (lang, page) in [
        (Lang::EN, include_str!("../../../docs/exercises.md")),
        (Lang::ZH, include_str!("../../../docs/zh/exercises.md")),
    ] {
        for name in names() {
            let exercise = exercise(name);
            let after: Vec<String> = exercise
                .after
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            let row = format!(
                "| `{name}` | **{}** {} | {} |",
                exercise.title.in_lang(lang),
                exercise.task.in_lang(lang),
                after.join(", ")
            );
            assert!(page.contains(&row), "{row}");
        }
    }
}
