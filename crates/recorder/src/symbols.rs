//! What stands at an address of one process: function names, source lines and the texts around them. What is found
//! out about an address is found out once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::vec;

use evscope_trace::{SourceText, Text};
use log::debug;

use crate::files::{Place, Placed, Points, Shared};
use crate::numbered::Numbered;
use crate::object_file::{Inlined, ObjectFile, Spot};
use crate::translate::library;

/// A shared object or program in the process.
#[derive(Clone)]
struct Module {
    base: u64,
    end: u64,
    path: PathBuf,
    /// It is one of libevent's own libraries.
    libevent: bool,
    loaded: Option<Arc<ObjectFile>>,
}

/// The addresses of one process. Answers are remembered.
#[derive(Clone)]
pub(crate) struct Symbols {
    files: Shared,
    /// By their first addresses. None lies over another.
    modules: BTreeMap<u64, Module>,
    functions: Numbered<u64, Function>,
    sites: Numbered<u64, Option<Place>>,
    /// Where libevent does what a step says, by the step's name.
    library: Numbered<String, Option<Place>>,
    /// The texts that are to be given out.
    texts: Vec<SourceText>,
}

/// A function of the program's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Function {
    /// Its name, or the module and offset where it has none.
    pub(crate) name: Text,
    /// Its first line.
    pub(crate) line: Option<Place>,
}

impl Symbols {
    pub(crate) fn new(files: Shared) -> Self {
        Self {
            files,
            modules: BTreeMap::new(),
            functions: Numbered::default(),
            sites: Numbered::default(),
            library: Numbered::default(),
            texts: Vec::new(),
        }
    }

    /// A module lies there.
    pub(crate) fn add_module(&mut self, base: u64, first: u64, end: u64, path: &Path) {
        if let Some(known) = self.modules.get(&first)
            && (known.base, known.end) == (base, end)
            // A process that has changed its root since cannot say any more where its program is.
            && (known.path == path || !path.is_file())
        {
            return;
        }
        let overlaps = |m: (&u64, &Module)| (m.1.end > first).then_some(*m.0);
        while let Some(gone) = self.modules.range(..end).next_back().and_then(overlaps) {
            self.remove_module(gone);
        }
        debug!("{} lies at {first:#x}", path.display());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let libevent = name.starts_with("libevent");
        if libevent {
            self.library.clear();
        }
        self.modules.insert(
            first,
            Module {
                base,
                end,
                path: path.to_owned(),
                libevent,
                loaded: None,
            },
        );
    }

    /// Something else lies there now.
    fn remove_module(&mut self, first: u64) {
        if let Some(gone) = self.modules.remove(&first) {
            let stays = |address: &u64| !(first..gone.end).contains(address);
            self.functions.retain(|address, _| stays(address));
            self.sites.retain(|address, _| stays(address));
        }
    }

    /// Whether the address is in libevent.
    pub(crate) fn is_libevent(&self, address: u64) -> bool {
        let before = self.modules.range(..=address).next_back();
        before.is_some_and(|(_, module)| module.libevent && address < module.end)
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
    pub(crate) fn site(&mut self, address: u64) -> Option<Place> {
        if address == 0 {
            return None;
        }
        if let Some(known) = self.sites.get(&address) {
            return *known;
        }
        // The byte before the return address belongs to the call.
        // libevent's own calls have a line only if its debug information is there. What it inlines are small helpers:
        // the function one knows is that around them.
        let inlined = match self.is_libevent(address) {
            true => Inlined::Caller,
            false => Inlined::Itself,
        };
        let spot = self
            .object(address)
            .and_then(|(_, base, object)| object.spot_in(address - 1 - base, inlined));
        let line = spot.map(|spot| self.place(&spot, Points::ToLine));
        self.sites.insert(address, line);
        line
    }

    /// Where libevent's function is that does what a step says: in a folder of libevent's source, whose files are
    /// here; else where its debug information says.
    pub(crate) fn library_line(&mut self, step: &str) -> Option<Place> {
        if let Some(known) = self.library.get(step) {
            return *known;
        }
        let given = library::functions(step).find_map(|name| self.files.get().library(name));
        let line = match given {
            Some(placed) => Some(self.give(placed)),
            None => library::functions(step).find_map(|name| self.library_function(name)),
        };
        self.library.insert(step.to_owned(), line);
        line
    }

    /// The first line of a function of libevent's, if its debug information is there.
    fn library_function(&mut self, name: &str) -> Option<Place> {
        let files = &self.files;
        let mut modules = self.modules.values_mut().filter(|module| module.libevent);
        let spot = modules.find_map(|module| module.object(files).named(name))?;
        Some(self.place(&spot, Points::ToFunction))
    }

    /// The texts of functions that lines began to point into since this was asked before; some were given before.
    pub(crate) fn new_texts(&mut self) -> vec::Drain<'_, SourceText> {
        self.texts.drain(..)
    }

    fn place(&mut self, spot: &Spot, what: Points) -> Place {
        let placed = self.files.get().place(spot, what);
        self.give(placed)
    }

    fn give(&mut self, placed: Placed) -> Place {
        self.texts.extend(placed.text);
        self.files.get().keep_line(&placed.line)
    }

    /// The module an address lies in: its name, where it begins, and what its file says.
    fn object(&mut self, address: u64) -> Option<(String, u64, Arc<ObjectFile>)> {
        let (_, module) = self.modules.range_mut(..=address).next_back()?;
        let name = module.path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        (address < module.end).then(|| (name, module.base, module.object(&self.files)))
    }

    fn look_up(&mut self, address: u64) -> Function {
        let Some((module, base, object)) = self.object(address) else {
            let name = format!("0x{address:x}").into();
            return Function { name, line: None };
        };
        let offset = address - base;
        let spot = object.spot(offset);
        let name = object
            .function(offset)
            .or_else(|| spot.as_ref()?.function.clone())
            .unwrap_or_else(|| format!("{module}+0x{offset:x}"));
        let name = self.files.get().keep(&name);
        Function {
            name,
            line: spot.map(|spot| self.place(&spot, Points::ToFunction)),
        }
    }
}

impl Module {
    fn object(&mut self, files: &Shared) -> Arc<ObjectFile> {
        let path = &self.path;
        let loaded = self.loaded.get_or_insert_with(|| files.get().object(path));
        Arc::clone(loaded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols() -> Symbols {
        Symbols::new(Shared::new(None))
    }

    #[test]
    fn an_address_in_no_module_is_its_number() {
        let mut symbols = symbols();
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
        let mut symbols = symbols();
        assert_eq!(symbols.library_line("bufferevent_readcb"), None);
        symbols.add_module(0x10_0000, 0x10_0000, 0x20_0000, &library);
        let line = symbols.library_line("bufferevent_readcb").unwrap();
        assert!(line.file.ends_with("source.c"), "{line:?}");
        // Compilers name a line in the function; where it begins, its text tells.
        assert!((3..=6).contains(&line.line), "{line:?}");
        assert_eq!(line.function.as_deref(), Some("bufferevent_readcb"));
        assert_eq!(symbols.library_line("bufferevent_writecb"), None);
    }

    #[test]
    fn a_call_of_libevents_is_in_the_function_around_what_was_inlined() {
        const TEXT: &str = "\
void run(void);
static inline __attribute__((always_inline)) void trigger(int fd)
{
    if (fd)
        run();
}
void bufferevent_writecb(int fd)
{
    trigger(fd);
    run();
}
";
        let folder = tempfile::tempdir().unwrap();
        let shared = ["-shared"];
        let Some(library) = compiled(folder.path(), "libevent-2.1.so.7", TEXT, &shared) else {
            return;
        };
        let plugin = compiled(folder.path(), "plugin.so", TEXT, &shared).unwrap();
        let object = ObjectFile::read(&library);
        let begin = object.address("bufferevent_writecb").unwrap();
        let inlined = (begin..begin + 100).find(|address| {
            let spot = object.spot(*address).and_then(|spot| spot.function);
            spot.as_deref() == Some("trigger")
        });
        let function_and_line = |path: &Path| {
            let mut symbols = symbols();
            symbols.add_module(0x10_0000, 0x10_0000, 0x20_0000, path);
            let site = symbols.site(0x10_0000 + inlined.unwrap() + 1).unwrap();
            (site.function.clone().unwrap().into_owned(), site.line)
        };
        let outer = ("bufferevent_writecb".to_owned(), 9);
        assert_eq!(function_and_line(&library), outer);
        // A program's small functions are the program's.
        assert_eq!(function_and_line(&plugin).0, "trigger");
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
        let address = ObjectFile::read(&library)
            .address("bufferevent_readcb")
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
            let mut symbols = symbols();
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
