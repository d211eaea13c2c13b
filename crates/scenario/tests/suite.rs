//! Every scenario of `examples/scenarios/` does the same on evscope's reactor and on libevent, with each backend.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::fs;

use evscope_reactor::Method;
use evscope_scenario::Scenario;

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
    let wanted: Vec<Scenario> = all
        .into_iter()
        .filter(|scenario| only.as_ref().is_none_or(|only| scenario.name == *only))
        .collect();
    assert!(
        !wanted.is_empty(),
        "SCENARIO names none, without its `.scn`"
    );
    wanted
}

#[test]
fn the_suite_is_the_same_on_both() {
    let all = scenarios();
    let Some(driver) = common::driver() else {
        return;
    };
    let has_tls = common::has_tls(&driver);
    let mut failures = String::new();
    for backend in Method::ALL {
        let mut here: Vec<&Scenario> = all
            .iter()
            .filter(|scenario| scenario.runs_on(backend) && (has_tls || !scenario.has_tls()))
            .collect();
        if let Ok(traces) = common::both(&driver, &here, backend) {
            let pairs = common::split(&traces.a)
                .into_iter()
                .zip(common::split(&traces.b));
            here = pairs
                .zip(here)
                .filter(|((a, b), _)| common::compare(a, b, false).is_some())
                .map(|(_, scenario)| scenario)
                .collect();
        }
        for scenario in here {
            match common::both(&driver, &[scenario], backend) {
                Err(error) => {
                    failures += &format!("{} on {}: {error}\n", scenario.name, backend.name());
                }
                Ok(traces) => {
                    if let Some(difference) = common::compare(&traces.a, &traces.b, false) {
                        let name = &scenario.name;
                        failures += &format!(
                            "{name} on {}: the reactor (-), libevent (+):\n{}\n",
                            backend.name(),
                            difference.text
                        );
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Where libevent's order is chance, what each object does is the same whatever the chance.
#[test]
fn whatever_the_order_is_each_does_the_same() {
    let Some(driver) = common::driver() else {
        return;
    };
    let chance: Vec<Scenario> = scenarios()
        .into_iter()
        .filter(|scenario| scenario.any_order.is_some())
        .collect();
    let mut orders = 0;
    for scenario in &chance {
        for backend in [Method::Poll, Method::Select] {
            for start in 1..4 {
                let traces =
                    common::both(&driver.starting_at(start), &[scenario], backend).unwrap();
                if let Some(difference) = common::compare(&traces.a, &traces.b, true) {
                    panic!(
                        "{} on {} from {start}: {}",
                        scenario.name,
                        backend.name(),
                        difference.text
                    );
                }
                let whole = common::compare(&traces.a, &traces.b, false);
                orders += usize::from(whole.is_some());
            }
        }
    }
    // Else nothing would be allowed that is not the same anyway.
    assert!(orders > 0 || chance.is_empty());
}

/// As many as there should be, each with a word about what it shows.
#[test]
fn the_suite_is_whole() {
    let all = scenarios();
    if std::env::var_os("SCENARIO").is_none() {
        assert!(all.len() >= 60, "{}", all.len());
    }
    for scenario in all {
        assert!(
            scenario.text.starts_with("# "),
            "{}: no comment says what it shows",
            scenario.name
        );
    }
}
