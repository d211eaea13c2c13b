//! What the model is told, and what it asks for in return.

use std::time::Duration;

use crossterm::event::{KeyEvent, MouseEvent};
use evscope_trace::{Line, SourceText};

use crate::model::lesson::Progress;
use crate::model::program::{Until, Whereabouts};
use crate::work::facts::Known;

/// Something happened outside.
#[derive(Debug)]
pub(crate) enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The window has this many columns and rows.
    Size(u16, u16),
    /// Time has passed; it is now so long since the start.
    Time(Duration),
    /// There is time to go on with the work at hand.
    Work,
    /// The rest of the trace is still being read, and is so far.
    Reading(String),
    /// The whole trace is there, of which the beginning was shown.
    Whole(Box<Known>),
    /// The trace has grown by these lines.
    Grown(Vec<Line>),
    /// Where the program is whose trace this is, which has grown by all it did before.
    Program(Whereabouts),
    /// The text of a source file from the folder of sources; none if it is not there.
    SourceRead {
        /// The file, as the trace names it.
        file: String,
        /// What was found.
        text: Option<String>,
    },
    /// Where the folder of sources defines a function; none if it does not.
    FunctionFound {
        /// Its name.
        name: String,
        /// The line of its name, and its text.
        found: Option<(u32, SourceText)>,
    },
    /// An effect is done; in words.
    Done(String),
    /// An effect failed; in words.
    Failed(String),
}

/// Something the outside should do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// End.
    Quit,
    /// End, and show the recorded trace of a demo at a step.
    Open(&'static str, usize),
    /// End, and take the lesson after this one.
    NextLesson,
    /// Stop the process until it is continued.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Put text on the clipboard.
    Copy(String),
    /// Keep the bookmarks and notes.
    SaveMarks(String),
    /// Keep how far one has come in the lesson.
    KeepProgress(Progress),
    /// Keep a line that was entered for the next session.
    Remember(String),
    /// Let the program go on.
    GoOn(Until),
    /// Look for a source file in the folder of sources.
    ReadSource(String),
    /// Look for a function of a name in the folder of sources.
    FindFunction(String),
    /// Export the trace.
    Export {
        /// The format.
        format: String,
        /// The file to write; none: a name made from the trace's.
        out: Option<String>,
    },
}
