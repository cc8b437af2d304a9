//! Every kind of place that a call can be made from: each line must say what the program knows of its own code.
//!
//! The program (`xtask/lab/places`) puts what it expects into the path of each call: from its own labels, its loader and
//! the kernel's list of its mappings. `expected` reads that, `judge` compares, `elf` asks binutils about symbols and
//! instructions, and `sites` says which calls there must be.

mod elf;
mod expected;
mod judge;
mod sites;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::script::traced;
use super::trace::Trace;
use crate::lab::{Case, Outcome};
use elf::Elves;
use expected::Expected;

/// 64-bit programs with four C libraries.
pub(crate) const WIDE: Case = Case {
    name: "places",
    script: traced!(
        "-u 10123 -e openat,mkdirat,clock_gettime",
        "run-places wide >said || exit 91"
    ),
    check: wide,
    timeout_s: 90,
};

/// The same by the tracepoint.
pub(crate) const WIDE_BY_TRACEPOINT: Case = Case {
    name: "places-by-tracepoint",
    script: traced!(
        "-u 10123 --backend tracepoint -e openat,mkdirat,clock_gettime",
        "run-places wide >said || exit 91"
    ),
    check: wide,
    timeout_s: 90,
};

/// 32-bit programs, ARM and Thumb.
pub(crate) const NARROW: Case = Case {
    name: "places32",
    script: traced!(
        "-u 10123 -e openat,mkdirat",
        "run-places narrow >said || exit 91"
    ),
    check: narrow,
    timeout_s: 90,
};

/// The same by the tracepoint.
pub(crate) const NARROW_BY_TRACEPOINT: Case = Case {
    name: "places32-by-tracepoint",
    script: traced!(
        "-u 10123 --backend tracepoint -e openat,mkdirat",
        "run-places narrow >said || exit 91"
    ),
    check: narrow,
    timeout_s: 90,
};

/// What the program without a C library has in it.
const FIRST: &str = "/places/first/";
/// Complaints that are shown: the first ones say enough.
const MOST_SHOWN: usize = 40;

fn wide(outcome: &Outcome) -> Result<()> {
    check(
        outcome,
        &["trixie", "bookworm", "signed", "musl", "static"],
        1,
    )
}

fn narrow(outcome: &Outcome) -> Result<()> {
    check(outcome, &["arm32", "arm32-thumb"], 0)
}

fn check(outcome: &Outcome, variants: &[&str], first: usize) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let said = outcome.text("said")?;
    let names_memory = sites::names_memory(&outcome.kernel);
    let mut complaints = sites::complete(&said, variants, names_memory);
    let calls: Vec<_> = trace.calls().collect();
    let paths: Vec<_> = calls.iter().filter_map(|line| path(line)).collect();
    let firsts: Vec<_> = paths
        .iter()
        .filter(|path| path.starts_with(FIRST))
        .collect();
    ensure!(
        firsts.len() == first,
        "{} lines of the first call",
        firsts.len()
    );
    complaints.extend(as_said(&said, &paths));
    complaints.extend(lines(&calls, &said, &Elves::of_lab()?));
    // All of them, for whoever mends it; the table shows the first ones.
    fs::write(outcome.path("complaints"), complaints.join("\n"))?;
    complaints.truncate(MOST_SHOWN);
    ensure!(complaints.is_empty(), "{}", complaints.join("\n"));
    Ok(())
}

fn path<'a>(line: &'a &Value) -> Option<&'a str> {
    let path = line["args"]["pathname"].as_str()?;
    path.starts_with("/places/").then_some(path)
}

/// Every call that was made has one line, and no line is of another call.
fn as_said(said: &str, paths: &[&str]) -> Vec<String> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for said in said.lines().filter(|said| !expected::has_no_path(said)) {
        counts.entry(said).or_default().0 += 1;
    }
    for path in paths.iter().filter(|path| !path.starts_with(FIRST)) {
        counts.entry(path).or_default().1 += 1;
    }
    counts.retain(|_, (made, lines)| made != lines);
    let complain = |(path, (made, lines))| format!("{made} calls, {lines} lines: {path}");
    counts.into_iter().map(complain).collect()
}

/// Every line says what is expected of it, and nothing that binutils contradict.
fn lines(calls: &[&Value], said: &str, elves: &Elves) -> Vec<String> {
    let mut complaints = Vec::new();
    for line in calls {
        let mut found = judge::by_binutils(line, elves);
        if let Some(path) = path(line) {
            match Expected::parse(path) {
                Ok(expected) => found.extend(judge::as_expected(line, &expected, elves)),
                Err(error) => found.push(format!("{error:#}")),
            }
        }
        let site = path(line).map_or_else(|| judge::title(line), expected::title);
        complaints.extend(found.into_iter().map(|what| format!("{site}: {what}")));
    }
    for said in said.lines().filter(|said| expected::has_no_path(said)) {
        let found = without_path(calls, said, elves);
        let site = expected::title(said);
        complaints.extend(found.into_iter().map(|what| format!("{site}: {what}")));
    }
    complaints
}

/// A call whose expectation stands in no path: it is found by its address, and must be there once.
fn without_path(calls: &[&Value], said: &str, elves: &Elves) -> Vec<String> {
    let expected = match Expected::parse(said) {
        Ok(expected) => expected,
        Err(error) => return vec![format!("{error:#}")],
    };
    let lines: Vec<_> = calls
        .iter()
        .filter(|line| judge::may_be(line, &expected))
        .collect();
    match lines[..] {
        [line] => judge::as_expected(line, &expected, elves),
        _ => vec![format!("{} lines", lines.len())],
    }
}
