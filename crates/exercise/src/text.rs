//! The text of a learner's scenario, and the exercise's world in it.

/// What a part of a scenario begins with.
const HEADS: [&str; 4] = ["main", "callback", "at", "allow"];

/// Between the program and what others do, in the file that a learner begins with.
const OTHERS: &str =
    "\n# What others do. It is here to be read and tried: the exercise is judged with its own.\n\n";

/// The file that a learner begins with: the program, and behind it what others do.
pub(crate) fn with_world(program: &str, world: &str) -> String {
    format!("{}\n{OTHERS}{world}", program.trim_end())
}

/// The program of a learner's file in the exercise's world. Its own lines keep their numbers.
pub(crate) fn in_world(file: &str, world: &str) -> String {
    let mut text = String::new();
    let mut others = false;
    for line in file.lines() {
        if let Some(head) = head(line) {
            others = head == "at";
        }
        if !others {
            text.push_str(line);
        }
        text.push('\n');
    }
    text.push_str(world);
    text
}

/// What part a line begins, if it begins one: a name can be called like a part.
fn head(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let (word, rest) = line.split_at(end.unwrap_or(line.len()));
    let named = rest.trim_start().starts_with(['=', ',']);
    (HEADS.contains(&word) && !named).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_do_is_the_exercises_and_lines_stay_where_they_are() {
        let file = "main\n    at = evtimer_new tick\nat 1ms peer_send c \"a\"\nat 2ms\n  raise SIGUSR1\n\
                    callback tick\n    event_free self\n";
        let text = in_world(file, "at 5ms raise SIGUSR2\n");
        assert_eq!(
            text,
            "main\n    at = evtimer_new tick\n\n\n\ncallback tick\n    event_free self\nat 5ms raise SIGUSR2\n"
        );
        assert_eq!(
            in_world(&with_world("main\n", "at 1s\n"), "").trim_end(),
            with_world("main\n", "").trim_end()
        );
    }
}
