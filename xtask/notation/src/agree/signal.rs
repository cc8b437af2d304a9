//! Signals: sets of them, and what a wait status says.

use std::collections::BTreeSet;

use serde_json::Value;

use super::number;
use crate::tree::{Field, Tree};

/// `[INT CHLD RTMIN RT_1]`
pub(super) fn named(items: &[Field]) -> BTreeSet<i64> {
    let number = |item: &Field| match &item.value {
        Tree::Word(word) => signal(word),
        Tree::Number(number) => i64::try_from(*number).ok(),
        _ => None,
    };
    items.iter().filter_map(number).collect()
}

/// `~[INT CHLD]`
pub(super) fn all_but(items: &[Field]) -> BTreeSet<i64> {
    let named = named(items);
    (1..=64).filter(|signal| !named.contains(signal)).collect()
}

/// `["SIGINT","SIGRT_1","0x22"]`: a set of signals and nothing else.
pub(super) fn of_json(own: &[Value]) -> Option<BTreeSet<i64>> {
    let number = |value: &Value| {
        let text = value.as_str()?;
        match text.strip_prefix("SIG") {
            Some(name) => signal(name),
            None => number::hex(text).and_then(|number| i64::try_from(number).ok()),
        }
    };
    own.iter().map(number).collect()
}

/// A signal's number, by its name without `SIG`.
fn signal(name: &str) -> Option<i64> {
    const NAMES: [&str; 31] = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
        "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];
    match (name, name.strip_prefix("RT_")) {
        ("RTMIN", _) => Some(32),
        (_, Some(number)) => Some(32 + number.parse::<i64>().ok()?),
        _ => Some(NAMES.iter().position(|known| *known == name)? as i64 + 1),
    }
}

/// Whether what strace says of a wait status holds for the number.
pub(super) fn holds(terms: &[(Tree, Option<Tree>)], status: i64) -> bool {
    terms.iter().all(|(term, equal)| {
        let Tree::Call(name, _) = term else {
            return false;
        };
        let low = status & 0x7f;
        let found = match &name[..] {
            "WIFEXITED" => i64::from(low == 0),
            "WEXITSTATUS" | "WSTOPSIG" => status >> 8 & 0xff,
            "WIFSIGNALED" => i64::from(low != 0 && low != 0x7f),
            "WTERMSIG" => low,
            "WCOREDUMP" => i64::from(status & 0x80 != 0),
            "WIFSTOPPED" => i64::from(low == 0x7f && status != 0xffff),
            "WIFCONTINUED" => i64::from(status == 0xffff),
            _ => return false,
        };
        match equal {
            None => found != 0,
            Some(Tree::Word(word)) => word.strip_prefix("SIG").and_then(signal) == Some(found),
            Some(other) => number::of(other) == Some(i128::from(found)),
        }
    })
}
