//! How much one line may ask of its reader, whoever wrote it.

use evscope_words::{Text, text};

/// The longest line that is read, its end included: many times what any step or function takes.
pub const LONGEST_LINE: usize = 64 << 20;

/// The same for people.
pub(crate) const LONGEST_LINE_SHOWN: &str = "64 MiB";

/// How deep objects and lists may stand in each other. The JSON reader has the same bound.
const DEEPEST: usize = 127;

/// How many values a line may have: in memory each takes many times its two bytes.
const MOST_VALUES: usize = 1 << 20;

/// Holds that a line may be given to the JSON reader. Looks at its shape only; what is no JSON passes.
pub(crate) fn check(line: &[u8]) -> Result<(), Text> {
    let (mut depth, mut values) = (0_usize, 1);
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        at += 1;
        match byte {
            b'"' => at += string(&line[at..]),
            b'{' | b'[' => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(text!(trace_nested, levels = DEEPEST));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
    }
    if values > MOST_VALUES {
        return Err(text!(trace_values, values, most = MOST_VALUES));
    }
    Ok(())
}

/// How long a text is, with the quote at its end.
fn string(rest: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&byte) = rest.get(at) {
        at += 1;
        match byte {
            b'"' => break,
            b'\\' => at += 1,
            _ => {}
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_and_values_are_counted_outside_of_texts() {
        let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert_eq!(check(nested(DEEPEST).as_bytes()), Ok(()));
        assert!(serde_json::from_str::<serde_json::Value>(&nested(DEEPEST)).is_ok());
        assert!(check(nested(DEEPEST + 1).as_bytes()).is_err());
        assert_eq!(check(format!("\"{}\"", nested(500)).as_bytes()), Ok(()));
        assert_eq!(check(format!("\"\\\"{}\"", nested(500)).as_bytes()), Ok(()));
        assert!(check(format!("\"\\\\\"{}", nested(500)).as_bytes()).is_err());
        assert!(check(format!("[{}0]", "0,".repeat(MOST_VALUES)).as_bytes()).is_err());
        assert_eq!(
            check(format!("\"{}\"", ",".repeat(MOST_VALUES + 1)).as_bytes()),
            Ok(())
        );
        assert_eq!(check(b"\"cut off\\"), Ok(()));
        assert_eq!(check(b"]]]"), Ok(()));
    }
}
