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
