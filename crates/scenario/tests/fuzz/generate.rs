//! Random scenarios, made from the same table as the format.

use std::fmt;

use evscope_scenario::{CallbackSort, Need, Op, ParamKind, Scope, Sort};

/// A scenario's text: parts with their heads and lines. The first one is `main`.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) parts: Vec<(String, Vec<String>)>,
}

impl Text {
    pub(crate) fn lines(&self) -> usize {
        self.parts.iter().map(|(_, lines)| 1 + lines.len()).sum()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (head, lines) in &self.parts {
            writeln!(f, "{head}")?;
            lines
                .iter()
                .try_for_each(|line| writeln!(f, "    {line}"))?;
        }
        Ok(())
    }
}

/// Numbers that look random and are the same every time (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// A callback that is given to the library.
struct Given {
    name: String,
    sort: CallbackSort,
}

struct Generator {
    random: Random,
    /// What has a name.
    names: Vec<(String, Sort)>,
    callbacks: Vec<Given>,
    /// Whether the scenario is about priorities.
    priorities: usize,
    /// Whether it is about TLS.
    tls: bool,
}

/// What a scenario is about: the statements that come often.
#[derive(Clone, Copy)]
enum Theme {
    Events,
    Sockets,
    Pairs,
    Filters,
    Buffers,
    Connections,
    Limits,
    Tls,
}

const THEMES: [Theme; 11] = [
    Theme::Events,
    Theme::Events,
    Theme::Sockets,
    Theme::Sockets,
    Theme::Pairs,
    Theme::Filters,
    Theme::Buffers,
    Theme::Buffers,
    Theme::Connections,
    Theme::Limits,
    Theme::Tls,
];

pub(crate) fn generate(seed: u64) -> Text {
    let random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let mut generator = Generator {
        random,
        names: Vec::new(),
        callbacks: Vec::new(),
        priorities: 1,
        tls: false,
    };
    generator.scenario()
}

impl Generator {
    fn scenario(&mut self) -> Text {
        let theme = THEMES[self.random.below(THEMES.len())];
        self.some_callbacks();
        let mut main = Vec::new();
        if self.random.one_in(3) {
            self.priorities = 1 + self.random.below(3);
            main.push(format!("event_base_priority_init {}", self.priorities));
        }
        self.world(theme, &mut main);
        for _ in 0..1 + self.random.below(7) {
            main.push(self.statement(Scope::Program, theme, None));
        }
        for _ in 0..1 + self.random.below(2) {
            main.push(match self.random.below(5) {
                0 => "event_base_loop ONCE".to_owned(),
                1 => "event_base_loop NONBLOCK".to_owned(),
                _ => "event_base_dispatch".to_owned(),
            });
            for _ in 0..self.random.below(4) {
                main.push(self.statement(Scope::Program, theme, None));
            }
        }
        let mut parts = vec![("main".to_owned(), main)];
        for at in 0..self.callbacks.len() {
            let (name, sort) = (self.callbacks[at].name.clone(), self.callbacks[at].sort);
            if self.random.one_in(3) {
                let body = self.body(theme, sort);
                parts.push((
                    format!("callback {name} call {}", 1 + self.random.below(2)),
                    body,
                ));
            }
            if sort == CallbackSort::Happening && self.random.one_in(3) {
                let body = self.body(theme, sort);
                let what = self.random.of(&["EOF", "ERROR", "TIMEOUT", "CONNECTED"]);
                parts.push((format!("callback {name} when {what}"), body));
            }
            let body = self.body(theme, sort);
            parts.push((format!("callback {name}"), body));
        }
        for _ in 0..self.random.below(5) {
            let time = self.random.below(8) * 5;
            let mut body = Vec::new();
            for _ in 0..1 + self.random.below(2) {
                body.push(self.statement(Scope::World, theme, None));
            }
            parts.push((format!("at {time}ms"), body));
        }
        Text { parts }
    }

    fn some_callbacks(&mut self) {
        let sorts = [
            (CallbackSort::Event, "event", 3),
            (CallbackSort::Once, "once", 1),
            (CallbackSort::Finalizer, "final", 2),
            (CallbackSort::Data, "data", 3),
            (CallbackSort::Happening, "happened", 2),
            (CallbackSort::Accept, "accept", 1),
            (CallbackSort::AcceptError, "error", 1),
            (CallbackSort::Buffer, "changed", 2),
        ];
        for (sort, name, count) in sorts {
            for at in 0..count {
                self.callbacks.push(Given {
                    name: format!("{name}_{at}"),
                    sort,
                });
            }
        }
    }

    /// What there is at the beginning. Every name of every sort is made, so that it can be used everywhere.
    fn world(&mut self, theme: Theme, main: &mut Vec<String>) {
        let mut make = |generator: &mut Self, op: Op, names: &[&str]| {
            let line = generator.making(op, names);
            for (name, sort) in names.iter().zip(op.spec().makes) {
                if !generator.names.iter().any(|(known, _)| known == name) {
                    generator.names.push(((*name).to_owned(), *sort));
                }
            }
            main.push(line);
        };
        if matches!(theme, Theme::Tls) || self.random.one_in(4) {
            // A full socket is one for as much ciphertext as it takes.
            self.tls = matches!(theme, Theme::Tls);
            make(self, Op::SocketPair, &["p0", "p1"]);
        } else {
            make(self, Op::PeerNew, &["p0"]);
            make(self, Op::PeerNew, &["p1"]);
        }
        if self.random.one_in(3) {
            make(self, Op::CommonTimeoutNew, &["t0"]);
            make(self, Op::CommonTimeoutNew, &["t1"]);
        }
        match theme {
            Theme::Events => {
                make(self, Op::EventNew, &["e0"]);
                make(self, Op::EventNew, &["e1"]);
                make(self, Op::TimerNew, &["e2"]);
                make(self, Op::TimerNew, &["e3"]);
                make(self, Op::SignalNew, &["e4"]);
            }
            Theme::Sockets => {
                make(self, Op::BevSocketNew, &["b0"]);
                make(self, Op::BevSocketNew, &["b1"]);
                make(self, Op::TimerNew, &["e0"]);
            }
            Theme::Pairs => {
                make(self, Op::BevPairNew, &["b0", "b1"]);
                make(self, Op::TimerNew, &["e0"]);
            }
            Theme::Filters => {
                if self.random.one_in(3) {
                    make(self, Op::BevPairNew, &["b0", "b1"]);
                } else {
                    make(self, Op::BevSocketNew, &["b0"]);
                    make(self, Op::BevSocketNew, &["b1"]);
                }
                make(self, Op::BevFilterNew, &["f0"]);
                make(self, Op::TimerNew, &["e0"]);
            }
            Theme::Buffers => {
                make(self, Op::BevSocketNew, &["b0"]);
                make(self, Op::BufNew, &["x0"]);
                make(self, Op::BufNew, &["x1"]);
                make(self, Op::BufSearch, &["a0"]);
                main.push("c0 = evbuffer_add_cb x0 changed_0".to_owned());
                // With two on one, the recorder cannot tell which of them does something.
                main.push("c1 = evbuffer_add_cb x1 changed_1".to_owned());
                for name in ["c0", "c1"] {
                    self.names.push((name.to_owned(), Sort::BufferCallback));
                }
                return self.callbacks_of(main);
            }
            Theme::Limits => {
                make(self, Op::GroupNew, &["g0"]);
                make(self, Op::GroupNew, &["g1"]);
                make(self, Op::BevSocketNew, &["b0"]);
                make(self, Op::BevSocketNew, &["b1"]);
                make(self, Op::BevAddToGroup, &[]);
                make(self, Op::BevAddToGroup, &[]);
            }
            Theme::Tls => {
                let (a, b) = if self.random.one_in(2) {
                    ("CONNECTING", "ACCEPTING")
                } else {
                    ("ACCEPTING", "CONNECTING")
                };
                for (name, end, state) in [("b0", "p0", a), ("b1", "p1", b)] {
                    let options =
                        self.random
                            .of(&["CLOSE_ON_FREE", "0", "CLOSE_ON_FREE|DEFER_CALLBACKS"]);
                    main.push(format!(
                        "{name} = bufferevent_openssl_socket_new {end} {state} {options}"
                    ));
                    self.names.push((name.to_owned(), Sort::Bufferevent));
                }
                self.names.push(("e0".to_owned(), Sort::Event));
                main.push("e0 = evtimer_new event_0".to_owned());
            }
            Theme::Connections => {
                make(self, Op::ServerNew, &["s0"]);
                make(self, Op::ServerNew, &["s1"]);
                make(self, Op::BevSocketNew, &["b0"]);
                make(self, Op::BevSocketNew, &["b1"]);
                make(self, Op::ListenerNew, &["l0"]);
            }
        }
        self.callbacks_of(main);
    }

    /// Bufferevents without callbacks show little.
    fn callbacks_of(&mut self, main: &mut Vec<String>) {
        for (name, sort) in self.names.clone() {
            if sort == Sort::Bufferevent && !self.random.one_in(6) {
                let mut line = format!("bufferevent_setcb {name}");
                self.keys(Op::BevSetcb, &mut line);
                main.push(line);
                if self.random.one_in(2) {
                    main.push(format!("bufferevent_enable {name} READ|WRITE"));
                }
            }
        }
    }

    fn body(&mut self, theme: Theme, sort: CallbackSort) -> Vec<String> {
        (0..self.random.below(4))
            .map(|_| self.statement(Scope::Program, theme, Some(sort)))
            .collect()
    }

    /// A statement that the names there are allow.
    fn statement(&mut self, place: Scope, theme: Theme, callback: Option<CallbackSort>) -> String {
        loop {
            let op = Op::ALL[self.random.below(Op::ALL.len())];
            let spec = op.spec();
            let fits = match spec.place {
                Scope::World => true,
                Scope::Program => place == Scope::Program,
                Scope::Main | Scope::Config => false,
            };
            // Rarely, these: they say little, or end everything.
            let rare = matches!(
                op,
                Op::LoopBreak | Op::LoopExit | Op::Sleep | Op::LoopContinue | Op::BufFreeze
            ) || spec.name.ends_with("_free")
                || spec.name.ends_with("_finalize");
            // The recorder knows a callback on a buffer by its function.
            if op == Op::BufAddCb {
                continue;
            }
            let beside = spec.name.starts_with("evbuffer")
                && !matches!(theme, Theme::Buffers)
                && !self.random.one_in(3);
            if matches!(theme, Theme::Tls) && !for_tls(op)
                || is_tls(op) && !matches!(theme, Theme::Tls)
            {
                continue;
            }
            if !fits || beside || (rare && !self.random.one_in(4)) || !self.possible(op, callback) {
                continue;
            }
            return self.line(op, callback);
        }
    }

    fn has(&self, sort: Sort) -> bool {
        self.names.iter().any(|(_, known)| *known == sort)
    }

    fn possible(&self, op: Op, callback: Option<CallbackSort>) -> bool {
        let has = |sort: Sort| {
            self.names.iter().any(|(_, known)| *known == sort)
                || callback.and_then(CallbackSort::own) == Some(sort)
        };
        let spec = op.spec();
        let places = spec.params.iter().all(|param| match param.kind {
            ParamKind::Object(sort) => has(sort),
            ParamKind::Buffer => has(Sort::Buffer) || has(Sort::Bufferevent),
            _ => true,
        });
        let named = |sort: &Sort| self.names.iter().any(|(_, known)| known == sort);
        places && spec.makes.iter().all(named)
    }

    fn line(&mut self, op: Op, callback: Option<CallbackSort>) -> String {
        let mut line = String::new();
        for (at, sort) in op.spec().makes.iter().enumerate() {
            line += if at > 0 { ", " } else { "" };
            line += &self.name(*sort, None);
        }
        if !line.is_empty() {
            line += " = ";
        }
        line += op.spec().name;
        self.places(op, &mut line, callback);
        line
    }

    /// A statement that makes these.
    fn making(&mut self, op: Op, names: &[&str]) -> String {
        let mut line = names.join(", ");
        if !line.is_empty() {
            line += " = ";
        }
        line += op.spec().name;
        self.places(op, &mut line, None);
        line
    }

    fn places(&mut self, op: Op, line: &mut String, callback: Option<CallbackSort>) {
        for param in op.spec().params {
            match param.need {
                Need::Or(_) if self.random.one_in(2) => break,
                Need::Key(_) => continue,
                Need::Required | Need::Or(_) => {}
            }
            let place = self.place(op, param.name, param.kind, callback);
            *line += " ";
            *line += &place;
        }
        self.keys(op, line);
    }

    fn keys(&mut self, op: Op, line: &mut String) {
        for param in op.spec().params {
            if let Need::Key(_) = param.need
                && !self.random.one_in(3)
            {
                let place = match op {
                    Op::SocketPair if self.tls => continue,
                    Op::PeerNew | Op::SocketPair => {
                        self.random.of(&["0", "2048", "4096"]).to_owned()
                    }
                    _ => self.place(op, param.name, param.kind, None),
                };
                *line += &format!(" {}={place}", param.name);
            }
        }
    }

    fn name(&mut self, sort: Sort, callback: Option<CallbackSort>) -> String {
        if callback.and_then(CallbackSort::own) == Some(sort) && self.random.one_in(2) {
            return "self".to_owned();
        }
        if callback == Some(CallbackSort::Accept) && sort == Sort::Peer && self.random.one_in(2) {
            return "accepted".to_owned();
        }
        let names: Vec<&str> = self
            .names
            .iter()
            .filter(|(_, known)| *known == sort)
            .map(|(name, _)| name.as_str())
            .collect();
        match names.len() {
            0 => "self".to_owned(),
            n => names[self.random.below(n)].to_owned(),
        }
    }

    fn place(
        &mut self,
        op: Op,
        name: &str,
        kind: ParamKind,
        callback: Option<CallbackSort>,
    ) -> String {
        match kind {
            ParamKind::Object(Sort::Peer)
                if op == Op::BevSocketNew && self.names.iter().any(|(_, s)| *s == Sort::Server) =>
            {
                if self.random.one_in(2) {
                    "none".to_owned()
                } else {
                    self.name(Sort::Peer, callback)
                }
            }
            ParamKind::Object(Sort::Peer)
                if op.spec().place == Scope::Program && self.random.one_in(12) =>
            {
                "none".to_owned()
            }
            ParamKind::Object(sort) => self.name(sort, callback),
            ParamKind::Buffer => {
                let own = self.names.iter().any(|(_, sort)| *sort == Sort::Buffer);
                let bev = self
                    .names
                    .iter()
                    .any(|(_, sort)| *sort == Sort::Bufferevent)
                    || callback.and_then(CallbackSort::own) == Some(Sort::Bufferevent);
                if own && (!bev || self.random.one_in(2)) {
                    self.name(Sort::Buffer, None)
                } else {
                    let part = self.random.of(&["input", "output"]);
                    format!("{}.{part}", self.name(Sort::Bufferevent, callback))
                }
            }
            ParamKind::Flags(flags) => {
                let mut names: Vec<&str> = Vec::new();
                for _ in 0..1 + self.random.below(2) {
                    let flag = flags[self.random.below(flags.len())].0;
                    // Told of an error by hand, a callback finds an errno left from whatever came before.
                    let is_chance = op == Op::BevTriggerEvent && flag == "ERROR";
                    // A read of a socket that blocks would wait for ever.
                    let may_wait = flag == "LEAVE_SOCKETS_BLOCKING";
                    if !names.contains(&flag) && !is_chance && !may_wait {
                        names.push(flag);
                    }
                }
                if matches!(op, Op::EventNew) && self.random.one_in(2) && !names.contains(&"READ") {
                    names.push("READ");
                }
                if names.is_empty() {
                    "0".to_owned()
                } else {
                    names.join("|")
                }
            }
            ParamKind::Number
                if op.spec().name.starts_with("evbuffer")
                    && self.has(Sort::Place)
                    && self.random.one_in(3) =>
            {
                self.name(Sort::Place, callback)
            }
            ParamKind::Number => {
                let numbers: &[&str] = match name {
                    "priority" | "min_priority" => &["0", "1", "2"],
                    "priorities" => &["1", "2", "3"],
                    "room" => &["0", "2048"],
                    "vectors" => &["1", "2"],
                    "read_rate" | "write_rate" => &["1", "4", "10"],
                    "read_burst" | "write_burst" => &["10", "16"],
                    _ => &["0", "1", "2", "4", "8", "16", "100"],
                };
                self.random.of(numbers).to_owned()
            }
            // Another tick: libevent counts the old one's ticks as its own, from 1970 on.
            ParamKind::Time
                if matches!(op, Op::BevSetRateLimit | Op::GroupNew | Op::GroupSetCfg) =>
            {
                "5ms".to_owned()
            }
            ParamKind::Time if op == Op::CommonTimeoutNew => {
                self.random.of(&["0ms", "5ms", "10ms"]).to_owned()
            }
            ParamKind::Signed => {
                let number = self.random.of(&["1", "4", "8", "16", "-4", "-16"]);
                // Of a group that holds more than its burst nothing in a trace says so (see mistakes.rs).
                if op.spec().name.starts_with("bufferevent_rate_limit_group") {
                    number.trim_start_matches('-').to_owned()
                } else {
                    number.to_owned()
                }
            }
            ParamKind::Timeout if self.has(Sort::CommonTimeout) && self.random.one_in(2) => {
                self.name(Sort::CommonTimeout, callback)
            }
            ParamKind::Time | ParamKind::Timeout => self
                .random
                .of(&["none", "0ms", "1ms", "5ms", "10ms", "20ms"])
                .to_owned(),
            ParamKind::Bytes | ParamKind::Text => {
                let data =
                    self.random
                        .of(&["\"a\"", "\"abc\"", "\"hello\\n\"", "\"0123456789\"", "\"\""]);
                match self.random.below(12) {
                    0 if !self.tls => format!("{data}*1000"),
                    1 => format!("{data}*3"),
                    _ => data.to_owned(),
                }
            }
            ParamKind::Callback(sort) => {
                if self.random.one_in(10) {
                    return "none".to_owned();
                }
                let names: Vec<&str> = self
                    .callbacks
                    .iter()
                    .filter(|given| given.sort == sort)
                    .map(|given| given.name.as_str())
                    .collect();
                self.random.of(&names).to_owned()
            }
            ParamKind::Word(words) => match op {
                // TCP takes its time.
                Op::PeerNew => "unix".to_owned(),
                Op::ServerNew => self
                    .random
                    .of(&["unix", "unix", "unix-gone", "tcp"])
                    .to_owned(),
                _ => self.random.of(words).to_owned(),
            },
        }
    }
}

/// Whether a statement is about TLS only.
fn is_tls(op: Op) -> bool {
    matches!(
        op,
        Op::BevTlsNew | Op::BevTlsFilterNew | Op::BevTlsShutdown | Op::BevTlsAllowDirty
    )
}

/// Whether a statement can be among those about TLS: what it does depends neither on how long the ciphertext is nor on
/// how the bytes of an evbuffer lie in memory, and nobody but the bufferevents reads or writes.
fn for_tls(op: Op) -> bool {
    let name = op.spec().name;
    let others = [
        "evbuffer_",
        "peer_",
        "fd_",
        "bufferevent_rate_limit",
        "server_",
    ];
    let limits = [
        "_rate_limit",
        "_rate_limit_group",
        "_read_limit",
        "_write_limit",
    ];
    let makes = [
        Op::BevTlsNew,
        Op::BevTlsFilterNew,
        Op::BevSocketNew,
        Op::BevFilterNew,
        Op::BevSetfd,
        Op::SocketPair,
    ];
    !others.iter().any(|begin| name.starts_with(begin))
        && !limits.iter().any(|end| name.ends_with(end))
        && !makes.contains(&op)
}
