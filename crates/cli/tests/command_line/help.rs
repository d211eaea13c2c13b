//! Help, completions and the manual page, all made from the one description of the command line.

use crate::support::Folder;

/// The commands, as the help lists them.
fn commands(folder: &Folder) -> Vec<String> {
    let help = folder.run("--help").fine();
    let list = help.split_once("Commands:\n").unwrap().1;
    let list = list.split_once("\n\n").unwrap().0;
    list.lines()
        // What is further to the right goes on with a description.
        .filter(|line| !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_command_has_help_with_an_example() {
    let folder = Folder::new();
    let commands = commands(&folder);
    for expected in [
        "demo",
        "play",
        "print",
        "state",
        "why",
        "check",
        "export",
        "diff",
        "stats",
        "site",
        "completions",
        "man",
    ] {
        assert!(commands.iter().any(|name| name == expected), "{expected}");
    }
    for command in commands {
        let help = folder.run(&format!("{command} --help")).fine();
        let examples = help.split_once("Examples:\n").expect(&command).1;
        assert!(examples.contains(&format!("evscope {command}")), "{help}");
    }
    let help = folder.run("--help").fine();
    assert!(help.contains("Examples:\n"), "{help}");
}

#[test]
fn the_version_is_the_packages() {
    let folder = Folder::new();
    let version = folder.run("--version").fine();
    assert_eq!(version, format!("evscope {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_shell_gets_completions_of_every_command() {
    let folder = Folder::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = folder.run(&format!("completions {shell}")).fine();
        for command in commands(&folder) {
            assert!(script.contains(&command), "{shell}: {command}");
        }
    }
}

#[test]
fn the_manual_page_has_every_command_and_its_examples() {
    let folder = Folder::new();
    let page = folder.run("man").fine();
    assert!(page.contains(".TH evscope 1"), "{page}");
    for command in commands(&folder) {
        let heading = format!(".SH \"EVSCOPE {}\"", command.to_uppercase());
        assert!(page.contains(&heading), "{heading}");
    }
    assert!(page.contains("EXIT STATUS"));
    assert!(
        !page
            .lines()
            .any(|line| line.starts_with('.') && line[1..].starts_with(' '))
    );
}
