//! The name somebody may have meant.

/// The known name nearest to a wrong one, if it is near enough to be a slip of the fingers.
pub(crate) fn nearest<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    // One slip in a short word, two in a longer one, three in a long one.
    let most = match wrong.chars().count() {
        0..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    known
        .into_iter()
        .map(|name| (distance(&wrong, &name.to_lowercase()), name))
        // Something of the word must be right.
        .filter(|(distance, name)| {
            *distance <= most && *distance < wrong.chars().count().min(name.len())
        })
        .min()
        .map(|(_, name)| name)
}

/// How many letters must be changed, added, dropped or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1; b.len() + 1];
        for j in 0..b.len() {
            let changed = last[j] + usize::from(a[i] != b[j]);
            row[j + 1] = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                row[j + 1] = row[j + 1].min(before_last[j - 1] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_and_other_words_are_not() {
        let known = ["writecb", "readcb", "eventcb", "fd"];
        assert_eq!(nearest("wrtecb", known), Some("writecb"));
        assert_eq!(nearest("wrietcb", known), Some("writecb"));
        assert_eq!(nearest("READCB", known), Some("readcb"));
        assert_eq!(nearest("df", known), Some("fd"));
        assert_eq!(nearest("poll", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn a_slip_is_a_letter_changed_added_dropped_or_two_swapped() {
        for (a, b, slips) in [
            ("", "", 0),
            ("poll", "poll", 0),
            ("poll", "pull", 1),
            ("poll", "polls", 1),
            ("poll", "oll", 1),
            ("oll", "poll", 1),
            ("polls", "poll", 1),
            ("pomll", "poll", 1),
            ("poll", "opll", 1),
            ("poll", "plol", 1),
            ("poll", "", 4),
            ("", "poll", 4),
            ("ab", "cd", 2),
            ("abcd", "badc", 2),
            ("writecb", "readcb", 4),
            ("eventcb", "event_cb", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), slips, "{a} {b}");
        }
    }

    #[test]
    fn a_longer_word_may_have_more_slips() {
        for (wrong, known, near) in [
            ("pull", "poll", true),
            ("pall", "pool", false),
            ("eventdb", "eventcb", true),
            ("evemtdb", "eventcb", true),
            ("evamtdb", "eventcb", false),
            ("bufferevemd", "bufferevent", true),
            ("bufferebemd", "bufferevent", true),
            ("bufgerebemd", "bufferevent", false),
            // Nothing of it is right.
            ("x", "t", false),
        ] {
            assert_eq!(nearest(wrong, [known]).is_some(), near, "{wrong} {known}");
        }
    }
}
