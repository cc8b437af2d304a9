//! What every trace has to satisfy, whatever it is of: frame, numbering, order, complete lines, books that balance.
//!
//! Pure functions over lines; the tests break a good trace in every way that a check is there for.

mod running;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

pub(crate) use running::Running;
use running::{Frame, Losses, Numbers, Order, Written};

/// Stand in every line of a system call, whatever became of it.
const ALWAYS: [&str; 17] = [
    "run", "seq", "time", "boot_ns", "cpu", "proc", "pid", "tid", "uid", "user", "comm", "abi",
    "nr", "syscall", "outcome", "args", "caller",
];
const OUTCOMES: [&str; 7] = [
    "returned",
    "no_return",
    "blocked",
    "entry_missed",
    "exit_missed",
    "unfinished",
    "entered",
];

/// Every check there is.
pub(crate) fn check(lines: &[Value]) -> Result<()> {
    let mut running = Running::default();
    lines.iter().try_for_each(|line| running.take(line))?;
    running.end().map(drop)
}

/// Every check of a run in parts: each stands alone, and together they are one run. Gives the sums of their accounts, by call.
pub(crate) fn check_parts(parts: &[Vec<Value>]) -> Result<Value> {
    for (at, lines) in parts.iter().enumerate() {
        let check = || -> Result<()> {
            stands_alone(lines)?;
            losses_told(lines)?;
            let (start, end) = (&lines[0], &lines[lines.len() - 1]);
            ensure!(
                number(start, "part")? == at as u64 + 1,
                "it is another: {start}"
            );
            let is_last = at + 1 == parts.len();
            ensure!(
                (end["why"] == "rotated") != is_last,
                "it ended otherwise: {end}"
            );
            ensure!(
                !is_last || number(end, "pending")? == 0,
                "calls are missing: {end}"
            );
            known_when_it_began(lines)
        };
        check().with_context(|| format!("in part {}", at + 1))?;
    }
    let all = parts.concat();
    numbered(&all)?;
    ordered(&all)?;
    let run = &all.first().context("no line at all")?["run"];
    ensure!(
        all.iter().all(|line| line["run"] == *run),
        "of several runs"
    );
    sums(parts)
}

/// What a part is by itself, also where the output refused lines.
pub(crate) fn stands_alone(lines: &[Value]) -> Result<()> {
    framed(lines)?;
    complete(lines)?;
    balanced(lines)
}

/// Nothing is shown of a process that no line of the part has told of.
fn known_when_it_began(lines: &[Value]) -> Result<()> {
    let mut known = BTreeSet::new();
    for line in lines {
        if line["type"] == "process" {
            known.insert(line["proc"].as_str());
        } else if line["type"] == "syscall" {
            ensure!(
                known.contains(&line["proc"].as_str()),
                "nobody told of its process: {line}"
            );
        }
    }
    Ok(())
}

/// The accounts of all parts together, by call.
pub(crate) fn sums(parts: &[Vec<Value>]) -> Result<Value> {
    let mut sums: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for end in parts.iter().filter_map(|lines| lines.last()) {
        for (name, counts) in end["by_call"].as_object().into_iter().flatten() {
            let sums = sums.entry(name).or_default();
            for what in ["seen", "emitted", "filtered", "lost"] {
                *sums.entry(what).or_default() += number(counts, what)?;
            }
        }
    }
    Ok(json!(sums))
}

/// Begins with the start, ends with the end, and has one of each; all of one run.
fn framed(lines: &[Value]) -> Result<()> {
    let mut frame = Frame::default();
    lines.iter().try_for_each(|line| frame.take(line))?;
    frame.end().map(drop)
}

/// `seq` counts the lines without gaps.
fn numbered(lines: &[Value]) -> Result<()> {
    let mut numbers = Numbers::default();
    lines.iter().try_for_each(|line| numbers.take(line))
}

/// A call's line has what every such line has, and its result agrees with itself.
fn complete(lines: &[Value]) -> Result<()> {
    calls(lines).try_for_each(is_complete)
}

fn is_complete(line: &Value) -> Result<()> {
    for field in ALWAYS {
        ensure!(
            line.get(field).is_some_and(|value| !value.is_null()),
            "no {field} in {line}"
        );
    }
    let outcome = line["outcome"].as_str().unwrap_or_default();
    ensure!(OUTCOMES.contains(&outcome), "outcome {outcome:?} in {line}");
    for field in ["ret", "dur_ns"] {
        ensure!(
            line.get(field).is_some(),
            "no {field}, not even null, in {line}"
        );
    }
    let ret = line["ret"].as_i64();
    ensure!(
        outcome != "returned" || ret.is_some() || restores(line),
        "returned, but what? {line}"
    );
    let failed = ret.is_some_and(|ret| (-4095..0).contains(&ret));
    ensure!(
        failed == line.get("error").is_some_and(Value::is_string),
        "ret and error disagree in {line}"
    );
    Ok(())
}

/// What it leaves in the register is what stood there before the signal: no answer.
fn restores(line: &Value) -> bool {
    line["syscall"] == "rt_sigreturn" || line["syscall"] == "sigreturn"
}

/// The calls of one thread come in the order in which it made them.
fn ordered(lines: &[Value]) -> Result<()> {
    let mut order = Order::default();
    calls(lines).try_for_each(|line| order.take(line))
}

/// Seen is emitted, filtered and lost, of every call and in all; emitted is what stands in the lines.
fn balanced(lines: &[Value]) -> Result<()> {
    let mut written = Written::default();
    calls(lines).for_each(|line| written.take(line));
    written.balances(&lines[lines.len() - 1])
}

/// The losses told along the way are the losses of the end.
fn losses_told(lines: &[Value]) -> Result<()> {
    let mut losses = Losses::default();
    lines.iter().try_for_each(|line| losses.take(line))?;
    losses.are_all(&lines[lines.len() - 1])
}

/// The recording gives the bytes that the live run gave; names the first line that differs.
pub(crate) fn replayed(live: &[u8], replayed: &[u8]) -> Result<()> {
    if live == replayed {
        return Ok(());
    }
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let (live, replayed) = (text(live), text(replayed));
    let same = live
        .lines()
        .zip(replayed.lines())
        .take_while(|(a, b)| a == b)
        .count();
    let at = |lines: &str| lines.lines().nth(same).unwrap_or("(nothing)").to_owned();
    anyhow::bail!(
        "line {} differs. Live: {} Replayed: {}",
        same + 1,
        at(&live),
        at(&replayed)
    )
}

fn balances(counts: &Value) -> Result<()> {
    let seen = number(counts, "seen")?;
    let parts = number(counts, "emitted")? + number(counts, "filtered")? + number(counts, "lost")?;
    ensure!(
        seen == parts,
        "{seen} seen, but {parts} accounted for: {counts}"
    );
    Ok(())
}

fn number(of: &Value, field: &str) -> Result<u64> {
    of[field]
        .as_u64()
        .with_context(|| format!("no number {field} in {of}"))
}

fn calls(lines: &[Value]) -> impl Iterator<Item = &Value> {
    lines.iter().filter(|line| line["type"] == "syscall")
}

#[cfg(test)]
#[path = "books_tests.rs"]
mod tests;
