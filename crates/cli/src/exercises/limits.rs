//! What a learner's program may use. The limits are the kernel's, and set in this one place; what counts over the
//! whole of its processes (how long, how many) is watched by who has started the judge.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, geteuid, getrlimit, setrlimit};

/// How long judging a scenario may take: it lives in a time of its own.
pub(crate) const SCENARIO: Duration = Duration::from_secs(20);

/// How long it may take to compile a program, and to run it with its peers, who live in everybody's time.
pub(crate) const PROGRAM: Duration = Duration::from_secs(60);

/// How many processes it may have at a time, with the judge's own.
pub(crate) const PROCESSES: usize = 64;

/// What each process may use.
const EACH: [(Resource, u64); 4] = [
    (Resource::As, 2 << 30),
    (Resource::Cpu, 15),
    (Resource::Fsize, 256 << 20),
    (Resource::Nofile, 1024),
];

/// Sets the limits of this process, and so of those that it starts. What is lower already stays.
pub(crate) fn set() {
    for (resource, most) in EACH {
        let now = getrlimit(resource);
        let lower = |limit: Option<u64>| Some(limit.map_or(most, |limit| limit.min(most)));
        let limit = Rlimit {
            current: lower(now.current),
            maximum: lower(now.maximum),
        };
        // Lowering is always allowed; where it is not known, there is no such limit.
        let _ = setrlimit(resource, limit);
    }
    // The kernel counts what the user has in all, and root it never counts.
    if !geteuid().is_root() {
        let most = Some(of_user(geteuid().as_raw()) + PROCESSES as u64);
        let limit = Rlimit {
            current: most,
            maximum: most,
        };
        let _ = setrlimit(Resource::Nproc, limit);
    }
}

/// How many threads a user has.
fn of_user(user: u32) -> u64 {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let own = entries.filter(|entry| entry.metadata().is_ok_and(|meta| meta.uid() == user));
    let threads = own.map(|entry| {
        let threads = fs::read_dir(entry.path().join("task"));
        threads.map_or(0, |threads| threads.count() as u64)
    });
    threads.sum()
}
