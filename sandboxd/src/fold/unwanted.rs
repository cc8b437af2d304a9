//! Where calls come from that no filter shows: what the kernel half is told, so that it sends fewer.

use kprobe_common::ignored::RANGES;
use rustc_hash::FxHashMap;

use super::Fold;
use crate::world::maps::backing::Backing;

impl Fold {
    /// How many calls were not shown because of who made them, by process, since this was asked.
    pub fn take_unwanted(&mut self) -> FxHashMap<u32, u64> {
        std::mem::take(&mut self.unwanted)
    }

    /// The ranges of a process that no call is shown from, as far as known, in the order of addresses; `None` while its
    /// mappings are not known, are changing, or are shared with another process.
    #[must_use]
    pub fn unwanted_ranges(&self, pid: u32) -> Option<Vec<(u64, u64)>> {
        let mut ranges: Vec<(bool, u64, u64)> = self
            .world
            .code(pid)?
            // What memory is called can change without a change of mappings.
            .filter(|(_, _, backing)| !matches!(backing, Backing::Anonymous(_)))
            .filter_map(|(start, end, backing)| {
                let region = self.callers.region(backing, end - start);
                let is_stubs = region.class.is_platform();
                self.made_by
                    .never_shows(&region)
                    .then_some((!is_stubs, start, end))
            })
            .collect();
        // Most calls come from the platform's code.
        ranges.sort_unstable();
        ranges.truncate(RANGES);
        let mut ranges: Vec<(u64, u64)> = ranges
            .into_iter()
            .map(|(_, start, end)| (start, end))
            .collect();
        ranges.sort_unstable();
        Some(ranges)
    }

    /// Whether a process is known.
    #[must_use]
    pub fn knows(&self, pid: u32) -> bool {
        self.world.watches(pid)
    }

    /// How many processes are known.
    #[must_use]
    pub fn processes(&self) -> usize {
        self.world.count()
    }
}
