//! Functions in texts of every layout, and in real files.

use super::*;

/// Name, line of the name, first line, line of the brace, last line.
type Seen = (String, u32, u32, u32, u32);

fn seen(file: &str, text: &str) -> Vec<Seen> {
    let functions = Functions::of(file, text);
    let tell = |f: &Function| (f.name.clone(), f.line, f.first, f.open, f.last);
    functions.iter().map(tell).collect()
}

/// Holds that a text has these functions and no others.
#[track_caller]
fn finds(text: &str, wanted: &[(&str, u32, u32, u32, u32)]) {
    let seen = seen("a.c", text);
    let seen: Vec<_> = seen
        .iter()
        .map(|(name, line, first, open, last)| (name.as_str(), *line, *first, *open, *last))
        .collect();
    assert_eq!(seen, wanted, "in\n{text}");
}

#[test]
fn definitions_are_told_from_declarations_and_calls() {
    let text = "\
#include <x.h>
int twice(int);
GENERATE(a, b)

/* What it does. */
static void
on_write(int fd, short what,
    void *arg)
{
\tif (fd)
\t{
\t\ttwice(fd);
\t}
}

int twice(int n) { return 2 * n;
}
struct s { int (*f)(void); };
static const int a[] = {
    1,
};
";
    finds(
        text,
        &[("on_write", 7, 6, 9, 14), ("twice", 16, 16, 16, 17)],
    );
}

#[test]
fn a_function_may_be_one_line_or_end_anywhere_in_one() {
    finds(
        "static void one(int a) { (void)a; }\nstatic void last(int a) {\n    puts(\"}\");\n    a(); }\nint x;\n",
        &[("one", 1, 1, 1, 1), ("last", 2, 2, 2, 4)],
    );
    finds(
        "int a(void) {} int b(void) {}",
        &[("a", 1, 1, 1, 1), ("b", 1, 1, 1, 1)],
    );
    // A comment after the parameters, and braces in the first column within.
    finds(
        "on_read(int fd, void *arg) /* { */\n{\n  if (fd)\n{\n}\n}\n",
        &[("on_read", 1, 1, 2, 6)],
    );
}

#[test]
fn parameters_may_be_declared_in_the_old_way() {
    finds(
        "int\nold(a, cb, s)\n\tint a;\n\tint (*cb)();\n\tregister char *s;\n{\n\treturn a;\n}\nint none() { return 0; }\n",
        &[("old", 2, 1, 6, 8), ("none", 9, 9, 9, 9)],
    );
    finds(
        "int declared(word) ATTRIBUTE;\nint x;\nint next(void)\n{\n}\n",
        &[("next", 3, 3, 4, 5)],
    );
}

#[test]
fn the_layout_of_gnu() {
    finds(
        "static struct item *\nfind_item (struct table *table,\n           const char *name)\n  /* note */\n{\n  for (;;)\n    {\n      next ();\n    }\n}\n",
        &[("find_item", 2, 1, 5, 10)],
    );
}

#[test]
fn attributes_and_macros_around_a_head_are_not_its_name() {
    finds(
        "LIST_GENERATE(a, b)\nstatic __attribute__((noinline)) void f(int a) __attribute__((cold)) {\n}\n",
        &[("f", 2, 2, 2, 3)],
    );
    finds("EXPORT(int) g(int a)\n{\n}\n", &[("g", 1, 1, 2, 3)]);
    finds(
        "int h(const char *, ...) FORMAT(1, 2)\n{\n}\n",
        &[("h", 1, 1, 2, 3)],
    );
    finds("int (i)(int a) {}\n", &[("i", 1, 1, 1, 1)]);
    finds(
        "void (*j(int sig, void (*f)(int)))(int)\n{\n}\n",
        &[("j", 1, 1, 2, 3)],
    );
    finds("TEST(suite, name) {\n}\n", &[("TEST", 1, 1, 1, 2)]);
    finds(
        "struct s *k(struct t a) QUIET {\n}\nenum e l(void) {}\n",
        &[("k", 1, 1, 1, 2), ("l", 3, 3, 3, 3)],
    );
}

#[test]
fn what_no_compiler_sees_hides_nothing() {
    finds(
        "#if 0\nit's { not\n#ifdef X\nint no(void) {\n#endif\n#else\nint yes(void)\n{\n#endif\n}\n",
        &[("yes", 7, 7, 8, 10)],
    );
    finds(
        "#define M(x) do { \\\n\tx(); \\\n\nint a(void)\n{\n}\n",
        &[("a", 4, 4, 5, 6)],
    );
    finds(
        "char c = '{', d = '\\'', *s = \"{\\\"\";\nint a(void) {}\n",
        &[("a", 2, 2, 2, 2)],
    );
    finds(
        "/* don't { */ // it's {\nint a(void) {}\n",
        &[("a", 2, 2, 2, 2)],
    );
}

#[test]
fn of_several_branches_that_open_a_brace_one_is_closed() {
    finds(
        "#ifdef A\nint f(int a) {\n#else\nint f(long a) {\n#endif\n}\nint g(void) {\n\tif (a) {\n#ifdef A\n\t} else if (b) {\n#else\n\t} else {\n#endif\n\t}\n}\nint h(void) {}\n",
        &[("f", 2, 2, 2, 6), ("g", 7, 7, 7, 15), ("h", 16, 16, 16, 16)],
    );
}

#[test]
fn where_braces_do_not_match_the_margin_tells() {
    finds(
        "int f(void)\n{\n\tBEGIN_LOOP {\n}\nint g(void)\n{\n\treturn 1;\n}\n",
        &[("f", 1, 1, 2, 4), ("g", 5, 5, 6, 8)],
    );
}

#[test]
fn the_methods_of_cpp() {
    let text = "\
namespace n VISIBLE(default) {
class Server : public Base<int(int)> {
public:
    Server(int fd) : fd_(fd), list_{1, 2}, on_(make<int>{3}) {
        listen();
    }
    ~Server() {}
    static void on_read(bufferevent *bev, void *self) { read(1'000); }
    bool operator==(const Server &other) const noexcept { return true; }
private:
    int &operator[](int i) { return fd_; } int fd_ = 0;
};
template <class T, class U = std::function<void(int)>>
auto max(T a, U b) -> decltype(a + b)
{
    return R\"x(})x\";
}
int Server::run() &&
{
    auto cb = [](int a) { return a; };
}
enum class E : int { A, B };
}
extern \"C\" {
void c(void) {}
}
extern \"C\" void d(void) {}
static std::map<int, void (*)(int)> table = { {1, nullptr} };
auto lambda = [](int a) { return a; };
void operator()(int a) {}
Server::operator bool() const {}
";
    finds(
        text,
        &[
            ("Server", 4, 4, 4, 6),
            ("~Server", 7, 7, 7, 7),
            ("on_read", 8, 8, 8, 8),
            ("operator==", 9, 9, 9, 9),
            ("operator[]", 11, 11, 11, 11),
            ("max", 14, 13, 15, 17),
            ("Server::run", 18, 18, 19, 21),
            ("c", 25, 25, 25, 25),
            ("d", 27, 27, 27, 27),
            ("operator()", 30, 30, 30, 30),
            ("Server::operator bool", 31, 31, 31, 31),
        ],
    );
}

#[test]
fn a_namespace_behind_the_preprocessor_is_one() {
    finds(
        "#ifdef __cplusplus\nnamespace n {\n  #endif\n  static void indented(int f)\n  {\n    puts(\"4\");\n  }\n#ifdef __cplusplus\n}\nusing n::indented;\n#endif\nint main(void)\n{\n}\n",
        &[("indented", 4, 4, 5, 7), ("main", 12, 12, 13, 14)],
    );
}

const RUST: &str = "\
//! A file.
pub(crate) fn outer(
    a: u32,
) -> u32 {
    fn inner() {
        work('{', b'}', \"}\\\"\", r#\"}\"\"#);
    }
    inner();
    a
}

impl<'a> Thing<'a> {
    pub const fn one(&self) -> [u8; { 1 }] { [1] }
    // fn not_this
    /* nor /* fn this */ {} */
    fn declared(&self);
    fn where_clause<T>(f: fn(T))
    where
        T: Fn(),
    {
        let r#fn = 1;
    }
}
macro_rules! m { () => { fn $name() {} } }
";

#[test]
fn a_line_belongs_to_the_innermost_function() {
    let functions = Functions::of("a.rs", RUST);
    let around = |line| {
        let function = functions.around(line)?;
        Some((function.name.as_str(), function.first, function.last))
    };
    assert_eq!(around(1), None);
    assert_eq!(around(3), Some(("outer", 2, 10)));
    assert_eq!(around(6), Some(("inner", 5, 7)));
    assert_eq!(around(9), Some(("outer", 2, 10)));
    assert_eq!(around(13), Some(("one", 13, 13)));
    assert_eq!(around(16), None);
    assert_eq!(around(19), Some(("where_clause", 17, 22)));
    assert_eq!(functions.named("inner").unwrap().first, 5);
    assert_eq!(functions.named("not_this"), None);
    assert_eq!(functions.named("declared"), None);
}

#[test]
fn lines_that_are_no_function_end_with_their_brace() {
    let text = "int main() {\n  set([](int a) {\n    go();\n  });\n  CALLBACK(b)\n  {\n  }\n}\n";
    let closing_line = |first: u32, last| {
        let skipped: usize = text
            .split_inclusive('\n')
            .take(first as usize - 1)
            .map(str::len)
            .sum();
        closing_line(&text[skipped..], first, last)
    };
    assert_eq!(closing_line(2, 3), 4);
    assert_eq!(closing_line(5, 6), 7);
    // What was made by a macro does not have the next one's lines.
    assert_eq!(closing_line(5, 5), 5);
    assert_eq!(closing_line(3, 3), 3);
    assert_eq!(closing_line(99, 100), 100);
}

/// A function of real files is what lies between a head at the margin and the next brace there, in layouts that have
/// both.
#[test]
fn functions_of_real_files_are_found() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut files, mut all) = (0, 0);
    for (folder, ending) in [
        ("examples/c", "c"),
        ("crates/replay/src/causes", "rs"),
        ("crates/reactor/src/event", "rs"),
    ] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != ending) {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            let functions = Functions::of(&path.display().to_string(), &text);
            // Each ends where a brace closes the column it began in, and none of those is missed.
            for function in functions.iter() {
                let indent = |line: u32| {
                    let line = lines[line as usize - 1];
                    line.len() - line.trim_start().len()
                };
                let place = format!("{}:{}", path.display(), function.line);
                assert_eq!(indent(function.first), indent(function.last), "{place}");
                assert!(lines[function.last as usize - 1].contains('}'), "{place}");
                assert!(
                    lines[function.line as usize - 1].contains(&function.name),
                    "{place}"
                );
            }
            let heads = lines.iter().filter(|line| {
                let line = line
                    .trim_start_matches("pub ")
                    .trim_start_matches("pub(crate) ");
                line.starts_with("fn ") || line.contains("main(")
            });
            assert!(
                functions.iter().count() >= heads.count(),
                "{}",
                path.display()
            );
            files += 1;
            all += functions.iter().count();
        }
    }
    assert!(files > 20 && all > 150, "{files} files, {all} functions");
}

/// What a text costs grows with its length alone, whatever is in it.
#[test]
fn no_text_takes_long() {
    let n = 20_000;
    let took = |text: &str| {
        let began = std::time::Instant::now();
        let (c, rust) = (Functions::of("a.c", text), Functions::of("a.rs", text));
        let line = text.lines().count() as u32;
        let found = (0..1000).filter(|_| c.around(line).is_some() || rust.around(line).is_some());
        assert!(found.count() <= 1000);
        began.elapsed()
    };
    let plain = took(&"int x;\n".repeat(n));
    for piece in [
        "{",
        "}",
        "(",
        "f(",
        "f(a)",
        "#if\n",
        "#if\n{",
        "#if 0\n",
        "#else\n",
        "n::",
        "f<",
        "operator",
        "int f(a)\n",
        "f(a) int a;\n",
        "int f(void) {\n",
        "}\n",
        "namespace {\n",
        "fn f() {\n",
        "'",
        "\"\n",
        "/*",
        "R\"x(",
        "r#",
        "int f(void)\n{\n}\n",
    ] {
        let time = took(&piece.repeat(n));
        // Lengths differ by a few times, builds and machines by more; squared it would be 20,000 times.
        assert!(
            time < plain * 100 + std::time::Duration::from_secs(2),
            "{piece:?}: {time:?}, plain {plain:?}"
        );
    }
}
