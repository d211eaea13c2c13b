//! Process numbers: whose they are, and which one a process has here that runs in a PID namespace of its own.

use std::fs;

/// Whether a process that is not this one's child has ended. One that nobody waits for is still there, in a way.
pub(crate) fn has_ended(pid: i32) -> bool {
    Stat::of(pid).is_none_or(|stat| matches!(stat.state, 'Z' | 'X'))
}

/// Whether the number is that of a process which this one has not started, directly or through others: then the one that
/// says it is its own is in another namespace. (What is left behind in the background stays below this process.)
pub(crate) fn is_strangers(pid: i32) -> bool {
    Stat::of(pid).is_some() && !is_below_us(pid)
}

/// The number here of the process that has the number `pid` in a namespace of its own.
pub(crate) fn here(pid: i32) -> Option<i32> {
    let numbers = fs::read_dir("/proc").ok()?.flatten();
    numbers
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .find(|&here| innermost(here) == Some(pid) && is_below_us(here))
}

fn is_below_us(pid: i32) -> bool {
    let own = std::process::id() as i32;
    let mut at = pid;
    while let Some(stat) = Stat::of(at) {
        if stat.parent == own {
            return true;
        }
        at = stat.parent;
    }
    false
}

/// The number in the innermost namespace, of a process that has several.
fn innermost(pid: i32) -> Option<i32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("NSpid:"))?;
    line.split_whitespace().skip(1).last()?.parse().ok()
}

/// What the system says of a process.
struct Stat {
    state: char,
    parent: i32,
}

impl Stat {
    fn of(pid: i32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // They follow the name, which is in parentheses and may have any in it.
        let mut words = text.rsplit_once(") ")?.1.split(' ');
        Some(Self {
            state: words.next()?.chars().next()?,
            parent: words.next()?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_no_stranger_and_a_parent_is() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let pid = child.id() as i32;
        assert!(!is_strangers(pid));
        assert!(is_strangers(std::os::unix::process::parent_id() as i32));
        assert!(!has_ended(pid));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(has_ended(pid));
    }
}
