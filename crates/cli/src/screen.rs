//! The terminal UI on a trace, with what it asks of its surroundings.

use std::fs;
use std::path::{Path, PathBuf};

use evscope_export::{Format, Guide, Part, check, export_part};
use evscope_replay::{Lang, Replay, Trace};
use evscope_trace::{InTheWay, Level, Over};
use evscope_tui::{Course, Exit, Exporter, LibeventSource, Options, Palette, Source};
use evscope_words::text;

use crate::builtin::Builtin;
use crate::{dirs, language, recent};

/// How to begin.
#[derive(Debug, Clone)]
pub(crate) struct Begin {
    pub(crate) at: Option<usize>,
    pub(crate) level: Level,
    pub(crate) lang: Lang,
    pub(crate) palette: Option<Palette>,
    /// Keys of the user's own, and what they do.
    pub(crate) keys: Vec<(String, String)>,
    /// A folder of sources, in place of the text in the trace.
    pub(crate) source_dir: Option<PathBuf>,
    /// A folder of libevent's source.
    pub(crate) libevent_source: Option<LibeventSource>,
}

/// A trace to show, the file it is from, and where its bookmarks are kept.
#[derive(Debug)]
pub(crate) struct Shown {
    source: Source,
    file: Option<PathBuf>,
    marks: Option<PathBuf>,
    course: Option<Course>,
}

impl Shown {
    /// A trace that is in memory. Its bookmarks are forgotten at the end.
    pub(crate) fn trace(trace: Trace) -> Self {
        Self {
            source: Source::Replay(Box::new(Replay::new(trace))),
            file: None,
            marks: None,
            course: None,
        }
    }

    /// A lesson with its trace. Its bookmarks are forgotten at the end, what was learnt is not.
    pub(crate) fn course(course: Course, replay: Replay) -> Self {
        Self {
            source: Source::Replay(Box::new(replay)),
            file: None,
            marks: None,
            course: Some(course),
        }
    }

    /// A built-in trace. Its bookmarks are kept with the user's state.
    pub(crate) fn builtin(name: &str, trace: Trace) -> Self {
        Self {
            marks: dirs::state().map(|folder| folder.join(format!("{name}.marks"))),
            ..Self::trace(trace)
        }
    }

    /// A trace file. Its bookmarks are kept beside it.
    pub(crate) fn file(source: Source) -> Self {
        let file = match &source {
            Source::File(path) | Source::Growing(path) if path != Path::new("-") => {
                Some(path.clone())
            }
            Source::File(_) | Source::Growing(_) | Source::Replay(_) => None,
        };
        Self {
            source,
            marks: file.as_deref().map(marks_beside),
            file,
            course: None,
        }
    }

    /// A trace that was read from a file.
    pub(crate) fn read_from(path: &Path, trace: Trace) -> Self {
        Self {
            file: Some(path.to_owned()),
            marks: Some(marks_beside(path)),
            ..Self::trace(trace)
        }
    }
}

/// The file with a trace file's bookmarks.
fn marks_beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".marks");
    name.into()
}

/// The file with the queries and commands that were entered: in the user's folder for state.
fn history() -> Option<PathBuf> {
    Some(dirs::state()?.join("history"))
}

/// Shows a trace that is in memory, until the user quits.
#[cfg(has_reactor)]
pub(crate) fn show(trace: Trace, begin: Begin) -> anyhow::Result<Exit> {
    run(Shown::trace(trace), begin)
}

/// Shows a trace file, until the user quits.
pub(crate) fn show_file(source: Source, begin: Begin) -> anyhow::Result<Exit> {
    run(Shown::file(source), begin)
}

/// Shows it until the user quits.
pub(crate) fn run(shown: Shown, begin: Begin) -> anyhow::Result<Exit> {
    run_with(shown, begin, |_| {})
}

/// The same, with more to be said of it. A demo whose trace the user wants instead is shown then.
pub(crate) fn run_with(
    shown: Shown,
    mut begin: Begin,
    say: impl FnOnce(&mut Options),
) -> anyhow::Result<Exit> {
    let mut exit = run_one(shown, begin.clone(), say)?;
    while let Exit::Open {
        demo,
        step,
        level,
        lang,
    } = exit
    {
        let builtin = Builtin::named(demo)
            .ok_or_else(|| language::wrong(&text!(cli_was_built_without, demo)))?;
        begin.at = Some(step);
        (begin.level, begin.lang) = (level, lang);
        exit = run_one(Shown::builtin(demo, builtin.open()?), begin.clone(), |_| {})?;
    }
    Ok(exit)
}

fn run_one(shown: Shown, begin: Begin, say: impl FnOnce(&mut Options)) -> anyhow::Result<Exit> {
    let Shown {
        source,
        file,
        marks,
        course,
    } = shown;
    if let (None, Some(folder)) = (&file, marks.as_deref().and_then(Path::parent)) {
        // Where it cannot be made, the attempt to keep a bookmark says so.
        let _ = fs::create_dir_all(folder);
    }
    let mut options = Options::new(source);
    options.at = begin.at;
    options.level = begin.level;
    options.lang = begin.lang;
    options.course = course;
    options.marks = marks;
    options.history = history();
    options.palette = begin.palette;
    options.keys = begin.keys;
    options.source_dir = begin.source_dir;
    options.libevent_source = begin.libevent_source;
    options.exporter = Some(exporter());
    options.indexes = dirs::indexes();
    say(&mut options);
    let exit = evscope_tui::run(options);
    if let Some(indexes) = dirs::indexes() {
        indexes.leave();
    }
    let exit = exit?;
    if let Some(file) = file {
        recent::note(&file);
    }
    Ok(exit)
}

/// What `:export FORMAT [FILE]` does.
fn exporter() -> Exporter {
    Box::new(|trace, notes, level, format, file, lang| {
        let format = format
            .parse::<Format>()
            .map_err(|error| error.in_lang(lang))?;
        let file = file.map_or_else(|| file_of(trace, format), Path::to_path_buf);
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        // Before a file is made or replaced.
        let guide = Guide::default().with_notes(notes.clone());
        let part = Part::whole(trace)
            .seen_at(level)
            .in_lang(lang)
            .guided(&guide);
        check(&part, format).map_err(|error| error.in_lang(lang))?;
        let like = |start: &[u8]| format.begins(start);
        let mut out =
            evscope_trace::create_over(&file, Over::Like(&like)).map_err(
                |error| match InTheWay::of(&error) {
                    Some(why) => failed(&in_the_way(why, lang)),
                    None => failed(&error),
                },
            )?;
        export_part(&part, format, &mut out).map_err(|error| failed(&error))?;
        out.finish().map_err(|error| failed(&error))?;
        Ok(file)
    })
}

/// Why a name cannot be had. On the screen there is no `--force`.
fn in_the_way(why: &InTheWay, lang: Lang) -> String {
    let text = match why {
        InTheWay::Foreign => text!(export_name_is_anothers),
        InTheWay::Folder => text!(export_name_is_a_folder),
        InTheWay::Link => text!(export_name_is_a_link),
        InTheWay::NoFolder(folder) => text!(export_no_folder, folder = folder.display()),
    };
    text.in_lang(lang)
}

/// A name for an export in the current folder: the trace's with the format's ending, but never that of a
/// file that is there already.
fn file_of(trace: &Trace, format: Format) -> PathBuf {
    let name = Path::new(trace.name()).file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    let end = name.find(".jsonl").unwrap_or(name.len());
    let stem = if end == 0 { "trace" } else { &name[..end] };
    let stem = stem.replace(' ', "-");
    let numbered = (1..).map(|n| match n {
        1 => format!("{stem}.{}", format.extension()),
        n => format!("{stem}-{n}.{}", format.extension()),
    });
    let mut free = numbered.map(PathBuf::from).filter(|path| !exists(path));
    // The numbers do not end, so there is always a next one.
    free.next().unwrap_or_default()
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

#[cfg(test)]
mod tests {
    use evscope_trace::Header;
    use evscope_tui::Notes;

    use super::*;

    #[test]
    fn bookmarks_are_kept_however_a_file_is_read() {
        let path = Path::new("folder/t.jsonl.gz");
        let kept = Some(PathBuf::from("folder/t.jsonl.gz.marks"));
        let trace = || Trace::new("t", Header::new("", "", ""));
        for shown in [
            Shown::file(Source::File(path.into())),
            Shown::file(Source::Growing(path.into())),
            Shown::read_from(path, trace()),
        ] {
            assert_eq!((shown.marks, shown.file), (kept.clone(), Some(path.into())));
        }
        for shown in [Shown::file(Source::File("-".into())), Shown::trace(trace())] {
            assert_eq!((shown.marks, shown.file), (None, None));
        }
    }

    #[test]
    fn what_goes_wrong_is_told_in_the_language_of_the_screen() {
        let trace = Trace::new("t", Header::new("", "", ""));
        let fails = |lang| {
            exporter()(&trace, &Notes::new(), Level::Program, "png", None, lang).unwrap_err()
        };
        assert!(fails(Lang::EN).starts_with("there is no format `png`; the formats are "));
        assert!(fails(Lang::ZH).starts_with("没有格式 `png`；格式有 "));
    }

    /// A picture has what the user sees; what is a trace again has everything.
    #[test]
    fn what_is_exported_is_what_the_screen_has() {
        let folder = tempfile::tempdir().unwrap();
        let trace = crate::builtin::Builtin::named("hello-world")
            .unwrap()
            .open()
            .unwrap();
        let export = |level, format: &str| {
            let file = folder.path().join(format!("out.{format}"));
            let notes = [(67, "who called this?".to_owned())].into();
            exporter()(&trace, &notes, level, format, Some(&file), Lang::EN).unwrap();
            fs::read_to_string(file).unwrap()
        };
        assert!(!export(Level::Program, "svg").contains("bufferevent_writecb"));
        assert!(export(Level::Walkthrough, "svg").contains("bufferevent_writecb"));
        assert_eq!(
            export(Level::Program, "jsonl"),
            export(Level::Everything, "jsonl")
        );
        // A page has the notes of the screen.
        assert!(export(Level::Program, "html").contains("[67,\"who called this?\"]"));
    }
}
