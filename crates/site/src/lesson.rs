//! A lesson as a page: its stops beside the view of its trace, asked and judged by `assets/lesson.js`. Its data
//! is in the page; what is right and what is said then is under a veil.

use std::fmt::Write as _;

use evscope_replay::{Answer, Lang, LessonStep, LessonStop, Right, Value};
use evscope_words::{text, word};
use serde::Serialize;

use crate::address::{self, in_lang, relative};
use crate::documents::Known;
use crate::page::{Page, data, escape};
use crate::prose::{self, Piece, paragraphs};
use crate::veil::veil;
use crate::write::SiteError;
use crate::{Content, Lesson, assets, words};

type Prose = Vec<Vec<Piece>>;

/// What the script is given.
#[derive(Serialize)]
struct Data<'a> {
    name: &'a str,
    stops: Vec<Stop>,
    /// The lesson after it: where it is, and what it is called.
    next: Option<[String; 2]>,
    words: words::Words,
}

#[derive(Serialize)]
struct Stop {
    step: usize,
    level: u8,
    text: Prose,
    #[serde(skip_serializing_if = "Option::is_none")]
    ask: Option<Ask>,
}

/// A question.
#[derive(Serialize)]
struct Ask {
    text: Prose,
    /// What its answer is: `choice`, `step`, `number` or `value`.
    kind: &'static str,
    choices: Vec<Prose>,
    hint: Option<Prose>,
    /// How often one may try; none: until one chooses the right one.
    tries: Option<usize>,
    /// A [`Veiled`] as JSON.
    veiled: String,
}

/// What is known once a question is answered.
#[derive(Serialize)]
struct Veiled {
    /// A choice's number from 0, or else what has to be typed.
    right: String,
    after: Prose,
}

/// The address of a lesson's trace.
fn trace_of(lesson: &Lesson) -> String {
    match &lesson.trace {
        None => address::of_data(&lesson.lesson.trace),
        Some(_) => own_trace(&lesson.lesson.name),
    }
}

/// The address of a trace that no demo has.
pub(crate) fn own_trace(lesson: &str) -> String {
    address::of_data(&format!("of-lessons/{lesson}"))
}

/// Where code in a lesson leads, from its page.
fn leads<'a>(
    known: &'a Known,
    lesson: &Lesson,
    lang: Lang,
) -> impl Fn(&str) -> Option<String> + 'a {
    let at = in_lang(&address::of_lesson(&lesson.lesson.name), lang);
    move |code| Some(relative(&at, &in_lang(&known.command(code)?, lang)))
}

/// The page of a lesson, `number` in the course from 0.
pub(crate) fn page(
    content: &Content,
    known: &Known,
    number: usize,
    lang: Lang,
) -> Result<String, SiteError> {
    let site = &content.lessons[number];
    let lesson = &site.lesson;
    let address = address::of_lesson(&lesson.name);
    let leads = leads(known, site, lang);
    let stops = lesson.stops.iter().zip(&site.steps).enumerate();
    let stops: Vec<Stop> = stops
        .map(|(i, (stop, found))| {
            let name = format!("{}/{i}", lesson.name);
            self::stop(stop, found, lang, &name, &leads)
        })
        .collect::<Result<_, _>>()?;
    let next = content.lessons.get(number + 1).map(|next| &next.lesson);
    let page = Page {
        lang,
        address: &address,
        title: lesson.title.in_lang(lang),
        kind: "lesson",
        body: String::new(),
        scripts: &[
            assets::VIEW.to_owned(),
            trace_of(site),
            assets::LESSON.to_owned(),
        ],
    };
    let place = text!(
        site_lesson_of,
        number = number + 1,
        lessons = content.lessons.len()
    )
    .in_lang(lang);
    let mut body = format!(
        "<div class=\"course\">\n<section class=\"stops\" aria-labelledby=\"title\">\n\
         <p class=\"crumb\"><a href=\"{index}\">{course}</a> · {place}</p>\n<h1 id=\"title\">{title}</h1>\n\
         <p class=\"lead\">{about}</p>\n<div id=\"stop\"></div>\n</section>\n\
         <section id=\"view\" aria-label=\"{view}\"></section>\n</div>\n",
        index = page.to(address::INDEX),
        course = escape(word!(site_course).in_lang(lang)),
        place = escape(&place),
        title = escape(page.title),
        about = prose::inline(&paragraphs(lesson.about.in_lang(lang), &leads).concat()),
        view = escape(word!(site_the_trace).in_lang(lang)),
    );
    let needs = escape(word!(site_needs_script).in_lang(lang));
    let _ = write!(
        body,
        "<noscript><p class=\"note\">{needs}</p></noscript>\n{}",
        handout(&stops, lang)
    );
    let next = next.map(|next| {
        let title = next.title.in_lang(lang).to_owned();
        [page.to(&address::of_lesson(&next.name)), title]
    });
    body.push_str(&data(
        "lesson",
        &Data {
            name: &lesson.name,
            stops,
            next,
            words: words::of_lessons(lang),
        },
    )?);
    Ok(Page { body, ..page }.html())
}

fn stop(
    stop: &LessonStop,
    found: &LessonStep,
    lang: Lang,
    name: &str,
    leads: &impl Fn(&str) -> Option<String>,
) -> Result<Stop, SiteError> {
    let told = |text: &str| paragraphs(text, leads);
    let ask = match (&stop.question, &found.right) {
        (Some(question), Some(right)) => {
            let after = told(question.after.in_lang(lang));
            let (kind, answer) = answer(right);
            let veiled = serde_json::to_string(&Veiled {
                right: answer,
                after,
            })?;
            Some(Ask {
                text: told(question.text.in_lang(lang)),
                kind,
                choices: match &question.answer {
                    Answer::Choice(choices) => choices
                        .iter()
                        .map(|choice| told(choice.text.in_lang(lang)))
                        .collect(),
                    Answer::Step(_) | Answer::Value(_) => Vec::new(),
                },
                hint: question.hint.as_ref().map(|hint| told(hint.in_lang(lang))),
                tries: right.tries(),
                veiled: veil(&veiled, name),
            })
        }
        _ => None,
    };
    Ok(Stop {
        step: found.step,
        level: found.level.number(),
        text: told(stop.text.in_lang(lang)),
        ask,
    })
}

/// What kind of answer is right, and which it is.
fn answer(right: &Right) -> (&'static str, String) {
    match right {
        Right::Choice(choice) => ("choice", choice.to_string()),
        Right::Step(step) => ("step", step.to_string()),
        Right::Value(value @ Value::Number(_)) => ("number", value.to_string()),
        Right::Value(value) => ("value", value.to_string()),
    }
}

/// All stops and questions on paper, with room to answer; and for who reads without scripts.
fn handout(stops: &[Stop], lang: Lang) -> String {
    let mut html = String::from("<section class=\"handout\"><ol>\n");
    for stop in stops {
        let step = escape(&text!(lesson_step, step = stop.step).in_lang(lang));
        let _ = write!(
            html,
            "<li><p class=\"where\">{step}</p>{}",
            prose::html(&stop.text)
        );
        if let Some(ask) = &stop.ask {
            let _ = write!(html, "<div class=\"question\">{}", prose::html(&ask.text));
            if ask.choices.is_empty() {
                html.push_str("<p class=\"room\"></p>");
            } else {
                html.push_str("<ul>");
                for choice in &ask.choices {
                    let _ = write!(html, "<li>☐ {}</li>", prose::inline(&choice.concat()));
                }
                html.push_str("</ul>");
            }
            html.push_str("</div>");
        }
        html.push_str("</li>\n");
    }
    html.push_str("</ol></section>\n");
    html
}
