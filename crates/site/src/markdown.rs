//! Markdown as HTML. Raw HTML in it is shown, not obeyed; links go where the site has their ends, and what has no end
//! there is text.

use std::collections::HashMap;

use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html,
};

use crate::page::escape;

/// A document as HTML.
#[derive(Debug)]
pub(crate) struct Rendered {
    /// Its first heading, as text.
    pub(crate) title: String,
    /// All of it.
    pub(crate) html: String,
    /// The fragments of its headings, in their order.
    pub(crate) headings: Vec<String>,
}

/// What a document's links, pictures and codes lead to.
pub(crate) trait Ends {
    /// Where a link leads from its page; none: its text stands without it.
    fn link(&self, to: &str) -> Option<String>;
    /// Where a picture is.
    fn picture(&self, to: &str) -> Option<String>;
    /// Where code leads that names something.
    fn code(&self, code: &str) -> Option<String>;
    /// What stands behind a block of code: `number` of them were before it.
    fn behind(&self, kind: &str, number: usize) -> Option<String>;
}

/// Makes HTML of a document.
pub(crate) fn render(text: &str, ends: &impl Ends) -> Rendered {
    let mut title = String::new();
    let mut events = Vec::new();
    // What the open links end with; where the texts of open pictures begin, and where those are; the open block of code.
    let mut links: Vec<String> = Vec::new();
    let mut pictures: Vec<(usize, Option<String>)> = Vec::new();
    let mut block: Option<String> = None;
    let mut blocks: HashMap<String, usize> = HashMap::new();
    // Where the open heading's events begin, and how often an id was given.
    let mut heading = None;
    let mut ids: HashMap<String, usize> = HashMap::new();
    let mut headings = Vec::new();
    let own = |html: String| Event::InlineHtml(CowStr::from(html));
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                ..
            }) => match ends.link(&dest_url) {
                Some(to) => {
                    events.push(own(format!("<a href=\"{}\">", escape(&to))));
                    links.push("</a>".to_owned());
                }
                // An address is told, unless it is the text already.
                None if dest_url.contains("://") && link_type != LinkType::Autolink => {
                    links.push(format!(" ({})", escape(&dest_url)));
                }
                None => links.push(String::new()),
            },
            Event::End(TagEnd::Link) => events.push(own(links.pop().unwrap_or_default())),
            Event::Start(Tag::Image { dest_url, .. }) => {
                pictures.push((events.len(), ends.picture(&dest_url)));
            }
            Event::End(TagEnd::Image) => {
                // What stands in its place where there is no picture is what it shows.
                if let Some((begin, Some(to))) = pictures.pop() {
                    let shows = escape(&plain(&events[begin..]));
                    events.truncate(begin);
                    events.push(own(format!(
                        "<img loading=\"lazy\" src=\"{}\" alt=\"{shows}\"/>",
                        escape(&to)
                    )));
                }
            }
            Event::Code(code) => {
                let shown = escape(&code);
                events.push(own(match ends.code(&code) {
                    Some(to) => format!("<a href=\"{}\"><code>{shown}</code></a>", escape(&to)),
                    None => format!("<code>{shown}</code>"),
                }));
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let kind = match &kind {
                    CodeBlockKind::Fenced(kind) => kind.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                // It scrolls, so keys must reach it.
                events.push(own("<pre tabindex=\"0\"><code>".to_owned()));
                block = Some(kind);
            }
            Event::End(TagEnd::CodeBlock) => {
                events.push(own("</code></pre>\n".to_owned()));
                let kind = block.take().unwrap_or_default();
                let number = blocks.entry(kind.clone()).or_default();
                events.extend(ends.behind(&kind, *number).map(own));
                *number += 1;
            }
            Event::Start(Tag::Table(_)) => {
                events.push(own("<div class=\"table\" tabindex=\"0\">".to_owned()));
                events.push(event);
            }
            Event::End(TagEnd::Table) => {
                events.push(event);
                events.push(own("</div>".to_owned()));
            }
            Event::Start(Tag::Heading { .. }) => {
                heading = Some(events.len());
                events.push(event);
            }
            Event::End(TagEnd::Heading(level)) => {
                let begin = heading.take().unwrap_or_default();
                let told = plain(&events[begin..]);
                if level == HeadingLevel::H1 && title.is_empty() {
                    title.clone_from(&told);
                }
                let id = slug(&told);
                let before = ids.entry(id.clone()).or_default();
                *before += 1;
                let id = match *before {
                    1 => id,
                    n => format!("{id}-{}", n - 1),
                };
                headings.push(id.clone());
                events[begin] = own(format!("<{level} id=\"{}\">", escape(&id)));
                events.push(own(format!("</{level}>\n")));
            }
            // A comment is for who writes; any other HTML is a text here.
            Event::Html(html) | Event::InlineHtml(html) => {
                if !html.trim_start().starts_with("<!--") {
                    events.push(Event::Text(html));
                }
            }
            event => events.push(event),
        }
    }
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    // A cell without a text heads nothing. No text is markup here, so none is changed.
    let html = out.replace("<th></th>", "<td></td>");
    Rendered {
        title,
        html,
        headings,
    }
}

/// The blocks of code of a kind in a document, in their order.
pub(crate) fn blocks(text: &str, wanted: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) if *kind == *wanted => {
                open = Some(String::new());
            }
            Event::Text(text) => {
                if let Some(block) = &mut open {
                    block.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => {}
        }
    }
    blocks
}

/// The text of a heading or a picture, without its marks.
fn plain(events: &[Event<'_>]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(part) => text.push_str(part),
            // Code, as it was written above.
            Event::InlineHtml(html) => {
                let mut inside = false;
                for c in html.chars() {
                    match c {
                        '<' => inside = true,
                        '>' if inside => inside = false,
                        c if !inside => text.push(c),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// The fragment by which a heading is linked to, as code hosts make it.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Some1;

    impl Ends for Some1 {
        fn link(&self, to: &str) -> Option<String> {
            to.strip_suffix(".md").map(|to| format!("{to}.html"))
        }
        fn picture(&self, to: &str) -> Option<String> {
            (to == "a.svg").then(|| "../images/a.svg".to_owned())
        }
        fn code(&self, code: &str) -> Option<String> {
            (code == "23 listener_cb").then(|| "t.html#23".to_owned())
        }
        fn behind(&self, kind: &str, number: usize) -> Option<String> {
            (kind == "scenario").then(|| format!("<p>program {number}</p>"))
        }
    }

    fn html(text: &str) -> String {
        render(text, &Some1).html
    }

    #[test]
    fn links_go_where_the_site_has_their_ends() {
        assert_eq!(html("[a](b.md)"), "<p><a href=\"b.html\">a</a></p>\n");
        assert_eq!(html("[a](b.rs)"), "<p>a</p>\n");
        assert_eq!(html("[a](https://x.org)"), "<p>a (https://x.org)</p>\n");
        assert_eq!(
            html("`23 listener_cb`"),
            "<p><a href=\"t.html#23\"><code>23 listener_cb</code></a></p>\n"
        );
        let picture = html("![one \"two\"](a.svg)");
        assert_eq!(
            picture,
            "<p><img loading=\"lazy\" src=\"../images/a.svg\" alt=\"one &quot;two&quot;\"/></p>\n"
        );
        assert_eq!(html("![told](b.png)"), "<p>told</p>\n");
    }

    #[test]
    fn html_in_a_document_is_shown_and_not_obeyed() {
        let told =
            html("<script>alert(1)</script>\n\na <b onclick=x>b</b> `<i>`\n\n<!-- rules -->\n");
        assert!(
            !told.contains("<script") && !told.contains("<b") && !told.contains("<i>"),
            "{told}"
        );
        assert!(
            told.contains("&lt;script&gt;") && !told.contains("rules"),
            "{told}"
        );
        assert!(!html("[x](javascript:alert(1))").contains("href"));
    }

    #[test]
    fn headings_have_the_fragments_that_documents_link_to() {
        let told = render(
            "# `a` & b, c\n\n## What it costs\n\n## What it costs\n\n## 代价\n",
            &Some1,
        );
        assert_eq!(told.title, "a & b, c");
        for id in ["a--b-c", "what-it-costs", "what-it-costs-1", "代价"] {
            assert!(
                told.html.contains(&format!(" id=\"{id}\"")),
                "{id}: {}",
                told.html
            );
        }
    }

    #[test]
    fn a_table_scrolls_and_an_empty_cell_heads_nothing() {
        let told = html("| | a |\n| --- | --- |\n| 1 | `<th></th>` |\n");
        assert!(
            told.starts_with(
                "<div class=\"table\" tabindex=\"0\"><table><thead><tr><td></td><th>a</th>"
            ),
            "{told}"
        );
        assert!(told.contains("&lt;th&gt;&lt;/th&gt;"), "{told}");
    }

    #[test]
    fn programs_are_counted() {
        let told = html("```scenario\na <b>\n```\n\n```toml\nx\n```\n\n```scenario\nc\n```\n");
        assert!(
            told.contains("a &lt;b&gt;\n</code></pre>\n<p>program 0</p>"),
            "{told}"
        );
        assert!(told.contains("<p>program 1</p>"), "{told}");
        assert_eq!(
            blocks("```scenario\na <b>\n```\n\n```toml\nx\n```\n", "scenario"),
            ["a <b>\n"]
        );
    }
}
