//! What a process costs.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs it with its output thrown away, and prints its time, its processor time and its most memory.
pub(crate) fn cost(name: &str, command: &mut Command) {
    match measure(command) {
        Ok(Cost { wall, cpu, peak }) => {
            println!(
                "{name:<34} {wall:>9.2?}   {cpu:>9.2?} of processors, {} at most",
                mib(peak)
            );
        }
        Err(why) => println!("{name:<34} LEFT OUT: {why}"),
    }
}

pub(crate) struct Cost {
    wall: Duration,
    cpu: Duration,
    peak: u64,
}

pub(crate) fn measure(command: &mut Command) -> Result<Cost, String> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let start = Instant::now();
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut said = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        let _ = stderr.read_to_string(&mut said);
    }
    let mut status = 0;
    // SAFETY: a zeroed `rusage` is one of nothing used.
    let mut used: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the process is our child and not yet waited for; both are places for what is told.
    let waited = unsafe { libc::wait4(child.id() as i32, &raw mut status, 0, &raw mut used) };
    let wall = start.elapsed();
    // Whoever finds something says so by a status of 1.
    let went_well = libc::WIFEXITED(status) && libc::WEXITSTATUS(status) <= 1;
    if waited < 0 || !went_well {
        return Err(said.lines().next().unwrap_or("it failed").to_owned());
    }
    let time = |time: libc::timeval| {
        Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64)
    };
    Ok(Cost {
        wall,
        cpu: time(used.ru_utime) + time(used.ru_stime),
        peak: used.ru_maxrss as u64 * 1024,
    })
}

pub(crate) fn mib(bytes: u64) -> String {
    format!("{:.0} MiB", bytes as f64 / f64::from(1 << 20))
}
