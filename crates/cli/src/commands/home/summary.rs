//! What is in a trace, in a few sentences.

use std::io::BufRead;
use std::time::{Duration, Instant};

use evscope_replay::check::{CheckOptions, Checker};
use evscope_replay::{Lang, Stats, Sums, describe};
use evscope_trace::{Line, ReadError, Reader};
use evscope_tui::{Explained, Explaining};
use evscope_words::{Text, all_of, text};

use crate::input::InputPlace;

/// So long it reads before the keys are looked at again.
const MOMENT: Duration = Duration::from_millis(30);
/// So many records are read before the clock is looked at.
const BETWEEN_LOOKS: usize = 256;

/// Sums a trace up, a moment of reading at each call; `within` makes of the sentences what is said at last.
pub(super) fn of(
    place: &InputPlace,
    lang: Lang,
    within: impl Fn(String) -> String + 'static,
) -> Result<Explaining, ReadError> {
    let mut summary = Summary::of(place.reader()?);
    Ok(Box::new(move || {
        let until = Instant::now() + MOMENT;
        match summary.read(until) {
            Ok(true) => Explained::Whole(within(summary.text(lang))),
            Ok(false) => {
                let steps = summary.steps;
                Explained::SoFar(text!(home_summing_up, steps).in_lang(lang))
            }
            Err(error) => Explained::Whole(crate::in_full(&error.into())),
        }
    }))
}

/// A trace as far as it was read. The records are not kept: it may be long.
struct Summary<R> {
    reader: Reader<R>,
    steps: usize,
    sums: Sums,
    checker: Checker,
    found: usize,
    /// The rules that found something, in the order of the steps.
    rules: Vec<&'static str>,
}

impl<R: BufRead> Summary<R> {
    fn of(reader: Reader<R>) -> Self {
        Self {
            reader,
            steps: 0,
            sums: Sums::default(),
            checker: Checker::of_each(&CheckOptions::default()),
            found: 0,
            rules: Vec::new(),
        }
    }

    /// Reads on; gives whether that was all.
    fn read(&mut self, until: Instant) -> Result<bool, ReadError> {
        loop {
            match self.reader.next_line()? {
                Some(Line::Record(record)) => {
                    self.steps += 1;
                    self.sums.step(&record);
                    self.checker.step(&record);
                }
                Some(_) => {}
                None => {
                    self.count_findings(true);
                    return Ok(true);
                }
            }
            if self.steps.is_multiple_of(BETWEEN_LOOKS) {
                self.count_findings(false);
                if Instant::now() >= until {
                    return Ok(false);
                }
            }
        }
    }

    fn count_findings(&mut self, at_end: bool) {
        let found = match at_end {
            true => self.checker.finish(),
            false => self.checker.take(),
        };
        // What is found in what its parent did until the fork is said of the parent's trace.
        let first = usize::try_from(self.reader.inherited()).unwrap_or(usize::MAX);
        for finding in found.into_iter().filter(|finding| finding.step >= first) {
            self.found += 1;
            if !self.rules.contains(&finding.rule) {
                self.rules.push(finding.rule);
            }
        }
    }

    /// What there is to say, when all is read.
    fn text(&mut self, lang: Lang) -> String {
        let stats = std::mem::take(&mut self.sums).finish();
        let found = (self.found > 0).then(|| {
            let list = self.rules.join(", ");
            text!(home_summed_up_found, count = self.found, list)
        });
        let cut_off = self.reader.cut_off();
        let cut_off = cut_off.map(|_| text!(home_summed_up_cut_off));
        let [all, callbacks, errors] = self.sentences(&stats);
        let parts = [found, all, callbacks, errors, cut_off];
        all_of(parts.into_iter().flatten(), |before, after| {
            text!(home_sentences, before, after)
        })
        .map_or_else(String::new, |text| text.in_lang(lang))
    }

    fn sentences(&self, stats: &Stats) -> [Option<Text>; 3] {
        const MOST_CALLBACKS: usize = 6;
        let header = self.reader.header();
        let all = text!(
            home_summed_up,
            program = header.program,
            library = header.library,
            backend = header.backend,
            duration = describe::span(stats.duration),
            records = stats.records,
            turns = stats.turns,
            accepted = stats.accepted,
            bevs = stats.bevs.len(),
            marks = stats.watermarks,
        );
        let callbacks = stats.callbacks.iter().take(MOST_CALLBACKS);
        let callbacks: Vec<String> = callbacks
            .map(|callback| format!("{} ×{}", callback.name, callback.count))
            .collect();
        let errors = stats.errors.iter();
        let errors: Vec<String> = errors
            .map(|(errno, count)| format!("{errno} ×{count}"))
            .collect();
        [
            Some(all),
            (!callbacks.is_empty())
                .then(|| text!(home_summed_up_callbacks, list = callbacks.join(", "))),
            (!errors.is_empty()).then(|| text!(home_summed_up_errors, list = errors.join(", "))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::Builtin;

    /// One that is long is read on and on, a moment each time, and is summed up like any other.
    #[test]
    fn a_long_trace_is_summed_up_by_and_by() {
        let of = |times: usize| {
            let trace = Builtin::named("high-watermark-stall").unwrap();
            let mut text = String::new();
            std::io::Read::read_to_string(&mut trace.unpacked().unwrap(), &mut text).unwrap();
            let header = text.lines().next().unwrap();
            let records = || text.lines().filter(|line| line.starts_with("{\"seq\""));
            let mut long = format!("{header}\n");
            for (seq, line) in (0..times).flat_map(|_| records()).enumerate() {
                let rest = line.split_once(',').unwrap().1;
                long += &format!("{{\"seq\":{seq},{rest}\n");
            }
            Summary::of(Reader::new(std::io::Cursor::new(long), "long").unwrap())
        };
        let mut short = of(1);
        assert!(
            short
                .read(Instant::now() + Duration::from_secs(600))
                .unwrap()
        );
        let mut long = of(20);
        let mut moments = 0;
        while !long.read(Instant::now()).unwrap() {
            moments += 1;
            assert!(long.steps <= moments * BETWEEN_LOOKS);
        }
        assert_eq!(long.steps, short.steps * 20);
        assert!(moments >= 4, "{moments}");
        assert_eq!(short.rules, ["mark-low-above-high"]);
        assert!(
            long.rules.contains(&"mark-low-above-high"),
            "{:?}",
            long.rules
        );
        let text = short.text(Lang::EN);
        assert!(
            text.starts_with("One mistake is found in it: mark-low-above-high."),
            "{text}"
        );
    }
}
