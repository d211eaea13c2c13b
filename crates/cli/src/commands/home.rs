//! `evscope` alone: what there is to open, on a screen or as a list.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use evscope_examples::demo::{DEMOS, Demo, Options};
use evscope_replay::{Lang, describe};
use evscope_tui::{Exit, HomeChoice, HomeItem, HomeOptions, Source};

use crate::builtin::{self, Builtin};
use crate::input::is_trace_name;
use crate::output::Color;
use crate::screen::{self, Begin, Shown};
use crate::settings::Settings;
use crate::text::home::Section;
use crate::{Outcome, output, recent, text};

/// So many traces of the current folder are listed.
const LISTED: usize = 20;

/// Something that can be opened.
enum Entry {
    Demo(&'static Demo),
    Builtin(&'static Builtin),
    File(PathBuf),
}

pub(crate) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    if output::can_draw() {
        on_screen(settings)
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
            let size = size(Path::new(&name));
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
    let recent = Section {
        title: "Traces you looked at",
        command: "evscope play FILE",
        entries: recent_elsewhere()
            .into_iter()
            .map(|path| (path.display().to_string(), size(&path)))
            .collect(),
    };
    let sections = [super::demo::section(), builtin, here, recent];
    let mut out = output::stdout();
    text::home::write(&sections, Color::Auto.paint(), &mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}

fn on_screen(settings: &Settings) -> anyhow::Result<Outcome> {
    let mut begin = settings.begin(None);
    // Looked up once, so that the list stays as it is while it is gone back to.
    let recent = recent_elsewhere();
    let mut chosen = 0;
    let mut failed: Option<(usize, String)> = None;
    loop {
        let (entries, mut items): (Vec<Entry>, Vec<HomeItem>) =
            entries(&recent, begin.lang).into_iter().unzip();
        if let Some((number, message)) = failed.take()
            && let Some(item) = items.get_mut(number)
        {
            item.detail = message;
        }
        let options = HomeOptions {
            lang: begin.lang,
            palette: begin.palette,
            chosen,
        };
        let exit = match evscope_tui::home(&options, &items)? {
            HomeChoice::Quit => return Ok(Outcome::Fine),
            HomeChoice::Signal(signal) => Exit::Signal(signal),
            HomeChoice::Open(number, spoken) => {
                chosen = number;
                begin.lang = spoken;
                // What cannot be opened says so where it stands in the list.
                open(&entries[number], begin.clone()).unwrap_or_else(|error| {
                    failed = Some((number, error.to_string()));
                    Exit::Quit
                })
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

fn open(entry: &Entry, begin: Begin) -> anyhow::Result<Exit> {
    match entry {
        Entry::Demo(demo) => super::demo::replay(demo, &Options::default(), begin),
        Entry::Builtin(trace) => screen::run(Shown::builtin(trace.name, trace.open()?), begin),
        Entry::File(path) => screen::show_file(Source::File(path.clone()), begin),
    }
}

/// What there is to open, with what the screen says of it.
fn entries(recent: &[PathBuf], lang: Lang) -> Vec<(Entry, HomeItem)> {
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
            about: size(Path::new(&name)),
            detail: String::new(),
            name: name.clone(),
        };
        (Entry::File(PathBuf::from(name)), item)
    });
    let recent = recent.iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let item = HomeItem {
            section: say("Traces you looked at", "最近看过的跟踪"),
            name: name.into_owned(),
            about: size(path),
            detail: path.display().to_string(),
        };
        (Entry::File(path.clone()), item)
    });
    recent.chain(here).chain(demos).chain(builtin).collect()
}

fn demo_title(name: &str) -> Option<&'static str> {
    Some(DEMOS.iter().find(|demo| demo.name == name)?.title)
}

/// The traces that were looked at last, without those that stand in the current folder's list.
fn recent_elsewhere() -> Vec<PathBuf> {
    let here = std::env::current_dir().ok();
    let mut recent = recent::list();
    recent.retain(|path| {
        let listed = path
            .file_name()
            .is_some_and(|name| is_trace_name(&name.to_string_lossy()));
        !(listed && path.parent() == here.as_deref())
    });
    recent
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

fn size(name: &Path) -> String {
    fs::metadata(name).map_or_else(
        |error| error.to_string(),
        |file| describe::bytes(file.len()),
    )
}
