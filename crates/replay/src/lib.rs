//! The model of a trace: what the program's objects were like at any step, in either direction.
//!
//! A [`Trace`] holds the records, the tree of calls they form and the source they carry. A [`State`] is
//! the pure fold of the records up to a step; [`Replay`] finds it for any step at once. Everything a
//! view needs to move ([`navigate`]), to pick steps ([`Query`], [`Watch`]), to say a step in a line
//! ([`describe`]) or in plain words ([`explain()`]), to tell why it happened ([`causes()`]), why something did not ([`gates()`]), to find the
//! mistakes in it ([`check`]), to sum a trace up ([`Stats`]), to compare it with another ([`diff()`]) or to
//! teach with it ([`Lesson`]) is here too, once, so that the terminal, the command line and the exports agree.
//!
//! Knows: what every event of the vocabulary does to the state.
//! Never knows: who made a trace, or how it is shown. The only input is a trace ([`Trace::open`], and
//! [`Follower`] for one that grows).
//!
//! An event kind that is added to the vocabulary is known here at once: it reads as its name and its fields, and is
//! explained by the messages of its name. Only one that means more has arms where it is said what it does
//! ([`State::apply`]), how it reads ([`describe`]), what it means ([`explain()`]) and why it happens ([`causes()`]).

#![forbid(unsafe_code)]

mod branches;
mod calls;
mod causes;
pub mod check;
pub mod colors;
mod connections;
pub mod describe;
mod diff;
mod explain;
mod follow;
mod gates;
pub mod index;
mod known;
mod lesson;
pub mod likely;
pub mod navigate;
mod object;
mod passing;
mod peaks;
pub mod place;
#[cfg(test)]
#[path = "../../words/tests/printed/mod.rs"]
mod printed;
mod query;
mod quick;
mod replay;
mod state;
mod stats;
mod times;
mod trace;
mod tree;
mod waiting;

pub use branches::{Branch, BranchStep, branches, branches_of};
pub use calls::{Call, Times};
pub use causes::{Cause, CauseKind, Trail, causes, each_cause};
pub use connections::{Connection, ConnectionColumn, Connections, Origin, UnknownColumn};
pub use describe::{Part, Span, Words, spans, spans_of, summary, summary_of};
pub use diff::{
    Allow, Allowed, Diff, DiffOptions, FieldDifference, Hunk, Ignore, Row, Sides, StateRow,
    UnknownField, Verdict, allowed, diff,
};
pub use evscope_words::{Lang, UnknownLang};
pub use explain::{Chapter, Chapters, Explanation, chapter_of, explain, program_callback};
pub use follow::{FollowError, Follower, Update};
pub use gates::{Expected, Gate, Gates, NotExpected, gates};
pub use known::{Known, KnownOf, Owners};
pub use lesson::{
    Answer, Choice, Lesson, LessonError, LessonStep, LessonStop, Prediction, Question, Right,
    Wording,
};
pub use object::{ObjectId, Purpose};
pub use passing::{
    Again, Around, Coming, End, Outline, Passing, Records, Threads, Told, Walk, each_line,
};
pub use peaks::Peaks;
pub use query::{
    Query, QueryError, Seen, Watch, WatchChange, known_fields, parse_bytes, parse_span,
};
pub use replay::Replay;
pub use state::{
    BaseState, BevKind, BevSide, BevState, BufState, Change, Content, Doing, EventState, Frame,
    ListenerState, ObjectKind, Segment, State, Table, There, Value, WaitsFor, Watched,
};
pub use stats::{BevBytes, CallbackStats, NameCount, Runs, Stats, Sums, Turns};
pub use trace::{RecordIter, RecordRef, Trace};
pub use tree::Profile;
pub use waiting::{Unheard, unheard};
