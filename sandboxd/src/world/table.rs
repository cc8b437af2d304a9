//! What the numbers of one descriptor table mean, over time.
//!
//! A call takes effect somewhere between its entry and its return, so what other threads do meanwhile can make a number
//! uncertain. What the stream of calls cannot decide is unknown, not guessed. A look at `/proc` tells what was there
//! from its beginning to its end, as far as no call changed it since it began.
//!
//! The working directory is a number too ([`CWD`](crate::input::CWD)), in a table of its own.

mod change;
mod under_way;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::file::File;
use under_way::{Call, UnderWay};

/// A number that was looked at in vain is not looked at again so soon, nanoseconds.
const LOOK_AGAIN_NS: u64 = 1_000_000_000;

/// So many numbers that were looked at in vain are remembered.
const VAIN_MAX: usize = 1024;

const EVERYTHING: Span = Span {
    first: i32::MIN,
    last: i32::MAX,
};

/// Numbers whose files a call takes away or replaces, first to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub first: i32,
    /// The last.
    pub last: i32,
}

/// What a call may do, as far as its entry tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// Nothing to numbers that are open.
    Nothing,
    /// Be given numbers that are free.
    Opens,
    /// Close these.
    Closes(Span),
    /// Make this number a descriptor of another file.
    Replaces(i32),
    /// Say whether an exec closes these.
    OnExec(Span),
}

/// What a call did.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// Nothing.
    Nothing,
    /// Gave these descriptors: number, file, and whether an exec closes it.
    Opened(Vec<(i32, Option<Rc<File>>, Option<bool>)>),
    /// Closed its span.
    Closed,
    /// Found that its number was not open.
    WasNotOpen,
    /// Made its number a descriptor of another file.
    Replaced(Option<Rc<File>>, Option<bool>),
    /// Said whether an exec closes the numbers of its span.
    OnExec(Option<bool>),
    /// Nobody knows.
    Unclear,
}

/// A descriptor table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    slots: BTreeMap<i32, Slot>,
    /// What looks saw and no call has changed since they began.
    looks: BTreeMap<i32, Looked>,
    /// Calls under way, by thread.
    calls: UnderWay,
    /// Numbers that were looked at in vain, and when.
    vain: BTreeMap<i32, u64>,
    /// Counts changes; the count at which all was forgotten.
    seq: u64,
    forgot: u64,
    /// Changes are made that no call tells of: nothing is known for good.
    pub distrusted: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum State {
    Free,
    /// Open; of what, is known or not.
    Open(Option<Rc<File>>),
    #[default]
    Unknown,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    state: State,
    on_exec: Option<bool>,
    /// When a call last began or ended that may have changed the file, by count and by clock.
    seq: u64,
    time: u64,
    /// The same of what happens on exec, by count.
    flag_seq: u64,
    /// The end of the look that it is known from.
    seen: u64,
    /// When a call put another file here, by count: a call that was given the number before may not have told yet.
    replaced: u64,
    /// When the state became known, by count; of a free number: when that did of the file that was there before.
    since: u64,
}

#[derive(Clone, Debug)]
struct Looked {
    file: Rc<File>,
    on_exec: Option<bool>,
    began: u64,
    ended: u64,
}

impl Aim {
    /// The numbers whose files the call takes away or replaces.
    fn takes(self) -> Option<Span> {
        match self {
            Self::Closes(span) => Some(span),
            Self::Replaces(number) => Some(Span::one(number)),
            Self::Nothing | Self::Opens | Self::OnExec(_) => None,
        }
    }
}

impl Span {
    /// One number.
    #[must_use]
    pub fn one(number: i32) -> Self {
        Self {
            first: number,
            last: number,
        }
    }

    fn is_one(self) -> bool {
        self.first == self.last
    }

    fn has(self, number: i32) -> bool {
        (self.first..=self.last).contains(&number)
    }
}

impl Slot {
    /// The same in a copy of its table, which counts from the start: no call was under way on it before.
    fn copy(&self, on_exec: Option<bool>) -> Self {
        Self {
            seq: 0,
            flag_seq: 0,
            replaced: 0,
            since: 0,
            on_exec,
            ..self.clone()
        }
    }
}

impl Table {
    /// The file behind a number at a time that is not before any other that was told.
    pub fn at(&mut self, number: i32, time: u64) -> Option<Rc<File>> {
        if self.distrusted {
            return None;
        }
        self.settle(number, time);
        if self.calls.values().any(|call| call.may_take(number)) {
            return None;
        }
        match &self.slots.get(&number)?.state {
            State::Open(file) => file.clone(),
            State::Free | State::Unknown => None,
        }
    }

    /// The count of changes so far, for [`Self::is_unchanged`].
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Whether no call that may have changed the number has begun or ended since that count.
    #[must_use]
    pub fn is_unchanged(&self, number: i32, since: u64) -> bool {
        !self.distrusted
            && self.forgot <= since
            && self.slots.get(&number).is_none_or(|slot| slot.seq <= since)
    }

    /// Whether a look at the number may tell more than is known.
    #[must_use]
    pub fn wants_look(&self, number: i32, time: u64) -> bool {
        let known =
            |slot: &Slot| matches!(&slot.state, State::Open(Some(file)) if !file.is_vague());
        let vain = |&at: &u64| time < at.saturating_add(LOOK_AGAIN_NS);
        !self.slots.get(&number).is_some_and(known)
            && !self.distrusted
            && !self.looks.contains_key(&number)
            && !self.vain.get(&number).is_some_and(vain)
            && !self.calls.values().any(|call| call.may_take(number))
    }

    /// A look found nothing there.
    pub fn look_in_vain(&mut self, number: i32, ended: u64) {
        // A program can make up numbers without end.
        if self.vain.len() >= VAIN_MAX {
            self.vain.clear();
        }
        self.vain.insert(number, ended);
    }

    /// Takes a look at a number: what was there, and whether an exec closes it.
    pub fn look(&mut self, number: i32, file: Rc<File>, on_exec: bool, began: u64, ended: u64) {
        let changed = self.slots.get(&number).map_or(0, |slot| slot.time);
        if changed < began {
            let look = Looked {
                file,
                on_exec: Some(on_exec),
                began,
                ended,
            };
            self.looks.insert(number, look);
        }
    }

    /// Nothing is known any more.
    pub fn forget(&mut self) {
        self.seq += 1;
        *self = Self {
            calls: std::mem::take(&mut self.calls),
            seq: self.seq,
            forgot: self.seq,
            distrusted: self.distrusted,
            ..Self::default()
        };
        // What these end with, they began before anything was known.
        for call in self.calls.values_mut() {
            call.doubt(EVERYTHING);
        }
    }

    /// Nothing is known any more but what looks saw that began after this time.
    pub fn forget_before(&mut self, time: u64) {
        let mut looks = std::mem::take(&mut self.looks);
        looks.retain(|_, look| look.began > time);
        self.forget();
        self.looks = looks;
    }

    /// A call was entered.
    pub fn begin(&mut self, tid: u32, aim: Aim, time: u64) {
        let call = self.entered(tid, aim, time);
        self.calls.insert(tid, call);
    }

    /// The call of a thread is over.
    pub fn end(&mut self, tid: u32, done: &Done, time: u64) {
        if let Some(call) = self.calls.remove(tid) {
            self.left(&call, done, time);
        }
    }

    /// A call was entered and is over, and nothing else happened in between.
    pub fn pass(&mut self, tid: u32, aim: Aim, done: &Done, times: [u64; 2]) {
        let call = self.entered(tid, aim, times[0]);
        self.left(&call, done, times[1]);
    }

    /// Whether a call of that thread is under way, as far as is known.
    #[must_use]
    pub fn is_inside(&self, tid: u32) -> bool {
        self.calls.get(tid).is_some()
    }

    fn entered(&mut self, tid: u32, aim: Aim, time: u64) -> Call {
        // Its thread went on without telling of the end of the one before.
        self.end(tid, &Done::Unclear, time);
        self.seq += 1;
        let is_first = match aim {
            Aim::Closes(Span { first, last }) => first == last && self.is_unheard_of(first),
            Aim::Replaces(number) => self.is_unheard_of(number),
            Aim::Nothing | Aim::Opens | Aim::OnExec(_) => false,
        };
        if let Some(span) = aim.takes() {
            self.touch(span, time);
        }
        Call::new(aim, is_first, self.seq, time)
    }

    fn left(&mut self, call: &Call, done: &Done, time: u64) {
        self.seq += 1;
        match done {
            Done::Nothing => self.unhear(call),
            Done::Opened(given) => {
                for (number, file, on_exec) in given {
                    self.opened(call, *number, file.clone(), *on_exec, time);
                }
            }
            Done::Closed => self.closed(call, time),
            Done::WasNotOpen => self.was_not_open(call, time),
            Done::Replaced(file, on_exec) => self.replaced(call, file.clone(), *on_exec, time),
            Done::OnExec(value) => self.set_on_exec(call, *value, time),
            Done::Unclear => self.unclear(call, time),
        }
    }

    /// A copy of which nothing is known.
    #[must_use]
    pub fn unknown_copy(&self) -> Self {
        Self {
            distrusted: self.distrusted,
            ..Self::default()
        }
    }

    /// A copy that the call of the thread `tid` made between its entry and now: `fork`, `unshare`.
    #[must_use]
    pub fn copy(&mut self, tid: u32, time: u64) -> Self {
        let Some((since, entered)) = self.calls.get(tid).map(|call| (call.seq, call.time)) else {
            return self.unknown_copy();
        };
        let numbers: Vec<i32> = self.looks.keys().copied().collect();
        for number in numbers {
            self.settle(number, time);
        }
        let certain = |number: i32, slot: &Slot| {
            slot.seq <= since
                && slot.seen <= entered
                && !self
                    .calls
                    .iter()
                    .any(|(other, call)| other != tid && call.may_take(number))
        };
        let slots = self
            .slots
            .iter()
            .filter(|&(&number, slot)| {
                certain(number, slot) && matches!(slot.state, State::Open(_))
            })
            .map(|(&number, slot)| {
                let on_exec = slot.on_exec.filter(|_| slot.flag_seq <= since);
                (number, slot.copy(on_exec))
            })
            .collect();
        Self {
            slots,
            distrusted: self.distrusted,
            ..Self::default()
        }
    }

    /// The table of a program that was executed by a call of `tid`, which ends others: what an exec closes is closed.
    #[must_use]
    pub fn exec(&mut self, tid: u32, time: u64) -> Self {
        let mut fresh = self.copy(tid, time);
        let setting = |number: i32| {
            self.calls
                .values()
                .any(|call| matches!(call.aim, Aim::OnExec(span) if span.has(number)))
        };
        fresh
            .slots
            .retain(|&number, slot| slot.on_exec == Some(false) && !setting(number));
        // A look that began after the exec saw what is there now.
        let after = |look: &Looked| look.began > time;
        fresh.looks = std::mem::take(&mut self.looks);
        fresh.looks.retain(|_, look| after(look));
        fresh
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
