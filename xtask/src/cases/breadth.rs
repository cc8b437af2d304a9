//! Every call of the table is recorded, by either backend, and nothing is attached to returns when told so.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::script::traced;
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// Every call there is, by the tracepoint, which needs no symbol.
pub(crate) const EVERY: Case = Case {
    name: "every-call",
    script: traced!(
        "-u 10123 --backend tracepoint -e all",
        "as-uid 10123 every-call >facts || exit 91"
    ),
    check: every,
    timeout_s: 90,
};

/// The same of 32-bit ARM.
pub(crate) const EVERY32: Case = Case {
    name: "every-call32",
    script: traced!(
        "-u 10123 --backend tracepoint -e all",
        "as-uid 10123 every-call32 >facts || exit 91"
    ),
    check: every,
    timeout_s: 90,
};

/// Entries alone.
pub(crate) const NO_RETURNS: Case = Case {
    name: "no-returns",
    script: traced!(
        "-u 10123 --no-returns -e openat,faccessat",
        "as-uid 10123 same-calls >facts || exit 91"
    ),
    check: no_returns,
    timeout_s: 60,
};

/// Calls between the marks are exactly those that the program says it made, with the results that it got.
fn every(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let seen = trace.between("begin", "end")?;
    let mut lines = seen.iter();
    for call in facts.texts("call") {
        let (nr, ret) = call.split_once(' ').context("a call without a result")?;
        let (nr, ret): (i64, i64) = (nr.parse()?, ret.parse()?);
        let Some(line) = lines.next() else {
            anyhow::bail!("the line of call {nr} is missing, and all after it");
        };
        ensure!(
            line["nr"] == nr,
            "the program made call {nr} = {ret}, the line is {line}"
        );
        ensure!(
            line["ret"] == ret,
            "the program got {ret}, the line is {line}"
        );
        ensure!(line["outcome"] == "returned", "{line}");
    }
    ensure!(lines.next().is_none(), "more lines than calls");
    Ok(())
}

fn no_returns(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let lines = trace.named("faccessat");
    ensure!(
        lines.len() == 5,
        "{} lines of faccessat, not 5",
        lines.len()
    );
    ensure!(
        trace.named("openat").len() == 4,
        "{} lines of openat, not 4",
        trace.named("openat").len()
    );
    for line in trace.calls() {
        expect(
            line,
            &[("/ret", Value::Null), ("/outcome", json!("entered"))],
        )?;
        ensure!(
            line["caller"].get("map").is_none(),
            "nobody saw whether the mapping had changed: {line}"
        );
    }
    Ok(())
}
