//! When it becomes known whose a process is, and what follows for whether it is shown.

use std::rc::Rc;

use kprobe_common::family::WEBVIEW_ZYGOTE;

use super::identity::{Packages, Whose};
use super::wanted::{Verdict, Wanted};
use super::{Happened, Process, Who, World};
use crate::event::{Kind, Proc, ProcessEvent, Targets};
use crate::record::{Body, Record};

/// What stands for a candidate's count that was there before the probes.
pub const MET: u32 = 1;

/// A process of which it became known whether it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The process.
    pub proc: Proc,
    /// How often its number was given away before, where the kernel half counted.
    pub births: Option<u32>,
    /// Shown or hidden.
    pub verdict: Verdict,
}

impl World {
    /// Takes who was asked for; whether that will change.
    pub fn ask(&mut self, targets: &Targets, changing: bool) {
        self.wanted = Wanted::new(targets, changing);
    }

    /// Takes who is asked for from now on. Those that are not any more leave, and are forgotten: what they do from now on
    /// is not seen. Those that are again are met anew.
    pub fn ask_anew(&mut self, targets: &Targets, time: u64, mut out: impl FnMut(Happened<'_>)) {
        self.ask(targets, true);
        let mut pids: Vec<u32> = self.processes.keys().copied().collect();
        pids.sort_unstable();
        let nobody = self.wanted.nobody();
        for pid in pids {
            let process = &self.processes[&pid];
            let verdict = self.wanted.verdict(process, &self.packages, nobody);
            match (process.verdict, verdict) {
                (Verdict::Shown, Verdict::Hidden | Verdict::Held) => {
                    if process.announced {
                        out(process.happened(ProcessEvent::Leave, time));
                    }
                    self.settled.push(Settled {
                        proc: process.proc,
                        births: process.births,
                        verdict: Verdict::Hidden,
                    });
                    self.forget(pid);
                }
                (Verdict::Hidden, Verdict::Shown | Verdict::Held) => self.forget(pid),
                (Verdict::Held, Verdict::Hidden | Verdict::Shown) => self.settle_one(pid, nobody),
                _ => {}
            }
        }
    }

    /// Takes what `packages.list` says.
    pub fn set_packages(&mut self, packages: Rc<Packages>) {
        self.packages = packages;
        for process in self.processes.values_mut() {
            // It may be a package's that was not there before.
            process.whose.take_if(|whose| whose.package.is_none());
        }
        let mut pids: Vec<u32> = self.processes.keys().copied().collect();
        pids.sort_unstable();
        for pid in pids {
            self.settle(pid);
        }
    }

    /// Whose a process is, where known.
    #[must_use]
    pub fn whose_is(&self, pid: u32) -> Option<&Whose> {
        self.processes.get(&pid)?.whose.as_ref()
    }

    /// The package that a process is of, where known.
    #[must_use]
    pub fn package(&self, proc: Proc) -> Option<Rc<str>> {
        let process = self.processes.get(&proc.pid);
        let whose = process
            .filter(|process| process.proc == proc)?
            .whose
            .as_ref()?;
        whose.package.clone()
    }

    /// Whether what a process did is shown.
    #[must_use]
    pub fn verdict(&self, who: &Who) -> Verdict {
        if self.wanted.is_everything() {
            return Verdict::Shown;
        }
        // What began while it was shown is shown; and its number may be another's since.
        let process = self.processes.get(&who.proc.pid);
        match process.filter(|process| process.proc == who.proc) {
            Some(process) if who.verdict != Verdict::Shown => process.verdict,
            _ => who.verdict,
        }
    }

    /// What is known of whether a process is shown.
    #[must_use]
    pub fn verdict_of(&self, pid: u32) -> Verdict {
        self.processes
            .get(&pid)
            .map_or(Verdict::Hidden, |process| process.verdict)
    }

    /// Takes which processes make those of apps.
    pub fn set_zygotes(&mut self, pids: &[u32]) {
        self.zygotes = pids.iter().copied().collect();
    }

    /// The probes go live. Of what was met before, those stay that are shown or may be, and those that make others.
    pub fn live(&mut self) {
        let hidden = self.processes.values();
        let hidden = hidden.filter(|process| process.verdict == Verdict::Hidden);
        let hidden: Vec<u32> = hidden.map(|process| process.proc.pid).collect();
        for pid in hidden {
            if !self.zygotes.contains(&pid) {
                self.forget(pid);
            }
        }
    }

    /// The processes of which it became known whether they are shown, since somebody asked.
    pub fn take_settled(&mut self) -> Vec<Settled> {
        std::mem::take(&mut self.settled)
    }

    /// A record of the kernel half says which user ID its thread has. What the kernel itself tells of mappings does not.
    pub fn saw_user(&mut self, record: &Record<'_>) {
        let header = &record.header;
        if matches!(record.body, Body::Mapped(_) | Body::Loading | Body::Untold) {
            return;
        }
        let process = self.processes.get_mut(&header.tgid);
        if let Some(process) = process.filter(|process| process.uid != header.uid) {
            process.uid = header.uid;
            // An app's process is its app's still when it is another user's.
            process.whose.take_if(|whose| whose.package.is_none());
            self.settle(header.tgid);
        }
    }

    /// A candidate is called so.
    pub(super) fn is_named(&mut self, record: &Record<'_>, out: &mut impl FnMut(Happened<'_>)) {
        let header = &record.header;
        let Some(part) = record.parts().next() else {
            return;
        };
        if let Some(process) = self.processes.get_mut(&header.tgid) {
            let name = String::from_utf8_lossy(part.bytes);
            let is_new = process.naming.take(&name, header.time);
            if is_new {
                process.cmdline = [name.into_owned()].into();
            }
            self.settle(header.tgid);
            if is_new {
                let process = &self.processes[&header.tgid];
                out(process.happened(ProcessEvent::Rename, header.time));
            }
        }
    }

    /// A zygote's child that waits for what it is to be was there already.
    pub(super) fn may_be_candidate(&mut self, pid: u32) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let zygote = process.ppid.filter(|ppid| self.zygotes.contains(ppid));
        if zygote.is_some() && (process.uid == 0 || process.uid == WEBVIEW_ZYGOTE) {
            process.candidate = !self.zygotes.contains(&pid);
            process.births = process.candidate.then_some(MET);
        }
    }

    /// Goes by what is known of a process now, and of those that it made.
    pub(super) fn settle(&mut self, pid: u32) {
        let mut due = vec![pid];
        while let Some(pid) = due.pop() {
            let was_known = self.whose_is(pid).is_some();
            self.settle_one(pid, false);
            if was_known || self.whose_is(pid).is_none() {
                continue;
            }
            let made = |process: &&Process| process.ppid == Some(pid) && process.whose.is_none();
            let children = self.processes.values().filter(made);
            let before = due.len();
            due.extend(children.map(|process| process.proc.pid));
            due[before..].sort_unstable_by(|one, other| other.cmp(one));
        }
    }

    /// Nothing more will be known of a process.
    pub(super) fn settle_at_last(&mut self, pid: u32) {
        self.settle_one(pid, true);
    }

    /// The run ends: nothing more will be known of any process.
    pub fn settle_all(&mut self) {
        let held = |process: &&Process| process.verdict == Verdict::Held;
        let held = self.processes.values().filter(held);
        let mut pids: Vec<u32> = held.map(|process| process.proc.pid).collect();
        pids.sort_unstable();
        for pid in pids {
            self.settle_at_last(pid);
        }
    }

    fn settle_one(&mut self, pid: u32, last: bool) {
        let Some(process) = self.processes.get(&pid) else {
            return;
        };
        let whose = match (&process.whose, self.whose(process)) {
            // Whose it is does not change with its name, which is its own to choose; what kind it is may show late.
            (Some(known), Some(now)) if now.package == known.package => Some(now),
            (Some(known), _) => Some(known.clone()),
            (None, now) => now,
        };
        let process = self.processes.get_mut(&pid).expect("it was there");
        process.whose = whose;
        let process = &self.processes[&pid];
        let verdict = self.wanted.verdict(process, &self.packages, last);
        let births = process.births;
        if verdict != process.verdict {
            if process.candidate && process.verdict == Verdict::Held {
                let undetermined = last && self.wanted.may_be(process, &self.packages);
                self.undetermined += u64::from(undetermined);
                self.not_target += u64::from(!undetermined && verdict == Verdict::Hidden);
            }
            self.settled.push(Settled {
                proc: process.proc,
                births,
                verdict,
            });
            self.processes.get_mut(&pid).expect("it was there").verdict = verdict;
        }
    }

    fn whose(&self, process: &Process) -> Option<Whose> {
        // Whoever had the number of its maker later is not its maker.
        let maker = process
            .ppid
            .and_then(|ppid| self.processes.get(&ppid))
            .filter(|maker| maker.proc.start <= process.proc.start);
        let made_by = maker.and_then(|maker| maker.whose.as_ref());
        // What an app starts is the app's, whatever it is called.
        if let (Some(maker), Some(whose)) = (maker, made_by)
            && maker.uid == process.uid
            && whose.package.is_some()
        {
            let kind = match whose.kind {
                Kind::AppZygote => Kind::Isolated,
                kind => kind,
            };
            return Some(Whose {
                kind,
                package: whose.package.clone(),
            });
        }
        // A zygote's child is what the zygote is until it is somebody's.
        if process.candidate && process.uid == process.born_uid {
            return None;
        }
        let name = process.naming.name.as_deref().unwrap_or_default();
        self.packages.whose(process.uid, name, made_by)
    }
}
