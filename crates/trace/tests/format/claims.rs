//! Making a file where one is already.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;

use evscope_trace::{Claim, InTheWay, Output, Over, create, create_over, replace};

use crate::support::HEADER;

/// What is in the way of a trace at this name.
fn in_the_way(path: &Path) -> Option<InTheWay> {
    let error = create(path).err()?;
    Some(InTheWay::of(&error).expect("a reason of ours").clone())
}

fn put(mut output: Output, text: &str) {
    output.write_all(text.as_bytes()).unwrap();
    output.finish().unwrap();
}

#[test]
fn what_is_no_trace_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.out");
    let mut gz = Vec::new();
    let other = folder.path().join("other.gz");
    put(create_over(&other, Over::Anything).unwrap(), "a letter\n");
    gz.extend(fs::read(&other).unwrap());
    let contents: [&[u8]; 7] = [
        b"\x7fELF program",
        b"a letter\n",
        b"{\"evs",
        b"{\"name\":1}\n",
        // Packed, and not whole.
        &[0x1f, 0x8b, 8, 0],
        &[0x28, 0xb5, 0x2f, 0xfd, 1],
        &gz,
    ];
    for content in contents {
        fs::write(&path, content).unwrap();
        assert_eq!(in_the_way(&path), Some(InTheWay::Foreign), "{content:?}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    put(create_over(&path, Over::Anything).unwrap(), "new");
    assert_eq!(fs::read(&path).unwrap(), b"new");
    let like = |start: &[u8]| start == b"new";
    put(create_over(&path, Over::Like(&like)).unwrap(), "newer");
    assert!(create_over(&path, Over::Like(&like)).is_err());
}

#[test]
fn a_trace_is_written_over_however_it_is_packed() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["t.jsonl", "t.jsonl.gz", "t.jsonl.zst"] {
        let path = folder.path().join(name);
        let write = || {
            put(create(&path).unwrap(), HEADER);
            let mut text = String::new();
            let mut input = evscope_trace::open(&path).unwrap();
            input.read_to_string(&mut text).unwrap();
            assert_eq!(text, HEADER, "{name}");
        };
        write();
        write();
        // A trace that was cut off is one, too; and an empty file is nobody's.
        for there in [&HEADER[..20], ""] {
            fs::write(&path, there).unwrap();
            write();
        }
    }
}

#[test]
fn a_folder_a_link_to_nothing_and_a_missing_folder_are_told() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(in_the_way(folder.path()), Some(InTheWay::Folder));
    let link = folder.path().join("link");
    symlink(folder.path().join("nothing"), &link).unwrap();
    assert_eq!(in_the_way(&link), Some(InTheWay::Link));
    assert!(!folder.path().join("nothing").exists());
    let missing = folder.path().join("no/such");
    assert_eq!(
        in_the_way(&missing.join("t.jsonl")),
        Some(InTheWay::NoFolder(missing))
    );
    // A device is no file that could be lost.
    assert!(create(Path::new("/dev/null")).is_ok());
}

#[test]
fn a_name_that_is_not_used_is_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.jsonl");
    drop(Claim::new(&path, Over::Trace).unwrap());
    assert!(!path.exists());
    fs::write(&path, HEADER).unwrap();
    drop(Claim::new(&path, Over::Trace).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), HEADER);
    // Nor is what somebody has written into it meanwhile lost.
    fs::remove_file(&path).unwrap();
    for begin in [false, true] {
        let claim = Claim::new(&path, Over::Trace).unwrap();
        fs::write(&path, "theirs").unwrap();
        match begin {
            false => drop(claim),
            true => drop(claim.begin().unwrap_err()),
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        fs::remove_file(&path).unwrap();
    }
    fs::write(&path, HEADER).unwrap();
    // What somebody else has put there meanwhile is not ours to take back.
    fs::remove_file(&path).unwrap();
    let claim = Claim::new(&path, Over::Trace).unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, "theirs").unwrap();
    drop(claim);
    assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
}

#[test]
fn a_packed_file_whose_end_finds_no_room_says_so() {
    for name in ["full.jsonl.gz", "full.jsonl.zst"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        symlink("/dev/full", &path).unwrap();
        let mut output = create(&path).unwrap();
        output.write_all(HEADER.as_bytes()).unwrap();
        assert!(output.finish().is_err(), "{name}");
    }
}

#[test]
fn a_file_is_replaced_in_one_go() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("state");
    replace(&place, b"1").unwrap();
    replace(&place, b"2").unwrap();
    assert_eq!(fs::read(&place).unwrap(), b"2");
    // Where it cannot be, nothing is left behind.
    let occupied = folder.path().join("folder");
    fs::create_dir(&occupied).unwrap();
    fs::write(occupied.join("file"), "").unwrap();
    assert!(replace(&occupied, b"3").is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}
