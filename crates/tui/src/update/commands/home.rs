//! The commands of the home screen. Where one does what a command on a trace does, it has that one's name.

use evscope_words::{Word, word};

use crate::model::command::{Command, Group, HomeDeed as Deed};

const fn command(
    does: Deed,
    name: &'static str,
    keys: &'static [&'static str],
    says: Word,
) -> Command<Deed, ()> {
    Command {
        does,
        name,
        keys,
        takes: "",
        group: Group::Home,
        says,
        run: (),
    }
}

/// The one table.
#[rustfmt::skip]
pub(crate) const HOME_COMMANDS: &[Command<Deed, ()>] = &[
    command(Deed::Open, "enter", &["enter"], word!(home_does_open)),
    command(Deed::Down, "down", &["j", "down"], word!(home_does_down)),
    command(Deed::Up, "up", &["k", "up"], word!(home_does_up)),
    command(Deed::PageDown, "page-down", &["pagedown"], word!(home_does_page_down)),
    command(Deed::PageUp, "page-up", &["pageup"], word!(home_does_page_up)),
    command(Deed::First, "first", &["g", "home"], word!(home_does_first)),
    command(Deed::Last, "last", &["G", "end"], word!(home_does_last)),
    command(Deed::NextSection, "focus", &["tab"], word!(home_does_focus)),
    command(Deed::Search, "search", &["/"], word!(home_does_search)),
    command(Deed::Command, "command", &[":"], word!(home_does_command)),
    command(Deed::Record, "record", &["r"], word!(home_does_record)),
    command(Deed::Explain, "explain", &["e", "?"], word!(home_does_explain)),
    command(Deed::Language, "language", &["L"], word!(command_language)),
    command(Deed::Suspend, "suspend", &["ctrl-z"], word!(command_suspend)),
    command(Deed::Cancel, "cancel", &["esc"], word!(home_does_cancel)),
    command(Deed::Quit, "quit", &["q", "ctrl-c"], word!(command_quit)),
];
