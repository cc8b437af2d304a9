//! sandboxd and strace watch one process at once, and must say the same of every call.
//!
//! `notation` compares; here is what they watch, and [`accepted`], the table of differences that are none of ours.

mod accepted;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};
use notation::agree::{self, Difference};
use notation::{Call, Field, Text, Tree};
use serde_json::Value;

use super::script::traced;
use super::trace::Trace;
use crate::lab::{Case, Outcome};
use accepted::Accepted;

/// Every call of the arm64 table, by its number and with arguments that mean something.
pub(crate) const EVERY: Case = Case {
    name: "beside-strace",
    script: traced!(
        "-u 10123 --backend tracepoint -e all",
        "strace -v -s 256 -o strace as-uid 10123 every-call >facts 2>strace.log || exit 91\n\
         strace -v -s 256 -o strace-odd as-uid 10123 odd-calls 2>>strace.log || exit 92"
    ),
    check: every,
    timeout_s: 240,
};

/// The same of 32-bit ARM, on CPUs that run such programs.
pub(crate) const EVERY32: Case = Case {
    name: "beside-strace32",
    script: traced!(
        "-u 10123 --backend tracepoint -e all",
        "strace32 -v -s 256 -o strace as-uid32 10123 every-call32 >facts 2>strace.log || exit 91\n\
         strace32 -v -s 256 -o strace-odd as-uid32 10123 odd-calls32 2>>strace.log || exit 92"
    ),
    check: every32,
    timeout_s: 240,
};

fn every(outcome: &Outcome) -> Result<()> {
    beside(outcome, 250, &accepted::of(accepted::ARM64))
}

fn every32(outcome: &Outcome) -> Result<()> {
    beside(outcome, 150, &accepted::of(accepted::ARM32))
}

/// What a comparison of two whole traces gave.
#[derive(Default)]
struct Totals {
    calls: usize,
    names: BTreeSet<String>,
    same: usize,
    finer: Vec<String>,
    not_given: usize,
    accepted: BTreeMap<usize, usize>,
    differences: Vec<String>,
}

/// Compares the calls between the program's marks, line by line.
fn beside(outcome: &Outcome, different: usize, accepted: &[&Accepted]) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let mut totals = Totals::default();
    for (file, from, to) in [
        ("strace", "begin", "end"),
        ("strace-odd", "odd-begin", "odd-end"),
    ] {
        let ours = trace.between(from, to)?;
        let strace = notation::calls(&outcome.text(file)?)?;
        let strace = between(&strace, from, to)?;
        for (call, line) in strace.iter().zip(&ours) {
            totals.add(call, line, accepted);
        }
        let (strace, ours) = (strace.len(), ours.len());
        ensure!(
            strace == ours,
            "between {from} and {to} strace saw {strace} calls, sandboxd {ours}"
        );
    }
    totals.report(outcome)?;
    ensure!(
        totals.names.len() >= different,
        "{} different calls, not {different}",
        totals.names.len()
    );
    totals.verdict(accepted)
}

/// The calls between two marks: paths that the program asks for to leave a sign.
fn between<'a>(calls: &'a [Call], from: &str, to: &str) -> Result<&'a [Call]> {
    let mark = |name: &str| {
        let path = format!("/marker/{name}");
        let is_mark = |field: &Field| matches!(&field.value, Tree::Text(Text { bytes, .. }) if bytes == path.as_bytes());
        let at = calls.iter().position(|call| call.args.iter().any(is_mark));
        at.with_context(|| format!("strace saw no mark {name:?}"))
    };
    let (from, to) = (mark(from)?, mark(to)?);
    Ok(&calls[from + 1..to])
}

impl Totals {
    fn add(&mut self, call: &Call, line: &Value, accepted: &[&Accepted]) {
        let name = line["syscall"].as_str().unwrap_or_default();
        let found = agree::compare(call, line);
        self.calls += 1;
        self.names.insert(name.to_owned());
        self.same += found.same;
        let finer = found.finer.iter().map(|found| describe(name, found));
        self.finer.extend(finer);
        self.not_given += found.not_given;
        for difference in found.differences {
            let excuse = accepted
                .iter()
                .position(|row| row.covers(name, &difference));
            match excuse {
                Some(at) => *self.accepted.entry(at).or_default() += 1,
                None => self.differences.push(describe(name, &difference)),
            }
        }
    }

    /// What was compared, beside the case's other files and in the run's own output.
    fn report(&self, outcome: &Outcome) -> Result<()> {
        let mut text = format!(
            "{} calls of {} names: {} values the same, {} that strace leaves undecoded, {} not given by failed calls, \
             {} accepted differences, {} others\n",
            self.calls,
            self.names.len(),
            self.same,
            self.finer.len(),
            self.not_given,
            self.accepted.values().sum::<usize>(),
            self.differences.len()
        );
        eprint!("beside strace on {}: {text}", outcome.kernel);
        for difference in &self.differences {
            let _ = writeln!(text, "{difference}");
        }
        for finer in &self.finer {
            let _ = writeln!(text, "finer: {finer}");
        }
        std::fs::write(outcome.path("compared"), text).context("cannot keep the comparison")
    }

    fn verdict(&self, accepted: &[&Accepted]) -> Result<()> {
        if let Some(first) = self.differences.first() {
            bail!(
                "{} differences, all of them in the file `compared`; the first: {first}",
                self.differences.len()
            );
        }
        let stale: Vec<_> = (0..accepted.len())
            .filter(|at| !self.accepted.contains_key(at))
            .map(|at| accepted[at])
            .collect();
        ensure!(
            stale.is_empty(),
            "accepted, but not there any more: {stale:#?}"
        );
        Ok(())
    }
}

fn describe(name: &str, difference: &Difference) -> String {
    let Difference {
        place,
        strace,
        json,
    } = difference;
    format!("{name} {place}: strace {strace}, sandboxd {json}")
}
