//! What a lesson says at its stop: the text, the question, and what became of the prediction.

use std::ops::Range;

use evscope_replay::{Answer, Prediction, Question, Right};
use evscope_words::{Word, text, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::{Done, View, beside, inner, scroll, scrolled};
use crate::look::text;
use crate::look::theme::{Theme, Token};
use crate::model::command::Deed;
use crate::model::lesson::{Answered, Taken, letter, prediction_in_words};
use crate::model::pane::{Pane, Wanted};
use crate::model::prompt::{Prompt, PromptKind};
use crate::model::{Direction, Model};
use crate::view::layout::{Room, Slot};
use crate::view::status::{Hints, hints};
use crate::view::{CURRENT, draw_text, piece};

/// The pane.
pub(super) struct Lesson;

impl View for Lesson {
    fn pane(&self) -> Pane {
        Pane::LESSON
    }

    fn title(&self) -> Word {
        word!(screen_lesson)
    }

    /// The stop one is at.
    fn about(&self, model: &Model, room: usize) -> Option<Line<'static>> {
        let taken = model.taken.as_ref()?;
        let title = taken.lesson.title.in_lang(model.lang);
        let count = taken.lesson.stops.len();
        let about = match taken.progress.at {
            at if at < count => format!("{title} · {}/{count}", at + 1),
            _ => title.to_owned(),
        };
        beside(model, text::cut(&about, room.saturating_sub(4)))
    }

    fn slot(&self, room: Room, wanted: Wanted) -> Option<Slot> {
        if room == Room::Small && wanted.focus == self.pane() {
            return Some(Slot::Right);
        }
        (wanted.lesson && !wanted.why).then_some(Slot::Words)
    }

    /// It has more to say than an explanation.
    fn share(&self) -> Option<u16> {
        Some(55)
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model) {
        let page = page(model, area);
        draw_text(buf, model.theme, area, &page.lines, page.top(model, area));
    }

    fn extent(&self, model: &Model, area: Rect) -> (usize, usize) {
        (0, page(model, area).lines.len())
    }

    fn stays_scrolled(&self) -> bool {
        true
    }

    /// A line at a time one chooses among the answers to the question; without any the text scrolls.
    fn go(&self, model: &mut Model, lines: usize, to: Direction) -> Done {
        match model
            .taken
            .as_mut()
            .and_then(|taken| Some((taken.choices()?, taken)))
        {
            Some((count, taken)) if lines == 1 => {
                taken.chosen = Some(match (taken.chosen, to) {
                    (None, Direction::Forward) => 0,
                    (None, Direction::Back) => count - 1,
                    (Some(at), _) => to.moved(at, 1, count),
                });
            }
            _ => scroll(model, self.pane(), lines, to),
        }
        Ok(())
    }

    fn enter(&self, model: &mut Model) -> Done {
        model.enter_lesson();
        Ok(())
    }

    /// Chooses an answer by its letter or its number; of what is typed a digit is the beginning.
    fn key(&self, model: &mut Model, key: char) -> bool {
        let is_read = model.looks.wanted.lesson;
        let open = |taken: &&mut Taken| is_read && taken.open().is_some();
        let Some(taken) = model.taken.as_mut().filter(open) else {
            return false;
        };
        let count = taken.choices();
        let letters = 0..count.unwrap_or(0);
        let chosen = match key.to_digit(10) {
            None => letters.into_iter().find(|choice| letter(*choice) == key),
            Some(digit) => (digit as usize)
                .checked_sub(1)
                .filter(|choice| letters.contains(choice)),
        };
        match (chosen, count) {
            (Some(_), _) => taken.chosen = chosen,
            (None, _) if !key.is_ascii_digit() => return false,
            (None, None) => model.prompt = Some(Prompt::new(PromptKind::Answer, key)),
            (None, Some(count)) => {
                let (last, line) = (letter(count.saturating_sub(1)), String::from(key));
                model.complain(text!(command_answers_are_a_to, last, line).in_lang(model.lang));
            }
        }
        true
    }

    /// Chooses an answer; the one that is chosen already is the answer.
    fn click(&self, model: &mut Model, area: Rect, _: usize, line: usize) {
        let inner = inner(area);
        let page = page(model, inner);
        let line = page.top(model, inner) + line;
        let choice = page.choices.iter().position(|lines| lines.contains(&line));
        match &mut model.taken {
            Some(taken) if choice.is_some() && taken.chosen != choice => taken.chosen = choice,
            Some(_) if choice.is_some() => model.enter_lesson(),
            _ => {}
        }
    }

    fn hints(&self, model: &Model) -> Option<Hints> {
        let taken = model.taken.as_ref()?;
        let enter = match (taken.open(), taken.stop()) {
            (Some(_), _) => word!(key_answer),
            (None, Some(_)) => word!(key_go_on),
            (None, None) if taken.next.is_some() => word!(lesson_key_next_lesson),
            (None, None) => word!(key_leave),
        };
        let mut keys = Hints::new();
        let last = taken.choices().and_then(|count| count.checked_sub(1));
        if let Some(last) = last {
            keys.push((format!("a-{}", letter(last)), model.say(word!(key_choose))));
        }
        if last.is_none() || taken.chosen.is_some() {
            keys.extend(hints(model, &[(Deed::Enter, enter)]));
        }
        keys.extend(hints(model, &[(Deed::Help, word!(key_help))]));
        Some(keys)
    }
}

/// The lines of the pane, and which of them is the chosen answer.
#[derive(Default)]
struct Page {
    lines: Vec<Line<'static>>,
    chosen: Option<usize>,
    /// The lines of each choice, while one may choose.
    choices: Vec<Range<usize>>,
}

impl Page {
    /// The first line shown: while one chooses, the chosen answer is in view.
    fn top(&self, model: &Model, area: Rect) -> usize {
        let begin = self.chosen.map_or(0, |line| {
            (line + 1).saturating_sub(usize::from(area.height))
        });
        let last = self.lines.len().saturating_sub(usize::from(area.height));
        scrolled(model, Pane::LESSON, 0).min(last).max(begin)
    }
}

fn page(model: &Model, area: Rect) -> Page {
    let mut page = Page::default();
    let Some(taken) = &model.taken else {
        return page;
    };
    let room = usize::from(area.width).saturating_sub(2);
    match taken.stop() {
        None => last_page(model, taken, room, &mut page),
        Some((stop, found)) => {
            if found.step != model.step {
                away(model, found.step, room, &mut page);
            }
            let plain = model.theme.style(Token::Text);
            paragraphs(
                model.theme,
                stop.text.in_lang(model.lang),
                plain,
                room,
                &mut page,
            );
            if let Some((question, right)) = taken.question() {
                ask(model, taken, question, right, room, &mut page);
            }
        }
    }
    page
}

/// Says that one is not at the stop, and how to return.
fn away(model: &Model, stop: usize, room: usize, page: &mut Page) {
    let key = model.keymap.hint(Deed::Lesson).unwrap_or_default();
    let text = text!(lesson_you_are_looking_around, key, stop).in_lang(model.lang);
    let style = model.theme.style(Token::Dim);
    paragraphs(model.theme, &text, style, room, page);
    page.lines.push(Line::default());
}

fn ask(
    model: &Model,
    taken: &Taken,
    question: &Question,
    right: &Right,
    room: usize,
    page: &mut Page,
) {
    let theme = model.theme;
    let lang = model.lang;
    let answered = taken.answered();
    page.lines.push(Line::default());
    let bold = theme.style(Token::Text).add_modifier(Modifier::BOLD);
    paragraphs(theme, question.text.in_lang(lang), bold, room, page);
    if let Answer::Choice(choices) = &question.answer {
        for (i, choice) in choices.iter().enumerate() {
            let is_chosen = answered == Answered::Not && taken.chosen == Some(i);
            let is_right = *right == Right::Choice(i);
            let is_given = taken.tries().contains(&Prediction::Choice(i));
            let (mark, token) = match answered {
                Answered::Not if is_chosen => (CURRENT, Token::CurrentMark),
                Answered::Not if is_given => ("✖", Token::Error),
                Answered::Not => (" ", Token::Text),
                _ if is_right => ("✔", Token::Gauge),
                _ if is_given => ("✖", Token::Error),
                _ => (" ", Token::Dim),
            };
            let mut style = theme.style(match answered {
                Answered::Not if is_given => Token::Dim,
                Answered::Not => Token::Text,
                _ if is_right => Token::Text,
                _ => Token::Dim,
            });
            if is_chosen {
                style = style.patch(theme.style(Token::Current));
                page.chosen = Some(page.lines.len());
            }
            let first = page.lines.len();
            let label = format!("{}) {}", letter(i), choice.text.in_lang(lang));
            paragraphs(theme, &label, style, room.saturating_sub(3), page);
            if answered == Answered::Not {
                page.choices.push(first..page.lines.len());
            }
            for (n, line) in page.lines[first..].iter_mut().enumerate() {
                let mark = if n == 0 { mark } else { " " };
                line.spans
                    .insert(0, piece(theme, token, format!(" {mark}")));
            }
        }
    }
    if answered == Answered::Not && taken.tries().is_empty() {
        return;
    }
    page.lines.push(Line::default());
    let found = taken.tries().last().is_some_and(|last| right.is(last));
    let (mark, token) = match answered {
        Answered::Right => ("✔", Token::Gauge),
        Answered::Wrong if found => ("✔", Token::Gauge),
        Answered::Wrong | Answered::Not => ("✖", Token::Error),
    };
    let verdict = verdict(model, taken, right, answered, found);
    let style = theme.style(token).add_modifier(Modifier::BOLD);
    let hint = question.hint.as_ref().map(|hint| hint.in_lang(lang));
    let after = match answered {
        Answered::Not => hint.unwrap_or(model.say(word!(lesson_look_again))),
        Answered::Right | Answered::Wrong => question.after.in_lang(lang),
    };
    let text = text!(lesson_verdict, verdict = format!("{mark} {verdict}"), after).in_lang(lang);
    let first = page.lines.len();
    paragraphs(theme, &text, theme.style(Token::Text), room, page);
    if let Some(line) = page.lines.get_mut(first)
        && let Some(span) = line.spans.first_mut()
        && let Some(rest) = span
            .content
            .strip_prefix(&format!(" {mark} {verdict}"))
            .map(str::to_owned)
    {
        *span = Span::styled(format!(" {mark} {verdict}"), style);
        line.spans.insert(1, Span::raw(rest));
    }
}

/// Whether the prediction came true.
fn verdict(model: &Model, taken: &Taken, right: &Right, answered: Answered, found: bool) -> String {
    let lang = model.lang;
    let tries = taken.tries();
    match (answered, tries.last()) {
        (Answered::Right, _) => return model.say(word!(lesson_right)).to_owned(),
        (Answered::Wrong, _) if found => {
            return text!(lesson_right_at_a_try, number = tries.len()).in_lang(lang);
        }
        (Answered::Not, Some(given)) => {
            let given = prediction_in_words(given, lang);
            return text!(lesson_not_so, given).in_lang(lang);
        }
        (Answered::Not | Answered::Wrong, _) => {}
    }
    let right = match right {
        Right::Choice(choice) => format!("{})", letter(*choice)),
        Right::Step(step) => text!(lesson_step, step).in_lang(lang),
        Right::Value(value) => value.to_string(),
    };
    match tries.last() {
        Some(given) => {
            text!(lesson_not, given = prediction_in_words(given, lang), right).in_lang(lang)
        }
        None => text!(lesson_it_is, right).in_lang(lang),
    }
}

fn last_page(model: &Model, taken: &Taken, room: usize, page: &mut Page) {
    let theme = model.theme;
    let bold = theme.style(Token::Text).add_modifier(Modifier::BOLD);
    let done = model.say(word!(lesson_that_is_the_end));
    paragraphs(theme, done, bold, room, page);
    let plain = theme.style(Token::Text);
    let (right, made) = taken.progress.score();
    if made > 0 {
        page.lines.push(Line::default());
        let score = text!(lesson_of_predictions_came_true, right, made).in_lang(model.lang);
        paragraphs(theme, &score, plain, room, page);
    }
    page.lines.push(Line::default());
    let free = model.say(word!(lesson_the_trace_is_yours));
    paragraphs(theme, free, plain, room, page);
    if let Some(next) = &taken.next {
        page.lines.push(Line::default());
        let text = text!(lesson_next, next).in_lang(model.lang);
        paragraphs(theme, &text, plain, room, page);
    }
}

/// Paragraphs of a text; what stands in backquotes has the colour of names.
fn paragraphs(theme: Theme, text: &str, style: Style, room: usize, page: &mut Page) {
    let mut is_code = false;
    for (i, paragraph) in text.split('\n').enumerate() {
        if i > 0 {
            page.lines.push(Line::default());
        }
        for line in text::wrap(paragraph, room) {
            let mut spans = Vec::new();
            for (n, part) in line.split('`').enumerate() {
                if n > 0 {
                    is_code = !is_code;
                }
                let shown = if n == 0 {
                    format!(" {part}")
                } else {
                    part.to_owned()
                };
                if !shown.is_empty() {
                    let style = match is_code {
                        true => style.patch(theme.style(Token::Function)),
                        false => style,
                    };
                    spans.push(Span::styled(shown, style));
                }
            }
            page.lines.push(Line::from(spans));
        }
    }
}
