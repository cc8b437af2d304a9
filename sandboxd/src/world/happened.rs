//! What happens to a process, for `process` lines.

use std::rc::Rc;

use super::ending::End;
use crate::event::{Proc, ProcessEvent};
use crate::record::{Body, Record};

/// Something that happened to a process, for a `process` line.
#[derive(Debug)]
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
    /// What it executed.
    pub path: Option<&'a [u8]>,
    /// How it ended, where that is certain.
    pub end: Option<End>,
}

/// How a process is gone: it has ended, or its last thread is no target any more.
pub(super) fn end(record: &Record<'_>) -> ProcessEvent {
    match record.body {
        Body::Left => ProcessEvent::Leave,
        _ => ProcessEvent::Exit,
    }
}
