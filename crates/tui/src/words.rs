//! The interface's own words in both languages.

use evscope_replay::Lang;

/// A text of the interface, in English and Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) en: &'static str,
    pub(crate) zh: &'static str,
}

/// The two texts side by side.
pub(crate) const fn words(en: &'static str, zh: &'static str) -> Words {
    Words { en, zh }
}

impl Words {
    /// The text in a language.
    pub(crate) const fn in_lang(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}

/// What the panes call the things that the explanations speak of too: the same words for both.
pub(crate) mod terms {
    use super::{Words, words};

    pub(crate) const PENDING: Words = words("pending", "pending");
    pub(crate) const NOT_PENDING: Words = words("not pending", "不在 pending");
    pub(crate) const ACTIVE: Words = words("active", "active");
    pub(crate) const WATERMARK: Words = words("watermark", "水位");
    pub(crate) const LOW: Words = words("low", "低");
    pub(crate) const HIGH: Words = words("high", "高");
    pub(crate) const INPUT: Words = words("input", "输入");
    pub(crate) const OUTPUT: Words = words("output", "输出");
    pub(crate) const READ: Words = words("read", "读");
    pub(crate) const WRITE: Words = words("write", "写");
    pub(crate) const SUSPENDED: Words = words("suspended", "暂停");
    pub(crate) const FROZEN: Words = words("frozen", "冻结");
    pub(crate) const START: Words = words("start", "开头");
    pub(crate) const END: Words = words("end", "末尾");
    pub(crate) const HIGH_MARK: Words = words("watermark", "高水位");
    pub(crate) const BANDWIDTH: Words = words("bandwidth", "自身限速");
    pub(crate) const BANDWIDTH_GROUP: Words = words("bandwidth_group", "所在组的限速");
    pub(crate) const LOOKUP: Words = words("lookup", "域名解析");
    pub(crate) const FILTER: Words = words("filter_read", "上层过滤器没有空间");
    pub(crate) const BYTES: Words = words("bytes", "字节");

    #[cfg(test)]
    pub(crate) const ALL: [Words; 20] = [
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
        BYTES,
    ];
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::terms;

    #[test]
    fn the_panes_call_things_as_the_explanations_do() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../replay/src/explain/zh");
        let explanations: String = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect();
        for term in terms::ALL {
            assert!(explanations.contains(term.zh), "{}", term.zh);
        }
    }
}
