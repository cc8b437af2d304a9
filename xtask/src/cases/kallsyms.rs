//! Every row's symbol is in the kernel, or in this kernel's list of those that it honestly does not have.
//!
//! The lists are `xtask/lab/kallsyms/KERNEL.txt`. `UPDATE_KALLSYMS=1` writes one anew; whatever has no reason yet fails.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use kprobe_common::index::Abi;
use kprobe_common::table::rows::ROWS;

use crate::kernels;
use crate::lab::{Case, Outcome};
use crate::paths;

/// Symbols are compared by name alone.
pub(crate) const CASE: Case = Case {
    name: "kallsyms",
    script: r"
sed -n 's/^[0-9a-f]* [A-Za-z] //p' /proc/kallsyms | grep -E '^(__arm64_(compat_)?sys_|compat_arm_syscall$)' | sort -u >symbols
",
    check,
    timeout_s: 60,
};

/// The call came in a later kernel.
const NEWER: &str = "newer";
/// The kernel is configured without it, and keeps no stand-in.
const CONFIG: &str = "config";
/// The call was taken out of the kernel.
const REMOVED: &str = "removed";
/// Written by an update, for somebody to replace.
const UNKNOWN: &str = "why?";

const HEAD: &str = "# Symbols of rows that this kernel does not have. newer: the call came later. config: not configured.\n\
    # removed: the call was taken out.\n";

fn check(outcome: &Outcome) -> Result<()> {
    if !kernels::names().contains(&outcome.kernel.as_str()) {
        eprintln!("xtask: {} has no list of absent symbols", outcome.kernel);
        return Ok(());
    }
    let text = outcome.text("symbols")?;
    let there: BTreeSet<&str> = text.lines().collect();
    ensure!(there.len() > 300, "only {} symbols", there.len());
    let wanted = wanted();
    let path = paths::lab().join(format!("kallsyms/{}.txt", outcome.kernel));
    let listed = match fs::read_to_string(&path) {
        Ok(text) => parse(&text)?,
        Err(_) => BTreeMap::new(),
    };
    if env::var_os("UPDATE_KALLSYMS").is_some() {
        let text = renewed(&wanted, &there, &listed);
        return fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()));
    }
    judge(&wanted, &there, &listed)
        .with_context(|| format!("{} (UPDATE_KALLSYMS=1 writes it anew)", path.display()))
}

/// Every row's symbols, with the smallest number that enters by it.
fn wanted() -> BTreeMap<String, i32> {
    let mut wanted = BTreeMap::new();
    for row in ROWS {
        for abi in [Abi::Arm64, Abi::Arm32] {
            if let (Some((start, rest)), Some(nr)) = (row.entry_symbol(abi), row.nr(abi)) {
                let least = wanted.entry(format!("{start}{rest}")).or_insert(nr);
                *least = nr.min(*least);
            }
        }
    }
    wanted
}

/// `SYMBOL REASON` lines.
fn parse(text: &str) -> Result<BTreeMap<String, String>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let parse = |line: &str| {
        let (symbol, reason) = line.split_once(' ').context("a symbol without a reason")?;
        Ok((symbol.to_owned(), reason.to_owned()))
    };
    lines.map(parse).collect()
}

/// The newest number that this kernel has a symbol for: whatever is above came later.
fn newest(wanted: &BTreeMap<String, i32>, there: &BTreeSet<&str>) -> i32 {
    let table = |nr: &i32| *nr < kprobe_common::index::ARM_PRIVATE;
    let of_kernel = wanted
        .iter()
        .filter(|(symbol, _)| there.contains(symbol.as_str()));
    of_kernel
        .map(|(_, nr)| *nr)
        .filter(table)
        .max()
        .unwrap_or(0)
}

fn judge(
    wanted: &BTreeMap<String, i32>,
    there: &BTreeSet<&str>,
    listed: &BTreeMap<String, String>,
) -> Result<()> {
    let newest = newest(wanted, there);
    let mut wrong = Vec::new();
    for (symbol, nr) in wanted {
        let is_newer = *nr > newest;
        match (there.contains(symbol.as_str()), listed.get(symbol)) {
            (true, None) => {}
            (true, Some(_)) => wrong.push(format!("{symbol} is listed and there")),
            (false, None) => wrong.push(format!("{symbol} ({nr}) is not there and not listed")),
            (false, Some(reason)) => match reason.as_str() {
                NEWER if is_newer => {}
                CONFIG | REMOVED if !is_newer => {}
                _ => wrong.push(format!(
                    "{symbol} ({nr}): {reason:?} cannot be why: the newest number here is {newest}"
                )),
            },
        }
    }
    let gone = listed.keys().filter(|symbol| !wanted.contains_key(*symbol));
    wrong.extend(gone.map(|symbol| format!("{symbol} is listed, but no row's")));
    if !wrong.is_empty() {
        bail!("symbols and list differ:\n{}", wrong.join("\n"));
    }
    Ok(())
}

/// The list as it should be, with the reasons that are known.
fn renewed(
    wanted: &BTreeMap<String, i32>,
    there: &BTreeSet<&str>,
    listed: &BTreeMap<String, String>,
) -> String {
    let newest = newest(wanted, there);
    let mut text = HEAD.to_owned();
    let absent = wanted
        .iter()
        .filter(|(symbol, _)| !there.contains(symbol.as_str()));
    for (symbol, nr) in absent {
        let known = listed.get(symbol).map(String::as_str);
        let reason = if *nr > newest {
            NEWER
        } else {
            known.filter(|reason| *reason != NEWER).unwrap_or(UNKNOWN)
        };
        let _ = writeln!(text, "{symbol} {reason}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_stale_in_either_direction_is_noticed() {
        let wanted: BTreeMap<String, i32> = [("a", 1), ("b", 2), ("c", 3), ("d", 9)]
            .map(|(symbol, nr)| (symbol.to_owned(), nr))
            .into();
        let there = BTreeSet::from(["a", "c"]);
        let judge = |list: &str| judge(&wanted, &there, &parse(list).unwrap());
        judge("# x\nb config\nd newer\n").unwrap();
        for list in [
            "",
            "b config\n",
            "a config\nb config\nd newer\n",
            "b newer\nd newer\n",
            "b why?\nd newer\n",
            "b config\nd config\n",
            "b config\nd newer\ne config\n",
        ] {
            assert!(judge(list).is_err(), "{list}");
        }
        let first = renewed(&wanted, &there, &BTreeMap::new());
        assert!(first.ends_with("b why?\nd newer\n"), "{first}");
        let known = parse("a config\nb config\n").unwrap();
        assert!(renewed(&wanted, &there, &known).ends_with("b config\nd newer\n"));
    }
}
