//! Many connections at once, and many one after the other: every byte comes back, and nothing is left behind.
//!
//! Small by default. `EVSCOPE_SOAK=10000` opens so many connections at once, `EVSCOPE_SOAK_ROUNDS=1000000` so
//! many one after the other; `scripts/soak` runs both.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod client;
mod one_by_one;
mod plan;
mod server;

/// Both tests count the process's fds: one at a time.
static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// A number from the environment, or what is used without it.
fn wanted(variable: &str, usual: usize) -> usize {
    match std::env::var(variable) {
        Err(_) => usual,
        Ok(value) => value
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is to be a number, not {value:?}")),
    }
}

/// How many fds this process has.
fn open_fds() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}
