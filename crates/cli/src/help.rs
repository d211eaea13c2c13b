//! What `--help` says, in the language that is asked for. English stands with the arguments, as clap has it;
//! `help.ftl` is written from there, and other languages translate that.

use clap::{Arg, ArgAction, Command};
use evscope_replay::Lang;
use evscope_words::{by_name, text, word};

/// A command line that explains itself in a language.
pub(crate) fn in_lang(command: Command, lang: Lang) -> Command {
    of_this_system(match lang == Lang::EN {
        true => command,
        false => translated_whole(command, lang),
    })
}

/// Without the examples of commands that are not there.
fn of_this_system(command: Command) -> Command {
    let absent = command.get_subcommands().filter(|sub| sub.is_hide_set());
    let absent: Vec<String> = absent
        .map(|sub| format!("evscope {} ", sub.get_name()))
        .collect();
    without(command, &absent)
}

fn without(mut command: Command, absent: &[String]) -> Command {
    let is_there = |line: &&str| {
        let words = format!("{} ", line.trim());
        !absent.iter().any(|absent| words.starts_with(absent))
    };
    if let Some(examples) = command.get_after_help() {
        let examples = examples.to_string();
        let kept: Vec<&str> = examples.lines().filter(is_there).collect();
        if kept.len() < examples.lines().count() {
            command = command.after_help(kept.join("\n"));
        }
    }
    command.mut_subcommands(|sub| without(sub, absent))
}

fn translated_whole(command: Command, lang: Lang) -> Command {
    let options = word!(help_heading_options).in_lang(lang);
    let says_help = word!(help_of_help).in_lang(lang);
    let says_version = word!(help_of_version).in_lang(lang);
    let help = Arg::new("help").short('h').long("help").help(says_help);
    let version = Arg::new("version").short('V').long("version");
    translated(command, "evscope", lang)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(
            help.action(ArgAction::Help)
                .global(true)
                .display_order(1000)
                .help_heading(options),
        )
        .arg(
            version
                .action(ArgAction::Version)
                .help(says_version)
                .display_order(1001)
                .help_heading(options),
        )
}

fn translated(command: Command, name: &str, lang: Lang) -> Command {
    let about = by_name(&id(name, ""), &[], lang);
    let long = by_name(&id(name, "long"), &[], lang);
    let examples = by_name(&id(name, "examples"), &[], lang);
    let options = word!(help_heading_options).in_lang(lang);
    let arguments = word!(help_heading_arguments).in_lang(lang);
    let usage = word!(help_heading_usage).in_lang(lang);
    let mut command = command
        .subcommand_help_heading(word!(help_heading_commands).in_lang(lang))
        .help_template(format!(
            "{{before-help}}{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}"
        ))
        .mut_args(|arg| {
            let heading = if arg.is_positional() {
                arguments
            } else {
                options
            };
            let find = |part: &str| of_argument(name, arg.get_id().as_str(), part, lang);
            let says = find("").or_else(|| arg.get_help().map(ToString::to_string));
            let says = says.unwrap_or_default();
            let values = arg.get_possible_values().into_iter();
            let values = values.filter(|value| !value.is_hide_set()).map(|value| {
                let about = value.get_help().map(ToString::to_string);
                (
                    value.get_name().to_owned(),
                    find(value.get_name()).or(about),
                )
            });
            let said = Said {
                long: find("long").unwrap_or_else(|| says.clone()),
                says,
                values: values.collect(),
            };
            said.of(arg, lang).help_heading(heading)
        });
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long) = long {
        command = command.long_about(long);
    }
    if let Some(examples) = examples {
        command = command.after_help(examples);
    }
    command.mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        translated(command, &name, lang)
    })
}

/// What is said of an argument, or of a part of it: of this command's, or else of all commands' that have one of this name.
fn of_argument(command: &str, argument: &str, part: &str, lang: Lang) -> Option<String> {
    let own = match part {
        "" => argument.to_owned(),
        part => format!("{argument}_{part}"),
    };
    let find = |id: &str| by_name(id, &[], lang);
    find(&id(command, &own)).or_else(|| find(&id(argument, part)))
}

/// What is said of an argument in a language.
struct Said {
    says: String,
    long: String,
    /// What it can be, each with what that means.
    values: Vec<(String, Option<String>)>,
}

impl Said {
    /// Says it. Clap's notes on defaults and possible values are English, so ours stand in their place.
    fn of(self, arg: Arg, lang: Lang) -> Arg {
        let takes_values = arg.get_action().takes_values();
        let shows = |hidden: bool| takes_values && !hidden;
        let (mut short, mut long) = (vec![self.says], vec![self.long]);
        if shows(arg.is_hide_possible_values_set()) && !self.values.is_empty() {
            let names: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
            let names = text!(help_possible_values, values = names.join(", ")).in_lang(lang);
            let mut list = vec![word!(help_heading_possible_values).in_lang(lang).to_owned()];
            for (name, about) in &self.values {
                list.extend(about.iter().map(|about| format!("- {name}: {about}")));
            }
            long.push(if list.len() > 1 {
                list.join("\n")
            } else {
                names.clone()
            });
            short.push(names);
        }
        let defaults = arg.get_default_values().iter();
        let defaults: Vec<_> = defaults.map(|value| value.to_string_lossy()).collect();
        if shows(arg.is_hide_default_value_set()) && !defaults.is_empty() {
            let default = text!(help_default, value = defaults.join(", ")).in_lang(lang);
            short.push(default.clone());
            long.push(default);
        }
        arg.help(short.join(" "))
            .long_help(long.join("\n\n"))
            .hide_possible_values(takes_values)
            .hide_default_value(takes_values)
    }
}

fn id(name: &str, part: &str) -> String {
    let joined = match part {
        "" => format!("help_{name}"),
        part => format!("help_{name}_{part}"),
    };
    joined.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write as _;

    use clap::CommandFactory;

    use super::*;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../words/lang/en/help.ftl");
    const HEAD: &str = "\
# What --help says. The English is written from the command line:
# UPDATE_DOCS=1 cargo test -p evscope help_is_there_to_be_translated

help_heading_usage = Usage:
help_heading_commands = Commands
help_heading_arguments = Arguments
help_heading_options = Options
help_heading_possible_values = Possible values:
help_possible_values = [possible values: { $values }]
help_default = [default: { $value }]
help_of_help = Print help (see a summary with '-h')
help_of_version = Print version
";

    /// A message as Fluent writes it.
    fn message(id: &str, text: &str) -> String {
        let text = text.replace('{', "\u{1}").replace('}', "{\"}\"}");
        let text = text.replace('\u{1}', "{\"{\"}");
        if !text.contains('\n') {
            return format!("{id} = {text}\n");
        }
        let lines = text.lines().map(|line| match line.chars().next() {
            None => "\n".to_owned(),
            Some('[' | '*' | '.') => format!("    {{\"{}\"}}{}\n", &line[..1], &line[1..]),
            _ => format!("    {line}\n"),
        });
        format!("{id} =\n{}", lines.collect::<String>())
    }

    fn of_command(
        command: &Command,
        name: &str,
        out: &mut String,
        shared: &BTreeMap<String, Vec<String>>,
    ) {
        let _ = write!(out, "\n## {name}\n\n");
        let about = command.get_about().unwrap().to_string();
        out.push_str(&message(&id(name, ""), &about));
        if let Some(long) = command
            .get_long_about()
            .filter(|long| long.to_string() != about)
        {
            out.push_str(&message(&id(name, "long"), &long.to_string()));
        }
        if let Some(examples) = command.get_after_help() {
            out.push_str(&message(&id(name, "examples"), &examples.to_string()));
        }
        for arg in command.get_arguments() {
            let key = arg.get_id().as_str();
            if shared.get(key).is_some_and(|all| is_shared(all)) {
                continue;
            }
            argument(arg, &format!("{name}_{key}"), out);
        }
    }

    fn argument(arg: &Arg, key: &str, out: &mut String) {
        let says = arg.get_help().unwrap().to_string();
        out.push_str(&message(&id(key, ""), &says));
        if let Some(long) = arg.get_long_help().filter(|long| long.to_string() != says) {
            out.push_str(&message(&id(key, "long"), &long.to_string()));
        }
        if arg.get_action().takes_values() {
            for value in arg.get_possible_values() {
                if let Some(about) = value.get_help().filter(|_| !value.is_hide_set()) {
                    out.push_str(&message(&id(key, value.get_name()), &about.to_string()));
                }
            }
        }
    }

    fn is_shared(all: &[String]) -> bool {
        all.len() > 1 && all.iter().all(|one| *one == all[0])
    }

    #[test]
    fn help_is_there_to_be_translated() {
        let evscope = crate::args::Args::command();
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let commands = || std::iter::once(&evscope).chain(evscope.get_subcommands());
        for arg in commands().flat_map(Command::get_arguments) {
            let said = (arg.get_help().map(ToString::to_string), arg.get_long_help());
            let said = format!("{:?}", (said.0, said.1.map(ToString::to_string)));
            all.entry(arg.get_id().to_string()).or_default().push(said);
        }
        let mut text = HEAD.to_owned();
        text.push_str("\n## what several commands have\n\n");
        for (key, said) in &all {
            if is_shared(said) {
                let mut args = commands().flat_map(Command::get_arguments);
                let arg = args.find(|arg| arg.get_id().as_str() == key).unwrap();
                argument(arg, key, &mut text);
            }
        }
        for command in commands() {
            of_command(command, command.get_name(), &mut text, &all);
        }
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(FILE, &text).unwrap();
        }
        let there = std::fs::read_to_string(FILE).unwrap();
        assert!(
            there == text,
            "help.ftl is not what the command line says; UPDATE_DOCS=1 writes it anew, and the other languages follow by hand"
        );
    }

    #[test]
    fn commands_that_are_not_there_have_no_examples() {
        let gone = Command::new("demo").hide(true);
        let there = Command::new("diff").after_help("Examples:\n  evscope demo a\n  evscope diff");
        let evscope = Command::new("evscope")
            .after_help("Examples:\n  evscope demo   runs it\n  evscope demos\n  evscope demo")
            .subcommands([gone, there]);
        let evscope = of_this_system(evscope);
        let examples = |command: &Command| command.get_after_help().unwrap().to_string();
        assert_eq!(examples(&evscope), "Examples:\n  evscope demos");
        let diff = evscope.find_subcommand("diff").unwrap();
        assert_eq!(examples(diff), "Examples:\n  evscope diff");
    }

    #[test]
    fn help_is_told_in_chinese_whole() {
        let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let mut evscope = in_lang(crate::args::Args::command(), Lang::ZH);
        evscope.build();
        let mut lacking = Vec::new();
        for command in std::iter::once(&evscope).chain(evscope.get_subcommands()) {
            let mut look = |what: &str, text: Option<&clap::builder::StyledStr>| {
                if text.is_some_and(|text| !is_chinese(&text.to_string())) {
                    lacking.push(format!("{} {what}", command.get_name()));
                }
            };
            look("about", command.get_about());
            look("long", command.get_long_about());
            look("examples", command.get_after_help());
            for arg in command.get_arguments() {
                look(arg.get_id().as_str(), arg.get_help());
                look(arg.get_id().as_str(), arg.get_long_help());
                let shown = (arg.get_action().takes_values() && !arg.is_hide_possible_values_set())
                    .then(|| arg.get_possible_values());
                assert!(shown.is_none_or(|values| values.is_empty()), "{arg:?}");
            }
        }
        assert!(lacking.is_empty(), "not in Chinese: {lacking:#?}");
    }
}
