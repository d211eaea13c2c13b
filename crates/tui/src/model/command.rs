//! What a command is. A command is a plain function on the model; which there are, a table says that the
//! keymap is made from.

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
    Home,
}

impl Group {
    /// In the order of the help.
    pub(crate) const ALL: [Self; 8] = [
        Self::Moving,
        Self::Jumping,
        Self::Finding,
        Self::Stopping,
        Self::Looking,
        Self::Lesson,
        Self::Session,
        Self::Home,
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
            Self::Home => word!(command_on_the_home_screen),
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

/// What the commands on a trace do.
#[rustfmt::skip]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Next, Previous, Over, OverBack, Out, OutBack, Down, Up, PageDown, PageUp, First, Last, Play,
    Faster, Slower,
    Goto, NextCallback, PreviousCallback, NextWatermark, PreviousWatermark, NextError,
    PreviousError, NextFinding, PreviousFinding, Findings, NextSame, PreviousSame, NextChapter,
    PreviousChapter, Chapter, Branches, Mark, Marks,
    Search, NextHit, PreviousHit, Filter, Connections, Connection,
    Break, Watch, Stops, Run, Hold, RunBack,
    Level, Why, WhyNot, Source, Calls, Lanes, Focus, FocusBack, Zoom, Enter, Scale, Bytes, Language,
    Theme, Help,
    NextStop, PreviousStop, Lesson, Answer,
    Command, Copy, Note, Export, Follow, Redraw, Suspend, Cancel, Quit,
}

/// What the commands of the home screen do.
#[rustfmt::skip]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HomeDeed {
    Open, Down, Up, PageDown, PageUp, First, Last, NextSection, Search, Command, Record, Explain,
    Language, Suspend, Cancel, Quit,
}

/// The function of a command on a trace. It fails with a message for the status line.
pub(crate) type Run = fn(&mut Model, Call<'_>) -> Result<(), String>;

/// A command: on a trace, unless something else is said.
pub(crate) struct Command<D = Deed, R = Run> {
    pub(crate) does: D,
    pub(crate) name: &'static str,
    /// Its keys; behind a space, what the key gives the command.
    pub(crate) keys: &'static [&'static str],
    /// What it takes on the `:` line.
    pub(crate) takes: &'static str,
    pub(crate) group: Group,
    pub(crate) says: Word,
    /// What runs it; the home screen knows by itself.
    pub(crate) run: R,
}

impl<D, R> Command<D, R> {
    /// The name and what it takes.
    pub(crate) fn usage(&self) -> String {
        if self.takes.is_empty() {
            self.name.to_owned()
        } else {
            format!("{} {}", self.name, self.takes)
        }
    }
}

impl<D, R> std::fmt::Debug for Command<D, R> {
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
