//! Whether a program can be recorded, found out before it runs, and what to do if not.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use evscope_words::{Text, text};
use log::debug;
use object::read::elf::{ElfFile64, ProgramHeader};
use object::{Architecture, Object, ObjectSymbol};

/// Why a program is not recorded.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such program.
    #[error("{}", self.text())]
    NotFound {
        /// As it was given.
        program: String,
    },
    /// It may not be run.
    #[error("{}", self.text())]
    NotRunnable {
        /// The file.
        path: String,
        /// Why.
        reason: Text,
    },
    /// This build of evscope cannot record.
    #[error("{}", self.text())]
    NotBuiltIn,
    /// It is for another kind of processor.
    #[error("{}", self.text())]
    Architecture {
        /// The file.
        path: String,
        /// What it is made for.
        architecture: String,
    },
    /// It takes another user's rights.
    #[error("{}", self.text())]
    Privileged {
        /// The file.
        path: String,
    },
    /// It has no dynamic linker.
    #[error("{}", self.text())]
    Static {
        /// The file.
        path: String,
    },
    /// It has libevent inside.
    #[error("{}", self.text())]
    BuiltIn {
        /// The file.
        path: String,
    },
    /// It does not use libevent.
    #[error("{}", self.text())]
    NoLibevent {
        /// The file.
        path: String,
    },
    /// Its libevent is of another version.
    #[error("{}", self.text())]
    Version {
        /// The library's file.
        library: String,
    },
    /// Its libevent's inner calls cannot be seen.
    #[error("{}", self.text())]
    NotInterposable {
        /// The library's file.
        library: String,
    },
    /// It must be the first to be in the program.
    #[error("{}", self.text())]
    Sanitized {
        /// The file.
        path: String,
    },
    /// A library is missing.
    #[error("{}", self.text())]
    Linking {
        /// The file.
        path: String,
        /// What the dynamic linker says.
        reason: Text,
    },
}

impl Refusal {
    /// In words.
    pub(crate) fn text(&self) -> Text {
        match self {
            Self::NotFound { program } => text!(record_refused_not_found, program),
            Self::NotRunnable { path, reason } => {
                text!(record_refused_not_runnable, path, reason)
            }
            Self::NotBuiltIn => text!(record_refused_not_built_in),
            Self::Architecture { path, architecture } => {
                text!(record_refused_architecture, path, architecture)
            }
            Self::Privileged { path } => text!(record_refused_privileged, path),
            Self::Static { path } => text!(record_refused_static, path),
            Self::BuiltIn { path } => text!(record_refused_libevent_inside, path),
            Self::NoLibevent { path } => text!(record_refused_no_libevent, path),
            Self::Version { library } => text!(record_refused_version, library),
            Self::NotInterposable { library } => text!(record_refused_not_interposable, library),
            Self::Sanitized { path } => text!(record_refused_sanitized, path),
            Self::Linking { path, reason } => text!(record_refused_linking, path, reason),
        }
    }
}

/// How the program comes to libevent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Libevent {
    /// It is linked with it.
    #[default]
    Linked,
    /// It loads it when it runs, or starts a program that is linked with it.
    Late,
}

/// Functions that libevent must call through its procedure linkage table.
const NEEDED: [&str; 5] = [
    "event_add_nolock_",
    "event_del_nolock_",
    "event_active_nolock_",
    "event_callback_activate_nolock_",
    "event_assign",
];

/// A program that can be recorded.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) on: On,
}

/// What a program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// On libevent, or it starts something that does.
    Libevent,
    /// On our own reactor, which records itself when it is asked to.
    Reactor,
}

/// The section that our reactor puts into every program that it is in.
const REACTOR_SECTION: &str = "evscope_reactor";

/// Finds the program and says whether it can be recorded.
pub(crate) fn check(program: &OsStr, libevent: Libevent) -> Result<Found, Refusal> {
    let path = find(program)?;
    debug!("the program is {}", path.display());
    let on_libevent = |path| Found {
        path,
        on: On::Libevent,
    };
    let name = path.display().to_string();
    let not_runnable = |reason: std::io::Error| Refusal::NotRunnable {
        path: name.clone(),
        reason: Text::same(reason.to_string()),
    };
    let mut file = File::open(&path).map_err(not_runnable)?;
    let metadata = file.metadata().map_err(not_runnable)?;
    if metadata.mode() & (libc::S_ISUID | libc::S_ISGID) != 0 && !owned(&metadata)
        || has_capabilities(&path)
    {
        return Err(Refusal::Privileged { path: name });
    }
    let mut head = [0; 20];
    let n = file.read(&mut head).map_err(not_runnable)?;
    if n < 20 || head[..4] != *b"\x7fELF" {
        debug!("it is a script: what it starts is looked at when it starts");
        require_library()?;
        return Ok(on_libevent(path));
    }
    // SAFETY: as everybody who maps a program's file, this relies on its not being cut while it is read.
    let map = unsafe { memmap2::Mmap::map(&file) }.map_err(not_runnable)?;
    // Where few files may be open, what follows needs them.
    drop(file);
    if object::File::parse(&*map).is_ok_and(|f| f.section_by_name(REACTOR_SECTION).is_some()) {
        debug!("it is on the reactor, which records itself");
        return Ok(Found {
            path,
            on: On::Reactor,
        });
    }
    require_library()?;
    let elf = match ElfFile64::<object::Endianness>::parse(&*map) {
        Ok(elf) if elf.architecture() == Architecture::X86_64 => elf,
        _ => {
            let architecture = object::File::parse(&*map).map_or("unknown".to_owned(), |file| {
                format!("{:?}", file.architecture())
            });
            return Err(Refusal::Architecture {
                path: name,
                architecture,
            });
        }
    };
    let built_in = elf
        .symbols()
        .chain(elf.dynamic_symbols())
        .any(|s| s.is_definition() && s.name() == Ok("event_base_loop"));
    let Some(linker) = interpreter(&elf, &map) else {
        return Err(if built_in {
            Refusal::BuiltIn { path: name }
        } else {
            Refusal::Static { path: name }
        });
    };
    if insists_on_being_first(&elf) {
        return Err(Refusal::Sanitized { path: name });
    }
    if libevent == Libevent::Late {
        return Ok(on_libevent(path));
    }
    let libraries = libraries(&linker, &path)?;
    check_libraries(&libraries, name, built_in)?;
    Ok(on_libevent(path))
}

/// What runs on libevent needs the library that goes into it.
fn require_library() -> Result<(), Refusal> {
    if crate::library::is_built_in() {
        Ok(())
    } else {
        Err(Refusal::NotBuiltIn)
    }
}

fn check_libraries(libraries: &[PathBuf], path: String, built_in: bool) -> Result<(), Refusal> {
    let name = |library: &Path| {
        library
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let core = libraries.iter().find(|library| {
        let name = name(library);
        name.starts_with("libevent-") || name.starts_with("libevent_core-")
    });
    let Some(core) = core else {
        // An older or newer one has another name, but a name of libevent's all the same.
        let other = libraries
            .iter()
            .find(|library| name(library).starts_with("libevent"));
        return Err(match other {
            Some(library) => Refusal::Version {
                library: library.display().to_string(),
            },
            None if built_in => Refusal::BuiltIn { path },
            None => Refusal::NoLibevent { path },
        });
    };
    let library = core.display().to_string();
    if !name(core).contains("-2.1.so") {
        return Err(Refusal::Version { library });
    }
    // A library that cannot be read now will not be by the dynamic linker either: it will say so.
    if is_interposable(core) == Some(false) {
        return Err(Refusal::NotInterposable { library });
    }
    Ok(())
}

/// Whether the program has the runtime of AddressSanitizer as a library, which ends the program where another comes before
/// it, and has not been told otherwise. (One that was linked into the program does not look.)
fn insists_on_being_first(elf: &ElfFile64<'_>) -> bool {
    let has_runtime = elf
        .dynamic_symbols()
        .any(|s| s.is_undefined() && s.name() == Ok("__asan_init"));
    let told = std::env::var("ASAN_OPTIONS").unwrap_or_default();
    let mut options = told.split([':', ',', ' ']).rev();
    let order = options.find_map(|option| option.strip_prefix("verify_asan_link_order="));
    has_runtime && !matches!(order, Some("0" | "false" | "no"))
}

/// Whether a set-user-ID program would keep the user it is run by: then it is as any other.
fn owned(metadata: &std::fs::Metadata) -> bool {
    // SAFETY: these calls have no conditions.
    let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
    let user = metadata.mode() & libc::S_ISUID == 0 || metadata.uid() == uid;
    let group = metadata.mode() & libc::S_ISGID == 0 || metadata.gid() == gid;
    user && group
}

fn has_capabilities(path: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    // SAFETY: these calls have no conditions.
    if unsafe { libc::geteuid() } == 0 {
        return false;
    }
    let Ok(path) = std::ffi::CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    // SAFETY: both are C strings; nothing is written, since the size is 0.
    let n = unsafe {
        libc::getxattr(
            path.as_ptr(),
            c"security.capability".as_ptr(),
            std::ptr::null_mut(),
            0,
        )
    };
    n > 0
}

/// Where the system would find the program.
fn find(program: &OsStr) -> Result<PathBuf, Refusal> {
    let direct = Path::new(program);
    let runnable = |path: &Path| {
        path.metadata()
            .is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
    };
    let name = || program.to_string_lossy().into_owned();
    if direct.components().count() > 1 {
        return match direct.metadata() {
            Err(_) => Err(Refusal::NotFound { program: name() }),
            Ok(_) if runnable(direct) => Ok(direct.to_owned()),
            Ok(m) => Err(Refusal::NotRunnable {
                path: name(),
                reason: if m.is_dir() {
                    text!(record_reason_folder)
                } else {
                    text!(record_reason_not_executable)
                },
            }),
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|path| runnable(path))
        .ok_or_else(|| Refusal::NotFound { program: name() })
}

/// The dynamic linker a program asks for.
fn interpreter(elf: &ElfFile64<'_>, data: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    let endian = elf.endian();
    let header = elf
        .elf_program_headers()
        .iter()
        .find(|header| header.p_type(endian) == object::elf::PT_INTERP)?;
    let bytes = header.data(endian, data).ok()?;
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    Some(OsStr::from_bytes(&bytes[..end]).into())
}

/// The libraries the dynamic linker would load, as `ldd` asks it.
fn libraries(linker: &Path, program: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let failed = |reason: Text| Refusal::Linking {
        path: program.display().to_string(),
        reason,
    };
    let output = Command::new(linker)
        .arg("--list")
        .arg(program)
        .stdin(std::process::Stdio::inherit())
        .output()
        .map_err(|error| failed(Text::same(error.to_string())))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if let Some(missing) = text.lines().find(|line| line.contains("not found")) {
        return Err(failed(text!(record_missing_library, said = missing.trim())));
    }
    if !output.status.success() {
        let reason = Text::same(String::from_utf8_lossy(&output.stderr).trim());
        return Err(failed(reason));
    }
    Ok(text
        .lines()
        .filter_map(|line| {
            let line = line.trim();
            let path = line.split_once("=> ").map_or(line, |(_, path)| path);
            path.split(" (").next()
        })
        .filter(|path| path.starts_with('/'))
        .map(PathBuf::from)
        .collect())
}

/// Whether libevent's inner calls go through the procedure linkage table, where another library can stand in
/// front.
fn is_interposable(library: &Path) -> Option<bool> {
    let file = File::open(library).ok()?;
    // SAFETY: as in `check`.
    let map = unsafe { memmap2::Mmap::map(&file) }.ok()?;
    let elf = ElfFile64::<object::Endianness>::parse(&*map).ok()?;
    let symbols = elf.elf_dynamic_symbol_table();
    let endian = elf.endian();
    let mut called = std::collections::HashSet::new();
    for section in elf.elf_section_table().iter() {
        use object::read::elf::SectionHeader;
        if let Ok(Some((relocations, _))) = section.rela(endian, &*map) {
            for relocation in relocations {
                let index = object::SymbolIndex(relocation.r_sym(endian, false) as usize);
                if let Ok(symbol) = symbols.symbol(index)
                    && let Ok(name) = symbols.symbol_name(endian, symbol)
                {
                    called.insert(name);
                }
            }
        }
    }
    Some(NEEDED.iter().all(|name| called.contains(name.as_bytes())))
}
