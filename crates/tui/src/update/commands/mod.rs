//! Every command: what it is, its name, its keys, what it says of itself, and the function that does it.
//!
//! A command is a plain function on the model. A key runs it, and so does its name on the `:` line.

mod connections;
mod findings;
mod gates;
pub(crate) mod home;
mod jumps;
mod lesson;
mod looks;
mod moves;
mod session;
mod stops;

pub(crate) use stops::entered;

use evscope_words::{Word, word};

use crate::model::Model;
use crate::model::command::{Call, Command, Deed, Group, Run};

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

const fn command(
    group: Group,
    does: Deed,
    name: &'static str,
    keys: &'static [&'static str],
    takes: &'static str,
    says: Word,
    run: Run,
) -> Command {
    Command {
        does,
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
    command(Moving, Deed::Next, "next", &["n", "right", "l"], "", word!(command_next), moves::next),
    command(Moving, Deed::Previous, "previous", &["p", "left", "h"], "", word!(command_previous), moves::previous),
    command(Moving, Deed::Over, "over", &["N"], "", word!(command_over), moves::over),
    command(Moving, Deed::OverBack, "over-back", &["P"], "", word!(command_over_back), moves::over_back),
    command(Moving, Deed::Out, "out", &["o"], "", word!(command_out), moves::out),
    command(Moving, Deed::OutBack, "out-back", &["O"], "", word!(command_out_back), moves::out_back),
    command(Moving, Deed::Down, "down", &["j", "down"], "", word!(command_down), moves::down),
    command(Moving, Deed::Up, "up", &["k", "up"], "", word!(command_up), moves::up),
    command(Moving, Deed::PageDown, "page-down", &["pagedown", "ctrl-d"], "", word!(command_page_down), moves::page_down),
    command(Moving, Deed::PageUp, "page-up", &["pageup", "ctrl-u"], "", word!(command_page_up), moves::page_up),
    command(Moving, Deed::First, "first", &["g", "home"], "", word!(command_first), moves::first),
    command(Moving, Deed::Last, "last", &["G", "end"], "", word!(command_last), moves::last),
    command(Moving, Deed::Play, "play", &["space"], "", word!(command_play), moves::play),
    command(Moving, Deed::Faster, "faster", &["+", "="], "", word!(command_faster), moves::faster),
    command(Moving, Deed::Slower, "slower", &["-"], "", word!(command_slower), moves::slower),

    command(Jumping, Deed::Goto, "goto", &[], "STEP|TIME", word!(command_goto), jumps::goto),
    command(Jumping, Deed::NextCallback, "next-callback", &["u"], "", word!(command_next_callback), jumps::next_callback),
    command(Jumping, Deed::PreviousCallback, "previous-callback", &["U"], "", word!(command_previous_callback), jumps::previous_callback),
    command(Jumping, Deed::NextWatermark, "next-watermark", &["x"], "", word!(command_next_watermark), jumps::next_watermark),
    command(Jumping, Deed::PreviousWatermark, "previous-watermark", &["X"], "", word!(command_previous_watermark), jumps::previous_watermark),
    command(Jumping, Deed::NextError, "next-error", &["e"], "", word!(command_next_error), jumps::next_error),
    command(Jumping, Deed::PreviousError, "previous-error", &["E"], "", word!(command_previous_error), jumps::previous_error),
    command(Jumping, Deed::NextFinding, "next-finding", &["d"], "", word!(command_next_finding), findings::next),
    command(Jumping, Deed::PreviousFinding, "previous-finding", &["D"], "", word!(command_previous_finding), findings::previous),
    command(Jumping, Deed::Findings, "findings", &["!"], "", word!(command_findings), findings::list),
    command(Jumping, Deed::NextSame, "next-same", &["i"], "", word!(command_next_same), jumps::next_same),
    command(Jumping, Deed::PreviousSame, "previous-same", &["I"], "", word!(command_previous_same), jumps::previous_same),
    command(Jumping, Deed::NextChapter, "next-chapter", &["."], "", word!(command_next_chapter), jumps::next_chapter),
    command(Jumping, Deed::PreviousChapter, "previous-chapter", &[","], "", word!(command_previous_chapter), jumps::previous_chapter),
    command(Jumping, Deed::Chapter, "chapter", &[], "1-6", word!(command_chapter), jumps::chapter),
    command(Jumping, Deed::Branches, "branches", &["J"], "", word!(command_branches), jumps::branches),
    command(Jumping, Deed::Mark, "mark", &["m"], "[NOTE]", word!(command_mark), session::mark),
    command(Jumping, Deed::Marks, "marks", &["'"], "", word!(command_marks), session::marks),

    command(Finding, Deed::Search, "search", &["/"], "QUERY", word!(command_search), stops::search),
    command(Finding, Deed::NextHit, "next-hit", &["]"], "", word!(command_next_hit), stops::next_hit),
    command(Finding, Deed::PreviousHit, "previous-hit", &["["], "", word!(command_previous_hit), stops::previous_hit),
    command(Finding, Deed::Filter, "filter", &["f"], "[QUERY]", word!(command_filter), stops::filter),
    command(Finding, Deed::Connections, "connections", &["A"], "", word!(command_connections), connections::list),
    command(Finding, Deed::Connection, "connection", &["V"], "", word!(command_connection), stops::connection),

    command(Stopping, Deed::Break, "break", &["b"], "[QUERY]", word!(command_break), stops::set_break),
    command(Stopping, Deed::Watch, "watch", &["W"], "[VALUE]", word!(command_watch), stops::watch),
    command(Stopping, Deed::Stops, "stops", &["B"], "", word!(command_stops), stops::list),
    command(Stopping, Deed::Run, "run", &["c"], "", word!(command_run), stops::run),
    command(Stopping, Deed::Hold, "hold", &["H"], "", word!(command_hold), session::hold),
    command(Stopping, Deed::RunBack, "run-back", &["C"], "", word!(command_run_back), stops::run_back),

    command(Looking, Deed::Level, "level", &["1 1", "2 2", "3 3"], "1-3", word!(command_level), looks::level),
    command(Looking, Deed::Why, "why", &["w"], "", word!(command_why), looks::why),
    command(Looking, Deed::WhyNot, "why-not", &["Y"], "[CALLBACK]", word!(command_why_not), gates::why_not),
    command(Looking, Deed::Source, "source", &["s"], "", word!(command_source), looks::source),
    command(Looking, Deed::Calls, "calls", &["S"], "", word!(command_calls), looks::calls),
    command(Looking, Deed::Lanes, "lanes", &["v"], "", word!(command_lanes), looks::lanes),
    command(Looking, Deed::Focus, "focus", &["tab"], "", word!(command_focus), looks::focus_next),
    command(Looking, Deed::FocusBack, "focus-back", &["shift-tab"], "", word!(command_focus_back), looks::focus_previous),
    command(Looking, Deed::Zoom, "zoom", &["z"], "", word!(command_zoom), looks::zoom),
    command(Looking, Deed::Enter, "enter", &["enter"], "", word!(command_enter), looks::enter),
    command(Looking, Deed::Scale, "scale", &["t"], "", word!(command_scale), looks::scale),
    command(Looking, Deed::Bytes, "bytes", &["#"], "", word!(command_bytes), looks::bytes),
    command(Looking, Deed::Language, "language", &["L"], "[en|zh]", word!(command_language), looks::language),
    command(Looking, Deed::Theme, "theme", &[], "dark|light|colour-blind", word!(command_theme), looks::theme),
    command(Looking, Deed::Help, "help", &["?", "f1"], "", word!(command_help), looks::help),

    command(Lesson, Deed::NextStop, "next-stop", &[">"], "", word!(command_next_stop), lesson::next_stop),
    command(Lesson, Deed::PreviousStop, "previous-stop", &["<"], "", word!(command_previous_stop), lesson::previous_stop),
    command(Lesson, Deed::Lesson, "lesson", &["T"], "", word!(command_lesson), lesson::lesson),
    command(Lesson, Deed::Answer, "answer", &["a"], "[ANSWER]", word!(command_answer), lesson::answer),

    command(Session, Deed::Command, "command", &[":"], "", word!(command_command), session::command),
    command(Session, Deed::Copy, "copy", &["y"], "", word!(command_copy), session::copy),
    command(Session, Deed::Note, "note", &[], "TEXT", word!(command_note), session::note),
    command(Session, Deed::Export, "export", &[], "FORMAT [FILE]", word!(command_export), session::export),
    command(Session, Deed::Follow, "follow", &["F"], "", word!(command_follow), session::follow),
    command(Session, Deed::Redraw, "redraw", &["ctrl-l"], "", word!(command_redraw), session::redraw),
    command(Session, Deed::Suspend, "suspend", &["ctrl-z"], "", word!(command_suspend), session::suspend),
    command(Session, Deed::Cancel, "cancel", &["esc"], "", word!(command_cancel), session::cancel),
    command(Session, Deed::Quit, "quit", &["q", "ctrl-c"], "", word!(command_quit), session::quit),
];
