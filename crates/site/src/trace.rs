//! Traces: the scripts that bring them, the pages on which one steps through them, and their list; and the page for a
//! trace of one's own.

use std::fmt::Write as _;

use evscope_export::{Part, html};
use evscope_replay::{Lang, Trace};
use evscope_words::{text, word};
use serde::Serialize;

use crate::address;
use crate::documents::Known;
use crate::page::{Page, data, escape};
use crate::prose::{self, paragraphs};
use crate::write::SiteError;
use crate::{Content, Demo, Program, assets, words};

/// Where the twins on libevent have their names.
const TWINS: &str = "libevent/";

/// A script that brings a trace to the scripts of a page.
pub(crate) fn script(trace: &Trace) -> Result<Vec<u8>, SiteError> {
    let mut script = b"site.trace = ".to_vec();
    script.extend(html::data(&Part::whole(trace))?);
    script.extend_from_slice(b";\n");
    Ok(script)
}

/// The scripts of a page that shows a trace.
fn scripts(data: String) -> [String; 3] {
    [assets::VIEW.to_owned(), data, assets::TRACE.to_owned()]
}

/// What stands around the view of a trace.
struct Frame<'a> {
    title: String,
    lead: String,
    links: Vec<(String, String)>,
    page: Page<'a>,
}

impl Frame<'_> {
    fn html(self) -> String {
        let lang = self.page.lang;
        let mut body = format!(
            "<div class=\"above\"><h1>{}</h1>\n{}",
            self.title, self.lead
        );
        if !self.links.is_empty() {
            body.push_str("<p class=\"links\">");
            for (to, name) in &self.links {
                let _ = write!(body, "<a href=\"{to}\">{name}</a> ");
            }
            body.push_str("</p>");
        }
        let view = escape(word!(site_the_trace).in_lang(lang));
        let needs = escape(word!(site_needs_script).in_lang(lang));
        let _ = write!(
            body,
            "</div>\n<section id=\"view\" aria-label=\"{view}\"></section>\n<noscript><p class=\"note\">{needs}</p></noscript>"
        );
        Page { body, ..self.page }.html()
    }
}

/// The page of a demo's trace.
pub(crate) fn page(content: &Content, known: &Known, demo: &Demo, lang: Lang) -> String {
    let address = address::of_trace(&demo.name);
    let scripts = scripts(address::of_data(&demo.name));
    let page = Page {
        lang,
        address: &address,
        title: &demo.name,
        kind: "trace",
        body: String::new(),
        scripts: &scripts,
    };
    let say = |to: &str, name: String| (page.to(to), escape(&name));
    let mut links = Vec::new();
    let (title, lead) = match demo.says {
        Some((title, about)) => {
            let twin = format!("{TWINS}{}", demo.name);
            if content.demos.iter().any(|other| other.name == twin) {
                links.push(say(
                    &address::of_trace(&twin),
                    word!(site_on_libevent).in_lang(lang).to_owned(),
                ));
            }
            let about = prose::html(&paragraphs(about.in_lang(lang), |code| {
                Some(page.to(&known.command(code)?))
            }));
            (
                format!("{} — {}", escape(&demo.name), escape(title.in_lang(lang))),
                about,
            )
        }
        None => {
            let ours = demo.name.strip_prefix(TWINS).unwrap_or(&demo.name);
            let about = if content.demos.iter().any(|other| other.name == ours) {
                links.push(say(
                    &address::of_trace(ours),
                    word!(site_on_the_reactor).in_lang(lang).to_owned(),
                ));
                word!(site_twin_about)
            } else {
                word!(site_recorded_about)
            };
            let about = escape(about.in_lang(lang));
            (escape(&demo.name), format!("<p>{about}</p>"))
        }
    };
    for lesson in content
        .lessons
        .iter()
        .filter(|lesson| lesson.trace.is_none() && lesson.lesson.trace == demo.name)
    {
        let title = lesson.lesson.title.in_lang(lang);
        links.push(say(
            &address::of_lesson(&lesson.lesson.name),
            text!(site_lesson_named, title).in_lang(lang),
        ));
    }
    Frame {
        title,
        lead,
        links,
        page,
    }
    .html()
}

impl Program {
    /// A name for it among the traces.
    fn name(&self) -> String {
        format!("rules/{}-{}", self.rule, self.number + 1)
    }

    /// Where one steps through what it did.
    pub(crate) fn address(&self) -> String {
        address::of_trace(&self.name())
    }

    /// The script that brings its trace.
    pub(crate) fn data(&self) -> String {
        address::of_data(&self.name())
    }

    pub(crate) fn page(&self, lang: Lang) -> String {
        let address = self.address();
        let scripts = scripts(self.data());
        let title =
            text!(site_program_of, rule = self.rule, number = self.number + 1).in_lang(lang);
        let page = Page {
            lang,
            address: &address,
            title: &title,
            kind: "trace",
            body: String::new(),
            scripts: &scripts,
        };
        let rule = (
            page.to(&format!("rules/{}.html", self.rule)),
            escape(&self.rule),
        );
        Frame {
            title: escape(&title),
            lead: String::new(),
            links: vec![rule],
            page,
        }
        .html()
    }
}

/// The list of the traces.
pub(crate) fn index(content: &Content, known: &Known, lang: Lang) -> String {
    let title = word!(site_traces).in_lang(lang);
    let page = Page {
        lang,
        address: "traces/index.html",
        title,
        kind: "list",
        body: String::new(),
        scripts: &[],
    };
    let about = escape(word!(site_traces_about).in_lang(lang));
    let mut body = format!(
        "<h1>{}</h1>\n<p class=\"lead\">{about}</p>\n<ul class=\"cards\">\n",
        escape(title)
    );
    for demo in &content.demos {
        let Some((title, about)) = demo.says else {
            continue;
        };
        let about = paragraphs(about.in_lang(lang), |code| {
            Some(page.to(&known.command(code)?))
        });
        let _ = writeln!(
            body,
            "<li><h2><a href=\"{to}\">{name}</a></h2><p><strong>{title}</strong></p>{about}</li>",
            to = page.to(&address::of_trace(&demo.name)),
            name = escape(&demo.name),
            title = escape(title.in_lang(lang)),
            about = prose::html(&about),
        );
    }
    body.push_str("</ul>\n");
    let twins: Vec<&Demo> = content
        .demos
        .iter()
        .filter(|demo| demo.says.is_none())
        .collect();
    if !twins.is_empty() {
        let say = |word: evscope_words::Word| escape(word.in_lang(lang));
        let _ = write!(
            body,
            "<h2>{}</h2><p>{}</p><ul class=\"names\">",
            say(word!(site_twins)),
            say(word!(site_twin_about))
        );
        for twin in twins {
            let to = page.to(&address::of_trace(&twin.name));
            let _ = write!(body, "<li><a href=\"{to}\">{}</a></li>", escape(&twin.name));
        }
        body.push_str("</ul>");
    }
    Page { body, ..page }.html()
}

/// What the script of a trace of one's own is given.
#[derive(Serialize)]
struct Open {
    words: words::Words,
}

/// The page on which a trace of one's own is shown.
pub(crate) fn open(content: &Content, lang: Lang) -> Result<String, SiteError> {
    let title = word!(site_open_title).in_lang(lang);
    let scripts: Vec<String> = match content.reader {
        Some(_) => [assets::VIEW, assets::READER, assets::OPEN]
            .map(str::to_owned)
            .into(),
        None => Vec::new(),
    };
    let page = Page {
        lang,
        address: address::OPEN,
        title,
        kind: "trace",
        body: String::new(),
        scripts: &scripts,
    };
    let say = |word: evscope_words::Word| escape(word.in_lang(lang));
    let mut body = format!("<div class=\"above\"><h1>{}</h1>\n", escape(title));
    let most = html::MOST;
    match content.reader {
        Some(_) => {
            let _ = write!(
                body,
                "<p class=\"lead\">{about}</p>\n<p>{limits}</p>\n<div id=\"drop\" class=\"drop\">\
                 <label for=\"file\">{choose}</label> <input type=\"file\" id=\"file\" accept=\".jsonl,.gz,.zst\"/>\
                 <p>{or}</p></div>\n<p id=\"told\" role=\"status\"></p>\n<details><summary>{how}</summary>\
                 <p>{how_more}</p><pre tabindex=\"0\"><code>evscope record -o mine.jsonl -- ./my-server</code></pre></details>",
                about = say(word!(site_open_about)),
                limits = escape(&text!(site_open_limits, most).in_lang(lang)),
                choose = say(word!(site_open_choose)),
                or = say(word!(site_open_or)),
                how = say(word!(site_open_how)),
                how_more = say(word!(site_open_how_more)),
            );
        }
        None => {
            let _ = write!(
                body,
                "<p class=\"note\">{missing}</p>\n<p>{instead}</p><pre tabindex=\"0\"><code>scripts/site DIR\nevscope play mine.jsonl\n\
                 evscope export mine.jsonl --to html -o mine.html</code></pre>",
                missing = say(word!(site_open_missing)),
                instead = say(word!(site_open_instead)),
            );
        }
    }
    let _ = write!(
        body,
        "</div>\n<section id=\"view\" aria-label=\"{}\" hidden=\"hidden\"></section>\n<noscript><p class=\"note\">{}</p></noscript>\n",
        say(word!(site_the_trace)),
        say(word!(site_needs_script)),
    );
    if content.reader.is_some() {
        body.push_str(&data(
            "open",
            &Open {
                words: words::of_open(lang),
            },
        )?);
    }
    Ok(Page { body, ..page }.html())
}
