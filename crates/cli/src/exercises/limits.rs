//! What a learner's program may use. The limits are the kernel's, and set in this one place; what counts over the
//! whole of its processes (how long, how many) is watched by who has started the judge.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

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
}
