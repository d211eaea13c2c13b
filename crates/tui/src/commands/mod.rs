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

use crate::model::Model;
use crate::words::{Words, words};

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
    pub(crate) fn title(self) -> Words {
        match self {
            Self::Moving => words("Moving", "移动"),
            Self::Jumping => words("Jumping", "跳转"),
            Self::Finding => words("Search and filter", "搜索与过滤"),
            Self::Stopping => words("Running to a stop", "运行到断点"),
            Self::Looking => words("Looking", "查看"),
            Self::Lesson => words("Taking a lesson", "学习课程"),
            Self::Session => words("Session", "会话"),
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
    pub(crate) says: Words,
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
        match (self, lang) {
            (Self::Unknown(name), Lang::En) => {
                format!("no command is called `{name}`; ? shows them all")
            }
            (Self::Unknown(name), Lang::Zh) => {
                format!("没有叫“{name}”的命令；? 显示全部命令")
            }
            (Self::Several(name, a, b), Lang::En) => {
                format!("`{name}` could be `{a}` or `{b}`; write more of it")
            }
            (Self::Several(name, a, b), Lang::Zh) => {
                format!("“{name}”可能是 `{a}` 或 `{b}`；请多写几个字母")
            }
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
    let is_telling = crate::text::width(&wanted) >= TELLING;
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
    says: Words,
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
    command(Moving, "next", &["n", "right", "l"], "", words("next step, into calls", "下一步（进入调用）"), moves::next),
    command(Moving, "previous", &["p", "left", "h"], "", words("previous step", "上一步"), moves::previous),
    command(Moving, "over", &["N"], "", words("over the call, forward", "越过调用，向前"), moves::over),
    command(Moving, "over-back", &["P"], "", words("over the call, backward", "越过调用，向后"), moves::over_back),
    command(Moving, "out", &["o"], "", words("out of the call, forward", "跳出调用，向前"), moves::out),
    command(Moving, "out-back", &["O"], "", words("out of the call, back to where it began", "跳出调用，回到其开头"), moves::out_back),
    command(Moving, "down", &["j", "down"], "", words("a line down in the pane with the focus; the timeline: zoom out", "焦点窗格下移一行；时间线：缩小"), moves::down),
    command(Moving, "up", &["k", "up"], "", words("a line up; the timeline: zoom in", "上移一行；时间线：放大"), moves::up),
    command(Moving, "page-down", &["pagedown", "ctrl-d"], "", words("a page down", "下翻一页"), moves::page_down),
    command(Moving, "page-up", &["pageup", "ctrl-u"], "", words("a page up", "上翻一页"), moves::page_up),
    command(Moving, "first", &["g", "home"], "", words("first step; with a count, the step of that number", "第一步；带数字时到该步"), moves::first),
    command(Moving, "last", &["G", "end"], "", words("last step; with a count, the step of that number", "最后一步；带数字时到该步"), moves::last),
    command(Moving, "play", &["space"], "", words("play and pause", "自动播放与暂停"), moves::play),
    command(Moving, "faster", &["+", "="], "", words("play faster", "加快播放"), moves::faster),
    command(Moving, "slower", &["-"], "", words("play slower", "放慢播放"), moves::slower),

    command(Jumping, "goto", &[], "STEP|TIME", words("to a step (120, +10, -10) or a time (12ms)", "到某一步（120、+10、-10）或时刻（12ms）"), jumps::goto),
    command(Jumping, "next-callback", &["u"], "", words("next time your code runs", "下一次运行你的代码"), jumps::next_callback),
    command(Jumping, "previous-callback", &["U"], "", words("last time your code ran", "上一次运行你的代码"), jumps::previous_callback),
    command(Jumping, "next-watermark", &["x"], "", words("next watermark crossing", "下一次越过水位"), jumps::next_watermark),
    command(Jumping, "previous-watermark", &["X"], "", words("previous watermark crossing", "上一次越过水位"), jumps::previous_watermark),
    command(Jumping, "next-error", &["e"], "", words("next failure", "下一个错误"), jumps::next_error),
    command(Jumping, "previous-error", &["E"], "", words("previous failure", "上一个错误"), jumps::previous_error),
    command(Jumping, "next-same", &["i"], "", words("next step of the same object", "同一对象的下一步"), jumps::next_same),
    command(Jumping, "previous-same", &["I"], "", words("previous step of the same object", "同一对象的上一步"), jumps::previous_same),
    command(Jumping, "next-chapter", &["."], "", words("next part of the walkthrough", "导读的下一章"), jumps::next_chapter),
    command(Jumping, "previous-chapter", &[","], "", words("previous part of the walkthrough", "导读的上一章"), jumps::previous_chapter),
    command(Jumping, "chapter", &[], "1-6", words("first step of a chapter of the walkthrough", "导读某章的第一步"), jumps::chapter),
    command(Jumping, "mark", &["m"], "[NOTE]", words("bookmark this step, or take the bookmark away", "为此步加书签，或去掉书签"), session::mark),
    command(Jumping, "marks", &["'"], "", words("go to a bookmark", "转到书签"), session::marks),

    command(Finding, "search", &["/"], "QUERY", words("search", "搜索"), stops::search),
    command(Finding, "next-hit", &["]"], "", words("next hit", "下一个匹配"), stops::next_hit),
    command(Finding, "previous-hit", &["["], "", words("previous hit", "上一个匹配"), stops::previous_hit),
    command(Finding, "filter", &["f"], "[QUERY]", words("list only what a query matches, and the calls around it; nothing: all", "只列出匹配查询的步骤及其外层调用；空则全部"), stops::filter),
    command(Finding, "connection", &["V"], "", words("only this step's connection, and back", "只看此步所属的连接，再按恢复"), stops::connection),

    command(Stopping, "break", &["b"], "[QUERY]", words("stop where a query matches (begins with this step's)", "在匹配查询处停下（以此步为起点）"), stops::set_break),
    command(Stopping, "watch", &["W"], "[VALUE]", words("stop where a value changes, like bev1.output.len", "在某值变化处停下，如 bev1.output.len"), stops::watch),
    command(Stopping, "stops", &["B"], "", words("list the stops: Enter goes on to one, d removes it, Space turns it off and on", "列出断点：Enter 运行到它，d 删除，空格开关"), stops::list),
    command(Stopping, "run", &["c"], "", words("run forward to the next stop", "向前运行到下一个断点"), stops::run),
    command(Stopping, "hold", &["H"], "", words("let the program run, or hold it at its next step (live --step)", "让程序运行，或在下一步暂停它（live --step）"), session::hold),
    command(Stopping, "run-back", &["C"], "", words("run backward to the last stop", "向后运行到上一个断点"), stops::run_back),

    command(Looking, "level", &["1 1", "2 2", "3 3"], "1-3", words("detail: 1 program, 2 walkthrough, 3 everything", "详细程度：1 程序，2 导读，3 全部"), looks::level),
    command(Looking, "why", &["w"], "", words("why did this happen: the chain of causes (Enter goes to one)", "为什么：原因链（Enter 跳转）"), looks::why),
    command(Looking, "source", &["s"], "", words("the line itself, or the line that called it", "本行源码，或调用它的那一行"), looks::source),
    command(Looking, "lanes", &["v"], "", words("the sequence by lanes", "按泳道显示"), looks::lanes),
    command(Looking, "focus", &["tab"], "", words("next pane", "下一个窗格"), looks::focus_next),
    command(Looking, "focus-back", &["shift-tab"], "", words("previous pane", "上一个窗格"), looks::focus_previous),
    command(Looking, "zoom", &["z"], "", words("the pane with the focus alone, and back", "只显示焦点窗格，再按恢复"), looks::zoom),
    command(Looking, "enter", &["enter"], "", words("go to what is chosen", "转到所选项"), looks::enter),
    command(Looking, "scale", &["t"], "", words("timeline by steps or by time", "时间线按步骤或按时间"), looks::scale),
    command(Looking, "bytes", &["#"], "", words("bytes in the buffers as text or hexadecimal", "缓冲区内容：文本或十六进制"), looks::bytes),
    command(Looking, "language", &["L"], "[en|zh]", words("English or Chinese", "英文或中文"), looks::language),
    command(Looking, "theme", &[], "dark|light|colour-blind", words("colours", "配色"), looks::theme),
    command(Looking, "help", &["?", "f1"], "", words("this help", "本帮助"), looks::help),

    command(Lesson, "next-stop", &[">"], "", words("on to the next stop of the lesson (Enter in its pane)", "到课程的下一站（在课程窗格中按 Enter）"), lesson::next_stop),
    command(Lesson, "previous-stop", &["<"], "", words("back to the stop before", "回到上一站"), lesson::previous_stop),
    command(Lesson, "lesson", &["T"], "", words("from anywhere back to the lesson's stop; there, the explanation instead", "从任何地方回到课程所在的站；已在站上则显示解释"), lesson::lesson),
    command(Lesson, "answer", &["a"], "[ANSWER]", words("answer the question; a choice also by its letter", "回答问题；选项也可直接按字母"), lesson::answer),

    command(Session, "command", &[":"], "", words("a command by name", "按名称执行命令"), session::command),
    command(Session, "copy", &["y"], "", words("copy the step as JSON", "以 JSON 复制此步"), session::copy),
    command(Session, "note", &[], "TEXT", words("a note on this step", "为此步写注释"), session::note),
    command(Session, "export", &[], "FORMAT [FILE]", words("export the trace", "导出跟踪"), session::export),
    command(Session, "follow", &["F"], "", words("pause and resume a trace that grows", "暂停与恢复跟踪的增长"), session::follow),
    command(Session, "redraw", &["ctrl-l"], "", words("draw the screen anew", "重绘屏幕"), session::redraw),
    command(Session, "suspend", &["ctrl-z"], "", words("back to the shell; fg returns", "回到 shell；fg 返回"), session::suspend),
    command(Session, "cancel", &["esc"], "", words("leave any mode, cancel the work at hand", "退出当前模式，取消操作"), session::cancel),
    command(Session, "quit", &["q", "ctrl-c"], "", words("quit", "退出"), session::quit),
];
