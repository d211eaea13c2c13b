//! Running evscope.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A small trace that every command has something to say about.
pub(crate) const SMALL: &str = include_str!("../../../export/tests/data/small.jsonl");

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Ran {
    /// The output of a run that went well and had nothing to say beside it.
    #[track_caller]
    pub(crate) fn fine(self) -> String {
        assert_eq!(
            (self.code, self.stderr.as_str()),
            (Some(0), ""),
            "{}",
            self.stdout
        );
        self.stdout
    }

    /// The message of a run that failed as a wrong usage or input does: nothing on stdout, status 2.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert_eq!(
            (self.code, self.stdout.as_str()),
            (Some(2), ""),
            "{}",
            self.stderr
        );
        self.stderr
    }
}

/// Tests that keep the whole machine busy, or compare with its time, take turns.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder of its own with the small trace in it. The traces that evscope records there agree with themselves.
pub(crate) struct Folder {
    folder: tempfile::TempDir,
    /// What tests write by hand may be wrong.
    by_hand: std::cell::RefCell<Vec<PathBuf>>,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let entries = std::fs::read_dir(self.path()).into_iter().flatten();
        for file in entries.flatten().map(|entry| entry.path()) {
            if crate::traces::is_trace(&file) && !self.by_hand.borrow().contains(&file) {
                crate::traces::check(&file);
            }
        }
    }
}

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Self {
            folder: tempfile::tempdir().unwrap(),
            by_hand: std::cell::RefCell::default(),
        };
        folder.write("small.jsonl", SMALL);
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        self.by_hand.borrow_mut().push(path.clone());
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// An evscope that is yet to be run in this folder, in an environment without surprises.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evscope"));
        command
            .args(args)
            .current_dir(self.path())
            .env("HOME", self.path())
            .stdin(Stdio::null());
        for name in [
            "LC_ALL",
            "LC_MESSAGES",
            "LANG",
            "NO_COLOR",
            "TERM",
            "EVSCOPE_CONFIG",
            "EVSCOPE_LOG",
            "XDG_CONFIG_HOME",
            "XDG_STATE_HOME",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// Runs evscope with `args`, words between spaces.
    pub(crate) fn run(&self, args: &str) -> Ran {
        run(&mut self.command(args.split_whitespace()))
    }

    /// The same with something on its standard input.
    pub(crate) fn run_with(&self, args: &str, input: &[u8]) -> Ran {
        let mut child = self
            .command(args.split_whitespace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // It may stop reading early, which is no failure of the test.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        ran(output)
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Ran {
    ran(command.output().unwrap())
}

/// What a run that is over left behind.
pub(crate) fn ran(output: std::process::Output) -> Ran {
    Ran {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}
