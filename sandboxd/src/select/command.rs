//! Part of a call: `ioctl:SIOC*`, `prctl:PR_SET_*`, `openat:O_CREAT`, by the names that an argument's values have.

use kprobe_common::table::flags::{FlagSet, ValueSet};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{Arg, Syscall};

use super::scope::{Condition, Scope};
use super::token::number;

/// What a pattern selects of a call, by the first argument whose values have such names.
pub(super) fn commands(row: &Syscall, pattern: &str) -> Option<Scope> {
    let condition = row.args.iter().find_map(|arg| {
        if let Kind::Enum(set) = &arg.kind {
            listed(arg, set, pattern)
        } else if let Kind::Flags(set) = &arg.kind {
            field(arg, set, pattern).or_else(|| bits(arg, set, pattern))
        } else {
            None
        }
    });
    condition.map(Scope::Where)
}

fn condition(
    arg: &Arg,
    mask: u32,
    values: impl IntoIterator<Item = u32>,
    listed: bool,
) -> Condition {
    Condition {
        arg: arg.name,
        shift: 0,
        mask,
        values: values.into_iter().collect(),
        listed,
    }
}

fn matching(named: &[(u64, &str)], pattern: &str) -> Vec<u32> {
    let fits = named.iter().filter(|(_, name)| fits(pattern, name));
    fits.map(|(value, _)| *value as u32).collect()
}

fn listed(arg: &Arg, set: &ValueSet, pattern: &str) -> Option<Condition> {
    let values = match number(pattern) {
        Some(value) => vec![value],
        None => matching(set.values, pattern),
    };
    (!values.is_empty()).then(|| condition(arg, u32::MAX, values, true))
}

fn field(arg: &Arg, set: &FlagSet, pattern: &str) -> Option<Condition> {
    set.fields.iter().find_map(|(mask, named)| {
        let values = matching(named, pattern);
        (!values.is_empty()).then(|| condition(arg, *mask as u32, values, true))
    })
}

/// One name: all of its bits. Several: any bit of any.
fn bits(arg: &Arg, set: &FlagSet, pattern: &str) -> Option<Condition> {
    match matching(set.bits, pattern)[..] {
        [] => None,
        [bits] => Some(condition(arg, bits, [bits], true)),
        ref several => {
            let any = several.iter().fold(0, |any, bits| any | bits);
            Some(condition(arg, any, [0], false))
        }
    }
}

/// Whether a name fits a pattern, in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(name) = name.strip_prefix(start) else {
        return false;
    };
    (0..=name.len()).any(|at| name.is_char_boundary(at) && fits(rest, &name[at..]))
}
