//! The branches of the walkthrough's functions, and the steps that take them: `docs/branches.md`, whose tables are
//! this data. Tests hold them against the recorded traces.

use evscope_words::Lang;

/// The page by language; a row of one is the same row in the other.
const EN: &str = include_str!(concat!(env!("EVSCOPE_DOCS"), "/branches.md"));
const ZH: &str = include_str!(concat!(env!("EVSCOPE_DOCS"), "/zh/branches.md"));

/// A branch of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// In which case it is taken, and what then happens.
    pub says: String,
    /// The steps that show it.
    pub steps: Vec<BranchStep>,
    /// The function that the row's table is about, if it is about one.
    pub of: Option<&'static str>,
}

/// A step that shows a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BranchStep {
    /// The demo, and so its recorded trace.
    pub demo: &'static str,
    /// The step.
    pub step: usize,
    /// The function of the library in which one stands there.
    pub function: &'static str,
}

/// All branches, in the order of the page.
pub fn branches(lang: Lang) -> Vec<Branch> {
    let page = if lang == Lang::ZH { ZH } else { EN };
    let mut of = None;
    let rows = page.lines().filter_map(|line| {
        if let Some(title) = line.strip_prefix("## ") {
            of = function_of(title);
        }
        row(line).map(|branch| Branch { of, ..branch })
    });
    rows.collect()
}

/// The function that a table's title names, unless it names more than one.
fn function_of(title: &'static str) -> Option<&'static str> {
    let (function, more) = title.strip_prefix('`')?.split_once('`')?;
    (!more.starts_with([',', '，'])).then_some(function)
}

/// The branches of a function, under the name it has in the reactor or in libevent; of each the step that stands in it, or
/// else its first.
pub fn branches_of(function: &str, lang: Lang) -> Vec<(Branch, BranchStep)> {
    let wanted = plain(function);
    let here = |branch: Branch| {
        let stands = branch
            .steps
            .iter()
            .find(|step| plain(step.function) == wanted);
        let first = || branch.steps.first().filter(|_| branch.of == Some(wanted));
        let step = *stands.or_else(first)?;
        Some((branch, step))
    };
    branches(lang).into_iter().filter_map(here).collect()
}

/// A function's name without what says that it does not lock.
fn plain(function: &str) -> &str {
    let name = function.trim_end_matches('_');
    name.strip_suffix("_nolock").unwrap_or(name)
}

/// A row of a table: the branch, its steps, and for each step where one stands (`function:line`).
fn row(line: &'static str) -> Option<Branch> {
    let line = line.strip_prefix("| ")?.strip_suffix(" |")?;
    let mut cells = line.split(" | ");
    let (says, steps, places) = (cells.next()?, cells.next()?, cells.next()?);
    let codes = |cell: &'static str| cell.split('`').skip(1).step_by(2);
    let steps = codes(steps).zip(codes(places)).filter_map(|(step, place)| {
        let (demo, rest) = step.split_once(':')?;
        Some(BranchStep {
            demo,
            step: rest.split(' ').next()?.parse().ok()?,
            function: place.split(':').next()?,
        })
    });
    let steps: Vec<BranchStep> = steps.collect();
    let says = says.replace('`', "");
    let of = None;
    (!steps.is_empty()).then_some(Branch { says, steps, of })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::WALKTHROUGH;

    #[test]
    fn both_pages_have_the_same_rows() {
        let (en, zh) = (branches(Lang::EN), branches(Lang::ZH));
        assert!(en.len() > 100, "{}", en.len());
        assert_eq!(en.len(), zh.len());
        for (en, zh) in en.iter().zip(&zh) {
            assert_eq!(en.steps, zh.steps, "{}", en.says);
            // A name alone is the same in every language.
            let is_name = !en.says.contains(' ');
            assert!(is_name || !zh.says.is_ascii(), "{}", zh.says);
        }
    }

    #[test]
    fn the_functions_that_decide_have_branches() {
        // That one only does what it is told.
        let decides = |name: &&str| *name != "event_assign";
        for name in WALKTHROUGH.into_iter().filter(decides) {
            assert!(!branches_of(name, Lang::EN).is_empty(), "{name}");
        }
        let named = |name: &str| branches_of(name, Lang::ZH);
        assert_eq!(named("event_del_nolock_"), named("event_del"));
        assert!(named("bufferevent_writecb").len() >= 15);
        assert!(named("bufferevent_socket_outbuf_cb").len() >= 5);
        assert!(named("main").is_empty());
    }
}
