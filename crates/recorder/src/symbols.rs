//! What stands at an address: function names and source lines, from symbol tables and DWARF, in the file itself
//! or in one that was split off it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use addr2line::Loader;
use evscope_trace::{SourceLine, Text};
use object::{Object, ObjectSymbol, SymbolKind};

/// A shared object or program in the process.
struct Module {
    base: u64,
    first: u64,
    end: u64,
    path: PathBuf,
    /// It is one of libevent's own libraries.
    libevent: bool,
    loaded: Option<Loaded>,
}

/// What was read from its file.
struct Loaded {
    /// Functions by their exact first address.
    functions: HashMap<u64, String>,
    lines: Option<Loader>,
}

/// The addresses of one process. Answers are remembered.
#[derive(Default)]
pub(crate) struct Symbols {
    modules: Vec<Module>,
    functions: HashMap<u64, Function>,
    sites: HashMap<u64, Option<SourceLine>>,
    /// The first lines of libevent's own functions.
    library: HashMap<String, Option<SourceLine>>,
}

/// A function of the program's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Function {
    /// Its name, or the module and offset where it has none.
    pub(crate) name: Text,
    /// Its first line.
    pub(crate) line: Option<SourceLine>,
}

impl Symbols {
    /// A module lies there.
    pub(crate) fn add_module(&mut self, base: u64, first: u64, end: u64, path: &Path) {
        if self
            .modules
            .iter()
            .any(|m| m.first == first && m.path == path)
        {
            return;
        }
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        self.modules.retain(|m| m.end <= first || end <= m.first);
        self.library.clear();
        self.modules.push(Module {
            base,
            first,
            end,
            path: path.to_owned(),
            libevent: name.is_some_and(|name| name.starts_with("libevent")),
            loaded: None,
        });
    }

    /// Whether the address is in libevent.
    pub(crate) fn is_libevent(&self, address: u64) -> bool {
        self.modules
            .iter()
            .any(|m| m.libevent && (m.first..m.end).contains(&address))
    }

    /// The function that begins at the address.
    pub(crate) fn function(&mut self, address: u64) -> Function {
        if let Some(known) = self.functions.get(&address) {
            return known.clone();
        }
        let function = self.look_up(address);
        self.functions.insert(address, function.clone());
        function
    }

    /// The line that a call returns to.
    pub(crate) fn site(&mut self, address: u64) -> Option<SourceLine> {
        if address == 0 {
            return None;
        }
        if let Some(known) = self.sites.get(&address) {
            return known.clone();
        }
        // The byte before the return address belongs to the call.
        // libevent's own calls have a line only if its debug information is there.
        let line = self.module(address).and_then(|module| {
            let probe = address - 1 - module.base;
            module.loaded().line(probe)
        });
        self.sites.insert(address, line.clone());
        line
    }

    /// The first line of a function of libevent's, if its debug information is there.
    pub(crate) fn library_function(&mut self, name: &str) -> Option<SourceLine> {
        if let Some(known) = self.library.get(name) {
            return known.clone();
        }
        let line = self
            .modules
            .iter_mut()
            .filter(|module| module.libevent)
            .find_map(|module| module.loaded().function_line(name));
        self.library.insert(name.to_owned(), line.clone());
        line
    }

    fn module(&mut self, address: u64) -> Option<&mut Module> {
        self.modules
            .iter_mut()
            .find(|m| (m.first..m.end).contains(&address))
    }

    fn look_up(&mut self, address: u64) -> Function {
        let Some(module) = self.module(address) else {
            return Function {
                name: format!("0x{address:x}").into(),
                line: None,
            };
        };
        let offset = address - module.base;
        let file = module.path.file_name().unwrap_or_default();
        let fallback = format!("{}+0x{offset:x}", file.to_string_lossy());
        let loaded = module.loaded();
        let line = loaded.line(offset);
        let name = loaded
            .functions
            .get(&offset)
            .cloned()
            .or_else(|| line.as_ref()?.function.as_ref().map(ToString::to_string))
            .unwrap_or(fallback);
        Function {
            name: name.into(),
            line,
        }
    }
}

impl Module {
    fn loaded(&mut self) -> &mut Loaded {
        let path = &self.path;
        self.loaded.get_or_insert_with(|| Loaded::read(path))
    }
}

impl Loaded {
    fn read(path: &Path) -> Self {
        let mut functions = functions_of(path).unwrap_or_default();
        let split_off = split_off(path);
        if let Some(more) = split_off.as_deref().and_then(functions_of) {
            for (address, name) in more {
                functions.entry(address).or_insert(name);
            }
        }
        Self {
            functions,
            lines: Loader::new(split_off.as_deref().unwrap_or(path)).ok(),
        }
    }

    fn function_line(&self, name: &str) -> Option<SourceLine> {
        let (&address, _) = self.functions.iter().find(|(_, known)| *known == name)?;
        let mut line = self.line(address)?;
        // One that was inlined where it begins would give its own name.
        line.function = Some(name.to_owned().into());
        Some(line)
    }

    fn line(&self, offset: u64) -> Option<SourceLine> {
        let mut frames = self.lines.as_ref()?.find_frames(offset).ok()?;
        let frame = frames.next().ok()??;
        let location = frame.location?;
        let function = frame.function.and_then(|name| {
            name.demangle()
                .ok()
                .map(|name| plain(&name).to_owned().into())
        });
        Some(SourceLine {
            file: location.file?.to_owned().into(),
            line: location.line?,
            function,
        })
    }
}

/// A C++ or Rust name without its arguments and the compiler's hash; a C name as it is.
fn plain(name: &str) -> &str {
    let name = name.split('(').next().unwrap_or(name);
    match name.rsplit_once("::h") {
        Some((before, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            before
        }
        _ => name,
    }
}

/// The file with the debug information that was split off a program's or library's, as distributions do: by
/// its build id, or by the name that the file gives.
fn split_off(path: &Path) -> Option<PathBuf> {
    const DEBUG: &str = "/usr/lib/debug";
    let file = std::fs::File::open(path).ok()?;
    // SAFETY: as in `functions_of`.
    let map = unsafe { memmap2::Mmap::map(&file) }.ok()?;
    let object = object::File::parse(&*map).ok()?;
    let by_id = object.build_id().ok().flatten().and_then(|id| {
        let (first, rest) = id.split_first()?;
        let hex = |bytes: &[u8]| {
            bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        let (folder, name) = (hex(&[*first]), hex(rest));
        Some(Path::new(DEBUG).join(format!(".build-id/{folder}/{name}.debug")))
    });
    let link = object.gnu_debuglink().ok().flatten();
    let named = link.and_then(|(name, _)| {
        let name = Path::new(std::str::from_utf8(name).ok()?);
        let folder = path.parent()?;
        let inside = Path::new(DEBUG).join(folder.strip_prefix("/").unwrap_or(folder));
        Some([
            folder.join(name),
            folder.join(".debug").join(name),
            inside.join(name),
        ])
    });
    by_id
        .into_iter()
        .chain(named.into_iter().flatten())
        .find(|candidate| candidate.is_file() && candidate != path)
}

/// The functions in a file's symbol tables.
fn functions_of(path: &Path) -> Option<HashMap<u64, String>> {
    let file = std::fs::File::open(path).ok()?;
    // SAFETY: as everybody who maps a program's file, this relies on its not being cut while it is read.
    let map = unsafe { memmap2::Mmap::map(&file) }.ok()?;
    let object = object::File::parse(&*map).ok()?;
    let mut functions = HashMap::new();
    for symbol in object.symbols().chain(object.dynamic_symbols()) {
        if symbol.kind() == SymbolKind::Text
            && symbol.is_definition()
            && let Ok(name) = symbol.name()
        {
            let name = addr2line::demangle_auto(name.into(), None);
            functions
                .entry(symbol.address())
                .or_insert_with(|| plain(&name).to_owned());
        }
    }
    Some(functions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_compilers_add() {
        assert_eq!(plain("conn_writecb"), "conn_writecb");
        assert_eq!(
            plain("ns::Server::on_read(int, char)"),
            "ns::Server::on_read"
        );
        assert_eq!(plain("a::b::h0123456789abcdef"), "a::b");
    }

    #[test]
    fn an_address_in_no_module_is_its_number() {
        let mut symbols = Symbols::default();
        assert_eq!(symbols.function(0x1234).name, "0x1234");
        assert_eq!(symbols.site(0x1234), None);
    }

    /// Compiles with debug information; `None` without a compiler.
    fn compiled(folder: &Path, name: &str, text: &str, flags: &[&str]) -> Option<PathBuf> {
        let source = folder.join("source.c");
        std::fs::write(&source, text).unwrap();
        let out = folder.join(name);
        let status = std::process::Command::new("cc")
            .args(["-g", "-O1", "-fPIC", "-o"])
            .args([&out, &source])
            .args(flags)
            .status();
        status.ok()?.success().then_some(out)
    }

    const TEXT: &str = "\
static int count;
void *evscope_keep[1];
static void bufferevent_readcb(int fd)
{
    count += fd;
}
__attribute__((constructor)) static void keep(void)
{
    evscope_keep[0] = bufferevent_readcb;
}
";

    #[test]
    fn libevents_functions_are_found_by_name_where_its_debug_information_is() {
        let folder = tempfile::tempdir().unwrap();
        let Some(library) = compiled(folder.path(), "libevent-2.1.so.7", TEXT, &["-shared"]) else {
            return;
        };
        let mut symbols = Symbols::default();
        assert_eq!(symbols.library_function("bufferevent_readcb"), None);
        symbols.add_module(0x10_0000, 0x10_0000, 0x20_0000, &library);
        let line = symbols.library_function("bufferevent_readcb").unwrap();
        assert!(line.file.ends_with("source.c"), "{line:?}");
        // Compilers name a line in the function; where it begins, its text tells.
        assert!((3..=6).contains(&line.line), "{line:?}");
        assert_eq!(line.function.as_deref(), Some("bufferevent_readcb"));
        assert_eq!(symbols.library_function("bufferevent_writecb"), None);
    }

    #[test]
    fn debug_information_that_was_split_off_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let Some(library) = compiled(folder.path(), "plugin.so", TEXT, &["-shared"]) else {
            return;
        };
        let run = |program: &str, arguments: &[&str]| {
            let status = std::process::Command::new(program)
                .args(arguments)
                .current_dir(folder.path())
                .status();
            status.is_ok_and(|status| status.success())
        };
        let address = functions_of(&library)
            .unwrap()
            .into_iter()
            .find_map(|(address, name)| (name == "bufferevent_readcb").then_some(address))
            .unwrap();
        if !run(
            "objcopy",
            &["--only-keep-debug", "plugin.so", "plugin.debug"],
        ) {
            return;
        }
        assert!(run("strip", &["plugin.so"]));
        let named = |symbols: &mut Symbols| symbols.function(0x10_0000 + address);
        let symbols = || {
            let mut symbols = Symbols::default();
            symbols.add_module(0x10_0000, 0x10_0000, 0x20_0000, &library);
            symbols
        };
        assert_eq!(
            named(&mut symbols()).name,
            format!("plugin.so+0x{address:x}")
        );
        assert!(run(
            "objcopy",
            &["--add-gnu-debuglink=plugin.debug", "plugin.so"]
        ));
        let found = named(&mut symbols());
        assert_eq!(found.name, "bufferevent_readcb");
        assert!(found.line.is_some_and(|line| (3..=6).contains(&line.line)));
    }
}
