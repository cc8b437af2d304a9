//! What processes did of which it is not known yet whether they are shown: kept, within bounds, until it is.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::Fold;
use super::books::Booked;
use crate::caller::Place;
use crate::event::{Outcome, Proc};
use crate::pair::Paired;
use crate::record::Record;
use crate::sink::Lines;
use crate::world::identity::Whose;
use crate::world::{Happened, Settled, Verdict, Who};

/// Most calls that are kept of one process: what a zygote's child does until it is an app is some hundred.
const CALLS: usize = 4096;
/// Most bytes that are kept of all, and four times what is kept of one.
const BYTES: usize = 16 << 20;

/// What is kept, by process.
#[derive(Debug, Default)]
pub(super) struct Held {
    processes: FxHashMap<Proc, Kept>,
    bytes: usize,
}

/// What is kept of one.
#[derive(Debug, Default)]
struct Kept {
    items: Vec<Item>,
    bytes: usize,
    /// Calls for which there was no room, by index.
    left_out: BTreeMap<u16, u64>,
}

#[derive(Debug)]
enum Item {
    Call(Box<Call>),
    Process(Life),
}

/// A call with its records.
#[derive(Debug)]
struct Call {
    enter: Option<Vec<u8>>,
    exit: Option<Vec<u8>>,
    executed: Option<Vec<u8>>,
    outcome: Outcome,
    killed: bool,
    who: Who,
}

/// Something that happened to a process.
#[derive(Debug)]
struct Life {
    happened: Happened<'static>,
    path: Option<Vec<u8>>,
}

impl Call {
    /// What it takes in memory, about: its records, and the places of its stack.
    fn bytes(&self) -> usize {
        let parts = [&self.enter, &self.exit, &self.executed];
        let records: usize = parts.into_iter().flatten().map(Vec::len).sum();
        let stack = self.who.caller.stack.as_ref();
        let places = stack.map_or(0, |stack| stack.places.len());
        size_of::<Self>() + records + places * size_of::<Place>()
    }
}

impl Held {
    /// Keeps a call; where there is no room for it, it is counted.
    fn keep(&mut self, index: u16, call: Call) {
        let kept = self.processes.entry(call.who.proc).or_default();
        let bytes = call.bytes();
        let is_full = kept.items.len() >= CALLS || kept.bytes + bytes > BYTES / 4;
        if is_full || self.bytes + bytes > BYTES {
            *kept.left_out.entry(index).or_default() += 1;
            return;
        }
        kept.bytes += bytes;
        self.bytes += bytes;
        kept.items.push(Item::Call(Box::new(call)));
    }

    fn take(&mut self, proc: Proc) -> Kept {
        let kept = self.processes.remove(&proc).unwrap_or_default();
        self.bytes -= kept.bytes;
        kept
    }
}

impl Fold {
    /// Keeps a call until it is known whether it is shown.
    pub(super) fn hold(&mut self, paired: &Paired<'_, Who>) {
        let Some(record) = paired.enter.or(paired.exit) else {
            return;
        };
        if let Some(meant) = &paired.who.meant {
            meant.settle(None);
        }
        let call = Call {
            enter: paired.enter.map(|record| record.bytes.to_vec()),
            exit: paired.exit.map(|record| record.bytes.to_vec()),
            executed: paired.executed.map(<[u8]>::to_vec),
            outcome: paired.outcome,
            killed: paired.killed,
            who: paired.who.clone(),
        };
        self.held.keep(record.header.index, call);
    }

    /// Keeps what happened to a process until it is known whether it is shown.
    pub(super) fn hold_process(&mut self, happened: &Happened<'_>) {
        let kept = self.held.processes.entry(happened.proc).or_default();
        let life = Life {
            path: happened.path.map(<[u8]>::to_vec),
            happened: happened.without_path(),
        };
        // A process is renamed seldom, and its calls leave room for that.
        if kept.items.len() < 2 * CALLS {
            kept.items.push(Item::Process(life));
        }
    }

    /// Gives what was kept of processes of which it is known now whether they are shown.
    pub(super) fn give_settled(&mut self, out: &mut impl Lines) {
        for settled in self.world.take_settled() {
            let whose = self.world.whose_is(settled.proc.pid).cloned();
            self.give(settled.proc, settled.verdict, whose.as_ref(), out);
            self.verdicts.push(settled);
        }
    }

    /// Gives what was kept of a process, or counts it.
    pub(super) fn give(
        &mut self,
        proc: Proc,
        verdict: Verdict,
        whose: Option<&Whose>,
        out: &mut impl Lines,
    ) {
        if verdict == Verdict::Held || !self.held.processes.contains_key(&proc) {
            return;
        }
        let kept = self.held.take(proc);
        for item in kept.items {
            match item {
                Item::Call(call) => self.give_call(&call, verdict, whose, out),
                Item::Process(life) if verdict == Verdict::Shown => {
                    let happened = Happened {
                        path: life.path.as_deref(),
                        verdict,
                        whose: whose.cloned(),
                        ..life.happened
                    };
                    self.process_line(&happened, out);
                }
                Item::Process(_) => {}
            }
        }
        self.left_out(&kept.left_out, verdict, out);
    }

    fn give_call(
        &mut self,
        call: &Call,
        verdict: Verdict,
        whose: Option<&Whose>,
        out: &mut impl Lines,
    ) {
        let who = Who {
            package: whose.and_then(|whose| whose.package.clone()),
            verdict,
            ..call.who.clone()
        };
        // Decoding lends from the records, which live in `call`.
        let paired = Paired {
            enter: call.enter.as_deref().and_then(Record::parse),
            exit: call.exit.as_deref().and_then(Record::parse),
            outcome: call.outcome,
            killed: call.killed,
            executed: call.executed.as_deref(),
            who,
        };
        if verdict == Verdict::Shown {
            self.show(&paired, out);
        } else {
            self.hide(&paired);
        }
    }

    /// Counts a call of a process that is not shown.
    pub(super) fn hide(&mut self, paired: &Paired<'_, Who>) {
        if let Some(record) = paired.enter.or(paired.exit) {
            self.books.book(&Booked {
                index: record.header.index,
                shown: false,
                failed: false,
                outcome: paired.outcome,
                dur_ns: 0,
                counted: false,
                args_cut: 0,
            });
        }
    }

    /// How many calls of shown processes were not kept.
    #[must_use]
    pub fn calls_left_out(&self) -> u64 {
        self.books.calls_left_out()
    }

    /// What became known since somebody asked of processes out of zygotes.
    pub fn take_verdicts(&mut self) -> Vec<Settled> {
        std::mem::take(&mut self.verdicts)
    }
}
