//! The configuration file, and what goes before it.

use crate::support::{Folder, Ran, run};

#[test]
fn the_configuration_is_found_and_may_be_missing() {
    let folder = Folder::new();
    let why = ["why", "small.jsonl", "17"];
    let english = run(&mut folder.command(why)).fine();
    std::fs::create_dir_all(folder.path().join(".config/evscope")).unwrap();
    folder.write(".config/evscope/config.toml", "lang = \"zh\"\nlevel = 1\n");
    let chinese = run(&mut folder.command(why)).fine();
    assert_ne!(chinese, english);
    // The level is that of what is shown step by step, not of print.
    let level_1 = folder.run("print small.jsonl --level 1").fine();
    assert_eq!(folder.run("play small.jsonl").fine(), level_1);
    assert_ne!(folder.run("print small.jsonl").fine(), level_1);
    // An option goes before it, another file takes its place.
    assert_eq!(
        run(folder.command(why).args(["--lang", "en"])).fine(),
        english
    );
    folder.write("other.toml", "");
    assert_eq!(
        run(folder.command(why).args(["--config", "other.toml"])).fine(),
        english
    );
    assert_eq!(
        run(folder.command(why).env("EVSCOPE_CONFIG", "other.toml")).fine(),
        english
    );
    let folder_of_config = folder.path().join("elsewhere");
    let elsewhere = run(folder.command(why).env("XDG_CONFIG_HOME", folder_of_config)).fine();
    assert_eq!(elsewhere, english);
}

#[test]
fn a_mistake_in_it_is_told_and_stops_no_export() {
    let folder = Folder::new();
    folder.write("c.toml", "level = 2\ntheme = \"drak\"\n");
    assert_eq!(
        folder.run("play small.jsonl --config c.toml").refused(),
        "evscope: c.toml:2: theme is \"dark\", \"light\" or \"colour-blind\", not \"drak\"\n"
    );
    folder.run("print small.jsonl --config c.toml").fine();
    assert_eq!(
        folder.run("play small.jsonl --config none.toml").refused(),
        "evscope: none.toml: the configuration: No such file or directory (os error 2)\n"
    );
    let message = folder.run("play small.jsonl --theme drak").refused();
    assert!(
        message.contains("[possible values: dark, light, colour-blind]"),
        "{message}"
    );
}

#[test]
fn a_folder_of_sources_must_be_there() {
    let folder = Folder::new();
    assert_eq!(
        folder.run("play small.jsonl --source nowhere").refused(),
        "evscope: --source nowhere: there is no folder of this name\n"
    );
    folder.run("play small.jsonl --source .").fine();
}

/// A language that nobody compiled: a folder with some texts.
#[test]
fn a_folder_adds_a_language_and_what_is_wrong_in_it_is_told() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path().join("words/de")).unwrap();
    std::fs::create_dir_all(folder.path().join("words/en")).unwrap();
    folder.write(
        "words/de/causes.ftl",
        "cause_in_of = in { $name } von { $object }\n\nno_such = Nichts\n",
    );
    folder.write(
        "words/en/mine.ftl",
        "cause_in_of = inside { $name } of { $object }\n",
    );
    let said = |ran: Ran| {
        assert_eq!(ran.code, Some(0), "{ran:?}");
        (ran.stdout, ran.stderr)
    };
    let why = ["why", "small.jsonl", "17", "--lang-dir", "words"];
    let english = said(run(&mut folder.command(why)));
    assert!(
        english.0.contains(" inside bufferevent_writecb of bev1"),
        "{}",
        english.0
    );
    let german = said(run(folder.command(why).args(["--lang", "de"])));
    assert!(
        german.0.contains(" in bufferevent_writecb von bev1"),
        "{}",
        german.0
    );
    // The rest is English.
    assert!(
        german.0.contains("event2 became active: fd 8 is writable"),
        "{}",
        german.0
    );
    let fault = "evscope: words/de/causes.ftl, line 3: no text is called `no_such`; this one is never said\n";
    assert_eq!((&*german.1, &*english.1), (fault, fault));

    // The configuration's folder needs no option.
    std::fs::create_dir_all(folder.path().join(".config/evscope/lang/de")).unwrap();
    folder.write(
        ".config/evscope/lang/de/a.ftl",
        "cause_in_of = in { $name } von { $object }\n",
    );
    let by_locale = run(folder
        .command(["why", "small.jsonl", "17"])
        .env("LANG", "de_DE.UTF-8"))
    .fine();
    assert!(by_locale.contains(" von bev1"), "{by_locale}");
    let refused = folder.run("why small.jsonl 17 --lang fr").refused();
    assert_eq!(
        refused,
        "evscope: no language `fr`; there are `en`, `zh` and `de`\n"
    );
    let nowhere = said(run(&mut folder.command([
        "why",
        "small.jsonl",
        "17",
        "--lang-dir",
        "nowhere",
    ])));
    assert!(
        nowhere.1.starts_with("evscope: nowhere: cannot be read: "),
        "{}",
        nowhere.1
    );
}

/// Steps are the trace's vocabulary; who asks for another language is told so, beside the output.
#[test]
fn what_stays_in_the_traces_own_words_is_explained() {
    let folder = Folder::new();
    let english = folder.run("print small.jsonl").fine();
    let chinese = folder.run("print small.jsonl --lang zh");
    assert_eq!((chinese.code, chinese.stdout), (Some(0), english));
    assert!(
        chinese.stderr.starts_with("evscope: 步骤、"),
        "{}",
        chinese.stderr
    );
    folder.run("print small.jsonl --lang en").fine();
    let refused = folder.run("print small.jsonl --lang fr").refused();
    assert_eq!(
        refused,
        "evscope: no language `fr`; there are `en` and `zh`\n"
    );
    // A picture has words of its own.
    let picture = folder.run("export small.jsonl --to svg --lang zh").fine();
    assert!(picture.contains("事件循环"), "{picture}");
}
