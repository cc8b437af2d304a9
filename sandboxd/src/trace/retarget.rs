//! Watches others while the run is live: user IDs and packages.
//!
//! The fold is told first, so that it knows what to do with what comes; then the kernel half: first of those that are new,
//! so that who is asked for before and after is never out of sight. `bpf(2)` is used here although the probes are live:
//! entries that the kernel skips meanwhile, on that CPU, are told by their returns.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use kprobe_common::config::{UIDS, target};
use kprobe_common::family::{FIRST_ISOLATED, PER_USER, born};

use super::TraceError;
use super::run::Run;
use crate::control::Who;
use crate::event;
use crate::facts;
use crate::input::Fact;
use crate::probe::ProbeError;
use crate::world::{Settled, Verdict};

/// A program of the kernel half that took a thread for a target has ended so much later.
const REST: Duration = Duration::from_secs(1);

/// Processes that have left: the kernel half remembers calls of their threads still, and nobody will tell it of their ends.
#[derive(Debug, Default)]
pub(super) struct Gone {
    pids: Vec<u32>,
    since: Option<Instant>,
}

impl Run {
    /// Watches these from now on, and no others.
    pub(super) fn retarget(&mut self, who: &Who, gone: &mut Gone) -> Result<(), TraceError> {
        if who.uids.len() > UIDS as usize {
            return Err(TraceError::Usage(format!(
                "{} user IDs are more than the {UIDS} that can be watched",
                who.uids.len()
            )));
        }
        if who.uids.contains(&u32::MAX) {
            let why = "4294967295 is (uid_t)-1, which stands for no user: no task has it";
            return Err(TraceError::Usage(why.to_owned()));
        }
        // Who has left may come back.
        self.forget_threads(gone)?;
        let before = self.fold.begun().targets.clone();
        let old_ids = self.packages.asked_ids();
        self.packages.ask(&who.packages)?;
        let ids = self.packages.ids_after(&old_ids);
        let targets = event::Targets {
            packages: who.packages.clone(),
            uids: who.uids.clone(),
            ..before.clone()
        };
        let boot_ns = facts::boot_ns();
        self.take(&Fact::Targets { boot_ns, targets });
        let settled = self.fold.take_verdicts();
        let set = |uids: &[u32]| uids.iter().copied().collect::<BTreeSet<u32>>();
        let (old_uids, uids) = (set(&before.uids), set(&who.uids));
        let changed = self.change(&(&uids - &old_uids), &(&old_uids - &uids), &ids);
        self.packages.keep_ids(&ids);
        self.loaded.family.set_apps(ids.iter().copied());
        self.tell_settled(&settled, &ids, gone);
        self.tell_verdicts();
        changed.map_err(TraceError::Partly)
    }

    /// Has the kernel half watch some user IDs more and some less.
    fn change(
        &mut self,
        more: &BTreeSet<u32>,
        less: &BTreeSet<u32>,
        ids: &BTreeSet<u32>,
    ) -> Result<(), ProbeError> {
        let added = self.add(more, ids);
        for &uid in less {
            self.loaded.remove_uid(uid)?;
        }
        added
    }

    /// Adds user IDs to the targets, and those of packages, and meets what runs of these.
    fn add(&mut self, uids: &BTreeSet<u32>, ids: &BTreeSet<u32>) -> Result<(), ProbeError> {
        for &uid in uids {
            self.loaded.add_uid(uid)?;
        }
        let both = self.packages.watched_ids() | ids;
        self.loaded.family.set_apps(both);
        self.watch_kinds();
        if self.packages.is_asked() {
            self.meet_makers()?;
            self.meet_processes(ids)?;
        }
        for process in facts::processes() {
            if self.verdict(process.pid) == Verdict::Shown || uids.contains(&process.uid) {
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
        self.loaded.watch(kinds);
    }

    /// Tells the kernel half of those that have left and that it would take for targets still, by their numbers or since others
    /// share their user ID; and of those of which it became known that they are targets.
    fn tell_settled(&mut self, settled: &[Settled], ids: &BTreeSet<u32>, gone: &mut Gone) {
        for settled in settled {
            let (pid, id) = (settled.proc.pid, settled.uid % PER_USER);
            let family = &self.loaded.family;
            let shown = settled.verdict == Verdict::Shown;
            match settled.births {
                Some(births) => family.say(born(pid, births), shown),
                None if !shown && (id >= FIRST_ISOLATED || ids.contains(&id)) => {
                    family.take_away(pid);
                }
                None => {}
            }
            if !shown {
                self.ignoring.forget(&mut self.loaded.ignored, pid);
                gone.pids.push(pid);
                gone.since = Some(Instant::now());
            }
        }
    }

    /// Has the kernel half forget the threads of those that have left: nothing of them reaches it by now.
    pub(super) fn forget_threads(&mut self, gone: &mut Gone) -> Result<(), ProbeError> {
        while let Some(&pid) = gone.pids.last() {
            for tid in facts::threads(pid).unwrap_or_default() {
                self.loaded.remove_thread(tid)?;
            }
            gone.pids.pop();
        }
        if gone.since.take().is_some() {
            // What was on its way from them has come, and has been counted.
            let boot_ns = facts::boot_ns();
            self.take(&Fact::Live { boot_ns });
        }
        Ok(())
    }
}

impl Gone {
    /// Whether everything of them has come to rest.
    pub(super) fn rests(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() >= REST)
    }
}
