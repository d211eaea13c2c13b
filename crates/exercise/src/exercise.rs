//! An exercise as its folder has it.

use std::collections::BTreeMap;

use evscope_replay::check::{OwnError, OwnRules, RuleInfo};
use evscope_scenario::{Scenario, ScenarioError};
use evscope_words::{Lang, Text, text};
use serde::Deserialize;

use crate::{forms, text};

/// An exercise.
#[derive(Debug, Clone)]
pub struct Exercise {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub title: Both,
    /// What is to be done.
    pub task: Both,
    /// The lessons it builds on, by name.
    pub after: Vec<String>,
    /// What helps, one after another.
    pub hints: Vec<Both>,
    /// What each point of the judgement asks for, by its name.
    pub goals: BTreeMap<String, Both>,
    /// Rules of `evscope check` that it has nothing against.
    pub allow: Vec<String>,
    /// What the other side must get.
    pub gets: Vec<Gets>,
    /// What must happen in the trace, and what must not.
    pub rules: OwnRules,
    /// What others do.
    pub world: String,
    /// The broken program.
    pub start: String,
    /// A right one.
    pub reference: String,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Both {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl Both {
    /// The text in a language; in English if it is not there in that one.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZH => &self.zh,
            _ => &self.en,
        }
    }
}

/// What somebody at the other end must get.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gets {
    /// The point's name.
    pub name: String,
    /// Who, by its name in the world.
    pub peer: String,
    /// The bytes.
    pub bytes: String,
    /// How often they are repeated.
    #[serde(default = "once")]
    pub times: usize,
    /// Whether the program hangs up then; unsaid, it may or may not.
    pub ends: Option<bool>,
    /// What is said when it is not so.
    pub words: Both,
}

fn once() -> usize {
    1
}

/// A wrong solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Its name.
    pub name: String,
    /// The point that it breaks.
    pub breaks: String,
    /// The one that it breaks in C and in Rust, where a program has an end of its own, and what was freed is no longer
    /// there.
    pub breaks_as_program: String,
    /// The program.
    pub program: String,
}

impl Wrong {
    /// The first line of its file is `# breaks POINT` or `# breaks POINT (as a program: POINT)`.
    pub(crate) fn read(name: &str, text: &str) -> Self {
        let first = text.lines().next().unwrap_or("");
        let points = first.trim_start_matches("# breaks ").trim();
        let (breaks, as_program) = points
            .split_once(" (as a program: ")
            .unwrap_or((points, points));
        Self {
            name: name.to_owned(),
            breaks: breaks.to_owned(),
            breaks_as_program: as_program.trim_end_matches(')').to_owned(),
            program: text.to_owned(),
        }
    }
}

/// Why a folder is no exercise.
#[derive(Debug, thiserror::Error)]
pub enum ExerciseError {
    /// A file is not there.
    #[error("{}", text!(exercise_lacks_file, exercise, file))]
    Lacks {
        /// The exercise.
        exercise: String,
        /// The file.
        file: &'static str,
    },
    /// Its description cannot be read.
    #[error("{exercise}/exercise.toml: {error}")]
    Description {
        /// The exercise.
        exercise: String,
        /// Why not.
        error: Text,
    },
    /// Its rules cannot be read.
    #[error(transparent)]
    Rules(#[from] OwnError),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: Both,
    task: Both,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    hint: Vec<Both>,
    #[serde(default)]
    goals: BTreeMap<String, Both>,
    #[serde(default)]
    gets: Vec<Gets>,
}

impl Exercise {
    /// Reads an exercise from the files of its folder.
    ///
    /// # Errors
    /// If one of them is not there or wrong.
    pub fn read(
        name: &str,
        file: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, ExerciseError> {
        let needed = |needed: &'static str| {
            file(needed).ok_or_else(|| ExerciseError::Lacks {
                exercise: name.to_owned(),
                file: needed,
            })
        };
        let wrong = |error: Text| ExerciseError::Description {
            exercise: name.to_owned(),
            error,
        };
        let written: Written = toml::from_str(&needed("exercise.toml")?)
            .map_err(|error| wrong(Text::same(error.to_string().trim_end())))?;
        let unknown = written
            .allow
            .iter()
            .find(|rule| RuleInfo::named(rule).is_none());
        if let Some(rule) = unknown {
            return Err(wrong(text!(exercise_no_rule, rule)));
        }
        let rules = OwnRules::parse(&format!("{name}/rules.toml"), &needed("rules.toml")?)?;
        Ok(Self {
            name: name.to_owned(),
            title: written.title,
            task: written.task,
            after: written.after,
            hints: written.hint,
            goals: written.goals,
            allow: written.allow,
            gets: written.gets,
            rules,
            world: needed("world.scn")?,
            start: needed("start.scn")?,
            reference: needed("reference.scn")?,
        })
    }

    /// The file to begin with.
    pub fn start_file(&self) -> String {
        text::with_world(&self.start, &self.world)
    }

    /// The file to begin with in C on libevent. None: the exercise is not there in C.
    pub fn start_in_c(&self) -> Option<String> {
        self.in_c(&self.start)
    }

    /// A program of this exercise in C: the same calls. None: there is no such program.
    pub fn in_c(&self, program: &str) -> Option<String> {
        let (scenario, comment) = self.read_program(program)?;
        forms::c::program(&scenario, comment)
    }

    /// The file to begin with in Rust on the reactor. None: the exercise is not there in Rust.
    pub fn start_in_rust(&self) -> Option<String> {
        self.in_rust(&self.start)
    }

    /// A program of this exercise in Rust: the same calls. None: there is no such program.
    pub fn in_rust(&self, program: &str) -> Option<String> {
        let (scenario, comment) = self.read_program(program)?;
        forms::rust::program(&scenario, comment)
    }

    /// A scenario, and what its first line says of it.
    fn read_program<'a>(&self, program: &'a str) -> Option<(Scenario, &'a str)> {
        let scenario = Scenario::parse(&self.name, program).ok()?;
        let comment = program.lines().next()?.strip_prefix('#').unwrap_or("");
        Some((scenario, comment))
    }

    /// The scenario that others play for a program in C: what they do, and to whom.
    ///
    /// # Errors
    /// If there is something wrong with the exercise.
    pub fn world_scenario(&self) -> Result<Scenario, ScenarioError> {
        Scenario::parse(&self.name, &text::in_world(&self.start, &self.world))
    }

    /// The names of the points in which it is judged, in the order in which they are told.
    pub fn points(&self) -> impl Iterator<Item = &str> {
        let rules = self.rules.names();
        rules.chain(self.gets.iter().map(|gets| gets.name.as_str()))
    }

    /// What a point asks for, in a language; its name if nothing is said of it.
    pub fn goal<'a>(&'a self, point: &'a str, lang: Lang) -> &'a str {
        self.goals
            .get(point)
            .map_or(point, |goal| goal.in_lang(lang))
    }
}
