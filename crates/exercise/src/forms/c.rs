//! A scenario as a program in C on libevent. What it needs of its surroundings is in `exercise.h`.

use std::fmt::Write as _;

use evscope_scenario::{
    ACCEPTED, Callback, CallbackSort, Clause, Instruction, NONE, Op, SELF, Scenario, Sort,
};

use super::{TOLD, names};

/// What a program in C includes.
pub(crate) const HEADER: &str = include_str!("exercise.h");

/// The program. None: something in it has no counterpart of a few lines (a filter's functions, for example).
pub(crate) fn program(scenario: &Scenario, comment: &str) -> Option<String> {
    let c = Program { scenario };
    let mut text = format!("/* {} */\n\n#include \"exercise.h\"\n\n", comment.trim());
    text.push_str("static struct event_base *base;\n");
    for (name, sort) in &scenario.names {
        text.push_str(&declaration(name, *sort)?);
    }
    text.push('\n');
    for callback in &scenario.callbacks {
        writeln!(text, "static {};", c.head(callback)?).ok()?;
    }
    for callback in &scenario.callbacks {
        write!(text, "\nstatic {}\n{{\n", c.head(callback)?).ok()?;
        let by_call = callback.clauses.iter().any(|clause| clause.call > 0);
        if by_call {
            text.push_str("    static int calls;\n\n    calls++;\n");
        }
        for (at, clause) in callback.clauses.iter().enumerate() {
            let is_last = at + 1 == callback.clauses.len();
            c.clause(clause, is_last, &mut text)?;
        }
        text.push_str("}\n");
    }
    text.push_str("\nint main(void)\n{\n    base = event_base_new();\n");
    c.body(&scenario.main, "    ", &mut text)?;
    text.push_str("    return 0;\n}\n");
    Some(text)
}

/// Where an object of a name is kept.
fn declaration(name: &str, sort: Sort) -> Option<String> {
    Some(match sort {
        Sort::Event => format!("static struct event *{name};\n"),
        Sort::Bufferevent => format!("static struct bufferevent *{name};\n"),
        Sort::Listener => format!("static struct evconnlistener *{name};\n"),
        Sort::Server => format!("static struct sockaddr_in {name};\n"),
        Sort::Peer => format!("static evutil_socket_t {name};\n"),
        _ => return None,
    })
}

/// The C library has a function `accept`.
fn function(name: &str) -> &str {
    if name == "accept" { "accept_cb" } else { name }
}

struct Program<'a> {
    scenario: &'a Scenario,
}

impl Program<'_> {
    /// A callback's type and arguments.
    fn head(&self, callback: &Callback) -> Option<String> {
        let name = function(&callback.name);
        Some(match callback.sorts.as_slice() {
            [] => format!("void {name}(void)"),
            [CallbackSort::Accept] => format!(
                "void {name}(struct evconnlistener *self, evutil_socket_t accepted, struct sockaddr *peer, int len, void *arg)"
            ),
            [CallbackSort::Event] => {
                format!("void {name}(evutil_socket_t fd, short what, void *self)")
            }
            [CallbackSort::Data] => format!("void {name}(struct bufferevent *self, void *arg)"),
            [CallbackSort::Happening] => {
                format!("void {name}(struct bufferevent *self, short what, void *arg)")
            }
            _ => return None,
        })
    }

    fn clause(&self, clause: &Clause, is_last: bool, text: &mut String) -> Option<()> {
        let mut conditions = Vec::new();
        if clause.call > 0 {
            conditions.push(format!("calls == {}", clause.call));
        }
        if clause.when > 0 {
            conditions.push(format!(
                "(what & ({}))",
                any_of(&names(TOLD, clause.when, "BEV_EVENT_"))
            ));
        }
        if conditions.is_empty() {
            return self.body(&clause.body, "    ", text);
        }
        writeln!(text, "    if ({}) {{", conditions.join(" && ")).ok()?;
        self.body(&clause.body, "        ", text)?;
        if !is_last {
            text.push_str("        return;\n");
        }
        text.push_str("    }\n");
        Some(())
    }

    fn body(&self, body: &[Instruction], indent: &str, text: &mut String) -> Option<()> {
        for instruction in body {
            for line in self.statement(instruction)?.lines() {
                writeln!(text, "{indent}{line}").ok()?;
            }
        }
        Some(())
    }

    fn statement(&self, i: &Instruction) -> Option<String> {
        let spec = i.op.spec();
        let makes = spec.makes.len();
        let made = |at: usize| self.object(i.args[at]);
        let object = |at: usize| self.object(i.args[makes + at]);
        let number = |at: usize| i.args[makes + at];
        let flags = |at: usize, prefix: &str| {
            let names = super::flags_of(spec.params.get(at)?.kind, number(at), prefix)?;
            Some(any_of(&names))
        };
        Some(match i.op {
            Op::PriorityInit => format!("event_base_priority_init(base, {});", number(0)),
            Op::Dispatch => "event_base_dispatch(base);".to_owned(),
            Op::LoopBreak => "event_base_loopbreak(base);".to_owned(),
            Op::LoopExit => format!("event_base_loopexit(base, {});", time(number(0))),
            Op::TimerNew => format!(
                "{0} = event_new(base, -1, {1}, {2}, event_self_cbarg());",
                made(0)?,
                flags(1, "EV_")?,
                self.callback(number(0))?
            ),
            Op::SignalNew => format!(
                "{} = evsignal_new(base, {}, {}, event_self_cbarg());",
                made(0)?,
                ["SIGUSR1", "SIGUSR2"].get(usize::try_from(number(0)).ok()?)?,
                self.callback(number(1))?
            ),
            Op::EventAdd => format!("event_add({}, {});", object(0)?, time(number(1))),
            Op::EventDel => format!("event_del({});", object(0)?),
            Op::EventActive => format!("event_active({}, {}, 0);", object(0)?, flags(1, "EV_")?),
            Op::EventPrioritySet => format!("event_priority_set({}, {});", object(0)?, number(1)),
            Op::EventFree => format!("event_free({});", object(0)?),
            Op::BevSocketNew => format!(
                "{} = bufferevent_socket_new(base, {}, {});",
                made(0)?,
                if number(0) == NONE {
                    "-1".to_owned()
                } else {
                    object(0)?
                },
                flags(1, "BEV_OPT_")?
            ),
            Op::BevPairNew => format!(
                "struct bufferevent *pair[2];\nbufferevent_pair_new(base, {}, pair);\n{} = pair[0];\n{} = pair[1];",
                flags(0, "BEV_OPT_")?,
                made(0)?,
                made(1)?
            ),
            Op::BevFilterNew => {
                let filters = match super::filter(i)? {
                    // libevent has it, for who gives none.
                    "none" => "NULL, NULL".to_owned(),
                    filter => format!("exercise_{filter}_in, exercise_{filter}_out"),
                };
                format!(
                    "{} = bufferevent_filter_new({}, {filters}, {}, NULL, NULL);",
                    made(0)?,
                    object(0)?,
                    flags(2, "BEV_OPT_")?
                )
            }
            Op::BevSetcb => format!(
                "bufferevent_setcb({}, {}, {}, {}, NULL);",
                object(0)?,
                self.callback(number(1))?,
                self.callback(number(2))?,
                self.callback(number(3))?
            ),
            Op::BevEnable | Op::BevDisable => {
                format!("{}({}, {});", spec.name, object(0)?, flags(1, "EV_")?)
            }
            Op::BevSetwatermark => format!(
                "bufferevent_setwatermark({}, {}, {}, {});",
                object(0)?,
                flags(1, "EV_")?,
                number(2),
                number(3)
            ),
            Op::BevSetTimeouts => format!(
                "bufferevent_set_timeouts({}, {}, {});",
                object(0)?,
                time(number(1)),
                time(number(2))
            ),
            Op::BevWrite => {
                let write = format!(
                    "bufferevent_write({}, {}, {});",
                    object(0)?,
                    literal(&i.data),
                    i.data.len()
                );
                match number(1) {
                    1 => write,
                    times => format!("for (int n = 0; n < {times}; n++)\n    {write}"),
                }
            }
            Op::BevRead => format!(
                "{{\n    char bytes[{}];\n    bufferevent_read({}, bytes, sizeof(bytes));\n}}",
                number(1),
                object(0)?
            ),
            Op::BevConnect => {
                let server = object(1)?;
                format!(
                    "bufferevent_socket_connect({}, (struct sockaddr *)&{server}, sizeof({server}));",
                    object(0)?
                )
            }
            Op::BevTrigger => {
                let mut options = Vec::new();
                for (bit, name) in [
                    (1, "BEV_TRIG_IGNORE_WATERMARKS"),
                    (2, "BEV_TRIG_DEFER_CALLBACKS"),
                ] {
                    if number(2) & bit != 0 {
                        options.push(name.to_owned());
                    }
                }
                let options = any_of(&options);
                format!(
                    "bufferevent_trigger({}, {}, {options});",
                    object(0)?,
                    flags(1, "EV_")?
                )
            }
            Op::BevFlush => format!(
                "bufferevent_flush({}, {}, {});",
                object(0)?,
                flags(1, "EV_")?,
                ["BEV_NORMAL", "BEV_FLUSH", "BEV_FINISHED"]
                    .get(usize::try_from(number(2)).ok()?)?
            ),
            Op::BevFree => format!("bufferevent_free({});", object(0)?),
            Op::BufAddBuffer => {
                format!(
                    "evbuffer_add_buffer({}, {});",
                    self.buffer(i, 0)?,
                    self.buffer(i, 2)?
                )
            }
            Op::BufRemoveBuffer => format!(
                "evbuffer_remove_buffer({}, {}, {});",
                self.buffer(i, 0)?,
                self.buffer(i, 2)?,
                i.args[4]
            ),
            Op::BufDrain => format!("evbuffer_drain({}, {});", self.buffer(i, 0)?, i.args[2]),
            Op::ServerNew => format!("{} = exercise_address(\"{}\");", made(0)?, made(0)?),
            Op::PeerNew => format!(
                "{} = exercise_connection(\"{}\", {});",
                made(0)?,
                made(0)?,
                number(1)
            ),
            Op::ListenerNew => {
                let server = object(0)?;
                format!(
                    "{} = evconnlistener_new_bind(base, {}, NULL, {} | LEV_OPT_REUSEABLE, -1,\n    (struct sockaddr *)&{server}, sizeof({server}));",
                    made(0)?,
                    self.callback(number(1))?,
                    flags(2, "LEV_OPT_")?
                )
            }
            Op::ListenerEnable | Op::ListenerDisable | Op::ListenerFree => {
                format!("{}({});", spec.name, object(0)?)
            }
            Op::Sleep => format!("exercise_sleep({});", number(0)),
            _ => return None,
        })
    }

    fn object(&self, arg: i64) -> Option<String> {
        Some(match arg {
            SELF => "self".to_owned(),
            ACCEPTED => "accepted".to_owned(),
            _ => self
                .scenario
                .names
                .get(usize::try_from(arg).ok()?)?
                .0
                .clone(),
        })
    }

    fn callback(&self, arg: i64) -> Option<&str> {
        if arg == NONE {
            return Some("NULL");
        }
        let callback = self.scenario.callbacks.get(usize::try_from(arg).ok()?)?;
        Some(function(&callback.name))
    }

    /// An evbuffer of a bufferevent.
    fn buffer(&self, i: &Instruction, at: usize) -> Option<String> {
        let of = self.object(i.args[at])?;
        match i.args[at + 1] {
            Instruction::INPUT => Some(format!("bufferevent_get_input({of})")),
            Instruction::OUTPUT => Some(format!("bufferevent_get_output({of})")),
            _ => None,
        }
    }
}

/// Flags as an expression.
fn any_of(names: &[String]) -> String {
    match names {
        [] => "0".to_owned(),
        names => names.join(" | "),
    }
}

/// A time in ms.
fn time(ms: i64) -> String {
    if ms < 0 {
        return "NULL".to_owned();
    }
    format!("&(struct timeval){{ {}, {} }}", ms / 1000, ms % 1000 * 1000)
}

/// Bytes as a literal. Three octal digits, so that what follows cannot belong to them.
fn literal(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'"' | b'\\' => {
                text.push('\\');
                text.push(char::from(*byte));
            }
            0x20..=0x7e => text.push(char::from(*byte)),
            _ => text.push_str(&format!("\\{byte:03o}")),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_the_scenarios_calls_and_names() {
        let text = "main\n    server = server_new\n    l = evconnlistener_new server accept\n    event_base_dispatch\n\
                    callback accept\n    conn = bufferevent_socket_new accepted CLOSE_ON_FREE\n    \
                    bufferevent_setcb conn eventcb=gone\n    bufferevent_write conn \"a\\n\" * 2\n\
                    callback gone when EOF|ERROR\n    bufferevent_free self\n";
        let scenario = Scenario::parse("a.scn", text).unwrap();
        let c = program(&scenario, "A test.").unwrap();
        for part in [
            "static struct bufferevent *conn;",
            "conn = bufferevent_socket_new(base, accepted, BEV_OPT_CLOSE_ON_FREE);",
            "for (int n = 0; n < 2; n++)\n        bufferevent_write(conn, \"a\\n\", 2);",
            "if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))) {\n        bufferevent_free(self);",
        ] {
            assert!(c.contains(part), "{part}\n{c}");
        }
        let filter = "main\n    p = peer_new\n    b = bufferevent_socket_new p\n    f = bufferevent_filter_new b copy\n";
        assert_eq!(
            program(&Scenario::parse("a.scn", filter).unwrap(), ""),
            None
        );
    }
}
