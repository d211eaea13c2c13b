//! What is around every page: its head, the way to the others, its other language.

use std::fmt::Write as _;

use evscope_replay::Lang;
use evscope_trace::visible;
use evscope_words::{Word, word};

use crate::address::{self, LANGS, in_lang, relative};
use crate::assets;

/// A page in a language.
pub(crate) struct Page<'a> {
    pub(crate) lang: Lang,
    /// Its address without the folder of its language.
    pub(crate) address: &'a str,
    pub(crate) title: &'a str,
    /// Which kind of page it is, for its style.
    pub(crate) kind: &'static str,
    /// What is in it, as HTML.
    pub(crate) body: String,
    /// Scripts by their addresses, in their order, behind those that every page has.
    pub(crate) scripts: &'a [String],
}

/// The parts of the site that every page leads to.
const PARTS: [(&str, Word); 6] = [
    (address::INDEX, word!(site_course)),
    ("walkthrough/index.html", word!(site_walkthrough)),
    ("traces/index.html", word!(site_traces)),
    ("rules/index.html", word!(site_rules)),
    (address::DOCUMENTS, word!(site_documents)),
    (address::OPEN, word!(site_open)),
];

impl Page<'_> {
    /// Its address in the site.
    pub(crate) fn at(&self) -> String {
        in_lang(self.address, self.lang)
    }

    /// The way from it to a page of its language.
    pub(crate) fn to(&self, address: &str) -> String {
        relative(&self.at(), &in_lang(address, self.lang))
    }

    /// The way from it to what all languages share.
    pub(crate) fn shared(&self, address: &str) -> String {
        relative(&self.at(), address)
    }

    pub(crate) fn html(&self) -> String {
        let code = self.lang.code();
        let say = |word: Word| escape(word.in_lang(self.lang));
        let title = escape(self.title);
        let mut parts = String::new();
        for (address, name) in PARTS {
            let current = match address == self.address {
                true => " aria-current=\"page\"",
                false => "",
            };
            let (to, name) = (self.to(address), say(name));
            let _ = write!(parts, "<li><a href=\"{to}\"{current}>{name}</a></li>");
        }
        let mut others = String::new();
        for other in LANGS.into_iter().filter(|other| *other != self.lang) {
            let to = relative(&self.at(), &in_lang(self.address, other));
            let (code, name) = (other.code(), escape(other.name()));
            let _ = write!(
                others,
                "<a class=\"twin\" rel=\"alternate\" href=\"{to}\" hreflang=\"{code}\" lang=\"{code}\">{name}</a>"
            );
        }
        let mut scripts = String::new();
        for script in assets::EVERYWHERE
            .iter()
            .copied()
            .chain(self.scripts.iter().map(String::as_str))
        {
            let _ = writeln!(scripts, "<script src=\"{}\"></script>", self.shared(script));
        }
        format!(
            "<!DOCTYPE html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <meta name=\"color-scheme\" content=\"light dark\"/>\n\
             <meta name=\"generator\" content=\"evscope\"/>\n\
             <title>{title} · evscope</title>\n\
             <link rel=\"icon\" href=\"data:,\"/>\n\
             <link rel=\"stylesheet\" href=\"{style}\"/>\n</head>\n\
             <body class=\"site page-{kind}\">\n\
             <a class=\"skip\" href=\"#main\">{skip}</a>\n\
             <header class=\"site-head\"><a class=\"brand\" href=\"{index}\">evscope</a>\n\
             <nav aria-label=\"{parts_name}\"><ul>{parts}</ul></nav>\n{others}</header>\n\
             <main id=\"main\" tabindex=\"-1\">\n{body}\n</main>\n{scripts}</body>\n</html>\n",
            style = self.shared(assets::STYLE),
            kind = self.kind,
            skip = say(word!(site_skip)),
            index = self.to(address::INDEX),
            parts_name = say(word!(site_parts)),
            body = self.body,
        )
    }
}

/// A text as HTML shows it, in an attribute, too; what is hidden in it is made visible.
pub(crate) fn escape(text: &str) -> String {
    let shown = visible(text);
    let mut html = String::with_capacity(shown.len());
    for c in shown.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
    html
}

/// Data for the scripts of a page, in an element of its own.
pub(crate) fn data(id: &str, value: &impl serde::Serialize) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(value)?;
    // In JSON a `<` stands only in texts: nothing can end the element.
    let json = json.replace('<', "\\u003c");
    Ok(format!(
        "<script type=\"application/json\" id=\"{id}\">{json}</script>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_title_stays_a_text() {
        let page = Page {
            lang: Lang::ZH,
            address: "traces/x.html",
            title: "</title><script>alert(1)</script>\u{202e}\"",
            kind: "trace",
            body: String::new(),
            scripts: &[],
        };
        let html = page.html();
        assert!(!html.contains("<script>alert"), "{html}");
        assert!(html.contains("&lt;/title&gt;&lt;script&gt;"), "{html}");
        assert!(!html.contains('\u{202e}'), "{html}");
        assert!(data("x", &"</script>").unwrap().contains("\\u003c/script>"));
    }

    #[test]
    fn a_page_leads_to_the_others_and_to_its_other_language() {
        let page = Page {
            lang: Lang::ZH,
            address: "lessons/writecb.html",
            title: "",
            kind: "lesson",
            body: String::new(),
            scripts: &["data/hello-world.js".to_owned()],
        };
        let html = page.html();
        for link in [
            "href=\"../index.html\"",
            "href=\"../rules/index.html\"",
            "href=\"../../lessons/writecb.html\" hreflang=\"en\"",
            "src=\"../../data/hello-world.js\"",
        ] {
            assert!(html.contains(link), "{link}: {html}");
        }
    }
}
