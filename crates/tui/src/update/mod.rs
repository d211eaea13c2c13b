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
use evscope_words::{text, word};
use tui_input::backend::crossterm::EventHandler;

use crate::model::command::{Call, Deed};
use crate::model::keys::Key;
use crate::model::message::{Effect, Message};
use crate::model::prompt::{History, Prompt, PromptKind};
use crate::model::{Autoplay, Direction, Following, Model, SPEEDS};
use crate::view;
use crate::work::stops::nearest;

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
        Message::Done(text) => model.notify(text),
        Message::Failed(text) => model.complain(text),
    }
    view::refresh(model);
    std::mem::take(&mut model.effects)
}

fn key(model: &mut Model, event: KeyEvent) {
    let key = Key::from(event);
    if model.prompt.is_some() {
        type_key(model, event, key);
        return;
    }
    if let Some(character) = key.character()
        && model.overlay.is_none()
        && model.looks.wanted.focus.view().key(model, character)
    {
        return;
    }
    let binding = model.keymap.get(key);
    // A digit that is no command's key, or that follows one, is a part of a count.
    if let Some(digit) = key.character().and_then(|c| c.to_digit(10))
        && model.overlay.is_none()
        && (model.count.is_some() || binding.is_none())
    {
        model.count = Some(counted(model.count, digit));
        return;
    }
    let binding = binding.map(|binding| (binding.command, binding.arg.clone()));
    let count = model.count.take();
    let does = binding.as_ref().map(|(command, _)| command.does);
    if overlay_key(model, key, does).is_break() {
        return;
    }
    let Some((command, arg)) = binding else {
        let help = model.keymap.hint(Deed::Help).unwrap_or_default();
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
        command.does,
        Deed::Play | Deed::Faster | Deed::Slower | Deed::Cancel | Deed::Redraw | Deed::Suspend
    ) {
        model.autoplay = None;
    }
    let call = Call { count, arg: &arg };
    if let Err(message) = (command.run)(model, call) {
        let more = model
            .reading
            .is_some()
            .then(|| model.say(word!(screen_the_rest_of_the)));
        model.complain(message + more.unwrap_or_default());
    }
}

/// A count with one more digit.
fn counted(count: Option<usize>, digit: u32) -> usize {
    // Beyond this a count is a slip of the finger.
    const MOST: usize = 1_000_000_000;
    (count.unwrap_or(0) * 10 + digit as usize).min(MOST)
}

/// Keys that mean something else while a list or the help is open. Breaks if the key is used up.
fn overlay_key(model: &mut Model, key: Key, does: Option<Deed>) -> ControlFlow<()> {
    // More than any list has.
    const LONGER: usize = 1 << 20;
    let Some(overlay) = model.overlay else {
        return ControlFlow::Continue(());
    };
    if let Some(character) = key.character()
        && overlay.list().key(model, overlay.at, character)
    {
        return ControlFlow::Break(());
    }
    use Deed::{
        Down, Enter, First, Language, Last, Next, PageDown, PageUp, Previous, Redraw, Suspend, Up,
    };
    match does {
        Some(Down | Up | PageDown | PageUp | Enter | Language | Suspend | Redraw) => {
            return ControlFlow::Continue(());
        }
        Some(Next) => overlay.go(model, 1, Direction::Forward),
        Some(Previous) => overlay.go(model, 1, Direction::Back),
        Some(Last) => overlay.go(model, LONGER, Direction::Forward),
        Some(First) => overlay.go(model, LONGER, Direction::Back),
        // The key that opened it closes it, and so do Esc and q.
        _ => model.overlay = None,
    }
    ControlFlow::Break(())
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
        if prompt.kind == PromptKind::Command {
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
    if prompt.kind != PromptKind::Command || typed.trim_start().contains(char::is_whitespace) {
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

fn time(model: &mut Model, now: Duration) {
    model.now = now;
    model.look_whether_still();
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
            match line {
                Some(_) if pane.view().drag(model, column) => {}
                Some(line) => {
                    model.looks.wanted.focus = pane;
                    pane.view().click(model, area, column, line);
                }
                None => model.looks.wanted.focus = pane,
            }
        }
        MouseEventKind::Drag(MouseButton::Left) => {
            pane.view().drag(model, column);
        }
        MouseEventKind::ScrollDown => pane.view().wheel(model, Direction::Forward),
        MouseEventKind::ScrollUp => pane.view().wheel(model, Direction::Back),
        _ => {}
    }
}
