//! What the panes call the things that they show.

/// What the panes call the things that the explanations speak of too: the same words for both.
pub(crate) mod terms {
    use evscope_words::{Word, word};

    pub(crate) const PENDING: Word = word!(screen_pending);
    pub(crate) const NOT_PENDING: Word = word!(screen_not_pending);
    pub(crate) const ACTIVE: Word = word!(screen_active);
    pub(crate) const WATERMARK: Word = word!(screen_watermark);
    pub(crate) const LOW: Word = word!(screen_low);
    pub(crate) const HIGH: Word = word!(screen_high);
    pub(crate) const INPUT: Word = word!(screen_input);
    pub(crate) const OUTPUT: Word = word!(screen_output);
    pub(crate) const READ: Word = word!(screen_read);
    pub(crate) const WRITE: Word = word!(screen_write);
    pub(crate) const SUSPENDED: Word = word!(screen_suspended);
    pub(crate) const FROZEN: Word = word!(screen_frozen);
    pub(crate) const START: Word = word!(screen_start);
    pub(crate) const END: Word = word!(screen_end);
    pub(crate) const HIGH_MARK: Word = word!(screen_high_mark);
    pub(crate) const BANDWIDTH: Word = word!(screen_bandwidth);
    pub(crate) const BANDWIDTH_GROUP: Word = word!(screen_bandwidth_group);
    pub(crate) const LOOKUP: Word = word!(screen_lookup);
    pub(crate) const FILTER: Word = word!(screen_filter_read);

    #[cfg(test)]
    pub(crate) const ALL: [Word; 19] = [
        PENDING,
        NOT_PENDING,
        ACTIVE,
        WATERMARK,
        LOW,
        HIGH,
        INPUT,
        OUTPUT,
        READ,
        WRITE,
        SUSPENDED,
        FROZEN,
        START,
        END,
        HIGH_MARK,
        BANDWIDTH,
        BANDWIDTH_GROUP,
        LOOKUP,
        FILTER,
    ];
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use evscope_replay::Lang;

    use super::terms;

    #[test]
    fn the_panes_call_things_as_the_explanations_do() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../words/lang/zh");
        let explanations: String = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| !path.ends_with("screen.ftl"))
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect();
        for term in terms::ALL {
            let term = term.in_lang(Lang::ZH);
            assert!(explanations.contains(term), "{term}");
        }
    }
}
