//! What lines have in common with the one before: the run, the second, the thread and whose it is. Written once, then
//! copied for as long as it stays the same.

use super::{put, until_zero};
use crate::event::{Proc, Syscall, Time};

/// Threads are remembered in so many places, by the last bits of their numbers.
const PLACES: usize = 64;
/// Bytes of a time up to the second, `2026-11-23T02:40:12.`.
const SECOND: usize = 20;
const SECOND_NS: u64 = 1_000_000_000;

/// What the last lines had.
#[derive(Debug)]
pub(super) struct Heads {
    run: String,
    /// The line's beginning, up to the number.
    opening: Vec<u8>,
    /// A second, and how its times begin.
    second: (u64, [u8; SECOND]),
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
            second: (u64::MAX, [0; SECOND]),
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

    /// Appends a time, as a string.
    #[inline]
    pub(super) fn time(&mut self, out: &mut Vec<u8>, time: Time) {
        let (second, nanos) = (time.0 / SECOND_NS, time.0 % SECOND_NS);
        if self.second.0 != second {
            let whole = time.rfc3339();
            let begin = whole.as_str().as_bytes().first_chunk();
            self.second = (second, *begin.unwrap_or(&[0; SECOND]));
        }
        let mut text = *b"\"2026-11-23T02:40:12.123456789Z\"";
        text[1..=SECOND].copy_from_slice(&self.second.1);
        // Four pairs and a digit.
        let (pairs, last) = (nanos / 10, nanos % 10);
        for (at, value) in [(27, pairs), (25, pairs / 100), (23, pairs / 10_000)] {
            put::pair(&mut text, at, value % 100);
        }
        put::pair(&mut text, 21, pairs / 1_000_000);
        text[29] = b'0' + last as u8;
        out.extend_from_slice(&text);
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
