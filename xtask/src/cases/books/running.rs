//! The checks of `books` line by line, for traces that memory does not hold.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::{balances, is_complete, number};

/// Every check there is.
#[derive(Default)]
pub(crate) struct Running {
    frame: Frame,
    numbers: Numbers,
    order: Order,
    written: Written,
    losses: Losses,
}

impl Running {
    /// Fails if the line has no place here.
    pub(crate) fn take(&mut self, line: &Value) -> Result<()> {
        self.frame.take(line)?;
        self.numbers.take(line)?;
        if line["type"] == "syscall" {
            is_complete(line)?;
            self.order.take(line)?;
            self.written.take(line);
        }
        self.losses.take(line)
    }

    /// Fails unless that was a whole trace whose books balance. Gives its last line.
    pub(crate) fn end(self) -> Result<Value> {
        let end = self.frame.end()?;
        self.written.balances(&end)?;
        self.losses.are_all(&end)?;
        Ok(end)
    }
}

/// Begins with the start, ends with the end, and has one of each; all of one run.
#[derive(Default)]
pub(super) struct Frame {
    run: Option<Value>,
    end: Option<Value>,
}

impl Frame {
    pub(super) fn take(&mut self, line: &Value) -> Result<()> {
        match (&self.run, line["type"] == "start") {
            (None, false) => bail!("the first line is no start"),
            (Some(_), true) => bail!("2 lines of type start"),
            (None, true) => {
                ensure!(line["run"].is_string(), "the start names no run");
                self.run = Some(line["run"].clone());
            }
            (Some(run), false) => ensure!(line["run"] == *run, "not of run {run}: {line}"),
        }
        let is_end = line["type"] == "end";
        ensure!(self.end.is_none() || !is_end, "2 lines of type end");
        ensure!(
            self.end.is_none(),
            "the last line is no end, but behind it: {line}"
        );
        self.end = is_end.then(|| line.clone());
        Ok(())
    }

    pub(super) fn end(self) -> Result<Value> {
        ensure!(self.run.is_some(), "the first line is no start");
        self.end.context("the last line is no end")
    }
}

/// `seq` counts the lines without gaps.
#[derive(Default)]
pub(super) struct Numbers {
    last: Option<u64>,
}

impl Numbers {
    pub(super) fn take(&mut self, line: &Value) -> Result<()> {
        let Some(seq) = line["seq"].as_u64() else {
            ensure!(line["type"] == "start", "a line without seq: {line}");
            return Ok(());
        };
        match self.last {
            Some(last) => ensure!(seq == last + 1, "seq goes from {last} to {seq}"),
            None => ensure!(seq <= 1, "seq begins with {seq}"),
        }
        self.last = Some(seq);
        Ok(())
    }
}

/// The calls of one thread come in the order in which it made them.
#[derive(Default)]
pub(super) struct Order {
    last: BTreeMap<String, u64>,
}

impl Order {
    pub(super) fn take(&mut self, line: &Value) -> Result<()> {
        let thread = format!("{} {}", line["proc"], line["tid"]);
        let time = line["boot_ns"].as_u64().context("boot_ns is no number")?;
        let before = self.last.insert(thread, time).unwrap_or(0);
        ensure!(
            before <= time,
            "earlier than the line before of its thread: {line}"
        );
        Ok(())
    }
}

/// Lines of calls, by the name under which the end counts them.
#[derive(Default)]
pub(super) struct Written {
    lines: BTreeMap<String, u64>,
    missed: u64,
}

impl Written {
    pub(super) fn take(&mut self, line: &Value) {
        *self.lines.entry(account(line)).or_default() += 1;
        self.missed += u64::from(line["outcome"] == "exit_missed");
    }

    /// Seen is emitted, filtered and lost, of every call and in all; emitted is what stands in the lines.
    pub(super) fn balances(&self, end: &Value) -> Result<()> {
        balances(end).context("in all")?;
        let by_call = end["by_call"]
            .as_object()
            .context("the end has no by_call")?;
        for name in self.lines.keys() {
            ensure!(by_call.contains_key(name), "by_call does not know {name}");
        }
        for (name, counts) in by_call {
            balances(counts).with_context(|| format!("of {name}"))?;
            let emitted = number(counts, "emitted")?;
            let lines = self.lines.get(name.as_str()).copied().unwrap_or(0);
            ensure!(emitted == lines, "{name}: {emitted} emitted, {lines} lines");
        }
        for what in ["seen", "emitted", "filtered", "lost"] {
            let mut sum = 0;
            for counts in by_call.values() {
                sum += number(counts, what)?;
            }
            let all = number(end, what)?;
            ensure!(sum == all, "{what}: {sum} by call, {all} in all");
        }
        let (missed, told) = (self.missed, number(end, "exits_missed")?);
        ensure!(
            missed == told,
            "{missed} lines miss their exit, the end says {told}"
        );
        Ok(())
    }
}

/// Under which name the end counts a call: 32-bit ones apart, those outside every table together.
fn account(line: &Value) -> String {
    let name = line["syscall"].as_str().unwrap_or_default();
    let name = if name.starts_with("syscall_0x") {
        "other"
    } else {
        name
    };
    match line["abi"].as_str() {
        Some("arm64") | None => name.to_owned(),
        Some(abi) => format!("{abi}:{name}"),
    }
}

/// Losses told along the way, by call.
#[derive(Default)]
pub(super) struct Losses {
    told: BTreeMap<String, u64>,
}

impl Losses {
    pub(super) fn take(&mut self, line: &Value) -> Result<()> {
        if line["reason"] != "ring_full" {
            return Ok(());
        }
        let by_call = line["by_call"]
            .as_object()
            .context("a loss without by_call")?;
        let mut sum = 0;
        for (name, count) in by_call {
            let count = count.as_u64().context("a count that is no number")?;
            *self.told.entry(name.clone()).or_default() += count;
            sum += count;
        }
        ensure!(number(line, "count")? == sum, "does not add up: {line}");
        Ok(())
    }

    /// They are the losses of the end.
    pub(super) fn are_all(mut self, end: &Value) -> Result<()> {
        for (name, counts) in end["by_call"].as_object().into_iter().flatten() {
            let lost = number(counts, "lost")?;
            let told = self.told.remove(name.as_str()).unwrap_or(0);
            ensure!(
                lost == told,
                "{name}: {lost} lost, loss lines tell of {told}"
            );
        }
        ensure!(
            self.told.is_empty(),
            "the end knows nothing of the loss of {:?}",
            self.told
        );
        Ok(())
    }
}
