//! Running to a stop.

use crate::model::listing::NO_STOP;
use crate::model::{Direction, Model};
use crate::work::job::Job;
use crate::work::stops::{Stop, nearest};

impl Model {
    /// Runs to the next of the stops, so many times.
    pub(crate) fn run_to_stops(&mut self, to: Direction, times: usize) {
        for left in (1..=times).rev() {
            if !self.run(&self.stops.clone(), to, left) {
                break;
            }
        }
    }

    /// Runs on to one of the stops, leaving the others aside.
    pub(crate) fn run_to_stop(&mut self, at: usize) {
        if let Some(stop) = self.stops.get(at) {
            let mut only = stop.clone();
            only.on = true;
            self.run(&[only], Direction::Forward, 1);
        }
    }

    /// Runs to the next stop where the trace has been looked through already; otherwise the last of so many is to be found.
    /// Whether it is there.
    fn run(&mut self, stops: &[Stop], to: Direction, times: usize) -> bool {
        let from = self.step;
        let last = self.trace().len().saturating_sub(1);
        let job = match (nearest(&self.replay, stops, from, to), to) {
            (Some(Some((step, reason))), _) => {
                self.stopped(step, &reason);
                return true;
            }
            (Some(None), Direction::Back) => {
                self.complain(self.say(NO_STOP));
                return false;
            }
            (None, Direction::Back) => Job::backward(stops, from, times),
            // A program that is held goes on from the end.
            (Some(None), Direction::Forward) => Job::forward(&self.replay, stops, last, 1),
            (None, Direction::Forward) => Job::forward(&self.replay, stops, from, times),
        };
        self.start(job);
        false
    }
}
