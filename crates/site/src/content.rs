//! What a site is made of.

use evscope_replay::{LessonStep, Trace};
use evscope_words::Word;

/// What a site is made of.
#[derive(Debug, Default)]
pub struct Content {
    /// The course, in its order.
    pub lessons: Vec<Lesson>,
    /// The traces of the demos, in the order in which to see them.
    pub demos: Vec<Demo>,
    /// The documents: those below `walkthrough/` and `rules/`, and the others.
    pub documents: Vec<Document>,
    /// The pictures that documents have, and those of the page of pictures.
    pub pictures: Vec<Picture>,
    /// What the programs of the rules' pages did.
    pub programs: Vec<Program>,
    /// The WebAssembly module that reads a trace in the browser, if it was built.
    pub reader: Option<Vec<u8>>,
}

/// A lesson, found in its trace.
#[derive(Debug)]
pub struct Lesson {
    /// The lesson.
    pub lesson: evscope_replay::Lesson,
    /// Its stops, found in its trace.
    pub steps: Vec<LessonStep>,
    /// Its trace, if it is not a demo's.
    pub trace: Option<Trace>,
}

/// A trace that is brought along.
#[derive(Debug)]
pub struct Demo {
    /// Its name; `libevent/NAME` is the twin of `NAME`.
    pub name: String,
    /// What it is, in a line, and why it is worth seeing; not of a twin.
    pub says: Option<(Word, Word)>,
    /// The trace.
    pub trace: Trace,
}

/// A document in Markdown.
#[derive(Debug)]
pub struct Document {
    /// Its path below the folder of documents, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A picture, an SVG.
#[derive(Debug)]
pub struct Picture {
    /// Its file's name.
    pub file: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What a program on a rule's page did when it was run.
#[derive(Debug)]
pub struct Program {
    /// The rule.
    pub rule: String,
    /// Which of the page's programs it is, from 0.
    pub number: usize,
    /// What it did.
    pub trace: Trace,
}
