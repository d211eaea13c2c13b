//! Programs that cannot be recorded: said before they run, with what to do instead.

use std::path::Path;

use evscope_recorder::{RecordError, RecordOptions, Recording, Refusal};

use crate::support::{alone, compile, example, read};

const PROGRAM: &str = r"
#include <event2/event.h>
int main(void)
{
    struct event_base *base = event_base_new();
    event_base_free(base);
    return 0;
}
";

const BOUND: &str = r"
void event_assign(void) { }
void event_add_nolock_(void) { }
void event_del_nolock_(void) { }
void event_callback_activate_nolock_(void) { }
void event_active_nolock_(void) { event_callback_activate_nolock_(); }
void *event_base_new(void) { event_assign(); event_add_nolock_(); return 0; }
void event_base_free(void *base) { (void)base; event_del_nolock_(); event_active_nolock_(); }
";

fn refusal(folder: &Path, program: &Path) -> Refusal {
    let options = RecordOptions::new(&folder.join("trace.jsonl"));
    match Recording::start(&options, &[program.into()]) {
        Err(RecordError::Refused(refusal)) => refusal,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("{} was started", program.display()),
    }
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let refusal = refusal(folder.path(), Path::new("no-such-program-anywhere"));
    assert!(matches!(refusal, Refusal::NotFound { .. }));
    assert!(refusal.to_string().contains("no-such-program-anywhere"));
}

#[test]
fn a_program_without_libevent_is_refused_with_advice() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let refusal = refusal(folder.path(), Path::new("/bin/ls"));
    assert!(matches!(refusal, Refusal::NoLibevent { .. }), "{refusal}");
    assert!(refusal.to_string().contains("--children exec"));
}

#[test]
fn libevent_linked_in_is_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("p.c");
    std::fs::write(&source, PROGRAM).unwrap();
    let archive = "/usr/lib/x86_64-linux-gnu/libevent_core.a";
    if !Path::new(archive).exists() {
        eprintln!("LEFT OUT: {archive} is not there (Debian's package libevent-dev)");
        return;
    }
    let (one, other) = (folder.path().join("static"), folder.path().join("built-in"));
    if compile(&source, &one, &["-static", "-levent_core"]).is_some() {
        let refusal = refusal(folder.path(), &one);
        assert!(matches!(refusal, Refusal::BuiltIn { .. }), "{refusal}");
    }
    if compile(&source, &other, &[archive]).is_some() {
        let refusal = refusal(folder.path(), &other);
        assert!(matches!(refusal, Refusal::BuiltIn { .. }), "{refusal}");
    }
}

#[test]
fn another_architecture_is_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("arm");
    // The head of an AArch64 program.
    let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
    elf.resize(16, 0);
    elf.extend([2, 0, 183, 0, 1, 0, 0, 0]);
    elf.resize(52, 0);
    elf.extend([64, 0, 56, 0, 0, 0, 64, 0, 0, 0, 0, 0]);
    std::fs::write(&program, elf).unwrap();
    runnable(&program);
    let refusal = refusal(folder.path(), &program);
    assert!(matches!(refusal, Refusal::Architecture { .. }), "{refusal}");
    assert!(refusal.to_string().contains("Aarch64"), "{refusal}");
}

#[test]
fn a_libevent_that_calls_itself_directly_is_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("p.c");
    std::fs::write(&source, PROGRAM).unwrap();
    // A library of the name whose calls are bound when it is linked.
    let library = folder.path().join("libevent_core-2.1.so.7");
    let inside = folder.path().join("library.c");
    std::fs::write(&inside, BOUND).unwrap();
    let flags = [
        "-shared",
        "-fPIC",
        "-Wl,-Bsymbolic",
        "-Wl,-soname,libevent_core-2.1.so.7",
    ];
    if compile(&inside, &library, &flags).is_none() {
        return;
    }
    let program = folder.path().join("p");
    let path = library.display().to_string();
    let run_path = format!("-Wl,-rpath,{}", folder.path().display());
    if compile(&source, &program, &[&path, &run_path]).is_none() {
        return;
    }
    let refusal = refusal(folder.path(), &program);
    assert!(
        matches!(refusal, Refusal::NotInterposable { .. }),
        "{refusal}"
    );
}

#[test]
fn a_program_with_another_users_rights_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("p.c");
    std::fs::write(&source, PROGRAM).unwrap();
    let program = folder.path().join("p");
    if compile(&source, &program, &["-levent_core"]).is_none() {
        return;
    }
    // Only root can give a file to another user.
    let nobody = 65534;
    if std::os::unix::fs::chown(&program, Some(nobody), None).is_err() {
        eprintln!("LEFT OUT: only root can make a program of another user's");
        return;
    }
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o4755)).unwrap();
    let refusal = refusal(folder.path(), &program);
    assert!(matches!(refusal, Refusal::Privileged { .. }), "{refusal}");
}

#[test]
fn a_program_with_address_sanitizer_is_refused_with_what_to_do() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("p.c");
    std::fs::write(&source, PROGRAM).unwrap();
    let program = folder.path().join("p");
    if !std::process::Command::new("cc")
        .args(["-fsanitize=address", "-o"])
        .args([&program, &source])
        .arg("-levent_core")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        eprintln!(
            "LEFT OUT: the compiler has no AddressSanitizer, or libevent's headers are not installed"
        );
        return;
    }
    let refusal = refusal(folder.path(), &program);
    assert!(matches!(refusal, Refusal::Sanitized { .. }), "{refusal}");
    assert!(refusal.to_string().contains("ASAN_OPTIONS"), "{refusal}");
    // As it says.
    let Some(recorder) = example("record") else {
        return;
    };
    let trace = folder.path().join("trace.jsonl");
    let output = std::process::Command::new(recorder)
        .args([&trace, &program])
        .env("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(read(&trace).count("event_base_free"), 1);
}

fn runnable(program: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
}
