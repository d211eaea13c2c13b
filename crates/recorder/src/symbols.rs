//! What stands at an address: function names and source lines, from symbol tables and DWARF.

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
        self.loaded.get_or_insert_with(|| Loaded {
            functions: functions_of(path).unwrap_or_default(),
            lines: Loader::new(path).ok(),
        })
    }
}

impl Loaded {
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
}
