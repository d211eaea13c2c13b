//! A panic in the middle of a session: the terminal is given back, and the message can be read.

use std::io::{Read, Write};

use evscope_tui::{Options, Source, run};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const CHILD: &str = "EVSCOPE_TEST_CHILD";

/// Not a test by itself: the program that [`a_panic_gives_the_terminal_back`] starts.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let trace = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/hello-world.jsonl"
    );
    let mut options = Options::new(Source::File(trace.into()));
    options.exporter = Some(Box::new(|_, _, _, _, _, _| panic!("all is lost")));
    run(options).unwrap();
}

#[test]
fn a_panic_gives_the_terminal_back() {
    let pair = native_pty_system().openpty(PtySize::default()).unwrap();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture"]);
    command.env(CHILD, "1");
    command.env("TERM", "xterm-256color");
    // A backtrace would push the message off the screen.
    command.env("RUST_BACKTRACE", "0");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut keyboard = pair.master.take_writer().unwrap();
    let mut screen = vt100::Parser::default();
    let mut asked = false;
    let mut buffer = [0; 4096];
    while let Ok(n @ 1..) = reader.read(&mut buffer) {
        screen.process(&buffer[..n]);
        if !asked && screen.screen().contents().contains("step 0 of") {
            asked = true;
            keyboard.write_all(b":export svg\r").unwrap();
        }
    }
    assert!(asked, "the session never began");
    assert!(!child.wait().unwrap().success());
    let screen = screen.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    let text = screen.contents();
    assert!(text.contains("all is lost"), "{text}");
}
