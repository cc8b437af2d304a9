//! Tells the kernel half of addresses that calls are not wanted from, through memory that both share: no `bpf(2)`, which
//! would silence kprobes meanwhile. Which addresses these are is left to others.

use std::mem::offset_of;
use std::sync::atomic::{AtomicU64, Ordering, fence};

use aya::maps::MapData;
use kprobe_common::ignored::{HEADS, Head, RANGES, Range, TABLES, Table, counted, told};
use memmap2::MmapMut;
use rustc_hash::FxHashMap;

use super::ProbeError;
use super::shared::{mmap, word};

/// A table that is told of no more may still be read by a program that began before, for so long at most, nanoseconds.
const REST_NS: u64 = 1_000_000_000;

/// What is told.
#[derive(Debug)]
pub struct Ignored {
    heads: MmapMut,
    tables: MmapMut,
    /// Who has a head.
    owners: FxHashMap<u32, u32>,
    /// Of each table, when it may be written again; `u64::MAX`: not as long as it is told of.
    free_at: Vec<u64>,
}

impl Ignored {
    pub(super) fn map(heads: &MapData, tables: &MapData) -> Result<Self, ProbeError> {
        Ok(Self {
            heads: mmap("IGNORED", heads, HEADS as usize * size_of::<Head>())?,
            tables: mmap("RANGES", tables, TABLES as usize * size_of::<Table>())?,
            owners: FxHashMap::default(),
            free_at: vec![0; TABLES as usize],
        })
    }

    /// How many changes were counted so far for a process, and others that share its count.
    #[must_use]
    pub fn changes(&self, tgid: u32) -> u64 {
        self.head(tgid, offset_of!(Head, changes))
            .load(Ordering::Acquire)
            & counted()
    }

    /// Whether what was told of a process, based on so many changes, still holds.
    #[must_use]
    pub fn holds(&self, tgid: u32, changes: u64) -> bool {
        self.owners.get(&(tgid % HEADS)) == Some(&tgid) && self.changes(tgid) == changes
    }

    /// Tells of a process's ranges, in the order of addresses, as they were after so many changes. Returns whether there
    /// was room.
    pub fn tell(&mut self, tgid: u32, changes: u64, ranges: &[(u64, u64)], now: u64) -> bool {
        let owner = *self.owners.entry(tgid % HEADS).or_insert(tgid);
        if owner != tgid || ranges.len() > RANGES {
            return false;
        }
        self.withdraw(tgid, now);
        self.owners.insert(tgid % HEADS, tgid);
        let Some(table) = self.free_at.iter().position(|&at| at <= now) else {
            return false;
        };
        self.free_at[table] = u64::MAX;
        self.write(table, tgid, ranges);
        // The table is whole before anybody is led to it.
        fence(Ordering::SeqCst);
        self.head(tgid, offset_of!(Head, told))
            .store(told(table as u32, changes), Ordering::Release);
        true
    }

    /// Tells nothing of a process any more.
    pub fn withdraw(&mut self, tgid: u32, now: u64) {
        if self.owners.get(&(tgid % HEADS)) != Some(&tgid) {
            return;
        }
        self.owners.remove(&(tgid % HEADS));
        let was = self
            .head(tgid, offset_of!(Head, told))
            .swap(0, Ordering::SeqCst);
        let table = (was >> kprobe_common::ignored::COUNT_BITS).checked_sub(1);
        if let Some(free_at) = table.and_then(|table| self.free_at.get_mut(table as usize)) {
            *free_at = now.saturating_add(REST_NS);
        }
    }

    fn write(&self, table: usize, tgid: u32, ranges: &[(u64, u64)]) {
        let at = table * size_of::<Table>();
        let put = |field: usize, value: u64| {
            word(&self.tables, at + field).store(value, Ordering::Relaxed);
        };
        put(offset_of!(Table, tgid), tgid.into());
        let unused = (u64::MAX, u64::MAX);
        for number in 0..RANGES {
            let (start, end) = ranges.get(number).copied().unwrap_or(unused);
            let range = offset_of!(Table, ranges) + number * size_of::<Range>();
            put(range + offset_of!(Range, start), start);
            put(range + offset_of!(Range, end), end);
        }
    }

    fn head(&self, tgid: u32, field: usize) -> &AtomicU64 {
        let at = (tgid % HEADS) as usize * size_of::<Head>();
        word(&self.heads, at + field)
    }
}
