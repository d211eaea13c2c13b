//! Recording a program while something is done to it, and reading its trace.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use evscope_recorder::{Outcome, RecordOptions, Recording, Stdio, Turn};
use evscope_trace::{Line, Phase, Reader, Record, SourceText};

/// Recordings share this process's children and signals, so they come one after the other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

pub(crate) fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long anything may take on a busy machine.
const LONG: Duration = Duration::from_secs(120);

/// Records `command` into `folder`, does `act` meanwhile (it gets the process id), and waits for the end.
pub(crate) fn record(
    folder: &Path,
    command: &[&str],
    adjust: impl FnOnce(&mut RecordOptions),
    act: impl FnOnce(i32),
) -> (Outcome, PathBuf) {
    let trace = folder.join("trace.jsonl");
    let mut options = RecordOptions::new(&trace);
    let said = std::fs::File::create(folder.join("said")).unwrap();
    options.stdio = Stdio::Into(Arc::new(said));
    adjust(&mut options);
    let command: Vec<OsString> = command.iter().map(Into::into).collect();
    let mut recording = Recording::start(&options, &command).unwrap();
    let pid = recording.pid();
    let began = Instant::now();
    let outcome = std::thread::scope(|scope| {
        let recorder = scope.spawn(move || {
            while recording.turn() != Turn::Over {
                assert!(began.elapsed() < LONG, "the program does not end");
                std::thread::sleep(Duration::from_millis(1));
            }
            recording.finish()
        });
        act(pid);
        recorder.join().unwrap()
    });
    (outcome, trace)
}

/// Asks a process for something.
pub(crate) fn signal(pid: i32, signal: i32) {
    // SAFETY: the process is a child of this test's that has not been waited for.
    unsafe { libc::kill(pid, signal) };
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.local_addr().unwrap().port()
}

/// Connects once the server listens.
pub(crate) fn connect(port: u16) -> TcpStream {
    let began = Instant::now();
    loop {
        match TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
            Ok(stream) => return stream,
            Err(error) => assert!(began.elapsed() < LONG, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Sends `bytes` in another thread, and reads all that comes back.
pub(crate) fn exchange(mut stream: TcpStream, bytes: &[u8]) -> Vec<u8> {
    let mut sending = stream.try_clone().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            sending.write_all(bytes).unwrap();
            sending.shutdown(std::net::Shutdown::Write).unwrap();
        });
        let mut back = Vec::new();
        stream.read_to_end(&mut back).unwrap();
        back
    })
}

/// Waits until something is so.
pub(crate) fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < LONG, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a program is there; says so if not.
pub(crate) fn is_there(program: &str, package: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).exists());
    if !found {
        eprintln!("LEFT OUT: {program} is not installed (Debian's package {package})");
    }
    found
}

/// Compiles C against libevent; `None`, and a word about it, where that is not possible.
pub(crate) fn compile(source: &Path, to: &Path, flags: &[&str]) -> Option<()> {
    if !Path::new("/usr/include/event2/event.h").exists() {
        eprintln!("LEFT OUT: libevent's headers are not installed (Debian's package libevent-dev)");
        return None;
    }
    let output = Command::new("cc")
        .args(["-g", "-O1", "-o"])
        .arg(to)
        .arg(source)
        .args(flags)
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", source.display());
    Some(())
}

/// The C twin of an example.
pub(crate) fn twin(name: &str, folder: &Path) -> Option<String> {
    built("../../examples/c", name, folder, &["-levent"])
}

/// One of the C programs that stand beside these tests.
pub(crate) fn program(name: &str, folder: &Path, flags: &[&str]) -> Option<String> {
    built("tests/programs", name, folder, flags)
}

fn built(from: &str, name: &str, folder: &Path, flags: &[&str]) -> Option<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join(from);
    let to = folder.join(name);
    compile(&sources.join(format!("{name}.c")), &to, flags)?;
    Some(to.display().to_string())
}

/// An example of this package; they are built with its tests.
pub(crate) fn example(name: &str) -> Option<String> {
    let test = std::env::current_exe().unwrap();
    let built = test.ancestors().nth(2).unwrap();
    let path = built.join("examples").join(name);
    if !path.exists() {
        eprintln!("LEFT OUT: the example `{name}` was not built");
        return None;
    }
    Some(path.display().to_string())
}

/// A trace, read.
pub(crate) struct Trace {
    pub(crate) records: Vec<Record>,
    pub(crate) sources: Vec<SourceText>,
    pub(crate) library: String,
}

/// Reads a trace of everything, and holds that it is well formed: numbered without gaps, calls nested, times in
/// order, the lengths of buffers without a contradiction.
pub(crate) fn read(path: &Path) -> Trace {
    let name = path.display().to_string();
    let mut reader = Reader::beside(evscope_trace::open(path).unwrap(), &name, path).unwrap();
    assert_eq!(reader.lacking(), None);
    let library = reader.header().library.clone();
    let (mut records, mut sources) = (Vec::new(), Vec::new());
    while let Some(line) = reader.next_line().unwrap() {
        match line {
            Line::Record(record) => records.push(*record),
            Line::Source(source) => sources.push(source),
        }
    }
    let mut stacks: std::collections::HashMap<_, Vec<String>> = std::collections::HashMap::new();
    for (i, record) in records.iter().enumerate() {
        assert_eq!(record.seq, i as u64);
        let stack = stacks.entry(record.thread).or_default();
        let event = record.event.name();
        match record.phase {
            Phase::Enter => {
                assert_eq!(
                    record.depth as usize,
                    stack.len(),
                    "{name}: step {i}: {event}"
                );
                stack.push(event.to_owned());
            }
            Phase::Exit => {
                assert_eq!(stack.pop().as_deref(), Some(event), "{name}: step {i}");
                assert_eq!(
                    record.depth as usize,
                    stack.len(),
                    "{name}: step {i}: {event}"
                );
            }
            Phase::Point if event == "program_exit" => {}
            Phase::Point => {
                assert_eq!(
                    record.depth as usize,
                    stack.len(),
                    "{name}: step {i}: {event}"
                );
            }
        }
    }
    assert!(
        records.windows(2).all(|pair| pair[0].t <= pair[1].t),
        "{name}: times"
    );
    if let Err(what) = crate::length_check::check(&records) {
        panic!("{name}: {what}");
    }
    Trace {
        records,
        sources,
        library,
    }
}

impl Trace {
    /// Steps that begin or are whole, of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Record> {
        self.records
            .iter()
            .filter(move |r| r.phase != Phase::Exit && r.event.name() == name)
    }

    pub(crate) fn count(&self, name: &str) -> usize {
        self.all(name).count()
    }
}
