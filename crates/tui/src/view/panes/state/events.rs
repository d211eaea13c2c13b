//! Events, timers, and what the kernel watches for.

use evscope_replay::describe::Columns;
use evscope_replay::{EventState, WaitsFor, describe};
use evscope_trace::{EvFlags, EventId, Lane, Level};
use evscope_words::{text, word};
use ratatui::text::{Line, Span};

use super::{LISTED, Sheet};
use crate::look::text;
use crate::look::theme::Token;
use crate::look::words::terms;

impl Sheet<'_> {
    pub(super) fn events(&mut self) {
        let there: Vec<(EventId, &EventState)> = self
            .there
            .events
            .iter()
            .filter_map(|id| Some((*id, self.state.events.get(*id)?)))
            .collect();
        if there.is_empty() {
            return;
        }
        let pending = there.iter().filter(|(_, event)| event.pending).count();
        let about =
            text!(screen_events_there, there = there.len(), pending).in_lang(self.model.lang);
        self.heading(word!(screen_events), about);
        let record = self.model.trace().get(self.model.step);
        let current = record.and_then(|record| record.objects.event);
        let mut table = Columns::default();
        for (id, event) in there.iter().take(LISTED) {
            table.row([id.to_string(), purpose(event), signal_or_fd(event)]);
        }
        let tokens = [Token::Lane(Lane::Loop), Token::Dim, Token::Dim];
        // Each column is as wide as its widest text and a blank.
        let width: usize = table.widths().iter().map(|width| width + 1).sum();
        let activities: Vec<Line<'static>> = there
            .iter()
            .take(LISTED)
            .map(|(id, _)| Line::from(self.activity(*id)))
            .collect();
        // That an event ends by being finalized is of no interest while it is there.
        let flags = |event: &EventState| match self.model.level {
            Level::Everything => event.events.to_string(),
            Level::Program | Level::Walkthrough => (event.events - EvFlags::FINALIZE).to_string(),
        };
        let flags: Vec<String> = there.iter().take(LISTED).map(|(_, e)| flags(e)).collect();
        let flags_width = widest(flags.iter().map(|flags| text::width(flags)));
        // Where an active event makes its column too wide for the flags, its own are cut and no others.
        let mut activity_width = widest(activities.iter().map(Line::width));
        if 1 + width + activity_width + 2 + flags_width > self.width {
            let short = activities.iter().filter(|line| line.spans.len() == 1);
            activity_width = widest(short.map(Line::width));
        }
        let listed = there.iter().zip(table.rows()).zip(activities);
        for ((((id, event), cells), activity), flags) in listed.zip(flags) {
            let mut line = vec![Span::raw(" ")];
            for (cell, token) in cells.into_iter().zip(tokens) {
                line.push(self.piece(token, cell + " "));
            }
            let blank = activity_width.saturating_sub(activity.width()) + 2;
            line.extend(activity.spans);
            line.push(Span::raw(" ".repeat(blank)));
            let used: usize = line.iter().map(Span::width).sum();
            line.push(self.dim(text::cut(&flags, self.width.saturating_sub(used))));
            if self.width >= 72
                && let Some(callback) = &event.callback
            {
                let blank = " ".repeat(flags_width - text::width(&flags) + 2);
                line.push(Span::raw(blank));
                line.push(self.piece(Token::Function, callback.to_string()));
            }
            if current == Some(*id) {
                let at = self.lines.len();
                if self.here.is_empty() {
                    self.here = at..at + 1;
                }
            }
            self.push(line);
        }
        if there.len() > LISTED {
            self.push(vec![self.dim(format!(" … {}", there.len() - LISTED))]);
        }
        let queue = self.state.active_queue();
        if queue.len() > 1 {
            let names: Vec<String> = queue.iter().map(ToString::to_string).collect();
            self.push(vec![
                self.dim(format!(" {} ", self.say(word!(screen_will_run)))),
                self.value("active", names.join(" → "), Token::Text),
            ]);
        }
    }

    /// Whether an event is pending, and whether it is active.
    pub(super) fn activity(&self, id: EventId) -> Vec<Span<'static>> {
        let Some(event) = self.state.events.get(id) else {
            return vec![self.dim("?")];
        };
        if event.is_freed() {
            let word = self.say(word!(screen_freed));
            return vec![self.value(&format!("{id}.freed_at"), word, Token::Dim)];
        }
        let (word, token) = if event.pending {
            (terms::PENDING, Token::Text)
        } else {
            (terms::NOT_PENDING, Token::Dim)
        };
        let mut spans = vec![self.value(&format!("{id}.pending"), self.say(word), token)];
        if let Some(what) = event.active {
            let active = format!("{} {what}", self.say(terms::ACTIVE));
            spans.push(Span::raw(" "));
            spans.push(self.value(&format!("{id}.active"), active, Token::Lane(Lane::Kernel)));
        } else if self.changed(&format!("{id}.active")) {
            let word = self.say(word!(screen_was_active));
            spans.push(Span::raw(" "));
            spans.push(self.value(&format!("{id}.active"), word, Token::Dim));
        }
        spans
    }

    /// The pending timeouts, the next one first.
    pub(super) fn timers(&mut self) {
        let timers = self.state.timers();
        if timers.is_empty() {
            return;
        }
        let about = word!(screen_the_next_one_first).in_lang(self.model.lang);
        self.heading(word!(screen_timers), about);
        for (id, left) in timers.into_iter().take(LISTED) {
            let event = self.state.events.get(id);
            let whole = event.and_then(|event| event.timeout);
            let mut line = vec![
                self.piece(Token::Lane(Lane::Loop), text::pad(&format!(" {id}"), 9)),
                self.dim(text::pad(&event.map_or(String::new(), purpose), 12)),
                self.value(
                    &format!("{id}.deadline"),
                    text!(screen_timer_left, left = describe::span(left)).in_lang(self.model.lang),
                    Token::Text,
                ),
            ];
            if let Some(whole) = whole {
                line.push(self.dim(format!(
                    " {} {}",
                    self.say(word!(screen_of)),
                    describe::span(whole)
                )));
            }
            self.push(line);
        }
    }

    /// What the kernel watches for: one behind the other, for there are as many as there are fds.
    pub(super) fn interest(&mut self) {
        if self.state.interest.is_empty() {
            return;
        }
        self.gap();
        let title = format!(" {}", self.say(word!(screen_kernel_watches)));
        let mut pieces = vec![vec![self.piece(Token::Title, title)]];
        for (watched, flags) in self.state.interest.iter().take(LISTED) {
            pieces.push(vec![
                self.piece(Token::Lane(Lane::Kernel), format!("fd {} ", watched.fd)),
                self.value(&watched.to_string(), flags.to_string(), Token::Text),
            ]);
        }
        self.flow("   ", pieces);
    }
}

fn widest(widths: impl Iterator<Item = usize>) -> usize {
    widths.max().unwrap_or(0)
}

fn signal_or_fd(event: &EventState) -> String {
    match event.waits_for() {
        WaitsFor::Signal(number) => format!("sig {number}"),
        WaitsFor::Fd(fd) => format!("fd {fd}"),
        WaitsFor::Nothing => String::new(),
    }
}

/// What an event is for, with whose it is.
fn purpose(event: &EventState) -> String {
    let purpose = event.purpose();
    purpose.map_or_else(|| "?".to_owned(), |purpose| purpose.to_string())
}
