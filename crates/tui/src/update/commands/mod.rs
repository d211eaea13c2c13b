//! Every command: its name, its keys, what it says of itself, and the function that does it.
//!
//! A command is a plain function on the model. A key runs it, and so does its name on the `:` line.

mod jumps;
mod lesson;
mod looks;
mod moves;
mod session;
mod stops;

pub(crate) use moves::scroll;
pub(crate) use stops::entered;

use evscope_replay::Lang;
use evscope_words::{Word, text, word};

use crate::model::Model;

/// What a command belongs to in the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Moving,
    Jumping,
    Stopping,
    Finding,
    Looking,
    Lesson,
    Session,
}

impl Group {
    /// In the order of the help.
    pub(crate) const ALL: [Self; 7] = [
        Self::Moving,
        Self::Jumping,
        Self::Finding,
        Self::Stopping,
        Self::Looking,
        Self::Lesson,
        Self::Session,
    ];

    /// The heading.
    pub(crate) fn title(self) -> Word {
        match self {
            Self::Moving => word!(command_moving),
            Self::Jumping => word!(command_jumping),
            Self::Finding => word!(command_search_and_filter),
            Self::Stopping => word!(command_running_to_a_stop),
            Self::Looking => word!(command_looking),
            Self::Lesson => word!(command_taking_a_lesson),
            Self::Session => word!(command_session),
        }
    }
}

/// How a command is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    /// The count typed before the key.
    pub(crate) count: Option<usize>,
    /// What stands behind the name on the `:` line or in the table of keys.
    pub(crate) arg: &'a str,
}

impl Call<'_> {
    /// How often to do it.
    pub(crate) fn times(self) -> usize {
        self.count.unwrap_or(1).max(1)
    }
}

/// A command. It fails with a message for the status line.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    /// Its keys; behind a space, what the key gives the command.
    pub(crate) keys: &'static [&'static str],
    /// What it takes on the `:` line.
    pub(crate) takes: &'static str,
    pub(crate) group: Group,
    pub(crate) says: Word,
    pub(crate) run: fn(&mut Model, Call<'_>) -> Result<(), String>,
}

impl Command {
    /// The name and what it takes.
    pub(crate) fn usage(&self) -> String {
        if self.takes.is_empty() {
            self.name.to_owned()
        } else {
            format!("{} {}", self.name, self.takes)
        }
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Command").field(&self.name).finish()
    }
}

/// Why a name is no command's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotFound {
    /// No command's name begins so.
    Unknown(String),
    /// Those of several do.
    Several(String, &'static str, &'static str),
}

impl NotFound {
    /// In words.
    pub(crate) fn in_lang(&self, lang: Lang) -> String {
        match self {
            Self::Unknown(name) => text!(command_no_command_is_called, name).in_lang(lang),
            Self::Several(name, a, b) => text!(command_could_be_or_write, name, a, b).in_lang(lang),
        }
    }
}

/// The command of a name, or of the beginning of just one.
pub(crate) fn find(name: &str) -> Result<&'static Command, NotFound> {
    if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        return Ok(command);
    }
    let mut begun = COMMANDS
        .iter()
        .filter(|command| command.name.starts_with(name));
    match (begun.next(), begun.next()) {
        (Some(command), None) => Ok(command),
        (Some(a), Some(b)) => Err(NotFound::Several(name.to_owned(), a.name, b.name)),
        _ => Err(NotFound::Unknown(name.to_owned())),
    }
}

/// The commands that a line being typed may mean, the likeliest first: those whose name begins so, those
/// that have it in their name, those that say it of themselves. Once the name is written, the one.
pub(crate) fn like(line: &str, lang: Lang) -> Vec<&'static Command> {
    let line = line.trim_start();
    if let Some((name, _)) = line.split_once(char::is_whitespace) {
        return find(name).ok().into_iter().collect();
    }
    /// Fewer letters are in too many sentences.
    const TELLING: usize = 3;
    let wanted = line.to_lowercase();
    let is_telling = crate::look::text::width(&wanted) >= TELLING;
    let fit = |command: &Command| {
        if command.name.starts_with(&wanted) {
            Some(0)
        } else if command.name.contains(&wanted) {
            Some(1)
        } else if is_telling && command.says.in_lang(lang).to_lowercase().contains(&wanted) {
            Some(2)
        } else {
            None
        }
    };
    let mut found: Vec<(usize, &Command)> = COMMANDS
        .iter()
        .filter_map(|command| Some((fit(command)?, command)))
        .collect();
    found.sort_by_key(|(fit, _)| *fit);
    found.into_iter().map(|(_, command)| command).collect()
}

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
    let command = find(name).map_err(|error| error.in_lang(model.lang))?;
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
    command(Jumping, "next-same", &["i"], "", word!(command_next_same), jumps::next_same),
    command(Jumping, "previous-same", &["I"], "", word!(command_previous_same), jumps::previous_same),
    command(Jumping, "next-chapter", &["."], "", word!(command_next_chapter), jumps::next_chapter),
    command(Jumping, "previous-chapter", &[","], "", word!(command_previous_chapter), jumps::previous_chapter),
    command(Jumping, "chapter", &[], "1-6", word!(command_chapter), jumps::chapter),
    command(Jumping, "branches", &["D"], "", word!(command_branches), jumps::branches),
    command(Jumping, "mark", &["m"], "[NOTE]", word!(command_mark), session::mark),
    command(Jumping, "marks", &["'"], "", word!(command_marks), session::marks),

    command(Finding, "search", &["/"], "QUERY", word!(command_search), stops::search),
    command(Finding, "next-hit", &["]"], "", word!(command_next_hit), stops::next_hit),
    command(Finding, "previous-hit", &["["], "", word!(command_previous_hit), stops::previous_hit),
    command(Finding, "filter", &["f"], "[QUERY]", word!(command_filter), stops::filter),
    command(Finding, "connection", &["V"], "", word!(command_connection), stops::connection),

    command(Stopping, "break", &["b"], "[QUERY]", word!(command_break), stops::set_break),
    command(Stopping, "watch", &["W"], "[VALUE]", word!(command_watch), stops::watch),
    command(Stopping, "stops", &["B"], "", word!(command_stops), stops::list),
    command(Stopping, "run", &["c"], "", word!(command_run), stops::run),
    command(Stopping, "hold", &["H"], "", word!(command_hold), session::hold),
    command(Stopping, "run-back", &["C"], "", word!(command_run_back), stops::run_back),

    command(Looking, "level", &["1 1", "2 2", "3 3"], "1-3", word!(command_level), looks::level),
    command(Looking, "why", &["w"], "", word!(command_why), looks::why),
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
