//! What the accounts of a run are made from, as it comes: calls and losses. `part` closes them.

use std::collections::BTreeMap;

use super::{Fold, line};
use crate::event::{Line, Loss, Outcome, StateLoss, Stats, Time};
use crate::probe::CpuLosses;
use crate::record::Record;
use crate::sink::Lines;
use crate::world::Verdict;

/// What the user half counts.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) by_index: BTreeMap<u16, Entry>,
    cpus: BTreeMap<u16, Cpu>,
    started: u64,
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

    /// Notes the arrival of an entry and of the return that follows it at once.
    pub(super) fn note_both(&mut self, enter: &Record<'_>, exit: &Record<'_>) {
        if enter.header.cpu == exit.header.cpu {
            self.received += u64::from(enter.begins_call());
        } else {
            self.note(enter);
        }
        self.note(exit);
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

    pub(super) fn state_lost(&self) -> u64 {
        self.cpus.values().map(|cpu| cpu.known.state_lost).sum()
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
