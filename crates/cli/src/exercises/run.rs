//! Judging a program in a process of its own, so that nothing it does is done to who asks.
//!
//! The judge is evscope itself (`evscope judge`), in a process group of its own. It has the limits of
//! [`limits`](super::limits); here the time is watched, and how many processes there are.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use evscope_replay::Lang;
use evscope_words::{Text, text};
use rustix::process::{Pid, Signal, kill_process_group};

use super::report::Report;
use super::{Form, Program, limits};
use crate::language;

/// How often is looked.
const LOOK: Duration = Duration::from_millis(10);

/// Judges a program, and leaves its trace in a file.
pub(crate) fn judge(
    exercise: &str,
    program: &Program,
    trace: &Path,
    lang: Lang,
) -> anyhow::Result<Report> {
    let evscope = std::env::current_exe().context("evscope")?;
    let mut words: Vec<OsString> = vec!["judge".into(), exercise.into()];
    words.push("--as".into());
    words.push(program.form.name().into());
    if program.form != Form::Trace {
        words.push("--trace".into());
        words.push(trace.into());
    }
    words.push("--lang".into());
    words.push(lang.code().into());
    words.push("--".into());
    words.push((&program.file).into());
    let mut child = Command::new(evscope)
        .args(words)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("evscope judge")?;
    let said = child.stdout.take().map(|mut out| {
        // What it says is read beside it: a pipe is soon full.
        thread::spawn(move || {
            let mut said = Vec::new();
            let _ = out.read_to_end(&mut said);
            said
        })
    });
    let ended = watch(&mut child, program.form);
    let said = said.and_then(|said| said.join().ok()).unwrap_or_default();
    Ok(match ended {
        Ok(status) => serde_json::from_slice(&said)
            .unwrap_or_else(|_| Report::of_problem(language::told(&fault(status)))),
        Err(why) => Report::of_problem(language::told(&why)),
    })
}

/// Waits for the judge, and ends it and all of its group when it takes too long or makes too many processes.
fn watch(child: &mut Child, form: Form) -> Result<ExitStatus, Text> {
    let most = match form {
        Form::Scenario | Form::Trace => limits::SCENARIO,
    };
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let began = Instant::now();
    let outcome = loop {
        if let Ok(Some(status)) = child.try_wait() {
            break Ok(status);
        }
        if began.elapsed() > most {
            break Err(text!(exercise_too_long, seconds = most.as_secs()));
        }
        if of_group(child.id()) > limits::PROCESSES {
            break Err(text!(exercise_too_many_processes, most = limits::PROCESSES));
        }
        thread::sleep(LOOK);
    };
    // What it has left behind ends with it.
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
    outcome
}

/// How many processes a group has; where there is no `/proc`, nobody knows.
fn of_group(group: u32) -> usize {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let is_of = |stat: String| {
        // Behind the name, which may hold anything: the state, the parent, the group.
        let group_of = stat.rsplit_once(')')?.1.split_whitespace().nth(2)?;
        Some(group_of.parse() == Ok(group))
    };
    entries
        .filter(|entry| {
            let name = entry.file_name();
            name.to_str()
                .is_some_and(|name| name.parse::<u32>().is_ok())
        })
        .filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok())
        .filter(|stat| is_of(stat.clone()).unwrap_or(false))
        .count()
}

/// The judge itself was ended before it could say anything.
fn fault(status: ExitStatus) -> Text {
    match status
        .signal()
        .map(|signal| (signal, Signal::from_named_raw(signal)))
    {
        Some((_, Some(Signal::XCPU | Signal::KILL))) => text!(exercise_too_much_time),
        // Memory that is not to be had ends a Rust program so.
        Some((_, Some(Signal::ABORT))) => text!(exercise_too_much_memory),
        Some((signal, _)) => text!(exercise_ended_by, signal),
        None => text!(exercise_no_report),
    }
}
