//! Shows a trace: `cargo run -p evscope-tui --example play -- FILE [en|zh [SOURCES]]`.

use evscope_replay::Lang;
use evscope_tui::{Options, Source, run};

fn main() {
    let mut args = std::env::args().skip(1);
    let Some(file) = args.next() else {
        eprintln!("which trace? play FILE [en|zh [SOURCES]]");
        std::process::exit(2);
    };
    let mut options = Options::new(Source::File(file.into()));
    if let Some(lang) = args.next() {
        options.lang = lang.parse().unwrap_or(Lang::EN);
    }
    options.source_dir = args.next().map(Into::into);
    match run(options) {
        Ok(exit) => exit.resignal(),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(2);
        }
    }
}
