//! What processes are called: the first word of the command line, which a program can write over at any time.
//!
//! No call tells of that. Android's apps set their main thread's name just before (`AndroidRuntime::setArgv0`), so
//! `/proc` is asked again after each change of that name.

use std::rc::Rc;

use kprobe_common::record::Header;
use kprobe_common::table::{Syscall, change};

use super::{Happened, Process, World};
use crate::event::ProcessEvent;
use crate::input::NameLook;
use crate::record::Record;

/// When a name is looked at, after a change and after the look before: at once, since it is mostly there by then, and
/// later, since the command line is written after the thread's name. Nanoseconds.
const LATER_NS: [u64; 2] = [1_000_000_000, 100_000_000];
/// Two looks lie at least so far apart: a program can change its name faster than anybody can look. Nanoseconds.
const APART_NS: u64 = 20_000_000;

/// What an app is called for a while after it had its name already, until it is told which app it is.
/// <https://android.googlesource.com/platform/frameworks/base/+/main/core/java/android/app/ActivityThread.java>
const NO_NAME: &str = "<pre-initialized>";

/// What is known of a process's name.
#[derive(Clone, Debug, Default)]
pub(super) struct Naming {
    /// The name: the first word of the command line.
    pub(super) name: Option<Rc<str>>,
    /// What the main thread was last seen to be called.
    comm: Option<[u8; 16]>,
    /// From when on it should be looked at again, and how many times more after that.
    due: Option<(u64, usize)>,
    /// When it was looked at.
    looked: u64,
}

impl Naming {
    /// Of a new process, which is called like its parent; its main thread like the thread that made it.
    pub(super) fn child(&self, comm: [u8; 16]) -> Self {
        Self {
            name: self.name.clone(),
            comm: Some(comm),
            ..Self::default()
        }
    }

    /// Of another program.
    pub(super) fn executed(comm: [u8; 16]) -> Self {
        Self {
            comm: Some(comm),
            ..Self::default()
        }
    }

    /// The main thread is called `comm`.
    fn saw(&mut self, comm: [u8; 16], time: u64) {
        if self.comm.replace(comm).is_some_and(|known| known != comm) {
            self.changed(time);
        }
    }

    /// The name may be another from now on.
    fn changed(&mut self, time: u64) {
        let from = time.max(self.looked.saturating_add(APART_NS));
        self.due = Some((from, LATER_NS.len()));
    }

    /// Takes what `/proc` says. Returns whether the name is another now.
    pub(super) fn take(&mut self, name: &str, ended: u64) -> bool {
        self.looked = ended;
        self.due = self.due.and_then(|(_, left)| {
            let left = left.checked_sub(1)?;
            Some((ended.saturating_add(LATER_NS[left]), left))
        });
        // Nothing is there while a new one is being written.
        if name.is_empty() || name == NO_NAME {
            let is_nameless = self.name.is_none() && self.due.is_none();
            self.due = self
                .due
                .or(is_nameless.then(|| (ended.saturating_add(APART_NS), 1)));
            return false;
        }
        if self.name.as_deref() == Some(name) {
            return false;
        }
        self.name.replace(name.into()).is_some()
    }
}

impl Process {
    /// Whether its name should be looked at again.
    pub(super) fn name_is_due(&self, time: u64) -> bool {
        self.naming.due.is_some_and(|(from, _)| from <= time)
    }
}

impl World {
    /// Notes what the thread of a record is called.
    pub(super) fn thread_is_called(&mut self, header: &Header, comm: [u8; 16]) {
        if header.tid == header.tgid
            && let Some(process) = self.processes.get_mut(&header.tgid)
        {
            process.naming.saw(comm, header.time);
        }
    }

    /// A call returned that may have named its thread.
    pub(super) fn may_have_named(&mut self, record: &Record<'_>, row: &Syscall, ret: i64) {
        let header = &record.header;
        if row.state & change::NAME != 0
            && ret >= 0
            && header.tid == header.tgid
            && let Some(process) = self.processes.get_mut(&header.tgid)
        {
            process.naming.changed(header.time);
        }
    }

    /// Takes a look at a name, for a record of that time.
    pub fn look_at_name(&mut self, look: &NameLook, at: u64, mut out: impl FnMut(Happened<'_>)) {
        let Some(process) = self.processes.get_mut(&look.pid) else {
            return;
        };
        let found = look.found.as_ref();
        // If the number is another process's by now, the name is too.
        let name = found
            .filter(|found| found.start <= process.proc.start)
            .map_or("", |found| found.name.as_str());
        let is_new = process.naming.take(name, look.ended);
        if is_new {
            process.cmdline = [name.to_owned()].into();
        }
        self.settle(look.pid);
        if is_new {
            out(self.processes[&look.pid].happened(ProcessEvent::Rename, at));
        }
    }
}
