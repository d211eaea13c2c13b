//! Judging a program in a process of its own, so that nothing it does is done to who asks.
//!
//! The judge is evscope itself (`evscope judge`), in a process group of its own. It has the limits of
//! [`limits`]; here the time is watched, and how many processes there are.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use evscope_exercise::Exercise;
use evscope_replay::Lang;
use evscope_words::{Text, text};
use rustix::process::{Pid, Signal, kill_process_group};

use super::report::Report;
use super::{Form, Program, limits};
use crate::language;

/// How often is looked.
const LOOK: Duration = Duration::from_millis(10);

/// Judges a program, and leaves its trace in a file. Without an exercise it is only run.
pub(crate) fn judge(
    exercise: Option<&Exercise>,
    program: &Program,
    trace: &Path,
    lang: Lang,
) -> anyhow::Result<Report> {
    // What is compiled here is evscope's own, and nobody's limits hold for it.
    if let Err(error) = super::prepare(exercise, program.form) {
        return Ok(Report::of_problem(crate::in_full(&error)));
    }
    adopt();
    let evscope = std::env::current_exe().context("evscope")?;
    let mut words: Vec<OsString> = vec!["judge".into(), "--as".into()];
    words.push(program.form.name().into());
    if let Some(exercise) = exercise {
        words.push("--exercise".into());
        words.push((&exercise.name).into());
    }
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
        Form::C | Form::Rust | Form::Executable => limits::PROGRAM,
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
    end_orphans();
    outcome
}

/// Processes that left the group and outlived the judge become this one's children.
#[cfg(target_os = "linux")]
fn adopt() {
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Ends them, and those that they leave in turn.
#[cfg(target_os = "linux")]
fn end_orphans() {
    /// Who makes processes faster than this is not caught by it.
    const ROUNDS: usize = 100;
    let own = std::process::id();
    for _ in 0..ROUNDS {
        let orphans: Vec<i32> = processes()
            .filter(|(_, parent, _)| *parent == own)
            .map(|(pid, _, _)| pid)
            .collect();
        if orphans.is_empty() {
            return;
        }
        for pid in orphans.into_iter().filter_map(Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, Signal::KILL);
            let _ = rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::empty());
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn adopt() {}

#[cfg(not(target_os = "linux"))]
fn end_orphans() {}

/// How many processes a group has; where there is no `/proc`, nobody knows.
fn of_group(group: u32) -> usize {
    processes().filter(|(_, _, of)| *of == group).count()
}

/// Each process: its number, its parent's and its group's.
fn processes() -> impl Iterator<Item = (i32, u32, u32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // Behind the name, which may hold anything: the state, the parent, the group.
        let mut words = stat.rsplit_once(')')?.1.split_whitespace().skip(1);
        Some((
            pid,
            words.next()?.parse().ok()?,
            words.next()?.parse().ok()?,
        ))
    })
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
