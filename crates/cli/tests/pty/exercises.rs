//! Every exercise from what one begins with to what is right, in the smallest terminal: watched, a hint, the replay at the
//! step, and saved anew.

use evscope_replay::Lang;

use super::{Session, is_taken};

fn walk(lang: Lang, code: &str) {
    for name in evscope_exercise::names() {
        let exercise = evscope_exercise::named(name).unwrap().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(format!("{name}.scn"));
        std::fs::write(&file, exercise.start_file()).unwrap();
        let at = folder.path().to_str().unwrap();
        let args = ["learn", name, at, "--watch", "--lang", code];
        let mut session = Session::start(80, 24, &args, folder.path());
        let (watching, right) = match lang {
            Lang::ZH => ("q 结束", "全部正确"),
            _ => ("q ends", "All of it is right"),
        };
        session.see(watching);
        session.press("h");
        // How it is wrapped does not matter.
        let flat = |text: &str| text.split_whitespace().collect::<String>();
        let hint = flat(exercise.hints[0].in_lang(lang));
        session.wait(&hint, |screen| flat(&screen.contents()).contains(&hint));
        session.press("o");
        session.wait("the replay", is_taken);
        session.press("q");
        session.wait("the end of the replay", |screen| !is_taken(screen));
        std::fs::write(&file, &exercise.reference).unwrap();
        session.see(right);
        session.press("q");
        let (status, _) = session.end();
        assert!(status.success(), "{name}");
    }
}

#[test]
fn every_exercise_is_done_in_english() {
    walk(Lang::EN, "en");
}

#[test]
fn every_exercise_is_done_in_chinese() {
    walk(Lang::ZH, "zh");
}

/// Enter on an exercise of the home screen puts its program into a folder and says where, and what next; when it is there,
/// Enter judges it.
#[test]
fn the_home_screen_begins_an_exercise_and_judges_it() {
    let folder = tempfile::tempdir().unwrap();
    for (code, title, begins, judges, next) in [
        (
            "en",
            "Exercises: put a program right",
            "put its program here",
            "judge the program",
            "see what became of it",
        ),
        (
            "zh",
            "练习：把程序改对",
            "把程序放到这里",
            "评判程序",
            "再看结果",
        ),
    ] {
        let _ = std::fs::remove_dir_all(folder.path().join("flood"));
        let search = |opens: &str| {
            let mut session = Session::start(120, 40, &["--lang", code], folder.path());
            session.wait("the home screen", is_taken);
            session.press("/flood");
            session.see(title);
            session.see(opens);
            session
        };
        let mut session = search(begins);
        session.press("\r");
        session.see("flood/flood.scn");
        session.see(next);
        session.see("evscope learn flood");
        let (status, _) = session.end();
        assert!(status.success());
        assert!(folder.path().join("flood/flood.scn").exists());

        let mut session = search(judges);
        session.press("\r");
        session.see("✘");
        session.press("q");
        let (status, _) = session.end();
        assert!(status.success());
    }
}
