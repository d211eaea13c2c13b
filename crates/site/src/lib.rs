//! The course as a static site: pages and scripts that need no server and no network, opened from disk or from any web
//! host.
//!
//! Knows: how the pages hang together, how a document becomes one, how a lesson is asked and judged in a browser.
//! Never knows: which lessons, traces and documents there are ([`Content`] has them), or where the files go.
//!
//! Every page is there in English and, below `zh/`, in Chinese, at the same address: what is not written in Chinese
//! stands there in English, and says so. Links are relative. What a page shows of a trace is drawn by the script of
//! `evscope-export`, the same that an exported page has.

#![forbid(unsafe_code)]

mod address;
mod assets;
mod content;
mod documents;
mod index;
mod lesson;
mod markdown;
mod page;
mod pictures;
mod prose;
mod trace;
mod veil;
mod words;
mod write;

pub use content::{Content, Demo, Document, Lesson, Picture, Program};
pub use documents::programs;
pub use write::{SiteError, write};
