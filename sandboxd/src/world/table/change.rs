//! How calls change what is known of numbers: each that ends is held against those that were under way meanwhile.

use std::rc::Rc;

use super::under_way::Call;
use super::{Aim, Slot, Span, State, Table};
use crate::world::file::File;

impl Table {
    pub(super) fn opened(
        &mut self,
        call: &Call,
        number: i32,
        file: Option<Rc<File>>,
        on_exec: Option<bool>,
        time: u64,
    ) {
        self.settle(number, time);
        let mut takers = self
            .calls
            .iter()
            .filter(|(_, other)| other.may_take(number))
            .map(|(tid, other)| (tid, other.seq));
        let (taker, others) = (takers.next(), takers.next().is_some());
        drop(takers);
        let slot = self.slots.get(&number);
        let changed = slot.is_some_and(|slot| slot.seq > call.seq);
        let certain = match (slot.map(|slot| &slot.state), taker) {
            _ if others => false,
            (None, None) => !call.doubts(number),
            // It was given after the close that left it free, if what was closed was there all the time; else it may
            // have been given before, closed unseen in between, and given to another call since.
            (Some(State::Free), None) => {
                !call.doubts(number) || slot.is_some_and(|slot| slot.since <= call.seq)
            }
            (Some(State::Unknown), None) => !changed,
            (Some(State::Open(_)), None) => {
                // It was given while it was open: a look saw it already, or somebody replaced it; or something was
                // closed unseen, and then nothing is certain.
                let seen = slot.is_some_and(|slot| slot.seen >= call.time);
                if !seen && !changed {
                    self.forget();
                }
                seen && !changed && !call.doubts(number)
            }
            // The only call that may close it has done so, or the number could not have been given; unless a look saw
            // what is only now told of.
            (Some(State::Open(_)), Some((tid, seq))) => {
                !call.doubts(number)
                    && slot.is_some_and(|slot| {
                        slot.seq <= seq && slot.seen < call.time && slot.replaced <= call.seq
                    })
                    && self.spend(tid, number)
            }
            (None | Some(State::Free | State::Unknown), Some(_)) => false,
        };
        let state = if certain {
            State::Open(file)
        } else {
            State::Unknown
        };
        self.set(
            number,
            state,
            on_exec.filter(|_| !call.doubts(number)),
            time,
        );
    }

    /// Notes that a call has closed a number; not of one that replaces it, which never leaves it free.
    fn spend(&mut self, tid: u32, number: i32) -> bool {
        match self.calls.get_mut(tid) {
            Some(call) if matches!(call.aim, Aim::Closes(_)) => {
                call.spent.push(number);
                true
            }
            _ => false,
        }
    }

    pub(super) fn closed(&mut self, call: &Call, time: u64) {
        let Some(span) = call.aim.takes() else { return };
        self.doubt(span);
        let opening = self.calls.values().any(|other| other.aim == Aim::Opens);
        for number in self.known(span) {
            if call.spent.contains(&number) {
                continue;
            }
            let state = match self.slots.get(&number).map(|slot| &slot.state) {
                _ if self.is_disputed(call, number) => State::Unknown,
                // It may be what another call was given, and somebody looked at or replaced, and not told of yet.
                Some(State::Open(_)) if self.may_be_given(number) => State::Unknown,
                // What was closed may be what another call is just being given.
                Some(State::Free) if opening || span.is_one() => State::Unknown,
                Some(State::Unknown) | None if opening => State::Unknown,
                Some(State::Open(_) | State::Free | State::Unknown) | None => State::Free,
            };
            let was = self.slots.get(&number).map(|slot| slot.since);
            let was = was.filter(|_| state == State::Free);
            self.set(number, state, None, time);
            if let (Some(since), Some(slot)) = (was, self.slots.get_mut(&number)) {
                slot.since = since;
            }
        }
    }

    pub(super) fn was_not_open(&mut self, call: &Call, time: u64) {
        let Some(Span { first: number, .. }) = call.aim.takes() else {
            return;
        };
        if self.is_disputed(call, number) {
            return self.set(number, State::Unknown, None, time);
        }
        match self.slots.get(&number).map(|slot| &slot.state) {
            // It was closed unseen: nothing is certain.
            Some(State::Open(_)) => self.forget(),
            _ => self.unhear(call),
        }
    }

    pub(super) fn replaced(
        &mut self,
        call: &Call,
        file: Option<Rc<File>>,
        on_exec: Option<bool>,
        time: u64,
    ) {
        let Some(span) = call.aim.takes() else { return };
        self.doubt(span);
        let state = if self.is_disputed(call, span.first) {
            State::Unknown
        } else {
            State::Open(file)
        };
        let before = self.slots.get(&span.first);
        let set_meanwhile = before.is_some_and(|slot| slot.flag_seq > call.seq);
        self.set(span.first, state, on_exec.filter(|_| !set_meanwhile), time);
        let seq = self.seq;
        if let Some(slot) = self.slots.get_mut(&span.first) {
            slot.replaced = seq;
        }
    }

    pub(super) fn set_on_exec(&mut self, call: &Call, value: Option<bool>, time: u64) {
        let Aim::OnExec(span) = call.aim else { return };
        self.doubt(span);
        for number in self.known(span) {
            self.settle(number, call.time);
            if let Some(look) = self
                .looks
                .get_mut(&number)
                .filter(|look| look.began <= time)
            {
                look.on_exec = None;
            }
            let seq = self.seq;
            if let Some(slot) = self.slots.get_mut(&number) {
                let certain = slot.seq <= call.seq && slot.flag_seq <= call.seq;
                slot.on_exec = value.filter(|_| certain);
                slot.flag_seq = seq;
            }
        }
    }

    pub(super) fn unclear(&mut self, call: &Call, time: u64) {
        if let Some(span) = call.aim.takes() {
            self.doubt(span);
            for number in self.known(span) {
                self.set(number, State::Unknown, None, time);
            }
        }
        let seq = self.seq;
        match call.aim {
            Aim::Opens => {
                for slot in self.slots.values_mut() {
                    if slot.state == State::Free {
                        (slot.state, slot.seq) = (State::Unknown, seq);
                    }
                }
            }
            Aim::OnExec(_) => self.set_on_exec(call, None, time),
            Aim::Nothing | Aim::Closes(_) | Aim::Replaces(_) => {}
        }
    }

    pub(super) fn is_unheard_of(&self, number: i32) -> bool {
        !self.slots.contains_key(&number) && !self.looks.contains_key(&number)
    }

    /// A call that came to nothing leaves no trace of a number that nothing was known of: a program can make up numbers
    /// without end.
    pub(super) fn unhear(&mut self, call: &Call) {
        let Some(Span { first: number, .. }) = call.aim.takes().filter(|_| call.is_first) else {
            return;
        };
        if self
            .slots
            .get(&number)
            .is_some_and(|slot| slot.seq == call.seq && slot.state == State::Unknown)
        {
            self.slots.remove(&number);
        }
    }

    /// Whether another call may have changed the number while this one was under way.
    fn is_disputed(&self, call: &Call, number: i32) -> bool {
        self.slots
            .get(&number)
            .is_some_and(|slot| slot.seq > call.seq)
            || self.calls.values().any(|other| other.may_take(number))
    }

    /// Whether the number is known from a look or was replaced, and a call is under way that may have been given it by
    /// then.
    fn may_be_given(&self, number: i32) -> bool {
        let slot = self.slots.get(&number);
        let (seen, replaced) = slot.map_or((0, 0), |slot| (slot.seen, slot.replaced));
        self.calls
            .values()
            .any(|call| call.aim == Aim::Opens && (call.time <= seen || call.seq < replaced))
    }

    fn set(&mut self, number: i32, state: State, on_exec: Option<bool>, time: u64) {
        let slot = Slot {
            state,
            on_exec,
            seq: self.seq,
            time,
            flag_seq: self.seq,
            seen: 0,
            replaced: 0,
            since: self.seq,
        };
        self.slots.insert(number, slot);
        self.outdate(number, time);
        self.vain.remove(&number);
    }

    /// Notes that the numbers may change from now on.
    pub(super) fn touch(&mut self, span: Span, time: u64) {
        for number in self.known(span) {
            self.settle(number, time);
            let seq = self.seq;
            let slot = self.slots.entry(number).or_default();
            (slot.seq, slot.time) = (seq, time);
            self.outdate(number, time);
        }
    }

    /// Drops a look at a number that changed after it began.
    fn outdate(&mut self, number: i32, time: u64) {
        if self
            .looks
            .get(&number)
            .is_some_and(|look| look.began <= time)
        {
            self.looks.remove(&number);
        }
    }

    /// Takes a look for true, once its end is past.
    pub(super) fn settle(&mut self, number: i32, time: u64) {
        if self.looks.get(&number).is_none_or(|look| look.ended > time) {
            return;
        }
        let Some(look) = self.looks.remove(&number) else {
            return;
        };
        let slot = self.slots.entry(number).or_default();
        let known = matches!(&slot.state, State::Open(Some(file)) if !file.is_vague());
        if slot.time < look.began && !known {
            slot.state = State::Open(Some(look.file));
            slot.on_exec = look.on_exec;
            slot.seen = look.ended;
        }
    }

    /// Tells calls that are being given numbers that these may be closed before they tell of it.
    fn doubt(&mut self, span: Span) {
        for call in self.calls.values_mut() {
            if call.aim == Aim::Opens {
                call.doubt(span);
            }
        }
    }

    /// The numbers of a span about which there is anything to say; a single number always.
    fn known(&self, span: Span) -> Vec<i32> {
        if span.is_one() {
            return vec![span.first];
        }
        if span.first > span.last {
            return Vec::new();
        }
        let range = span.first..=span.last;
        let slots = self.slots.range(range.clone()).map(|(&number, _)| number);
        let looks = self.looks.range(range).map(|(&number, _)| number);
        let mut numbers: Vec<i32> = slots.chain(looks).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}
