use evscope_trace::Record;

use super::*;
use crate::causes::tests::trace;

/// A bufferevent and its event, a listener, an event of the program and one that is used once.
fn made() -> Vec<(u32, &'static str, &'static str)> {
    let assign = r#""ev":"event_assign","event":1,"bev":1,"role":"bev.read","events":"READ","callback":"c","priority":0"#;
    vec![
        (0, "point", assign),
        // As for another fd.
        (0, "point", assign),
        (0, "point", r#""ev":"event_add","event":1,"bev":1"#),
        (
            0,
            "point",
            r#""ev":"event_active","event":1,"bev":1,"role":"bev.read","what":"READ","why":"io""#,
        ),
        (
            0,
            "point",
            r#""ev":"event_assign","event":4,"listener":1,"role":"listener","events":"READ","callback":"l","priority":0"#,
        ),
        (
            0,
            "point",
            r#""ev":"event_active","event":4,"listener":1,"role":"listener","what":"READ","why":"io""#,
        ),
        (0, "point", r#""ev":"event_add","event":2"#),
        (0, "point", r#""ev":"event_add","event":3"#),
    ]
}

const ENDS: [(u32, &str, &str); 5] = [
    (0, "point", r#""ev":"bufferevent_free","bev":1"#),
    (
        0,
        "point",
        r#""ev":"bufferevent_finalize","bev":1,"closed":true,"unsent":0"#,
    ),
    (0, "point", r#""ev":"evconnlistener_free","listener":1"#),
    (0, "point", r#""ev":"event_free","event":2"#),
    (0, "point", r#""ev":"event_once_cb","event":3"#),
];

impl Trail<usize> {
    /// How much it knows of events, of bufferevents, and of listeners.
    fn known(&self) -> (usize, usize, usize) {
        let of_bevs = self.active_of_bevs.len() + self.freed.len();
        let events_of = |is_one: fn(&Object) -> bool| -> usize {
            let of_such = self.events_of.iter().filter(|(object, _)| is_one(object));
            of_such.map(|(_, events)| events.len()).sum()
        };
        (
            self.events.len(),
            of_bevs + events_of(|object| matches!(object, Object::Bev(_))),
            self.active_of_listeners.len()
                + events_of(|object| matches!(object, Object::Listener(_))),
        )
    }

    fn take(&mut self, step: usize, record: &Record) {
        self.step(step, record, |_| step);
    }
}

#[test]
fn what_was_freed_is_known_for_a_while_and_then_forgotten() {
    let mut records = made();
    records.extend(ENDS);
    let first_end = made().len();
    let last = records.len() - 1;
    let trace = trace(&records);
    let mut trail = Trail::default();
    for (step, record) in trace.records().enumerate() {
        trail.take(step, &record);
    }
    // The event of a bufferevent stands there once, however often it was set up.
    assert_eq!(trail.known(), (4, 3, 2));
    let later = trace.record(first_end);
    let later = Record {
        event: Event::EvbufferNew {},
        ..Record::clone(&later)
    };
    // The bufferevent ends with its second step.
    trail.take(first_end + 1 + FREED_KEPT, &later);
    assert_eq!(trail.known(), (4, 3, 2));
    trail.take(first_end + 2 + FREED_KEPT, &later);
    assert_eq!(trail.known(), (3, 0, 2));
    trail.take(last + 1 + FREED_KEPT, &later);
    assert_eq!(trail.known(), (0, 0, 0));
    assert!(trail.gone.is_empty());
}

#[test]
fn what_is_alive_is_never_forgotten() {
    let trace = trace(&made());
    let mut trail = Trail::default();
    for (step, record) in trace.records().enumerate() {
        trail.take(step + FREED_KEPT, &record);
    }
    let known = trail.known();
    trail.take(9 * FREED_KEPT, &trace.record(0));
    assert_eq!(trail.known(), known);
}
