//! Running scenarios on the real libevent: a small C program does what the interpreter here does, and is recorded.

use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use evscope_reactor::Method;
use evscope_recorder::{Exit, RecordError, RecordOptions, Recording, Stdio, Turn};
use evscope_words::{Text, text, word};

use crate::scenario::Scenario;

const SOURCES: [(&str, &str); 6] = [
    ("driver.c", include_str!("../driver/driver.c")),
    ("tls.c", include_str!("../driver/tls.c")),
    ("tls.h", include_str!("../driver/tls.h")),
    ("no-tls.c", include_str!("../driver/no-tls.c")),
    ("world.c", include_str!("../driver/world.c")),
    ("world.h", include_str!("../driver/world.h")),
];

/// Between two looks at what the program says.
const PAUSE: Duration = Duration::from_millis(1);

/// Why there is no recording of libevent.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// There is no C compiler.
    #[error("{}", self.text())]
    NoCompiler,
    /// There is a compiler, but no libevent to compile against.
    #[error("{}", self.text())]
    NoHeaders,
    /// A scenario has TLS, and there is no OpenSSL to compile against.
    #[error("{}", self.text())]
    NoTls,
    /// The compiler does not like it.
    #[error("{}\n{_0}", self.text())]
    Compile(String),
    /// Something about files.
    #[error("{}", self.text())]
    Io {
        /// What was tried.
        what: Text,
        /// Why it failed.
        source: io::Error,
    },
    /// It cannot be recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// It ended otherwise than it should.
    #[error("{}", self.text())]
    Ended {
        /// How.
        how: Text,
        /// What it said.
        said: String,
    },
}

impl DriverError {
    /// What it says, in any language.
    pub fn text(&self) -> Text {
        match self {
            Self::NoCompiler => text!(driver_no_compiler),
            Self::NoHeaders => text!(driver_no_headers),
            Self::NoTls => text!(driver_no_tls),
            Self::Compile(_) => text!(driver_not_compiled),
            Self::Io { what, source } => text!(driver_failed, what, error = source),
            Self::Record(error) => Text::same(error.to_string()),
            Self::Ended { how, said } => text!(driver_ended, how, said),
        }
    }
}

/// A file by its path.
fn own(path: &Path) -> Text {
    Text::same(path.display().to_string())
}

fn failed(what: impl Into<Text>) -> impl FnOnce(io::Error) -> DriverError {
    let what = what.into();
    |source| DriverError::Io { what, source }
}

/// The program that runs scenarios on libevent.
#[derive(Debug, Clone)]
pub struct Driver {
    program: PathBuf,
    start: u32,
}

impl Driver {
    /// With poll and select libevent begins to look at the fds that are ready at this one, not at the first.
    #[must_use]
    pub fn starting_at(&self, start: u32) -> Self {
        Self {
            start,
            ..self.clone()
        }
    }

    /// Compiles it into a folder, unless it is there already.
    ///
    /// # Errors
    /// [`DriverError`], which says what is missing.
    pub fn build(cache: &Path) -> Result<Self, DriverError> {
        let mut hasher = DefaultHasher::new();
        SOURCES.hash(&mut hasher);
        let folder = cache.join(format!("libevent-driver-{:016x}", hasher.finish()));
        let program = folder.join("driver");
        if program.exists() {
            require_own(&folder)?;
            return Ok(Self { program, start: 0 });
        }
        fs::create_dir_all(cache).map_err(failed(own(cache)))?;
        // Whoever else compiles it at this moment has a folder of their own, and the first one stays.
        let made = tempfile::tempdir_in(cache).map_err(failed(own(cache)))?;
        for (name, text) in SOURCES {
            fs::write(made.path().join(name), text).map_err(failed(Text::same(name)))?;
        }
        compile(
            made.path(),
            &["-shared", "-fPIC", "-o", "libworld.so", "world.c", "-ldl"],
        )?;
        link(made.path(), "driver", "no-tls.c", &[])?;
        let made = made.keep();
        if fs::rename(&made, &folder).is_err() {
            let _ = fs::remove_dir_all(&made);
        }
        Ok(Self { program, start: 0 })
    }

    /// The program that can do TLS as well. It is compiled when a scenario needs it, for it needs OpenSSL.
    ///
    /// # Errors
    /// [`DriverError::NoTls`] where OpenSSL's headers are missing, for example.
    pub fn with_tls(&self) -> Result<PathBuf, DriverError> {
        let program = self.program.with_file_name("driver-tls");
        let folder = self.program.parent().unwrap_or(Path::new("."));
        if !program.exists() {
            require_own(folder)?;
            // Under a name of its own first: another process may be at it, too.
            let name = format!("driver-tls-{}", std::process::id());
            let libraries = ["-levent_openssl", "-lssl", "-lcrypto"];
            link(folder, &name, "tls.c", &libraries)?;
            fs::rename(folder.join(name), &program).map_err(failed(word!(driver_the_driver)))?;
        }
        Ok(program)
    }

    /// Runs scenarios one after the other, each with a base of its own, and records them into one trace.
    ///
    /// # Errors
    /// [`DriverError`].
    pub fn record(
        &self,
        scenarios: &[&Scenario],
        backend: Method,
        payload: u32,
        output: impl Write,
    ) -> Result<(), DriverError> {
        let folder = tempfile::tempdir().map_err(failed(word!(driver_the_folder)))?;
        let list = folder.path().join("program");
        let text: String = scenarios
            .iter()
            .map(|scenario| scenario.encode(self.start))
            .collect();
        fs::write(&list, text).map_err(failed(own(&list)))?;
        let program = if scenarios.iter().any(|scenario| scenario.has_tls()) {
            for (name, text) in [
                ("certificate.pem", crate::TLS_CERTIFICATE),
                ("key.pem", crate::TLS_KEY),
            ] {
                fs::write(folder.path().join(name), text).map_err(failed(Text::same(name)))?;
            }
            self.with_tls()?
        } else {
            self.program.clone()
        };
        let raw = folder.path().join("raw.jsonl");
        let said = folder.path().join("said");
        // Room for all, so that nothing is lost on a machine that is busy.
        let mib = (scenarios.len() as u64).clamp(8, 256);
        let mut options = RecordOptions::new(&raw).buffer(mib);
        options.payload = payload;
        let file = fs::File::create_new(&said).map_err(failed(own(&said)))?;
        options.stdio = Stdio::Into(Arc::new(file));
        let command: [OsString; 4] = [
            program.into(),
            list.into(),
            folder.path().into(),
            backend.name().into(),
        ];
        let mut recording = Recording::start(&options, &command)?;
        while recording.turn() != Turn::Over {
            std::thread::sleep(PAUSE);
        }
        let outcome = recording.finish();
        let how = match outcome.exit {
            Some(Exit::Status(0)) if outcome.lost > 0 => {
                Some(text!(driver_steps_lost, lost = outcome.lost))
            }
            Some(Exit::Status(0)) => None,
            Some(Exit::Status(status)) => Some(text!(driver_with_status, status)),
            Some(Exit::Signal(signal)) => Some(text!(driver_by_signal, signal)),
            Some(Exit::Unknown) | None => Some(text!(driver_unknown)),
        };
        name_callbacks(scenarios, &raw, output).map_err(failed(word!(driver_the_trace)))?;
        match how {
            None => Ok(()),
            Some(how) => {
                let said = fs::read_to_string(said).unwrap_or_default();
                Err(DriverError::Ended { how, said })
            }
        }
    }
}

/// What somebody else could have put there is not run.
fn require_own(folder: &Path) -> Result<(), DriverError> {
    const WRITE_BY_OTHERS: u32 = 0o022;
    let what = own(folder);
    let there = fs::symlink_metadata(folder).map_err(failed(what.clone()))?;
    let own = there.is_dir()
        && there.uid() == rustix::process::geteuid().as_raw()
        && there.mode() & WRITE_BY_OTHERS == 0;
    own.then_some(()).ok_or_else(|| DriverError::Io {
        what,
        source: io::Error::other(text!(driver_not_own)),
    })
}

/// The driver, with what does TLS or with what does without.
fn link(folder: &Path, name: &str, tls: &str, libraries: &[&str]) -> Result<(), DriverError> {
    let ours = ["-o", name, "driver.c", tls, "-L.", "-lworld"];
    let all = [&ours, libraries, &["-levent", "-Wl,-rpath,$ORIGIN"]].concat();
    compile(folder, &all)
}

fn compile(folder: &Path, args: &[&str]) -> Result<(), DriverError> {
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let output = Command::new(compiler)
        .args(["-std=c99", "-g", "-O1"])
        .args(args)
        .current_dir(folder)
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => DriverError::NoCompiler,
            _ => DriverError::Io {
                what: Text::same("cc"),
                source: error,
            },
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(
        if said.contains("openssl/") || said.contains("-lssl") || said.contains("-levent_openssl") {
            DriverError::NoTls
        } else if said.contains("event2/") || said.contains("-levent") {
            DriverError::NoHeaders
        } else {
            DriverError::Compile(said)
        },
    )
}

/// The driver's functions have numbers; in the trace they get the names of the scenario's callbacks.
fn name_callbacks(scenarios: &[&Scenario], raw: &Path, output: impl Write) -> io::Result<()> {
    const MARK: &str = "\"scn_";
    let mut out = io::BufWriter::new(output);
    let mut scenarios = scenarios.iter();
    let mut scenario = None;
    for line in BufReader::new(fs::File::open(raw)?).lines() {
        let mut line = line?;
        if line.contains("\"ph\":\"enter\",\"ev\":\"event_base_new\"") {
            scenario = scenarios.next();
        }
        if line.starts_with("{\"seq\"")
            && let Some(scenario) = scenario
        {
            let mut from = 0;
            while let Some(at) = line[from..].find(MARK).map(|at| at + from) {
                let end = at + 1 + line[at + 1..].find('"').unwrap_or(0);
                let name = match line[at + 1..end].rsplit('_').next() {
                    Some("nothing") => Some("nothing"),
                    Some(number) => {
                        let callback = number
                            .parse()
                            .ok()
                            .and_then(|n: usize| scenario.callbacks.get(n));
                        callback.map(|callback| callback.name.as_str())
                    }
                    None => None,
                };
                match name {
                    Some(name) => {
                        line.replace_range(at + 1..end, name);
                        from = at + 1 + name.len();
                    }
                    None => from = end,
                }
            }
        }
        writeln!(out, "{line}")?;
    }
    out.flush()
}
