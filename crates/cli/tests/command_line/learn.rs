//! `evscope learn` where there is no screen.

use crate::support::Folder;

#[test]
fn lessons_are_listed_and_printed() {
    let folder = Folder::new();
    let list = folder.run("learn").fine();
    for name in ["writecb", "disabled-read", "high-watermark-stall"] {
        assert!(list.contains(name), "{list}");
    }
    let text = folder.run("learn writecb").fine();
    assert!(text.starts_with("Who calls your writecb?\n"), "{text}");
    assert!(text.contains("   ? ") && text.contains("   → "), "{text}");
    let chinese = folder.run("learn writecb --lang zh").fine();
    assert!(chinese.starts_with("谁调用了你的 writecb？\n"), "{chinese}");
}

#[test]
fn a_teachers_lesson_is_a_file_with_its_trace_beside_it() {
    let folder = Folder::new();
    let lesson = r#"
trace = "small.jsonl"
title.en = "Mine"
about.en = "About it"

[[stop]]
at = "step=1"
text.en = "Look."
ask = { text.en = "Which?", after.en = "That.", step = "step=2" }
"#;
    std::fs::create_dir(folder.path().join("lessons")).unwrap();
    folder.write("lessons/mine.toml", lesson);
    std::fs::rename(
        folder.path().join("small.jsonl"),
        folder.path().join("lessons/small.jsonl"),
    )
    .unwrap();
    let text = folder.run("learn lessons/mine.toml").fine();
    assert!(text.starts_with("Mine\nAbout it\n"), "{text}");
    assert!(text.contains("\n1. 1 "), "{text}");

    folder.write("wrong.toml", lesson.replace("step=2", "step=9999"));
    folder.write("lost.toml", lesson.replace("small", "none"));
    folder.write("trace.toml", lesson.replace("trace =", "track ="));
    for (asked, message) in [
        (
            "lessons/none.toml",
            "evscope: lessons/none.toml: No such file or directory",
        ),
        (
            "nothing",
            "evscope: there is no lesson `nothing`; the lessons are loop, ",
        ),
        (
            "lost.toml",
            "evscope: lost.toml: its trace: none.jsonl: there is no file of this name beside the lesson",
        ),
        ("trace.toml", "evscope: trace.toml:2: unknown field `track`"),
    ] {
        let said = folder.run(&format!("learn {asked}")).refused();
        assert!(said.starts_with(message), "{said}");
    }
    folder.write("small.jsonl", crate::support::SMALL);
    let said = folder.run("learn wrong.toml").refused();
    assert!(
        said.starts_with("evscope: wrong.toml:7: no step after 1 matches `step=9999` in "),
        "{said}"
    );
}
