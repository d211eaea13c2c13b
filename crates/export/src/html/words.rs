//! What the page says, by the names under which its script asks for it.

use std::collections::BTreeMap;

use evscope_replay::{Lang, Trace};
use evscope_words::{Word, text, word};

/// The languages of the page: the reader switches between them.
const LANGS: [Lang; 2] = [Lang::EN, Lang::ZH];

const WORDS: [(&str, Word); 24] = [
    ("level", word!(page_level)),
    ("steps", word!(page_steps)),
    ("changes", word!(page_changes)),
    ("causes", word!(page_causes)),
    ("nothing", word!(page_nothing)),
    ("root", word!(page_root)),
    ("nowhere", word!(page_nowhere)),
    ("textless", word!(page_textless)),
    ("own", word!(page_own)),
    ("caller", word!(page_caller)),
    ("next", word!(page_next)),
    ("previous", word!(page_previous)),
    ("first", word!(page_first)),
    ("last", word!(page_last)),
    ("level1", word!(page_level1)),
    ("level2", word!(page_level2)),
    ("level3", word!(page_level3)),
    ("empty", word!(page_empty)),
    ("failure", word!(page_failure)),
    ("watermark", word!(page_watermark)),
    ("callback", word!(page_callback)),
    ("finding", word!(page_finding)),
    ("findings", word!(page_findings)),
    ("keys", word!(page_keys)),
];

/// All that the page says, in each of its languages.
pub(super) fn of(
    trace: &Trace,
    shown: usize,
) -> BTreeMap<&'static str, BTreeMap<&'static str, String>> {
    let header = trace.header();
    let about = text!(
        page_about,
        library = header.library,
        backend = header.backend,
        shown,
        all = trace.len(),
    );
    let others = |lang| LANGS.into_iter().find(|other| *other != lang);
    LANGS
        .map(|lang| {
            let words = WORDS.map(|(name, word)| (name, word.in_lang(lang).to_owned()));
            let mut words = BTreeMap::from(words);
            words.insert("about", about.in_lang(lang));
            words.insert("other", others(lang).unwrap_or_default().name().to_owned());
            (lang.code(), words)
        })
        .into()
}
