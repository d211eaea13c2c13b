//! Random scenarios do the same on evscope's reactor and on libevent.
//!
//! Each comes from a seed. One that differs is made as short as it can be and still differ, and is printed, to be kept
//! in `examples/scenarios/` once the reason is mended.
//!
//!     FUZZ=100000 cargo test -p evscope-scenario --test fuzz --release -- --nocapture
//!
//! runs so many, from the seed in `SEED` on (of the time, without it). `SHOW=7` prints the scenario of a seed instead.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;
mod generate;
mod mistakes;
mod shrink;

use std::collections::BTreeMap;
use std::time::{Instant, SystemTime};

use evscope_reactor::Method;
use evscope_replay::Trace;
use evscope_scenario::{Driver, Scenario, record};

use generate::{Text, generate};
use mistakes::{crash, mistake};

/// How many are tried always.
const USUAL: u64 = 2000;
/// The seed from which on: a run in CI is the same every time.
const SEED: u64 = 1;
/// How many share a process, and with it the time to start one.
const BATCH: u64 = 250;
/// How many that differ are shown.
const MOST_SHOWN: usize = 6;
/// After so many the rest is not tried.
const MOST_DIFFERENT: u64 = 200;

#[test]
fn random_scenarios_are_the_same_on_both() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse::<u64>().unwrap())
    };
    if let Some(seed) = number("SHOW") {
        return println!("{}", generate(seed));
    }
    let now = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() << 20;
    let (count, first) = match number("FUZZ") {
        None => (USUAL, number("SEED").unwrap_or(SEED)),
        Some(count) => (count, number("SEED").unwrap_or_else(now)),
    };
    let Some(driver) = common::driver() else {
        return;
    };
    let has_tls = common::has_tls(&driver);
    // Fds that a scenario leaves behind change the numbers of those of the next, and with them the order in which poll
    // and select report them.
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let (began, open_before, mut different) = (Instant::now(), open(), 0);
    // By what they differ in, one of each kind.
    let mut kinds: BTreeMap<String, (u64, u64, Text, Method, String)> = BTreeMap::new();
    for (batch, from) in (first..first + count).step_by(BATCH as usize).enumerate() {
        let backend = Method::ALL[batch % 3];
        let seeds = from..(from + BATCH).min(first + count);
        let seeds = seeds.filter(|seed| has_tls || !parse(*seed, &generate(*seed)).has_tls());
        for (seed, text, how) in differing(&driver, &seeds.collect::<Vec<_>>(), backend) {
            different += 1;
            // Who stops a long run early knows this much.
            println!("seed {seed} on {} differs:\n{how}", backend.name());
            kinds
                .entry(common::kind(&how))
                .or_insert((0, seed, text, backend, how))
                .0 += 1;
        }
        if number("FUZZ").is_some() {
            println!(
                "{} of {count}, {different} differ, {:?}",
                from + BATCH - first,
                began.elapsed()
            );
            if different > MOST_DIFFERENT {
                break;
            }
        }
    }
    assert_eq!(open(), open_before, "scenarios left fds open");
    let mut shown = String::new();
    let mut kinds: Vec<_> = kinds.into_values().collect();
    kinds.sort_by_key(|(count, ..)| std::cmp::Reverse(*count));
    for (count, seed, text, backend, how) in kinds.iter().take(MOST_SHOWN) {
        shown += &format!(
            "\n=== {count} like this\n{}",
            explained(&driver, *seed, text, *backend, how)
        );
    }
    assert!(
        different == 0,
        "seeds from {first}: {different} of {count} differ\n{shown}"
    );
}

fn parse(seed: u64, text: &Text) -> Scenario {
    let text = text.to_string();
    match Scenario::parse(&format!("seed-{seed}.scn"), &text) {
        Ok(scenario) => scenario,
        Err(error) => panic!("{error}\n{text}"),
    }
}

/// Those of a batch that differ, and in what.
fn differing(driver: &Driver, seeds: &[u64], backend: Method) -> Vec<(u64, Text, String)> {
    let texts: Vec<(u64, Text)> = seeds.iter().map(|&seed| (seed, generate(seed))).collect();
    let scenarios: Vec<Scenario> = texts
        .iter()
        .map(|(seed, text)| parse(*seed, text))
        .collect();
    let scenarios: Vec<&Scenario> = scenarios.iter().collect();
    let (ours, theirs) = match common::both(driver, &scenarios, backend) {
        Ok(traces) => (common::split(&traces.a), common::split(&traces.b)),
        // Somebody has crashed: halves run alone.
        Err(error) => {
            println!("{error}");
            if texts.len() == 1 {
                if let Some(why) = crashed(scenarios[0], backend, &error) {
                    println!("{}: passed over, {why}", scenarios[0].name);
                    return Vec::new();
                }
                return texts
                    .into_iter()
                    .map(|(seed, text)| (seed, text, error.clone()))
                    .collect();
            }
            let (first, last) = seeds.split_at(seeds.len() / 2);
            let mut all = differing(driver, first, backend);
            all.extend(differing(driver, last, backend));
            return all;
        }
    };
    assert_eq!((ours.len(), theirs.len()), (texts.len(), texts.len()));
    let pairs = texts
        .into_iter()
        .zip(scenarios)
        .zip(ours.into_iter().zip(theirs));
    pairs
        .filter_map(|(((seed, text), scenario), (a, b))| {
            let how = difference(&a, &b, scenario)?;
            Some((seed, text, how))
        })
        .collect()
}

/// What differs, if it is not for a mistake of libevent's.
fn difference(ours: &Trace, theirs: &Trace, scenario: &Scenario) -> Option<String> {
    let difference = common::compare(ours, theirs, false)?;
    if let Some(why) = mistake(ours, theirs, difference.at) {
        println!("{}: passed over, {why}", scenario.name);
        return None;
    }
    Some(difference.text)
}

/// Why libevent has crashed, if it is for a mistake of its own.
fn crashed(scenario: &Scenario, backend: Method, said: &str) -> Option<&'static str> {
    let mut ours = Vec::new();
    record(&[scenario], backend, None, &mut ours).ok()?;
    crash(&Trace::read(ours.as_slice(), "reactor").ok()?, said)
}

/// Whether one differs, alone.
fn differs(driver: &Driver, scenario: &Scenario, backend: Method) -> bool {
    match common::both(driver, &[scenario], backend) {
        Ok(traces) => difference(&traces.a, &traces.b, scenario).is_some(),
        Err(error) => crashed(scenario, backend, &error).is_none(),
    }
}

/// The shortest form of one that differs, and how.
fn explained(driver: &Driver, seed: u64, text: &Text, backend: Method, how: &str) -> String {
    if !differs(driver, &parse(seed, text), backend) {
        return format!(
            "\n=== seed {seed} on {}, only among others:\n{how}",
            backend.name()
        );
    }
    let file = format!("seed-{seed}.scn");
    let short = shrink::shrink(text, |text| {
        Scenario::parse(&file, &text.to_string())
            .is_ok_and(|scenario| differs(driver, &scenario, backend))
    });
    let scenario = Scenario::parse(&file, &short.to_string()).unwrap();
    let how = match common::both(driver, &[&scenario], backend) {
        Ok(traces) => difference(&traces.a, &traces.b, &scenario).unwrap_or_default(),
        Err(error) => format!("{error}\n"),
    };
    format!(
        "\n=== seed {seed} on {}\n{short}\n--- the reactor (-), libevent (+)\n{how}",
        backend.name()
    )
}
