//! Calls under way on one table, by thread: mostly one or two, asked about at each call, so they are gone through.

use super::Call;

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
