//! Whole screens, as text, at the three sizes.

use insta::assert_snapshot;

use super::User;

/// At `bufferevent_writecb`: what the loop calls.
const INTERNAL: &str = ":56<enter>";
/// At the step that fills the output, with everything shown.
const EVERYTHING: &str = "3:45<enter>";
/// At `writecb`: what the watermark calls.
const CALLBACK: &str = ":67<enter>";

fn shown(width: u16, height: u16, keys: &str) -> String {
    User::at(width, height).press(keys).screen()
}

#[test]
fn small() {
    assert_snapshot!("small_start", shown(80, 24, ""));
    assert_snapshot!("small_internal", shown(80, 24, INTERNAL));
    assert_snapshot!("small_callback", shown(80, 24, CALLBACK));
    assert_snapshot!("small_state", shown(80, 24, ":51<enter><tab><tab>"));
    assert_snapshot!("small_why", shown(80, 24, ":67<enter>w"));
    assert_snapshot!("small_help", shown(80, 24, "?"));
    assert_snapshot!("small_chinese", shown(80, 24, ":67<enter>L"));
    assert_snapshot!("small_wrong_query", shown(80, 24, "fev=event_ad<enter>"));
}

#[test]
fn medium() {
    assert_snapshot!("medium_start", shown(120, 40, ""));
    assert_snapshot!("medium_internal", shown(120, 40, INTERNAL));
    assert_snapshot!("medium_callback", shown(120, 40, CALLBACK));
    assert_snapshot!("medium_everything", shown(120, 40, EVERYTHING));
    assert_snapshot!("medium_program", shown(120, 40, ":67<enter>1"));
    assert_snapshot!("medium_why", shown(120, 40, ":67<enter>w"));
    assert_snapshot!("medium_lanes", shown(120, 40, ":67<enter>v"));
    assert_snapshot!(
        "medium_filter",
        shown(120, 40, ":filter ev~\"event_*\" && bev=1<enter>")
    );
    assert_snapshot!(
        "medium_stops",
        shown(
            120,
            40,
            ":break ev=writecb<enter>:watch bev1.output.len<enter>B"
        )
    );
    assert_snapshot!("medium_help", shown(120, 40, "?"));
    assert_snapshot!("medium_chinese", shown(120, 40, ":67<enter>L"));
}

#[test]
fn large() {
    assert_snapshot!("large_start", shown(200, 60, ""));
    assert_snapshot!("large_internal", shown(200, 60, INTERNAL));
    assert_snapshot!("large_callback", shown(200, 60, CALLBACK));
    assert_snapshot!("large_chinese", shown(200, 60, ":67<enter>L"));
}

#[test]
fn a_card_says_what_its_bufferevent_stands_on() {
    let card = |trace: &str, keys: &str| User::of(trace).press(keys).screen();
    let tls = include_str!("../../../../traces/tls.jsonl");
    let (made, done) = ("/ev=bufferevent_enable<enter>", "/ev=eventcb<enter>");
    // Which fd it is depends on who was quicker when it was recorded.
    let fd = |screen: &str| {
        let (_, behind) = screen
            .split_once("bev1 TLS fd ")
            .expect("its card is there");
        behind.split(' ').next().unwrap_or_default().to_owned()
    };
    for (keys, en, zh) in [
        (made, "server handshake", "服务器握手中"),
        (done, "open", "已建立"),
    ] {
        for (lang, words) in [("en", en), ("zh", zh)] {
            let screen = card(tls, &format!(":language {lang}<enter>{keys}"));
            let words = format!("bev1 TLS fd {}  {words}", fd(&screen));
            assert!(screen.contains(&words), "{words}:\n{screen}");
        }
    }
    let pair = include_str!("../../../../traces/pair.jsonl");
    let filter = include_str!("../../../../traces/filter.jsonl");
    for (trace, keys, words) in [
        (pair, made, "bev1 pair no fd  partner bev2"),
        (
            filter,
            "/ev=bufferevent_filter_new<enter>",
            "filter no fd  on bev",
        ),
    ] {
        let screen = card(trace, keys);
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
}

#[test]
fn the_state_of_one_connection_fits() {
    for lang in ["en", "zh"] {
        let screen = shown(120, 40, &format!(":language {lang}<enter>{EVERYTHING}"));
        for (en, zh) in [
            ("end frozen", "末尾冻结"),
            ("start frozen", "开头冻结"),
            ("Kernel watches  fd 4 READ", "内核监视  fd 4 READ"),
            ("fd 8 WRITE", "fd 8 WRITE"),
        ] {
            let words = if lang == "en" { en } else { zh };
            assert!(screen.contains(words), "{words}:\n{screen}");
        }
    }
    let freezing = shown(120, 40, "3:28<enter>");
    assert!(freezing.contains("◆start frozen"), "{freezing}");
    // Frozen ends are of interest only where everything is.
    assert!(!shown(120, 40, "3:45<enter>2").contains("frozen"));
}
