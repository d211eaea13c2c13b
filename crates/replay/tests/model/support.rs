//! Traces in a short notation, so that a test shows its trace.
//!
//! A line is a record: `>` enter, `<` exit, `.` point; the event's name; its fields. An exit may leave
//! the fields out. Numbers, depths and times are filled in: a microsecond a record, unless `t=` says
//! another time in nanoseconds. `thread=` names another thread than the first.

use std::collections::HashMap;

use evscope_replay::{Replay, State, Trace, Value};
use evscope_trace::{Header, Record};
use serde_json::{Map, json};

pub(crate) fn trace(text: &str) -> Trace {
    trace_on("none", text)
}

/// One of a program on that library.
pub(crate) fn trace_on(library: &str, text: &str) -> Trace {
    let mut trace = Trace::new("test", Header::new("test", library, "epoll"));
    for record in records(text) {
        trace.push(record);
    }
    trace
}

pub(crate) fn replay(text: &str) -> Replay {
    Replay::new(trace(text))
}

/// The state after the whole trace.
pub(crate) fn state(text: &str) -> State {
    let mut state = State::new();
    for record in records(text) {
        state.apply(&record);
    }
    state
}

/// The values at some paths, as text.
pub(crate) fn values(state: &State, paths: &[&str]) -> Vec<String> {
    paths
        .iter()
        .map(|path| {
            state
                .value(path)
                .map_or("none".to_owned(), |value| value.to_string())
        })
        .collect()
}

pub(crate) fn number(state: &State, path: &str) -> i128 {
    match state.value(path) {
        Some(Value::Number(number)) => number,
        other => panic!("{path} is {other:?}"),
    }
}

fn records(text: &str) -> Vec<Record> {
    let mut records = Vec::new();
    let mut depths: HashMap<u64, u64> = HashMap::new();
    let mut time = 0;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (phase, rest) = line.split_at(1);
        let mut words = rest.split_whitespace();
        let mut fields: Map<String, serde_json::Value> = Map::new();
        let name = words.next().unwrap();
        for word in words {
            let (key, value) = word
                .split_once('=')
                .unwrap_or_else(|| panic!("{line}: {word}"));
            let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
            fields.insert(key.to_owned(), value);
        }
        time = fields
            .get("t")
            .map_or(time + 1_000, |t| t.as_u64().unwrap());
        let thread = fields
            .get("thread")
            .map_or(1, |thread| thread.as_u64().unwrap());
        let depth = depths.entry(thread).or_default();
        let phase = match phase {
            ">" => "enter",
            "<" => "exit",
            "." => "point",
            other => panic!("{line}: {other}"),
        };
        if phase == "exit" {
            *depth -= 1;
        }
        fields.insert("seq".to_owned(), json!(records.len()));
        fields.insert("t".to_owned(), json!(time));
        fields.insert("thread".to_owned(), json!(thread));
        fields.entry("depth").or_insert(json!(*depth));
        fields.insert("ph".to_owned(), json!(phase));
        fields.insert("ev".to_owned(), json!(name));
        if phase == "enter" {
            *depth += 1;
        }
        if phase == "exit" {
            complete(name, &mut fields, &records);
        }
        let record = Record::try_from(fields).unwrap_or_else(|error| panic!("{line}: {error}"));
        records.push(record);
    }
    records
}

/// An exit says what its enter said, and its result.
fn complete(name: &str, fields: &mut Map<String, serde_json::Value>, records: &[Record]) {
    let enter = records
        .iter()
        .rev()
        .find(|record| record.event.name() == name)
        .map(|record| {
            let mut json = Vec::new();
            record.json(&mut json);
            serde_json::from_slice(&json).unwrap()
        });
    if let Some(serde_json::Value::Object(enter)) = enter {
        for (key, value) in enter {
            fields.entry(key).or_insert(value);
        }
    }
}

/// A bufferevent that answers a connection and is freed once all is written, as in the hello-world.
pub(crate) const HELLO: &str = "
    > event_base_new base=1 backend=epoll priorities=1
    < event_base_new
    > evconnlistener_new base=1 listener=1 fd=6 addr=127.0.0.1:9995 callback=listener_cb options=CLOSE_ON_FREE backlog=-1
      . event_assign base=1 event=1 role=listener listener=1 fd=6 events=READ|PERSIST callback=listener_read_cb priority=0
      > evconnlistener_enable base=1 listener=1 fd=6
        > event_add base=1 event=1 role=listener listener=1 fd=6
          . backend_add base=1 fd=6 old=\"\" new=READ
        < event_add
      < evconnlistener_enable
    < evconnlistener_new
    > event_base_loop base=1 flags=\"\"
      > poll base=1
      < poll ready=1 t=1000000
      . event_active base=1 event=1 role=listener listener=1 fd=6 what=READ why=io
      > listener_read_cb base=1 event=1 listener=1 fd=6
        . accept base=1 listener=1 fd=8 peer=127.0.0.1:40112
        > listener_cb base=1 listener=1 fd=8 callback=listener_cb
          > bufferevent_socket_new base=1 bev=1 fd=8 options=CLOSE_ON_FREE input=1 output=2 ev_read=2 ev_write=3
            . event_assign base=1 event=2 role=bev.read bev=1 fd=8 events=READ|PERSIST callback=bufferevent_readcb priority=0
            . event_assign base=1 event=3 role=bev.write bev=1 fd=8 events=WRITE|PERSIST callback=bufferevent_writecb priority=0
            . evbuffer_freeze base=1 bev=1 buf=1 end=end
            . evbuffer_freeze base=1 bev=1 buf=2 end=start
          < bufferevent_socket_new
          . bufferevent_setcb base=1 bev=1 writecb=conn_writecb eventcb=conn_eventcb
          > bufferevent_enable base=1 bev=1 events=WRITE
            > event_add base=1 event=3 role=bev.write bev=1 fd=8
              . backend_add base=1 fd=8 old=\"\" new=WRITE
            < event_add
          < bufferevent_enable
          > bufferevent_write base=1 bev=1 len=5
            > evbuffer_add base=1 bev=1 buf=2 len=5 before=0 after=5 data={\"text\":\"Hello\"}
            < evbuffer_add
          < bufferevent_write
        < listener_cb
        . accept base=1 listener=1 errno=EAGAIN
      < listener_read_cb
      > poll base=1
      < poll ready=1
      . event_active base=1 event=3 role=bev.write bev=1 fd=8 what=WRITE why=io
      > bufferevent_writecb base=1 event=3 bev=1 fd=8 what=WRITE
        . evbuffer_unfreeze base=1 bev=1 buf=2 end=start
        > evbuffer_write base=1 bev=1 buf=2 fd=8 asked=5 result=5 before=5 after=0 data={\"text\":\"Hello\"}
        < evbuffer_write
        . evbuffer_freeze base=1 bev=1 buf=2 end=start
        > event_del base=1 event=3 role=bev.write bev=1 fd=8
          . backend_del base=1 fd=8 old=WRITE new=\"\"
        < event_del
        . watermark base=1 bev=1 buf=2 side=output mark=low at=0 from=5 to=0 crossed=down
        > writecb base=1 bev=1 callback=conn_writecb
          > bufferevent_free base=1 bev=1 fd=8
          < bufferevent_free
        < writecb
      < bufferevent_writecb
      . bufferevent_finalize base=1 bev=1 fd=8 closed=true unsent=0
    < event_base_loop ended=exit
";
