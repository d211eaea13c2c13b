//! A scenario as a program in Rust on evscope's reactor. What it needs of its surroundings is in the crate `exercise`
//! ([`SUPPORT`]).
//!
//! A name that only one function uses is a variable of it; one that several use is kept for all of them.

use std::fmt::Write as _;

use evscope_scenario::{
    ACCEPTED, Callback, CallbackSort, Clause, Instruction, NONE, Op, ParamKind, SELF, Scenario,
    Sort,
};

use super::{TOLD, names};

/// The crate `exercise`: what a program in Rust needs of its surroundings.
pub(crate) const SUPPORT: &str = include_str!("exercise.rs.txt");

/// The program. None: something in it has no counterpart of a few lines.
pub(crate) fn program(scenario: &Scenario, comment: &str) -> Option<String> {
    let rust = Program::new(scenario)?;
    let mut functions = String::from("fn main() -> Result<(), Error> {\n");
    functions.push_str("    let mut base = EventBase::new()?;\n");
    rust.body("", &scenario.main, "    ", &mut functions)?;
    functions.push_str("    Ok(())\n}\n");
    for callback in &scenario.callbacks {
        rust.callback(callback, &mut functions)?;
    }
    let mut text = format!("//! {}\n\n", comment.trim());
    for (word, path) in [
        ("Cell<", "std::cell::Cell"),
        ("OwnedFd", "std::os::fd::OwnedFd"),
        ("AtomicU32", "std::sync::atomic::{AtomicU32, Ordering}"),
        ("Duration", "std::time::Duration"),
    ] {
        if functions.contains(word) || (word == "Cell<" && rust.keeps_any()) {
            writeln!(text, "use {path};").ok()?;
        }
    }
    let before = text.ends_with(";\n");
    text.push_str(if before { "\n" } else { "" });
    text.push_str("use evscope_reactor::*;\n\n");
    text.push_str(&rust.kept()?);
    text.push_str(&functions);
    Some(text)
}

/// The number that `main` has among the functions, behind those of callbacks.
const MAIN: usize = usize::MAX;

struct Program<'a> {
    scenario: &'a Scenario,
    /// Of each name, whether more than one function uses it.
    shared: Vec<bool>,
    /// Of each name, whether anything is done with it but making it.
    used: Vec<bool>,
}

/// Where a statement stands.
#[derive(Clone, Copy)]
struct Body<'a> {
    /// What its function was called for, by name.
    own: &'a str,
    /// All that is done there.
    statements: &'a [Instruction],
}

impl Body<'_> {
    /// Whether what has a name is made in it, and so is a variable.
    fn makes(&self, name: usize) -> bool {
        let mut all = self.statements.iter();
        all.any(|i| {
            let made = &i.args[..i.op.spec().makes.len()];
            made.iter().any(|arg| usize::try_from(*arg) == Ok(name))
        })
    }
}

impl<'a> Program<'a> {
    /// None: a connection is used by several functions, which one value cannot be.
    fn new(scenario: &'a Scenario) -> Option<Self> {
        let mut by: Vec<Vec<usize>> = vec![Vec::new(); scenario.names.len()];
        let mut used = vec![false; scenario.names.len()];
        let callbacks = scenario.callbacks.iter().enumerate();
        let bodies = callbacks.flat_map(|(number, callback)| {
            let clauses = callback.clauses.iter();
            clauses.map(move |clause| (number, &clause.body))
        });
        for (number, body) in bodies.chain([(MAIN, &scenario.main)]) {
            for instruction in body {
                for (at, name) in named(instruction) {
                    by[name].push(number);
                    used[name] |= at >= instruction.op.spec().makes.len();
                }
            }
        }
        for functions in &mut by {
            functions.sort_unstable();
            functions.dedup();
        }
        let shared: Vec<bool> = by.iter().map(|functions| functions.len() > 1).collect();
        let peers = scenario.names.iter().zip(&shared);
        let shared_peer = peers
            .into_iter()
            .any(|((_, sort), shared)| *sort == Sort::Peer && *shared);
        (!shared_peer).then_some(Self {
            scenario,
            shared,
            used,
        })
    }

    /// Whether a name is kept for several functions. Where a server is can be asked for anywhere.
    fn is_kept(&self, name: usize) -> bool {
        self.shared[name] && self.used[name] && self.scenario.names[name].1 != Sort::Server
    }

    fn keeps_any(&self) -> bool {
        (0..self.scenario.names.len()).any(|name| self.is_kept(name))
    }

    /// What is kept for several functions.
    fn kept(&self) -> Option<String> {
        if !self.keeps_any() {
            return Some(String::new());
        }
        let mut text = String::from("thread_local! {\n");
        for (at, (name, sort)) in self.scenario.names.iter().enumerate() {
            if self.is_kept(at) {
                let sort = match sort {
                    Sort::Event => "Event",
                    Sort::Bufferevent => "Bufferevent",
                    Sort::Listener => "Listener",
                    _ => return None,
                };
                writeln!(
                    text,
                    "    static {}: Cell<Option<{sort}>> = const {{ Cell::new(None) }};",
                    name.to_uppercase()
                )
                .ok()?;
            }
        }
        text.push_str("}\n\n");
        Some(text)
    }

    fn callback(&self, callback: &Callback, text: &mut String) -> Option<()> {
        let all = || callback.clauses.iter().flat_map(|clause| &clause.body);
        let uses = |object: i64| all().any(|i| objects(i).any(|(_, arg)| arg == object));
        let when = callback.clauses.iter().any(|clause| clause.when > 0);
        let if_used = |used: bool, name: &str| match used {
            true => name.to_owned(),
            false => format!("_{name}"),
        };
        let base = if_used(all().next().is_some(), "base");
        let (own, sort, rest) = match callback.sorts.as_slice() {
            [CallbackSort::Accept] => {
                let accepted = if_used(uses(ACCEPTED), "accepted");
                let rest = vec![format!("{accepted}: OwnedFd"), "_peer: &Addr".to_owned()];
                ("listener", "Listener", rest)
            }
            [CallbackSort::Event] => ("event", "Event", vec!["_what: EvFlags".to_owned()]),
            [CallbackSort::Data] => ("bev", "Bufferevent", Vec::new()),
            [CallbackSort::Happening] => {
                let what = if_used(when, "what");
                ("bev", "Bufferevent", vec![format!("{what}: BevEvents")])
            }
            _ => return None,
        };
        let told = format!("{}: {sort}", if_used(uses(SELF), own));
        let mut args = vec![format!("{base}: &mut EventBase"), told];
        args.extend(rest);
        let head = listed(&format!("fn {}", callback.name), &args);
        write!(text, "\n{head} -> Result<(), Error> {{\n").ok()?;
        if callback.clauses.iter().any(|clause| clause.call > 0) {
            text.push_str("    static CALLS: AtomicU32 = AtomicU32::new(0);\n");
            text.push_str("    let calls = CALLS.fetch_add(1, Ordering::Relaxed) + 1;\n");
        }
        let mut returned = false;
        for (at, clause) in callback.clauses.iter().enumerate() {
            let is_last = at + 1 == callback.clauses.len();
            returned = self.clause(own, clause, is_last, text)?;
        }
        text.push_str(if returned { "}\n" } else { "    Ok(())\n}\n" });
        Some(())
    }

    /// True if nothing can come behind it.
    fn clause(&self, own: &str, clause: &Clause, is_last: bool, text: &mut String) -> Option<bool> {
        let mut conditions = Vec::new();
        if clause.call > 0 {
            conditions.push(format!("calls == {}", clause.call));
        }
        if clause.when > 0 {
            let told = names(TOLD, clause.when, "BevEvents::").join(" | ");
            conditions.push(format!("what.intersects({told})"));
        }
        if conditions.is_empty() {
            self.body(own, &clause.body, "    ", text)?;
            text.push_str("    Ok(())\n");
            return Some(true);
        }
        writeln!(text, "    if {} {{", conditions.join(" && ")).ok()?;
        self.body(own, &clause.body, "        ", text)?;
        if !is_last {
            text.push_str("        return Ok(());\n");
        }
        text.push_str("    }\n");
        Some(false)
    }

    fn body(
        &self,
        own: &str,
        statements: &[Instruction],
        indent: &str,
        text: &mut String,
    ) -> Option<()> {
        let body = Body { own, statements };
        for instruction in statements {
            for line in self.statement(body, instruction)?.lines() {
                writeln!(text, "{indent}{line}").ok()?;
            }
        }
        Some(())
    }

    fn statement(&self, body: Body<'_>, i: &Instruction) -> Option<String> {
        let spec = i.op.spec();
        let makes = spec.makes.len();
        let object = |at: usize| self.object(body, i, makes + at);
        let number = |at: usize| i.args[makes + at];
        let flags = |at: usize, of: &str| {
            let prefix = format!("{of}::");
            let names = super::flags_of(spec.params.get(at)?.kind, number(at), &prefix)?;
            Some(any_of(&names, of))
        };
        let callback = |at: usize| self.callback_name(number(at));
        let call = |args: String| format!("base.{}({args})?;", spec.name);
        let made = |value: String| self.made(i, 0, &value);
        Some(match i.op {
            Op::PriorityInit => call(number(0).to_string()),
            Op::Dispatch => call(String::new()),
            Op::LoopBreak => "base.event_base_loopbreak();".to_owned(),
            Op::LoopExit => call(time(number(0))),
            Op::TimerNew => {
                let persists = match flags(1, "EvFlags")?.contains("PERSIST") {
                    true => "_persist",
                    false => "",
                };
                made(format!("base.evtimer_new{persists}({})", callback(0)?))
            }
            Op::SignalNew => {
                let signal = ["SIGUSR1", "SIGUSR2"].get(usize::try_from(number(0)).ok()?)?;
                made(format!(
                    "base.evsignal_new(exercise::{signal}, {})?",
                    callback(1)?
                ))
            }
            Op::EventAdd => call(format!("{}, {}", object(0)?, time(number(1)))),
            Op::EventDel | Op::EventFree | Op::BevFree => call(object(0)?),
            Op::ListenerEnable | Op::ListenerDisable | Op::ListenerFree => call(object(0)?),
            Op::EventActive | Op::BevEnable | Op::BevDisable => {
                call(format!("{}, {}", object(0)?, flags(1, "EvFlags")?))
            }
            Op::EventPrioritySet => call(format!("{}, {}", object(0)?, number(1))),
            Op::BevSocketNew => {
                let fd = match number(0) {
                    NONE => "None".to_owned(),
                    _ => format!("Some({})", object(0)?),
                };
                made(format!(
                    "base.bufferevent_socket_new({fd}, {})?",
                    flags(1, "BevOptions")?
                ))
            }
            Op::BevPairNew => {
                let [left, right] = [self.variable(i, 0)?, self.variable(i, 1)?];
                format!(
                    "let [{left}, {right}] = base.bufferevent_pair_new({})?;\n{}{}",
                    flags(0, "BevOptions")?,
                    self.keep(i, 0)?,
                    self.keep(i, 1)?
                )
            }
            Op::BevFilterNew => {
                let filter = super::filter(i).filter(|filter| *filter != "none")?;
                let args = [
                    object(0)?,
                    format!("exercise::{filter}_in"),
                    format!("exercise::{filter}_out"),
                    flags(2, "BevOptions")?,
                ];
                let new = listed("base.bufferevent_filter_new", &args);
                made(format!("{new}?"))
            }
            Op::BevSetcb => {
                let mut callbacks = String::from("Callbacks::new()");
                for (at, which) in [(1, "readcb"), (2, "writecb"), (3, "eventcb")] {
                    if number(at) != NONE {
                        write!(callbacks, ".{which}({})", callback(at)?).ok()?;
                    }
                }
                call(format!("{}, {callbacks}", object(0)?))
            }
            Op::BevSetwatermark => call(format!(
                "{}, {}, {}, {}",
                object(0)?,
                flags(1, "EvFlags")?,
                number(2),
                number(3)
            )),
            Op::BevSetTimeouts => call(format!(
                "{}, {}, {}",
                object(0)?,
                time(number(1)),
                time(number(2))
            )),
            Op::BevWrite => {
                let bytes = i.data.escape_ascii();
                let write = call(format!("{}, b\"{bytes}\"", object(0)?));
                match number(1) {
                    1 => write,
                    times => format!("for _ in 0..{times} {{\n    {write}\n}}"),
                }
            }
            Op::BevRead => call(format!("{}, &mut [0; {}]", object(0)?, number(1))),
            Op::BevConnect => call(format!("{}, {}", object(0)?, object(1)?)),
            Op::BevTrigger => call(format!(
                "{}, {}, {}",
                object(0)?,
                flags(1, "EvFlags")?,
                flags(2, "TriggerOptions")?
            )),
            Op::BevFlush => {
                let mode = ["Normal", "Flush", "Finished"].get(usize::try_from(number(2)).ok()?)?;
                call(format!(
                    "{}, {}, FlushMode::{mode}",
                    object(0)?,
                    flags(1, "EvFlags")?
                ))
            }
            Op::BufAddBuffer => {
                let [(to, to_is), (from, from_is)] = self.two_buffers(body, i)?;
                let (to_name, from_name) = ends(to_is, from_is);
                format!("{to}{from}{}", call(format!("{to_name}, {from_name}")))
            }
            Op::BufRemoveBuffer => {
                let [(from, from_is), (to, to_is)] = self.two_buffers(body, i)?;
                let (to_name, from_name) = ends(to_is, from_is);
                let args = format!("{from_name}, {to_name}, {}", i.args[4]);
                format!("{from}{to}{}", call(args))
            }
            Op::BufDrain => {
                let (get, name) = self.buffer(body, i, 0, None)?;
                format!("{get}{}", call(format!("{name}, {}", i.args[2])))
            }
            // Where it is is asked for where it is needed.
            Op::ServerNew => String::new(),
            Op::PeerNew => {
                let name = self.variable(i, 0)?;
                made(format!("exercise::connection({name:?}, {})?", number(1)))
            }
            Op::ListenerNew => {
                // Programs take their addresses again at once.
                let options = match flags(2, "ListenerOptions")?.as_str() {
                    "ListenerOptions::empty()" => "ListenerOptions::REUSEABLE".to_owned(),
                    options => format!("{options} | ListenerOptions::REUSEABLE"),
                };
                let args = [
                    callback(1)?.to_owned(),
                    options,
                    "-1".to_owned(),
                    object(0)?,
                ];
                let new = listed("base.evconnlistener_new_bind", &args);
                made(format!("{new}?"))
            }
            Op::Sleep => format!("std::thread::sleep(Duration::from_millis({}));", number(0)),
            _ => return None,
        })
    }

    /// The name of what an instruction makes.
    fn variable(&self, i: &Instruction, at: usize) -> Option<&'a str> {
        let (name, _) = self.scenario.names.get(usize::try_from(i.args[at]).ok()?)?;
        Some(name)
    }

    /// A statement that makes something, and keeps it where several functions use it.
    fn made(&self, i: &Instruction, at: usize, value: &str) -> String {
        let name = usize::try_from(i.args[at]).unwrap_or(usize::MAX);
        match (self.variable(i, at), self.used.get(name)) {
            (Some(variable), Some(true)) => format!(
                "let {variable} = {value};\n{}",
                self.keep(i, at).unwrap_or_default()
            ),
            _ => format!("{value};"),
        }
    }

    fn keep(&self, i: &Instruction, at: usize) -> Option<String> {
        let (variable, name) = (self.variable(i, at)?, usize::try_from(i.args[at]).ok()?);
        Some(match self.is_kept(name) {
            true => format!("{}.set(Some({variable}));\n", variable.to_uppercase()),
            false => String::new(),
        })
    }

    /// An object, as an expression.
    fn object(&self, body: Body<'_>, i: &Instruction, at: usize) -> Option<String> {
        let name = match i.args[at] {
            SELF => return Some(body.own.to_owned()),
            ACCEPTED => return Some("accepted".to_owned()),
            name => usize::try_from(name).ok()?,
        };
        let (word, sort) = self.scenario.names.get(name)?;
        if *sort == Sort::Server {
            return Some(format!("exercise::address({word:?})"));
        }
        Some(match self.is_kept(name) && !body.makes(name) {
            true => format!("{}.get().unwrap()", word.to_uppercase()),
            false => word.clone(),
        })
    }

    fn callback_name(&self, arg: i64) -> Option<&str> {
        let callback = self.scenario.callbacks.get(usize::try_from(arg).ok()?)?;
        Some(&callback.name)
    }

    /// The two evbuffers of a statement, the first one first.
    fn two_buffers(&self, body: Body<'_>, i: &Instruction) -> Option<[(String, i64); 2]> {
        let (first, second) = (i.args[1], i.args[3]);
        let names = match (first == second, i.op) {
            (false, _) => [None, None],
            (true, Op::BufAddBuffer) => [Some("to"), Some("from")],
            (true, _) => [Some("from"), Some("to")],
        };
        let (one, _) = self.buffer(body, i, 0, names[0])?;
        let (other, _) = self.buffer(body, i, 2, names[1])?;
        Some([(one, first), (other, second)])
    }

    /// A statement that gets an evbuffer of a bufferevent, and its name then.
    fn buffer(
        &self,
        body: Body<'_>,
        i: &Instruction,
        at: usize,
        name: Option<&'static str>,
    ) -> Option<(String, &'static str)> {
        let of = self.object(body, i, at)?;
        let which = match i.args[at + 1] {
            Instruction::INPUT => "input",
            Instruction::OUTPUT => "output",
            _ => return None,
        };
        let name = name.unwrap_or(which);
        let get = format!("let {name} = base.bufferevent_get_{which}({of})?;\n");
        Some((get, name))
    }
}

/// What the two evbuffers of a statement are called: where the bytes go, and where they come from.
fn ends(to: i64, from: i64) -> (&'static str, &'static str) {
    let name = |which: i64| match which {
        Instruction::INPUT => "input",
        _ => "output",
    };
    match to == from {
        true => ("to", "from"),
        false => (name(to), name(from)),
    }
}

/// The objects among the arguments of an instruction, each with its place.
fn objects(i: &Instruction) -> impl Iterator<Item = (usize, i64)> {
    let spec = i.op.spec();
    let makes = (0..spec.makes.len()).map(|at| (at, i.args[at]));
    // An evbuffer is two numbers.
    let mut at = spec.makes.len();
    let params = spec.params.iter().filter_map(move |param| {
        let place = at;
        at += match param.kind {
            ParamKind::Buffer => 2,
            _ => 1,
        };
        let is_object = matches!(param.kind, ParamKind::Object(_) | ParamKind::Buffer);
        is_object.then(|| (place, i.args[place]))
    });
    makes.chain(params)
}

/// The objects with names, by the numbers of these.
fn named(i: &Instruction) -> impl Iterator<Item = (usize, usize)> {
    objects(i).filter_map(|(at, arg)| Some((at, usize::try_from(arg).ok()?)))
}

/// No line of a program is much longer.
const WIDTH: usize = 72;

/// A name with its arguments behind it: in one line, or each in one of its own.
fn listed(name: &str, args: &[String]) -> String {
    let line = format!("{name}({})", args.join(", "));
    match line.len() <= WIDTH {
        true => line,
        false => format!("{name}(\n    {},\n)", args.join(",\n    ")),
    }
}

fn any_of(names: &[String], of: &str) -> String {
    match names {
        [] => format!("{of}::empty()"),
        names => names.join(" | "),
    }
}

/// A time in ms.
fn time(ms: i64) -> String {
    if ms < 0 {
        return "None".to_owned();
    }
    format!("Some(Duration::from_millis({ms}))")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_the_scenarios_calls_and_names() {
        let text = "main\n    server = server_new\n    l = evconnlistener_new server accept\n    event_base_dispatch\n\
                    callback accept call 1\n    conn = bufferevent_socket_new accepted CLOSE_ON_FREE\n    \
                    bufferevent_setcb conn readcb=got eventcb=gone\n    bufferevent_write conn \"a\\n\" * 2\n\
                    callback got\n    evbuffer_add_buffer conn.output self.input\n\
                    callback gone when EOF|ERROR\n    bufferevent_free self\n";
        let scenario = Scenario::parse("a.scn", text).unwrap();
        let rust = program(&scenario, "A test.").unwrap();
        for part in [
            "//! A test.\n",
            "    static CONN: Cell<Option<Bufferevent>> = const { Cell::new(None) };",
            "    base.evconnlistener_new_bind(\n        accept,\n        ListenerOptions::REUSEABLE,\n        -1,\n        \
             exercise::address(\"server\"),\n    )?;",
            "        let conn = base.bufferevent_socket_new(Some(accepted), BevOptions::CLOSE_ON_FREE)?;\n        \
             CONN.set(Some(conn));\n        \
             base.bufferevent_setcb(conn, Callbacks::new().readcb(got).eventcb(gone))?;",
            "for _ in 0..2 {\n            base.bufferevent_write(conn, b\"a\\n\")?;",
            "    let output = base.bufferevent_get_output(CONN.get().unwrap())?;\n    \
             let input = base.bufferevent_get_input(bev)?;\n    base.evbuffer_add_buffer(output, input)?;",
            "if what.intersects(BevEvents::EOF | BevEvents::ERROR) {\n        base.bufferevent_free(bev)?;",
        ] {
            assert!(rust.contains(part), "{part}\n{rust}");
        }
        let filter = "main\n    p = peer_new\n    b = bufferevent_socket_new p\n    f = bufferevent_filter_new b copy\n";
        let filter = Scenario::parse("a.scn", filter).unwrap();
        assert_eq!(program(&filter, ""), None);
    }
}
