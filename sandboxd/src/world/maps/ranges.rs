//! Ranges of addresses that do not overlap, and how new ones cut old ones.

use std::collections::BTreeMap;

use super::PROT_EXEC;
use super::backing::Backing;
use crate::event::Perms;

/// A range, without its start.
#[derive(Clone, Debug, Default)]
pub(super) struct Range {
    pub(super) end: u64,
    pub(super) perms: Perms,
    pub(super) backing: Backing,
    /// When it was put there.
    pub(super) since: u64,
    /// By which thread; 0 where that does not matter.
    pub(super) by: u32,
    /// It may be a part of what the kernel has there, or be gone.
    pub(super) is_loose: bool,
    /// It could be written since it was mapped: its bytes need not be the file's.
    pub(super) written: bool,
}

/// Ranges by their starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranges(BTreeMap<u64, Range>);

impl Ranges {
    /// The range that holds an address, with its start.
    pub(super) fn at(&self, address: u64) -> Option<(u64, &Range)> {
        let (&start, range) = self.0.range(..=address).next_back()?;
        (address < range.end).then_some((start, range))
    }

    /// The first range above an address.
    pub(super) fn above(&self, address: u64) -> Option<(u64, &Range)> {
        let (&start, range) = self.0.range(address..).next()?;
        Some((start, range))
    }

    /// Puts a range in the place of whatever lies there.
    pub(super) fn insert(&mut self, start: u64, range: Range) {
        if start >= range.end {
            return;
        }
        self.take(start, range.end);
        self.0.insert(start, range);
    }

    /// Takes `start..end` out and gives what lay there, cut to it.
    pub(super) fn take(&mut self, start: u64, end: u64) -> Vec<(u64, Range)> {
        let touched: Vec<u64> = self
            .0
            .range(..end)
            .rev()
            .take_while(|(_, range)| range.end > start)
            .map(|(&at, _)| at)
            .collect();
        let mut taken = Vec::new();
        for at in touched.into_iter().rev() {
            let Some(range) = self.0.remove(&at) else {
                continue;
            };
            if at < start {
                let left = Range {
                    end: start,
                    ..range.clone()
                };
                self.0.insert(at, left);
            }
            if range.end > end {
                self.0.insert(end, range.beginning(end - at));
            }
            let from = at.max(start);
            let cut = Range {
                end: range.end.min(end),
                ..range.beginning(from - at)
            };
            taken.push((from, cut));
        }
        taken
    }

    /// Cuts at `start` and `end`, and lets `change` change what lies between.
    pub(super) fn change(&mut self, start: u64, end: u64, mut change: impl FnMut(&mut Range)) {
        for (at, mut range) in self.take(start, end) {
            change(&mut range);
            self.0.insert(at, range);
        }
    }

    /// Whether anything in `start..end` has this property.
    pub(super) fn any(&self, start: u64, end: u64, is: impl Fn(&Range) -> bool) -> bool {
        self.first(start, end, is).is_some()
    }

    /// Something in `start..end` that has this property.
    pub(super) fn first(
        &self,
        start: u64,
        end: u64,
        is: impl Fn(&Range) -> bool,
    ) -> Option<&Range> {
        self.touching(start, end)
            .map(|(_, range)| range)
            .find(|range| is(range))
    }

    /// The parts of `start..end` that have this property.
    pub(super) fn parts(
        &self,
        start: u64,
        end: u64,
        are: impl Fn(&Range) -> bool,
    ) -> Vec<(u64, u64)> {
        self.touching(start, end)
            .filter(|(_, range)| are(range))
            .map(|(&at, range)| (at.max(start), range.end.min(end)))
            .collect()
    }

    fn touching(&self, start: u64, end: u64) -> impl Iterator<Item = (&u64, &Range)> {
        self.0
            .range(..end)
            .rev()
            .take_while(move |(_, range)| range.end > start)
    }

    /// The executable ones that are certain and hold what their file holds: start, end, what they are of.
    pub(super) fn executable(&self) -> impl Iterator<Item = (u64, u64, &Backing)> {
        self.0
            .iter()
            .filter(|(_, range)| {
                range.perms.prot & PROT_EXEC != 0 && !range.is_loose && !range.written
            })
            .map(|(&start, range)| (start, range.end, &range.backing))
    }

    /// Every range.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Range> {
        self.0.values_mut()
    }
}

impl Range {
    /// What is left of it behind its first bytes.
    fn beginning(&self, bytes: u64) -> Self {
        Self {
            backing: self.backing.from(bytes),
            ..self.clone()
        }
    }
}
