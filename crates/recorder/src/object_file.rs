//! What the file of a program or library says of its addresses: function names and source lines, from symbol tables
//! and DWARF, in the file itself or in one that was split off it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use addr2line::Loader;
use log::debug;
use object::{Object, ObjectSymbol, SymbolKind};

/// What was read from a file. Addresses are those in the file.
pub(crate) struct ObjectFile {
    functions: Vec<Function>,
    /// The functions by name, once somebody asks.
    by_name: OnceLock<HashMap<String, u64>>,
    lines: Option<Mutex<Loader>>,
    /// The parts of the functions that were looked at.
    parts: Mutex<HashMap<u64, Arc<[Part]>>>,
}

/// A function in a symbol table.
struct Function {
    address: u64,
    size: u64,
    /// As in the symbol table.
    name: Box<str>,
}

/// A line at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    /// As the compiler was told.
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) function: Option<String>,
    /// The first and the last line of the function, as far as its code says.
    pub(crate) extent: Option<(u32, u32)>,
}

/// Whose line is told of code that a compiler has inlined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inlined {
    /// That of the function that was inlined.
    Itself,
    /// That of the function it was inlined in, outside of all others.
    Caller,
}

/// Which function in which file: a function's code has parts of others, which were inlined, and of several files.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Whose {
    /// Where in the debug information it stands.
    at: Option<usize>,
    file: String,
}

/// The lines of a function from one file.
#[derive(Debug)]
struct Part {
    whose: Whose,
    first: u32,
    last: u32,
}

impl ObjectFile {
    pub(crate) fn read(path: &Path) -> Self {
        let mut functions = functions_of(path).unwrap_or_default();
        let split_off = split_off(path);
        if let Some(more) = split_off.as_deref().and_then(functions_of) {
            functions.extend(more);
        }
        // Of several names for one address the first counts.
        functions.sort_by_key(|function| function.address);
        functions.dedup_by_key(|function| function.address);
        let lines = Loader::new(split_off.as_deref().unwrap_or(path)).ok();
        debug!(
            "{}: {} functions; lines from {}",
            path.display(),
            functions.len(),
            match (&lines, &split_off) {
                (None, _) => "nowhere".to_owned(),
                (Some(_), Some(split_off)) => split_off.display().to_string(),
                (Some(_), None) => "the file itself, if it has debug information".to_owned(),
            }
        );
        Self {
            functions,
            by_name: OnceLock::new(),
            lines: lines.map(Mutex::new),
            parts: Mutex::default(),
        }
    }

    /// The name of the function that begins at an address.
    pub(crate) fn function(&self, address: u64) -> Option<String> {
        let at = self.functions.binary_search_by_key(&address, |f| f.address);
        Some(self.functions[at.ok()?].readable_name())
    }

    /// Where the function of a name begins.
    pub(crate) fn address(&self, name: &str) -> Option<u64> {
        let by_name = self.by_name.get_or_init(|| {
            let mut by_name = HashMap::new();
            for function in &self.functions {
                // The first of a name counts.
                by_name
                    .entry(function.readable_name())
                    .or_insert(function.address);
            }
            by_name
        });
        by_name.get(name).copied()
    }

    /// The first line of a function.
    pub(crate) fn named(&self, name: &str) -> Option<Spot> {
        let mut spot = self.spot(self.address(name)?)?;
        // One that was inlined where it begins would give its own name.
        spot.function = Some(name.to_owned());
        Some(spot)
    }

    /// The line at an address.
    pub(crate) fn spot(&self, address: u64) -> Option<Spot> {
        self.spot_in(address, Inlined::Itself)
    }

    /// The line at an address, or that from which what was inlined there is called.
    pub(crate) fn spot_in(&self, address: u64, inlined: Inlined) -> Option<Spot> {
        let lines = self.lines.as_ref()?.lock();
        let lines = &*lines.unwrap_or_else(PoisonError::into_inner);
        let mut frames = lines.find_frames(address).ok()?;
        let mut frame = frames.next().ok()??;
        while inlined == Inlined::Caller
            && let Some(around) = frames.next().ok()?
        {
            frame = around;
        }
        let location = frame.location?;
        let file = location.file?.to_owned();
        let function = frame
            .function
            .and_then(|name| Some(readable(&name.raw_name().ok()?)));
        let whose = Whose {
            at: frame.dw_die_offset.map(|offset| offset.0),
            file: file.clone(),
        };
        let extent = function.as_ref().and_then(|_| {
            let parts = self.parts_around(lines, address)?;
            let part = parts.iter().find(|part| part.whose == whose)?;
            Some((part.first, part.last))
        });
        Some(Spot {
            file,
            line: location.line?,
            function,
            extent,
        })
    }

    /// The parts of the function around an address.
    fn parts_around(&self, lines: &Loader, address: u64) -> Option<Arc<[Part]>> {
        let after = self.functions.partition_point(|f| f.address <= address);
        let function = &self.functions[after.checked_sub(1)?];
        if address >= function.address + function.size {
            return None;
        }
        let mut known = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let parts = known.entry(function.address);
        Some(Arc::clone(
            parts.or_insert_with(|| parts_of(lines, function).into()),
        ))
    }
}

/// Which lines a function's code is of, by the table of lines.
fn parts_of(lines: &Loader, function: &Function) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut places = HashMap::new();
    let end = function.address + function.size;
    let Ok(rows) = lines.find_location_range(function.address, end) else {
        return parts;
    };
    for (address, ..) in rows {
        let Ok(mut frames) = lines.find_frames(address.max(function.address)) else {
            continue;
        };
        while let Ok(Some(frame)) = frames.next() {
            let Some((Some(file), Some(line))) = frame.location.map(|l| (l.file, l.line)) else {
                continue;
            };
            let at = frame.dw_die_offset.map(|offset| offset.0);
            // What a compiler has added is of line 0.
            if line == 0 {
                continue;
            }
            let place = *places.entry((at, file)).or_insert(parts.len());
            if place == parts.len() {
                let whose = Whose {
                    at,
                    file: file.to_owned(),
                };
                parts.push(Part {
                    whose,
                    first: line,
                    last: line,
                });
            }
            let part = &mut parts[place];
            part.first = part.first.min(line);
            part.last = part.last.max(line);
        }
    }
    parts
}

impl Function {
    fn readable_name(&self) -> String {
        readable(&self.name)
    }
}

/// A C++ or Rust name without its arguments and the compiler's hash; a C name as it is.
fn readable(name: &str) -> String {
    // The names of C may mean something among the shortened types of C++: `rd` is `double restrict`.
    if !["_Z", "_R"].iter().any(|sign| name.starts_with(sign)) {
        return name.to_owned();
    }
    let name = addr2line::demangle_auto(name.into(), None);
    match name.rsplit_once("::h") {
        Some((before, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            before.to_owned()
        }
        _ => without_arguments(&name).to_owned(),
    }
}

/// What stands before the last pair of parentheses, if no name follows them, as in `(anonymous namespace)::f`.
fn without_arguments(name: &str) -> &str {
    let Some(end) = name.rfind(')') else {
        return name;
    };
    if name[end..].contains(':') {
        return name;
    }
    let mut open = 0;
    for (at, byte) in name[..=end].bytes().enumerate().rev() {
        match byte {
            b')' => open += 1,
            b'(' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return &name[..at];
        }
    }
    name
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
fn functions_of(path: &Path) -> Option<Vec<Function>> {
    let file = std::fs::File::open(path).ok()?;
    // SAFETY: as everybody who maps a program's file, this relies on its not being cut while it is read.
    let map = unsafe { memmap2::Mmap::map(&file) }.ok()?;
    let object = object::File::parse(&*map).ok()?;
    let symbols = object.symbols().chain(object.dynamic_symbols());
    let functions = symbols
        .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.is_definition())
        .filter_map(|symbol| {
            Some(Function {
                address: symbol.address(),
                size: symbol.size(),
                name: symbol.name().ok()?.into(),
            })
        });
    Some(functions.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_compilers_add() {
        for (name, is) in [
            ("conn_writecb", "conn_writecb"),
            ("rd", "rd"),
            ("i", "i"),
            ("_Z7on_readP11buffereventPv", "on_read"),
            ("_ZN2ns6Server7on_readEic", "ns::Server::on_read"),
            (
                "_ZN12_GLOBAL__N_17on_readEPv",
                "(anonymous namespace)::on_read",
            ),
            ("_ZNK3FooclEv", "Foo::operator()"),
            ("_ZL7on_readPv.isra.0", "on_read"),
            (
                "_ZZ4mainENUlP11buffereventPvE_4_FUNES0_S1_",
                "main::{lambda(bufferevent*, void*)#1}::_FUN",
            ),
            ("_ZN1a1b17h0123456789abcdefE", "a::b"),
            ("_RNvC6_123foo3bar", "123foo::bar"),
            ("_Zebra", "_Zebra"),
        ] {
            assert_eq!(readable(name), is);
        }
    }
}
