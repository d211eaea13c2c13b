//! A program that is held: keys let it go on, and what it does decides whether it may.

use evscope_replay::Query;
use evscope_trace::{Level, Line};

use super::{HELLO_WORLD, User};
use crate::model::message::{Effect, Message};
use crate::model::program::{Until, Whereabouts};
use crate::model::{Following, HasProgram};
use crate::work::stops::Stop;

/// A program that does what the hello-world example did, and its user.
struct Held {
    user: User,
    lines: Vec<Line>,
    given: usize,
}

impl Held {
    /// It is held at its first step.
    fn new(stops: &[&str]) -> Self {
        let mut reader = evscope_trace::Reader::new(HELLO_WORLD.as_bytes(), "t").unwrap();
        let lines = std::iter::from_fn(|| reader.next_line().unwrap()).collect();
        let header = HELLO_WORLD.lines().next().unwrap();
        let user = User::with(&format!("{header}\n"), |begin| {
            begin.following = Following::Live;
            begin.program = HasProgram::Yes;
            begin.stops = stops
                .iter()
                .map(|stop| Stop::at(Query::parse(stop).unwrap()))
                .collect();
        });
        let mut held = Self {
            user,
            lines,
            given: 0,
        };
        held.does(1);
        held.user.tell(Message::Program(Whereabouts::Held));
        held
    }

    /// It does so many steps.
    fn does(&mut self, steps: usize) {
        for _ in 0..steps {
            let rest = &self.lines[self.given..];
            let Some(step) = rest.iter().position(|line| matches!(line, Line::Record(_))) else {
                return;
            };
            let new = rest[..=step].to_vec();
            self.given += new.len();
            self.user.tell(Message::Grown(new));
        }
    }

    /// It goes on as it is let, a step at a time, until it is held for good. How far it was let each time.
    fn goes_on(&mut self) -> Vec<Until> {
        let mut let_go = Vec::new();
        loop {
            let asked = std::mem::take(&mut self.user.effects);
            let until = asked.iter().find_map(|effect| match effect {
                Effect::GoOn(until) => Some(*until),
                _ => None,
            });
            let Some(until) = until else { return let_go };
            let_go.push(until);
            if until == Until::Free || self.given == self.lines.len() {
                return let_go;
            }
            self.does(1);
            self.user.tell(Message::Program(Whereabouts::Held));
        }
    }

    fn step(&self) -> usize {
        self.user.step()
    }

    fn event(&self) -> String {
        let trace = self.user.model.trace();
        trace.record(self.step()).event.name().to_owned()
    }
}

#[test]
fn next_at_the_newest_row_lets_the_program_go_on_to_another() {
    let mut held = Held::new(&[]);
    assert_eq!(held.goes_on(), [], "the first row is there");
    assert!(held.user.screen().contains("HELD"));
    let before = held.step();
    held.user.press("n");
    assert!(held.user.screen().contains("RUNNING"));
    let let_go = held.goes_on();
    assert_eq!(held.step(), held.user.model.rows().get(1).unwrap().step());
    assert_eq!(let_go[0], Until::Step(Level::Walkthrough));
    assert!(held.step() > before && held.user.screen().contains("HELD"));
    // Back is a look at what was; forward again goes through it before the program goes on.
    held.user.press("pn");
    assert_eq!(held.goes_on(), []);
    // A count is so many rows.
    held.user.press("04n");
    held.goes_on();
    assert_eq!(held.step(), held.user.model.rows().get(5).unwrap().step());
    assert_eq!(held.step() + 1, held.user.model.trace().len());
    // Keys that come faster than the program's steps are not lost.
    held.user.press("nn");
    held.goes_on();
    assert_eq!(held.step(), held.user.model.rows().get(7).unwrap().step());
    // At the level of the program it is held at the program's steps.
    held.user.press("1n");
    assert_eq!(held.goes_on()[0], Until::Step(Level::Program));
}

#[test]
fn run_goes_on_to_the_next_stop_and_without_one_freely() {
    let mut held = Held::new(&["ev=listener_cb"]);
    held.goes_on();
    assert_eq!(held.event(), "listener_cb");
    held.user.press(":break ev=writecb<enter>c");
    let let_go = held.goes_on();
    assert_eq!(held.event(), "writecb");
    assert!(
        let_go
            .iter()
            .all(|until| *until == Until::Step(Level::Everything))
    );
    // With a stop ahead in what was recorded, that comes first.
    held.user.press("gc");
    assert_eq!(
        (held.goes_on(), held.event()),
        (vec![], "listener_cb".to_owned())
    );

    let mut held = Held::new(&[]);
    held.user.press("c");
    assert_eq!(held.goes_on(), [Until::Free]);
    held.user
        .tell(Message::Program(Whereabouts::Running))
        .press("n");
    assert!(held.user.complaint().contains("H holds it"));
    held.user.press("H");
    assert_eq!(held.goes_on(), [Until::Step(Level::Walkthrough)]);
    held.user.press("H");
    assert_eq!(held.goes_on(), [Until::Free]);
}

#[test]
fn esc_gives_up_the_way_to_a_stop_and_the_program_is_held() {
    let mut held = Held::new(&["ev=lost"]);
    held.user.effects.clear();
    held.user.press("<esc>");
    assert!(!held.user.model.awaits_program());
    held.does(1);
    held.user.tell(Message::Program(Whereabouts::Held));
    assert_eq!(held.goes_on(), []);
    assert!(held.user.screen().contains("HELD"));
}

#[test]
fn a_program_that_has_ended_goes_nowhere() {
    let mut held = Held::new(&[]);
    held.user.press("n");
    held.does(200);
    held.user.tell(Message::Program(Whereabouts::Ended));
    held.user.effects.clear();
    assert!(held.user.screen().contains("ENDED"));
    assert!(held.user.press("Gn").complaint().contains("ended"));
    assert!(held.user.press("H").complaint().contains("ended"));
    assert!(held.user.press("c").complaint().contains("ended"));
    assert_eq!(held.user.effects, []);
}

#[test]
fn without_a_program_there_is_nothing_to_hold() {
    let mut user = User::new();
    assert!(user.press("H").complaint().contains("live --step"));
    assert!(user.press("c").complaint().contains("nothing to stop at"));
}

/// On a screen that is too narrow for all of them too.
#[test]
fn a_program_that_is_held_says_with_which_keys_it_goes_on() {
    for lang in ["en", "zh"] {
        let mut held = Held::new(&[]);
        held.user.model.looks.size = (80, 24);
        held.user.press(&format!(":language {lang}<enter>"));
        held.does(3);
        held.user.tell(Message::Program(Whereabouts::Held));
        let screen = held.user.screen();
        let status = screen.lines().last().unwrap_or_default();
        let next = if lang == "en" {
            "n next"
        } else {
            "n 下一步"
        };
        assert!(status.contains(next), "{screen}");
    }
}
