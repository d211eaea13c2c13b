//! The one place where messages change the model, and the commands that keys and the `:` line run on it.
//!
//! Knows: what each message and each command does to the model, and where the panes stand, for the mouse.
//! Never knows: where a message came from, or who does what the model asks for.

pub(crate) mod commands;
pub(crate) mod keys;

use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::Duration;

use crossterm::event::{Event, KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use evscope_trace::Level;
use evscope_words::{text, word};
use tui_input::backend::crossterm::EventHandler;

use crate::model::command::Call;
use crate::model::keys::Key;
use crate::model::layout::Pane;
use crate::model::message::{Effect, Message};
use crate::model::prompt::{History, Kind, Prompt};
use crate::model::{Autoplay, Count, Direction, Following, Model, Overlay, SPEEDS};
use crate::view;
use crate::work::stops::nearest;

/// A digit that follows a level's digit this soon makes it the beginning of a count.
const SECOND_DIGIT: Duration = Duration::from_millis(700);
/// A count of two levels' digits that nothing follows for so long was no count: the second is the level.
const NO_COUNT: Duration = Duration::from_millis(1500);
/// How many lines a step of the wheel moves by.
const WHEEL: usize = 3;

/// Tells the model what happened. What it asks for in return is for the outside to do.
pub(crate) fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    if matches!(
        message,
        Message::Key(_) | Message::Mouse(_) | Message::Paste(_)
    ) {
        model.arrive();
    }
    match message {
        Message::Key(event) => {
            if event.kind == KeyEventKind::Release {
                return Vec::new();
            }
            model.notice = None;
            key(model, event);
        }
        Message::Mouse(event) => mouse(model, event),
        Message::Paste(text) => paste(model, &text),
        Message::Size(width, height) => model.looks.size = (width, height),
        Message::Time(now) => time(model, now),
        Message::Work => model.work(),
        Message::Reading(far) => model.reading = Some(far),
        Message::Whole(known) => model.become_whole(*known),
        Message::Grown(lines) => model.grow(lines),
        Message::Program(at) => model.program_is(at),
        Message::SourceRead { file, text } => {
            model.files.insert(file, text.map(Rc::from));
        }
        Message::FunctionFound { name, found } => {
            model.functions.insert(name, found);
        }
        // What was made before it was is made anew.
        Message::Highlighter => {}
        Message::Done(text) => model.notify(text),
        Message::Failed(text) => model.complain(text),
    }
    model.refresh();
    std::mem::take(&mut model.effects)
}

fn key(model: &mut Model, event: KeyEvent) {
    let key = Key::from(event);
    if model.prompt.is_some() {
        type_key(model, event, key);
        return;
    }
    if let Some(digit) = key.character().filter(char::is_ascii_digit)
        && model.overlay.is_none()
        && model.answer_by_digit(digit)
    {
        return;
    }
    if let Some(digit) = key.character().and_then(|c| c.to_digit(10))
        && model.overlay.is_none()
        && type_digit(model, digit as u8).is_break()
    {
        return;
    }
    if let Some(letter) = key.character().filter(|_| model.overlay.is_none())
        && model.choose_by_letter(letter)
    {
        return;
    }
    let count = match std::mem::replace(&mut model.count, Count::None) {
        Count::Of(count) | Count::Levels { count, .. } => Some(count),
        Count::None | Count::Level { .. } => None,
    };
    let binding = model.keymap.get(key).cloned();
    let command = binding.as_ref().map_or("", |binding| binding.command.name);
    if overlay_key(model, key, command).is_break() {
        return;
    }
    let Some(binding) = binding else {
        let help = model.keymap.hint("help").unwrap_or_default();
        if key.character().is_some() {
            model.complain(
                text!(screen_does_nothing_shows_the, key = key.to_string(), help)
                    .in_lang(model.lang),
            );
        }
        return;
    };
    // Any command but these takes the trace into one's own hands.
    if !matches!(
        binding.command.name,
        "play" | "faster" | "slower" | "cancel" | "redraw" | "suspend"
    ) {
        model.autoplay = None;
    }
    let call = Call {
        count,
        arg: &binding.arg,
    };
    if let Err(message) = (binding.command.run)(model, call) {
        let more = model
            .reading
            .is_some()
            .then(|| model.say(word!(screen_the_rest_of_the)));
        model.complain(message + more.unwrap_or_default());
    }
}

/// A digit is a part of a count; one of the levels' digits alone is the level. Breaks if the digit is
/// used up.
fn type_digit(model: &mut Model, digit: u8) -> ControlFlow<()> {
    // Beyond this a count is a slip of the finger.
    const MOST: usize = 1_000_000_000;
    match model.count {
        Count::Level {
            digit: first,
            before,
            typed,
        } if model.now < typed + SECOND_DIGIT => {
            model.set_level(before);
            let count = usize::from(first) * 10 + usize::from(digit);
            model.count = match Level::from_number(digit) {
                Some(_) => Count::Levels {
                    count,
                    typed: model.now,
                },
                None => Count::Of(count),
            };
        }
        Count::None | Count::Level { .. } => match Level::from_number(digit) {
            Some(_) => {
                let before = model.level;
                // The key's binding sets the level.
                let _ = run_bound(model, digit);
                model.count = Count::Level {
                    digit,
                    before,
                    typed: model.now,
                };
            }
            None => model.count = Count::Of(usize::from(digit)),
        },
        Count::Of(count) | Count::Levels { count, .. } => {
            model.count = Count::Of((count * 10 + usize::from(digit)).min(MOST));
        }
    }
    ControlFlow::Break(())
}

fn run_bound(model: &mut Model, digit: u8) -> Option<()> {
    let key: Key = digit.to_string().parse().ok()?;
    let binding = model.keymap.get(key)?.clone();
    model.autoplay = None;
    let call = Call {
        count: None,
        arg: &binding.arg,
    };
    if let Err(message) = (binding.command.run)(model, call) {
        model.complain(message);
    }
    Some(())
}

/// Keys that mean something else while a list or the help is open. Breaks if the key is used up.
fn overlay_key(model: &mut Model, key: Key, command: &str) -> ControlFlow<()> {
    const LONGER: usize = 1 << 20;
    let Some(overlay) = model.overlay else {
        return ControlFlow::Continue(());
    };
    match (overlay, key.character(), command) {
        (Overlay::Stops(at), Some('d'), _) => {
            if at < model.stops.len() {
                model.stops.remove(at);
            }
            model.overlay = (!model.stops.is_empty())
                .then(|| Overlay::Stops(at.min(model.stops.len().saturating_sub(1))));
        }
        (Overlay::Stops(at), Some(' '), _) => {
            if let Some(stop) = model.stops.get_mut(at) {
                stop.on = !stop.on;
            }
        }
        (Overlay::Connections(_), Some('s'), _) => model.sort_connections(Direction::Forward),
        (Overlay::Connections(_), Some('S'), _) => model.sort_connections(Direction::Back),
        (Overlay::Marks(at), Some('d'), _) => {
            if let Some(step) = model.marks.keys().nth(at).copied() {
                model.marks.remove(&step);
                let text = crate::model::marks::write(&model.marks);
                model.effects.push(Effect::SaveMarks(text));
            }
            model.overlay = (!model.marks.is_empty())
                .then(|| Overlay::Marks(at.min(model.marks.len().saturating_sub(1))));
        }
        (
            _,
            _,
            "down" | "up" | "page-down" | "page-up" | "enter" | "language" | "suspend" | "redraw",
        ) => {
            return ControlFlow::Continue(());
        }
        (_, _, "next") => step_overlay(model, "down", None),
        (_, _, "previous") => step_overlay(model, "up", None),
        // More than any list has.
        (_, _, "last") => step_overlay(model, "down", Some(LONGER)),
        (_, _, "first") => step_overlay(model, "up", Some(LONGER)),
        // The key that opened it closes it, and so do Esc and q.
        _ => model.overlay = None,
    }
    ControlFlow::Break(())
}

fn step_overlay(model: &mut Model, command: &str, count: Option<usize>) {
    if let Ok(command) = model.keymap.find(command) {
        let call = Call { count, arg: "" };
        if let Err(message) = (command.run)(model, call) {
            model.complain(message);
        }
    }
}

fn type_key(model: &mut Model, event: KeyEvent, key: Key) {
    let Some(mut prompt) = model.prompt.take() else {
        return;
    };
    match key.to_string().as_str() {
        "Esc" | "Ctrl-C" => return,
        "Enter" => {
            enter_line(model, prompt);
            return;
        }
        "↑" | "Ctrl-P" => model.history.older(&mut prompt),
        "↓" | "Ctrl-N" => model.history.newer(&mut prompt),
        "Tab" => complete(model, &mut prompt, Direction::Forward),
        "Shift-Tab" => complete(model, &mut prompt, Direction::Back),
        // Nothing is left to delete: the line goes, as in vi.
        "Backspace" if prompt.input.value().is_empty() => return,
        _ => {
            prompt.input.handle_event(&Event::Key(event));
            prompt.error = None;
            prompt.looked = None;
        }
    }
    model.prompt = Some(prompt);
}

fn enter_line(model: &mut Model, mut prompt: Prompt) {
    let line = prompt.input.value().to_owned();
    if !line.trim().is_empty() {
        model.history.add(prompt.kind, line.trim());
        let written = History::written(prompt.kind, line.trim());
        model.effects.push(Effect::Remember(written));
    }
    if let Err((column, message)) = commands::entered(model, prompt.kind, &line) {
        if prompt.kind == Kind::Command {
            model.complain(message);
            return;
        }
        prompt.error = Some((column, message.clone()));
        model.complain(message);
        model.prompt = Some(prompt);
    }
}

/// Puts the next of the commands that the line may mean into it, or the one before.
fn complete(model: &Model, prompt: &mut Prompt, to: Direction) {
    let line = prompt.input.value();
    let (at, typed) = match prompt.looked.take() {
        Some((at, typed)) => (Some(at), typed),
        None => (None, line.to_owned()),
    };
    if prompt.kind != Kind::Command || typed.trim_start().contains(char::is_whitespace) {
        return;
    }
    let found = model.keymap.like(&typed, model.lang);
    let Some(last) = found.len().checked_sub(1) else {
        return;
    };
    let at = match (at, to) {
        (None, Direction::Forward) => 0,
        (None, Direction::Back) => last,
        (Some(at), Direction::Forward) => (at + 1) % (last + 1),
        (Some(at), Direction::Back) => at.checked_sub(1).unwrap_or(last),
    };
    let space = if found[at].takes.is_empty() { "" } else { " " };
    prompt.input = tui_input::Input::new(format!("{}{space}", found[at].name));
    prompt.looked = Some((at, typed));
}

/// Text from the clipboard goes into the line being typed and nowhere else: it is no list of keys.
fn paste(model: &mut Model, text: &str) {
    let Some(prompt) = &mut model.prompt else {
        return;
    };
    for character in text.chars().filter(|c| !c.is_control()) {
        prompt
            .input
            .handle(tui_input::InputRequest::InsertChar(character));
    }
    prompt.error = None;
}

/// When a count of two levels' digits turns out to be none.
pub(crate) fn count_is_due(model: &Model) -> Option<Duration> {
    match model.count {
        Count::Levels { typed, .. } => Some(typed + NO_COUNT),
        Count::None | Count::Level { .. } | Count::Of(_) => None,
    }
}

fn time(model: &mut Model, now: Duration) {
    model.now = now;
    model.look_whether_still();
    if let Count::Levels { count, .. } = model.count
        && count_is_due(model).is_some_and(|due| now >= due)
    {
        model.count = Count::None;
        let _ = run_bound(model, (count % 10) as u8);
    }
    let Some(Autoplay { due }) = model.autoplay else {
        return;
    };
    let pace = Duration::from_secs_f64(1.0 / SPEEDS[model.speed]);
    let due = due.unwrap_or(now);
    if now < due {
        model.autoplay = Some(Autoplay { due: Some(due) });
        return;
    }
    match model.find_row(Direction::Forward, |_, _| true) {
        Some(step) => {
            // A stop is a stop, also one that this level does not show.
            if let Some((at, reason)) = stop_up_to(model, step) {
                model.stopped(at, &reason);
                model.autoplay = None;
                return;
            }
            model.move_to(step);
            if model.step != step {
                model.autoplay = None;
                return;
            }
            model.autoplay = Some(Autoplay {
                due: Some(now + pace),
            });
        }
        // At the end of a trace that grows there will be more.
        None if model.following == Following::Live => {
            // A program that is not held goes on by itself.
            let _ = model.step_program(1);
            model.autoplay = Some(Autoplay {
                due: Some(now + pace),
            });
        }
        None => model.autoplay = None,
    }
}

/// The next stop, if it is not behind a step, and why; of stops that have been found already.
fn stop_up_to(model: &Model, step: usize) -> Option<(usize, String)> {
    nearest(&model.replay, &model.stops, model.step, Direction::Forward)
        .flatten()
        .filter(|(at, _)| *at <= step)
}

fn mouse(model: &mut Model, event: MouseEvent) {
    let Some(layout) = model.layout() else {
        return;
    };
    if model.overlay.is_some() || model.prompt.is_some() {
        if matches!(event.kind, MouseEventKind::Down(_)) {
            model.overlay = None;
        }
        return;
    }
    let Some((pane, area)) = layout.at(event.column, event.row) else {
        return;
    };
    let column = usize::from(event.column - area.x);
    // The first line of a pane is its title.
    let line = usize::from(event.row - area.y).checked_sub(1);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            model.notice = None;
            model.autoplay = None;
            match (pane, line) {
                (Pane::Timeline, Some(_)) => to_column(model, column),
                (Pane::Steps, Some(line)) => {
                    model.looks.wanted.focus = pane;
                    to_row(model, model.looks.top + line);
                }
                (Pane::Lanes, Some(line)) => {
                    model.looks.wanted.focus = pane;
                    if let Some(row) = view::lanes::row_at(model, area, line) {
                        to_row(model, row);
                    }
                }
                (Pane::Why, Some(line)) => {
                    model.looks.wanted.focus = pane;
                    if let Some(cause) = view::why::cause_at(model, area, line) {
                        model.looks.cause = cause;
                        let step = model.here.causes[cause].step;
                        model.go_to(step);
                    }
                }
                (Pane::Source, Some(line)) => {
                    model.looks.wanted.focus = pane;
                    if let Some(call) = view::source::call_at(model, area, column, line) {
                        model.go_to(call);
                    }
                }
                (Pane::Lesson, Some(line)) => {
                    model.looks.wanted.focus = pane;
                    if let Some(choice) = view::lesson::choice_at(model, area, line) {
                        choose(model, choice);
                    }
                }
                _ => model.looks.wanted.focus = pane,
            }
        }
        MouseEventKind::Drag(MouseButton::Left) if pane == Pane::Timeline => {
            to_column(model, column);
        }
        MouseEventKind::ScrollDown => wheel(model, pane, Direction::Forward),
        MouseEventKind::ScrollUp => wheel(model, pane, Direction::Back),
        _ => {}
    }
}

/// Chooses an answer of the lesson's question; the one that is chosen already is the answer.
fn choose(model: &mut Model, choice: usize) {
    if let Some(taken) = &mut model.taken {
        if taken.chosen == Some(choice) {
            model.enter_lesson();
        } else {
            taken.chosen = Some(choice);
        }
    }
}

fn to_row(model: &mut Model, row: usize) {
    if let Some(row) = model.rows().get(row) {
        let step = row.step();
        model.move_to(step);
    }
}

/// To the row nearest to a column of the timeline; to the mark in it, if there is one.
fn to_column(model: &mut Model, column: usize) {
    let trace = model.trace();
    let from = model.timeline.step_at(trace, column);
    let marked = model
        .facts
        .sights_from(from)
        .map(|(step, _)| step)
        .take_while(|step| model.timeline.column(trace, *step) == Some(column))
        .find(|step| model.rows().position(*step).is_ok());
    if let Some(row) = model.rows().nearest(marked.unwrap_or(from)) {
        to_row(model, row);
    }
}

fn wheel(model: &mut Model, pane: Pane, to: Direction) {
    match pane {
        Pane::Steps | Pane::Lanes | Pane::Timeline => {
            let rows = model.rows().len();
            if let Some(row) = model.row() {
                to_row(
                    model,
                    match to {
                        Direction::Forward => (row + WHEEL).min(rows.saturating_sub(1)),
                        Direction::Back => row.saturating_sub(WHEEL),
                    },
                );
            }
        }
        Pane::Why | Pane::Source | Pane::State | Pane::Explain | Pane::Lesson => {
            commands::scroll(model, pane, WHEEL, to);
        }
    }
}
