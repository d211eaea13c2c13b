//! `evscope` alone: what there is to open, on a screen or as a list.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use evscope_examples::demo::{DEMOS, Demo, Options};
use evscope_replay::{Lang, describe};
use evscope_trace::Level;
use evscope_tui::{Exit, HomeChoice, HomeItem, HomeOptions, Source};

use crate::builtin::{self, Builtin};
use crate::input::is_trace_name;
use crate::output::Color;
use crate::screen::{self, Begin};
use crate::text::home::Section;
use crate::{Outcome, output, text};

/// So many traces of the current folder are listed.
const LISTED: usize = 20;

/// Something that can be opened.
enum Entry {
    Demo(&'static Demo),
    Builtin(&'static Builtin),
    File(PathBuf),
}

pub(crate) fn run(lang: Lang) -> anyhow::Result<Outcome> {
    if output::can_draw() {
        on_screen(lang)
    } else {
        as_list()
    }
}

fn as_list() -> anyhow::Result<Outcome> {
    let builtin = Section {
        title: "Traces that evscope brings along",
        command: "evscope play NAME",
        entries: builtin::ALL
            .iter()
            .map(|trace| (trace.name.to_owned(), format!("{} steps", trace.steps)))
            .collect(),
    };
    let names = traces_here();
    let more = names.len().saturating_sub(LISTED);
    let mut entries: Vec<(String, String)> = names
        .into_iter()
        .take(LISTED)
        .map(|name| {
            let size = size(&name);
            (name, size)
        })
        .collect();
    if more > 0 {
        entries.push((format!("and {more} more"), String::new()));
    }
    let here = Section {
        title: "Traces in this folder",
        command: "evscope play FILE",
        entries,
    };
    let sections = [super::demo::section(), builtin, here];
    let mut out = output::stdout();
    text::home::write(&sections, Color::Auto.paint(), &mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}

fn on_screen(mut lang: Lang) -> anyhow::Result<Outcome> {
    let mut chosen = 0;
    loop {
        let (entries, items): (Vec<Entry>, Vec<HomeItem>) = entries(lang).into_iter().unzip();
        let options = HomeOptions {
            lang,
            palette: None,
            chosen,
        };
        let exit = match evscope_tui::home(&options, &items)? {
            HomeChoice::Quit => return Ok(Outcome::Fine),
            HomeChoice::Signal(signal) => Exit::Signal(signal),
            HomeChoice::Open(number, spoken) => {
                chosen = number;
                lang = spoken;
                open(&entries[number], lang)?
            }
        };
        match exit {
            // Back to the list.
            Exit::Quit => {}
            Exit::Signal(_) => {
                exit.resignal();
                return Ok(Outcome::Fine);
            }
        }
    }
}

fn open(entry: &Entry, lang: Lang) -> anyhow::Result<Exit> {
    let begin = Begin {
        at: None,
        level: Level::Walkthrough,
        lang,
    };
    match entry {
        Entry::Demo(demo) => super::demo::replay(demo, &Options::default(), begin),
        Entry::Builtin(trace) => screen::show(trace.open()?, begin),
        Entry::File(path) => screen::show_file(Source::File(path.clone()), begin),
    }
}

/// What there is to open, with what the screen says of it.
fn entries(lang: Lang) -> Vec<(Entry, HomeItem)> {
    let say = |english: &str, chinese: &str| match lang {
        Lang::En => english.to_owned(),
        Lang::Zh => chinese.to_owned(),
    };
    let demos = DEMOS.iter().map(|demo| {
        let item = HomeItem {
            section: say(
                "Demos: run for real, then replayed",
                "演示:真实运行,然后回放",
            ),
            name: demo.name.to_owned(),
            about: demo.title.to_owned(),
            detail: demo.about.to_owned(),
        };
        (Entry::Demo(demo), item)
    });
    let builtin = builtin::ALL.iter().map(|trace| {
        let about = demo_title(trace.name).unwrap_or_default().to_owned();
        let item = HomeItem {
            section: say("Recorded traces", "已录制的跟踪"),
            name: trace.name.to_owned(),
            about,
            detail: say(
                &format!("{} steps, as the walkthrough tells them.", trace.steps),
                &format!("{} 步,与导览所述一致。", trace.steps),
            ),
        };
        (Entry::Builtin(trace), item)
    });
    let here = traces_here().into_iter().map(|name| {
        let item = HomeItem {
            section: say("Traces in this folder", "当前目录中的跟踪"),
            about: size(&name),
            detail: String::new(),
            name: name.clone(),
        };
        (Entry::File(PathBuf::from(name)), item)
    });
    demos.chain(builtin).chain(here).collect()
}

fn demo_title(name: &str) -> Option<&'static str> {
    Some(DEMOS.iter().find(|demo| demo.name == name)?.title)
}

/// The names of the traces in the current folder.
fn traces_here() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(".")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_trace_name(name))
        .collect();
    names.sort();
    names
}

fn size(name: &str) -> String {
    fs::metadata(name).map_or_else(
        |error| error.to_string(),
        |file| describe::bytes(file.len()),
    )
}
