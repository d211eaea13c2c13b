//! The files of the site hang together, and ask for nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::{evscope, files, site};

/// The values of an attribute in a page.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let begin = format!(" {attribute}=\"");
    let found = html.split(&begin).skip(1);
    found
        .filter_map(|rest| Some(rest.split_once('"')?.0))
        .collect()
}

/// The path of a link from a page.
fn resolved(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => assert!(
                parts.pop().is_some(),
                "{page} leads out of the site: {link}"
            ),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn every_link_has_its_end_in_the_site() {
    let files = files(site());
    let pages: BTreeMap<&str, String> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".html"))
        .map(|(path, file)| (path.as_str(), std::fs::read_to_string(file).unwrap()))
        .collect();
    let ids: BTreeMap<&str, BTreeSet<&str>> = pages
        .iter()
        .map(|(page, html)| (*page, values(html, "id").into_iter().collect()))
        .collect();
    let mut followed = 0;
    let mut reached = BTreeSet::from(["index.html".to_owned()]);
    for (page, html) in &pages {
        let mut links = values(html, "href");
        links.extend(values(html, "src"));
        for link in links {
            // The page's icon is nothing.
            if link == "data:," {
                continue;
            }
            assert!(
                !link.contains(':') && !link.starts_with('/'),
                "{page}: {link} is not relative"
            );
            let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
            let path = match path {
                "" => (*page).to_owned(),
                path => resolved(page, path),
            };
            assert!(
                files.contains_key(&path),
                "{page}: there is no {path} for {link}"
            );
            // A number is a step of a trace.
            if !fragment.is_empty() && fragment.parse::<usize>().is_err() {
                assert!(
                    ids[path.as_str()].contains(fragment),
                    "{page}: {path} has no #{fragment}"
                );
            }
            reached.insert(path);
            followed += 1;
        }
    }
    assert!(followed > 5000, "{followed}");
    let lost: Vec<_> = files
        .keys()
        .filter(|path| !reached.contains(*path) && *path != "evscope-site")
        .collect();
    assert!(lost.is_empty(), "nothing leads to {lost:?}");
}

#[test]
fn names_are_ascii_and_nothing_is_asked_of_a_network() {
    let files = files(site());
    for (path, file) in &files {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        assert!(path.bytes().all(is_plain), "{path}");
        // Pictures and traces are shown, not obeyed.
        let is_code = path.starts_with("assets/") || path.ends_with(".html");
        if is_code {
            let text = std::fs::read_to_string(file).unwrap();
            for asking in [
                "fetch(",
                "XMLHttp",
                "import(",
                "type=\"module\"",
                "innerHTML",
                "@import",
                "url(",
            ] {
                assert!(!text.contains(asking), "{path}: {asking}");
            }
        }
    }
    // Every page is there in both languages.
    for page in files
        .keys()
        .filter(|path| path.ends_with(".html") && !path.starts_with("zh/"))
    {
        assert!(
            files.contains_key(&format!("zh/{page}")),
            "{page} is not there in Chinese"
        );
    }
}

/// What is said when a question is answered is not to be read in the page.
#[test]
fn answers_are_veiled() {
    for (lang, folder) in [("en", ""), ("zh", "zh/")] {
        let text =
            std::fs::read_to_string(site().join(format!("{folder}lessons/writecb.html"))).unwrap();
        let told =
            String::from_utf8(evscope(&["learn", "writecb", "--lang", lang]).stdout).unwrap();
        let mut lines = told.lines();
        let mut after = 0;
        while let Some(line) = lines.next() {
            if line.starts_with("   → ") {
                let said = lines.next().unwrap().trim();
                let first = said.split(['`', '"']).find(|part| part.len() > 8).unwrap();
                assert!(!text.contains(first), "{first}");
                after += 1;
            }
        }
        assert!(after >= 4, "{told}");
    }
}
