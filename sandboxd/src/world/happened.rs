//! What happens to a process, for `process` lines.

use std::rc::Rc;

use super::World;
use super::ending::End;
use super::identity::Whose;
use super::process::Process;
use super::wanted::Verdict;
use crate::event::{From, Proc, ProcessEvent};
use crate::record::{Body, Record};

/// Something that happened to a process, for a `process` line.
#[derive(Clone, Debug)]
pub struct Happened<'a> {
    /// What.
    pub event: ProcessEvent,
    /// When, `CLOCK_BOOTTIME`, nanoseconds.
    pub time: u64,
    /// The process.
    pub proc: Proc,
    /// Its parent.
    pub ppid: Option<u32>,
    /// Its user ID.
    pub uid: u32,
    /// Its name.
    pub name: Option<Rc<str>>,
    /// The words of its command line; none where that is not known.
    pub cmdline: Rc<[String]>,
    /// What it executed.
    pub path: Option<&'a [u8]>,
    /// From when on it was seen.
    pub from: From,
    /// Whose it is, where known.
    pub whose: Option<Whose>,
    /// Whether it is shown.
    pub verdict: Verdict,
    /// How it ended, where that is certain.
    pub end: Option<End>,
}

impl Happened<'_> {
    /// Without what lies in a record.
    #[must_use]
    pub fn without_path(&self) -> Happened<'static> {
        Happened {
            path: None,
            name: self.name.clone(),
            cmdline: Rc::clone(&self.cmdline),
            whose: self.whose.clone(),
            ..*self
        }
    }
}

impl World {
    /// The processes that are shown and were told of, by number: they are there at that time.
    #[must_use]
    pub fn running(&self, time: u64) -> Vec<Happened<'static>> {
        let told = |process: &&Process| process.announced && process.verdict == Verdict::Shown;
        let told = self.processes.values().filter(told);
        let mut running: Vec<_> = told
            .map(|process| process.happened(ProcessEvent::Attach, time))
            .collect();
        running.sort_unstable_by_key(|happened| happened.proc.pid);
        running
    }
}

/// How a process is gone: it has ended, or its last thread is no target any more.
pub(super) fn end(record: &Record<'_>) -> ProcessEvent {
    match record.body {
        Body::Left => ProcessEvent::Leave,
        _ => ProcessEvent::Exit,
    }
}
