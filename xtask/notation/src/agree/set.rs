//! Sets of flags. The two sides may cut the same number into different names; then the table says what each name is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{number, table};
use crate::tree::Tree;

/// Names, and bits that have none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    names: BTreeSet<String>,
    rest: i128,
}

impl Parts {
    /// Of JSON's list.
    pub(super) fn of_json(own: &[Value]) -> Option<Self> {
        let mut parts = Self {
            names: BTreeSet::new(),
            rest: 0,
        };
        for part in own {
            let part = part.as_str()?;
            match number::hex(part) {
                Some(bits) => parts.rest |= bits,
                None => drop(parts.names.insert(part.to_owned())),
            }
        }
        Some(parts)
    }

    /// Of strace's `A|B|0x10`.
    pub(super) fn of_tree(tree: &Tree) -> Self {
        let list = match tree {
            Tree::Flags(list) => &list[..],
            one => std::slice::from_ref(one),
        };
        let mut parts = Self {
            names: BTreeSet::new(),
            rest: 0,
        };
        for part in list {
            match part {
                Tree::Number(bits) => parts.rest |= bits,
                other => drop(parts.names.insert(other.to_string())),
            }
        }
        parts
    }

    /// The whole number, where every name is known.
    fn number(&self) -> Option<i128> {
        let mut names = self.names.iter();
        names.try_fold(self.rest, |all, name| Some(all | value_of(name)?))
    }

    /// Whether each name is one of the table's: it is a set of flags and no list of strings.
    pub(super) fn has_numbers(&self) -> bool {
        self.number().is_some()
    }

    /// Whether JSON's side says what strace's does, and has a name wherever strace has one.
    pub(super) fn same(&self, strace: &Self) -> bool {
        let cut = |bits: i128| {
            if self.rest >> 32 == 0 {
                bits & 0xffff_ffff
            } else {
                bits & i128::from(u64::MAX)
            }
        };
        if self.names == strace.names {
            return cut(self.rest) == cut(strace.rest);
        }
        let numbers = self.number().zip(strace.number());
        let unnamed = cut(self.rest) & !cut(strace.rest);
        unnamed == 0 && numbers.is_some_and(|(own, strace)| cut(own) == cut(strace))
    }
}

/// The number that a name stands for: by the table, or by one of the few rules by which strace makes names.
pub(super) fn value_of(name: &str) -> Option<i128> {
    // A second name of a value in the headers.
    const ALIASES: [(&str, &str); 2] = [("WSTOPPED", "WUNTRACED"), ("SCHED_OTHER", "SCHED_NORMAL")];
    if let Some((value, shift)) = name.split_once("<<MAP_HUGE_SHIFT") {
        return Some(value.parse::<i128>().ok()? << 26).filter(|_| shift.is_empty());
    }
    if let Some((_, alias)) = ALIASES.iter().find(|(strace, _)| *strace == name) {
        return table::value_of(alias);
    }
    // The table has it in its place.
    if let Some((name, _)) = name.split_once("<<")
        && name.starts_with("FUTEX_OP_")
    {
        return table::value_of(name);
    }
    let private = name.strip_suffix("_PRIVATE").and_then(|operation| {
        Some(table::value_of(operation)? | table::value_of("FUTEX_PRIVATE_FLAG")?)
    });
    table::value_of(name).or(private)
}

/// Whether two names stand for one value.
pub(super) fn same_value(strace: &str, own: &str) -> bool {
    value_of(strace)
        .zip(value_of(own))
        .is_some_and(|(strace, own)| strace == own)
}
