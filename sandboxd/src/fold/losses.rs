//! What the kernel half lost: noticed as soon as it has happened, told where it is missing.
//!
//! A ring that is full holds records from before the loss, which are taken first. Each record says how much its CPU had lost by
//! then, so the first one behind a gap is known by that; where none comes, losses are told once everything from before
//! they were noticed was taken. What is known of descriptors and mappings is in doubt from the notice on, until then.

use std::collections::BTreeMap;

use super::books::Books;
use super::{Fold, line};
use crate::event::{Line, Loss, StateLoss};
use crate::probe::CpuLosses;
use crate::record::Record;
use crate::sink::Lines;

/// What is known of a CPU's losses.
#[derive(Clone, Debug, Default)]
pub(super) struct Cpu {
    /// What was told of.
    known: CpuLosses,
    /// What is to be told once the records from before it were taken, and when it was noticed.
    noticed: Option<(u64, CpuLosses)>,
    /// Time of its last record.
    pub(super) last: u64,
}

impl Cpu {
    /// The counters as they were seen last.
    fn newest(&self) -> &CpuLosses {
        self.noticed.as_ref().map_or(&self.known, |(_, now)| now)
    }
}

/// Whether a record says that its CPU has lost more than that.
fn says_more(record: &Record<'_>, known: Option<&CpuLosses>) -> bool {
    let known = known.map_or(0, |cpu| {
        if record.is_state() {
            cpu.state_lost
        } else {
            cpu.lost
        }
    });
    record.header.lost.wrapping_sub(known as u32).cast_signed() > 0
}

impl Books {
    /// Whether a record says that its CPU has lost more than is known.
    pub(super) fn is_behind(&self, record: &Record<'_>) -> bool {
        let cpu = self.cpus.get(&record.header.cpu);
        says_more(record, cpu.map(Cpu::newest))
    }

    /// Whether something is to be told before this record: it says itself that its CPU has lost something, or it is from
    /// after the time when losses were noticed.
    pub(super) fn tells(&self, record: &Record<'_>) -> bool {
        if self.noticed == 0 {
            return false;
        }
        let cpu = self.cpus.get(&record.header.cpu);
        record.header.time > self.noticed || says_more(record, cpu.map(|cpu| &cpu.known))
    }

    /// Takes the counters of loss as they were at a time, to be told of later; gives how many records of state are missing that
    /// were not before.
    fn notice(&mut self, boot_ns: u64, cpus: &[CpuLosses]) -> u64 {
        let mut state = 0;
        for now in cpus {
            let started = self.started;
            let cpu = self.cpus.entry(now.cpu).or_insert_with(|| Cpu {
                last: started,
                ..Cpu::default()
            });
            let before = cpu.newest();
            if now != before {
                state += now.state_lost.saturating_sub(before.state_lost);
                cpu.noticed = Some((boot_ns, now.clone()));
                self.noticed = boot_ns;
            }
        }
        state
    }

    pub(super) fn state_lost(&self) -> u64 {
        self.cpus.values().map(|cpu| cpu.newest().state_lost).sum()
    }
}

impl Fold {
    /// Takes the counters of loss. What is new in them is said where it is missing: the rings hold records from before it.
    pub(super) fn losses(&mut self, boot_ns: u64, cpus: &[CpuLosses]) {
        if self.books.notice(boot_ns, cpus) > 0 {
            self.world.lost(boot_ns);
        }
    }

    /// Says what is to be said before a record: losses of its CPU, or of all once it is from after they were noticed.
    pub(super) fn tell_losses_before(&mut self, record: &Record<'_>, out: &mut impl Lines) {
        if !self.books.tells(record) {
            return;
        }
        self.tell_losses_by(record.header.time, out);
        self.tell_losses_of(record.header.cpu, out);
    }

    /// Says all that was noticed before that time.
    pub(super) fn tell_losses_by(&mut self, time: u64, out: &mut impl Lines) {
        if time > self.books.noticed {
            self.tell_losses(out);
        }
    }

    /// Says all that was noticed.
    pub(super) fn tell_losses(&mut self, out: &mut impl Lines) {
        if self.books.noticed == 0 {
            return;
        }
        let cpus: Vec<u16> = self.books.cpus.keys().copied().collect();
        for cpu in cpus {
            self.tell_losses_of(cpu, out);
        }
        self.books.noticed = 0;
    }

    fn tell_losses_of(&mut self, cpu: u16, out: &mut impl Lines) {
        let Some(books) = self.books.cpus.get_mut(&cpu) else {
            return;
        };
        let Some((boot_ns, now)) = books.noticed.take() else {
            return;
        };
        let from_ns = books.last.min(boot_ns);
        let before = std::mem::replace(&mut books.known, now.clone());
        let state = now.state_lost.saturating_sub(before.state_lost);
        self.calls_lost(&before, &now, from_ns, boot_ns, out);
        if state > 0 {
            let seq = self.next_seq();
            let run = &self.start.run;
            let line = StateLoss {
                run,
                seq,
                count: state,
                cpu,
                from_ns,
                to_ns: boot_ns,
            };
            out.line(&Line::StateLoss(line), None);
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
}

#[cfg(test)]
mod tests {
    use bytemuck::bytes_of;
    use kprobe_common::index::Abi;
    use kprobe_common::record::{Frame, Header, kind};
    use kprobe_common::table::rows::ROWS;
    use serde_json::Value;

    use super::*;
    use crate::input::{Fact, Input, Start};
    use crate::record::tests::record;

    fn index() -> u16 {
        let row = ROWS.iter().find(|row| row.name == "getppid");
        row.and_then(|row| row.index(Abi::Arm64)).unwrap()
    }

    /// A call on a CPU that has lost so much by then.
    fn call(fold: &mut Fold, out: &mut Vec<u8>, (cpu, time, lost): (u16, u64, u32)) {
        let header = Header {
            kind: kind::ENTER,
            cpu,
            lost,
            time,
            tgid: 7,
            tid: 7,
            index: index(),
            ..Header::default()
        };
        let bytes = record(header, bytes_of(&Frame::default()), &[]);
        fold.push(Input::Record(&bytes), out);
    }

    fn losses(fold: &mut Fold, out: &mut Vec<u8>, (cpu, boot_ns, lost): (u16, u64, u64)) {
        let cpus = vec![CpuLosses {
            cpu,
            lost,
            by_index: vec![(index(), lost, 0)],
            ..CpuLosses::default()
        }];
        fold.push(Input::Fact(&Fact::Losses { boot_ns, cpus }), out);
    }

    fn begun() -> (Fold, Vec<u8>) {
        let (mut fold, mut out) = (Fold::new(), Vec::new());
        // Without returns, a call is told when it begins.
        let start = Fact::Start(Box::<Start>::default());
        fold.push(Input::Fact(&start), &mut out);
        out.clear();
        (fold, out)
    }

    /// Calls and losses, as they were told: `7` a call at that time, `3..9:2` two calls between these.
    fn told(out: &[u8]) -> Vec<String> {
        let lines = str::from_utf8(out).unwrap().lines();
        let lines = lines.map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter_map(|line: Value| match line["type"].as_str()? {
                "syscall" => Some(line["boot_ns"].to_string()),
                "loss" => Some(format!(
                    "{}..{}:{}",
                    line["from_ns"], line["to_ns"], line["count"]
                )),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_loss_is_told_where_records_are_missing() {
        let (mut fold, mut out) = begun();
        losses(&mut fold, &mut out, (0, 100, 2));
        for record in [(0, 10, 0), (1, 20, 0), (0, 30, 2), (0, 40, 2)] {
            call(&mut fold, &mut out, record);
        }
        assert_eq!(told(&out), ["10", "20", "10..100:2", "30", "40"]);
        // The next gap.
        losses(&mut fold, &mut out, (0, 200, 5));
        losses(&mut fold, &mut out, (0, 300, 6));
        out.clear();
        for record in [(0, 120, 2), (0, 130, 5)] {
            call(&mut fold, &mut out, record);
        }
        assert_eq!(told(&out), ["120", "120..300:4", "130"]);
    }

    #[test]
    fn a_loss_that_no_record_tells_of_is_told_in_time() {
        let (mut fold, mut out) = begun();
        losses(&mut fold, &mut out, (0, 100, 2));
        for record in [(1, 100, 0), (1, 101, 0)] {
            call(&mut fold, &mut out, record);
        }
        assert_eq!(told(&out), ["100", "0..100:2", "101"]);
        losses(&mut fold, &mut out, (0, 200, 3));
        out.clear();
        for boot_ns in [200, 201] {
            assert!(told(&out).is_empty());
            fold.push(Input::Fact(&Fact::Tick { boot_ns }), &mut out);
        }
        assert_eq!(told(&out), ["0..200:1"]);
    }
}
