//! The two rings, read as one stream in the order of time.
//!
//! Within a ring, records lie in the order in which room was reserved: a call that follows from another's return lies
//! behind it. Between the rings only their times say who was first, so both are read, then sorted, and what is so new
//! that an older one may still be on its way waits for the next round. A ring that could not be read to its end, because it
//! holds too much or because a record has its room and not yet its bytes (a CPU can be interrupted in between for longer
//! than anybody would wait), keeps back what is not older than the last that was read of it: what its own thread wrote
//! before that lies before that.

use aya::maps::{MapData, RingBuf};

use crate::facts;
use crate::probe::{Mappings, Rings};
use crate::record;

/// A record's time is taken a little before its room is reserved; one that is younger than this waits, nanoseconds.
const SETTLE_NS: u64 = 2_000_000;
/// Bytes of a ring's records that are kept, so many at most unless none of them can be given: bounds memory, whatever the rings
/// hold.
const ROUND_MAX: usize = 128 * 1024;

/// And so many at most even then: a program that was interrupted between taking room and filling it holds up the others' records in
/// their ring, where they are counted if there is no room for them.
const WAITING_MAX: usize = 8 * 1024 * 1024;

/// Records of two rings that are kept, about: they are seldom shorter than 64 bytes.
const ENTRIES: usize = 2 * ROUND_MAX / 64;

/// Records that were read and not yet given.
#[derive(Debug)]
pub struct Source {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    next: usize,
    ready: usize,
    /// Everything before this time was read.
    read: u64,
    /// The times of the last records read of state and of calls.
    last: [u64; 2],
    /// Bytes of each that may be kept: [`ROUND_MAX`], or more while all that is kept waits.
    most: usize,
}

/// Sorted by time; of two at the same time the state comes first, since it explains the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    time: u64,
    is_call: bool,
    /// Where it lies: what was read first lies first.
    at: usize,
    len: usize,
}

impl Entry {
    /// Before all others.
    const FIRST: Self = Self {
        time: 1,
        is_call: false,
        at: 0,
        len: 0,
    };
}

impl Default for Source {
    fn default() -> Self {
        // What it takes at most it takes at once, written to, so that a long run takes no more than a short one.
        let (mut bytes, mut entries) = (vec![1; 3 * ROUND_MAX], vec![Entry::FIRST; ENTRIES]);
        bytes.clear();
        entries.clear();
        Self {
            bytes,
            entries,
            next: 0,
            ready: 0,
            read: 0,
            last: [0; 2],
            most: ROUND_MAX,
        }
    }
}

impl Source {
    /// With nothing read.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what the rings hold. With `all`, nothing waits: the probes are silent and nothing is on its way.
    /// Returns whether more is left in a ring than one round takes.
    pub fn fill(
        &mut self,
        calls: &mut RingBuf<MapData>,
        state: &mut RingBuf<MapData>,
        mappings: &mut Mappings,
        rings: &Rings,
        all: bool,
    ) -> bool {
        let kept = self.compact();
        let now = facts::boot_ns();
        let mut settled = now.saturating_sub(SETTLE_NS);
        let mut more = false;
        // First of all: a change and a call that were made after a mapping are then never read before it.
        mappings.read(now, |record| {
            let time = record::header(record).map_or(0, |header| header.time);
            self.push(record, time, false);
        });
        // State first: a call that was made after a change is then never read before it.
        for (ring, is_call) in [(state, false), (calls, true)] {
            let ring_at = usize::from(is_call);
            // Of the one that is ahead of the other no more is read until the other has caught up.
            let mut room = self.most.saturating_sub(kept[ring_at]);
            while room > 0
                && let Some(item) = ring.next()
            {
                let header = record::header(&item).unwrap_or_default();
                mappings.hear(header.cpu);
                self.last[ring_at] = header.time;
                self.push(&item, header.time, is_call);
                room = room.saturating_sub(item.len());
            }
            if room == 0 {
                more = true;
                settled = settled.min(self.last[ring_at].saturating_sub(SETTLE_NS));
            }
        }
        for (is_drained, last) in rings.are_drained().into_iter().zip(self.last) {
            if !is_drained {
                settled = settled.min(last.saturating_sub(1));
            }
        }
        self.settle(if all && !more { u64::MAX } else { settled });
        let waits = more && self.ready == 0;
        let is_stuck = waits && self.most >= WAITING_MAX;
        self.most = if waits {
            WAITING_MAX.min(2 * self.most)
        } else {
            ROUND_MAX
        };
        more && !is_stuck
    }

    /// Everything before this time was read, and is given before the next round.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read
    }

    /// Whether some of the last round were not given yet.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.next < self.ready
    }

    /// The next record in the order of time, and the return behind it if it is the entry of a call that ends with the
    /// very next record.
    pub fn next_records(&mut self) -> Option<(&[u8], Option<&[u8]>)> {
        let ready = self.entries.get(self.next..self.ready)?;
        let (first, then) = (ready.first()?, ready.get(1));
        let of = |entry: &Entry| self.bytes.get(entry.at..entry.at + entry.len);
        let first = of(first)?;
        let exit = then.and_then(of);
        let exit = exit.filter(|exit| record::returns_from(first, exit));
        self.next += 1 + usize::from(exit.is_some());
        Some((first, exit))
    }

    /// Puts what was read in order. What is not younger than this is given in this round.
    fn settle(&mut self, settled: u64) {
        self.read = settled;
        self.entries.sort_unstable();
        self.ready = self.entries.partition_point(|entry| entry.time <= settled);
    }

    fn push(&mut self, record: &[u8], time: u64, is_call: bool) {
        self.entries.push(Entry {
            time,
            is_call,
            at: self.bytes.len(),
            len: record.len(),
        });
        self.bytes.extend_from_slice(record);
    }

    /// Throws away what was given, and moves together what was not, in the order in which it was read. Gives how many bytes
    /// these have, of state and of calls.
    fn compact(&mut self) -> [usize; 2] {
        self.entries.drain(..self.next);
        self.next = 0;
        self.ready = 0;
        self.entries.sort_unstable_by_key(|entry| entry.at);
        let (mut end, mut kept) = (0, [0; 2]);
        for entry in &mut self.entries {
            self.bytes.copy_within(entry.at..entry.at + entry.len, end);
            entry.at = end;
            end += entry.len;
            kept[usize::from(entry.is_call)] += entry.len;
        }
        self.bytes.truncate(end);
        kept
    }
}

#[cfg(test)]
mod tests;
