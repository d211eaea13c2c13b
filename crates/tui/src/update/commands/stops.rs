//! Searching, filtering, and running to a stop.

use evscope_replay::{Query, QueryError, Value, Watch, likely};
use evscope_words::{text, word};

use super::Call;
use crate::model::pane::Pane;
use crate::model::prompt::{Prompt, PromptKind};
use crate::model::{Direction, Model};
use crate::work::stops::Stop;

type Done = Result<(), String>;

pub(super) fn search(model: &mut Model, call: Call<'_>) -> Done {
    enter_or_ask(model, PromptKind::Search, call.arg, String::new)
}

pub(super) fn filter(model: &mut Model, call: Call<'_>) -> Done {
    let now = model
        .filter
        .as_ref()
        .map_or(String::new(), |filter| filter.query.text().to_owned());
    enter_or_ask(model, PromptKind::Filter, call.arg, || now)
}

/// Lists only the connection that the step, or the nearest call around it, belongs to; or all again.
pub(super) fn connection(model: &mut Model, _: Call<'_>) -> Done {
    let trace = model.trace();
    let bev = std::iter::once(model.step)
        .chain(trace.ancestors(model.step))
        .find_map(|step| trace.get(step)?.objects.bev);
    let wanted = bev.map(|bev| format!("bev={}", bev.0));
    let now = model.filter.as_ref().map(|filter| filter.query.text());
    // Away from the connection too the key leads back to the whole trace.
    let is_one = now.is_some_and(|text| text.strip_prefix("bev=").is_some_and(is_number));
    match wanted {
        _ if is_one => model.filter_by(""),
        Some(query) => model.filter_by(&query),
        None => Err(model.say(word!(command_this_step_belongs_to)).to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn set_break(model: &mut Model, call: Call<'_>) -> Done {
    let like_this = likely::query(model.trace(), model.step);
    enter_or_ask(model, PromptKind::Break, call.arg, || like_this)
}

pub(super) fn watch(model: &mut Model, call: Call<'_>) -> Done {
    let changed = likely_value(model);
    enter_or_ask(model, PromptKind::Watch, call.arg, || changed)
}

/// Takes what stands behind the command's name, or opens a line to type it.
fn enter_or_ask(
    model: &mut Model,
    kind: PromptKind,
    arg: &str,
    begin: impl FnOnce() -> String,
) -> Done {
    if arg.is_empty() {
        model.prompt = Some(Prompt::new(kind, begin()));
        return Ok(());
    }
    entered(model, kind, arg)
        .map_err(|(column, message)| text!(command_column, message, column).in_lang(model.lang))
}

/// Does what a line asks for; or says at which column, from 1, it is wrong, and why.
pub(crate) fn entered(
    model: &mut Model,
    kind: PromptKind,
    line: &str,
) -> Result<(), (usize, String)> {
    let line = line.trim();
    match kind {
        PromptKind::Command => super::run_line(model, line).map_err(|message| (1, message)),
        PromptKind::Search if line.is_empty() => {
            model.set_search(None);
            Ok(())
        }
        PromptKind::Search => {
            let query = parse(model, line)?;
            model.notice = None;
            model.set_search(Some(query));
            first_hit(model);
            Ok(())
        }
        PromptKind::Filter if line.is_empty() => {
            model.set_filter(None);
            Ok(())
        }
        PromptKind::Filter => {
            let query = parse(model, line)?;
            model.set_filter(Some(query));
            Ok(())
        }
        PromptKind::Answer if line.is_empty() => Ok(()),
        PromptKind::Answer => super::lesson::entered(model, line).map_err(|message| (1, message)),
        PromptKind::Break if line.is_empty() => Ok(()),
        PromptKind::Break => {
            let query = parse(model, line)?;
            add(model, Stop::at(query));
            Ok(())
        }
        PromptKind::Watch if line.is_empty() => Ok(()),
        PromptKind::Watch => {
            let watch = Watch::parse(line).map_err(|error| in_words(model, &error))?;
            check_value(model, &watch).map_err(|message| (1, message))?;
            add(model, Stop::when_changed(watch));
            Ok(())
        }
    }
}

fn parse(model: &Model, line: &str) -> Result<Query, (usize, String)> {
    Query::parse(line).map_err(|error| in_words(model, &error))
}

fn in_words(model: &Model, error: &QueryError) -> (usize, String) {
    (error.column, error.text(model.lang))
}

/// Goes to the nearest hit at or behind the cursor, if the search is done.
fn first_hit(model: &mut Model) {
    let Some(search) = &model.search else {
        return;
    };
    let at = search.hits.partition_point(|step| *step < model.step);
    if let Some(step) = search.hits.get(at).or(search.hits.first()).copied() {
        model.move_to(step);
    }
}

pub(super) fn next_hit(model: &mut Model, call: Call<'_>) -> Done {
    hit(model, call, Direction::Forward)
}

pub(super) fn previous_hit(model: &mut Model, call: Call<'_>) -> Done {
    hit(model, call, Direction::Back)
}

/// The hits go round: behind the last comes the first.
fn hit(model: &mut Model, call: Call<'_>, to: Direction) -> Done {
    let Some(search) = &model.search else {
        return Err(model
            .say(word!(command_search_for_something_first))
            .to_owned());
    };
    let count = search.hits.len();
    if count == 0 {
        return Err(match model.search_is_done() {
            true => text!(command_is_not_in_the, query = search.query.text()).in_lang(model.lang),
            false => word!(command_still_searching)
                .in_lang(model.lang)
                .to_owned(),
        });
    }
    let by = call.times() % count;
    let at = match to {
        Direction::Forward => {
            search.hits.partition_point(|step| *step <= model.step) + count + by - 1
        }
        Direction::Back => search.hits.partition_point(|step| *step < model.step) + count - by,
    } % count;
    let step = search.hits[at];
    model.move_to(step);
    let text = format!("{}/{count}", at + 1);
    model.notify(text);
    Ok(())
}

fn add(model: &mut Model, stop: Stop) {
    let text = text!(
        command_stop_c_and_c,
        number = model.stops.len() + 1,
        stop = stop.text()
    )
    .in_lang(model.lang);
    model.stops.push(stop);
    model.notify(text);
}

/// A value that never is cannot change: say so now and not after a run to the end.
fn check_value(model: &Model, watch: &Watch) -> Result<(), String> {
    let end = model.replay.state_at(usize::MAX);
    let is_there = |watch: &Watch| {
        // A field may be empty at both: what an event is active with is, most of the time.
        [&end, &model.here.state]
            .iter()
            .any(|state| watch.value(state) != Value::Absent || state.value(watch.text()).is_some())
    };
    if is_there(watch) {
        return Ok(());
    }
    // The same part of an object there is, if one of its kind has it.
    let path = watch.text();
    let (object, part) = path.split_once('.').unwrap_or((path, ""));
    let kind = object.trim_end_matches(|c: char| c.is_ascii_digit());
    let example = (1..64)
        .map(|n| format!("{kind}{n}.{part}"))
        .find(|path| Watch::parse(path).is_ok_and(|watch| is_there(&watch)))
        .unwrap_or_else(|| likely_value(model));
    Err(text!(command_has_no_value_in, path, example).in_lang(model.lang))
}

/// A value worth watching.
fn likely_value(model: &Model) -> String {
    let changed = model.here.changes.keys().map(String::as_str);
    likely::value(model.trace(), model.step, &model.here.state, changed)
}

pub(super) fn run(model: &mut Model, call: Call<'_>) -> Done {
    run_on(model, call, Direction::Forward)
}

pub(super) fn run_back(model: &mut Model, call: Call<'_>) -> Done {
    run_on(model, call, Direction::Back)
}

fn run_on(model: &mut Model, call: Call<'_>, to: Direction) -> Done {
    if !model.stops.iter().any(|stop| stop.on) {
        // A program that is held runs on, as in a debugger.
        if to == Direction::Forward && model.live.is_some() {
            return model.let_run().map_err(|why| model.say(why).to_owned());
        }
        return Err(model.say(word!(command_there_is_nothing_to)).to_owned());
    }
    model.run_to_stops(to, call.times());
    Ok(())
}

pub(super) fn list(model: &mut Model, _: Call<'_>) -> Done {
    if model.stops.is_empty() {
        return run_on(
            model,
            Call {
                count: None,
                arg: "",
            },
            Direction::Forward,
        );
    }
    model.turn_list(Pane::STOPS, 0);
    Ok(())
}
