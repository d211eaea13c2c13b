//! What the list of steps lists: the level, the filter, the search, and the work they take.

use evscope_replay::Query;
use evscope_words::{Word, text, word};

use crate::model::{Direction, Filter, Following, Model, Search};
use crate::work::job::{Job, Matcher, Progress, SLICE};
use crate::work::shown::{Listed, Row, Shown};

/// What there is to say where nothing follows, or nothing comes before.
pub(crate) fn end_of(to: Direction) -> Word {
    match to {
        Direction::Forward => word!(command_this_is_the_last),
        Direction::Back => word!(command_this_is_the_first_step),
    }
}

pub(crate) const NO_STOP: Word = word!(screen_no_further_stop_in);

impl Model {
    /// Lists what the level and the filter show, and looks again for what was searched.
    pub(crate) fn list(&mut self) {
        self.shown = Shown::of_level(self.replay.trace(), self.level);
        self.job = None;
        if let Some(filter) = &mut self.filter {
            filter.matcher = None;
            let job = Job::filter(&filter.query);
            self.start(job);
        } else {
            self.search_again();
        }
    }

    /// Lists only what a query matches; none: everything.
    pub(crate) fn set_filter(&mut self, filter: Option<Query>) {
        // Where another filter took the cursor from is of no interest any more.
        self.home = None;
        self.filter = filter.map(|query| Filter {
            query,
            matcher: None,
        });
        self.list();
        self.stay();
    }

    /// Lists only what a query matches that is written down; nothing: everything.
    pub(crate) fn filter_by(&mut self, query: &str) -> Result<(), String> {
        let query = match query {
            "" => None,
            query => Some(Query::parse(query).map_err(|error| error.text(self.lang))?),
        };
        self.set_filter(query);
        Ok(())
    }

    /// Searches what is listed.
    pub(crate) fn set_search(&mut self, search: Option<Query>) {
        self.search = search.map(|query| Search {
            query,
            hits: Vec::new(),
            matcher: None,
        });
        self.search_again();
    }

    fn search_again(&mut self) {
        if let Some(search) = &mut self.search {
            search.hits.clear();
            search.matcher = None;
            let job = Job::search(&search.query);
            self.start(job);
        }
    }

    /// Whether a search is done and its hits are known.
    pub(crate) fn search_is_done(&self) -> bool {
        self.search
            .as_ref()
            .is_some_and(|search| search.matcher.is_some())
    }

    /// Whether a filter has not yet looked through the whole trace.
    pub(crate) fn filter_is_pending(&self) -> bool {
        self.filter
            .as_ref()
            .is_some_and(|filter| filter.matcher.is_none())
    }

    /// Begins some work; the first slice is done at once, so that little work is done with it.
    pub(crate) fn start(&mut self, job: Job) {
        self.job = Some(job);
        self.work();
    }

    /// Whether there is work to go on with: what somebody waits for, or finding out where the stops are.
    pub(crate) fn has_work(&self) -> bool {
        let trace = self.replay.trace();
        self.job.is_some()
            || self.here.is_far
            || self.makes_connections()
            || self.facts.percent(trace).is_some()
            || self.stops.iter().any(|stop| stop.places(trace).is_none())
    }

    /// Does a slice of the work at hand.
    pub(crate) fn work(&mut self) {
        let Some(job) = self.job.take() else {
            if self.here.is_far {
                // The next refresh comes nearer.
                return;
            }
            if self.makes_connections() {
                self.look_on_connections();
                return;
            }
            let trace = self.replay.trace();
            let mut stops = self.stops.iter_mut();
            if let Some(stop) = stops.find(|stop| stop.places(trace).is_none()) {
                stop.look_on(&self.replay, SLICE);
            } else if self.facts.percent(trace).is_some() {
                self.facts.look_on_slice(trace, SLICE);
            }
            return;
        };
        match job.advance(&self.replay, self.level, &self.shown) {
            Progress::More(job) => self.job = Some(job),
            Progress::Filtered(shown, matcher) => {
                self.shown = shown;
                if let Some(filter) = &mut self.filter {
                    filter.matcher = Some(matcher);
                }
                if self.rows().wanted() == 0 {
                    self.complain(self.say(word!(screen_nothing_matches_the_filter)));
                }
                self.stay();
                self.search_again();
            }
            Progress::Found(hits, matcher) => self.found(hits, matcher),
            Progress::Stopped(step, reason) => self.stopped(step, &reason),
            Progress::AtEnd(watcher) => {
                if !self.run_program(watcher) {
                    self.complain(self.say(NO_STOP));
                }
            }
            Progress::AtStart => self.complain(self.say(NO_STOP)),
        }
    }

    /// A run has come to a stop.
    pub(crate) fn stopped(&mut self, step: usize, reason: &str) {
        let is_veiled = self.is_veiled(step);
        self.go_to(step);
        if is_veiled {
            return;
        }
        let text = text!(screen_stopped, reason).in_lang(self.lang);
        self.notify(text);
    }

    fn found(&mut self, hits: Vec<usize>, matcher: Matcher) {
        let Some(search) = &mut self.search else {
            return;
        };
        search.hits = hits;
        search.matcher = Some(matcher);
        let text = match search.hits.len() {
            0 => text!(screen_no_hit, query = search.query.text()),
            n => text!(screen_hits, n),
        }
        .in_lang(self.lang);
        // That a filter leaves nothing is said already.
        match (self.notice.is_some(), search.hits.is_empty()) {
            (true, _) => {}
            (false, true) => self.complain(text),
            (false, false) => self.notify(text),
        }
    }

    /// Keeps the cursor among the rows: at the nearest one, an earlier one first, that is there for
    /// itself.
    pub(crate) fn stay(&mut self) {
        if let Some(row) = self.row() {
            let rows = self.rows();
            let wanted = |row: &Row| row.why == Listed::Wanted;
            let here = rows.get(row);
            let near = here
                .filter(wanted)
                .or_else(|| rows.from(row + 1).find(wanted));
            let step = near.or(here).map_or(self.step, Row::step);
            let home = self.home.or((step != self.step).then_some(self.step));
            self.move_to(step);
            self.home = home;
        }
    }

    /// Takes the whole trace in place of its beginning; the cursor stays at its step.
    pub(crate) fn become_whole(&mut self, (replay, facts): crate::work::facts::Known) {
        let at_end = self.find_row(Direction::Forward, |_, _| true).is_none();
        self.replay = replay;
        self.facts = facts;
        if self.following != Following::Not {
            self.facts.begin_to_grow(self.replay.trace());
            self.grown = self.now;
        }
        self.reading = None;
        self.timeline = crate::work::timeline::Timeline::empty();
        self.list();
        self.shown
            .insert(self.replay.trace(), self.step, Listed::Context);
        self.tell_cut_off();
        if at_end {
            self.stay_at_end();
        }
    }

    /// Takes in what the trace has grown by.
    pub(crate) fn grow(&mut self, lines: Vec<evscope_trace::Line>) {
        let at_end = self.find_row(Direction::Forward, |_, _| true).is_none();
        let found = self.facts.found();
        let len = self.trace().len();
        for line in lines {
            self.replay.append(line);
        }
        self.has_grown(found);
        let trace = self.replay.trace();
        match &mut self.filter {
            None => self.shown.extend_all(trace),
            Some(Filter {
                matcher: Some(matcher),
                ..
            }) => {
                self.shown.extend(trace, self.level, trace.len(), |step| {
                    matcher.matches(trace, step)
                });
                for call in matcher.returned_in(&self.replay, len..trace.len()) {
                    if trace.is_shown(call, self.level) {
                        self.shown.want(trace, self.level, call);
                    }
                }
            }
            // The filter's job sees the new records itself.
            Some(_) => {}
        }
        if let Some(Search {
            matcher: Some(matcher),
            hits,
            ..
        }) = &mut self.search
        {
            let rows = self.shown.rows(trace);
            let new = rows.from(rows.partition(len)).map(Row::step);
            hits.extend(new.filter(|step| matcher.matches(trace, *step)));
            for call in matcher.returned_in(&self.replay, len..trace.len()) {
                if let (Err(at), Ok(_)) = (hits.binary_search(&call), rows.position(call)) {
                    hits.insert(at, call);
                }
            }
        }
        if at_end {
            self.stay_at_end();
        }
    }

    /// Whoever follows a trace from its end is at its end again.
    fn stay_at_end(&mut self) {
        if self.following == Following::Live
            && let Some(last) = self.rows().last()
        {
            let step = last.step();
            self.move_to(step);
        }
    }
}
