//! The scripts and the style sheet of the pages: files beside this one, and those of the view.

use evscope_export::html;

/// The style sheet.
pub(crate) const STYLE: &str = "assets/site.css";
/// The view of a trace.
pub(crate) const VIEW: &str = "assets/view.js";
/// What every page does.
const SITE: &str = "assets/site.js";
/// The script of a lesson.
pub(crate) const LESSON: &str = "assets/lesson.js";
/// The script of the course's list.
pub(crate) const COURSE: &str = "assets/course.js";
/// The script of a trace's page.
pub(crate) const TRACE: &str = "assets/trace.js";
/// The script of the page for a trace of one's own, and the module that it reads one with.
pub(crate) const OPEN: &str = "assets/open.js";
pub(crate) const READER: &str = "assets/reader.js";

/// What opens a trace of one's own.
pub(crate) const OPEN_SCRIPT: &str = include_str!("assets/open.js");

/// The scripts that every page has.
pub(crate) const EVERYWHERE: [&str; 1] = [SITE];

/// All that every site has, by their addresses.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    let style = [
        &html::colors(),
        html::STYLE,
        include_str!("assets/site.css"),
    ]
    .join("\n");
    vec![
        (STYLE, style),
        (VIEW, html::SCRIPT.to_owned()),
        (SITE, include_str!("assets/site.js").to_owned()),
        (
            LESSON,
            concat!(
                include_str!("assets/judge.js"),
                include_str!("assets/lesson.js")
            )
            .to_owned(),
        ),
        (COURSE, include_str!("assets/course.js").to_owned()),
        (TRACE, include_str!("assets/trace.js").to_owned()),
    ]
}
