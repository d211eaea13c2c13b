//! `evscope` alone, where there is no screen.

use crate::support::{Folder, run};

#[test]
fn what_there_is_to_open_is_listed() {
    let folder = Folder::new();
    folder.write("another.jsonl.zst", "");
    folder.write("notes.txt", "");
    let list = folder.run("").fine();
    assert!(list.contains("small.jsonl"), "{list}");
    assert!(list.contains("another.jsonl.zst"), "{list}");
    assert!(!list.contains("notes.txt"), "{list}");
    assert!(list.contains("evscope --help"), "{list}");
    assert!(
        list.contains("\nExercises (evscope learn NAME)\n"),
        "{list}"
    );
    folder.run("learn hello").fine();
    let list = folder.run("").fine();
    assert!(list.contains("hang up · after writecb · begun\n"), "{list}");
}

#[test]
fn a_dumb_terminal_gets_the_list_too() {
    let folder = Folder::new();
    let list = run(folder.command([""; 0]).env("TERM", "dumb")).fine();
    assert_eq!(list, folder.run("").fine());
}

#[test]
fn a_folder_full_of_traces_is_cut() {
    let folder = Folder::new();
    for i in 0..30 {
        folder.write(&format!("{i:02}.jsonl"), "");
    }
    let list = folder.run("").fine();
    assert!(
        list.contains("00.jsonl") && list.contains("19.jsonl"),
        "{list}"
    );
    assert!(!list.contains("20.jsonl"), "{list}");
    assert!(list.contains("and 11 more"), "{list}");
}
