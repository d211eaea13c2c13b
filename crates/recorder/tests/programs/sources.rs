//! Where libevent's own source is given, its steps point into it.

use evscope_trace::Lane;

use crate::support::{alone, program, read, record};

/// Laid out as libevent's files are; the recorder asks for no more.
const EVENT_C: &str = "\
#include \"event2/event.h\"

int
event_add(struct event *ev, const struct timeval *tv)
{
\treturn 0;
}

static int
epoll_dispatch(struct event_base *base, struct timeval *tv)
{
\treturn 0;
}
";

#[test]
fn steps_point_into_the_folder_of_libevents_source() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("names", folder.path(), &["-levent"]) else {
        return;
    };
    let library = folder.path().join("libevent");
    std::fs::create_dir(&library).unwrap();
    std::fs::write(library.join("configure.ac"), "").unwrap();
    std::fs::write(library.join("event.c"), EVENT_C).unwrap();
    let given = |options: &mut evscope_recorder::RecordOptions| {
        options.libevent_source = Some(library.clone());
    };
    let (_, path) = record(folder.path(), &[&program], given, |_| {});
    let trace = read(&path);
    for (step, function, line) in [("event_add", "event_add", 3), ("poll", "epoll_dispatch", 9)] {
        let src = trace.all(step).next().unwrap().src.clone().unwrap();
        let place = (src.file.as_ref(), src.function.as_deref(), src.line);
        assert_eq!(place, ("event.c", Some(function), line));
        let texts = trace.sources.iter();
        let text = texts.filter(|text| text.function == function).count();
        assert_eq!(text, 1, "{function}");
    }
    // The program's own functions stay the program's.
    let own = trace
        .records
        .iter()
        .filter(|r| r.event.lane() == Lane::Program);
    for record in own.filter_map(|record| record.src.as_ref()) {
        assert!(record.file.ends_with("names.c"), "{record:?}");
    }
}
