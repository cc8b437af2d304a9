//! Reads lines: calls with their results, signals, ends. Calls that strace had to interrupt are put together again.

use std::collections::HashMap;

use thiserror::Error;
use winnow::Result;
use winnow::ascii::digit1;
use winnow::combinator::{alt, delimited, opt, preceded, repeat, terminated};
use winnow::prelude::*;
use winnow::token::{rest, take_until, take_while};

use crate::tree::{Field, Tree};
use crate::value::{fields, value};

const INTERRUPTED: &str = " <unfinished ...>";

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// A call.
    Call(Call),
    /// `--- SIGCHLD {…} ---`: what stands between the dashes.
    Signal(String),
    /// `+++ exited with 0 +++`: what stands between the signs.
    Ended(String),
    /// ` > /lib/libc.so.6(openat+0x44) [0xe2f4]`: who called, what stands behind the arrow.
    Frame(String),
    /// `strace: Process 7 attached`: a tracer speaks of itself.
    Remark(String),
}

/// A call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The thread, where the line says.
    pub tid: Option<u32>,
    /// Its name.
    pub name: String,
    /// Its arguments, some with a name.
    pub args: Vec<Field>,
    /// Whether a result is on the line at all.
    pub ended: bool,
    /// Its return value; -1 for an error; none for `?`.
    pub ret: Option<i128>,
    /// The error's name.
    pub error: Option<String>,
    /// What stands in parentheses behind the result.
    pub notes: Vec<String>,
}

/// A line that could not be read.
#[derive(Debug, Error)]
#[error("not in strace's notation, at {rest:?}: {line}")]
pub struct Bad {
    /// The line.
    pub line: String,
    /// Where reading stopped, roughly.
    pub rest: String,
}

/// Every call of a whole output, in the order in which they began.
pub fn calls(text: &str) -> std::result::Result<Vec<Call>, Bad> {
    let mut waiting: HashMap<&str, (usize, String)> = HashMap::new();
    let mut whole: Vec<String> = Vec::new();
    for line in text.lines() {
        let head_len = line.len() - after_head(line).len();
        let (head, body) = line.split_at(head_len);
        let tid = head.split_whitespace().next().unwrap_or_default();
        if let Some(start) = line.strip_suffix(INTERRUPTED) {
            waiting.insert(tid, (whole.len(), start.to_owned()));
            whole.push(line.to_owned());
        } else if let Some((_, rest)) = body
            .strip_prefix("<... ")
            .and_then(|body| body.split_once(" resumed>"))
        {
            if let Some((at, start)) = waiting.remove(tid) {
                whole[at] = start + rest;
            }
        } else {
            whole.push(line.to_owned());
        }
    }
    let mut calls = Vec::new();
    for text in whole {
        if let Line::Call(call) = line(&text)? {
            calls.push(call);
        }
    }
    Ok(calls)
}

/// Reads a line without its end.
pub fn line(text: &str) -> std::result::Result<Line, Bad> {
    let bad = |rest: &str| Bad {
        line: text.to_owned(),
        rest: rest.chars().take(60).collect(),
    };
    if let Some(("strace" | "sandboxd", remark)) = text.split_once(": ") {
        return Ok(Line::Remark(remark.to_owned()));
    }
    if let Some(frame) = text.strip_prefix(" > ") {
        return Ok(Line::Frame(frame.to_owned()));
    }
    let mut rest = text;
    let tid = head.parse_next(&mut rest).map_err(|_| bad(text))?;
    let mut at = rest;
    let found = alt((
        delimited("--- ", take_until(1.., " ---"), " ---")
            .map(|text: &str| Line::Signal(text.to_owned())),
        delimited("+++ ", take_until(1.., " +++"), " +++")
            .map(|text: &str| Line::Ended(text.to_owned())),
        call.map(Line::Call),
    ))
    .parse_next(&mut at);
    match found {
        Ok(Line::Call(call)) if at.is_empty() => Ok(Line::Call(Call { tid, ..call })),
        Ok(other) if at.is_empty() => Ok(other),
        _ => Err(bad(at)),
    }
}

fn after_head(line: &str) -> &str {
    let mut rest = line;
    let _ = head.parse_next(&mut rest);
    rest
}

/// The thread and the time, where they are there.
fn head(input: &mut &str) -> Result<Option<u32>> {
    let number = || digit1.try_map(str::parse::<u32>);
    let comm = || opt(("<", take_until(0.., ">"), ">"));
    let blanks = || take_while(1.., ' ');
    let tid = alt((
        delimited(("[pid", blanks()), number(), (comm(), "]", blanks())),
        terminated(number(), (comm(), blanks())),
    ));
    let tid = opt(tid).parse_next(input)?;
    let clock = (
        take_while(1.., |c: char| c.is_ascii_digit() || c == ':' || c == '.'),
        ' ',
    );
    opt(clock).parse_next(input)?;
    Ok(tid)
}

fn call(input: &mut &str) -> Result<Call> {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = take_while(1.., letters).parse_next(input)?.to_owned();
    '('.parse_next(input)?;
    let args = fields.parse_next(input)?;
    let unfinished =
        opt((opt(","), take_while(0.., ' '), "<unfinished ...>", opt(")"))).parse_next(input)?;
    let mut call = Call {
        tid: None,
        name,
        args,
        ended: unfinished.is_none(),
        ret: None,
        error: None,
        notes: Vec::new(),
    };
    if call.ended {
        (')', take_while(1.., ' '), "= ").parse_next(input)?;
        result(&mut call, input)?;
    }
    Ok(call)
}

fn result(call: &mut Call, input: &mut &str) -> Result<()> {
    let number = value.verify_map(|value| match value {
        Tree::Number(number) => Some(Some(number)),
        _ => None,
    });
    call.ret = alt(('?'.value(None), number)).parse_next(input)?;
    let error = preceded(
        " ",
        take_while(1.., |c: char| {
            c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'
        }),
    );
    call.error = opt(error).parse_next(input)?.map(str::to_owned);
    let note = delimited(" (", balanced, ")");
    call.notes = repeat(0.., note).parse_next(input)?;
    // Who made the call, which strace does not say.
    opt(("  @ ", alt((take_until(1.., " <"), rest)))).parse_next(input)?;
    opt((" <", take_until(1.., ">"), ">")).parse_next(input)?;
    Ok(())
}

/// Text in which every parenthesis that is opened is closed.
fn balanced(input: &mut &str) -> Result<String> {
    let plain = take_while(1.., |c: char| c != '(' && c != ')').void();
    let inner = ('(', balanced, ')').void();
    repeat::<_, _, (), _, _>(0.., alt((plain, inner)))
        .take()
        .map(str::to_owned)
        .parse_next(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Call {
        match line(text) {
            Ok(Line::Call(call)) => call,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn every_kind_of_head_is_passed() {
        for head in [
            "",
            "12 ",
            "12    10:20:30.123456 ",
            "[pid 12] ",
            "10:20:30 ",
            "12<comm> ",
        ] {
            let call = read(&format!("{head}close(3) = 0"));
            assert_eq!((&call.name[..], call.ret), ("close", Some(0)), "{head}");
            assert_eq!(
                call.tid,
                head.contains("12")
                    .then_some(12)
                    .filter(|_| head.contains("12 ")
                        || head.contains("12<")
                        || head.contains("pid")),
                "{head}"
            );
        }
    }

    #[test]
    fn results_have_their_parts() {
        let call = read(
            "openat(AT_FDCWD, \"x\", O_RDONLY) = -1 ENOENT (No such file or directory) (late) <0.000010>",
        );
        assert_eq!(call.ret, Some(-1));
        assert_eq!(call.error.as_deref(), Some("ENOENT"));
        assert_eq!(call.notes, ["No such file or directory", "late"]);
        let call = read(
            "nanosleep({tv_sec=1, tv_nsec=0}, 0x7f) = ? ERESTARTNOHAND (To be restarted (if no handler))",
        );
        assert_eq!(
            (call.ret, call.error.as_deref()),
            (None, Some("ERESTARTNOHAND"))
        );
        assert_eq!(call.notes, ["To be restarted (if no handler)"]);
        assert_eq!(
            read("mmap(NULL, 1, PROT_READ, MAP_PRIVATE, 3, 0) = 0x7f00").ret,
            Some(0x7f00)
        );
        assert_eq!(
            read("exit_group(0)                           = ?").ret,
            None
        );
        assert!(!read("7 read(3,  <unfinished ...>").ended);
    }

    #[test]
    fn interrupted_calls_are_put_together_where_they_began() {
        let text = "7 read(3,  <unfinished ...>\n8 close(3) = 0\n7 <... read resumed>\"abc\", 9) = 3\n\
                    7 --- SIGCHLD {si_signo=SIGCHLD} ---\nstrace: Process 9 attached\n7 +++ exited with 0 +++\n";
        let calls = calls(text).unwrap();
        let names: Vec<_> = calls.iter().map(|call| &call.name[..]).collect();
        assert_eq!(names, ["read", "close"]);
        assert_eq!((calls[0].args.len(), calls[0].ret), (3, Some(3)));
    }

    #[test]
    fn what_is_no_line_says_where_it_stops() {
        let error = line("12 openat(AT_FDCWD, ~nonsense) = 3").unwrap_err();
        assert!(error.to_string().contains("nonsense"), "{error}");
    }
}
