//! Running a scenario on the reactor. The driver for libevent (`driver/driver.c`) does the same in the same order;
//! what is changed here is changed there.

mod bufferevents;
mod buffers;
mod events;
mod filters;
mod groups;
mod heard;
mod listeners;
mod objects;
mod peers;
mod step;
#[cfg(feature = "tls")]
mod tls;
mod world;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Mutex;
use std::time::Duration;

use evscope_reactor::{
    ConfigFlags, Error, Evbuffer, EventBase, EventConfig, Features, LoopFlags, Method, Recording,
    RecordingError, Summary, VirtualClock, Wait,
};
use evscope_words::text;

use crate::scenario::{Instruction, Scenario};
use crate::spec::{NONE, Op};
pub use heard::Heard;
use objects::Objects;

/// After so many callbacks the loop is ended: a scenario that calls itself ends, too.
pub(crate) const MOST_CALLS: u32 = 100;
/// The same for waits.
pub(crate) const MOST_WAITS: u32 = 50;
/// Callbacks within callbacks; deeper ones do nothing.
pub(crate) const MOST_DEPTH: u32 = 5;

/// How long a scenario may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// After so many callbacks the loop is ended.
    pub calls: u32,
    /// The same for waits.
    pub waits: u32,
}

impl Default for Limits {
    /// What the driver for libevent has, too.
    fn default() -> Self {
        Self {
            calls: MOST_CALLS,
            waits: MOST_WAITS,
        }
    }
}

/// Why a scenario could not be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The base could not be made: this backend cannot do what the scenario requires, for example.
    #[error("{}", text!(scenario_no_base, error = _0))]
    Base(String),
    /// A connection could not be made.
    #[error("{}", text!(scenario_in_line, line, error = source))]
    World {
        /// The statement's line.
        line: u32,
        /// Why not.
        source: io::Error,
    },
    /// The trace could not be written.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// It has TLS bufferevents, and this was built without them (feature `tls`).
    #[error("{}", text!(scenario_without_tls))]
    NoTls,
    /// A folder for sockets could not be made.
    #[error("{}", text!(scenario_no_folder, error = _0))]
    Folder(io::Error),
}

/// Whether a scenario was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    /// It was.
    Completely,
    /// The backend cannot do what it requires.
    NotHere,
}

impl Scenario {
    /// Whether a backend can do what it requires.
    pub fn runs_on(&self, backend: Method) -> bool {
        let required = self
            .config
            .iter()
            .filter(|i| i.op == Op::ConfigRequireFeatures);
        let required = required.map(|i| Features::from_bits_truncate(i.args[0] as u32));
        required
            .into_iter()
            .all(|features| backend.features().contains(features))
    }
}

/// Records scenarios on the reactor, one after the other, each with a base of its own.
///
/// # Errors
/// The first one that could not be run.
pub fn record(
    scenarios: &[&Scenario],
    backend: Method,
    payload: Option<usize>,
    output: impl Write + Send,
) -> Result<(Summary, Vec<Ran>), RunError> {
    let program = scenarios.first().map_or("", |scenario| &scenario.name);
    let mut recording = Recording::new(program);
    if let Some(payload) = payload {
        recording = recording.payload(payload);
    }
    let (ran, summary) = recording.record(output, || {
        let mut ran = Vec::new();
        for scenario in scenarios {
            ran.push(run(scenario, backend)?);
        }
        Ok(ran)
    });
    let ran = ran.map_err(|error: RunError| error)?;
    Ok((summary?, ran))
}

/// Records a scenario on the reactor, and tells what the other side got.
///
/// # Errors
/// If it could not be run.
pub fn record_and_hear(
    scenario: &Scenario,
    backend: Method,
    payload: usize,
    limits: Limits,
    output: impl Write + Send,
) -> Result<Vec<Heard>, RunError> {
    let recording = Recording::new(&scenario.name).payload(payload);
    let (ran, summary) = recording.record(output, || run_and_hear(scenario, backend, Some(limits)));
    let (_, heard) = ran.map_err(|error: RunError| error)?;
    summary?;
    Ok(heard)
}

/// Runs a scenario. A recording that is on records it.
///
/// # Errors
/// If the world around it cannot be made.
pub fn run(scenario: &Scenario, backend: Method) -> Result<Ran, RunError> {
    run_and_hear(scenario, backend, None).map(|(ran, _)| ran)
}

/// Who asks what the other side got says how long it may go on.
fn run_and_hear(
    scenario: &Scenario,
    backend: Method,
    limits: Option<Limits>,
) -> Result<(Ran, Vec<Heard>), RunError> {
    if scenario.has_tls() && cfg!(not(feature = "tls")) {
        return Err(RunError::NoTls);
    }
    // A process has one handler for each signal, so one scenario runs at a time.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let _signals = Ignored::new();
    let clock = VirtualClock::new();
    let machine = Rc::new(Machine {
        scenario: scenario.clone(),
        clock: clock.clone(),
        limits: limits.unwrap_or_default(),
        state: RefCell::new(State::new(scenario)),
    });
    let mut config = EventConfig::new().set_flag(ConfigFlags::IGNORE_ENV);
    for method in Method::ALL {
        if method != backend {
            config = config.avoid_method(method);
        }
    }
    for instruction in &scenario.config {
        config = configured(config, instruction);
    }
    let waits = Rc::clone(&machine);
    let config = config
        .virtual_time(clock, move |base, until, looks| {
            waits.wait(base, until, looks)
        })
        .getaddrinfo(world::look_up);
    let mut base = match EventBase::new_with_config(&config) {
        Ok(base) => base,
        Err(Error::Invalid { .. }) => return Ok((Ran::NotHere, Vec::new())),
        Err(error) => return Err(RunError::Base(error.to_string())),
    };
    machine.body(&mut base, &scenario.main, &Frame::default());
    if limits.is_some() {
        machine.others_take(&mut base);
    }
    machine.free_all(&mut base);
    base.event_base_free();
    let state = machine.state.take();
    state.objects.close_all();
    match state.failure {
        None => Ok((Ran::Completely, state.heard)),
        Some(failure) => Err(failure),
    }
}

fn configured(config: EventConfig, instruction: &Instruction) -> EventConfig {
    let args = &instruction.args;
    match instruction.op {
        Op::ConfigSetFlag => config.set_flag(ConfigFlags::from_bits_truncate(args[0] as u32)),
        Op::ConfigRequireFeatures => {
            config.require_features(Features::from_bits_truncate(args[0] as u32))
        }
        Op::ConfigMaxDispatch => {
            let interval = span(args[0]);
            config.set_max_dispatch_interval(interval, Some(args[1] as usize), args[2] as usize)
        }
        _ => config,
    }
}

/// A time in ms; none if it is negative.
fn span(ms: i64) -> Option<Duration> {
    u64::try_from(ms).ok().map(Duration::from_millis)
}

/// A scenario that runs.
struct Machine {
    scenario: Scenario,
    clock: VirtualClock,
    limits: Limits,
    state: RefCell<State>,
}

/// What changes while it runs. It is never borrowed while the library is called.
#[derive(Default)]
struct State {
    objects: Objects,
    /// The number of each event, bufferevent, listener: what `self` is.
    calls_of: Vec<u32>,
    calls: u32,
    waits: u32,
    depth: u32,
    /// A bufferevent was freed, and perhaps nobody has taken it apart yet.
    unfinished: bool,
    /// The scenario has come to its end: nobody does anything any more.
    over: bool,
    /// How many of the things that others do are done.
    done: usize,
    /// The room that the statement before has reserved: in which evbuffer, and how much.
    reserved: Option<Reserved>,
    folder: Option<tempfile::TempDir>,
    servers: u32,
    /// How many bytes the filter `double` has taken.
    doubled: Rc<Cell<usize>>,
    /// What the other side got.
    heard: Vec<Heard>,
    failure: Option<RunError>,
}

impl State {
    fn new(scenario: &Scenario) -> Self {
        Self {
            objects: Objects::new(scenario.names.len()),
            calls_of: vec![0; scenario.callbacks.len()],
            ..Self::default()
        }
    }
}

/// Room at the end of an evbuffer, in one piece or two.
#[derive(Debug, Clone, Copy)]
struct Reserved {
    buffer: Evbuffer,
    size: usize,
    in_two: bool,
}

/// What a callback was called for.
#[derive(Debug, Clone, Copy, Default)]
struct Frame {
    own: Option<usize>,
    accepted: Option<usize>,
}

impl Machine {
    fn body(self: &Rc<Self>, base: &mut EventBase, body: &[Instruction], frame: &Frame) {
        for instruction in body {
            if self.state.borrow().failure.is_some() {
                return base.event_base_loopbreak();
            }
            if let Err(source) = self.step(base, instruction, frame) {
                let line = instruction.line;
                self.state.borrow_mut().failure = Some(RunError::World { line, source });
            }
        }
    }

    /// A callback was called.
    fn callback(self: &Rc<Self>, base: &mut EventBase, number: usize, what: u64, frame: &Frame) {
        {
            let mut state = self.state.borrow_mut();
            if state.over {
                return;
            }
            state.calls += 1;
            if state.calls > self.limits.calls {
                drop(state);
                return base.event_base_loopbreak();
            }
            if state.depth >= MOST_DEPTH {
                return;
            }
            state.depth += 1;
            state.calls_of[number] += 1;
        }
        let call = self.state.borrow().calls_of[number];
        let mut clauses = self.scenario.callbacks[number].clauses.iter();
        let clause = clauses.find(|clause| {
            (clause.call == 0 || clause.call == call)
                && (clause.when == 0 || clause.when & what != 0)
        });
        if let Some(clause) = clause {
            self.body(base, &clause.body, frame);
        }
        self.state.borrow_mut().depth -= 1;
    }

    /// The loop waits: what others do by then is done, and time passes.
    fn wait(self: &Rc<Self>, base: &mut EventBase, until: Option<Duration>, looks: u32) -> Wait {
        if self.state.borrow().over {
            if looks > 0 {
                return Wait::Over;
            }
            // What would go on for ever by itself ends, too.
            let waits = {
                let mut state = self.state.borrow_mut();
                state.waits += 1;
                state.waits
            };
            if waits > self.limits.waits {
                base.event_base_loopbreak();
            }
            return Wait::Look;
        }
        let now = self.clock.now();
        if looks == 0 {
            let waits = {
                let mut state = self.state.borrow_mut();
                state.waits += 1;
                state.waits
            };
            self.others(base);
            if waits > self.limits.waits {
                base.event_base_loopbreak();
            }
            return Wait::Look;
        }
        let done = self.state.borrow().done;
        match (self.scenario.at.get(done), until) {
            (Some(at), until) if until.is_none_or(|until| at_time(at.time) <= until) => {
                self.clock.pass(at_time(at.time).saturating_sub(now));
                self.others(base);
                Wait::Look
            }
            // Nobody will do anything any more.
            (_, None) => {
                base.event_base_loopbreak();
                Wait::Over
            }
            (_, Some(until)) => {
                self.clock.pass(until.saturating_sub(now));
                Wait::Over
            }
        }
    }

    /// Does what others do up to now; some of it may take time.
    fn others(self: &Rc<Self>, base: &mut EventBase) {
        loop {
            let done = self.state.borrow().done;
            let Some(at) = self
                .scenario
                .at
                .get(done)
                .filter(|at| at_time(at.time) <= self.clock.now())
            else {
                return;
            };
            self.state.borrow_mut().done += 1;
            self.body(base, &at.body, &Frame::default());
        }
    }

    /// The loop is over, and the others still take what came to them.
    fn others_take(self: &Rc<Self>, base: &mut EventBase) {
        let done = self.state.borrow().done;
        let rest = self.scenario.at.iter().skip(done);
        for instruction in rest.flat_map(|at| &at.body) {
            if matches!(instruction.op, Op::PeerRead | Op::ServerAccept) {
                self.body(base, std::slice::from_ref(instruction), &Frame::default());
            }
        }
    }

    /// The end: what is left is freed, what was made last first. libevent leaks a bufferevent that is taken apart
    /// only after its deferred callbacks, if the base is freed before; so the loop turns once more.
    fn free_all(self: &Rc<Self>, base: &mut EventBase) {
        let count = self.state.borrow().objects.len();
        for at in (0..count).rev() {
            self.free(base, at);
        }
        {
            let mut state = self.state.borrow_mut();
            state.over = true;
            state.waits = 0;
        }
        if self.state.borrow().unfinished {
            let _ = base.event_base_loop(LoopFlags::NONBLOCK);
        }
    }
}

fn at_time(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// The callback numbers, as names that live as long as the process. There are few, however many scenarios run.
fn name_of(name: &str) -> &'static str {
    static NAMES: Mutex<Option<HashMap<String, &'static str>>> = Mutex::new(None);
    let mut names = NAMES
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let names = names.get_or_insert_default();
    if let Some(name) = names.get(name) {
        return name;
    }
    let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(name.to_owned(), kept);
    kept
}

impl State {
    /// A path for a server's socket.
    fn path(&mut self) -> io::Result<PathBuf> {
        if self.folder.is_none() {
            self.folder = Some(tempfile::tempdir()?);
        }
        self.servers += 1;
        let folder = self
            .folder
            .as_ref()
            .map(tempfile::TempDir::path)
            .unwrap_or(std::path::Path::new("."));
        Ok(folder.join(self.servers.to_string()))
    }
}

/// The signals that a scenario may raise, ignored where it has no event for them.
struct Ignored([(i32, libc::sigaction); 2]);

impl Ignored {
    fn new() -> Self {
        Self([libc::SIGUSR1, libc::SIGUSR2].map(|signal| {
            // SAFETY: a zeroed sigaction is one with default flags and an empty mask; both are places for one.
            unsafe {
                let mut ignore: libc::sigaction = std::mem::zeroed();
                ignore.sa_sigaction = libc::SIG_IGN;
                let mut before: libc::sigaction = std::mem::zeroed();
                libc::sigaction(signal, &raw const ignore, &raw mut before);
                (signal, before)
            }
        }))
    }
}

impl Drop for Ignored {
    fn drop(&mut self) {
        for (signal, before) in &self.0 {
            // SAFETY: it is what the system said of this signal.
            unsafe { libc::sigaction(*signal, before, std::ptr::null_mut()) };
        }
    }
}

/// Whether an argument stands for nothing.
fn is_none(arg: i64) -> bool {
    arg == NONE
}
