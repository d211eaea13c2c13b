//! Every rule of `evscope check` finds the mistake of its page in `docs/rules/` and is silent on the repaired
//! program; and nothing else is found in any trace or scenario but what is there to show a mistake.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use evscope_reactor::Method;
use evscope_recorder::{RecordOptions, Recording, Stdio, Turn};
use evscope_replay::Trace;
use evscope_replay::check::{CheckOptions, Checker, Finding, RULES, RuleInfo};
use evscope_scenario::{Scenario, record};
use evscope_words::Lang;

/// What is there to show a mistake: the scenarios and the traces in which something is found, and which rules do.
/// `libevent/NAME` is the same program on libevent.
const SHOWN: [(&str, &[&str]); 17] = [
    // Demos of mistakes.
    ("disabled-read", &["read-never-enabled"]),
    ("libevent/disabled-read", &["read-never-enabled"]),
    ("high-watermark-stall", &["mark-low-above-high"]),
    ("libevent/high-watermark-stall", &["mark-low-above-high"]),
    // Both ends of a pair are freed in a callback, and what one has written is lost.
    ("free-in-callback", &["unsent"]),
    ("libevent/free-in-callback", &["unsent"]),
    // How loops end: the first has nothing to wait for.
    ("loop", &["loop-ended-empty"]),
    ("libevent/loop", &["loop-ended-empty"]),
    ("loop-flags.scn", &["loop-ended-empty"]),
    ("high-watermark-stall.scn", &["mark-low-above-high"]),
    // What happens to output that is not sent.
    ("free-unsent.scn", &["unsent"]),
    ("buffer-frozen.scn", &["unsent"]),
    ("filter-double-back.scn", &["unsent"]),
    ("pair-free.scn", &["unsent"]),
    ("prepend-nothing.scn", &["unsent"]),
    // Its readcb also runs outside of the loop, and ends what does not run.
    ("filter-frame-marks.scn", &["break-before-loop"]),
    // A write callback that takes the limit away each time is called for ever.
    ("rate-limit-write.scn", &["spin"]),
];

/// How long a program may take on a busy machine.
const LONG: Duration = Duration::from_secs(30);

/// A page: the program that has the mistake, and the repaired one.
struct Page {
    language: String,
    programs: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page(rule: &RuleInfo) -> Page {
    let path = root().join(format!("docs/rules/{}.md", rule.name));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(
        text.starts_with(&format!("# {}\n", rule.name)) && text.contains("## When it is silent"),
        "{}",
        path.display()
    );
    let mut parts = text.split("```");
    parts.next();
    let mut page = Page {
        language: String::new(),
        programs: Vec::new(),
    };
    while let (Some(block), Some(_)) = (parts.next(), parts.next()) {
        let (language, program) = block.split_once('\n').unwrap();
        page.language = language.to_owned();
        page.programs.push(program.to_owned());
    }
    assert_eq!(
        page.programs.len(),
        2,
        "{}: a program and its repair",
        path.display()
    );
    page
}

fn run(name: &str, text: &str) -> Trace {
    let scenario = Scenario::parse(name, text).unwrap_or_else(|error| panic!("{error}"));
    let mut out = Vec::new();
    record(&[&scenario], Method::Epoll, None, &mut out).unwrap();
    Trace::read(out.as_slice(), name).unwrap()
}

/// Compiles and records a program on libevent; `None`, and a word about it, where that is not possible.
fn run_c(name: &str, text: &str, folder: &Path) -> Option<Trace> {
    if !Path::new("/usr/include/event2/event.h").exists() {
        eprintln!("LEFT OUT: libevent's headers are not installed (Debian's package libevent-dev)");
        return None;
    }
    let source = folder.join(format!("{name}.c"));
    let program = folder.join(name);
    fs::write(&source, text).unwrap();
    let cc = Command::new("cc")
        .args(["-g", "-O1", "-w", "-o"])
        .arg(&program)
        .arg(&source)
        .args(["-levent", "-levent_pthreads", "-lpthread"])
        .output()
        .ok()?;
    assert!(
        cc.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&cc.stderr)
    );
    let trace = folder.join(format!("{name}.jsonl"));
    let mut options = RecordOptions::new(&trace);
    let said = fs::File::create(folder.join("said")).unwrap();
    options.stdio = Stdio::Into(Arc::new(said));
    let mut recording = Recording::start(&options, &[OsString::from(program)]).unwrap();
    let began = Instant::now();
    while recording.turn() != Turn::Over {
        assert!(began.elapsed() < LONG, "{name} does not end");
        std::thread::sleep(Duration::from_millis(1));
    }
    recording.finish();
    Some(Trace::open(&trace).unwrap())
}

fn check(trace: &Trace) -> Vec<Finding> {
    Checker::all(&CheckOptions::default(), trace.records())
}

fn rules(findings: &[Finding]) -> Vec<&'static str> {
    let mut rules: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Where each rule finds something, and the nearest thing on which it is silent.
#[derive(Default)]
struct Table(BTreeMap<&'static str, (Vec<String>, Vec<String>)>);

#[test]
fn every_rule_finds_what_it_is_for_and_nothing_else() {
    let mut table = Table::default();
    let mut wrong = String::new();
    let folder = tempfile::tempdir().unwrap();
    for rule in RULES {
        let page = page(rule);
        for (i, program) in page.programs.iter().enumerate() {
            let kind = ["mistake", "repaired"][i];
            let name = format!("{}-{kind}", rule.name);
            let trace = if page.language == "scenario" {
                Some(run(&name, program))
            } else {
                run_c(&name, program, folder.path())
            };
            let Some(trace) = trace else { continue };
            let findings = check(&trace);
            let found = rules(&findings);
            let row = table.0.entry(rule.name).or_default();
            let at = format!("docs/rules/{}.md ({kind})", rule.name);
            match i {
                0 if found.contains(&rule.name) => row.0.push(at),
                1 if found.is_empty() => row.1.push(at),
                _ => writeln!(wrong, "{at}: found {}", told(&findings)).unwrap(),
            }
        }
    }
    for (name, trace) in everything() {
        let found = rules(&check(&trace));
        let shown = SHOWN.iter().find(|(shown, _)| *shown == name);
        let shown = shown.map_or(&[][..], |(_, rules)| rules);
        if found != shown {
            writeln!(
                wrong,
                "{name}: {shown:?} was expected, found {}",
                told(&check(&trace))
            )
            .unwrap();
        }
        for rule in found {
            table.0.entry(rule).or_default().0.push(name.clone());
        }
    }
    println!("| rule | finds it in | silent on |\n| --- | --- | --- |");
    for (rule, (found, silent)) in &table.0 {
        println!("| {rule} | {} | {} |", found.join(", "), silent.join(", "));
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn told(findings: &[Finding]) -> String {
    let mut text = String::from(if findings.is_empty() { "nothing" } else { "" });
    for finding in findings {
        write!(
            text,
            "\n    {} at step {}: {}",
            finding.rule,
            finding.step,
            finding.message.in_lang(Lang::default())
        )
        .unwrap();
    }
    text
}

/// The traces of the repository, and every scenario, run here.
fn everything() -> Vec<(String, Trace)> {
    let mut all = Vec::new();
    for (folder, prefix) in [("traces", ""), ("traces/libevent", "libevent/")] {
        for file in files(&root().join(folder), "jsonl") {
            let name = format!("{prefix}{}", file.file_stem().unwrap().display());
            all.push((name, Trace::open(&file).unwrap()));
        }
    }
    for file in files(&root().join("examples/scenarios"), "scn") {
        let name = file.file_name().unwrap().display().to_string();
        let trace = run(&name, &fs::read_to_string(&file).unwrap());
        all.push((name, trace));
    }
    all
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

/// `UPDATE_DOCS=1` writes it, in each language.
#[test]
fn the_rules_are_listed() {
    const BEGIN: &str = "<!-- rules -->\n";
    const END: &str = "<!-- end of rules -->";
    for (page, lang, head) in [
        (
            "docs/rules/README.md",
            Lang::EN,
            "| rule | severity | finds |",
        ),
        (
            "docs/rules/zh/README.md",
            Lang::ZH,
            "| 规则 | 严重程度 | 发现什么 |",
        ),
    ] {
        let path = root().join(page);
        let text = fs::read_to_string(&path).unwrap();
        let mut list = format!("{head}\n| --- | --- | --- |\n");
        for rule in RULES {
            let name = rule.name;
            writeln!(
                list,
                "| [{name}]({name}.md) | {} | {} |",
                rule.severity,
                rule.about.in_lang(lang)
            )
            .unwrap();
        }
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (_, after) = rest.split_once(END).unwrap();
        let wanted = format!("{before}{BEGIN}{list}{END}{after}");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, &wanted).unwrap();
        }
        assert!(
            fs::read_to_string(&path).unwrap() == wanted,
            "{page}: UPDATE_DOCS=1 cargo test -p evscope-scenario --test rules"
        );
    }
}

/// A page in Chinese has the programs of the English one.
#[test]
fn the_pages_have_the_same_programs_in_both_languages() {
    let blocks = |path: &Path| -> Vec<String> {
        let text =
            fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        text.split("```")
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    for page in files(&root().join("docs/rules"), "md") {
        let chinese = root().join("docs/rules/zh").join(page.file_name().unwrap());
        assert_eq!(blocks(&chinese), blocks(&page), "{}", chinese.display());
    }
}
