//! What the page says, by the names under which its script asks for it.

use std::collections::BTreeMap;

use evscope_replay::{Lang, Trace};
use evscope_words::{Word, text, word};

/// The languages of the page: the reader switches between them.
pub(super) const LANGS: [Lang; 2] = [Lang::EN, Lang::ZH];

const WORDS: [(&str, Word); 75] = [
    ("level", word!(page_level)),
    ("colon", word!(page_colon)),
    ("steps", word!(page_steps)),
    ("source", word!(page_source)),
    ("state", word!(page_state)),
    ("changes", word!(page_changes)),
    ("causes", word!(page_causes)),
    ("nothing", word!(page_nothing)),
    ("root", word!(page_root)),
    ("nowhere", word!(page_nowhere)),
    ("textless", word!(page_textless)),
    ("own", word!(page_own)),
    ("caller", word!(page_caller)),
    ("empty", word!(page_empty)),
    ("limited", word!(page_limited)),
    ("next", word!(page_next)),
    ("previous", word!(page_previous)),
    ("first", word!(page_first)),
    ("last", word!(page_last)),
    ("page-down", word!(page_page_down)),
    ("page-up", word!(page_page_up)),
    ("over", word!(command_over)),
    ("over-back", word!(command_over_back)),
    ("next-callback", word!(command_next_callback)),
    ("previous-callback", word!(command_previous_callback)),
    ("next-watermark", word!(command_next_watermark)),
    ("previous-watermark", word!(command_previous_watermark)),
    ("next-error", word!(command_next_error)),
    ("previous-error", word!(command_previous_error)),
    ("next-finding", word!(command_next_finding)),
    ("previous-finding", word!(command_previous_finding)),
    ("next-note", word!(page_next_note)),
    ("previous-note", word!(page_previous_note)),
    ("next-slide", word!(page_next_slide)),
    ("previous-slide", word!(page_previous_slide)),
    ("search", word!(command_search)),
    ("next-hit", word!(command_next_hit)),
    ("previous-hit", word!(command_previous_hit)),
    ("no-hit", word!(page_no_hit)),
    ("level1", word!(page_level1)),
    ("level2", word!(page_level2)),
    ("level3", word!(page_level3)),
    ("other-side", word!(command_source)),
    ("timeline", word!(screen_timeline)),
    ("scale", word!(command_scale)),
    ("by-steps", word!(screen_by_steps)),
    ("by-time", word!(screen_by_time)),
    ("language", word!(command_language)),
    ("help", word!(page_help)),
    ("keys", word!(screen_keys)),
    ("signs", word!(screen_signs)),
    ("close", word!(page_close)),
    ("address", word!(page_address)),
    ("K", word!(export_lane_kernel)),
    ("L", word!(export_lane_loop)),
    ("B", word!(export_lane_bufferevent)),
    ("P", word!(export_lane_program)),
    ("failure", word!(page_failure)),
    ("watermark", word!(page_watermark)),
    ("callback", word!(page_callback)),
    ("finding", word!(page_finding)),
    ("findings", word!(page_findings)),
    ("note", word!(page_note)),
    ("notes", word!(page_notes)),
    ("changed", word!(screen_changed_by_this_step)),
    ("was", word!(screen_was)),
    ("gauge", word!(screen_in_a_gauge_low)),
    ("input", word!(screen_input)),
    ("output", word!(screen_output)),
    ("low", word!(screen_low)),
    ("high", word!(screen_high)),
    ("pending", word!(screen_pending)),
    ("not-pending", word!(screen_not_pending)),
    ("active", word!(screen_active)),
    ("freed", word!(screen_freed)),
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
