//! Commands that this system cannot have. The help leaves them out; who calls one is told what it needs.

/// A module for each, as if it were a command's own.
macro_rules! absent {
    ($needs:ident: $($name:ident($($with:ty)?) $(or $also:ident($($of:ty),*) -> $gives:ty)?),*) => {$(
        pub(crate) mod $name {
            use std::ffi::OsString;

            use evscope_words::text;

            #[allow(unused_imports, reason = "not every command asks for settings")]
            use crate::settings::Settings;
            use crate::{Outcome, language};

            /// Not on this system
            #[derive(Debug, clap::Args)]
            #[command(hide = true, disable_help_flag = true)]
            pub(crate) struct Args {
                /// Whatever it would be given
                #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
                _words: Vec<OsString>,
            }

            pub(crate) fn run(_: &Args $(, _: $with)?) -> anyhow::Result<Outcome> {
                // Options for all commands may be among the words.
                language::begin(std::env::args_os().skip(1));
                Err(absent())
            }

            fn absent() -> anyhow::Error {
                language::wrong(&text!($needs, command = stringify!($name)))
            }
            $(
            /// What the home screen would do.
            pub(crate) fn $also($(_: $of),*) -> anyhow::Result<$gives> {
                Err(absent())
            }
            )?
        }
    )*};
}

#[cfg(not(has_reactor))]
absent!(cli_needs_reactor: demo(&Settings) or show(&evscope_examples::demo::Demo, &Settings) -> evscope_tui::Exit, run(&Settings));
#[cfg(not(has_recorder))]
absent!(cli_needs_recorder: live(&Settings) or watch(&[OsString], &Settings) -> Outcome, record());
