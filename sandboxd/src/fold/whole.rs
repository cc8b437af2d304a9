//! Calls whose return follows their entry at once: both are taken in one step.

use kprobe_common::record::{Frame, flag};
use kprobe_common::table::{self, Ret};

use super::Fold;
use crate::event::Outcome;
use crate::input::Input;
use crate::pair::Paired;
use crate::record::{self, Body, Record};
use crate::sink::Lines;

/// An entry, and the return behind it.
struct Whole<'a> {
    enter: Record<'a>,
    frame: Frame,
    exit: Record<'a>,
    ret: i64,
}

impl Fold {
    /// Takes an entry and the return that [follows](record::returns_from) it at once; the same as [`Self::push`] with one
    /// after the other.
    pub fn push_whole(&mut self, enter: &[u8], exit: &[u8], out: &mut impl Lines) {
        if let Some(whole) = self.whole(enter, exit) {
            self.take_whole(&whole, out);
        } else {
            self.push(Input::Record(enter), out);
            self.push(Input::Record(exit), out);
        }
    }

    /// Both records, if there is nothing about them but a call and its end.
    fn whole<'a>(&self, enter: &'a [u8], exit: &'a [u8]) -> Option<Whole<'a>> {
        let (enter, exit) = (Record::parse(enter)?, Record::parse(exit)?);
        let (Body::Enter(frame), Body::Exit(end)) = (enter.body, exit.body) else {
            return None;
        };
        let pair = self.pair.as_ref().filter(|_| !self.ended)?;
        let index = enter.header.index;
        let returns = table::row(index).is_none_or(|row| row.ret != Ret::Never);
        let is_usual = returns
            && !self.world.is_in_doubt()
            && !self.books.tells(&enter)
            && !self.books.tells(&exit)
            && enter.is_shown()
            && exit.is_shown()
            // A record of state that lacks the other half is nothing that was followed from entry to return.
            && enter.is_state() == exit.is_state()
            && !exit.has(flag::EXECED)
            && pair.ends(&enter, end.ret)
            && !pair.is_inside(enter.header.tid);
        is_usual.then_some(Whole {
            enter,
            frame,
            exit,
            ret: end.ret,
        })
    }

    fn take_whole(&mut self, whole: &Whole<'_>, out: &mut impl Lines) {
        let Whole {
            enter,
            frame,
            exit,
            ret,
        } = whole;
        self.books.note(enter);
        self.world.saw_user(enter);
        // Tells of what there was before the return.
        self.give_settled(out);
        self.books.note(exit);
        let caller = self.callers.caller(&self.world, enter, frame);
        let mut who = self.world.who(&enter.header, caller);
        who.meant = self.world.whole(enter, frame, exit, *ret);
        let paired = Paired {
            enter: Some(*enter),
            exit: Some(*exit),
            outcome: Outcome::Returned,
            killed: false,
            executed: None,
            who,
        };
        self.call(&paired, out);
    }
}

/// Puts an entry and the return that follows it at once together, where inputs come one by one.
#[derive(Debug, Default)]
pub struct Joined {
    /// An entry that waits for what follows.
    enter: Vec<u8>,
}

impl Joined {
    /// Takes an input.
    pub fn push(&mut self, fold: &mut Fold, input: Input<'_>, out: &mut impl Lines) {
        if let Input::Record(exit) = input
            && record::returns_from(&self.enter, exit)
        {
            fold.push_whole(&self.enter, exit, out);
            self.enter.clear();
            return;
        }
        self.finish(fold, out);
        match input {
            Input::Record(bytes) if record::is_entry(bytes) => self.enter.extend_from_slice(bytes),
            input => fold.push(input, out),
        }
    }

    /// Nothing follows.
    pub fn finish(&mut self, fold: &mut Fold, out: &mut impl Lines) {
        if !self.enter.is_empty() {
            fold.push(Input::Record(&self.enter), out);
            self.enter.clear();
        }
    }
}
