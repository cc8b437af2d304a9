//! Addresses that calls are not wanted from, by process: memory that both halves share.
//!
//! The user half tells of ranges; the kernel half drops the calls that come from them. A call that may change mappings is
//! counted at its entry, before it has any effect, unless it is known to touch none of the ranges; ranges that were told
//! before the last count are not believed. So the kernel half never drops a call because of what lay there before.
//!
//! There are no barriers in BPF: what is told is one word, and what it leads to does not change while it stands.

/// How many heads there are: one for all processes whose numbers have the same remainder.
pub const HEADS: u32 = 128;
/// How many tables there are. One that no head names any more is left alone for a while.
pub const TABLES: u32 = 256;
/// Ranges of a table.
pub const RANGES: usize = 64;
/// The lower bits of [`Head::told`]: the count of changes that it is based on. Above them the table, from 1 on.
pub const COUNT_BITS: u32 = 48;

/// What is told of a process. 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Head {
    /// Changes of mappings so far; the kernel half counts.
    pub changes: u64,
    /// Which table holds, based on how many changes; 0: none. The user half writes.
    pub told: u64,
}

/// Addresses, from `start` to before `end`. 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Range {
    /// The first.
    pub start: u64,
    /// The first behind it.
    pub end: u64,
}

/// The ranges of one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Table {
    /// The process.
    pub tgid: u64,
    /// Keeps the ranges aligned.
    pub unused: u64,
    /// In the order of addresses, none over another; what is not used begins at the last address.
    pub ranges: [Range; RANGES],
}

/// What stands for a table, based on so many changes.
#[must_use]
pub const fn told(table: u32, changes: u64) -> u64 {
    (table as u64 + 1) << COUNT_BITS | changes & counted()
}

/// The bits of a count.
#[must_use]
#[inline(always)]
pub const fn counted() -> u64 {
    (1 << COUNT_BITS) - 1
}

const _: () = {
    assert!(RANGES.is_power_of_two() && TABLES.is_power_of_two() && HEADS.is_power_of_two());
    assert!(size_of::<Head>() == 16 && size_of::<Table>() == 16 + 16 * RANGES);
};
