//! A step for which it is known while the code around it is compiled which one it is. Each kind has a type in
//! [`steps`](crate::steps). In its short form such a step is a word for each field, and which words these are is known
//! then, too: to put it down takes no more than to write them.

use crate::Event;
use crate::packed::Pack;

/// What happened, as it is said by who did it.
pub trait Step: Sized {
    /// Where its name is in [`Event::NAMES`].
    fn number(&self) -> usize;

    /// Its short form; `None` if it has none. Texts that are part of the program are known to `text` by numbers.
    fn short(&self, text: impl FnMut(&'static str) -> u64) -> Option<Short>;

    /// The same for who does not know which it is.
    fn into_event(self) -> Event;
}

/// A word for each field of a step, but for those that have none in this form and are absent.
#[derive(Debug, Clone, Copy)]
pub struct Short {
    words: [u64; Self::MOST],
    len: usize,
}

impl Short {
    /// The most words that a step has.
    pub const MOST: usize = 8;

    /// Of no field yet.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self {
            words: [0; Self::MOST],
            len: 0,
        }
    }

    /// With one more field; `None` if it has no word.
    #[inline(always)]
    pub(crate) fn with<T: Pack>(
        mut self,
        field: &T,
        text: &mut impl FnMut(&'static str) -> u64,
    ) -> Option<Self> {
        let word = field.word(text)?;
        if T::HAS_WORD {
            self.words[self.len] = word;
            self.len += 1;
        }
        Some(self)
    }

    /// The words.
    #[inline(always)]
    pub fn words(&self) -> &[u64] {
        &self.words[..self.len]
    }
}

/// Takes the word of a field.
pub(crate) fn take<T: Pack>(
    words: &mut impl Iterator<Item = u64>,
    text: &impl Fn(u64) -> Option<&'static str>,
) -> Option<T> {
    let word = if T::HAS_WORD { words.next()? } else { 0 };
    T::of_word(word, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EvFlags, Nanos, Payload, steps};

    /// The words of a step's short form, and whether the step comes back from them; with one text that has a number.
    fn words(step: impl Step) -> Option<Vec<u64>> {
        let short = step.short(|text| u64::from(text == "EAGAIN"));
        let (number, event) = (step.number(), step.into_event());
        assert_eq!(Event::NAMES[number], event.name());
        let of_event = event.short(|text| u64::from(text == "EAGAIN"));
        let words = short.map(|short| short.words().to_vec());
        assert_eq!(of_event.map(|short| short.words().to_vec()), words);
        if let Some(words) = &words {
            assert_eq!(words.len(), Event::short_len(number));
            let text = |number| (number == 1).then_some("EAGAIN");
            let again = |words: &[u64]| Event::of_short(number, &mut words.iter().copied(), &text);
            assert_eq!(again(words), Some(event));
            for end in 0..words.len() {
                assert_eq!(again(&words[..end]), None);
            }
        }
        words
    }

    #[test]
    fn each_field_has_a_word() {
        let read = |errno, data| steps::EvbufferRead {
            asked: Some(4096),
            result: -1,
            errno,
            before: 7,
            after: 70_000,
            data,
        };
        let again = || Some("EAGAIN".into());
        assert_eq!(words(read(None, None)), Some(vec![4097, 1, 0, 7, 70_000]));
        assert_eq!(
            words(read(again(), None)),
            Some(vec![4097, 1, 2, 7, 70_000])
        );
        // What is made while the program runs has none.
        assert_eq!(words(read(Some("made".to_owned().into()), None)), None);
        assert_eq!(words(read(None, Some(Payload::new(b"x", 1)))), None);
        let what = EvFlags::READ | EvFlags::PERSIST;
        assert_eq!(
            words(steps::BuffereventReadcb { what }),
            Some(vec![what.bits().into()])
        );
        assert_eq!(words(steps::EventDel {}), Some(vec![]));
    }

    #[test]
    fn an_absent_field_is_not_taken_for_a_great_one() {
        let add = |timeout| words(steps::EventAdd { timeout });
        assert_eq!(add(None), Some(vec![0]));
        assert_eq!(add(Some(Nanos(0))), Some(vec![1]));
        assert_eq!(add(Some(Nanos(u64::MAX - 1))), Some(vec![u64::MAX]));
        assert_eq!(add(Some(Nanos(u64::MAX))), None);
    }
}
