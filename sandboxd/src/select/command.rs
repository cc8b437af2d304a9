//! Part of a call: `ioctl:SIOC*`, `prctl:PR_SET_*`, `openat:O_CREAT`, by the names that an argument's values have.

use kprobe_common::index::Abi;
use kprobe_common::spec;
use kprobe_common::table::flags::{FlagSet, Named, ValueSet, ValueSets};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{Arg, Syscall};

use super::scope::{Condition, Scope};
use super::token::number;

/// Between the names of a number that is two drivers'.
const ALTERNATIVE: &str = " or ";

/// What a pattern selects of a call, by the first argument whose values have such names.
pub(super) fn commands(row: &Syscall, abi: Abi, pattern: &str) -> Option<Scope> {
    let condition = row.args.iter().find_map(|arg| {
        if let Kind::Enum(set) = &arg.kind {
            listed(arg, set, pattern)
        } else if let Kind::EnumAbi(sets) = &arg.kind {
            listed(arg, sets.by(abi as u64), pattern)
        } else if let Kind::EnumBy(sets, by) = &arg.kind {
            pairs(arg, by, sets, pattern)
        } else if let Kind::Flags(set) = &arg.kind {
            field(arg, set, pattern).or_else(|| bits(arg, set, pattern))
        } else {
            None
        }
    });
    condition.map(Scope::Where)
}

/// Every name that [`commands`] knows of a call's arguments.
pub(super) fn names(row: &'static Syscall) -> impl Iterator<Item = &'static str> {
    let of_kind = |kind: &'static Kind| -> Vec<&'static [Named]> {
        if let Kind::Enum(set) = kind {
            vec![set.values]
        } else if let Kind::EnumAbi(sets) | Kind::EnumBy(sets, _) = kind {
            sets.sets.iter().map(|(_, set)| set.values).collect()
        } else if let Kind::Flags(set) = kind {
            let fields = set.fields.iter().map(|(_, named)| *named);
            fields.chain([set.bits]).collect()
        } else {
            Vec::new()
        }
    };
    let named = row.args.iter().flat_map(move |arg| of_kind(&arg.kind));
    named
        .flatten()
        .flat_map(|(_, names)| names.split(ALTERNATIVE))
}

fn condition(
    arg: &Arg,
    mask: u32,
    values: impl IntoIterator<Item = u32>,
    listed: bool,
) -> Condition {
    Condition {
        arg: arg.name,
        high: None,
        shift: 0,
        mask,
        values: values.into_iter().collect(),
        listed,
    }
}

fn matching(named: &[(u64, &str)], pattern: &str) -> Vec<u32> {
    let any = |name: &str| name.split(ALTERNATIVE).any(|name| fits(pattern, name));
    let fits = named.iter().filter(|(_, name)| any(name));
    fits.map(|(value, _)| *value as u32).collect()
}

fn listed(arg: &Arg, set: &ValueSet, pattern: &str) -> Option<Condition> {
    let values = match number(pattern) {
        Some(value) => vec![value],
        None => matching(set.values, pattern),
    };
    (!values.is_empty()).then(|| condition(arg, u32::MAX, values, true))
}

/// Numbers that mean something below another argument's alone: both together are the command.
fn pairs(
    arg: &Arg,
    by: &'static str,
    sets: &'static ValueSets,
    pattern: &str,
) -> Option<Condition> {
    let of_set = |(high, set): &(u64, &'static ValueSet)| {
        let high = *high as u32;
        let values = matching(set.values, pattern);
        values.into_iter().map(move |low| spec::pair(high, low))
    };
    let values: Vec<_> = sets.sets.iter().flat_map(of_set).collect();
    (!values.is_empty()).then(|| Condition {
        high: Some(by),
        ..condition(arg, u32::MAX, values, true)
    })
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
