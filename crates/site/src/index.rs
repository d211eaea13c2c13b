//! The first page: what this is, the course in its order, and the other parts; and the list of the documents.

use std::fmt::Write as _;

use evscope_replay::Lang;
use evscope_replay::check::RULES;
use evscope_words::{Text, text, word};
use serde::Serialize;

use crate::address::{self, DOCUMENTS, INDEX, OPEN, PICTURES};
use crate::documents::{Known, Told};
use crate::page::{Page, data, escape};
use crate::prose::{self, paragraphs};
use crate::write::SiteError;
use crate::{Content, assets, words};

/// What the script of the first page is given.
#[derive(Serialize)]
struct Course<'a> {
    lessons: Vec<Entry<'a>>,
    words: words::Words,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    title: &'a str,
    to: String,
    stops: usize,
}

pub(crate) fn page(content: &Content, known: &Known, lang: Lang) -> Result<String, SiteError> {
    let title = word!(site_title).in_lang(lang);
    let scripts = [assets::COURSE.to_owned()];
    let page = Page {
        lang,
        address: INDEX,
        title,
        kind: "index",
        body: String::new(),
        scripts: &scripts,
    };
    let say = |text: Text| escape(&text.in_lang(lang));
    let mut body = format!(
        "<h1>{title}</h1>\n<p class=\"lead\">{about}</p>\n<p>{how}</p>\n",
        title = escape(title),
        about = say(word!(site_about).into()),
        how = say(word!(site_how).into()),
    );
    let _ = write!(
        body,
        "<section aria-labelledby=\"course\"><h2 id=\"course\">{}</h2>\n<p>{}</p>\n<p id=\"go-on\"></p>\n<ol class=\"lessons\">\n",
        say(word!(site_course).into()),
        say(text!(site_course_about, lessons = content.lessons.len()))
    );
    for site in &content.lessons {
        let lesson = &site.lesson;
        let leads = |code: &str| Some(page.to(&known.command(code)?));
        let about = prose::inline(&paragraphs(lesson.about.in_lang(lang), leads).concat());
        let _ = write!(
            body,
            "<li data-lesson=\"{name}\"><a href=\"{to}\">{title}</a> <span class=\"how-far\"></span><br/>{about}",
            name = escape(&lesson.name),
            to = page.to(&address::of_lesson(&lesson.name)),
            title = escape(lesson.title.in_lang(lang)),
        );
        if !lesson.after.is_empty() {
            let title_of = |name: &String| {
                let found = content
                    .lessons
                    .iter()
                    .find(|other| other.lesson.name == *name);
                found.map_or(name.clone(), |found| {
                    found.lesson.title.in_lang(lang).to_owned()
                })
            };
            let separator = word!(site_and).in_lang(lang);
            let lessons = lesson
                .after
                .iter()
                .map(title_of)
                .collect::<Vec<_>>()
                .join(separator);
            let _ = write!(
                body,
                " <span class=\"after\">{}</span>",
                say(text!(lesson_builds_on, lessons))
            );
        }
        body.push_str("</li>\n");
    }
    body.push_str("</ol></section>\n");
    let _ = write!(
        body,
        "<h2>{}</h2>\n<ul class=\"cards\">\n",
        say(word!(site_more).into())
    );
    let demos = content
        .demos
        .iter()
        .filter(|demo| demo.says.is_some())
        .count();
    let exercises = "docs/exercises.html";
    let cards: [(&str, Text, Text); 7] = [
        (
            exercises,
            word!(site_exercises).into(),
            word!(site_exercises_about).into(),
        ),
        (
            "walkthrough/index.html",
            word!(site_walkthrough).into(),
            word!(site_walkthrough_about).into(),
        ),
        (
            "traces/index.html",
            word!(site_traces).into(),
            text!(site_traces_card, demos),
        ),
        (
            "rules/index.html",
            word!(site_rules).into(),
            text!(site_rules_card, rules = RULES.len()),
        ),
        (
            OPEN,
            word!(site_open_title).into(),
            word!(site_open_card).into(),
        ),
        (
            DOCUMENTS,
            word!(site_documents).into(),
            word!(site_documents_about).into(),
        ),
        (
            PICTURES,
            word!(site_pictures).into(),
            word!(site_pictures_about).into(),
        ),
    ];
    let has_exercises = content.documents.iter().any(|it| it.path == "exercises.md");
    for (to, name, about) in cards {
        if to == exercises && !has_exercises {
            continue;
        }
        let to = page.to(to);
        let _ = writeln!(
            body,
            "<li><h3><a href=\"{to}\">{}</a></h3><p>{}</p></li>",
            say(name),
            say(about)
        );
    }
    body.push_str("</ul>\n");
    let lessons = content.lessons.iter().map(|site| Entry {
        name: &site.lesson.name,
        title: site.lesson.title.in_lang(lang),
        to: page.to(&address::of_lesson(&site.lesson.name)),
        stops: site.lesson.stops.len(),
    });
    body.push_str(&data(
        "progress",
        &Course {
            lessons: lessons.collect(),
            words: words::of_progress(lang),
        },
    )?);
    Ok(Page { body, ..page }.html())
}

/// The list of the documents that are in no folder.
pub(crate) fn documents(told: &[Told<'_>], lang: Lang) -> String {
    let title = word!(site_documents).in_lang(lang);
    let page = Page {
        lang,
        address: DOCUMENTS,
        title,
        kind: "list",
        body: String::new(),
        scripts: &[],
    };
    let about = escape(word!(site_documents_about).in_lang(lang));
    let mut body = format!(
        "<h1>{}</h1>\n<p class=\"lead\">{about}</p>\n<ul class=\"names\">\n",
        escape(title)
    );
    for told in told {
        let address = told.address();
        if address.starts_with("docs/") {
            let _ = writeln!(
                body,
                "<li><a lang=\"{}\" href=\"{}\">{}</a></li>",
                told.text(lang).1.code(),
                page.to(&address),
                escape(&told.title(lang))
            );
        }
    }
    body.push_str("</ul>\n");
    Page { body, ..page }.html()
}
