//! The accounts of a run: `seen = emitted + filtered + lost`, by call and in total.

use std::collections::BTreeMap;

use super::{Fold, LibraryCount, line};
use crate::event::{CallCount, End, Line, Loss, Outcome, StateLoss, Stats, Time};
use crate::input::Stop;
use crate::probe::CpuLosses;
use crate::record::Record;
use crate::sink::Lines;
use crate::world::Verdict;

/// What the user half counts.
#[derive(Debug, Default)]
pub(super) struct Books {
    by_index: BTreeMap<u16, Entry>,
    cpus: BTreeMap<u16, Cpu>,
    started: u64,
    received: u64,
    exits_missed: u64,
    args_cut: u64,
    unwritten: u64,
}

/// Of one call.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    emitted: u64,
    filtered: u64,
    lost: u64,
    unwritten: u64,
    /// Not kept, while it was not known whether they are shown.
    left_out: u64,
    counted: u64,
    errors: u64,
    total_ns: u64,
}

/// What is known of a CPU's losses.
#[derive(Clone, Debug, Default)]
struct Cpu {
    known: CpuLosses,
    /// Time of its last record.
    last: u64,
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

    /// Whether a record says that its CPU has lost more than is known.
    pub(super) fn is_behind(&self, record: &Record<'_>) -> bool {
        let known = self.cpus.get(&record.header.cpu).map_or(0, |cpu| {
            if record.is_state() {
                cpu.known.state_lost
            } else {
                cpu.known.lost
            }
        });
        record.header.lost.wrapping_sub(known as u32).cast_signed() > 0
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
        let (emitted, filtered, lost) = self.so_far();
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

    /// Calls emitted, filtered here, and lost.
    fn so_far(&self) -> (u64, u64, u64) {
        let sum = |field: fn(&Entry) -> u64| self.by_index.values().map(field).sum();
        (
            sum(|entry| entry.emitted - entry.unwritten),
            sum(|entry| entry.filtered),
            sum(|entry| entry.lost + entry.unwritten + entry.left_out),
        )
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

    fn state_lost(&self) -> u64 {
        self.cpus.values().map(|cpu| cpu.known.state_lost).sum()
    }

    /// The final accounts: the kernel half's counts and ours.
    fn close(&mut self, stop: &Stop) -> BTreeMap<String, CallCount> {
        let mut calls: BTreeMap<String, CallCount> = BTreeMap::new();
        for &(index, [seen, filtered, lost, _]) in &stop.counts {
            let entry = self.by_index.get(&index).copied().unwrap_or_default();
            let count = calls.entry(line::key(index)).or_default();
            count.seen += seen;
            count.emitted += entry.emitted - entry.unwritten;
            count.filtered += filtered + entry.filtered;
            count.lost += lost + entry.unwritten + entry.left_out;
            count.counted += entry.counted + lost;
            count.errors += entry.errors;
            count.total_ns = count.total_ns.saturating_add(entry.total_ns);
        }
        calls.retain(|_, count| *count != CallCount::default());
        calls
    }
}

impl Fold {
    /// Calls so far: emitted, filtered by the daemon, lost.
    #[must_use]
    pub fn so_far(&self) -> (u64, u64, u64) {
        self.books.so_far()
    }

    /// Records of state that were lost so far.
    #[must_use]
    pub fn state_lost(&self) -> u64 {
        self.books.state_lost()
    }

    /// Takes the counters of loss and says what is new in them.
    pub(super) fn losses(&mut self, boot_ns: u64, cpus: &[CpuLosses], out: &mut impl Lines) {
        for now in cpus {
            let started = self.books.started;
            let cpu = self.books.cpus.entry(now.cpu).or_insert_with(|| Cpu {
                last: started,
                ..Cpu::default()
            });
            let from_ns = cpu.last.min(boot_ns);
            let before = std::mem::replace(&mut cpu.known, now.clone());
            let state = now.state_lost.saturating_sub(before.state_lost);
            self.calls_lost(&before, now, from_ns, boot_ns, out);
            if state > 0 {
                self.world.lost();
                let seq = self.next_seq();
                let run = &self.start.run;
                let line = StateLoss {
                    run,
                    seq,
                    count: state,
                    cpu: now.cpu,
                    from_ns,
                    to_ns: boot_ns,
                };
                out.line(&Line::StateLoss(line), None);
            }
        }
    }

    fn calls_lost(
        &mut self,
        before: &CpuLosses,
        now: &CpuLosses,
        from_ns: u64,
        to_ns: u64,
        out: &mut impl Lines,
    ) {
        let known: BTreeMap<u16, (u64, u64)> = before
            .by_index
            .iter()
            .map(|&(index, lost, exits)| (index, (lost, exits)))
            .collect();
        let mut by_call = BTreeMap::new();
        let (mut count, mut exits) = (0, 0);
        for &(index, lost, exits_lost) in &now.by_index {
            let (lost_before, exits_before) = known.get(&index).copied().unwrap_or_default();
            let lost = lost.saturating_sub(lost_before);
            count += lost;
            exits += exits_lost.saturating_sub(exits_before);
            if lost > 0 {
                *by_call.entry(line::key(index)).or_default() += lost;
                self.books.by_index.entry(index).or_default().lost += lost;
            }
        }
        if count + exits > 0 {
            let seq = self.next_seq();
            let (run, cpu) = (&self.start.run, Some(now.cpu));
            let taken = now.scratch_taken.saturating_sub(before.scratch_taken);
            let reason = if taken > 0 && taken >= now.lost.saturating_sub(before.lost) {
                "scratch_taken"
            } else {
                "ring_full"
            };
            let line = Loss {
                run,
                seq,
                reason,
                count,
                exits,
                cpu,
                from_ns,
                to_ns,
                by_call,
            };
            out.line(&Line::Loss(line), None);
        }
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
            entry.unwritten = (entry.unwritten + count).min(entry.emitted);
            *by_call.entry(line::key(index)).or_default() += count;
        }
        self.books.unwritten += lines;
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

    /// The summary for people: the `end` line's accounts, less the `syscall` lines that the output did not take after
    /// that line was made.
    #[must_use]
    pub fn summary(&self, why: &str, unwritten: &BTreeMap<u16, u64>) -> String {
        let sum = |field: fn(&CallCount) -> u64| self.closed.values().map(field).sum::<u64>();
        let known: u64 = self
            .books
            .by_index
            .values()
            .map(|entry| entry.unwritten)
            .sum();
        let late = unwritten.values().sum::<u64>().saturating_sub(known);
        format!(
            "end ({why}): seen {} = emitted {} + filtered {} + lost {}; returns missed {}, state records lost {}",
            sum(|count| count.seen),
            sum(|count| count.emitted).saturating_sub(late),
            sum(|count| count.filtered),
            sum(|count| count.lost) + late,
            self.books.exits_missed,
            self.books.state_lost(),
        )
    }

    /// How often each call was made from each library, most calls first; with `-c` alone.
    #[must_use]
    pub fn by_library(&self) -> Vec<LibraryCount> {
        self.by_library.counts()
    }

    /// The accounts by call, once the run has ended.
    #[must_use]
    pub fn closed(&self) -> &BTreeMap<String, CallCount> {
        &self.closed
    }

    /// Closes the books.
    pub(super) fn end(&mut self, stop: &Stop, out: &mut impl Lines) {
        let by_call = self.books.close(stop);
        let sum = |field: fn(&CallCount) -> u64| by_call.values().map(field).sum();
        let seq = self.next_seq();
        let line = End {
            run: &self.start.run,
            seq,
            time: self.time(stop.boot_ns),
            boot_ns: stop.boot_ns,
            why: &stop.why,
            seen: sum(|count| count.seen),
            emitted: sum(|count| count.emitted),
            filtered: sum(|count| count.filtered),
            lost: sum(|count| count.lost),
            by_call: &by_call,
            exits_missed: self.books.exits_missed,
            args_cut: self.books.args_cut,
            state_lost: self.books.state_lost(),
            threads_full: stop.threads_full,
            unwritten: self.books.unwritten,
            not_target: self.world.not_target,
            undetermined: self.world.undetermined,
        };
        out.line(&Line::End(line), None);
        self.closed = by_call;
    }
}
