//! The steps of a trace in the form in which they are compared.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::sync::Arc;

use evscope_trace::{Event, FieldValue, Phase, Record, ThreadId};

use super::align::Numbers;
use super::ciphertext::Ciphertext;
use super::parts::{Part, Rules, Sort};
use crate::{DiffOptions, Query, State, Trace};

/// Numbers for what the lines of both traces are like.
#[derive(Debug, Default)]
pub(super) struct Known {
    names: Numbers<String>,
    shapes: Numbers<String>,
}

/// The compared steps of a trace.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    /// The steps.
    pub(super) steps: Vec<usize>,
    /// What happens in each: equal numbers for equal names, ends of calls apart.
    pub(super) names: Vec<u32>,
    /// What each is like but for the objects it names: equal numbers, equal steps.
    pub(super) shapes: Vec<u32>,
    /// The objects that each names, by the number of their list.
    objects: Vec<u32>,
    /// The lists there are: many steps name the same objects.
    lists: Vec<Arc<[(Sort, u32)]>>,
}

impl Lines {
    pub(super) fn new(
        trace: &Trace,
        rules: &Rules,
        options: &DiffOptions,
        ciphertext: &Ciphertext,
        known: &mut Known,
    ) -> Self {
        let mut steps = by_thread(
            trace,
            wanted(trace, rules, options.filter.as_ref(), ciphertext),
        );
        if options.any_order {
            by_object(trace, &mut steps);
        }
        let mut lines = Self {
            names: Vec::with_capacity(steps.len()),
            shapes: Vec::with_capacity(steps.len()),
            objects: Vec::with_capacity(steps.len()),
            lists: Vec::new(),
            steps,
        };
        let mut numbers: HashMap<Arc<[(Sort, u32)]>, u32> = HashMap::new();
        let mut fds = Fds::default();
        let mut shape = String::new();
        let mut objects = Vec::new();
        for &step in &lines.steps {
            let record = trace.record(step);
            fds.note(&record);
            begin(&mut shape, &record);
            lines.names.push(known.names.of(&shape));
            rules.parts(trace, step, &record, |name, part| {
                if ciphertext.has_field(&record, name) {
                    return;
                }
                put(&mut shape, name, part);
                match part {
                    Part::Object(Sort::Fd, fd) => objects.push((Sort::Fd, fds.of(fd))),
                    Part::Object(sort, number) => objects.push((sort, number)),
                    Part::Value(_) | Part::Present | Part::Sign(_) | Part::Bytes(_) => {}
                }
            });
            lines.shapes.push(known.shapes.of(&shape));
            let number = match numbers.get(&objects[..]) {
                Some(number) => *number,
                None => {
                    let list: Arc<[_]> = objects.as_slice().into();
                    let number = lines.lists.len() as u32;
                    lines.lists.push(Arc::clone(&list));
                    numbers.insert(list, number);
                    number
                }
            };
            lines.objects.push(number);
            objects.clear();
        }
        if rules.once_only() {
            lines.once_only(trace);
        }
        lines
    }

    /// The objects that a line names, in the order of its parts.
    pub(super) fn objects(&self, line: usize) -> &[(Sort, u32)] {
        &self.lists[self.objects[line] as usize]
    }

    /// A turn of the loop, from one wait to the next, that is like the one before it is left out.
    fn once_only(&mut self, trace: &Trace) {
        let is_wait = |step: usize| {
            let record = trace.record(step);
            record.phase != Phase::Exit && matches!(record.event, Event::Poll { .. })
        };
        let waits = (0..self.steps.len()).filter(|&line| is_wait(self.steps[line]));
        let waits: Vec<usize> = waits.chain([self.steps.len()]).collect();
        let mut keep = vec![true; self.steps.len()];
        for turns in waits.windows(3) {
            let (before, turn) = (turns[0]..turns[1], turns[1]..turns[2]);
            let same = self.shapes[before.clone()] == self.shapes[turn.clone()]
                && self.objects[before] == self.objects[turn.clone()];
            if same {
                keep[turn].fill(false);
            }
        }
        retain(&mut self.steps, &keep);
        retain(&mut self.names, &keep);
        retain(&mut self.shapes, &keep);
        retain(&mut self.objects, &keep);
    }
}

fn retain<T>(all: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    all.retain(|_| keep.next() == Some(&true));
}

/// The steps that are compared, as they happened.
fn wanted(
    trace: &Trace,
    rules: &Rules,
    filter: Option<&Query>,
    ciphertext: &Ciphertext,
) -> Vec<usize> {
    let needs_state = filter.is_some_and(Query::needs_state);
    let mut state = needs_state.then(State::new);
    let mut freed = HashSet::new();
    let steps = trace.records().enumerate().filter_map(|(step, record)| {
        if let Some(state) = &mut state {
            state.apply(&record);
        }
        let leaks = match (&record.event, record.objects.bev) {
            (Event::BuffereventFree {}, Some(bev)) => {
                freed.insert(bev);
                false
            }
            (Event::BuffereventFinalize { .. }, Some(bev)) => !freed.contains(&bev),
            _ => false,
        };
        let wanted = rules.takes(trace, step)
            && !(leaks && rules.leaks())
            && !ciphertext.has(step, &record)
            && filter.is_none_or(|query| query.matches(trace, state.as_ref(), step));
        wanted.then_some(step)
    });
    steps.collect()
}

/// Steps of different threads come in an order that is chance: one thread after the other.
fn by_thread(trace: &Trace, mut steps: Vec<usize>) -> Vec<usize> {
    let mut order: HashMap<ThreadId, usize> = HashMap::new();
    for &step in &steps {
        let next = order.len();
        order.entry(trace.record(step).thread).or_insert(next);
    }
    if order.len() > 1 {
        steps.sort_by_key(|step| order[&trace.record(*step).thread]);
    }
    steps
}

/// Steps of different objects come in an order that is chance: one object after the other, in the order in which they
/// come first. What is about none comes before all.
fn by_object(trace: &Trace, steps: &mut [usize]) {
    let mut order: HashMap<(Sort, u32), usize> = HashMap::new();
    for &step in &*steps {
        if let Some(object) = object_of(&trace.record(step)) {
            let next = order.len() + 1;
            order.entry(object).or_insert(next);
        }
    }
    steps.sort_by_key(|step| {
        let record = trace.record(*step);
        let object = object_of(&record).map_or(0, |object| order[&object]);
        (record.thread, object)
    });
}

/// What a step is about, the greatest thing: an event of a bufferevent is the bufferevent's.
fn object_of(record: &Record) -> Option<(Sort, u32)> {
    let objects = &record.objects;
    let bev = objects.bev.map(|id| (Sort::Bev, id.0));
    bev.or(objects.listener.map(|id| (Sort::Listener, id.0)))
        .or(objects.event.map(|id| (Sort::Event, id.0)))
        .or(objects.buf.map(|id| (Sort::Buf, id.0)))
        .or(objects.fd.map(|fd| (Sort::Fd, fd as u32)))
}

fn begin(shape: &mut String, record: &Record) {
    shape.clear();
    shape.push_str(record.event.name());
    if record.phase == Phase::Exit {
        shape.push_str(" exit");
    }
}

/// Writes a part in a way that tells it from any other. Writing to a string cannot fail.
fn put(shape: &mut String, name: &str, part: Part<'_>) {
    let _ = write!(shape, "\n{name}");
    let _ = match part {
        // Of times the whole, not what is easy to read; of texts nothing that looks like another part.
        Part::Value(FieldValue::Text(text)) => write!(shape, "={text:?}"),
        Part::Value(FieldValue::Time(time)) => write!(shape, "={}", time.0),
        Part::Value(value) => write!(shape, "={value}"),
        Part::Present => Ok(()),
        Part::Sign(number) => write!(shape, "={}", number.signum()),
        Part::Bytes(bytes) => write!(shape, "={bytes:02x?}"),
        Part::Object(..) => write!(shape, " #"),
    };
}

/// The fds of a trace. A number that is used again after a close is another fd, and the close is not
/// seen: so a step that brings an fd in begins a new one.
#[derive(Debug, Default)]
struct Fds {
    current: HashMap<u32, u32>,
    count: u32,
}

impl Fds {
    fn note(&mut self, record: &Record) {
        let brings_in = matches!(
            record.event,
            Event::Accept { .. }
                | Event::EvconnlistenerNew { .. }
                | Event::EventAssign { .. }
                | Event::BuffereventSocketNew { .. }
                | Event::BuffereventSocketConnect { .. }
                | Event::BuffereventSetfd { .. }
        );
        if let Some(fd) = record.objects.fd
            && brings_in
        {
            self.count += 1;
            self.current.insert(fd as u32, self.count);
        }
    }

    fn of(&mut self, fd: u32) -> u32 {
        *self.current.entry(fd).or_insert_with(|| {
            self.count += 1;
            self.count
        })
    }
}
