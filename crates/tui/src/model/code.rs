//! The text of a source file as far as it is known: whole, or function by function.

use evscope_trace::SourceText;

use crate::look::highlight::highlight;
use crate::look::theme::Token;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CodeLine {
    /// The line of a number, in pieces.
    Line(u32, Vec<(Token, String)>),
    /// Lines that are not known.
    Gap,
}

/// The known lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Code {
    pub(crate) lines: Vec<CodeLine>,
}

impl Code {
    /// The functions of a file that a trace carries, in the order of their first lines.
    pub(crate) fn of_functions(functions: &[SourceText]) -> Self {
        let mut lines = Vec::new();
        let mut next = 0;
        for function in functions {
            // A function inside another one is there already.
            if function.first < next {
                continue;
            }
            if !lines.is_empty() && function.first > next {
                lines.push(CodeLine::Gap);
            }
            let mut text = highlight(&function.file, &function.text);
            dedent(&mut text);
            lines.extend(
                (function.first..)
                    .zip(text)
                    .map(|(n, line)| CodeLine::Line(n, line)),
            );
            next = function.last() + 1;
        }
        Self { lines }
    }

    /// A whole file.
    pub(crate) fn of_file(file: &str, text: &str) -> Self {
        let lines = (1..).zip(highlight(file, text));
        Self {
            lines: lines.map(|(n, line)| CodeLine::Line(n, line)).collect(),
        }
    }

    /// Where the line of a number is.
    pub(crate) fn row_of(&self, number: u32) -> Option<usize> {
        self.lines
            .iter()
            .position(|line| matches!(line, CodeLine::Line(n, _) if *n == number))
    }

    /// The greatest number there is.
    pub(crate) fn last(&self) -> u32 {
        self.lines
            .iter()
            .rev()
            .find_map(|line| match line {
                CodeLine::Line(n, _) => Some(*n),
                CodeLine::Gap => None,
            })
            .unwrap_or(0)
    }
}

/// Takes away the blank columns that all lines begin with: what is inside an `impl` fits better.
fn dedent(lines: &mut [Vec<(Token, String)>]) {
    let indent = |line: &[(Token, String)]| {
        let mut columns = 0;
        for (_, piece) in line {
            let blank = piece.len() - piece.trim_start_matches(' ').len();
            columns += blank;
            if blank < piece.len() {
                return Some(columns);
            }
        }
        None
    };
    let common = lines
        .iter()
        .filter_map(|line| indent(line))
        .min()
        .unwrap_or(0);
    for line in lines {
        let mut left = common;
        for (_, piece) in line.iter_mut() {
            let take = left.min(piece.len() - piece.trim_start_matches(' ').len());
            piece.drain(..take);
            left -= take;
            if left == 0 || !piece.is_empty() {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(first: u32, text: &str) -> SourceText {
        SourceText {
            file: "a.txt9".into(),
            function: "f".into(),
            first,
            text: text.to_owned(),
            extra: Default::default(),
        }
    }

    fn plain(code: &Code) -> Vec<String> {
        code.lines
            .iter()
            .map(|line| match line {
                CodeLine::Line(n, pieces) => {
                    let text: String = pieces.iter().map(|(_, piece)| piece.as_str()).collect();
                    format!("{n} {text}")
                }
                CodeLine::Gap => "gap".to_owned(),
            })
            .collect()
    }

    #[test]
    fn functions_stand_in_their_places_without_common_blanks() {
        let code = Code::of_functions(&[
            function(3, "    fn a() {\n\n        b();\n    }"),
            function(5, "        b();"),
            function(7, "next"),
            function(20, "far"),
        ]);
        let lines = [
            "3 fn a() {",
            "4 ",
            "5     b();",
            "6 }",
            "7 next",
            "gap",
            "20 far",
        ];
        assert_eq!(plain(&code), lines);
        assert_eq!(code.row_of(20), Some(6));
        assert_eq!(code.row_of(8), None);
        assert_eq!(code.last(), 20);
    }

    #[test]
    fn a_file_begins_at_one() {
        assert_eq!(
            plain(&Code::of_file("a.txt9", "x\n  y\n")),
            ["1 x", "2   y"]
        );
    }
}
