//! The whole site, file by file.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use evscope_export::ExportError;

use crate::address::{self, DOCUMENTS, INDEX, LANGS, OPEN, PICTURES, in_lang};
use crate::documents::{self, Known};
use crate::{Content, assets, index, lesson, pictures, trace};

/// Why a site could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A file of it could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
    /// A trace cannot be on a page.
    #[error(transparent)]
    Trace(#[from] ExportError),
    /// Data for a script could not be written.
    #[error(transparent)]
    Data(#[from] serde_json::Error),
}

/// Writes a site: `put` takes each file, by its path from the top, with `/` between folders and of ASCII alone.
///
/// # Errors
/// That of `put`, or where a trace cannot be on a page: it has too many steps.
pub fn write(
    content: &Content,
    put: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<(), SiteError> {
    for (at, text) in assets::all() {
        put(at, text.as_bytes())?;
    }
    if let Some(module) = &content.reader {
        let script = format!("site.reader = \"{}\";\n", STANDARD.encode(module));
        put(assets::READER, script.as_bytes())?;
        put(assets::OPEN, assets::OPEN_SCRIPT.as_bytes())?;
    }
    for picture in &content.pictures {
        put(&address::of_picture(&picture.file), &picture.bytes)?;
    }
    let told = documents::all(content);
    let known = Known::of(content, &told);
    for lang in LANGS {
        let mut page = |address: &str, html: &str| put(&in_lang(address, lang), html.as_bytes());
        page(INDEX, &index::page(content, &known, lang)?)?;
        page(DOCUMENTS, &index::documents(&told, lang))?;
        page(PICTURES, &pictures::page(content, lang))?;
        page(OPEN, &trace::open(content, lang)?)?;
        page("traces/index.html", &trace::index(content, &known, lang))?;
        for told in &told {
            page(&told.address(), &told.page(content, &known, lang))?;
        }
        for (number, site) in content.lessons.iter().enumerate() {
            let html = lesson::page(content, &known, number, lang)?;
            page(&address::of_lesson(&site.lesson.name), &html)?;
        }
        for demo in &content.demos {
            page(
                &address::of_trace(&demo.name),
                &trace::page(content, &known, demo, lang),
            )?;
        }
        for program in &content.programs {
            page(&program.address(), &program.page(lang))?;
        }
    }
    for demo in &content.demos {
        put(&address::of_data(&demo.name), &trace::script(&demo.trace)?)?;
    }
    for program in &content.programs {
        put(&program.data(), &trace::script(&program.trace)?)?;
    }
    for site in &content.lessons {
        if let Some(own) = &site.trace {
            put(&lesson::own_trace(&site.lesson.name), &trace::script(own)?)?;
        }
    }
    Ok(())
}
