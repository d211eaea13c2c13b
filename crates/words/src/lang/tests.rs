use super::*;
use crate::{Text, text, word};

/// A folder of languages, with the files of one.
fn folder(code: &str, files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let language = folder.path().join(code);
    std::fs::create_dir(&language).unwrap();
    for (name, text) in files {
        std::fs::write(language.join(name), text).unwrap();
    }
    folder
}

fn with(folder: &tempfile::TempDir) -> (Vec<Language>, Vec<String>) {
    let (languages, faults) = languages(&[folder.path().to_owned()]);
    let faults = faults.into_iter().map(|fault| {
        let file = fault
            .path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let line = fault
            .line
            .map_or_else(String::new, |line| format!(":{line}"));
        format!("{file}{line} {}", fault.message)
    });
    (languages, faults.collect())
}

fn found<'a>(languages: &'a [Language], code: &str) -> &'a Language {
    languages
        .iter()
        .find(|language| language.code() == code)
        .unwrap()
}

fn read(n: u64) -> Text {
    text!(cause_read, n, fd = "8")
}

#[test]
fn a_third_language_is_a_folder_and_what_it_lacks_is_english() {
    let folder = folder(
        "de",
        &[
            ("language.ftl", "language_name = Deutsch\n"),
            (
                "causes.ftl",
                "cause_read =\n    { $n ->\n        [one] 1 Byte kam\n       *[other] { $n } Bytes kamen\n    } von fd { $fd }\n",
            ),
        ],
    );
    let (languages, faults) = with(&folder);
    assert_eq!(faults, [""; 0]);
    let german = found(&languages, "de");
    assert_eq!(german.say(&read(1)), "1 Byte kam von fd 8");
    assert_eq!(german.say(&read(14)), "14 Bytes kamen von fd 8");
    assert_eq!(
        german.say(&text!(cause_read_eof, fd = 8)),
        "fd 8 was at its end of file"
    );
    // So it is inside another.
    let inside = text!(
        cause_active,
        event = "event1",
        happened = text!(happened_timeout)
    );
    assert_eq!(
        german.say(&inside),
        "event1 became active: its timeout ran out"
    );
}

#[test]
fn a_language_that_is_there_is_added_to() {
    let folder = folder("en", &[("mine.ftl", "happened_timeout = its time is up\n")]);
    let (languages, faults) = with(&folder);
    assert_eq!(faults, [""; 0]);
    let english = found(&languages, "en");
    assert_eq!(english.say(&text!(happened_timeout)), "its time is up");
    assert_eq!(english.say(&text!(happened_asked)), "it was asked to");
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_line_and_the_rest_is_used() {
    let folder = folder(
        "de",
        &[
            (
                "a.ftl",
                "happened_timeout = Zeit um\n\nhappened_asked = { $\nhappened_signal = { $signal } kam\n",
            ),
            ("b.ftl", "# Nobody says this.\nno_such_text = Nichts\n"),
            (
                "c.ftl",
                "cause_read = { $bytes } von { $fd }\nhappened_closed = { $fd } ist zu\n",
            ),
            ("notes.txt", "no text of ours"),
        ],
    );
    let (languages, faults) = with(&folder);
    assert_eq!(faults.len(), 3, "{faults:#?}");
    assert!(faults[0].starts_with("a.ftl:3 "), "{faults:?}");
    assert_eq!(
        faults[1],
        "b.ftl:2 no text is called `no_such_text`; this one is never said"
    );
    assert_eq!(
        faults[2],
        "c.ftl:1 `cause_read` is given no `$bytes`; it takes `$fd`, `$n`"
    );
    let german = found(&languages, "de");
    assert_eq!(german.say(&text!(happened_timeout)), "Zeit um");
    assert_eq!(
        german.say(&text!(happened_signal, signal = "SIGINT")),
        "SIGINT kam"
    );
    assert_eq!(german.say(&text!(happened_closed, fd = 8)), "8 ist zu");
    // Neither is an id or half a sentence ever shown.
    assert_eq!(german.say(&text!(happened_asked)), "it was asked to");
    assert_eq!(german.say(&read(14)), "14 bytes came from fd 8");
}

#[test]
fn what_is_no_language_is_told() {
    let folder = folder("german language", &[("a.ftl", "")]);
    let (languages, faults) = with(&folder);
    assert_eq!(languages.len(), 2);
    assert!(
        faults[0].contains("is no language; a folder is called after one"),
        "{faults:?}"
    );
    let nowhere = folder.path().join("nowhere");
    let (_, faults) = super::languages(std::slice::from_ref(&nowhere));
    assert_eq!(faults[0].path, nowhere);
}

#[test]
fn a_text_that_refers_to_itself_is_english() {
    let folder = folder(
        "de",
        &[(
            "a.ftl",
            "happened_asked = { happened_timeout }\nhappened_timeout = { happened_asked }\n",
        )],
    );
    let (languages, _) = with(&folder);
    assert_eq!(
        found(&languages, "de").say(&text!(happened_asked)),
        "it was asked to"
    );
}

#[test]
fn numbers_are_exact_and_no_marks_stand_around_them() {
    let most = read(u64::MAX).in_lang(Lang::EN);
    assert_eq!(most, "18446744073709551615 bytes came from fd 8");
    assert_eq!(
        read(1 << 53).in_lang(Lang::EN),
        "9007199254740992 bytes came from fd 8"
    );
    assert_eq!(
        text!(cause_ratelimit, sides = word!(sides_reading), left = -3).in_lang(Lang::EN),
        "the rate limit for reading stood at -3"
    );
}

#[test]
fn a_locale_finds_its_language() {
    for (locale, lang) in [
        ("zh_CN.UTF-8", Lang::ZH),
        ("zh", Lang::ZH),
        ("en_US.UTF-8", Lang::EN),
        ("C", Lang::EN),
        ("", Lang::EN),
        ("fr_FR@euro", Lang::EN),
    ] {
        assert_eq!(Lang::from_locale(locale), lang, "{locale}");
    }
    assert_eq!("ZH".parse(), Ok(Lang::ZH));
    let unknown = "fr".parse::<Lang>().unwrap_err().to_string();
    assert_eq!(unknown, "no language `fr`; there are `en` and `zh`");
    assert_eq!((Lang::EN.next(), Lang::ZH.next()), (Lang::ZH, Lang::EN));
    assert_eq!((Lang::EN.name(), Lang::ZH.name()), ("English", "中文"));
}

#[test]
fn spaces_are_set_between_scripts() {
    let set = |text: &str| Lang::ZH.set_spaces(text.to_owned());
    assert_eq!(set("调用你的readcb"), "调用你的 readcb");
    assert_eq!(set("调用 你的 readcb。 完"), "调用你的 readcb。完");
    assert_eq!(Lang::EN.set_spaces("a 读 b".to_owned()), "a 读 b");
}

/// How long it takes to read a language, and to say something in it.
#[test]
#[ignore = "measures; of use in a release build only"]
fn speed() {
    use std::time::Instant;
    let begin = Instant::now();
    let first = read(14).in_lang(Lang::EN);
    let reading = begin.elapsed();
    /// The best of some rounds: others use the machine, too.
    fn best(mut one: impl FnMut()) -> std::time::Duration {
        const TIMES: u32 = 2_000;
        let rounds = (0..50).map(|_| {
            let begin = Instant::now();
            (0..TIMES).for_each(|_| one());
            begin.elapsed() / TIMES
        });
        rounds.min().unwrap_or_default()
    }
    let number = best(|| drop(std::hint::black_box(read(14).in_lang(Lang::EN))));
    let eof = text!(cause_read_eof, fd = "8");
    let text = best(|| drop(std::hint::black_box(eof.in_lang(Lang::EN))));
    let word = best(|| {
        std::hint::black_box(word!(sides_both).in_lang(Lang::EN));
    });
    println!(
        "reading English: {reading:?} ({first}); a text: {text:?}, with a plural: {number:?}; a word: {word:?}"
    );
}
