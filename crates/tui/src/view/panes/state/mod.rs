//! The state after the current step: bufferevents as cards, listeners, events, timers. What the step
//! changed has a mark and says what it was before.

mod bevs;
mod events;
mod gauge;

use std::ops::Range;

use evscope_trace::{Lane, Level};
use evscope_words::{Word, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{View, beside, scrolled};
use crate::look::theme::{Theme, Token};
use crate::model::Model;
use crate::model::pane::{Pane, Wanted};
use crate::view::layout::{Room, Slot};
use crate::view::{CHANGED, draw_text, piece};
use evscope_replay::{Doing, There};

/// So many objects of a kind are listed.
const LISTED: usize = 200;

/// The pane.
pub(super) struct State;

impl View for State {
    fn pane(&self) -> Pane {
        Pane("state")
    }

    fn title(&self) -> Word {
        word!(screen_state)
    }

    fn about(&self, model: &Model, _: usize) -> Option<Line<'static>> {
        beside(model, model.say(word!(screen_after_this_step)))
    }

    fn slot(&self, room: Room, wanted: Wanted) -> Option<Slot> {
        // The lanes may stand there.
        (room != Room::Medium || !wanted.lanes).then_some(Slot::Right)
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model) {
        let sheet = Sheet::new(model, area.width);
        let top = scrolled(model, self.pane(), sheet.top(area.height));
        draw_text(buf, model.theme, area, &sheet.lines, top);
    }

    fn extent(&self, model: &Model, area: Rect) -> (usize, usize) {
        let sheet = Sheet::new(model, area.width);
        (sheet.top(area.height), sheet.lines.len())
    }

    fn stays_scrolled(&self) -> bool {
        true
    }
}

struct Sheet<'a> {
    model: &'a Model,
    theme: Theme,
    state: &'a evscope_replay::State,
    there: &'a There,
    width: usize,
    lines: Vec<Line<'static>>,
    /// The lines of what the current step is about: they should be seen.
    here: Range<usize>,
}

impl<'a> Sheet<'a> {
    fn new(model: &'a Model, width: u16) -> Self {
        let mut sheet = Self {
            model,
            theme: model.theme,
            state: &model.here.state,
            there: &model.here.there,
            width: usize::from(width),
            lines: Vec::new(),
            here: 0..0,
        };
        sheet.bases();
        sheet.listeners();
        sheet.bufferevents();
        sheet.buffers();
        sheet.events();
        sheet.timers();
        if model.level == Level::Everything {
            sheet.interest();
        }
        sheet
    }

    /// As far down as it takes to see what the step is about, and no further.
    fn top(&self, height: u16) -> usize {
        let most = self.lines.len().saturating_sub(usize::from(height));
        self.here.end.saturating_sub(usize::from(height)).min(most)
    }

    fn say(&self, words: Word) -> &'static str {
        self.model.say(words)
    }

    fn piece(&self, token: Token, text: impl Into<String>) -> Span<'static> {
        piece(self.theme, token, text.into())
    }

    fn dim(&self, text: impl Into<String>) -> Span<'static> {
        self.piece(Token::Dim, text)
    }

    /// Whether the step changed a part of the state.
    fn changed(&self, path: &str) -> bool {
        self.model.here.changes.contains_key(path)
    }

    /// A value, marked if it is among what the step changed.
    fn value(&self, path: &str, text: impl Into<String>, token: Token) -> Span<'static> {
        let text = text.into();
        if self.changed(path) {
            self.piece(Token::Changed, format!("{CHANGED}{text}"))
        } else {
            self.piece(token, text)
        }
    }

    /// What a changed value was before, in words.
    fn was(&self, path: &str) -> Option<Span<'static>> {
        let change = self.model.here.changes.get(path)?;
        let was = self.say(word!(screen_was));
        Some(self.dim(format!(" ({was} {})", change.from)))
    }

    fn push(&mut self, spans: Vec<Span<'static>>) {
        self.lines.push(Line::from(spans));
    }

    /// Pieces one behind the other, each whole: what does not fit begins a line of its own below
    /// `indent`, which the first piece has in it.
    fn flow(&mut self, indent: &'static str, pieces: Vec<Vec<Span<'static>>>) {
        let width = |spans: &[Span<'static>]| spans.iter().map(Span::width).sum::<usize>();
        let mut line: Vec<Span<'static>> = Vec::new();
        for piece in pieces {
            if !line.is_empty() {
                let fits = width(&line) + 2 + width(&piece) <= self.width;
                let before = if fits {
                    "  "
                } else {
                    self.push(std::mem::take(&mut line));
                    indent
                };
                line.push(Span::raw(before));
            }
            line.extend(piece);
        }
        self.push(line);
    }

    /// An empty line between two parts.
    fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.spans.is_empty()) {
            self.lines.push(Line::default());
        }
    }

    fn heading(&mut self, title: Word, about: impl Into<String>) {
        self.gap();
        let title = self.say(title);
        self.push(vec![
            self.piece(Token::Title, format!(" {title}")),
            self.dim(about.into()),
        ]);
    }

    fn bases(&mut self) {
        for id in self.there.bases.iter().copied() {
            let Some(base) = self.state.bases.get(id) else {
                continue;
            };
            let doing = match base.doing() {
                Doing::Freed => word!(screen_freed),
                Doing::Waits => word!(screen_waiting_in_the_kernel),
                Doing::Runs => word!(screen_loop_running),
                Doing::Rests(_) => word!(screen_not_running),
            };
            let path = |field| format!("{id}.{field}");
            let changed = Doing::FIELDS
                .into_iter()
                .map(path)
                .find(|path| self.changed(path))
                .unwrap_or_default();
            let mut line = vec![
                self.piece(Token::Lane(Lane::Loop), format!(" {id}")),
                self.dim(format!(" {}  ", base.backend.as_deref().unwrap_or("?"))),
                self.value(&changed, self.say(doing), Token::Text),
                self.dim(format!("  {} ", self.say(word!(screen_waits)))),
                self.value(&path("polls"), base.polls.to_string(), Token::Text),
            ];
            for (asked, word) in [
                (base.exit_asked, word!(screen_exit_asked)),
                (base.break_asked, word!(screen_break_asked)),
            ] {
                if asked {
                    line.push(self.piece(Token::Warning, format!("  {}", self.say(word))));
                }
            }
            self.push(line);
        }
    }

    fn listeners(&mut self) {
        for id in self.there.listeners.iter().copied().take(LISTED) {
            let Some(listener) = self.state.listeners.get(id) else {
                continue;
            };
            let path = |field| format!("{id}.{field}");
            let on = match (listener.is_freed(), listener.enabled) {
                (true, _) => word!(screen_freed),
                (false, true) => word!(screen_accepting),
                (false, false) => word!(screen_disabled),
            };
            let changed = if listener.is_freed() {
                "freed_at"
            } else {
                "enabled"
            };
            self.push(vec![
                self.piece(Token::Lane(Lane::Bufferevent), format!(" {id}")),
                self.dim(format!(
                    " {}{}  ",
                    self.fd(listener.fd),
                    listener
                        .addr
                        .as_deref()
                        .map_or(String::new(), |addr| format!(" {addr}"))
                )),
                self.value(&path(changed), self.say(on), Token::Text),
                self.dim(format!("  {} ", self.say(word!(screen_accepted)))),
                self.value(
                    &path("accepted"),
                    listener.accepted.to_string(),
                    Token::Text,
                ),
            ]);
        }
    }

    fn fd(&self, fd: Option<i32>) -> String {
        match fd {
            Some(fd) if fd >= 0 => format!("fd {fd}"),
            _ => self.say(word!(screen_no_fd)).to_owned(),
        }
    }
}
