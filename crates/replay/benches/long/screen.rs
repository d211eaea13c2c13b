//! The replay's screen, in a pseudo-terminal.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use evscope_trace::Writer;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::cost::mib;
use crate::made_up::{self, Echo};
use crate::{CONNECTIONS, target};

const SIZE: PtySize = PtySize {
    rows: 40,
    cols: 120,
    pixel_width: 0,
    pixel_height: 0,
};
/// A screen that has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(300);

fn cells(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("a screen has cells")
}

struct Session {
    _master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    began: Instant,
}

impl Session {
    fn start(command: CommandBuilder) -> Self {
        let pair = native_pty_system().openpty(SIZE).expect("a terminal");
        let began = Instant::now();
        let child = pair.slave.spawn_command(command).expect("it starts");
        let mut reader = pair.master.try_clone_reader().expect("its output");
        let keyboard = pair.master.take_writer().expect("its keyboard");
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 1 << 16];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            _master: pair.master,
            child,
            keyboard,
            output,
            screen: vt100::Parser::new(cells(SIZE.rows), cells(SIZE.cols), 0),
            began,
        }
    }

    /// Waits until the screen is as wanted, and says whether it came to that.
    fn wait(&mut self, patience: Duration, wanted: impl Fn(&str) -> bool) -> bool {
        let end = Instant::now() + patience;
        while !wanted(&self.screen.screen().contents()) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(_) => return false,
            }
        }
        true
    }

    fn press(&mut self, keys: &str) {
        self.keyboard
            .write_all(keys.as_bytes())
            .and_then(|()| self.keyboard.flush())
            .expect("it listens");
    }

    /// How long it takes until the screen is another after a key, one of these after the other; the middle and the longest.
    fn keys(&mut self, what: &str, keys: &[&str], times: usize) {
        let mut took: Vec<Duration> = (0..times)
            .filter_map(|time| {
                let before = self.screen.screen().contents();
                let start = Instant::now();
                self.press(keys[time % keys.len()]);
                let came = self.wait(Duration::from_secs(10), |now| now != before);
                came.then(|| start.elapsed())
            })
            .collect();
        took.sort_unstable();
        match (took.get(took.len() / 2), took.last()) {
            (Some(middle), Some(most)) => {
                println!("{what:<34} {middle:>9.2?}   {most:.2?} at most");
            }
            _ => println!("{what:<34}   nothing came"),
        }
    }

    /// The most memory that it had so far.
    fn peak(&self) -> u64 {
        let pid = self.child.process_id().unwrap_or(0);
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kib.unwrap_or(0) * 1024
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How long a program takes until some text is on its screen.
pub(crate) fn first_sight(
    command: CommandBuilder,
    text: &str,
    patience: Duration,
) -> Option<Duration> {
    let mut session = Session::start(command);
    let came = session.wait(patience, |screen| screen.contains(text));
    came.then(|| session.began.elapsed())
}

fn play(evscope: &Path, trace: &Path, more: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(evscope);
    command.arg("play");
    command.arg(trace);
    command.args(more);
    command.env("LANG", "C");
    command.env("TERM", "xterm-256color");
    // What is kept for the next time lies with the traces.
    command.env("XDG_CACHE_HOME", target().join("tmp/cache"));
    command.env("XDG_STATE_HOME", target().join("tmp/state"));
    command
}

/// What the status line says, the last one on the screen; an explanation may have the same words.
fn status(screen: &str) -> &str {
    screen.trim_end().lines().last().unwrap_or_default()
}

/// The first frame, all of it, and keys. The second time there may be an index.
pub(crate) fn report(evscope: &Path, trace: &Path, records: usize) {
    let _ = std::fs::remove_dir_all(target().join("tmp/cache"));
    let last = (records - 1).to_string();
    let all = format!(" of {last} ");
    // Who follows it waits for more behind what is there.
    drop(opened("follow", play(evscope, trace, &["--follow"]), &all));
    for time in ["first time", "again"] {
        let what = format!("play, {time}");
        let Some(mut session) = opened(&what, play(evscope, trace, &[]), &all) else {
            return;
        };
        // By its index it is there at once, and is looked through for what stands out while nobody waits.
        session.wait(PATIENCE, |screen| !status(screen).contains("reading"));
        let known = session.began.elapsed();
        println!(
            "{:<34} {known:>9.2?}",
            format!("play, {time}: what stands out")
        );
        if time == "again" {
            session.keys("play: a step at the start", &["n"], 200);
            session.keys("play: to the end, and back", &["G", "g"], 20);
            session.press("G");
            // The very last steps may be none that this level shows.
            let at_end = format!("step {}", &last[..last.len() - 2]);
            session.wait(PATIENCE, |screen| status(screen).contains(&at_end));
            session.keys("play: a step at the end", &["p"], 200);
            session.keys("play: another level", &["3", "2"], 20);
            session.keys("play: why", &["w"], 20);
            println!(
                "{:<34} {:>9}",
                "play: memory after that",
                mib(session.peak())
            );
        }
        wait_for_index();
        session.press("q");
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end && matches!(session.child.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Opens a trace, and says how long its first frame takes, and all of it.
fn opened(what: &str, command: CommandBuilder, all: &str) -> Option<Session> {
    let mut session = Session::start(command);
    if !session.wait(PATIENCE, |screen| screen.contains("bufferevent_socket_new")) {
        println!("{what}: no frame came");
        return None;
    }
    let first = session.began.elapsed();
    session.wait(PATIENCE, |screen| status(screen).contains(all));
    let whole = session.began.elapsed();
    println!(
        "{:<34} {first:>9.2?}   {whole:.2?} until all is there, {} at most",
        format!("{what}: a frame"),
        mib(session.peak())
    );
    Some(session)
}

/// One is written beside what the screen does, when all is read.
fn wait_for_index() {
    let indexes = target().join("tmp/cache/evscope/indexes");
    let is_there = || {
        let files = std::fs::read_dir(&indexes).ok()?.flatten();
        let mut names = files.map(|file| file.path());
        names.find(|name| name.extension().is_some_and(|end| end == "index"))
    };
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end && is_there().is_none() {
        thread::sleep(Duration::from_millis(10));
    }
}

/// How many records a second are followed: a file that grows by that many, and how far behind the screen is at its end.
pub(crate) fn report_following(evscope: &Path) {
    /// What a second's records are written in.
    const PIECES: usize = 50;
    const SECONDS: usize = 5;
    for rate in [100_000, 200_000, 300_000] {
        let path = target().join("tmp/grows.jsonl");
        let file = File::create(&path).expect("the target folder takes it");
        let mut writer =
            Writer::new(BufWriter::new(file), &made_up::header()).expect("it can be written");
        let mut records = Vec::new();
        Echo::new(CONNECTIONS).each(rate * SECONDS, |record| records.push(record));
        let mut session = Session::start(play(evscope, &path, &["--follow"]));
        let begin = Instant::now();
        let piece = rate / PIECES;
        for (n, records) in records.chunks(piece).enumerate() {
            for record in records {
                writer.record(record).expect("there is room for it");
            }
            writer.flush().expect("there is room for it");
            let due = begin + Duration::from_secs(1) * (n as u32 + 1) / PIECES as u32;
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        let written = begin.elapsed();
        let last = (records.len() - 1).to_string();
        let what = format!("follow {rate} records a second");
        if session.wait(PATIENCE, |screen| screen.contains(&last)) {
            let behind = begin.elapsed().saturating_sub(written);
            println!("{what:<34} {behind:>9.2?} behind at the end of {written:.1?}");
        } else {
            println!("{what:<34}   never came to the end");
        }
    }
}
