//! `evscope completions`: the completions of a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{Outcome, output};

/// Print the completions of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope completions bash > ~/.local/share/bash-completion/completions/evscope
  evscope completions zsh > ~/.zfunc/_evscope
  evscope completions fish > ~/.config/fish/completions/evscope.fish")]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    // The generator takes no errors: it is given memory to write to, which has none.
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut crate::args::Args::command(),
        "evscope",
        &mut script,
    );
    output::write_own(&script)
}
