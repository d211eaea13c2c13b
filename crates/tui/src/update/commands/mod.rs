//! Every command: its name, its keys, what it says of itself, and the function that does it.
//!
//! A command is a plain function on the model. A key runs it, and so does its name on the `:` line.

mod connections;
mod findings;
mod gates;
mod jumps;
mod lesson;
mod looks;
mod moves;
mod session;
mod stops;

pub(crate) use stops::entered;

use evscope_words::{Word, word};

use crate::model::Model;
use crate::model::command::{Call, Command, Group};

/// Runs a line as written after `:`.
pub(crate) fn run_line(model: &mut Model, line: &str) -> Result<(), String> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(());
    }
    let begins_place = line.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
    let (name, arg) = if begins_place {
        ("goto", line)
    } else {
        line.split_once(char::is_whitespace).unwrap_or((line, ""))
    };
    let command = model
        .keymap
        .find(name)
        .map_err(|error| error.in_lang(model.lang))?;
    let arg = arg.trim();
    (command.run)(model, Call { count: None, arg })
}

type Run = fn(&mut Model, Call<'_>) -> Result<(), String>;

const fn command(
    group: Group,
    name: &'static str,
    keys: &'static [&'static str],
    takes: &'static str,
    says: Word,
    run: Run,
) -> Command {
    Command {
        name,
        keys,
        takes,
        group,
        says,
        run,
    }
}

use Group::{Finding, Jumping, Lesson, Looking, Moving, Session, Stopping};

/// The one table.
#[rustfmt::skip]
pub(crate) const COMMANDS: &[Command] = &[
    command(Moving, "next", &["n", "right", "l"], "", word!(command_next), moves::next),
    command(Moving, "previous", &["p", "left", "h"], "", word!(command_previous), moves::previous),
    command(Moving, "over", &["N"], "", word!(command_over), moves::over),
    command(Moving, "over-back", &["P"], "", word!(command_over_back), moves::over_back),
    command(Moving, "out", &["o"], "", word!(command_out), moves::out),
    command(Moving, "out-back", &["O"], "", word!(command_out_back), moves::out_back),
    command(Moving, "down", &["j", "down"], "", word!(command_down), moves::down),
    command(Moving, "up", &["k", "up"], "", word!(command_up), moves::up),
    command(Moving, "page-down", &["pagedown", "ctrl-d"], "", word!(command_page_down), moves::page_down),
    command(Moving, "page-up", &["pageup", "ctrl-u"], "", word!(command_page_up), moves::page_up),
    command(Moving, "first", &["g", "home"], "", word!(command_first), moves::first),
    command(Moving, "last", &["G", "end"], "", word!(command_last), moves::last),
    command(Moving, "play", &["space"], "", word!(command_play), moves::play),
    command(Moving, "faster", &["+", "="], "", word!(command_faster), moves::faster),
    command(Moving, "slower", &["-"], "", word!(command_slower), moves::slower),

    command(Jumping, "goto", &[], "STEP|TIME", word!(command_goto), jumps::goto),
    command(Jumping, "next-callback", &["u"], "", word!(command_next_callback), jumps::next_callback),
    command(Jumping, "previous-callback", &["U"], "", word!(command_previous_callback), jumps::previous_callback),
    command(Jumping, "next-watermark", &["x"], "", word!(command_next_watermark), jumps::next_watermark),
    command(Jumping, "previous-watermark", &["X"], "", word!(command_previous_watermark), jumps::previous_watermark),
    command(Jumping, "next-error", &["e"], "", word!(command_next_error), jumps::next_error),
    command(Jumping, "previous-error", &["E"], "", word!(command_previous_error), jumps::previous_error),
    command(Jumping, "next-finding", &["d"], "", word!(command_next_finding), findings::next),
    command(Jumping, "previous-finding", &["D"], "", word!(command_previous_finding), findings::previous),
    command(Jumping, "findings", &["!"], "", word!(command_findings), findings::list),
    command(Jumping, "next-same", &["i"], "", word!(command_next_same), jumps::next_same),
    command(Jumping, "previous-same", &["I"], "", word!(command_previous_same), jumps::previous_same),
    command(Jumping, "next-chapter", &["."], "", word!(command_next_chapter), jumps::next_chapter),
    command(Jumping, "previous-chapter", &[","], "", word!(command_previous_chapter), jumps::previous_chapter),
    command(Jumping, "chapter", &[], "1-6", word!(command_chapter), jumps::chapter),
    command(Jumping, "branches", &["J"], "", word!(command_branches), jumps::branches),
    command(Jumping, "mark", &["m"], "[NOTE]", word!(command_mark), session::mark),
    command(Jumping, "marks", &["'"], "", word!(command_marks), session::marks),

    command(Finding, "search", &["/"], "QUERY", word!(command_search), stops::search),
    command(Finding, "next-hit", &["]"], "", word!(command_next_hit), stops::next_hit),
    command(Finding, "previous-hit", &["["], "", word!(command_previous_hit), stops::previous_hit),
    command(Finding, "filter", &["f"], "[QUERY]", word!(command_filter), stops::filter),
    command(Finding, "connections", &["A"], "", word!(command_connections), connections::list),
    command(Finding, "connection", &["V"], "", word!(command_connection), stops::connection),

    command(Stopping, "break", &["b"], "[QUERY]", word!(command_break), stops::set_break),
    command(Stopping, "watch", &["W"], "[VALUE]", word!(command_watch), stops::watch),
    command(Stopping, "stops", &["B"], "", word!(command_stops), stops::list),
    command(Stopping, "run", &["c"], "", word!(command_run), stops::run),
    command(Stopping, "hold", &["H"], "", word!(command_hold), session::hold),
    command(Stopping, "run-back", &["C"], "", word!(command_run_back), stops::run_back),

    command(Looking, "level", &["1 1", "2 2", "3 3"], "1-3", word!(command_level), looks::level),
    command(Looking, "why", &["w"], "", word!(command_why), looks::why),
    command(Looking, "why-not", &["Y"], "[CALLBACK]", word!(command_why_not), gates::why_not),
    command(Looking, "source", &["s"], "", word!(command_source), looks::source),
    command(Looking, "calls", &["S"], "", word!(command_calls), looks::calls),
    command(Looking, "lanes", &["v"], "", word!(command_lanes), looks::lanes),
    command(Looking, "focus", &["tab"], "", word!(command_focus), looks::focus_next),
    command(Looking, "focus-back", &["shift-tab"], "", word!(command_focus_back), looks::focus_previous),
    command(Looking, "zoom", &["z"], "", word!(command_zoom), looks::zoom),
    command(Looking, "enter", &["enter"], "", word!(command_enter), looks::enter),
    command(Looking, "scale", &["t"], "", word!(command_scale), looks::scale),
    command(Looking, "bytes", &["#"], "", word!(command_bytes), looks::bytes),
    command(Looking, "language", &["L"], "[en|zh]", word!(command_language), looks::language),
    command(Looking, "theme", &[], "dark|light|colour-blind", word!(command_theme), looks::theme),
    command(Looking, "help", &["?", "f1"], "", word!(command_help), looks::help),

    command(Lesson, "next-stop", &[">"], "", word!(command_next_stop), lesson::next_stop),
    command(Lesson, "previous-stop", &["<"], "", word!(command_previous_stop), lesson::previous_stop),
    command(Lesson, "lesson", &["T"], "", word!(command_lesson), lesson::lesson),
    command(Lesson, "answer", &["a"], "[ANSWER]", word!(command_answer), lesson::answer),

    command(Session, "command", &[":"], "", word!(command_command), session::command),
    command(Session, "copy", &["y"], "", word!(command_copy), session::copy),
    command(Session, "note", &[], "TEXT", word!(command_note), session::note),
    command(Session, "export", &[], "FORMAT [FILE]", word!(command_export), session::export),
    command(Session, "follow", &["F"], "", word!(command_follow), session::follow),
    command(Session, "redraw", &["ctrl-l"], "", word!(command_redraw), session::redraw),
    command(Session, "suspend", &["ctrl-z"], "", word!(command_suspend), session::suspend),
    command(Session, "cancel", &["esc"], "", word!(command_cancel), session::cancel),
    command(Session, "quit", &["q", "ctrl-c"], "", word!(command_quit), session::quit),
];
