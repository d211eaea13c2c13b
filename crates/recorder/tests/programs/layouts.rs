//! Functions have their source text however they are laid out, and no more than theirs.

use std::path::Path;
use std::process::Command;

use evscope_trace::SourceText;

use crate::support::{Trace, alone, compile, read, record};

/// Callbacks in several layouts, and the lines between which each is.
const C: &str = r#"#include <event2/event.h>
#include <stdio.h>
#define ARGS evutil_socket_t f, short w, void *a
#define UNUSED (void)f; (void)w; (void)a
/*< one_line */
static void one_line(ARGS) { UNUSED; puts("}"); }
/*> */
/*< brace_last */
static void brace_last(ARGS) {
    UNUSED;
    puts("2"); }
/*> */
/*< old_way */
static void
old_way(f, w, a)
    evutil_socket_t f;
    short w;
    void *a;
{
    UNUSED;
    if (w)
{
    puts("3");
}
}
/*> */
#ifdef __cplusplus
namespace n {
#endif
    /*< indented */
    static void indented(ARGS) // {
    {
        UNUSED;
        puts("4");
    }
    /*> */
#ifdef __cplusplus
}
using n::indented;
#endif
/*< gnu */
static void
gnu (evutil_socket_t f,
     short w, void *a)
{
  UNUSED;
  if (w)
    {
      puts ("5");
    }
}
/*> */
/*< branches */
#ifdef NEVER
static void branches(int f) {
#else
static void branches(ARGS) {
#endif
    UNUSED;
    puts("6");
}
/*> */
#define BEGIN if (f < 0) {
/*< unbalanced */
static void unbalanced(ARGS)
{
    UNUSED;
    BEGIN
        puts("7");
    }
}
/*> */
#define CALLBACK(name) static void name(ARGS) { UNUSED; puts("8"); }
/*< made */
CALLBACK(made)
/*> */
static void after(void) {
}
#define NEW(name, callback) event_base_once(b, -1, EV_TIMEOUT, callback, NULL, &tv)
int main(void)
{
    struct event_base *b = event_base_new();
    struct timeval tv = {0, 1000};
    after();
    NEW("one_line", one_line);
    NEW("brace_last", brace_last);
    NEW("old_way", old_way);
    NEW("indented", indented);
    NEW("gnu", gnu);
    NEW("branches", branches);
    NEW("unbalanced", unbalanced);
    NEW("made", made);
    event_base_dispatch(b);
    event_base_free(b);
    return 0;
}
"#;

const CPP: &str = r#"#include <event2/event.h>
#include <cstdio>
namespace app VISIBLE {
class Server {
public:
    Server() : list_{1, 2} {}
    /*< on_tick */
    static void on_tick(evutil_socket_t, short, void *self) {
        static_cast<Server *>(self)->tick<int>();
    }
    /*> */
private:
    template <class T> void tick() { std::puts("1"); }
    int list_[2];
};
}
int main()
{
    event_base *b = event_base_new();
    timeval tv = {0, 1000};
    app::Server server;
    event_base_once(b, -1, EV_TIMEOUT, app::Server::on_tick, &server, &tv);
    event_base_once(b, -1, EV_TIMEOUT,
        /*< _FUN */
        [](evutil_socket_t, short, void *) {
            if (true) {
                std::puts("2");
            }
        }
        /*> */
        , nullptr, &tv);
    event_base_dispatch(b);
    event_base_free(b);
}
"#;

/// What is between the marks of a name.
fn wanted(text: &str, name: &str) -> String {
    let lines = text.lines();
    let mut lines = lines.skip_while(|line| line.trim() != format!("/*< {name} */"));
    lines.next();
    let kept: Vec<&str> = lines.take_while(|line| line.trim() != "/*> */").collect();
    kept.join("\n")
}

fn text_of<'a>(trace: &'a Trace, name: &str) -> &'a SourceText {
    let callbacks = trace.all("event_callback");
    let mut places = callbacks.filter_map(|record| record.src.as_ref());
    let place = places.find(|place| {
        let function = place.function.as_deref().unwrap_or("");
        function.rsplit("::").next() == Some(name)
    });
    let place = place.unwrap_or_else(|| panic!("no callback {name}"));
    let mut texts = trace.sources.iter();
    let text = texts.find(|text| text.file == place.file && text.first == place.line);
    text.unwrap_or_else(|| panic!("no text of {name}"))
}

#[test]
fn every_callback_has_its_text_whole_and_no_more() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "one_line",
        "brace_last",
        "old_way",
        "indented",
        "gnu",
        "unbalanced",
        "made",
    ];
    for optimized in ["-O0", "-O2"] {
        let source = folder.path().join("layouts.c");
        std::fs::write(&source, C).unwrap();
        let program = folder.path().join("layouts");
        let Some(()) = compile(
            &source,
            &program,
            &["-levent", "-std=gnu11", "-w", optimized],
        ) else {
            return;
        };
        let (_, path) = record(folder.path(), &[program.to_str().unwrap()], |_| {}, |_| {});
        let trace = read(&path);
        for name in names {
            assert_eq!(
                text_of(&trace, name).text,
                wanted(C, name),
                "{name} {optimized}"
            );
        }
        // Whichever of the branches it begins with, it is one function.
        let text = &text_of(&trace, "branches").text;
        assert!(
            text.starts_with("static void branches(") && text.ends_with("puts(\"6\");\n}"),
            "{text}"
        );
    }
}

#[test]
fn methods_and_lambdas_of_cpp_have_their_texts() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("server.cpp");
    std::fs::write(&source, CPP).unwrap();
    let program = folder.path().join("server");
    if !Path::new("/usr/include/event2/event.h").exists() {
        return;
    }
    let built = Command::new("c++")
        .args(["-g", "-DVISIBLE=", "-o"])
        .args([&program, &source])
        .arg("-levent")
        .status();
    if !built.is_ok_and(|status| status.success()) {
        eprintln!("LEFT OUT: no compiler of C++ (Debian's package g++)");
        return;
    }
    let (_, path) = record(folder.path(), &[program.to_str().unwrap()], |_| {}, |_| {});
    let trace = read(&path);
    assert_eq!(text_of(&trace, "on_tick").text, wanted(CPP, "on_tick"));
    assert_eq!(text_of(&trace, "_FUN").text, wanted(CPP, "_FUN"));
}
