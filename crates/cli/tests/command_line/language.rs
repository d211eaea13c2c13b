//! What is said beside the output is in the language that is asked for, as the output is.

use crate::support::{Folder, run};

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn errors_speak_the_language_that_is_asked_for() {
    let folder = Folder::new();
    folder.write("config.toml", "level = 7\n");
    for line in [
        "play nothing.jsonl",
        "print small.jsonl --from 999",
        "print small.jsonl --from 5 --to 2",
        "print small.jsonl --filter fd=x",
        "print small.jsonl --level 9",
        "export small.jsonl --to svg --steps x",
        "play small.jsonl --source nowhere",
        "play small.jsonl --config config.toml",
        "learn nothing",
        "demo nothing",
        "check small.jsonl small.jsonl --follow",
        "diff - -",
        "record -o - -- true",
        "live -o - -- true",
        "live -o x.jsonl.gz -- true",
    ] {
        let mut words: Vec<&str> = line.split(' ').collect();
        words.insert(1, "--lang=zh");
        let chinese = run(&mut folder.command(&words)).refused();
        assert!(is_chinese(&chinese), "{line}: {chinese}");
        words.remove(1);
        let by_locale = run(folder.command(&words).env("LANG", "zh_CN.UTF-8")).refused();
        // Who asks by --lang is told besides what stays in the trace's own words.
        assert!(
            chinese.ends_with(&by_locale),
            "{line}: {chinese} {by_locale}"
        );
        let english = run(&mut folder.command(&words)).refused();
        assert!(!is_chinese(&english), "{line}: {english}");
    }
}

#[test]
fn every_layer_s_errors_speak_it() {
    let folder = Folder::new();
    folder.write("none.jsonl", "not a trace\n");
    folder.write("empty.jsonl", "");
    folder.write("new.jsonl", "{\"evscope\":99}\n");
    let small = folder.read("small.jsonl");
    let (head, rest) = small.split_once('\n').unwrap();
    folder.write("wrong.jsonl", format!("{head}\n{{\"seq\":0}}\n{rest}"));
    folder.write("field.jsonl", format!("{head}\n{{\"ev\":\"event_new\"}}\n"));
    folder.write("rules.toml", "[[rule]]\nname = \"r\"\n");
    folder.write(
        "query.toml",
        "[[rule]]\nname = \"r\"\nmust = \"evv=writecb\"\n",
    );
    folder.write("other.txt", "mine\n");
    folder.write("wrong.scn", "main\n    bufferevent_enable conn\n");
    folder.write("right.scn", "main\n    event_base_dispatch\n");
    folder.write(
        "lesson.toml",
        "title.en = \"t\"\nabout.en = \"a\"\ntrace = \"hello-world\"\nstop = []\n",
    );
    for (line, said) in [
        // The reader of traces.
        ("print none.jsonl", "不是 evscope 的跟踪"),
        ("print empty.jsonl", "文件是空的"),
        ("print new.jsonl", "格式版本是 99"),
        ("print wrong.jsonl", "既不是记录"),
        ("print field.jsonl", "缺少字段 `seq`"),
        // What is in the way of a file.
        (
            "export small.jsonl --to csv -o other.txt",
            "不是 evscope 写的",
        ),
        (
            "export small.jsonl --to csv -o no/a.csv",
            "文件夹 no 不存在",
        ),
        // The recorder.
        ("record -- nowhere-to-be-found", "没有这个程序"),
        ("record -- ./small.jsonl", "没有执行权限"),
        ("record --recover other.txt", "无法从中恢复录制"),
        // Questions, queries, rules and names.
        ("why small.jsonl --not nothing", "看不懂"),
        ("why small.jsonl --not readcb=99", "看不懂"),
        ("print small.jsonl --filter evv=1", "第 1 列"),
        ("check small.jsonl --rules rules.toml", "规则要有 `must`"),
        ("check small.jsonl --rules query.toml", "没有字段 `evv`"),
        (
            "check small.jsonl --deny gravely",
            "没有 `gravely` 这种严重程度",
        ),
        ("check small.jsonl --rule nothing", "没有叫这个名字的规则"),
        ("check small.jsonl --blocked soon", "时间是数字加单位"),
        (
            "diff small.jsonl small.jsonl --ignore nothing",
            "不是参与比较的字段",
        ),
        ("learn lesson.toml", "至少要有一个 [[stop]]"),
        // Scenarios, and what runs them on libevent.
        (
            "run wrong.scn",
            "wrong.scn:2:24：没有 bufferevent `conn`\n2 |     bufferevent_enable conn\n",
        ),
        ("run --on libevent right.scn", "没有 C 编译器"),
        // The command line itself.
        ("print small.jsonl --nothing", "不认识参数“--nothing”"),
        ("prin small.jsonl", "没有子命令“prin”"),
        ("why", "缺少必需的参数"),
        ("print small.jsonl --level", "需要一个值"),
        ("record --payload x -- true", "不是这里可用的数字"),
        ("record --children some -- true", "可用的值"),
        ("check small.jsonl --json --sarif", "不能与"),
    ] {
        let mut words: Vec<&str> = line.split(' ').collect();
        words.insert(1, "--lang=zh");
        let no_compiler = |words: &[&str]| run(folder.command(words).env("CC", "no-compiler"));
        let chinese = no_compiler(&words).refused();
        assert!(chinese.contains(said), "{line}: {chinese}");
        words.remove(1);
        let english = no_compiler(&words).refused();
        assert!(!is_chinese(&english), "{line}: {english}");
        for left in ["error:", "Usage:", "try '--help'", "tip:"] {
            assert!(!chinese.contains(left), "{line}: {chinese}");
        }
    }
}

#[test]
fn what_is_said_beside_the_output_speaks_it_too() {
    let folder = Folder::new();
    let ran = run(&mut folder.command(["demo", "hello-world", "-o", "h.jsonl", "--lang", "zh"]));
    assert!(is_chinese(&ran.stderr), "{}", ran.stderr);
    let ran =
        run(&mut folder.command(["print", "small.jsonl", "--filter", "fd=99", "--lang", "zh"]));
    assert!(is_chinese(&ran.stderr), "{}", ran.stderr);
}

#[test]
fn help_speaks_the_language_that_is_asked_for() {
    let folder = Folder::new();
    let english = folder.run("record --help").fine();
    let chinese = folder.run("--lang zh record --help").fine();
    assert!(!is_chinese(&english), "{english}");
    for said in [
        "用法：",
        "参数:",
        "选项:",
        "录制多少",
        "示例：",
        "--help",
        "显示帮助",
    ] {
        assert!(chinese.contains(said), "{said}: {chinese}");
    }
    let by_locale = run(folder
        .command(["record", "--help"])
        .env("LC_ALL", "zh_CN.UTF-8"));
    assert_eq!(by_locale.fine(), chinese);
    // Behind `--` it is the program's.
    let theirs = folder.run("print nothing.jsonl -- --lang zh");
    assert!(!is_chinese(&theirs.stderr), "{}", theirs.stderr);
    let version = folder.run("--version --lang zh").fine();
    assert!(version.starts_with("evscope "), "{version}");
}
