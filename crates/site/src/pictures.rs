//! The page of the pictures: screens of evscope in a terminal.

use std::fmt::Write as _;

use evscope_replay::Lang;
use evscope_words::{Word, word};

use crate::Content;
use crate::address::{self, PICTURES};
use crate::page::{Page, escape};

/// What each shows, and its files by language.
const ALL: [(Word, [&str; 2]); 14] = [
    (word!(site_picture_home), ["home.svg", "home.svg"]),
    (
        word!(site_picture_replay),
        ["hello-world.svg", "chinese.svg"],
    ),
    (
        word!(site_picture_writecb),
        ["writecb.svg", "writecb-zh.svg"],
    ),
    (
        word!(site_picture_internal),
        ["internal.svg", "internal.svg"],
    ),
    (word!(site_picture_state), ["state.svg", "state.svg"]),
    (word!(site_picture_why), ["why.svg", "why.svg"]),
    (word!(site_picture_lanes), ["lanes.svg", "lanes.svg"]),
    (word!(site_picture_lesson), ["lesson.svg", "lesson.svg"]),
    (
        word!(site_picture_findings),
        ["findings.svg", "findings-chinese.svg"],
    ),
    (
        word!(site_picture_why_not),
        ["why-not.svg", "why-not-chinese.svg"],
    ),
    (
        word!(site_picture_commands),
        ["commands.svg", "commands.svg"],
    ),
    (word!(site_picture_small), ["small.svg", "small.svg"]),
    (word!(site_picture_large), ["large.svg", "large.svg"]),
    (
        word!(site_picture_sequence),
        ["sequence.svg", "sequence.svg"],
    ),
];

pub(crate) fn page(content: &Content, lang: Lang) -> String {
    let title = word!(site_pictures).in_lang(lang);
    let page = Page {
        lang,
        address: PICTURES,
        title,
        kind: "list",
        body: String::new(),
        scripts: &[],
    };
    let about = escape(word!(site_pictures_about).in_lang(lang));
    let mut body = format!(
        "<h1>{}</h1>\n<p class=\"lead\">{about}</p>\n",
        escape(title)
    );
    for (says, files) in ALL {
        let file = files[usize::from(lang != Lang::EN)];
        if content.pictures.iter().any(|picture| picture.file == file) {
            let to = page.shared(&address::of_picture(file));
            let says = escape(says.in_lang(lang));
            let _ = writeln!(
                body,
                "<figure><a href=\"{to}\"><img loading=\"lazy\" src=\"{to}\" alt=\"{says}\"/></a>\
                 <figcaption>{says}</figcaption></figure>"
            );
        }
    }
    Page { body, ..page }.html()
}
