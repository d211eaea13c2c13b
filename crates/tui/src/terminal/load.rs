//! Reads a trace beside the drawing: a big one shows how far it is and can be given up.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyModifiers};
use evscope_replay::check::Checker;
use evscope_replay::index::IndexFolder;
use evscope_replay::{Follower, Lang, Replay, Trace};
use evscope_trace::{ReadError, Reader};
use evscope_words::text;
use ratatui::text::Line;

use crate::look::theme::{Theme, Token};
use crate::terminal::run::{Error, Exit};
use crate::terminal::screen::Screen;
use crate::terminal::system::{Events, Input};
use crate::work::facts::{Facts, Known};

/// A trace that is read faster than this is shown at once, without a word of reading.
const BLINK: Duration = Duration::from_millis(150);
/// How often the progress is drawn.
const PROGRESS_EVERY: Duration = Duration::from_millis(50);

/// So many steps of a big trace are shown while the rest is read: more than one looks through meanwhile.
const FIRST: usize = 4096;

/// What came of it.
pub(crate) enum Loaded {
    /// The trace.
    Replay(Whole),
    /// Its beginning, while the rest is read.
    Begun(Box<Known>, Rest),
    /// It was given up.
    Given(Exit),
}

/// A trace that was read.
pub(crate) struct Whole {
    pub(crate) known: Box<Known>,
    /// Of one that grows, who reads what comes.
    pub(crate) follower: Option<Follower>,
}

/// What the thread that reads tells.
enum Told {
    Begun(Box<Known>),
    Done(Result<Whole, Error>),
}

/// The rest of a trace that is being read.
pub(crate) struct Rest {
    receiver: Receiver<Told>,
    read: Arc<AtomicU64>,
    size: u64,
}

impl Rest {
    /// The whole trace, once it is there.
    pub(crate) fn look(&self) -> Result<Option<Whole>, Error> {
        loop {
            match self.receiver.try_recv() {
                Ok(Told::Done(whole)) => return Ok(Some(whole?)),
                // It is shown already.
                Ok(Told::Begun(_)) => {}
                Err(TryRecvError::Empty) => return Ok(None),
                Err(TryRecvError::Disconnected) => return Err(died()),
            }
        }
    }

    /// How far it is: in percent, or in megabytes.
    pub(crate) fn far(&self) -> String {
        far(self.read.load(Ordering::Relaxed), self.size)
    }
}

fn died() -> Error {
    io::Error::other("the thread that reads the trace has died").into()
}

/// Reads the trace of a file. If it takes longer than a blink the screen is opened, and its beginning is
/// given as soon as it is there.
pub(crate) fn load(
    path: PathBuf,
    indexes: Option<IndexFolder>,
    events: &mut Events,
    screen: &mut Option<Screen>,
    theme: Theme,
    lang: Lang,
) -> Result<Loaded, Error> {
    lang.get_ready();
    let (reading, sender) = Reading::of(&path);
    let counter = Arc::clone(&reading.rest.read);
    // A small file is read as quickly as an index.
    let indexes = indexes.filter(|_| path != Path::new("-") && IndexFolder::is_for(&path));
    thread::spawn(move || {
        let done = |known| Told::Done(Ok(Whole::of(known)));
        // Nobody listens any more when the reading was given up.
        let index = indexes.as_ref().and_then(|folder| folder.open(&path));
        if let Some(replay) = index {
            let _ = sender.send(done((replay.clone(), Facts::in_slices())));
            // Before somebody jumps to where it is needed.
            replay.get_ready();
            return;
        }
        let source = indexes.as_ref().and_then(|_| IndexFolder::source(&path));
        let read = read_trace(&path, counter, |begun| {
            let _ = sender.send(Told::Begun(Box::new(known(begun.clone()))));
        });
        // Written while the trace is looked at.
        let to_keep = match (&read, source, indexes) {
            (Ok((replay, _)), Some(source), Some(folder)) => Some((replay.clone(), source, folder)),
            _ => None,
        };
        let _ = sender.send(match read {
            Ok(known) => done(known),
            Err(error) => Told::Done(Err(error.into())),
        });
        if let Some((replay, source, folder)) = to_keep {
            // Without an index the trace is read again the next time.
            let _ = folder.keep(&path, &source, &replay);
        }
    });
    reading.wait(events, screen, theme, lang)
}

/// Waits for the header of a trace that grows, and reads what is there.
pub(crate) fn load_growing(
    path: PathBuf,
    events: &mut Events,
    screen: &mut Option<Screen>,
    theme: Theme,
    lang: Lang,
) -> Result<Loaded, Error> {
    lang.get_ready();
    let (reading, sender) = Reading::of(&path);
    let counter = Arc::clone(&reading.rest.read);
    let mut follower = Follower::new(path);
    while !follower.has_begun()? {
        let text = text!(screen_waiting_for_to_begin, name = &reading.name).in_lang(lang);
        if let Some(exit) = say(&text, events, screen, theme, PROGRESS_EVERY)? {
            return Ok(Loaded::Given(exit));
        }
    }
    thread::spawn(move || {
        let mut facts = Facts::default();
        let read = follower.read_showing(
            counter,
            FIRST,
            |begun| drop(sender.send(Told::Begun(Box::new(known(begun.clone()))))),
            |trace| facts.look_beside(trace),
            Checker::default(),
        );
        let _ = sender.send(Told::Done(match read {
            Ok(Some((replay, checker))) => {
                facts.checked(checker);
                // What comes after a line that is wrong is not read.
                let goes_on = replay.trace().broken().is_none();
                Ok(Whole {
                    known: Box::new((replay, facts)),
                    follower: goes_on.then_some(follower),
                })
            }
            Ok(None) => Err(died()),
            Err(error) => Err(error.into()),
        }));
    });
    reading.wait(events, screen, theme, lang)
}

impl Whole {
    /// Of a trace that does not grow.
    pub(crate) fn of(known: Known) -> Self {
        Self {
            known: Box::new(known),
            follower: None,
        }
    }
}

/// A trace that is read in a thread of its own.
struct Reading {
    name: String,
    rest: Rest,
}

impl Reading {
    /// Of a file, and where its thread tells what it has.
    fn of(path: &Path) -> (Self, Sender<Told>) {
        let (sender, receiver) = mpsc::channel();
        let rest = Rest {
            receiver,
            read: Arc::default(),
            size: std::fs::metadata(path).map_or(0, |data| data.len()),
        };
        let name = path.display().to_string();
        (Self { name, rest }, sender)
    }

    /// Waits until there is something to show.
    fn wait(
        self,
        events: &mut Events,
        screen: &mut Option<Screen>,
        theme: Theme,
        lang: Lang,
    ) -> Result<Loaded, Error> {
        let Self { name, rest } = self;
        let mut begun = None;
        let mut patience = BLINK;
        let started = Instant::now();
        loop {
            match rest.receiver.recv_timeout(patience) {
                Ok(Told::Done(whole)) => return Ok(Loaded::Replay(whole?)),
                Ok(Told::Begun(known)) => begun = Some(known),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(died()),
            }
            patience = BLINK.saturating_sub(started.elapsed());
            if !patience.is_zero() {
                continue;
            }
            if let Some(begun) = begun.take() {
                return Ok(Loaded::Begun(begun, rest));
            }
            patience = PROGRESS_EVERY;
            let text = progress(&name, &rest.far(), lang);
            if let Some(exit) = say(&text, events, screen, theme, Duration::ZERO)? {
                return Ok(Loaded::Given(exit));
            }
        }
    }
}

fn read_trace(
    path: &Path,
    counter: Arc<AtomicU64>,
    show: impl FnOnce(&Trace),
) -> Result<Known, ReadError> {
    let name = if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let input = evscope_trace::open(path).map_err(|source| ReadError::Io {
        file: name.clone(),
        source,
    })?;
    let mut reader = Reader::beside(Counted { input, counter }, name, path)?;
    let mut facts = Facts::default();
    let look = |trace: &Trace| facts.look_beside(trace);
    let (replay, checker) =
        Replay::read_showing(&mut reader, FIRST, show, look, Checker::default())?;
    facts.checked(checker);
    Ok((replay, facts))
}

/// A trace with what has to be gathered from the whole of it.
pub(crate) fn known(trace: Trace) -> Known {
    let mut facts = Facts::default();
    facts.catch_up(&trace);
    (Replay::new(trace), facts)
}

/// Counts what is read.
struct Counted<R> {
    input: R,
    counter: Arc<AtomicU64>,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        self.counter.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.input.consume(n);
        self.counter.fetch_add(n as u64, Ordering::Relaxed);
    }
}

/// In percent; of a packed trace or a pipe, whose length is not known, in megabytes.
fn far(done: u64, size: u64) -> String {
    if (1..=size).contains(&done) {
        format!("{} %", done * 100 / size)
    } else {
        format!("{} MB", done / 1_000_000)
    }
}

fn progress(name: &str, far: &str, lang: Lang) -> String {
    text!(screen_reading_q_gives_up, name, far).in_lang(lang)
}

/// Shows a line in the middle of the screen and looks whether the user has enough of it.
fn say(
    text: &str,
    events: &mut Events,
    screen: &mut Option<Screen>,
    theme: Theme,
    patience: Duration,
) -> Result<Option<Exit>, Error> {
    let screen = match screen {
        Some(screen) => screen,
        None => screen.insert(Screen::open()?),
    };
    screen.draw(|frame| {
        let area = frame.area();
        let line = Line::styled(text.to_owned(), theme.style(Token::Text)).centered();
        let middle = ratatui::layout::Rect {
            y: area.height / 2,
            height: area.height.min(1),
            ..area
        };
        frame.render_widget(line, middle);
    })?;
    for input in events.wait(Some(patience))? {
        match input {
            Input::Terminal(Event::Key(key)) => {
                let control_c =
                    key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
                if control_c || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc) {
                    return Ok(Some(Exit::Quit));
                }
            }
            Input::End(signal) => return Ok(Some(Exit::Signal(signal))),
            Input::Terminal(_) | Input::Resized | Input::Stop | Input::Continued => {}
        }
    }
    Ok(None)
}
