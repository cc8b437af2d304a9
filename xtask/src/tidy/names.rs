//! The rule that a system call's name stands in the table's rows and in tests, nowhere else.
//!
//! Looks at string literals only: comments and the examples of the command line's help may name calls.

use std::path::Path;

use kprobe_common::table::rows::ROWS;

use super::{Breach, Source};

/// Where names of calls must not stand.
const RULED: [&str; 2] = ["sandboxd/src", "kprobe-ebpf/src"];
/// Names of calls that are words of their own in these files.
const WORDS: [(&str, &[&str]); 5] = [
    // A file in `/proc/PID`.
    ("sandboxd/src/facts.rs", &["stat"]),
    // What was done to a file when it failed.
    ("sandboxd/src/recording.rs", &["open", "read", "write"]),
    // What a descriptor is of.
    ("sandboxd/src/world/file.rs", &["socket"]),
    // What happens to a process.
    ("sandboxd/src/schema/lines.rs", &["exit", "rename"]),
    // Words of strace's expressions that mean something else.
    ("sandboxd/src/select/token.rs", &["read", "write"]),
];

/// String literals that are the name of a call, outside tests.
pub(super) fn stand_in_the_table(source: &Source) -> Vec<Breach> {
    let path = &source.path;
    // `tests.rs`, and the modules below it.
    let is_test = path.with_extension("").iter().any(|part| part == "tests");
    if is_test || !RULED.iter().any(|dir| path.starts_with(dir)) {
        return Vec::new();
    }
    let words = WORDS.iter().find(|(file, _)| path == Path::new(file));
    let is_word = |text| words.is_some_and(|(_, words)| words.contains(&text));
    let is_name = |text| ROWS.iter().any(|row| row.name == text);
    let breach = |literal: Literal| Breach {
        line: Some(literal.line),
        what: format!(
            "{:?} is the name of a system call: say it in the table's row and read it from there",
            literal.text
        ),
    };
    literals(&source.text)
        .into_iter()
        .filter(|literal| is_name(literal.text) && !is_word(literal.text))
        .map(breach)
        .collect()
}

/// A string literal: the line it begins on, and its text as it is written.
#[derive(Debug, PartialEq, Eq)]
struct Literal<'a> {
    line: usize,
    text: &'a str,
}

/// The string literals of a file, those under `#[cfg(test)]` left out.
fn literals(text: &str) -> Vec<Literal<'_>> {
    let mut scanner = Scanner { text, at: 0 };
    let mut found = Vec::new();
    while let Some((at, token)) = scanner.next_token() {
        match token {
            Token::Literal(literal) => found.push(Literal {
                line: text[..at].matches('\n').count() + 1,
                text: literal,
            }),
            Token::Test => scanner.pass_item(),
            _ => {}
        }
    }
    found
}

/// What the rule needs to know of Rust.
enum Token<'a> {
    Literal(&'a str),
    /// `#[cfg(test)]`
    Test,
    /// A bracket of any kind.
    Open,
    Close(u8),
    Semicolon,
    Other,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// The next token and where it begins.
    fn next_token(&mut self) -> Option<(usize, Token<'a>)> {
        let (begin, rest) = (self.at, &self.text[self.at..]);
        let first = *rest.as_bytes().first()?;
        let (len, token) = match first {
            _ if rest.starts_with("//") => (to_end(rest, "\n"), Token::Other),
            _ if rest.starts_with("/*") => (to_end(rest, "*/"), Token::Other),
            _ if rest.starts_with("#[cfg(test)]") => ("#[cfg(test)]".len(), Token::Test),
            b'"' => quoted(rest),
            b'r' if !self.is_in_word() => raw(rest),
            b'\'' => (character(rest), Token::Other),
            b'{' | b'(' | b'[' => (1, Token::Open),
            b'}' | b')' | b']' => (1, Token::Close(first)),
            b';' => (1, Token::Semicolon),
            _ => (rest.chars().next()?.len_utf8(), Token::Other),
        };
        self.at += len;
        Some((begin, token))
    }

    /// Whether the character before is a letter that is not a literal's prefix.
    fn is_in_word(&self) -> bool {
        let before = self.text[..self.at].trim_end_matches(['b', 'c']);
        before.ends_with(|last: char| last.is_alphanumeric() || last == '_')
    }

    /// Passes over an item: to the end of its braces, or to its semicolon.
    fn pass_item(&mut self) {
        let mut depth = 0;
        while let Some((_, token)) = self.next_token() {
            match token {
                Token::Open => depth += 1,
                Token::Close(bracket) => {
                    depth -= 1;
                    if depth == 0 && bracket == b'}' {
                        return;
                    }
                }
                Token::Semicolon if depth == 0 => return,
                _ => {}
            }
        }
    }
}

/// How far it is to the end of `end`, or of the text.
fn to_end(text: &str, end: &str) -> usize {
    text.find(end).map_or(text.len(), |at| at + end.len())
}

/// `"…"`, where a backslash takes the next character with it.
fn quoted(text: &str) -> (usize, Token<'_>) {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return (at + 1, Token::Literal(&text[1..at])),
            _ => {}
        }
    }
    (text.len(), Token::Other)
}

/// `r"…"`, `r#"…"#` and so on; anything else that begins with an `r` is one character.
fn raw(text: &str) -> (usize, Token<'_>) {
    let marks = text[1..].bytes().take_while(|byte| *byte == b'#').count();
    let Some(inside) = text[1 + marks..].strip_prefix('"') else {
        return (1, Token::Other);
    };
    let end = format!("\"{}", "#".repeat(marks));
    let Some(len) = inside.find(&end) else {
        return (text.len(), Token::Other);
    };
    (2 + marks + len + end.len(), Token::Literal(&inside[..len]))
}

/// `'x'` and `'\x'` whole, so that a quote in them opens nothing; of a lifetime its mark alone.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_), Some((at, _))) => at + to_end(&text[at..], "'"),
        (Some(_), Some((at, '\'')), _) => at + 1,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        literals(source)
            .iter()
            .map(|literal| literal.text)
            .collect()
    }

    #[test]
    fn only_literals_count() {
        let source = r##"// "no"
/* "no" */ fn a<'a>(c: char) -> bool { c == '"' || c == '\'' || for_r("yes") }
const B: &[&str] = &[r"raw", br#"ra"w"#, "a\"b", b"bytes"];"##;
        assert_eq!(texts(source), ["yes", "raw", "ra\"w", "a\\\"b", "bytes"]);
    }

    #[test]
    fn tests_are_passed_over() {
        let source = r#"
#[cfg(test)]
#[expect(dead_code)]
const A: [&str; 1] = ["no"];
#[cfg(test)]
mod tests { fn a() { b("no") } }
const C: &str = "yes";"#;
        let found = literals(source);
        assert_eq!(
            found,
            [Literal {
                line: 7,
                text: "yes"
            }]
        );
    }

    #[test]
    fn names_are_found_where_they_must_not_stand() {
        let breaches = |path: &str| {
            let text = "//! x\nf(\"openat\");\n".into();
            let path = path.into();
            let found = stand_in_the_table(&Source { path, text });
            found.iter().map(|breach| breach.line).collect::<Vec<_>>()
        };
        assert_eq!(breaches("sandboxd/src/pair.rs"), [Some(2)]);
        assert_eq!(breaches("kprobe-ebpf/src/enter.rs"), [Some(2)]);
        assert_eq!(breaches("sandboxd/src/sink/tests.rs"), []);
        assert_eq!(breaches("sandboxd/src/sink/tests/more.rs"), []);
        assert_eq!(breaches("kprobe-common/src/table/rows.rs"), []);
    }
}
