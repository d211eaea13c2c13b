//! Where things stand in the site: paths from its top, with `/`, and the way from one to another.

use evscope_replay::Lang;

/// The languages of the site, the one at its top first.
pub(crate) const LANGS: [Lang; 2] = [Lang::EN, Lang::ZH];

/// The first page.
pub(crate) const INDEX: &str = "index.html";
/// The page on which a trace of one's own is opened.
pub(crate) const OPEN: &str = "open.html";
/// The page of the pictures.
pub(crate) const PICTURES: &str = "pictures.html";
/// Where the list of documents is.
pub(crate) const DOCUMENTS: &str = "docs/index.html";

/// A page's address in a language.
pub(crate) fn in_lang(address: &str, lang: Lang) -> String {
    match lang == Lang::EN {
        true => address.to_owned(),
        false => format!("{}/{address}", lang.code()),
    }
}

pub(crate) fn of_lesson(name: &str) -> String {
    format!("lessons/{name}.html")
}

pub(crate) fn of_trace(name: &str) -> String {
    format!("traces/{name}.html")
}

/// The script that brings a trace.
pub(crate) fn of_data(name: &str) -> String {
    format!("data/{name}.js")
}

pub(crate) fn of_picture(file: &str) -> String {
    format!("images/{file}")
}

/// The way from a page to another address. A fragment stays as it is.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let folders = |address: &str| -> Vec<String> {
        let (folder, _) = address.rsplit_once('/').unwrap_or(("", ""));
        let parts = folder.split('/').filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let (path, fragment) = to.split_at(to.find('#').unwrap_or(to.len()));
    let (here, there) = (folders(from), folders(path));
    let shared = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
    let file = path.rsplit('/').next().unwrap_or(path);
    let mut way = "../".repeat(here.len() - shared);
    for folder in &there[shared..] {
        way.push_str(folder);
        way.push('/');
    }
    format!("{way}{file}{fragment}")
}

/// A path without its `.` and `..`; none if it leads out of the top.
pub(crate) fn resolve(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_from_a_page_to_another_is_relative() {
        assert_eq!(relative("index.html", "a.html"), "a.html");
        assert_eq!(relative("zh/index.html", "index.html"), "../index.html");
        assert_eq!(relative("zh/a/b.html", "zh/a/c.html#x"), "c.html#x");
        assert_eq!(
            relative("zh/traces/libevent/b.html", "data/libevent/b.js"),
            "../../../data/libevent/b.js"
        );
    }

    #[test]
    fn a_path_is_followed_from_its_folder() {
        assert_eq!(
            resolve("docs/rules", "../query.md").as_deref(),
            Some("docs/query.md")
        );
        assert_eq!(resolve("docs", "./x.md").as_deref(), Some("docs/x.md"));
        assert_eq!(resolve("docs", "../../x.md"), None);
    }
}
