//! What the judge of an exercise tells whoever has asked for it.

use serde::{Deserialize, Serialize};

/// What became of a program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// Why it could not be judged.
    pub(crate) problem: Option<String>,
    /// Each point of the exercise.
    pub(crate) points: Vec<Point>,
}

/// A point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Point {
    /// Its name.
    pub(crate) name: String,
    /// What it asks for.
    pub(crate) goal: String,
    /// What is wrong; none: it holds.
    pub(crate) broken: Option<String>,
    /// The step to look at.
    pub(crate) step: Option<usize>,
}

impl Report {
    /// A program that could not be judged.
    #[cfg(has_reactor)]
    pub(crate) fn of_problem(problem: String) -> Self {
        Self {
            problem: Some(problem),
            points: Vec::new(),
        }
    }

    /// Whether the exercise is done.
    pub(crate) fn is_right(&self) -> bool {
        self.problem.is_none() && self.points.iter().all(|point| point.broken.is_none())
    }

    /// The step to look at first.
    pub(crate) fn step(&self) -> Option<usize> {
        let mut broken = self.points.iter().filter(|point| point.broken.is_some());
        broken.find_map(|point| point.step)
    }
}
