//! Watches others while the run is live: user IDs and packages.
//!
//! The fold is told first, so that it knows what to do with what comes; then the kernel half. `bpf(2)` is used here although
//! the probes are live: entries that the kernel skips meanwhile, on that CPU, are told by their returns.

use std::collections::BTreeSet;

use kprobe_common::config::target;

use super::TraceError;
use super::run::Run;
use crate::control::Who;
use crate::event;
use crate::facts;
use crate::input::Fact;
use crate::probe::ProbeError;
use crate::world::Verdict;

impl Run {
    /// Watches these from now on, and no others. Returns whether somebody was taken from the targets.
    pub(super) fn retarget(&mut self, who: &Who) -> Result<bool, TraceError> {
        let before = self.fold.begun().targets.clone();
        let old_ids = self.packages.asked_ids();
        self.packages.ask(&who.packages)?;
        let ids = self.packages.asked_ids();
        let targets = event::Targets {
            packages: who.packages.clone(),
            uids: who.uids.clone(),
            ..before.clone()
        };
        let boot_ns = facts::boot_ns();
        self.take(&Fact::Targets { boot_ns, targets });
        let set = |uids: &[u32]| uids.iter().copied().collect::<BTreeSet<u32>>();
        let (old_uids, uids) = (set(&before.uids), set(&who.uids));
        let taken = self.take_away(&(&old_uids - &uids), &ids)?;
        self.add(&(&uids - &old_uids), &(&ids - &old_ids), &ids)?;
        Ok(taken || !(&old_ids - &ids).is_empty())
    }

    /// Takes user IDs from the targets, and every process that has left by now.
    fn take_away(&mut self, uids: &BTreeSet<u32>, ids: &BTreeSet<u32>) -> Result<bool, ProbeError> {
        for settled in self.fold.take_verdicts() {
            if settled.verdict == Verdict::Hidden {
                self.loaded.family.take_away(settled.proc.pid);
            }
        }
        for &uid in uids {
            self.loaded.remove_uid(uid)?;
        }
        self.packages.keep_ids(ids);
        self.loaded.family.set_apps(ids.iter().copied());
        Ok(!uids.is_empty())
    }

    /// Adds user IDs, and those of packages within an Android user, to the targets, and meets what runs of packages.
    fn add(
        &mut self,
        uids: &BTreeSet<u32>,
        new: &BTreeSet<u32>,
        ids: &BTreeSet<u32>,
    ) -> Result<(), ProbeError> {
        self.forget_slots(uids, new)?;
        for &uid in uids {
            self.loaded.add_uid(uid)?;
        }
        self.watch_kinds();
        if self.packages.is_asked() {
            self.meet_makers()?;
            self.meet_processes(ids, Some(new))?;
            self.tell_verdicts();
        }
        Ok(())
    }

    /// What the kernel half remembers of threads that were watched before is out of date, and what was said of their
    /// processes does not hold any more.
    fn forget_slots(
        &mut self,
        uids: &BTreeSet<u32>,
        ids: &BTreeSet<u32>,
    ) -> Result<(), ProbeError> {
        let is_new = |uid: u32| {
            uids.contains(&uid) || ids.contains(&(uid % kprobe_common::family::PER_USER))
        };
        for process in facts::processes() {
            if is_new(process.uid) {
                for tid in facts::threads(process.pid).unwrap_or_default() {
                    self.loaded.remove_thread(tid)?;
                }
                self.loaded.family.take_back(process.pid);
            }
        }
        Ok(())
    }

    /// Which tests a task is put to from now on. What zygotes make is followed once it was.
    fn watch_kinds(&mut self) {
        let targets = &self.fold.begun().targets;
        let mut kinds = self.loaded.shared.watched() & !target::UIDS;
        if !targets.uids.is_empty() {
            kinds |= target::UIDS;
        }
        if !targets.packages.is_empty() {
            kinds |= target::PACKAGES | target::BORN;
        }
        self.loaded.shared.watch(kinds);
    }
}
