//! Calls under way on one table, by thread: mostly one or two, asked about at each call, so they are gone through.

use super::{Aim, EVERYTHING, Span};

/// So many doubts of a call are remembered; with more, everything is doubtful.
const DOUBTS_MAX: usize = 256;

/// A call that is under way.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) aim: Aim,
    /// Numbers of its span that it is known to have closed: another call was given them.
    pub(super) spent: Vec<i32>,
    /// Spans that other calls may have closed after this one was given a number in them.
    doubts: Vec<Span>,
    /// Nothing was known of its number before.
    pub(super) is_first: bool,
    pub(super) seq: u64,
    pub(super) time: u64,
}

impl Call {
    pub(super) fn new(aim: Aim, is_first: bool, seq: u64, time: u64) -> Self {
        Self {
            aim,
            spent: Vec::new(),
            doubts: Vec::new(),
            is_first,
            seq,
            time,
        }
    }

    pub(super) fn may_take(&self, number: i32) -> bool {
        self.aim.takes().is_some_and(|span| span.has(number)) && !self.spent.contains(&number)
    }

    pub(super) fn doubt(&mut self, span: Span) {
        // One that waits long sees numbers come and go without end.
        if self.doubts.len() >= DOUBTS_MAX {
            self.doubts = vec![EVERYTHING];
        } else if !self.doubts.contains(&span) {
            self.doubts.push(span);
        }
    }

    pub(super) fn doubts(&self, number: i32) -> bool {
        self.doubts.iter().any(|span| span.has(number))
    }
}

/// Calls by thread, in no order that means anything.
#[derive(Clone, Debug, Default)]
pub(super) struct UnderWay(Vec<(u32, Call)>);

impl UnderWay {
    fn position(&self, tid: u32) -> Option<usize> {
        self.0.iter().position(|(of, _)| *of == tid)
    }

    pub(super) fn get(&self, tid: u32) -> Option<&Call> {
        Some(&self.0[self.position(tid)?].1)
    }

    pub(super) fn get_mut(&mut self, tid: u32) -> Option<&mut Call> {
        let at = self.position(tid)?;
        Some(&mut self.0[at].1)
    }

    /// Adds the call of a thread that has none under way.
    pub(super) fn insert(&mut self, tid: u32, call: Call) {
        self.0.push((tid, call));
    }

    pub(super) fn remove(&mut self, tid: u32) -> Option<Call> {
        let at = self.position(tid)?;
        Some(self.0.swap_remove(at).1)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Call> {
        self.iter().map(|(_, call)| call)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Call> {
        self.0.iter_mut().map(|(_, call)| call)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Call)> {
        self.0.iter().map(|(tid, call)| (*tid, call))
    }
}
