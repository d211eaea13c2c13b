//! Every scenario of `examples/scenarios/` does the same on evscope's reactor and on libevent, with each backend.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::fs;

use evscope_reactor::Method;
use evscope_scenario::Scenario;
use evscope_trace::Level;

fn scenarios() -> Vec<Scenario> {
    let only = std::env::var("SCENARIO").ok();
    let mut files: Vec<_> = fs::read_dir(common::suite())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "scn"));
    let read = |file: &std::path::PathBuf| {
        let name = file.file_name().unwrap().to_str().unwrap();
        match Scenario::parse(name, &fs::read_to_string(file).unwrap()) {
            Ok(scenario) => scenario,
            Err(error) => panic!("{error}"),
        }
    };
    let all: Vec<Scenario> = files.iter().map(read).collect();
    all.into_iter()
        .filter(|scenario| only.as_ref().is_none_or(|only| scenario.name == *only))
        .collect()
}

#[test]
fn the_suite_is_the_same_on_both() {
    let all = scenarios();
    let Some(driver) = common::driver() else {
        return;
    };
    let mut failures = String::new();
    for backend in Method::ALL {
        let here: Vec<&Scenario> = all
            .iter()
            .filter(|scenario| scenario.runs_on(backend))
            .collect();
        match common::both(&driver, &here, backend) {
            Ok(traces) if common::compare(&traces, Level::Everything).is_none() => continue,
            _ => {}
        }
        for scenario in here {
            match common::both(&driver, &[scenario], backend) {
                Err(error) => {
                    failures += &format!("{} on {}: {error}\n", scenario.name, backend.name())
                }
                Ok(traces) => {
                    if let Some(differences) = common::compare(&traces, Level::Everything) {
                        let name = &scenario.name;
                        failures += &format!(
                            "{name} on {}: the reactor (-), libevent (+):\n{differences}\n",
                            backend.name()
                        );
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
