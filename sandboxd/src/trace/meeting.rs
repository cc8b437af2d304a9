//! Meets processes of packages that run already, and finds those that make others: before the probes are live, and when the
//! list of packages, or who is asked for, changes.

use std::collections::BTreeSet;
use std::path::Path;

use kprobe_common::family::{FIRST_ISOLATED, PER_USER, WEBVIEW_ZYGOTE};
use kprobe_common::thread::flag;

use super::run::Run;
use crate::facts::{self, PACKAGES, Running};
use crate::input::Fact;
use crate::probe::ProbeError;
use crate::world::Verdict;

impl Run {
    /// Before the probes are live: tells the kernel half of user IDs and zygotes, and meets what runs already. Returns
    /// whether something of what was asked for does.
    pub(super) fn meet(&mut self) -> Result<bool, ProbeError> {
        self.take(&self.packages.fact());
        if !self.packages.is_asked() {
            return Ok(false);
        }
        let ids = self.packages.asked_ids();
        self.packages.keep_ids(&ids);
        self.loaded.family.set_apps(ids.iter().copied());
        self.meet_makers()?;
        let runs = self.meet_processes(&ids)?;
        self.forget_verdicts();
        let boot_ns = facts::boot_ns();
        self.take(&Fact::Live { boot_ns });
        Ok(runs)
    }

    /// Finds the zygotes: what they make from now on is told.
    pub(super) fn meet_makers(&mut self) -> Result<(), ProbeError> {
        for process in facts::processes() {
            self.add_zygote(process.pid)?;
        }
        let pids = self.packages.zygotes.clone();
        self.take(&Fact::Zygotes { pids });
        Ok(())
    }

    /// Meets what runs of these user IDs, but for what is known already. Returns whether something of what was asked for does.
    pub(super) fn meet_processes(&mut self, ids: &BTreeSet<u32>) -> Result<bool, ProbeError> {
        let mut runs = false;
        for process in &facts::processes() {
            let verdict = match self.verdict(process.pid) {
                Verdict::Hidden => self.meet_process(process, ids)?,
                known => known,
            };
            runs |= verdict == Verdict::Shown;
        }
        Ok(runs)
    }

    /// Looks a process up that may be a target or may make some, and says what is known of whether it is one.
    fn meet_process(
        &mut self,
        process: &Running,
        ids: &BTreeSet<u32>,
    ) -> Result<Verdict, ProbeError> {
        let (pid, id) = (process.pid, process.uid % PER_USER);
        let zygotes = &self.packages.zygotes;
        let is_zygote = zygotes.contains(&pid);
        let is_born = !is_zygote && zygotes.contains(&process.ppid);
        let waits = is_born && (process.uid == 0 || process.uid == WEBVIEW_ZYGOTE);
        let is_app = ids.contains(&id);
        let may_be = (is_app || id >= FIRST_ISOLATED) && self.packages.has_user(process.uid);
        if !is_zygote && !waits && !may_be {
            return Ok(Verdict::Hidden);
        }
        let files = !is_zygote && self.follows_files();
        self.take(&facts::process(
            pid,
            pid,
            process.uid,
            facts::boot_ns(),
            files,
        ));
        let verdict = self.verdict(pid);
        if waits {
            if let Some(line) = facts::command_line(pid) {
                self.loaded.add_candidate(pid, line)?;
            }
        } else if verdict == Verdict::Hidden && is_app {
            self.loaded.family.say_other(pid);
        } else if verdict != Verdict::Hidden && id >= FIRST_ISOLATED {
            self.follow(pid)?;
        }
        Ok(verdict)
    }

    /// Watches a process by its number, since its user ID says nothing.
    fn follow(&mut self, pid: u32) -> Result<(), ProbeError> {
        self.loaded.add_process(pid, flag::INHERITED)?;
        for tid in facts::threads(pid).unwrap_or_default() {
            self.loaded.add_thread(tid, flag::INHERITED)?;
        }
        Ok(())
    }

    /// Adds a process to the zygotes, if it is one.
    fn add_zygote(&mut self, pid: u32) -> Result<(), ProbeError> {
        if let Some(line) = facts::zygote(pid) {
            self.loaded.add_zygote(pid, line)?;
            // Those that are no more have left their numbers to others.
            self.packages
                .zygotes
                .retain(|&other| other != pid && facts::zygote(other).is_some());
            self.packages.zygotes.push(pid);
        }
        Ok(())
    }

    /// A program is about to be loaded: a zygote is started anew when it has ended. (With `bpf(2)`, while the probes are live,
    /// but no app runs then: they end with their zygote.)
    pub(super) fn may_be_zygote(&mut self, pid: u32) {
        let before = self.packages.zygotes.len();
        if let Err(error) = self.add_zygote(pid) {
            tracing::warn!("cannot watch the zygote {pid}: {error}");
        }
        if self.packages.zygotes.len() > before {
            let pids = self.packages.zygotes.clone();
            self.take(&Fact::Zygotes { pids });
        }
    }

    /// The list of packages was written anew.
    pub(super) fn renew_packages(&mut self) {
        let watch = self.packages.watch.as_mut();
        let changed = watch.is_some_and(|watch| facts::has_changed(watch, Path::new(PACKAGES)));
        if !changed {
            return;
        }
        let before = self.packages.missing_ones();
        if !self.packages.renew() {
            return;
        }
        self.packages.say_news(&before);
        let new: BTreeSet<u32> = &self.packages.asked_ids() - &self.packages.ids;
        self.packages.ids.extend(&new);
        self.loaded
            .family
            .set_apps(self.packages.ids.iter().copied());
        self.take(&self.packages.fact());
        if let Err(error) = self.meet_new(&new) {
            tracing::warn!("cannot watch what runs already: {error}");
        }
    }

    /// Meets what runs of packages that were not in the list before: nobody wanted it then.
    fn meet_new(&mut self, new: &BTreeSet<u32>) -> Result<(), ProbeError> {
        if new.is_empty() {
            return Ok(());
        }
        for process in facts::processes() {
            if new.contains(&(process.uid % PER_USER)) {
                let verdict = self.meet_process(&process, new)?;
                if verdict != Verdict::Hidden {
                    self.loaded.family.take_back(process.pid);
                }
            }
        }
        Ok(())
    }
}
