//! The walkthrough and two pages name steps of the hello-world trace. Every one of them must be there,
//! under its number, and a chapter names the same steps in both languages.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

const ENGLISH: &str = "docs/walkthrough";
const CHINESE: &str = "docs/walkthrough/zh";
const CHAPTERS: [&str; 6] = [
    "1-main.md",
    "2-evconnlistener_new.md",
    "3-listener_read_cb.md",
    "4-listener_cb.md",
    "5-bufferevent_writecb.md",
    "6-conn_writecb.md",
];

/// The steps a text names: `` `23 listener_cb` ``.
fn named_steps(text: &str) -> Vec<(usize, &str)> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| {
            let (number, name) = code.split_once(' ')?;
            Some((number.parse().ok()?, name))
        })
        .collect()
}

fn text(file: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The names of the trace's steps, in order.
fn steps_of_the_trace() -> Vec<String> {
    text("traces/hello-world.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter_map(|line| Some(line.get("ev")?.as_str()?.to_owned()))
        .collect()
}

fn check(files: impl IntoIterator<Item = String>) {
    let events = steps_of_the_trace();
    let mut wrong = Vec::new();
    for file in files {
        let text = text(&file);
        let steps = named_steps(&text);
        assert!(steps.len() >= 3, "{file} names hardly any step");
        for (number, name) in steps {
            let there = events.get(number).map_or("nothing", String::as_str);
            if there != name {
                wrong.push(format!(
                    "{file}: `{number} {name}`, but step {number} is {there}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn chapters(folder: &str) -> impl Iterator<Item = String> {
    CHAPTERS.iter().map(move |name| format!("{folder}/{name}"))
}

#[test]
fn chapters_name_steps_of_the_trace() {
    check(chapters(ENGLISH));
    check(chapters(CHINESE));
}

#[test]
fn pages_name_steps_of_the_trace() {
    let pages = [
        "docs/first-steps.md",
        "docs/teaching.md",
        "docs/zh/first-steps.md",
    ];
    check(pages.map(str::to_owned));
}

#[test]
fn a_chapter_names_the_same_steps_in_both_languages() {
    for (english, chinese) in chapters(ENGLISH).zip(chapters(CHINESE)) {
        let (english_text, chinese_text) = (text(&english), text(&chinese));
        let named = |text| BTreeSet::from_iter(named_steps(text));
        assert_eq!(
            named(&english_text),
            named(&chinese_text),
            "{english}, {chinese}"
        );
    }
}

/// Lines move whenever the code does. The table of branches has them, and is held against the traces.
#[test]
fn a_chapter_quotes_no_line_of_the_code() {
    let quotes = |text: &str| -> Option<String> {
        let numbered = |rest: &str| rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
        [".rs:", ".c:", " line ", " lines ", "cb:", "第"]
            .into_iter()
            .flat_map(|mark| text.match_indices(mark).map(move |(at, _)| (at, mark)))
            .map(|(at, mark)| text[at..].split_at(mark.len()))
            .filter(|(mark, rest)| numbered(rest) && (*mark != "第" || rest.contains("行")))
            .map(|(mark, rest)| mark.to_owned() + rest.split('\n').next().unwrap_or_default())
            .next()
    };
    assert_eq!(
        quotes("in `bufferevent_writecb:118`"),
        Some("cb:118`".to_owned())
    );
    for chapter in chapters(ENGLISH).chain(chapters(CHINESE)) {
        let found = text(&chapter).lines().find_map(quotes);
        assert_eq!(found, None, "{chapter}");
    }
}

/// The commands a page gives, without what is said beside them.
fn commands(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut commands = Vec::new();
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        if let Some(command) = line.strip_prefix("    ").filter(|_| !fenced) {
            let command = command.split("  ").next().unwrap_or_default();
            // What is indented deeper is a piece of a program.
            if !command.is_empty() {
                commands.push(command.replace(" --lang zh", ""));
            }
        }
    }
    commands
}

#[test]
fn a_page_gives_the_same_commands_in_both_languages_and_its_links_lead_somewhere() {
    for (english, chinese) in [
        ("README.md", "docs/zh/README.md"),
        ("docs/first-steps.md", "docs/zh/first-steps.md"),
        ("docs/lessons.md", "docs/zh/lessons.md"),
        ("docs/recording.md", "docs/zh/recording.md"),
    ] {
        let chinese_text = text(chinese);
        assert_eq!(
            commands(&text(english)),
            commands(&chinese_text),
            "{chinese}"
        );
        let links = chinese_text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')'));
        for (link, _) in links.filter(|(link, _)| !link.starts_with("http")) {
            let target = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../docs/zh")
                .join(link.split('#').next().unwrap_or_default());
            assert!(target.exists(), "{chinese}: {link}");
        }
    }
}
