//! What lines have in common with the one before: the run, the second, the thread and whose it is. Written once, then
//! copied for as long as it stays the same.

use super::number::LastTime;
use super::{put, until_zero};
use crate::event::{Proc, Syscall, Time};

/// Threads are remembered in so many places, by the last bits of their numbers.
const PLACES: usize = 64;

/// What the last lines had.
#[derive(Debug)]
pub(super) struct Heads {
    run: String,
    /// The line's beginning, up to the number.
    opening: Vec<u8>,
    time: LastTime,
    threads: Vec<Option<Box<Head>>>,
}

/// What lines of a thread have in common, and how it is written.
#[derive(Debug)]
struct Head {
    proc: Proc,
    ids: [u32; 4],
    comm: Box<[u8]>,
    package: Option<Box<str>>,
    process_name: Option<Box<str>>,
    abi: &'static str,
    bytes: Vec<u8>,
}

impl Default for Heads {
    fn default() -> Self {
        Self {
            run: String::new(),
            opening: Vec::new(),
            time: LastTime::default(),
            threads: std::iter::repeat_with(|| None).take(PLACES).collect(),
        }
    }
}

impl Heads {
    /// Appends the beginning of a line of that run, up to its number.
    #[inline]
    pub(super) fn open(&mut self, out: &mut Vec<u8>, run: &str) {
        if self.opening.is_empty() || self.run != run {
            run.clone_into(&mut self.run);
            self.opening.clear();
            self.opening
                .extend_from_slice(br#"{"type":"syscall","run":"#);
            put::text(&mut self.opening, run);
            self.opening.extend_from_slice(br#","seq":"#);
        }
        out.extend_from_slice(&self.opening);
    }

    /// Appends a key and a time, as a string.
    #[inline]
    pub(super) fn time(&mut self, out: &mut Vec<u8>, key: &'static [u8], time: Time) {
        put::word(out, key, self.time.rfc3339(time));
    }

    /// Appends who made a call, with a comma before it: from the process to the ABI.
    #[inline]
    pub(super) fn thread(&mut self, out: &mut Vec<u8>, call: &Syscall<'_>) {
        let place = &mut self.threads[call.tid as usize % PLACES];
        match place {
            Some(head) if head.is_of(call) => out.extend_from_slice(&head.bytes),
            _ => {
                let head = place.insert(Box::new(Head::of(call)));
                out.extend_from_slice(&head.bytes);
            }
        }
    }
}

impl Head {
    fn of(call: &Syscall<'_>) -> Self {
        let mut bytes = Vec::with_capacity(256);
        super::syscall::write_thread(&mut bytes, call);
        Self {
            proc: call.proc,
            ids: ids(call),
            comm: until_zero(call.comm.0).into(),
            package: call.package.map(Into::into),
            process_name: call.process_name.map(Into::into),
            abi: call.abi,
            bytes,
        }
    }

    #[inline]
    fn is_of(&self, call: &Syscall<'_>) -> bool {
        self.ids == ids(call)
            && self.proc == call.proc
            && *self.comm == *until_zero(call.comm.0)
            && self.package.as_deref() == call.package
            && self.process_name.as_deref() == call.process_name
            && self.abi == call.abi
    }
}

#[inline]
fn ids(call: &Syscall<'_>) -> [u32; 4] {
    [call.pid, call.tid, call.uid, call.user]
}
