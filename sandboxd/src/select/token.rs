//! The words of an expression, and the calls that each stands for.

use kprobe_common::index::{Abi, index};
use kprobe_common::table::group::{DEFAULT, GROUPS};
use kprobe_common::table::{Syscall, row};
use regex_lite::Regex;

use super::command::commands;
use super::error::{Problem, SelectError};
use super::{calls, scope::Scope};

/// One word of an expression.
#[derive(Debug)]
pub(super) struct Token {
    /// `!`: takes away.
    pub(super) remove: bool,
    /// `?`: may be unknown.
    pub(super) tolerant: bool,
    pub(super) item: Item,
    /// Where it stands, in characters.
    pub(super) start: usize,
    pub(super) length: usize,
}

/// What a word stands for.
#[derive(Debug)]
pub(super) enum Item {
    /// `all`, or `none`.
    Everything(bool),
    /// Calls, in one ABI or both.
    Calls(Option<Abi>, Calls),
}

/// How calls are named.
#[derive(Debug)]
pub(super) enum Calls {
    Group(String),
    Matching(Regex),
    Number(i32),
    Name(String),
    /// A call's commands.
    Commands(String, String),
}

/// A call, and how much of it.
type Found = (&'static Syscall, Abi, Scope);

/// What strace understands by these words is not a selection of calls.
const FOREIGN: &[(&[&str], &str)] = &[
    (
        &["inject", "fault"],
        "sandboxd changes nothing in what it watches; there is no option for it",
    ),
    (
        &["status"],
        "use -z for calls that succeed, -Z for calls that fail",
    ),
    (
        &["signal", "signals", "s"],
        "calls about signals are %signal; signals themselves are not shown",
    ),
    (
        &["read", "reads", "write", "writes"],
        "buffers are always shown; -s sets how many bytes of them",
    ),
    (
        &["abbrev", "verbose", "raw", "a", "v", "x"],
        "arguments are always shown whole and decoded; pick fields with jq",
    ),
    (
        &["decode-fds", "trace-fds", "fds"],
        "`fds` in each line says what a descriptor is; -P selects by path",
    ),
    (
        &[
            "decode-pids",
            "secontext",
            "quiet",
            "silent",
            "q",
            "kvm",
            "namespace",
        ],
        "there is no such thing here",
    ),
];

/// Splits an expression into its words.
pub(super) fn tokens(expression: &str) -> Result<Vec<Token>, SelectError> {
    let mut tokens = Vec::new();
    let body = expression.trim_start();
    let mut start = expression.chars().count() - body.chars().count();
    let (prefix, mut rest) = prefix(body);
    start += prefix;
    loop {
        let end = end_of_word(rest);
        tokens.push(token(expression, &rest[..end], start)?);
        if end == rest.len() {
            return Ok(tokens);
        }
        start += rest[..end].chars().count() + 1;
        rest = &rest[end + 1..];
    }
}

fn prefix(body: &str) -> (usize, &str) {
    ["trace=", "t="]
        .iter()
        .find_map(|prefix| Some((prefix.len(), body.strip_prefix(prefix)?)))
        .unwrap_or((0, body))
}

/// Up to the next comma; within slashes, commas belong to the word.
fn end_of_word(rest: &str) -> usize {
    let bare = rest.trim_start_matches(['!', '?', ' ']);
    let marks = rest.len() - bare.len();
    if let Some(pattern) = bare.strip_prefix('/') {
        let closed = pattern.match_indices('/').map(|(at, _)| marks + 1 + at + 1);
        let mut closed =
            closed.filter(|end| rest[*end..].is_empty() || rest[*end..].starts_with(','));
        if let Some(end) = closed.next() {
            return end;
        }
    }
    rest.find(',').unwrap_or(rest.len())
}

fn token(expression: &str, word: &str, start: usize) -> Result<Token, SelectError> {
    let left = word.chars().take_while(|c| c.is_whitespace()).count();
    let word = word.trim();
    let mut token = Token {
        remove: false,
        tolerant: false,
        item: Item::Everything(false),
        start: start + left,
        length: word.chars().count(),
    };
    let mut bare = word;
    while let Some(mark) = bare.chars().next().filter(|c| matches!(c, '!' | '?')) {
        token.remove ^= mark == '!';
        token.tolerant |= mark == '?';
        bare = &bare[1..];
    }
    match item(bare) {
        Ok(item) => token.item = item,
        Err(problem) => return Err(SelectError::new(expression, &token, problem)),
    }
    Ok(token)
}

fn item(bare: &str) -> Result<Item, Problem> {
    match bare {
        "" => return Err(Problem::Empty),
        "all" => return Ok(Item::Everything(true)),
        "none" => return Ok(Item::Everything(false)),
        _ => {}
    }
    if let Some((word, _)) = bare.split_once('=') {
        let instead = FOREIGN.iter().find(|(words, _)| words.contains(&word));
        return Err(Problem::Foreign {
            word: word.into(),
            instead: instead.map_or(
                "names go without `=`; `trace=` may stand before the first",
                |f| f.1,
            ),
        });
    }
    for (prefix, abi) in [("arm64:", Abi::Arm64), ("arm32:", Abi::Arm32)] {
        if let Some(bare) = bare.strip_prefix(prefix) {
            return Ok(Item::Calls(Some(abi), named(bare)?));
        }
    }
    Ok(Item::Calls(None, named(bare)?))
}

fn named(bare: &str) -> Result<Calls, Problem> {
    if bare.is_empty() {
        return Err(Problem::Empty);
    }
    if let Some(group) = bare.strip_prefix('%') {
        return Ok(Calls::Group(group.into()));
    }
    if let Some(pattern) = bare.strip_prefix('/') {
        // strace has no slash at the end.
        let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
        if pattern.is_empty() {
            return Err(Problem::BadRegex {
                reason: "it is empty; `all` is every call".into(),
            });
        }
        let regex = Regex::new(pattern);
        let reason = |error: regex_lite::Error| Problem::BadRegex {
            reason: error.to_string(),
        };
        return Ok(Calls::Matching(regex.map_err(reason)?));
    }
    if let Some(number) = number(bare).and_then(|number| i32::try_from(number).ok()) {
        return Ok(Calls::Number(number));
    }
    Ok(match bare.split_once(':') {
        Some((call, pattern)) => Calls::Commands(call.into(), pattern.into()),
        None => Calls::Name(bare.into()),
    })
}

pub(super) fn number(word: &str) -> Option<u32> {
    match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}

impl Item {
    /// The calls it stands for.
    pub(super) fn find(&self) -> Result<Vec<Found>, Problem> {
        let Self::Calls(only, wanted) = self else {
            return Ok(Vec::new());
        };
        let calls = || calls().filter(|(_, abi)| only.is_none_or(|only| only == *abi));
        let whole = |(row, abi)| (row, abi, Scope::All);
        let found: Vec<Found> = match wanted {
            Calls::Group(name) => return group(name, calls()),
            Calls::Matching(regex) => calls()
                .filter(|(row, _)| regex.is_match(row.name))
                .map(whole)
                .collect(),
            Calls::Number(nr) => {
                let abi = only.unwrap_or(Abi::Arm64);
                let row = row(index(abi, *nr)).filter(|row| row.nr(abi) == Some(*nr));
                row.map(|row| whole((row, abi))).into_iter().collect()
            }
            Calls::Name(name) => calls()
                .filter(|(row, _)| row.name == name)
                .map(whole)
                .collect(),
            Calls::Commands(name, pattern) => {
                let named = || calls().filter(|(row, _)| row.name == name);
                if named().next().is_some() {
                    named()
                        .filter_map(|(row, abi)| Some((row, abi, commands(row, abi, pattern)?)))
                        .collect()
                } else {
                    return Err(Problem::UnknownCall { name: name.clone() });
                }
            }
        };
        if found.is_empty() {
            return Err(wanted.missing(*only));
        }
        Ok(found)
    }
}

impl Calls {
    fn missing(&self, abi: Option<Abi>) -> Problem {
        match self {
            Self::Group(name) => Problem::UnknownGroup { name: name.clone() },
            Self::Matching(regex) => Problem::NoMatch {
                pattern: regex.as_str().into(),
            },
            Self::Number(number) => Problem::UnknownNumber {
                abi: if abi == Some(Abi::Arm32) {
                    "32-bit"
                } else {
                    "64-bit"
                },
                number: *number,
            },
            Self::Name(name) => Problem::UnknownCall { name: name.clone() },
            Self::Commands(call, pattern) => Problem::UnknownCommand {
                call: call.clone(),
                pattern: pattern.clone(),
            },
        }
    }
}

fn group(
    name: &str,
    calls: impl Iterator<Item = (&'static Syscall, Abi)>,
) -> Result<Vec<Found>, Problem> {
    let Some((_, bits, _)) = GROUPS.iter().find(|group| group.0 == name) else {
        return Err(Problem::UnknownGroup { name: name.into() });
    };
    let members = calls.filter(|(row, _)| row.groups & bits != 0);
    let scope = |row: &Syscall| match &row.condition {
        Some(condition) if *bits == DEFAULT => Scope::from(condition),
        _ => Scope::All,
    };
    Ok(members.map(|(row, abi)| (row, abi, scope(row))).collect())
}
