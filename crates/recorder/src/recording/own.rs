//! Recording a program on our own reactor: it writes its trace itself, into the file that its environment
//! names. Here that becomes the trace that was asked for, with how the program ended.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use evscope_trace::{Compression, Nanos, Objects, Phase, Record, ThreadId};
use serde_json::{Map, Value};

use super::{exit_event, now, part_of, prepare};
use crate::check::Refusal;
use crate::options::{RecordError, RecordOptions};
use crate::run::{self, Exit, Processes};
use crate::traces::TraceFile;

/// What the reactor looks for in its environment.
const FILE: &str = "EVSCOPE_TRACE";
const OPTIONS: &str = "EVSCOPE_TRACE_OPTIONS";

/// A trace that the program writes.
pub(super) struct OwnTrace {
    /// The trace that was asked for.
    output: PathBuf,
    /// What the program writes: the same, unless that is to be compressed.
    written: PathBuf,
    /// The moment that its times count from.
    began: u64,
    program: Identity,
    /// The process that writes.
    pid: Option<i32>,
    /// How it ended, and when.
    end: Option<(Exit, u64)>,
}

/// Which file a program is, by whatever name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }
}

impl OwnTrace {
    /// Starts the program and asks it to record itself.
    pub(super) fn start(
        path: &Path,
        command: &[OsString],
        options: &RecordOptions,
    ) -> Result<(Processes, Self), RecordError> {
        if options.hold.is_some() {
            let path = path.display().to_string();
            return Err(Refusal::NotHeld { path }.into());
        }
        let not_started = |error| RecordError::Start {
            program: path.display().to_string(),
            error,
        };
        let output = std::path::absolute(&options.output).map_err(prepare("the trace"))?;
        let written = match Compression::of_name(&output) {
            Compression::None => output.clone(),
            Compression::Gzip | Compression::Zstd => part_of(&output),
        };
        make_room(&written).map_err(prepare(&written.display().to_string()))?;
        let identity = Identity::of(path).map_err(not_started)?;
        let began = now();
        let mut asked = format!(
            "program={}:{},origin={began},level={}",
            identity.device, identity.inode, options.level as u8
        );
        if options.payload > 0 {
            asked.push_str(&format!(",payload={}", options.payload));
        }
        let mut program = run::program(path, command);
        program.env(FILE, &written).env(OPTIONS, asked);
        let processes = run::start(program, options).map_err(not_started)?;
        let own = Self {
            output,
            written,
            began,
            program: identity,
            pid: None,
            end: None,
        };
        Ok((processes, own))
    }

    /// Looks who writes.
    pub(super) fn listen(&mut self, processes: &mut Processes) {
        if self.pid.is_none() {
            self.pid = writer_of(&self.written);
            if let Some(pid) = self.pid {
                processes.add(pid);
            }
        }
    }

    pub(super) fn ended(&mut self, pid: i32, exit: Exit) {
        if self.pid == Some(pid) {
            self.end = Some((exit, now()));
        }
    }

    /// A process of the program that could begin to write: a daemon that has just been forked off.
    pub(super) fn silent(&self) -> Option<i32> {
        if self.pid.is_some() {
            return None;
        }
        let variable = [FILE.as_bytes(), b"=", self.written.as_os_str().as_bytes()].concat();
        run::find_process(|folder| {
            Identity::of(&folder.join("exe")).is_ok_and(|program| program == self.program)
                && fs::read(folder.join("environ"))
                    .is_ok_and(|all| all.split(|&byte| byte == 0).any(|one| one == variable))
        })
    }

    /// Ends it: the trace, and what is to be said.
    pub(super) fn finish(self) -> (Vec<TraceFile>, Vec<String>) {
        let Some(pid) = self.pid else {
            let note = format!(
                "the program made no event base, so there is nothing to replay (or {} could not be made by it)",
                self.written.display()
            );
            return (Vec::new(), vec![note]);
        };
        let mut notes = Vec::new();
        let steps = self.complete().and_then(|steps| {
            self.pack()?;
            Ok(steps)
        });
        if self.end.is_none() {
            notes.push(format!(
                "process {pid} runs on, and writes on into {}",
                self.written.display()
            ));
        }
        match steps {
            Ok(steps) => {
                let trace = TraceFile {
                    path: self.output,
                    pid: pid as u32,
                    steps,
                };
                (vec![trace], notes)
            }
            Err(error) => {
                notes.push(format!(
                    "cannot complete the trace: {error}; what the program wrote is in {}",
                    self.written.display()
                ));
                (Vec::new(), notes)
            }
        }
    }

    /// Adds how the program ended, after its last whole line. How many steps there are then.
    fn complete(&self) -> io::Result<u64> {
        let file = File::options().read(true).write(true).open(&self.written)?;
        let tail = Tail::read(&file)?;
        let Some((exit, at)) = self.end else {
            return Ok(tail.steps);
        };
        let record = Record {
            seq: tail.steps,
            // It may have ended between two looks.
            t: Nanos(at.saturating_sub(self.began).max(tail.time)),
            thread: ThreadId(1),
            depth: 0,
            phase: Phase::Point,
            event: exit_event(exit),
            objects: Objects::default(),
            src: None,
            caller: None,
            extra: Map::new(),
        };
        let mut line = serde_json::to_vec(&record)?;
        line.push(b'\n');
        file.set_len(tail.end)?;
        file.write_all_at(&line, tail.end)?;
        Ok(tail.steps + 1)
    }

    /// Makes the compressed trace that was asked for.
    fn pack(&self) -> io::Result<()> {
        if self.written == self.output {
            return Ok(());
        }
        let mut output = evscope_trace::create(&self.output)?;
        io::copy(&mut File::open(&self.written)?, &mut output)?;
        output.flush()?;
        if self.end.is_some() {
            fs::remove_file(&self.written)?;
        }
        Ok(())
    }
}

/// The program makes the file itself, and none that is there already; whether it can be made is found out now.
fn make_room(path: &Path) -> io::Result<()> {
    if path.exists() && !path.is_file() {
        return Err(io::Error::other("not a file"));
    }
    File::create(path)?;
    fs::remove_file(path)
}

/// The process that writes a trace, once its header is there.
fn writer_of(path: &Path) -> Option<i32> {
    let mut header = String::new();
    BufReader::new(File::open(path).ok()?)
        .read_line(&mut header)
        .ok()?;
    let header: Value = serde_json::from_str(&header).ok()?;
    header.get("pid")?.as_i64()?.try_into().ok()
}

/// The end of a trace that may have been cut off.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tail {
    /// Where its last whole line ends.
    end: u64,
    /// How many steps it has.
    steps: u64,
    /// The time of the last.
    time: u64,
}

impl Tail {
    /// Looks from behind, since traces are long.
    fn read(file: &File) -> io::Result<Self> {
        const FIRST_LOOK: u64 = 1 << 16;
        let length = file.metadata()?.len();
        let mut look = FIRST_LOOK.min(length);
        loop {
            let mut bytes = vec![0; look as usize];
            file.read_exact_at(&mut bytes, length - look)?;
            let whole = bytes
                .iter()
                .rposition(|&b| b == b'\n')
                .map_or(0, |at| at + 1);
            let end = length - look + whole as u64;
            let lines = bytes[..whole].split(|&byte| byte == b'\n').rev();
            let last = lines.into_iter().find_map(|line| {
                let line: Value = serde_json::from_slice(line).ok()?;
                Some((line.get("seq")?.as_u64()?, line.get("t")?.as_u64()?))
            });
            match last {
                Some((seq, time)) => {
                    return Ok(Self {
                        end,
                        steps: seq + 1,
                        time,
                    });
                }
                None if look == length => {
                    return Ok(Self {
                        end,
                        ..Self::default()
                    });
                }
                None => look = (look * 4).min(length),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(text: &str) -> Tail {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Tail::read(&file).unwrap()
    }

    #[test]
    fn the_last_step_is_found_before_a_cut_off_line_and_behind_a_long_one() {
        let step = "{\"seq\":6,\"t\":9}\n";
        let source = format!("{{\"source\":\"{}\"}}\n", "x".repeat(200_000));
        let whole = format!("{{\"evscope\":1}}\n{step}{source}");
        let expected = Tail {
            end: whole.len() as u64,
            steps: 7,
            time: 9,
        };
        assert_eq!(tail(&whole), expected);
        assert_eq!(tail(&format!("{whole}{{\"seq\":7,")), expected);
    }

    #[test]
    fn a_trace_without_steps_has_none() {
        let header = "{\"evscope\":1}\n";
        let end = header.len() as u64;
        assert_eq!(
            tail(header),
            Tail {
                end,
                steps: 0,
                time: 0
            }
        );
        assert_eq!(tail(""), Tail::default());
    }
}
