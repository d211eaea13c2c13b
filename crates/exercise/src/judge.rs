//! What a program did, held against what the exercise asks for.

use evscope_reactor::Method;
use evscope_replay::Trace;
use evscope_replay::check::{CheckOptions, Checker, Finding, Severity};
use evscope_scenario::{
    AnnotateError, Heard, Limits, Op, RunError, Scenario, ScenarioError, annotate,
};
use evscope_trace::ReadError;
use evscope_words::{Lang, text};

use crate::exercise::{Both, Exercise, Gets};
use crate::text;

/// How many bytes of each read and write the trace keeps.
const PAYLOAD: usize = 64;

/// A proxy needs more turns than a scenario has; one that goes round in circles ends all the same.
const LIMITS: Limits = Limits {
    calls: 1000,
    waits: 1000,
};

/// What became of a program.
#[derive(Debug)]
pub struct Judged {
    /// The points of the exercise in their order, and behind them what `evscope check` finds.
    pub points: Vec<Point>,
    /// The trace, as it is written to a file.
    pub trace: Vec<u8>,
}

/// A point of the judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Its name.
    pub name: String,
    /// Why it does not hold; none: it holds.
    pub broken: Option<Broken>,
}

/// Why a point does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The step to look at, unless it is that nothing happened.
    pub step: Option<usize>,
    /// What is said of it.
    words: Both,
}

impl Broken {
    /// What is wrong and what helps, in a language.
    pub fn text(&self, lang: Lang) -> &str {
        self.words.in_lang(lang)
    }
}

impl Judged {
    /// Whether every point holds.
    pub fn is_right(&self) -> bool {
        self.points.iter().all(|point| point.broken.is_none())
    }

    /// The first point that does not hold.
    pub fn first_broken(&self) -> Option<(&Point, &Broken)> {
        let mut broken = self.points.iter();
        broken.find_map(|point| Some((point, point.broken.as_ref()?)))
    }
}

/// Why a program could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// It is no scenario.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// It does what others do.
    #[error("{}", text!(exercise_not_yours, file, line, statement))]
    NotYours {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// The statement.
        statement: &'static str,
    },
    /// It could not be run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Its trace could not be made.
    #[error(transparent)]
    Annotate(#[from] AnnotateError),
    /// Its trace cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Exercise {
    /// Runs a program, the text of a scenario, in the exercise's world, and judges what it did. `file` is how messages
    /// and the trace name it.
    ///
    /// # Errors
    /// If it is no program, or cannot be run.
    pub fn judge(&self, file: &str, program: &str) -> Result<Judged, JudgeError> {
        let scenario = Scenario::parse(file, &text::in_world(program, &self.world))?;
        if let Some((line, statement)) = of_others(&scenario) {
            return Err(JudgeError::NotYours {
                file: file.to_owned(),
                line,
                statement,
            });
        }
        let mut recorded = Vec::new();
        let heard = evscope_scenario::record_and_hear(
            &scenario,
            Method::Poll,
            PAYLOAD,
            LIMITS,
            &mut recorded,
        )?;
        let mut trace = Vec::new();
        annotate(recorded.as_slice(), &scenario, file, &mut trace)?;
        let points = self.points_of(&Trace::read(trace.as_slice(), file)?, Some(&heard));
        Ok(Judged { points, trace })
    }

    /// Judges a program that ran beside, by its trace and what the others got.
    pub fn judge_ran(&self, trace: &Trace, heard: &[Heard]) -> Judged {
        Judged {
            points: self.points_of(trace, Some(heard)),
            trace: Vec::new(),
        }
    }

    /// Judges the trace of a program that ran elsewhere: what the other side got is in no trace.
    pub fn judge_trace(&self, trace: &Trace) -> Judged {
        Judged {
            points: self.points_of(trace, None),
            trace: Vec::new(),
        }
    }

    /// What becomes of each point.
    fn points_of(&self, trace: &Trace, heard: Option<&[Heard]>) -> Vec<Point> {
        let mut points: Vec<Point> = Vec::new();
        for verdict in self.rules.check(trace) {
            points.push(Point {
                broken: verdict.broken.first().map(|broken| Broken {
                    step: broken.step,
                    words: Both {
                        en: verdict.text(broken, Lang::EN),
                        zh: verdict.text(broken, Lang::ZH),
                    },
                }),
                name: verdict.rule,
            });
        }
        if let Some(heard) = heard {
            points.extend(self.gets.iter().map(|gets| got(gets, heard)));
        }
        let findings = Checker::all(&CheckOptions::default(), trace.records());
        let findings = findings
            .into_iter()
            .filter(|finding| finding.severity >= Severity::Warning)
            .filter(|finding| !self.allow.iter().any(|allowed| allowed == finding.rule));
        for finding in findings {
            if !points.iter().any(|point| point.name == finding.rule) {
                points.push(found(&finding));
            }
        }
        points
    }
}

/// A statement in the program that is not the program's to do.
fn of_others(scenario: &Scenario) -> Option<(u32, &'static str)> {
    let theirs = |op: Op| {
        matches!(
            op,
            Op::PeerSend
                | Op::PeerRead
                | Op::PeerShutdown
                | Op::PeerClose
                | Op::PeerReset
                | Op::PeerConnect
                | Op::ServerAccept
                | Op::Raise
        )
    };
    let found = scenario
        .program()
        .find(|instruction| theirs(instruction.op))?;
    Some((found.line, found.op.spec().name))
}

/// Whether a peer got what it must get.
fn got(gets: &Gets, heard: &[Heard]) -> Point {
    let heard = heard.iter().find(|heard| heard.peer == gets.peer);
    let bytes = heard.map_or(&[][..], |heard| &heard.bytes);
    let ended = heard.is_some_and(|heard| heard.ended);
    let should = gets.bytes.repeat(gets.times);
    let holds = bytes == should.as_bytes() && gets.ends.is_none_or(|ends| ends == ended);
    let words = |words: &str, lang: Lang| {
        let got = text!(
            exercise_got,
            peer = gets.peer,
            got = shown(bytes),
            should = shown(should.as_bytes()),
            ended = match (ended, gets.ends) {
                (true, Some(false)) => text!(exercise_ended_early),
                (false, Some(true)) => text!(exercise_not_ended),
                _ => evscope_words::Text::same(""),
            },
        );
        format!("{words} {}", got.in_lang(lang).trim_end())
    };
    Point {
        name: gets.name.clone(),
        broken: (!holds).then(|| Broken {
            step: None,
            words: Both {
                en: words(&gets.words.en, Lang::EN),
                zh: words(&gets.words.zh, Lang::ZH),
            },
        }),
    }
}

/// So many bytes are shown as text.
const SHOWN: usize = 48;

/// Bytes for a sentence: as text if they are few.
fn shown(bytes: &[u8]) -> evscope_words::Text {
    match bytes.len() {
        0 => text!(exercise_nothing),
        1..=SHOWN => evscope_words::Text::same(format!("\"{}\"", bytes.escape_ascii())),
        len => text!(
            exercise_bytes,
            len,
            first = bytes[..16].escape_ascii().to_string()
        ),
    }
}

/// A finding of `evscope check` as a point.
fn found(finding: &Finding) -> Point {
    let words = |lang: Lang| {
        format!(
            "{} {}",
            finding.message.in_lang(lang),
            finding.advice.in_lang(lang)
        )
    };
    Point {
        name: finding.rule.to_owned(),
        broken: Some(Broken {
            step: Some(finding.step),
            words: Both {
                en: words(Lang::EN),
                zh: words(Lang::ZH),
            },
        }),
    }
}
