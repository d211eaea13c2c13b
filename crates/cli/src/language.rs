//! The language of explanations: what was asked for, or the environment's.

use evscope_replay::Lang;

/// The language to use: `asked`, else the first of the locale's variables that is set, in POSIX's order.
pub(crate) fn chosen(asked: Option<Lang>) -> Lang {
    asked.unwrap_or_else(|| of_environment(|name| std::env::var(name).ok()))
}

fn of_environment(get: impl Fn(&str) -> Option<String>) -> Lang {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(get)
        .find(|locale| !locale.is_empty())
        .map_or(Lang::default(), |locale| Lang::from_locale(&locale))
}

/// A language as the texts know it.
pub(crate) fn of_words(lang: Lang) -> evscope_words::Lang {
    lang.code().parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_variable_that_is_set_decides() {
        let lang = |set: &[(&str, &str)]| {
            of_environment(|name| {
                let found = set.iter().find(|(n, _)| *n == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(lang(&[]), Lang::En);
        assert_eq!(lang(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(lang(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]), Lang::En);
        assert_eq!(lang(&[("LC_ALL", ""), ("LANG", "zh_TW")]), Lang::Zh);
        assert_eq!(lang(&[("LC_MESSAGES", "zh"), ("LANG", "de_DE")]), Lang::Zh);
    }
}
