//! Every function that is hooked or called, held against libevent's headers by the C compiler: it is asked for a
//! pointer to each, and its debug information says what such a function takes and gives back.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::string::{String, ToString as _};
use std::vec::Vec;
use std::{eprintln, format, fs, println};

use addr2line::gimli;
use gimli::{AttributeValue, EndianSlice, RunTimeEndian};
use object::{Object as _, ObjectSection as _};

use super::{CType, Signature};

type Slice<'a> = EndianSlice<'a, RunTimeEndian>;
type Told = (Vec<CType>, CType);

/// The folder of a libevent source, to hold our declarations of its internal functions against it.
const SOURCE: &str = "LIBEVENT_SOURCE";

const PUBLIC: &str = "
#define _GNU_SOURCE
#include <poll.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/event_compat.h>
#include <event2/buffer.h>
#include <event2/buffer_compat.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_compat.h>
#include <event2/bufferevent_struct.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <event2/dns.h>
#include <event2/util.h>
struct bio_st;
struct ssl_st;
typedef struct ssl_st SSL;
#include <event2/bufferevent_ssl.h>
";

/// All that were put into the section.
fn all() -> &'static [Signature] {
    #[allow(improper_ctypes, reason = "the section has nothing of C's in it")]
    unsafe extern "C" {
        #[link_name = "__start_evscope_signatures"]
        static FIRST: Signature;
        #[link_name = "__stop_evscope_signatures"]
        static END: Signature;
    }
    // SAFETY: the linker gives the section's bounds these names, and nothing else is put into it.
    unsafe {
        let first = &raw const FIRST;
        let count = (&raw const END).offset_from(first);
        core::slice::from_raw_parts(first, usize::try_from(count).unwrap())
    }
}

fn compile(folder: &Path, program: &str, flags: &[&str]) -> Result<PathBuf, String> {
    let (from, to) = (folder.join("signatures.c"), folder.join("signatures.so"));
    fs::write(&from, program).unwrap();
    let output = Command::new("cc")
        .args(["-g", "-O0", "-w", "-fPIC", "-shared", "-nostdlib"])
        .args(flags)
        .arg("-o")
        .args([&to, &from])
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        Ok(to)
    } else {
        Err(said)
    }
}

fn internal() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/internal.h")
}

#[test]
fn every_function_has_libevents_signature() {
    if !Path::new("/usr/include/event2/event.h").exists() {
        eprintln!("LEFT OUT: libevent's headers are not installed (Debian's package libevent-dev)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut program = format!("{PUBLIC}#include \"{}\"\n", internal().display());
    let names: BTreeSet<&str> = all().iter().map(|function| function.name).collect();
    for name in names {
        writeln!(program, "__typeof__(&{name}) at_{name} = &{name};").unwrap();
    }
    let library = compile(folder.path(), &program, &[]).unwrap();
    let told = told(&library);
    assert!(all().len() > 100, "{} functions", all().len());
    let mut wrong = String::new();
    for ours in all() {
        let Some((arguments, result)) = told.get(ours.name) else {
            writeln!(wrong, "{}: the compiler does not tell", ours.name).unwrap();
            continue;
        };
        let same = arguments.len() == ours.arguments.len()
            && arguments.iter().zip(ours.arguments).all(agree)
            && agree((result, &ours.result));
        if !same {
            let (own, own_result) = (ours.arguments, ours.result);
            writeln!(
                wrong,
                "{}: {own:?} → {own_result:?} here, in libevent {arguments:?} → {result:?}",
                ours.name
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// What is declared in here of libevent's internal functions is what its own headers say.
#[test]
fn internal_functions_are_declared_as_in_libevents_source() {
    let Some(source) = std::env::var_os(SOURCE).map(PathBuf::from) else {
        println!("LEFT OUT: {SOURCE} names no folder of libevent's source");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    // `configure` has made its two headers there.
    let mut program =
        String::from("#include \"event2/event-config.h\"\n#include \"evconfig-private.h\"\n");
    program.push_str(PUBLIC);
    for header in [
        "event",
        "evbuffer",
        "bufferevent",
        "ratelim",
        "util",
        "time",
        "defer",
    ] {
        writeln!(program, "#include \"{header}-internal.h\"").unwrap();
    }
    writeln!(program, "#include \"{}\"", internal().display()).unwrap();
    let include = source.join("include");
    let flags = [&source, &include].map(|path| format!("-I{}", path.display()));
    // Two declarations that differ are an error.
    compile(folder.path(), &program, &[&flags[0], &flags[1]]).unwrap();
}

fn agree((theirs, ours): (&CType, &CType)) -> bool {
    match ours {
        CType::Word => matches!(theirs, CType::Pointer | CType::Unsigned(8)),
        _ => theirs == ours,
    }
}

/// What the debug information says of the functions that the variables `at_…` point to.
fn told(library: &Path) -> HashMap<String, Told> {
    let bytes = fs::read(library).unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    let load = |id: gimli::SectionId| -> Result<Slice<'_>, gimli::Error> {
        let section = file.section_by_name(id.name());
        let data = section.map_or(&[][..], |section| section.data().unwrap());
        Ok(EndianSlice::new(data, RunTimeEndian::Little))
    };
    let dwarf = gimli::Dwarf::load(load).unwrap();
    let mut told = HashMap::new();
    let mut units = dwarf.units();
    while let Some(header) = units.next().unwrap() {
        let unit = dwarf.unit(header).unwrap();
        let mut entries = unit.entries();
        while let Some((_, entry)) = entries.next_dfs().unwrap() {
            let name = entry.attr_value(gimli::DW_AT_name).unwrap();
            let (gimli::DW_TAG_variable, Some(name)) = (entry.tag(), name) else {
                continue;
            };
            let name = dwarf.attr_string(&unit, name).unwrap();
            if let Some(name) = name.to_string_lossy().strip_prefix("at_") {
                let pointer = stripped(&unit, of(entry)).unwrap();
                let pointer = unit.entry(pointer).unwrap();
                told.insert(name.to_string(), function(&unit, of(&pointer).unwrap()));
            }
        }
    }
    told
}

type Unit<'a> = gimli::Unit<Slice<'a>>;
type Entry<'a, 'b> = gimli::DebuggingInformationEntry<'a, 'b, Slice<'b>>;

/// The type of something.
fn of(entry: &Entry<'_, '_>) -> Option<gimli::UnitOffset> {
    match entry.attr_value(gimli::DW_AT_type).unwrap()? {
        AttributeValue::UnitRef(at) => Some(at),
        other => panic!("{other:?}"),
    }
}

/// A type without its names and qualifiers.
fn stripped(unit: &Unit<'_>, mut at: Option<gimli::UnitOffset>) -> Option<gimli::UnitOffset> {
    loop {
        let entry = unit.entry(at?).unwrap();
        at = match entry.tag() {
            gimli::DW_TAG_typedef
            | gimli::DW_TAG_const_type
            | gimli::DW_TAG_volatile_type
            | gimli::DW_TAG_restrict_type => of(&entry),
            _ => return at,
        };
    }
}

fn function(unit: &Unit<'_>, at: gimli::UnitOffset) -> Told {
    let mut tree = unit.entries_tree(Some(at)).unwrap();
    let root = tree.root().unwrap();
    let result = c_type(unit, of(root.entry()));
    let mut arguments = Vec::new();
    let mut children = root.children();
    while let Some(child) = children.next().unwrap() {
        arguments.push(match child.entry().tag() {
            gimli::DW_TAG_unspecified_parameters => CType::Rest,
            _ => c_type(unit, of(child.entry())),
        });
    }
    (arguments, result)
}

fn c_type(unit: &Unit<'_>, at: Option<gimli::UnitOffset>) -> CType {
    let Some(at) = stripped(unit, at) else {
        return CType::Void;
    };
    let entry = unit.entry(at).unwrap();
    let number = |name| {
        entry
            .attr_value(name)
            .unwrap()
            .and_then(|value| value.udata_value())
    };
    let bytes = number(gimli::DW_AT_byte_size).unwrap_or(0);
    match entry.tag() {
        gimli::DW_TAG_pointer_type => CType::Pointer,
        gimli::DW_TAG_base_type => {
            let encoding = match entry.attr_value(gimli::DW_AT_encoding).unwrap() {
                Some(AttributeValue::Encoding(encoding)) => encoding,
                other => panic!("{other:?}"),
            };
            match encoding {
                gimli::DW_ATE_signed | gimli::DW_ATE_signed_char => CType::Signed(bytes),
                _ => CType::Unsigned(bytes),
            }
        }
        // The compiler gives it a sign only if one of its values needs it; it is passed as an int.
        gimli::DW_TAG_enumeration_type => CType::Signed(bytes),
        other => panic!("{other}"),
    }
}
