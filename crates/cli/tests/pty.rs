//! The terminal UI in a real pseudo-terminal: whole sessions, and the terminal given back after each.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{
    Child, CommandBuilder, ExitStatus, MasterPty, PtyPair, PtySize, SlavePty, native_pty_system,
};
use rustix::process::{Pid, Signal, kill_process};

#[path = "pty/exercises.rs"]
mod exercises;
#[path = "../../trace/tests/lengths/mod.rs"]
mod length_check;
#[path = "pty/lessons.rs"]
mod lessons;
#[path = "command_line/traces.rs"]
mod traces;

/// Long enough for a busy machine; nothing waits this long when all is well.
const PATIENCE: Duration = Duration::from_secs(120);

/// `evscope` in a terminal of its own.
struct Session {
    master: Box<dyn MasterPty + Send>,
    /// Held, so that the terminal is still there to be looked at when the process has ended.
    slave: Box<dyn SlavePty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    /// The terminal's modes at the start.
    before: String,
    folder: PathBuf,
    /// The traces that were there at the start.
    given: Vec<PathBuf>,
}

/// The traces in a folder.
fn traces_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let files = entries.map(|entry| entry.path());
    files.filter(|file| traces::is_trace(file)).collect()
}

impl Session {
    fn start(width: u16, height: u16, args: &[&str], folder: &Path) -> Self {
        let (pair, command) = prepare(width, height, args, folder);
        let given = traces_in(folder);
        let before = modes(pair.master.as_ref());
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            master: pair.master,
            slave: pair.slave,
            child,
            keyboard,
            output,
            screen: vt100::Parser::new(cells(height), cells(width), 0),
            before,
            folder: folder.to_owned(),
            given,
        }
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits until the screen is as wanted.
    #[track_caller]
    fn wait(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wanted(self.screen.screen()) {
            match self
                .output
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(bytes) => self.screen.process(&bytes),
                Err(_) => panic!("{what}: never came; the screen is\n{}", self.text()),
            }
        }
    }

    /// Waits until the screen has some text on it.
    #[track_caller]
    fn see(&mut self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.process_id().unwrap() as i32).unwrap()
    }

    /// Waits until the process is in a state, as `/proc` calls it.
    #[track_caller]
    fn wait_for_state(&self, wanted: &[char]) {
        let path = format!("/proc/{}/stat", self.pid().as_raw_nonzero());
        let end = Instant::now() + PATIENCE;
        loop {
            let text = std::fs::read_to_string(&path).unwrap();
            let state = text.rsplit_once(") ").unwrap().1.chars().next().unwrap();
            if wanted.contains(&state) {
                return;
            }
            assert!(Instant::now() < end, "the process stays in state {state}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the end of the process; gives its exit status and what is left on the screen. The
    /// terminal's modes are then as they were at the start.
    #[track_caller]
    fn end(mut self) -> (ExitStatus, vt100::Parser) {
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > end {
                self.child.kill().unwrap();
                panic!("the process does not end; the screen is\n{}", self.text());
            }
            thread::sleep(Duration::from_millis(5));
        };
        // What it has recorded agrees with itself.
        for file in traces_in(&self.folder) {
            if !self.given.contains(&file) {
                traces::check(&file);
            }
        }
        assert_eq!(
            modes(self.master.as_ref()),
            self.before,
            "the terminal's modes"
        );
        drop(self.slave);
        while let Ok(bytes) = self.output.recv() {
            self.screen.process(&bytes);
        }
        (status, self.screen)
    }
}

/// A terminal and what to start in it.
fn prepare(
    width: u16,
    height: u16,
    args: &[&str],
    folder: &std::path::Path,
) -> (PtyPair, CommandBuilder) {
    let size = PtySize {
        rows: height,
        cols: width,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_evscope"));
    command.args(args);
    command.env("TERM", "xterm-256color");
    command.env("LC_ALL", "C.UTF-8");
    command.env("XDG_CONFIG_HOME", folder);
    command.env("XDG_STATE_HOME", folder);
    command.env_remove("NO_COLOR");
    command.cwd(folder);
    (pair, command)
}

fn cells(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

/// A terminal's modes (raw or not, echo or not), to compare.
fn modes(master: &(dyn MasterPty + Send)) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

/// Whether the screen is one that a shell can go on with.
fn is_given_back(screen: &vt100::Screen) -> bool {
    !screen.alternate_screen()
        && !screen.hide_cursor()
        && !screen.bracketed_paste()
        && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
}

fn is_taken(screen: &vt100::Screen) -> bool {
    screen.alternate_screen()
        && screen.bracketed_paste()
        && screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None
}

#[test]
fn of_several_traces_of_a_recording_the_user_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let trace = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../traces/hello-world.jsonl"
    ))
    .unwrap();
    // The other one ends after 3 steps.
    let begin: Vec<&str> = trace.lines().collect();
    let third = begin
        .iter()
        .position(|line| line.starts_with("{\"seq\":2,"))
        .unwrap();
    std::fs::write(folder.path().join("t.jsonl"), &trace).unwrap();
    let other = begin[..=third].join("\n") + "\n";
    std::fs::write(folder.path().join("t.7.jsonl"), other).unwrap();
    for (answer, last) in [("2\r", "step 0 of 2"), ("\r", "step 0 of ")] {
        let mut session = Session::start(80, 24, &["play", "t.jsonl"], folder.path());
        session.see("1 t.jsonl: process");
        session.see("2 t.7.jsonl: process");
        session.see("which? (Enter: 1)");
        session.press(answer);
        session.see(last);
        let short =
            session.text().contains("step 0 of 2 ") || session.text().contains("step 0 of 2\n");
        assert_eq!(short, answer == "2\r", "{}", session.text());
        session.press("q");
        let (status, _) = session.end();
        assert!(status.success());
    }
}

#[test]
fn a_key_of_ones_own_is_one_on_the_home_screen_and_on_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let trace = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../traces/hello-world.jsonl"
    );
    for name in ["a.jsonl", "b.jsonl"] {
        std::fs::copy(trace, folder.path().join(name)).unwrap();
    }
    std::fs::create_dir(folder.path().join("evscope")).unwrap();
    let config = folder.path().join("evscope/config.toml");
    std::fs::write(config, "[keys]\nx = \"down\"\n").unwrap();
    let mut session = Session::start(120, 40, &[], folder.path());
    session.see("▶ a.jsonl");
    session.press("x");
    session.see("▶ b.jsonl");
    session.press("\r");
    session.see("step 0 of");
    session.press("x");
    session.see("step 1 of");
    assert!(session.text().contains("b.jsonl"), "{}", session.text());
    session.press("q");
    session.see("▶ b.jsonl");
    session.press("q");
    let (status, _) = session.end();
    assert!(status.success());
}

#[test]
fn a_session_steps_through_the_hello_world() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::start(80, 24, &["play", "hello-world"], folder.path());
    session.see("step 0 of");
    assert!(is_taken(session.screen.screen()));
    session.press("n");
    session.see("step 1 of");
    session.press("\x1b[C");
    session.see("step 3 of");
    session.press("p");
    session.see("step 1 of");
    // The loop calls bufferevent_writecb: the source stands in the reactor.
    session.press("/ev=bufferevent_writecb\r");
    session.see("crates/reactor/src/bufferevent/");
    session.see("fn bufferevent_writecb(");
    session.see("5 bufferevent_writecb: ");
    // The watermark calls writecb: the source stands where that is called, and goes into the example's conn_writecb.
    session.press("x");
    session.see("down to the low mark 0");
    session.press("u");
    session.see("bufferevent_trigger_nolock(");
    session.press("s");
    session.see("examples/hello-world.rs");
    session.see("fn conn_writecb(");
    session.see("6 conn_writecb: ");
    session.press("L");
    session.see("步骤");
    session.press("L?");
    session.see("next step, into calls");
    session.press("\x1b");
    session.see("next hit");
    session.press("q");
    let (status, screen) = session.end();
    assert!(status.success(), "{status:?}");
    assert!(is_given_back(screen.screen()));
}

#[test]
fn the_next_session_recalls_a_query() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["play", "hello-world"];
    let mut session = Session::start(80, 24, &args, folder.path());
    session.see("step 0 of");
    session.press("/ev=watermark\r");
    session.see("down to the low mark 0");
    session.press("q");
    assert!(session.end().0.success());
    let mut session = Session::start(80, 24, &args, folder.path());
    session.see("step 0 of");
    session.press("/\x1b[A");
    session.see("search ev=watermark");
    session.press("\x1b");
    session.see("n next");
    session.press("q");
    assert!(session.end().0.success());
}

#[test]
fn a_new_size_is_drawn_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::start(120, 40, &["play", "hello-world"], folder.path());
    session.see("─ State ─");
    session.screen.set_size(cells(24), cells(80));
    let size = PtySize {
        rows: 24,
        cols: 80,
        pixel_width: 0,
        pixel_height: 0,
    };
    session.master.resize(size).unwrap();
    session.wait("the small screen", |screen| {
        let text = screen.contents();
        text.contains("─ Explanation ─") && !text.contains("─ State ─")
    });
    session.press("q");
    assert!(session.end().0.success());
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_takes_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::start(80, 24, &["play", "hello-world"], folder.path());
    session.see("step 0 of");
    for stop in ["key", "signal"] {
        match stop {
            "key" => session.press("\x1a"),
            _ => session.signal(Signal::TSTP),
        }
        session.wait_for_state(&['T']);
        session.wait("the shell's screen", is_given_back);
        assert_eq!(modes(session.master.as_ref()), session.before);
        session.signal(Signal::CONT);
        session.wait("the screen again", is_taken);
        session.see("step 0 of");
    }
    session.press("n");
    session.see("step 1 of");
    session.press("q");
    assert!(session.end().0.success());
}

#[test]
fn a_signal_ends_it_and_the_terminal_is_given_back() {
    for (signal, name) in [(Signal::TERM, "Terminated"), (Signal::HUP, "Hangup")] {
        let folder = tempfile::tempdir().unwrap();
        let mut session = Session::start(80, 24, &["play", "hello-world"], folder.path());
        session.see("step 0 of");
        session.signal(signal);
        let (status, screen) = session.end();
        assert_eq!(status.signal(), Some(name));
        assert!(is_given_back(screen.screen()));
    }
}

#[test]
fn it_ends_when_its_terminal_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let (pair, command) = prepare(80, 24, &["play", "hello-world"], folder.path());
    let mut child = pair.slave.spawn_command(command).unwrap();
    // Read here and not on a thread of its own: that would hold the terminal open.
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut screen = vt100::Parser::default();
    let mut buffer = [0; 4096];
    while !screen.screen().contents().contains("step 0 of") {
        let n = reader.read(&mut buffer).unwrap();
        screen.process(&buffer[..n]);
    }
    drop((reader, pair));
    let end = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > end {
            child.kill().unwrap();
            panic!("it goes on without a terminal");
        }
        thread::sleep(Duration::from_millis(5));
    };
    assert_eq!(status.signal(), Some("Hangup"), "{status:?}");
}

#[test]
fn a_broken_trace_is_a_message_and_no_screen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.jsonl");
    for (text, message) in [
        ("", "empty"),
        ("hello\n", "not an evscope trace"),
        ("{\"evscope\":99}\n", "use a newer evscope"),
    ] {
        std::fs::write(&path, text).unwrap();
        let session = Session::start(80, 24, &["play", "broken.jsonl"], folder.path());
        let (status, screen) = session.end();
        assert_eq!(status.exit_code(), 2);
        let shown = screen.screen().contents();
        assert!(
            shown.contains("broken.jsonl") && shown.contains(message),
            "{shown}"
        );
        assert!(is_given_back(screen.screen()));
    }
}

/// What is before a wrong line is there to be looked at.
#[test]
fn a_trace_with_a_wrong_line_opens_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let whole = include_str!("../../../traces/hello-world.jsonl");
    let mut lines: Vec<&str> = whole.lines().collect();
    let wrong = lines
        .iter()
        .position(|line| line.contains("\"seq\":40,"))
        .unwrap();
    lines[wrong] = "{\"seq\":40,\"t\":";
    std::fs::write(folder.path().join("wrong.jsonl"), lines.join("\n")).unwrap();
    let mut session = Session::start(120, 40, &["play", "wrong.jsonl"], folder.path());
    session.see(&format!("✖ wrong.jsonl:{}: not JSON", wrong + 1));
    session.see("event_base_new");
    session.press("G");
    session.see("wrong.jsonl · step 38 of 39");
    session.press("q");
    assert!(session.end().0.success());
}

/// The beginning of a big trace is there long before its end, and keys are heard meanwhile.
#[test]
fn a_big_trace_is_looked_at_while_it_is_read() {
    const STEPS: usize = 60_000;
    let folder = tempfile::tempdir().unwrap();
    let header = r#"{"evscope":1,"program":"big","library":"evscope-reactor 0.1.0","backend":"epoll","pid":1,"started":"2026-01-01T00:00:00Z","clock":"monotonic","unit":"ns"}"#;
    let mut trace = format!("{header}\n");
    for seq in 0..STEPS {
        trace.push_str(&format!(
            r#"{{"seq":{seq},"t":{},"thread":1,"depth":0,"ph":"point","ev":"event_free","base":1,"event":{}}}"#,
            seq * 1000,
            seq % 100 + 1
        ));
        trace.push('\n');
    }
    std::fs::write(folder.path().join("big.jsonl"), trace).unwrap();
    let mut session = Session::start(120, 40, &["play", "big.jsonl"], folder.path());
    session.see("big.jsonl · step 0 of ");
    session.press("n");
    session.see("step 1 of ");
    session.wait("the whole trace", |screen| {
        let text = screen.contents();
        text.contains(&format!("step 1 of {}", STEPS - 1)) && !text.contains("reading")
    });
    session.press("G");
    session.see(&format!("step {} of", STEPS - 1));
    session.press("q");
    let (status, _) = session.end();
    assert!(status.success());
}

#[test]
fn a_growing_trace_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../traces/hello-world.jsonl"
    ))
    .unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let path = folder.path().join("growing.jsonl");
    let (begin, rest) = lines.split_at(lines.len() / 2);
    std::fs::write(&path, begin.join("\n") + "\n").unwrap();
    let args = ["play", "growing.jsonl", "--follow"];
    let mut session = Session::start(80, 24, &args, folder.path());
    session.see("LIVE");
    let mut file = std::fs::File::options().append(true).open(&path).unwrap();
    file.write_all((rest.join("\n") + "\n").as_bytes()).unwrap();
    session.see("event_base_free");
    session.press("F");
    session.see("PAUSED");
    session.press("q");
    assert!(session.end().0.success());
}

/// The error comes from the reader of traces, which knows nothing of the screen.
#[test]
fn what_goes_wrong_later_is_told_in_the_screen_s_language() {
    let folder = tempfile::tempdir().unwrap();
    let whole = include_str!("../../../traces/hello-world.jsonl");
    let path = folder.path().join("growing.jsonl");
    std::fs::write(&path, whole).unwrap();
    let args = ["play", "growing.jsonl", "--follow"];
    let mut session = Session::start(80, 24, &args, folder.path());
    session.see("LIVE");
    session.press("L");
    session.see("步骤");
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    session.see("读取期间文件变短了");
    session.press("q");
    assert!(session.end().0.success());
}

const TICKS: &str = include_str!("programs/ticks.c");

/// A folder with a program of three ticks; says so where it cannot be made.
fn ticks() -> Option<tempfile::TempDir> {
    if !std::path::Path::new("/usr/include/event2/event.h").exists() {
        eprintln!("LEFT OUT: libevent's headers are not installed (Debian's package libevent-dev)");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ticks.c"), TICKS).unwrap();
    let cc = std::process::Command::new("cc")
        .args(["-g", "-o", "ticks", "ticks.c", "-levent_core"])
        .current_dir(folder.path())
        .status();
    assert!(cc.unwrap().success());
    Some(folder)
}

#[test]
fn a_held_program_goes_on_by_keys_a_step_to_a_stop_and_freely() {
    let Some(folder) = ticks() else { return };
    let args = ["live", "--step", "-o", "held.jsonl", "--", "./ticks"];
    let mut session = Session::start(120, 40, &args, folder.path());
    session.see("HELD");
    // With its lane before it: the source has the name, too.
    session.see("L event_base_new");
    assert!(!session.text().contains("L event_base_loop"));
    session.press("nnnnnn");
    session.see("L event_base_loop");
    session.see("HELD");
    session.press(":break ev=event_callback\r");
    session.see("stop 1");
    session.press("c");
    session.see("held: ev=event_callback");
    session.press("c");
    session.wait("the second tick", |screen| {
        let text = screen.contents();
        text.contains("held:") && text.matches("event_callback").count() >= 2
    });
    session.press("H");
    session.see("ENDED");
    session.press("G");
    session.see("program_exit");
    session.press("q");
    let (status, _) = session.end();
    assert_eq!(status.exit_code(), 4);
    assert_eq!(traces_in(folder.path()), [folder.path().join("held.jsonl")]);
}

#[test]
fn who_quits_while_the_program_is_held_ends_it() {
    let Some(folder) = ticks() else { return };
    let args = [
        "live",
        "--step-at",
        "ev=event_callback",
        "-o",
        "quit.jsonl",
        "--",
        "./ticks",
    ];
    let mut session = Session::start(80, 24, &args, folder.path());
    session.see("held: ev=event_callback");
    session.press("q");
    let (status, screen) = session.end();
    assert_eq!(
        status.exit_code(),
        128 + 15,
        "{}",
        screen.screen().contents()
    );
    assert_eq!(traces_in(folder.path()), [folder.path().join("quit.jsonl")]);
}
