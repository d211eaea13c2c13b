//! A scenario that was read and checked.

use crate::spec::{CallbackSort, Op, Sort};

/// What happens, in the order in which it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The file's name without its ending.
    pub name: String,
    /// The text it was read from.
    pub text: String,
    /// What is done before the base is made.
    pub config: Vec<Instruction>,
    /// What the program does from start to end.
    pub main: Vec<Instruction>,
    /// Its callbacks, by number.
    pub callbacks: Vec<Callback>,
    /// What others do, by time.
    pub at: Vec<At>,
    /// The objects that have names, by number.
    pub names: Vec<(String, Sort)>,
    /// If the order of steps of different objects may differ: why.
    pub any_order: Option<String>,
    /// Whether connections go over TCP.
    pub tcp: bool,
}

/// A callback: the first clause that fits is what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// Its name.
    pub name: String,
    /// Who calls it.
    pub sorts: Vec<CallbackSort>,
    /// What it does.
    pub clauses: Vec<Clause>,
}

/// What a callback does in some of its calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Only in the call of this number, from 1; 0: in any.
    pub call: u32,
    /// Only if it was told one of these; 0: whatever it was told.
    pub when: u64,
    /// What it does.
    pub body: Vec<Instruction>,
    /// Its first line and its last one.
    pub lines: (u32, u32),
}

/// What others do at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// When, in ms from the beginning.
    pub time: u64,
    /// What they do.
    pub body: Vec<Instruction>,
}

/// A statement, lowered to numbers: flags are libevent's values, names are numbers, times are in ms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Which.
    pub op: Op,
    /// First the numbers of the names that it makes, then its places. An evbuffer is two numbers: whose, and
    /// which ([`Instruction::OWN`], [`Instruction::INPUT`], [`Instruction::OUTPUT`]).
    pub args: Vec<i64>,
    /// The bytes, if it has any. The number in their place says how often they are repeated.
    pub data: Vec<u8>,
    /// The line it stands in.
    pub line: u32,
}

impl Instruction {
    /// The evbuffer of that name itself.
    pub const OWN: i64 = 0;
    /// A bufferevent's input.
    pub const INPUT: i64 = 1;
    /// A bufferevent's output.
    pub const OUTPUT: i64 = 2;

    /// The bytes, repeated; `at` is where their number stands.
    pub fn bytes(&self, at: usize) -> Vec<u8> {
        self.data
            .repeat(usize::try_from(self.args[at]).unwrap_or(0))
    }
}

impl Scenario {
    /// Whether it has TLS bufferevents.
    pub fn has_tls(&self) -> bool {
        self.program()
            .any(|i| matches!(i.op, Op::BevTlsNew | Op::BevTlsFilterNew))
    }

    /// What the program itself does, in its callbacks and in `main`: all but what others do.
    pub fn program(&self) -> impl Iterator<Item = &Instruction> {
        let clauses = self.callbacks.iter().flat_map(|callback| &callback.clauses);
        clauses.flat_map(|clause| &clause.body).chain(&self.main)
    }

    /// The form that the C driver reads: a line an instruction, everything a number, bytes in hexadecimal.
    /// With poll and select libevent begins to look at the fds that are ready at `start`.
    pub fn encode(&self, start: u32) -> String {
        let mut text = format!(
            "scenario {} {start}
",
            self.name
        );
        let body = |text: &mut String, head: String, body: &[Instruction]| {
            text.push_str(&head);
            body.iter().for_each(|instruction| instruction.encode(text));
            text.push_str("end\n");
        };
        body(&mut text, "config\n".to_owned(), &self.config);
        body(&mut text, "main\n".to_owned(), &self.main);
        for (number, callback) in self.callbacks.iter().enumerate() {
            for clause in &callback.clauses {
                let head = format!("callback {number} {} {}\n", clause.call, clause.when);
                body(&mut text, head, &clause.body);
            }
        }
        for at in &self.at {
            body(&mut text, format!("at {}\n", at.time), &at.body);
        }
        text.push_str("run\n");
        text
    }
}

impl Instruction {
    fn encode(&self, text: &mut String) {
        use std::fmt::Write as _;
        let _ = write!(
            text,
            "{} {} {}",
            self.op.spec().name,
            self.line,
            self.args.len()
        );
        for arg in &self.args {
            let _ = write!(text, " {arg}");
        }
        text.push_str(" x");
        for byte in &self.data {
            let _ = write!(text, "{byte:02x}");
        }
        text.push('\n');
    }
}
