use std::path::Path;

use super::*;
use crate::Trace;

fn trace(name: &str) -> Trace {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../traces/{name}.jsonl"));
    Trace::open(&path).unwrap()
}

/// The steps at which the only rule of a file is broken.
fn broken(rule: &str, name: &str) -> Vec<Option<usize>> {
    let rules = OwnRules::parse("r.toml", &format!("[[rule]]\nname = \"r\"\n{rule}\n")).unwrap();
    let verdicts = rules.check(&trace(name));
    verdicts[0]
        .broken
        .iter()
        .map(|broken| broken.step)
        .collect()
}

#[test]
fn each_form_holds_where_it_should_and_is_broken_where_it_should() {
    for (rule, holds_in, broken_in, at) in [
        ("must = 'ev=readcb'", "echo", "disabled-read", None),
        (
            "must_not = 'ev=accept errno=EMFILE'",
            "echo",
            "out-of-fds",
            Some(()),
        ),
        (
            "must = 'ev=listener_cb'\nat_most = 1",
            "hello-world",
            "chat",
            Some(()),
        ),
        (
            "after = 'ev=listener_cb'\nmust = 'ev=bufferevent_enable events~READ'",
            "echo",
            "disabled-read",
            Some(()),
        ),
        (
            "after = 'ev=bufferevent_socket_new'\nmust = 'ev=bufferevent_free'\nsame = 'bev'",
            "echo",
            "disabled-read",
            Some(()),
        ),
        (
            "after = 'ev=suspend_read'\nmust = 'ev=unsuspend_read'\nsame = 'bev'\nwithin_turns = 3",
            "echo",
            "high-watermark-stall",
            Some(()),
        ),
        (
            "order = ['ev=bufferevent_enable', 'ev=bufferevent_setwatermark']\nsame = 'bev'",
            "echo",
            "high-watermark-stall",
            Some(()),
        ),
    ] {
        assert_eq!(broken(rule, holds_in), [], "{rule} in {holds_in}");
        let found = broken(rule, broken_in);
        assert!(!found.is_empty(), "{rule} in {broken_in}");
        assert_eq!(found[0].map(|_| ()), at, "{rule} in {broken_in}");
    }
}

#[test]
fn what_must_not_come_after_may_come_again_when_it_is_over() {
    let rule = "after = 'ev=bufferevent_disable events~READ'\n\
                must_not = 'ev=readcb'\nuntil = 'ev=bufferevent_enable events~READ'\nsame = 'bev'";
    assert_eq!(broken(rule, "echo"), []);
    let never = "after = 'ev=readcb'\nmust_not = 'ev=eventcb'\nsame = 'bev'";
    assert_eq!(broken(never, "echo").len(), 1);
    assert_eq!(broken(&format!("{never}\nwithin = '1ns'"), "echo"), []);
}

#[test]
fn words_are_those_of_the_language() {
    let text = "[[rule]]\nname = \"r\"\nmust = \"ev=readcb\"\n\
                words = { en = \"It must read.\", zh = \"必须读。\" }\n\
                [[rule]]\nname = \"s\"\nmust = \"ev=readcb\"\n";
    let rules = OwnRules::parse("r.toml", text).unwrap();
    let verdicts = rules.check(&trace("disabled-read"));
    let said = |i: usize, lang| verdicts[i].text(&verdicts[i].broken[0], lang);
    assert_eq!(said(0, Lang::EN), "It must read.");
    assert_eq!(said(0, Lang::ZH), "必须读。");
    assert!(
        said(1, Lang::EN).contains("`ev=readcb`"),
        "{}",
        said(1, Lang::EN)
    );
}

#[test]
fn a_mistake_is_told_with_line_and_column() {
    for (text, told) in [
        ("[[rule]]\nname = \"a\"\n", "r.toml:1:1: a rule has `must`"),
        (
            "[[rule]]\nname = \"a\"\nmust = \"ev=wrtecb\"",
            "r.toml:3:12: no event is called `wrtecb`",
        ),
        (
            "[[rule]]\nname = \"a\"\nmust = 'ev=readcb'\nwithin = '5ms'",
            "r.toml:1:1: `within` and",
        ),
        (
            "[[rule]]\nname = \"a\"\nafter = 'ev=readcb'\nmust = 'ev=writecb'\nwithin = 'soon'",
            "r.toml:5:10: a time is",
        ),
        (
            "[[rule]]\nname = \"a\"\nmust = 'ev=readcb'\nsame = 'cow'",
            "r.toml:4:8: `cow` is no kind",
        ),
        (
            "[[rule]]\nname = \"a\"\nmust = 'ev=readcb'\n[[rule]]\nname = \"a\"\nmust = 'ev=readcb'",
            "r.toml:5:8: there are two rules",
        ),
        (
            "[[rule]]\nname = \"a\"\nseverity = 'bad'\nmust = 'ev=readcb'",
            "r.toml:3:12: `bad` is no severity",
        ),
        ("[[rule]]\nnam = \"a\"", "r.toml:2:1: unknown field `nam`"),
        ("[[rule]\n", "r.toml:1:"),
        ("", "r.toml:1:1: missing field `rule`"),
    ] {
        let error = OwnRules::parse("r.toml", text).unwrap_err().to_string();
        assert!(error.starts_with(told), "{error}");
    }
}

/// The examples of the page are rules.
#[test]
fn the_documentations_examples_can_be_read() {
    let page = include_str!("../../../../../docs/rules/own.md");
    let examples: Vec<&str> = page
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(examples.len() >= 5);
    let rules = OwnRules::parse("own.md", &examples.join("\n")).unwrap();
    assert!(rules.names().count() > examples.len());
    let kept = rules.check(&trace("echo"));
    assert!(
        kept.iter()
            .all(|verdict| verdict.rule == "three-clients" || verdict.broken.is_empty())
    );
}
