//! What the accounts of a run are made from, as it comes: calls, and what is missing of them here. What the kernel half lost is
//! left to `losses`; `part` closes the books.

use std::collections::BTreeMap;

use super::losses::Cpu;
use super::{Fold, line};
use crate::event::{Line, Loss, Outcome, Stats, Time};
use crate::record::Record;
use crate::sink::Lines;
use crate::world::Verdict;

/// What the user half counts.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) by_index: BTreeMap<u16, Entry>,
    pub(super) cpus: BTreeMap<u16, Cpu>,
    /// When losses were noticed last that were not all told of; 0: all were.
    pub(super) noticed: u64,
    pub(super) started: u64,
    received: u64,
    pub(super) exits_missed: u64,
    pub(super) args_cut: u64,
    pub(super) unwritten: u64,
    /// What `stats` lines would have said when this part began: emitted, filtered, lost.
    before: [u64; 3],
}

/// Of one call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    emitted: u64,
    pub(super) filtered: u64,
    pub(super) lost: u64,
    pub(super) unwritten: u64,
    /// Not kept, while it was not known whether they are shown.
    left_out: u64,
    pub(super) counted: u64,
    pub(super) errors: u64,
    pub(super) total_ns: u64,
    /// Written to earlier parts, which have told of them.
    told: u64,
}

impl Entry {
    /// Calls whose lines the output took.
    pub(super) fn written(&self) -> u64 {
        self.emitted - self.unwritten
    }

    /// Calls that are missing, as far as `loss` lines have told.
    pub(super) fn missing(&self) -> u64 {
        self.lost + self.unwritten + self.left_out
    }

    /// The same without those that the kernel half lost.
    pub(super) fn missing_here(&self) -> u64 {
        self.unwritten + self.left_out
    }
}

/// A call, as the books see it.
pub(super) struct Booked {
    pub(super) index: u16,
    pub(super) shown: bool,
    /// Whether it was not dropped because of who made it.
    pub(super) counted: bool,
    pub(super) failed: bool,
    pub(super) outcome: Outcome,
    pub(super) dur_ns: u64,
    pub(super) args_cut: u64,
}

impl Books {
    pub(super) fn new(started: u64) -> Self {
        Self {
            started,
            ..Self::default()
        }
    }

    pub(super) fn received(&self) -> u64 {
        self.received
    }

    /// Notes a record's arrival.
    pub(super) fn note(&mut self, record: &Record<'_>) {
        self.cpus.entry(record.header.cpu).or_default().last = record.header.time;
        self.received += u64::from(record.begins_call());
    }

    /// Enters a call.
    pub(super) fn book(&mut self, call: &Booked) {
        let entry = self.by_index.entry(call.index).or_default();
        if call.shown {
            entry.emitted += 1;
            self.exits_missed += u64::from(call.outcome == Outcome::ExitMissed);
            self.args_cut += call.args_cut;
        } else {
            entry.filtered += 1;
        }
        if !call.counted {
            return;
        }
        entry.counted += 1;
        entry.errors += u64::from(call.failed);
        // Times of a damaged recording may be anything.
        entry.total_ns = entry.total_ns.saturating_add(call.dur_ns);
    }

    pub(super) fn stats<'a>(&self, run: &'a str, seq: u64, time: Time, boot_ns: u64) -> Stats<'a> {
        let (now, before) = (self.so_far(), self.before);
        let [emitted, filtered, lost] =
            std::array::from_fn(|at| now[at].saturating_sub(before[at]));
        Stats {
            run,
            seq,
            time,
            boot_ns,
            emitted,
            filtered,
            lost,
        }
    }

    /// Calls of the run: emitted, filtered, lost.
    fn so_far(&self) -> [u64; 3] {
        let sum = |field: fn(&Entry) -> u64| self.by_index.values().map(field).sum();
        [
            sum(Entry::written),
            sum(|entry| entry.filtered),
            sum(Entry::missing),
        ]
    }

    /// What was counted so far has been told.
    pub(super) fn cut(&mut self) {
        self.before = self.so_far();
        for entry in self.by_index.values_mut() {
            entry.told = entry.written();
        }
    }

    /// Calls of shown processes that were not kept.
    pub(super) fn calls_left_out(&self) -> u64 {
        self.by_index.values().map(|entry| entry.left_out).sum()
    }

    /// When the last record was written.
    fn last(&self) -> u64 {
        self.cpus
            .values()
            .map(|cpu| cpu.last)
            .max()
            .unwrap_or(self.started)
    }
}

impl Fold {
    /// Calls so far: emitted, filtered by the daemon, lost.
    #[must_use]
    pub fn so_far(&self) -> [u64; 3] {
        self.books.so_far()
    }

    /// Records of state that were lost so far.
    #[must_use]
    pub fn state_lost(&self) -> u64 {
        self.books.state_lost()
    }

    /// Calls that were not kept while it was not known whether they are shown.
    pub(super) fn left_out(
        &mut self,
        by_index: &BTreeMap<u16, u64>,
        verdict: Verdict,
        out: &mut impl Lines,
    ) {
        let mut by_call = BTreeMap::new();
        for (&index, &count) in by_index {
            let entry = self.books.by_index.entry(index).or_default();
            if verdict == Verdict::Shown {
                entry.left_out += count;
                *by_call.entry(line::key(index)).or_default() += count;
            } else {
                entry.filtered += count;
            }
        }
        if by_call.is_empty() {
            return;
        }
        let seq = self.next_seq();
        let (from_ns, to_ns) = (self.books.started, self.books.last());
        let line = Loss {
            run: &self.start.run,
            seq,
            reason: "held_full",
            count: by_call.values().sum(),
            exits: 0,
            cpu: None,
            from_ns,
            to_ns,
            by_call,
        };
        out.line(&Line::Loss(line), None);
    }

    /// Lines that the output did not take.
    pub(super) fn unwritten(
        &mut self,
        boot_ns: u64,
        by_index: &BTreeMap<u16, u64>,
        lines: u64,
        out: &mut impl Lines,
    ) {
        let mut by_call = BTreeMap::new();
        for (&index, &count) in by_index {
            let entry = self.books.by_index.entry(index).or_default();
            // Of lines of this part: a part ends when all of it is written or refused.
            let most = entry.emitted - entry.told;
            entry.unwritten = entry.unwritten.saturating_add(count).min(most);
            *by_call.entry(line::key(index)).or_default() += count;
        }
        self.books.unwritten = self.books.unwritten.saturating_add(lines);
        // A line about lines without calls would be refused too, as this one, and that told, without end.
        if by_call.is_empty() {
            return;
        }
        let seq = self.next_seq();
        let line = Loss {
            run: &self.start.run,
            seq,
            reason: "unwritten",
            count: by_index.values().sum(),
            exits: 0,
            cpu: None,
            from_ns: self.books.started,
            to_ns: boot_ns,
            by_call,
        };
        out.line(&Line::Loss(line), None);
    }
}
