//! `--payload N` keeps the first N bytes of every read, however much the buffer holds already.

use evscope_recorder::Exit;
use evscope_trace::Event;

use crate::support::{alone, program, read, record};

#[test]
fn the_first_bytes_of_every_read_are_kept() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("payload", folder.path(), &["-levent"]) else {
        return;
    };
    let (outcome, path) = record(
        folder.path(),
        &[&program],
        |options| options.payload = 64,
        |_| {},
    );
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let kept: Vec<_> = read(&path)
        .records
        .iter()
        .filter(|record| record.phase == evscope_trace::Phase::Enter)
        .filter_map(|record| match &record.event {
            Event::EvbufferRead {
                data: Some(data), ..
            } => Some((data.bytes.clone(), data.cut)),
            _ => None,
        })
        .collect();
    let first = |letter| (vec![letter; 64], true);
    assert_eq!(kept, [b'a', b'b', b'c', b'd'].map(first));
}
