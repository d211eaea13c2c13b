//! The loop around the model: it waits, tells the model what came, does what the model asks for, and
//! draws. All input and output is here.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::Event;
use evscope_replay::index::IndexFolder;
use evscope_replay::{FollowError, Follower, Lang, Query, Replay, Trace, Update};
use evscope_trace::{FunctionFolder, Level, ReadError};
use evscope_words::{text, word};

use crate::look::theme::{Depth, Palette, Theme};
use crate::model::lesson::{Course, Keeper, Progress, Taken};
use crate::model::message::{Effect, Message};
use crate::model::program::{Program, Whereabouts};
use crate::model::prompt::History;
use crate::model::{Begin, Following, HasProgram, Model};
use crate::terminal::load::{self, Loaded, Rest, Whole};
use crate::terminal::marks;
use crate::terminal::screen::Screen;
use crate::terminal::system::{self, Events, Input, is_gone};
use crate::update::keys::bound;
use crate::update::update;
use crate::view;
use crate::work::facts::Facts;
use crate::work::stops::Stop;

/// How often a trace that grows is looked at.
const FOLLOW_EVERY: Duration = Duration::from_millis(150);
/// How often a program is looked at that has not come to where it is wanted: it waits for something.
const PROGRAM_EVERY: Duration = Duration::from_millis(20);
/// How often to look how far the rest of the trace is read.
const READ_EVERY: Duration = Duration::from_millis(50);

/// Where the trace comes from.
#[derive(Debug)]
pub enum Source {
    /// From memory.
    Replay(Box<Replay>),
    /// From a file; `-` is the standard input.
    File(PathBuf),
    /// From a file that is still being written: what is added to it is shown as it comes.
    Growing(PathBuf),
}

/// Exports the trace, which has notes and is looked at on a level, in a format to a file (none: a name of its own);
/// gives the file it has written, or what went wrong, in a language.
pub type Exporter =
    Box<dyn Fn(&Trace, &Notes, Level, &str, Option<&Path>, Lang) -> Result<PathBuf, String>>;

/// Bookmarks and notes, by their steps.
pub type Notes = BTreeMap<usize, String>;

/// A folder of libevent's source: its functions are shown for the library's steps that the trace has no text for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibeventSource {
    /// The folder.
    pub folder: PathBuf,
    /// Also in place of the text of another library with libevent's names, which the trace has.
    pub always: bool,
}

/// How to show a trace.
pub struct Options {
    /// The trace.
    pub source: Source,
    /// The step to begin at; none: the first, or the newest of a growing trace.
    pub at: Option<usize>,
    /// The language of the explanations and of the screen.
    pub lang: Lang,
    /// The detail level to begin with.
    pub level: Level,
    /// The colours; none: what suits the terminal.
    pub palette: Option<Palette>,
    /// A folder of sources, in place of the text in the trace.
    pub source_dir: Option<PathBuf>,
    /// A folder of libevent's source.
    pub libevent_source: Option<LibeventSource>,
    /// Keys of the user's own: a key (`ctrl-n`) and a command line (`level 3`).
    pub keys: Vec<(String, String)>,
    /// The file that keeps bookmarks and notes; none: they are forgotten.
    pub marks: Option<PathBuf>,
    /// The file that keeps the queries and commands that were entered; none: they are forgotten.
    pub history: Option<PathBuf>,
    /// The program whose trace grows, if it can be held; it is from the beginning.
    pub program: Option<Box<dyn Program>>,
    /// Where a run stops, and where the program is held first.
    pub stops: Vec<Query>,
    /// A lesson to take; its stops must have been found in the very trace that is shown.
    pub course: Option<Course>,
    /// Does `:export`; none: there is no such thing.
    pub exporter: Option<Exporter>,
    /// Where indexes are kept, so that a big file is there at once the next time; none: it is read anew.
    pub indexes: Option<IndexFolder>,
}

impl Options {
    /// A trace with everything else as usual: English, the walkthrough level.
    pub fn new(source: Source) -> Self {
        Self {
            source,
            at: None,
            lang: Lang::EN,
            level: Level::Walkthrough,
            palette: None,
            source_dir: None,
            libevent_source: None,
            keys: Vec::new(),
            marks: None,
            history: None,
            program: None,
            stops: Vec::new(),
            course: None,
            exporter: None,
            indexes: None,
        }
    }
}

/// How the terminal UI ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The user quit.
    Quit,
    /// The user wants the recorded trace of a demo.
    Open {
        /// The demo.
        demo: &'static str,
        /// The step.
        step: usize,
        /// The detail level that the user looks at.
        level: Level,
        /// The language.
        lang: Lang,
    },
    /// The user has done a lesson and wants the next one, in the language of the screen.
    Next(Lang),
    /// A signal asked the process to end. The terminal is restored; see [`Exit::resignal`].
    Signal(i32),
}

impl Exit {
    /// Ends the process by the signal that asked for it, so that its parent sees that. Returns if the
    /// user quit.
    pub fn resignal(self) {
        match self {
            Self::Quit | Self::Open { .. } | Self::Next(_) => {}
            Self::Signal(signal) => system::end_by(signal),
        }
    }
}

/// Why a trace could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The terminal failed.
    #[error("terminal: {0}")]
    Terminal(#[from] io::Error),
    /// The trace cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The trace cannot be followed.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// A key of the user's own is wrong.
    #[error("keys: {0}")]
    Keys(String),
}

/// The colours for the terminal at hand.
pub(crate) fn theme(palette: Option<Palette>) -> Theme {
    let variable = |name: &str| std::env::var(name).ok();
    Theme {
        palette: palette
            .unwrap_or_else(|| Palette::of_environment(variable("COLORFGBG").as_deref())),
        depth: Depth::of_environment(variable),
    }
}

/// Shows a trace until the user quits.
pub fn run(options: Options) -> Result<Exit, Error> {
    let (keymap, home_keys) = bound(&options.keys).map_err(Error::Keys)?;
    let theme = theme(options.palette);
    let mut events = Events::open()?;
    let mut screen = None;
    let mut rest = None;
    let grows = matches!(options.source, Source::Growing(_));
    let lang = options.lang;
    let loaded = match options.source {
        Source::Replay(replay) => Loaded::Replay(Whole::of((*replay, Facts::default()))),
        Source::File(path) => {
            let indexes = options.indexes;
            load::load(path, indexes, &mut events, &mut screen, theme, lang)?
        }
        Source::Growing(path) => load::load_growing(path, &mut events, &mut screen, theme, lang)?,
    };
    let ((replay, facts), follower) = match loaded {
        Loaded::Replay(Whole { known, follower }) => (*known, follower),
        Loaded::Begun(known, more) => {
            rest = Some(more);
            (*known, None)
        }
        Loaded::Given(exit) => return Ok(exit),
    };
    let screen = match screen {
        Some(screen) => screen,
        None => Screen::open()?,
    };
    let (lesson, keep) = match options.course {
        None => (None, None),
        Some(course) => {
            let Course {
                lesson,
                steps,
                progress,
                next,
                keep,
            } = course;
            (Some(Taken::new(lesson, steps, progress, next)), keep)
        }
    };
    let is_libevents = replay.trace().header().library.starts_with("libevent");
    let libevent_source = options
        .libevent_source
        .filter(|source| source.always || is_libevents)
        .map(|source| source.folder);
    let begin = Begin {
        step: options.at,
        level: options.level,
        lang: options.lang,
        theme,
        keymap,
        home_keys,
        size: crossterm::terminal::size()?,
        following: if grows {
            Following::Live
        } else {
            Following::Not
        },
        program: match options.program {
            None => HasProgram::No,
            Some(_) => HasProgram::Yes,
        },
        stops: options.stops.into_iter().map(Stop::at).collect(),
        has_folder: options.source_dir.is_some(),
        has_functions: options.source_dir.is_some() || libevent_source.is_some(),
        marks: read_marks(options.marks.as_deref()),
        history: read_history(options.history.as_deref()),
        lesson,
    };
    let mut model = Model::new(replay, facts, begin);
    model.reading = rest.as_ref().map(Rest::far);
    view::refresh(&mut model);
    let session = Session {
        model,
        rest,
        screen,
        events,
        follower,
        program: options.program,
        definitions: [options.source_dir.clone(), libevent_source]
            .into_iter()
            .flatten()
            .map(|folder| (folder, OnceCell::new()))
            .collect(),
        source_dir: options.source_dir,
        marks: options.marks,
        history: options.history,
        keep,
        exporter: options.exporter,
        started: Instant::now(),
        is_behind: false,
        said_lacking: false,
    };
    match session.run() {
        Err(Error::Terminal(error)) if is_gone(&error) => Ok(Exit::Signal(system::HANGUP)),
        ended => ended,
    }
}

fn read_marks(path: Option<&Path>) -> BTreeMap<usize, String> {
    path.and_then(|path| fs::read_to_string(path).ok())
        .map_or_else(BTreeMap::new, |text| crate::model::marks::read(&text))
}

/// The lines of earlier sessions. Each session only adds to the file, so that two at a time lose nothing
/// of each other; when it has become long, what is no longer recalled is dropped.
fn read_history(path: Option<&Path>) -> History {
    const LONG: u64 = 64 << 10;
    let Some((path, text)) = path.and_then(|path| Some((path, fs::read_to_string(path).ok()?)))
    else {
        return History::default();
    };
    let history = History::read(&text);
    if text.len() as u64 > LONG {
        // A history that stays long does no harm.
        let _ = evscope_trace::replace(path, history.write().as_bytes());
    }
    history
}

/// Adds a line to the history of sessions to come.
fn remember(path: &Path, line: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::File::options().append(true).create(true).open(path)?;
    file.write_all(line.as_bytes())
}

struct Session {
    model: Model,
    /// The rest of the trace, while it is read.
    rest: Option<Rest>,
    screen: Screen,
    events: Events,
    follower: Option<Follower>,
    program: Option<Box<dyn Program>>,
    source_dir: Option<PathBuf>,
    /// The folders of functions, and what they have, once one was asked for.
    definitions: Vec<(PathBuf, OnceCell<FunctionFolder>)>,
    marks: Option<PathBuf>,
    history: Option<PathBuf>,
    /// Keeps the progress in a lesson.
    keep: Option<Keeper>,
    exporter: Option<Exporter>,
    started: Instant,
    /// Whether more was added to the trace than was read so far.
    is_behind: bool,
    /// What is missing before a trace that is followed was said.
    said_lacking: bool,
}

impl Session {
    fn run(mut self) -> Result<Exit, Error> {
        // What the model asked for when it was made.
        let asked = std::mem::take(&mut self.model.effects);
        if let Some(exit) = self.carry_out(asked)? {
            return Ok(exit);
        }
        loop {
            self.screen.draw(|frame| view::draw(frame, &self.model))?;
            let inputs = self.events.wait(self.patience())?;
            let now = self.started.elapsed();
            self.tell(Message::Time(now))?;
            for input in inputs {
                if let Some(exit) = self.take(input)? {
                    return Ok(exit);
                }
            }
            if self.model.has_work() {
                self.tell(Message::Work)?;
            }
            self.read_on()?;
            match self.program.is_some() {
                true => self.drive()?,
                false => self.catch_up()?,
            }
        }
    }

    /// Shows the whole trace once it is there, and how far it is until then.
    fn read_on(&mut self) -> Result<(), Error> {
        let Some(rest) = &self.rest else {
            return Ok(());
        };
        let message = match rest.look()? {
            Some(Whole { known, follower }) => {
                self.rest = None;
                self.follower = follower;
                Message::Whole(known)
            }
            None => Message::Reading(rest.far()),
        };
        self.tell(message)?;
        Ok(())
    }

    /// How long to wait for input at most before something else is due.
    fn patience(&self) -> Option<Duration> {
        let now = self.started.elapsed();
        let playing = self.model.autoplay.map(|autoplay| {
            autoplay
                .due
                .map_or(Duration::ZERO, |due| due.saturating_sub(now))
        });
        [
            self.model.has_work().then_some(Duration::ZERO),
            self.rest.as_ref().map(|_| READ_EVERY),
            playing,
            (self.model.following == Following::Live).then_some(match self.is_behind {
                true => Duration::ZERO,
                false => FOLLOW_EVERY,
            }),
            self.model.awaits_program().then_some(PROGRAM_EVERY),
            self.program.as_ref().map(|_| FOLLOW_EVERY),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn take(&mut self, input: Input) -> Result<Option<Exit>, Error> {
        match input {
            Input::Terminal(Event::Key(event)) => self.tell(Message::Key(event)),
            Input::Terminal(Event::Mouse(event)) => self.tell(Message::Mouse(event)),
            Input::Terminal(Event::Paste(text)) => self.tell(Message::Paste(text)),
            Input::Terminal(Event::Resize(..)) | Input::Resized => {
                let (width, height) = crossterm::terminal::size()?;
                self.tell(Message::Size(width, height))
            }
            Input::Terminal(Event::FocusGained | Event::FocusLost) => Ok(None),
            Input::Stop => {
                self.suspend()?;
                Ok(None)
            }
            Input::Continued => {
                // Whoever stopped the process has had the terminal meanwhile.
                self.screen.without(|| Ok(()))?;
                let (width, height) = crossterm::terminal::size()?;
                self.tell(Message::Size(width, height))
            }
            Input::End(signal) => Ok(Some(Exit::Signal(signal))),
        }
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.screen.without(system::suspend)
    }

    fn tell(&mut self, message: Message) -> Result<Option<Exit>, Error> {
        let effects = update(&mut self.model, message);
        // Errors come from below, where nobody knows the screen's language.
        self.model.lang.speak();
        self.carry_out(effects)
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> Result<Option<Exit>, Error> {
        for effect in effects {
            let done = match effect {
                Effect::Quit => return Ok(Some(Exit::Quit)),
                Effect::Open(demo, step) => {
                    return Ok(Some(Exit::Open {
                        demo,
                        step,
                        level: self.model.level,
                        lang: self.model.lang,
                    }));
                }
                Effect::NextLesson => return Ok(Some(Exit::Next(self.model.lang))),
                Effect::Suspend => {
                    self.suspend()?;
                    None
                }
                Effect::Redraw => {
                    self.screen.clear()?;
                    None
                }
                Effect::Copy(text) => {
                    self.screen.copy(&text)?;
                    None
                }
                Effect::SaveMarks(text) => self.save_marks(&text),
                Effect::KeepProgress(progress) => self.keep_progress(&progress),
                Effect::Remember(line) => self.remember(&line),
                Effect::ReadSource(file) => {
                    let text = self
                        .source_dir
                        .as_deref()
                        .and_then(|dir| read_source(dir, &file));
                    Some(Message::SourceRead { file, text })
                }
                Effect::FindFunction(name) => {
                    let mut folders = self.definitions.iter();
                    let found = folders.find_map(|(folder, all)| {
                        let all = all.get_or_init(|| FunctionFolder::scan(folder));
                        all.text(&name)
                    });
                    Some(Message::FunctionFound { name, found })
                }
                Effect::GoOn(until) => {
                    if let Some(program) = &mut self.program {
                        program.go_on(until);
                    }
                    None
                }
                Effect::Export { format, out } => Some(self.export(&format, out.as_deref())),
            };
            if let Some(message) = done
                && let Some(exit) = self.tell(message)?
            {
                return Ok(Some(exit));
            }
        }
        Ok(None)
    }

    fn remember(&mut self, line: &str) -> Option<Message> {
        let path = self.history.take()?;
        let Err(error) = remember(&path, line) else {
            self.history = Some(path);
            return None;
        };
        // Said once: what the line asks for matters more.
        let path = path.display();
        Some(Message::Failed(
            text!(screen_the_history_is_not, path, error).in_lang(self.model.lang),
        ))
    }

    fn keep_progress(&mut self, progress: &Progress) -> Option<Message> {
        let keep = self.keep.take()?;
        let Err(error) = keep(progress) else {
            self.keep = Some(keep);
            return None;
        };
        // Said once.
        Some(Message::Failed(
            text!(screen_the_progress_is_not, error).in_lang(self.model.lang),
        ))
    }

    fn save_marks(&self, text: &str) -> Option<Message> {
        let path = self.marks.as_deref()?;
        marks::save(path, text).err().map(|error| {
            let path = path.display();
            let text = match error.kind() {
                io::ErrorKind::AlreadyExists => text!(screen_bookmarks_are_another_file, path),
                _ => text!(screen_bookmarks_are_not_kept, path, error),
            };
            Message::Failed(text.in_lang(self.model.lang))
        })
    }

    fn export(&self, format: &str, out: Option<&str>) -> Message {
        let Some(exporter) = &self.exporter else {
            let nowhere = word!(screen_there_is_no_export);
            return Message::Failed(self.model.say(nowhere).to_owned());
        };
        let lang = self.model.lang;
        match exporter(
            self.model.trace(),
            &self.model.marks,
            self.model.level,
            format,
            out.map(Path::new),
            lang,
        ) {
            Ok(file) => Message::Done(text!(screen_wrote, file = file.display()).in_lang(lang)),
            Err(failed) => Message::Failed(text!(screen_export_failed, failed).in_lang(lang)),
        }
    }

    /// Looks where the program is, and brings it where the user wants it, as far as that is soon.
    fn drive(&mut self) -> Result<(), Error> {
        /// The screen is drawn this often meanwhile.
        const SLICE: Duration = Duration::from_millis(15);
        /// Between two looks: a step takes the recorder about as long.
        const MOMENT: Duration = Duration::from_micros(200);
        let end = Instant::now() + SLICE;
        while let Some(program) = &mut self.program {
            let at = program.look();
            // Of a program that runs there may always be more.
            loop {
                self.is_behind = self.follow()?;
                if !self.is_behind || at != Whereabouts::Held && Instant::now() >= end {
                    break;
                }
            }
            let known = self.model.live.as_ref().map(|live| live.at);
            if known != Some(at) {
                self.tell(Message::Program(at))?;
            }
            if !self.model.awaits_program() || Instant::now() > end {
                break;
            }
            if at == Whereabouts::Running {
                thread::sleep(MOMENT);
            }
        }
        Ok(())
    }

    /// Reads what was added to the trace, for as long as the screen may wait. What is left then is read without a
    /// pause, but for the screen and the keys: a busy server writes more in a pause than one look takes.
    fn catch_up(&mut self) -> Result<(), Error> {
        const SLICE: Duration = Duration::from_millis(50);
        let end = Instant::now() + SLICE;
        self.is_behind = true;
        while self.is_behind && Instant::now() < end {
            self.is_behind = self.follow()?;
        }
        Ok(())
    }

    /// Reads what was added to the trace. Whether there may be more at once.
    fn follow(&mut self) -> Result<bool, Error> {
        if self.model.following != Following::Live {
            return Ok(false);
        }
        let Some(follower) = &mut self.follower else {
            return Ok(false);
        };
        let message = match follower.poll() {
            Ok(Update::Waiting) => return Ok(false),
            Ok(Update::Lines(lines)) if lines.is_empty() => return Ok(false),
            Ok(Update::Lines(lines)) => Message::Grown(lines),
            Err(error) => {
                // What has come so far can still be looked at.
                self.follower = None;
                self.model.following = Following::Not;
                let error = error.to_string();
                Message::Failed(text!(screen_follow_failed, error).in_lang(self.model.lang))
            }
        };
        // At the beginning it is said with all else about the trace.
        let known = self.said_lacking || self.model.trace().lacking().is_some();
        let lacking = self.follower.as_ref().and_then(Follower::lacking);
        let lacking = lacking.filter(|_| !known).map(str::to_owned);
        self.tell(message)?;
        if let Some(lacking) = lacking {
            self.said_lacking = true;
            self.tell(Message::Failed(lacking))?;
        }
        Ok(true)
    }
}

/// A file of a folder of sources: at its own path in it, or at the end of that path. A trace comes from
/// anywhere, so a path that leads out of the folder is not followed.
fn read_source(dir: &Path, file: &str) -> Option<String> {
    let path = Path::new(file);
    if !path
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let mut parts = path.components();
    loop {
        let rest = parts.as_path();
        if rest.as_os_str().is_empty() {
            return None;
        }
        if let Ok(text) = fs::read_to_string(dir.join(rest)) {
            return Some(text);
        }
        parts.next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_add_to_one_history() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/history");
        remember(&path, "search a\n").unwrap();
        remember(&path, "search b\n").unwrap();
        assert_eq!(read_history(Some(&path)).write(), "search a\nsearch b\n");
        fs::write(&path, "search long\n".repeat(10_000)).unwrap();
        read_history(Some(&path));
        assert_eq!(fs::read_to_string(&path).unwrap(), "search long\n");
        assert_eq!(read_history(Some(&dir.path().join("none"))).write(), "");
        assert!(remember(dir.path(), "search a\n").is_err());
    }

    #[test]
    fn sources_are_found_in_their_folder_and_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("in/src")).unwrap();
        fs::write(dir.path().join("in/src/a.rs"), "a").unwrap();
        fs::write(dir.path().join("in/b.rs"), "b").unwrap();
        fs::write(dir.path().join("secret"), "s").unwrap();
        let inside = dir.path().join("in");
        let read = |file: &str| read_source(&inside, file);
        assert_eq!(read("src/a.rs").as_deref(), Some("a"));
        assert_eq!(read("crates/x/src/a.rs").as_deref(), Some("a"));
        assert_eq!(read("crates/b.rs").as_deref(), Some("b"));
        assert_eq!(read("../secret"), None);
        assert_eq!(read(&dir.path().join("secret").display().to_string()), None);
        assert_eq!(read(""), None);
    }
}
