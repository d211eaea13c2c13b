//! A call on what was freed names what it was, until another is made there.

use evscope_recorder::Exit;
use evscope_trace::Phase;

use crate::support::{alone, program, read, record};

#[test]
fn what_was_freed_keeps_its_name_until_another_is_made_there() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("freed", folder.path(), &["-levent"]) else {
        return;
    };
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let records = read(&path).records;
    let looped = records
        .iter()
        .position(|record| record.phase == Phase::Exit && record.event.name() == "event_base_loop");
    let calls: Vec<String> = records[looped.unwrap()..]
        .iter()
        .filter(|record| record.phase != Phase::Exit && record.depth <= 1)
        .filter_map(|record| {
            let name = record.event.name();
            let objects = &record.objects;
            let object = match (objects.bev, objects.buf, objects.event, objects.listener) {
                (Some(bev), Some(buf), ..) => format!("bev{} buf{}", bev.0, buf.0),
                (Some(bev), ..) => format!("bev{}", bev.0),
                (_, Some(buf), ..) => format!("buf{}", buf.0),
                (_, _, Some(event), _) => format!("event{}", event.0),
                (.., Some(listener)) => format!("listener{}", listener.0),
                _ => return None,
            };
            [
                "bufferevent_write",
                "evbuffer_add",
                "event_active",
                "evconnlistener_disable",
                "bufferevent_socket_new",
            ]
            .contains(&name)
            .then(|| format!("{name} {object}"))
        })
        .take(8)
        .collect();
    assert_eq!(
        calls,
        [
            "bufferevent_write bev1",
            "evbuffer_add bev1 buf2",
            "evbuffer_add buf3",
            "event_active event4",
            "evconnlistener_disable listener1",
            "bufferevent_socket_new bev2",
            "bufferevent_write bev2",
            "evbuffer_add bev2 buf5",
        ]
    );
}
