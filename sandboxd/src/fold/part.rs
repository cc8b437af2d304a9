//! Parts of a run, and its end: `seen = emitted + filtered + lost`, by call and in total, in each part and in all.
//!
//! A call stands in the accounts of the part in which its line stands, or the telling of its loss. What the kernel half has
//! seen by then and no part has told of is `pending`. So the sums over all parts are the kernel half's counts.

use std::collections::BTreeMap;

use super::books::Entry;
use super::{Fold, LibraryCount, line};
use crate::event::{CallCount, End, Line};
use crate::input::Stop;
use crate::sink::Lines;

/// What earlier parts told of.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    /// How many they are.
    parts: u64,
    by_call: BTreeMap<String, CallCount>,
    totals: Totals,
}

/// What is counted without regard to calls.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    exits_missed: u64,
    args_cut: u64,
    state_lost: u64,
    threads_full: u64,
    unwritten: u64,
    not_target: u64,
    undetermined: u64,
}

/// What of a total is new.
fn since(now: &CallCount, before: &CallCount) -> CallCount {
    let new = |field: fn(&CallCount) -> u64| field(now).saturating_sub(field(before));
    CallCount {
        seen: new(|count| count.seen),
        emitted: new(|count| count.emitted),
        filtered: new(|count| count.filtered),
        lost: new(|count| count.lost),
        pending: now.pending,
        errors: new(|count| count.errors),
        total_ns: new(|count| count.total_ns),
        counted: new(|count| count.counted),
    }
}

fn sum(counts: &BTreeMap<String, CallCount>, field: fn(&CallCount) -> u64) -> u64 {
    counts.values().map(field).fold(0, u64::saturating_add)
}

/// The accounts of one call so far, at the end of a part.
fn at_cut(entry: &Entry, seen: u64, filtered: u64) -> CallCount {
    let (emitted, filtered) = (entry.written(), filtered.saturating_add(entry.filtered));
    // What was lost and not told of yet is told of in the next part.
    let lost = entry.missing();
    let settled = emitted.saturating_add(filtered).saturating_add(lost);
    CallCount {
        seen: settled,
        emitted,
        filtered,
        lost,
        pending: seen.saturating_sub(settled),
        ..CallCount::default()
    }
}

/// The same at the end of the run: whatever was seen is accounted for.
fn at_end(entry: &Entry, seen: u64, filtered: u64, lost: u64) -> CallCount {
    CallCount {
        seen,
        emitted: entry.written(),
        filtered: filtered.saturating_add(entry.filtered),
        lost: lost.saturating_add(entry.missing_here()),
        ..CallCount::default()
    }
}

impl Fold {
    /// Which part of the run is being written.
    #[must_use]
    pub fn part(&self) -> u64 {
        self.earlier.parts + 1
    }

    /// Ends the part, and begins another that stands alone.
    pub(super) fn cut(&mut self, now: &Stop, out: &mut impl Lines) {
        if self.pair.is_none() {
            return;
        }
        let accounts = self.accounts(now, false);
        self.end_line(now, &accounts, out);
        self.earlier = Earlier {
            parts: self.earlier.parts + 1,
            by_call: accounts,
            totals: self.totals(now),
        };
        self.books.cut();
        self.start_line(now.boot_ns, out);
        for happened in self.world.running(now.boot_ns) {
            self.process_line(&happened, out);
        }
    }

    /// Closes the books.
    pub(super) fn end(&mut self, stop: &Stop, out: &mut impl Lines) {
        let accounts = self.accounts(stop, true);
        self.end_line(stop, &accounts, out);
        self.closed = accounts;
    }

    /// The accounts of the run so far: the kernel half's counts and ours.
    fn accounts(&self, now: &Stop, last: bool) -> BTreeMap<String, CallCount> {
        let mut calls: BTreeMap<String, CallCount> = BTreeMap::new();
        for &(index, [seen, filtered, lost, _]) in &now.counts {
            let entry = self.books.by_index.get(&index).copied().unwrap_or_default();
            let one = if last {
                at_end(&entry, seen, filtered, lost)
            } else {
                at_cut(&entry, seen, filtered)
            };
            let count = calls.entry(line::key(index)).or_default();
            count.seen = count.seen.saturating_add(one.seen);
            count.emitted = count.emitted.saturating_add(one.emitted);
            count.filtered = count.filtered.saturating_add(one.filtered);
            count.lost = count.lost.saturating_add(one.lost);
            count.pending = count.pending.saturating_add(one.pending);
            let counted = entry.counted.saturating_add(lost);
            count.counted = count.counted.saturating_add(counted);
            count.errors = count.errors.saturating_add(entry.errors);
            count.total_ns = count.total_ns.saturating_add(entry.total_ns);
        }
        calls.retain(|_, count| *count != CallCount::default());
        calls
    }

    fn totals(&self, now: &Stop) -> Totals {
        Totals {
            exits_missed: self.books.exits_missed,
            args_cut: self.books.args_cut,
            state_lost: self.books.state_lost(),
            threads_full: now.threads_full,
            unwritten: self.books.unwritten,
            not_target: self.world.not_target,
            undetermined: self.world.undetermined,
        }
    }

    /// The `end` line of this part, of accounts of the run so far.
    fn end_line(
        &mut self,
        now: &Stop,
        accounts: &BTreeMap<String, CallCount>,
        out: &mut impl Lines,
    ) {
        let before = CallCount::default();
        let by_call: BTreeMap<String, CallCount> = accounts
            .iter()
            .map(|(name, count)| {
                let told = self.earlier.by_call.get(name).unwrap_or(&before);
                (name.clone(), since(count, told))
            })
            .filter(|(_, count)| *count != before)
            .collect();
        let (totals, told) = (self.totals(now), self.earlier.totals);
        let new = |field: fn(&Totals) -> u64| field(&totals).saturating_sub(field(&told));
        let seq = self.next_seq();
        let line = End {
            run: &self.start.run,
            seq,
            time: self.time(now.boot_ns),
            boot_ns: now.boot_ns,
            why: &now.why,
            seen: sum(&by_call, |count| count.seen),
            emitted: sum(&by_call, |count| count.emitted),
            filtered: sum(&by_call, |count| count.filtered),
            lost: sum(&by_call, |count| count.lost),
            pending: sum(&by_call, |count| count.pending),
            by_call: &by_call,
            exits_missed: new(|totals| totals.exits_missed),
            args_cut: new(|totals| totals.args_cut),
            state_lost: new(|totals| totals.state_lost),
            threads_full: new(|totals| totals.threads_full),
            unwritten: new(|totals| totals.unwritten),
            not_target: new(|totals| totals.not_target),
            undetermined: new(|totals| totals.undetermined),
        };
        out.line(&Line::End(line), None);
    }

    /// The summary for people: the accounts of the run, less the `syscall` lines that the output did not take after the
    /// last line was made.
    #[must_use]
    pub fn summary(&self, why: &str, unwritten: &BTreeMap<u16, u64>) -> String {
        let of = |field| sum(&self.closed, field);
        let entries = self.books.by_index.values();
        let known: u64 = entries.map(|entry| entry.unwritten).sum();
        let late = unwritten.values().sum::<u64>().saturating_sub(known);
        let parts = match self.part() {
            1 => String::new(),
            parts => format!("; {parts} parts"),
        };
        format!(
            "end ({why}): seen {} = emitted {} + filtered {} + lost {}; returns missed {}, state records lost {}{parts}",
            of(|count| count.seen),
            of(|count| count.emitted).saturating_sub(late),
            of(|count| count.filtered),
            of(|count| count.lost) + late,
            self.books.exits_missed,
            self.books.state_lost(),
        )
    }

    /// How often each call was made from each library, most calls first; with `-c` alone.
    #[must_use]
    pub fn by_library(&self) -> Vec<LibraryCount> {
        self.by_library.counts()
    }

    /// The accounts of the run by call, once it has ended.
    #[must_use]
    pub fn closed(&self) -> &BTreeMap<String, CallCount> {
        &self.closed
    }
}
