//! What a look at the pieces of a buffer has seen is told, however the program looks.

use evscope_recorder::Exit;
use evscope_trace::{Event, Level};

use crate::support::{alone, program, read, record};

#[test]
fn a_look_is_told_with_what_it_saw() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("peek", folder.path(), &["-levent"]) else {
        return;
    };
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let looks: Vec<_> = read(&path)
        .records
        .iter()
        .filter_map(|record| match record.event {
            Event::EvbufferPeek {
                offset,
                asked,
                pieces,
                bytes,
            } => Some((offset, asked, pieces, bytes)),
            _ => None,
        })
        .collect();
    let wanted = [
        (0, None, 0, 0),
        (0, None, 3, 17),
        (0, None, 3, 17),
        // No more than there is a place for.
        (0, None, 2, 13),
        (0, Some(0), 0, 0),
        (0, Some(3), 1, 10),
        // How many places it takes is told, also if there are fewer.
        (0, Some(11), 2, 13),
        (0, Some(100), 3, 17),
        (5, None, 3, 12),
        // From a place on, there is always a piece.
        (5, Some(0), 1, 5),
        (5, Some(6), 2, 8),
        (17, Some(1), 0, 0),
        (17, None, 0, 0),
    ];
    assert_eq!(looks, wanted);
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    let said: Vec<u64> = said.lines().map(|line| line.parse().unwrap()).collect();
    let pieces: Vec<u64> = looks.iter().map(|(_, _, pieces, _)| *pieces).collect();
    assert_eq!(said, pieces);

    // Who does not want to know of buffers is not told.
    let less = |options: &mut evscope_recorder::RecordOptions| options.level = Level::Walkthrough;
    let (_, path) = record(folder.path(), &[&program], less, |_| {});
    let trace = read(&path);
    assert_eq!(trace.count("event_base_new"), 1);
    assert_eq!(trace.count("evbuffer_peek"), 0);
}
