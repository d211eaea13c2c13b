//! The documents as pages: where each stands, and where its links lead.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use evscope_replay::Lang;
use evscope_replay::check::RULES;
use evscope_words::{text, word};

use crate::address::{self, in_lang, relative, resolve};
use crate::markdown::{self, Ends};
use crate::page::{Page, escape};
use crate::{Content, Document};

/// Where documents are in the project.
const FOLDER: &str = "docs";
/// The kind of block that a rule's programs are.
const PROGRAM: &str = "scenario";

/// A document's language, and its name whatever its language.
fn place(path: &str) -> (Lang, String) {
    if let Some(name) = path.strip_prefix("zh/") {
        return (Lang::ZH, name.to_owned());
    }
    match path.split_once("/zh/") {
        Some((folder, name)) => (Lang::ZH, format!("{folder}/{name}")),
        None => (Lang::EN, path.to_owned()),
    }
}

/// The address of a document by its name.
fn address(name: &str) -> String {
    let name = name.strip_suffix(".md").unwrap_or(name);
    let name = match name.strip_suffix("README") {
        Some(folder) => format!("{folder}index"),
        None => name.to_owned(),
    };
    match name.contains('/') || name == "index" {
        true => format!("{name}.html"),
        false => format!("docs/{name}.html"),
    }
}

/// A document, in each language in which it is written.
pub(crate) struct Told<'a> {
    name: String,
    english: &'a Document,
    chinese: Option<&'a Document>,
}

/// The documents that the site has.
pub(crate) fn all(content: &Content) -> Vec<Told<'_>> {
    let of = |wanted: Lang| {
        let all = content
            .documents
            .iter()
            .map(|document| (place(&document.path), document));
        all.filter(move |((lang, _), _)| *lang == wanted)
            .map(|((_, name), document)| (name, document))
    };
    // The first page of the project is about the project; the site has one of its own.
    let english = of(Lang::EN).filter(|(name, _)| name != "README.md");
    english
        .map(|(name, english)| Told {
            chinese: of(Lang::ZH)
                .find(|(other, _)| *other == name)
                .map(|(_, document)| document),
            name,
            english,
        })
        .collect()
}

impl Told<'_> {
    pub(crate) fn address(&self) -> String {
        address(&self.name)
    }

    /// Its text, and the language that has it.
    pub(crate) fn text(&self, lang: Lang) -> (&str, Lang) {
        match self.chinese {
            Some(chinese) if lang == Lang::ZH => (&chinese.text, Lang::ZH),
            _ => (&self.english.text, Lang::EN),
        }
    }

    /// Its folder: empty for those that are in none.
    fn folder(&self) -> &str {
        self.name.split_once('/').map_or("", |(folder, _)| folder)
    }

    pub(crate) fn title(&self, lang: Lang) -> String {
        let (text, _) = self.text(lang);
        let first = text.lines().next().unwrap_or_default();
        first.trim_start_matches('#').trim().replace('`', "")
    }

    /// Its page.
    pub(crate) fn page(&self, content: &Content, known: &Known, lang: Lang) -> String {
        let address = self.address();
        let (text, written) = self.text(lang);
        let document = if written == Lang::ZH {
            self.chinese
        } else {
            Some(self.english)
        };
        let ends = Here {
            known,
            content,
            path: document.map_or("", |document| &document.path),
            at: in_lang(&address, lang),
            lang,
            rule: self
                .name
                .strip_prefix("rules/")
                .and_then(|name| name.strip_suffix(".md")),
        };
        let rendered = markdown::render(text, &ends);
        let mut body = String::new();
        if written != lang {
            // What the rule finds is known in every language.
            let rule = ends
                .rule
                .and_then(|name| RULES.iter().find(|rule| rule.name == name));
            if let Some(rule) = rule {
                let about = escape(rule.about.in_lang(lang));
                let _ = write!(body, "<p class=\"lead\">{about}</p>");
            }
            let note = escape(word!(site_only_english).in_lang(lang));
            let _ = write!(body, "<p class=\"note\">{note}</p>");
        }
        let code = written.code();
        let _ = write!(
            body,
            "<article class=\"prose\" lang=\"{code}\">{}</article>",
            rendered.html
        );
        let page = Page {
            lang,
            address: &address,
            title: &rendered.title,
            kind: "document",
            body: String::new(),
            scripts: &[],
        };
        body.push_str(&self.around(&page, known));
        Page { body, ..page }.html()
    }

    /// The way to the documents before and behind it in its folder.
    fn around(&self, page: &Page<'_>, known: &Known) -> String {
        let folder = self.folder();
        if folder.is_empty() {
            return String::new();
        }
        let same: Vec<&(String, [String; 2])> = known
            .titles
            .iter()
            .filter(|(name, _)| name.split_once('/').is_some_and(|(f, _)| f == folder))
            .collect();
        let Some(here) = same.iter().position(|(name, _)| *name == self.name) else {
            return String::new();
        };
        let mut html = String::from("<nav class=\"turn\" aria-label=\"");
        html.push_str(&escape(word!(site_turn).in_lang(page.lang)));
        html.push_str("\">");
        let before = here.checked_sub(1).map(|i| ("prev", "← ", same[i]));
        let after = same.get(here + 1).map(|next| ("next", "→ ", *next));
        for (rel, sign, (name, titles)) in before.into_iter().chain(after) {
            let to = page.to(&address(name));
            let title = escape(&titles[usize::from(page.lang != Lang::EN)]);
            let _ = write!(html, "<a rel=\"{rel}\" href=\"{to}\">{sign}{title}</a>");
        }
        html.push_str("</nav>");
        html
    }
}

/// What links can lead to.
pub(crate) struct Known {
    /// Documents by name.
    documents: HashSet<String>,
    traces: HashSet<String>,
    lessons: HashSet<String>,
    pictures: HashSet<String>,
    /// The fragments of each document's headings, by name and language.
    headings: HashMap<(String, Lang), Vec<String>>,
    /// The documents in their order, and their titles by language.
    titles: Vec<(String, [String; 2])>,
}

impl Known {
    pub(crate) fn of(content: &Content, told: &[Told<'_>]) -> Self {
        let mut titles: Vec<_> = told
            .iter()
            .map(|told| {
                (
                    told.name.clone(),
                    address::LANGS.map(|lang| told.title(lang)),
                )
            })
            .collect();
        // A folder's first page is the first of them; rules stand in the order of their table.
        titles.sort_by_cached_key(|(name, _)| {
            let rule = name
                .strip_prefix("rules/")
                .and_then(|name| name.strip_suffix(".md"));
            let order = RULES.iter().position(|known| Some(known.name) == rule);
            let is_first = name.ends_with("/README.md");
            (
                name.split_once('/').map(|(folder, _)| folder.to_owned()),
                !is_first,
                order.is_none(),
                order,
                name.clone(),
            )
        });
        let mut headings = HashMap::new();
        for told in told {
            for lang in address::LANGS {
                let rendered = markdown::render(told.text(lang).0, &Nowhere);
                headings.insert((told.name.clone(), lang), rendered.headings);
            }
        }
        Self {
            headings,
            documents: told.iter().map(|told| told.name.clone()).collect(),
            traces: content.demos.iter().map(|demo| demo.name.clone()).collect(),
            lessons: content
                .lessons
                .iter()
                .map(|lesson| lesson.lesson.name.clone())
                .collect(),
            pictures: content
                .pictures
                .iter()
                .map(|picture| picture.file.clone())
                .collect(),
            titles,
        }
    }

    /// Where a command leads, in the language of the page that tells it: `evscope play echo` to the trace.
    pub(crate) fn command(&self, code: &str) -> Option<String> {
        let (command, rest) = code.strip_prefix("evscope ")?.split_once(' ')?;
        let mut words = rest.split(' ').filter(|word| !word.is_empty());
        let name = words.next()?;
        // Options that the page serves by itself.
        let mut step = String::new();
        while let Some(option) = words.next() {
            match (option, words.next()?) {
                ("--lang", _) => {}
                ("--at", at) if at.bytes().all(|byte| byte.is_ascii_digit()) => {
                    step = format!("#{at}");
                }
                _ => return None,
            }
        }
        match command {
            "play" | "demo" if self.traces.contains(name) => Some(address::of_trace(name) + &step),
            "learn" if self.lessons.contains(name) => Some(address::of_lesson(name)),
            _ => None,
        }
    }

    /// A fragment of a document as its text in a language has it: the heading of that name, or the one that stands in its
    /// place. None where there is none.
    fn fragment(&self, name: &str, lang: Lang, fragment: &str) -> Option<&str> {
        let of = |lang| {
            self.headings
                .get(&(name.to_owned(), lang))
                .map(Vec::as_slice)
                .unwrap_or_default()
        };
        let find = |lang| of(lang).iter().position(|heading| heading == fragment);
        let at = find(lang).or_else(|| address::LANGS.into_iter().find_map(find))?;
        of(lang).get(at).map(String::as_str)
    }

    /// Where a path of the project leads, in a language.
    fn file(&self, path: &str, lang: Lang) -> Option<String> {
        if let Some(name) = path
            .strip_prefix("examples/")
            .and_then(|name| name.strip_suffix(".rs"))
        {
            let is_there = self.traces.contains(name);
            return is_there.then(|| in_lang(&address::of_trace(name), lang));
        }
        if path == "README.md" {
            return Some(in_lang(address::INDEX, lang));
        }
        let (written, name) = place(path.strip_prefix("docs/")?);
        if name == "README.md" {
            return Some(in_lang(address::INDEX, written));
        }
        self.documents
            .contains(&name)
            .then(|| in_lang(&address(&name), lang))
    }
}

/// The programs on a rule's page, as text: what they did may be in the [content](Content::programs).
pub fn programs(page: &str) -> Vec<String> {
    markdown::blocks(page, PROGRAM)
}

/// For who wants to know the headings alone.
struct Nowhere;

impl Ends for Nowhere {
    fn link(&self, _: &str) -> Option<String> {
        None
    }
    fn picture(&self, _: &str) -> Option<String> {
        None
    }
    fn code(&self, _: &str) -> Option<String> {
        None
    }
    fn behind(&self, _: &str, _: usize) -> Option<String> {
        None
    }
}

/// A document's page, as its links see it.
struct Here<'a> {
    known: &'a Known,
    content: &'a Content,
    /// The document's path, from which its links go.
    path: &'a str,
    /// The page's address.
    at: String,
    lang: Lang,
    rule: Option<&'a str>,
}

impl Here<'_> {
    /// A path of the project that a link names.
    fn resolved(&self, to: &str) -> Option<String> {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        resolve(&format!("{FOLDER}/{folder}"), to)
    }
}

impl Ends for Here<'_> {
    fn link(&self, to: &str) -> Option<String> {
        let (path, fragment) = to.split_once('#').unwrap_or((to, ""));
        let path = match path {
            "" => format!("{FOLDER}/{}", self.path),
            path => self.resolved(path)?,
        };
        // A document's link to itself in another language means that language; any other one stays in this.
        let (written, name) = place(path.strip_prefix("docs/").unwrap_or_default());
        let is_twin = name == place(self.path).1;
        let lang = if is_twin { written } else { self.lang };
        let mut end = self.known.file(&path, lang)?;
        if let Some(fragment) = self.known.fragment(&name, lang, fragment) {
            end.push('#');
            end.push_str(fragment);
        }
        Some(relative(&self.at, &end))
    }

    fn picture(&self, to: &str) -> Option<String> {
        let path = self.resolved(to)?;
        let file = path.strip_prefix("docs/images/")?;
        let is_there = self.known.pictures.contains(file);
        is_there.then(|| relative(&self.at, &address::of_picture(file)))
    }

    fn code(&self, code: &str) -> Option<String> {
        let to = match self.known.command(code) {
            Some(to) => to,
            // A chapter names a step by its number.
            None if self.path.starts_with("walkthrough/") => {
                let (number, name) = code.split_once(' ')?;
                let is_step = number.bytes().all(|byte| byte.is_ascii_digit())
                    && name
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
                let trace = "hello-world";
                (is_step && self.known.traces.contains(trace))
                    .then(|| format!("{}#{number}", address::of_trace(trace)))?
            }
            None => return None,
        };
        Some(relative(&self.at, &in_lang(&to, self.lang)))
    }

    fn behind(&self, kind: &str, number: usize) -> Option<String> {
        let rule = self.rule.filter(|_| kind == PROGRAM)?;
        let mut programs = self.content.programs.iter();
        let program = programs.find(|program| program.rule == rule && program.number == number)?;
        let to = relative(&self.at, &in_lang(&program.address(), self.lang));
        let steps = program.trace.len();
        let told = escape(&text!(site_program_steps, steps).in_lang(self.lang));
        Some(format!(
            "<p class=\"run\"><a href=\"{to}\">▶ {told}</a></p>\n"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_one_name_in_all_languages() {
        assert_eq!(place("zh/query.md"), (Lang::ZH, "query.md".to_owned()));
        assert_eq!(
            place("walkthrough/zh/README.md"),
            (Lang::ZH, "walkthrough/README.md".to_owned())
        );
        assert_eq!(address("walkthrough/README.md"), "walkthrough/index.html");
        assert_eq!(address("query.md"), "docs/query.html");
    }
}
