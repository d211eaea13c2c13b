//! Exercises in C and in Rust: what they need, and that they are judged as scenarios are.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use crate::exercises::{exercise, found};
use crate::support::{self, Folder};

/// A language that exercises are there in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    C,
    Rust,
}

impl Language {
    fn ending(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Rust => "rs",
        }
    }

    fn of(self, name: &str, scenario: &str) -> Option<String> {
        match self {
            Self::C => exercise(name).in_c(scenario),
            Self::Rust => exercise(name).in_rust(scenario),
        }
    }
}

/// A program of an exercise, and what it should break: none, a point, or just something.
struct Tried {
    exercise: &'static str,
    name: String,
    program: String,
    breaks: Option<String>,
}

/// Where the reactor is compiled once for all these tests, and for their next run.
fn with_cargo<'a>(folder: &Folder, command: &'a mut Command) -> &'a mut Command {
    let home = std::env::var_os("HOME").unwrap_or_default();
    command
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", folder.path())
        .env("XDG_STATE_HOME", folder.path())
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
}

fn has_libevent() -> bool {
    let is_there = Path::new("/usr/include/event2/event.h").exists();
    if !is_there {
        eprintln!("LEFT OUT: libevent's headers are not installed (Debian's package libevent-dev)");
    }
    is_there
}

/// Without a compiler, or without libevent's headers, this is said, and what there is instead.
#[test]
fn who_has_no_compiler_is_told_so() {
    let folder = Folder::new();
    for (form, said) in [
        ("c", "There is no C compiler (`cc`) here"),
        ("rust", "There is no Rust here (`cargo`;"),
    ] {
        let mut command = folder.command(["learn", "hello", "--as", form]);
        let refused = support::run(command.env("PATH", folder.path())).refused();
        assert!(refused.contains(said), "{refused}");
        assert!(
            refused.contains("evscope learn hello --as scenario"),
            "{refused}"
        );
        assert!(!folder.path().join("hello").exists());
    }
}

#[test]
fn an_exercise_in_rust_is_begun_judged_and_done() {
    let _turn = support::turn();
    let folder = Folder::new();
    let learn = |args: &[&str]| {
        let args = ["learn", "hello"].iter().chain(args);
        support::run(with_cargo(&folder, &mut folder.command(args)))
    };
    let begun = learn(&["--as", "rust"]);
    assert_eq!(begun.code, Some(0), "{}", begun.stderr);
    assert!(begun.stdout.contains("hello/hello.rs"), "{}", begun.stdout);
    let judged = found(learn(&[]));
    assert!(
        judged.contains("✘ nothing is freed with bytes still to send\n"),
        "{judged}"
    );
    // Where the program and the library stand is in the trace.
    let trace = folder.read("hello/hello.jsonl");
    for text in ["fn accept(", "fn bufferevent_free("] {
        assert!(trace.contains(text), "{text}");
    }
    // By hand it is a package like any other.
    let mut cargo = Command::new("cargo");
    let package = folder.path().join("hello");
    let cargo = cargo.args(["tree", "--offline"]);
    let said = support::run(with_cargo(&folder, cargo.current_dir(package)));
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(
        said.stdout.contains("── evscope-reactor v"),
        "{}",
        said.stdout
    );

    folder.write("hello/hello.rs", "fn main() { let _ = nothing; }\n");
    let judged = found(learn(&[]));
    assert!(judged.contains("cannot find value `nothing`"), "{judged}");
    let hello = exercise("hello");
    folder.write("hello/hello.rs", hello.in_rust(&hello.reference).unwrap());
    // A machine that is busy may keep a peer waiting for longer than it does: then it is tried again.
    let mut judged = learn(&[]);
    for _ in 0..2 {
        if judged.code != Some(0) {
            judged = learn(&[]);
        }
    }
    let judged = judged.fine();
    assert!(judged.contains("All of it is right.\n"), "{judged}");
}

#[test]
fn exercises_in_c_are_judged_as_scenarios_are() {
    if has_libevent() {
        let all = programs(Language::C, evscope_exercise::names());
        assert!(all.len() > 100);
        all_as_they_should_be(Language::C, all);
    }
}

/// In Rust the programs are the same by their calls; compiling them takes its time. All of them are tried by hand.
#[test]
fn some_exercises_in_rust_are_judged_as_scenarios_are() {
    let some = ["hello", "second-server", "framed", "farewell", "proxy"];
    all_as_they_should_be(Language::Rust, programs(Language::Rust, some));
}

#[test]
#[ignore = "takes minutes"]
fn all_exercises_in_rust_are_judged_as_scenarios_are() {
    let all = programs(Language::Rust, evscope_exercise::names());
    assert!(all.len() > 100);
    all_as_they_should_be(Language::Rust, all);
}

/// What there is of exercises: the reference, what one begins with, and each wrong solution.
fn programs(language: Language, names: impl IntoIterator<Item = &'static str>) -> Vec<Tried> {
    let mut all = Vec::new();
    for name in names {
        let own = exercise(name);
        let tried = |what: &str, scenario: &str, breaks: Option<&str>| {
            Some(Tried {
                exercise: name,
                name: what.to_owned(),
                program: language.of(name, scenario)?,
                breaks: breaks.map(str::to_owned),
            })
        };
        all.push(tried("start", &own.start, Some("")).unwrap());
        all.push(tried("reference", &own.reference, None).unwrap());
        for wrong in evscope_exercise::wrong_solutions(name) {
            // A filter that is none is libevent's alone.
            let tried = tried(&wrong.name, &wrong.program, Some(&wrong.breaks_as_program));
            assert!(tried.is_some() || (name, language) == ("framed", Language::Rust));
            all.extend(tried);
        }
    }
    all
}

fn all_as_they_should_be(language: Language, all: Vec<Tried>) {
    let _turn = support::turn();
    let rest = Mutex::new(all.into_iter());
    let wrong = Mutex::new(String::new());
    // They wait for each other's time more than they work.
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(tried) = rest.lock().unwrap().next() else {
                        return;
                    };
                    if let Err(why) = as_it_should_be(language, &tried) {
                        let said = format!("{}/{}: {why}\n", tried.exercise, tried.name);
                        wrong.lock().unwrap().push_str(&said);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{wrong}");
}

/// A machine that is busy may keep a peer waiting for longer than it does: then it is tried again.
fn as_it_should_be(language: Language, tried: &Tried) -> Result<(), String> {
    let mut why = Ok(());
    for _ in 0..3 {
        why = once(language, tried);
        if why.is_ok() {
            break;
        }
    }
    why
}

fn once(language: Language, tried: &Tried) -> Result<(), String> {
    let folder = Folder::new();
    let file = folder.write(&format!("program.{}", language.ending()), &tried.program);
    let mut command = folder.command(["check", "--exercise", tried.exercise, "--csv"]);
    let ran = support::run(with_cargo(&folder, command.arg(file)));
    let is_broken = |line: &str| line.split(',').nth(2) == Some("broken");
    let broken: Vec<&str> = ran.stdout.lines().filter(|line| is_broken(line)).collect();
    let judged = ran.stdout.lines().count() > 1 && !ran.stdout.contains(",,none,,");
    let as_it_should = judged
        && match tried.breaks.as_deref() {
            None => broken.is_empty(),
            Some("") => !broken.is_empty(),
            Some(point) => broken
                .iter()
                .any(|line| line.split(',').nth(1) == Some(point)),
        };
    match as_it_should {
        true => Ok(()),
        false => Err(format!("{:?}\n{}{}", tried.breaks, ran.stdout, ran.stderr)),
    }
}
