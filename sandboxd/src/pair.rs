//! Joins the entry of a call with its return, thread by thread. Knows no names.
//!
//! A thread has one call under way at most. What is unusual is a state like any other: a return without an entry, an
//! entry whose return is missing, a call that is still going on, a thread that was killed in its call.

use kprobe_common::record::flag;
use rustc_hash::FxHashMap;

use crate::event::Outcome;
use crate::record::{Body, Record};

/// Returns that ask for a restart; only a thread that does nothing after one was killed in it.
const RESTART: std::ops::RangeInclusive<i64> = -516..=-512;
/// A thread that has done nothing for so long after such a return was not killed, or its end was lost.
const RESTART_WAIT_NS: u64 = 1_000_000_000;
/// Buffers of entries that have ended are kept for others, so many, unless they are larger than most entries need.
const SPARE_MAX: usize = 64;
const SPARE_BYTES: usize = 4096;

/// A call as it comes out: its records, and what became of it.
#[derive(Debug)]
pub struct Paired<'a, W> {
    /// The entry.
    pub enter: Option<Record<'a>>,
    /// The return, with the registers too where there is no entry.
    pub exit: Option<Record<'a>>,
    /// What became of it.
    pub outcome: Outcome,
    /// The thread was killed in it.
    pub killed: bool,
    /// The program that it executed, as the kernel has it.
    pub executed: Option<&'a [u8]>,
    /// What was known of the caller when the call began.
    pub who: W,
}

/// Calls under way. `W` is what is known of the caller at the time of the entry.
#[derive(Debug)]
pub struct Pair<W> {
    under_way: FxHashMap<u32, Pending<W>>,
    returns: bool,
    spare: Vec<Vec<u8>>,
}

#[derive(Debug)]
struct Pending<W> {
    enter: Vec<u8>,
    /// Empty, unless its return asked for a restart and waits for what the thread does next.
    exit: Vec<u8>,
    executed: Vec<u8>,
    time: u64,
    who: W,
}

impl<W: Clone> Pair<W> {
    /// Without calls. `returns` says whether returns are watched at all.
    #[must_use]
    pub fn new(returns: bool) -> Self {
        Self {
            under_way: FxHashMap::default(),
            returns,
            spare: Vec::new(),
        }
    }

    /// An entry, or a return without one.
    pub fn begin(
        &mut self,
        record: &Record<'_>,
        bytes: &[u8],
        never_returns: bool,
        who: W,
        out: &mut dyn FnMut(Paired<'_, W>),
    ) {
        let tid = record.header.tid;
        self.leave(tid, Outcome::ExitMissed, out);
        let alone = match record.body {
            Body::Enter(_) if never_returns => Outcome::NoReturn,
            Body::Enter(_) if !self.returns => Outcome::Entered,
            Body::Enter(_) if record.has(flag::NO_SLOT) => Outcome::ExitMissed,
            Body::Enter(_) => {
                let pending = Pending {
                    enter: self.copy(bytes),
                    exit: Vec::new(),
                    executed: Vec::new(),
                    time: record.header.time,
                    who,
                };
                self.under_way.insert(tid, pending);
                return;
            }
            _ => {
                let outcome = if record.is_blocked() {
                    Outcome::Blocked
                } else if record.has(flag::ARRIVED) {
                    Outcome::Returned
                } else {
                    Outcome::EntryMissed
                };
                let (enter, exit) = (None, Some(*record));
                out(Paired {
                    enter,
                    exit,
                    outcome,
                    killed: false,
                    executed: None,
                    who,
                });
                return;
            }
        };
        let (enter, exit) = (Some(*record), None);
        out(Paired {
            enter,
            exit,
            outcome: alone,
            killed: false,
            executed: None,
            who,
        });
    }

    /// A return.
    pub fn end(&mut self, record: &Record<'_>, bytes: &[u8], out: &mut dyn FnMut(Paired<'_, W>)) {
        let tid = record.header.tid;
        let Body::Exit(ret) = record.body else { return };
        // A 32-bit return was sign-extended by the kernel half.
        if !RESTART.contains(&ret.ret) {
            if let Some(pending) = self.under_way.remove(&tid) {
                self.give(pending, Some(*record), Outcome::Returned, false, out);
            }
        } else if let Some(pending) = self.under_way.get_mut(&tid) {
            pending.exit.clear();
            pending.exit.extend_from_slice(bytes);
            pending.time = record.header.time;
        }
    }

    /// Whether a call of that thread is under way.
    #[must_use]
    pub fn is_inside(&self, tid: u32) -> bool {
        self.under_way.contains_key(&tid)
    }

    /// Whether a return is the end of its call, of which its thread says no more.
    #[must_use]
    pub fn ends(&self, enter: &Record<'_>, ret: i64) -> bool {
        self.returns && !enter.has(flag::NO_SLOT) && !RESTART.contains(&ret)
    }

    /// The thread lives on.
    pub fn resume(&mut self, tid: u32, out: &mut dyn FnMut(Paired<'_, W>)) {
        if self
            .under_way
            .get(&tid)
            .is_some_and(|pending| !pending.exit.is_empty())
        {
            self.leave(tid, Outcome::Returned, out);
        }
    }

    /// A program was executed: the thread `old_tid` goes on as `tid`.
    pub fn exec(
        &mut self,
        old_tid: u32,
        tid: u32,
        path: &[u8],
        out: &mut dyn FnMut(Paired<'_, W>),
    ) {
        if old_tid != tid {
            self.kill(tid, out);
            if let Some(pending) = self.under_way.remove(&old_tid) {
                self.under_way.insert(tid, pending);
            }
        }
        if let Some(pending) = self.under_way.get_mut(&tid) {
            pending.executed.clear();
            pending.executed.extend_from_slice(path);
        }
    }

    /// The thread is watched no more.
    pub fn let_go(&mut self, tid: u32, out: &mut dyn FnMut(Paired<'_, W>)) {
        self.leave(tid, Outcome::ExitMissed, out);
    }

    /// The thread ended.
    pub fn kill(&mut self, tid: u32, out: &mut dyn FnMut(Paired<'_, W>)) {
        let Some(pending) = self.under_way.remove(&tid) else {
            return;
        };
        let killed = !pending.exit.is_empty();
        self.give(pending, None, Outcome::ExitMissed, killed, out);
    }

    /// Time passed: threads that have said nothing since a restart are let go.
    pub fn tick(&mut self, now: u64, out: &mut dyn FnMut(Paired<'_, W>)) {
        let mut silent: Vec<(u64, u32)> = self
            .under_way
            .iter()
            .filter(|(_, pending)| !pending.exit.is_empty())
            .filter(|(_, pending)| pending.time.saturating_add(RESTART_WAIT_NS) < now)
            .map(|(&tid, pending)| (pending.time, tid))
            .collect();
        silent.sort_unstable();
        for (_, tid) in silent {
            self.leave(tid, Outcome::Returned, out);
        }
    }

    /// The run is over: what is under way is unfinished.
    pub fn finish(&mut self, out: &mut dyn FnMut(Paired<'_, W>)) {
        let mut left: Vec<(u64, u32)> = self
            .under_way
            .iter()
            .map(|(&tid, pending)| (pending.time, tid))
            .collect();
        left.sort_unstable();
        for (_, tid) in left {
            self.leave(tid, Outcome::Unfinished, out);
        }
    }

    /// Gives out the thread's call: as returned if it did, else as `missing` says.
    fn leave(&mut self, tid: u32, missing: Outcome, out: &mut dyn FnMut(Paired<'_, W>)) {
        if let Some(pending) = self.under_way.remove(&tid) {
            self.give(pending, None, missing, false, out);
        }
    }

    /// `exit` is its return; if it is not there, one may have waited.
    fn give(
        &mut self,
        pending: Pending<W>,
        exit: Option<Record<'_>>,
        missing: Outcome,
        killed: bool,
        out: &mut dyn FnMut(Paired<'_, W>),
    ) {
        let Pending {
            enter,
            exit: waited,
            executed,
            who,
            ..
        } = pending;
        let exit = exit.or_else(|| Record::parse(&waited));
        out(Paired {
            enter: Record::parse(&enter),
            exit,
            outcome: if exit.is_some() {
                Outcome::Returned
            } else {
                missing
            },
            killed,
            executed: (!executed.is_empty()).then_some(executed.as_slice()),
            who,
        });
        if self.spare.len() < SPARE_MAX && enter.capacity() <= SPARE_BYTES {
            self.spare.push(enter);
        }
    }

    fn copy(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut copy = self.spare.pop().unwrap_or_default();
        copy.clear();
        copy.extend_from_slice(bytes);
        copy
    }
}

#[cfg(test)]
mod tests;
