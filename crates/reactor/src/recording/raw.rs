//! Records as the traced thread leaves them: cheap to make, with everything that must be known at that moment. What
//! follows from it (text, function names, repeated fields) is added by the writer.

use std::panic::Location;

use evscope_trace::{BaseId, Event, Objects, Phase, Short, Step, ThreadId};

use super::sites::{Known, Numbers, Says, Site, Sites, Told, Who};
use super::ticks::Stretch;
use super::tracer::About;
use crate::callback::CallbackName;

/// A line of the library.
pub(crate) type Here = Location<'static>;

/// Where the code of a record stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// In the library, at this line.
    Line(&'static Here),
    /// In the program: a callback, which the library runs at this line.
    Callback(CallbackName, &'static Here),
}

/// One step, raw.
#[derive(Debug)]
pub(crate) struct RawRecord {
    /// In ns since the recording began.
    pub(crate) t: u64,
    pub(crate) thread: ThreadId,
    pub(crate) phase: Phase,
    pub(crate) source: Source,
    pub(crate) caller: Option<&'static Here>,
    pub(crate) objects: Objects,
    /// `None` on an exit that says no more than its enter did.
    pub(crate) event: Option<Event>,
}

/// Records one after the other, in few bytes: memory that is new costs more than what is written into it.
///
/// A record begins with two words of 16 bits: the number of its site, and how long after the one before it was. The site
/// knows all that is the same there every time, also which event it is and which objects are named. In the short form the
/// rest is a word for each field and each object. Which these are is known where the record is made, when that is compiled;
/// so they are written one after the other, and no event is made before somebody reads it. In the wide form each has
/// as many words as it may need, and in the long form the event is in bytes. What has no room in the first two words stands
/// before them as a mark: a number that no site has, and what it marks.
#[derive(Debug)]
pub(crate) struct Packed {
    /// Those behind the ones that are used say nothing.
    words: Vec<u16>,
    used: usize,
    /// How many records they are.
    count: usize,
    /// When the last one was, on which thread, and of which base.
    noted: u64,
    thread: ThreadId,
    base: BaseId,
}

/// What a mark says of the record behind it, and the numbers of those that follow.
mod mark {
    pub(super) const MOMENT: u16 = u16::MAX;
    pub(super) const THREAD: u16 = u16::MAX - 1;
    pub(super) const BASE: u16 = u16::MAX - 2;
    /// Its site, whose number has no room in it.
    pub(super) const SITE: u16 = u16::MAX - 3;
}

/// The words that a record has at most if nothing about it is unusual, and one that is written in vain where an object is not.
const MOST: usize = 2 + Short::MOST + Objects::MOST_NUMBERS + 1;

/// The words of the same, each as long as it may be.
const MOST_WIDE: usize = 4 * Short::MOST + 2 * Objects::MOST_NUMBERS;

impl Packed {
    /// The words of one. It is full when no more such records have room in it.
    const ROOM: usize = 8192;

    /// One with memory for what it will mostly have.
    pub(super) fn new() -> Self {
        Self { words: vec![0; Self::ROOM], ..Self::nothing() }
    }

    /// One that takes no memory.
    pub(super) fn nothing() -> Self {
        Self {
            words: Vec::new(),
            used: 0,
            count: 0,
            noted: 0,
            thread: ThreadId(1),
            base: BaseId(1),
        }
    }

    /// Whether no more are to come in.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.used + MOST > Self::ROOM
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Whether the last record is of this thread.
    pub(super) fn is_of(&self, thread: ThreadId) -> bool {
        self.thread == thread
    }

    /// Forgets all records and keeps the memory, but not what was needed for long texts and many bytes.
    pub(super) fn clear(&mut self) {
        let words = std::mem::take(&mut self.words);
        let words = if words.len() > Self::ROOM {
            vec![0; Self::ROOM]
        } else {
            words
        };
        *self = Self { words, ..Self::nothing() };
    }

    /// Puts a record of the same thread as the last one down if nothing about it is unusual. Whether it was.
    #[inline(always)]
    pub(super) fn push_quick<S: Step>(
        &mut self,
        noted: u64,
        phase: Phase,
        here: &'static Here,
        who: Who,
        about: Option<(&Objects, &S)>,
        sites: &Sites,
    ) -> bool {
        let room = self.words.get_mut(self.used..);
        let Some(words) = room.and_then(|room| room.first_chunk_mut::<MOST>()) else {
            return false;
        };
        let after = noted.wrapping_sub(self.noted);
        let (mut len, mut all, mut says, mut there) = (2, after, Says::Nothing, 0);
        if let Some((objects, step)) = about {
            // What has no number yet has one that has no room.
            let text = |text| sites.texts.seated(text).unwrap_or(u32::MAX).into();
            let Some(short) = step.short(text) else {
                return false;
            };
            for &word in short.words() {
                words[len] = word as u16;
                all |= word;
                len += 1;
            }
            let (end, which, numbers) = objects.put(words, len);
            (len, all, there) = (end, all | u64::from(numbers), which);
            if objects.base.is_some_and(|base| base != self.base) {
                return false;
            }
            says = Says::Short(step.number() as u16);
        }
        let site = Site { phase, here, who, says, objects: there };
        let Some(site) = sites.sites.seated(site) else {
            return false;
        };
        if all > u64::from(u16::MAX) {
            return false;
        }
        (words[0], words[1]) = (site as u16, after as u16);
        self.used += len;
        self.count += 1;
        self.noted = noted;
        true
    }

    /// Puts any record down.
    pub(super) fn push(
        &mut self,
        (noted, thread): (u64, ThreadId),
        phase: Phase,
        here: &'static Here,
        who: Who,
        about: Option<About<'_>>,
        sites: &mut Sites,
    ) {
        let (mut words, mut bytes) = ([0; MOST_WIDE], Vec::new());
        let (says, there, said) = match about {
            None => (Says::Nothing, 0, &[][..]),
            Some((objects, event)) => {
                let texts = &mut sites.texts;
                let number = event.number() as u16;
                match event.short(|text| texts.of(text).into()) {
                    Some(short) => say(&mut words, number, &short, objects),
                    None => say_long(&mut bytes, event, objects),
                }
            }
        };
        let mut after = noted.wrapping_sub(self.noted);
        if after > u64::from(u16::MAX) {
            after = 0;
            self.mark(mark::MOMENT, noted);
        }
        if self.thread != thread {
            self.thread = thread;
            self.mark(mark::THREAD, thread.0.into());
        }
        if let Some(base) = about.and_then(|(objects, _)| objects.base)
            && base != self.base
        {
            self.base = base;
            self.mark(mark::BASE, base.0.into());
        }
        let site = Site { phase, here, who, says, objects: there };
        let mut site = sites.sites.of(site);
        if site >= Numbers::<Site>::LIMIT {
            self.mark(mark::SITE, site.into());
            site = 0;
        }
        self.append(&[site as u16, after as u16]);
        self.append(said);
        self.noted = noted;
        self.count += 1;
    }

    fn mark(&mut self, mark: u16, value: u64) {
        self.append(&[mark]);
        self.append(&quarters(value));
    }

    fn append(&mut self, words: &[u16]) {
        let end = self.used + words.len();
        if end > self.words.len() {
            self.words.resize(end, 0);
        }
        self.words[self.used..end].copy_from_slice(words);
        self.used = end;
    }

    /// The records, made in this stretch of time.
    pub(super) fn records<'a>(
        &'a self,
        stretch: Stretch,
        known: Known<'a>,
    ) -> impl Iterator<Item = RawRecord> + use<'a> {
        let Self { thread, base, .. } = Self::nothing();
        let words = self.words[..self.used].iter().copied();
        let mut reading = Reading { words, noted: 0, thread, base };
        std::iter::from_fn(move || {
            let record = reading.next(known)?;
            Some(RawRecord { t: stretch.nanos(record.t), ..record })
        })
    }
}

/// Says what happened in the short form, or in the wide one if that has no room; and which objects are there.
fn say<'a>(
    said: &'a mut [u16; MOST_WIDE],
    number: u16,
    short: &Short,
    objects: &Objects,
) -> (Says, u16, &'a [u16]) {
    let mut all = 0;
    for (to, &word) in said.iter_mut().zip(short.words()) {
        *to = word as u16;
        all |= word;
    }
    let (end, there, numbers) = objects.put(said, short.words().len());
    if all | u64::from(numbers) <= u64::from(u16::MAX) {
        return (Says::Short(number), there, &said[..end]);
    }
    let wide = short.words().iter().flat_map(|word| quarters(*word));
    let mut end = 0;
    for word in wide.chain(objects.wide()) {
        said[end] = word;
        end += 1;
    }
    (Says::Wide(number), there, &said[..end])
}

/// Says what happened in the long form: the objects, and the event in bytes, two to a word, and how many.
fn say_long<'a>(
    said: &'a mut Vec<u16>,
    event: &Event,
    objects: &Objects,
) -> (Says, u16, &'a [u16]) {
    let mut bytes = Vec::new();
    event.pack(&mut bytes);
    let numbers = objects.pack().into_iter().chain([bytes.len() as u64]);
    said.extend(numbers.flat_map(quarters));
    let pairs = bytes.chunks(2);
    said.extend(pairs.map(|pair| u16::from_le_bytes([pair[0], *pair.get(1).unwrap_or(&0)])));
    (Says::Long, 0, said)
}

/// A number of any size in four words.
fn quarters(number: u64) -> [u16; 4] {
    [0, 16, 32, 48].map(|shift| (number >> shift) as u16)
}

/// Words of records that are read.
struct Reading<W> {
    words: W,
    noted: u64,
    thread: ThreadId,
    base: BaseId,
}

impl<W: Iterator<Item = u16>> Reading<W> {
    /// The next record, with its time as it was noted.
    fn next(&mut self, known: Known<'_>) -> Option<RawRecord> {
        let mut site = 0;
        let head = loop {
            match self.words.next()? {
                mark::MOMENT => self.noted = self.number()?,
                mark::THREAD => self.thread = ThreadId(self.number()? as u32),
                mark::BASE => self.base = BaseId(self.number()? as u32),
                mark::SITE => site = self.number()? as usize,
                head => break head,
            }
        };
        let Site { phase, here, who, says, objects: there } =
            *known.sites.get(site + usize::from(head))?;
        self.noted += u64::from(self.words.next()?);
        let (source, caller) = match who {
            Who::Nobody => (Source::Line(here), None),
            Who::Caller(caller) => (Source::Line(here), Some(caller)),
            Who::Callback(number) => {
                (Source::Callback(*known.callbacks.get(number as usize)?, here), None)
            }
        };
        let (objects, event) = match says {
            Says::Nothing => (Objects::default(), None),
            Says::Long => {
                let (objects, event) = self.long()?;
                (objects, Some(event))
            }
            Says::Short(number) | Says::Wide(number) => {
                let is_wide = matches!(says, Says::Wide(_));
                let mut words = [0; Short::MOST];
                for word in &mut words[..Event::short_len(number.into())] {
                    *word = if is_wide {
                        self.number()?
                    } else {
                        self.words.next()?.into()
                    };
                }
                let text = |number| known.texts.get(usize::try_from(number).ok()?).copied();
                let event = Event::of_short(number.into(), &mut words.into_iter(), &text)?;
                let objects = Objects::take(there, self.base, || {
                    let low = u32::from(self.words.next()?);
                    Some(if is_wide {
                        low | u32::from(self.words.next()?) << 16
                    } else {
                        low
                    })
                })?;
                (objects, Some(event))
            }
        };
        let (t, thread) = (self.noted, self.thread);
        Some(RawRecord { t, thread, phase, source, caller, objects, event })
    }

    fn long(&mut self) -> Option<(Objects, Event)> {
        let mut objects = [0; 4];
        for word in &mut objects {
            *word = self.number()?;
        }
        let len = self.number()? as usize;
        let words = self.words.by_ref().take(len.div_ceil(2));
        let mut bytes: Vec<u8> = words.flat_map(u16::to_le_bytes).collect();
        bytes.truncate(len);
        Some((Objects::unpack(objects), Event::unpack(&bytes)?))
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in [0, 16, 32, 48] {
            number |= u64::from(self.words.next()?) << shift;
        }
        Some(number)
    }
}

/// What was recorded since the last one.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(super) packed: Packed,
    pub(super) stretch: Stretch,
    /// Sites that the writer does not know yet.
    pub(super) new_sites: Told,
}

impl Chunk {
    pub(super) fn records<'a>(
        &'a self,
        known: Known<'a>,
    ) -> impl Iterator<Item = RawRecord> + use<'a> {
        self.packed.records(self.stretch, known)
    }
}

/// What goes to the writer.
#[derive(Debug)]
pub(crate) enum Message {
    Chunk(&'static str, Chunk),
    /// The recording is over, though a base of it may still live.
    End,
}

#[cfg(test)]
mod tests {
    use evscope_trace::{BevId, BufId, EvFlags, EventId, Payload, Role, Text, steps};

    use super::*;

    /// Records, and where they are made.
    struct Made {
        packed: Packed,
        sites: Sites,
    }

    impl Made {
        fn new() -> Self {
            Self { packed: Packed::new(), sites: Sites::new() }
        }

        fn push(
            &mut self,
            when: (u64, u32),
            phase: Phase,
            source: Source,
            caller: Option<&'static Here>,
            about: Option<(&Objects, &Event)>,
        ) {
            let when = (when.0, ThreadId(when.1));
            let (here, who) = self.sites.parts(source, caller);
            self.packed
                .push(when, phase, here, who, about, &mut self.sites);
        }

        fn records(&self) -> Vec<RawRecord> {
            self.packed
                .records(Stretch::Nanos, self.sites.known())
                .collect()
        }
    }

    fn is_at(record: &RawRecord, here: &'static Here) -> bool {
        matches!(record.source, Source::Line(line) if std::ptr::eq(line, here))
    }

    #[test]
    fn records_come_back_as_they_were() {
        let here = Location::caller();
        let mut made = Made::new();
        let name = CallbackName::internal("on_read");
        let objects = Objects { buf: Some(BufId(3)), fd: Some(9), ..Objects::default() };
        let event = Event::EventCallback { callback: "on_read".into(), what: EvFlags::READ };
        let line = Source::Line(here);
        let callback = Source::Callback(name, here);
        let caller = Some(Location::caller());
        made.push((1, 1), Phase::Enter, callback, None, Some((&objects, &event)));
        made.push((2, 1), Phase::Exit, line, None, None);
        let add = Event::EvbufferAdd { len: 5, before: 0, after: 5, data: None };
        let wide = Objects { bev: Some(BevId(70_000)), ..objects };
        made.push((3, 2), Phase::Enter, line, caller, Some((&wide, &add)));
        made.push((4, 2), Phase::Exit, line, None, Some((&wide, &add)));
        made.push((5, 2), Phase::Point, line, None, Some((&wide, &add)));
        let records = made.records();
        assert_eq!(records.iter().map(|r| r.t).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        let phases = [
            Phase::Enter,
            Phase::Exit,
            Phase::Enter,
            Phase::Exit,
            Phase::Point,
        ];
        assert_eq!(records.iter().map(|r| r.phase).collect::<Vec<_>>(), phases);
        assert_eq!(records[0].event.as_ref(), Some(&event));
        assert!(matches!(records[0].source, Source::Callback(n, _) if n.short() == "on_read"));
        assert_eq!((records[0].objects, records[1].objects), (objects, Objects::default()));
        assert!(records[1].event.is_none() && is_at(&records[1], here));
        assert_eq!((records[2].event.as_ref(), records[2].caller), (Some(&add), caller));
        assert_eq!((records[2].thread, records[2].objects), (ThreadId(2), wide));
        assert_eq!((records[3].event.as_ref(), records[3].caller), (Some(&add), None));
        made.packed.clear();
        assert!(made.records().is_empty());
    }

    #[test]
    fn what_is_put_down_quickly_is_read_like_the_rest() {
        let here = Location::caller();
        let caller = Location::caller();
        let mut made = Made::new();
        let callback = made.sites.callback(CallbackName::internal("on_read")).0;
        let objects = Objects {
            base: Some(BaseId(1)),
            event: Some(EventId(65_535)),
            role: Some(Role::BevRead),
            bev: Some(BevId(2)),
            fd: Some(0),
            ..Objects::default()
        };
        let add = steps::EvbufferAdd { len: 65_535, before: 0, after: 3, data: None };
        let readcb = steps::Readcb { callback: "on_read".into() };
        // The first of each has no number yet.
        for noted in [1, 2] {
            let mut push = |phase, who, about: (&Objects, Event)| {
                let sites = &mut made.sites;
                let (objects, event) = about;
                let about = Some((objects, &event));
                let quick = made
                    .packed
                    .push_quick(noted, phase, here, who, about, sites);
                assert_eq!(quick, noted == 2, "{event:?}");
                if !quick {
                    let when = (noted, ThreadId(1));
                    made.packed.push(when, phase, here, who, about, sites);
                }
            };
            push(Phase::Enter, Who::Caller(caller), (&objects, add.clone().into_event()));
            push(Phase::Enter, Who::Callback(callback), (&objects, readcb.clone().into_event()));
            push(Phase::Point, Who::Nobody, (&Objects::default(), add.clone().into_event()));
        }
        let nothing: Option<(&Objects, &Event)> = None;
        for quick in [false, true] {
            let (who, sites) = (Who::Nobody, &mut made.sites);
            let exit = Phase::Exit;
            assert_eq!(made.packed.push_quick(2, exit, here, who, nothing, sites), quick);
            if !quick {
                made.packed
                    .push((2, ThreadId(1)), exit, here, who, None, sites);
            }
        }
        let records = made.records();
        let say = |record: &RawRecord| {
            let RawRecord { t: _, thread, phase, source, caller, objects, event } = record;
            format!("{thread} {phase:?} {source:?} {caller:?} {objects:?} {event:?}")
        };
        let said: Vec<String> = records.iter().map(say).collect();
        assert_eq!(said[..3], said[3..6]);
        assert_eq!(said[6], said[7]);
        assert_eq!(records[3].event, Some(add.into_event()));
        assert_eq!((records[3].objects, records[3].caller), (objects, Some(caller)));
        assert_eq!(records[4].event, Some(readcb.into_event()));
        assert!(matches!(records[4].source, Source::Callback(n, _) if n.short() == "on_read"));
        assert_eq!((records[5].objects, records[5].caller), (Objects::default(), None));
        assert!(records[7].event.is_none() && is_at(&records[7], here));
    }

    #[test]
    fn what_has_no_room_in_a_word_is_put_down_in_more() {
        let here = Location::caller();
        let mut made = Made::new();
        let add = |after| Event::EvbufferAdd { len: 1, before: 0, after, data: None };
        let base = |base| Objects { base: Some(BaseId(base)), ..Objects::default() };
        let bev = |bev| Objects { bev: Some(BevId(bev)), ..base(1) };
        let text = |errno: Text| Event::Error { call: "read".into(), errno, action: "none".into() };
        let data = Some(Payload::new(b"odd", 3));
        let usual = (1, bev(1), add(1));
        let known = (1, bev(1), text("EIO".into()));
        let unusual = [
            (1 << 16, bev(1), add(1)),
            (1, bev(1 << 16), add(1)),
            (1, Objects { fd: Some(-1), ..base(1) }, add(1)),
            (1, bev(1), add(1 << 16)),
            (1, bev(1), add(u64::MAX)),
            (1, base(2), add(1)),
            (1, bev(1), text("EPIPE".into())),
            (1, bev(1), text("made".to_owned().into())),
            (1, bev(1), Event::EvbufferAdd { len: 3, before: 0, after: 3, data }),
        ];
        let (mut now, mut expected) = (0, Vec::new());
        let mut is_quick = |(after, objects, event): &(u64, Objects, Event)| {
            now += after;
            expected.push((now, *objects, event.clone()));
            let (who, about, sites) = (Who::Nobody, Some((objects, event)), &mut made.sites);
            let point = Phase::Point;
            let quick = made.packed.push_quick(now, point, here, who, about, sites);
            if !quick {
                let when = (now, ThreadId(1));
                made.packed.push(when, point, here, who, about, sites);
            }
            quick
        };
        is_quick(&known);
        for it in &unusual {
            is_quick(&usual);
            assert!(is_quick(&usual) && !is_quick(it), "{it:?}");
        }
        is_quick(&usual);
        assert!(is_quick(&known));
        let records = made.records().into_iter();
        let came: Vec<_> = records
            .map(|r| (r.t, r.objects, r.event.unwrap()))
            .collect();
        assert_eq!(came, expected);
    }

    #[test]
    fn one_with_many_bytes_is_full_and_keeps_no_memory_for_them() {
        let mut made = Made::new();
        let data = Some(Payload::new(&[7; 100_000], 100_000));
        let event = Event::EvbufferAdd { len: 100_000, before: 0, after: 100_000, data };
        let line = Source::Line(Location::caller());
        made.push((1, 1), Phase::Enter, line, None, Some((&Objects::default(), &event)));
        assert!(made.packed.is_full());
        assert_eq!(made.records()[0].event.as_ref(), Some(&event));
        made.packed.clear();
        assert_eq!(made.packed.words.len(), Packed::ROOM);
    }

    #[test]
    fn moments_may_be_far_apart_and_go_back() {
        let line = Source::Line(Location::caller());
        let mut made = Made::new();
        let moments = [
            1 << 40,
            (1 << 40) + 7,
            (1 << 40) + 7 + 0xffff,
            (1 << 40) + 8 + 0x1_ffff,
            1 << 60,
            (1 << 40) - 3,
            (1 << 40) + 9,
        ];
        let threads = [1, 1, 1, 1, 70_000, 70_000, 1];
        for when in moments.into_iter().zip(threads) {
            made.push(when, Phase::Exit, line, None, None);
        }
        let records = made.records();
        let (noted, of): (Vec<_>, Vec<_>) = records.iter().map(|r| (r.t, r.thread.0)).unzip();
        assert_eq!(noted, moments);
        assert_eq!(of, threads);
    }

    #[test]
    fn there_may_be_more_lines_than_a_record_has_room_for() {
        // Each is at an address of its own.
        let lines: Vec<&'static Here> = (0..70_000)
            .map(|_| &*Box::leak(Box::new(*Location::caller())))
            .collect();
        let (objects, event) = (Objects::default(), Event::EventBaseFree {});
        let mut made = Made::new();
        for (i, here) in lines.iter().enumerate() {
            let caller = Some(lines[lines.len() - 1 - i]);
            let source = Source::Line(here);
            made.push((1, 1), Phase::Enter, source, caller, Some((&objects, &event)));
            made.push((1, 1), Phase::Exit, source, None, None);
        }
        let records = made.records();
        assert_eq!(records.len(), 2 * lines.len());
        for (i, pair) in records.chunks(2).enumerate() {
            let caller = pair[0].caller.unwrap();
            assert!(is_at(&pair[0], lines[i]) && is_at(&pair[1], lines[i]));
            assert!(std::ptr::eq(caller, lines[lines.len() - 1 - i]));
        }
    }

    #[test]
    fn an_exit_without_more_to_say_takes_four_bytes() {
        let mut made = Made::new();
        let line = Source::Line(Location::caller());
        made.push((1, 1), Phase::Exit, line, None, None);
        let first = made.packed.used;
        made.push((2, 1), Phase::Exit, line, None, None);
        assert_eq!(made.packed.used - first, 2);
    }
}
